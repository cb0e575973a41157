"""Codebooks in Word: a table, or headings with paragraphs below them."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.codebook import is_id
from fourp_nlp.control_characters import printable
from fourp_nlp.documents import read_outline
from fourp_nlp.errors import CodebookError, DocumentError
from fourp_nlp.exchange.codebooks._builder import Problems, Source, build_codebook
from fourp_nlp.exchange.codebooks._cells import exclusion_text, listed_text
from fourp_nlp.exchange.codebooks._parts import APPLIES, fact_value, facts_of, label_of, title_of
from fourp_nlp.exchange.codebooks._rows import Table, is_head, is_sure_head, source_of
from fourp_nlp.exchange.tables.codebooks.tree import Item
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from typing import Any

    from fourp_nlp.codebook import Code, Codebook, Theme
    from fourp_nlp.documents import OutlinePart
    from fourp_nlp.exchange.codebooks.codebook_file import CodebookFile

__all__ = ["read_word_codebook", "write_word_codebook"]

_NUMBER = re.compile(r"^(?:[A-Za-z]?[0-9]+(?:\.[0-9]+)*[.)]?|[IVXivx]+[.)])[ \t\u00a0]+(?=\S)")
_NUMBERED = 0.8  # of the headings
_TITLE = re.compile(
    r"code ?-?book|code ?-?buch|coding (?:frame|scheme|manual|guide)|kodier|livre de codes|guide de codage|"
    r"grille|manuel|libro de códigos",
    re.IGNORECASE,
)
_LISTS = frozenset({"example", "not_use"})
_HEAD_WITHIN = 5  # rows above the head that a title may take


def read_word_codebook(path: str | os.PathLike[str]) -> CodebookFile:
    """Read a codebook from a Word document.

    Parameters
    ----------
    path : str or os.PathLike
        A .docx file with tables that have a column of codes; or with a heading for each code, themes one
        level above, and paragraphs below the codes that begin with labels such as "When to use:".

    Returns
    -------
    CodebookFile
        The codebook, and what to know of the reading.

    Raises
    ------
    CodebookError
        If the file cannot be read, or holds neither; or if something in it is wrong, with every place.
    """
    file = Path(path)
    try:
        parts, remarks = read_outline(file)
    except DocumentError as error:
        raise CodebookError(error.problem, file=file, place=error.place, cure=error.cure) from error
    except OSError as error:
        raise CodebookError(f"It cannot be read: {error.strerror or error}.", file=file) from error
    tables = [(number, table) for number, part in _tables(parts) if (table := _table(number, part))]
    if tables:
        source = source_of(file, [table for _, table in tables])
        _titled(source, parts, len(tables))
    else:
        source = _Headings(file, parts).source()
    source.remarks[:0] = remarks
    return build_codebook(source)


def _tables(parts: Sequence[OutlinePart]) -> Iterator[tuple[int, OutlinePart]]:
    yield from enumerate((part for part in parts if part.rows), start=1)


def _table(number: int, part: OutlinePart) -> Table | None:
    """Return a table with a column of codes; None for another one."""
    heads = [
        at
        for is_one in (is_sure_head, is_head)
        for at, row in enumerate(part.rows[:_HEAD_WITHIN])
        if is_one(_cells(row))
    ]
    if not heads or (len(part.rows) == 1):
        return None
    head = heads[0]
    rows = [_cells(row) for row in part.rows]
    header = [" ".join(cell.split()) for cell in rows[head]]
    # A table that goes on on the next page may repeat its head.
    body = [
        (at, row) for at, row in enumerate(rows) if at > head and any(row) and row != rows[head]
    ]
    width = max([len(header), *(len(row) for _, row in body)])
    columns = [[row[at] if at < len(row) else "" for _, row in body] for at in range(width)]

    def place(row: int, column: int) -> str:
        if row < 0:
            return f"table {number}, column {column + 1}"
        return f"table {number}, row {body[row][0] + 1}, column {column + 1}"

    return Table(header, columns, place)


def _cells(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row]


def _titled(source: Source, parts: Sequence[OutlinePart], tables: int) -> None:
    """Take the title of a document with tables, and tell of the rest."""
    titles = [part.text for part in parts if part.level == 0] or [
        part.text for part in parts if part.level is not None and _TITLE.search(part.text)
    ]
    if titles and "title" not in source.facts:
        source.facts = {"title": title_of(titles[0]), **source.facts}
    others = sum(bool(part.rows) for part in parts) - tables
    if others:
        source.losses.append(f"{others} table(s) without a column of codes were not read.")
    beside = sum(not part.rows and part.level is None for part in parts)
    if beside:
        source.remarks.append(
            f"The codes were read from tables; {beside} paragraph(s) beside them were not."
        )


class _Headings:
    """Reads codes from headings and the paragraphs below them."""

    def __init__(self, file: Path, parts: Sequence[OutlinePart]) -> None:
        self.file = file
        self.facts: dict[str, str] = {}
        self.titles: list[str] = []
        self.losses: list[str] = []
        self.remarks: list[str] = []
        self.entries: list[tuple[int, Item]] = []
        self.labelled: set[int] = set()
        self.unread = sum(bool(part.rows) for part in parts)
        self.before = 0
        self._read(parts)

    def source(self) -> Source:
        """Return the codes and themes of the headings."""
        if not self.entries:
            raise CodebookError(
                "The document has no table with a column of codes, and no headings.",
                file=self.file,
                cure="Put the codes into a table with the heads Theme, Code and Definition; or give their "
                "names the style Heading 2, and those of the themes Heading 1.",
            )
        self._take_title()
        if self.titles:
            # One that this program wrote is as it was.
            title = self.titles[0] if "id" in self.facts else title_of(self.titles[0])
            self.facts.setdefault("title", title)
        self._without_numbers()
        self._arrange()
        items = [item for _, item in self.entries]
        if self.unread:
            self.losses.append(f"{self.unread} table(s) without a column of codes were not read.")
        if self.before:
            self.losses.append(f"{self.before} paragraph(s) above the first heading were not read.")
        with_ids = all(is_id(item.number) for item in items if item.codable)
        problems = Problems(self.file)
        if with_ids:
            self._explicit_parents(items, problems)
        problems.raise_if_any()
        return Source(
            self.file,
            items,
            lambda item, _: f"heading '{item.raw}' ({item.row})",
            self.facts,
            ids=with_ids,
            lists=with_ids and all(item.codable for item in items),
            losses=self.losses,
            remarks=self.remarks,
        )

    def _read(self, parts: Sequence[OutlinePart]) -> None:
        role = ""
        number = 0
        for part in parts:
            if part.rows:
                continue
            if part.level == 0:
                self.titles.append(" ".join(part.text.split()))
            elif part.level is not None:
                number += 1
                name = " ".join(part.text.split())
                self.entries.append((part.level, Item(f"heading {number}", name, name)))
                role = "definition"
            else:
                role = self._paragraph(part, role)

    def _paragraph(self, part: OutlinePart, role: str) -> str:
        """Read a paragraph as parts of the last code; return the part that the next one goes on with."""
        chunks: list[tuple[str, str]] = []
        if self.entries and any(label_of(line)[0] for line in part.text.split("\n")):
            self.labelled.add(id(self.entries[-1][1]))
        for line in part.text.split("\n"):
            label, text = label_of(line)
            if label:
                same = bool(chunks) and chunks[-1][0] == label and label not in _LISTS
                if same:
                    chunks[-1] = (label, f"{chunks[-1][1]}\n{text}")
                else:
                    chunks.append((label, text))
            elif chunks:
                chunks[-1] = (chunks[-1][0], f"{chunks[-1][1]}\n{line}")
            else:
                chunks.append((role, line))
        if part.is_item:
            mark = "• " if chunks[0][0] in {*_LISTS, "use"} else "- "
            chunks[0] = (chunks[0][0], f"{mark}{chunks[0][1]}")
        for label, text in chunks:
            if label.startswith("fact "):
                self.facts[label.removeprefix("fact ")] = fact_value(
                    label.removeprefix("fact "), text
                )
            elif not self.entries:
                self.before += 1
            elif text.strip():
                self._add(label, text)
        return chunks[-1][0] if chunks else role

    def _add(self, label: str, text: str) -> None:
        item = self.entries[-1][1]
        if label == "code_id" and not item.number:
            item.number = text.strip()
        elif label == "parent":
            item.parent = " ".join(text.split())
        else:
            item.parts.setdefault(label or "definition", []).append(text)

    def _take_title(self) -> None:
        """Take a first heading that is the title of the whole codebook, and no theme."""
        (level, first), *rest = self.entries
        alone = all(other > level for other, _ in rest)
        if not rest or not alone or "id" in self.facts or first.parts:
            return
        if _TITLE.search(first.name) or len({other for other, _ in rest}) > 1:
            self.titles.append(first.name)
            del self.entries[0]
            self.remarks.append(f"'{first.name}' is the title of the codebook.")

    def _without_numbers(self) -> None:
        """Take numbers off the headings of each level that nearly all have one."""
        if "id" in self.facts:
            return
        numbered = False
        for level in {level for level, _ in self.entries}:
            items = [item for at, item in self.entries if at == level]
            matches = [_NUMBER.match(item.name) for item in items]
            if sum(map(bool, matches)) < max(2, _NUMBERED * len(items)):
                continue
            numbered = True
            for match, item in zip(matches, items, strict=True):
                item.name = item.name[match.end() :] if match else item.name
        if numbered:
            self.remarks.append("The numbers before the headings are no part of the names.")

    def _arrange(self) -> None:
        """Set the parents by the levels; the highest headings are themes if others are below them."""
        above: list[tuple[int, Item]] = []
        holders: set[int] = set()
        for level, item in self.entries:
            while above and above[-1][0] >= level:
                above.pop()
            item.up = above[-1][1] if above else None
            if item.up is not None:
                holders.add(id(item.up))
            above.append((level, item))
        empty = []
        for _, item in self.entries:
            item.codable = item.up is not None or id(item) not in holders
            _place_definition(item)
            alone = item.up is None and item.codable and id(item) not in self.labelled
            if holders and alone:
                empty.append(item)
        if empty:
            # Such as an introduction.
            self.entries = [entry for entry in self.entries if entry[1] not in empty]
            named = ", ".join(f"'{item.name}'" for item in empty)
            self.losses.append(
                f"These headings have no code below them and were not read: {named}."
            )

    def _explicit_parents(self, items: Sequence[Item], problems: Problems) -> None:
        by_id = {item.number: item for item in items if item.codable}
        by_name = {item.name.casefold(): item for item in items if item.codable}
        for item in items:
            if not item.parent:
                continue
            parent = by_id.get(item.parent) or by_name.get(item.parent.casefold())
            place = f"heading '{item.raw}' ({item.row})"
            if parent is None or parent is item:
                problems.add(
                    place, f"Its parent '{item.parent}' is not another code; name one, or none."
                )
                continue
            at: Item | None = parent
            passed: set[int] = set()
            while at is not None and at is not item and id(at) not in passed:
                passed.add(id(at))
                at = at.up
            if at is item:
                problems.add(
                    place, f"'{item.name}' would be below itself; name another parent, or none."
                )
            else:
                item.up = parent


def _place_definition(item: Item) -> None:
    """Make a definition the short one if it is one line and there is no other; else the full one."""
    texts = [text for text in item.parts.pop("definition", []) if text.strip()]
    if not texts:
        return
    role = "short_definition"
    if item.parts.get(role) or len(texts) > 1 or len(texts[0].strip().splitlines()) > 1:
        role = "full_definition"
    item.parts[role] = [*texts, *item.parts.get(role, [])]


def write_word_codebook(codebook: Codebook, path: str | os.PathLike[str]) -> None:
    """Write a codebook as a Word document with headings for themes and codes.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : str or os.PathLike
        The file. Each part of a code is a paragraph that begins with its label.

    Raises
    ------
    FourpError
        If it cannot be written.
    """
    from docx import Document

    document = Document()
    core = document.core_properties
    # A fixed date, so that equal codebooks give equal files.
    core.created = core.modified = datetime.datetime(2000, 1, 1)
    core.author = core.comments = ""
    core.title = printable(codebook.title)
    if codebook.title:
        document.add_heading(printable(codebook.title), 0)
    for head, value in facts_of(codebook).items():
        if head != "Codebook title":
            _paragraph(document, head, value)
    for theme in codebook.themes:
        _write_theme(document, theme)
    for code in codebook.codes:
        _write_code(document, code, 1)
    with replacing(path) as partial:
        document.save(str(partial))


def _write_theme(document: Any, theme: Theme) -> None:
    document.add_heading(printable(theme.name), 1)
    _paragraph(document, "Id", theme.id)
    _lines(document, "Full definition", theme.definition)
    _applies(document, theme)
    for code in theme.codes:
        _write_code(document, code, 2)


def _write_code(document: Any, code: Code, level: int) -> None:
    document.add_heading(printable(code.name), level)
    _paragraph(document, "Id", code.id)
    _paragraph(document, "Parent", code.parent)
    _paragraph(document, "Short definition", code.short_definition)
    _lines(document, "Full definition", code.full_definition)
    _paragraph(document, "When to use", code.when_to_use)
    for exclusion in code.when_not_to_use:
        _paragraph(document, "When not to use", listed_text([exclusion_text(exclusion)]))
    for example in code.examples:
        _paragraph(document, "Example", listed_text([example]))
    _applies(document, code)
    _paragraph(document, "Colour", code.color)


def _applies(document: Any, item: Code | Theme) -> None:
    for head, key in APPLIES.items():
        for value in getattr(item.applies_to, key, None) or ():
            _paragraph(document, head, listed_text([value]))


def _lines(document: Any, label: str, text: str) -> None:
    """Write a text of several lines: a paragraph of it is one in Word, with its lines."""
    for number, paragraph in enumerate(text.split("\n\n") if text else ()):
        lines = paragraph.split("\n")
        # A line that looks like another part has the label once more.
        rest = [f"{label}: {line}" if label_of(line)[0] else line for line in lines[1:]]
        first = lines[0]
        if number and not label_of(first)[0]:
            document.add_paragraph(printable("\n".join([first, *rest])))
        else:
            _paragraph(document, label, "\n".join([first, *rest]))


def _paragraph(document: Any, label: str, text: str) -> None:
    if text:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(printable(text))
