"""Reading answers from WARC files one at a time, unpacked within limits."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import INSTALL_WEB, DocumentError, MissingExtraError, UnsafeDocumentError
from fourp_nlp.websites.pages.content_types import charset_of, file_name_of, media_type_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MAX_PAGE", "Answer", "count_records", "read_answers", "unfolded", "whole"]

MAX_PAGE = 50 * 1024 * 1024
"""Bytes that one answer may unfold to."""

_CHUNK = 1 << 16
_MOST_HEADERS = 1 << 20
# Digits of other scripts are none here, and no file is longer than these can say.
_NUMBER = re.compile("[0-9]{1,18}")
# What readers say of damaged files.
_DAMAGE = (OSError, ValueError, RuntimeError, EOFError, OverflowError, zlib.error)
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Answer:
    """What a server answered to one request.

    Attributes
    ----------
    url : str
        The URL asked for.
    fetched_at : str
        Date and time, UTC, ISO 8601.
    record_id : str
        WARC-Record-ID, without angle brackets.
    status : int
        HTTP status; 200 for a record of a file that was not fetched by HTTP.
    mime : str
        Declared media type, in lower case, without parameters.
    content : bytes
        The contents, unfolded.
    problem : str
        Why there are no contents; empty where there are.
    charset : str
        The charset that its header names; empty if it names none.
    name : str
        The file name that its header Content-Disposition gives; empty if it gives none.
    refused : bool
        Whether the contents were not wanted when they were fetched, so that only their beginning is there.
    """

    url: str
    fetched_at: str
    record_id: str
    status: int
    mime: str
    content: bytes
    problem: str = ""
    charset: str = ""
    name: str = ""
    refused: bool = False


def read_answers(path: Path, *, max_page: int = MAX_PAGE) -> Iterator[Answer]:
    """Read the answers of a WARC file, in order.

    Requests, metadata, robots.txt and repeated visits are passed over; so is what programs put down about
    themselves under a URL that is none of the web, such as wget's log.

    Parameters
    ----------
    path : pathlib.Path
        A WARC file: packed record by record, packed as a whole, or not packed.
    max_page : int
        Bytes that an answer may unfold to; one that would need more has a `problem` instead.

    Yields
    ------
    Answer
        One answer; only a status and a problem where the contents cannot be read.

    Raises
    ------
    DocumentError
        If the file cannot be opened or holds no WARC record.
    MissingExtraError
        If the extra ``web`` is not installed.
    """
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise MissingExtraError("WARC files are read by fastwarc.", cure=INSTALL_WEB) from error
    wanted = WarcRecordType.response | WarcRecordType.resource
    seen = False
    try:
        with path.open("rb") as stream:
            # The headers of an answer are a server's, and their fault is that of one record.
            for record in ArchiveIterator(
                stream,
                record_types=WarcRecordType.any_type,
                parse_http=False,
                max_header_len=_MOST_HEADERS,
            ):
                seen = True
                if not record.record_type & wanted:
                    continue
                answer = _answer(record, max_page)
                if _is_page(answer.url):
                    yield answer
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    if not seen:
        raise DocumentError(
            "There is no WARC record in this file.",
            file=path,
            cure="Name a .warc or .warc.gz file.",
        )


def _damaged(path: Path, error: Exception) -> DocumentError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return DocumentError(
        f"The file cannot be read: {reason}.",
        file=path,
        cure="Get a fresh copy, or collect the site again.",
    )


def _is_page(url: str) -> bool:
    on_the_web = url.lower().startswith(("http://", "https://"))
    return on_the_web and not url.partition("?")[0].endswith("/robots.txt")


def count_records(path: Path) -> tuple[int, int]:
    """Count the records of a WARC file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    records : int
        All of them, as far as the file is whole.
    pages : int
        Answers with status 200 that are on the web and no robots.txt.

    Raises
    ------
    DocumentError
        If the file cannot be read, or holds no record.
    MissingExtraError
        If the extra ``web`` is not installed.
    """
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise MissingExtraError("WARC files are read by fastwarc.", cure=INSTALL_WEB) from error
    records = 0
    try:
        with path.open("rb") as stream:
            for _ in ArchiveIterator(
                stream,
                record_types=WarcRecordType.any_type,
                parse_http=False,
                max_header_len=_MOST_HEADERS,
            ):
                records += 1
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    return records, sum(answer.status == 200 for answer in read_answers(path))


def _answer(record: Any, max_page: int) -> Answer:
    headers = record.headers
    unread = _parsed(record)
    http = record.http_headers if record.is_http and not unread else None
    status = int(http.status_code or 0) if http is not None else 200
    mime = (headers.get("Content-Type") if http is None else http.get("Content-Type")) or ""
    disposition = (http.get("Content-Disposition") if http is not None else "") or ""
    known = {
        "url": headers.get("WARC-Target-URI", "").strip("<>"),
        "fetched_at": headers.get("WARC-Date", ""),
        "record_id": headers.get("WARC-Record-ID", "").strip("<>"),
        "status": status,
        "mime": media_type_of(mime),
        "charset": charset_of(mime),
        "name": file_name_of(disposition),
    }
    if unread:
        return Answer(**known, content=b"", problem=unread)
    if status != 200:
        return Answer(**known, content=b"")
    try:
        content = _unfolded(record, http, max_page)
    except (UnsafeDocumentError, DocumentError) as error:
        return Answer(**known, content=b"", problem=error.problem)
    except _DAMAGE:
        return Answer(**known, content=b"", problem="Its contents are damaged.")
    truncated = headers.get("WARC-Truncated")
    if truncated is None:
        problem = _cut_short(content, http)
        return Answer(**known, content=b"" if problem else content, problem=problem)
    refused = truncated == "unspecified"
    what = media_type_of(mime) or "no media type"
    problem = (
        f"It was not wanted when the site was collected ({what})."
        if refused
        else _TRUNCATED.get(truncated, f"It was cut when it was fetched ({truncated}).")
    )
    return Answer(**known, content=b"", problem=problem, refused=refused)


_TRUNCATED = {
    "length": "It was longer than the limit, and cut when it was fetched.",
    "time": "It took longer than the limit, and was cut when it was fetched.",
    "disconnect": "The server broke off before all of it had come.",
}


def _parsed(record: Any) -> str:
    """Read a record's HTTP headers; return why they cannot be read, if so."""
    try:
        record.parse_http(max_header_len=_MOST_HEADERS)
    except _DAMAGE:
        return "The headers of the answer cannot be read."
    return ""


def _unfolded(record: Any, http: Any, max_page: int) -> bytes:
    """Return the contents without transfer and content encoding, as far as the limit lets."""
    reader = record.reader
    if http is not None and "chunked" in (http.get("Transfer-Encoding") or "").lower():
        # Some collectors keep the header and store the contents already joined.
        from fastwarc.stream_io import ChunkedReader

        body = _within(reader, max_page)
        try:
            import io

            body = _within(ChunkedReader(io.BytesIO(body)), max_page) or body
        except OSError:
            pass
    else:
        body = _within(reader, max_page)
    coding = (http.get("Content-Encoding") or "" if http is not None else "").lower().strip()
    return _decoded(body, coding, max_page)


def unfolded(body: bytes, coding: str, most: int = MAX_PAGE) -> tuple[bytes, str]:
    """Return the contents of an answer that may be packed.

    Parameters
    ----------
    body : bytes
        The contents as they came.
    coding : str
        What the header Content-Encoding says, in lower case.
    most : int
        Bytes that they may unfold to.

    Returns
    -------
    content : bytes
        The contents; empty where there is a problem.
    problem : str
        Why they cannot be had; empty where they can.
    """
    try:
        return _decoded(body, coding, most), ""
    except DocumentError as error:
        return b"", error.problem


def _within(reader: Any, most: int) -> bytes:
    parts, size = [], 0
    while block := reader.read(_CHUNK):
        size += len(block)
        if size > most:
            raise UnsafeDocumentError(f"It is larger than {most // 2**20} MB.")
        parts.append(block)
    return b"".join(parts)


def _decoded(body: bytes, coding: str, most: int) -> bytes:
    if coding in {"", "identity", "none", "utf-8"} or not body:
        return body
    if coding in {"gzip", "x-gzip", "deflate"}:
        if coding != "deflate" and not body.startswith(_GZIP):
            return body  # stored unpacked, under the header of the packed form
        return _inflated(body, coding, most)
    if coding in {"br", "zstd"}:
        return _by_stream(body, coding, most)
    raise DocumentError(f"It is packed in a way that is not known here ({coding}).")


def _inflated(body: bytes, coding: str, most: int) -> bytes:
    for window in (47,) if coding != "deflate" else (15, -15):
        unpacker = zlib.decompressobj(window)
        try:
            content = unpacker.decompress(body, most + 1)
        except zlib.error:
            continue
        if len(content) > most:
            raise UnsafeDocumentError(f"It unfolds to more than {most // 2**20} MB.")
        return content
    raise DocumentError("Its packed contents are damaged.")


def _by_stream(body: bytes, coding: str, most: int) -> bytes:
    import io

    from fastwarc.stream_io import BrotliReader, ZstdReader

    reader = {"br": BrotliReader, "zstd": ZstdReader}[coding]
    try:
        return _within(reader(io.BytesIO(body)), most)
    except UnsafeDocumentError:
        raise UnsafeDocumentError(f"It unfolds to more than {most // 2**20} MB.") from None
    except Exception as error:  # whatever the unpacker says of damaged contents
        raise DocumentError("Its packed contents are damaged.") from error


def _cut_short(content: bytes, http: Any) -> str:
    """Say if the server announced more than it sent."""
    if http is None or http.get("Content-Encoding"):
        return ""
    announced = http.get("Content-Length") or ""
    if _NUMBER.fullmatch(announced) and int(announced) > len(content) > 0:
        return f"It breaks off after {len(content)} of {announced} bytes."
    return ""


def whole(path: Path) -> bool:
    """Say whether a WARC file ends where a record ends, which no reader tells.

    Parameters
    ----------
    path : pathlib.Path
        The file, packed by gzip or not.

    Returns
    -------
    bool
        False if it was cut off within a record or a packed member.
    """
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP
        if packed:
            return _ends_with_a_member(path)
        size = stream.seek(0, 2)
        stream.seek(max(size - 4, 0))
        # A record ends with two empty lines.
        return stream.read(4) == b"\r\n\r\n" and _last_record_complete(path, size)


def _ends_with_a_member(path: Path) -> bool:
    unpacker = None
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                while block:
                    unpacker = unpacker or zlib.decompressobj(31)
                    # A little at a time: what unfolds is thrown away.
                    unpacker.decompress(block, 1 << 22)
                    while unpacker.unconsumed_tail:
                        unpacker.decompress(unpacker.unconsumed_tail, 1 << 22)
                    if not unpacker.eof:
                        break
                    block, unpacker = unpacker.unused_data, None
    except zlib.error:
        return False
    return unpacker is None


def _last_record_complete(path: Path, size: int) -> bool:
    """Walk from record to record by their lengths."""
    with path.open("rb") as stream:
        while stream.tell() < size:
            length = None
            line = stream.readline(1 << 16)
            if not line.startswith(b"WARC/"):
                return False
            while line.strip():
                name, _, value = line.partition(b":")
                if name.strip().lower() == b"content-length":
                    written = value.strip().decode("latin-1")
                    length = int(written) if _NUMBER.fullmatch(written) else None
                line = stream.readline(1 << 16)
            if length is None or stream.seek(length, 1) > size:
                return False
            stream.seek(4, 1)
        return stream.tell() == size
