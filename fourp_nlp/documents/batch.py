"""Reading many files: one that cannot be read is reported, and the others are read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.documents._isolated_reading import read_in_sandbox
from fourp_nlp.documents._one_file import reading_of
from fourp_nlp.documents.attributes import ATTRIBUTES, checked_attributes
from fourp_nlp.documents.files import (
    ATTRIBUTES_FILE,
    FoundFile,
    check_file,
    document_id,
    files_of,
    folder_files,
)
from fourp_nlp.documents.registry import PLAIN
from fourp_nlp.errors import DocumentError
from fourp_nlp.tables import DOCUMENTS, SKIPPED, conform

if TYPE_CHECKING:
    from fourp_nlp.documents.reading import Reading
    from fourp_nlp.documents.tables.survey import TableColumns

__all__ = ["MAX_BYTES", "NOTE", "read_document", "read_documents", "read_file", "stream_documents"]

MAX_BYTES = 200 * 1024 * 1024
NOTE = "Note: "
"""Beginning of a reason in SKIPPED where the file was read, but something is to be known of it."""

_DESCRIBED = [name for name in ATTRIBUTES if name != "document"]
_READ = ["document", "path", "sha256", "text", "labels", "remarks", *_DESCRIBED]

Progress = Callable[[int, int], None]


def read_document(path: str | Path) -> str:
    """Return the normalised text of one file.

    Parameters
    ----------
    path : str or pathlib.Path
        A file of one of the kinds in ``SUPPORTED``, at most 200 MB.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    DocumentError
        If the file cannot be read, has no text, or holds several documents.
    """
    path = Path(path)
    texts = _read(path, max_bytes=MAX_BYTES).texts
    if len(texts) > 1:
        raise DocumentError(
            f"The table holds {len(texts)} documents.", file=path, cure="Use read_documents."
        )
    return texts[0].text


def read_file(path: str | Path) -> Reading:
    """Return the reading of one file: its texts, and what is doubtful about them.

    Parameters
    ----------
    path : str or pathlib.Path
        A file of one of the kinds in ``SUPPORTED``, at most 200 MB.

    Returns
    -------
    Reading
        Its texts, normalised, with doubts and remarks.

    Raises
    ------
    DocumentError
        If the file cannot be read or has no text.
    """
    return _read(Path(path), max_bytes=MAX_BYTES)


def read_documents(
    paths_or_folder: str | Path | Iterable[str | Path],
    *,
    attributes: pd.DataFrame | str | Path | None = None,
    exclude: Collection[str] = (),
    tables: Mapping[str, TableColumns] | None = None,
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read files into the table of documents.

    Parameters
    ----------
    paths_or_folder : str, pathlib.Path or iterable of them
        A folder, read with its subfolders; or a file; or files.
    attributes : pandas.DataFrame, str, pathlib.Path, optional
        What `read_attributes` returns, or its file. By default ``documents.csv`` of the folder, if
        there is one.
    exclude : collection of str
        Names of subfolders, or their paths inside the folder, to leave out.
    tables : mapping of str to TableColumns, optional
        Which columns are read of tables, by their names or their paths inside the folder. Default: those
        with running text.
    max_bytes : int
        Largest size of a file that is read.
    progress : callable, optional
        Called after each file with the number done and the number in all.

    Returns
    -------
    documents : pandas.DataFrame
        The table DOCUMENTS. A document's id is its path inside the folder; of a single file its
        name; of one among several in a table ``file.csv#value``.
    skipped : pandas.DataFrame
        The table SKIPPED: files that were not read, each with one line of reason and cure, and
        documents that the attributes name but that are not there. Reasons that begin with ``NOTE``
        concern files that were read: what is doubtful about the reading, that the attributes do not
        name the file, or that it is a link which leads out of the folder.

    Raises
    ------
    DocumentError
        If the folder is missing or the file of attributes is wrong.
    """
    parts = list(
        stream_documents(
            paths_or_folder,
            attributes=attributes,
            exclude=exclude,
            tables=tables,
            max_bytes=max_bytes,
            progress=progress,
        )
    )
    documents, skipped = (pd.concat(some, ignore_index=True) for some in zip(*parts, strict=True))
    return documents, skipped


def stream_documents(
    paths_or_folder: str | Path | Iterable[str | Path],
    *,
    characters: int | None = None,
    attributes: pd.DataFrame | str | Path | None = None,
    exclude: Collection[str] = (),
    tables: Mapping[str, TableColumns] | None = None,
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Read files as `read_documents` does, some at a time, so that they may be more than memory holds.

    Parameters
    ----------
    paths_or_folder, attributes, exclude, tables, max_bytes, progress
        As for `read_documents`.
    characters : int, optional
        Text from which the documents read so far are handed on. Default: all at once.

    Yields
    ------
    documents : pandas.DataFrame
        The table DOCUMENTS.
    skipped : pandas.DataFrame
        The table SKIPPED; what is told of attributes comes last.

    Raises
    ------
    DocumentError
        If the folder is missing or the file of attributes is wrong.
    """
    files, attributes_file = _gather(paths_or_folder, exclude)
    if attributes is None and attributes_file is not None and attributes_file.is_file():
        attributes = attributes_file
    rows: list[dict[str, str]] = []
    skipped: list[tuple[str, str]] = []
    if attributes is None or isinstance(attributes, pd.DataFrame):
        described_documents = attributes
    else:
        described_documents, doubts_about_attributes = checked_attributes(attributes)
        shown = document_id(Path(attributes))
        skipped.extend((shown, f"{NOTE}{doubt}") for doubt in doubts_about_attributes)
    failed: set[str] = set()
    taken: dict[str, str] = {}
    size = 0
    for done, file in enumerate(files, start=1):
        shown = document_id(file.path)
        try:
            columns = (tables or {}).get(file.document) or (tables or {}).get(file.path.name)
            doubts, documents_of_file = _rows(file, columns, max_bytes=max_bytes, taken=taken)
            skipped.extend((shown, f"{NOTE}{doubt}") for doubt in doubts)
            for row in documents_of_file:
                taken[row["document"]] = row["path"]
                rows.append(row)
                size += len(row["text"])
            if attributes_file is not None and (
                target := _outside(file.path, attributes_file.parent)
            ):
                skipped.append((shown, f"{NOTE}a link, which leads out of the folder to {target}."))
        except DocumentError as error:
            failed.add(file.document)
            skipped.append((shown, _one_line(f"{error.problem} {error.cure or ''}", error.place)))
        if progress is not None:
            progress(done, len(files))
        if characters is not None and size >= characters:
            yield _tables(rows, described_documents), _skipped(skipped)
            rows, skipped, size = [], [], 0
    if described_documents is not None:
        every = pd.DataFrame({"document": list(taken), "path": list(taken.values())}, dtype="str")
        skipped.extend(_mismatches(every, described_documents, failed))
    yield _tables(rows, described_documents), _skipped(skipped)


def _outside(path: Path, folder: Path) -> str:
    """Return where a link leads, if it leads out of the folder; empty otherwise."""
    if not path.is_symlink() or path.resolve().is_relative_to(folder.resolve()):
        return ""
    return document_id(path.resolve())


def _tables(rows: list[dict[str, str]], attributes: pd.DataFrame | None) -> pd.DataFrame:
    documents = pd.DataFrame(rows, columns=_READ, dtype="str")
    return conform(_described(documents, attributes), DOCUMENTS)


def _skipped(skipped: list[tuple[str, str]]) -> pd.DataFrame:
    return conform(pd.DataFrame(skipped, columns=SKIPPED.names, dtype="str"), SKIPPED)


def _gather(
    paths_or_folder: str | Path | Iterable[str | Path], exclude: Collection[str]
) -> tuple[list[FoundFile], Path | None]:
    if not isinstance(paths_or_folder, str | Path):
        return files_of(paths_or_folder), None
    path = Path(paths_or_folder)
    if path.is_dir():
        return list(folder_files(path, exclude=exclude)), path / ATTRIBUTES_FILE
    if not path.exists():
        raise DocumentError(
            "There is no such file or folder.", file=path, cure="Look for a typing error."
        )
    return files_of([path]), None


def _rows(
    file: FoundFile, columns: TableColumns | None, *, max_bytes: int, taken: Collection[str]
) -> tuple[list[str], list[dict[str, str]]]:
    """Return what is doubtful about a file, and a row for each document in it."""
    if file.problem:
        raise DocumentError(file.problem, file=file.path)
    rows = []
    read = _read(file.path, columns, max_bytes=max_bytes)
    for text, part, labels, attributes in read.texts:
        document = f"{file.document}#{document_id(part)}" if part else file.document
        if document in taken:
            raise DocumentError(
                f"Another file has the same id, '{document}'.",
                file=file.path,
                cure="Rename one of them.",
            )
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        rows.append(
            {
                "document": document,
                "path": document_id(file.path),
                "sha256": digest,
                "text": text,
                "labels": "\n".join(labels),
                "remarks": "\n".join(read.remarks),
                **{name: attributes.get(name, "") for name in _DESCRIBED},
            }
        )
    return read.doubts, rows


def _read(path: Path, columns: TableColumns | None = None, *, max_bytes: int) -> Reading:
    """Return the reading of a file; what a library parses is read in a process that it may end."""
    try:
        check_file(path, max_bytes=max_bytes)
    except OSError as error:
        raise DocumentError(
            f"The file cannot be opened ({error.strerror or error}).",
            file=path,
            cure="Check its name and its permissions.",
        ) from error
    read = reading_of if path.suffix.lower() in PLAIN else read_in_sandbox
    return read(path, columns)


def _mismatches(
    documents: pd.DataFrame, attributes: pd.DataFrame, failed: set[str]
) -> list[tuple[str, str]]:
    """Tell where the files and the attributes do not name the same documents."""
    described = set(attributes["document"])
    whole = documents["document"].str.rsplit("#", n=1).str[0]
    known = set(documents["document"]) | set(whole) | failed
    missing = [
        (
            name,
            (
                f"The attributes name this document, but there is no such file. "
                f"Correct {ATTRIBUTES_FILE}, or put the file there."
            ),
        )
        for name in attributes["document"]
        if name not in known
    ]
    if attributes.empty:  # the table of a new project, in which nobody has written yet
        return missing
    unnamed = documents.loc[~documents["document"].isin(described) & ~whole.isin(described), "path"]
    note = f"{NOTE}read, but the attributes do not name it. Add a row to {ATTRIBUTES_FILE}."
    return missing + [(path, note) for path in unnamed.unique()]


def _described(documents: pd.DataFrame, attributes: pd.DataFrame | None) -> pd.DataFrame:
    if attributes is None:
        return documents
    if "document" not in attributes.columns or attributes["document"].duplicated().any():
        raise DocumentError(
            "The attributes need a column 'document' in which no document is named twice."
        )
    by_id = attributes.set_index("document").reindex(columns=_DESCRIBED).astype("object").fillna("")
    # Attributes of a table hold for every document in it, unless one has its own.
    is_described = documents["document"].isin(by_id.index)
    key = documents["document"].where(
        is_described, documents["document"].str.rsplit("#", n=1).str[0]
    )
    values = by_id.reindex(key).fillna("").reset_index(drop=True)
    # What the file says of itself stands where the researcher says nothing else.
    return documents.assign(
        **{
            name: values[name].astype("str").where(values[name] != "", documents[name])
            for name in _DESCRIBED
        }
    )


def _one_line(text: str, place: str | None = None) -> str:
    line = " ".join(text.split())
    return f"{place}: {line}" if place else line
