"""Adds people's codings to gold files; removes codings only if asked to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.gold.reader import Gold
from fourp_nlp.coding.gold.rows import separator_of
from fourp_nlp.coding.gold.writer import gold_content
from fourp_nlp.study.importing.codings.comparison import compare, known_guids
from fourp_nlp.study.importing.codings.memos import gold_with_memos
from fourp_nlp.study.importing.codings.moved_codings import KEY, coding_guids
from fourp_nlp.study.importing.codings.readings_of_file import readings_of_file
from fourp_nlp.study.importing.documents.file_names import folded_name
from fourp_nlp.tables import CODED, CODINGS, among, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from fourp_nlp.study.importing.codings.comparison import FileScope
    from fourp_nlp.study.importing.plan import Reading
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["GoldImport", "has_own_columns", "import_gold"]

_PAIR = ["coder", "document"]


@dataclass
class GoldImport:
    """Changes of the gold files by people's codings.

    Attributes
    ----------
    contents : dict of pathlib.Path to bytes
        Gold files that change.
    before : list of pathlib.Path
        Files whose earlier version is kept.
    counts : pandas.DataFrame
        One row a coder: coder, documents (in which codings came), same, new and moved; here (codings before),
        gone, untouched, unclear and lost.
    gone : pandas.DataFrame
        Codings here that are gone in the file, moved ones among them; columns as KEY.
    guids : dict of str to str
        Identities here of codings, by their identities in the file, where they differ.
    lost : pandas.DataFrame
        Codings here without a position in the new text of their document: columns of CODINGS.
    settled : pandas.DataFrame
        Codings of the file that were adjudicated differently there, which are not imported.
    notes : list of str
        Messages for the user.
    all_read_rows : pandas.DataFrame
        The table CODED: all readings in the file, known here or not.
    """

    contents: dict[Path, bytes] = field(default_factory=dict)
    before: list[Path] = field(default_factory=list)
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    gone: pd.DataFrame = field(default_factory=lambda: empty(CODINGS)[KEY])
    guids: dict[str, str] = field(default_factory=dict)
    lost: pd.DataFrame = field(default_factory=lambda: empty(CODINGS))
    settled: pd.DataFrame = field(default_factory=lambda: empty(CODINGS))
    notes: list[str] = field(default_factory=list)
    all_read_rows: pd.DataFrame = field(default_factory=lambda: empty(CODED))


def import_gold(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    target: ImportTarget,
    *,
    coders: Collection[str],
    ending: str,
    scope: FileScope,
    lost: pd.DataFrame,
    displaced: pd.DataFrame,
    changed: Collection[Path],
    folder: Path,
    replacing: bool,
    reading: Reading,
) -> GoldImport:
    """Write people's codings and readings into gold files.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of people, with the columns of CODINGS and guid.
    read : pandas.DataFrame
        The table CODED: their readings, if the format stores them.
    target : ImportTarget
        The project before the import.
    coders : collection of str
        People in the file, by their names here.
    ending : str
        Suffix of their names in the file, for second codings.
    scope : FileScope
        Documents and codes that the file holds.
    lost : pandas.DataFrame
        Codings of the file without a position here: columns document, code, coder and guid.
    displaced : pandas.DataFrame
        Codings here without a position in the new text of their document, from `move_to_new_texts`.
    changed : collection of pathlib.Path
        Gold files that change for another reason.
    folder : pathlib.Path
        Folder of new gold files.
    replacing : bool
        Whether codings that the file no longer has are removed here.
    reading : {"", "whole", "passages", "all"}
        What was read of documents of which the file does not say it; see `readings_of_file`.

    Returns
    -------
    GoldImport
        The files to write, and counts.
    """
    all_our_codings = target.codings
    gold_import = GoldImport()
    names = list(coders)
    if both_settled := SETTLED in names and bool((all_our_codings["coder"] == SETTLED).any()):
        names.remove(SETTLED)
    settled_there = codings[codings["coder"] == SETTLED]
    codings = codings[codings["coder"].isin(names)]
    our_codings = all_our_codings[all_our_codings["coder"].isin(names)]
    of_people = displaced["coder"].isin(names)
    compared = compare(
        codings,
        our_codings,
        scope,
        lost=lost,
        displaced=displaced[of_people],
        guids=lambda frame: coding_guids(
            frame.assign(coder=frame["coder"] + ending), target.extras.marks
        ),
    )
    new = pd.concat([compared.new, compared.moved]).sort_index()
    gold_import.lost = pd.concat([compared.lost, displaced[~of_people]])
    gold_import.gone = pd.concat([compared.gone, compared.was[compared.has_place]])[
        KEY
    ].reset_index(drop=True)
    gold_import.guids = known_guids(
        codings.assign(coder=codings["coder"] + ending), target.extras.marks
    )
    gold_import.guids |= compared.guids(replacing=replacing)
    imported = readings_of_file(codings, read, target, names, scope, reading)
    coded, gold_import.all_read_rows = imported.new, imported.every
    files = dict(target.gold)
    if replacing and len(gold_import.gone):
        for path, gold in files.items():
            remaining = gold.codings[~among(gold.codings, gold_import.gone, KEY)]
            if len(remaining) < len(gold.codings):
                files[path] = Gold(remaining, gold.coded)
                gold_import.before.append(path)
    for coder in names:
        new_of_coder = new[new["coder"] == coder]
        read_of_coder = coded[coded["coder"] == coder]
        if len(new_of_coder) or len(read_of_coder):
            path = _file_of(coder, target, folder)
            files[path] = _extended_gold(files.get(path), new_of_coder, read_of_coder)
    files |= gold_with_memos(files, codings)
    for path, gold in files.items():
        if gold is not target.gold.get(path) or path in changed:
            gold_import.contents[path] = gold_content(gold.codings, coded=gold.coded)
            if (path in changed or has_own_columns(path)) and path not in gold_import.before:
                gold_import.before.append(path)
    gold_import.counts = _counts(
        names,
        codings,
        same=compared.same,
        new=compared.new,
        moved=compared.moved,
        here=pd.concat([our_codings, displaced]),
        gone=compared.gone,
        untouched=compared.untouched,
        unclear=compared.unclear,
        lost=compared.lost,
    )
    gold_import.notes = imported.notes
    if both_settled:
        _keep_settled(
            gold_import,
            settled_there,
            all_our_codings[all_our_codings["coder"] == SETTLED],
            displaced[~of_people],
        )
    return gold_import


def _keep_settled(
    gold_import: GoldImport,
    settled_there: pd.DataFrame,
    settled_here: pd.DataFrame,
    displaced: pd.DataFrame,
) -> None:
    """Count settled codings, which stay as they are here."""
    is_same = among(settled_there, settled_here, KEY)
    gold_import.settled = settled_there[~is_same]
    row = _counts(
        [SETTLED],
        settled_there,
        same=settled_there[is_same],
        here=pd.concat([settled_here, displaced]),
        untouched=settled_here[~among(settled_here, settled_there, KEY)],
        lost=displaced,
    )
    both = pd.concat([gold_import.counts, row], ignore_index=True).fillna(0)
    gold_import.counts = both.astype(gold_import.counts.dtypes)
    if (~is_same).any() or len(settled_here) > is_same.sum():
        gold_import.notes.append(
            "The settled codes differ in the file. They are not imported: `fourp reconcile --settle` "
            "writes them from gold codes and decisions."
        )


def _file_of(coder: str, target: ImportTarget, folder: Path) -> Path:
    file_of_name = {folded_name(path.stem): path for path in target.gold}
    return file_of_name.get(folded_name(coder), folder / f"{coder}.csv")


def _extended_gold(gold: Gold | None, codings: pd.DataFrame, read: pd.DataFrame) -> Gold:
    new_codings = conform(codings, CODINGS)
    if gold is None:
        return Gold(new_codings, read)
    whole = read[read["scope"] == "document"]
    # What is now read as a whole is no longer read in part.
    not_superseded = gold.coded[~among(gold.coded, whole, _PAIR)]
    return Gold(
        pd.concat([frame for frame in (gold.codings, new_codings) if len(frame)] or [new_codings]),
        pd.concat([frame for frame in (not_superseded, read) if len(frame)] or [read]),
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


def has_own_columns(path: Path) -> bool:
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
    return bool(names - {*CODINGS.columns, "scope", ""})
