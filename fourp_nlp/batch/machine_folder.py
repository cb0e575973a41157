"""The machine coder for batch scoring, as a folder that every worker can read."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.batch.shards import CHECK_DISK
from fourp_nlp.codebook import read_codebook
from fourp_nlp.errors import ModelError
from fourp_nlp.files import temporary_name, write_text, writing_to
from fourp_nlp.machine.classifier import load_model, save_model
from fourp_nlp.machine.encoder import (
    DEFAULT_ENCODER,
    DEFAULT_RUNTIME,
    encoder_of_id,
    without_runtime,
)
from fourp_nlp.machine.encoder.parts import IN_PARTS
from fourp_nlp.machine.shipped_model import shipped_codebook, shipped_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.project import Project

__all__ = ["MODEL", "QUOTES", "Machine", "keep_model", "machine_for", "words_in"]

MODEL = "model"
"""Folder, in a folder of scores, of the machine coder that made them."""

QUOTES = "QUOTES.md"
"""File of a folder of scores that says that the model's examples are quoted there."""


@dataclass(frozen=True)
class Machine:
    """A machine coder to score with.

    Attributes
    ----------
    folder : pathlib.Path
        Where it lies.
    encoder : str
        Name of its encoder; empty for the default.
    notes : list of str
        Sentences for the reader.
    """

    folder: Path
    encoder: str = ""
    notes: list[str] = field(default_factory=list)


@contextmanager
def machine_for(
    project: Project | None,
    beside: Path,
    *,
    codebook: Path | None = None,
    model: Path | None = None,
    unit: str = "sentence",
) -> Iterator[Machine]:
    """Choose the machine coder that `fourp suggest` would use.

    Parameters
    ----------
    project : Project or None
        The project; its own model comes first.
    beside : pathlib.Path
        Folder of scores. A model that works from the definitions alone lies nowhere, and is put down there
        while the block lasts: not where the system keeps temporary files.
    codebook : pathlib.Path, optional
        Another codebook.
    model : pathlib.Path, optional
        Folder of a model, whatever the project and the codebook.
    unit : str
        The unit of coding.

    Yields
    ------
    Machine
        Its folder is there inside the block only: `score_places` keeps a copy.

    Raises
    ------
    ModelError
        If a model does not fit.
    CodebookError
        If the codebook cannot be used.
    """
    # Workers import this package too, and need nothing of the pipeline.
    from fourp_nlp.study.machine.suggestions import choose_model
    from fourp_nlp.study.machine.training import encoder_name

    own_project = project if codebook is None else None
    if model is not None:
        loaded = load_model(model)
        yield Machine(model, _encoder_of(loaded, own_project), _remarks(loaded, unit))
        return
    codebook_file = codebook or (project.codebook if project else shipped_codebook())
    chosen_model, notes = choose_model(own_project, read_codebook(codebook_file), unit=unit)
    notes = [*notes, *_remarks(chosen_model, unit)]
    encoder = encoder_name(own_project) if own_project else ""
    for place in [own_project.model, shipped_model()] if own_project else [shipped_model()]:
        # One that works from the definitions has a fingerprint too, that of the codebook.
        if _is(place, chosen_model.fingerprint):
            yield Machine(place, encoder, notes)
            return
    # It works from the definitions and lies nowhere yet.
    from tempfile import TemporaryDirectory

    with writing_to(beside, "The scores", cure=CHECK_DISK):
        beside.mkdir(parents=True, exist_ok=True)
        # Its folder is for its owner alone.
        held = TemporaryDirectory(dir=beside, prefix=".fourp-")
    with held as name:
        place = Path(name) / MODEL
        save_model(chosen_model, place)
        yield Machine(place, encoder, notes)
    with suppress(OSError):  # if nothing was scored, it is left as empty as it was made
        beside.rmdir()


def _encoder_of(model: TrainedModel, project: Project | None) -> str:
    from fourp_nlp.study.machine.training import encoder_name

    name = encoder_of_id(model.encoder_id)
    if name == f"{DEFAULT_ENCODER}:{DEFAULT_RUNTIME}":
        return ""
    if without_runtime(name) == DEFAULT_ENCODER:
        return name
    return name if name in IN_PARTS or project is None else encoder_name(project)


def _remarks(model: TrainedModel, unit: str) -> list[str]:
    from fourp_nlp.study.machine.code_warnings import cautions

    remarks = cautions(model)
    if not model.zero_shot and model.unit != unit:
        remarks.append(f"The model learned from {model.unit}s and is used on {unit}s here.")
    return remarks


def keep_model(model: Path, folder: Path) -> Path:
    """Keep a copy of a model with the scores: training again then changes nothing half-way.

    Parameters
    ----------
    model : pathlib.Path
        The model's folder.
    folder : pathlib.Path
        The folder of scores, claimed for this model.

    Returns
    -------
    pathlib.Path
        The copy.
    """
    kept = folder / MODEL
    loaded = load_model(model)
    wanted = loaded.fingerprint
    if _is(kept, wanted):
        return kept
    partial = temporary_name(kept, many_writers=True)
    with writing_to(folder, "The scores", cure=CHECK_DISK):
        try:
            shutil.copytree(model, partial)
            shutil.rmtree(kept, ignore_errors=True)
            _warn_of_words(loaded, folder)
            try:
                partial.rename(kept)
            except OSError:
                # Another run was faster.
                if not _is(kept, wanted):
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return kept


def words_in(folder: Path) -> str:
    """Say whether a folder of scores quotes what its model learned from; empty if it does not.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of scores.

    Returns
    -------
    str
        A note for people.
    """
    try:
        model = load_model(folder / MODEL)
    except ModelError:
        return ""
    return "" if _is(shipped_model(), model.fingerprint) else _words(model)


def _words(model: TrainedModel) -> str:
    if not model.quoted:
        return ""
    return (
        f"The folder `{MODEL}` in this folder is a copy of the model '{model.name}', which quotes "
        f"{model.quoted:,} coded segments that it learned from. Treat it as you treat the documents that "
        "they come from. A model trained with `examples = false` under [model] in fourp.toml quotes none."
    )


def _warn_of_words(model: TrainedModel, folder: Path) -> None:
    """Leave a note in the folder, for whoever is handed it later."""
    warning = "" if _is(shipped_model(), model.fingerprint) else _words(model)
    if warning:
        write_text(folder / QUOTES, f"{warning}\n", many_writers=True)


def _is(folder: Path, fingerprint: str) -> bool:
    try:
        return load_model(folder).fingerprint == fingerprint
    except ModelError:
        return False
