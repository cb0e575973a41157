"""WARC files of the test sites, written by warcio as other programs write theirs."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.website_server import Answer, answer

if TYPE_CHECKING:
    from pathlib import Path

PORT = 8040
WHEN = "2026-03-04T05:06:{:02d}Z"


def write_warc(path: Path, asked: list[tuple[int, str]], *, packed: bool = True) -> Path:
    """Write what sites answer to paths, as (site, path) pairs; requests and a warcinfo record too."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "tests"}))
        for number, (site, place) in enumerate(asked):
            made = answer(site, place, 9, PORT)
            url = f"http://127.0.1.{site}:{PORT}{place}"
            dated = {"WARC-Date": WHEN.format(number % 60)}
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body_of(made)),
                    http_headers=StatusAndHeaders(
                        f"{made.status} OK",
                        [("Content-Type", made.mime), *made.headers.items()],
                        protocol="HTTP/1.1",
                    ),
                    warc_headers_dict=dated,
                )
            )
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "request",
                    http_headers=StatusAndHeaders(
                        f"GET {place} HTTP/1.1", [("Host", "test")], is_http_request=True
                    ),
                    warc_headers_dict=dated,
                )
            )
    return path


def body_of(made: Answer) -> bytes:
    return made.body + b"<p>filling</p>\n" * (made.endless // 15)


def packed_as_a_whole(path: Path, source: Path) -> Path:
    """Pack a WARC file in one piece, as some programs wrongly do."""
    path.write_bytes(gzip.compress(source.read_bytes()))
    return path
