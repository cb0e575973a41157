"""Whether a machine may take the place of a person: the published test, and the one by document."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

from fourp_nlp.agreement import EPSILON, alt_test, alt_test_table
from fourp_nlp.tables import ALT_TEST

# Four units, three people, one code. By hand, the person left out against the other two:
#          a  b  c  machine   left out a: S(m) S(a)   b: S(m) S(b)   c: S(m) S(c)
PEOPLE = [
    [1, 1, 1],  # 1                1    1         1    1         1    1
    [1, 1, 0],  # 1               .5   .5        .5   .5         1    0
    [1, 0, 0],  # 0                1    0        .5   .5        .5   .5
    [0, 1, 1],  # 0                0    0        .5   .5        .5   .5
]
MACHINE = [1, 1, 0, 0]


def test_advantages_of_a_small_case_are_as_by_hand():
    made = alt_test(PEOPLE, MACHINE)
    assert made.n.tolist() == [4, 4, 4]
    assert made.machine.tolist() == [1, 1, 1]
    assert made.person.tolist() == [0.75, 1, 0.75]
    assert made.advantage == 1
    # The other way round: the machine is further off on the unit on which it parts from all.
    worse = alt_test(PEOPLE, [0, 1, 0, 0])
    assert worse.machine.tolist() == [0.75, 0.75, 0.75]
    assert worse.advantage == 0.75


def test_a_tie_counts_for_both_and_who_did_not_read_is_nobody_to_be_near_to():
    people = [[1, 1, np.nan], [0, np.nan, np.nan], [1, 0, 1]]
    made = alt_test(people, [1, 1, 1])
    # The second unit was read by one person alone: there is nobody to compare anybody with.
    assert made.n.tolist() == [2, 2, 1]
    # Third unit: without a, the machine is near to c alone, as a is; without b, to both, as b to none.
    assert made.machine.tolist() == [1, 1, 1]
    assert made.person.tolist() == [1, 0.5, 1]
    read = ~np.isnan(people)
    again = alt_test(np.nan_to_num(people, nan=1), [1, 1, 1], read=read)
    assert again.person.tolist() == made.person.tolist()


def test_sets_of_codes_are_held_by_what_they_share():
    people = np.array([[[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]])
    machine = np.array([[1, 0, 1, 0]])
    # Without a: jaccard of the machine with b 1/2 and c 0; of a with b 1/2 and c 0: a tie.
    # Without b: machine 1/3 and 0; b 1/2 and 0. Without c: machine 1/3 and 1/2; c 0 and 0.
    made = alt_test(people, machine, alignment="jaccard")
    assert made.machine.tolist() == [1, 0, 1]
    assert made.person.tolist() == [1, 1, 0]
    # Code by code. Without a: machine 3/4 and 2/4, a 3/4 and 2/4. Without b: machine 2/4 and 2/4, b 3/4 and 3/4.
    # Without c: machine 2/4 and 3/4, c 2/4 and 3/4.
    made = alt_test(people, machine, alignment="codes")
    assert made.machine.tolist() == [1, 0, 1]
    assert made.person.tolist() == [1, 1, 1]
    empty = alt_test(np.zeros((5, 3, 2)), np.zeros((5, 2)), alignment="jaccard")
    assert (empty.machine == 1).all()


def test_numbers_are_held_by_their_distance():
    # Without a: machine sqrt(mean(.2^2, .1^2)), a sqrt(mean(.5^2, .4^2)).
    people, machine = [[0.9, 0.4, 0.5]], [0.6]
    made = alt_test(people, machine, alignment="rmse")
    assert made.machine.tolist() == [1, 1, 1]
    # Without c: machine sqrt((.09 + .04) / 2) = .255, c sqrt((.16 + .01) / 2) = .292.
    assert made.person.tolist() == [0, 0, 0]
    worse = alt_test(people, [1.2], alignment="rmse")
    assert worse.machine.tolist() == [0, 0, 0]


def slow(people, machine, read, likeness):
    """The formulas as they are written down, one unit and person at a time."""
    differences = []
    for left_out in range(people.shape[1]):
        own = []
        for unit in np.flatnonzero(read[:, left_out]):
            others = [k for k in np.flatnonzero(read[unit]) if k != left_out]
            if others:
                near = np.mean([likeness(machine[unit], people[unit, k]) for k in others])
                person = np.mean(
                    [likeness(people[unit, left_out], people[unit, k]) for k in others]
                )
                own.append((unit, int(person >= near - 1e-12) - int(near >= person - 1e-12)))
        differences.append(np.array(own))
    return differences


def noisy(seed, *, units=200, n_people=4, codes=0, of_person=0.2, of_machine=0.2, reading=0.8):
    random = np.random.default_rng(seed)
    shape = (units, codes) if codes else (units,)
    truth = random.random(shape) < 0.4
    people = np.stack([truth ^ (random.random(shape) < of_person) for _ in range(n_people)], axis=1)
    machine = truth ^ (random.random(shape) < of_machine)
    read = random.random((units, n_people)) < reading
    return people, machine, read


def jaccard(one, other):
    either = (one | other).sum()
    return (one & other).sum() / either if either else 1.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("alignment", "codes", "likeness"),
    [
        ("accuracy", 0, lambda one, other: one == other),
        ("jaccard", 5, jaccard),
        ("codes", 5, lambda one, other: (one == other).mean()),
    ],
)
def test_the_test_is_that_of_the_formulas_and_of_other_programs(seed, alignment, codes, likeness):
    people, machine, read = noisy(seed, codes=codes)
    documents = np.repeat(np.arange(25), 8)
    made = alt_test(people, machine, read=read, documents=documents, alignment=alignment)
    p_values, clustered = [], []
    for place, own in enumerate(slow(people, machine, read, likeness)):
        units, values = own.T
        assert made.n[place] == len(units)
        assert made.documents[place] == len(np.unique(documents[units]))
        assert made.person[place] - made.machine[place] == pytest.approx(values.mean())
        p_values.append(stats.ttest_1samp(values, 0.2, alternative="less").pvalue)
        # Least squares on a constant, with errors clustered as another program does it.
        fit = sm.OLS(values - 0.2, np.ones(len(values))).fit(
            cov_type="cluster", cov_kwds={"groups": documents[units]}, use_t=True
        )
        clustered.append(stats.t.cdf(fit.tvalues[0], made.documents[place] - 1))
    assert made.published.p_values == pytest.approx(p_values)
    assert made.by_document.p_values == pytest.approx(clustered)
    for verdict, raw in ((made.published, p_values), (made.by_document, clustered)):
        wins, adjusted, *_ = multipletests(raw, 0.05, method="fdr_by")
        assert verdict.adjusted == pytest.approx(adjusted)
        assert verdict.wins.tolist() == wins.tolist()
        assert verdict.winning_rate == wins.mean()
    assert set(made.published.tests) == {"t-test"}


def test_with_few_units_ranks_are_tested_and_it_is_said():
    people, machine, _ = noisy(1, units=25, n_people=3)
    made = alt_test(people, machine)
    assert made.published.tests == ("Wilcoxon",) * 3
    (own, *_) = slow(people, machine, np.ones(people.shape, bool), lambda a, b: a == b)
    expected = stats.wilcoxon(np.round(own[:, 1] - 0.2, 12), alternative="less").pvalue
    assert made.published.p_values[0] == pytest.approx(expected)
    assert any("30 units" in note for note in made.notes)
    assert made.by_document is None


def test_two_people_are_fewer_than_the_test_asks_for():
    people, machine, _ = noisy(1, n_people=2)
    assert any(
        "3 people or more, and there are 2" in note for note in alt_test(people, machine).notes
    )
    assert not alt_test(*noisy(1, n_people=3)[:2]).notes
    with pytest.raises(ValueError, match="two people or more"):
        alt_test(people[:, :1], machine)
    with pytest.raises(ValueError, match="No unit was read by two people"):
        alt_test(people, machine, read=np.eye(2, dtype=bool)[np.arange(200) % 2])


@pytest.mark.parametrize("codes", [0, 6])
def test_a_machine_as_good_as_people_passes_and_one_that_guesses_fails(codes):
    alignment = "jaccard" if codes else "accuracy"
    passed = {"good": [], "random": []}
    for seed in range(20):
        documents = np.repeat(np.arange(40), 10)
        people, machine, read = noisy(
            seed, units=400, n_people=3, codes=codes, of_person=0.15, of_machine=0.15
        )
        guess = np.random.default_rng(seed + 100).random(machine.shape) < 0.5
        for name, said in (("good", machine), ("random", guess)):
            made = alt_test(people, said, read=read, documents=documents, alignment=alignment)
            passed[name].append((made.published.passes, made.by_document.passes))
    assert np.mean(passed["good"], axis=0).min() >= 0.9
    assert np.mean(passed["random"], axis=0).max() == 0


def test_segments_of_one_document_are_not_taken_for_independent_by_document():
    """A machine that is off by just epsilon, in whole documents: no test should let it pass often."""
    passed = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        documents = np.repeat(np.arange(40), 20)
        truth = random.random(800) < 0.5
        lost = (random.random(40) < 0.2)[documents]
        people = np.repeat(truth[:, None], 3, axis=1)
        made = alt_test(people, truth ^ lost, documents=documents, epsilon=0.2)
        passed.append((made.published.passes, made.by_document.passes))
    published, by_document = np.mean(passed, axis=0)
    assert published > 0.25
    assert by_document < 0.12


def test_what_has_no_variance_is_decided_by_its_side_of_epsilon():
    truth = np.arange(60) % 2
    people = np.repeat(truth[:, None], 3, axis=1)
    same, other = (
        alt_test(people, said, documents=np.arange(60) // 3) for said in (truth, 1 - truth)
    )
    for verdict in (same.published, same.by_document):
        assert verdict.p_values.tolist() == [0, 0, 0]
        assert verdict.passes
    for verdict in (other.published, other.by_document):
        assert verdict.p_values.tolist() == [1, 1, 1]
        assert not verdict.passes
    assert any("no variance" in note for note in same.notes)


def test_one_document_gives_no_verdict_by_document():
    people, machine, _ = noisy(3, n_people=3)
    made = alt_test(people, machine, documents=np.zeros(200))
    assert np.isnan(made.by_document.p_values).all()
    assert not made.by_document.passes
    assert any("one document" in note for note in made.notes)
    assert np.isnan(made.low)


def test_the_interval_holds_the_average_advantage_and_is_the_same_again():
    people, machine, read = noisy(4)
    options = {"read": read, "documents": np.repeat(np.arange(25), 8)}
    made, again = (alt_test(people, machine, **options) for _ in range(2))
    assert made.low < made.advantage < made.high
    assert (made.low, made.high) == (again.low, again.high)


def test_a_larger_epsilon_is_easier_and_labels_may_be_words():
    people, machine, _ = noisy(5, of_machine=0.35, n_people=3)
    p_values = [
        alt_test(people, machine, epsilon=epsilon).published.p_values.max()
        for epsilon in (EPSILON["expert"], EPSILON["skilled"], EPSILON["crowd"])
    ]
    assert p_values == sorted(p_values)
    words = np.array(["no", "yes"], dtype=object)
    again = alt_test(words[people.astype(int)], words[machine.astype(int)])
    assert again.published.p_values == pytest.approx(alt_test(people, machine).published.p_values)


def test_the_table_has_a_row_a_person():
    people, machine, _ = noisy(6, n_people=3)
    made = alt_test(people, machine, documents=np.repeat(np.arange(25), 8))
    table = alt_test_table(made, ["anna", "bruno", "carla"])
    assert list(table.columns) == ALT_TEST.names
    assert table["coder"].tolist() == ["anna", "bruno", "carla"]
    assert table["document_wins"].tolist() == made.by_document.wins.tolist()
    without = alt_test_table(alt_test(people, machine), ["a", "b", "c"])
    assert without["document_p"].isna().all()
    pd.testing.assert_series_equal(without["p"], table["p"])


def test_what_does_not_fit_is_refused():
    people, machine, _ = noisy(7)
    for changed, says in (
        ({"alignment": "f1"}, "accuracy, jaccard, codes, rmse"),
        ({"alignment": "jaccard"}, "3 dimensions"),
        ({"documents": [1, 2]}, "2 documents for 200 units"),
    ):
        with pytest.raises(ValueError, match=says):
            alt_test(people, machine, **changed)
    with pytest.raises(ValueError, match="shapes are"):
        alt_test(people, machine[:5])
    with pytest.raises(ValueError, match="0 or 1 for each code"):
        alt_test(np.full((3, 2, 2), 2), np.zeros((3, 2)), alignment="codes")
    with pytest.raises(ValueError, match="needs numbers"):
        alt_test([["a", "b"]], ["a"], alignment="rmse")
    with pytest.raises(ValueError, match="has no machine code"):
        alt_test(PEOPLE, [1, 1, None, 0])
