"""The process that trains beside a review: ``python -m`` this module, WHAT, ROOT, FOLDER.

``train`` leaves a model and a comparison in FOLDER, and changes nothing of the project. ``take`` lets that
model take the place of the project's, and suggests anew.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.errors import FourpError, StoreError
from fourp_nlp.files import write_text
from fourp_nlp.machine.classifier import load_model, save_model
from fourp_nlp.spacy_import import claim_process
from fourp_nlp.study.changes import changing, journal_of
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import learned_and_measured, train_project
from fourp_nlp.study.reviewing.learning import MODEL, PROGRESS, RESULT, compare_suggestions
from fourp_nlp.study.study import open_study

if TYPE_CHECKING:
    from fourp_nlp.machine.encoder import Progress
    from fourp_nlp.study.study import Study

__all__ = ["main"]

_SPAN = ["document", "start", "end"]
_OFTEN = 0.3  # seconds between two reports


def main() -> None:
    """Do what is asked, and write down what came of it."""
    claim_process()
    what, root, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    work = {"train": _train, "take": _take}[what]
    try:
        result = work(root, folder)
    except FourpError as error:
        result = {"error": " ".join(part for part in (error.problem, error.cure) if part)}
    write_text(folder / RESULT, json.dumps(result))


def _watch(folder: Path) -> Any:
    """Return what is told of progress, and writes it down now and then."""
    last = [0.0]

    def watch(step: str) -> Progress:
        def tell(done: int, total: int) -> None:
            now = time.monotonic()
            if now - last[0] >= _OFTEN or done >= total:
                last[0] = now
                content = {"step": step, "done": done, "total": total}
                write_text(folder / PROGRESS, json.dumps(content))

        return tell

    return watch


def _train(root: Path, folder: Path) -> dict[str, Any]:
    study = open_study(root)
    model = train_project(study, into=folder / MODEL, watch=_watch(folder))
    labels, blind = learned_and_measured(study)
    in_sight = int((labels.looked_for & ~blind.looked_for).any(axis=1).sum())
    if not model.out_of_fold.documents or model.from_one_document:
        none = {"macro_f1": [None, None], "codes": []}
        return {"segments": int(labels.read.sum()), "in_sight": in_sight, **none}
    old = _suggested_before(study, labels.segments)
    comparison = compare_suggestions(
        study,
        labels.labels,
        labels.looked_for & old[1],
        old[0],
        model.out_of_fold.suggested,
        labels.segments["document"],
    )
    return {**comparison, "in_sight": in_sight}


def _suggested_before(study: Study, segments: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what the present machine suggests for segments, and where it gave a probability."""
    suggested = np.zeros((len(segments), len(study.codebook.code_ids)), dtype=bool)
    known = suggested.copy()
    table = study.suggestions_of_present_codes
    if len(table):
        at = pd.MultiIndex.from_frame(segments[_SPAN]).get_indexer(
            pd.MultiIndex.from_frame(table[_SPAN])
        )
        code = pd.Index(study.codebook.code_ids).get_indexer(pd.Index(table["code"]))
        there = (at >= 0) & (code >= 0)
        cells = at[there], code[there]
        suggested[cells] = table["suggested"].to_numpy(dtype=bool)[there]
        known[cells] = True
    return suggested, known


def _take(root: Path, folder: Path) -> dict[str, Any]:
    study = open_study(root)
    model = load_model(folder / MODEL)
    if model.codes != study.codebook.code_ids:
        raise StoreError(
            "The codebook was changed while the machine learned.", cure="Let it learn again."
        )
    with changing(study.project.root):
        save_model(model, study.project.model, journal=journal_of(study.project.root))
    study.forget("own_model", "model")
    made = suggest_corpus(study, watch=_watch(folder))
    return {"suggestions": int(made.suggestions["suggested"].sum())}


if __name__ == "__main__":
    main()
