"""In a terminal of 80 columns, no number is broken and what does not fit is named."""

from __future__ import annotations

import io
import re
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from fourp_nlp.cli.screen import console
from fourp_nlp.cli.screen.terminal_tables import fit


def screen(monkeypatch, frame, width=80):
    out = io.StringIO()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        console, "_out", lambda: Console(file=out, width=width, highlight=False, no_color=True)
    )
    console.show(frame, "A table")
    return out.getvalue()


AGREEMENT = pd.DataFrame(
    {
        "": ["Family, friends and neighbours", "Accountability of institutions"],
        "both": [12, 3],
        "only 1st": [1234, 2],
        "only 2nd": [3, 4],
        "prevalence": [0.123, 0.456],
        "percent": [0.912, 0.934],
        "positive": [0.512, 0.634],
        "kappa": [0.312, -0.034],
        "95% interval": ["-0.12 to 0.99", "0.02 to 0.96"],
        "AC1": [0.912, 0.999],
        "precision": [0.211, 0.222],
        "recall": [0.311, 0.322],
    }
)


def test_numbers_stay_whole_and_what_does_not_fit_is_named(monkeypatch):
    text = screen(monkeypatch, AGREEMENT)
    assert max(map(len, text.splitlines())) <= 80
    for number in ("1234", "0.312", "-0.034", "-0.12 to 0.99", "0.512"):
        assert number in text
    note = " ".join(text[text.index("not shown") :].split())
    assert note == (
        "not shown at this width: prevalence, percent, AC1, recall (the files have all)"
    )


def test_a_wide_terminal_shows_everything(monkeypatch):
    text = screen(monkeypatch, AGREEMENT, width=200)
    assert "not shown" not in text
    assert "Family, friends and neighbours" in text
    for name in AGREEMENT.columns:
        assert name in text


def test_totals_stay_and_a_theme_goes_into_the_rows_of_its_total(monkeypatch):
    frame = pd.DataFrame(
        {
            "theme": ["Pressures", "Pressures", "total"],
            "code": ["Landlord and eviction", "total", "total"],
            **{f"Interview {number}": [number, number, 2 * number] for number in range(1, 12)},
            "total": [66, 66, 132],
        }
    )
    text = screen(monkeypatch, frame)
    assert max(map(len, text.splitlines())) <= 80
    assert "Pressures:" in text
    assert "132" in text
    assert "Interview 11" in text.replace("\n", " ")  # named below
    numbers = re.findall(
        r"\d+", next(line for line in text.splitlines() if line.startswith(" Landlord"))
    )
    assert numbers[-1] == "66"


@given(
    st.lists(
        st.tuples(st.text("abc -", max_size=40), st.integers(-(10**9), 10**9), st.floats(-9, 9)),
        min_size=1, max_size=4,
    ),
    st.integers(30, 120), st.integers(1, 9),
)  # fmt: skip
def test_any_table_fits_and_no_number_is_broken(rows, width, repeats):
    names = ["code", *(f"n{at}" for at in range(repeats)), *(f"x{at}" for at in range(repeats))]
    cells = [[text, *[str(n)] * repeats, *[f"{x:.3f}"] * repeats] for text, n, x in rows]
    fitted = fit(names, cells, [False, *[True] * (2 * repeats)], width)
    assert sorted([*fitted.names, *fitted.left_out]) == sorted(names)
    assert fitted.names[0] == "code"
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        patch.setattr(
            console, "_out", lambda: Console(file=out, width=max(width, 45), no_color=True)
        )
        frame = pd.DataFrame(cells, columns=names)
        console.show(frame.assign(**{name: pd.to_numeric(frame[name]) for name in names[1:]}))
    printed = out.getvalue()
    shown = fit(names, cells, [False, *[True] * (2 * repeats)], max(width, 45)).names
    for row in cells:
        if "n0" in shown:
            assert row[1] in printed
