"""What people coded elsewhere, put into gold files: added, never taken away unasked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.gold.columns import CODED
from fourp_nlp.coding.gold.reader import Gold
from fourp_nlp.coding.gold.rows import separator_of
from fourp_nlp.coding.gold.writer import gold_content
from fourp_nlp.study.importing.codings.comparison import among, compare, known_guids
from fourp_nlp.study.importing.codings.moved_codings import KEY, identities
from fourp_nlp.study.importing.documents.file_names import folded
from fourp_nlp.tables import CODINGS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from fourp_nlp.study.importing.codings.comparison import Held
    from fourp_nlp.study.importing.target import Target

__all__ = ["KEY", "GoldTaken", "among", "loses_columns", "take_gold"]

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
        One row a coder: coder, documents (in which codings came), same, new and moved; here (codings before),
        gone, untouched, unclear and lost.
    gone : pandas.DataFrame
        Codings here that are gone in the file, moved ones among them; columns as KEY.
    guids : dict of str to str
        Identities here of codings, by their identities in the file, where they differ.
    lost : pandas.DataFrame
        Codings here that do not stand in the new text of their document: columns of CODINGS.
    settled : pandas.DataFrame
        Codings of the file that were settled there otherwise than here, which are not taken over.
    notes : list of str
        What is to be known.
    told : pandas.DataFrame
        The table CODED: all that was read by what the file says, known here or not.
    """

    contents: dict[Path, bytes] = field(default_factory=dict)
    before: list[Path] = field(default_factory=list)
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    gone: pd.DataFrame = field(default_factory=lambda: empty(CODINGS)[KEY])
    guids: dict[str, str] = field(default_factory=dict)
    lost: pd.DataFrame = field(default_factory=lambda: empty(CODINGS))
    settled: pd.DataFrame = field(default_factory=lambda: empty(CODINGS))
    notes: list[str] = field(default_factory=list)
    told: pd.DataFrame = field(default_factory=lambda: empty(CODED))


def take_gold(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    target: Target,
    *,
    coders: Collection[str],
    ending: str,
    held: Held,
    lost: pd.DataFrame,
    fallen: pd.DataFrame,
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
    ending : str
        What is put behind their names elsewhere: for what they coded a second time.
    held : Held
        Documents and codes that the file holds.
    lost : pandas.DataFrame
        Codings that the file holds and that found no place: columns document, code, coder and guid.
    fallen : pandas.DataFrame
        Codings here that found no place in the new text of their document, as `carry_codings` returns them.
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
    taken = GoldTaken()
    people = list(coders)
    if settled := SETTLED in people and bool((here["coder"] == SETTLED).any()):
        people.remove(SETTLED)
    theirs = codings[codings["coder"] == SETTLED]
    codings = codings[codings["coder"].isin(people)]
    ours = here[here["coder"].isin(people)]
    dropped = fallen["coder"].isin(people)
    found = compare(
        codings,
        ours,
        held,
        lost=lost,
        fallen=fallen[dropped],
        guids=lambda frame: identities(
            frame.assign(coder=frame["coder"] + ending), target.kept.marks
        ),
    )
    new = pd.concat([found.new, found.moved]).sort_index()
    taken.lost = pd.concat([found.lost, fallen[~dropped]])
    taken.gone = pd.concat([found.gone, found.was[found.stand]])[KEY].reset_index(drop=True)
    taken.guids = known_guids(codings.assign(coder=codings["coder"] + ending), target.kept.marks)
    taken.guids |= found.guids(replacing=replacing)
    coded, untold, taken.told = _read_here(
        codings, read, target, people, held.documents, all_read=all_read
    )
    files = dict(target.gold)
    if replacing and len(taken.gone):
        for path, gold in files.items():
            rest = gold.codings[~among(gold.codings, taken.gone, KEY)]
            if len(rest) < len(gold.codings):
                files[path] = Gold(rest, gold.coded)
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
    taken.counts = _counts(
        people,
        codings,
        same=found.same,
        new=found.new,
        moved=found.moved,
        here=pd.concat([ours, fallen]),
        gone=found.gone,
        untouched=found.untouched,
        unclear=found.unclear,
        lost=found.lost,
    )
    taken.notes = _untold(untold)
    if settled:
        _leave_settled(taken, theirs, here[here["coder"] == SETTLED], fallen[~dropped])
    return taken


def _leave_settled(
    taken: GoldTaken, theirs: pd.DataFrame, ours: pd.DataFrame, fallen: pd.DataFrame
) -> None:
    """Count what was settled, which stays as it is here."""
    same = among(theirs, ours, KEY)
    taken.settled = theirs[~same]
    row = _counts(
        [SETTLED],
        theirs,
        same=theirs[same],
        here=pd.concat([ours, fallen]),
        untouched=ours[~among(ours, theirs, KEY)],
        lost=fallen,
    )
    both = pd.concat([taken.counts, row], ignore_index=True).fillna(0)
    taken.counts = both.astype(taken.counts.dtypes)
    if (~same).any() or len(ours) > same.sum():
        taken.notes.append(
            "What was settled differs in the file. It is not taken over: `fourp reconcile --settle` "
            "writes it, from gold codes and decisions."
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


def _counts(people: list[str], codings: pd.DataFrame, **fates: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"coder": pd.Series(people, dtype="str")})
    documents = codings.groupby("coder")["document"].nunique()
    counts = {"documents": documents} | {
        fate: frame["coder"].value_counts() for fate, frame in fates.items()
    }
    return table.assign(
        **{
            name: count.reindex(people, fill_value=0).astype("int64").to_numpy()
            for name, count in counts.items()
        }
    )


def _untold(untold: pd.DataFrame) -> list[str]:
    return [
        f"The file does not say what {coder} read: the {len(own)} document(s) in which {coder} coded "
        "anything count as read as a whole. If others were read as well, import with --read all."
        for coder, own in untold.groupby("coder", sort=False)
    ]


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
