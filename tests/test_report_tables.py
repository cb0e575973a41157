"""Tables for spreadsheets: safe to open, whole, and never half written."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from fourp_nlp.errors import FourpError
from fourp_nlp.spreadsheets import write_csv, write_xlsx

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://evil.example")']


def frame(texts: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"text": texts, "number": [-1.5] * len(texts)})


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
