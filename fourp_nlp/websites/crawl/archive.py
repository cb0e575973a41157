"""The WARC file of a site, renamed when the site is finished."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fourp_nlp import __version__
from fourp_nlp.files import put_in_place, write_text
from fourp_nlp.files import sweep as sweep_drafts
from fourp_nlp.spreadsheets import write_rows
from fourp_nlp.websites.tables import FETCHED

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.websites.crawl._reply import Reply

__all__ = ["Archive", "done_file", "fetched_file", "part_file", "sweep", "warc_file", "write_done"]

_MOST_REFUSED = 10_000
"""Links that were refused, of a site, that are listed; further ones are only counted."""


def warc_file(folder: Path, site: str) -> Path:
    """Return the WARC file of a site."""
    return folder / f"{site}.warc.gz"


def part_file(folder: Path, site: str, process: int) -> Path:
    """Return the file that a process writes a site's records into before they are whole."""
    return folder / f".{site}.warc.gz.{process}.part"


def done_file(folder: Path, site: str) -> Path:
    """Return the record that a site is done, with its counts."""
    return folder / f"{site}.done.json"


def fetched_file(folder: Path, site: str) -> Path:
    """Return the table of what was fetched of a site, and what not."""
    return folder / f"{site}.fetched.csv"


def sweep(folder: Path) -> None:
    """Remove what processes that were killed left half written."""
    sweep_drafts([folder])
    for path in folder.glob(".*.warc*.part"):
        path.unlink(missing_ok=True)


class Archive:
    """Keeps what a site answered: requests, responses and errors, as ISO 28500 (WARC 1.1) says.

    Parameters
    ----------
    folder : pathlib.Path
        Where it goes.
    site : str
        Id of the site.
    facts : dict
        What stands in its first record: software, user agent, limits.
    """

    def __init__(self, folder: Path, site: str, facts: dict[str, Any]) -> None:
        from warcio.warcwriter import WARCWriter

        self._folder, self._site = folder, site
        # Another process may be at the same site, if somebody started two.
        self._part = part_file(folder, site, os.getpid())
        folder.mkdir(parents=True, exist_ok=True)
        self._stream = self._part.open("wb")
        self._writer = WARCWriter(self._stream, gzip=True, warc_version="1.1")
        self._rows: list[tuple[Any, ...]] = []
        self.records = 0
        self.bytes = 0
        self.outcomes: Counter[str] = Counter()
        info = {"software": f"fourp_nlp/{__version__}", "format": "WARC File Format 1.1", **facts}
        name = warc_file(folder, site).name
        self._put(self._writer.create_warcinfo_record(name, {k: str(v) for k, v in info.items()}))

    def exchange(self, url: str, reply: Reply, *, truncated: str = "") -> str:
        """Keep a request and its response.

        Parameters
        ----------
        url : str
            What was asked for.
        reply : Reply
            The response: contents as they came, still packed if they were, but without transfer coding.
        truncated : str
            Why the contents are not whole: "length", "disconnect", "unspecified" (not wanted); empty if
            they are.

        Returns
        -------
        str
            The response's WARC-Record-ID, without angle brackets.
        """
        from warcio.statusandheaders import StatusAndHeaders

        headers = {"WARC-Date": _now()}
        if reply.address:
            headers["WARC-IP-Address"] = reply.address
        if truncated:
            headers["WARC-Truncated"] = truncated
        reply_headers = [pair for pair in reply.headers if pair[0].lower() != "transfer-encoding"]
        response = self._writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(reply.body),
            http_headers=StatusAndHeaders(
                f"{reply.status} {_phrase(reply.status)}", reply_headers, protocol=reply.protocol
            ),
            warc_headers_dict=headers,
        )
        identity = response.rec_headers.get_header("WARC-Record-ID")
        parts = urlsplit(url)
        asked = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        self._put(response)
        self._put(
            self._writer.create_warc_record(
                url,
                "request",
                http_headers=StatusAndHeaders(
                    f"GET {asked} HTTP/1.1", reply.request, is_http_request=True
                ),
                warc_headers_dict={
                    "WARC-Date": headers["WARC-Date"],
                    "WARC-Concurrent-To": identity,
                },
            )
        )
        self.bytes += len(reply.body)
        return str(identity).strip("<>")

    def failure(self, url: str, reason: str) -> None:
        """Keep that a URL gave no answer, and why."""
        content = json.dumps({"outcome": "failed", "reason": reason}, ensure_ascii=False).encode()
        self._put(
            self._writer.create_warc_record(
                url,
                "metadata",
                payload=io.BytesIO(content),
                warc_content_type="application/json",
                warc_headers_dict={"WARC-Date": _now()},
            )
        )

    def note(
        self,
        url: str,
        outcome: str,
        *,
        status: int = 0,
        size: int = 0,
        reason: str = "",
        record: str = "",
    ) -> None:
        """Note what became of a URL, as a row of the table FETCHED."""
        self.outcomes[outcome] += 1
        if outcome != "refused" or self.outcomes[outcome] <= _MOST_REFUSED:
            self._rows.append((self._site, url, outcome, status, size, reason, record, _now()))

    def remark(self, url: str, reason: str) -> None:
        """Say something of a page that was noted as fetched."""
        for at in range(len(self._rows) - 1, -1, -1):
            if self._rows[at][1:3] == (url, "fetched"):
                self._rows[at] = (*self._rows[at][:5], reason, *self._rows[at][6:])
                return

    def finish(
        self, *, ended: str, pages: int, asked: dict[str, Any], sitemaps: dict[str, int]
    ) -> dict[str, Any]:
        """Put the files in their places: the site is done.

        Parameters
        ----------
        ended : str
            Why it ended: "all" if nothing was left, or the limit that was reached.
        pages : int
            Pages that were fetched.
        asked : dict
            Start URLs and limits.
        sitemaps : dict
            Sitemaps that were read, addresses in them, and those that no page led to; empty if none
            was asked for.

        Returns
        -------
        dict
            What stands in the record that it is done.
        """
        self._stream.flush()
        record = {
            "site": self._site,
            "ended": ended,
            "pages": pages,
            "records": self.records,
            "warc_bytes": os.fstat(self._stream.fileno()).st_size,
            "bytes": self.bytes,
            "outcomes": dict(sorted(self.outcomes.items())),
            "asked": asked,
            "sitemaps": sitemaps,
            "finished_at": _now(),
            "software": f"fourp_nlp/{__version__}",
        }
        self._stream.close()
        # A record of an earlier time would speak of another file.
        done_file(self._folder, self._site).unlink(missing_ok=True)
        put_in_place(self._part, warc_file(self._folder, self._site))
        write_rows(FETCHED.names, self._rows, fetched_file(self._folder, self._site))
        # Last: with it, and only with it, the site is done.
        write_done(self._folder, self._site, record)
        return record

    def give_up(self) -> None:
        """Leave nothing half written behind."""
        # A full disk is told a second time when a stream is closed.
        with contextlib.suppress(OSError):
            self._stream.close()
        self._part.unlink(missing_ok=True)

    def _put(self, record: Any) -> None:
        self._writer.write_record(record)
        self.records += 1


def write_done(folder: Path, site: str, record: dict[str, Any]) -> None:
    """Write the record that a site is done, whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        Where it goes.
    site : str
        Id of the site.
    record : dict
        Its counts.
    """
    write_text(done_file(folder, site), json.dumps(record, indent=1, ensure_ascii=False))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
