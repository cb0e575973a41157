"""The tables of websites: sites, fetched URLs, and pages as documents."""

from __future__ import annotations

from fourp_nlp.columns import make_table

__all__ = ["FETCHED", "PAGES", "SITES"]


SITES = make_table(
    "sites",
    site=("str", "id of the site: a case; letters, digits, _ and -"),
    name=("str", "its name"),
    group=("str", "the group that it belongs to; empty where none was given"),
    urls=("str", "start URLs, with spaces between"),
    max_pages=("int64", "pages to fetch at most"),
    max_depth=("int64", "links to follow from a start URL at most"),
    max_bytes=("int64", "bytes to fetch at most, of all pages together"),
    max_seconds=("int64", "seconds to spend at most"),
    delay=("float64", "seconds between two requests at least; robots.txt may ask for more"),
)

FETCHED = make_table(
    "fetched",
    site=("str", "id of the site"),
    url=("str", "the URL asked for"),
    outcome=(
        "str",
        "fetched, redirected, refused (by a rule of ours or of robots.txt), failed, or cut (over a limit)",
    ),
    status=("int64", "HTTP status; 0 where there was none"),
    bytes=("int64", "bytes of the answer as they came"),
    reason=("str", "why, where it was not fetched; empty otherwise"),
    record_id=("str", "WARC-Record-ID of the response; empty if there is none"),
    fetched_at=("str", "date and time, UTC, ISO 8601"),
)

PAGES = make_table(
    "pages",
    document=("str", "id of the page: the site's id, a slash and the URL without its scheme"),
    site=("str", "id of the site: the case"),
    group=("str", "the group that the site belongs to"),
    url=("str", "the page's URL, after redirects"),
    fetched_at=("str", "when it was fetched: date and time, UTC, ISO 8601"),
    warc=("str", "name of the WARC file that its bytes are in"),
    record_id=("str", "WARC-Record-ID of the response there"),
    mime=("str", "media type, as found in the bytes rather than as declared"),
    language=("str", "ISO 639-1 code of the main text; empty if it is too short to tell"),
    title=("str", "its title"),
    date=("str", "date of publication if the page gives one: YYYY-MM-DD; empty otherwise"),
    text=("str", "the normalised main text, without what the site repeats; empty unless kept"),
    sha256=("str", "SHA-256 of the text, in hexadecimal"),
    words=("int64", "words of the text"),
    copies=("int64", "number of pages that this one represents: itself and its near-duplicates"),
    repeated_words=("int64", "words left out because other pages of the site say them too"),
    status=(
        "str",
        "kept; folded (near-duplicate of another); other_language; empty (no text: an image, a script); "
        "not_found (says that there is no such page); unwanted (by its kind, when it was fetched); "
        "failed (cannot be read)",
    ),
    same_as=("str", "id of the page that it was folded into; empty otherwise"),
    reason=("str", "why it was not kept, in a sentence; empty otherwise"),
    visible_words=("int64", "words that a reader of the page sees; 0 for handouts"),
    note=(
        "str",
        "of a page that was kept: that less than half of its visible words were, how many blocks in other "
        "languages were left out, what is doubtful of its encoding; empty otherwise",
    ),
)
