"""Moving codings to where their passages stand in changed documents, and deciding about uncertain ones."""

from __future__ import annotations

from contextlib import suppress
from difflib import SequenceMatcher
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.coding.alignment.text_changes import TextChange
from fourp_nlp.coding.alignment.unchanged_text import text_pieces
from fourp_nlp.coding.gold.problems import SHOWN, Problem, raise_all
from fourp_nlp.coding.reading.kept_texts import kept_text
from fourp_nlp.coding.reading.undecided import read_undecided
from fourp_nlp.coding.sheets.moved_sheet import MOVED_COLUMNS, MOVED_SHEET, read_moved_decisions
from fourp_nlp.errors import FourpError, GoldError
from fourp_nlp.files import write_together
from fourp_nlp.spreadsheets import cut_cells, says, write_csv, write_xlsx
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reading.carrying import plan_carrying, undecided_path
from fourp_nlp.study.sampling.renamed_draws import renamed_draws

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fourp_nlp.coding.alignment.unchanged_text import Pieces
    from fourp_nlp.coding.reading.undecided import Undecided
    from fourp_nlp.coding.store import Store
    from fourp_nlp.files import Content
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.carrying import Carrying, EditedCoding
    from fourp_nlp.study.study_tables import StudyTables

__all__ = [
    "DecidedCodings",
    "MovedCodings",
    "carry_codings",
    "decide_codings",
    "move_codings",
    "refuse_changed",
    "undecided_note",
]

_SHEET = "moved_codings"
_NAMED = 10  # documents that one message names


class MovedCodings(NamedTuple):
    """Codings that were carried along with changed documents.

    Attributes
    ----------
    documents : list of str
        A sentence for each document.
    files : list of pathlib.Path
        Gold files that were written.
    undecided : int
        Codings that somebody must decide about.
    sheet : pathlib.Path or None
        The sheet to decide on.
    """

    documents: list[str]
    files: list[Path]
    undecided: int
    sheet: Path | None


class DecidedCodings(NamedTuple):
    """Decisions about codings whose passage changed.

    Attributes
    ----------
    kept, dropped, open : int
        How many were kept, dropped, and are not decided yet.
    """

    kept: int
    dropped: int
    open: int


def carry_codings(study: StudyTables, *, may_change: bool) -> list[str]:
    """Have the gold files fit the present documents before they are read.

    Parameters
    ----------
    study : StudyTables
        The study.
    may_change : bool
        Whether this command may change gold files.

    Returns
    -------
    list of str
        A sentence for each document whose codings were carried along.

    Raises
    ------
    GoldError
        If gold files must be changed, and this command may not.
    """
    plan = plan_carrying(study.project, study.corpus.documents)
    if not plan.changed:
        if plan.contents:
            # As with the record of what was read: where nothing can be written, nothing is lost.
            with suppress(FourpError):
                write_together(plan.contents, expect=plan.expect)
        return []
    if not may_change:
        refuse_changed(plan, "This command only reads.")
    return _apply(study, plan).documents


def refuse_changed(plan: Carrying, why: str) -> None:
    """Raise an error if gold files do not fit the documents any more.

    Parameters
    ----------
    plan : Carrying
        From `plan_carrying`.
    why : str
        Why the codings are not carried along now.

    Raises
    ------
    GoldError
        If codings must be moved, or a document was renamed.
    """
    names = [
        f"{each.before} is called {each.document} now."
        if each.before != each.document
        else f"{each.document} has changed since it was coded."
        for each in plan.changed
    ]
    if names:
        more = f" (and {len(names) - _NAMED} more)" if len(names) > _NAMED else ""
        raise GoldError(
            f"{' '.join(names[:_NAMED])}{more} {why}",
            cure="To carry the codings along, run: fourp gold --move",
        )


def move_codings(study: StudyTables) -> MovedCodings:
    """Move codings in changed documents to where their passages stand now, also by their quotes alone.

    Parameters
    ----------
    study : StudyTables
        The study.

    Returns
    -------
    MovedCodings
        What was written.

    Raises
    ------
    GoldError
        If the record of what was read, or the file of undecided codings, is damaged.
    """
    plan = plan_carrying(study.project, study.corpus.documents, by_quotes=True)
    moved = _apply(study, plan)
    study.forget("gold", "repeats")
    return moved


def _apply(study: StudyTables, plan: Carrying) -> MovedCodings:
    """Write what was planned: all of it, or nothing."""
    project = study.project
    texts = _texts(study)
    contents = dict(plan.contents)
    sheet = project.reports / f"{_SHEET}.xlsx"
    if plan.undecided or plan.edited:
        table = _sheet(project, plan.undecided, plan.edited, texts)
        contents |= _sheet_files(sheet, table)
    files = [
        path for path in contents if path.suffix == ".csv" and path.is_relative_to(project.gold)
    ]
    detail = {
        "documents": [vars(each) for each in plan.changed],
        "files": [path.relative_to(project.gold).as_posix() for path in files],
        "edited": [
            each._asdict() if hasattr(each, "_asdict") else vars(each) for each in plan.edited
        ],
    }
    if plan.changed:
        change_files(
            project.root,
            contents,
            what="codings carried along with changed documents",
            expect=plan.expect,
            in_store=partial(_keep, study, plan, detail),
        )
    elif contents:
        write_together(contents, expect=plan.expect)
    written = sheet if plan.undecided or plan.edited else None
    sentences = [each.sentence() for each in plan.changed]
    return MovedCodings(sentences, files, len(plan.undecided), written)


def _keep(study: StudyTables, plan: Carrying, detail: Mapping[str, object], store: Store) -> None:
    """Carry decisions along, rename documents in draws, and log it."""
    rows = store.people_rows()
    decisions = []
    for row in rows["decisions"]:
        document, start, end, *rest = row
        if document in plan.texts:
            new, change = plan.texts[document]
            if change is not None:
                placement = change.place(start, end)
                if placement.certain:
                    start, end = placement.start, placement.end
            document = new
        decisions.append((document, start, end, *rest))
    places = [row[:4] for row in decisions]
    carried = [
        row if places.count(row[:4]) == 1 else before
        for row, before in zip(decisions, rows["decisions"], strict=True)
    ]
    renames = {old: new for old, (new, _) in plan.texts.items() if old != new}
    changed = {"decisions": carried}
    if renames:
        changed |= renamed_draws(rows, renames, study.corpus.segments, study.corpus.sha256)
    if any(changed[name] != rows[name] for name in changed):
        store.put_people_rows(changed)
    store.log("codings moved", detail)


def _texts(study: StudyTables) -> dict[str, str]:
    documents = study.corpus.documents
    return dict(zip(documents["document"], documents["text"], strict=True))


# The sheet, and what comes back on it.


def _sheet_files(sheet: Path, table: pd.DataFrame) -> dict[Path, Content]:
    """Return the files of the sheet; decisions that stand on an earlier one are kept."""
    earlier = [path for path in (sheet.with_suffix(".csv"), sheet) if path.is_file()]
    for path in sorted(earlier, key=lambda each: each.stat().st_mtime):
        with suppress(FourpError):
            before = {each.number: each for each in read_moved_decisions(path)}
            decided = [before.get(int(number)) if number else None for number in table["number"]]
            table["decision"] = [
                ("keep" if each.keep else "drop") if each else cell
                for each, cell in zip(decided, table["decision"], strict=True)
            ]
            table["new_quote"] = [
                each.new_quote if each and each.keep else cell
                for each, cell in zip(decided, table["new_quote"], strict=True)
            ]
    return {
        sheet: partial(_write_book, table),
        sheet.with_suffix(".csv"): partial(write_csv, cut_cells(table)),
    }


def _write_book(table: pd.DataFrame, path: Path) -> None:
    write_xlsx({MOVED_SHEET: table}, path)


def _sheet(
    project: Project,
    undecided: list[Undecided],
    edited: list[EditedCoding],
    texts: Mapping[str, str],
) -> pd.DataFrame:
    """Return the sheet: codings to decide about, then those that were carried with a small change."""
    proposals = _Proposals(project, texts)
    rows = []
    for each in undecided:
        place = proposals.of(each)
        text = texts.get(each.document, "")
        rows.append(
            (
                str(each.number), each.document, _coder(each), each.cells.get("code", ""), "uncertain",
                each.quote, text[place[0] : place[1]] if place else "",
                proposals.sentences(each.document, place) if place else "", "",
            )
        )  # fmt: skip
    rows += [
        (
            "", each.document, each.coder, each.code, "carried", each.old_quote, each.new_quote,
            proposals.sentences(each.document, (each.start, each.end)), "",
        )
        for each in edited
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(MOVED_COLUMNS), dtype=object)


def _coder(each: Undecided) -> str:
    name = each.cells.get("coder", "")
    return name or each.file.rpartition("/")[2].removesuffix(".csv")


class _Proposals:
    """Where undecided codings probably belong; each pair of texts is compared once."""

    def __init__(self, project: Project, texts: Mapping[str, str]) -> None:
        self._gold, self._texts = project.gold, texts
        self._changes: dict[tuple[str, str], TextChange | None] = {}
        self._pieces: dict[str, Pieces] = {}

    def of(self, each: Undecided) -> tuple[int, int] | None:
        text = self._texts.get(each.document)
        if text is None:
            return None
        key = (each.text, each.document)
        if key not in self._changes:
            old = kept_text(self._gold, each.text)
            self._changes[key] = None if old is None else TextChange(old, text)
        change = self._changes[key]
        if change is not None:
            placement = change.place(each.start, each.end)
            if placement.end <= 0:
                return None
            place = (placement.start, placement.end)
            return place if "\n" in each.quote else _nearest_line(text, place, each.quote)
        at = text.find(each.quote)
        return (at, at + len(each.quote)) if at >= 0 and each.quote else None

    def sentences(self, document: str, place: tuple[int, int]) -> str:
        """Return the whole sentences that a passage lies in."""
        text = self._texts[document]
        pieces = self._pieces.setdefault(document, text_pieces(text))
        inside = (pieces.start < place[1]) & (pieces.end > place[0])
        if not inside.any():
            return text[place[0] : place[1]]
        return text[int(pieces.start[inside][0]) : int(pieces.end[inside][-1])]


def _nearest_line(text: str, place: tuple[int, int], quote: str) -> tuple[int, int]:
    """Return the line of a passage that is most like what was coded, which was in one line."""
    lines = []
    at = place[0]
    for line in text[place[0] : place[1]].split("\n"):
        words = line.strip()
        begin = at + len(line) - len(line.lstrip())
        if words:
            lines.append((begin, begin + len(words)))
        at += len(line) + 1

    def likeness(line: tuple[int, int]) -> float:
        return SequenceMatcher(None, quote.split(), text[line[0] : line[1]].split()).ratio()

    return max(lines, key=likeness, default=place)


def decide_codings(study: StudyTables, path: Path) -> DecidedCodings:
    """Take in decisions about codings whose passage changed.

    Parameters
    ----------
    study : StudyTables
        The study.
    path : pathlib.Path
        The sheet that `move_codings` wrote, filled in.

    Returns
    -------
    DecidedCodings
        How many were kept, dropped, and are still open.

    Raises
    ------
    GoldError
        If a decision cannot be understood, or a passage is not in its document; nothing is changed then.
    """
    project = study.project
    plan_before = plan_carrying(project, study.corpus.documents)
    if plan_before.changed:
        _apply(study, plan_before)
    waiting = {each.number: each for each in read_undecided(undecided_path(project))}
    texts = _texts(study)
    proposals = _Proposals(project, texts)
    problems: list[Problem] = []
    decisions: dict[int, tuple[int, int] | None] = {}
    for decision in read_moved_decisions(path):
        each = waiting.get(decision.number)
        if each is None:
            continue  # decided before
        if not decision.keep:
            decisions[each.number] = None
            continue
        place, problem = _place(
            decision.new_quote, texts.get(each.document, ""), proposals.of(each)
        )
        if place is None:
            problems.append(Problem(str(path), decision.row, *problem, "row"))
        else:
            decisions[each.number] = place
    raise_all(problems[:SHOWN], len(problems), what="The decisions have")
    plan = plan_carrying(project, study.corpus.documents, decisions=decisions)
    dropped = [number for number, place in decisions.items() if place is None]
    if decisions:
        detail = {
            "kept": len(decisions) - len(dropped),
            "dropped": [
                {"file": waiting[number].file, **waiting[number].cells} for number in dropped
            ],
        }
        change_files(
            project.root,
            plan.contents,
            what="decisions about moved codings",
            expect=plan.expect,
            in_store=lambda store: store.log("moved codings decided", detail),
        )
        study.forget("gold", "repeats")
    return DecidedCodings(len(decisions) - len(dropped), len(dropped), len(plan.undecided))


def _place(
    quote: str, text: str, proposal: tuple[int, int] | None
) -> tuple[tuple[int, int] | None, tuple[str, str]]:
    """Return the place of a passage that somebody confirmed or wrote, or what is wrong with it."""
    if proposal is not None and says(quote, text[proposal[0] : proposal[1]]):
        return proposal, ("", "")
    words = quote.replace("\r\n", "\n").strip()
    at = text.find(words) if words else -1
    if at < 0:
        return None, (
            "The new quote is not in the document.",
            "Copy the passage from the document, or write drop.",
        )
    if text.find(words, at + 1) >= 0:
        return None, (
            "The new quote stands in the document more than once.",
            "Copy more of the passage, or write drop.",
        )
    return (at, at + len(words)), ("", "")


def undecided_note(project: Project) -> list[str]:
    """Return a sentence on codings that are left out because nobody has decided about them.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    list of str
        None if there are none.
    """
    waiting = read_undecided(undecided_path(project))
    if not waiting:
        return []
    documents = {each.document for each in waiting}
    sheet = project.reports / f"{_SHEET}.xlsx"
    shown = sheet.relative_to(project.root) if sheet.is_relative_to(project.root) else sheet
    how = (
        f"write keep or drop in {shown}, then run fourp gold --decide {shown}"
        if sheet.is_file()
        else "fourp gold --move writes a sheet to decide on"
    )
    one = len(waiting) == 1
    return [
        f"{len(waiting)} coding{' is' if one else 's are'} left out, because "
        f"{'its passage' if one else 'their passages'} changed ({len(documents)} "
        f"document{'' if len(documents) == 1 else 's'}). To decide: {how}"
    ]
