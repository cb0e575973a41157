"""Which formats there are, told by name and ending, and the functions that read and write them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FORMATS", "Format", "format_of"]

_HERE = "fourp_nlp.exchange"
_EVERYTHING = frozenset({"documents", "themes", "codes", "coders", "codings"})

_TABLES = frozenset({".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm"})
_FLAT = _EVERYTHING - {"themes"}


@dataclass(frozen=True)
class Format:
    """A format of other programs.

    Attributes
    ----------
    name : str
        What it is called with `--as`.
    endings : tuple of str
        The endings of its files, in lower case with the dot.
    reader, writer : str
        Names of the functions of `fourp_nlp.exchange`, ``reader(path) -> Exchange`` and
        ``writer(exchange, path, contents=Contents(), **options) -> LOSSES``, where `contents` counts what
        is written; empty where it is only written, or only read.
    says : str
        What it is, in words.
    options : frozenset of str
        Names of the further options that the writer takes from the user.
    wants : frozenset of str
        What else of the project the writer takes: "segments" (the table SEGMENTS of the texts that are
        written), "originals" (the file of each document, by its id).
    needs : frozenset of str
        What of the project its reader takes, as far as there is a project: "documents" (texts by id),
        "nodes" (the table NODES), "coder" (who coded, where the file does not say), "counting" (how it counts
        the places of codings, where the user says so).
    also_read : tuple of str
        Further endings of files that are read.
    holds : frozenset of str
        What a file of it can hold at all: documents, themes, codes, coders, codings.
    """

    name: str
    endings: tuple[str, ...]
    reader: str
    writer: str
    says: str
    options: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    holds: frozenset[str] = _EVERYTHING
    also_read: tuple[str, ...] = ()

    def read(self) -> Callable[..., Any]:
        """Return the function that reads it.

        Raises
        ------
        ExchangeError
            If it is only written.
        """
        return self._function(self.reader, "read")

    def write(self) -> Callable[..., Any]:
        """Return the function that writes it.

        Raises
        ------
        ExchangeError
            If it is only read.
        """
        return self._function(self.writer, "written")

    def _function(self, name: str, done: str) -> Callable[..., Any]:
        function = getattr(import_module(_HERE), name, None) if name else None
        if function is None:
            raise ExchangeError(
                f"The format '{self.name}' ({self.says}) is not {done} here.",
                cure="Name another one with --as.",
            )
        return function  # type: ignore[no-any-return]


def _formats(*formats: Format) -> Mapping[str, Format]:
    return MappingProxyType({each.name: each for each in formats})


FORMATS = _formats(
    Format(
        "qdpx",
        (".qdpx",),
        "read_qdpx",
        "write_qdpx",
        "a project in REFI-QDA, for NVivo, MAXQDA, ATLAS.ti, QualCoder and others",
        frozenset({"dialect", "shared_selections"}),
        needs=frozenset({"counting"}),
    ),
    Format(
        "qdc",
        (".qdc",),
        "read_qdc",
        "write_qdc",
        "a codebook alone in REFI-QDA",
        holds=frozenset({"themes", "codes"}),
    ),
    Format(
        "word",
        (".docx",),
        "read_word",
        "write_word",
        "a Word document with codings as comments; a folder of them where there are several documents",
        wants=frozenset({"originals"}),
        needs=frozenset({"nodes", "coder"}),
    ),
    Format(
        "long",
        (".csv", ".xlsx"),
        "read_long",
        "write_long",
        "a table with a row for each coding",
        needs=frozenset({"documents", "nodes", "coder"}),
        also_read=(".tsv", ".tab", ".xlsm"),
    ),
    Format(
        "wide",
        (".csv", ".xlsx"),
        "read_wide",
        "write_wide",
        "a matrix of 0 and 1, a row for each segment and coder, for statistics programs",
        options=frozenset({"coder", "names"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents", "nodes", "coder"}),
        also_read=(".tsv", ".tab", ".xlsm"),
    ),
    Format(
        "sheet",
        (".xlsx",),
        "read_segment_sheet",
        "write_segment_sheet",
        "a workbook in which a person codes, a row for each segment, a column for each code",
        options=frozenset({"coder", "names", "suggestions"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents", "nodes", "coder"}),
        holds=frozenset({"documents", "themes", "codes"}),
    ),
    Format(
        "codebook",
        (".csv", ".xlsx"),
        "read_codebook_table",
        "",
        "a codebook as a table: of MAXQDA, NVivo, in Mayring's form, or of one's own",
        holds=frozenset({"themes", "codes"}),
        also_read=(".tsv", ".tab", ".xlsm"),
    ),
    Format(
        "taguette",
        (".sqlite3",),
        "read_taguette",
        "write_taguette",
        "a project of Taguette",
        holds=frozenset({"documents", "codes", "codings"}),
        needs=frozenset({"documents", "coder"}),
    ),
    Format(
        "taguette-codebook",
        (".csv", ".xlsx"),
        "read_taguette_codebook",
        "write_taguette_codebook",
        "a codebook of Taguette",
        holds=frozenset({"codes"}),
    ),
    Format(
        "qualcoder",
        (".qda",),
        "read_qualcoder",
        "",
        "a project of QualCoder, the folder that ends in .qda",
    ),
    Format(
        "rqda",
        (".rqda",),
        "read_rqda",
        "",
        "a project of RQDA",
    ),
    Format(
        "label-studio",
        (".json",),
        "read_label_studio",
        "write_label_studio",
        "tasks for Label Studio, with the configuration of their project beside them",
        holds=_FLAT,
        options=frozenset({"unit", "labels"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents"}),
        also_read=(".jsonl",),
    ),
    Format(
        "argilla",
        (".json",),
        "read_argilla",
        "write_argilla",
        "records for Argilla, with the settings of their dataset beside them",
        holds=_FLAT,
        options=frozenset({"unit", "labels"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents"}),
        also_read=(".jsonl",),
    ),
    Format(
        "doccano",
        (".jsonl",),
        "read_doccano",
        "write_doccano",
        "lines for doccano, with its labels beside them",
        holds=_FLAT,
        options=frozenset({"unit", "labels"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents", "coder"}),
        also_read=(".json",),
    ),
    Format(
        "prodigy",
        (".jsonl",),
        "read_prodigy",
        "write_prodigy",
        "tasks for Prodigy, with its labels beside them",
        holds=_FLAT,
        options=frozenset({"unit", "labels"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents", "coder"}),
        also_read=(".json",),
    ),
)
"""The formats by name. Where several have the same ending, `--as` says which is meant."""


def _kind_of(path: PurePath, ending: str, *, codebook: bool) -> str:
    """Return the name of the format that a file is of, by what it holds; empty if that does not tell."""
    if not Path(path).is_file():
        return ""
    if ending in _TABLES:
        from fourp_nlp.exchange.tables import kind_of_table

        return kind_of_table(path, codebook=codebook)
    from fourp_nlp.exchange.annotation import kind_of_records

    return kind_of_records(path)


def format_of(
    path: PurePath | str, name: str = "", *, written: bool, codebook: bool = False
) -> Format:
    """Return the format that is meant.

    Parameters
    ----------
    path : path
        The file, for its ending, and for what it holds where it is read and several have that ending.
    name : str, optional
        The name of the format; by default the file tells.
    written : bool
        Whether the file is to be written, rather than read.
    codebook : bool
        Whether its codebook alone is wanted.

    Returns
    -------
    Format
        The format.

    Raises
    ------
    ExchangeError
        If there is none of that name, or the ending stands for none or for several.
    """
    usable = {
        key: each for key, each in FORMATS.items() if (each.writer if written else each.reader)
    }
    listed = "; ".join(
        f"{each.name} ({', '.join(each.endings)}): {each.says}" for each in usable.values()
    )
    if name:
        if name not in usable:
            raise ExchangeError(f"There is no format '{name}'.", cure=f"There are: {listed}.")
        return usable[name]
    ending = PurePath(path).suffix.lower()
    found = [
        each
        for each in usable.values()
        if ending in each.endings or (not written and ending in each.also_read)
    ]
    if len(found) > 1 and not written:
        kind = _kind_of(PurePath(path), ending, codebook=codebook)
        found = [usable[kind]] if kind else found
    if len(found) > 1:
        raise ExchangeError(
            f"'{ending}' may be {', '.join(each.name for each in found)}.",
            file=path,
            cure=f"Say which with --as, such as --as {found[0].name}.",
        )
    if not found:
        raise ExchangeError(
            f"No format has the ending '{ending}'." if ending else "The file's name has no ending.",
            file=path,
            cure=f"There are: {listed}.",
        )
    return found[0]
