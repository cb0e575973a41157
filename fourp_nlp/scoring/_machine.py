"""Which machine coder scores: the one that would suggest, as a folder that every worker can read."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.classify import load_model, save_model
from fourp_nlp.codebook import read_codebook
from fourp_nlp.embed import DEFAULT_ENCODER
from fourp_nlp.encoder_in_parts import IN_PARTS
from fourp_nlp.errors import ModelError
from fourp_nlp.scoring._whole import partial_of, writing
from fourp_nlp.shipped import shipped_codebook, shipped_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.classify import TrainedModel
    from fourp_nlp.project import Project

__all__ = ["MODEL", "Machine", "keep_model", "machine_for"]

MODEL = "model"
"""Folder, in a folder of scores, of the machine coder that made them."""


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
    from fourp_nlp.pipeline import choose_model, encoder_name  # noqa: PLC0415

    own = project if codebook is None else None
    if model is not None:
        loaded = load_model(model)
        yield Machine(model, _encoder_of(loaded, own), _remarks(loaded, unit))
        return
    chosen = codebook or (project.codebook if project else shipped_codebook())
    made, notes = choose_model(own, read_codebook(chosen), unit=unit)
    notes = [*notes, *_remarks(made, unit)]
    encoder = encoder_name(own) if own else ""
    for place in [own.model, shipped_model()] if own else [shipped_model()]:
        # One that works from the definitions has a fingerprint too, that of the codebook.
        if _is(place, made.fingerprint):
            yield Machine(place, encoder, notes)
            return
    # It works from the definitions and lies nowhere yet.
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - rarely needed

    with TemporaryDirectory(prefix="fourp-") as name:
        place = Path(name) / MODEL
        save_model(made, place)
        yield Machine(place, encoder, notes)


def _encoder_of(model: TrainedModel, project: Project | None) -> str:
    from fourp_nlp.pipeline import encoder_name  # noqa: PLC0415

    name = model.encoder_id.partition("@")[0]
    if name == DEFAULT_ENCODER:
        return ""
    return name if name in IN_PARTS or project is None else encoder_name(project)


def _remarks(model: TrainedModel, unit: str) -> list[str]:
    from fourp_nlp.pipeline import cautions  # noqa: PLC0415

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
    wanted = load_model(model).fingerprint
    if _is(kept, wanted):
        return kept
    partial = partial_of(kept)
    with writing(folder):
        try:
            shutil.copytree(model, partial)
            shutil.rmtree(kept, ignore_errors=True)
            try:
                partial.rename(kept)
            except OSError:
                # Another run was faster.
                if not _is(kept, wanted):
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return kept


def _is(folder: Path, fingerprint: str) -> bool:
    try:
        return load_model(folder).fingerprint == fingerprint
    except ModelError:
        return False
