"""A methods text as a Word document, its citations as authors and years, with a list of references."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fourp_nlp.reporting.methods._phrases import one_line, value_and_interval
from fourp_nlp.reporting.methods.parts import Blank, Cited, Shown
from fourp_nlp.reporting.methods.references import in_brackets, in_order

if TYPE_CHECKING:
    from fourp_nlp.reporting.methods.parts import Grid, MethodsText, Sentence

__all__ = ["methods_docx"]

_TEXT_SIZE, _CELL_SIZE, _SMALL_SIZE = 11, 9, 7.5
_WIDE = 6  # columns from which a table is set smaller
_NARROW = 40  # twentieths of a point between text and edge of a cell in a wide table
_LONGEST = 26  # characters; a longer cell is broken into lines
_FONT = "Times New Roman"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def methods_docx(text: MethodsText, *, date: str) -> bytes:
    """Return the text as a Word document.

    The file is the same for the same text and day (ISO 8601). What must be filled in is
    highlighted.
    """
    from docx import Document
    from docx.shared import Cm, Pt

    document = Document()
    _set_styles(document)
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    document.add_heading("Methods", level=1)
    for paragraph in text.paragraphs:
        document.add_heading(paragraph.title, level=2)
        added = document.add_paragraph()
        for number, sentence in enumerate(paragraph.sentences):
            if number:
                added.add_run(" ")
            _add_sentence(added, sentence, text)
    for grid in text.tables:
        _add_table(document, grid, text.number(grid.name))
    if text.citations:
        document.add_heading("References", level=2)
    for work in in_order(text.citations):
        added = document.add_paragraph()
        added.paragraph_format.left_indent = Cm(1)
        added.paragraph_format.first_line_indent = Cm(-1)
        added.paragraph_format.space_after = Pt(3)
        for piece, italic in work.parts:
            added.add_run(piece).italic = italic
    day = datetime.fromisoformat(date)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Methods", "", ""
    properties.created = properties.modified = day
    packed = io.BytesIO()
    document.save(packed)
    return _without_time(packed)


def _set_styles(document: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, size in (("Normal", _TEXT_SIZE), ("Heading 1", 16), ("Heading 2", 12.5)):
        style = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        # The template's headings name a font of its theme, which would come first.
        fonts = style.element.rPr.rFonts
        for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{key}"), None)
        for key in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{key}"), _FONT)


def _add_sentence(paragraph: Any, sentence: Sentence, text: MethodsText) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    for run in sentence:
        if isinstance(run, Cited):
            paragraph.add_run(f" ({in_brackets(run.keys)})")
        elif isinstance(run, Blank):
            added = paragraph.add_run(f"[{one_line(run.what)}]")
            added.font.highlight_color = WD_COLOR_INDEX.YELLOW
        elif isinstance(run, Shown):
            paragraph.add_run(str(text.number(run.table)))
        else:
            paragraph.add_run(one_line(run))


def _add_table(document: Any, grid: Grid, number: int) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    wide = len(grid.head) > _WIDE
    size = _SMALL_SIZE if wide else _CELL_SIZE
    caption = document.add_paragraph()
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(14), Pt(3)
    caption.paragraph_format.keep_with_next = True
    caption.add_run(f"Table {number}. ").bold = True
    caption.add_run(f"{one_line(grid.caption)}.")
    section = document.sections[0]
    usable = section.page_width - section.left_margin - section.right_margin
    weights = _weights(grid)
    widths = [int(usable * weight / sum(weights)) for weight in weights]
    table = document.add_table(rows=0, cols=len(grid.head))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    if wide:
        _narrow_margins(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row_number, row in enumerate((grid.head, *grid.rows)):
        added = table.add_row()
        for at, (cell, value) in enumerate(zip(added.cells, row, strict=True)):
            cell.width = widths[at]
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            if at:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for line, piece in enumerate(value_and_interval(value) if wide else [value]):
                run = paragraph.add_run()
                if line:
                    run.add_break()
                run.add_text(one_line(piece))
                run.font.size, run.bold = Pt(size), row_number == 0
        _keep_whole(added)
        _rule(added, top=row_number == 0, bottom=row_number in {0, len(grid.rows)})
    _repeat(table.rows[0])
    if grid.notes:
        notes = document.add_paragraph()
        notes.paragraph_format.space_before = Pt(3)
        notes.add_run(" ".join(one_line(note) for note in grid.notes)).font.size = Pt(_CELL_SIZE)


def _weights(grid: Grid) -> list[float]:
    """Return the width of each column: that of its longest cell, or of the longest word of its head."""
    weights = []
    for head, *cells in zip(grid.head, *grid.rows, strict=True):
        # Bold is wider; and every cell has margins, as wide as some four letters, or two if narrow.
        wide = len(grid.head) > _WIDE
        longest = max(
            [1.3 * len(word) for word in head.split()]
            + [
                len(line)
                for cell in cells
                for line in (value_and_interval(cell) if wide else [cell])
            ]
        )
        weights.append(min(longest, _LONGEST) + (2 if wide else 4))
    return weights


def _rule(row: Any, *, top: bool, bottom: bool) -> None:
    """Draw lines above and below a row, as in a printed table."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    edges = [name for name, drawn in (("top", top), ("bottom", bottom)) if drawn]
    for cell in row.cells if edges else ():
        borders = OxmlElement("w:tcBorders")
        for edge in edges:
            line = OxmlElement(f"w:{edge}")
            for key, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "auto")):
                line.set(qn(f"w:{key}"), value)
            borders.append(line)
        cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 - python-docx has no borders


def _narrow_margins(table: Any) -> None:
    """Narrow the margins of the cells of a wide table."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_NARROW))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no margins of cells
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def _keep_whole(row: Any) -> None:
    """Keep a row on one page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001


def _repeat(row: Any) -> None:
    """Repeat a row at the top of every page of its table."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def _without_time(packed: io.BytesIO) -> bytes:
    """Return a zip container whose bytes depend on nothing but its contents."""
    again = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return again.getvalue()
