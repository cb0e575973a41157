"""Calibration figures: by hand, against other programs, and what must hold of any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import expit, logit
from scipy.stats import t

from fourp_nlp.machine.calibration import (
    brier_score,
    brier_skill,
    calibration_error,
    calibration_table,
    cox_line,
    debiased_calibration_error,
    equal_count_bins,
    equal_expectation_bins,
    is_uncertain,
    probability_histogram,
    reliability_points,
    shares_if_calibrated,
)
from fourp_nlp.tables import CALIBRATION


def made(n: int, *, seed: int = 0, sure: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that are right (sure = 1) or too sure (above 1), and outcomes."""
    random = np.random.default_rng(seed)
    odds = random.normal(-1, 1.5, n)
    outcomes = random.random(n) < 1 / (1 + np.exp(-odds))
    return 1 / (1 + np.exp(-sure * odds)), outcomes


def test_brier_score_and_skill_by_hand():
    # Squares: .49 .01 .04 .36 .04 0 0 0 0 .01, in sum .95; the prevalence is .3.
    said = np.array([0.7, 0.9, 0.8, 0.4, 0.2, 0, 0, 0, 0, 0.1])
    seen = np.array([0, 1, 1, 1, 0, 0, 0, 0, 0, 0], dtype=bool)
    assert brier_score(said, seen) == pytest.approx(0.095)
    assert brier_skill(said, seen) == pytest.approx(1 - 0.095 / 0.21)


def test_calibration_errors_by_hand():
    # Two bins of four: said .1 on average and seen 1 in 4; said .6 and seen 2 in 4.
    said = np.array([0.05, 0.1, 0.1, 0.15, 0.5, 0.6, 0.6, 0.7])
    seen = np.array([0, 1, 0, 0, 1, 0, 0, 1], dtype=bool)
    assert calibration_error(said, seen, bins=2) == pytest.approx((0.15 + 0.1) / 2)
    squared = ((0.15**2 - 0.1875 / 3) + (0.1**2 - 0.25 / 3)) / 2
    assert squared < 0
    assert debiased_calibration_error(said, seen, bins=2) == 0
    # The same shares in a hundred times as many segments are no chance any more.
    many = debiased_calibration_error(np.tile(said, 100), np.tile(seen, 100), bins=2)
    expected = ((0.15**2 - 0.1875 / 399) + (0.1**2 - 0.25 / 399)) / 2
    assert many == pytest.approx(np.sqrt(expected))


def test_brier_score_and_bins_agree_with_scikit_learn():
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import brier_score_loss

    said, seen = made(1000)
    assert brier_score(said, seen) == pytest.approx(brier_score_loss(seen, said))
    share, mean = calibration_curve(seen, said, n_bins=10, strategy="quantile")
    place = equal_count_bins(said, 10)
    assert np.bincount(place).tolist() == [100] * 10
    np.testing.assert_allclose(np.bincount(place, weights=said) / 100, mean)
    np.testing.assert_allclose(np.bincount(place, weights=seen) / 100, share)
    assert calibration_error(said, seen) == pytest.approx(np.abs(share - mean).mean())


@pytest.mark.parametrize("sure", [0.5, 1.0, 2.5])
def test_slope_and_intercept_agree_with_statsmodels(sure):
    import statsmodels.api as sm

    said, seen = made(600, seed=3, sure=sure)
    said = np.clip(said, 1e-6, 1 - 1e-6)
    odds = np.log(said / (1 - said))
    fitted = sm.Logit(seen.astype(float), sm.add_constant(odds)).fit(disp=0)
    line = cox_line(said, seen)
    assert (line.intercept, line.slope) == pytest.approx(tuple(fitted.params), rel=1e-6)
    assert line.reason == ""


def test_a_machine_that_is_too_sure_has_a_slope_below_one_and_a_timid_one_above():
    for sure, low, high in ((2.5, 0.3, 0.5), (1.0, 0.85, 1.15), (0.4, 2.1, 2.9)):
        said, seen = made(4000, seed=1, sure=sure)
        assert low < cox_line(said, seen).slope < high


@pytest.mark.parametrize(
    ("said", "seen", "reason"),
    [
        ([0.1, 0.2, 0.3], [0, 0, 0], "no segment"),
        ([0.1, 0.2, 0.3], [1, 1, 1], "every segment"),
        ([0.2, 0.2, 0.2], [0, 1, 0], "equal"),
        ([0.1, 0.2, 0.9], [0, 0, 1], "divides"),
        ([0.9, 0.2, 0.1], [0, 0, 1], "divides"),
        ([0.1, 0.2, 0.2], [0, 0, 1], "divides"),
    ],
)
def test_where_there_is_no_line_it_says_why(said, seen, reason):
    line = cox_line(np.array(said), np.array(seen, dtype=bool))
    assert np.isnan(line.slope)
    assert np.isnan(line.intercept)
    assert reason in line.reason


def test_probabilities_of_nought_and_one_break_nothing():
    said = np.array([0.0, 0.0, 1.0, 1.0, 0.5, 0.5])
    seen = np.array([0, 1, 1, 0, 1, 0], dtype=bool)
    assert cox_line(said, seen).slope == pytest.approx(0, abs=1e-6)
    assert len(reliability_points(said, seen)) >= 2


def test_the_band_holds_a_calibrated_machine_and_shows_one_that_is_not():
    said, seen = made(6000, seed=5)
    points = reliability_points(said, seen)
    inside = points["share"].between(points["band_low"], points["band_high"])
    assert inside.sum() >= len(points) - 1
    said, seen = made(6000, seed=5, sure=2.5)
    points = reliability_points(said, seen)
    inside = points["share"].between(points["band_low"], points["band_high"])
    assert inside.sum() <= len(points) // 2


def test_the_band_is_the_binomial_one_where_all_probabilities_are_equal():
    from scipy.stats import binom

    said = np.full(200, 0.3)
    drawn = shares_if_calibrated(said, np.zeros(200, dtype=int), resamples=20_000, seed=1)[:, 0]
    low, high = np.percentile(drawn, (2.5, 97.5))
    assert (low, high) == pytest.approx(tuple(binom(200, 0.3).ppf((0.025, 0.975)) / 200), abs=0.011)
    assert drawn.mean() == pytest.approx(0.3, abs=0.002)


def test_a_rare_codes_points_stand_for_equally_many_expected_codings():
    random = np.random.default_rng(2)
    said = random.beta(0.05, 2, 4000)
    place = equal_expectation_bins(said, 5)
    mass = np.bincount(place, weights=said)
    assert len(mass) == 5
    assert mass.max() / mass.min() < 1.3
    # By number of segments, four of five bins would lie where nobody codes.
    assert said[equal_count_bins(said, 5) == 3].max() < 0.05


def test_the_same_figures_come_per_code_and_pooled():
    said, seen = (np.column_stack(pair) for pair in zip(made(300), made(300, seed=9), strict=True))
    documents = [f"d{n // 30}" for n in range(300)]
    table = calibration_table(said, seen, ["a", "b"], documents)
    assert list(table.columns) == list(CALIBRATION.columns)
    assert table["code"].tolist() == ["a", "b", ""]
    for column, code in enumerate("ab"):
        row = table.set_index("code").loc[code]
        assert row["brier"] == pytest.approx(brier_score(said[:, column], seen[:, column]))
        assert row["slope"] == pytest.approx(cox_line(said[:, column], seen[:, column]).slope)
    pooled = table.set_index("code").loc[""]
    assert pooled["n"] == 600
    assert pooled["brier"] == pytest.approx(brier_score(said.ravel(), seen.ravel()))
    own = (seen.mean(axis=0) * (1 - seen.mean(axis=0))).mean()
    assert pooled["skill"] == pytest.approx(1 - pooled["brier"] / own)
    for name in ("brier", "skill", "slope", "intercept"):
        assert (table[f"{name}_low"] < table[name]).all()
        assert (table[name] < table[f"{name}_high"]).all()
    assert (table["ece_if_calibrated"] > 0.01).all()


def test_intervals_are_those_of_leaving_out_each_document():
    random = np.random.default_rng(4)
    group = np.repeat(np.arange(10), 40)
    said, seen = made(400, seed=4)
    # Documents differ, so that this is wider than what the segments alone would give.
    seen = seen ^ (random.random(400) < np.linspace(0, 0.6, 10)[group])
    row = calibration_table(said[:, None], seen[:, None], ["a"], group.astype(str)).iloc[0]
    for name, figure in {
        "brier": brier_score,
        "skill": brier_skill,
        "slope": lambda p, y: cox_line(p, y).slope,
        "intercept": lambda p, y: cox_line(p, y).intercept,
    }.items():
        left = np.array([figure(said[group != d], seen[group != d]) for d in range(10)])
        error = np.sqrt(0.9 * np.sum((left - left.mean()) ** 2))
        reach = t(9).ppf(0.975) * error
        assert row[f"{name}_high"] - row[name] == pytest.approx(reach, rel=0.01)
        assert row[name] - row[f"{name}_low"] == pytest.approx(reach, rel=0.01)


def test_documents_that_are_all_alike_do_not_make_a_figure_sure():
    said, seen = made(40, seed=2)
    table = calibration_table(
        np.tile(said, 6)[:, None], np.tile(seen, 6)[:, None], ["a"], np.repeat(np.arange(6), 40)
    )
    row = table.iloc[0]
    binomial = 1.96 * np.std((said - seen) ** 2) / np.sqrt(240)
    assert row["brier_high"] - row["brier"] > binomial
    assert row["slope_high"] - row["slope_low"] > 0.3


def test_a_machine_without_an_error_on_few_positives_is_not_called_perfect():
    seen = np.zeros((200, 1), dtype=bool)
    seen[[0, 50, 100, 150]] = True
    table = calibration_table(seen.astype(float), seen, ["a"], np.arange(200) // 50)
    row = table.iloc[0]
    assert row["brier"] == 0
    assert row["skill"] == 1
    # Four of four right: a machine that errs in a third of the positives would show this one time in five.
    assert row["skill_low"] < 0.67
    assert row["brier_high"] > 0.004 * 0.33
    assert row["caution"] == (
        "4 positive segments in 4 documents: one segment more or less would change these figures"
    )


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (1, "6 positive segments in 1 document: too few for intervals"),
        (2, "6 positive segments in 2 documents: too few for intervals"),
        (3, "6 positive segments in 3 documents: one segment more or less would change"),
    ],
)
def test_few_documents_with_the_code_are_told_beside_the_figures(held, said):
    random = np.random.default_rng(0)
    chances = random.random(300) * 0.5
    seen = np.zeros(300, dtype=bool)
    seen[[(n % held) * 30 + n for n in range(6)]] = True
    row = calibration_table(chances[:, None], seen[:, None], ["a"], np.arange(300) // 30).iloc[0]
    assert row["caution"].startswith(said)
    assert np.isnan(row["brier_low"]) == (held < 3)


def test_a_line_that_hangs_on_one_document_has_no_interval():
    seen = np.zeros(120, dtype=bool)
    seen[[5, 25, 45, 65, 85, 105]] = True
    chances = np.where(seen, 0.6, 0.1)
    chances[seen.argmax()] = 0.05  # the only segment with the code that looks as if it had none
    row = calibration_table(chances[:, None], seen[:, None], ["a"], np.arange(120) // 20).iloc[0]
    assert np.isnan(row["slope_low"])
    assert not np.isnan(row["brier_low"])
    assert "without one of these documents slope and intercept have no value" in row["caution"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 12), st.floats(0.02, 0.6))
def test_no_interval_is_narrower_than_its_positives_allow(seed, documents, prevalence):
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(documents), 25)
    chances = np.clip(random.beta(1, 1 / prevalence, len(group)), 0, 1)
    seen = random.random(len(group)) < chances
    row = calibration_table(chances[:, None], seen[:, None], ["a"], group, resamples=1).iloc[0]
    positives = int(seen.sum())
    if np.isnan(row["brier_low"]):
        assert row["documents"] < 3
        return
    apart = np.std((chances - seen) ** 2) / np.sqrt(len(seen))
    reach = max(row["brier_high"] - row["brier"], row["brier"] - row["brier_low"])
    assert reach >= t(positives - 1).ppf(0.975) * apart or row["brier_high"] == 1
    assert row["skill_low"] <= row["skill"] <= row["skill_high"] <= 1
    if not np.isnan(row["slope_low"]):
        assert row["slope_low"] < row["slope"] < row["slope_high"]
        odds = logit(np.clip(chances, 1e-6, 1 - 1e-6))
        fitted = expit(row["intercept"] + row["slope"] * odds)
        x = np.column_stack([np.ones(len(odds)), odds])
        fisher = np.linalg.inv(x.T @ (x * (fitted * (1 - fitted))[:, None]))
        wide = 2 * t(positives - 1).ppf(0.975) * np.sqrt(np.diag(fisher))
        assert row["intercept_high"] - row["intercept_low"] >= wide[0] * (1 - 1e-6)
        assert row["slope_high"] - row["slope_low"] >= wide[1] * (1 - 1e-6)


def test_one_document_gives_figures_without_intervals():
    said, seen = made(100)
    table = calibration_table(said[:, None], seen[:, None], ["a"], ["d"] * 100)
    assert table["brier"].notna().all()
    assert table[["brier_low", "skill_low", "slope_low", "intercept_high"]].isna().all(axis=None)
    assert table["uncertain"].all()


def test_a_code_that_nothing_and_one_that_everything_carries():
    said = np.column_stack([np.full(40, 0.02), np.full(40, 0.97)])
    seen = np.column_stack([np.zeros(40, dtype=bool), np.ones(40, dtype=bool)])
    table = calibration_table(said, seen, ["none", "all"], [f"d{n // 10}" for n in range(40)])
    table = table.set_index("code")
    assert table.loc["none", "brier"] == pytest.approx(0.0004)
    assert table.loc[["none", "all"], "skill"].isna().all()
    assert table.loc["none", "reason"] == "no segment carries the code"
    assert table.loc["all", "reason"] == "every segment carries the code"
    assert table.loc["none", "uncertain"]
    assert not table.loc["all", "uncertain"]


def test_nothing_at_all_is_a_table_of_dashes():
    nothing = np.zeros((0, 2))
    table = calibration_table(nothing, nothing.astype(bool), ["a", "b"], [])
    assert len(table) == 3
    assert table["brier"].isna().all()
    assert len(reliability_points(nothing[:, 0], nothing[:, 0].astype(bool))) == 0


@pytest.mark.parametrize(
    ("positives", "documents", "uncertain"),
    [(9, 9, True), (10, 2, True), (10, 3, False), (0, 0, True)],
)
def test_few_positives_or_few_documents_make_a_code_uncertain(positives, documents, uncertain):
    assert is_uncertain(positives, documents) is uncertain


pairs = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.float64, n, elements=st.floats(0, 1, width=32)), hnp.arrays(bool, n)
    )
)


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_figures_stay_in_their_ranges_and_do_not_depend_on_order(pair):
    said, seen = pair
    turned = np.random.default_rng(0).permutation(len(said))
    for figure in (brier_score, calibration_error, debiased_calibration_error):
        value = figure(said, seen)
        assert np.isnan(value) or -1e-12 <= value <= 1 + 1e-12
        assert figure(said[turned], seen[turned]) == pytest.approx(value, abs=1e-9, nan_ok=True)
    # A mean of distances is never above the root of the mean of squares.
    assert calibration_error(said, seen) <= np.sqrt(brier_score(said, seen)) + 1e-9


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_every_segment_is_in_one_bin_of_the_diagram_and_of_the_histogram(pair):
    said, seen = pair
    points = reliability_points(said, seen, resamples=50)
    assert points["n"].sum() == len(said)
    assert points["positives"].sum() == seen.sum()
    assert (points["low"] <= points["high"]).all()
    assert (points["high"].to_numpy()[:-1] < points["low"].to_numpy()[1:]).all()
    histogram = probability_histogram(said, seen)
    assert histogram["n"].sum() == len(said)
    assert (histogram["positives"] <= histogram["n"]).all()


def test_a_machine_that_is_sure_and_mostly_wrong_still_gets_its_line():
    said = np.array([1.0, 1, 0, 0, 0, 0, 0])
    seen = np.array([False, True, False, True, True, True, True])
    line = cox_line(said, seen)
    odds = np.log(999_999)
    # One of two where it said 1, four of five where it said 0.
    assert line.slope == pytest.approx(-np.log(4) / (2 * odds), abs=1e-9)
    assert line.intercept == pytest.approx(np.log(4) / 2, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_a_line_found_makes_the_mean_of_set_right_probabilities_the_prevalence(pair):
    said, seen = pair
    line = cox_line(said, seen)
    if line.reason:
        assert np.isnan(line.slope)
        return
    clipped = np.clip(said, 1e-6, 1 - 1e-6)
    odds = line.intercept + line.slope * np.log(clipped / (1 - clipped))
    assert (1 / (1 + np.exp(-odds))).mean() == pytest.approx(seen.mean(), abs=1e-5)
