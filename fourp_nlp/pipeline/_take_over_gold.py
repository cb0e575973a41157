"""What people coded elsewhere, put into gold files: added, never taken away unasked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.gold import CODED, Gold, gold_content
from fourp_nlp.gold._lines import separator_of
from fourp_nlp.interchange import Losses, guid_of
from fourp_nlp.pipeline._take_over_documents import Moves
from fourp_nlp.pipeline._take_over_names import folded
from fourp_nlp.project import SETTLED
from fourp_nlp.tables import CODINGS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.pipeline._take_over_documents import Source
    from fourp_nlp.pipeline._take_over_target import Target

__all__ = ["KEY", "GoldTaken", "among", "loses_columns", "moved_gold", "take_gold"]

KEY = ["document", "start", "end", "code", "coder"]
"""What tells a coding from all others."""

_PAIR = ["coder", "document"]
_SPAN = [*_PAIR, "start", "end"]


@dataclass
class GoldTaken:
    """What people's codings do to the gold files.

    Attributes
    ----------
    contents : dict of pathlib.Path to bytes
        Gold files that change.
    before : list of pathlib.Path
        Those of which the earlier file is to be kept.
    counts : pandas.DataFrame
        Columns coder, documents, codings, new, same, moved, gone, one row a coder.
    gone : pandas.DataFrame
        Codings here that are gone in the file, moved ones among them; columns as KEY.
    removed : bool
        Whether they were removed here.
    notes : list of str
        What is to be known.
    told : pandas.DataFrame
        The table CODED: all that was read by what the file says, known here or not.
    """

    contents: dict[Path, bytes] = field(default_factory=dict)
    before: list[Path] = field(default_factory=list)
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    gone: pd.DataFrame = field(default_factory=lambda: empty(CODINGS)[KEY])
    removed: bool = False
    notes: list[str] = field(default_factory=list)
    told: pd.DataFrame = field(default_factory=lambda: empty(CODED))


def among(frame: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> NDArray[np.bool_]:
    """Return which rows of a frame are rows of another, by some columns."""
    if frame.empty or others.empty:
        return np.zeros(len(frame), dtype=bool)
    return pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(others[key]))


def moved_gold(
    target: Target, sources: Iterable[Source], losses: Losses
) -> tuple[Target, set[Path]]:
    """Carry everybody's gold codes over to texts that are replaced.

    Parameters
    ----------
    target : Target
        What there is.
    sources : iterable of Source
        The sources, with their texts before and after.
    losses : Losses
        Codings and places that do not stand in the new text are added here.

    Returns
    -------
    target : Target
        The same with gold codes where they stand in the new texts.
    changed : set of pathlib.Path
        Gold files that change by it.
    """
    moves = {s.document: Moves(s.before, s.text) for s in sources if s.status == "replaced"}
    changed: set[Path] = set()

    def carried(frame: pd.DataFrame, what: str) -> pd.DataFrame:
        tables = [frame[~frame["document"].isin(moves)]]
        for document, own in frame[frame["document"].isin(moves)].groupby("document", sort=False):
            move = moves[str(document)]
            start, end, found = move(own["start"].to_numpy(), own["end"].to_numpy())
            quotes = [move.new[a:b] for a, b in zip(start[found], end[found], strict=True)]
            tables.append(own[found].assign(start=start[found], end=end[found], quote=quotes))
            losses.add(
                what,
                "Their document's text was replaced, and in the new one they stand not at all or more than "
                "once.",
                own.loc[~found, "quote"],
            )
        return pd.concat(tables).sort_index()

    def of(files: Mapping[Path, Gold]) -> dict[Path, Gold]:
        made = {}
        for path, gold in files.items():
            touched = gold.codings["document"].isin(moves).any()
            part = gold.coded["scope"] != "document"
            touched |= gold.coded.loc[part, "document"].isin(moves).any()
            if touched:
                changed.add(path)
                parts = carried(gold.coded[part], "places that were read")
                gold = Gold(  # noqa: PLW2901 - from here on only this one counts
                    conform(carried(gold.codings, "codings"), CODINGS),
                    conform(pd.concat([gold.coded[~part], parts]), CODED),
                )
            made[path] = gold
        return made

    if not moves:
        return target, changed
    return replace(target, gold=of(target.gold), repeat=of(target.repeat)), changed


def take_gold(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    target: Target,
    *,
    coders: Collection[str],
    documents: Collection[str],
    codes: Collection[str],
    lost: pd.DataFrame,
    changed: Collection[Path],
    folder: Path,
    replacing: bool,
    all_read: bool,
) -> GoldTaken:
    """Put people's codings and what they read into gold files.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of people, with the columns of CODINGS and guid.
    read : pandas.DataFrame
        The table CODED: what they read, as far as the format says.
    target : Target
        What there is.
    coders : collection of str
        People in the file, by their names here.
    documents, codes : collection of str
        Documents and codes that the file holds, by their ids here.
    lost : pandas.DataFrame
        Codings that the file holds and that found no place: columns document, code and coder.
    changed : collection of pathlib.Path
        Gold files that change anyway.
    folder : pathlib.Path
        Where a coder's gold file is made.
    replacing : bool
        Whether codings that are gone in the file are removed here.
    all_read : bool
        Whether every coder read every document.

    Returns
    -------
    GoldTaken
        What is to be written, and counts.
    """
    here = target.codings
    taken = GoldTaken(removed=replacing)
    people = list(coders)
    if SETTLED in people and (here["coder"] == SETTLED).any():
        people.remove(SETTLED)
        theirs = codings[codings["coder"] == SETTLED]
        ours = here[(here["coder"] == SETTLED) & here["document"].isin(documents)]
        if (~among(theirs, ours, KEY)).any() or (~among(ours, theirs, KEY)).any():
            taken.notes.append(
                "What was settled differs in the file. It is not taken over: `fourp reconcile --settle` "
                "writes it, from gold codes and decisions."
            )
    codings = codings[codings["coder"].isin(people)]
    new = codings[~among(codings, here, KEY)]
    gone = here[
        here["coder"].isin(people) & here["document"].isin(documents) & here["code"].isin(codes)
    ]
    gone = gone[~among(gone, codings, KEY)]
    gone = gone[~among(gone, lost, ["document", "code", "coder"])]
    moved = _moved(gone, codings, target)
    taken.gone = gone[KEY].reset_index(drop=True)
    coded, untold, taken.told = _read_here(
        codings, read, target, people, documents, all_read=all_read
    )
    files = dict(target.gold)
    if replacing and len(gone):
        for path, gold in files.items():
            left = gold.codings[~among(gold.codings, gone, KEY)]
            if len(left) < len(gold.codings):
                files[path] = Gold(left, gold.coded)
                taken.before.append(path)
    for coder in people:
        own_new = new[new["coder"] == coder]
        own_read = coded[coded["coder"] == coder]
        if len(own_new) or len(own_read):
            path = _file_of(coder, target, folder)
            files[path] = _with(files.get(path), own_new, own_read)
    for path, gold in files.items():
        if gold is not target.gold.get(path) or path in changed:
            taken.contents[path] = gold_content(gold.codings, coded=gold.coded)
            if (path in changed or loses_columns(path)) and path not in taken.before:
                taken.before.append(path)
    taken.counts = _counts(people, codings, new, gone, moved)
    taken.notes += _notes(taken.counts, untold, replacing=replacing)
    return taken


def _moved(gone: pd.DataFrame, codings: pd.DataFrame, target: Target) -> pd.Series:
    """Return which of the codings that are gone have their identity elsewhere in the file."""
    if gone.empty:
        return pd.Series([], dtype=bool)
    kept = target.kept.marks
    guids = dict(zip(kept[KEY].itertuples(index=False, name=None), kept["guid"], strict=True))
    there = set(codings["guid"])
    return pd.Series(
        [
            (guids.get(key) or guid_of("mark", *key)) in there
            for key in gone[KEY].itertuples(index=False, name=None)
        ],
        index=gone.index,
        dtype=bool,
    )


def _read_here(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    target: Target,
    people: list[str],
    documents: Collection[str],
    *,
    all_read: bool,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return what is newly known to be read, pairs taken for read untold, and all that was read."""
    ours = target.coded
    whole_here = ours[ours["scope"] == "document"]
    read = read[read["coder"].isin(people)]
    whole = read[read["scope"] == "document"]
    if all_read:
        every = pd.MultiIndex.from_product([people, documents], names=_PAIR).to_frame(index=False)
        every = every.assign(start=0, end=0, scope="document", quote="")
        whole = pd.concat([frame for frame in (whole, every) if len(frame)] or [whole])
    whole = whole.drop_duplicates(_PAIR)
    part = read[read["scope"] != "document"]
    part = part[~among(part, whole_here, _PAIR) & ~among(part, whole, _PAIR)]
    # Where nothing is told of a document: what is known here holds, and codings speak for their spans.
    silent = codings[~among(codings, read, _PAIR) & ~among(codings, whole, _PAIR)]
    in_part = silent[among(silent, ours, _PAIR) & ~among(silent, whole_here, _PAIR)].assign(
        scope="segment"
    )
    untold = silent.loc[~among(silent, ours, _PAIR), _PAIR].drop_duplicates()
    taken = untold.assign(start=0, end=0, scope="document", quote="")
    # A coding outside what the file says was read has been read all the same.
    beside = codings[among(codings, part, _PAIR)].assign(scope="segment")
    parts = pd.concat([frame for frame in (part, beside, in_part) if len(frame)] or [part])
    parts = parts.drop_duplicates(_SPAN)
    parts = parts[~among(parts, ours, _SPAN)]
    whole = pd.concat([frame for frame in (whole, taken) if len(frame)] or [whole])
    new = whole[~among(whole, whole_here, _PAIR)]
    coded, told = (
        conform(pd.concat([frame for frame in (some, parts) if len(frame)] or [parts]), CODED)
        for some in (new, whole)
    )
    return coded, untold, told


def _file_of(coder: str, target: Target, folder: Path) -> Path:
    there = {folded(path.stem): path for path in target.gold}
    return there.get(folded(coder), folder / f"{coder}.csv")


def _with(gold: Gold | None, codings: pd.DataFrame, read: pd.DataFrame) -> Gold:
    own = conform(codings, CODINGS)
    if gold is None:
        return Gold(own, read)
    whole = read[read["scope"] == "document"]
    # What is now read as a whole is no longer read in part.
    before = gold.coded[~among(gold.coded, whole, _PAIR)]
    return Gold(
        pd.concat([frame for frame in (gold.codings, own) if len(frame)] or [own]),
        pd.concat([frame for frame in (before, read) if len(frame)] or [read]),
    )


def _counts(
    people: list[str],
    codings: pd.DataFrame,
    new: pd.DataFrame,
    gone: pd.DataFrame,
    moved: pd.Series,
) -> pd.DataFrame:
    def of(frame: pd.DataFrame) -> pd.Series:
        return frame["coder"].value_counts().reindex(people, fill_value=0)

    documents = codings.groupby("coder")["document"].nunique().reindex(people, fill_value=0)
    shifted = of(gone[moved.to_numpy(dtype=bool)])
    table = pd.DataFrame(
        {
            "coder": pd.Series(people, dtype="str"),
            "documents": documents.to_numpy(),
            "codings": of(codings).to_numpy(),
            "same": (of(codings) - of(new)).to_numpy(),
            "new": (of(new) - shifted).clip(lower=0).to_numpy(),
            "moved": shifted.to_numpy(),
            "gone": (of(gone) - shifted).to_numpy(),
        }
    )
    return table.astype(dict.fromkeys(table.columns[1:], "int64"))


def _notes(counts: pd.DataFrame, untold: pd.DataFrame, *, replacing: bool) -> list[str]:
    notes = []
    for coder, own in untold.groupby("coder", sort=False):
        notes.append(
            f"The file does not say what {coder} read: the {len(own)} document(s) in which {coder} coded "
            "anything count as read as a whole. If others were read as well, import with --read all."
        )
    if (left := int(counts["gone"].sum() + counts["moved"].sum())) and not replacing:
        notes.append(
            f"{left} coding(s) here are gone in the file, or stand at another place there. They stay; "
            "--replace removes them here."
        )
    return notes


def loses_columns(path: Path) -> bool:
    """Return whether a gold file has columns of its own, which are not written again.

    Parameters
    ----------
    path : pathlib.Path
        The file; it need not be there.

    Returns
    -------
    bool
        Whether it has.
    """
    if not path.is_file():
        return False
    separator, text, _ = separator_of(path.read_bytes().decode("utf-8-sig", errors="replace"))
    header = next((line for line in text.splitlines() if line.strip()), "")
    names = {cell.strip().strip('"').lower() for cell in header.split(separator)}
    return bool(names - {*CODINGS.names, "scope", ""})
