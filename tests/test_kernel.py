"""The regression's closed forms against training again, and its limits."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from fourp_nlp.machine.classifier import CodeClassifier, expected_counts, thresholds_for
from fourp_nlp.machine.classifier._kernel import (
    Block,
    fit_scaling,
    kernel,
    solve_ridge,
    word_weights,
)
from fourp_nlp.machine.classifier._probabilities import fit_calibration

SHARES = [0.7, 0.3]


def made_up(count: int = 120, codes: int = 3, seed: int = 0):
    random = np.random.default_rng(seed)
    hidden = random.normal(size=(count, codes))
    dense = np.hstack([hidden, random.normal(size=(count, 9))]).astype(np.float32)
    words = sp.random(count, 40, density=0.1, random_state=seed, format="csr", dtype=np.float32)
    words.data = np.ceil(words.data * 3).astype(np.float32)
    context = sp.random(count, 40, density=0.1, random_state=seed + 1, format="csr")
    context.data = np.ceil(context.data * 3)
    labels = hidden + 0.3 * random.normal(size=hidden.shape) > 0.8
    documents = np.repeat(np.arange(count // 10), 10)
    return dense, words, sp.csr_matrix(context, dtype=np.float32), labels, documents


def likeness_of():
    dense, words, context, labels, documents = made_up()
    scaling = fit_scaling(dense, [words, context], [Block(3, 0.5), Block(9, 1.0)])
    rows = scaling.rows(dense, [words, context])
    likeness = kernel(rows, rows, width=0.6, word_shares=SHARES)
    return rows, likeness, labels.astype(np.float32), documents


def test_what_is_said_of_a_left_out_document_is_what_training_without_it_says():
    _, likeness, targets, documents = likeness_of()
    ones = np.ones(len(targets), dtype=np.float32)
    centred = targets - np.array([0.1, 0.2, 0.3], dtype=np.float32)
    said = solve_ridge(likeness, ones, 1.5).left_out(centred, documents)
    for document in np.unique(documents):
        out = documents == document
        again = solve_ridge(likeness[np.ix_(~out, ~out)], ones[~out], 1.5)
        expected = likeness[np.ix_(out, ~out)] @ again.dual(centred[~out])
        assert np.allclose(said[out], expected, atol=1e-3)


def test_taking_a_fold_out_is_the_same_as_never_having_had_it():
    _, likeness, targets, documents = likeness_of()
    weights = np.linspace(1, 2, len(documents)).astype(np.float32)
    centred = targets - np.array([0.1, 0.2, 0.3], dtype=np.float32)
    whole = solve_ridge(likeness, weights, 1.5)
    # At once, and one document after the other, whose rows then stand first.
    one_by_one = whole
    for size in np.unique(documents, return_counts=True)[1][:3]:
        one_by_one = one_by_one.without(np.arange(size))
    kept = np.flatnonzero(documents >= 3)
    never = solve_ridge(likeness[np.ix_(kept, kept)], weights[kept], 1.5)
    for taken in (whole.without(np.flatnonzero(documents < 3)), one_by_one):
        assert np.allclose(taken.dual(centred[kept]), never.dual(centred[kept]), atol=1e-4)
        told, expected = (some.left_out(centred[kept], documents[kept]) for some in (taken, never))
        assert np.allclose(told, expected, atol=1e-4)
        assert np.allclose(taken.blocks(np.arange(len(kept))[None])[0], never.inverse, atol=1e-4)


def test_words_summed_up_say_the_same_as_the_rows_they_came_from():
    rows, likeness, targets, _ = likeness_of()
    ridge = solve_ridge(likeness, np.ones(len(targets), dtype=np.float32), 1.5)
    dual = ridge.dual(targets - targets.mean(axis=0))
    weights = word_weights(rows, dual, SHARES)
    by_rows = sum(
        np.float32(share) * (part @ part.T).toarray() @ dual
        for share, part in zip(SHARES, rows.words, strict=True)
    )
    by_words = sum(part @ weight for part, weight in zip(rows.words, weights, strict=True))
    assert np.allclose(by_rows, by_words, atol=1e-3)


def test_tf_idf_is_scikit_learns():
    from sklearn.feature_extraction.text import TfidfTransformer

    dense, words, _, _, _ = made_up()
    ours = fit_scaling(dense, [words], [Block(12, 1.0)]).rows(dense, [words]).words[0]
    theirs = TfidfTransformer(sublinear_tf=True).fit_transform(words)
    assert np.allclose(ours.toarray(), theirs.toarray(), atol=1e-5)


def test_likeness_of_a_segment_with_itself_is_the_highest():
    _, likeness, _, _ = likeness_of()
    assert np.allclose(likeness, likeness.T, atol=1e-5)
    assert (likeness.argmax(axis=1) == np.arange(len(likeness))).all()
    assert np.linalg.eigvalsh(likeness.astype(float)).min() > -1e-3


def test_a_saved_fold_and_the_final_model_learn_from_words_and_meaning_alike():
    dense, words, context, labels, documents = made_up(400)
    features = sp.hstack([sp.csr_matrix(dense), words, context], format="csr")
    model = CodeClassifier(n_words=40, n_context_words=40)
    seen, unseen = np.flatnonzero(documents < 30), np.flatnonzero(documents >= 30)
    probabilities, suggested = model.fit_out_of_fold(
        features, labels, documents, folds=[unseen], read=None
    )
    alone = CodeClassifier(n_words=40, n_context_words=40)
    alone.fit(features[seen], labels[seen], documents[seen])
    # Not the same to the digit: means and word frequencies come from all rows in the one.
    assert np.abs(probabilities[unseen] - alone.predict_proba(features[unseen])).mean() < 0.02
    assert (suggested[unseen] == labels[unseen]).mean() > 0.85
    assert not probabilities[seen].any()


def test_more_rows_than_wished_are_thinned_and_probabilities_stay_true():
    dense, words, context, labels, documents = made_up(3000)
    features = sp.hstack([sp.csr_matrix(dense), words, context], format="csr")
    few = CodeClassifier(n_words=40, n_context_words=40, max_rows=800)
    few.fit(features[:2000], labels[:2000], documents[:2000])
    assert len(few.rows_) == 800
    said = few.predict_proba(features[2000:])
    assert np.abs(said.mean(axis=0) - labels[2000:].mean(axis=0)).max() < 0.05
    assert ((said >= 0.5) == labels[2000:]).mean() > 0.85


def test_a_code_with_three_positives_borrows_its_slope_from_the_others():
    random = np.random.default_rng(3)
    truth = random.random((2000, 3)) < [0.2, 0.2, 0.003]
    scores = np.clip(truth * 0.5 + random.normal(0.2, 0.15, truth.shape), 0, 1)
    nothing = np.zeros((0, 3))
    fitted = fit_calibration(scores, truth, np.ones(truth.shape), nothing, nothing.astype(bool))
    steepness = (fitted.slopes / fitted.spread)[0]  # of the score, in its own units
    assert steepness.min() > 0.5 * steepness.max()
    told, true = fitted.probabilities(scores).mean(axis=0), truth.mean(axis=0)
    assert np.allclose(told[:2], true[:2], rtol=0.02)
    assert true[2] < told[2] < true[2] + 0.01  # drawn towards the others, and rare all the same


@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_the_threshold_is_near_the_one_that_is_best_on_fresh_data(rate):
    random = np.random.default_rng(1)
    probability = random.beta(rate * 2, (1 - rate) * 2, size=(60_000, 1))
    truth = random.random(probability.shape) < probability
    some = slice(0, 3000)
    chosen = thresholds_for(expected_counts(probability[some]))
    tried = np.linspace(0.05, 0.95, 91)
    said = probability[3000:] >= tried
    f1 = 2 * (said & truth[3000:]).sum(axis=0) / (said.sum(axis=0) + truth[3000:].sum())
    ours = np.interp(chosen[0], tried, f1)
    assert ours > f1.max() - 0.015
