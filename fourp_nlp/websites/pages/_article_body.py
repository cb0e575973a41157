"""The `articleBody` of pages that show no text without scripts."""

from __future__ import annotations

import html
import json
import re
from typing import Any

__all__ = ["article_body"]

_SCRIPT = re.compile(r"<script\b[^>]{0,200}\bapplication/ld\+json\b[^>]{0,200}>", re.IGNORECASE)
_MOST = 20
_LONGEST = 2_000_000
_TAGS = re.compile(r"<[^<>]{0,500}>")
_DEEPEST = 6


def article_body(markup: str) -> str:
    """Return the text of a page's ``articleBody`` (schema.org, as JSON-LD).

    It is the longest one; empty if there is none.
    """
    bodies: list[str] = []
    at = 0
    for _ in range(_MOST):
        begins = _SCRIPT.search(markup, at)
        if begins is None:
            break
        at = markup.find("</script", begins.end())
        if at < 0:
            break
        written = markup[begins.end() : min(at, begins.end() + _LONGEST)]
        try:
            bodies += _bodies(json.loads(written), 0)
        except (ValueError, RecursionError):
            continue
    longest = max(bodies, key=len, default="")
    return html.unescape(_TAGS.sub(" ", longest))


def _bodies(value: Any, depth: int) -> list[str]:
    if depth > _DEEPEST:
        return []
    if isinstance(value, list):
        return [text for one in value[:100] for text in _bodies(one, depth + 1)]
    if not isinstance(value, dict):
        return []
    bodies = [text for text in [value.get("articleBody")] if isinstance(text, str)]
    return bodies + [text for one in list(value.values())[:100] for text in _bodies(one, depth + 1)]
