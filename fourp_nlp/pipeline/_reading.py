"""What counts as read: gold files held to the record of which texts and codes there were."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.atomic import fingerprint, write_together
from fourp_nlp.errors import FourpError, GoldError
from fourp_nlp.gold import (
    RECORD_NAME,
    codes_read,
    codings_to_matrix,
    known_coder,
    moved_rows,
    read_gold,
    read_record,
    readings,
)
from fourp_nlp.pipeline._change import change_files
from fourp_nlp.project import SETTLED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.gold import Gold as GoldFiles
    from fourp_nlp.gold import Readings
    from fourp_nlp.pipeline._corpus import Corpus, Gold
    from fourp_nlp.project import Project

__all__ = [
    "MovedCodings",
    "ReadAgain",
    "codes_known_before",
    "hold_to_record",
    "move_codings",
    "read_again",
    "record_path",
    "record_with",
    "unread_notes",
]

_QUOTED = 60  # characters of a quote that are shown
_SHOWN = 10  # documents and codes that are named one by one, of each coder


def record_path(folder: Path) -> Path:
    """Return where the record of what was read stands, for a folder of gold files."""
    return folder / RECORD_NAME


def hold_to_record(
    folder: Path, gold: GoldFiles, documents: pd.DataFrame, codes: Sequence[str]
) -> Readings:
    """Hold what gold files say was read to the record, and add to the record what it does not know.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the gold files.
    gold : Gold
        What they say, from `read_gold` with ``all_parts``.
    documents : pandas.DataFrame
        The documents, with the columns document and text.
    codes : sequence of str
        Ids of the codes that there are now.

    Returns
    -------
    Readings
        What counts as read.

    Raises
    ------
    GoldError
        If the record is damaged.
    """
    path = record_path(folder)
    seen = fingerprint(path)
    made = readings(gold.coded, read_record(path), documents, codes, since=_today())
    if made.is_new:
        # Where nothing can be written, as in an archive, nothing is lost: the files stand as they do. Where
        # another command wrote meanwhile, the next one adds what is missing.
        with suppress(FourpError):
            write_together({path: made.record.content()}, expect={path: seen})
    return made


def record_with(
    folder: Path, coded: pd.DataFrame, texts: Mapping[str, str], codes: Sequence[str]
) -> bytes:
    """Return what the record holds once somebody has read something now.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the gold files.
    coded : pandas.DataFrame
        The table CODED: what is read now.
    texts : mapping of str to str
        The text of each document in it.
    codes : sequence of str
        The codes that were looked for.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    GoldError
        If the record is damaged.
    """
    record = read_record(record_path(folder))
    return record.with_reading(coded, texts, codes, since=_today()).content()


def codes_known_before(codings: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Return codings without those of codes that were not there when their span was read before.

    Parameters
    ----------
    codings : pandas.DataFrame
        The table CODINGS.
    read : pandas.DataFrame
        The table READ.

    Returns
    -------
    pandas.DataFrame
        The others.
    """
    place = ["coder", "document", "start", "end"]
    late = read.loc[read["without"] != "", [*place, "without"]]
    if late.empty or codings.empty:
        return codings
    late = late.assign(code=late["without"].str.split()).explode("code")
    key = [*place, "code"]
    gone = pd.MultiIndex.from_frame(codings[key]).isin(pd.MultiIndex.from_frame(late[key]))
    return codings[~gone]


class ReadAgain(NamedTuple):
    """What was read again.

    Attributes
    ----------
    documents : list of str
        In which documents.
    segments : int
        Segments there that count as read now and did not before, for one code or more.
    """

    documents: list[str]
    segments: int


def read_again(
    project: Project,
    corpus: Corpus,
    gold: Gold,
    codebook: Codebook,
    coder: str,
    *,
    documents: Sequence[str] = (),
    codes: Sequence[str] = (),
) -> ReadAgain:
    """Keep that somebody has read documents as they are now, or looked for codes that are new.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.
    coder : str
        Who read.
    documents : sequence of str, optional
        Which documents; by default all in which the coder coded.
    codes : sequence of str, optional
        Only these codes were looked for, in what had been read before. By default everything was read,
        for all codes.

    Returns
    -------
    ReadAgain
        What counts as read now.

    Raises
    ------
    GoldError
        If there is no such coder or code, or the coder did not code a document.
    """
    if coder == SETTLED:
        raise GoldError(
            f"'{SETTLED}' is nobody who could read.",
            cure="Write the settled codes anew: fourp reconcile --settle --overwrite",
        )
    coder = known_coder(coder, gold.coders)
    own = gold.coded[coder]
    for name in documents:
        if name not in own:
            raise GoldError(
                f"{coder} did not code a document '{name}'.",
                cure=f"{coder} coded: {', '.join(sorted(own))}.",
            )
    for name in codes:
        if name not in codebook.code_ids:
            raise GoldError(
                f"There is no code '{name}'.",
                cure=f"The codebook has: {', '.join(codebook.code_ids)}.",
            )
    chosen = sorted(documents or own)
    before = codes_read(corpus.segments, gold.read, codebook.code_ids, coder)
    path = record_path(project.gold)
    seen = fingerprint(path)
    files = read_gold(project.gold_files, corpus.documents, codebook.code_ids, all_parts=True)
    coded = files.coded
    mine = coded[(coded["coder"] == coder) & coded["document"].isin(chosen)]
    held = readings(
        coded, read_record(path), corpus.documents, codebook.code_ids,
        since=_today(),
    )  # fmt: skip
    if codes:
        record = held.record.with_codes(coder, chosen, codes)
    else:
        texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
        record = held.record.with_reading(mine, texts, codebook.code_ids, since=_today())
    made = readings(coded, record, corpus.documents, codebook.code_ids, since=_today())
    after = codes_read(corpus.segments, made.read, codebook.code_ids, coder)
    count = int((after & ~before).any(axis=1).sum())
    detail = {"coder": coder, "documents": chosen, "codes": list(codes), "segments": count}
    change_files(
        project.root,
        {path: made.record.content()},
        what="what was read again",
        expect={path: seen},
        in_store=lambda store: store.log("read again", detail),
    )
    return ReadAgain(chosen, count)


class MovedCodings(NamedTuple):
    """What became of codings in documents that changed.

    Attributes
    ----------
    files : dict of pathlib.Path to int
        Rows that were given another place, by the gold files that were written.
    lost : list of str
        File, line and quote of rows whose text is not there any more, or in several places.
    """

    files: dict[Path, int]
    lost: list[str]


def move_codings(project: Project, corpus: Corpus) -> MovedCodings:
    """Put codings of documents that have changed where their text stands now.

    Parameters
    ----------
    project : Project
        The project; its gold files, and those of repeats, get other numbers under start and end.
    corpus : Corpus
        Its documents.

    Returns
    -------
    MovedCodings
        What was written, and what could not be moved.

    Raises
    ------
    GoldError
        If the record of what was read is damaged.
    """
    texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    contents: dict[Path, bytes] = {}
    files: dict[Path, int] = {}
    lost: list[str] = []
    seen: dict[Path, str | None] = {}
    for path in [*project.gold_files, *project.repeat_files]:
        seen[path] = fingerprint(path)
        made = moved_rows(path, texts, read_record(record_path(path.parent)))
        lost += [f"{path.name}, line {line}: {_short(quote)}" for line, quote in made.lost]
        if made.content is not None:
            contents[path], files[path] = made.content, made.moved
    if contents:
        detail = {"files": {path.name: count for path, count in files.items()}}
        change_files(
            project.root,
            contents,
            what="codings moved to where their text stands",
            expect={path: seen[path] for path in contents},
            in_store=lambda store: store.log("codings moved", detail),
        )
    return MovedCodings(files, lost)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"


def unread_notes(corpus: Corpus, gold: Gold, codebook: Codebook) -> list[str]:
    """Return a sentence for each document and code that is new since somebody read.

    Parameters
    ----------
    corpus, gold, codebook
        What was read from a project.

    Returns
    -------
    list of str
        What is unread, and what to do; none if nothing is new.
    """
    notes = []
    document = corpus.segments["document"].to_numpy(dtype=object)
    for coder in gold.people:
        own = gold.changed[gold.changed["coder"] == coder]
        read = gold.read[gold.read["coder"] == coder]
        lacking = sorted(set(" ".join(set(read["without"])).split()))
        if own.empty and not lacking:
            continue
        mask = codes_read(corpus.segments, read, codebook.code_ids, coder)
        mine = gold.codings[gold.codings["coder"] == coder]
        told = _of_documents(coder, own, np.asarray(mask.any(axis=1)), corpus, gold, codebook)
        told += _of_codes(coder, lacking, mask, document, codebook, mine)
        notes += told
    if _is_behind(gold):
        notes.append(
            "Text or codes are new since codes were settled, and are not settled. When people have read "
            "them, write the settled codes anew: fourp reconcile --settle --overwrite"
        )
    return notes


def _is_behind(gold: Gold) -> bool:
    """Whether there is anything new since codes were settled."""
    if SETTLED not in gold.coded:
        return False
    changed = gold.changed[gold.changed["coder"] == SETTLED]
    return len(changed) > 0 or bool(
        (gold.read.loc[gold.read["coder"] == SETTLED, "without"] != "").any()
    )


def _of_documents(
    coder: str,
    changed: pd.DataFrame,
    read: NDArray[np.bool_],
    corpus: Corpus,
    gold: Gold,
    codebook: Codebook,
) -> list[str]:
    document = corpus.segments["document"].to_numpy(dtype=object)
    codings = gold.codings[gold.codings["coder"] == coder]
    counts = pd.Series(read).groupby(document, sort=False).agg(["sum", "size"])
    told = []
    for name, how in changed[["document", "how"]].itertuples(index=False):
        if name not in counts.index:
            continue
        seen, size = (int(value) for value in counts.loc[name])
        if how == "late":
            told.append(
                f"{name} has changed since others coded it, and {coder}'s codes of it are new here: they "
                f"count as codes of its present text. Make sure that {coder} read that one."
            )
        elif seen < size:
            verb = "grew" if how == "grew" else "was changed"
            unread = corpus.segments[~read & (document == name)]
            told.append(
                f"{name} {verb} after {coder} coded it: {size - seen:,} of {size:,} segments are unread "
                f"and do not count{_in_vain(codings, unread, codebook, gold, coder)}. Draw them with fourp "
                f"next --coder {quote(coder)}; if {coder} has read them: fourp gold --read-again "
                f"{quote(coder)} --document {quote(str(name))}"
            )
    return _shortened(told, f"documents that changed after {coder} coded them")


def _in_vain(
    codings: pd.DataFrame, unread: pd.DataFrame, codebook: Codebook, gold: Gold, coder: str
) -> str:
    """Say how many of the unread segments carry a code of the coder all the same."""
    own = codings[codings["document"].isin(set(unread["document"]))]
    laid = codings_to_matrix(unread, own, codebook.code_ids, rule=gold.rule).matrix
    count = int(laid.any(axis=1).sum())
    return f", nor do {coder}'s codes of {count:,} of them" if count else ""


def _of_codes(
    coder: str,
    lacking: list[str],
    mask: NDArray[np.bool_],
    document: NDArray[np.object_],
    codebook: Codebook,
    codings: pd.DataFrame,
) -> list[str]:
    told = []
    some = mask.any(axis=1)
    for code in lacking:
        unread = some & ~mask[:, codebook.code_ids.index(code)]
        if not unread.any():
            continue
        names = set(document[unread])
        given = int((codings["code"] == code).to_numpy()[codings["document"].isin(names)].sum())
        vain = f"; {given:,} codings with it stand in these documents" if given else ""
        told.append(
            f"'{code}' came into the codebook after {coder} read {len(names)} "
            f"document{'' if len(names) == 1 else 's'}: {int(unread.sum()):,} segments are unread for this "
            f"code and do not count for it{vain}. When {coder} has read them for it: fourp gold "
            f"--read-again {quote(coder)} --code {code}"
        )
    return _shortened(told, f"codes that came after {coder} read")


def _shortened(told: list[str], what: str) -> list[str]:
    if len(told) <= _SHOWN:
        return told
    return [*told[:_SHOWN], f"And {len(told) - _SHOWN} more {what}: fourp gold lists the counts."]


def _today() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")
