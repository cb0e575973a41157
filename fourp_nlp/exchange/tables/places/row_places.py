"""Places the rows of a table in the documents, and checks their quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.exchange.tables.places._letters import letters_of
from fourp_nlp.exchange.tables.places._offset_units import normalise_offsets
from fourp_nlp.exchange.tables.places._quote_search import Found, Passages, WhyNot
from fourp_nlp.exchange.tables.places.document_names import match_documents
from fourp_nlp.spreadsheets import cell_was_cut, says

if TYPE_CHECKING:
    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Losses

    Flags = npt.NDArray[np.bool_]

__all__ = ["Placed", "QuoteFinder", "locate_rows", "paragraphs_named", "texts_of"]

_SHOWN = 60
_WINDOW = 3  # rows that a sentence names
_PAIR, _MOST_PAIRS = 300, 50  # characters of each text, and rows, that are shown side by side
_NUMBER = re.compile(r"[0-9]{1,7}")

_MOVED = "the text at their place is another; they were moved to their quote, which occurs once"
_FOUND = "they have no valid place; they were placed at their quote, which occurs once"
_TWICE = "their quote occurs in the document more than once, and not at their place"
_NOWHERE = "their quote is not in the document, neither at their place nor elsewhere"
_TWO_LIKE_IT = (
    "their quote is not in the document word for word, and several passages are similar: copy the right "
    "passage"
)
_WHY_NOT = {"nowhere": _NOWHERE, "twice": _TWICE, "two like it": _TWO_LIKE_IT}
_NEAR = (
    "they are not in the document word for word; the codings were placed at the one passage that is very "
    "similar"
)
_LEFT_OUT = "they leave words out (…), which are part of the codings here"
_NEITHER = "they have neither a usable place nor a quote"
_UNKNOWN = "they have no usable place, and the document is not given to look for their quote"
_NO_DOCUMENT = "no document of the project has this name"
_OUTSIDE = "their place is not in the document, and they have no quote"
_CUT = "a cell cannot hold more: their quotes were cut, their places were not"


class Placed(NamedTuple):
    """Rows that have a place.

    Attributes
    ----------
    rows : pandas.DataFrame
        document, start, end and quote of each, with the index of the rows that were given.
    remarks : list of str
        What the user should know, as sentences.
    """

    rows: pd.DataFrame
    remarks: list[str]


def texts_of(documents: Mapping[str, str] | pd.DataFrame | None) -> dict[str, str]:
    """Return documents' texts by their ids.

    Parameters
    ----------
    documents : mapping of str to str, or pandas.DataFrame, or None
        Texts by id, or a frame with the columns document and text.

    Returns
    -------
    dict of str to str
        Texts by id; empty for None.
    """
    if documents is None:
        return {}
    if isinstance(documents, Mapping):
        return dict(documents)
    return dict(zip(documents["document"].tolist(), documents["text"].tolist(), strict=True))


def locate_rows(
    rows: pd.DataFrame, texts: Mapping[str, str], losses: Losses, *, item: str = "rows"
) -> Placed:
    """Place every row where it says, or else at its quote.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns row (as a spreadsheet numbers it), document, start, end and quote, the last four as the
        cells say them; paragraph, if they number paragraphs.
    texts : mapping of str to str
        Normalised texts by document id. Rows of other documents keep place and quote as they are.
    losses : Losses
        Gets every row that could not be placed, or was moved.
    item : str
        What the rows are, in the plural.

    Returns
    -------
    Placed
        The rows that have a place. If the text is known, the quote is exactly the text there.

    Notes
    -----
    A quote says what stands at a place even where white space changed, an apostrophe was added or its end
    was cut and marked (`fourp_nlp.spreadsheets.says`). It is looked for as it is, then normalised like the
    documents, then without its white space, then by its letters alone, then with what an ellipsis leaves out;
    only where that is found exactly once does it give a place. What is not found so gets the place of the one
    passage that is very like it, and is told.
    """
    remarks: list[str] = []
    document = match_documents(rows["document"].tolist(), texts, remarks)
    quote = np.array(rows["quote"].tolist(), dtype=object)
    start, end = normalise_offsets(
        document, _whole(rows["start"]), _whole(rows["end"]), quote, texts, remarks
    )
    quoted = np.array([bool(text.strip()) for text in quote], dtype=bool)
    known = np.array([name in texts for name in document], dtype=bool)
    length = np.array([len(texts.get(name, "")) for name in document], dtype=np.int64)
    placed = (start >= 0) & (end > start)
    inside = placed & (end <= length) & known

    text_at_place = np.full(len(rows), "", dtype=object)
    inside_rows = np.flatnonzero(inside)
    text_at_place[inside_rows] = [
        texts[name][first:last]
        for name, first, last in zip(
            document[inside_rows], start[inside_rows], end[inside_rows], strict=True
        )
    ]
    differs = text_at_place != quote
    confirmed = (inside & ~quoted) | (inside & (text_at_place == quote))
    kept = confirmed | (placed & ~known)
    quote = np.where(confirmed, text_at_place, quote)

    report = _RowReport(rows, losses, item)
    finder = QuoteFinder(texts)
    paragraph = rows.get("paragraph", pd.Series("", index=rows.index)).tolist()
    blank_place = (rows["start"].str.strip() + rows["end"].str.strip() == "").to_numpy()
    unplaced = 0
    for at in np.flatnonzero(known & ~confirmed):
        name, row_quote = document[at], quote[at]
        if inside[at] and says(row_quote, text_at_place[at]):
            quote[at], kept[at] = text_at_place[at], True
            continue
        if not quoted[at]:
            report(_OUTSIDE if placed[at] else _NEITHER, at)
            continue
        place = finder.find(name, row_quote, paragraph[at])
        if isinstance(place, str):
            report(_WHY_NOT[place], at)
            continue
        kept[at] = True
        start[at], end[at] = place.start, place.end
        quote[at] = texts[name][place.start : place.end]
        report.add_place(place, row_quote, quote[at], at)
        if place.how == "near":
            continue
        if blank_place[at]:
            unplaced += 1
        elif not (inside[at] and letters_of(text_at_place[at]) == letters_of(row_quote)):
            report(_MOVED if placed[at] else _FOUND, at)
    for at in np.flatnonzero(~known & ~placed):
        report((_NO_DOCUMENT if texts else _UNKNOWN) if quoted[at] else _NEITHER, at)
    remarks += report.finish()
    if unplaced:
        remarks.append(f"{unplaced} row(s) without a place were placed at their quote.")
    _remark_on_places(
        rows, remarks, inside & ~quoted & differs, placed & ~known & quoted, quote, end - start
    )
    _add_cut_quotes(rows, losses, item, ~known & kept, quote)
    places = pd.DataFrame(
        {"document": document, "start": start, "end": end, "quote": quote}, index=rows.index
    )
    return Placed(places[kept], remarks)


class QuoteFinder:
    """Finds quotes in documents, each only once.

    Parameters
    ----------
    texts : mapping of str to str
        Texts by document id.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._passages: dict[str, Passages] = {}
        self._seen: dict[tuple[str, str, str], Found | WhyNot] = {}

    def find(self, document: str, quote: str, paragraph: str = "") -> Found | WhyNot:
        """Return the place of a quote in a document, or why it has none.

        Parameters
        ----------
        document : str
            One of the documents.
        quote : str
            The quote.
        paragraph : str
            The numbers of paragraphs in which it stands, if they are known.
        """
        key = (document, quote, paragraph)
        if key not in self._seen:
            if document not in self._passages:
                self._passages[document] = Passages(self._texts[document])
            passages = self._passages[document]
            place = passages.find(quote)
            for within in paragraphs_named(paragraph, self._texts[document]):
                place = passages.find(quote, within) if place == "twice" else place
            self._seen[key] = place
        return self._seen[key]


def paragraphs_named(cell: str, text: str) -> list[tuple[int, int]]:
    """Return the places of paragraphs that a cell numbers, such as 12 or 3-5, in each way to count them.

    Parameters
    ----------
    cell : str
        What the cell says; only its first two numbers count.
    text : str
        The text.

    Returns
    -------
    list of (int, int)
        Stretches of the text: counting all lines, and counting lines that say something. None where the cell
        numbers nothing.
    """
    numbers = [int(digits) for digits in _NUMBER.findall(cell[:100])[:2]]
    if not numbers:
        return []
    first, last = numbers[0], max(numbers)
    ends = [at for at, sign in enumerate(text) if sign == "\n"]
    lines = list(zip([0, *(at + 1 for at in ends)], [*ends, len(text)], strict=True))
    full = [(start, end) for start, end in lines if text[start:end].strip()]
    return [
        (some[first - 1][0], some[min(last, len(some)) - 1][1])
        for some in (lines, full)
        if 0 < first <= len(some)
    ]


class _RowReport:
    """Collects rows by reason, so that each reason is listed once."""

    def __init__(self, rows: pd.DataFrame, losses: Losses, item: str) -> None:
        self._rows, self._losses, self._item = rows, losses, item
        self._rows_by_reason: dict[str, list[int]] = {}
        self._typed = self._broken_off = 0
        self._pairs: list[str] = []

    def __call__(self, why: str, at: np.integer) -> None:
        self._rows_by_reason.setdefault(why, []).append(int(at))

    def add_place(self, place: Found, quote: str, text: str, at: np.integer) -> None:
        """Count a quote that differs from the document."""
        self._typed += place.how == "as typed"
        self._broken_off += place.how == "broken off"
        if place.how in {"near", "words left out"}:
            self(_NEAR if place.how == "near" else _LEFT_OUT, at)
        if place.how == "near":
            self._pairs.append(
                f"Row {self._rows['row'].iloc[int(at)]} was placed at the passage most like its quote "
                f"({place.likeness:.0%} of the letters). The quote: '{_short(quote, _PAIR)}' The document: "
                f"'{_short(text, _PAIR)}'"
            )

    def finish(self) -> list[str]:
        """Add all rows to the losses; return the remarks."""
        for why, places in self._rows_by_reason.items():
            item = self._item
            if why in {_MOVED, _FOUND}:
                item = f"{self._item} that were moved"
            if why in {_NEAR, _LEFT_OUT}:
                item = f"quotes of {self._item}"
            shown = self._rows.iloc[places[:_WINDOW]]
            examples = [
                f"row {row}: {name} {start}-{end} {_short(quote)}".strip()
                for row, name, start, end, quote in zip(
                    shown["row"],
                    shown["document"],
                    shown["start"],
                    shown["end"],
                    shown["quote"],
                    strict=True,
                )
            ]
            self._losses.add(item, why, examples, count=len(places))
        remarks = self._pairs[:_MOST_PAIRS]
        if len(self._pairs) > _MOST_PAIRS:
            remarks.append(
                f"{len(self._pairs) - _MOST_PAIRS} more rows were placed at the passage most like the quote."
            )
        if self._typed:
            remarks.append(
                f"{self._typed} quote(s) differ from the document in punctuation, hyphens or capitals; they "
                "were placed at the same letters."
            )
        if self._broken_off:
            remarks.append(
                f"{self._broken_off} quote(s) begin or end with an ellipsis: only the words that are quoted "
                "are coded."
            )
        return remarks


def _short(quote: str, most: int = _SHOWN) -> str:
    text = " ".join(quote.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _whole(cells: pd.Series) -> npt.NDArray[np.int64]:
    """Return whole numbers of cells, -1 where a cell is none."""
    numbers = pd.to_numeric(cells.astype(object), errors="coerce").to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        whole = (
            np.isfinite(numbers)
            & (numbers >= 0)
            & (numbers < 2**53)
            & (numbers == np.floor(numbers))
        )
    return np.where(whole, numbers, -1).astype(np.int64)


def _remark_on_places(
    rows: pd.DataFrame,
    remarks: list[str],
    unquoted: Flags,
    unchecked: Flags,
    quote: npt.NDArray[np.object_],
    length: npt.NDArray[np.int64],
) -> None:
    if unquoted.any():
        remarks.append(
            f"{int(unquoted.sum())} row(s) have no quote, so that their places cannot be checked."
        )
    quote_lengths = np.fromiter((len(text) for text in quote), dtype=np.int64, count=len(quote))
    cut = np.fromiter((cell_was_cut(text) for text in quote), dtype=bool, count=len(quote))
    odd = unchecked & (quote_lengths != length) & ~cut
    if odd.any():
        first = ", ".join(str(row) for row in rows["row"][odd].head(_WINDOW))
        remarks.append(
            f"In {int(odd.sum())} row(s) quote and place differ in length (row {first}): start and end "
            "may not count characters, or not from 0."
        )


def _add_cut_quotes(
    rows: pd.DataFrame, losses: Losses, item: str, kept: Flags, quote: npt.NDArray[np.object_]
) -> None:
    cut = np.fromiter((cell_was_cut(text) for text in quote), dtype=bool, count=len(quote)) & kept
    if cut.any():
        examples = [f"row {row}" for row in rows["row"][cut].head(_WINDOW)]
        losses.add(f"quotes of {item}", _CUT, examples, count=int(cut.sum()))
