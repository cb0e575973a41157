"""The first steps: a project's documents, segments and gold codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED, matching_coder
from fourp_nlp.coding.gold.reader import read_gold, with_memos_of_doubles
from fourp_nlp.coding.reading.readings import CHANGED
from fourp_nlp.documents import read_attributes, read_documents
from fourp_nlp.documents.files import document_id
from fourp_nlp.documents.languages import ENGLISH
from fourp_nlp.errors import GoldError, ProjectError, TableError
from fourp_nlp.frequencies import check_cases
from fourp_nlp.segments import segment
from fourp_nlp.segments.alignment import (
    coded_documents,
    covered_segments,
)
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.study.reading.assisted import assisted_notes
from fourp_nlp.study.reading.reading_state import codes_asked_by_draws, current_readings
from fourp_nlp.study.reading.span_readings import readings_of_spans
from fourp_nlp.study.reading.speaker_roles import no_speakers, speaker_table, with_roles
from fourp_nlp.study.result_places import left_out
from fourp_nlp.tables import CODINGS, READ, Table, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.segments.alignment import Rule
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = [
    "Corpus",
    "Gold",
    "Watch",
    "check_before_work",
    "no_progress",
    "other_languages",
    "read_corpus",
    "read_gold_codes",
    "reading_notes",
    "with_language",
]

_CODING = ["document", "start", "end", "code", "coder"]

Watch = Callable[[str], Callable[[int, int], None]]
"""Given the name of a step, returns what is called with (done, total) while it goes on."""


def no_progress(_: str) -> Callable[[int, int], None]:
    """Tell nobody of progress."""
    return lambda _done, _total: None


_SHOWN = 3
"""Files of a reason, and reasons, that are named where no file can be read."""


@dataclass(frozen=True)
class Corpus:
    """Documents, what was skipped, and segments.

    Attributes
    ----------
    documents, skipped, segments : pandas.DataFrame
        The tables of these names.
    speakers : pandas.DataFrame
        Roles and attributes of speakers, as `read_speakers` returns them; without rows if there is no table.
    """

    documents: pd.DataFrame
    skipped: pd.DataFrame
    segments: pd.DataFrame
    speakers: pd.DataFrame = field(default_factory=no_speakers)

    @property
    def sha256(self) -> dict[str, str]:
        """The SHA-256 of each document's text, by document id."""
        return dict(zip(self.documents["document"], self.documents["sha256"], strict=True))

    @property
    def context(self) -> NDArray[np.bool_]:
        """Segments of speakers whose role is not coded, shape (n_segments,)."""
        if "context" not in self.segments.columns:
            return np.zeros(len(self.segments), dtype=bool)
        return self.segments["context"].to_numpy(dtype=bool)


@dataclass(frozen=True)
class Gold:
    """What people coded.

    Attributes
    ----------
    codings : pandas.DataFrame
        Table of codings by every coder.
    coded : dict of str to frozenset of str
        The documents that each coder coded, whole or in part, with or without finding anything.
    reference : str
        The coder whose codes are learned from and compared with; empty if nobody coded.
    read : pandas.DataFrame
        The table READ: whole documents, and spans of others, with the codes that were not there when
        they were read. Text that was added later is not in it.
    rule : {"majority", "any", "containment"}
        When a segment carries the code of a span.
    changed : pandas.DataFrame
        The table CHANGED: documents whose text is not the one that a coder read.
    since : dict of str to str
        The date as of which each coder's reading was last recorded.
    spellings : sequence of str
        A sentence for each coder whose name is written in several ways.
    redefined : dict of str to str
        Codes whose definition has changed since somebody looked for them, with the date of the change.
    reference_note : str
        Why the reference is this coder, if several people coded and the settings do not say it.
    places : sequence of str
        Where each coding stands, by file and line.
    blind : Gold, optional
        The same without assisted codings: what people coded without seeing the machine's suggestions. None if
        all of it is.
    assisted : Gold, optional
        The assisted codings alone, with what their coders decided; None if there are none.
    """

    codings: pd.DataFrame
    coded: dict[str, frozenset[str]]
    reference: str
    read: pd.DataFrame
    rule: Rule = "majority"
    changed: pd.DataFrame = field(default_factory=lambda: empty(CHANGED))
    since: dict[str, str] = field(default_factory=dict)
    spellings: Sequence[str] = ()
    redefined: dict[str, str] = field(default_factory=dict)
    places: Sequence[str] = ()
    reference_note: str = ""
    blind: Gold | None = None
    assisted: Gold | None = None

    @property
    def coders(self) -> list[str]:
        """The coders: the reference first, the others by name."""
        return sorted(self.coded, key=lambda coder: (coder != self.reference, coder))

    @property
    def people(self) -> list[str]:
        """The coders that are people: what was settled between them is none of theirs."""
        return [coder for coder in self.coders if coder != SETTLED]

    def of_one(self, coder: str) -> Gold:
        """Return what one coder coded.

        Parameters
        ----------
        coder : str
            The coder, who may have coded nothing.

        Returns
        -------
        Gold
            Without all others.
        """
        own = (self.codings["coder"] == coder).to_numpy(dtype=bool)
        return replace(
            self,
            codings=self.codings[own].reset_index(drop=True),
            coded={name: documents for name, documents in self.coded.items() if name == coder},
            reference=coder if coder in self.coded else "",
            read=self.read[self.read["coder"] == coder].reset_index(drop=True),
            changed=self.changed[self.changed["coder"] == coder].reset_index(drop=True),
            since={name: date for name, date in self.since.items() if name == coder},
            spellings=(),
            places=[place for place, is_own in zip(self.places, own, strict=False) if is_own],
            reference_note="",
            blind=None if self.blind is None else self.blind.of_one(coder),
            assisted=None if self.assisted is None else self.assisted.of_one(coder),
        )


def read_corpus(
    project: Project, *, may_be_empty: bool = False, watch: Watch = no_progress
) -> Corpus:
    """Read and segment a project's documents.

    Parameters
    ----------
    project : Project
        The project.
    may_be_empty : bool, default False
        Whether a project without any document will do, as for its codebook alone.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    Corpus
        Documents, skipped files and segments.

    Raises
    ------
    ProjectError
        If the corpus folder is missing or no document in it can be read, or the roles of speakers are set in
        ways that contradict each other.
    DocumentError
        If the table of speakers is wrong.
    """
    if not project.corpus.is_dir():
        raise ProjectError(
            "The folder of documents is missing.",
            file=project.corpus,
            cure="Make it and put documents in, or correct `corpus` in fourp.toml.",
        )
    documents, skipped = read_documents(
        project.corpus,
        exclude=left_out(project),
        tables=project.tables,
        progress=watch("reading"),
    )
    if documents.empty and not may_be_empty:
        raise ProjectError(
            f"There is no document that can be read{_why_none(skipped, project)}.",
            file=project.corpus,
            cure="Put documents (.txt, .docx, .pdf, …) into this folder.",
        )
    documents = with_language(_in_listed_order(documents, project), project)
    segments = segment(documents, unit=project.settings.unit, progress=watch("segmenting"))
    speakers = speaker_table(project)
    return Corpus(documents, skipped, with_roles(segments, project, speakers), speakers)


def with_language(documents: pd.DataFrame, project: Project | None) -> pd.DataFrame:
    """Return documents with the project's language where documents.csv says none.

    Parameters
    ----------
    documents : pandas.DataFrame
        The table of documents.
    project : Project or None
        The project; without one, documents stay as they are.

    Returns
    -------
    pandas.DataFrame
        The same table, with its column `language` filled.
    """
    if project is None:
        return documents
    unset = documents["language"] == ""
    return documents.assign(
        language=documents["language"].mask(unset, project.settings.language).astype("str")
    )


def other_languages(corpus: Corpus) -> dict[str, str]:
    """Return the language of each document that is not in English, by document id.

    Parameters
    ----------
    corpus : Corpus
        The documents.

    Returns
    -------
    dict of str to str
        ISO 639-1 codes: what decides, besides the text, how a document's sentences are divided.
    """
    documents = corpus.documents
    others = documents[~documents["language"].isin(["", ENGLISH])]
    return dict(zip(others["document"].tolist(), others["language"].tolist(), strict=True))


def _why_none(skipped: pd.DataFrame, project: Project) -> str:
    """Say why no file could be read, reason by reason, with the first files of each."""
    if skipped.empty:
        return ""
    folder = f"{document_id(project.corpus)}/"
    reasons = []
    for reason, files in skipped.groupby("reason", sort=False)["path"]:
        names = [str(path).removeprefix(folder) for path in files]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        reasons.append(f"{', '.join(names[:_SHOWN])}{more}: {str(reason).removesuffix('.')}")
    rest = f"; {len(reasons) - _SHOWN} further reasons" if len(reasons) > _SHOWN else ""
    return f" ({len(skipped)} skipped). {'; '.join(reasons[:_SHOWN])}{rest}"


def check_before_work(study: Study) -> None:
    """Find out, before the long work of all steps, what would stop the last ones.

    Parameters
    ----------
    study : Study
        The study.

    Raises
    ------
    TableError
        If a case belongs to two groups, which nothing can be counted by.
    ProjectError
        If a folder that results go to cannot be written.
    """
    project, corpus = study.project, study.corpus
    project.check_writable()
    try:
        check_cases(corpus.documents)
    except TableError as error:
        raise TableError(error.problem, file=project.attributes, cure=error.cure) from None


def _in_listed_order(documents: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Return the documents in the order of documents.csv, so that tables and charts keep it."""
    if not project.attributes.is_file():
        return documents
    listed = read_attributes(project.attributes)["document"].tolist()
    place = {name: number for number, name in enumerate(listed)}
    order = documents["document"].map(lambda name: place.get(name, len(place)))
    return documents.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def read_gold_codes(
    project: Project, corpus: Corpus, codebook: Codebook, *, without_reference: bool = False
) -> Gold:
    """Read a project's gold codes.

    Parameters
    ----------
    project : Project
        The project.
    corpus : Corpus
        Its documents.
    codebook : Codebook
        Its codebook.
    without_reference : bool, default False
        Whether nobody need be the reference: if several people coded and the settings do not name one of
        them, nobody is. By default it is who read most, and a note says so.

    Returns
    -------
    Gold
        The codes; without coders if the project has no gold files.

    Raises
    ------
    GoldError
        If a file is wrong, or the settings name a reference who did not code.
    """
    blind = _read_folder(project, project.gold, project.gold_files, corpus, codebook)
    assisted = None
    if project.assisted_files:
        assisted = _read_folder(
            project, project.assisted, project.assisted_files, corpus, codebook, known=blind.coded
        )
        in_spans = readings_of_spans(
            project.assisted_files,
            corpus.segments,
            assisted.codings,
            assisted.read,
            codebook,
            blind.rule,
        )
        assisted = replace(assisted, read=_joined(assisted.read, in_spans, READ))
    by_coder = _joined_coders(blind.coded, assisted.coded if assisted else {})
    all_read = _joined(blind.read, assisted.read, READ) if assisted else blind.read
    reference, note = _reference(
        project, corpus, list(by_coder), all_read, needed=not without_reference
    )
    blind = replace(blind, reference=reference, reference_note=note)
    if assisted is None:
        return blind
    # The reference coder is one even where all that they coded was assisted.
    blind.coded.setdefault(reference, frozenset())
    return replace(
        blind,
        codings=with_memos_of_doubles(_joined(blind.codings, assisted.codings, CODINGS), _CODING)
        .drop_duplicates(_CODING)
        .reset_index(drop=True),
        coded=by_coder,
        read=all_read,
        changed=_joined(blind.changed, assisted.changed, CHANGED).drop_duplicates(),
        since={**blind.since, **assisted.since},
        spellings=[*blind.spellings, *assisted.spellings],
        redefined={**assisted.redefined, **blind.redefined},
        places=(),
        blind=blind,
        assisted=assisted,
    )


def _read_folder(
    project: Project,
    folder: Path,
    paths: Sequence[Path],
    corpus: Corpus,
    codebook: Codebook,
    *,
    known: Iterable[str] = (),
) -> Gold:
    """Return what the gold files of one folder hold; nobody is the reference."""
    rule = project.settings.coders.rule
    if not paths:
        return Gold(empty(CODINGS), {}, "", empty(READ), rule)
    files = read_gold(paths, corpus.documents, codebook.code_ids, all_parts=True, known=known)
    readings = current_readings(
        folder, files, corpus.documents, codebook, partial(codes_asked_by_draws, project)
    )
    return Gold(
        files.codings,
        dict(coded_documents(files.coded)),
        "",
        readings.read,
        rule,
        readings.changed,
        readings.record.since,
        files.spellings,
        readings.redefined,
        files.places,
    )


def _reference(
    project: Project, corpus: Corpus, coders: Sequence[str], read: pd.DataFrame, *, needed: bool
) -> tuple[str, str]:
    """Return whose codes are learned from and compared with, and a note if the settings do not say it."""
    reference = project.settings.coders.gold
    if not coders:
        return "", ""
    if reference:
        return _named_reference(project, reference, coders, needed=needed), ""
    people = sorted(set(coders) - {SETTLED})
    if len(people) < 2:
        return [*people, *coders][0], ""
    if not needed:
        return "", ""
    if SETTLED in coders:
        return SETTLED, (
            f"{len(people)} people coded, and fourp.toml does not say whose codes to learn from: the settled "
            f'codes are used. To change this, write under [coders]: gold = "{people[0]}"'
        )
    n_read = {name: int(covered_segments(corpus.segments, read, name).sum()) for name in people}
    ranked = sorted(people, key=lambda name: (-n_read[name], name))
    counts = ", ".join(f"{name} {n_read[name]:,}" for name in ranked)
    why = "who read most" if n_read[ranked[0]] > n_read[ranked[1]] else "first by name"
    return ranked[0], (
        f"{len(people)} people coded, and fourp.toml does not say whose codes to learn from: those of "
        f"{ranked[0]} are used, {why} (segments: {counts}). To change this, write under [coders]: "
        f'gold = "{ranked[1]}", or "{SETTLED}" after `fourp reconcile --settle`.'
    )


def _named_reference(
    project: Project, reference: str, coders: Sequence[str], *, needed: bool
) -> str:
    """Return the coder that the settings name, as the gold files spell the name."""
    try:
        return matching_coder(reference, sorted(coders))
    except GoldError:
        if not needed:
            return ""  # somebody else has coded first
        raise GoldError(
            f"No gold file holds codes by '{reference}'.",
            file=project.root / "fourp.toml",
            place="key coders.gold",
            cure=f"Coders there are: {', '.join(sorted(coders)) or 'none'}.",
        ) from None


def _joined_coders(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    nothing: frozenset[str] = frozenset()
    return {name: one.get(name, nothing) | other.get(name, nothing) for name in {**one, **other}}


def _joined(one: pd.DataFrame, other: pd.DataFrame, table: Table) -> pd.DataFrame:
    some = [frame for frame in (one, other) if len(frame)]
    return conform(pd.concat(some, ignore_index=True), table) if some else one


def reading_notes(study: Study) -> list[str]:
    """Return a sentence for each coder who read some documents in part, or decided on suggestions.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of str
        What a reader of counts must know; none if every document was coded as a whole. Of documents
        that have changed since, `unread_notes` tells.
    """
    corpus, gold = study.corpus, study.gold
    data = data_segments(corpus, study.codebook) if corpus.context.any() else ~corpus.context
    names = corpus.segments["document"].to_numpy()[data]
    notes = []
    for coder in gold.coders:
        is_read = pd.Series(covered_segments(corpus.segments, gold.read, coder)[data])
        counts = is_read.groupby(names).agg(["sum", "size"])
        part = counts[(counts["sum"] > 0) & (counts["sum"] < counts["size"])]
        # Of those that grew or changed since, `unread_notes` tells.
        new = gold.changed.loc[gold.changed["coder"] == coder, "document"]
        part = part[~part.index.isin(set(new))]
        if len(part):
            notes.append(
                f"{coder} read {len(part)} document{'' if len(part) == 1 else 's'} in part: "
                f"{part['sum'].sum()} of {part['size'].sum()} segments. Counts and agreement of {coder} "
                "are about the segments that were read, not the rest."
            )
    return [*notes, *assisted_notes(study)]
