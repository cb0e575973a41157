"""The report begins with results: the commonest codes, differences between groups, and agreement."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from fourp_nlp.agreement import agreement_table
from fourp_nlp.reporting import ReportContents, render_html
from fourp_nlp.tables import FREQUENCIES
from tests.filled import filled

NAMES = {"flood": "Flood", "drought": "Drought", "erosion": "Erosion", "ice": "Ice"}
THEMES = [("", list(NAMES))]
CASES = [("Weir", "north"), ("Mill", "north"), ("Ford", "south")]
COUNTS = {"flood": (9, 3, 2), "drought": (1, 0, 9), "erosion": (4, 3, 6), "ice": (0, 0, 0)}
HOSTILE = "<script>alert(1)</script>"


def frequencies(coder="anna", counts=COUNTS, groups=("north", "north", "south")):
    rows = [
        {"code": code, "case": case, "group": group, "count": count}
        for code, of_cases in counts.items()
        for (case, _), group, count in zip(CASES, groups, of_cases, strict=True)
    ]
    return filled(FREQUENCIES, rows, coder=coder, unit="occurrences")


def section(**changes):
    given = {
        "title": "Rivers", "made": "2026-01-01", "names": NAMES, "themes": THEMES, "cases": CASES,
        "frequencies": frequencies(), "machines": ["robot@1"],
    }  # fmt: skip
    page = render_html(ReportContents(**(given | changes)))
    assert page.index('id="results"') < page.index('id="glance"')
    start = page.index('<section id="results">')
    return page[start : page.index("</section>", start)]


def rows_of(text):
    return [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", text)
    ]


def agreement(first, second):
    """A table of agreement on two codes, ten segments in each of four documents."""
    documents = np.repeat(np.arange(4), len(first) // 4)
    return agreement_table(
        first, second, ["flood", "drought"], ["", ""], documents, coder_a="anna", coder_b="ben"
    )


def test_the_commonest_codes_come_first_with_shares_and_cases_and_absent_codes_stay_away():
    text = section()
    assert rows_of(text)[1:] == [
        ["Flood", "14", "37.8%", "3 of 3"],
        ["Erosion", "13", "35.1%", "3 of 3"],
        ["Drought", "10", "27.0%", "2 of 3"],
    ]
    assert "Occurrences, counted by anna." in text


def test_at_most_five_codes_are_commonest():
    codes = {f"c{number}": (number, 1, 1) for number in range(8)}
    text = section(frequencies=frequencies(counts=codes), themes=[("", list(codes))])
    assert [row[0] for row in rows_of(text)[1:]] == ["c7", "c6", "c5", "c4", "c3"]


def test_peoples_counts_go_before_the_machines_and_the_machines_stand_in_where_nobody_coded():
    machine = frequencies("robot@1", {"ice": (30, 30, 30)})
    text = section(frequencies=pd.concat([machine, frequencies()], ignore_index=True))
    assert rows_of(text)[1][0] == "Flood"
    alone = section(frequencies=machine)
    assert rows_of(alone)[1] == ["Ice", "90", "100.0%", "3 of 3"]
    assert "suggested by the machine and not corrected for its errors: nobody has coded" in alone


def test_differences_are_of_shares_within_groups_and_not_of_counts():
    found = re.findall(r"<li><strong>(.*?)</strong>(.*?)</li>", section())
    assert found == [
        ("Flood.", " north: 60.0% (12 of 20); south: 11.8% (2 of 17)."),
        ("Drought.", " south: 52.9% (9 of 17); north: 5.0% (1 of 20)."),
        ("Erosion.", " south: 35.3% (6 of 17); north: 35.0% (7 of 20)."),
    ]


def test_groups_with_few_codings_or_without_a_name_are_not_compared():
    few = {"flood": (9, 3, 2), "drought": (1, 0, 3)}
    assert "differences" not in section(frequencies=frequencies(counts=few))
    nameless = frequencies(groups=("north", "north", ""))
    assert "differences" not in section(frequencies=nameless)


def test_agreement_shows_the_numbers_of_codings_beside_kappa_and_its_interval():
    first = np.zeros((40, 2), dtype=bool)
    first[::3, 0] = first[::4, 1] = True
    second = first.copy()
    second[[0, 9, 21], 0] = False
    second[[1, 21], 1] = True
    text = section(agreement=agreement(first, second))
    (row,) = [row for row in rows_of(text) if row[0] == "anna and ben"]
    both = int((first & second).sum())
    assert row[2:4] == ["40", f"both {both}, only anna 3, only ben 2"]
    assert re.fullmatch(r"0\.\d\d<small>.*to.*</small>", row[1])
    assert "better than chance" not in text


def test_agreement_that_may_be_chance_is_said_for_all_codes_or_for_those_concerned():
    rng = np.random.default_rng(3)
    first, second = rng.random((2, 40, 2)) < 0.3
    text = section(agreement=agreement(first, second))
    assert "The agreement of anna and ben is not shown to be better than chance" in text
    second = first.copy()
    second[:, 1] = np.roll(first[:, 1], 7)
    second[:, 0] = first[:, 0]
    text = section(agreement=agreement(first, second), names=NAMES | {"drought": HOSTILE})
    assert "Not shown to be better than chance here (anna and ben): &lt;script&gt;" in text
    assert "Flood" not in text.partition("Not shown")[2].partition("</p>")[0]


def test_names_are_escaped_and_an_empty_study_says_so():
    text = section(names=NAMES | {"flood": HOSTILE})
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    nothing = section(frequencies=pd.DataFrame())
    assert "Nothing was coded or suggested yet." in nothing
    assert "<table>" not in nothing
