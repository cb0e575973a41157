"""What counts as read in a study: gold files compared with the record of texts and codes."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.reading.readings import readings
from fourp_nlp.coding.reading.record_file import RECORD_NAME, read_record
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError
from fourp_nlp.files import fingerprint, write_together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.gold.reader import Gold as GoldFiles
    from fourp_nlp.coding.reading.readings import Readings
    from fourp_nlp.study.project import Project

__all__ = [
    "codes_asked_by_draws",
    "codings_of_earlier_codes",
    "current_readings",
    "record_path",
    "today",
    "updated_record",
]


def record_path(folder: Path) -> Path:
    """Return the path of the record of what was read, for a folder of gold files."""
    return folder / RECORD_NAME


def current_readings(
    folder: Path,
    gold: GoldFiles,
    documents: pd.DataFrame,
    codebook: Codebook,
    drawn_segments: Callable[[], pd.DataFrame],
) -> Readings:
    """Compare gold files with the record of what was read, and add new readings to the record.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the gold files.
    gold : Gold
        What they say, from `read_gold` with ``all_parts``.
    documents : pandas.DataFrame
        The documents, with the columns document and text.
    codebook : Codebook
        The codes that there are now, and how they are defined.
    drawn_segments : callable
        Returns the drawn segments and the codes that their sheets asked for, from `codes_asked_by_draws`. It
        is called only if the gold files hold segments that are not in the record.

    Returns
    -------
    Readings
        What counts as read.

    Raises
    ------
    GoldError
        If the record is damaged.
    """
    path = record_path(folder)
    fingerprint_before = fingerprint(path)
    record = read_record(path)
    codes, definitions = codebook.code_ids, codebook.definitions

    def held(draws: pd.DataFrame | None) -> Readings:
        return readings(
            gold.coded, record, documents, codes,
            since=today(), definitions=definitions, drawn=draws,
        )  # fmt: skip

    counted = held(None)
    if counted.is_new:
        draws = drawn_segments()
        # Where there is a record, files that it does not know are new, and read for all codes.
        counted = held(draws if path.is_file() else _with_the_rest(draws, gold))
    if counted.is_new:
        # Where nothing can be written, as in an archive, nothing is lost: the files stand as they do. Where
        # another command wrote meanwhile, the next one adds what is missing.
        with suppress(FourpError):
            write_together({path: counted.record.content()}, expect={path: fingerprint_before})
    return counted


def _with_the_rest(drawn_segments: pd.DataFrame, gold: GoldFiles) -> pd.DataFrame:
    """Return what was drawn, and for everything else the codes of the last draw.

    A code that came after the last draw, and that a coder gave nowhere, was hardly looked for: better ask
    than take it for absent.
    """
    rest = drawn_segments["document"] == ""
    if not rest.any():
        return drawn_segments
    latest = set(str(drawn_segments.loc[rest, "looked_for"].iloc[-1]).split())
    codes_given = gold.codings.groupby("coder")["code"].agg(set).to_dict()
    coders = gold.coded["coder"].unique()
    rows = pd.DataFrame(
        {
            "coder": coders,
            "document": "",
            "start": -1,
            "end": -1,
            "looked_for": [
                " ".join(sorted(latest | codes_given.get(coder, set()))) for coder in coders
            ],
        }
    )
    return pd.concat([drawn_segments[~rest], rows], ignore_index=True)


def codes_asked_by_draws(project: Project, *, repeat: bool = False) -> pd.DataFrame:
    """Return the drawn segments of each coder, with the codes that their sheets asked for.

    Parameters
    ----------
    project : Project
        The project; its draws and its log are read from its database.
    repeat : bool, default False
        Those that were drawn to be coded a second time; by default the others.

    Returns
    -------
    pandas.DataFrame
        Columns coder, document, start, end and looked_for (ids with spaces between them), one row a segment
        of a coder; and one without coder and document for the codes of the last draw. Draws of earlier
        versions that did not keep their codes are not among them.
    """
    store = Store(project.store)
    draws, log = store.read_draws(), store.read_log()
    codes: dict[tuple[str, str], set[str]] = {}
    for name, coder, options in draws[["draw", "coder", "options"]].itertuples(index=False):
        details = json.loads(options)
        if bool(details.get("repeat", False)) == repeat and "codes" in details:
            codes[str(coder), str(name)] = set(details["codes"])
    codes_of_draw = {name: codes_of_coder for (_, name), codes_of_coder in codes.items()}
    for detail in log.loc[log["what"] == "take in", "detail"]:
        details = json.loads(detail)
        if bool(details.get("repeat", False)) != repeat:
            continue
        coder = str(details.get("coder", ""))
        for name in details.get("draws", ()):
            if name in codes_of_draw:
                codes_of_coder = codes.setdefault((coder, name), set(codes_of_draw[name]))
                codes_of_coder |= set(details.get("codes", {}).get(name, ()))
    names = ["coder", "draw", "looked_for"]
    rows = [
        (coder, name, " ".join(sorted(codes_of_coder)))
        for (coder, name), codes_of_coder in codes.items()
    ]
    place = ["coder", "document", "start", "end"]
    if not rows:
        return pd.DataFrame(columns=[*place, "looked_for"])
    drawn = store.read_drawn()[["draw", "document", "start", "end"]]
    segments_of_draws = pd.DataFrame(rows, columns=names).merge(drawn, on="draw")
    several = segments_of_draws.duplicated(place, keep=False)
    joint = (
        segments_of_draws[several]
        .groupby(place, sort=False)["looked_for"]
        .agg(lambda cells: " ".join(sorted(set(" ".join(cells).split()))))
    )
    last: list[list[str]] = [
        json.loads(segments_of_draws).get("codes", []) for segments_of_draws in draws["options"]
    ]
    latest = next((codes_of_coder for codes_of_coder in reversed(last) if codes_of_coder), [])
    rest = pd.DataFrame([("", "", -1, -1, " ".join(latest))], columns=[*place, "looked_for"])
    return pd.concat(
        [segments_of_draws.loc[~several, [*place, "looked_for"]], joint.reset_index(), rest]
    )


def updated_record(
    folder: Path,
    read: Sequence[tuple[pd.DataFrame, Mapping[str, str]]],
    texts: Mapping[str, str],
    codebook: Codebook,
) -> bytes:
    """Return the content of the record with a new reading.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the gold files.
    read : sequence of (pandas.DataFrame, mapping of str to str)
        The table CODED: what is read now, and for which codes, if not for all; and the hashes of the
        definitions by which it was read.
    texts : mapping of str to str
        The text of each document in it.
    codebook : Codebook
        The codes that there are, and how they are defined.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    GoldError
        If the record is damaged.
    """
    codes, date = codebook.code_ids, today()
    record = read_record(record_path(folder)).knowing(codebook.definitions, since=date)
    for coded, definitions in read:
        record = record.with_reading(coded, texts, codes, since=date, definitions=definitions)
    return record.content()


def codings_of_earlier_codes(codings: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Return codings without those of codes that were not there when their span was read before.

    Parameters
    ----------
    codings : pandas.DataFrame
        The table CODINGS.
    read : pandas.DataFrame
        The table READ.

    Returns
    -------
    pandas.DataFrame
        The others.
    """
    place = ["coder", "document", "start", "end"]
    late = read.loc[read["without"] != "", [*place, "without"]]
    if late.empty or codings.empty:
        return codings
    late = late.assign(code=late["without"].str.split()).explode("code")
    key = [*place, "code"]
    gone = pd.MultiIndex.from_frame(codings[key]).isin(pd.MultiIndex.from_frame(late[key]))
    return codings[~gone]


def today() -> str:
    """Return today's date (UTC), as the record keeps it."""
    return datetime.now(UTC).strftime("%Y-%m-%d")
