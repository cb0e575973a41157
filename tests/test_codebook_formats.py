"""Codebooks as people keep them, in Excel, CSV, Word, QDC and YAML, are read and written as one codebook."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fourp_nlp
from fourp_nlp.codebook import (
    AppliesTo,
    Code,
    Codebook,
    Exclusion,
    Theme,
    codebook_text,
    read_codebook,
    write_codebook,
)
from fourp_nlp.errors import CodebookError, FourpWarning
from fourp_nlp.study.codebooks import FORMATS, read_codebook_file, write_codebook_file
from fourp_nlp.study.project import open_project
from tests.codebooks import codebooks
from tests.test_import_qdpx import fourp

WRITTEN = (".xlsx", ".csv", ".docx", ".yaml")
# What a spreadsheet, a list or a label could be taken for.
ODD = st.sampled_from(
    ["=SUM(A1)", "'=1", "''=1", "+1", "@x", "- a", "• b", "1. c", "(2) d", "Example: e", "Definition", "Id: f",
     "Parent: g", "h [use: i]", "j [use: -]", "#REF!", "_x000D_", "K > L", "M\\N", "007", "TRUE", "-", "Codebook"]
)  # fmt: skip
LINES = st.lists(ODD | st.just(""), max_size=4).map("\n".join)
MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def workbook(path, rows, *, title="Sheet1", more=(), change=None):
    book = openpyxl.Workbook()
    sheets = {title: rows, **dict(more)}
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def document(path, *blocks):
    """Write a Word document: (heading, level), texts, and lists of rows for tables."""
    made = docx.Document()
    for block in blocks:
        if isinstance(block, tuple):
            made.add_heading(block[0], block[1])
        elif isinstance(block, str):
            made.add_paragraph(
                block.removeprefix("* "), style="List Bullet" if block[:2] == "* " else None
            )
        else:
            table = made.add_table(len(block), len(block[0]))
            for row, cells in enumerate(block):
                for column, text in enumerate(cells):
                    table.cell(row, column).text = text
    made.save(path)
    return path


def by_id(path):
    return {code.id: code for code in read_codebook_file(path).codebook.all_codes}


RIVER = [
    ["Theme", "Code", "Definition", "When to use", "When not to use", "Example"],
    [
        "Water",
        "Flood",
        "The river leaves its bed.",
        "Rising water",
        "Rain alone",
        "It was in the cellar.",
    ],
    ["Water", "Drought", "The well is dry.", None, None, "We fetched it by car."],
    ["People", "Help", "Neighbours help.", None, None, None],
]


def forms_of_river(folder):
    plain = [[cell or "" for cell in row] for row in RIVER]
    lines = "\r\n".join(";".join(row) for row in plain)
    (folder / "river.csv").write_bytes(lines.encode("cp1252"))
    (folder / "river.tsv").write_text("\ufeff" + lines.replace(";", "\t"), encoding="utf-8")
    workbook(folder / "river.xlsx", RIVER)
    document(folder / "river.docx", ("Codebook", 0), plain)
    blocks = []
    for theme in ("Water", "People"):
        blocks.append((theme, 1))
        for _, name, definition, use, not_use, example in [r for r in plain[1:] if r[0] == theme]:
            blocks += [(name, 2), f"Definition: {definition}"]
            blocks += [f"When to use: {use}"] if use else []
            blocks += [f"When not to use: {not_use}"] if not_use else []
            blocks += [f"Example: {example}"] if example else []
    (folder / "headings").mkdir()
    document(folder / "headings" / "river.docx", *blocks)
    return [*folder.glob("river.*"), folder / "headings" / "river.docx"]


def test_one_codebook_is_the_same_in_every_format(tmp_path):
    files = forms_of_river(tmp_path)
    books = {path: read_codebook(path) for path in files}
    assert len(books) == 5
    assert len({book.fingerprint() for book in books.values()}) == 1, books
    book = books[files[0]]
    assert [theme.name for theme in book.themes] == ["Water", "People"]
    flood = book.all_codes[0]
    assert flood.short_definition == "The river leaves its bed."
    assert flood.when_not_to_use == [Exclusion(when="Rain alone")]
    (yaml := tmp_path / "river.yaml").write_text(codebook_text(book), encoding="utf-8")
    assert read_codebook(yaml).fingerprint() == book.fingerprint()


def test_every_place_that_takes_a_codebook_takes_every_format(tmp_path):
    for path in forms_of_river(tmp_path)[:4]:
        found = fourp_nlp.suggest(
            ["The river left its bed and the cellar was full."], path, all_codes=True
        )
        assert set(found["code"]) == {"flood", "drought", "help"}
        status, said, _ = fourp("codebook", "check", path)
        assert status == 0, said


def test_a_project_uses_the_excel_file_itself_and_does_not_take_it_for_a_document(tmp_path):
    workbook(tmp_path / "river.xlsx", RIVER)
    assert fourp("init", tmp_path / "p", "--codebook", tmp_path / "river.xlsx")[0] == 0
    settings_file = tmp_path / "p" / "fourp.toml"
    text = settings_file.read_text(encoding="utf-8").replace(
        "corpus/codebook.yaml", "corpus/river.xlsx"
    )
    settings_file.write_text(text, encoding="utf-8")
    (tmp_path / "p" / "corpus" / "codebook.yaml").unlink()
    workbook(
        tmp_path / "p" / "corpus" / "river.xlsx",
        [*RIVER, ["People", "Quarrel", "They fight.", None, None, None]],
    )
    (tmp_path / "p" / "corpus" / "talk.txt").write_text(
        "The water rose. They helped us.", encoding="utf-8"
    )
    study = fourp_nlp.open_study(tmp_path / "p")
    assert study.codebook.code_ids == ["flood", "drought", "help", "quarrel"]
    assert study.documents["document"].tolist() == ["talk.txt"]
    assert not study.corpus.skipped["path"].str.contains("river").any()


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".docx", ".yaml"])
def test_init_converts_a_codebook_and_leaves_the_file_as_it_is(tmp_path, ending):
    book = Codebook(
        id="r",
        title="R",
        codes=[Code(id="a", name="A", short_definition="=1", examples=["x", "y"])],
    )
    path = write_codebook(book, tmp_path / f"mine{ending}")
    before = path.read_bytes()
    status, said, _ = fourp("init", tmp_path / "p", "--codebook", path)
    assert status == 0, said
    assert path.read_bytes() == before
    project = open_project(tmp_path / "p")
    assert read_codebook(project.codebook) == book
    if ending != ".yaml":
        assert project.codebook.read_text(encoding="utf-8").startswith(f"# Made from mine{ending}.")
        assert "mine" in said


def test_init_keeps_the_fingerprint_of_a_codebook_whose_id_is_left_out(tmp_path):
    (path := tmp_path / "mine.yaml").write_text(
        "# note\ncodes:\n  - name: Rent\n", encoding="utf-8"
    )
    assert fourp("init", tmp_path / "p", "--codebook", path)[0] == 0
    copied = open_project(tmp_path / "p").codebook
    assert read_codebook(copied).fingerprint() == read_codebook(path).fingerprint()
    assert "# note" in copied.read_text(encoding="utf-8")


@st.composite
def odd_codebooks(draw):
    """Draw a codebook whose texts look like formulas, lists, labels and paths."""
    book = draw(codebooks())
    names = {code.name.casefold() for code in book.all_codes}

    def code(before):
        name = draw(ODD)
        name = before.name if name.casefold() in names else name
        names.add(name.casefold())
        applies = draw(
            st.none()
            | st.builds(
                AppliesTo,
                speakers=st.lists(ODD, min_size=1, max_size=2),
                roles=st.none() | st.just(["turn", "heading"]),
            )
        )
        update = {
            "name": name,
            "applies_to": applies,
            "short_definition": draw(ODD | st.just("")),
            "full_definition": draw(LINES),
            "when_to_use": draw(ODD | st.just("")),
            "when_not_to_use": [
                Exclusion(when=draw(ODD), use=each.use) for each in before.when_not_to_use
            ],
            "examples": draw(st.lists(ODD, max_size=3)),
        }
        return Code(**{key: getattr(before, key) for key in ("id", "parent", "color")}, **update)

    themes = [
        Theme(
            id=theme.id,
            name=draw(st.just(theme.name) | ODD),
            definition=draw(LINES),
            applies_to=draw(
                st.none() | st.builds(AppliesTo, groups=st.lists(ODD, min_size=1, max_size=2))
            ),
            codes=[code(each) for each in theme.codes],
        )
        for theme in book.themes
    ]
    update = {
        "title": draw(ODD | st.just("")),
        "themes": themes,
        "codes": [code(each) for each in book.codes],
    }
    odd = book.model_copy(update=update)
    try:
        codebook_text(odd)
    except CodebookError:
        return book  # such as two themes that are their codes' places
    return odd


@pytest.mark.parametrize("language", ["", "-", "--", "en", "fr"])
@pytest.mark.parametrize("ending", WRITTEN)
def test_a_language_that_is_empty_or_of_dashes_is_read_back(tmp_path, ending, language):
    book = Codebook(id="tea", language=language, codes=[Code(id="tea", name="Tea")])
    assert write_codebook_file(book, tmp_path / f"c{ending}") == []
    assert read_codebook(tmp_path / f"c{ending}").language == language


@pytest.mark.parametrize("ending", WRITTEN)
def test_two_themes_of_one_name_are_read_back_with_their_definitions(tmp_path, ending):
    themes = [
        Theme(id="one", name="Home", codes=[Code(id="tea", name="Tea")]),
        Theme(id="two", name="Home", definition="Text.", codes=[Code(id="rice", name="Rice")]),
    ]
    book = Codebook(id="meals", themes=themes)
    assert write_codebook_file(book, tmp_path / f"c{ending}") == []
    assert read_codebook(tmp_path / f"c{ending}") == book


@pytest.mark.parametrize("ending", WRITTEN)
def test_a_codebook_that_is_written_is_read_back_equal(tmp_path, ending):
    @MANY
    @given(odd_codebooks() | codebooks())
    def there_and_back(book):
        assert write_codebook_file(book, tmp_path / f"c{ending}", overwrite=True) == []
        back = read_codebook(tmp_path / f"c{ending}")
        assert back == book
        assert back.fingerprint() == book.fingerprint()

    there_and_back()


@pytest.mark.parametrize("ending", WRITTEN)
def test_formulas_and_line_breaks_stay_texts(tmp_path, ending):
    book = Codebook(
        id="x",
        codes=[
            Code(
                id="a",
                name="=SUM(A1:A9)",
                full_definition="One line.\nAnother.\n\nA paragraph.",
                examples=["-2", "+3"],
            )
        ],
    )
    path = write_codebook(book, tmp_path / f"c{ending}")
    assert read_codebook(path) == book
    if ending == ".xlsx":
        assert {cell.data_type for row in openpyxl.load_workbook(path).active for cell in row} <= {
            "s",
            "n",
        }
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            assert not any(
                cell[:1] in {"=", "+", "-"} for row in csv.reader(stream) for cell in row
            )


def test_what_a_format_cannot_hold_is_told(tmp_path):
    long = Codebook(
        id="x",
        version="2",
        codes=[
            Code(
                id="a", name="A", full_definition="word " * 9000, applies_to=AppliesTo(kinds=["k"])
            )
        ],
    )
    assert write_codebook_file(long, tmp_path / "c.xlsx") == [
        "Excel does not hold 'full_definition' of 'a' as it is."
    ]
    assert write_codebook_file(long, tmp_path / "c.csv") == []
    lost = " ".join(write_codebook_file(long, tmp_path / "c.qdc"))
    assert "'version'" in lost
    assert "'applies_to' of 'a'" in lost
    with pytest.warns(FourpWarning, match="'version'"):
        fourp_nlp.write_codebook(long, tmp_path / "c.qdc", overwrite=True)
    with pytest.raises(CodebookError, match="already"):
        fourp_nlp.write_codebook(long, tmp_path / "c.qdc")


def test_the_command_exports_to_every_format(tmp_path, monkeypatch):
    write_codebook(Codebook(id="x", title="T", codes=[Code(id="a", name="A")]), tmp_path / "c.yaml")
    monkeypatch.chdir(tmp_path)
    for form in FORMATS:
        name = f"out{form.endings[0]}"
        status, said, _ = fourp("codebook", "export", name, "--codebook", "c.yaml")
        assert status == 0, said
        assert read_codebook(name).code_ids == ["a"]
        status, said, _ = fourp("codebook", "export", name, "--codebook", "c.yaml")
        assert (status, "already" in said) == (1, True)
        assert fourp("codebook", "export", name, "--codebook", "c.yaml", "--overwrite")[0] == 0
    status, said, _ = fourp("codebook", "export", "c.yaml", "--codebook", "c.yaml", "--overwrite")
    assert (status, "This is the codebook" in said) == (1, True)


def test_excel_as_people_make_it_is_read_and_what_is_not_read_is_told(tmp_path):
    path = workbook(
        tmp_path / "étude.xlsx",
        [
            ["Guide of the river study"],
            [],
            [
                "THÈME",
                "Nom",
                "Définition",
                "Inclusion",
                "Exclusion",
                "Exemple(s)",
                "Auteur",
                "Couleur",
            ],
            [
                "Eau",
                "Crue",
                "L'eau monte",
                None,
                "- Pluie\n- Fuite",
                "• Elle monte.\n• Tout est\nperdu.",
                "AB",
                "rouge",
            ],
            [
                None,
                "Sécheresse",
                "Pas d'eau",
                None,
                None,
                "1. Rien.\n2. Plus rien.",
                "AB",
                "#00ff00",
            ],
            [],
            ["Gens", "Entraide", "Aider", None, None, None, None, None],
        ],
        title="Kodes",
        more={"Read me": [["By Ana"]]},
    )
    book, losses, remarks = read_codebook_file(path)
    assert book.title == "Guide of the river study"
    assert [(theme.id, [code.id for code in theme.codes]) for theme in book.themes] == [
        ("eau", ["crue", "secheresse"]),
        ("gens", ["entraide"]),
    ]
    crue, dry, _ = book.all_codes
    assert [each.when for each in crue.when_not_to_use] == ["Pluie", "Fuite"]
    assert crue.examples == ["Elle monte.", "Tout est perdu."]
    assert (dry.examples, dry.color) == (["Rien.", "Plus rien."], "#00FF00")
    told = " ".join(losses)
    assert "'Auteur' (sheet \"Kodes\", column G)" in told
    assert "sheet \"Kodes\", cell H4: 'rouge' is not a colour" in told
    assert "'Read me' was not read" in told
    assert "'Kodes'" in " ".join(remarks)
    with pytest.warns(FourpWarning, match="Auteur"):
        read_codebook(path)


def test_merged_hidden_and_further_cells_of_excel(tmp_path):
    def change(book):
        sheet = book["Codes"]
        sheet.merge_cells("A2:A3")
        sheet.column_dimensions["C"].hidden = True
        book["Old"].sheet_state = "hidden"

    path = workbook(
        tmp_path / "c.xlsx",
        [
            ["Theme", "Code", "Definition", "Example 1", "Example 2"],
            ["T", "A", "a", "x", "y"],
            [None, "B", "b", None, "z"],
        ],
        title="Codes",
        more={"Old": [["Theme", "Code", "Definition"], ["T", "A", "older"]]},
        change=change,
    )
    book, losses, remarks = read_codebook_file(path)
    assert [code.examples for code in book.themes[0].codes] == [["x", "y"], ["z"]]
    assert "hidden sheet 'Old'" in " ".join(losses)
    assert "Hidden columns are read like others: 'Definition' (C)" in " ".join(remarks)


@pytest.mark.parametrize(
    ("rows", "tree"),
    [
        # NVivo: by white space; MAXQDA: by a column of parents; ATLAS.ti: by groups; by paths; by numbers.
        (
            [
                ["Name", "Description", "Files", "References"],
                ["Water", None, 1, 2],
                ["   Flood", "f", 1, 1],
                ["   Drought", "d", 1, 1],
            ],
            {"Water": ["Flood", "Drought"]},
        ),
        (
            [
                ["Color", "Parent code", "Code", "Code memo"],
                ["●", "", "Water", ""],
                ["●", "Water", "Flood", "f"],
            ],
            {"Water": ["Flood"]},
        ),
        (
            [
                ["Code", "Comment", "Code Group", "Groundedness"],
                ["Flood", "f", "Water", 2],
                ["Help", "h", "People", 1],
            ],
            {"Water": ["Flood"], "People": ["Help"]},
        ),
        (
            [["Name", "Description"], ["Nodes\\\\Water", None], ["Nodes\\\\Water\\\\Flood", "f"]],
            {"Water": ["Flood"]},
        ),
        (
            [
                ["No.", "Code", "Definition"],
                ["1", "Water", None],
                ["1.1", "Flood", "f"],
                ["1.2", "Drought", "d"],
            ],
            {"Water": ["Flood", "Drought"]},
        ),
        (
            [
                ["Code", "Label", "Description"],
                ["FLD", "Flood water", "f"],
                ["DRY", "Drought", "d"],
            ],
            {"": ["Flood water", "Drought"]},
        ),
    ],
)
def test_codebooks_that_other_programs_export_keep_their_hierarchy(tmp_path, rows, tree):
    book, losses, _ = read_codebook_file(workbook(tmp_path / "c.xlsx", rows))
    found = {theme.name: [code.name for code in theme.codes] for theme in book.themes}
    assert (found or {"": [code.name for code in book.codes]}) == tree
    assert all(code.short_definition for code in book.all_codes)
    for head in {"Files", "References", "Groundedness"} & {*rows[0]}:
        assert f"'{head}'" in " ".join(losses)


def test_deeper_hierarchies_are_told(tmp_path):
    rows = [["Theme", "Category", "Code", "Definition"], ["T", "C", "A", "a"], ["T", "C", "B", "b"]]
    book, _, remarks = read_codebook_file(workbook(tmp_path / "c.xlsx", rows))
    assert [(code.name, code.parent) for code in book.all_codes] == [
        ("C", ""),
        ("A", "c"),
        ("B", "c"),
    ]
    assert "3 levels" in " ".join(remarks)
    assert "'C' has codes below and no definition, and is a code too" in " ".join(remarks)


def test_word_headings_with_labels_and_lists(tmp_path):
    path = document(
        tmp_path / "c.docx",
        ("Living by the river", 0),
        "This document explains our codes.",
        ("1. Water", 1),
        "What water does.",
        ("1.1 Flood", 2),
        "The river leaves its bed.",
        "When to use:",
        "* Rising water",
        "* Wet cellars",
        "Do not use: rain alone [use: Drought]",
        "Examples",
        "It was in the cellar.",
        "It rose.",
        ("1.2 Drought", 2),
        "Definition: no water.\nExample: The well is dry.",
        ("2. People", 1),
        ("2.1 Help", 2),
        ("Of kin", 3),
        "Définition : la famille aide.",
    )
    book, losses, remarks = read_codebook_file(path)
    assert book.title == "Living by the river"
    assert [(t.name, t.definition, [c.name for c in t.codes]) for t in book.themes] == [
        ("Water", "What water does.", ["Flood", "Drought"]),
        ("People", "", ["Help", "Of kin"]),
    ]
    codes = {code.id: code for code in book.all_codes}
    assert codes["flood"].short_definition == "The river leaves its bed."
    assert codes["flood"].when_to_use == "Rising water; Wet cellars"
    assert codes["flood"].when_not_to_use == [Exclusion(when="rain alone", use="drought")]
    assert codes["flood"].examples == ["It was in the cellar.", "It rose."]
    assert (codes["drought"].short_definition, codes["drought"].examples) == (
        "no water.",
        ["The well is dry."],
    )
    assert (codes["of_kin"].parent, codes["of_kin"].short_definition) == (
        "help",
        "la famille aide.",
    )
    assert "1 paragraph(s) above the first heading" in " ".join(losses)
    assert "numbers before the headings" in " ".join(remarks)


def test_word_tables_with_merged_themes(tmp_path):
    path = tmp_path / "c.docx"
    made = docx.Document()
    table = made.add_table(4, 3)
    rows = [
        ["Category", "Indicator", "Description"],
        ["Water", "Flood", "f"],
        ["", "Drought", "d"],
        ["People", "Help", "h"],
    ]
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    made.save(path)
    book = read_codebook(path)
    assert [(theme.name, len(theme.codes)) for theme in book.themes] == [
        ("Water", 2),
        ("People", 1),
    ]


def test_ids_are_made_from_names_and_stay_when_codes_are_moved(tmp_path):
    names = ["Thème d'été", "Жильё", "漢字", "Angst 恐惧", "🌊"]
    rows = [["Code", "Definition"], *([name, "d"] for name in names)]
    ids = {
        code.name: code.id for code in read_codebook(workbook(tmp_path / "c.xlsx", rows)).all_codes
    }
    assert ids["Thème d'été"] == "theme_d_ete"
    assert ids["Angst 恐惧"].startswith("angst_")
    assert len(set(ids.values())) == len(names)
    turned = [rows[0], *rows[:0:-1]]
    assert ids == {
        code.name: code.id
        for code in read_codebook(workbook(tmp_path / "d.xlsx", turned)).all_codes
    }


def test_yaml_ids_may_be_left_out(tmp_path):
    text = "title: My study\nthemes:\n  - name: Rent\n    codes:\n      - name: Rent\n      - {id: rent_2, name: Arrears}\n"
    (path := tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    book = read_codebook(path)
    assert (book.id, book.themes[0].id, book.code_ids) == (
        "my_study",
        "rent_theme",
        ["rent", "rent_2"],
    )


def test_codes_without_a_definition_are_told_and_no_error(tmp_path):
    (path := tmp_path / "c.csv").write_text(
        "Code,Definition\nRent,What it costs\nStress,\n", encoding="utf-8"
    )
    status, said, done = fourp("init", tmp_path / "p", "--codebook", path)
    assert status == 0, said
    assert "1 code has no definition ('Stress')" in done.output
    found = fourp_nlp.suggest(["We cannot pay the rent."], path)
    assert any("no definition ('Stress')" in note for note in found.attrs["notes"])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [["Code", "Definition"], ["Rent", "a"], ["Stress", "b"], ["rent ", "c"]],
            r"c.xlsx, sheet \"Codes\", cell A4: The name 'rent' is already at sheet \"Codes\", cell A2",
        ),
        ([["Code"], ["Rent"], ["Rent"]], r"cell A3: The name 'Rent' is already at .*cell A2"),
        (
            [["Code", "Id", "Definition"], ["Rent", "r", "a"], ["Stress", "R", "b"]],
            r"cell B3: The id 'r' is already at .*cell B2",
        ),
        (
            [["Theme", "Code", "Definition"], ["T", "Rent", "a"], ["T", None, "b"]],
            r"cell B3: The cell is empty, but .*cell C3 defines a code",
        ),
        (
            [
                ["Theme", "Code", "Parent", "Definition"],
                ["T", "Rent", None, "a"],
                ["T", "Arrears", "Rend", "b"],
            ],
            r"cell C3: 'Rend' is not a code of this table",
        ),
        (
            [["Code", "Parent", "Definition"], ["A", "B", "a"], ["B", "A", "b"]],
            r"cell B2: 'A' would be below itself",
        ),
        (
            [["Code", "Applies to roles"], ["A", "turns"]],
            r"cell B2: 'turns' is not what a segment is; did you mean 'turn'\?",
        ),
        (
            [["Code", "Definition"], ["#REF!", "a"]],
            r"cell A2: The formula of this cell gives #REF!",
        ),
        (
            [["Code", "Definition"], ["=B2", "a"]],
            r"cell A2: The file does not hold what the formulas",
        ),
        (
            [["Foo", "Bar"], ["Rent", "a"]],
            r"There is no column for codes. Its columns are: 'Foo', 'Bar'",
        ),
    ],
)
def test_what_is_wrong_in_excel_is_named_with_sheet_and_cell(tmp_path, rows, said):
    path = workbook(tmp_path / "c.xlsx", rows, title="Codes")
    with pytest.raises(CodebookError, match=said):
        read_codebook(path)


def test_places_in_csv_and_word_are_named(tmp_path):
    (path := tmp_path / "c.csv").write_text(
        'Code,Definition\nRent,"a\nb"\nRent,c\n', encoding="utf-8"
    )
    with pytest.raises(
        CodebookError, match=r"c\.csv, cell A3: The name 'Rent' is already at cell A2"
    ):
        read_codebook(path)
    path = document(tmp_path / "c.docx", [["Code", "Definition"], ["Rent", "a"], ["Rent", "b"]])
    with pytest.raises(
        CodebookError,
        match=r"table 1, row 3, column 1: The name 'Rent' is already at table 1, row 2",
    ):
        read_codebook(path)
    path = document(tmp_path / "d.docx", ("T", 1), ("Rent", 2), "a", ("Rent", 2), "b")
    with pytest.raises(
        CodebookError,
        match=r"heading 'Rent' \(heading 3\): .* already at heading 'Rent' \(heading 2\)",
    ):
        read_codebook(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "codes:\n  - name: A\n    definition: d\n",
            "line 3: 'definition' is not a key of a code; did you mean 'short_definition'",
        ),
        (
            "codes:\n  - name: A\n    short_definition: s\n    definition: d\n",
            "line 4: 'definition' is not a key of a code; did you mean 'full_definition'",
        ),
        (
            "themes:\n  - name: T\n    short_definition: d\n    codes: [{name: A}]\n",
            "of a theme; did you mean 'definition'",
        ),
        ("codes:\n  - name: A\n    colour: '#000000'\n", "did you mean 'color'"),
        ("codes:\n  - name: A\n    when_not_to_use: [{when: x, used: b}]\n", "did you mean 'use'"),
        (
            "titel: x\ncodes: [{name: A}]\n",
            "'titel' is not a key of a codebook; did you mean 'title'",
        ),
        (
            "code: [{name: B}]\nthemes: [{name: T, codes: [{name: A}]}]\n",
            "'code' is not a key of a codebook; remove it",
        ),
        (
            "codes:\n  - {name: Alpha}\n  - {name: Beta, when_not_to_use: [{when: w, use: betta}]}\n",
            "'betta' is not a code",
        ),
        (
            "codes:\n  - {name: Beta, parent: betta}\n",
            "names 'betta', which is not a code here; name a code above",
        ),
    ],
)
def test_no_key_or_code_is_suggested_that_is_refused(tmp_path, text, said):
    (path := tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CodebookError, match=re.escape(said)) as caught:
        read_codebook(path)
    if meant := re.search(r"'(\w+)' is not .*did you mean '(\w+)'", str(caught.value)):
        assert meant[2] not in {meant[1], "beta"}
        mended = re.sub(rf"\b{meant[1]}:", f"{meant[2]}:", text, count=1)
        path.write_text(mended, encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                read_codebook(path)
            except CodebookError as error:
                assert "is not a key" not in str(error)  # noqa: PT017 - another mistake may be left


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "c.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99,
            "old Excel workbook.*Save it as .xlsx",
        ),
        (
            "c.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99,
            "old Word document.*Save it as .docx",
        ),
        ("c.ods", b"PK", "OpenDocument table.*Save it as .xlsx"),
        (
            "c.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99,
            "password-protected.*remove the password",
        ),
        (
            "c.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99,
            "password-protected.*remove the password",
        ),
        ("c.xlsx", b"PK\x03\x04" + b"0" * 99, "cut off or damaged"),
        ("c.docx", b"Code;Definition", "not a Word document"),
        ("c.pdf", b"%PDF", r"No codebook has the ending '\.pdf'.*\.xlsx \(Excel\)"),
        ("c.csv", b"", "empty"),
        ("c.qdc", b"<nothing/>", "c.qdc"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_a_cure(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CodebookError, match=f"(?s){said}"):
        read_codebook(tmp_path / name)


@pytest.mark.parametrize(
    ("ending", "part"), [(".xlsx", "xl/workbook.xml"), (".docx", "word/document.xml")]
)
def test_a_file_that_would_unfold_without_end_is_refused(tmp_path, ending, part):
    path = tmp_path / f"c{ending}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"<a>" + b" " * (300 << 20))
    with pytest.raises(CodebookError, match=r"MB|expand|times|limit"):
        read_codebook(path)


def test_a_missing_codebook_is_named_in_every_format(tmp_path):
    for form in FORMATS:
        with pytest.raises(CodebookError, match="no such codebook"):
            read_codebook(tmp_path / f"none{form.endings[0]}")


def test_an_import_never_writes_yaml_into_an_excel_file(tmp_path):
    workbook(tmp_path / "river.xlsx", RIVER)
    fourp("init", tmp_path / "p", "--codebook", tmp_path / "river.xlsx")
    project = tmp_path / "p"
    book_file = workbook(project / "river.xlsx", RIVER)
    toml = project / "fourp.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("corpus/codebook.yaml", "river.xlsx"),
        encoding="utf-8",
    )
    before = book_file.read_bytes()
    write_codebook(
        Codebook(id="x", codes=[Code(id="wind", name="Wind")]),
        tmp_path / "more.qdc",
        overwrite=True,
    )
    status, said, _ = fourp("import", tmp_path / "more.qdc", "--project", project)
    assert status == 0, said
    assert book_file.read_bytes() == before
    beside = read_codebook(project / "river.new.xlsx")
    assert "wind" in beside.code_ids
    assert "flood" in beside.code_ids
