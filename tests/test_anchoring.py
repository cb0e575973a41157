"""Whether suggestions sway people: arms compared as they were assigned, within documents."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from fourp_nlp.frequencies import anchoring


def codings(seed, swayed, segments=400, codes=3):
    """Return arms, machine and person; with the suggestion shown, some of the person's codes follow it."""
    random = np.random.default_rng(seed)
    documents = np.repeat(np.arange(10), segments // 10)
    truth = random.random((segments, codes)) < 0.3
    machine = truth ^ (random.random((segments, codes)) < 0.2)
    human = truth ^ (random.random((segments, codes)) < 0.1)
    shown = random.permuted(np.tile([True, False], (10, segments // 20)), axis=1).ravel()
    follows = (random.random((segments, codes)) < swayed) & shown[:, None]
    return shown, machine, np.where(follows, machine, human), documents


def test_agreement_and_kappa_of_each_arm_are_those_of_its_segments():
    shown, machine, human, documents = codings(0, 0.3)
    found = anchoring(shown, machine, human, documents, resamples=99)
    for code in range(3):
        for arm, percent, kappa in (
            (shown, found.shown, found.kappa_shown),
            (~shown, found.blind, found.kappa_blind),
        ):
            one, other = machine[arm, code], human[arm, code]
            assert percent[code] == pytest.approx((one == other).mean())
            assert kappa[code] == pytest.approx(cohen_kappa_score(one, other))
    assert found.shown[-1] == pytest.approx((machine == human)[shown].mean())
    np.testing.assert_allclose(found.difference, found.shown - found.blind)
    assert (found.n_shown, found.n_blind) == (200, 200)


def test_people_who_follow_are_found_and_people_who_do_not_are_not():
    swayed = anchoring(*codings(1, 0.6), resamples=999)
    assert swayed.p_value[-1] < 0.01
    assert swayed.low[-1] > 0
    assert swayed.kappa_p_value[-1] < 0.01
    honest = [anchoring(*codings(seed, 0.0), resamples=199) for seed in range(100)]
    p = np.array([each.p_value[-1] for each in honest])
    assert (p <= 0.1).mean() <= 0.2
    held = [each.low[-1] <= 0 <= each.high[-1] for each in honest]
    assert np.mean(held) >= 0.88


def test_arms_are_shuffled_within_documents_and_not_across():
    # Every segment of one document agrees, none of the other; arms are as mixed in both as they can be.
    documents = np.repeat(["a", "b"], [10, 30])
    shown = np.r_[np.arange(10) < 5, np.arange(30) < 15]
    machine = np.ones((40, 1), dtype=bool)
    human = np.repeat([[True], [False]], [10, 30], axis=0)
    found = anchoring(shown, machine, human, documents, resamples=199)
    # Whatever is shuffled within documents, the arms agree equally often.
    assert found.difference[0] == 0
    assert found.p_value[0] == 1
    assert found.kappa_shown[0] == 0


def test_the_smallest_p_value_stands_for_what_was_tried():
    shown = np.tile([True, False], 50)
    machine = np.ones((100, 1), dtype=bool)
    found = anchoring(shown, machine, shown[:, None], np.zeros(100), resamples=99)
    assert found.p_value[0] == pytest.approx(2 / 100)
    assert found.difference[0] == 1


def test_what_cannot_be_compared_is_refused():
    codes = np.ones((4, 1), dtype=bool)
    one_arm = anchoring(np.ones(4, bool), codes, codes, np.zeros(4))
    assert "no segment" in one_arm.reason
    apart = anchoring([True, True, False, False], codes, codes, [0, 0, 1, 1])
    assert "nothing can be shuffled" in apart.reason
    assert np.isnan(apart.p_value).all()
    with pytest.raises(ValueError, match="shape"):
        anchoring(np.ones(3, bool), codes, codes, np.zeros(4))
