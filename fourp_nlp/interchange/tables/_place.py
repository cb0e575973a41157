"""Rows of a table to their places in the documents, held to what stands there."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.documents import normalise
from fourp_nlp.spreadsheet import bare, cell_was_cut, is_shortened, quote_places, says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from fourp_nlp.interchange._exchange import Losses

    Flags = npt.NDArray[np.bool_]

__all__ = ["Placed", "documents_named", "place_rows", "texts_of"]

_SHOWN = 60
_WINDOW = 3  # rows that a sentence names

_MOVED = (
    "another text stood at their place; they were placed where their quote stands, which is once"
)
_FOUND = "their place is none; they were placed where their quote stands, which is once"
_TWICE = "their quote stands in the document more than once, and not at their place"
_NOWHERE = "their quote is not in the document, neither at their place nor elsewhere"
_NEITHER = "they have neither a usable place nor a quote"
_UNKNOWN = (
    "they have no usable place, and the document is not at hand for their quote to be looked for"
)
_OUTSIDE = "their place is not in the document, and they have no quote"
_CUT = "a cell holds no more: their quotes end where it was cut, and their places do not"


class Placed(NamedTuple):
    """Rows that have a place.

    Attributes
    ----------
    rows : pandas.DataFrame
        document, start, end and quote of each, with the index of the rows that were given.
    remarks : list of str
        What was found out, as sentences.
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


def place_rows(
    rows: pd.DataFrame, texts: Mapping[str, str], losses: Losses, *, item: str = "rows"
) -> Placed:
    """Give every row the place that it names, or else the one where its quote stands.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns row (as a spreadsheet numbers it), document, start, end and quote, the last four as the
        cells say them.
    texts : mapping of str to str
        Normalised texts by document id. Rows of other documents keep place and quote as they are.
    losses : Losses
        Is told of every row that gets no place, or another one than it names.
    item : str
        What the rows are, in the plural.

    Returns
    -------
    Placed
        Those that have a place. Where the text is known, the quote is exactly what stands there.

    Notes
    -----
    A quote says what stands at a place even where white space changed, an apostrophe was added or its end
    was cut and marked (`fourp_nlp.spreadsheet.says`). It is looked for as it is, then normalised like the
    documents, then without its white space; only where that is found exactly once does it give a
    place.
    """
    remarks: list[str] = []
    document = documents_named(rows["document"].tolist(), texts, remarks)
    start, end = (_whole(rows[name]) for name in ("start", "end"))
    quote = np.array(rows["quote"].tolist(), dtype=object)
    quoted = np.fromiter((bool(each.strip()) for each in quote), dtype=bool, count=len(rows))
    known = np.fromiter((name in texts for name in document), dtype=bool, count=len(rows))
    length = np.array([len(texts.get(name, "")) for name in document], dtype=np.int64)
    placed = (start >= 0) & (end > start)
    inside = placed & (end <= length) & known

    stands = np.full(len(rows), "", dtype=object)
    here = np.flatnonzero(inside)
    stands[here] = [
        texts[name][first:last]
        for name, first, last in zip(document[here], start[here], end[here], strict=True)
    ]
    blank = stands != quote
    good = (inside & ~quoted) | (inside & (stands == quote))
    kept = good | (placed & ~known)
    quote = np.where(good, stands, quote)

    tell = _Teller(rows, losses, item)
    seen: dict[tuple[str, str], tuple[int, int] | str] = {}
    looked_in: dict[str, _Text] = {}
    blank_place = (rows["start"].str.strip() + rows["end"].str.strip() == "").to_numpy()
    unplaced = 0
    for at in np.flatnonzero(known & ~good):
        name, said = document[at], quote[at]
        if inside[at] and says(said, stands[at]):
            quote[at], kept[at] = stands[at], True
            continue
        if not quoted[at]:
            tell(_OUTSIDE if placed[at] else _NEITHER, at)
            continue
        if (name, said) not in seen:
            if name not in looked_in:
                looked_in[name] = _Text(texts[name])
            seen[name, said] = looked_in[name].look_for(said)
        found = seen[name, said]
        if isinstance(found, str):
            tell(found, at)
            continue
        start[at], end[at] = found
        quote[at], kept[at] = texts[name][found[0] : found[1]], True
        if blank_place[at]:
            unplaced += 1
        else:
            tell(_MOVED if placed[at] else _FOUND, at)
    for at in np.flatnonzero(~known & ~placed):
        tell(_UNKNOWN if quoted[at] else _NEITHER, at)
    tell.done()
    if unplaced:
        remarks.append(f"{unplaced} row(s) without a place were placed where their quote stands.")
    _remark_on_places(
        rows, remarks, inside & ~quoted & blank, placed & ~known & quoted, quote, end - start
    )
    _tell_cut(rows, losses, item, ~known & kept, quote)
    made = pd.DataFrame(
        {"document": document, "start": start, "end": end, "quote": quote}, index=rows.index
    )
    return Placed(made[kept], remarks)


class _Teller:
    """Collects rows by what is to be said of them, so that each sentence is told once."""

    def __init__(self, rows: pd.DataFrame, losses: Losses, item: str) -> None:
        self._rows, self._losses, self._item = rows, losses, item
        self._found: dict[str, list[int]] = {}

    def __call__(self, why: str, at: np.integer) -> None:
        self._found.setdefault(why, []).append(int(at))

    def done(self) -> None:
        for why, places in self._found.items():
            item = f"{self._item} that were moved" if why in {_MOVED, _FOUND} else self._item
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


def _short(quote: str) -> str:
    said = " ".join(quote.split())
    return said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…"


def _whole(cells: pd.Series) -> npt.NDArray[np.int64]:
    """Return whole numbers of cells, -1 where a cell is none."""
    said = pd.to_numeric(cells.astype(object), errors="coerce").to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        whole = np.isfinite(said) & (said >= 0) & (said < 2**53) & (said == np.floor(said))
    return np.where(whole, said, -1).astype(np.int64)


def documents_named(
    names: list[str], texts: Mapping[str, str], remarks: list[str]
) -> npt.NDArray[np.object_]:
    """Return which documents are meant.

    Parameters
    ----------
    names : list of str
        What the rows call them.
    texts : mapping of str to str
        Texts by document id.
    remarks : list of str
        Is told of names that are only similar to an id.

    Returns
    -------
    numpy.ndarray of str, shape (n_rows,)
        The document of that id; else the only one whose id differs in case, folder or ending; else the
        name, without white space at its ends.
    """
    number, different = pd.factorize(pd.Series(names, dtype=object))
    meant: dict[str, str] = {}
    loosely: list[str] = []
    ways = (_tidy, _without_folder, _without_suffix)
    indexes = [_only(texts, way) for way in ways] if texts else []
    for name in different:
        if name in texts:
            meant[name] = name
            continue
        clean = name.strip()
        forms = [clean, clean.removeprefix("'")]
        found = next((form for form in forms if form in texts), None)
        for way, index in zip(ways, indexes, strict=False):
            found = found or index.get(way(clean))
        meant[name] = found or clean
        if found and found != clean:
            loosely.append(f"'{clean}' for '{found}'")
    if loosely:
        shown = ", ".join(loosely[:_WINDOW]) + (", …" if len(loosely) > _WINDOW else "")
        remarks.append(f"{len(loosely)} document(s) were known by a similar name: {shown}.")
    return np.array([meant[name] for name in different], dtype=object)[number]


def _only(names: Iterable[str], way: Callable[[str], str]) -> dict[str, str]:
    count = Counter(way(name) for name in names)
    return {way(name): name for name in names if count[way(name)] == 1}


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFC", name).replace("\\", "/").removeprefix("./").casefold()


def _without_folder(name: str) -> str:
    return _tidy(name).rpartition("/")[2]


def _without_suffix(name: str) -> str:
    last = _without_folder(name)
    stem, dot, suffix = last.rpartition(".")
    # What follows a full stop in a title is no suffix.
    return stem if dot and stem and len(suffix) <= 5 and suffix.isalnum() else last


class _Text:
    """A document's text to look for quotes in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._seen = ""
        self._places: npt.NDArray[np.int64] | None = None

    def look_for(self, quote: str) -> tuple[int, int] | str:
        """Return where a quote stands, or why that cannot be said."""
        if cell_was_cut(quote):
            return _NOWHERE
        if is_shortened(quote):
            places = quote_places(quote, self._text)
            return places[0] if len(places) == 1 else _TWICE if places else _NOWHERE
        clean = normalise(quote)
        for form in dict.fromkeys(
            [quote, quote.strip(), quote.removeprefix("'"), f"'{quote}", clean]
        ):
            at = self._text.find(form) if form else -1
            if at >= 0:
                twice = self._text.find(form, at + 1) >= 0
                return _TWICE if twice else (at, at + len(form))
        return self._look_for_what_can_be_seen(bare(clean))

    def _look_for_what_can_be_seen(self, wanted: str) -> tuple[int, int] | str:
        if self._places is None:
            seen = [not each.isspace() and each.isprintable() for each in self._text]
            self._places = np.flatnonzero(seen)
            self._seen = "".join([self._text[at] for at in self._places])
        at = self._seen.find(wanted) if wanted else -1
        if at < 0:
            return _NOWHERE
        if self._seen.find(wanted, at + 1) >= 0:
            return _TWICE
        return int(self._places[at]), int(self._places[at + len(wanted) - 1]) + 1


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
            f"{int(unquoted.sum())} row(s) have no quote: nothing shows whether their places are right."
        )
    said = np.fromiter((len(each) for each in quote), dtype=np.int64, count=len(quote))
    cut = np.fromiter((cell_was_cut(each) for each in quote), dtype=bool, count=len(quote))
    odd = unchecked & (said != length) & ~cut
    if odd.any():
        first = ", ".join(str(row) for row in rows["row"][odd].head(_WINDOW))
        remarks.append(
            f"In {int(odd.sum())} row(s) the quote is not as long as the place (row {first}): start and end "
            "may count something else than characters, or not from 0."
        )


def _tell_cut(
    rows: pd.DataFrame, losses: Losses, item: str, kept: Flags, quote: npt.NDArray[np.object_]
) -> None:
    cut = np.fromiter((cell_was_cut(each) for each in quote), dtype=bool, count=len(quote)) & kept
    if cut.any():
        examples = [f"row {row}" for row in rows["row"][cut].head(_WINDOW)]
        losses.add(f"quotes of {item}", _CUT, examples, count=int(cut.sum()))
