"""Reads Excel workbooks that people edited: the exact cells, and comments."""

from __future__ import annotations

import datetime
import posixpath
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.errors import DocumentError, UnsafeDocumentError
from fourp_nlp.files.zip_limits import MAX_TAGS, check_package
from fourp_nlp.spreadsheets._merged_cells import (
    cell_place,
    column_number,
    merged_down,
    rows_with_merged_cells,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import IO, Any

__all__ = ["Book", "Comment", "Sheet", "cell_as_text", "read_book"]

Value = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None

_MAIN = "xl/workbook.xml"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
# Empty cells before a full one cost the file nothing, but memory.
_MOST_EMPTY = 20_000_000
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
# Of one name in one part: no sheet has so many rows, and no workbook so many different texts.
_MOST_ELEMENTS = 10_000_000
_CHUNK = 1 << 16
_SHOWN = 20  # cells without a value that are kept
_AGAIN = "Open it in a spreadsheet program and save it again as XLSX."


class Sheet(NamedTuple):
    """The cells of one sheet.

    Attributes
    ----------
    name : str
        The sheet's name.
    rows : list of (int, list)
        Every row that holds a cell, with its number as a spreadsheet shows it; its cells up to the last
        one that says something, None where there is nothing. A cell that was merged over several rows
        stands in each of these rows that holds another cell.
    """

    name: str
    rows: list[tuple[int, list[Value]]]


class Comment(NamedTuple):
    """A comment or note on a cell."""

    row: int
    """Number of the row, from 1."""
    column: int
    """Number of the column, from 0."""
    author: str
    text: str


class Book:
    """A workbook that was checked; its sheets are read one by one.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    names : list of str
        Names of the sheets, in their order.
    hidden : frozenset of str
        Names of the hidden sheets.
    uncalculated : dict of str to list of str
        Cells with a formula whose value the file does not hold, by the sheets that were read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self._members = frozenset(archive.namelist())
            links = _links(archive, _MAIN, self._members)
            tree = _tree(archive.read(_MAIN))
            self._parts: dict[str, str] = {}
            hidden: set[str] = set()
            for element in tree.iter("{*}sheet"):
                key = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
                kind, part = links.get(key, ("", ""))
                if kind == "worksheet" and part in self._members:
                    self._parts[element.get("name", "")] = part
                    if element.get("state", "visible") != "visible":
                        hidden.add(element.get("name", ""))
            since_1904 = any(
                element.get("date1904") in {"1", "true"} for element in tree.iter("{*}workbookPr")
            )
            by_kind = {kind: part for kind, part in links.values() if part in self._members}
            self._strings = _strings(archive, by_kind.get("sharedStrings"))
            self._dates = _dates(archive, by_kind.get("styles"))
            self._people = _people(archive, self._members)
        self._epoch = datetime.datetime(1904, 1, 1) if since_1904 else None
        self.names = list(self._parts)
        self.hidden = frozenset(hidden)
        self.uncalculated: dict[str, list[str]] = {}

    def sheet(self, name: str) -> Sheet:
        """Return the cells of a sheet.

        Parameters
        ----------
        name : str
            One of the names.

        Returns
        -------
        Sheet
            Its rows.

        Raises
        ------
        DocumentError
            If the sheet is damaged.
        UnsafeDocumentError
            If it would fill more memory than a table of people can.
        """
        with _DamageAsError(self.path), zipfile.ZipFile(self.path) as archive:
            merged: list[tuple[int, int, int]] = []
            rows = list(self._rows(archive, name, merged))
            return Sheet(name, rows_with_merged_cells(rows, merged, name, self.path))

    def hidden_columns(self, name: str) -> list[tuple[int, int]]:
        """Return the hidden columns of a sheet, as first and last one from 0.

        Parameters
        ----------
        name : str
            One of the names.

        Returns
        -------
        list of tuple of int
            In the order of the sheet.

        Raises
        ------
        DocumentError
            If the sheet is damaged.
        """
        hidden = []
        with (
            _DamageAsError(self.path),
            zipfile.ZipFile(self.path) as archive,
            archive.open(self._parts[name]) as stream,
        ):
            for element in _one_by_one(stream, "col", "row"):
                if not element.tag.endswith("}col"):
                    break
                if element.get("hidden") in {"1", "true"}:
                    hidden.append((int(element.get("min")) - 1, int(element.get("max")) - 1))
        return hidden

    def comments(self, name: str) -> list[Comment]:
        """Return the comments and notes on a sheet's cells.

        Parameters
        ----------
        name : str
            One of the names.

        Returns
        -------
        list of Comment
            In the order of the rows. A conversation is one comment a contribution.

        Raises
        ------
        DocumentError
            If the workbook is damaged.
        """
        with _DamageAsError(self.path), zipfile.ZipFile(self.path) as archive:
            links = _links(archive, self._parts[name], self._members)
            comments: list[Comment] = []
            for kind, part in links.values():
                if kind == "threadedComment" and part in self._members:
                    comments += _conversation(_tree(archive.read(part)), self._people)
            # Excel writes a conversation a second time, as a note that asks for a newer Excel.
            commented_cells = {(comment.row, comment.column) for comment in comments}
            for kind, part in links.values():
                if kind == "comments" and part in self._members:
                    notes = _notes(_tree(archive.read(part)))
                    comments += [
                        comment
                        for comment in notes
                        if (comment.row, comment.column) not in commented_cells
                    ]
        return sorted(comments, key=lambda comment: (comment.row, comment.column))

    def _rows(
        self, archive: zipfile.ZipFile, name: str, merged: list[tuple[int, int, int]]
    ) -> Iterator[tuple[int, list[Value]]]:
        """Yield the rows; the first column, first and last row of merged cells go into a list."""
        number, empty = 0, 0
        self.uncalculated.pop(name, None)
        with archive.open(self._parts[name]) as stream:
            for element in _one_by_one(stream, "row", "mergeCell"):
                if element.tag.endswith("}mergeCell"):
                    merged += merged_down(element.get("ref", ""))
                    continue
                number = int(element.get("r", number + 1))
                if not 0 < number <= _MOST_ROWS:
                    raise ValueError(f"there is no row {number}")
                row = self._row(element, name)
                empty += row.count(None)
                if empty > _MOST_EMPTY:
                    raise UnsafeDocumentError(
                        f"The sheet '{name}' has more than {_MOST_EMPTY:,} empty cells between others.",
                        file=self.path,
                        cure="Delete cells far to the right of the table, or save it as CSV.",
                    )
                if row:
                    yield number, row

    def _row(self, element: Any, name: str) -> list[Value]:
        row: list[Value] = []
        for cell in element:
            value = self._value(cell)
            if value is None:
                formula = any(child.tag[-2:] == "}f" for child in cell)
                cells = self.uncalculated.setdefault(name, [])
                # One that gives an empty text says so.
                if formula and cell.get("t") != "str" and len(cells) < _SHOWN:
                    cells.append(cell.get("r", "?"))
                continue
            reference = cell.get("r")
            at = column_number(reference.rstrip("0123456789")) if reference else len(row)
            if not len(row) <= at < _MOST_COLUMNS:
                raise ValueError(f"cell {reference} is out of its place")
            row.extend([None] * (at - len(row)))
            row.append(value)
        return row

    def _value(self, cell: Any) -> Value:  # noqa: PLR0911 - lxml has no types; one return a kind
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            held = next((child for child in cell if child.tag[-3:] == "}is"), None)
            return None if held is None else _text_of(held) or None
        content = next((child.text for child in cell if child.tag[-2:] == "}v"), None)
        if not content:
            return None
        match kind:
            case "s":
                return self._strings[int(content)] or None
            case "b":
                return content.strip() in {"1", "true"}
            case "n":
                return self._number(content.strip(), cell.get("s"))
            case "d":
                return datetime.datetime.fromisoformat(content)
            case _:
                return _unescaped(content)

    def _number(self, digits: str, style: str | None) -> Value:
        whole = digits.lstrip("-").isdigit() and len(digits) < 20
        value: int | float = int(digits) if whole else float(digits)
        if style is None or int(style) not in self._dates:
            return value
        from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

        try:
            moment: Value = from_excel(value, self._epoch or WINDOWS_EPOCH)
        except (OverflowError, ValueError):
            return value
        return moment


def read_book(path: str | os.PathLike[str]) -> Book:
    """Open a workbook for reading.

    Texts come out as they are, with the characters that the format can only hold in disguise (such as a
    carriage return, written ``_x000D_``); formulas as what they last gave.

    Parameters
    ----------
    path : str or os.PathLike
        An XLSX file.

    Returns
    -------
    Book
        The workbook.

    Raises
    ------
    DocumentError
        If it is no workbook, or damaged or password-protected.
    UnsafeDocumentError
        If it would expand beyond the limits.
    OSError
        If it cannot be opened.
    """
    file = Path(path)
    check_package(file, main=_MAIN, kind="Excel workbook", most_tags=None)
    with _DamageAsError(file):
        return Book(file)


def cell_as_text(value: Value) -> str:  # noqa: PLR0911 - one return a kind
    """Return what a cell says as text.

    Parameters
    ----------
    value : str, int, float, bool, date, time or None
        The cell's value.

    Returns
    -------
    str
        Nothing for an empty cell; a whole number without a decimal point, TRUE and FALSE as a spreadsheet
        shows them, and dates as ISO 8601.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


class _DamageAsError:
    """Raises one kind of error for whatever a damaged workbook causes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        # Syntax: what lxml raises for broken XML is one.
        damage = (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError)
        if isinstance(error, (*damage, zipfile.BadZipFile)):
            raise DocumentError(
                f"The workbook is damaged ({type(error).__name__}: {error}).",
                file=self._path,
                cure=_AGAIN,
            ) from error


def _tree(data: bytes) -> Any:
    from lxml import etree

    if data.count(b"<") > MAX_TAGS:
        raise ValueError(f"a part has more than {MAX_TAGS:,} tags")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(data, parser)


def _links(
    archive: zipfile.ZipFile, part: str, members: frozenset[str]
) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: kind and member by the reference's id."""
    folder, name = posixpath.split(part)
    listed = f"{folder}/_rels/{name}.rels"
    if listed not in members:
        return {}
    links = {}
    for relation in _tree(archive.read(listed)).iter("{*}Relationship"):
        if relation.get("TargetMode") == "External":
            continue
        target = posixpath.normpath(posixpath.join(f"/{folder}", relation.get("Target", "")))
        links[relation.get("Id", "")] = (
            relation.get("Type", "").rpartition("/")[2],
            target.lstrip("/"),
        )
    return links


def _strings(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    if part is None:
        return []
    with archive.open(part) as stream:
        return [_text_of(element) for element in _one_by_one(stream, "si")]


def _one_by_one(stream: IO[bytes], *tags: str) -> Iterator[Any]:
    """Yield the elements of these names, all of a name of one parent; neither they nor others are kept."""
    from lxml import etree

    parser = etree.XMLPullParser(
        tag=[f"{{*}}{tag}" for tag in tags], resolve_entities=False, no_network=True
    )
    parents: dict[str, Any] = {}
    held = number = 0
    while piece := stream.read(_CHUNK):
        parser.feed(piece)
        held += piece.count(b"<")
        for _, element in parser.read_events():
            above = element.getparent()
            if above is None or above is not parents.setdefault(element.tag, above):
                raise ValueError(f"a {tags[0]} is out of its place")
            number += 1
            if number > _MOST_ELEMENTS:
                raise ValueError(f"there are more than {_MOST_ELEMENTS:,} of {tags[0]}")
            yield element
            element.clear()
            while element.getprevious() is not None:
                del above[0]
            held = 0
        if held > MAX_TAGS:
            raise ValueError(f"more than {MAX_TAGS:,} tags are no {tags[0]}")
    parser.close()


def _text_of(element: Any) -> str:
    """Return a string's text: that of its runs, but not how East Asian characters are read."""
    if len(element) == 1 and element[0].tag[-2:] == "}t":
        return _unescaped(element[0].text or "")
    parts = [
        run.text or "" for run in element.iter("{*}t") if not run.getparent().tag.endswith("}rPh")
    ]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    # Two halves make a letter; one half alone can be written into no file.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _dates(archive: zipfile.ZipFile, part: str | None) -> frozenset[int]:
    """Return which styles show a number as a date or a time."""
    if part is None:
        return frozenset()
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    tree = _tree(archive.read(part))
    formats = dict(BUILTIN_FORMATS)
    for style in tree.iter("{*}numFmt"):
        formats[int(style.get("numFmtId", 0))] = style.get("formatCode", "")
    date_styles = set()
    for listed in tree.iter("{*}cellXfs"):
        for at, style in enumerate(listed.iter("{*}xf")):
            shown = formats.get(int(style.get("numFmtId", 0)), "General")
            if is_date_format(shown):
                date_styles.add(at)
    return frozenset(date_styles)


def _people(archive: zipfile.ZipFile, members: frozenset[str]) -> dict[str, str]:
    names = {}
    for part in members:
        if part.startswith("xl/persons/") and part.endswith(".xml"):
            for person in _tree(archive.read(part)).iter("{*}person"):
                names[person.get("id", "")] = person.get("displayName", "")
    return names


def _notes(tree: Any) -> list[Comment]:
    authors = [comment.text or "" for comment in tree.iter("{*}author")]
    comments = []
    for comment in tree.iter("{*}comment"):
        at = int(comment.get("authorId", -1))
        author = authors[at] if 0 <= at < len(authors) else ""
        text = _text_of(comment)
        # Excel begins a note with its author's name, in bold.
        text = text.removeprefix(f"{author}:\n") if author else text
        comments.append(Comment(*cell_place(comment.get("ref", "")), author, text.strip()))
    return [comment for comment in comments if comment.text]


def _conversation(tree: Any, people: dict[str, str]) -> list[Comment]:
    comments = []
    for contribution in tree.iter("{*}threadedComment"):
        author = people.get(contribution.get("personId", ""), "")
        text = (contribution.findtext("{*}text") or "").strip()
        if text:
            comments.append(Comment(*cell_place(contribution.get("ref", "")), author, text))
    return comments
