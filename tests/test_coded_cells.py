"""Cells of people's tables: several codes in one, codes by their paths, rows to do, merged cells, sheets."""

from __future__ import annotations

import pytest

from fourp_nlp.errors import UnsafeDocumentError
from fourp_nlp.exchange import read_segment_sheet, read_wide
from fourp_nlp.exchange.tables.code_nodes import Codes
from fourp_nlp.exchange.tables.codes_in_cell import codes_in_cells
from fourp_nlp.spreadsheets._merged_cells import merged_down, rows_with_merged_cells
from tests.coded_tables import BOOK, TEXTS, coded, nodes_of, read, workbook

THEMED = """id: plots
themes:
  - id: garden
    name: Garden
    codes:
      - id: beans
        name: Beans
      - id: costs
        name: Costs
  - id: club
    name: Club
    codes:
      - id: club_costs
        name: Club costs
      - id: fees
        name: Fees
        parent: club_costs
"""
BEANS = "We’ve planted nine rows"
HEAD = "document,quote,code,coder\n"


def labels(*cells, book=BOOK):
    return codes_in_cells(cells, Codes(None if book is None else nodes_of(book)))


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Beans; Pâté", ["beans", "pate"]),
        ("Beans, Pâté", ["beans", "pate"]),
        ("beans|pate", ["beans", "pate"]),
        ("Beans\nPâté", ["beans", "pate"]),
        ("• Beans\r\n• Pate", ["beans", "pate"]),
        ("Beans/Pâté", ["beans", "pate"]),
        ("Beans;", ["beans"]),
        ("Helpers / friends", ["helpers"]),
        ("Helpers / friends, Beans", ["helpers", "beans"]),
        ("Money, unpaid, Beans / Pâté", ["money", "beans", "pate"]),
        ("Water: who brings it", ["water"]),
        ("1.2 Beans", ["beans"]),
        ("Beans {12-0}", ["beans"]),
        ("", []),
        ("-", []),
    ],
)
def test_a_cell_names_the_known_codes_that_it_consists_of(cell, codes):
    assert labels(cell).labels[cell] == codes


def test_what_stays_unclear_is_one_code_and_is_told():
    found = labels("Beans, Slugs", "Sheds; Paths")
    assert found.labels == {"Beans, Slugs": ["Beans, Slugs"], "Sheds; Paths": ["Sheds; Paths"]}
    assert "2 cell(s) may name several codes" in found.remarks[0]
    assert "'Beans, Slugs'" in found.remarks[0]


def test_a_part_may_be_new_where_the_sign_leaves_no_doubt_or_it_stands_alone_elsewhere():
    assert labels("Beans; Slugs").labels["Beans; Slugs"] == ["beans", "Slugs"]
    assert labels("Beans, Slugs", "Slugs").labels["Beans, Slugs"] == ["beans", "Slugs"]
    found = labels(
        "Sun, Rain", "Rain, Wind", "Sun, Wind", "Owls / mice; Sun", "Owls / mice", book=None
    )
    assert found.labels["Sun, Wind"] == ["Sun", "Wind"]
    assert found.labels["Owls / mice; Sun"] == ["Owls / mice", "Sun"]


@pytest.mark.parametrize(
    "path",
    [
        "Garden > Beans", "Nodes\\\\Garden\\\\Beans", "Garden\\Beans", "Garden: Beans", "Garden/Beans",
        "Codes\\\\Beans", "garden > beans", "Code System > Garden > Beans", "Garden::Beans", "Garden » Beans",
    ],
)  # fmt: skip
def test_a_code_is_known_by_its_path(path):
    found = labels(path, book=THEMED)
    assert found.labels[path] == ["beans"]
    assert not found.remarks


def test_paths_tell_codes_of_one_name_apart():
    found = labels("Club > Costs", "Garden > Costs", "Club > Club costs > Fees", book=THEMED)
    assert found.labels["Garden > Costs"] == ["costs"]
    assert found.labels["Club > Club costs > Fees"] == ["fees"]
    new = found.new[found.labels["Club > Costs"][0]]
    assert (new.name, new.parents) == ("Costs", ("Club",))


def test_a_parent_that_the_codebook_has_not_makes_no_second_code():
    found = labels("Plants > Beans", "Plants > Beans; Plants > Pâté")
    assert found.labels["Plants > Beans; Plants > Pâté"] == ["beans", "pate"]
    assert any("below another parent" in remark for remark in found.remarks)
    # Two parents are two codes.
    found = labels("Plants > Beans", "Dishes > Beans")
    assert len(found.new) == 2


def test_a_name_with_a_sign_of_comparison_is_no_path():
    assert labels("Beans > 20").labels["Beans > 20"] == ["Beans > 20"]


def test_rows_without_a_code_say_nothing_of_the_document(tmp_path):
    made = read(
        tmp_path / "t.csv",
        HEAD + f"interview1.txt,{BEANS},Beans,ann\ninterview2.txt,The hose is torn,,ann\n",
    )
    assert made.read.empty
    assert made.losses["item"].tolist() == ["rows"]
    made = read(
        tmp_path / "t.csv",
        HEAD + f"interview1.txt,{BEANS},Beans,ann\ninterview1.txt,who waters it,,ann\n",
    )
    # Who left rows of a document to do has not read all of it.
    assert made.read[["document", "scope", "quote"]].to_numpy().tolist() == [
        ["interview1.txt", "segment", BEANS]
    ]


def test_only_what_says_so_was_read(tmp_path):
    made = read(
        tmp_path / "t.csv",
        "document,quote,code,coder,scope\ninterview2.txt,,,ann,document\ninterview1.txt,,,ann,\n",
    )
    assert made.read[["document", "scope"]].to_numpy().tolist() == [["interview2.txt", "document"]]
    made = read(tmp_path / "t.csv", HEAD + "interview2.txt,The hose is torn,no code,ann\n")
    assert made.read[["scope", "quote"]].to_numpy().tolist() == [["segment", "The hose is torn"]]
    assert made.nodes.empty


def test_a_merged_cell_counts_for_all_its_rows(tmp_path):
    rows = [
        ["document", "coder", "code", "quote"],
        ["interview1.txt", "ann", "Beans", BEANS],
        [None, None, "Helpers / friends", "My neighbour comes"],
        [None, None, None, "on Fridays"],
        ["interview2.txt", "bo", "Beans", "The pump broke"],
    ]
    path = workbook(tmp_path / "m.xlsx", {"Sheet": rows}, {"Sheet": ["A2:A4", "B2:B4", "C3:C4"]})
    made = read(path)
    assert made.losses.empty
    assert coded(made) == {
        ("interview1.txt", BEANS, "beans", "ann"),
        ("interview1.txt", "My neighbour comes", "helpers", "ann"),
        ("interview1.txt", "on Fridays", "helpers", "ann"),
        ("interview2.txt", "The pump broke", "beans", "bo"),
    }


def test_cells_that_were_merged_before_the_table_became_text_go_on_from_above(tmp_path):
    made = read(
        tmp_path / "t.csv",
        HEAD
        + f"interview1.txt,{BEANS},Beans,ann\n,My neighbour comes,Helpers / friends,\n,,Pâté,\n"
        ",not in that document at all,Beans,\n",
    )
    assert coded(made) == {
        ("interview1.txt", BEANS, "beans", "ann"),
        ("interview1.txt", "My neighbour comes", "helpers", "ann"),
        ("interview1.txt", "My neighbour comes", "pate", "ann"),
    }
    assert made.losses["count"].tolist() == [1]


def test_merged_cells_beyond_measure_are_refused():
    assert merged_down("A1:C1") == []
    assert merged_down("B2:C9") == [(1, 2, 9)]
    rows = [(number, [1, None]) for number in range(1, 3001)]
    with pytest.raises(UnsafeDocumentError, match="merged"):
        rows_with_merged_cells(rows, [(0, 1, 3000)] * 3000, "S", "f.xlsx")


def test_every_sheet_of_one_shape_is_read_and_its_name_is_the_coder(tmp_path):
    head = ["document", "text", "code"]
    sheets = {
        "ann": [head, ["interview1", BEANS, "Beans"]],
        "bo": [head, ["interview1", BEANS, "Pâté"], ["interview2", "The pump broke", "Beans"]],
        "shopping": [["milk"], ["bread"]],
    }
    made = read(workbook(tmp_path / "s.xlsx", sheets))
    assert coded(made) == {
        ("interview1.txt", BEANS, "beans", "ann"),
        ("interview1.txt", BEANS, "pate", "bo"),
        ("interview2.txt", "The pump broke", "beans", "bo"),
    }
    assert any("sheets' names are used as coders" in each for each in made.remarks)
    assert made.losses[["item", "examples"]].to_numpy().tolist() == [["sheets", "shopping"]]
    assert {row[3] for row in coded(read(tmp_path / "s.xlsx", coder="cy"))} == {"cy"}


@pytest.mark.parametrize(
    "names", [("Sheet1", "Sheet2"), ("interview1", "interview2"), ("Tabelle1", "ann")]
)
def test_sheets_that_are_not_called_like_people_name_no_coder(tmp_path, names):
    head = ["document", "text", "code"]
    made = read(
        workbook(
            tmp_path / "s.xlsx",
            {
                names[0]: [head, ["interview1", BEANS, "Beans"]],
                names[1]: [head, ["interview2", "The pump broke", "Beans"]],
            },
        )
    )
    assert {row[3] for row in coded(made)} == {""}
    assert any("all were read" in remark for remark in made.remarks)


def test_the_second_coder_of_a_matrix_or_a_sheet_to_code_on_is_read_too(tmp_path):
    head = ["document", "text", "Beans", "Pâté"]
    sheets = {
        "ann": [head, ["interview1.txt", BEANS, 1, 0]],
        "bo": [head, ["interview1.txt", BEANS, 0, 1], ["interview2.txt", "The pump broke", 1, 0]],
    }
    path = workbook(tmp_path / "w.xlsx", sheets)
    both = {
        ("interview1.txt", BEANS, "beans", "ann"),
        ("interview1.txt", BEANS, "pate", "bo"),
        ("interview2.txt", "The pump broke", "beans", "bo"),
    }
    assert coded(read_wide(path, TEXTS, nodes=nodes_of())) == both
    assert coded(read_segment_sheet(path, TEXTS, nodes=nodes_of())) == both


def test_a_column_whose_names_are_documents_is_preferred(tmp_path):
    made = read(
        tmp_path / "t.csv",
        f"doc_id,doc_name,text,code,coder\n7,interview1,{BEANS},Beans,ann\n9,Interview_2.docx,The hose,Beans,ann\n",
    )
    assert {row[0] for row in coded(made)} == {"interview1.txt", "interview2.txt"}
    assert made.losses.empty
    made = read(
        tmp_path / "t.csv", f"document,Talk,text,code,coder\n7,interview1,{BEANS},Beans,ann\n"
    )
    assert {row[0] for row in coded(made)} == {"interview1.txt"}


@pytest.mark.parametrize(
    "name",
    [
        "1 interview1",
        "D 1: interview1",
        "Files\\\\Talks\\\\interview1",
        "INTERVIEW 1.docx",
        "interview-1",
    ],
)
def test_documents_are_known_by_the_names_that_programs_give_them(tmp_path, name):
    made = read(tmp_path / "t.csv", HEAD + f"{name},{BEANS},Beans,ann\n")
    assert {row[0] for row in coded(made)} == {"interview1.txt"}


def test_new_codes_without_a_placed_coding_are_none(tmp_path):
    made = read(
        tmp_path / "t.csv",
        HEAD
        + f"interview1.txt,{BEANS},Slugs,ann\ninterview1.txt,never said by anybody here,Owls,ann\n",
    )
    assert made.nodes["name"].tolist() == ["Slugs"]
    assert made.only_coded == set(made.nodes["guid"])
    assert any("Owls" in remark for remark in made.remarks)
