"""A draw of segments as it is recorded: its facts, the drawn segments, and the sheet that shows them."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.coding.sheets.coding_sheet import place_columns
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.tables import DRAWN, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from fourp_nlp.coding.store import Store

__all__ = [
    "Draw",
    "check_draw",
    "draw_id",
    "draw_tables",
    "drawn_for",
    "random_seed",
    "sheet_files",
    "sheet_table",
]


@dataclass(frozen=True)
class Draw:
    """A draw and the files that it was written to.

    Attributes
    ----------
    facts : dict
        One row of the table of draws.
    drawn : pandas.DataFrame
        Table of drawn segments.
    texts : list of str
        The segments' texts.
    files : list of pathlib.Path
        The sheet, as CSV and as a workbook.
    notes : list of str
        Sentences for the reader.
    """

    facts: dict[str, object]
    drawn: pd.DataFrame
    texts: list[str]
    files: list[Path]
    notes: list[str] = field(default_factory=list)


def check_draw(count: int, coder: str) -> None:
    """Refuse a draw of nothing, or for nobody.

    Parameters
    ----------
    count : int
        How many segments are asked for.
    coder : str
        Who will code them.

    Raises
    ------
    GoldError
        If no coder is named.
    ProjectError
        If fewer than one segment is asked for.
    """
    if not coder:
        raise GoldError("The coder of these segments is not named.", cure="Add --coder NAME.")
    if count < 1:
        raise ProjectError(f"{count} segments cannot be drawn.", cure="Ask for one or more.")


def random_seed(seed: int | None) -> int:
    """Return a seed of random numbers: the one that is given, or a fresh one."""
    return secrets.randbits(32) if seed is None else seed


def drawn_for(store: Store, coder: str) -> pd.DataFrame:
    """Return the segments of all draws that were made for a coder.

    Parameters
    ----------
    store : Store
        Where draws are kept.
    coder : str
        The coder.

    Returns
    -------
    pandas.DataFrame
        Rows of the table of drawn segments.
    """
    draws, drawn = store.read_draws(), store.read_drawn()
    return drawn[drawn["draw"].isin(draws.loc[draws["coder"] == coder, "draw"])]


def draw_id(store: Store, facts: Mapping[str, object], rows: NDArray[np.int64]) -> str:
    """Return the id of a draw: a number and, lest two databases give the same one, a hash.

    Parameters
    ----------
    store : Store
        Where draws are kept.
    facts : mapping
        What the draw was made with.
    rows : ndarray of int64, shape (n_drawn,)
        What was drawn.

    Returns
    -------
    str
        Such as "d2-3fa9c2".
    """
    content = json.dumps([facts, rows.tolist()], ensure_ascii=False)
    digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
    return f"d{len(store.read_draws()) + 1}-{digest[:6]}"


def draw_tables(
    store: Store,
    segments: pd.DataFrame,
    rows: NDArray[np.int64],
    *,
    coder: str,
    seed: int,
    frame_size: int,
    frame: str,
    options: Mapping[str, object],
    probability: NDArray[np.float64],
    stratum: NDArray[np.object_],
    strategy: str = "random",
    strategies: Sequence[str] | NDArray[np.object_] | str = "random",
    arm: NDArray[np.object_] | str = "",
    model: str = "",
) -> tuple[dict[str, object], pd.DataFrame]:
    """Return the two tables in which a draw is kept.

    Parameters
    ----------
    store : Store
        Where draws are kept; it is only read.
    segments : pandas.DataFrame
        The drawn segments in the order of the sheet: document, document_sha256, segment, start, end.
    rows : ndarray of int64, shape (n_drawn,)
        Their numbers among all segments.
    coder : str
        Who will code them.
    seed : int
        Seed of the random numbers.
    frame_size : int
        How many segments could be drawn.
    frame : str
        Which these were, in words.
    options : mapping
        What else the draw was made with; JSON can hold it.
    probability : ndarray of float, shape (n_drawn,)
        Inclusion probabilities; nan where there is none.
    stratum : ndarray of str, shape (n_drawn,)
        The stratum of each; empty without strata.
    strategy : str
        The strategy of the draw.
    strategies : str or sequence of str, length n_drawn
        The strategy by which each segment was drawn.
    arm : str or sequence of str, length n_drawn
        Whether its suggestion was shown, where that is tried.
    model : str
        Id of the model that was asked; empty without one.

    Returns
    -------
    facts : dict
        One row of the table of draws.
    drawn : pandas.DataFrame
        Table of drawn segments.
    """
    facts: dict[str, object] = {
        "strategy": strategy,
        "coder": coder,
        "seed": seed,
        "frame_size": frame_size,
        "frame": frame,
        "model": model,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "options": json.dumps(options, ensure_ascii=False),
    }
    name = draw_id(store, facts, rows)
    facts["draw"] = name
    drawn = segments.assign(
        draw=name,
        order=np.arange(1, len(segments) + 1),
        inclusion_probability=probability,
        stratum=stratum,
        strategy=strategies,
        arm=arm,
    )
    return facts, conform(drawn, DRAWN)


def sheet_files(folder: Path, draw: object) -> list[Path]:
    """Return the files of a draw's sheet: CSV and workbook.

    Parameters
    ----------
    folder : pathlib.Path
        Where they go.
    draw : str
        Id of the draw.

    Returns
    -------
    list of pathlib.Path
        Two files.
    """
    return [folder / f"next_{draw}{suffix}" for suffix in (".csv", ".xlsx")]


def sheet_table(
    drawn: pd.DataFrame,
    before: Sequence[str],
    texts: Sequence[str],
    after: Sequence[str],
    speakers: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> pd.DataFrame:
    """Return what a sheet shows of each drawn segment, before the columns to be marked.

    Parameters
    ----------
    drawn : pandas.DataFrame
        Table of drawn segments.
    before, texts, after : sequence of str, length n_drawn
        The words of each segment, and those around it.
    speakers : mapping of str to sequence of str, optional
        Any of `SPEAKER_COLUMNS`.

    Returns
    -------
    pandas.DataFrame
        The columns `PLACE_COLUMNS`, and those of speakers.
    """
    sheet = drawn.assign(before=before, text=texts, after=after, **speakers)
    return sheet[place_columns(sheet)]
