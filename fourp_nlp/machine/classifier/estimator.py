"""A multi-label classifier with one calibrated probability and one threshold per code."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from fourp_nlp.machine.classifier._decision import (
    CodedRows,
    Decision,
    DefinitionParts,
    UnreadSegments,
    draw_rows,
    part_targets,
)
from fourp_nlp.machine.classifier._feature_columns import FeatureColumns
from fourp_nlp.machine.classifier._folds import Fitted, FoldData
from fourp_nlp.machine.classifier._kernel import (
    Block,
    Rows,
    fit_scaling,
    kernel,
    solve_ridge,
    word_weights,
)
from fourp_nlp.machine.classifier._probabilities import Calibration
from fourp_nlp.machine.classifier._regression import Regression
from fourp_nlp.machine.classifier._score_blend import blend_scores
from fourp_nlp.machine.classifier.features import WORD_COLUMNS, feature_blocks
from fourp_nlp.machine.classifier.thresholds import BALANCED, BINS, Aim, thresholds_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from fourp_nlp.machine.classifier.codebook_rows import CodebookRows
    from fourp_nlp.machine.classifier.features import Rewording

    Floats = NDArray[np.float64]

__all__ = ["CodeClassifier", "build_classifier", "indicator_classes", "reaches"]

_BLOCK = 4096  # segments that are scored at once
_EXACT = 1e-7  # less than which no two values of four places differ
_MOST_AROUND = 3000  # segments that nobody read whose probabilities count for thresholds


def build_classifier(
    shape: tuple[int, ...],
    *,
    seed: int = 0,
    **options: Any,
) -> CodeClassifier:
    """Return a classifier for features from `segment_features`.

    Parameters
    ----------
    shape : tuple of int
        Layers and dimensions of the embeddings.
    seed : int, default 0
        Seed of what is drawn.
    **options
        Further parameters of `CodeClassifier`.

    Returns
    -------
    CodeClassifier
        Not yet fitted.

    Examples
    --------
    >>> classifier = build_classifier((2, 384), seed=1)
    >>> classifier.n_words, len(classifier.blocks), classifier.random_state
    (32768, 5, 1)
    """
    layers, dimensions = shape
    return CodeClassifier(
        n_words=WORD_COLUMNS,
        n_context_words=WORD_COLUMNS,
        blocks=feature_blocks(layers, dimensions),
        random_state=seed,
        **options,
    )


class CodeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learn which codes apply to a segment, from their definitions and from examples.

    Kernel ridge regression over meaning, context, place and words, for all codes at once (see
    `_kernel`), on the parts of the definitions and on coded segments. Out-of-fold scores follow in closed
    form; on these scores a logistic curve for each code gives probabilities (see `_probabilities`), and
    thresholds follow from these (see `thresholds`). Where the definitions alone rank coded segments of unseen
    documents better, the regression rests on them alone.

    Parameters
    ----------
    n_words : int, default 0
        Columns of word counts at the end of X; with `n_context_words` those before them.
    n_context_words : int, default 0
        The last so many columns of X are counts of the neighbours' words: as many as `n_words`, or
        none.
    n_tuned : int, default 0
        After the words, what fine-tuned networks say, one probability a code, or none. Scores are
        then a weighted mean of the regression's and theirs. In what is learned from, they must come
        from networks that had not seen the row's group.
    blocks : tuple of Block, default ()
        The blocks that the columns before the words fall into. Empty: one block.
    width : float, default 0.6
        How fast likeness falls with squared distance; the rows' mean squared length is 1.
    word_share, context_word_share : float, default 0.7 and 0.3
        Weight of the words, own and neighbouring, beside the dense features.
    strength : float, default 1.5
        Inverse regularisation.
    definition_weight : float, default 0.5
        How much a part of a definition counts beside a coded segment, times the part's own weight.
    min_positives : int, default 3
        Fewer positive segments than this, or fewer than two groups with any, and a code does not count
        as learned from examples.
    max_rows : int, default 15000
        Learn from at most so many rows: those with a code first, of the others a random part that
        stands for all (time grows with the cube, memory with the square).
    random_state : int, default 0
        Seed of what is drawn.

    Attributes
    ----------
    n_codes_ : int
        Number of codes.
    classes_ : ndarray, shape (n_codes, 2) or (n_classes,)
        The labels: a row (0, 1) for each column of y; of a one-dimensional y its labels, in order.
    thresholds_ : ndarray, shape (n_codes,)
        Probability from which a code is suggested: where the expected F1 is highest.
    counts_ : ndarray, shape (n_codes, BINS)
        How many segments have which probability, from which thresholds for other aims follow.
    learned_ : ndarray of bool, shape (n_codes,)
        Whether the code was learned from enough examples; the others rest on their definition for the
        most part.
    by_definitions_ : bool
        Whether definitions alone ranked coded segments better, so that nothing rests on examples but
        how common codes are.
    n_definitions_ : int
        The last so many of `rows_` are parts of definitions.
    positives_ : ndarray of int, shape (n_codes,)
        Positive segments seen.
    tuned_share_ : float
        Weight of what the fine-tuned networks say: where mean average precision is highest on
        unseen documents; 0 without them.
    drawn_ : ndarray of int
        Which of the rows given to `fit` were learned from, in the order of `rows_`; a classifier
        that was loaded has none.

    Examples
    --------
    >>> import numpy as np
    >>> features = np.random.default_rng(0).normal(size=(200, 3))
    >>> codes = (features[:, :2] > 0.5).astype(int)
    >>> classifier = CodeClassifier().fit(features[:150], codes[:150])
    >>> classifier.predict_proba(features[150:]).shape
    (50, 2)
    >>> float((classifier.predict(features[150:]) == codes[150:]).mean()) > 0.9
    True
    """

    def __init__(
        self,
        *,
        n_words: int = 0,
        n_context_words: int = 0,
        n_tuned: int = 0,
        blocks: tuple[Block, ...] = (),
        width: float = 0.6,
        word_share: float = 0.7,
        context_word_share: float = 0.3,
        strength: float = 1.5,
        definition_weight: float = 0.5,
        min_positives: int = 3,
        max_rows: int = 15000,
        random_state: int = 0,
    ) -> None:
        self.n_words = n_words
        self.n_context_words = n_context_words
        self.n_tuned = n_tuned
        self.blocks = blocks
        self.width = width
        self.word_share = word_share
        self.context_word_share = context_word_share
        self.strength = strength
        self.definition_weight = definition_weight
        self.min_positives = min_positives
        self.max_rows = max_rows
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike | sp.spmatrix,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        representative: ArrayLike | None = None,
        definitions: CodebookRows | None = None,
    ) -> CodeClassifier:
        """Learn from coded segments.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as from `segment_features`.
        y : array, shape (n_segments, n_codes) or (n_segments,)
            Which codes apply: 0 and 1, one column a code. A one-dimensional y holds one code: two labels of
            any kind, of which the greater says that the code applies.
        groups : array, shape (n_segments,), optional
            The document of each segment; without it each segment is its own.
        representative : array of bool or float, shape (n_segments,), optional
            How much each row says of how common codes are in text as it comes, from 0 to 1. Where
            there are enough rows above 0, probabilities and thresholds are fitted on them alone;
            sentences that were picked or written because they carry a code teach what codes look
            like, and no more. Default: all.
        definitions : CodebookRows, optional
            The parts of the definitions.

        Returns
        -------
        CodeClassifier
            Itself, fitted.

        Raises
        ------
        ValueError
            If shapes disagree, if columns of y hold anything but 0 and 1, or if a one-dimensional y holds
            more than two labels.
        """
        self.fit_out_of_fold(X, y, groups, representative, definitions, folds=())
        return self

    def fit_out_of_fold(
        self,
        X: ArrayLike | sp.spmatrix,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        representative: ArrayLike | None = None,
        definitions: CodebookRows | None = None,
        *,
        folds: Sequence[NDArray[np.int64]],
        read: ArrayLike | None = None,
        progress: Callable[[int, int], None] | None = None,
        after_fold: Callable[[NDArray[np.int64], NDArray[np.bool_], CodeClassifier], None]
        | None = None,
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Learn, and return out-of-fold predictions.

        Regression, calibration and thresholds of a fold use the definitions and the codes of the other rows
        alone. Means, scales and word frequencies, which do not depend on codes, use all rows.

        Parameters
        ----------
        X, y, groups, representative, definitions
            As for `fit`.
        folds : sequence of ndarray of int
            Row numbers of each fold; a document must not be split over folds.
        read : array of bool, shape (n_segments,) or (n_segments, n_codes), optional
            Which rows people coded, or which codes they looked for in each; nothing is learned from the
            others. Default: all.
        progress : callable, optional
            Called with (folds done, folds and the final model in all).
        after_fold : callable, optional
            Called with the rows of each fold, what was suggested for them, and the classifier that
            did not learn from them, which is gone afterwards.

        Returns
        -------
        probabilities : ndarray, shape (n_segments, n_codes)
            For the rows of the folds; 0 elsewhere.
        suggested : ndarray of bool, shape (n_segments, n_codes)
            Whether they reach the thresholds of their fold.

        Raises
        ------
        ValueError
            If shapes disagree, or y holds anything but 0 and 1.
        """
        X, labels, group, typical = self._checked(X, y, groups, representative)
        looked_for = np.ones(labels.shape, dtype=bool)
        if read is not None:
            was_read = np.asarray(read, dtype=bool)
            looked_for &= was_read[:, None] if was_read.ndim == 1 else was_read
        labels = labels & looked_for
        can_read = looked_for.any(axis=1)
        self.n_codes_ = labels.shape[1]
        self.positives_ = labels[can_read].sum(axis=0)

        self.scaling_ = fit_scaling(
            self._columns.dense(X), self._columns.words(X), self._all_blocks(X)
        )
        everything = self.scaling_.rows(self._columns.dense(X), self._columns.words(X))
        rows, weights = draw_rows(
            np.flatnonzero(can_read), labels, self.max_rows, seed=self.random_state
        )
        self.drawn_ = rows
        tuned = self._columns.tuned(X)
        fold_data = self._fold_data(
            everything,
            rows,
            CodedRows(
                labels[rows].astype(np.float32),
                weights,
                group[rows],
                typical[rows],
                tuned[rows],
                looked_for[rows],
            ),
            definitions,
            np.flatnonzero(~can_read),
            tuned,
        )

        probabilities = np.zeros(labels.shape)
        suggested = np.zeros(labels.shape, dtype=bool)
        self.fold_counts_ = np.zeros((len(folds), self.n_codes_, BINS), dtype=np.float32)
        for number, fold in enumerate(folds):
            if progress:
                progress(number, len(folds) + 1)
            fitted = fold_data.fitted(fold, min_positives=self.min_positives)
            likeness = self._near(everything, fold, fold_data, fitted.columns)
            scores = likeness.astype(np.float64) @ fitted.dual + fitted.mean
            scores = blend_scores(scores, tuned[fold], fitted.decision.tuned_share)
            probabilities[fold] = _probabilities(scores, fitted.decision)
            suggested[fold] = reaches(probabilities[fold], fitted.decision.thresholds)
            self.fold_counts_[number] = fitted.decision.counts
            if after_fold:
                judge = copy(self)
                judge._keep(fold_data.rows[fitted.columns], fitted, len(fold_data.parts.codes))  # noqa: SLF001 - one of its own kind
                judge.drawn_ = rows[fitted.kept]
                after_fold(fold, suggested[fold], judge)
        final = fold_data.fitted(min_positives=self.min_positives)
        self._keep(fold_data.rows, final, len(fold_data.parts.codes))
        if progress:
            progress(len(folds) + 1, len(folds) + 1)
        return probabilities, suggested

    def fit_definitions(self, definitions: CodebookRows, n_codes: int) -> CodeClassifier:
        """Learn from definitions alone.

        Parameters
        ----------
        definitions : CodebookRows
            The parts of the definitions.
        n_codes : int
            Number of codes.

        Returns
        -------
        CodeClassifier
            Itself, ready to predict; no code counts as learned.
        """
        self.n_features_in_ = definitions.features.shape[1]
        self.n_codes_ = n_codes
        self.classes_ = indicator_classes(n_codes)
        self.positives_ = np.zeros(n_codes, dtype=np.int64)
        self.drawn_ = np.zeros(0, dtype=np.int64)
        self.fold_counts_ = np.zeros((0, n_codes, BINS), dtype=np.float32)
        X = definitions.features
        self.scaling_ = fit_scaling(
            self._columns.dense(X), self._columns.words(X), self._all_blocks(X)
        )
        nobody = self.scaling_.rows(self._columns.dense(X[:0]), self._columns.words(X[:0]))
        none = np.zeros(0, dtype=np.int64)
        nothing = np.zeros((0, n_codes), dtype=np.float32)
        fold_data = self._fold_data(
            nobody,
            none,
            CodedRows(
                nothing,
                none.astype(np.float32),
                none,
                none.astype(bool),
                nothing[:, :0],
                nothing.astype(bool),
            ),
            definitions,
            none,
            nothing[:, :0],
        )
        fitted = fold_data.fitted(min_positives=self.min_positives)
        self._keep(fold_data.rows, fitted, len(fold_data.parts.codes))
        return self

    def predict_proba(self, X: ArrayLike | sp.spmatrix) -> Floats:
        """Return the calibrated probability of each code.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray, shape (n_segments, n_codes)
            Probabilities. After a one-dimensional y: shape (n_segments, n_classes), in the order of
            `classes_`, as scikit-learn has it.
        """
        probabilities = self._code_probabilities(X)
        if self._is_multilabel:
            return probabilities
        if len(self.classes_) == 1:
            return np.ones_like(probabilities)
        return np.hstack([1 - probabilities, probabilities])

    def _code_probabilities(self, X: ArrayLike | sp.spmatrix) -> Floats:
        check_is_fitted(self, "thresholds_")
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float32, reset=False)
        return self.calibrated(self._blockwise_scores(X))

    def _blockwise_scores(self, X: Any) -> Floats:
        scores = np.empty((X.shape[0], self.n_codes_))
        for first in range(0, X.shape[0], _BLOCK):
            scores[first : first + _BLOCK] = self._regression.scores(X[first : first + _BLOCK])
        return scores

    def calibrated(self, scores: Floats) -> Floats:
        """Return the calibrated probabilities of scores, shape (n_segments, n_codes)."""
        return _probabilities(scores, self._decision)

    @property
    def _is_multilabel(self) -> bool:
        """Whether it learned from columns of 0 and 1, and answers with columns."""
        return self.classes_.ndim == 2

    def scores(self, X: ArrayLike | sp.spmatrix) -> Floats:
        """Return the scores of each code, before calibration.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray, shape (n_segments, n_codes)
            The regression's scores, blend_scores with the fine-tuned networks' if there are any.
        """
        return self._blockwise_scores(sp.csr_matrix(X, dtype=np.float32))

    def own_word_scores(self, X: ArrayLike | sp.spmatrix) -> Floats:
        """Return the share of the segments' own words in the regression's scores.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray, shape (n_segments, n_codes)
            Sum of TF-IDF times weight; 0 without words.
        """
        return self._regression.own_word_scores(sp.csr_matrix(X, dtype=np.float32))

    def tuned_scores(self, X: ArrayLike | sp.spmatrix) -> Floats:
        """Return the contribution of fine-tuned networks to the scores.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray, shape (n_segments, n_codes)
            Their share of what lies above the base rate; 0 without them.
        """
        return self._regression.tuned_scores(sp.csr_matrix(X, dtype=np.float32))

    def score_changes(
        self, X: ArrayLike | sp.spmatrix, rows: NDArray[np.int64], rewording: Rewording
    ) -> Floats:
        """Return how much the scores of segments change with other words.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features of the segments as they are, as given to `fit`.
        rows : ndarray of int, shape (n_wordings,)
            The segment that each new wording is of.
        rewording : Rewording
            What the new wordings change, from `rewording_of`.

        Returns
        -------
        ndarray, shape (n_wordings, n_codes)
            The score with the new wording, less the score as it is; what fine-tuned networks say stays.
        """
        return self._regression.changes(sp.csr_matrix(X, dtype=np.float32), rows, rewording)

    def predict(self, X: ArrayLike | sp.spmatrix) -> NDArray[Any]:
        """Return 1 where a code's probability reaches its threshold, else 0.

        Parameters
        ----------
        X : array or sparse matrix, shape (n_segments, n_features)
            Features, as given to `fit`.

        Returns
        -------
        ndarray of int, shape (n_segments, n_codes)
            The suggested codes. After a one-dimensional y: shape (n_segments,), labels of `classes_`.
        """
        suggested = reaches(self._code_probabilities(X), self.thresholds_)
        if self._is_multilabel:
            return suggested.astype(np.int64)
        return np.asarray(self.classes_[np.where(suggested[:, 0], -1, 0)])

    def thresholds_for(self, aim: Aim = BALANCED) -> Floats:
        """Return the threshold of each code, shape (n_codes,), if more or fewer are to be suggested."""
        return self._not_everywhere(thresholds_for(self.counts_, aim))

    def fold_thresholds_for(self, aim: Aim = BALANCED) -> Floats:
        """Return the same of the models of the folds, shape (n_folds, n_codes)."""
        by_fold = [
            self._not_everywhere(thresholds_for(counts, aim)) for counts in self.fold_counts_
        ]
        return np.asarray(by_fold).reshape(-1, self.n_codes_)

    def _not_everywhere(self, thresholds: Floats) -> Floats:
        return np.where(np.isnan(self.constant_), thresholds, 0.5)

    @property
    def _columns(self) -> FeatureColumns:
        return FeatureColumns(self.n_words, self.n_context_words, self.n_tuned)

    @property
    def _shares(self) -> list[float]:
        shares = [self.word_share, self.context_word_share]
        return shares[: bool(self.n_words) + bool(self.n_context_words)]

    def _all_blocks(self, X: Any) -> Sequence[Block]:
        return self.blocks or (Block(self._columns.n_dense(X), 1.0),)

    def _likeness(self, some: Rows, others: Rows) -> NDArray[np.float32]:
        return kernel(some, others, width=self.width, word_shares=self._shares)

    def _parts(
        self, definitions: CodebookRows | None
    ) -> tuple[Rows, NDArray[np.float32], DefinitionParts]:
        """Return the parts of definitions as rows, their weights, and what they say by themselves."""
        if definitions is None:
            empty = np.zeros((0, self.n_features_in_), dtype=np.float32)
            none = np.zeros((0, self.n_codes_))
            rows = self.scaling_.rows(self._columns.dense(empty), self._columns.words(empty))
            return (
                rows,
                empty[:, 0],
                DefinitionParts(np.zeros(0, np.int64), none.astype(np.float32), none),
            )
        if self.n_tuned:
            definitions = definitions.with_columns(self.n_tuned)
        features = definitions.features
        rows = self.scaling_.rows(self._columns.dense(features), self._columns.words(features))
        counted = (self.definition_weight * definitions.weights).astype(np.float32)
        targets = part_targets(definitions.codes, self.n_codes_)
        ridge = solve_ridge(self._likeness(rows, rows), counted, self.strength)
        left_out = ridge.left_out(targets, np.arange(len(counted)))
        return rows, counted, DefinitionParts(definitions.codes, ridge.dual(targets), left_out)

    def _fold_data(
        self,
        everything: Rows,
        rows: NDArray[np.int64],
        learned: CodedRows,
        definitions: CodebookRows | None,
        unread: NDArray[np.int64],
        tuned: NDArray[np.float32],
    ) -> FoldData:
        """Compute once what all folds share.

        `rows` says which of `everything` are learned from, and `learned` what is known of these. If
        very many segments are `unread`, some stand for all. `tuned` is what fine-tuned networks
        say, shape (n_segments, n_codes) or (n_segments, 0).
        """
        part_rows, counted, parts = self._parts(definitions)
        learned_from = everything[rows].followed_by(part_rows)
        likeness = self._likeness(learned_from, learned_from)
        ridge = solve_ridge(likeness, np.concatenate([learned.weights, counted]), self.strength)
        weight = 1.0
        if len(unread) > _MOST_AROUND:
            weight = len(unread) / _MOST_AROUND
            random = np.random.default_rng(self.random_state)
            unread = np.sort(random.permutation(unread)[:_MOST_AROUND])
        unread_scores = UnreadSegments(
            self._likeness(everything[unread], learned_from), tuned[unread], weight
        )
        place = np.full(len(everything), -1)
        place[rows] = np.arange(len(rows))
        return FoldData(place, learned_from, learned, parts, likeness, ridge, unread, unread_scores)

    def _near(
        self,
        everything: Rows,
        fold: NDArray[np.int64],
        fold_data: FoldData,
        columns: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """Return the kernel of a fold's segments and the training rows, most of which is computed already."""
        place = fold_data.place[fold]
        is_known = place >= 0
        likeness = np.empty((len(fold), len(columns)), dtype=np.float32)
        likeness[is_known] = fold_data.likeness[np.ix_(place[is_known], columns)]
        if not is_known.all():
            likeness[~is_known] = self._likeness(
                everything[fold[~is_known]], fold_data.rows[columns]
            )
        return likeness

    def _checked(
        self,
        X: ArrayLike | sp.spmatrix,
        y: ArrayLike,
        groups: ArrayLike | None,
        representative: ArrayLike | None,
    ) -> tuple[Any, NDArray[np.bool_], NDArray[np.int64], Floats]:
        """Return X, labels, the number of each row's group, and how representative each row is."""
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float32, multi_output=True)
        given: Any = y
        labels = self._checked_labels(given.toarray() if sp.issparse(y) else np.asarray(y))
        if self.n_context_words not in (0, self.n_words):
            raise ValueError("n_context_words must be 0 or equal to n_words.")
        if self.n_tuned not in (0, labels.shape[1]):
            raise ValueError(f"n_tuned is {self.n_tuned}, but y has {labels.shape[1]} columns.")
        names = np.arange(len(labels)) if groups is None else np.asarray(groups)
        _, group = np.unique(names, return_inverse=True)
        typical = np.ones(len(labels))
        if representative is not None:
            typical = np.asarray(representative, dtype=np.float64)
        return X, labels, group, typical

    def _checked_labels(self, y: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which codes apply, shape (n_segments, n_codes), and learn the classes."""
        if y.ndim == 1:
            check_classification_targets(y)
            self.classes_ = np.unique(y)
            if len(self.classes_) > 2:
                raise ValueError(
                    "Only binary classification is supported. The type of the target is multiclass. "
                    "Give several codes as columns of 0 and 1."
                )
            return np.asarray(y == self.classes_[-1])[:, None]
        if not np.isin(y, (0, 1)).all():
            raise ValueError("y must hold 0 and 1 only, one column a code.")
        self.classes_ = indicator_classes(y.shape[1])
        return y.astype(bool)

    def _keep(self, rows: Rows, fitted: Fitted, definitions: int) -> None:
        """Keep what predicting needs: the dense rows, and the words as one weight each."""
        decision = fitted.decision
        self.rows_ = self.scaling_.packed(rows.dense)
        self.n_definitions_ = definitions
        self.dual_ = fitted.dual.astype(np.float32)
        self.mean_ = fitted.mean
        weights = word_weights(rows, self.dual_, self._shares)
        self.word_weights_ = weights[0] if weights else np.zeros((0, self.n_codes_), np.float32)
        self.context_word_weights_ = (
            weights[1] if len(weights) > 1 else np.zeros((0, self.n_codes_), np.float32)
        )
        self.learned_ = decision.learned
        self.constant_ = decision.constant
        self.intercepts_ = decision.calibration.intercepts
        self.centre_ = decision.calibration.centre
        self.spread_ = decision.calibration.spread
        self.slopes_ = decision.calibration.slopes
        self.counts_ = decision.counts
        self.thresholds_ = decision.thresholds
        self.tuned_share_ = decision.tuned_share
        self.by_definitions_ = decision.by_definitions

    @property
    def _regression(self) -> Regression:
        return Regression(
            self._columns,
            self.scaling_,
            self.rows_,
            self.dual_,
            self.mean_,
            (self.word_weights_, self.context_word_weights_),
            self.width,
            self.tuned_share_,
        )

    @property
    def _decision(self) -> Decision:
        return Decision(
            self.learned_,
            self.constant_,
            Calibration(self.intercepts_, self.centre_, self.spread_, self.slopes_),
            self.counts_,
            self.thresholds_,
            self.tuned_share_,
            self.by_definitions_,
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.multi_label = True
        tags.target_tags.multi_output = True
        return tags


def reaches(probabilities: Floats, thresholds: Floats) -> NDArray[np.bool_]:
    """Return which probabilities reach their threshold, both as they are told: to four places.

    Parameters
    ----------
    probabilities : ndarray, shape (n, n_codes)
        Probabilities.
    thresholds : ndarray, shape (n_codes,) or (n, n_codes)
        Thresholds.

    Returns
    -------
    ndarray of bool, shape (n, n_codes)
        What is suggested.

    Examples
    --------
    >>> import numpy as np
    >>> reaches(np.array([[0.3, 0.29994]]), np.array([0.3, 0.3])).tolist()
    [[True, False]]
    """
    return np.asarray(np.round(probabilities, 4) >= np.round(thresholds, 4) - _EXACT)


def indicator_classes(n_codes: int) -> NDArray[np.int64]:
    """Return the labels of columns of 0 and 1.

    As an array with a row for each code, scikit-learn's scorers and its `cross_val_predict` understand it.
    """
    return np.tile(np.array([0, 1]), (n_codes, 1))


def _probabilities(scores: Floats, decision: Decision) -> Floats:
    probabilities = decision.calibration.probabilities(scores)
    fixed = ~np.isnan(decision.constant)
    probabilities[:, fixed] = decision.constant[fixed]
    return probabilities
