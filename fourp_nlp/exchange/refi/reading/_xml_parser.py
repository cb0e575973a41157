"""QDA-XML parsed: as it stands, and if it is not well-formed, once more with what can be mended mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.refi.reading._xml_repair import Mender, encoding_of
from fourp_nlp.exchange.refi.reading.qde_elements import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading.qde_elements import Found

__all__ = ["parse_qde"]

_FRESH = "Export the project again, or get a fresh copy of the file."


def parse_qde(
    pieces: Callable[[], Iterable[bytes]],
    *,
    file: object,
    place: str,
    root: str,
    losses: Losses,
    remarks: list[str],
) -> Found:
    """Collect the elements of QDA-XML.

    Parameters
    ----------
    pieces : callable
        Returns the XML in pieces, from its beginning.
    file, place : object, str
        The file and the part of it, for errors.
    root : str
        Name that the root element must have: Project or CodeBook.
    losses, remarks : Losses, list of str
        Take up what was mended.

    Returns
    -------
    Found
        What it holds.

    Raises
    ------
    ExchangeError
        If it is not well-formed and cannot be mended for sure, or has another root.
    UnsafeExchangeError
        If it has a document type (and so could declare entities), is nested deeper than 256
        elements, or holds more than a million and a half things.
    """
    try:
        return _parse(pieces(), file, place, root)
    except _NotWellFormedError as first:
        mender = _mender(pieces())
        if mender is None:
            raise first.told(file, place, set()) from first
        try:
            found = _parse(mender.mended(pieces()), file, place, root, mender.encoding)
        except _NotWellFormedError as second:
            # Where the mended XML is damaged, unless nothing was mended.
            raise (second if mender else first).told(file, place, mender.lines) from first
        mender.tell(remarks, losses)
        return found


class _NotWellFormedError(Exception):
    """The parser gave up; `line` and `column` are 0 where it does not say where."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column

    def told(self, file: object, place: str, mended: set[int]) -> ExchangeError:
        """Return the error for the user; in lines that were mended, columns are not those of the file."""
        where = f" in line {self.line}" if self.line else ""
        if self.column and self.line not in mended:
            where += f", column {self.column}"
        cure = _FRESH
        if where:
            cure += (
                " If that does not help, mend it: the project is a zip file; open the .qde in it with a text "
                "editor and go to that line. In words, & is written &amp; and < is written &lt;."
            )
        return ExchangeError(
            f"The XML is damaged or cut off{where}: {self}.", file=file, place=place, cure=cure
        )


def _mender(pieces: Iterable[bytes]) -> Mender | None:
    encoding = encoding_of(next(iter(pieces), b""))
    return None if encoding is None else Mender(encoding)


def _parse(
    pieces: Iterable[bytes], file: object, place: str, root: str, decoded: str = ""
) -> Found:
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    target = Target(file, place, root)
    parser = etree.XMLParser(
        target=target,
        # Without it, &amp; in an attribute comes as "&#38;". Nothing else can unfold: entities are
        # declared in a document type, which the target refuses before they are read.
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        encoding="utf-8" if decoded else None,
    )
    try:
        for piece in pieces:
            parser.feed(piece)
        parser.close()
    except (etree.LxmlError, LookupError, UnicodeError) as error:
        # A refusal of the target can reach the end hidden behind the parser's own complaint.
        if target.refusal is not None:
            raise target.refusal from error
        message = (getattr(error, "msg", None) or str(error) or "no XML").strip()
        line, column = getattr(error, "position", None) or (0, 0)
        raise _NotWellFormedError(
            message.removesuffix(f", line {line}, column {column}"), line, column
        ) from error
    if not target.found.root:
        raise ExchangeError("The XML is empty.", file=file, place=place, cure=_FRESH)
    return target.found
