"""What people counted is in the estimate, whatever was drawn: no value and no end contradicts a count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.frequencies import compare, prevalence, segments_needed
from fourp_nlp.frequencies._coded_samples import read_draws

SLACK = 1e-9
METHODS = (
    "gold",
    "corrected",
    "hajek",
    "horvitz_thompson",
    "prediction_powered",
    "adjusted_count",
)
MACHINES = ("constant", "zero_one", "useless", "perfect", "graded")


def study(seed):
    """Return a corpus of any kind, and what was read of it for certain and by chance."""
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 90))
    truth = (random.random(size) < random.choice([0, 0.02, 0.2, 0.6, 1])).astype(float)
    kind = MACHINES[random.integers(len(MACHINES))]
    machine = {
        "constant": np.full(size, random.random()),
        "zero_one": np.where(random.random(size) < 0.8, truth, 1 - truth),
        "useless": random.random(size),
        "perfect": truth,
        "graded": np.clip(0.6 * truth + 0.4 * random.random(size), 0, 1),
    }[kind]
    chance = np.where(
        random.random(size) < random.choice([0, 0.1, 0.5, 0.9]),
        1.0,
        random.choice([0.02, 0.3, 0.7, 0.999], size)
        if random.random() < 0.5
        else random.uniform(0.01, 1),
    )
    # Whatever the draw was, any of the others may have come out.
    read = (chance == 1) | (random.random(size) < random.choice([0.1, 0.5, 1.0]))
    gold = np.where(read, truth, np.nan)
    documents = random.integers(0, random.integers(1, 7), size)
    return {
        "gold": gold,
        "inclusion": np.where(read, chance, np.nan),
        "machine": machine,
        "suggested": (machine > 0.5).astype(float),
        "documents": documents,
        "strata": random.integers(0, random.integers(1, 4), size),
    }


def counted(gold, mask):
    """Return segments, those that were seen to have the code, and those seen without it."""
    own = gold[mask]
    return len(own), int((own == 1).sum()), int((own == 0).sum())


def holds_to_counts(found, size, yes, no):
    assert yes - SLACK <= size * found.value <= size - no + SLACK
    if np.isnan(found.low):
        assert found.reason
        return
    assert yes - SLACK <= size * found.low
    assert size * found.high <= size - no + SLACK
    assert found.low <= found.value <= found.high


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.booleans())
def test_no_estimate_contradicts_a_count(seed, part):
    data = study(seed)
    size = len(data["gold"])
    mask = np.random.default_rng(seed + 1).random(size) < 0.5 if part else np.ones(size, dtype=bool)
    total, yes, no = counted(data["gold"], mask)
    for method in METHODS:
        found = prevalence(**data, within=mask, method=method)
        if not found.defined:
            assert found.reason
            continue
        assert (found.segments, found.coded, found.positives) == (total, yes + no, yes)
        holds_to_counts(found, total, yes, no)
        if yes + no == total:
            # A census: the value is the count, and there is no interval.
            assert total * found.value == pytest.approx(yes)
            assert np.isnan(found.low)
        elif method in {"gold", "corrected"}:
            # Ends are whole segments, and hold those next to the estimate.
            held = total * found.value
            ends = np.array([total * found.low, total * found.high])
            assert ends == pytest.approx(np.round(ends), abs=1e-6)
            assert ends[0] <= np.floor(held + SLACK) + 1e-6
            assert ends[1] >= np.ceil(held - SLACK) - 1e-6
            assert ends[1] - ends[0] > 0


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_the_whole_is_what_is_known_and_what_the_sample_says_of_the_rest(seed):
    data = study(seed)
    sure = (data["inclusion"] == 1) & ~np.isnan(data["gold"])
    size, known = len(sure), float(data["gold"][sure].sum())
    for method in METHODS:
        whole = prevalence(**data, method=method)
        rest = prevalence(**data, within=~sure, method=method)
        if not sure.any() or sure.all() or np.isnan(data["gold"]).sum() == 0:
            continue
        # Whatever stands against the rest stands against the whole.
        if np.isnan(data["gold"][~sure]).all():
            assert not whole.defined
            assert "certain to be read" in whole.reason
        elif rest.defined and whole.defined and not np.isnan(rest.low):
            for end in ("value", "low", "high"):
                of_rest = (known + (~sure).sum() * getattr(rest, end)) / size
                assert getattr(whole, end) == pytest.approx(of_rest, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_no_comparison_contradicts_the_counts_of_its_groups(seed):
    data = study(seed)
    first = np.random.default_rng(seed + 1).random(len(data["gold"])) < 0.5
    (n1, yes1, no1), (n2, yes2, no2) = (counted(data["gold"], mask) for mask in (first, ~first))
    for method in ("gold", "corrected"):
        found = compare(**data, first=first, second=~first, method=method)
        if np.isnan(found.value) or np.isnan(found.low):
            assert found.reason
            continue
        least1, most1, least2, most2 = yes1 / n1, 1 - no1 / n1, yes2 / n2, 1 - no2 / n2
        assert least1 - most2 - SLACK <= found.low <= found.value <= found.high
        assert found.high <= most1 - least2 + SLACK
        # No segment more or less of an estimate is left out, as far as the counts leave it open.
        one, other = n1 * found.first.value, n2 * found.second.value
        above = min(np.ceil(one - SLACK), n1 - no1) / n1
        below = max(np.floor(other + SLACK), yes2) / n2
        assert found.high >= above - below - 1e-6
        for scale in ("ratio", "odds_ratio", "cohen_h"):
            figure = compare(**data, first=first, second=~first, method=method, scale=scale)
            if np.isnan(figure.value) or np.isnan(figure.low):
                assert figure.reason
                continue
            assert figure.low <= figure.value + SLACK
            assert figure.value <= figure.high + SLACK
            if scale == "ratio":
                assert figure.low >= (least1 / most2 if most2 else np.inf) - SLACK
                assert figure.high <= (most1 / least2 if least2 else np.inf) + SLACK


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_an_interval_for_documents_like_these_is_never_narrower_than_its_segments_allow(seed):
    data = study(seed)
    size = len(data["gold"])
    for method in ("gold", "corrected"):
        found = prevalence(**data, method=method, target="documents")
        if not found.defined or np.isnan(found.low):
            assert found.reason
            continue
        held = size * found.value
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert size * found.low <= max(held - 0.5, 0) + SLACK
        assert size * found.high >= min(held + 0.5, size) - SLACK
        first = data["documents"] % 2 == 0
        for scale in ("difference", "ratio", "odds_ratio", "cohen_h"):
            figure = compare(
                **data, first=first, second=~first, method=method, target="documents", scale=scale
            )
            if np.isnan(figure.value) or np.isnan(figure.low):
                assert figure.reason
                continue
            assert figure.low <= figure.value + SLACK
            assert figure.value <= figure.high + SLACK
            assert figure.high > figure.low


def test_sixty_sentences_and_three_transcripts_read_whole_are_one_number():
    # 400 segments in ten documents; three are read whole and hold 15, the sample of the rest holds none.
    documents = np.repeat(np.arange(10), 40)
    truth = np.zeros(400)
    truth[:15] = 1
    random = np.random.default_rng(0)
    drawn = 120 + random.choice(280, 60, replace=False)
    gold, chance = np.full(400, np.nan), np.full(400, np.nan)
    gold[:120], chance[:120] = truth[:120], 1.0
    gold[drawn], chance[drawn] = truth[drawn], 60 / 280
    for method in ("gold", "corrected"):
        found = prevalence(gold, chance, machine=np.full(400, 0.1), method=method)
        assert 400 * found.value == pytest.approx(15)
        assert 400 * found.low == pytest.approx(15)
        assert 15 < 400 * found.high < 15 + 280 * 0.08
        first = documents < 3
        apart = compare(gold, chance, first, ~first, machine=np.full(400, 0.1), method=method)
        # The first group is counted; only the second is estimated.
        assert apart.first.value == 15 / 120
        assert apart.value == pytest.approx(15 / 120)
        assert apart.high == pytest.approx(15 / 120)
        assert apart.low < apart.value


def test_one_segment_that_nobody_read_is_open_and_no_more():
    gold = np.r_[np.ones(3), np.zeros(96), np.nan]
    chance = np.r_[np.full(99, 0.99), np.nan]
    found = prevalence(gold, chance, method="gold")
    assert 100 * found.low == pytest.approx(3)
    assert 100 * found.high == pytest.approx(4)
    gold[-1], chance[-1] = 0, 0.99
    census = prevalence(gold, chance, method="gold")
    assert census.value == 0.03
    assert np.isnan(census.low)


def test_weights_cannot_make_less_of_a_code_than_was_seen():
    # Ten of twenty were nearly sure to be read and have the code; one that was hardly ever drawn has not.
    gold = np.r_[np.ones(10), 0, np.full(9, np.nan)]
    chance = np.r_[np.full(10, 0.99), 0.01, np.full(9, np.nan)]
    for method in ("gold", "hajek"):
        found = prevalence(gold, chance, method=method)
        assert 20 * found.value == pytest.approx(10)
        assert 20 * found.low == pytest.approx(10)


def test_what_is_read_for_certain_leaves_less_to_plan_for():
    random = np.random.default_rng(0)
    machine = random.beta(0.3, 3, 1000)
    truth = (random.random(1000) < machine).astype(float)
    gold, chance = np.full(1000, np.nan), np.full(1000, np.nan)
    gold[:400], chance[:400] = truth[:400], 1.0
    known = segments_needed(machine, 0.02, gold=gold, inclusion=chance)
    alone = segments_needed(machine, 0.02)
    assert known.reason == ""
    assert known.more < alone.more
    assert known.total == 400 + known.more
    drawn = 400 + random.choice(600, known.more, replace=False)
    gold[drawn], chance[drawn] = truth[drawn], known.more / 600
    found = prevalence(gold, chance, machine=machine)
    assert found.margin == pytest.approx(0.02, rel=0.35)
    rows, _ = read_draws(gold, chance)
    assert rows.sure.sum() == 400
    everything = segments_needed(machine, 0.02, gold=truth, inclusion=np.ones(1000))
    assert (everything.total, everything.more, everything.margin) == (1000, 0, 0)
    assert everything.prevalence == truth.mean()
