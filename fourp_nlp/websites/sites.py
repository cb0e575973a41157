"""Reading the list of sites to collect, from CSV or YAML."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from fourp_nlp.documents import decode_markup
from fourp_nlp.errors import DocumentError
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.tables import conform
from fourp_nlp.websites.scope import Scopes, start_url
from fourp_nlp.websites.tables import SITES

__all__ = ["Limits", "read_sites"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_NAMES = {
    "site": "site",
    "id": "site",
    "name": "name",
    "group": "group",
    "urls": "urls",
    "url": "urls",
    "website": "urls",
    "websites": "urls",
    "start": "urls",
    "max_pages": "max_pages",
    "max_depth": "max_depth",
    "max_bytes": "max_bytes",
    "max_seconds": "max_seconds",
    "delay": "delay",
}
_EXAMPLE = "id,name,group,website"
_TOO_MANY = "too many"


@dataclass(frozen=True)
class Limits:
    """What a site may cost where the list does not say.

    Attributes
    ----------
    max_pages, max_depth, max_bytes, max_seconds : int
        Pages; links from a start URL; bytes in all; seconds in all.
    delay : float
        Seconds between two requests at least.
    """

    max_pages: int = 500
    max_depth: int = 6
    max_bytes: int = 500 * 1024 * 1024
    max_seconds: int = 3600
    delay: float = 1.0


def read_sites(path: Path | str, *, limits: Limits | None = None) -> pd.DataFrame:
    """Read a list of sites.

    Parameters
    ----------
    path : path
        CSV (comma, semicolon or tab) or YAML (a list of mappings) with ``id``, ``name``, ``group`` and
        ``website`` (one start URL or several, with spaces between; one that ends in ``/*`` bounds the site
        to that folder); ``max_pages``, ``max_depth``, ``max_bytes``, ``max_seconds`` and ``delay`` where a
        site has limits of its own. In UTF-8, UTF-16 or what Excel saves by itself.
    limits : Limits, optional
        The limits of the others.

    Returns
    -------
    pandas.DataFrame
        The table SITES.

    Raises
    ------
    DocumentError
        If the file cannot be read, or a row cannot be used; every such row is named.
    """
    path = Path(path)
    try:
        text = decode_markup(path.read_bytes(), file=path).removeprefix("\ufeff")
    except FileNotFoundError:
        raise DocumentError(
            "There is no such list of sites.", file=path, cure="Look for a typing error."
        ) from None
    except OSError as error:
        raise DocumentError(
            f"The list of sites cannot be read: {error.strerror or error}.",
            file=path,
            cure="Name a CSV or YAML file.",
        ) from error
    rows = _of_yaml(text, path) if path.suffix.lower() in {".yaml", ".yml"} else _of_csv(text, path)
    sites, problems = [], []
    seen: set[str] = set()
    for place, row in rows:
        try:
            site = _site(row, limits or Limits())
            if site["site"].casefold() in seen:
                raise ValueError(f"the id '{site['site']}' is in the list twice")  # noqa: TRY301
            seen.add(site["site"].casefold())
            sites.append(site)
        except ValueError as error:
            problems.append(f"{place}: {error}")
    pairs = Scopes((row["site"], row["urls"]) for row in sites).twice()
    problems += [
        f"'{one}' and '{other}' start in the same folder of one website" for one, other in pairs
    ]
    if problems:
        raise DocumentError(
            f"The list of sites has {len(problems)} error{'' if len(problems) == 1 else 's'}: "
            f"{'; '.join(problems[:10])}.",
            file=path,
            cure=f"A row looks like: {_EXAMPLE}",
        )
    if not sites:
        raise DocumentError("The list names no site.", file=path, cure=f"Its head is: {_EXAMPLE}")
    return conform(pd.DataFrame(sites), SITES)


def _of_csv(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines: list[tuple[int, list[str]]] = []
    number = 0
    try:
        with cell_reader(
            io.StringIO(text, newline=""), delimiter=separator, strict=False
        ) as reader:
            for line in reader:
                number = reader.line_num
                if any(map(str.strip, line)):
                    lines.append((number, line))
    except csv.Error as error:
        raise DocumentError(
            f"This is no CSV: {error}.",
            file=path,
            place=f"line {number + 1}",
            cure="Save it again.",
        ) from error
    if not lines:
        return []
    head = [name.strip().casefold() for name in lines[0][1]]
    _check_head(head, path)
    rows = []
    for number, line in lines[1:]:
        row: dict[str, Any] = dict(zip(head, line, strict=False))
        if any(map(str.strip, line[len(head) :])):
            row[_TOO_MANY] = line
        rows.append((f"line {number}", row))
    return rows


def _of_yaml(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    from fourp_nlp.files.plain_yaml import read_plain_yaml

    content = read_plain_yaml(text, path, DocumentError).content
    if isinstance(content, dict) and isinstance(content.get("sites"), list):
        content = content["sites"]
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise DocumentError(
            "A list of sites is a list of mappings with id, name, group and website.",
            file=path,
            cure="Begin each with '- id: …'.",
        )
    rows = [{str(key).casefold(): value for key, value in row.items()} for row in content]
    for row in rows:
        _check_head(list(row), path)
    return [(f"entry {number}", row) for number, row in enumerate(rows, start=1)]


def _check_head(head: list[str], path: Path) -> None:
    strange = [name for name in head if name and name not in _NAMES]
    meant = [_NAMES[name] for name in head if name in _NAMES]
    missing = {"site", "urls"} - set(meant)
    if strange or missing or len(meant) != len(set(meant)):
        wrong = (
            f"'{strange[0]}' is no column of a list of sites"
            if strange
            else "id or website is missing"
            if missing
            else "two columns say the same"
        )
        known = f"Known are: {', '.join(_NAMES)}."
        raise DocumentError(f"{wrong[:1].upper()}{wrong[1:]}.", file=path, cure=known)


def _site(row: dict[str, Any], limits: Limits) -> dict[str, Any]:
    if _TOO_MANY in row:
        raise ValueError("it has more cells than the head; put a text with commas into quotes")
    if not all(_plain(value) for value in row.values()):
        raise ValueError("an entry is neither a text nor a number; put quotes around it")
    cells = {
        _NAMES[key]: value for key, value in row.items() if key in _NAMES and value is not None
    }
    name = str(cells.get("site", "")).strip()
    if not _ID.fullmatch(name):
        raise ValueError(
            f"'{name}' is no id; use letters, digits, _ and -, as its files are named so"
        )
    urls = cells.get("urls", "")
    listed = [str(url) for url in urls] if isinstance(urls, list) else str(urls).split()
    if not listed:
        raise ValueError(f"'{name}' has no website")
    site: dict[str, Any] = {
        "site": name,
        "name": " ".join(str(cells.get("name") or name).split()),
        "group": " ".join(str(cells.get("group") or "").split()),
        "urls": " ".join(dict.fromkeys(_url(url) for url in listed)),
    }
    for key, default in asdict(limits).items():
        given = str(cells.get(key, "")).strip()
        try:
            value = type(default)(float(given)) if given else default
        except (ValueError, OverflowError):
            raise ValueError(f"'{given}' is no number ({key})") from None
        if not math.isfinite(value):
            raise ValueError(f"'{given}' is no number ({key})")
        if value < 0 or (value == 0 and key in {"max_pages", "max_bytes", "max_seconds"}):
            raise ValueError(f"{key} is {given}; it must be more")
        site[key] = value
    return site


def _plain(value: object) -> bool:
    """Say whether an entry of YAML is what a cell could be, or a list of such."""
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    # YAML takes the country code `no` for "false".
    return not isinstance(value, bool) and (value is None or isinstance(value, str | int | float))


def _url(written: str) -> str:
    url = written if "://" in written else f"https://{written}"
    try:
        parts = urlsplit(start_url(url))
        host = parts.hostname or ""
        # A word alone is rather a slip of columns than a host.
        usable = parts.scheme in {"http", "https"} and ("." in host or (host and url == written))
        usable = usable and parts.port != 0
        locked = parts.username is not None or parts.password is not None
    except ValueError:
        usable, locked = False, False
    if not usable:
        raise ValueError(f"'{written}' is no web address")
    if locked:
        raise ValueError(f"the address of '{parts.hostname}' contains a user name; leave it out")
    return url
