"""What people coded and read elsewhere: gold files, files of repeats, and the record of what was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.readings import readings
from fourp_nlp.coding.gold.record_file import read_record
from fourp_nlp.study.importing.codings.comparison import among
from fourp_nlp.study.importing.codings.gold_files import GoldTaken, take_gold
from fourp_nlp.study.measuring.retest import AGAIN
from fourp_nlp.study.reading.reading_state import record_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.codings.comparison import Held
    from fourp_nlp.study.importing.codings.moved_with_text import Carried
    from fourp_nlp.study.importing.plan import ImportOptions
    from fourp_nlp.study.importing.target import Target

__all__ = ["take_people"]


def take_people(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    carried: Carried,
    coders: Mapping[str, Coder],
    options: ImportOptions,
    *,
    held: Held,
    lost: pd.DataFrame,
    texts: Mapping[str, str],
    replaced: set[str],
) -> GoldTaken:
    """Put people's codings into gold files, and what they coded a second time into those of repeats.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of people: the table PLACED.
    read : pandas.DataFrame
        The table CODED: what they read, as far as the format says.
    carried : Carried
        What there is, with codings in the texts that there will be.
    coders : mapping of str to Coder
        The coders of the file that are wanted.
    options : ImportOptions
        What the user asks for.
    held : Held
        Documents and codes that the file holds.
    lost : pandas.DataFrame
        Codings of the file that found no place: columns document, code, coder and guid.
    texts : mapping of str to str
        The texts that were read, by document.
    replaced : set of str
        Documents whose text is replaced.

    Returns
    -------
    GoldTaken
        What is to be written, and counts, of both.
    """
    taken = []
    for again in (False, True):
        target = carried.target
        own = [c.coder for c in coders.values() if not c.machine and c.again == again]
        part = replace(target, gold=target.repeat) if again else target
        ending = AGAIN if again else ""
        names = {f"{name}{ending}": name for name in own}
        theirs, their_read, their_lost = (_by_name(frame, names) for frame in (codings, read, lost))
        folder = target.project.repeat if again else target.project.gold
        fallen = carried.fallen_again if again else carried.fallen
        known = fallen["coder"].isin(own)
        one = take_gold(
            theirs,
            their_read,
            part,
            coders=list(dict.fromkeys(own)),
            ending=ending,
            held=held,
            lost=their_lost,
            fallen=fallen[known],
            changed=carried.changed,
            folder=folder,
            replacing=options.replace,
            all_read=options.all_read and not again,
        )
        one.contents |= _record(
            folder,
            one.told,
            part,
            texts,
            replaced,
            held,
            all_read=options.all_read and not again,
        )
        one.counts = one.counts.assign(coder=one.counts["coder"] + ending)
        one.gone = one.gone.assign(coder=one.gone["coder"] + ending)
        one.lost = pd.concat([one.lost, fallen[~known]])
        one.lost = one.lost.assign(coder=one.lost["coder"] + ending)
        taken.append(one)
    first, again_ = taken
    return GoldTaken(
        first.contents | again_.contents,
        [*first.before, *again_.before],
        pd.concat([first.counts, again_.counts], ignore_index=True),
        pd.concat([first.gone, again_.gone], ignore_index=True),
        guids=first.guids | again_.guids,
        lost=pd.concat([first.lost, again_.lost], ignore_index=True),
        settled=first.settled,
        notes=[*first.notes, *again_.notes],
    )


def _record(
    folder: Path,
    told: pd.DataFrame,
    target: Target,
    texts: Mapping[str, str],
    replaced: set[str],
    held: Held,
    *,
    all_read: bool,
) -> dict[Path, bytes]:
    """Return the record of what was read, if the file says more than it does."""
    path = record_path(folder)
    there = [] if target.codebook is None else target.codebook.code_ids
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    # What the record does not know yet was read in the texts that there are now.
    before = readings(target.coded, read_record(path), target.documents, there, since=today)
    pair = ["coder", "document"]
    entries = before.record.entries
    # Who has read the text that stays here learns nothing new from another version.
    hashes = dict(zip(target.documents["document"], target.documents["sha256"], strict=True))
    stays = [
        name
        for name, text in target.texts.items()
        if name not in replaced and texts.get(name, text) != text
    ]
    present = entries[entries["text"] == entries["document"].map(hashes)]
    told = told[~(told["document"].isin(stays) & among(told, present, pair))]
    known = among(told, entries, pair)
    made = before.record
    new = held.offered(there)
    made = made.with_reading(told[~known], texts, new, since=today)
    # No format says for which codes somebody read: who read before read no further ones by this.
    last = entries.drop_duplicates(pair, keep="last").set_index(pair)["codes"]
    rest = told[known]
    lists = last.reindex(pd.MultiIndex.from_frame(rest[pair])).to_numpy()
    for number in dict.fromkeys(lists.tolist()):
        had = new if all_read else before.record.codes[int(number)]
        made = made.with_reading(rest[lists == number], texts, had, since=today)
    if made.content() == before.record.content() and not (replaced and before.is_new):
        return {}
    return {path: made.content()}


def _by_name(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    own = frame[frame["coder"].isin(names)]
    return own.assign(coder=own["coder"].map(names).astype("str"))
