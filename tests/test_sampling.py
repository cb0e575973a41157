"""What is drawn at random has exactly the stated chance; what is picked on purpose goes where it should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.coding.sampling import (
    disagreement,
    highest_in_turn,
    mixed_counts,
    nearness,
    pick_segments,
    random_sample,
    spread_out,
    stratified_sample,
)
from tests.growth import assert_linear

DRAWS = 6000
SIZES = {"a": 1, "b": 2, "c": 7, "d": 13}
STRATA = np.repeat(list(SIZES), list(SIZES.values()))


def frequencies(draw, size, draws=DRAWS):
    """Return how often each segment was drawn, over many seeds, and the probabilities stated."""
    hits, stated = np.zeros(size), np.full(size, np.nan)
    for seed in range(draws):
        sample = draw(np.random.default_rng(seed))
        hits[sample.rows] += 1
        stated[sample.rows] = sample.probability
    return hits / draws, stated


def near(found, stated, draws=DRAWS):
    error = np.sqrt(stated * (1 - stated) / draws)
    return (np.abs(found - stated) <= 4.5 * error + 1e-12).all()


def test_every_segment_is_drawn_as_often_as_stated():
    found, stated = frequencies(lambda random: random_sample(23, 6, random), 23)
    assert np.allclose(stated, 6 / 23)
    assert near(found, stated)


def test_every_place_on_the_sheet_is_as_likely_for_every_segment():
    first = np.zeros(8)
    for seed in range(DRAWS):
        first[random_sample(8, 4, np.random.default_rng(seed)).rows[0]] += 1
    assert near(first / DRAWS, np.full(8, 1 / 8))


@pytest.mark.parametrize("count", [2, 3, 10, 22])
def test_in_a_proportional_draw_everyone_has_the_same_chance_even_in_the_smallest_stratum(count):
    found, stated = frequencies(lambda r: stratified_sample(STRATA, count, r), 23)
    assert np.allclose(stated, count / 23)
    assert near(found, stated)


@pytest.mark.parametrize(
    ("count", "shares"),
    [
        (2, [0.5, 0.5, 0.5, 0.5]),
        (6, [1, 5 / 3, 5 / 3, 5 / 3]),
        (10, [1, 2, 3.5, 3.5]),
        (22, [1, 2, 7, 12]),
    ],
)
def test_in_an_equal_draw_the_strata_share_alike_as_far_as_they_can(count, shares):
    found, stated = frequencies(
        lambda r: stratified_sample(STRATA, count, r, allocation="equal"), 23
    )
    expected = np.repeat(np.array(shares) / list(SIZES.values()), list(SIZES.values()))
    assert np.allclose(stated, expected)
    assert near(found, stated)


@settings(max_examples=200, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    count=st.integers(0, 200),
    seed=st.integers(0, 2**32 - 1),
    allocation=st.sampled_from(["proportional", "equal"]),
)
def test_a_stratified_draw_keeps_its_size_and_its_shares(sizes, count, seed, allocation):
    strata = np.repeat(np.arange(len(sizes)), sizes)
    sample = stratified_sample(strata, count, np.random.default_rng(seed), allocation=allocation)
    assert len(np.unique(sample.rows)) == len(sample.rows) == min(count, sum(sizes))
    assert ((sample.probability > 0) & (sample.probability <= 1)).all()
    taken = np.bincount(strata[sample.rows], minlength=len(sizes))
    for stratum in np.unique(strata[sample.rows]):
        (chance,) = set(sample.probability[strata[sample.rows] == stratum].tolist())
        # A whole number next to the share, and never more than there are.
        assert abs(taken[stratum] - chance * sizes[stratum]) < 1 + 1e-9
        assert taken[stratum] <= sizes[stratum]


def test_asking_for_more_than_there_is_takes_everything_with_certainty():
    for sample in (
        random_sample(5, 9, np.random.default_rng(1)),
        stratified_sample(["x", "x", "y"], 9, np.random.default_rng(1), allocation="equal"),
    ):
        assert (sample.probability == 1).all()
        assert sorted(sample.rows) == list(range(len(sample.rows)))


def picked(strategy, seed=0, count=8, size=60, **options):
    scores = np.random.default_rng(5).normal(size=(size, 3))
    vectors = np.random.default_rng(6).normal(size=(size, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    options = {"scores": scores, "vectors": lambda rows: vectors[rows], **options}
    eligible = options.pop("eligible", np.ones(size, dtype=bool))
    return pick_segments(strategy, count, eligible, np.random.default_rng(seed), **options)


def test_the_random_part_of_a_mixed_draw_is_a_random_sample_of_the_whole_frame():
    eligible = np.arange(60) < 20
    hits = np.zeros(60)
    for seed in range(3000):
        pick = picked("mixed", seed, eligible=eligible)
        blind = pick.strategy == "random"
        assert (~np.isnan(pick.probability) == blind).all()
        assert (pick.probability[blind] == 2 / 20).all()
        hits[pick.rows[blind]] += 1
    assert near(hits[:20] / 3000, np.full(20, 2 / 20), 3000)
    assert not hits[20:].any()


def test_a_mixed_draw_is_half_uncertain_and_its_order_tells_nothing():
    pick = picked("mixed", count=12)
    names, counts = np.unique(pick.strategy, return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == mixed_counts(12)
    assert mixed_counts(12) == {"random": 3, "diversity": 3, "uncertainty": 6}
    assert sum(mixed_counts(1).values()) == mixed_counts(1)["random"] == 1
    first = {picked("mixed", seed, count=12).strategy[0] for seed in range(40)}
    assert first == {"random", "diversity", "uncertainty"}


@pytest.mark.parametrize("strategy", ["uncertainty", "disagreement", "diversity", "mixed"])
def test_what_is_picked_on_purpose_has_no_probability(strategy):
    pick = picked(strategy)
    purpose = pick.strategy != "random"
    assert purpose.any()
    assert np.isnan(pick.probability[purpose]).all()
    assert len(np.unique(pick.rows)) == 8


@pytest.mark.parametrize(
    "strategy", ["random", "uncertainty", "disagreement", "diversity", "mixed"]
)
def test_the_same_seed_picks_the_same_and_only_from_the_frame(strategy):
    eligible = np.arange(60) % 3 == 0
    one, two = (picked(strategy, 7, eligible=eligible) for _ in range(2))
    assert one.rows.tolist() == two.rows.tolist()
    assert eligible[one.rows].all()


def test_the_machine_has_no_influence_on_a_random_draw():
    alone = picked("random", 3, scores=None, vectors=None)
    assert alone.rows.tolist() == picked("random", 3).rows.tolist()


def test_strata_are_for_random_draws_alone():
    with pytest.raises(ValueError, match="Only a random draw"):
        picked("mixed", strata=np.full(60, "x", dtype=object))
    pick = picked("random", strata=np.repeat(["x", "y"], 30).astype(object))
    assert sorted(pick.stratum) == ["x"] * 4 + ["y"] * 4


def test_nearness_is_measured_from_each_codes_own_threshold():
    made = nearness([[0.5, 0.1], [0.2, 0.2], [0.9, 0.01]], [0.5, 0.1])
    assert made[0].tolist() == [0, 0]
    assert made.argmax(axis=0).tolist() == [0, 0]
    assert (made[1:] < 0).all()
    # On log-odds, as far above as below.
    assert np.isclose(*nearness([[0.8], [0.2]], [0.5])[:, 0])
    assert np.isfinite(nearness([[0.0], [1.0]], [0.0])).all()


def test_views_part_where_one_suggests_and_the_other_does_not():
    made = disagreement([[0.9, 0.5, 0.1]], [[0.9, 0.3, 0.9]], [0.5, 0.5, 0.5], 0.5)[0]
    assert made[0] == pytest.approx(0)
    assert made[2] > made[1] > 0
    # Both stand as far over their own threshold: rough probabilities are no disagreement.
    assert disagreement([[0.5]], [[0.2]], [0.5], 0.2)[0, 0] == pytest.approx(0)


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 2), min_size=1, max_size=20))
def test_disagreement_is_between_nothing_and_one_bit_and_the_same_both_ways(pairs):
    one, other = (np.array([[pair[side]] for pair in pairs]) for side in (0, 1))
    made = disagreement(one, other, [0.4], [0.6])
    assert ((made >= 0) & (made <= 1)).all()
    assert np.allclose(made, disagreement(other, one, [0.6], [0.4]))


def test_a_rare_code_has_as_many_turns_as_a_common_one():
    scores = np.full((100, 2), -9.0)
    scores[:50, 0] = -0.01 * np.arange(50)  # fifty doubtful segments of a common code
    scores[60:65, 1] = -1 - np.arange(5)  # five of a rare one, each less doubtful
    assert highest_in_turn(scores, 6).tolist() == [0, 60, 1, 61, 2, 62]


def test_a_segment_that_two_codes_want_is_taken_once_and_equal_words_too():
    scores = np.array([[0.0, 0.0], [-1, -5], [-2, -1], [-3, -2]])
    assert highest_in_turn(scores, 4).tolist() == [0, 1, 2, 3]
    alike = np.array([0, 1, 0, 1])
    assert sorted(highest_in_turn(scores, 4, alike=alike)) == [0, 1]
    assert highest_in_turn(scores, 2, allowed=np.array([False, True, False, True])).tolist() == [
        1,
        3,
    ]
    assert highest_in_turn(np.zeros((4, 2)), 3).tolist() == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.integers(1, 5), st.integers(1, 40), st.integers(0, 999))
def test_as_many_are_taken_as_are_wanted_and_there_are(size, codes, count, seed):
    scores = np.random.default_rng(seed).normal(size=(size, codes))
    made = highest_in_turn(scores, count)
    assert len(np.unique(made)) == len(made)
    assert len(made) == min(count, size) or size < 2
    if len(made):
        assert made[0] in scores.argmax(axis=0)


def test_diverse_segments_come_from_every_corner_and_not_from_where_people_were():
    corners = np.eye(6, dtype=np.float32)
    vectors = np.repeat(corners, 50, axis=0)
    for seed in range(20):
        rows = spread_out(vectors, 6, np.random.default_rng(seed))
        assert sorted(rows // 50) == list(range(6))
        away = spread_out(vectors, 9, np.random.default_rng(seed), centres=corners[:2])
        assert sorted(away // 50) == [2, 3, 4, 5]
    assert len(spread_out(vectors[:0], 3, np.random.default_rng(0))) == 0


def test_a_million_segments_are_looked_at_in_proportion():
    assert_linear(_look_at, 1_000_000)


def _look_at(size):
    random = np.random.default_rng(0)
    probability = random.random((size, 4), dtype=np.float32)
    scores = nearness(probability, [0.5, 0.4, 0.1, 0.05])
    rows = highest_in_turn(scores, 200, alike=np.arange(size))
    stratified_sample(np.arange(size) % 1000, 200, random)
    vectors = random.normal(size=(4096, 16)).astype(np.float32)
    spread = picked("diversity", size=size, vectors=lambda some: vectors[some % 4096], scores=None)
    assert len(rows) == 200
    assert len(spread.rows) == 8
