"""Where a study stands: what is there, who read what, codes with too few codings, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.documents import NOTE
from fourp_nlp.documents.languages import language_name
from fourp_nlp.errors import FourpError, NoSuggestionsError
from fourp_nlp.machine.calibration import FEW_DOCUMENTS, FEW_POSITIVES
from fourp_nlp.machine.encoder import knows_language
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.machine.training import encoder_name, is_up_to_date
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.study.reading.assisted import assisted_summary
from fourp_nlp.study.reading.languages import encoder_language_note, language_notes
from fourp_nlp.study.reading.who_speaks import unset_note
from fourp_nlp.study.reconciling.accepting import suggestions_to_decide

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

__all__ = ["StudyStatus", "study_status"]

_FIRST_SAMPLE = 60


@dataclass(frozen=True)
class StudyStatus:
    """Where a study stands.

    Attributes
    ----------
    title : str
        The study's title, or the name of its folder.
    documents, skipped, segments, codes : int
        How many there are.
    coders : pandas.DataFrame
        Columns coder, documents (of which something was read), segments (read without suggestions), of (all
        segments), codings, decided (suggestions that the person decided on) and waiting (drawn segments whose
        sheets were not imported).
    few : pandas.DataFrame
        Columns code, positives and documents: codes that the reference coder gave to fewer segments, or in
        fewer documents, than figures can rest on.
    reference : str
        Whose codes the machine learns from; empty if nobody coded.
    machine : str
        One sentence on the machine: trained, out of date, suggestions there or not.
    undecided : int
        Suggestions in text that nobody has coded or decided on.
    next_steps : list of (str, str)
        What to do next: a sentence, and a command.
    notes : list of str
        What to know about the languages of documents, in sentences.
    """

    title: str
    documents: int
    skipped: int
    segments: int
    codes: int
    coders: pd.DataFrame
    few: pd.DataFrame
    reference: str
    machine: str
    undecided: int
    next_steps: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def study_status(study: Study) -> StudyStatus:
    """Return where a study stands.

    Parameters
    ----------
    study : Study
        The study; it may have no documents, and nobody need have coded.

    Returns
    -------
    StudyStatus
        In numbers, with what to do next.
    """
    corpus, codebook, gold = study.corpus, study.codebook, study.gold
    suggested = _suggestions(study)
    machine = _machine(study, suggested)
    undecided = 0
    if isinstance(suggested, int):
        coder = gold.reference or "nobody"
        undecided = len(suggestions_to_decide(study, coder)) if coder != SETTLED else 0
    status = StudyStatus(
        study.project.settings.title or study.project.root.resolve().name,
        len(corpus.documents),
        int((~corpus.skipped["reason"].str.startswith(NOTE)).sum()),
        len(corpus.segments),
        len(codebook.code_ids),
        _coders(study),
        _few(study),
        gold.reference,
        machine,
        undecided,
        notes=[
            *language_notes(study.project, corpus),
            *encoder_language_note(study.project, corpus),
        ],
    )
    status.next_steps.extend(_next_steps(study, status, suggested))
    return status


def _coders(study: Study) -> pd.DataFrame:
    gold, data = study.coded_blind().gold, data_segments(study.corpus, study.codebook)
    people = study.gold.people
    columns = ["coder", "documents", "segments", "of", "codings", "decided", "waiting"]
    drawn = _drawn_and_waiting(study)
    people = [*people, *(name for name in drawn if name not in people)]
    looked_for, _ = stacked_labels(study.coded_blind(), [p for p in people if p in gold.coded])
    n_read = dict(
        zip(
            [p for p in people if p in gold.coded],
            (looked_for.any(axis=2) & data).sum(axis=1).tolist(),
            strict=True,
        )
    )
    summary = assisted_summary(study).set_index("coder")
    decided = summary[["accepted", "rejected", "bulk"]].sum(axis=1).to_dict()
    codings = study.gold.codings["coder"].value_counts()
    rows = [
        (
            name,
            len(study.gold.coded.get(name, ())),
            int(n_read.get(name, 0)),
            int(data.sum()),
            int(codings.get(name, 0)),
            int(decided.get(name, 0)),
            drawn.get(name, 0),
        )
        for name in people
    ]
    return pd.DataFrame(rows, columns=columns)


def _drawn_and_waiting(study: Study) -> dict[str, int]:
    """Return for each coder how many drawn segments have not come back."""
    store = study.store
    draws, drawn = store.read_draws(), store.read_drawn()
    if draws.empty:
        return {}
    place = ["document", "start", "end"]
    coder_of = dict(zip(draws["draw"], draws["coder"], strict=True))
    rows = drawn.assign(coder=drawn["draw"].map(coder_of)).drop_duplicates(["coder", *place])
    read = study.coded_blind().gold.read
    spans = pd.MultiIndex.from_frame(read.loc[read["scope"] != "document", ["coder", *place]])
    whole = read.loc[read["scope"] == "document", ["coder", "document"]]
    waiting = ~pd.MultiIndex.from_frame(rows[["coder", *place]]).isin(spans)
    waiting &= ~pd.MultiIndex.from_frame(rows[["coder", "document"]]).isin(
        pd.MultiIndex.from_frame(whole)
    )
    return {str(name): int(n) for name, n in rows[waiting].groupby("coder").size().items()}


def _few(study: Study) -> pd.DataFrame:
    """Return codes with too few codings by the reference coder."""
    columns = ["code", "positives", "documents"]
    if not study.gold.reference:
        return pd.DataFrame(columns=columns)
    labels = study.labels(study.gold.reference)
    documents = study.segments["document"].to_numpy(dtype=object)
    rows = []
    for code, column in zip(study.codebook.code_ids, labels.labels.T, strict=True):
        positives, n_documents = int(column.sum()), len(set(documents[column]))
        if positives < FEW_POSITIVES or n_documents < FEW_DOCUMENTS:
            rows.append((code, positives, n_documents))
    return pd.DataFrame(rows, columns=columns)


def _suggestions(study: Study) -> int | FourpError:
    """Return how many suggestions there are, or why there are none."""
    try:
        return int(study.suggestions["suggested"].sum())
    except FourpError as error:
        return error


def _machine(study: Study, suggested: int | FourpError) -> str:
    """Say in a sentence what the machine has learned and suggested."""
    trained = study.project.model.is_dir()
    if not trained:
        learned = "The machine has not learned from your codings"
    elif is_up_to_date(study):
        learned = "The machine has learned from the present codings"
    else:
        learned = "The machine learned from earlier codings or settings"
    if isinstance(suggested, int):
        return f"{learned}; {suggested:,} suggestions."
    if isinstance(suggested, NoSuggestionsError) and not study.store.read_documents():
        return f"{learned}; no suggestions yet."
    return f"{learned}; the suggestions are not up to date."


def _next_steps(
    study: Study, status: StudyStatus, suggested: int | FourpError
) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    if not status.documents:
        return [(f"Put documents into {study.project.settings.corpus}/", "fourp status")]
    if unset_note(study):
        steps.append(("Say who asks and who answers", "fourp speakers"))
    people = status.coders
    waiting = people[people["waiting"] > 0]
    if len(waiting):
        name, count = waiting[["coder", "waiting"]].iloc[0]
        steps.append(
            (
                f"Fill in the sheet of {name} ({count} segments) and import it",
                "fourp next --take-in FILE",
            )
        )
    if not isinstance(suggested, int):
        steps.append(_suggest_step(study))
    elif study.gold.reference and not is_up_to_date(study):
        steps.append(("Let the machine learn from what is new, and suggest again", "fourp run"))
    coder = study.gold.reference if study.gold.reference not in {"", SETTLED} else "NAME"
    if not len(people) and not len(waiting):
        steps.append(
            ("Code a random sample, without looking at suggestions",
             f"fourp next {_FIRST_SAMPLE} --coder NAME")
        )  # fmt: skip
    if status.undecided:
        steps.append(
            (f"Accept or reject suggestions ({status.undecided:,} are undecided)",
             f"fourp accept --coder {coder}")
        )  # fmt: skip
    of_coder = people[people["coder"] == coder]
    unread = bool((of_coder["segments"] < of_coder["of"]).any())
    if unread and len(status.few) and not len(waiting):
        steps.append(
            (f"Code more segments for {_codes(len(status.few))} with too few codings",
             f"fourp next {_FIRST_SAMPLE} --by uncertainty --coder {coder}")
        )  # fmt: skip
    # Who only decided on suggestions has nothing to disagree about.
    blind = study.coded_blind()
    if len(blind.gold.people) > 1:
        looked_for, labels = stacked_labels(blind, blind.gold.people)
        readers, givers = looked_for.sum(axis=0), labels.sum(axis=0)
        if (
            int(np.count_nonzero((givers > 0) & (givers < readers)))
            and SETTLED not in study.gold.coded
        ):
            steps.append(("Settle what the coders disagree about", "fourp agree --disagreements"))
    if study.gold.reference and isinstance(suggested, int):
        steps.append(("Read the results", "fourp report"))
    return steps[:4]


def _suggest_step(study: Study) -> tuple[str, str]:
    """Return how to get suggestions: first of all with an encoder that knows the language."""
    project = study.project
    language = project.settings.language
    if project.model.exists() or knows_language(encoder_name(project), language):
        return "Let the machine suggest codes", "fourp run"
    return (
        f"Install an encoder that knows {language_name(language)}, and set it in fourp.toml",
        "pip install 'fourp_nlp[multilingual]'",
    )


def _codes(count: int) -> str:
    return f"{count} code{'' if count == 1 else 's'}"
