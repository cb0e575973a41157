"""Draws of segments after documents were renamed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.study.sampling._sampling_frame import frame_hash, read_frame
from fourp_nlp.tables import DRAWN, DRAWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["renamed_draws"]

Rows = list[tuple[Any, ...]]


def renamed_draws(
    rows: Mapping[str, Rows],
    renames: Mapping[str, str],
    segments: pd.DataFrame,
    sha256: Mapping[str, str],
) -> dict[str, Rows]:
    """Return the rows of draws with the new ids of renamed documents.

    Parameters
    ----------
    rows : mapping of str to list of tuple
        Rows of the tables draws and drawn, as `Store.people_rows` gives them.
    renames : mapping of str to str
        New ids by the old ones; the texts are the same.
    segments : pandas.DataFrame
        The present segments.
    sha256 : mapping of str to str
        The SHA-256 of the present documents.

    Returns
    -------
    dict of str to list of tuple
        The rows of both tables. The frame of a random draw stays valid if its hash shows that the segments
        are those of the draw.
    """
    at, options_at = DRAWN.names.index("document"), DRAWS.names.index("options")
    drawn = [(*row[:at], renames.get(row[at], row[at]), *row[at + 1 :]) for row in rows["drawn"]]
    draws = []
    for row in rows["draws"]:
        options = json.loads(row[options_at])
        if any(name in renames for name in options.get("frame_documents") or {}):
            options = _renamed_options(options, renames, segments, sha256)
            text = json.dumps(options, ensure_ascii=False)
            row = (*row[:options_at], text, *row[options_at + 1 :])  # noqa: PLW2901 - the row with it
        draws.append(row)
    return {"draws": draws, "drawn": drawn}


def _renamed_options(
    options: dict[str, Any],
    renames: Mapping[str, str],
    segments: pd.DataFrame,
    sha256: Mapping[str, str],
) -> dict[str, Any]:
    before = options["frame_documents"]
    record = {renames.get(name, name): entry for name, entry in before.items()}
    options = {**options, "frame_documents": record}
    hashes = np.array([sha256[name] for name in segments["document"]], dtype=object)
    existed, inside = read_frame(record, segments, hashes)
    if len(record) != segments["document"].nunique() or not existed.all():
        return options  # the hash is of no use any more, and nobody asks for it
    # The hash is of the documents in their order at the time, by their names at the time.
    former = {new: old for old, new in renames.items()}
    names = segments["document"].map(lambda name: former.get(name, name))
    place = {name: number for number, name in enumerate(before)}
    order = np.argsort(names.map(place).to_numpy(), kind="stable")
    then = segments.assign(document=names).iloc[order]
    if frame_hash(then, hashes[order], inside[order]) == options.get("frame_sha256"):
        options["frame_sha256"] = frame_hash(segments, hashes, inside)
    return options
