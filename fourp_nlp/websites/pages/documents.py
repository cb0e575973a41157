"""The pages of a WARC file as documents, with references to their records."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.tables import conform
from fourp_nlp.websites.pages._boilerplate import Repeated
from fourp_nlp.websites.pages._extraction import extract
from fourp_nlp.websites.pages._language import in_languages
from fourp_nlp.websites.pages._near_duplicates import WINDOW, first_alike
from fourp_nlp.websites.pages._page_spool import Spool
from fourp_nlp.websites.pages.warc_records import MAX_PAGE, read_answers
from fourp_nlp.websites.scope import Scopes, host_of
from fourp_nlp.websites.sitemap import is_sitemap
from fourp_nlp.websites.tables import PAGES
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from fourp_nlp.websites.pages._extraction import Extracted

__all__ = ["read_pages", "site_of"]

LANGUAGES = ("en",)
_MANY = 50
"""Visible words that were not kept, from which a page of which less than half was kept is told."""


def read_pages(
    warc: Path,
    *,
    sites: pd.DataFrame | None = None,
    site: str = "",
    languages: Collection[str] = LANGUAGES,
    max_page: int = MAX_PAGE,
    scratch: Path | None = None,
) -> Iterator[pd.DataFrame]:
    """Read a WARC file's pages, site by site.

    Answers with another status than 200 are no pages; of one URL, the first answer counts. What the site
    repeats stays on the first page that says it (`Repeated`); pages that are nearly the same are folded
    into the first of them (`first_alike`). Of a page in several languages, the blocks in those that are
    wanted are kept (`in_languages`). Pages in other languages, answers without text, pages that say that they
    do not exist, and what was not wanted when it was fetched are listed without a text.

    Parameters
    ----------
    warc : pathlib.Path
        The file.
    sites : pandas.DataFrame, optional
        The table SITES: a page belongs to the site whose host, or whose folder of a shared host, it lies
        in (`Scopes`). Other hosts are sites by themselves, without a group.
    site : str
        Id of the site that every page of the file belongs to, as in a file that `fourp collect` wrote.
    languages : collection of str
        ISO 639-1 codes of the languages that are kept; empty for all. A text too short to tell is kept.
    max_page : int
        Bytes that one answer may unfold to.
    scratch : pathlib.Path, optional
        Where temporary files are made; by default where the system keeps them.

    Yields
    ------
    pandas.DataFrame
        The table PAGES: pages of one site, at most `WINDOW` of them at a time, in the order in which they
        were fetched.

    Raises
    ------
    DocumentError
        If the file cannot be read.
    MissingExtraError
        If the extra ``web`` is not installed.
    """
    scopes = Scopes(() if sites is None else zip(sites["site"], sites["urls"], strict=True))
    groups = {} if sites is None else dict(zip(sites["site"], sites["group"], strict=True))
    with Spool(scratch) as spool:
        for answer in read_answers(warc, max_page=max_page):
            if answer.status == 200:
                name = site or scopes.site_of(answer.url) or host_of(answer.url) or "unknown"
                if is_sitemap(answer.content):
                    continue
                page = {
                    "document": f"{name}/{answer.url.partition('://')[2] or answer.url}",
                    "url": answer.url,
                    "fetched_at": answer.fetched_at,
                    "record_id": answer.record_id,
                    **_read(extract(answer, scratch), frozenset(languages)),
                }
                spool.put(name, answer.url, page)
        for name in spool.sites():
            for rows in _tidied(spool, name):
                frame = pd.DataFrame(rows)
                frame["site"], frame["group"] = name, groups.get(name, "")
                frame["warc"] = warc.name
                yield conform(frame, PAGES)


def site_of(url: str, sites: pd.DataFrame) -> str:
    """Return the id of the site that a URL belongs to; its host where it is none of the list.

    Parameters
    ----------
    url : str
        The URL.
    sites : pandas.DataFrame
        The table SITES.

    Returns
    -------
    str
        The site's id.
    """
    scopes = Scopes(zip(sites["site"], sites["urls"], strict=True))
    return scopes.site_of(url) or host_of(url)


def _read(extracted: Extracted, languages: frozenset[str]) -> dict[str, Any]:
    """Return what is known of a page, its text without blocks in languages that are not wanted."""
    page: dict[str, Any] = {
        "mime": extracted.mime,
        "title": extracted.title,
        "date": extracted.date,
        "text": extracted.text,
        "language": "",
        "status": extracted.fate,
        "reason": extracted.problem,
        "visible_words": extracted.visible,
        "note": "",
    }
    if extracted.fate != "kept":
        return page
    # Lines of a page are its blocks; those of a handout may be parts of sentences.
    by = "\n" if extracted.visible else "\n\n"
    rest = in_languages(extracted.text, languages, declared=extracted.languages, by=by)
    page.update(text=rest.text, language=rest.language)
    notes = [extracted.doubts] if extracted.doubts else []
    if (
        extracted.visible
        and 2 * extracted.words < extracted.visible
        and extracted.visible - extracted.words >= _MANY
    ):
        notes.append(f"kept {extracted.words:,} of {extracted.visible:,} visible words")
    if not rest.text:
        page.update(
            status="other_language",
            reason=f"Its language is {rest.language}; wanted: {', '.join(sorted(languages))}.",
        )
    elif rest.blocks:
        blocks = "1 block" if rest.blocks == 1 else f"{rest.blocks:,} blocks"
        note = (
            f"{blocks} in other languages left out ({', '.join(rest.others)}; {rest.words:,} words)"
        )
        notes.append(note)
    page["note"] = "; ".join(notes)
    return page


def _tidied(spool: Spool, site: str) -> Iterator[list[dict[str, Any]]]:
    """Leave out what is repeated, and fold what is nearly the same."""
    repeated = Repeated()
    for page in spool.pages(site):
        if page["status"] == "kept":
            repeated.see(page["text"])
    rows: list[dict[str, Any]] = []
    for page in spool.pages(site):
        page.update(same_as="", copies=0, repeated_words=0)
        if page["status"] == "kept":
            page["text"], page["repeated_words"] = repeated.without(page["text"])
            if not page["text"]:
                page.update(status="empty", reason="Other pages of the site say all that it says.")
        rows.append(page)
        if len(rows) == WINDOW:
            yield _folded(rows)
            rows = []
    if rows:
        yield _folded(rows)


def _folded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [row for row in rows if row["status"] == "kept"]
    first = first_alike([row["text"] for row in kept])
    for number, (row, into) in enumerate(zip(kept, first.tolist(), strict=True)):
        kept[into]["copies"] += 1
        if into != number:
            row.update(
                status="folded",
                same_as=kept[into]["document"],
                reason="It is nearly the same as another page.",
            )
    for row in rows:
        text = row["text"] if row["status"] == "kept" else ""
        row.update(
            text=text,
            words=count_words(text),
            sha256=hashlib.sha256(text.encode()).hexdigest() if text else "",
        )
    return rows
