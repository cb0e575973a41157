"""Transcripts in files with layout: Word, Rich Text, OpenDocument and PDF, as programs and people make them.

`FILES` has a form a layout, each with a function that writes a dialogue as a file.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import docx
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph as Flowing
from reportlab.platypus import SimpleDocTemplate, Table

from tests.bad_files import ODF, zipped
from tests.transcript_forms import Form, Turns

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FILES"]

FILES: dict[str, Form] = {}


def _form(name: str, suffix: str, shown: dict[str, str] | None = None):
    def taken(render: Callable[[Turns], bytes]) -> Callable[[Turns], bytes]:
        FILES[render.__name__.strip("_")] = Form(name, suffix, render, shown or {})
        return render

    return taken


def _time(number: int) -> str:
    return f"00:{number // 4:02}:{number % 4 * 15:02}"


# Word.


def _saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@_form("Word, name and colon", ".docx")
def _docx_colon(turns: Turns) -> bytes:
    document = docx.Document()
    for name, words in turns:
        for at, part in enumerate(words.split("\n")):
            document.add_paragraph(part if at else f"{name}: {part}")
    return _saved(document)


@_form("Word, bold name and colon", ".docx")
def _docx_bold(turns: Turns) -> bytes:
    document = docx.Document()
    document.add_heading("Interview 4", 1)
    for name, words in turns:
        first, *others = words.split("\n")
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}:").bold = True
        paragraph.add_run(f" {first}")
        for part in others:
            document.add_paragraph(part)
    return _saved(document)


@_form("Word, bold name on a line of its own", ".docx")
def _docx_bold_alone(turns: Turns) -> bytes:
    document = docx.Document()
    for name, words in turns:
        document.add_paragraph().add_run(name).bold = True
        for part in words.split("\n"):
            document.add_paragraph(part)
    return _saved(document)


@_form("Word, numbered turns", ".docx")
def _docx_numbered(turns: Turns) -> bytes:
    document = docx.Document()
    for name, words in turns:
        document.add_paragraph(f"{name}: {' '.join(words.split())}", style="List Number")
    return _saved(document)


def _docx_table(rows: list[list[str]]) -> bytes:
    document = docx.Document()
    document.add_paragraph("Interview 4")
    table = document.add_table(0, len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text.split("\n")[0]
            for part in text.split("\n")[1:]:
                cell.add_paragraph(part)
    return _saved(document)


@_form("Word, table of names and words", ".docx")
def _docx_table_two(turns: Turns) -> bytes:
    return _docx_table([[name, words] for name, words in turns])


@_form("Word, table with times and a row of heads", ".docx")
def _docx_table_three(turns: Turns) -> bytes:
    rows = [[_time(at), name, words] for at, (name, words) in enumerate(turns)]
    return _docx_table([["Time", "Speaker", "Transcript"], *rows])


@_form("NVivo's transcript", ".docx")
def _docx_nvivo(turns: Turns) -> bytes:
    rows = [
        [str(at + 1), f"0:{at:02}.0 - 0:{at + 1:02}.0", words, name]
        for at, (name, words) in enumerate(turns)
    ]
    return _docx_table([["", "Timespan", "Content", "Speaker"], *rows])


# Rich Text.


def _rtf(text: str) -> str:
    signs = []
    for letter_ in text:
        code = ord(letter_)
        signs.append(
            f"\\{letter_}" if letter_ in "\\{}" else letter_ if code < 128 else f"\\u{code}?"
        )
    return "".join(signs)


def _rtf_file(body: str) -> bytes:
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}\f0\fs22 "
    return f"{head}{body}}}".encode("ascii")


@_form("Rich Text, bold name and colon", ".rtf")
def _rtf_bold(turns: Turns) -> bytes:
    parts = []
    for name, words in turns:
        first, *others = words.split("\n")
        parts.append(rf"\pard {{\b {_rtf(name)}:}} {_rtf(first)}\par ")
        parts += [rf"\pard {_rtf(part)}\par " for part in others]
    return _rtf_file("".join(parts))


@_form("Rich Text, table of names and words", ".rtf")
def _rtf_table(turns: Turns) -> bytes:
    rows = []
    for name, words in turns:
        paragraphs = r"\par ".join(map(_rtf, words.split("\n")))
        rows.append(
            rf"\trowd\cellx2000\cellx9000\pard\intbl {_rtf(name)}\cell {paragraphs}\cell\row "
        )
    return _rtf_file("".join(rows) + r"\pard\par ")


@_form("Rich Text of TextEdit", ".rtf")
def _rtf_mac(turns: Turns) -> bytes:
    lines = []
    for name, words in turns:
        lines += [f"{name}: {words}".replace("\n", "\\\n"), ""]
    body = "\\\n".join(lines)
    text = "".join(
        letter_ if ord(letter_) < 128 else f"\\'{letter_.encode('cp1252').hex()}"
        for letter_ in body
    )
    head = "{\\rtf1\\ansi\\ansicpg1252\\cocoartf2639{\\fonttbl\\f0\\fswiss\\fcharset0 Helvetica;}\n\\f0\\fs24 \\cf0 "
    return f"{head}{text}}}".encode("ascii")


# OpenDocument.


def _odt(body: str) -> bytes:
    kind = "application/vnd.oasis.opendocument.text"
    spaces = " ".join(
        f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table", "style")
    )
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{ODF}:manifest:1.0"><m:file-entry '
            f'm:full-path="/" m:media-type="{kind}"/></m:manifest>',
            "content.xml": f'<office:document-content {spaces} xmlns:fo="{ODF}:xsl-fo-compatible:1.0">'
            '<office:automatic-styles><style:style style:name="B" style:family="text">'
            '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>'
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        }
    )


def _odt_paragraphs(words: str) -> str:
    return "".join(f"<text:p>{escape(part)}</text:p>" for part in words.split("\n"))


@_form("OpenDocument, bold name and colon", ".odt")
def _odt_bold(turns: Turns) -> bytes:
    parts = []
    for name, words in turns:
        first, *others = words.split("\n")
        label = f'<text:span text:style-name="B">{escape(name)}:</text:span>'
        parts.append(f"<text:p>{label} {escape(first)}</text:p>")
        parts += [f"<text:p>{escape(part)}</text:p>" for part in others]
    return _odt("".join(parts))


@_form("OpenDocument, table of names and words", ".odt")
def _odt_table(turns: Turns) -> bytes:
    rows = "".join(
        f"<table:table-row><table:table-cell>{_odt_paragraphs(name)}</table:table-cell>"
        f"<table:table-cell>{_odt_paragraphs(words)}</table:table-cell></table:table-row>"
        for name, words in turns
    )
    return _odt(f"<table:table>{rows}</table:table>")


# PDF.


class _Pages:
    """Draws lines from top to bottom, and begins a page when one is full."""

    def __init__(self, *, top: float = 700, bottom: float = 90, pitch: float = 14.5) -> None:
        self.stream = io.BytesIO()
        self.canvas = canvas.Canvas(self.stream, pagesize=letter)
        self.top, self.bottom, self.pitch = top, bottom, pitch
        self.y, self.page, self.on_page = top, 1, 0
        self.around: Callable[[_Pages], object] = lambda _: None

    def line(self, text: str, x: float = 72, *, font: str = "Helvetica", size: float = 11) -> None:
        if self.y < self.bottom:
            self.around(self)
            self.canvas.showPage()
            self.y, self.page, self.on_page = self.top, self.page + 1, 0
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y, text)
        self.on_page += 1
        self.y -= self.pitch

    def wrapped(self, text: str, x: float = 72, first: float | None = None, **type_) -> None:
        font, size = type_.get("font", "Helvetica"), type_.get("size", 11)
        at, line = x if first is None else first, ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and at + self.canvas.stringWidth(longer, font, size) > 540:
                self.line(line, at, **type_)
                at, line = x, word
            else:
                line = longer
        self.line(line, at, **type_)

    def gap(self, share: float = 0.6) -> None:
        self.y -= share * self.pitch

    def finished(self) -> bytes:
        self.around(self)
        self.canvas.showPage()
        self.canvas.save()
        return self.stream.getvalue()


@_form("PDF of Otter: name and time above the words, without gaps", ".pdf")
def _pdf_otter(turns: Turns) -> bytes:
    pages = _Pages()
    for at, (name, words) in enumerate(turns):
        pages.line(f"{name} {_time(at)}")
        for part in words.split("\n"):
            pages.wrapped(part)
    return pages.finished()


@_form("PDF of a court: line numbers, running heads, page numbers", ".pdf")
def _pdf_court(turns: Turns) -> bytes:
    pages = _Pages(top=700, bottom=100, pitch=24)

    def around(pages: _Pages) -> None:
        pages.canvas.setFont("Courier", 10)
        pages.canvas.drawRightString(540, 750, str(pages.page + 40))
        pages.canvas.drawCentredString(306, 50, "ACME REPORTING 555-0100 www.example.org")
        pages.canvas.setFont("Courier", 12)
        for at in range(pages.on_page):
            pages.canvas.drawRightString(90, 700 - 24 * at, str(at + 1))

    pages.around = around
    for name, words in turns:
        for at, part in enumerate(words.split("\n")):
            text = part if at else f"{name}: {part}"
            pages.wrapped(text, 110, 150, font="Courier", size=12)
    return pages.finished()


@_form("PDF with names left of words", ".pdf")
def _pdf_hanging(turns: Turns) -> bytes:
    pages = _Pages()
    pages.around = lambda pages: pages.canvas.drawString(72, 40, f"Interview 4 – page {pages.page}")
    for name, words in turns:
        pages.line(f"{name}:")
        pages.y += pages.pitch
        for part in words.split("\n"):
            pages.wrapped(part, 200)
        pages.gap()
    return pages.finished()


@_form("PDF with bold names and indented first lines", ".pdf")
def _pdf_indented(turns: Turns) -> bytes:
    pages = _Pages()
    pages.around = lambda pages: pages.canvas.drawString(
        72 if pages.page % 2 else 400, 750, "Our town" if pages.page % 2 else "Chapter 2"
    )
    for name, words in turns:
        for at, part in enumerate(words.split("\n")):
            x = 90.0
            if not at:
                pages.line(f"{name}: ", x, font="Helvetica-Bold")
                pages.y += pages.pitch
                x += pages.canvas.stringWidth(f"{name}: ", "Helvetica-Bold", 11)
            pages.wrapped(part, 72, x)
    return pages.finished()


@_form("PDF of a table of names and words", ".pdf")
def _pdf_table(turns: Turns) -> bytes:
    stream = io.BytesIO()
    plain = getSampleStyleSheet()["Normal"]
    rows = [
        [Flowing(escape(name), plain), Flowing(escape(words).replace("\n", " "), plain)]
        for name, words in turns
    ]
    table = Table(rows, colWidths=[110, 350])
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
    SimpleDocTemplate(stream).build([table])
    return stream.getvalue()
