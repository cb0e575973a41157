"""Co-occurrence of codes in segments, and rates of codes per 1,000 words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.errors import TableError
from fourp_nlp.frequencies.counts import count
from fourp_nlp.tables import COOCCURRENCE, RATES, conform
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from fourp_nlp.frequencies.counts import By, Unit

__all__ = ["cooccurrence", "count_words", "rates"]


def rates(
    segments: pd.DataFrame,
    matrix: npt.NDArray[np.bool_],
    codes: Sequence[str],
    themes: Sequence[str],
    documents: pd.DataFrame,
    *,
    unit: Unit = "occurrences",
    by: By = "case",
    coder: str,
    per: int = 1000,
    read: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Return how often each code occurs per 1,000 words in each case, document or group.

    Parameters
    ----------
    segments, matrix, codes, themes, documents, unit, by, coder
        As in `count`; segments with the column text.
    per : int, default 1000
        Number of words that the rate is for.
    read : numpy.ndarray of bool, shape (n_segments, n_codes), optional
        Which codes the coder looked for in each segment: a code's words are those of these segments. By
        default all.

    Returns
    -------
    pandas.DataFrame
        The table RATES, in the order of `count`. The rate is nan where there is no word.

    Raises
    ------
    TableError
        As in `count`, or if the segments have no text.
    ValueError
        As in `count`, or if `per` is not positive.

    Notes
    -----
    Words are those of `segments`, as `word_count` defines them: leave out segments that the coder did not
    read, as in `count`. Rates of documents have no clear meaning, but are not refused.

    Examples
    --------
    >>> from fourp_nlp.frequencies import rates
    >>> import numpy as np
    >>> import pandas as pd
    >>> segments = pd.DataFrame({"document": ["a", "a", "b"], "segment": [0, 1, 0]})
    >>> documents = pd.DataFrame({"document": ["a", "b"], "case": [""] * 2, "group": [""] * 2})
    >>> codes = np.array([[True], [False], [True]])
    >>> segments["text"] = ["one two three", "four", "five six"]
    >>> table = rates(segments, codes, ["hope"], ["mood"], documents, coder="ana", per=100)
    >>> table["rate"].round(1).tolist()
    [25.0, 50.0]
    """
    if per <= 0:
        raise ValueError(f"Rates are per {per} words; it must be 1 or more.")
    if "text" not in segments.columns:
        raise TableError("The table 'segments' lacks the column(s) text.")
    counted = count(segments, matrix, codes, themes, documents, unit=unit, by=by, coder=coder)
    words = segments["text"].map(count_words).to_numpy(dtype=np.int64)
    seen = np.ones((len(segments), len(codes)), dtype=bool) if read is None else read
    of_code = pd.DataFrame(words[:, None] * seen, columns=pd.Index(list(codes)))
    of_document = of_code.groupby(segments["document"].to_numpy()).sum()
    known = documents.astype(dict.fromkeys(("document", "case", "group"), "str"))
    key = {
        "document": known["document"],
        "group": known["group"],
        "case": known["case"].where(known["case"] != "", known["document"]),
    }[by]
    of_known = of_document.reindex(known["document"]).fillna(0)
    held = of_known.groupby(key.to_numpy()).sum()
    row = held.index.get_indexer(pd.Index(counted[by]))
    column = held.columns.get_indexer(pd.Index(counted["code"]))
    number = pd.Series(held.to_numpy()[row, column], index=counted.index).astype("int64")
    rate = counted["count"] / number.where(number > 0) * per
    return conform(counted.assign(words=number, per=per, rate=rate.astype("float64")), RATES)


def cooccurrence(
    matrix: npt.NDArray[np.bool_],
    codes: Sequence[str],
    *,
    coder: str,
    read: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Return how often two codes occur in the same segment, and how strongly they are associated.

    Parameters
    ----------
    matrix : numpy.ndarray of bool, shape (n_segments, n_codes)
        Whether each segment carries each code; segments that the coder read, and no others.
    codes : sequence of str, length n_codes
        Ids of the codes.
    coder : str
        Id of the coder.
    read : numpy.ndarray of bool, shape (n_segments, n_codes), optional
        Which codes the coder looked for in each segment: a pair counts where both were. By default all.

    Returns
    -------
    pandas.DataFrame
        The table COOCCURRENCE: every pair once, in the order of the codes.

    Raises
    ------
    ValueError
        If the matrix does not fit the codes.

    Notes
    -----
    With a segments with both codes, b and c with one alone and d with neither: Jaccard (1901)
    a / (a + b + c), which ignores segments without both codes; phi (Yule 1912) (ad - bc) /
    sqrt((a+b)(c+d)(a+c)(b+d)), Pearson's correlation of the two, 0 if they occur together as often as
    expected by chance; expected is (a + b)(a + c) / n. Phi reaches 1 only for codes that are equally common.

    References
    ----------
    .. [1] Jaccard, P. (1901). Étude comparative de la distribution florale dans une portion des Alpes et
       des Jura. Bulletin de la Société Vaudoise des Sciences Naturelles 37, 547-579.
    .. [2] Yule, G. U. (1912). On the methods of measuring association between two attributes. Journal of the
       Royal Statistical Society 75(6), 579-652.

    Examples
    --------
    >>> import numpy as np
    >>> from fourp_nlp.frequencies import cooccurrence
    >>> codes = np.array([[True, True], [True, False], [False, False]])
    >>> len(cooccurrence(codes, ["hope", "fear"], coder="ana"))
    1
    """
    carried = np.asarray(matrix, dtype=bool)
    if carried.ndim != 2 or carried.shape[1] != len(codes):
        raise ValueError(f"The matrix is of shape {carried.shape}, for {len(codes)} codes.")
    seen = np.ones(carried.shape) if read is None else np.asarray(read, dtype=np.float64)
    number = carried * seen
    both, alone = number.T @ number, number.T @ seen
    one, other = np.triu_indices(len(codes), k=1)
    n = (seen.T @ seen)[one, other]
    a, first, second = both[one, other], alone[one, other], alone[other, one]
    either = first + second - a
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(first * second * (n - first) * (n - second))
        frame = pd.DataFrame(
            {
                "code": np.asarray(codes, dtype=object)[one],
                "other": np.asarray(codes, dtype=object)[other],
                "coder": coder,
                "segments": n.astype(np.int64),
                "with_code": first.astype(np.int64),
                "with_other": second.astype(np.int64),
                "both": a.astype(np.int64),
                "expected": np.where(n > 0, first * second / n, np.nan),
                "jaccard": np.where(either > 0, a / either, np.nan),
                "phi": np.where(root > 0, (n * a - first * second) / root, np.nan),
            }
        )
    return conform(frame, COOCCURRENCE)
