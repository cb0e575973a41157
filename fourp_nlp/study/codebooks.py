"""Codebooks in every format that people keep them in: the registry of formats, reading and writing.

A new format takes one `Format` in `FORMATS`; every command and function that takes a codebook reads it then.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.codebook import YAML_ENDINGS, read_yaml_codebook
from fourp_nlp.codebook import write_codebook as write_yaml_codebook
from fourp_nlp.errors import CodebookError, ExchangeError, FourpWarning
from fourp_nlp.exchange.codebooks import (
    CodebookFile,
    read_table_codebook,
    read_word_codebook,
    write_csv_codebook,
    write_excel_codebook,
    write_word_codebook,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fourp_nlp.codebook import Code, Codebook, Theme

__all__ = [
    "FORMATS",
    "Format",
    "format_of_codebook",
    "read_codebook",
    "read_codebook_file",
    "write_codebook",
    "write_codebook_file",
]

_OLD = {
    ".xls": ("an old Excel workbook (97-2003)", ".xlsx"),
    ".xlsb": ("a binary Excel workbook", ".xlsx"),
    ".ods": ("an OpenDocument table", ".xlsx"),
    ".numbers": ("a Numbers table", ".xlsx"),
    ".doc": ("an old Word document (97-2003)", ".docx"),
    ".docm": ("a Word document with macros", ".docx"),
    ".odt": ("an OpenDocument text", ".docx"),
    ".rtf": ("a Rich Text file", ".docx"),
    ".pages": ("a Pages document", ".docx"),
}


class Format(NamedTuple):
    """A format of codebooks.

    Attributes
    ----------
    name : str
        What people call it.
    endings : tuple of str
        In lower case with the dot; files are recognised by them. The first one is that of files written.
    read : callable
        Returns the codebook of a file, and what to know of the reading.
    write : callable or None
        Writes a codebook to a file; None where the format is only read.
    """

    name: str
    endings: tuple[str, ...]
    read: Callable[[Path], CodebookFile]
    write: Callable[[Codebook, Path], object] | None


def _read_yaml(path: Path) -> CodebookFile:
    return CodebookFile(read_yaml_codebook(path))


def _write_yaml(codebook: Codebook, path: Path) -> None:
    write_yaml_codebook(codebook, path, overwrite=True)


def _read_qdc(path: Path) -> CodebookFile:
    from fourp_nlp.exchange import Losses, read_qdc
    from fourp_nlp.exchange.exchange import rows_of
    from fourp_nlp.study.importing.codes.codes import codebook_alone

    try:
        exchange = read_qdc(path)
        if exchange.nodes.empty:
            raise CodebookError("There is no code in it.", file=path, cure="Export it again.")
        codes = codebook_alone(exchange, path.stem)
    except ExchangeError as error:
        raise CodebookError(error.problem, file=path, place=error.place, cure=error.cure) from error
    losses = Losses()
    losses.add_all(exchange.losses)
    losses.add_all(codes.losses.table())
    lost = [
        f"{item} ({count}): {why}" + (f" {examples}" if examples else "")
        for item, count, why, examples in rows_of(
            losses.table(), "item", "count", "why", "examples"
        )
    ]
    return CodebookFile(codes.codebook, tuple(lost), (*exchange.remarks, *codes.notes))


def _write_qdc(codebook: Codebook, path: Path) -> None:
    from fourp_nlp.exchange import Exchange, codebook_to_nodes, write_qdc

    write_qdc(Exchange(name=codebook.title, nodes=codebook_to_nodes(codebook)), path)


FORMATS = (
    Format("YAML", YAML_ENDINGS, _read_yaml, _write_yaml),
    Format("Excel", (".xlsx", ".xlsm"), read_table_codebook, write_excel_codebook),
    Format("CSV", (".csv", ".tsv", ".tab", ".txt"), read_table_codebook, write_csv_codebook),
    Format("Word", (".docx",), read_word_codebook, write_word_codebook),
    Format("REFI-QDA codebook", (".qdc",), _read_qdc, _write_qdc),
)
"""Every format of codebooks; a further one is a line here."""


def format_of_codebook(path: Path | str, *, written: bool = False) -> Format:
    """Return the format of a codebook's file, by its ending.

    Parameters
    ----------
    path : path
        The file.
    written : bool, default False
        Whether it is to be written: only the first ending of each format is.

    Returns
    -------
    Format
        The format.

    Raises
    ------
    CodebookError
        If no format has the ending.
    """
    ending = Path(path).suffix.lower()
    for form in FORMATS:
        endings = form.endings[:2] if form.name == "YAML" else form.endings[:1]
        if ending in (endings if written else form.endings):
            return form
    listed = ", ".join(f"{form.endings[0]} ({form.name})" for form in FORMATS)
    if ending in _OLD:
        what, better = _OLD[ending]
        raise CodebookError(
            f"This is {what}, which is not read.", file=path, cure=f"Save it as {better}."
        )
    raise CodebookError(
        f"No codebook has the ending '{ending}'." if ending else "The file's name has no ending.",
        file=path,
        cure=f"The endings of codebooks are {listed}.",
    )


def read_codebook_file(path: Path | str) -> CodebookFile:
    """Read a codebook of any format, and tell what to know of the reading.

    Parameters
    ----------
    path : path
        The file; the ending of its name says the format.

    Returns
    -------
    CodebookFile
        The codebook, what was not read, and how it was read.

    Raises
    ------
    CodebookError
        If the file cannot be read or something in it is wrong; with every place and its cure.
    """
    path = Path(path)
    form = format_of_codebook(path)
    if not path.is_file():
        raise CodebookError(
            "There is no such codebook." if not path.exists() else "This is no file.",
            file=path,
            cure="Check `codebook` in fourp.toml, or the name that you gave.",
        )
    content = form.read(path)
    _check_rules(content.codebook, path)
    return content


def _check_rules(codebook: Codebook, path: Path) -> None:
    """Hold a codebook to the rules between its parts, which YAML is held to with its lines."""
    from fourp_nlp.codebook import codebook_text, parse_codebook

    try:
        parse_codebook(codebook_text(codebook), path)
    except CodebookError as error:
        raise CodebookError(error.problem, file=path) from error


def read_codebook(path: Path | str) -> Codebook:
    r"""Read and validate a codebook: YAML, Excel, CSV, Word or QDC.

    What a file has and a codebook has not, such as a column of notes, is told as a `FourpWarning`.

    Parameters
    ----------
    path : path
        The file; the ending of its name says the format.

    Returns
    -------
    Codebook
        The validated codebook.

    Raises
    ------
    CodebookError
        If the file cannot be read or something in it is wrong; with every place and its cure.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "river.csv"
    ...     _ = file.write_text("Theme,Code,Definition\nWater,Flood,The river leaves its bed.\n")
    ...     read_codebook(file).code_ids
    ['flood']
    """
    content = read_codebook_file(path)
    for text in content.losses:
        warnings.warn(f"{Path(path).name}: {text}", FourpWarning, stacklevel=2)
    return content.codebook


def write_codebook(codebook: Codebook, path: Path | str, *, overwrite: bool = False) -> Path:
    """Write a codebook in the format that the ending of the file's name says.

    What the format cannot hold is told as a `FourpWarning`.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : path
        The file, ending in .yaml, .xlsx, .csv, .docx or .qdc.
    overwrite : bool, default False
        Whether an earlier file may be replaced.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    CodebookError
        If the file is there already, its ending is not known, or the codebook breaks a rule.
    FourpError
        If the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fourp_nlp.codebook import Code, Codebook
    >>> codebook = Codebook(id="river", codes=[Code(id="flood", name="Flood")])
    >>> with TemporaryDirectory() as folder:
    ...     read_codebook(write_codebook(codebook, Path(folder) / "river.xlsx")) == codebook
    True
    """
    for text in write_codebook_file(codebook, path, overwrite=overwrite):
        warnings.warn(f"{Path(path).name}: {text}", FourpWarning, stacklevel=2)
    return Path(path)


def write_codebook_file(
    codebook: Codebook, path: Path | str, *, overwrite: bool = False
) -> list[str]:
    """Write a codebook in the format that the ending of the file's name says, and tell what it cannot hold.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : path
        The file, ending in .yaml, .xlsx, .csv, .docx or .qdc.
    overwrite : bool, default False
        Whether an earlier file may be replaced.

    Returns
    -------
    list of str
        What the format cannot hold, as sentences: how the codebook would be read again from the file.

    Raises
    ------
    CodebookError
        If the file is there already, its ending is not known, or the codebook breaks a rule.
    FourpError
        If the file cannot be written.
    """
    path = Path(path)
    form = format_of_codebook(path, written=True)
    if form.write is None:  # pragma: no cover - all of them are written now
        raise CodebookError(f"{form.name} is only read.", file=path)
    if path.exists() and not overwrite:
        raise CodebookError(
            "There is a file of this name already; nothing was changed.",
            file=path,
            cure="Name another file, or allow to overwrite it.",
        )
    _check_rules(codebook, path)
    form.write(codebook, path)
    return _differences(codebook, read_codebook_file(path).codebook, form)


def _differences(before: Codebook, after: Codebook, form: Format) -> list[str]:
    """Tell what is not as it was in a codebook that was written and read again."""
    if after == before:
        return []
    differences = [
        f"'{key}' of the codebook"
        for key in ("id", "title", "version", "language", "citation", "code_noun")
        if getattr(before, key) != getattr(after, key)
    ]
    differences += _of_items(before.themes, after.themes, "theme", {"codes"})
    differences += _of_items(before.all_codes, after.all_codes, "code", set())
    if not differences:
        differences = ["the order or the hierarchy of the codes"]
    return [f"{form.name} does not hold {what} as it is." for what in differences]


def _of_items(
    before: list[Theme] | list[Code], after: list[Theme] | list[Code], kind: str, without: set[str]
) -> list[str]:
    now = {item.id: item.model_dump(exclude=without) for item in after}
    differences = []
    for item in before:
        values = item.model_dump(exclude=without)
        other = now.get(item.id)
        if other is None:
            differences.append(f"the {kind} '{item.id}'")
        else:
            differences += [
                f"'{key}' of '{item.id}'" for key in values if values[key] != other[key]
            ]
    return differences
