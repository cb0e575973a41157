"""Codebooks from Excel and CSV: definitions, when to use, when not, examples, and what stands below what."""

from __future__ import annotations

import pytest
import yaml

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import format_of, read_codebook_table
from fourp_nlp.study.importing.codes.codes import codebook_alone
from tests.cases import shared_case
from tests.coded_tables import workbook
from tests.test_import_qdpx import fourp


def codebook(path, text=None, encoding="utf-8"):
    """The codebook of a table, and the exchange that it came in."""
    if text is not None:
        path.write_bytes(text.encode(encoding))
    assert format_of(path, written=False, codebook=True).name == "codebook"
    exchange = read_codebook_table(path)
    return codebook_alone(exchange, "book").codebook, exchange


def tree(book):
    """What each code stands below: a code or a theme."""
    own = book.themes_that_are_codes()
    names = book.names
    made = {}
    for code, theme in zip(book.all_codes, book.code_themes, strict=True):
        above = code.parent or own.get(theme, theme)
        made[code.name] = "" if not above or above == code.id else names[above]
    return made


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Code,Definition,Include,Exclude,Examples\n", "utf-8"),
        ("Code;Beschreibung;Kodierregel;Abgrenzung;Ankerbeispiel\n", "cp1252"),
        ("Kategorie;Definition;Kodierregeln;Ausschlusskriterien;Ankerbeispiele\n", "utf-8"),
        ("Code;Définition;Inclure;Exclure;Exemple\n", "cp1252"),
        ("Nom du code\tDéfinition\tRègle de codage\tQuand ne pas l’utiliser\tExemples\n", "utf-16"),
        ("Código;Definición;Cuándo usar;Cuándo no usar;Ejemplo\n", "utf-8"),
        ("code name,full definition,when to use,when not to use,example\n", "utf-8"),
    ],
)
def test_columns_are_known_in_four_languages(tmp_path, text, encoding):
    separator = next(sign for sign in ",;\t" if sign in text)
    row = [
        "Slugs",
        "What eats the beans",
        "At night",
        '"- snails\n- birds"',
        '"1. They took half.\n2. All gone."',
    ]
    book, exchange = codebook(tmp_path / "b.csv", text + separator.join(row) + "\n", encoding)
    (code,) = book.all_codes
    assert (code.name, code.full_definition, code.when_to_use) == (
        "Slugs",
        "What eats the beans",
        "At night",
    )
    assert [each.when for each in code.when_not_to_use] == ["snails", "birds"]
    assert code.examples == ["They took half.", "All gone."]
    assert exchange.losses.empty


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("Parent code,Code,Code memo\n,Garden,g\nGarden,Beans,b\nBeans,Runner beans,r\n", {"Garden": "", "Beans": "Garden", "Runner beans": "Beans"}),
        ("Code,Parent,Definition\nBeans,Garden,b\nGarden,,g\nNests,Birds,n\n", {"Garden": "", "Beans": "Garden", "Nests": "Birds"}),
        ("Name,Description,Files,References\nGarden,g,1,2\n  Beans,b,1,2\n    Runner,r,1,2\nClub,c,1,1\n", {"Garden": "", "Beans": "Garden", "Runner": "Beans", "Club": ""}),
        ("Code,Definition\n1. Garden,g\n1.1 Beans,b\n1.1.1 Runner,r\n2. Club,c\n", {"Garden": "", "Beans": "Garden", "Runner": "Beans", "Club": ""}),
        ("Nr,Code,Definition\n1,Garden,g\n1.1,Beans,b\n2,Club,c\n", {"Garden": "", "Beans": "Garden", "Club": ""}),
        ("Code,Definition\nGarden > Beans,b\nGarden > Peas,p\nClub,c\n", {"Beans": "Garden", "Peas": "Garden", "Club": ""}),
        ("Name,Description\nCodes\\\\Garden,g\nCodes\\\\Garden\\\\Beans,b\n", {"Garden": "", "Beans": "Garden"}),
        ("Theme,Code,Subcode,Definition\nGarden,Beans,,b\nGarden,Beans,Runner,r\nClub,Fees,,f\n", {"Beans": "Garden", "Runner": "Beans", "Fees": "Club"}),
        ("Thema;Kategorie;Definition\nGarten;Bohnen;b\n;Erbsen;e\nVerein;Geld;g\n", {"Bohnen": "Garten", "Erbsen": "Garten", "Geld": "Verein"}),
        ("Level 1,Level 2,Level 3,Description\nA,B,C,x\nA,D,,y\n", {"B": "A", "C": "B", "D": "A"}),
    ],
    ids=["MAXQDA", "parents below", "NVivo", "numbers", "numbers apart", "paths", "NVivo's paths", "three columns", "Mayring", "levels"],
)  # fmt: skip
def test_what_stands_below_what(tmp_path, text, above):
    book, _ = codebook(tmp_path / "b.csv", text)
    assert tree(book) == above


def test_a_theme_column_with_the_same_theme_in_every_row_leaves_blank_ones_blank(tmp_path):
    text = "Theme,Code,Definition\nGarden,Beans,b\nGarden,Peas,p\n,Weather,w\n"
    assert tree(codebook(tmp_path / "b.csv", text)[0])["Weather"] == ""


def test_merged_cells_titles_and_rows_that_go_on(tmp_path):
    rows = [
        ["The categories of our study"],
        [],
        ["Thema", "Kategorie", "Definition", "Ankerbeispiel", "Kodierregel", "Seite"],
        ["Garten", "Bohnen", "Was wächst", "Neun Reihen.", "Nur Gepflanztes", 4],
        [None, None, None, "Die alten.", None, None],
        [None, "Wasser", "Wer gießt", None, None, None],
    ]
    path = workbook(
        tmp_path / "m.xlsx",
        {"Kategorien": rows, "Notizen": [["x"]]},
        {"Kategorien": ["A4:A6", "B4:B5", "C4:C5"]},
    )
    book, exchange = codebook(path)
    assert tree(book) == {"Bohnen": "Garten", "Wasser": "Garten"}
    assert book.all_codes[0].examples == ["Neun Reihen.", "Die alten."]
    told = exchange.losses[["item", "examples"]].to_numpy().tolist()
    assert told == [["columns", "Seite"], ["sheets", "Notizen"]]


def test_a_codebook_beside_codings_is_what_is_wanted_of_a_workbook(tmp_path):
    sheets = {
        "Codings": [["document", "text", "code"], ["a.txt", "Nine rows", "Beans"]],
        "Our codes": [["Code", "Definition"], ["Beans", "what grows"]],
    }
    path = workbook(tmp_path / "both.xlsx", sheets)
    book, _ = codebook(path)
    assert book.all_codes[0].full_definition == "what grows"
    assert format_of(path, written=False).name == "long"


def test_two_codes_of_one_name_stay_two(tmp_path):
    book, _ = codebook(
        tmp_path / "b.csv", "Name,Description,Files\nBeans,one,1\nPeas,p,1\nBeans,two,1\n"
    )
    assert [code.full_definition for code in book.all_codes] == ["one", "p", "two"]


def test_what_was_not_used_is_named(tmp_path):
    _, exchange = codebook(
        tmp_path / "b.csv", "Code,Definition,Owner,Page,Version,Mood\nBeans,b,ann,3,2,good\n"
    )
    assert exchange.losses["count"].tolist() == [4]
    assert "Owner, Page, Version, Mood" in exchange.remarks[0]


def test_a_table_without_codes_is_refused(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("Colour,Size\nred,2\n")
    with pytest.raises(ExchangeError, match="column for codes"):
        read_codebook_table(path)
    path.write_text("Code,Definition\n")
    with pytest.raises(ExchangeError, match="no code"):
        read_codebook_table(path)


@pytest.mark.parametrize(
    ("name", "codes", "above"),
    [
        ("maxqda", {"Resources": "memo R", "Beds": "Number of beds", "Money: who pays": ""}, {"Beds": "Resources", "Money: who pays": "Resources", "Resources": ""}),
        ("mayring", {"Betten": "Zahl der Betten", "Geld": "Wer zahlt"}, {"Betten": "Ressourcen", "Geld": "Ressourcen"}),
        ("nvivo", {"Beds": "Number of beds", "Lack of beds": "No bed free", "Police": "", "Beds 2": "Second code of that name"}, {"Lack of beds": "Beds"}),
        ("own", {"Beds": "Number of beds", "Lack of beds": "No bed free", "Police": "The police"}, {"Lack of beds": "Beds"}),
    ],
)  # fmt: skip
def test_shared_codebooks(tmp_path, name, codes, above):
    path = shared_case("reading", "codebook-from-excel", f"{name}.xlsx")
    book, _ = codebook(path)
    assert {code.name: code.full_definition for code in book.all_codes} == codes
    assert above.items() <= tree(book).items()
    by_name = {code.name: code for code in book.all_codes}
    if name == "own":
        beds = by_name["Beds"]
        assert beds.when_to_use == "When beds are counted"
        assert ([each.when for each in beds.when_not_to_use], beds.examples) == (
            ["Not furniture"],
            ["We have eleven beds."],
        )
    if name == "mayring":
        assert (by_name["Betten"].when_to_use, by_name["Betten"].examples) == (
            "Nur wenn gezählt",
            ["Wir haben elf."],
        )


def test_the_command_writes_the_codebook_of_a_table(tmp_path):
    (tmp_path / "b.csv").write_text(
        "Code,Definition,Page\n1. Beans,b,3\n1.1 Peas,p,4\n", encoding="utf-8"
    )
    status, said, done = fourp("import", tmp_path / "b.csv", "--to", tmp_path / "c.yaml")
    assert status == 0, said
    assert "The codes are numbered" in done.output
    assert "Page" in said
    made = yaml.safe_load((tmp_path / "c.yaml").read_text(encoding="utf-8"))
    assert [code["id"] for theme in made["themes"] for code in theme["codes"]] == ["beans", "peas"]
