"""The list of sites to collect, from CSV or YAML."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from fourp_nlp.errors import DocumentError
from fourp_nlp.tables import conform
from fourp_nlp.website._tables import SITES

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
        ``website`` (one start URL or several, with spaces between); ``max_pages``, ``max_depth``,
        ``max_bytes``, ``max_seconds`` and ``delay`` where a site has limits of its own.
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
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DocumentError(
            "There is no such list of sites.", file=path, cure="Look for a typing error."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(
            f"The list of sites cannot be read: {error}.", file=path, cure="Save it as CSV UTF-8."
        ) from error
    rows = _of_yaml(text, path) if path.suffix.lower() in {".yaml", ".yml"} else _of_csv(text, path)
    made, problems = [], []
    seen: set[str] = set()
    for place, row in rows:
        try:
            site = _site(row, limits or Limits())
            if site["site"].casefold() in seen:
                raise ValueError(f"the id '{site['site']}' stands in the list twice")  # noqa: TRY301
            seen.add(site["site"].casefold())
            made.append(site)
        except ValueError as error:
            problems.append(f"{place}: {error}")
    if problems:
        raise DocumentError(
            f"The list of sites has {len(problems)} thing{'' if len(problems) == 1 else 's'} to mend: "
            f"{'; '.join(problems[:10])}.",
            file=path,
            cure=f"A row looks like: {_EXAMPLE}",
        )
    if not made:
        raise DocumentError("The list names no site.", file=path, cure=f"Its head is: {_EXAMPLE}")
    return conform(pd.DataFrame(made), SITES)


def _of_csv(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        lines = [(reader.line_num, line) for line in reader if any(map(str.strip, line))]
    except csv.Error as error:
        raise DocumentError(
            f"This is no CSV: {error}.",
            file=path,
            place=f"line {reader.line_num}",
            cure="Save it again.",
        ) from error
    if not lines:
        return []
    head = [name.strip().casefold() for name in lines[0][1]]
    _check_head(head, path)
    return [(f"line {number}", dict(zip(head, line, strict=False))) for number, line in lines[1:]]


def _of_yaml(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    import yaml  # noqa: PLC0415 - most lists are CSV

    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError(
            f"This is not valid YAML: {error}.", file=path, cure="Check indentation and quotes."
        ) from error
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
    missing = {"site", "urls"} - {_NAMES.get(name, "") for name in head}
    if strange or missing:
        wrong = (
            f"'{strange[0]}' is no column of a list of sites"
            if strange
            else "id or website is missing"
        )
        known = f"Known are: {', '.join(_NAMES)}."
        raise DocumentError(f"{wrong[:1].upper()}{wrong[1:]}.", file=path, cure=known)


def _site(row: dict[str, Any], limits: Limits) -> dict[str, Any]:
    told = {_NAMES[key]: value for key, value in row.items() if key in _NAMES and value is not None}
    name = str(told.get("site", "")).strip()
    if not _ID.fullmatch(name):
        raise ValueError(
            f"'{name}' is no id; use letters, digits, _ and -, as its files are named so"
        )
    urls = told.get("urls", "")
    listed = [str(url) for url in urls] if isinstance(urls, list) else str(urls).split()
    if not listed:
        raise ValueError(f"'{name}' has no website")
    site: dict[str, Any] = {
        "site": name,
        "name": " ".join(str(told.get("name") or name).split()),
        "group": " ".join(str(told.get("group") or "").split()),
        "urls": " ".join(_url(url) for url in listed),
    }
    for key, default in asdict(limits).items():
        given = str(told.get(key, "")).strip()
        try:
            value = type(default)(float(given)) if given else default
        except (ValueError, OverflowError):
            raise ValueError(f"'{given}' is no number ({key})") from None
        if value < 0 or (value == 0 and key in {"max_pages", "max_bytes", "max_seconds"}):
            raise ValueError(f"{key} is {given}; it must be more")
        site[key] = value
    return site


def _url(written: str) -> str:
    url = written if "://" in written else f"https://{written}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"'{written}' is no web address")
    return url
