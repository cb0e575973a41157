"""The default codebook and the model for it that come with the package."""

from __future__ import annotations

from pathlib import Path

from fourp_nlp.errors import ProjectError

__all__ = ["shipped_codebook", "shipped_model", "shipped_sentences"]

_PACKAGE = Path(__file__).parents[1]
# In a wheel the files lie inside the package; in the repository they are the project's own.
_CODEBOOK = (
    _PACKAGE / "shipped_files" / "codebook.yaml",
    _PACKAGE.parent / "corpus" / "codebook.yaml",
)
_MODEL = (_PACKAGE / "shipped_files" / "four-ps", _PACKAGE.parent / "models" / "four-ps")
_TRAINING = (_PACKAGE / "shipped_files" / "training", _PACKAGE.parent / "corpus" / "training")


def shipped_sentences() -> list[Path]:
    """Return the files of coded sentences that were written for the default codebook.

    Returns
    -------
    list of pathlib.Path
        CSV files for `fourp_nlp.machine.coded_sentences.read_coded_sentences`.

    Raises
    ------
    ProjectError
        If the installation is incomplete.
    """
    return sorted(_first(_TRAINING, "training text").glob("*.csv"))


def shipped_codebook() -> Path:
    """Return the file of the default codebook, the four Ps.

    Returns
    -------
    pathlib.Path
        A YAML file.

    Raises
    ------
    ProjectError
        If the installation is incomplete.
    """
    return _first(_CODEBOOK, "codebook")


def shipped_model() -> Path:
    """Return the folder of the model that is shipped for the default codebook.

    Returns
    -------
    pathlib.Path
        A folder for `fourp_nlp.machine.classifier.load_model`.

    Raises
    ------
    ProjectError
        If the installation is incomplete.
    """
    return _first(_MODEL, "model")


def _first(places: tuple[Path, ...], what: str) -> Path:
    for place in places:
        if place.exists():
            return place
    raise ProjectError(
        f"The {what} that comes with fourp_nlp is not there.",
        file=places[0],
        cure="Install the package again: pip install --force-reinstall --no-deps fourp_nlp",
    )
