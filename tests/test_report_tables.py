"""Tables for spreadsheets: safe to open, whole, and never half written."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import FourpError
from fourp_nlp.reporting.wide_tables import codes_by_case
from fourp_nlp.spreadsheets import write_csv, write_rows, write_xlsx
from fourp_nlp.study.reporting.tables import write_report_tables
from fourp_nlp.study.study import Study
from fourp_nlp.tables import FREQUENCIES
from tests.filled import filled
from tests.test_cli import fourp

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://evil.example")']


def frame(texts: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"text": texts, "number": [-1.5] * len(texts)})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("ab =+-@\"',;\r\n\t\0\x07é＝🐟\ud800")),
            st.integers(-(10**15), 10**15),
            st.sampled_from(["", *FORMULAS]),
        )
    )
)
def test_rows_are_written_as_a_frame_of_them_is(tmp_path, rows):
    names = ["text", "=number", "more"]
    one = write_csv(pd.DataFrame(rows, columns=names), tmp_path / "frame.csv")
    other = write_rows(names, rows, tmp_path / "rows.csv")
    assert one.read_bytes() == other.read_bytes()


def test_no_cell_of_a_csv_begins_like_a_formula(tmp_path):
    path = write_csv(frame(FORMULAS), tmp_path / "t.csv")
    read = pd.read_csv(path, encoding="utf-8-sig")
    assert all(str(cell).startswith("'") for cell in read["text"])
    assert read["number"].tolist() == [-1.5] * len(FORMULAS)


def test_accents_open_rightly_in_excel(tmp_path):
    path = write_csv(frame(["Métis, Québec, 🐟"]), tmp_path / "t.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(path, encoding="utf-8-sig")["text"][0] == "Métis, Québec, 🐟"


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(tmp_path):
    texts = [*FORMULAS, "http://example.org", "bell \x07 and \x00", "x" * 40_000]
    path = write_xlsx({"a": frame(texts), "b": frame(["y"])}, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [row[0] for row in book["a"].iter_rows(min_row=2)]
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)
    assert [cell.value for cell in cells][:4] == FORMULAS[:4]
    assert max(len(cell.value) for cell in cells) <= 32_767
    assert book["a"].freeze_panes == "A2"
    assert book.sheetnames == ["a", "b"]


def test_a_failed_write_leaves_the_earlier_file(tmp_path):
    path = write_csv(frame(["first"]), tmp_path / "t.csv")

    class Unwritable:
        def __str__(self) -> str:
            raise ValueError("no text")

    with pytest.raises(ValueError, match="no text"):
        write_csv(pd.DataFrame({"text": [Unwritable()]}, dtype=object), path)
    assert "first" in path.read_text(encoding="utf-8-sig")
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


def test_a_folder_in_the_way_is_an_error_that_names_it(tmp_path):
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(FourpError, match=r"t\.csv"):
        write_csv(frame(["x"]), tmp_path / "t.csv")


def test_a_table_that_is_not_declared_is_not_written(project):
    with pytest.raises(KeyError, match="agreements"):
        write_report_tables(
            Study(project), {"confusions": frame(["a"]), "agreements": frame(["b"])}
        )
    assert not project.reports.exists()


def test_tables_of_earlier_suggestions_and_samples_are_removed_and_others_stay(project):
    study = Study(project)
    tables = {name: frame(["a"]) for name in ("promises", "estimates", "confusions")}
    written = write_report_tables(study, tables, workbook="tables.xlsx")
    names = ["promises.csv", "estimates.csv", "confusions.csv", "tables.xlsx"]
    assert [path.name for path in written] == names
    empty = {name: table.iloc[:0] for name, table in tables.items()}
    written = write_report_tables(study, empty, workbook="tables.xlsx")
    assert [path.name for path in written] == ["confusions.csv", "tables.xlsx"]
    assert sorted(path.name for path in project.reports.iterdir()) == [
        "confusions.csv",
        "tables.xlsx",
    ]
    assert openpyxl.load_workbook(project.reports / "tables.xlsx").sheetnames == ["confusions"]


def test_only_what_people_fill_in_is_cut_to_the_size_of_a_cell(project):
    long = "word " * 10_000
    written = write_report_tables(
        Study(project), {"reconciliation": frame([long]), "frequencies_by_case": frame([long])}
    )
    sizes = [len(pd.read_csv(path, encoding="utf-8-sig")["text"][0]) for path in written]
    assert sizes[0] <= 32_767
    assert sizes[1] == len(long)


def test_run_and_suggest_write_the_same_tables_of_suggestions(project):
    names = ("suggestions", "candidates")
    assert fourp("run", "-p", project.root).exit_code == 0
    by_run = {name: (project.reports / f"{name}.csv").read_bytes() for name in names}
    (project.reports / "promises.csv").write_text("of earlier suggestions", encoding="utf-8")
    assert fourp("suggest", "-p", project.root).exit_code == 0
    assert {name: (project.reports / f"{name}.csv").read_bytes() for name in names} == by_run
    assert not (project.reports / "promises.csv").exists()
    suggestions = pd.read_csv(project.reports / "suggestions.csv", encoding="utf-8-sig")
    assert {"why", "words", "rank", "threshold"} <= set(suggestions)
    assert "suggested" not in suggestions  # all of them are


def test_a_case_is_one_if_some_of_its_documents_name_no_group():
    from fourp_nlp.study.reporting.results import cases_with_groups

    rows = [
        ("a.txt", "Plot 1", ""), ("b.txt", "Plot 2", "north"), ("c.txt", "Plot 1", "south"), ("d.txt", "", ""),
        ("e.txt", "Plot 2", ""),
    ]  # fmt: skip
    documents = pd.DataFrame(rows, columns=["document", "case", "group"])
    assert cases_with_groups(documents) == [("Plot 1", "south"), ("Plot 2", "north"), ("d.txt", "")]


def test_the_workbook_begins_with_codes_by_case_people_first_and_names_in_sight(project):
    assert fourp("run", "-p", project.root).exit_code == 0
    book = openpyxl.load_workbook(project.reports / "tables.xlsx")
    page = book.worksheets[0]
    assert page.title == "codes by case"
    head, *rows = page.iter_rows(values_only=True)
    at = head.index("code")
    assert page.freeze_panes == page.cell(row=2, column=at + 2).coordinate
    assert book["frequencies"].freeze_panes == "A2"
    counts = pd.read_csv(project.reports / "frequencies.csv", encoding="utf-8-sig")
    counts = counts[counts["document"].isna() & counts["code"].notna()]
    coders = list(dict.fromkeys(row[0] for row in rows))
    assert coders[0] == "anna"
    assert coders[1].startswith("machine@")
    cases = head[at + 1 : -1]
    for coder in coders:
        *codes, totals = [row for row in rows if row[0] == coder]
        assert totals[at] == "total"
        of_coder = counts[counts["coder"] == coder]
        by_case = of_coder.groupby("case")["count"].sum()
        assert totals[at + 1 :] == (*(by_case[case] for case in cases), of_coder["count"].sum())
        for row, (_, of_code) in zip(codes, of_coder.groupby("code", sort=False), strict=True):
            expected = of_code.set_index("case")["count"]
            assert row[at + 1 :] == (*(expected[case] for case in cases), expected.sum())


def test_cases_of_any_name_keep_their_columns():
    rows = [
        {"code": "a", "case": case, "coder": coder, "count": number}
        for coder, cases in (("robot", ["theme", "code"]), ("anna", ["code", "total occurrences"]))
        for number, case in enumerate(cases, start=1)
    ]
    table = codes_by_case(
        filled(FREQUENCIES, rows, unit="occurrences"),
        [("", ["a"])],
        {},
        ["theme"],
        machines=["robot"],
    )
    heads = ["coder", "code", "theme", "code", "total occurrences", "total occurrences"]
    assert list(table.columns) == heads
    assert table.iloc[:, 0].tolist() == ["anna", "anna", "robot", "robot"]
    assert table.iloc[0, 3:].tolist() == [1, 2, 3]
    assert table.iloc[3, 2:4].tolist() == [1, 2]
    assert table.iloc[2, -1] == 3
