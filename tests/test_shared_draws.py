"""Two coders: a part of the sheet that both code, and a part of each one's own."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.study.sampling.coded_sample import coded_sample
from fourp_nlp.study.sampling.draw_options import DrawOptions
from fourp_nlp.study.sampling.shared_draws import draw_for_coders
from fourp_nlp.study.study import open_study
from tests.conftest import SEEDS, WATER, write_project


@pytest.fixture
def study(tmp_path):
    return open_study(write_project(tmp_path / "p", gold=False).root)


def fourp(study, *words, code=0):
    done = CliRunner().invoke(app, [*map(str, words), "--project", str(study.project.root)])
    assert done.exit_code == code, f"{done.output} {done.exception}"
    return f"{done.output} {done.exception}" if code else done.output


def fill_in(path):
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for row, text in enumerate(table["text"]):
        for code, sentences in (("water", WATER), ("seeds", SEEDS)):
            table.loc[row, code] = "x" if text in sentences else ""
        if text not in WATER and text not in SEEDS:
            table.loc[row, "none"] = "x"
    table.to_csv(path, index=False)


def drawn(study):
    draws = study.store.read_draws().set_index("draw")
    rows = study.store.read_drawn()
    return rows.assign(coder=rows["draw"].map(draws["coder"]))


def test_each_sheet_has_so_many_rows_and_a_share_of_them_is_common(study):
    output = fourp(study, "next", 10, "--coders", "anna,ben", "--overlap", 0.3, "--seed", 4)
    assert "anna: 10 segments by random, of which 3 are on every sheet (seed 4" in output
    assert "ben: 10 segments by random, of which 3 are on every sheet" in output
    rows = drawn(study)
    assert rows.groupby("coder").size().to_dict() == {"anna": 10, "ben": 10}
    options = study.store.read_draws().set_index("draw")["options"].map(json.loads)
    (copy,) = [name for name in options.index if "same_as" in options[name]]
    place = ["document", "start", "end", "inclusion_probability"]
    first = rows[rows["draw"] == options[copy]["same_as"]]
    second = rows[rows["draw"] == copy]
    assert first[place].to_numpy().tolist() == second[place].to_numpy().tolist()
    assert len(first) == 3
    assert first["inclusion_probability"].tolist() == pytest.approx([3 / 36] * 3)
    own = rows[~rows["draw"].isin([copy, options[copy]["same_as"]])]
    assert own["inclusion_probability"].tolist() == pytest.approx([7 / 33] * 14)
    assert not set(map(tuple, own[place[:3]].to_numpy())) & set(
        map(tuple, first[place[:3]].to_numpy())
    )


def test_the_sheets_come_back_and_both_coded_the_common_part(study):
    fourp(study, "next", 12, "--coders", "anna,ben", "--overlap", 0.5, "--seed", 1)
    for coder in ("anna", "ben"):
        (sheet,) = study.project.reports.glob(f"next_*_{coder}.csv")
        fill_in(sheet)
        fourp(study, "next", "--take-in", sheet, "--coder", coder)
    anna, ben = study.labels("anna"), study.labels("ben")
    assert anna.read.sum() == ben.read.sum() == 12
    both = anna.read & ben.read
    assert both.sum() >= 6
    assert (anna.labels[both] == ben.labels[both]).all()
    assert "Agreement: anna and ben" in fourp(study, "agree")
    for coder in ("anna", "ben"):
        sample = coded_sample(study, coder)
        assert not sample.reason
        assert sample.drawn == 12
    fourp(study, "reconcile", "--settle")
    settled = coded_sample(study, "settled")
    assert not settled.reason
    assert settled.drawn == int((anna.read | ben.read).sum())
    # By the design: a segment is in the common part, or else in one of two independent draws.
    chance = 6 / 36 + 30 / 36 * (1 - (1 - 6 / 30) ** 2)
    assert settled.inclusion[settled.inclusion > 0] == pytest.approx(chance)


def test_every_segment_is_as_likely_on_each_sheet(study):
    counts = np.zeros((2, len(study.segments)))
    places = pd.MultiIndex.from_frame(study.segments[["document", "start"]])
    options = DrawOptions(6)
    for seed in range(60):
        study.project.store.unlink(missing_ok=True)
        for path in study.project.reports.glob("next_*"):
            path.unlink()
        seeded = DrawOptions(options.count, seed=seed)
        draw_for_coders(study, seeded, ["anna", "ben"], overlap=0.5)
        rows = drawn(study)
        for at, coder in enumerate(("anna", "ben")):
            of_coder = rows.loc[rows["coder"] == coder, ["document", "start"]]
            counts[at, places.get_indexer(pd.MultiIndex.from_frame(of_coder))] += 1
    assert counts.sum(axis=1).tolist() == [360, 360]
    # 60 draws with a chance of 1/6 each: 10 times, and outside of 1 to 22 less than once in a thousand.
    assert counts.min() >= 1
    assert counts.max() <= 22


def test_a_further_coder_gets_the_same_segments(study):
    draw = study.draw(8, coder="anna", seed=3)
    name = draw.facts["draw"]
    output = fourp(study, "next", "--same-as", name, "--coder", "ben")
    assert "8 segments by random" in output
    rows = drawn(study)
    place = ["document", "start", "inclusion_probability"]
    by_coder = {coder: frame[place].to_numpy().tolist() for coder, frame in rows.groupby("coder")}
    assert by_coder["anna"] == by_coder["ben"]
    assert "ben has the segments" in fourp(
        study, "next", "--same-as", name, "--coder", "ben", code=1
    )
    assert "There is no draw 'x'" in fourp(
        study, "next", "--same-as", "x", "--coder", "ben", code=1
    )
    assert "No coder is named" in fourp(study, "next", "--same-as", name, code=1)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--coders", "anna"), "A common part needs two coders"),
        (("--coders", "anna,ben", "--repeat"), "shows no suggestions and repeats nothing"),
        (("--coders", "anna,ben", "--show", "half"), "shows no suggestions and repeats nothing"),
    ],
)
def test_what_does_not_go_together_is_refused(study, words, what):
    assert what in fourp(study, "next", 5, *words, code=1)
    assert study.store.read_draws().empty


@pytest.mark.parametrize(
    "words",
    [("--overlap", "0.3"), ("--coders", "a,b", "--coder", "a"), ("--coders", "a,b", "--new-codes")],
)
def test_options_that_have_no_effect_are_refused(study, words):
    fourp(study, "next", 5, *words, code=2)


def test_strategies_that_pick_have_a_common_part_too(study):
    draw_for_coders(
        study, DrawOptions(4, by="diversity", seed=1), ["anna", "ben", "cleo"], overlap=0.5
    )
    rows = drawn(study)
    sets = [
        {
            tuple(place)
            for place in rows.loc[rows["coder"] == coder, ["document", "start"]].to_numpy()
        }
        for coder in ("anna", "ben", "cleo")
    ]
    assert all(len(one) == 4 for one in sets)
    assert len(set.intersection(*sets)) >= 2
    assert rows["inclusion_probability"].isna().all()
    assert all(one & other for one, other in itertools.combinations(sets, 2))
