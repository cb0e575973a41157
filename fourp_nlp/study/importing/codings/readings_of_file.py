"""What the coders of an imported file have read, where the file says it and where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.segments import segment
from fourp_nlp.segments.alignment import covered_segments
from fourp_nlp.tables import CODED, READ, among, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.study.importing.codings.comparison import FileScope
    from fourp_nlp.study.importing.plan import Reading
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["FileReadings", "readings_of_file"]

_PAIR = ["coder", "document"]
_SPAN = [*_PAIR, "start", "end"]
_SHOWN = 3


class FileReadings(NamedTuple):
    """Readings of an imported file.

    Attributes
    ----------
    new : pandas.DataFrame
        The table CODED: readings that the project does not have yet.
    every : pandas.DataFrame
        The same with those that it has.
    notes : list of str
        What was assumed, in sentences.
    """

    new: pd.DataFrame
    every: pd.DataFrame
    notes: list[str]


def readings_of_file(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    target: ImportTarget,
    people: Sequence[str],
    scope: FileScope,
    reading: Reading,
) -> FileReadings:
    """Return what people read according to a file, or by assumption.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of people in the file: document, start, end and coder.
    read : pandas.DataFrame
        The table CODED: readings, if the format stores them.
    target : ImportTarget
        The project before the import.
    people : sequence of str
        The coders of the file, by their names here.
    scope : FileScope
        What the file holds.
    reading : {"", "whole", "passages", "all"}
        What was read of documents of which the file does not say it. By default: a document that nothing is
        known of was read as a whole. So was a document of which spans were read before (on a sheet, as a
        rule), if the file holds its text and the coder coded further passages. From a table of quotes alone,
        only the coded passages were read then.

    Returns
    -------
    FileReadings
        The readings, and what was assumed.
    """
    ours = target.coded
    whole_here = ours[ours["scope"] == "document"]
    parts_here = ours[ours["scope"] != "document"]
    read = read[read["coder"].isin(people)]
    whole = read[read["scope"] == "document"]
    if reading == "all":
        every = pd.MultiIndex.from_product([people, scope.documents], names=_PAIR)
        whole = _rows([whole, _as_whole(every.to_frame(index=False))])
    whole = whole.drop_duplicates(_PAIR)
    part = read[read["scope"] != "document"]
    part = part[~among(part, whole_here, _PAIR) & ~among(part, whole, _PAIR)]
    # A coding outside what the file says was read has been read all the same.
    outside_read = codings[among(codings, part, _PAIR)].assign(scope="segment")
    unsaid = codings[
        ~among(codings, read, _PAIR)
        & ~among(codings, whole, _PAIR)
        & ~among(codings, whole_here, _PAIR)
    ]
    unknown = unsaid[~among(unsaid, ours, _PAIR)]
    further = _outside(unsaid[among(unsaid, parts_here, _PAIR)], parts_here)
    grown = unsaid[among(unsaid, further, _PAIR)]
    if reading == "passages":
        assumed, passages = unsaid.iloc[:0], unsaid
    elif reading == "whole":
        assumed, passages = unsaid, unsaid.iloc[:0]
    else:
        with_text = grown["document"].isin(scope.with_text).to_numpy(dtype=bool)
        assumed = _rows([unknown, grown[with_text]])
        passages = unsaid[~among(unsaid, assumed, _PAIR)]
    notes = _notes(
        assumed, passages, unknown, grown, parts_here, scope, target, asked=bool(reading)
    )
    parts = _rows([part, outside_read, passages.assign(scope="segment")])
    parts = parts.drop_duplicates(_SPAN)
    parts = parts[~among(parts, ours, _SPAN)]
    whole = _rows([whole, _as_whole(assumed[_PAIR].drop_duplicates())])
    new = whole[~among(whole, whole_here, _PAIR)]
    return FileReadings(
        conform(_rows([new, parts]), CODED),
        conform(_rows([whole, parts]), CODED),
        notes,
    )


def _rows(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of several frames; without any, the first frame."""
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1])


def _as_whole(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.assign(start=0, end=0, scope="document", quote="")


def _outside(codings: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return the codings that lie in none of the spans that their coder has read."""
    if codings.empty:
        return codings
    numbered = codings[_SPAN].assign(number=range(len(codings)))
    both = numbered.merge(parts[_SPAN], on=_PAIR, suffixes=("", "_read"))
    inside = both[(both["start_read"] <= both["start"]) & (both["end"] <= both["end_read"])]
    return codings[~numbered["number"].isin(set(inside["number"])).to_numpy(dtype=bool)]


def _notes(
    assumed: pd.DataFrame,
    passages: pd.DataFrame,
    unknown: pd.DataFrame,
    grown: pd.DataFrame,
    parts_here: pd.DataFrame,
    scope: FileScope,
    target: ImportTarget,
    *,
    asked: bool,
) -> list[str]:
    """Say what was assumed to be read, and how to change it."""
    notes = []
    for coder, of_coder in assumed[among(assumed, unknown, _PAIR)].groupby("coder", sort=False):
        count = of_coder["document"].nunique()
        notes.append(
            f"The file does not say what {coder} read: the {count} document(s) in which {coder} coded "
            "anything count as read as a whole. If others were read as well, import with --read all; if only "
            "the coded passages were read, with --read passages."
        )
    for coder, of_coder in grown.groupby("coder", sort=False):
        for is_whole in (True, False):
            kind = assumed if is_whole else passages
            names = list(dict.fromkeys(of_coder.loc[among(of_coder, kind, _PAIR), "document"]))
            if not names:
                continue
            shown = [
                _one_document(str(coder), name, of_coder, parts_here, scope, target)
                for name in names[:_SHOWN]
            ]
            more = f"; and {len(names) - _SHOWN} more documents" if len(names) > _SHOWN else ""
            listed = "; ".join(shown) + more
            other = "passages" if is_whole else "whole"
            meaning = (
                "all of it counts as read"
                if is_whole
                else "only the coded passages, and what was read before, count as read"
            )
            cure = (
                ""
                if asked
                else f" If that is wrong, import with --read {other}, or run: fourp gold mark-read {coder} "
                f"--document ID --as {other}"
            )
            notes.append(
                f"{coder} had read a part of {listed}. With the codings of this file, {meaning}.{cure}"
            )
    return notes


def _one_document(
    coder: str,
    name: str,
    codings: pd.DataFrame,
    parts_here: pd.DataFrame,
    scope: FileScope,
    target: ImportTarget,
) -> str:
    """Say how much of a document was read before, and how many passages are coded now."""
    unit = target.project.settings.unit
    document = target.documents[target.documents["document"] == name]
    segments = segment(document.assign(text=scope.texts[name]), unit=unit)
    of_pair = parts_here[(parts_here["coder"] == coder) & (parts_here["document"] == name)]
    covered = covered_segments(segments, conform(of_pair.assign(without=""), READ), coder)
    coded = int((codings["document"] == name).sum())
    return f"{name} ({int(covered.sum())} of {len(segments)} {unit}s; {coded} codings now)"
