"""A random sample and then more: whole documents, picks, late documents. No number contradicts a count."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import GoldError
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.measuring.comparison import compare_groups
from fourp_nlp.study.measuring.estimate_checks import cautions_of_estimate
from fourp_nlp.study.measuring.estimates import estimate_frequencies, estimated_share
from fourp_nlp.study.measuring.sample_size import plan_coding
from fourp_nlp.study.reading.marked_as_read import mark_as_read
from fourp_nlp.study.sampling.coded_sample import CodedSample, coded_sample
from fourp_nlp.study.sampling.sampling_rounds import RandomDraw, read_whole, sample_outside_known
from fourp_nlp.study.study import Study
from fourp_nlp.tables import SUGGESTIONS, empty
from tests.conftest import OTHER, WATER, write_gold_file, write_project
from tests.test_cli import fourp, records
from tests.test_estimates import code, learned
from tests.test_next import draw, fill_in, read

SOUTH = tuple(f"meeting{number}.txt" for number in range(0, 12, 3))


def read_documents_whole(project, names):
    """Write Anna's codes of these documents and no others, as if she had opened and coded them."""
    corpus, _, _ = read(project)
    others = tuple(name for name in corpus.documents["document"] if name not in names)
    write_gold_file(project, "anna", but=others)


@pytest.fixture
def mixed(tmp_path):
    """Twelve documents; 45 sentences drawn and read, and then all documents of the south."""
    project = write_project(tmp_path / "allotment", documents=12, gold=False)
    code(project, 45)
    read_documents_whole(project, SOUTH)
    return project


def holds(made, found, rejected, size):
    """Whether an estimate and its interval keep to what people counted."""
    if np.isnan(made.value):
        return bool(made.reason)
    least, most = found / size - 1e-9, 1 - rejected / size + 1e-9
    ends = [made.value] if np.isnan(made.low) else [made.low, made.value, made.high]
    return all(least <= each <= most for each in ends) and ends == sorted(ends)


def told(sample, masks, random):
    """Yield every estimate of every part, with what people found and rejected there."""
    size = len(sample.labels)
    for number in range(sample.labels.shape[1]):
        machine = random.beta(0.5, 2, size)
        for part, mask in masks:
            labels = sample.labels[mask, number]
            for method in ("corrected", "gold", "adjusted_count"):
                made = estimated_share(
                    sample,
                    number,
                    machine,
                    machine > 0.4,
                    None,
                    mask,
                    method,
                    "corpus",
                    0.95,
                    part=part,
                )
                yield made, int(np.nansum(labels)), int((labels == 0).sum()), int(mask.sum())


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("draw"), st.integers(1, 40), st.booleans(), st.booleans()),
        st.tuples(st.just("whole"), st.integers(0, 7), st.just(0), st.just(0)),
        st.tuples(st.just("pick"), st.integers(1, 15), st.just(0), st.just(0)),
        st.tuples(st.just("late"), st.integers(0, 7), st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 2**32 - 1), share=st.sampled_from([0.02, 0.2, 0.9]))
def test_no_history_of_reading_gives_a_number_that_contradicts_a_count(steps, seed, share):
    random = np.random.default_rng(seed)
    documents = np.repeat(np.arange(8), random.integers(1, 14, 8))
    size = len(documents)
    late = {step[1] for step in steps if step[0] == "late"}
    existed = ~np.isin(documents, list(late))
    read_, given_, alive = (np.zeros(size, dtype=bool) for _ in range(3))
    alive = np.ones(size)
    rounds = []
    for kind, number, equal, to_its_end in steps:
        inside = existed & ~read_ & ~given_
        free = np.flatnonzero(inside)
        if kind == "late":
            existed = existed | (documents == number)
        elif kind == "whole":
            read_ |= (documents == number) & existed
        elif kind == "pick" and len(free):
            picked = random.choice(free, min(number, len(free)), replace=False)
            read_[picked], given_[picked], alive[picked] = True, True, 0.0
        elif kind == "draw" and len(free):
            taken = np.zeros(size, dtype=bool)
            chance = np.zeros(size)
            for stratum in np.unique(documents[free] % 2) if equal else [None]:
                own = free if stratum is None else free[documents[free] % 2 == stratum]
                count = min(number, len(own))
                taken[random.choice(own, count, replace=False)] = True
                of = np.ones(size, bool) if stratum is None else documents % 2 == stratum
                chance[of] = count / len(own)
            alive *= 1 - np.where(inside, chance, 0.0)
            given_ |= taken
            if to_its_end:
                read_ |= taken
            rounds.append(
                RandomDraw("d", "", existed.copy(), inside, taken, chance, int(taken.sum()), 0)
            )
    rounds = [
        RandomDraw(*(getattr(each, name) for name in (
            "draw", "stratify", "existed", "inside", "taken", "chance", "count",
        )), unread=int((each.taken & ~read_).sum()))
        for each in rounds
    ]  # fmt: skip
    whole = read_whole([documents], read_, given_, 1 - alive)
    made = sample_outside_known(rounds, read_, whole)
    if made is None:
        return
    assert (made.inclusion[whole] == 1).all()
    assert ((made.inclusion >= 0) & (made.inclusion <= 1)).all()
    assert (made.inclusion[made.taken] > 0).all()
    labels = np.where(read_, random.random(size) < share, np.nan)[:, None]
    of = made.sure | made.taken
    sample = CodedSample("anna", np.where(of[:, None], labels, np.nan), made.inclusion, labels)
    masks = [(False, np.ones(size, dtype=bool))]
    masks += [(True, documents == each) for each in np.unique(documents)]
    masks += [(True, documents % 2 == each) for each in (0, 1)]
    for estimate, *counts in told(sample, masks, random):
        assert holds(estimate, *counts), (estimate, counts)
        if not np.isnan(labels).any():
            assert estimate.value == counts[0] / counts[2]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(
                st.just("draw"), st.integers(5, 40), st.sampled_from(["", "group"]), st.booleans()
            ),
            st.tuples(st.just("whole"), st.integers(0, 7), st.just(""), st.just(True)),
            st.tuples(st.just("pick"), st.integers(1, 8), st.just(""), st.just(True)),
            st.tuples(st.just("late"), st.just(0), st.just(""), st.just(True)),
        ),
        min_size=2,
        max_size=5,
    ),
    seed=st.integers(0, 1000),
)
def test_no_project_prints_a_number_that_contradicts_a_count(steps, seed):
    with tempfile.TemporaryDirectory() as folder:
        project = write_project(Path(folder) / "allotment", documents=8, gold=False)
        whole = set()
        for at, (kind, number, stratify, to_its_end) in enumerate([("draw", 30, "", True), *steps]):
            try:
                if kind == "draw":
                    divided = {"stratify": stratify, "allocation": "equal"} if stratify else {}
                    if to_its_end:
                        code(project, number, seed=seed + at, **divided)
                    else:
                        draw(project, number, seed=seed + at, **divided)
                elif kind == "pick":
                    code(project, number, by="diversity", seed=seed + at)
                elif kind == "whole":
                    whole.add(f"meeting{number}.txt")
                    read_documents_whole(project, whole)
                else:
                    text = " ".join([*WATER, *OTHER])
                    (project.corpus / "late.txt").write_text(text, encoding="utf-8")
            except GoldError:
                continue  # nothing is left to draw
        corpus, gold, codebook = read(project)
        sample = coded_sample(Study(project, corpus=corpus, gold=gold, codebook=codebook), "anna")
        if sample.reason:
            return
        names = corpus.segments["document"].to_numpy()
        groups = corpus.segments["document"].map(corpus.documents.set_index("document")["group"])
        masks = [(False, np.ones(len(names), dtype=bool))]
        masks += [(True, names == each) for each in np.unique(names)]
        masks += [(True, (groups == each).to_numpy()) for each in groups.unique()]
        for estimate, *counts in told(sample, masks, np.random.default_rng(seed)):
            assert holds(estimate, *counts), (estimate, counts)
        for each in whole:
            assert not np.isnan(sample.labels[names == each]).any()


@pytest.mark.parametrize("between", [False, True])
def test_known_documents_and_the_rest_add_up_without_bias(between):
    # 3,000 runs: 20 drawn of 90, two of nine documents read whole, and 12 more drawn of what is left.
    random = np.random.default_rng(0)
    documents = np.repeat(np.arange(9), 10)
    truth = (random.random(90) < np.where(documents < 2, 0.7, 0.1)).astype(float)
    everyone = np.ones(90, dtype=bool)
    chosen = documents < 2
    values = []
    for _ in range(3000):
        read_, given_ = np.zeros(90, dtype=bool), np.zeros(90, dtype=bool)
        alive, rounds = np.ones(90), []
        for count in (20, 12) if between else (32,):
            inside = ~read_
            taken = np.zeros(90, dtype=bool)
            taken[random.choice(np.flatnonzero(inside), count, replace=False)] = True
            chance = np.full(90, count / inside.sum())
            alive *= 1 - np.where(inside, chance, 0.0)
            rounds.append(RandomDraw("d", "", everyone, inside, taken, chance, count, 0))
            given_ |= taken
            read_ |= taken | chosen
        whole = read_whole([documents], read_, given_, 1 - alive)
        made = sample_outside_known(rounds, read_, whole)
        assert len(made.used) == len(rounds)
        np.testing.assert_allclose(made.inclusion[~whole], made.taken.sum() / (~whole).sum())
        weight = np.where(made.sure | made.taken, 1 / made.inclusion, 0.0)
        values.append((weight * truth).sum())
    assert abs(np.mean(values) - truth.sum()) < 4 * np.std(values) / np.sqrt(len(values))
    # The documents read whole are as good as certain: what is left to chance is the rest.
    assert np.mean(values) == pytest.approx(truth.sum(), rel=0.02)


def test_answers_of_one_sentence_that_were_picked_are_not_taken_for_whole_documents():
    documents = np.arange(40)
    read_ = documents < 20
    given_ = documents < 10
    whole = read_whole([documents], read_, given_, np.full(40, 0.25))
    assert not whole.any()
    # All answers of a group are: chance would hardly have drawn them all.
    groups = np.repeat([0, 1], 20)
    assert (
        read_whole([documents, groups], read_, given_, np.full(40, 0.25)) == (groups == 0)
    ).all()


def test_what_was_picked_in_a_document_does_not_make_it_read_whole(tmp_path):
    project = write_project(tmp_path / "allotment", documents=12, gold=False)
    code(project, 40)
    picked = len(code(project, 20, by="diversity", seed=2).drawn)
    corpus, gold, codebook = read(project)
    sample = coded_sample(Study(project, corpus=corpus, gold=gold, codebook=codebook), "anna")
    assert (sample.drawn, sample.sure, sample.apart) == (40, 0, picked)
    everything = np.ones(72, dtype=bool)
    zeros = np.zeros(72)
    made = estimated_share(
        sample, 0, zeros, zeros > 1, None, everything, "gold", "corpus", 0.95, part=False
    )
    found = np.nansum(sample.labels[:, 0])
    assert made.low * 72 >= found - 1e-9
    documents = np.zeros(72, dtype=np.int64)
    assert f"{picked} segments picked" in cautions_of_estimate(
        sample, 0, everything, made, documents
    )


def test_the_corpus_is_the_known_part_and_the_estimate_of_the_rest(mixed):
    corpus, gold, codebook, suggestions = learned(mixed)
    made = estimate_frequencies(
        Study(mixed, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)
    )
    table = made.table.set_index(["place", "code", "method"])
    sample = made.sample
    south = corpus.segments["document"].isin(SOUTH).to_numpy()
    assert (sample.sure, sample.apart, sample.drawn) == (24, 0, int(sample.taken[~south].sum()))
    for number, name in enumerate(codebook.code_ids):
        known = sample.labels[south, number].sum()
        rest = np.nanmean(sample.gold[~south, number])
        people = table.loc[("", name, "gold")]
        assert people["count"] == pytest.approx(known + 48 * rest)
        assert people["count_low"] >= np.nansum(sample.labels[:, number]) - 1e-9
        whole = table.loc[("south", name, "corrected")]
        assert whole["count"] == known
        assert np.isnan(whole["low"])
        assert np.isnan(table.loc[("", name, "naive"), "low"])
    assert any(
        "24 segments that could have been drawn are in documents read whole" in text
        for text in made.notes
    )


def test_a_group_that_was_read_whole_is_counted_on_the_screen_and_in_comparisons(mixed):
    learned(mixed)
    shown = fourp("frequencies", "--corrected", "--by", "group", "--project", mixed.root).stdout
    south = shown[shown.index("group south") : shown.index("group north")]
    assert "counted" in south
    assert "interval" not in south
    assert "machine (95% interval)" not in shown
    words = (
        "frequencies",
        "--compare",
        "south",
        "north",
        "--target",
        "corpus",
        "--json",
        "--project",
    )
    for corrected in ((), ("--corrected",)):
        table = pd.DataFrame(records(fourp(*words, mixed.root, *corrected).stdout))
        own = table[table["scale"] == "difference"].set_index("code")
        assert own["share_first"].tolist() == pytest.approx([1 / 3, 1 / 3])
        assert (own["low"] <= 0).all()
        assert (own["high"] >= 0).all()
        least = own["share_first"] - 1
        assert (own["low"] >= least).all()
    page = fourp("report", "--project", mixed.root)
    assert page.exit_code == 0
    text = (mixed.reports / "report.html").read_text(encoding="utf-8")
    assert "Counted" in text[text.index('<section id="corrected">') :]


def test_where_nothing_of_the_draw_is_left_the_count_is_named(tmp_path):
    project = write_project(tmp_path / "allotment", documents=12, gold=False)
    made = code(project, 8)
    read_documents_whole(project, set(made.drawn["document"]))
    corpus, gold, codebook, suggestions = learned(project)
    table = estimate_frequencies(
        Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)
    ).table
    own = table[(table["level"] == "corpus") & (table["method"] == "corrected")]
    left = 72 - 6 * made.drawn["document"].nunique()
    assert own["value"].isna().all()
    assert own["reason"].str.contains(f"no sample represents the other {left} segments").all()
    assert own["reason"].str.contains(f"{(72 - left) // 3} found in the {72 - left} segments").all()
    needs, _ = plan_coding(
        Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions),
        margin=0.4,
    )
    assert (needs["more"] > 0).all()
    assert needs["caution"].str.contains("no random sample was read").all()


def test_a_code_that_came_after_the_sample_has_what_was_read_for_it_and_no_more(mixed):
    read(mixed)
    text = mixed.codebook.read_text(encoding="utf-8")
    mixed.codebook.write_text(
        text + "  - id: tools\n    name: Tools\n    short_definition: Hoses, cans and pumps.\n",
        encoding="utf-8",
    )
    corpus, gold, codebook = read(mixed)
    mark_as_read(
        Study(mixed, corpus=corpus, gold=gold, codebook=codebook),
        "anna",
        documents=list(SOUTH),
        codes=["tools"],
    )
    corpus, gold, codebook = read(mixed)
    suggestions = suggest_corpus(Study(mixed, corpus=corpus, codebook=codebook)).suggestions
    made = estimate_frequencies(
        Study(mixed, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)
    )
    table = made.table[made.table["method"] == "corrected"].set_index(["place", "code"])
    late = table.loc[("", "tools")]
    assert np.isnan(late["value"])
    assert "read before there was this code" in late["reason"]
    assert "0 found in the 24 segments that were read for it" in late["reason"]
    assert table.loc[("south", "tools"), "count"] == 0
    assert not np.isnan(table.loc[("", "water"), "value"])
    needs, _ = plan_coding(
        Study(mixed, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions),
        margin=0.03,
        code="tools",
    )
    assert (needs["more"] >= 30).all()
    compared = compare_groups(
        Study(mixed, corpus=corpus, gold=gold, codebook=codebook, suggestions=empty(SUGGESTIONS)),
        ("south", "north"),
        target="corpus",
    ).table
    own = compared[compared["code"] == "tools"]
    assert own["value"].isna().all()
    assert (own["share_first"] == 0).all()


def test_documents_read_where_the_sample_found_something_are_told():
    random = np.random.default_rng(1)
    size = 600
    documents = np.repeat(np.arange(10), 60)
    truth = np.zeros(size)
    truth[random.choice(120, 6, replace=False)] = 1
    taken = np.zeros(size, dtype=bool)
    taken[np.flatnonzero(truth)[:5]] = True  # the draws took five of six
    taken[random.choice(np.flatnonzero(truth == 0), 95, replace=False)] = True
    whole = documents < 2
    labels = np.where(taken | whole, truth, np.nan)[:, None]
    chance = np.where(whole, 1.0, (taken & ~whole).sum() / 480)
    sample = CodedSample(
        "anna", labels, chance, labels, taken=taken, design=np.full(size, 100 / 600)
    )
    everything = np.ones(size, dtype=bool)
    made = estimated_share(
        sample, 0, truth, truth > 0, None, everything, "gold", "corpus", 0.95, part=False
    )
    assert "chosen by what the draws found, the estimate is too low" in cautions_of_estimate(
        sample, 0, everything, made, documents
    )


def test_a_sheet_half_filled_in_beside_whole_documents_is_no_sample(tmp_path):
    project = write_project(tmp_path / "allotment", documents=12, gold=False)
    waiting = draw(project, 30)
    fill_in(waiting.files[1], only=10)
    read_documents_whole(project, set(SOUTH))
    corpus, gold, codebook, suggestions = learned(project)
    with pytest.raises(GoldError, match="No random draw was read to its end"):
        estimate_frequencies(
            Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)
        )
