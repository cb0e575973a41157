"""What a score depends on: results under two different fingerprints are never mixed."""

from __future__ import annotations

import importlib.metadata
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from fourp_nlp import __version__
from fourp_nlp.errors import FourpError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.classify import TrainedModel

__all__ = ["RECORD", "Fingerprint", "claim", "fingerprint_of", "read_record"]

RECORD = "scored.json"
"""File of a folder of scores that says what they depend on."""

_PACKAGES = ("spacy", "scikit-learn", "sentence-transformers", "torch")
_WEB_PACKAGES = ("trafilatura", "py3langid")


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
    sites : str
        SHA-256 of the list of sites and groups; empty without one.
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
    sites: str
    versions: tuple[tuple[str, str], ...]

    def as_json(self) -> str:
        """Return it as JSON, the same for the same fingerprint."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1)


def fingerprint_of(
    model: TrainedModel,
    *,
    unit: str,
    encoder: str = "",
    languages: tuple[str, ...] = (),
    sites: str = "",
    web: bool = False,
) -> Fingerprint:
    """Return the fingerprint of scores.

    Parameters
    ----------
    model : TrainedModel
        The machine coder, saved.
    unit : str
        The unit of coding.
    encoder : str
        Id of the encoder, with its variant; by default the model's.
    languages : tuple of str
        Languages of web pages that are kept.
    sites : str
        SHA-256 of the list of sites.
    web : bool
        Whether web pages are read, so that what extracts their text has a part in it.

    Returns
    -------
    Fingerprint
        Everything that would change a score.
    """
    packages = _PACKAGES + (_WEB_PACKAGES if web else ())
    versions = [("fourp_nlp", __version__)]
    versions += [(name, importlib.metadata.version(name)) for name in packages]
    return Fingerprint(
        model=model.id,
        model_sha256=model.fingerprint,
        codebook=model.codebook_fingerprint,
        encoder=encoder or model.encoder_id,
        unit=unit,
        codes=tuple(model.codes),
        themes=tuple(model.themes),
        languages=languages,
        sites=sites,
        versions=tuple(versions),
    )


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
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RECORD
    partial = path.with_name(f".{RECORD}.{os.getpid()}.tmp")
    partial.write_text(fingerprint.as_json(), encoding="utf-8")
    try:
        # A link is made or not: of two that begin at once, one is first.
        os.link(partial, path)
    except FileExistsError:
        pass
    except OSError:
        if not path.exists():
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    there = read_record(folder)
    mine = json.loads(fingerprint.as_json())
    differing = [key for key in mine if there.get(key) != mine[key]]
    if differing:
        told = "; ".join(
            f"{key} was {_short(there.get(key))} and is {_short(mine[key])}" for key in differing
        )
        raise FourpError(
            f"These scores were made otherwise: {told}.",
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
    except (OSError, ValueError) as error:
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
