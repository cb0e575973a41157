"""The registry of formats: how each is recognised, and the functions that read and write it.

A new format takes one module in this folder and one `Format` in `FORMATS`; `fourp export` and `fourp import`
find it there.
"""

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

_PACKAGE = "fourp_nlp.exchange"
_EVERYTHING = frozenset({"documents", "themes", "codes", "coders", "codings"})

_TABLES = frozenset({".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm"})
_FLAT = _EVERYTHING - {"themes"}


@dataclass(frozen=True)
class Format:
    """A file format of other programs.

    Attributes
    ----------
    name : str
        Its name, as `--as` takes it.
    endings : tuple of str
        The endings of its files, in lower case with the dot.
    reader, writer : str
        The functions as ``"module:function"``, the module relative to `fourp_nlp.exchange`:
        ``reader(path) -> Exchange`` and ``writer(exchange, path, contents=Contents(), **options) -> LOSSES``,
        where `contents` counts what is written. Empty where the format is only written, or only read.
    says : str
        A short description, for messages.
    options : frozenset of str
        The writer's options that users may set.
    wants : frozenset of str
        Project data that the writer takes: "segments" (the table SEGMENTS of the exported documents),
        "originals" (the file of each document, by its id).
    needs : frozenset of str
        Project data that the reader takes, as far as there is a project: "documents" (texts by id), "nodes"
        (the table NODES), "coder" (who coded, where the file does not say), "counting" (the unit of offsets,
        where the user gives it).
    also_read : tuple of str
        Further endings of files that are read.
    holds : frozenset of str
        What the format can hold: documents, themes, codes, coders, codings.
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
        """Return the function that reads the format.

        Raises
        ------
        ExchangeError
            If the format is only written.
        """
        return self._function(self.reader, "reads")

    def write(self) -> Callable[..., Any]:
        """Return the function that writes the format.

        Raises
        ------
        ExchangeError
            If the format is only read.
        """
        return self._function(self.writer, "writes")

    def _function(self, name: str, does: str) -> Callable[..., Any]:
        module, _, function = name.partition(":")
        if not function:
            raise ExchangeError(
                f"No function {does} the format '{self.name}' ({self.says}).",
                cure="Name another one with --as.",
            )
        return getattr(import_module(f"{_PACKAGE}.{module}"), function)  # type: ignore[no-any-return]


def _by_name(*formats: Format) -> Mapping[str, Format]:
    return MappingProxyType({form.name: form for form in formats})


FORMATS = _by_name(
    Format(
        "qdpx",
        (".qdpx",),
        "refi:read_qdpx",
        "refi:write_qdpx",
        "a project in REFI-QDA, for NVivo, MAXQDA, ATLAS.ti, QualCoder and others",
        frozenset({"dialect", "shared_selections"}),
        needs=frozenset({"counting"}),
    ),
    Format(
        "qdc",
        (".qdc",),
        "refi:read_qdc",
        "refi:write_qdc",
        "a codebook alone in REFI-QDA",
        holds=frozenset({"themes", "codes"}),
    ),
    Format(
        "word",
        (".docx",),
        "word:read_word",
        "word:write_word",
        "a Word document with codings as comments; a folder of them where there are several documents",
        wants=frozenset({"originals"}),
        needs=frozenset({"nodes", "coder"}),
    ),
    Format(
        "long",
        (".csv", ".xlsx"),
        "tables:read_long",
        "tables:write_long",
        "a table with a row for each coding",
        needs=frozenset({"documents", "nodes", "coder"}),
        also_read=(".tsv", ".tab", ".xlsm"),
    ),
    Format(
        "wide",
        (".csv", ".xlsx"),
        "tables:read_wide",
        "tables:write_wide",
        "a matrix of 0 and 1, a row for each segment and coder, for statistics programs",
        options=frozenset({"coder", "names"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents", "nodes", "coder"}),
        also_read=(".tsv", ".tab", ".xlsm"),
    ),
    Format(
        "sheet",
        (".xlsx",),
        "tables:read_segment_sheet",
        "tables:write_segment_sheet",
        "a workbook in which a person codes, a row for each segment, a column for each code",
        options=frozenset({"coder", "names", "suggestions"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents", "nodes", "coder"}),
        holds=frozenset({"documents", "themes", "codes"}),
    ),
    Format(
        "codebook",
        (".csv", ".xlsx"),
        "tables:read_codebook_table",
        "",
        "a codebook as a table: of MAXQDA, NVivo, in Mayring's form, or of one's own",
        holds=frozenset({"themes", "codes"}),
        also_read=(".tsv", ".tab", ".xlsm"),
    ),
    Format(
        "taguette",
        (".sqlite3",),
        "annotation:read_taguette",
        "annotation:write_taguette",
        "a project of Taguette",
        holds=frozenset({"documents", "codes", "codings"}),
        needs=frozenset({"documents", "coder"}),
    ),
    Format(
        "taguette-codebook",
        (".csv", ".xlsx"),
        "annotation:read_taguette_codebook",
        "annotation:write_taguette_codebook",
        "a codebook of Taguette",
        holds=frozenset({"codes"}),
    ),
    Format(
        "qualcoder",
        (".qda",),
        "databases:read_qualcoder",
        "",
        "a project of QualCoder, the folder that ends in .qda",
    ),
    Format(
        "rqda",
        (".rqda",),
        "databases:read_rqda",
        "",
        "a project of RQDA",
    ),
    Format(
        "label-studio",
        (".json",),
        "annotation:read_label_studio",
        "annotation:write_label_studio",
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
        "annotation:read_argilla",
        "annotation:write_argilla",
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
        "annotation:read_doccano",
        "annotation:write_doccano",
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
        "annotation:read_prodigy",
        "annotation:write_prodigy",
        "tasks for Prodigy, with its labels beside them",
        holds=_FLAT,
        options=frozenset({"unit", "labels"}),
        wants=frozenset({"segments"}),
        needs=frozenset({"documents", "coder"}),
        also_read=(".json",),
    ),
)
"""The formats by name. Where several have the same ending, `--as` chooses one."""


def _recognised(path: PurePath, ending: str, *, codebook: bool) -> str:
    """Return the name of a file's format, recognised by its content; empty if that does not tell."""
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
    """Return the format of a file.

    Parameters
    ----------
    path : path
        The file. Its ending decides; where several formats share it, the content of the file to be read.
    name : str, optional
        The name of the format, which goes before the ending.
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
        If there is no format of that name, or none or several have the ending.
    """
    usable = {
        key: form for key, form in FORMATS.items() if (form.writer if written else form.reader)
    }
    listed = "; ".join(
        f"{form.name} ({', '.join(form.endings)}): {form.says}" for form in usable.values()
    )
    if name:
        if name not in usable:
            raise ExchangeError(f"There is no format '{name}'.", cure=f"There are: {listed}.")
        return usable[name]
    ending = PurePath(path).suffix.lower()
    candidates = [
        form
        for form in usable.values()
        if ending in form.endings or (not written and ending in form.also_read)
    ]
    if len(candidates) > 1 and not written:
        kind = _recognised(PurePath(path), ending, codebook=codebook)
        candidates = [usable[kind]] if kind else candidates
    if len(candidates) > 1:
        raise ExchangeError(
            f"'{ending}' may be {', '.join(form.name for form in candidates)}.",
            file=path,
            cure=f"Choose one with --as, such as --as {candidates[0].name}.",
        )
    if not candidates:
        raise ExchangeError(
            f"No format has the ending '{ending}'." if ending else "The file's name has no ending.",
            file=path,
            cure=f"There are: {listed}.",
        )
    return candidates[0]
