"""The list of sites that shards belong to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import DocumentError
from fourp_nlp.websites import read_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["sites_of"]

_LIST = "sites.csv"


def sites_of(places: Sequence[Path]) -> pd.DataFrame | None:
    """Read the lists of sites that `fourp collect` left beside what it collected.

    Parameters
    ----------
    places : sequence of path
        What is to be scored.

    Returns
    -------
    pandas.DataFrame or None
        The table SITES; None if no place has a list and WARC files.

    Raises
    ------
    DocumentError
        If a list cannot be used, or two lists say different things of a site.
    """
    lists = [
        Path(place) / _LIST
        for place in places
        if (Path(place) / _LIST).is_file()
        and any(path.name.endswith((".warc", ".warc.gz")) for path in Path(place).iterdir())
    ]
    if not lists:
        return None
    sites = pd.concat([read_sites(path) for path in lists], ignore_index=True)
    sites = sites.drop_duplicates(["site", "group", "urls"], ignore_index=True)
    twice = sites.loc[sites["site"].duplicated(), "site"].tolist()
    if twice:
        raise DocumentError(
            f"The lists of sites say different things of '{twice[0]}'.",
            file=lists[-1],
            cure="Score the folders apart, or name one list with --sites FILE.",
        )
    return sites
