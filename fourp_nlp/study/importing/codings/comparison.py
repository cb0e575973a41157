"""Compares codings of a file with those of the study: same, new, moved, gone or unclear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.study.importing.codings.moved_codings import KEY, OF, match_moved
from fourp_nlp.tables import among

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["CodingComparison", "FileScope", "among", "compare", "known_guids"]


@dataclass(frozen=True)
class FileScope:
    """The parts of the study that a file covers.

    Attributes
    ----------
    texts : mapping of str to str
        The texts of its documents after the import.
    codes : frozenset of str
        Its codes, by their ids here.
    whole : bool
        Whether it has the whole project, so that items missing from it were deleted.
    lists_codes : bool
        Whether it has a codebook, not only the codes of codings.
    with_text : frozenset of str
        Those of its documents of which it holds the text, by their ids here.
    """

    texts: Mapping[str, str]
    codes: frozenset[str]
    whole: bool = False
    lists_codes: bool = False
    with_text: frozenset[str] = frozenset()

    @property
    def documents(self) -> list[str]:
        """Its documents, by their ids here."""
        return list(self.texts)

    def codes_offered(self, codes: list[str]) -> list[str]:
        """Return the codes that coders in the other program could give: those here, then new ones."""
        ours = [code for code in codes if code in self.codes or not self.lists_codes]
        return [*ours, *sorted(self.codes - set(codes))]

    def covers(self, codings: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which codings are of a document and a code that the file holds."""
        if self.whole:
            return np.ones(len(codings), dtype=bool)
        both = codings["document"].isin(self.texts) & codings["code"].isin(self.codes)
        return both.to_numpy(dtype=bool)


class CodingComparison(NamedTuple):
    """Compared codings: those of the file in the first three tables, those here in the others, each in one.

    Attributes
    ----------
    same, new, moved : pandas.DataFrame
        Codings of the file whose position is already coded here; is not coded here; is not coded here, but a
        coding from here was moved to it.
    was : pandas.DataFrame
        The codings here that were moved, in the order of `moved`, including those without a position in their
        document's text.
    gone : pandas.DataFrame
        Codings here that the file no longer has.
    untouched : pandas.DataFrame
        Codings here of documents or codes that the file does not hold.
    unclear : pandas.DataFrame
        Codings here that may be among those of the file without a position.
    lost : pandas.DataFrame
        Codings here without a position in the new text of their document.
    has_place : ndarray of bool
        Which of the codings in `was` have a position in the texts after the import.
    """

    same: pd.DataFrame
    new: pd.DataFrame
    moved: pd.DataFrame
    was: pd.DataFrame
    gone: pd.DataFrame
    untouched: pd.DataFrame
    unclear: pd.DataFrame
    lost: pd.DataFrame
    has_place: NDArray[np.bool_]

    def guids(self, *, replacing: bool) -> dict[str, str]:
        """Return the GUIDs here of moved codings by those in the file, where they differ.

        Both positions are kept unless the earlier one is removed, and two codings cannot have one GUID.
        """
        gives_way = np.flatnonzero(~self.has_place | replacing)
        pairs = zip(
            self.moved["guid"].iloc[gives_way], self.was["guid"].iloc[gives_way], strict=True
        )
        return {theirs: ours for theirs, ours in pairs if theirs != ours}


def compare(
    file_codings: pd.DataFrame,
    our_codings: pd.DataFrame,
    scope: FileScope,
    *,
    lost: pd.DataFrame,
    displaced: pd.DataFrame,
    guids: Callable[[pd.DataFrame], list[str]],
) -> CodingComparison:
    """Compare the codings of a file with those here.

    Parameters
    ----------
    file_codings : pandas.DataFrame
        Codings of the file: columns as KEY, and guid; each once.
    our_codings : pandas.DataFrame
        Codings here: columns as KEY; each once.
    scope : FileScope
        Documents and codes that the file holds.
    lost : pandas.DataFrame
        Codings of the file without a position here: columns document, code, coder and guid.
    displaced : pandas.DataFrame
        Codings here without a position in the new text of their document, with the passage in which they
        would be, and their guid.
    guids : callable
        Given codings here, returns their identities.

    Returns
    -------
    CodingComparison
        Each coding in one table.
    """
    same = among(file_codings, our_codings, KEY)
    new = file_codings[~same]
    inside = scope.covers(our_codings)
    missing = our_codings[inside & ~among(our_codings, file_codings, KEY)]
    missing = missing.assign(guid=pd.Series(guids(missing), index=missing.index, dtype="str"))
    # Not gone is what has the identity of one that found no place. Of others that found none nobody knows
    # which they are: all of the same document, code and coder can be.
    is_unplaced = among(missing, lost[lost["guid"] != ""], [*OF, "guid"])
    other_lost = lost[~among(lost, missing[is_unplaced], [*OF, "guid"])]
    candidates = pd.concat(
        [frame for frame in (missing[~is_unplaced], displaced) if len(frame)] or [missing[:0]]
    )
    stands = np.arange(len(candidates)) < (~is_unplaced).sum()
    first, second = match_moved(candidates, new, scope.texts, set(file_codings["guid"]))
    unmatched = np.ones(len(candidates), dtype=bool)
    unmatched[first] = False
    rest = candidates[unmatched & stands]
    may_be_unplaced = among(rest, other_lost, OF)
    is_new = np.ones(len(new), dtype=bool)
    is_new[second] = False
    return CodingComparison(
        same=file_codings[same],
        new=new[is_new],
        moved=new.iloc[second],
        was=candidates.iloc[first],
        gone=rest[~may_be_unplaced],
        untouched=our_codings[~inside],
        unclear=pd.concat([missing[is_unplaced], rest[may_be_unplaced]]),
        lost=candidates[unmatched & ~stands],
        has_place=stands[first],
    )


def known_guids(codings: pd.DataFrame, imported: pd.DataFrame) -> dict[str, str]:
    """Return the earlier imported GUIDs of the file's codings, by their present GUIDs.

    Parameters
    ----------
    codings, imported : pandas.DataFrame
        Codings of the file, and codings that came before: columns as KEY, and guid.

    Returns
    -------
    dict of str to str
        Identities that differ.
    """
    if codings.empty or imported.empty:
        return {}
    in_both = codings[[*KEY, "guid"]].merge(
        imported[[*KEY, "guid"]], on=KEY, suffixes=("", "_before")
    )
    in_both = in_both[(in_both["guid"] != in_both["guid_before"]) & (in_both["guid"] != "")]
    return dict(zip(in_both["guid"], in_both["guid_before"], strict=True))
