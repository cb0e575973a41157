"""Writing an exchange in a format, with what is in it and what is lost."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.interchange._exchange import Losses
from fourp_nlp.spreadsheet import write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.interchange._exchange import Exchange
    from fourp_nlp.interchange._formats import Format

__all__ = ["Written", "contents_of", "written"]


class Written(NamedTuple):
    """What was written.

    Attributes
    ----------
    wrote : bool
        Whether anything was.
    files : list of pathlib.Path
        The files.
    losses : pandas.DataFrame
        The table LOSSES: what is not in them, or not as it was.
    """

    wrote: bool
    files: list[Path]
    losses: pd.DataFrame


def written(
    exchange: Exchange,
    path: Path,
    form: Format,
    options: Mapping[str, object],
    losses_file: Path,
    *,
    strict: bool = False,
) -> Written:
    """Write an exchange, and beside it a table of what was lost, if anything was.

    Parameters
    ----------
    exchange : Exchange
        What is to be written; its own losses count too.
    path : pathlib.Path
        The file.
    form : Format
        The format.
    options : mapping
        Further options of its writer.
    losses_file : pathlib.Path
        Where the table of losses goes. An earlier one is removed if nothing is lost.
    strict : bool, default False
        Whether nothing is written if anything would be lost.

    Returns
    -------
    Written
        Whether it was written, and what was lost.

    Raises
    ------
    ExchangeError
        If the format is not written here, or cannot hold this at all.
    """
    write = form.write()
    if strict:
        with TemporaryDirectory(dir=_beside(path), prefix=".fourp-") as folder:
            lost = _together(exchange, write(exchange, Path(folder) / path.name, **options))
        if len(lost):
            return Written(wrote=False, files=[], losses=lost)
    lost = _together(exchange, write(exchange, path, **options))
    if lost.empty:
        losses_file.unlink(missing_ok=True)
        return Written(wrote=True, files=[path], losses=lost)
    return Written(wrote=True, files=[path, write_csv(lost, losses_file)], losses=lost)


def _beside(path: Path) -> Path:
    """Return the folder of a file, or the nearest one above that is there."""
    return next(folder for folder in path.resolve().parents if folder.is_dir())


def _together(exchange: Exchange, lost: pd.DataFrame) -> pd.DataFrame:
    losses = Losses()
    losses.add_all(exchange.losses)
    losses.add_all(lost)
    return losses.table()


def contents_of(exchange: Exchange, form: Format) -> pd.DataFrame:
    """Return what there is in an exchange, of that which a format can hold.

    Parameters
    ----------
    exchange : Exchange
        The project.
    form : Format
        The format.

    Returns
    -------
    pandas.DataFrame
        Columns item (documents, themes, codes, coders, codings), coder (of codings by one; else empty) and
        count.
    """
    names = dict(zip(exchange.users["guid"], exchange.users["coder"], strict=True))
    read_by = set(exchange.read["coder"])
    given = exchange.marks["user"].map(names).fillna("nobody named").value_counts()
    # Who read and gave no code is a coder too.
    coders = [name for name in names.values() if name in given.index or name in read_by]
    others = [name for name in given.index if name not in coders]
    by_coder = given.reindex([*dict.fromkeys(coders), *others], fill_value=0)
    rows = [
        ("documents", "", int(exchange.sources["has_text"].sum())),
        ("themes", "", int((~exchange.nodes["codable"]).sum())),
        ("codes", "", int(exchange.nodes["codable"].sum())),
        ("coders", "", len(by_coder)),
        ("codings", "", len(exchange.marks)),
        *(("codings", str(coder), int(count)) for coder, count in by_coder.items()),
    ]
    frame = pd.DataFrame(rows, columns=["item", "coder", "count"])
    return frame[frame["item"].isin(form.holds)].reset_index(drop=True)
