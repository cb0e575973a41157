"""Reads the rows of tables of codings of many programs into one frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.tables.codes_in_cell import codes_in_cells
from fourp_nlp.exchange.tables.column_heads import HEADS, find_columns, heads_named, plain
from fourp_nlp.exchange.tables.layouts.grid_reader import answers_yes, share_of_answers
from fourp_nlp.exchange.tables.places.document_column import document_cells
from fourp_nlp.exchange.tables.workbook_sheets import (
    report_unread_columns,
    sheets_are_coders,
    sheets_remark,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.tables.code_nodes import Codes
    from fourp_nlp.exchange.tables.table_file import TableFile, TableFiles

__all__ = ["ROLES", "CodedRows", "coded_rows", "is_coded_head"]

ROLES = (
    "document", "quote", "code", "start", "end", "coder", "name", "theme", "scope", "probability",
    "made_at", "why", "paragraph", "note",
)  # fmt: skip
"""What a row may say of a coding."""

_APPLIED = re.compile(r"^code: ?(.+) applied$", re.IGNORECASE)
_WEIGHT = re.compile(r"^code: ?(.+) weight$", re.IGNORECASE)
_FURTHER_CODE = re.compile(r"^(?:code|label|tag|kode|código|codigo) ?([0-9]{1,2})$")
_CODER = re.compile(
    r"^(?:coder|rater|annotator|codes? (?:of|by)|coded by|kodierer|kodiererin|kodierer in|codierer|"
    r"codiererin|codierer in|codeur|codeuse|codificador|codificadora)\b."
)
# They number rows and measure them.
_NUMBERS = frozenset(
    {
        "id", "rowid", "cid", "fid", "codinglength", "index", "nr", "no", "density", "coverage", "coverage %",
        "area", "row", "unnamed 0",
    }
)  # fmt: skip
_RANGE = re.compile(r"^\s*([0-9]{1,12})\s*(?:-|–|—|to|bis|à|,|;|:)\s*([0-9]{1,12})\s*$")
# Heads that only programs write whose places number paragraphs or lines.
_PARAGRAPHS = frozenset(
    {
        "document group", "dokumentgruppe", "weight score", "gewicht", "gewichtung", "documentgroup",
        "groupe de documents", "grupo de documentos",
    }
)  # fmt: skip
_SHARE = 0.8  # of the cells of a coder's column that are codes


class CodedRows(NamedTuple):
    """The rows of tables of codings.

    Attributes
    ----------
    cells : pandas.DataFrame
        Texts in columns of the names in `ROLES`; row: what messages call the row; to_do: whether it is yet to
        be coded if it has no code.
    passed : list of str
        Heads of columns that were not read.
    """

    cells: pd.DataFrame
    passed: list[str]


def is_coded_head(cells: Sequence[str]) -> bool:
    """Return whether the cells of a row are heads of a table of codings.

    Parameters
    ----------
    cells : sequence of str
        The cells.
    """
    columns = _columns(list(cells))
    if "document" not in columns or not {"quote", "start", "range"} & set(columns):
        return False
    return "code" in columns or any(_APPLIED.match(cell) or _of_coder(cell) for cell in cells)


def coded_rows(
    files: TableFiles,
    texts: Mapping[str, str],
    codes: Codes,
    coder: str,
    losses: Losses,
    remarks: list[str],
) -> CodedRows:
    """Return the rows of tables of codings.

    Parameters
    ----------
    files : TableFiles
        The tables.
    texts : mapping of str to str
        Texts by document id, as far as they are known.
    codes : Codes
        The codes that are known.
    coder : str
        The coder where the file does not say.
    losses : Losses
        Gets columns and sheets that are not read.
    remarks : list of str
        Gets sentences on how the table was read.

    Returns
    -------
    CodedRows
        All rows.

    Raises
    ------
    ExchangeError
        If there are no columns for document, code, and place or quote.
    """
    frames = []
    passed: dict[str, None] = {}
    for table in files.tables:
        table_remarks: list[str] = []
        frame, unread = _Table(table, texts, codes, table_remarks).rows()
        named = files.rows_named(table)
        frame["row"] = pd.Series([named[at] for at in frame["at"]], index=frame.index, dtype=object)
        frames.append(frame.assign(sheet=table.sheet))
        passed |= dict.fromkeys(unread)
        remarks += table_remarks
    cells = pd.concat(frames, ignore_index=True)
    cells["coder"] = [name.strip() for name in cells["coder"]]
    cells = cells.astype(dict.fromkeys(ROLES, object))
    if len(files.tables) > 1:
        remarks += _name_coders_by_sheet(cells, files, texts, coder)
    cells["coder"] = cells["coder"].where(cells["coder"] != "", coder.strip())
    why = "they hold nothing of a coding that is read here"
    report_unread_columns(why, list(passed), losses, remarks)
    files.add_unread_sheets(losses)
    return CodedRows(cells, list(passed))


def _name_coders_by_sheet(
    cells: pd.DataFrame, files: TableFiles, texts: Mapping[str, str], coder: str
) -> list[str]:
    """Take sheets' names for coders where no row of any says whose it is; return what is to be known."""
    names = [table.sheet for table in files.tables]
    named = not coder and (cells["coder"] == "").all() and sheets_are_coders(names, texts)
    if named:
        cells["coder"] = cells["sheet"].map({name: name.strip() for name in names})
    return [sheets_remark(names, named=bool(named))]


class _Table:
    """One table, which is made into rows."""

    def __init__(
        self, table: TableFile, texts: Mapping[str, str], codes: Codes, remarks: list[str]
    ) -> None:
        self.table, self.texts, self.codes, self.remarks = table, texts, codes, remarks
        self.columns = _columns(table.header)
        self.used: set[int] = set()

    def rows(self) -> tuple[pd.DataFrame, list[str]]:
        """Return the rows, and the heads of columns that were not read."""
        table = self.table
        heads = [plain(head) for head in table.header]
        applied = {
            at: match[1].strip()
            for at, head in enumerate(table.header)
            if (match := _APPLIED.match(head))
        }
        others = {at for role, at in self.columns.items() if role != "document"} | set(applied)
        column, documents = document_cells(table, self.texts, others, self.remarks)
        further = [] if applied else self._further_codes(heads)
        coders = {} if applied or "code" in self.columns else self._coder_columns(column)
        self._check(column, coded=bool(applied or coders or "code" in self.columns))
        cells = pd.DataFrame(
            {role: table.texts(self.columns.get(role)) for role in ROLES}, dtype=object
        )
        cells["document"] = documents
        # An excerpt to which no code is applied is not one that is yet to be coded.
        cells["to_do"] = not applied
        cells["at"] = range(len(cells))
        self.used |= {*self.columns.values(), *applied, *further, *coders}
        self.used |= set() if column is None else {column}
        self._places(cells, heads)
        if applied:
            cells = self._melted(cells, applied)
            self._use_weight_columns(applied)
        elif coders:
            cells = self._by_coder(cells, coders)
        elif further:
            cells = self._with_further(cells, further)
        self.used |= self._further_names(documents)
        passed = [
            head
            for at, head in enumerate(table.header)
            if head
            and at not in self.used
            and plain(head) not in _NUMBERS
            and any(text.strip() for text in table.texts(at))
        ]
        return cells, passed

    def _further_names(self, documents: list[str]) -> set[int]:
        """Return columns that name the same documents otherwise, such as by number."""
        columns = set()
        for at in heads_named(self.table.header, "document"):
            pairs = set(zip(documents, self.table.texts(at), strict=True))
            if len(pairs) <= len(set(documents)):
                columns.add(at)
        return columns

    def _check(self, column: int | None, *, coded: bool) -> None:
        lacking = ["document"] if column is None else []
        lacking += [] if coded else ["code"]
        has_place = {"start", "end"} <= set(self.columns) or "range" in self.columns
        lacking += [] if "quote" in self.columns or has_place else ["quote"]
        if lacking:
            ways = "; ".join(
                f"{role} may be called {', '.join(HEADS[role][:8])}" for role in lacking
            )
            heads = ", ".join(repr(head) for head in self.table.header[:20] if head)
            raise ExchangeError(
                f"There is no column for {' and '.join(lacking)}. Its columns are: {heads}.",
                file=self.table.path,
                place=f"sheet '{self.table.sheet}'" if self.table.sheet else "first row",
                cure=f"Name them in the first row: {ways}.",
            )

    def _further_codes(self, heads: list[str]) -> list[int]:
        """Return columns such as "code 2", beside the one that is the code."""
        code_column = self.columns.get("code")
        further = [
            at for at, head in enumerate(heads) if _FURTHER_CODE.match(head) and at != code_column
        ]
        if code_column is None and further:
            self.columns["code"] = further.pop(0)
        return further

    def _coder_columns(self, document: int | None) -> dict[int, str]:
        """Return the columns that hold one coder's codes each, by place, and the coders' names."""
        taken = {*self.columns.values()} | (set() if document is None else {document})
        coders = {}
        for at, head in enumerate(self.table.header):
            texts = [text.strip() for text in self.table.texts(at)]
            filled = [text for text in texts if text]
            if at in taken or not head or not filled or share_of_answers(filled) > 0.5:
                continue
            if _of_coder(head) or self._hold_codes(filled):
                coders[at] = head
        if len(coders) == 1 and not _of_coder(*coders.values()):
            self.columns["code"] = next(iter(coders))
            return {}
        if coders:
            named = ", ".join(coders.values())
            self.remarks.append(f"Each of these columns holds the codes of one coder: {named}.")
        return coders

    def _hold_codes(self, cells: list[str]) -> bool:
        if not len(self.codes):
            return False
        cell_codes = codes_in_cells(cells, self.codes)
        known = [
            text
            for text in cells
            if not any(label in cell_codes.new for label in cell_codes.labels[text])
        ]
        return len(known) >= _SHARE * len(cells)

    def _places(self, cells: pd.DataFrame, heads: list[str]) -> None:
        """Take ranges apart, and places that number paragraphs for what they are."""
        if "range" in self.columns and not {"start", "end"} & set(self.columns):
            matches = [_RANGE.match(text) for text in self.table.texts(self.columns["range"])]
            cells["start"] = [match[1] if match else "" for match in matches]
            cells["end"] = [match[2] if match else "" for match in matches]
        if "quote" in self.columns and _PARAGRAPHS & set(heads) and "start" in self.columns:
            cells["paragraph"] = [
                f"{start.strip()}-{end.strip()}".strip("-")
                for start, end in zip(cells["start"], cells["end"], strict=True)
            ]
            cells[["start", "end"]] = ""
            self.remarks.append(
                "Start and end are numbers of paragraphs: codings were placed by their quotes."
            )

    def _melted(self, cells: pd.DataFrame, applied: Mapping[int, str]) -> pd.DataFrame:
        """Return a row for each code that is applied, and one for each excerpt without any."""
        frames = []
        coded = pd.Series(data=False, index=cells.index)
        for at, name in applied.items():
            yes = pd.Series(answers_yes(self.table.texts(at)), index=cells.index)
            coded |= yes
            frames.append(cells[yes].assign(code=name))
        frames.append(cells[~coded].assign(code=""))
        return pd.concat(frames).sort_values("at", kind="stable")

    def _use_weight_columns(self, applied: Mapping[int, str]) -> None:
        for at, head in enumerate(self.table.header):
            if _WEIGHT.match(head):
                weights = {text.strip() for text in self.table.texts(at)} - {"", "0", "0.0"}
                if not weights:
                    self.used.add(at)
        # What this column lists, the columns of the codes say one by one.
        combined = [
            at
            for at, head in enumerate(self.table.header)
            if plain(head) == "codes applied combined"
        ]
        self.used |= set(combined) if applied else set()

    def _by_coder(self, cells: pd.DataFrame, coders: Mapping[int, str]) -> pd.DataFrame:
        frames = [
            cells.assign(code=self.table.texts(at), coder=name) for at, name in coders.items()
        ]
        rows = pd.concat(frames)
        some = rows["code"].map(lambda text: bool(text.strip()))
        without = cells[~cells["at"].isin(rows.loc[some, "at"])]
        return pd.concat([rows[some], without]).sort_values("at", kind="stable")

    def _with_further(self, cells: pd.DataFrame, further: list[int]) -> pd.DataFrame:
        more = [cells.assign(code=self.table.texts(at), name="", theme="") for at in further]
        rows = pd.concat([cells, *(frame[frame["code"].str.strip() != ""] for frame in more)])
        filled = set(rows.loc[rows["code"].str.strip() != "", "at"])
        empty = (rows["code"].str.strip() == "") & rows["at"].isin(filled)
        return rows[~empty].sort_values("at", kind="stable")


def _of_coder(head: str) -> bool:
    """Return whether a column is called like one of a coder's codes, such as "coder A"."""
    words = plain(head)
    return words not in HEADS["coder"] and _CODER.match(words) is not None


def _columns(header: list[str]) -> dict[str, int]:
    """Return the column of each role; only the document's may be another one."""
    heads = [plain(head) for head in header]
    hidden = ["" if _APPLIED.match(head) or _WEIGHT.match(head) else head for head in header]
    order = ("document", "quote", "code", "start", "end", *ROLES[5:12], "note")
    columns = find_columns(hidden, order)
    if "quote" not in columns and "code" in columns:
        # RQDA calls the coded text "coding", and its code "codename".
        text = next((at for at, head in enumerate(heads) if head == "coding"), None)
        if text is not None and text != columns["code"]:
            columns["quote"] = text
    if "code" not in columns and "name" in columns:
        columns["code"] = columns["name"]
    if any(_APPLIED.match(head) for head in header):
        columns.pop("code", None)
    free = [at for at in heads_named(header, "range") if at not in columns.values()]
    if free:
        columns["range"] = free[0]
    free = [at for at in heads_named(header, "paragraph") if at not in columns.values()]
    if free:
        columns["paragraph"] = free[0]
    return columns
