"""Counts of scored shards corrected by a blind sample of their segments."""

import math

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from fourp_nlp.batch import (
    draw_scored,
    estimate_scored,
    import_scored_sheet,
    scored_estimates_for_report,
)
from fourp_nlp.errors import GoldError
from fourp_nlp.frequencies import prevalence
from tests.scored_shards import CODES, all_segments, fill_in, write_scores

SIZES = {"a": [150, 0, 250], "b": [300], "c": [100, 200], "tiny": [6]}
GROUPS = {"a": "north", "b": "south", "c": "north", "tiny": "south"}


@pytest.fixture
def scored(tmp_path):
    return write_scores(tmp_path / "scored", SIZES, groups=GROUPS)


def code(folder, count, **options):
    draw = draw_scored(folder, count=count, coder="anna", **options)
    import_scored_sheet(folder, fill_in(draw.files[0]))
    return draw


def row(table, code, level, place, method):
    own = table[
        (table["code"] == code)
        & (table["level"] == level)
        & (table["place"] == place)
        & (table["method"] == method)
    ]
    assert len(own) == 1
    return own.iloc[0]


@pytest.mark.parametrize("stratify", [None, "site"])
def test_estimates_are_those_of_one_sample_of_all_segments(scored, stratify):
    draw = code(scored, 200, seed=1, stratify=stratify)
    made = estimate_scored(scored)
    segments = all_segments(scored)
    keys = segments["shard"] + "/" + segments["document"] + segments["start"].astype(str)
    drawn = pd.Series(
        draw.drawn["inclusion_probability"].to_numpy(),
        index=draw.drawn["document"] + draw.drawn["start"].astype(str),
    )
    chance = drawn.reindex(keys).to_numpy()
    for name in CODES:
        gold = np.where(np.isnan(chance), np.nan, segments[f"true_{name}"])
        for level, places in (("corpus", [""]), ("group", ["north", "south"]), ("site", ["b"])):
            for place in places:
                here = (
                    np.ones(len(segments), dtype=bool)
                    if level == "corpus"
                    else (segments[level] == place).to_numpy()
                )
                for method in ("naive", "corrected", "gold"):
                    wanted = prevalence(
                        gold,
                        chance,
                        machine=segments[f"p_{name}"],
                        suggested=segments[f"s_{name}"],
                        strata=segments[stratify] if stratify else None,
                        within=here,
                        method=method,
                    )
                    found = row(made.table, name, level, place, method)
                    for key in ("value", "low", "high", "coded", "segments"):
                        if method == "naive" and key in {"low", "high"}:
                            assert math.isnan(found[key])  # nothing was sampled
                            continue
                        assert found[key] == pytest.approx(getattr(wanted, key), nan_ok=True)


def test_intervals_hold_what_is_really_said(scored):
    code(scored, 300, seed=2)
    table = estimate_scored(scored, confidence=0.999).table
    segments = all_segments(scored)
    for name in CODES:
        for place in ("", "north", "south"):
            here = segments if not place else segments[segments["group"] == place]
            found = row(table, name, "group" if place else "corpus", place, "corrected")
            assert found["low"] <= here[f"true_{name}"].mean() <= found["high"]
            assert found["count_low"] <= here[f"true_{name}"].sum() <= found["count_high"]


def test_a_site_with_too_few_coded_segments_has_the_machines_count_and_the_reason(scored):
    code(scored, 120, seed=1, stratify="site")
    made = estimate_scored(scored)
    corrected = row(made.table, "care", "site", "tiny", "corrected")
    assert math.isnan(corrected["value"])
    assert "fewer than 30" in corrected["reason"]
    tiny = all_segments(scored).query("site == 'tiny'")
    machine = row(made.table, "care", "site", "tiny", "naive")
    assert machine["count"] == pytest.approx(tiny["s_care"].sum())
    assert math.isnan(machine["low"])
    assert "not based on a sample" in machine["reason"]
    assert any("of 4 sites have fewer than 30" in note for note in made.notes)


def test_a_site_that_was_read_to_its_end_is_counted(scored):
    code(scored, 24, seed=1, stratify="site", allocation="equal")
    made = estimate_scored(scored)
    found = row(made.table, "care", "site", "tiny", "corrected")
    assert found["coded"] == 6
    assert found["count"] == all_segments(scored).query("site == 'tiny'")["true_care"].sum()
    assert math.isnan(found["low"])


def test_all_of_it_read_is_a_count(scored):
    code(scored, 2000)
    made = estimate_scored(scored)
    assert made.sample.census
    found = row(made.table, "law", "group", "north", "corrected")
    north = all_segments(scored).query("group == 'north'")
    assert found["count"] == pytest.approx(north["true_law"].sum())


def test_counts_for_a_thousand_words_are_counts_over_the_words_there(scored):
    code(scored, 200, seed=1)
    table = estimate_scored(scored).table
    words = all_segments(scored).groupby("group")["words"].sum()
    found = row(table, "care", "group", "south", "corrected")
    assert found["words"] == words["south"]
    for end in ("", "_low", "_high"):
        assert found[f"per_1000_words{end}"] == pytest.approx(
            found[f"count{end}"] * 1000 / words["south"]
        )


def test_shards_that_no_draw_could_reach_are_refused_with_the_reason(scored):
    code(scored, 200, seed=1)
    write_scores(scored, {"late": [12]}, groups={"late": "south"}, seed=9)
    made = estimate_scored(scored)
    assert (
        "12 of these segments could not be drawn"
        in row(made.table, "care", "corpus", "", "corrected")["reason"]
    )
    assert row(made.table, "care", "group", "north", "corrected")["value"] > 0
    assert math.isnan(row(made.table, "care", "group", "south", "corrected")["value"])


def test_without_a_sample_estimates_are_refused_with_the_reason(scored):
    assert scored_estimates_for_report(scored)[1] == []
    with pytest.raises(GoldError, match="No scored segments have been coded"):
        estimate_scored(scored)
    draw = draw_scored(scored, count=20, coder="anna")
    import_scored_sheet(scored, fill_in(draw.files[0], but=5))
    table, notes = scored_estimates_for_report(scored)
    assert table.empty
    assert "5 of 20 not coded" in notes[0]
