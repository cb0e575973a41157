"""The demonstration gives what it gave: every table value by value, every text line by line."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.golden_run import (
    Snapshot,
    differences,
    read_golden,
    report_text,
    run_steps,
    table_differences,
    text_differences,
    write_golden,
)


@pytest.mark.trains_anew
def test_the_demonstration_gives_what_it_gave(tmp_path):
    found = differences(read_golden(), run_steps(tmp_path / "demonstration"))
    assert not found, (
        "Is each of these differences meant? If so: python scripts/update_golden.py\n"
        + "\n".join(found)
    )


TABLE = [
    ["code", "case", "count", "share"],
    ["water", "Plot 1", "4", "0.25"],
    ["seeds", "Plot 1", "2", "0.125"],
]


def test_a_difference_names_table_row_column_and_both_values():
    other = deepcopy(TABLE)
    other[2][3] = "0.126"
    assert table_differences("run/frequencies.csv", TABLE, other) == [
        "run/frequencies.csv: row 2 (seeds, Plot 1, 2, 0.125), column 'share': expected '0.125', found '0.126'"
    ]


def test_rounding_in_the_ninth_digit_is_no_difference_and_an_empty_cell_is_one():
    other = deepcopy(TABLE)
    other[2][3] = "0.12500000001"
    assert table_differences("t", TABLE, other) == []
    other[2][3] = ""
    assert len(table_differences("t", TABLE, other)) == 1


def test_the_last_of_four_decimals_may_move_by_two_and_of_three_by_nothing():
    other = deepcopy(TABLE)
    rows = [["code", "probability"], ["water", "0.1636"]]
    for found, differs in (
        ("0.1634", 0),
        ("0.1635", 0),
        ("0.1633", 1),
        ("0.163", 1),
        ("-0.1636", 1),
    ):
        assert len(table_differences("t", rows, [rows[0], ["water", found]])) == differs
    other[2][3] = "0.124"
    assert len(table_differences("t", TABLE, other)) == 1
    # But a probability that a report rounds to three places may lie at the edge of two of them.
    for found, differs in (("0.053", 0), ("0.051", 0), ("0.054", 1)):
        rows = [["code", "probability"], ["water", "0.052"]]
        assert len(table_differences("t", rows, [rows[0], ["water", found]])) == differs
        rows = [["code", "share"], ["water", "0.052"]]
        assert len(table_differences("t", rows, [rows[0], ["water", found]])) == 1


def test_probabilities_within_a_text_may_move_by_their_last_digit_and_words_by_nothing():
    expected = "water 0.4589; yields 0.6201"
    for found, differs in (
        ("water 0.459; yields 0.6202", 0),
        ("water 0.4599; yields 0.6201", 1),
        ("seeds 0.4589; yields 0.6201", 1),
        ("water 0.4589", 1),
    ):
        rows = [["code", "rejected"], ["water", expected]]
        assert len(table_differences("t", rows, [rows[0], ["water", found]])) == differs
        assert len(text_differences("t", expected, found)) == 3 * differs
    assert not text_differences("t", "alpha 0.459 of 12", "alpha 0.458 of 12")
    assert text_differences("t", "alpha 0.459 of 12", "alpha 0.457 of 12")
    assert text_differences("t", "alpha 0.459 of 12", "alpha 0.459 of 13")
    assert text_differences("t", "alpha 0.46", "alpha 0.45")


def test_rows_and_columns_that_come_go_or_move_are_named():
    assert table_differences("t", TABLE, TABLE[:2]) == [
        "t: expected 2 rows, found 1",
        "t: row is missing: seeds, Plot 1, 2, 0.125",
    ]
    assert len(table_differences("t", TABLE, [TABLE[0], TABLE[2], TABLE[1]])) == 6
    less = [row[:3] for row in TABLE]
    assert table_differences("t", TABLE, less) == ["t: column 'share' is missing"]
    assert table_differences("t", less, TABLE) == ["t: column 'share' is new"]
    moved = [[row[1], row[0], *row[2:]] for row in TABLE]
    assert "another order" in table_differences("t", TABLE, moved)[0]


def test_a_text_may_differ_in_nothing_but_a_chart_drawn_a_hair_elsewhere():
    text = "Kappa 0.91\nshape #0072b2 10.0 20.0 30.0 40.0\n"
    assert text_differences("r", text, text.replace("10.0", "10.1")) == []
    assert text_differences("r", text, text.replace("10.0", "11.0"))
    assert text_differences("r", text, text.replace("0.91", "0.92")) == [
        "r: @@ -1 +1 @@", "r: -Kappa 0.91", "r: +Kappa 0.92",
    ]  # fmt: skip


def test_a_probability_at_the_edge_of_two_bins_may_be_in_either():
    def bins(*counts, low=0.03):
        parts = [
            f"mean probability {low + at / 5:.2f}, coded 50.0% of {n}"
            for at, n in enumerate(counts)
        ]
        return "All codes: " + "; ".join(parts)

    assert not text_differences("page", bins(6, 5), bins(5, 6))
    assert not text_differences("page", bins(6, 5), bins(6, 5, low=0.04))
    assert not text_differences("page", bins(5, 6, 4), bins(6, 4, 5))
    assert text_differences("page", bins(6, 5), bins(6, 6))
    assert text_differences("page", bins(8, 5), bins(6, 7))
    assert text_differences("page", bins(6, 5), bins(6, 5, low=0.3))
    assert text_differences("page", bins(6, 5), bins(6, 5).replace("coded 50.0%", "coded 10.0%"))
    assert text_differences("page", bins(6, 5), bins(6, 5).replace("All codes", "Water"))


def test_tables_and_texts_that_are_new_or_gone_are_named():
    one, other = Snapshot({"a": TABLE}, {"b": "x\n"}), Snapshot({"c": TABLE}, {})
    assert differences(one, other) == ["table c is new", "table a is missing", "text b is missing"]


def test_golden_files_say_what_was_written_into_them(tmp_path):
    large = [["n", "text"], *([str(n), 'a "quoted",\nline'] for n in range(9000))]
    snapshot = Snapshot(
        {"run/a.csv": TABLE, "later/a.csv": TABLE, "run/large.csv": large}, {"run/screen": "é\n"}
    )
    write_golden(snapshot, tmp_path / "golden")
    assert read_golden(tmp_path / "golden") == snapshot
    names = sorted(path.name for path in (tmp_path / "golden").rglob("*") if path.is_file())
    assert names == ["a.csv", "index.txt", "large.csv.gz", "screen.txt"]


def test_the_text_of_a_page_has_its_cells_its_marks_and_what_its_charts_show():
    page = (
        "<html><head><title>no</title></head><body><h2>Codes</h2><table><tr><th>code</th><td>3</td></tr></table>"
        '<p>the <mark>hose</mark></p><svg aria-label="a chart"><title>Bars</title>'
        '<path d="M 1 2 L 3 4" style="fill: #0072b2"/></svg></body></html>'
    )
    assert report_text(page).splitlines() == [
        "## Codes", "| code | 3", "the [[hose]]", "{a chart}", "Bars", "shape #0072b2 1.0 2.0 3.0 4.0",
    ]  # fmt: skip
