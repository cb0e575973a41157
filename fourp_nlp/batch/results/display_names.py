"""Display names of codes and sites in a folder of scores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.batch.fingerprint import read_record
from fourp_nlp.batch.scoring import SITES_FILE
from fourp_nlp.codebook import read_codebook, write_codebook
from fourp_nlp.errors import CodebookError
from fourp_nlp.machine.shipped_model import shipped_codebook

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.codebook import Codebook

__all__ = ["codebook_of_scores", "keep_codebook", "sites_of_scores"]

_KEPT = "codebook.yaml"


def codebook_of_scores(
    folder: Path, *, given: Path | None = None, project: Path | None = None
) -> Codebook | None:
    """Return the codebook that names the codes of a folder of scores.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    given : pathlib.Path, optional
        A codebook that the user named.
    project : pathlib.Path, optional
        A project's codebook.

    Returns
    -------
    Codebook or None
        The first that has all the codes of these, the one kept with the scores, and the shipped one; None if
        none has.

    Raises
    ------
    CodebookError
        If the codebook that the user named lacks a code.
    """
    record = read_record(folder)
    listed = record.get("codes")
    codes = [str(code) for code in listed] if isinstance(listed, list) else []
    kept = folder / _KEPT
    for path in (given, project, kept if kept.is_file() else None, shipped_codebook()):
        if path is None:
            continue
        codebook = read_codebook(path)
        lacking = [code for code in codes if code not in codebook.code_ids]
        if not lacking:
            return codebook
        if path is given:
            raise CodebookError(
                f"The scores have a code '{lacking[0]}' that this codebook does not have.",
                file=path,
                cure="Name the codebook that was scored with.",
            )
    return None


def keep_codebook(folder: Path, codebook: Codebook) -> Path:
    """Keep a codebook with a folder of scores, so that reports name the codes wherever they are made.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    codebook : Codebook
        The codebook that it was scored with.

    Returns
    -------
    pathlib.Path
        The file. A codebook that was kept earlier is replaced.
    """
    return write_codebook(codebook, folder / _KEPT, overwrite=True)


def sites_of_scores(folder: Path) -> pd.DataFrame:
    """Return the list of sites that a folder of scores was made with.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.

    Returns
    -------
    pandas.DataFrame
        Columns site, name and group; without rows if there was no list.
    """
    path = folder / SITES_FILE
    try:
        frame = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))
        return frame[["site", "name", "group"]].astype(str)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return pd.DataFrame({"site": [], "name": [], "group": []}, dtype=str)
