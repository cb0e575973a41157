"""Parses QDA-XML; XML that is not well-formed is repaired where that is safe, and parsed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.refi.reading._xml_repair import XmlRepairer, repair_encoding
from fourp_nlp.exchange.refi.reading.qde_elements import QdeParserTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading.qde_elements import QdeContents

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
) -> QdeContents:
    """Collect the elements of QDA-XML.

    `pieces` returns the XML in pieces, from its beginning; `file` and `place` are for errors; the
    root element must be `root`: Project or CodeBook. `losses` and `remarks` get what was repaired.

    Raises ExchangeError if it is not well-formed and cannot be repaired safely, or has another
    root; UnsafeExchangeError if it has a document type (and so could declare entities), is nested
    deeper than 256 elements, or holds more than a million and a half things.
    """
    try:
        return _parse(pieces(), file, place, root)
    except _NotWellFormedError as first_error:
        repairer = _repairer(pieces())
        if repairer is None:
            raise first_error.for_user(file, place, set()) from first_error
        try:
            qde = _parse(repairer.repaired(pieces()), file, place, root, repairer.encoding)
        except _NotWellFormedError as second_error:
            # Where the repaired XML is damaged, unless nothing was repaired.
            raise (second_error if repairer else first_error).for_user(
                file, place, repairer.lines
            ) from first_error
        repairer.report(remarks, losses)
        return qde


class _NotWellFormedError(Exception):
    """The parser gave up; `line` and `column` are 0 where it does not say where."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column

    def for_user(self, file: object, place: str, repaired_lines: set[int]) -> ExchangeError:
        """Return the error for the user, without columns of lines that were repaired."""
        where = f" in line {self.line}" if self.line else ""
        if self.column and self.line not in repaired_lines:
            where += f", column {self.column}"
        cure = _FRESH
        if where:
            cure += (
                " If that does not help, correct it: the project is a zip file; open the .qde in it with a "
                "text editor and go to that line. In words, & is written &amp; and < is written &lt;."
            )
        return ExchangeError(
            f"The XML is damaged or cut off{where}: {self}.", file=file, place=place, cure=cure
        )


def _repairer(pieces: Iterable[bytes]) -> XmlRepairer | None:
    encoding = repair_encoding(next(iter(pieces), b""))
    return None if encoding is None else XmlRepairer(encoding)


def _parse(
    pieces: Iterable[bytes], file: object, place: str, root: str, decoded: str = ""
) -> QdeContents:
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    target = QdeParserTarget(file, place, root)
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
    if not target.qde.root:
        raise ExchangeError("The XML is empty.", file=file, place=place, cure=_FRESH)
    return target.qde
