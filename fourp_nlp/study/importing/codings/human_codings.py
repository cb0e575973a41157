"""Imports people's codings and readings: gold files, files of repeats, and the record of what was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.reading.readings import readings
from fourp_nlp.coding.reading.record_file import read_record
from fourp_nlp.study.importing.codings.gold_files import GoldImport, import_gold
from fourp_nlp.study.measuring.retest import AGAIN
from fourp_nlp.study.reading.reading_state import record_path
from fourp_nlp.tables import among

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.codings.comparison import FileScope
    from fourp_nlp.study.importing.codings.moved_with_text import MovedTarget
    from fourp_nlp.study.importing.plan import ImportOptions
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["import_human_codings"]


def import_human_codings(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    moved: MovedTarget,
    coders: Mapping[str, Coder],
    options: ImportOptions,
    *,
    scope: FileScope,
    lost: pd.DataFrame,
    texts: Mapping[str, str],
    replaced: set[str],
) -> GoldImport:
    """Write people's codings into gold files, and their second codings into those of repeats.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of people: the table PLACED.
    read : pandas.DataFrame
        The table CODED: their readings, if the format stores them.
    moved : MovedTarget
        The project here, with codings in the texts after the import.
    coders : mapping of str to Coder
        The coders of the file that are wanted.
    options : ImportOptions
        What the user asks for.
    scope : FileScope
        Documents and codes that the file holds.
    lost : pandas.DataFrame
        Codings of the file without a position here: columns document, code, coder and guid.
    texts : mapping of str to str
        The texts that were read, by document.
    replaced : set of str
        Documents whose text is replaced.

    Returns
    -------
    GoldImport
        The files to write, and counts, of both.
    """
    imports = []
    # Most projects have no second codings: nothing is compared with nothing then.
    target_has_repeat = (
        bool(moved.target.repeat) or record_path(moved.target.project.repeat).exists()
    )
    for again in (False, True):
        target = moved.target
        names_here = [c.coder for c in coders.values() if not c.machine and c.again == again]
        if again and not (names_here or target_has_repeat):
            continue
        target_part = replace(target, gold=target.repeat) if again else target
        ending = AGAIN if again else ""
        names = {f"{name}{ending}": name for name in names_here}
        their_codings, their_read, their_lost = (
            _of_coders(frame, names) for frame in (codings, read, lost)
        )
        folder = target.project.repeat if again else target.project.gold
        displaced = moved.displaced_repeat if again else moved.fallen
        in_file = displaced["coder"].isin(names_here)
        gold_import = import_gold(
            their_codings,
            their_read,
            target_part,
            coders=list(dict.fromkeys(names_here)),
            ending=ending,
            scope=scope,
            lost=their_lost,
            displaced=displaced[in_file],
            changed=moved.changed,
            folder=folder,
            replacing=options.replace,
            reading="" if again and options.read == "all" else options.read,
        )
        gold_import.contents |= _reading_record(
            folder,
            gold_import.all_read_rows,
            target_part,
            texts,
            replaced,
            scope,
            all_read=options.read == "all" and not again,
        )
        gold_import.counts = gold_import.counts.assign(coder=gold_import.counts["coder"] + ending)
        gold_import.gone = gold_import.gone.assign(coder=gold_import.gone["coder"] + ending)
        gold_import.lost = pd.concat([gold_import.lost, displaced[~in_file]])
        gold_import.lost = gold_import.lost.assign(coder=gold_import.lost["coder"] + ending)
        imports.append(gold_import)
    first = imports[0]
    return GoldImport(
        {path: content for each in imports for path, content in each.contents.items()},
        [path for each in imports for path in each.before],
        pd.concat([each.counts for each in imports], ignore_index=True),
        pd.concat([each.gone for each in imports], ignore_index=True),
        guids={theirs: ours for each in imports for theirs, ours in each.guids.items()},
        lost=pd.concat([each.lost for each in imports], ignore_index=True),
        settled=first.settled,
        notes=[note for each in imports for note in each.notes],
    )


def _reading_record(
    folder: Path,
    readings_there: pd.DataFrame,
    target: ImportTarget,
    texts: Mapping[str, str],
    replaced: set[str],
    scope: FileScope,
    *,
    all_read: bool,
) -> dict[Path, bytes]:
    """Return the record of readings, if the file has more."""
    path = record_path(folder)
    our_codes = [] if target.codebook is None else target.codebook.code_ids
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    # What the record does not know yet was read in the texts that there are now.
    before = readings(target.coded, read_record(path), target.documents, our_codes, since=today)
    pair = ["coder", "document"]
    entries = before.record.entries
    # Who has read the text that stays here learns nothing new from another version.
    hashes = dict(zip(target.documents["document"], target.documents["sha256"], strict=True))
    unread_versions = [
        name
        for name, text in target.texts.items()
        if name not in replaced and texts.get(name, text) != text
    ]
    present = entries[entries["text"] == entries["document"].map(hashes)]
    is_other_version = readings_there["document"].isin(unread_versions)
    readings_there = readings_there[~(is_other_version & among(readings_there, present, pair))]
    is_recorded = among(readings_there, entries, pair)
    extended = before.record
    new = scope.codes_offered(our_codes)
    extended = extended.with_reading(readings_there[~is_recorded], texts, new, since=today)
    # No format says for which codes somebody read: who read before read no further ones by this.
    last = entries.drop_duplicates(pair, keep="last").set_index(pair)["codes"]
    recorded = readings_there[is_recorded]
    lists = last.reindex(pd.MultiIndex.from_frame(recorded[pair])).to_numpy()
    for number in dict.fromkeys(lists.tolist()):
        codes_read = new if all_read else before.record.codes[int(number)]
        extended = extended.with_reading(recorded[lists == number], texts, codes_read, since=today)
    is_same = extended is before.record
    if is_same and not (replaced and before.is_new):
        return {}
    content = extended.content()
    is_same = is_same or content == before.record.content()
    return {} if is_same and not (replaced and before.is_new) else {path: content}


def _of_coders(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    of_coders = frame[frame["coder"].isin(names)]
    return of_coders.assign(coder=of_coders["coder"].map(names).astype("str"))
