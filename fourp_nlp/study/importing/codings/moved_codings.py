"""Pairs codings that are gone with new ones: codings that were moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.exchange import guid_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["KEY", "OF", "coding_guids", "match_moved"]

KEY = ["document", "start", "end", "code", "coder"]
"""What tells a coding from all others."""

OF = ["document", "code", "coder"]
"""What a coding is of: it can be moved within these alone."""


def coding_guids(codings: pd.DataFrame, imported: pd.DataFrame) -> list[str]:
    """Return the GUID under which each coding is exported.

    Parameters
    ----------
    codings : pandas.DataFrame
        Columns document, start, end, code and coder.
    imported : pandas.DataFrame
        The table MARK_EXTRAS: imported GUIDs of codings.

    Returns
    -------
    list of str
        A GUID a row.
    """
    imported_guids = dict(
        zip(imported[KEY].itertuples(index=False, name=None), imported["guid"], strict=True)
    )
    return [
        imported_guids.get(key) or guid_of("mark", *key)
        for key in codings[KEY].itertuples(index=False, name=None)
    ]


def match_moved(
    gone: pd.DataFrame, new: pd.DataFrame, texts: Mapping[str, str], known: Collection[str] = ()
) -> tuple[Integers, Integers]:
    """Pair codings that are gone with new ones of the same document, code and coder, one to one.

    A pair has the same GUID; otherwise it overlaps, the best overlap first; otherwise only white space
    separates the two, neither has another possible partner, and no GUID contradicts the pair.

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
    if gone.empty or new.empty:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    groups = pd.concat([gone[OF], new[OF]], ignore_index=True).groupby(OF, sort=False).ngroup()
    of: Integers = np.asarray(groups, dtype=np.int64)
    our_groups, file_groups = of[: len(gone)], of[len(gone) :]
    places = [frame[["start", "end"]].to_numpy(dtype=np.int64) for frame in (gone, new)]
    pairs: dict[int, int] = {}
    taken_rows: set[int] = set()

    def take(candidates: Iterable[tuple[int, int]]) -> None:
        for row, other in candidates:
            if row not in pairs and other not in taken_rows:
                pairs[row] = other
                taken_rows.add(other)

    take(_of_one_identity(our_groups, file_groups, gone["guid"], new["guid"]))
    first, second, share = _overlaps(our_groups, file_groups, *places)
    best = np.lexsort((places[1][second, 0], places[0][first, 0], -share))
    take(zip(first[best].tolist(), second[best].tolist(), strict=True))
    unpaired = [_only_unpaired(our_groups, pairs), _only_unpaired(file_groups, taken_rows)]
    names = gone["document"].tolist()
    # What has its identity elsewhere was given another code or coder.
    elsewhere = [gone["guid"].isin(known).tolist(), new["guid"].isin(gone["guid"]).tolist()]
    take(
        (unpaired[0][group], unpaired[1][group])
        for group in unpaired[0].keys() & unpaired[1].keys()
        if not (elsewhere[0][unpaired[0][group]] or elsewhere[1][unpaired[1][group]])
        and _is_blank(
            texts.get(names[unpaired[0][group]]),
            *places[0][unpaired[0][group]].tolist(),
            *places[1][unpaired[1][group]].tolist(),
        )
    )
    at = np.array(sorted(pairs), dtype=np.int64)
    return at, np.array([pairs[row] for row in at.tolist()], dtype=np.int64)


def _of_one_identity(
    ours: Integers, theirs: Integers, gone: pd.Series, new: pd.Series
) -> Iterator[tuple[int, int]]:
    rows_of_key: dict[tuple[int, str], list[int]] = {}
    for at, key in enumerate(zip(theirs.tolist(), new, strict=True)):
        rows_of_key.setdefault(key, []).append(at)
    for at, (group, guid) in enumerate(zip(ours.tolist(), gone, strict=True)):
        for other in rows_of_key.get((group, guid), []) if guid else []:
            yield at, other


def _only_unpaired(groups: Integers, taken_rows: Collection[int]) -> dict[int, int]:
    """Return the remaining coding of each group, if exactly one remains."""
    unpaired = pd.Series([at for at in range(len(groups)) if at not in taken_rows], dtype="int64")
    of = pd.Series(groups[unpaired.to_numpy()], index=unpaired.index, dtype="int64")
    unpaired, of = unpaired[~of.duplicated(keep=False)], of[~of.duplicated(keep=False)]
    return dict(zip(of.tolist(), unpaired.tolist(), strict=True))


def _is_blank(text: str | None, begin: int, stop: int, start: int, end: int) -> bool:
    """Whether only white space separates two non-empty passages."""
    return (
        text is not None and begin < stop and not text[min(stop, end) : max(begin, start)].strip()
    )


def _overlaps(
    ours: Integers, theirs: Integers, gone: Integers, new: Integers
) -> tuple[Integers, Integers, npt.NDArray[np.float64]]:
    """Return overlapping pairs of one group, and the shared part of the length that both cover."""
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for group in np.intersect1d(ours, theirs):
        our_rows, file_rows = np.flatnonzero(ours == group), np.flatnonzero(theirs == group)
        file_rows = file_rows[np.argsort(new[file_rows, 0], kind="stable")]
        # Those that may overlap lie between the first that reaches so far and the last that begins so early.
        reach = np.maximum.accumulate(new[file_rows, 1])
        first = np.searchsorted(reach, gone[our_rows, 0], side="right")
        count = np.maximum(
            np.searchsorted(new[file_rows, 0], gone[our_rows, 1], side="left") - first, 0
        )
        our_row = np.repeat(our_rows, count)
        start = np.repeat(first - np.r_[0, np.cumsum(count)[:-1]], count)
        file_row = file_rows[start + np.arange(len(our_row))]
        common = np.minimum(gone[our_row, 1], new[file_row, 1]) - np.maximum(
            gone[our_row, 0], new[file_row, 0]
        )
        both = np.maximum(gone[our_row, 1], new[file_row, 1]) - np.minimum(
            gone[our_row, 0], new[file_row, 0]
        )
        over = common > 0
        parts.append((our_row[over], file_row[over], common[over] / both[over]))
    our_row, file_row, share = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return our_row, file_row, share
