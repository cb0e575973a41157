"""The paragraphs of a Rich Text file: of its body, a note or a text box."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.text.blocks import Block
from fourp_nlp.documents.word.bold_labels import LONGEST_LABEL, Opening

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.documents.tables.speaker_table import SpeakerTables

__all__ = ["Paragraph", "Story"]


class Paragraph(NamedTuple):
    """A paragraph, whether it stands apart from its neighbours, and how it begins.

    Plain paragraphs are lines, as they are in a text file; those of tables, notes and boxes stand apart.
    """

    block: Block
    apart: bool
    opening: Opening


class Story:
    """Gathers paragraphs, and the cells and rows of tables.

    Parameters
    ----------
    tables : SpeakerTables
        Makes turns of tables of speakers.
    """

    def __init__(self, tables: SpeakerTables) -> None:
        self.paragraphs: list[Paragraph] = []
        self.row_open = False
        self._tables = tables
        self._text: list[str] = []
        self._bold = 0
        self._bold_goes_on = True
        self._after: list[Paragraph] = []
        self._is_item = False
        self._cell: list[Paragraph] = []
        self._cells: list[list[Paragraph]] = []
        self._rows: list[list[list[Block]]] = []

    def add(self, text: str, *, bold: bool) -> None:
        """Add text to the paragraph that is open."""
        if self._bold_goes_on and (bold or not text.strip()):
            self._bold += len(text)
            self._bold_goes_on = self._bold <= 2 * LONGEST_LABEL
        else:
            self._bold_goes_on = False
        self._text.append(text)

    def is_item(self) -> None:
        """Make the paragraph that is open an item of a list."""
        self._is_item = True

    def add_after(self, paragraphs: Iterable[Paragraph]) -> None:
        """Have paragraphs of a note or box follow the paragraph that is open."""
        self._after += (paragraph._replace(apart=True) for paragraph in paragraphs)

    def end_paragraph(self, *, in_table: bool, is_heading: bool) -> None:
        """End the paragraph that is open."""
        in_table = in_table or self.row_open
        text = "".join(self._text)
        if not text.isascii():
            # Characters beyond the first plane come in two halves, each with a number of its own.
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        bold = len(text[: self._bold].strip())
        opening = Opening(text[: 2 * LONGEST_LABEL].strip(), bold, is_heading)
        if len(text) > 2 * LONGEST_LABEL:
            opening = opening._replace(text=f"{opening.text}…")
        paragraph = Paragraph(
            Block(text, self._is_item and not is_heading), apart=False, opening=opening
        )
        if in_table:
            self._cell += [paragraph, *self._after]
        else:
            self.end_table()
            self.paragraphs += [paragraph, *self._after]
        self._text, self._after, self._is_item = [], [], False
        self._bold, self._bold_goes_on = 0, True

    def end_cell(self) -> None:
        """End the cell that is open."""
        self.end_paragraph(in_table=True, is_heading=False)
        self._cells.append(self._cell)
        self._cell = []

    def end_row(self) -> None:
        """End the row that is open; what came after its last cell is a cell too."""
        self.row_open = False
        if any(self._text) or self._after:
            self.end_cell()
        if self._cell:
            self._cells.append(self._cell)
            self._cell = []
        if self._cells:
            self._rows.append([[one.block for one in cell] for cell in self._cells])
        self._cells = []

    def end_table(self) -> None:
        """Make paragraphs of the table that is open, if one is."""
        self.row_open = False
        if self._cells or self._cell:
            self._rows.append([[one.block for one in cell] for cell in [*self._cells, self._cell]])
            self._cells, self._cell = [], []
        if self._rows:
            self.paragraphs += (
                Paragraph(block, apart=True, opening=Opening(block.text.strip(), 0))
                for block in self._tables.blocks(self._rows)
                if block.text.strip()
            )
            self._rows = []

    def end(self) -> list[Paragraph]:
        """End what is open and return all paragraphs."""
        if any(self._text) or self._after:
            self.end_paragraph(in_table=bool(self._cells or self._cell), is_heading=False)
        self.end_table()
        return self.paragraphs
