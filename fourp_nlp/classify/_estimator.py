"""A multi-label classifier with one calibrated probability and one threshold per code."""

from __future__ import annotations

import json
import warnings
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_array, check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["CodeClassifier"]

_GRID = np.round(np.arange(0.05, 0.96, 0.01), 2)  # thresholds tried
_TRUST = 10.0  # positives at which a code's own best threshold weighs as much as the common one


@lru_cache(maxsize=1)
def _zero_shot_weights() -> tuple[NDArray[np.float64], float, float]:
    """Return weights, intercept and threshold that turn similarities into a first probability.

    They were fitted by `scripts/fit_zero_shot.py` over all codes alike, so that they know nothing
    of any particular code.
    """
    content = json.loads(files(__package__).joinpath("zero_shot.json").read_text("utf-8"))
    weights = np.array(content["weights"], dtype=np.float64)
    return weights, float(content["intercept"]), float(content["threshold"])


def zero_shot_features(similarity: NDArray[Any]) -> Floats:
    """Return what the first probability of a code is made from, for all segments and codes.

    Parameters
    ----------
    similarity : ndarray, shape (n_segments, n_codes)
        Cosine of each segment to the nearest part of each definition.

    Returns
    -------
    ndarray, shape (n_segments, n_codes, 3)
        The cosine; how far it stands above the segment's mean; and how far above its best rival.
    """
    similarity = np.asarray(similarity, dtype=np.float64)
    count = similarity.shape[1]
    if count < 2:
        zeros = np.zeros_like(similarity)
        return np.stack([similarity, zeros, zeros], axis=-1)
    mean = similarity.mean(axis=1, keepdims=True)
    ranked = np.sort(similarity, axis=1)
    best, second = ranked[:, [-1]], ranked[:, [-2]]
    rival = np.where(similarity == best, second, best)
    return np.stack([similarity, similarity - mean, similarity - rival], axis=-1)


class CodeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learn which codes apply to a segment, from few examples and with their definitions.

    Two experts look at each segment: one at its meaning, its context and its place (logistic
    regression on dense columns), one at its words (logistic regression on TF-IDF). For each
    code a third regression weighs their scores together with the likeness to the code's definition;
    it is fitted on scores that the experts gave to documents they had not seen (stacked generalisation
    [1]_ with a logistic, i.e. Platt, link [2]_), so its output is a calibrated probability. A code with
    too few positive segments or documents to do that is scored by its definition alone.

    Parameters
    ----------
    n_similarity : int, default 0
        The first so many columns of X are similarities to the definitions, one a code, in order.
    n_words : int, default 0
        The last so many columns of X are counts of words.
    blocks : tuple of (int, float), default ()
        Sizes and weights of the blocks that the columns before the words fall into. Each block is
        scaled as a whole so that a wide one does not drown a narrow one. Empty: one block.
    dense_strength, word_strength : float
        Inverse regularisation of the two experts.
    folds : int, default 5
        Folds of the inner cross-validation; groups (documents) stay whole.
    min_positives : int, default 3
        Fewer positive segments than this, or fewer than two groups with any, and a code is scored by
        its definition alone.
    random_state : int, default 0
        Seed of the folds.

    Attributes
    ----------
    n_codes_ : int
        Number of codes.
    thresholds_ : ndarray, shape (n_codes,)
        Probability from which a code is suggested: where F1 is highest on unseen documents, drawn
        towards the common best threshold when the code has few positives.
    learned_ : ndarray of bool, shape (n_codes,)
        Whether the code was learned from examples; the others are scored by definition alone.
    positives_ : ndarray of int, shape (n_codes,)
        Positive segments seen.

    References
    ----------
    .. [1] Wolpert, D. H. (1992). Stacked generalization. Neural Networks 5(2), 241-259.
    .. [2] Platt, J. (1999). Probabilistic outputs for support vector machines and comparisons to
       regularized likelihood methods. Advances in Large Margin Classifiers, 61-74.
    """

    def __init__(
        self,
        *,
        n_similarity: int = 0,
        n_words: int = 0,
        blocks: tuple[tuple[int, float], ...] = (),
        dense_strength: float = 3.0,
        word_strength: float = 10.0,
        folds: int = 5,
        min_positives: int = 3,
        random_state: int = 0,
    ) -> None:
        self.n_similarity = n_similarity
        self.n_words = n_words
        self.blocks = blocks
        self.dense_strength = dense_strength
        self.word_strength = word_strength
        self.folds = folds
        self.min_positives = min_positives
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike | sp.spmatrix,  # noqa: N803 - scikit-learn's name
        y: ArrayLike,
        groups: ArrayLike | None = None,
        representative: ArrayLike | None = None,
    ) -> CodeClassifier:
        """Learn from coded segments.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as from `segment_features`.
        y : array of 0 and 1, shape (n_segments, n_codes)
            Which codes apply.
        groups : array, shape (n_segments,), optional
            The document of each segment; without it each segment is its own.
        representative : array of bool, shape (n_segments,), optional
            Which rows show how common codes are in text as it comes. Where they suffice,
            probabilities and thresholds are fitted on them alone; sentences that were picked or
            written because they carry a code teach the experts, and no more. Default: all.

        Returns
        -------
        CodeClassifier
            Itself, fitted.

        Raises
        ------
        ValueError
            If shapes disagree, or y holds anything but 0 and 1.
        """
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float32)  # noqa: N806
        labels = check_array(y, ensure_2d=False, ensure_min_samples=0, dtype=None)
        labels = labels.reshape(len(labels), -1)
        if not np.isin(labels, (0, 1)).all():
            raise ValueError("y must hold 0 and 1 only, one column a code.")
        if len(labels) != X.shape[0]:
            raise ValueError(f"X has {X.shape[0]} rows and y has {len(labels)}.")
        if self.n_similarity and self.n_similarity != labels.shape[1]:
            raise ValueError(
                f"n_similarity is {self.n_similarity}, but y has {labels.shape[1]} columns."
            )
        labels = labels.astype(bool)
        names = np.arange(len(labels)) if groups is None else np.asarray(groups)
        _, group = np.unique(names, return_inverse=True)
        self.n_codes_ = labels.shape[1]
        self.classes_ = [np.array([0, 1])] * self.n_codes_
        self.positives_ = labels.sum(axis=0)
        self.learned_ = np.array([self._can_learn(column, group) for column in labels.T])
        self.constant_ = np.full(self.n_codes_, np.nan)
        everywhere = (self.positives_ == len(labels)) & (self.positives_ >= self.min_positives)
        # Laplace's rule: a code that every segment carries is likely, never certain.
        self.constant_[everywhere] = (len(labels) + 1) / (len(labels) + 2)

        columns = np.flatnonzero(self.learned_)
        # One thread: these matrices are small, and threads that wait for each other made the fits
        # fifteen times slower on two busy cores.
        with threadpool_limits(limits=1, user_api="blas"):
            scores = self._unseen_scores(X, labels, group, columns)
            self.experts_ = self._experts(X, labels, columns) if len(columns) else {}
        rows = np.ones(len(labels), dtype=bool)
        if representative is not None:
            rows = np.asarray(representative, dtype=bool)
        self._fit_combiners(
            scores, labels, columns, self._calibrating(labels, group, rows, columns)
        )
        return self

    def fit_definitions(self, n_codes: int, n_features: int) -> CodeClassifier:
        """Make ready to score by definitions alone, with nothing to learn from.

        Parameters
        ----------
        n_codes : int
            Number of codes.
        n_features : int
            Number of columns that X will have.

        Returns
        -------
        CodeClassifier
            Itself, ready to predict; no code counts as learned.
        """
        nothing = np.zeros(0, dtype=np.int64)
        self.n_features_in_ = n_features
        self.n_codes_ = n_codes
        self.classes_ = [np.array([0, 1])] * n_codes
        self.positives_ = np.zeros(n_codes, dtype=np.int64)
        self.learned_ = np.zeros(n_codes, dtype=bool)
        self.constant_ = np.full(n_codes, np.nan)
        self.experts_ = {}
        experts = 1 + bool(self.n_words) + bool(self.n_similarity)
        no_scores = np.zeros((0, 0, experts))
        no_rows = np.zeros((0, 0), dtype=bool)
        self._fit_combiners(no_scores, np.zeros((0, n_codes), dtype=bool), nothing, no_rows)
        return self

    def predict_proba(self, X: ArrayLike | sp.spmatrix) -> Floats:  # noqa: N803
        """Return the calibrated probability of each code.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray, shape (n_segments, n_codes)
            Probabilities.
        """
        check_is_fitted(self, "thresholds_")
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float32, reset=False)  # noqa: N806
        probabilities = self.zero_shot_proba(X)
        columns = np.flatnonzero(self.learned_)
        if len(columns):
            scores = self._scores(self._dense(X), self._words(X), self._similarity(X), columns)
            probabilities[:, columns] = self._combine(scores, columns)
        fixed = ~np.isnan(self.constant_)
        probabilities[:, fixed] = self.constant_[fixed]
        return probabilities

    def predict(self, X: ArrayLike | sp.spmatrix) -> NDArray[np.int64]:  # noqa: N803
        """Return 1 where a code's probability reaches its threshold, else 0.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray of int, shape (n_segments, n_codes)
            The suggested codes.
        """
        return (self.predict_proba(X) >= self.thresholds_).astype(np.int64)

    def zero_shot_proba(self, X: ArrayLike | sp.spmatrix) -> Floats:  # noqa: N803
        """Return what the definitions alone say, whatever was learned.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray, shape (n_segments, n_codes)
            Rough probabilities: they are calibrated over codes in general, not for these codes.
            Zero for every code when X holds no similarities.
        """
        if not self.n_similarity:
            return np.zeros((_rows(X), self.n_codes_))
        weights, intercept, _ = _zero_shot_weights()
        similarity = self._similarity(sp.csr_matrix(X) if not sp.issparse(X) else X)
        logits = zero_shot_features(similarity) @ weights + intercept
        return np.asarray(1 / (1 + np.exp(-logits)))

    @property
    def zero_shot_threshold(self) -> float:
        """The probability from which the definitions alone suggest a code."""
        return _zero_shot_weights()[2]

    def _can_learn(self, column: NDArray[np.bool_], group: NDArray[np.int64]) -> bool:
        negatives = len(column) - column.sum()
        enough = column.sum() >= self.min_positives and negatives >= self.min_positives
        return bool(enough and len(np.unique(group[column])) >= 2)

    def _block(self, X: Any, first: int, last: int) -> Any:  # noqa: ANN401, N803
        return X[:, first:last]

    def _similarity(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401, N803
        return _array(self._block(X, 0, self.n_similarity))

    def _dense(self, X: Any) -> NDArray[np.float32]:  # noqa: ANN401, N803
        return _array(self._block(X, 0, X.shape[1] - self.n_words))

    def _words(self, X: Any) -> sp.csr_matrix | None:  # noqa: ANN401, N803
        if not self.n_words:
            return None
        return sp.csr_matrix(self._block(X, X.shape[1] - self.n_words, X.shape[1]))

    def _experts(
        self,
        X: Any,  # noqa: ANN401, N803
        labels: NDArray[np.bool_],
        columns: NDArray[np.int64],
    ) -> dict[str, Any]:
        """Fit both experts for the given codes and return their arrays."""
        dense = self._dense(X)
        mean = dense.mean(axis=0)
        scale = self._scale(dense - mean)
        dense = (dense - mean) / scale
        words = self._words(X)
        made: dict[str, Any] = {"mean": mean, "scale": scale}
        weights, intercepts, word_weights, word_intercepts = [], [], [], []
        if words is not None:
            tfidf = TfidfTransformer(sublinear_tf=True).fit(words)
            made["idf"] = tfidf.idf_.astype(np.float32)
            words = tfidf.transform(words)
        for column in columns:
            target = labels[:, column]
            if target.all() or not target.any():
                # A fold without this code: its expert can only say how common the code is there.
                rate = np.log((target.sum() + 0.5) / ((~target).sum() + 0.5))
                weights.append(np.zeros(dense.shape[1]))
                intercepts.append(rate)
                if words is not None:
                    word_weights.append(np.zeros(words.shape[1]))
                    word_intercepts.append(rate)
                continue
            model = LogisticRegression(C=self.dense_strength, max_iter=500)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(dense, target)
            weights.append(model.coef_[0])
            intercepts.append(model.intercept_[0])
            if words is not None:
                model = LogisticRegression(
                    C=self.word_strength,
                    class_weight="balanced",
                    solver="liblinear",
                    dual=True,  # many times faster than the primal on so many columns
                    tol=1e-3,
                    random_state=self.random_state,
                )
                model.fit(words, target)
                word_weights.append(model.coef_[0])
                word_intercepts.append(model.intercept_[0])
        made["weights"] = np.array(weights, dtype=np.float32)
        made["intercepts"] = np.array(intercepts, dtype=np.float64)
        if words is not None:
            made["word_weights"] = np.array(word_weights, dtype=np.float32)
            made["word_intercepts"] = np.array(word_intercepts, dtype=np.float64)
        return made

    def _scale(self, centred: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return divisors that give each block of columns its weight, whatever its width."""
        scale = np.ones(centred.shape[1], dtype=np.float32)
        first = 0
        for size, weight in self.blocks or ((centred.shape[1], 1.0),):
            block = centred[:, first : first + size]
            spread = float(np.sqrt((block**2).sum(axis=1).mean())) if block.size else 0.0
            if spread > 0:
                scale[first : first + size] = spread / weight
            first += size
        return scale

    def _unseen_scores(
        self,
        X: Any,  # noqa: ANN401, N803
        labels: NDArray[np.bool_],
        group: NDArray[np.int64],
        columns: NDArray[np.int64],
    ) -> Floats:
        """Return the experts' scores on documents that they did not see."""
        experts = 1 + bool(self.n_words) + bool(self.n_similarity)
        scores = np.zeros((len(labels), len(columns), experts))
        if not len(columns):
            return scores
        folds = min(self.folds, len(np.unique(group)))
        splitter = GroupKFold(folds, shuffle=True, random_state=self.random_state)
        for seen, unseen in splitter.split(labels, groups=group):
            experts_of_fold = self._experts(X[seen], labels[seen], columns)
            part = X[unseen]
            scores[unseen] = _score(
                experts_of_fold,
                self._dense(part),
                self._words(part),
                self._similarity(part) if self.n_similarity else None,
                columns,
            )
        return scores

    def _calibrating(
        self,
        labels: NDArray[np.bool_],
        group: NDArray[np.int64],
        representative: NDArray[np.bool_],
        columns: NDArray[np.int64],
    ) -> NDArray[np.bool_]:
        """Return the rows that each code is calibrated on, shape (n_segments, n_columns)."""
        rows = np.ones((len(labels), len(columns)), dtype=bool)
        for i, column in enumerate(columns):
            if self._can_learn(labels[representative, column], group[representative]):
                rows[:, i] = representative
        return rows

    def _fit_combiners(
        self,
        scores: Floats,
        labels: NDArray[np.bool_],
        columns: NDArray[np.int64],
        calibrating: NDArray[np.bool_],
    ) -> None:
        """Fit, on scores of unseen documents, each code's probability and threshold."""
        experts = scores.shape[2]
        self.combiner_weights_ = np.zeros((len(columns), experts))
        self.combiner_intercepts_ = np.zeros(len(columns))
        self.score_mean_ = np.zeros((len(columns), experts))
        self.score_scale_ = np.ones((len(columns), experts))
        _, _, threshold = _zero_shot_weights()
        self.thresholds_ = np.full(self.n_codes_, threshold)
        self.thresholds_[~np.isnan(self.constant_)] = 0.5
        if not len(columns):
            return
        f1 = np.zeros((len(_GRID), len(columns)))
        positives = np.zeros(len(columns))
        for i, column in enumerate(columns):
            rows = calibrating[:, i]
            raw, target = scores[rows, i], labels[rows, column]
            self.score_mean_[i] = raw.mean(axis=0)
            self.score_scale_[i] = np.where(raw.std(axis=0) > 0, raw.std(axis=0), 1.0)
            inputs = (raw - self.score_mean_[i]) / self.score_scale_[i]
            model = LogisticRegression(C=1.0).fit(inputs, target)
            self.combiner_weights_[i] = model.coef_[0]
            self.combiner_intercepts_[i] = model.intercept_[0]
            positives[i] = target.sum()
            over = model.predict_proba(inputs)[:, 1] >= _GRID[:, None]
            f1[:, i] = 2 * (over & target).sum(axis=1) / (over.sum(axis=1) + positives[i])
        common = _GRID[f1.mean(axis=1).argmax()]
        own = _GRID[f1.argmax(axis=0)]
        trust = positives / (positives + _TRUST)
        self.thresholds_[columns] = trust * own + (1 - trust) * common

    def _combine(self, scores: Floats, columns: NDArray[np.int64]) -> Floats:
        inputs = (scores - self.score_mean_) / self.score_scale_
        logits = np.einsum("nce,ce->nc", inputs, self.combiner_weights_) + self.combiner_intercepts_
        return np.asarray(1 / (1 + np.exp(-logits))).reshape(len(scores), len(columns))

    def _scores(
        self,
        dense: NDArray[np.float32],
        words: sp.csr_matrix | None,
        similarity: NDArray[np.float32],
        columns: NDArray[np.int64],
    ) -> Floats:
        return _score(
            self.experts_, dense, words, similarity if self.n_similarity else None, columns
        )

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn's protocol
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.multi_label = True
        tags.target_tags.multi_output = True
        return tags


def _rows(X: Any) -> int:  # noqa: ANN401, N803
    return int(X.shape[0]) if hasattr(X, "shape") else len(X)


def _array(block: Any) -> NDArray[np.float32]:  # noqa: ANN401
    return np.asarray(block.toarray() if sp.issparse(block) else block, dtype=np.float32)


def _score(
    experts: dict[str, Any],
    dense: NDArray[np.float32],
    words: sp.csr_matrix | None,
    similarity: NDArray[np.float32] | None,
    columns: NDArray[np.int64],
) -> Floats:
    """Return each expert's score, shape (n_segments, n_columns, n_experts)."""
    standard = (dense - experts["mean"]) / experts["scale"]
    parts = [standard @ experts["weights"].T + experts["intercepts"]]
    if words is not None:
        words = words.copy()
        words.data = np.log(words.data) + 1
        words = words.multiply(experts["idf"][None, :]).tocsr()
        norms = np.sqrt(np.asarray(words.multiply(words).sum(axis=1))).ravel()
        words = sp.diags(1 / np.where(norms > 0, norms, 1)) @ words
        parts.append(words @ experts["word_weights"].T + experts["word_intercepts"])
    if similarity is not None:
        parts.append(similarity[:, columns])
    return np.stack(parts, axis=-1).astype(np.float64)
