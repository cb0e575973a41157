"""Which coding that is gone and which new one are one coding that was moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.exchange import guid_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["KEY", "OF", "identities", "match_moved"]

KEY = ["document", "start", "end", "code", "coder"]
"""What tells a coding from all others."""

OF = ["document", "code", "coder"]
"""What a coding is of: it can be moved within these alone."""


def identities(codings: pd.DataFrame, kept: pd.DataFrame) -> list[str]:
    """Return the identity under which each coding goes out.

    Parameters
    ----------
    codings : pandas.DataFrame
        Columns document, start, end, code and coder.
    kept : pandas.DataFrame
        The table KEPT_MARKS: identities that came from elsewhere.

    Returns
    -------
    list of str
        A GUID a row.
    """
    came = dict(zip(kept[KEY].itertuples(index=False, name=None), kept["guid"], strict=True))
    return [
        came.get(key) or guid_of("mark", *key)
        for key in codings[KEY].itertuples(index=False, name=None)
    ]


def match_moved(
    gone: pd.DataFrame, new: pd.DataFrame, texts: Mapping[str, str], known: Collection[str] = ()
) -> tuple[Integers, Integers]:
    """Pair codings that are gone with new ones of the same document, code and coder, one to one.

    A pair has one identity; or else it overlaps, the best overlap first; or else nothing but white space
    lies between the two, neither has another partner left, and no identity speaks against it.

    Parameters
    ----------
    gone, new : pandas.DataFrame
        Columns document, start, end, code, coder and guid; places of both in the same texts.
    texts : mapping of str to str
        These texts, by document.
    known : collection of str
        Identities that the file has.

    Returns
    -------
    gone, new : ndarray of int64, shape (n_pairs,)
        Numbers of rows.
    """
    groups = pd.concat([gone[OF], new[OF]], ignore_index=True).groupby(OF, sort=False).ngroup()
    of: Integers = np.asarray(groups, dtype=np.int64)
    ours, theirs = of[: len(gone)], of[len(gone) :]
    places = [frame[["start", "end"]].to_numpy(dtype=np.int64) for frame in (gone, new)]
    pairs: dict[int, int] = {}
    taken: set[int] = set()

    def take(candidates: Iterable[tuple[int, int]]) -> None:
        for one, other in candidates:
            if one not in pairs and other not in taken:
                pairs[one] = other
                taken.add(other)

    take(_of_one_identity(ours, theirs, gone["guid"], new["guid"]))
    first, second, share = _overlaps(ours, theirs, *places)
    best = np.lexsort((places[1][second, 0], places[0][first, 0], -share))
    take(zip(first[best].tolist(), second[best].tolist(), strict=True))
    left = [_alone(ours, pairs), _alone(theirs, taken)]
    names = gone["document"].tolist()
    # What has its identity elsewhere was given another code or coder.
    elsewhere = [gone["guid"].isin(known).tolist(), new["guid"].isin(gone["guid"]).tolist()]
    take(
        (left[0][group], left[1][group])
        for group in left[0].keys() & left[1].keys()
        if not (elsewhere[0][left[0][group]] or elsewhere[1][left[1][group]])
        and _is_blank(
            texts.get(names[left[0][group]]),
            *places[0][left[0][group]].tolist(),
            *places[1][left[1][group]].tolist(),
        )
    )
    at = np.array(sorted(pairs), dtype=np.int64)
    return at, np.array([pairs[one] for one in at.tolist()], dtype=np.int64)


def _of_one_identity(
    ours: Integers, theirs: Integers, gone: pd.Series, new: pd.Series
) -> Iterator[tuple[int, int]]:
    found: dict[tuple[int, str], list[int]] = {}
    for at, key in enumerate(zip(theirs.tolist(), new, strict=True)):
        found.setdefault(key, []).append(at)
    for at, (group, guid) in enumerate(zip(ours.tolist(), gone, strict=True)):
        for other in found.get((group, guid), []) if guid else []:
            yield at, other


def _alone(groups: Integers, taken: Collection[int]) -> dict[int, int]:
    """Return the one that is left of each group, where one is."""
    left = pd.Series([at for at in range(len(groups)) if at not in taken], dtype="int64")
    of = pd.Series(groups[left.to_numpy()], index=left.index, dtype="int64")
    left, of = left[~of.duplicated(keep=False)], of[~of.duplicated(keep=False)]
    return dict(zip(of.tolist(), left.tolist(), strict=True))


def _is_blank(text: str | None, begin: int, stop: int, start: int, end: int) -> bool:
    """Whether nothing but white space lies between two stretches that hold something."""
    return (
        text is not None and begin < stop and not text[min(stop, end) : max(begin, start)].strip()
    )


def _overlaps(
    ours: Integers, theirs: Integers, gone: Integers, new: Integers
) -> tuple[Integers, Integers, npt.NDArray[np.float64]]:
    """Return pairs of one group that overlap, and which share of what both cover they have in common."""
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for group in np.intersect1d(ours, theirs):
        left, right = np.flatnonzero(ours == group), np.flatnonzero(theirs == group)
        right = right[np.argsort(new[right, 0], kind="stable")]
        # Those that may overlap lie between the first that reaches so far and the last that begins so early.
        reach = np.maximum.accumulate(new[right, 1])
        first = np.searchsorted(reach, gone[left, 0], side="right")
        count = np.maximum(np.searchsorted(new[right, 0], gone[left, 1], side="left") - first, 0)
        one = np.repeat(left, count)
        start = np.repeat(first - np.r_[0, np.cumsum(count)[:-1]], count)
        two = right[start + np.arange(len(one))]
        common = np.minimum(gone[one, 1], new[two, 1]) - np.maximum(gone[one, 0], new[two, 0])
        both = np.maximum(gone[one, 1], new[two, 1]) - np.minimum(gone[one, 0], new[two, 0])
        over = common > 0
        found.append((one[over], two[over], common[over] / both[over]))
    one, two, share = (np.concatenate(each) for each in zip(*found, strict=True))
    return one, two, share
