"""Tables of codings that other programs export are read, each known by the heads of its columns."""

from __future__ import annotations

import pytest

from fourp_nlp.exchange import format_of, read_doccano, read_label_studio
from fourp_nlp.study.importing._coding_summary import adds_up
from fourp_nlp.study.importing.import_project import apply_import, plan_import
from fourp_nlp.study.importing.reader_context import read_foreign
from fourp_nlp.study.importing.target import read_target
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import no_progress
from tests.cases import shared_case
from tests.coded_tables import BOOK, TEXTS, coded, make_project, read, workbook
from tests.test_import_qdpx import fourp

ONE, TWO = TEXTS["interview1.txt"], TEXTS["interview2.txt"]
ROWS, FRIDAYS, PUMP = (
    "nine rows of “old” beans",
    "My neighbour comes on Fridays.",
    "The pump broke in the spring of 2019",
)


def place(text, quote):
    at = text.index(quote)
    return at, at + len(quote)


def _placed(cell, at):
    return str(cell).replace("{0}", str(at[0])).replace("{1}", str(at[1]))


def csv(path, head, *rows):
    quoted = [",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows]
    path.write_text("\n".join([head, *quoted]) + "\n", encoding="utf-8")
    return path


ANN = {("interview1.txt", ROWS, "beans", "ann"), ("interview1.txt", FRIDAYS, "helpers", "ann")}


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        pytest.param(
            "Media Title,Excerpt Range,Excerpt Creator,Excerpt Copy,Codes Applied Combined,Resource Creator,"
            "Code: Beans Applied,Code: Beans Weight,Code: Helpers / friends Applied",
            [
                ("interview1.txt", "{0}-{1}", "ann", ROWS, "Beans", "bo", "True", "", "False"),
                ("interview1.txt", "7-9", "ann", FRIDAYS, "Helpers / friends", "bo", "False", "", "True"),
            ],
            id="Dedoose",
        ),
        pytest.param(
            "File/case,Coder,Coded,Id,Codename,Coded_Memo,Categories",
            [
                ("interview1.txt", "ann", ROWS, "1", "Beans", "", "Plants"),
                ("interview1.txt", "ann", FRIDAYS, "2", "Helpers / friends", "", ""),
            ],
            id="QualCoder",
        ),
        pytest.param(
            "rowid,cid,fid,codename,filename,coding,index1,index2,CodingLength,owner",
            [
                (1, 1, 1, "Beans", "interview1.txt", ROWS, "{0}", "{1}", 24, "ann"),
                (2, 2, 1, "Helpers / friends", "interview1.txt", FRIDAYS, "0", "5", 30, "ann"),
            ],
            id="RQDA",
        ),
        pytest.param(
            "Quirk,Parent Quirk,Source,Author,Date,Text",
            [
                ("Beans", "", "interview1", "ann", "2026-03-04", ROWS),
                ("Helpers / friends", "", "interview1", "ann", "2026-03-04", FRIDAYS),
            ],
            id="Quirkos",
        ),
        pytest.param(
            "ID,Document,Quotation Name,Quotation Content,Comment,Codes,Reference,Created by",
            [
                ("1:1", "1 interview1", "nine rows…", ROWS, "", "Beans", "¶ 2", "ann"),
                ("1:2", "1 interview1", "My…", FRIDAYS, "", "Helpers / friends {3-1}", "¶ 4", "ann"),
            ],
            id="ATLAS.ti",
        ),
        pytest.param(
            "Document group,Document name,Code,Beginning,End,Weight score,Segment,Author",
            [
                ("Talks", "interview1", "Plants > Beans", "2", "2", "0", ROWS, "ann"),
                ("Talks", "interview1", "Helpers / friends", "4", "4", "0", FRIDAYS, "ann"),
            ],
            id="MAXQDA",
        ),
        pytest.param(
            "Dokumentgruppe,Dokumentname,Code,Anfang,Ende,Gewicht,Segment,Autor",
            [
                ("Talks", "interview1", "Beans", "2", "2", "0", ROWS, "ann"),
                ("Talks", "interview1", "Helpers / friends", "4", "4", "0", FRIDAYS, "ann"),
            ],
            id="MAXQDA in German",
        ),
        pytest.param(
            "Hierarchical Name,File Name,Coded Text,Coded By Initials",
            [
                ("Nodes\\\\Beans", "Files\\\\Talks\\\\interview1", ROWS, "ann"),
                ("Codes\\\\Helpers / friends", "Files\\\\Talks\\\\interview1", FRIDAYS, "ann"),
            ],
            id="NVivo",
        ),
        pytest.param(
            "Interview,Zitat,Code 1,Code 2,Kodierer:in",
            [("interview1", ROWS, "", "Beans", "ann"), ("interview1", FRIDAYS, "Helpers / friends", "", "ann")],
            id="a column for each further code",
        ),
        pytest.param(
            "Fragmento,Documento,Código,Codificado por",
            [(ROWS, "interview1", "Beans", "ann"), (FRIDAYS, "interview1", "Helpers / friends", "ann")],
            id="Spanish",
        ),
    ],
)  # fmt: skip
def test_exports_of_programs_are_read(tmp_path, head, rows):
    at = place(ONE, ROWS)
    path = csv(tmp_path / "t.csv", head, *[[_placed(cell, at) for cell in row] for row in rows])
    assert format_of(path, written=False).name == "long"
    assert coded(read(path)) == ANN


def test_places_alone_are_enough_where_they_fit(tmp_path):
    rows = [
        (n, "Beans", "interview1.txt", *place(ONE, quote))
        for n, quote in enumerate((ROWS, FRIDAYS))
    ]
    path = csv(tmp_path / "t.csv", ",codename,filename,index1,index2", *rows)
    assert {row[1] for row in coded(read(path))} == {ROWS, FRIDAYS}


def test_an_excerpt_without_a_code_leaves_the_document_as_it_is(tmp_path):
    path = csv(
        tmp_path / "t.csv",
        "Media Title,Excerpt Creator,Excerpt Copy,Code: Beans Applied",
        ("interview1.txt", "ann", ROWS, "True"),
        ("interview1.txt", "ann", FRIDAYS, "False"),
    )
    made = read(path)
    assert (len(made.marks), len(made.read), made.losses["item"].tolist()) == (1, 0, ["rows"])


@pytest.mark.parametrize("heads", [("coder A", "coder B"), ("ann", "bo")])
def test_a_column_for_each_coder(tmp_path, heads):
    rows = [
        ["document", "text", *heads],
        ["interview1.txt", ROWS, "Beans", "Beans; Pâté"],
        ["interview1.txt", FRIDAYS, None, "Helpers / friends"],
        ["interview2.txt", PUMP, None, None],
    ]
    path = workbook(tmp_path / "c.xlsx", {"Sheet": rows})
    assert format_of(path, written=False).name == "long"
    made = read(path)
    assert coded(made) == {
        ("interview1.txt", ROWS, "beans", heads[0]),
        ("interview1.txt", ROWS, "beans", heads[1]),
        ("interview1.txt", ROWS, "pate", heads[1]),
        ("interview1.txt", FRIDAYS, "helpers", heads[1]),
    }
    assert made.read.empty
    assert made.losses["item"].tolist() == ["rows"]


def test_memos_on_codings_come_along_and_columns_that_do_not_are_named(tmp_path):
    path = csv(
        tmp_path / "t.csv",
        "document,quote,code,coder,memo,weight,mood,shade,height",
        ("interview1.txt", ROWS, "Beans", "ann", "so many", "3", "x", "y", "z"),
    )
    made = read(path)
    assert made.notes["text"].tolist() == ["so many"]
    assert made.notes["about"].tolist() == made.marks["guid"].tolist()
    assert made.losses["item"].tolist() == ["columns"]
    assert "weight, mood, shade, height" in made.remarks[0]


def test_tables_of_annotation_programs(tmp_path):
    path = tmp_path / "ls.csv"
    path.write_text(
        "annotation_id,annotator,id,label,lead_time,text\n"
        '7,ann@x.org,1,"[{""start"":4,""end"":8,""text"":""hose"",""labels"":[""Tools""]}]",3.1,The hose is torn.\n'
        '8,bo@x.org,1,"[{""start"":12,""end"":16,""text"":""torn"",""labels"":[""State""]}]",3.1,The hose is torn.\n',
        encoding="utf-8",
    )
    assert format_of(path, written=False).name == "label-studio"
    assert coded(read_label_studio(path)) == {
        ("task 1", "hose", "Tools", "ann@x.org"),
        ("task 1", "torn", "State", "bo@x.org"),
    }
    path = tmp_path / "d.csv"
    path.write_text(
        "id,text,label\n1,The hose is torn.,Tools#State\n2,It holds.,\n", encoding="utf-8"
    )
    assert format_of(path, written=False).name == "doccano"
    made = read_doccano(path, coder="ann")
    assert {row[1:] for row in coded(made)} == {
        ("The hose is torn.", "Tools", "ann"),
        ("The hose is torn.", "State", "ann"),
    }


def test_old_exports_of_doccano(tmp_path):
    path = tmp_path / "old.jsonl"
    path.write_text(
        '{"id": 1, "text": "The hose is torn.", "meta": {}, "labels": [[4, 8, "Tools"]]}\n'
        '{"id": 2, "text": "It holds.", "annotations": [{"label": 5, "start_offset": 3, "end_offset": 8, "user": 2},'
        ' {"label": 6, "user": 2}]}\n',
        encoding="utf-8",
    )
    assert format_of(path, written=False).name == "doccano"
    made = read_doccano(path)
    assert coded(made) == {
        ("example 1", "hose", "Tools", ""),
        ("example 2", "holds", "label 5", "user 2"),
        ("example 2", "It holds.", "label 6", "user 2"),
    }
    assert any("numbers for 2 label(s)" in remark for remark in made.remarks)
    (tmp_path / "old-labels.json").write_text(
        '[{"id": 5, "text": "State"}, {"id": 6, "text": "All"}]'
    )
    assert {row[2] for row in coded(read_doccano(path))} == {"Tools", "State", "All"}


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ('{"id": 1, "data": {"text": "a"}, "annotations": []}', "label-studio"),
        ('{"fields": {"text": "a"}, "responses": {}}', "argilla"),
        ('{"text": "a", "spans": [], "answer": "accept"}', "prodigy"),
        ('{"text": "a", "label": []}', "doccano"),
    ],
)
@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_records_are_known_by_their_fields(tmp_path, record, name, ending):
    path = tmp_path / f"r.{ending}"
    path.write_text(f"[{record}]" if ending == "json" else record)
    assert format_of(path, written=False).name == name


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """Make projects of the documents that the shared tables are about."""
    quotes = [
        "How many beds do you have?", "We have eleven beds.", "Two are kept for young people.",
        "And the police?", "They never called us.",
    ]  # fmt: skip
    first = (
        f"Interview in the house, {'x' * 20}.\n{quotes[1]} {quotes[0]} {quotes[2]}\n{quotes[3]}\n"
    )
    first += f"{'y' * (132 - len(first))}\n{quotes[4]}\n"
    texts = {
        "interview1.txt": first,
        "interview2.txt": "We have no beds at all. The police come every week.\n",
    }
    book = BOOK.split("codes:")[0] + "codes:\n" + "".join(
        f'  - id: {id_}\n    name: "{name}"\n'
        for id_, name in (
            ("beds", "Beds"), ("police", "Police / liaison"), ("money", "Money: who pays"), ("cafe", "Café"),
        )
    )  # fmt: skip
    made = []

    def study():
        made.append(make_project(tmp_path_factory.mktemp("study") / "s", texts, book))
        return made[-1], book

    return study


@pytest.mark.parametrize(
    ("case", "codings"),
    [
        ("exports-not-recognised/dedoose.csv", ["anna beds", "ben beds", "ben police"]),
        ("exports-not-recognised/qualcoder.csv", ["anna beds", "ben police"]),
        ("exports-not-recognised/quirkos.csv", ["anna beds"]),
        ("exports-not-recognised/rqda.csv", ["unknown beds", "unknown police"]),
        ("exports-not-recognised/rqda_export.csv", ["unknown beds"]),
        (
            "exports-not-recognised/two_coders.xlsx",
            [
                "coder A beds",
                "coder A beds",
                "coder A police",
                "coder A police",
                "coder B beds",
                "coder B money",
                "coder B police",
            ],
        ),
        (
            "import-lost-codings-leave-codes/atlas.csv",
            ["anna beds", "anna beds", "anna cafe", "anna police", "ben beds"],
        ),
        ("import-merged-cells/merged_rows.xlsx", ["anna beds", "anna police", "ben beds", "ben police"]),
        ("import-rows-to-do/todo.csv", ["anna beds"]),
        ("import-several-codes-in-a-cell/several.xlsx", ["anna beds"] * 5 + ["anna cafe"] * 5),
    ],
)  # fmt: skip
def test_shared_tables_come_into_a_project(studies, case, codings):
    path = shared_case("reading", *case.split("/"))
    root, book = studies()
    status, said, _ = fourp("import", path, "--project", root)
    assert status == 0, said
    import pandas as pd

    frames = [pd.read_csv(each) for each in sorted((root / "gold").glob("*.csv"))]
    rows = pd.concat(frames)
    assert sorted(f"{a} {b}" for a, b in zip(rows["coder"], rows["code"], strict=True)) == codings
    assert not ((rows["document"] == "interview2.txt") & rows["code"].isna()).any()
    assert (root / "codebook.yaml").read_text(encoding="utf-8") == book
    assert "does not add up" not in said


def test_where_every_coding_is_lost_the_codebook_stays(tmp_path):
    root = make_project(tmp_path / "s")
    lost = csv(
        tmp_path / "l.csv",
        "document,start,end,quote,code,coder",
        ("another.txt", "0", "4", "Some", "Owls", "ann"),
        ("interview1.txt", "", "", "words that nobody said in it", "Mice", "ann"),
    )
    for options in ([], ["--new-codes", "refuse"]):
        status, said, _ = fourp("import", lost, "--project", root, *options)
        assert status == 0, said
        assert "Owls" not in said
        assert (root / "codebook.yaml").read_text(encoding="utf-8") == BOOK
        assert not list((root / "gold").glob("*.csv"))
    some = csv(
        tmp_path / "some.csv",
        "document,quote,code,coder",
        ("interview1.txt", ROWS, "Plants > Slugs", "ann"),
        ("another.txt", "Some", "Owls > Nests", "ann"),
    )
    status, said, _ = fourp("import", some, "--project", root)
    book = (root / "codebook.yaml").read_text(encoding="utf-8")
    assert (status, "Slugs" in book, "Owls" in book, "Nests" in book) == (0, True, False, False)


def test_the_summary_of_a_table_adds_up_whatever_is_lost(tmp_path):
    root = make_project(tmp_path / "s")
    table = csv(
        tmp_path / "t.csv",
        "document,start,end,quote,code,coder",
        ("interview1.txt", "", "", ROWS, "Beans; Pâté", "ann"),
        ("interview1.txt", "", "", ROWS, "Beans", "ann"),  # the same again
        ("interview1.txt", "", "", "Nobody pays her.", "Beans", "ann"),  # twice in the document
        ("elsewhere.txt", "0", "4", "Some", "Owls", "ann"),
        ("interview2.txt", "", "", PUMP, "Slugs", "bo"),
        ("interview2.txt", "", "", "The hose is torn", "", "bo"),
    )
    for same in (0, 3):
        target = read_target(open_project(root), no_progress)
        exchange = read_foreign(table, format_of(table, written=False), target)
        plan = plan_import(exchange, target)
        people = plan.coders.set_index("coder")
        for name, marks in exchange.marks.groupby("user"):
            coder = dict(zip(exchange.users["guid"], exchange.users["coder"], strict=True))[name]
            row = people.loc[coder]
            assert row["codings"] == len(marks)
            assert row["codings"] == row[["same", "new", "moved", "not_taken"]].sum()
            assert (
                row["here"] == row[["same", "moved", "gone", "untouched", "unclear", "lost"]].sum()
            )
        assert people["same"].sum() == same
        assert adds_up(plan.coders, plan.machines)
        assert not plan.all_taken
        lost = plan.losses.groupby("item")["count"].sum()
        assert (lost["rows"], lost["repeated codings"]) == (1, 1)
        apply_import(plan)
    assert "Owls" not in (root / "codebook.yaml").read_text(encoding="utf-8")
