"""Which machine coder scores: saved where workers can load it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.classify import save_model
from fourp_nlp.codebook import read_codebook
from fourp_nlp.pipeline import choose_model, encoder_name
from fourp_nlp.shipped import shipped_codebook, shipped_model

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.project import Project

__all__ = ["Machine", "machine_for"]

_OWN = "machine"


class Machine(NamedTuple):
    """A machine coder on the disk.

    Attributes
    ----------
    folder : pathlib.Path
        Where it is.
    encoder : str
        Name of its encoder; empty for the default.
    notes : list of str
        What a reader should know of it.
    """

    folder: Path
    encoder: str
    notes: list[str]


def machine_for(
    folder: Path, project: Project | None, *, codebook: Path | None = None, unit: str = "sentence"
) -> Machine:
    """Return the machine coder for a batch.

    Parameters
    ----------
    folder : pathlib.Path
        Where scores go; a machine that works from definitions alone is kept there.
    project : Project or None
        The project, if there is one.
    codebook : pathlib.Path, optional
        Another codebook than the project's, or the shipped one.
    unit : str
        The unit of coding.

    Returns
    -------
    Machine
        The project's model; else the shipped one for the shipped codebook; else one that knows the
        codebook's definitions alone.

    Raises
    ------
    ModelError
        If the project's model does not fit its codebook or encoder.
    """
    own = project if codebook is None else None
    book = read_codebook(codebook or (project.codebook if project else shipped_codebook()))
    model, notes = choose_model(own, book, unit=unit)
    encoder = encoder_name(own) if own is not None else ""
    if model.fingerprint:
        place = own.model if own is not None and own.model.exists() else shipped_model()
        return Machine(place, encoder, notes)
    saved = save_model(model, folder / _OWN)
    return Machine(
        folder / _OWN, encoder, [*notes, f"It is kept as {saved.id} in {folder / _OWN}."]
    )
