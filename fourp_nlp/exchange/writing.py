"""Writes an exchange in a format, and reports its contents and losses."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.exchange.exchange import Losses
from fourp_nlp.exchange.written_contents import Contents
from fourp_nlp.spreadsheets import write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.formats import Format

__all__ = ["Written", "written"]


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
    contents : pandas.DataFrame
        What is in them (or would be), as its writer counted it: columns item (documents, themes, codes,
        coders, codings), coder (of codings by one; else empty) and count.
    """

    wrote: bool
    files: list[Path]
    losses: pd.DataFrame
    contents: pd.DataFrame


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
        counted = Contents()
        with TemporaryDirectory(dir=_beside(path), prefix=".fourp-") as folder:
            trial = write(exchange, Path(folder) / path.name, contents=counted, **options)
        lost = _together(exchange, trial)
        if len(lost):
            return Written(wrote=False, files=[], losses=lost, contents=counted.table(form.holds))
    counted = Contents()
    lost = _together(exchange, write(exchange, path, contents=counted, **options))
    files = [path]
    if lost.empty:
        losses_file.unlink(missing_ok=True)
    else:
        files.append(write_csv(lost, losses_file))
    return Written(wrote=True, files=files, losses=lost, contents=counted.table(form.holds))


def _beside(path: Path) -> Path:
    """Return the folder of a file, or the nearest one above that is there."""
    return next(folder for folder in path.resolve().parents if folder.is_dir())


def _together(exchange: Exchange, lost: pd.DataFrame) -> pd.DataFrame:
    losses = Losses()
    losses.add_all(exchange.losses)
    losses.add_all(lost)
    return losses.table()
