"""Who speaks in each document, how many questions each speaker asks, and which role that suggests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.errors import FourpError, ProjectError
from fourp_nlp.segments import speakers_in
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.study.reading.speaker_roles import SpeakerRoles, close_label, speaker_roles
from fourp_nlp.tables import SPEAKERS, SUGGESTIONS, conform, empty
from fourp_nlp.turns import INTERVIEWER, PARTICIPANT, role_by_name

if TYPE_CHECKING:
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

__all__ = ["guessed_roles", "role_notes", "speaker_overview", "unset_note"]

_FEW_QUESTIONS = 3
"""Fewer questions than these say nothing of a role."""
_OFTEN = 0.3
"""Share of questions from which a speaker may be the one who asks."""
_SELDOM = 0.1
"""Share of questions up to which a speaker does not ask."""
_AS_OFTEN = 0.9
"""Share of the turns of the one who speaks most often, from which a speaker may lead the conversation."""
_ENDS = r"[.!?…。！？؟]+(?:[\s\"'”’»)\]]|$)"
_QUESTION = r"[?？؟]"
_NAMED = 5  # names that are told one by one


class _Evidence(NamedTuple):
    """What is known of one speaker of a document; who leads speaks first, or about as often as anybody."""

    speaker: str
    sentences: int
    questions: int
    leads: bool

    @property
    def share(self) -> float:
        return self.questions / self.sentences if self.sentences else 0.0

    @property
    def asks(self) -> bool:
        """Whether many of the sentences are questions."""
        return self.questions >= _FEW_QUESTIONS and self.share >= _OFTEN

    @property
    def in_words(self) -> str:
        return f"{self.questions} of {self.sentences} sentences are questions"


def guessed_roles(corpus: Corpus) -> pd.DataFrame:
    """Return who speaks in each document, with the role that names and questions suggest.

    Parameters
    ----------
    corpus : Corpus
        Documents and segments.

    Returns
    -------
    pandas.DataFrame
        One row for each speaker of each document: document, speaker, sentences, questions, guess
        (`INTERVIEWER`, `PARTICIPANT` or empty), why, and asks: whether questions bear out that somebody is an
        interviewer.

    Notes
    -----
    A word for a role ("Interviewer 2", "Animatrice", "Participant 3") decides. Otherwise the questions do:
    those who ask in at least 0.3 of their sentences, and at least three times, are interviewers if everybody
    else asks at most half as often, and if they lead: speak first, or begin at least 0.9 times as often as
    anybody. So somebody in the audience of a talk who asks is none. A letter or two ("I", "Q", "R", "P1")
    decides where neither the questions nor the turns contradict it. Where there is an interviewer, the
    others answer. A guess changes no count.
    """
    counts = _sentences_and_questions(corpus)
    about = dict(zip(corpus.documents["document"], corpus.documents["speaker"], strict=True))
    rows = []
    for document, part in counts.groupby("document", sort=False):
        speakers = [
            _Evidence(str(name), int(sentences), int(questions), place == 0 or bool(often))
            for place, (name, sentences, questions, often) in enumerate(
                zip(
                    part["speaker"],
                    part["sentences"],
                    part["questions"],
                    part["turns"] >= _AS_OFTEN * part["turns"].max(),
                    strict=True,
                )
            )
        ]
        guesses = _guesses(speakers, str(about.get(document, "")))
        rows += [
            (
                document,
                one.speaker,
                one.sentences,
                one.questions,
                *guess,
                guess[0] == INTERVIEWER and one.asks,
            )
            for one, guess in zip(speakers, guesses, strict=True)
        ]
    names = ["document", "speaker", "sentences", "questions", "guess", "why", "asks"]
    return pd.DataFrame(rows, columns=names)


def _sentences_and_questions(corpus: Corpus) -> pd.DataFrame:
    """Return turns, sentences and questions of each speaker, in the order in which they begin to speak."""
    spoken = corpus.segments[corpus.segments["speaker"] != ""]
    ends = spoken["text"].str.count(_ENDS)
    is_sentence = (spoken["role"] == "sentence") | (spoken["role"] == "bullet")
    sentences = np.where(is_sentence, 1, np.maximum(ends, 1))
    asked = spoken["text"].str.count(_QUESTION)
    questions = np.minimum(asked, sentences)
    who = spoken["document"] + "\n" + spoken["speaker"]
    begins = (who != who.shift()).astype(np.int64)
    return (
        spoken[["document", "speaker"]]
        .assign(
            turns=begins,
            sentences=sentences.astype(np.int64),
            questions=questions.astype(np.int64),
        )
        .groupby(["document", "speaker"], sort=False)
        .sum()
        .reset_index()
    )


def _guesses(speakers: list[_Evidence], main: str) -> list[tuple[str, str]]:
    """Return role and reason for each speaker of a document."""
    askers = _askers(speakers)
    guesses = [_by_label(one, askers) for one in speakers]
    someone_asks = any(role == INTERVIEWER for role, _ in guesses)
    return [
        guess if guess[1] else _by_others(one, speakers, main, someone_asks=someone_asks)
        for one, guess in zip(speakers, guesses, strict=True)
    ]


def _by_label(one: _Evidence, askers: set[str]) -> tuple[str, str]:
    """Return what a speaker's label and questions say; no reason if they say nothing."""
    name, asks = role_by_name(one.speaker), one.speaker in askers
    if name.role and not name.certain and name.role == PARTICIPANT and asks:
        return INTERVIEWER, f"asks, whatever the label: {one.in_words}"
    if name.role == INTERVIEWER and not name.certain and not asks and (askers or not one.leads):
        return "", f"the label of an interviewer, but others lead; {one.in_words}"
    if name.role:
        return name.role, f"the label; {one.in_words}"
    return (INTERVIEWER, f"asks most: {one.in_words}") if asks else ("", "")


def _by_others(
    one: _Evidence, speakers: list[_Evidence], main: str, *, someone_asks: bool
) -> tuple[str, str]:
    """Return what the others of a document say of a speaker whose label and questions say nothing."""
    if someone_asks and one.asks:
        return "", f"asks too: {one.in_words}"
    if someone_asks:
        return PARTICIPANT, f"somebody else interviews; {one.in_words}"
    if len(speakers) == 1:
        return "", "speaks alone"
    if main and one.speaker.casefold() == main.strip().casefold():
        return PARTICIPANT, f"the speaker in documents.csv; {one.in_words}"
    return "", f"nobody asks much more than the others; {one.in_words}"


def _askers(speakers: list[_Evidence]) -> set[str]:
    """Return who asks clearly more questions than everybody else; nobody if that is not clear."""
    asking = {one.speaker for one in speakers if one.asks and one.leads}
    rest = [one.share for one in speakers if one.speaker not in asking]
    least = min((one.share for one in speakers if one.speaker in asking), default=0.0)
    if not rest or max(rest) > max(least / 2, _SELDOM):
        return set()
    return asking


def speaker_overview(study: Study) -> pd.DataFrame:
    """Return who speaks in each document, with the role that is set or guessed.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        The table SPEAKERS, in the order of the documents and, in each, of the first words.
    """
    corpus = study.corpus
    roles = speaker_roles(study.project, corpus.speakers)
    table = guessed_roles(corpus)
    documents = corpus.documents.set_index("document")
    turns, words = {}, {}
    for document in dict.fromkeys(table["document"]):
        said = speakers_in(*documents.loc[document, ["text", "labels"]])
        for speaker in said.words:
            turns[document, speaker] = said.turns.get(speaker, 0)
            words[document, speaker] = said.words[speaker]
    pairs = list(zip(table["document"], table["speaker"], strict=True))
    entries = [roles.of(*pair) for pair in pairs]
    data = data_segments(corpus, study.codebook)
    in_data = set(
        map(tuple, corpus.segments.loc[data, ["document", "speaker"]].drop_duplicates().to_numpy())
    )
    is_set = np.array([entry is not None for entry in entries], dtype=bool)
    return conform(
        table.assign(
            turns=[turns.get(pair, 0) for pair in pairs],
            words=[words.get(pair, 0) for pair in pairs],
            question_share=table["questions"] / table["sentences"].where(table["sentences"] > 0),
            role=["" if entry is None else roles.spelt(entry.role) for entry in entries],
            set_in=["" if entry is None else entry.where for entry in entries],
            guess=np.where(is_set, "", table["guess"]),
            why=np.where(is_set, "", table["why"]),
            coded=[pair in in_data for pair in pairs],
        ),
        SPEAKERS,
    )


def unset_note(study: Study) -> list[str]:
    """Say how much is on speakers who seem to be interviewers, until a role is set for them.

    Parameters
    ----------
    study : Study
        The study; of suggestions, those that there are count.

    Returns
    -------
    list of str
        One sentence, or none: if nobody seems to ask, or a role is set for all who do.
    """
    corpus = study.corpus
    if not (corpus.segments["speaker"] != "").any():
        return []
    roles = _roles(study)
    if roles is not None and roles.coded is not None:
        return []
    table = guessed_roles(corpus)
    asking = table[table["asks"]]
    if roles is not None:
        unset = [
            roles.of(document, speaker) is None
            for document, speaker in zip(asking["document"], asking["speaker"], strict=True)
        ]
        asking = asking[np.array(unset, dtype=bool)]
    if asking.empty:
        return []
    of_asking = pd.MultiIndex.from_frame(asking[["document", "speaker"]])
    suggestions = _suggested(study)
    rows, what = (suggestions, "suggestions") if len(suggestions) else (corpus.segments, "segments")
    if what == "suggestions":
        rows = rows.drop(columns=["speaker"], errors="ignore").merge(
            corpus.segments[["document", "segment", "speaker"]], on=["document", "segment"]
        )
    n_asking = int(pd.MultiIndex.from_frame(rows[["document", "speaker"]]).isin(of_asking).sum())
    by_speaker = asking.groupby("speaker", sort=False)["document"].agg(["size", "first"])
    who = [
        f"{speaker} in {first if size == 1 else f'{size} documents'}"
        for speaker, size, first in by_speaker.itertuples()
    ]
    more = f" and {len(who) - _NAMED} more" if len(who) > _NAMED else ""
    one_each = asking["document"].is_unique
    return [
        f"{n_asking:,} of {len(rows):,} {what} are on "
        f"{'the speaker who asks' if one_each else 'the speakers who ask'} most questions "
        f"({', '.join(who[:_NAMED])}{more}). Nothing is set for them, so all of it counts as data. `fourp "
        "speakers` shows who speaks; `fourp speakers --confirm` sets the roles, and what interviewers say is "
        "then context, not data."
    ]


def _suggested(study: Study) -> pd.DataFrame:
    """Return what is suggested; nothing if the stored suggestions do not fit the study."""
    try:
        suggestions = study.suggestions_if_any
    except FourpError:
        return empty(SUGGESTIONS)
    return suggestions[suggestions["suggested"]]


def role_notes(study: Study) -> list[str]:
    """Warn about roles that are set for speakers whom nobody hears, and speakers whose role is not set.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of str
        Sentences; none without a project, or where no role and no attribute is set.
    """
    roles = _roles(study)
    corpus = study.corpus
    if roles is None:
        return []
    pairs = corpus.segments.loc[
        corpus.segments["speaker"] != "", ["document", "speaker"]
    ].drop_duplicates()
    speaking = list(zip(pairs["document"], pairs["speaker"], strict=True))
    notes = [
        f"{one.where}: '{one.label}' is the label of no speaker"
        f"{f' of {one.document}' if one.document else ''}, so that it sets nothing."
        + (f" Did you mean '{close}'?" if close else "")
        + " `fourp speakers` lists the labels."
        for one in roles.sets
        if one.file == "fourp.toml"
        and not any(one.fits_document(document) and one.fits(name) for document, name in speaking)
        for close in (close_label(one.label, pairs["speaker"]),)
    ]
    notes += _silent(study, speaking)
    if roles.coded is not None:
        left = corpus.segments[corpus.context & (corpus.segments["speaker_role"] == "")]
        spoken = left[left["speaker"] != ""]
        if len(spoken):
            names = ", ".join(list(dict.fromkeys(spoken["speaker"]))[:_NAMED])
            notes.append(
                f"{len(spoken):,} segments of speakers without a role ({names}) are not coded, because "
                f"`coded` under [speakers] names {roles.coded_in_words} alone. Set their roles, or leave "
                "`coded` out."
            )
    return notes


def _silent(study: Study, speaking: list[tuple[str, str]]) -> list[str]:
    """Name the speakers of the table who never speak."""
    table = study.corpus.speakers
    path = study.project.speakers
    if table.empty or path is None:
        return []
    labels = {(document, name.strip().casefold()) for document, name in speaking}
    labels |= {(document.rsplit("#", 1)[0], name) for document, name in labels}
    anywhere = {name for _, name in labels}
    documents = {document for document, _ in labels}
    known = {*study.corpus.documents["document"], *documents}
    missing = []
    for document, speaker, line in zip(
        table["document"], table["speaker"], table["line"], strict=True
    ):
        key = speaker.strip().casefold()
        if document and document not in known:
            missing.append(f"line {line}: there is no document '{document}'")
        elif (document, key) not in labels if document else key not in anywhere:
            close = close_label(speaker, (name for _, name in speaking))
            meant = f" (did you mean '{close}'?)" if close else ""
            where = f" in {document}" if document else ""
            missing.append(f"line {line}: '{speaker}' never speaks{where}{meant}")
    if not missing:
        return []
    more = f"; and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    return [
        f"{path.name}: {'; '.join(missing[:_NAMED])}{more}. Correct the rows; `fourp speakers` "
        "lists who speaks."
    ]


def _roles(study: Study) -> SpeakerRoles | None:
    """Return the roles of a study's speakers; None for a study without a project."""
    try:
        project = study.project
    except ProjectError:
        return None
    return speaker_roles(project, study.corpus.speakers)
