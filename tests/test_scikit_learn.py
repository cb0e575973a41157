"""The classifier is an estimator of scikit-learn: its checks, pipelines, searches and copies work with it."""

from __future__ import annotations

import csv
from unittest import SkipTest

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from fourp_nlp.machine.classifier import CodeClassifier
from fourp_nlp.machine.shipped_model import shipped_sentences

# What scikit-learn itself leaves out, and why: everything else must run.
NOT_FOR_US = {
    "check_array_api_input": "needs arrays of other libraries, which are not promised",
    "check_classifiers_multilabel_output_format_decision_function": "there is no decision_function",
}


@parametrize_with_checks([CodeClassifier()])
def test_scikit_learns_own_checks(estimator, check):
    name = check.func.__name__
    if name in NOT_FOR_US:
        with pytest.raises(SkipTest):
            check(estimator)
        return
    try:
        check(estimator)
    except SkipTest as skipped:
        pytest.fail(f"{name} was left out: {skipped}")


@pytest.fixture(scope="module")
def sentences():
    """Sentences and the three codes that most of them carry, one column each."""
    with shipped_sentences()[0].open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))[:1500]
    codes = pd.Series([row["codes"] for row in rows]).str.get_dummies(sep=";")
    codes.columns = codes.columns.str.strip()
    codes = codes.T.groupby(level=0).max().T
    common = codes.sum().sort_values(ascending=False).index[:3]
    return [row["text"] for row in rows], codes[common].to_numpy()


def test_alone_it_learns_codes_from_words_about_as_well_as_logistic_regression(sentences):
    texts, codes = sentences
    cut = KFold(3, shuffle=True, random_state=0)

    def precision(model) -> float:
        pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), model)
        said = cross_val_predict(pipeline, texts, codes, cv=cut, method="predict_proba")
        return average_precision_score(codes, said, average="macro")

    ours, theirs = (
        precision(model)
        for model in (CodeClassifier(), OneVsRestClassifier(LogisticRegression(C=10)))
    )
    assert ours > theirs - 0.03
    assert ours > 3 * codes.mean()


def test_a_search_over_its_parameters_chooses_and_refits(sentences):
    texts, codes = (part[:400] for part in sentences)
    pipeline = make_pipeline(TfidfVectorizer(min_df=2), CodeClassifier())
    grid = {"codeclassifier__strength": [1e-4, 1.5], "codeclassifier__width": [0.6]}
    search = GridSearchCV(pipeline, grid, scoring="average_precision", cv=2, error_score="raise")
    search.fit(texts, codes)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_params_["codeclassifier__strength"] == 1.5
    assert search.predict(texts).shape == codes.shape
    assert search.best_estimator_[-1].n_features_in_ == len(search.best_estimator_[0].vocabulary_)


def one_code(count: int = 300, seed: int = 0):
    random = np.random.default_rng(seed)
    features = random.normal(size=(count, 4))
    return features, features[:, 0] + 0.3 * random.normal(size=count) > 0.5


@pytest.mark.parametrize("labels", [("no", "yes"), (0, 1), (-1, 1), (False, True)])
def test_one_code_may_be_given_as_one_column_of_any_two_labels(labels):
    features, applies = one_code()
    y = np.asarray(labels)[applies.astype(int)]
    model = CodeClassifier().fit(features[:200], y[:200])
    assert model.classes_.tolist() == list(labels)
    said = model.predict(features[200:])
    assert said.shape == (100,)
    assert said.dtype == y.dtype
    assert model.score(features[200:], y[200:]) == (said == y[200:]).mean() > 0.85
    probabilities = model.predict_proba(features[200:])
    assert probabilities.shape == (100, 2)
    assert np.allclose(probabilities.sum(axis=1), 1)
    # The second class is the code: what a column of 0 and 1 gives.
    as_column = CodeClassifier().fit(features[:200], applies[:200, None].astype(int))
    assert np.array_equal(as_column.predict_proba(features[200:])[:, 0], probabilities[:, 1])
    assert as_column.predict(features[200:])[:, 0].tolist() == (said == labels[1]).tolist()


def test_more_than_two_labels_in_one_column_are_refused_with_the_cure():
    features, _ = one_code()
    with pytest.raises(ValueError, match="columns of 0 and 1"):
        CodeClassifier().fit(features, np.arange(300) % 3)


@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csc_matrix, sp.csr_array, sp.coo_array])
def test_sparse_features_give_what_dense_ones_do(kind):
    features, applies = one_code()
    features[np.abs(features) < 0.5] = 0
    dense = CodeClassifier().fit(features, applies).predict_proba(features)
    model = CodeClassifier().fit(kind(features), applies)
    assert np.array_equal(model.predict_proba(kind(features)), dense)


def test_codes_may_be_a_sparse_indicator_matrix():
    features, applies = one_code()
    codes = np.column_stack([applies, ~applies]).astype(int)
    dense = CodeClassifier().fit(features, codes)
    sparse = CodeClassifier().fit(features, sp.csr_matrix(codes))
    assert np.array_equal(dense.predict_proba(features), sparse.predict_proba(features))


def test_it_remembers_the_names_of_columns_and_refuses_others():
    features, applies = one_code()
    frame = pd.DataFrame(features, columns=list("abcd"))
    model = CodeClassifier().fit(frame, applies)
    assert model.feature_names_in_.tolist() == list("abcd")
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame.rename(columns={"a": "z"}))


def test_a_copy_has_the_parameters_and_nothing_learned():
    features, applies = one_code()
    model = CodeClassifier(strength=2.0, max_rows=250).fit(features, applies)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "classes_")
    # Parameters may be changed after construction: nothing is worked out before `fit`.
    changed = CodeClassifier().set_params(strength=2.0, max_rows=250).fit(features, applies)
    assert np.array_equal(changed.predict_proba(features), model.predict_proba(features))


def test_it_tells_scikit_learn_what_it_can_do():
    tags = get_tags(CodeClassifier())
    assert tags.estimator_type == "classifier"
    assert tags.classifier_tags.multi_label
    assert not tags.classifier_tags.multi_class
    assert tags.input_tags.sparse
    assert tags.target_tags.required


def test_scores_of_several_codes_count_segments_with_all_codes_right():
    features, applies = one_code()
    codes = np.column_stack([applies, features[:, 1] > 0]).astype(int)
    model = CodeClassifier().fit(features, codes)
    assert model.score(features, codes) == (model.predict(features) == codes).all(axis=1).mean()
    chance = cross_val_score(DummyClassifier(), features, codes, cv=3).mean()
    assert cross_val_score(CodeClassifier(), features, codes, cv=3).mean() > chance + 0.3
