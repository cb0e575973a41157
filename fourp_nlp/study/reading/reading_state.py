"""What counts as read: gold files held to the record of which texts and codes there were."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.alignment import (
    codes_read,
    codes_redefined,
    codings_to_matrix,
    covered_segments,
)
from fourp_nlp.coding.alignment.moved_codings import moved_rows
from fourp_nlp.coding.gold.coder_names import SETTLED, known_coder
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.gold.reading_record import RECORD_NAME, read_record, readings
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError, GoldError
from fourp_nlp.files import fingerprint, write_together
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reading.applicability import applies_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.gold.reader import Gold as GoldFiles
    from fourp_nlp.coding.gold.reading_record import Readings
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

__all__ = [
    "MovedCodings",
    "ReadAgain",
    "asked_of_draws",
    "codes_known_before",
    "codes_that_came_later",
    "hold_to_record",
    "move_codings",
    "read_again",
    "record_path",
    "record_with",
    "redefined_codes",
    "same_definition",
    "unread_notes",
]

_QUOTED = 60  # characters of a quote that are shown
_SHOWN = 10  # documents and codes that are named one by one, of each coder


def record_path(folder: Path) -> Path:
    """Return where the record of what was read stands, for a folder of gold files."""
    return folder / RECORD_NAME


def hold_to_record(
    folder: Path,
    gold: GoldFiles,
    documents: pd.DataFrame,
    codebook: Codebook,
    drawn_segments: Callable[[], pd.DataFrame],
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
    codebook : Codebook
        The codes that there are now, and how they are defined.
    drawn_segments : callable
        Returns what was drawn and the codes that there were then, from `asked_of_draws`. It is called only if
        the gold files hold segments that the record does not know.

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
    fingerprint_before = fingerprint(path)
    record = read_record(path)
    codes, definitions = codebook.code_ids, codebook.definitions

    def held(draws: pd.DataFrame | None) -> Readings:
        return readings(
            gold.coded, record, documents, codes,
            since=_today(), definitions=definitions, drawn=draws,
        )  # fmt: skip

    counted = held(None)
    if counted.is_new:
        draws = drawn_segments()
        # Where there is a record, files that it does not know are new, and read for all codes.
        counted = held(draws if path.is_file() else _with_the_rest(draws, gold))
    if counted.is_new:
        # Where nothing can be written, as in an archive, nothing is lost: the files stand as they do. Where
        # another command wrote meanwhile, the next one adds what is missing.
        with suppress(FourpError):
            write_together({path: counted.record.content()}, expect={path: fingerprint_before})
    return counted


def _with_the_rest(drawn_segments: pd.DataFrame, gold: GoldFiles) -> pd.DataFrame:
    """Return what was drawn, and for everything else the codes of the last draw.

    A code that came after the last draw, and that a coder gave nowhere, was hardly looked for: better ask
    than take it for absent.
    """
    rest = drawn_segments["document"] == ""
    if not rest.any():
        return drawn_segments
    latest = set(str(drawn_segments.loc[rest, "looked_for"].iloc[-1]).split())
    codes_given = gold.codings.groupby("coder")["code"].agg(set).to_dict()
    coders = gold.coded["coder"].unique()
    rows = pd.DataFrame(
        {
            "coder": coders,
            "document": "",
            "start": -1,
            "end": -1,
            "looked_for": [
                " ".join(sorted(latest | codes_given.get(coder, set()))) for coder in coders
            ],
        }
    )
    return pd.concat([drawn_segments[~rest], rows], ignore_index=True)


def asked_of_draws(project: Project, *, repeat: bool = False) -> pd.DataFrame:
    """Return which segments were drawn for whom, and for which codes their sheets asked.

    Parameters
    ----------
    project : Project
        The project; its draws and its log are read from its database.
    repeat : bool, default False
        Those that were drawn to be coded a second time; by default the others.

    Returns
    -------
    pandas.DataFrame
        Columns coder, document, start, end and looked_for (ids with spaces between them), one row a segment
        of a coder; and one without coder and document for the codes of the last draw. Draws of earlier
        versions that did not keep their codes are not among them.
    """
    store = Store(project.store)
    draws, log = store.read_draws(), store.read_log()
    codes: dict[tuple[str, str], set[str]] = {}
    for name, coder, options in draws[["draw", "coder", "options"]].itertuples(index=False):
        details = json.loads(options)
        if bool(details.get("repeat", False)) == repeat and "codes" in details:
            codes[str(coder), str(name)] = set(details["codes"])
    codes_of_draw = {name: codes_of_coder for (_, name), codes_of_coder in codes.items()}
    for detail in log.loc[log["what"] == "take in", "detail"]:
        details = json.loads(detail)
        if bool(details.get("repeat", False)) != repeat:
            continue
        coder = str(details.get("coder", ""))
        for name in details.get("draws", ()):
            if name in codes_of_draw:
                codes_of_coder = codes.setdefault((coder, name), set(codes_of_draw[name]))
                codes_of_coder |= set(details.get("codes", {}).get(name, ()))
    names = ["coder", "draw", "looked_for"]
    rows = [
        (coder, name, " ".join(sorted(codes_of_coder)))
        for (coder, name), codes_of_coder in codes.items()
    ]
    place = ["coder", "document", "start", "end"]
    if not rows:
        return pd.DataFrame(columns=[*place, "looked_for"])
    drawn = store.read_drawn()[["draw", "document", "start", "end"]]
    segments_of_draws = pd.DataFrame(rows, columns=names).merge(drawn, on="draw")
    several = segments_of_draws.duplicated(place, keep=False)
    joint = (
        segments_of_draws[several]
        .groupby(place, sort=False)["looked_for"]
        .agg(lambda cells: " ".join(sorted(set(" ".join(cells).split()))))
    )
    last: list[list[str]] = [
        json.loads(segments_of_draws).get("codes", []) for segments_of_draws in draws["options"]
    ]
    latest = next((codes_of_coder for codes_of_coder in reversed(last) if codes_of_coder), [])
    rest = pd.DataFrame([("", "", -1, -1, " ".join(latest))], columns=[*place, "looked_for"])
    return pd.concat(
        [segments_of_draws.loc[~several, [*place, "looked_for"]], joint.reset_index(), rest]
    )


def record_with(
    folder: Path,
    read: Sequence[tuple[pd.DataFrame, Mapping[str, str]]],
    texts: Mapping[str, str],
    codebook: Codebook,
) -> bytes:
    """Return what the record holds once somebody has read something now.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the gold files.
    read : sequence of (pandas.DataFrame, mapping of str to str)
        The table CODED: what is read now, and for which codes, if not for all; and the hashes of the
        definitions by which it was read.
    texts : mapping of str to str
        The text of each document in it.
    codebook : Codebook
        The codes that there are, and how they are defined.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    GoldError
        If the record is damaged.
    """
    codes, today = codebook.code_ids, _today()
    record = read_record(record_path(folder)).knowing(codebook.definitions, since=today)
    for coded, definitions in read:
        record = record.with_reading(coded, texts, codes, since=today, definitions=definitions)
    return record.content()


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
    study: Study,
    coder: str,
    *,
    documents: Sequence[str] = (),
    codes: Sequence[str] = (),
) -> ReadAgain:
    """Keep that somebody has read documents as they are now, or looked for codes that are new.

    Parameters
    ----------
    study : Study
        The study.
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
    project, corpus, gold, codebook = study.project, study.corpus, study.gold, study.codebook
    if coder == SETTLED:
        raise GoldError(
            f"'{SETTLED}' is nobody who could read.",
            cure="Write the settled codes anew: fourp reconcile --settle --overwrite",
        )
    coder = known_coder(coder, gold.coders)
    coded_documents = gold.coded[coder]
    for name in documents:
        if name not in coded_documents:
            raise GoldError(
                f"{coder} did not code a document '{name}'.",
                cure=f"{coder} coded: {', '.join(sorted(coded_documents))}.",
            )
    for name in codes:
        if name not in codebook.code_ids:
            raise GoldError(
                f"There is no code '{name}'.",
                cure=f"The codebook has: {', '.join(codebook.code_ids)}.",
            )
    chosen = sorted(documents or coded_documents)
    before = codes_read(corpus.segments, gold.read, codebook.code_ids, coder)
    path = record_path(project.gold)
    fingerprint_before = fingerprint(path)
    files = read_gold(project.gold_files, corpus.documents, codebook.code_ids, all_parts=True)
    coded = files.coded
    coded_again = coded[(coded["coder"] == coder) & coded["document"].isin(chosen)]
    definitions, today = codebook.definitions, _today()
    all_codes = codebook.code_ids
    earlier = readings(
        coded, read_record(path), corpus.documents, all_codes,
        since=today, definitions=definitions, drawn=asked_of_draws(project),
    )  # fmt: skip
    if codes:
        record = earlier.record.with_codes(coder, chosen, codes, definitions=definitions)
    else:
        texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
        record = earlier.record.with_reading(
            coded_again.assign(looked_for=""),
            texts,
            all_codes,
            since=today,
            definitions=definitions,
        )
    later = readings(
        coded, record, corpus.documents, all_codes, since=today, definitions=definitions
    )
    _refuse_what_files_exclude(coded_again, coder, codes)
    after = codes_read(corpus.segments, later.read, codebook.code_ids, coder)
    count = int((after & ~before).any(axis=1).sum())
    detail = {"coder": coder, "documents": chosen, "codes": list(codes), "segments": count}
    change_files(
        project.root,
        {path: later.record.content()},
        what="what was read again",
        expect={path: fingerprint_before},
        in_store=lambda store: store.log("read again", detail),
    )
    study.forget("gold", "repeats")
    return ReadAgain(chosen, count)


def _refuse_what_files_exclude(coded: pd.DataFrame, coder: str, codes: Sequence[str]) -> None:
    """Refuse to keep that codes were looked for of which the gold files say that they were not."""
    cells = coded.loc[coded["looked_for"] != "", ["document", "looked_for"]]
    for document, cell in cells.itertuples(index=False):
        strange = [code for code in codes if code not in cell.split()]
        if strange:
            raise GoldError(
                f"By the column looked_for in the gold files of {coder}, {coder} looked in {document} only "
                f"for: {', '.join(cell.split())}.",
                cure=f"Add {', '.join(strange)} to that column.",
            )


def same_definition(study: Study, codes: Sequence[str]) -> list[str]:
    """Keep that codes mean what they meant before, though their definitions have other words.

    Parameters
    ----------
    study : Study
        The study.
    codes : sequence of str
        The codes.

    Returns
    -------
    list of str
        Those of them whose definition had changed since somebody looked for them.

    Raises
    ------
    GoldError
        If there is no such code.
    """
    project, gold, codebook = study.project, study.gold, study.codebook
    for name in codes:
        if name not in codebook.code_ids:
            raise GoldError(
                f"There is no code '{name}'.",
                cure=f"The codebook has: {', '.join(codebook.code_ids)}.",
            )
    changed = [code for code in codes if code in gold.redefined]
    contents: dict[Path, bytes] = {}
    fingerprints: dict[Path, str | None] = {}
    for folder in (project.gold, project.repeat):
        path = record_path(folder)
        if path.is_file():
            fingerprints[path] = fingerprint(path)
            record = read_record(path).knowing(codebook.definitions, since=_today())
            contents[path] = record.same_definition(codes, codebook.definitions).content()
    detail = {"codes": list(codes)}
    change_files(
        project.root,
        contents,
        what="which definitions are the same",
        expect=fingerprints,
        in_store=lambda store: store.log("same definition", detail),
    )
    study.forget("gold", "repeats")
    return changed


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


def move_codings(study: Study) -> MovedCodings:
    """Put codings of documents that have changed where their text stands now.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    MovedCodings
        What was written, and what could not be moved.

    Raises
    ------
    GoldError
        If the record of what was read is damaged.
    """
    project, corpus = study.project, study.corpus
    texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    contents: dict[Path, bytes] = {}
    files: dict[Path, int] = {}
    lost: list[str] = []
    fingerprints: dict[Path, str | None] = {}
    for path in [*project.gold_files, *project.repeat_files]:
        fingerprints[path] = fingerprint(path)
        moved = moved_rows(path, texts, read_record(record_path(path.parent)))
        lost += [f"{path.name}, line {line}: {_short(quote)}" for line, quote in moved.lost]
        if moved.content is not None:
            contents[path], files[path] = moved.content, moved.moved
    if contents:
        detail = {"files": {path.name: count for path, count in files.items()}}
        change_files(
            project.root,
            contents,
            what="codings moved to where their text stands",
            expect={path: fingerprints[path] for path in contents},
            in_store=lambda store: store.log("codings moved", detail),
        )
    study.forget("gold", "repeats")
    return MovedCodings(files, lost)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"


def unread_notes(study: Study) -> list[str]:
    """Return a sentence for each document and code that is new since somebody read.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of str
        What is unread, and what to do; which definitions have changed; and what is coded where it cannot
        apply. None if nothing is new.
    """
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    notes = []
    for coder in gold.people:
        changed_documents = gold.changed[gold.changed["coder"] == coder]
        read = gold.read[gold.read["coder"] == coder]
        lacking = sorted(codes_that_came_later(read))
        if changed_documents.empty and not lacking:
            continue
        mask = codes_read(corpus.segments, read, codebook.code_ids, coder)
        codings = gold.codings[gold.codings["coder"] == coder]
        sentences = _of_documents(coder, changed_documents, np.asarray(mask.any(axis=1)), study)
        sentences += _of_codes(coder, lacking, mask, study, read, codings)
        notes += sentences
    notes += _of_definitions(study)
    notes += applies_notes(corpus, codebook, gold)
    if _is_behind(study):
        notes.append(
            "Text or codes are new since codes were settled, and are not settled. When people have read "
            "them, write the settled codes anew: fourp reconcile --settle --overwrite"
        )
    return notes


def redefined_codes(study: Study) -> dict[str, str]:
    """Return the codes whose definition changed after people had looked for them, and the day.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    dict of str to str
        Ids of codes, with the day on which the new definition was first met.
    """
    gold = study.gold
    return {code: gold.redefined[code] for code in _read_before(study)}


def _read_before(study: Study) -> dict[str, list[str]]:
    """Return who read how many segments for codes whose definition has changed since."""
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    counts: dict[str, list[str]] = {}
    for coder in gold.people if gold.redefined else ():
        read = gold.read[gold.read["coder"] == coder]
        stale = codes_redefined(corpus.segments, read, codebook.code_ids, coder).sum(axis=0)
        for code, count in zip(codebook.code_ids, stale.tolist(), strict=True):
            if count:
                counts.setdefault(code, []).append(f"{coder} read {count:,}")
    return counts


def _of_definitions(study: Study) -> list[str]:
    """Say which definitions have changed since people looked for the codes."""
    gold = study.gold
    counts = _read_before(study)
    return [
        f"The definition of '{code}' changed on {gold.redefined[code]}, after {' and '.join(readers)} "
        f"segments for it. Read them again and say so: fourp gold --read-again NAME --code {code}; or, if it means "
        f"the same in other words: fourp gold --same-definition {code}"
        for code, readers in counts.items()
    ]


def _is_behind(study: Study) -> bool:
    """Whether anything was read since codes were settled that could be settled now."""
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    if SETTLED not in gold.coded:
        return False
    if (gold.changed["coder"] == SETTLED).any():
        return True
    settled_readings = gold.read[gold.read["coder"] == SETTLED]
    if not codes_that_came_later(settled_readings):
        return False
    codes = codebook.code_ids
    lacking = ~codes_read(corpus.segments, settled_readings, codes, SETTLED)
    lacking &= covered_segments(corpus.segments, settled_readings)[:, None]
    return any(
        bool((lacking & codes_read(corpus.segments, gold.read, codes, coder)).any())
        for coder in gold.people
    )


def codes_that_came_later(read: pd.DataFrame) -> set[str]:
    """Return the codes that were not there when some of it was read.

    Parameters
    ----------
    read : pandas.DataFrame
        The table READ.

    Returns
    -------
    set of str
        Without those of which the gold files say that they were not looked for.
    """
    pairs = read[["without", "looked_for"]].drop_duplicates()
    return {
        code
        for without, cell in pairs.itertuples(index=False)
        for code in without.split()
        if not cell or code in cell.split()
    }


def _of_documents(
    coder: str,
    changed: pd.DataFrame,
    read: NDArray[np.bool_],
    study: Study,
) -> list[str]:
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    document = corpus.segments["document"].to_numpy(dtype=object)
    codings = gold.codings[gold.codings["coder"] == coder]
    counts = pd.Series(read).groupby(document, sort=False).agg(["sum", "size"])
    sentences = []
    for name, how in changed[["document", "how"]].itertuples(index=False):
        if name not in counts.index:
            continue
        n_read, size = (int(value) for value in counts.loc[name])
        if how == "late":
            sentences.append(
                f"{name} has changed since others coded it, and {coder}'s codes of it are new here: they "
                f"count as codes of its present text. Make sure that {coder} read that one."
            )
        elif n_read < size:
            verb = "grew" if how == "grew" else "was changed"
            unread = corpus.segments[~read & (document == name)]
            sentences.append(
                f"{name} {verb} after {coder} coded it: {size - n_read:,} of {size:,} segments are unread "
                f"and do not count{_in_vain(codings, unread, codebook, gold, coder)}. Draw them with fourp "
                f"next --coder {quote(coder)}; if {coder} has read them: fourp gold --read-again "
                f"{quote(coder)} --document {quote(str(name))}"
            )
    return _shortened(sentences, f"documents that changed after {coder} coded them")


def _in_vain(
    codings: pd.DataFrame, unread: pd.DataFrame, codebook: Codebook, gold: Gold, coder: str
) -> str:
    """Say how many of the unread segments carry a code of the coder all the same."""
    codings_there = codings[codings["document"].isin(set(unread["document"]))]
    aligned = codings_to_matrix(unread, codings_there, codebook.code_ids, rule=gold.rule).matrix
    count = int(aligned.any(axis=1).sum())
    return f", nor do {coder}'s codes of {count:,} of them" if count else ""


def _of_codes(
    coder: str,
    lacking: list[str],
    mask: NDArray[np.bool_],
    study: Study,
    read: pd.DataFrame,
    codings: pd.DataFrame,
) -> list[str]:
    corpus, codebook = study.corpus, study.codebook
    sentences = []
    document = corpus.segments["document"].to_numpy(dtype=object)
    some = mask.any(axis=1)
    for code in lacking:
        unread = some & ~mask[:, codebook.code_ids.index(code)]
        others = [bool(cell) and code not in cell.split() for cell in read["looked_for"]]
        if any(others):
            # Where the coder's files say that others were looked for, it does not matter when it came.
            unread &= ~covered_segments(corpus.segments, read[others])
        if not unread.any():
            continue
        names = set(document[unread])
        n_codings = int((codings["code"] == code).to_numpy()[codings["document"].isin(names)].sum())
        clause = f"; {n_codings:,} codings with it stand in these documents" if n_codings else ""
        sentences.append(
            f"'{code}' came into the codebook after {coder} read {len(names)} "
            f"document{'' if len(names) == 1 else 's'}: {int(unread.sum()):,} segments are unread for this "
            f"code and do not count for it{clause}. When {coder} has read them for it: fourp gold "
            f"--read-again {quote(coder)} --code {code}"
        )
    return _shortened(sentences, f"codes that came after {coder} read")


def _shortened(sentences: list[str], what: str) -> list[str]:
    if len(sentences) <= _SHOWN:
        return sentences
    return [
        *sentences[:_SHOWN],
        f"And {len(sentences) - _SHOWN} more {what}: fourp gold lists the counts.",
    ]


def _today() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")
