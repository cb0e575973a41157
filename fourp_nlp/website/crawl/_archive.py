"""The WARC file of a site: written under a temporary name, and renamed when the site is done."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fourp_nlp import __version__
from fourp_nlp.website._tables import FETCHED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Archive", "done_file", "fetched_file", "warc_file"]


def warc_file(folder: Path, site: str) -> Path:
    """Return the WARC file of a site."""
    return folder / f"{site}.warc.gz"


def done_file(folder: Path, site: str) -> Path:
    """Return the record that a site is done, with its counts."""
    return folder / f"{site}.done.json"


def fetched_file(folder: Path, site: str) -> Path:
    """Return the table of what was fetched of a site, and what not."""
    return folder / f"{site}.fetched.csv"


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
        from warcio.warcwriter import WARCWriter  # noqa: PLC0415 - an extra

        self._folder, self._site = folder, site
        self._part = warc_file(folder, site).with_suffix(".gz.part")
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

    def exchange(
        self,
        url: str,
        *,
        request: tuple[str, Sequence[tuple[str, str]]],
        status: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        address: str,
        truncated: str = "",
    ) -> str:
        """Keep a request and its response.

        Parameters
        ----------
        url : str
            What was asked for.
        request : (str, sequence of (str, str))
            The request's first line and headers.
        status : str
            The response's status: code and reason.
        headers : sequence of (str, str)
            Its headers, as they came.
        body : bytes
            Its contents, as they came: still packed, if they were.
        address : str
            IP address that answered.
        truncated : str
            Why the contents are not whole: "length", "disconnect", "time"; empty if they are.

        Returns
        -------
        str
            The response's WARC-Record-ID, without angle brackets.
        """
        from warcio.statusandheaders import StatusAndHeaders  # noqa: PLC0415 - an extra

        told = {"WARC-Date": _now()}
        if address:
            told["WARC-IP-Address"] = address
        if truncated:
            told["WARC-Truncated"] = truncated
        response = self._writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            http_headers=StatusAndHeaders(status, list(headers), protocol="HTTP/1.1"),
            warc_headers_dict=told,
        )
        identity = response.rec_headers.get_header("WARC-Record-ID")
        line, asked = request
        self._put(response)
        self._put(
            self._writer.create_warc_record(
                url,
                "request",
                http_headers=StatusAndHeaders(line, list(asked), is_http_request=True),
                warc_headers_dict={"WARC-Date": told["WARC-Date"], "WARC-Concurrent-To": identity},
            )
        )
        self.bytes += len(body)
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
        self._rows.append((self._site, url, outcome, status, size, reason, record, _now()))
        self.outcomes[outcome] += 1

    def finish(self, ended: str) -> dict[str, Any]:
        """Put the files in their places: the site is done.

        Parameters
        ----------
        ended : str
            Why it ended: "all" if nothing was left, or the limit that was reached.

        Returns
        -------
        dict
            What stands in the record that it is done.
        """
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        told = {
            "site": self._site,
            "ended": ended,
            "records": self.records,
            "warc_bytes": self._part.stat().st_size,
            "bytes": self.bytes,
            "outcomes": dict(sorted(self.outcomes.items())),
            "finished_at": _now(),
            "software": f"fourp_nlp/{__version__}",
        }
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\r\n")
        writer.writerow(FETCHED.names)
        writer.writerows([_guarded(cell) for cell in row] for row in self._rows)
        self._part.replace(warc_file(self._folder, self._site))
        _whole(fetched_file(self._folder, self._site), table.getvalue().encode("utf-8-sig"))
        # Last: with it, and only with it, the site is done.
        _whole(done_file(self._folder, self._site), json.dumps(told, indent=1).encode())
        return told

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._stream.close()
        self._part.unlink(missing_ok=True)

    def _put(self, record: Any) -> None:  # noqa: ANN401 - warcio has no types
        self._writer.write_record(record)
        self.records += 1


def _guarded(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell


def _whole(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with partial.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
