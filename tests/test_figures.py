"""Numbers for reading: zero has no sign, and less than all is not called 100%."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourp_nlp.cli.agreement._alternative_annotator import _figure
from fourp_nlp.cli.agreement._pair_matrix import _short
from fourp_nlp.cli.agreement.codings import intervals_of
from fourp_nlp.cli.frequencies._estimates import _written
from fourp_nlp.cli.screen import console as _console
from fourp_nlp.number_format import confidence_level, fixed, percentage, probability
from fourp_nlp.reporting.methods._phrases import cell, spread, to_three, with_interval
from fourp_nlp.reporting.text_format import decimal, percent
from fourp_nlp.spreadsheets import write_csv

PACKAGE = Path(_console.__file__).parents[2]
TINY = [-1e-9, -0.0, -0.0004, -0.00049999, 1e-9, 0.0]
SIGNED_ZERO = re.compile(r"[-−+]0(\.0*)?(?![\d.])")


def _interval(value):
    return intervals_of(pd.DataFrame({"low": [value], "high": [value]}))[0]


WRITERS = {
    "two decimals": fixed,
    "three": lambda value: fixed(value, 3),
    "none": lambda value: fixed(value, 0),
    "signed": lambda value: fixed(value, signed=True),
    "a share": percentage,
    "of the report": decimal,
    "a share of the report": percent,
    "of the screen": lambda value: _console._cell(value, 3),
    "interval of the screen": _interval,
    "matrix": _short,
    "alternative test": _figure,
    "estimates": lambda value: _written(*[pd.Series([value])] * 3, digits=3)[0],
    "methods table": lambda value: cell(value, value, value),
    "methods sentence": lambda value: with_interval(value, value, value),
    "methods range": lambda value: spread(value, 0.2, to_three),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("value", TINY)
def test_zero_has_no_sign(write, value):
    assert not SIGNED_ZERO.search(write(value))


@given(st.floats(-1, 1, allow_nan=False), st.integers(0, 4))
def test_no_number_is_written_as_a_zero_with_a_sign(value, digits):
    for signed in (False, True):
        assert not SIGNED_ZERO.search(fixed(value, digits, signed=signed))
    assert float(fixed(value, digits)) == pytest.approx(value, abs=0.51 * 10**-digits)


@given(st.floats(0, 1), st.integers(0, 3))
def test_all_and_nothing_are_said_of_all_and_nothing_alone(share, digits):
    written = percentage(share, digits)
    number = float(written.strip("<>%"))
    if not written.startswith(("<", ">")):
        assert (number == 100) == (share >= 1 - 1e-9)
        assert (number == 0) == (share <= 1e-9)
        assert number == pytest.approx(100 * share, abs=0.51 * 10**-digits)
    elif written.startswith("<"):
        assert 0 < 100 * share < number
    else:
        assert 100 > 100 * share > number


def test_shares_probabilities_and_levels_as_readers_know_them():
    assert percentage(0.9997) == ">99.9%"
    assert percentage(0.0002) == "<0.1%"
    assert (percent(1.0), percent(0.0)) == ("100.0%", "0.0%")
    assert [probability(value) for value in (0.0, 0.004, 0.31, 1.0)] == [
        "<.01",
        "<.01",
        ".31",
        ">.99",
    ]
    assert [confidence_level(value) for value in (0.9, 0.95, 0.999)] == ["90%", "95%", "99.9%"]
    assert fixed(float("nan")) == percentage(float("nan")) == probability(float("nan")) == "–"


def test_programs_and_files_get_no_zero_with_a_sign(tmp_path, capsys):
    frame = pd.DataFrame({"value": [-0.0, 0.5]})
    _console.json_lines(frame)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"value": 0.0},
        {"value": 0.5},
    ]
    write_csv(frame, tmp_path / "made.csv")
    assert "-0.0" not in (tmp_path / "made.csv").read_text(encoding="utf-8-sig")


def test_numbers_are_rounded_into_text_in_one_place():
    rounds = re.compile(r"\{[^{}]*:[+,]?\.[\d{][^{}]*\}?[f%]\}")
    places = [
        path
        for folder in ("cli", "reporting", "batch", "agreement", "study/measuring")
        for path in (PACKAGE / folder).rglob("*.py")
    ]
    assert len(places) > 80
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in places
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if rounds.search(line)
    ]
    # The size of a drawing in pixels is no figure for reading.
    assert [each for each in found if not each.startswith("reporting/charts/svg.py")] == []
