"""What stands at the edge of a passage and is no part of it: times, notes, bullets and labels."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Opening", "find_labels", "has_words", "peel", "trim"]

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_SPAN = rf"{_CLOCK}(?:\s*(?:-->|[-–—]|to)\s*{_CLOCK})?"
_BRACKETED_TIME = re.compile(rf"[\[(<{{]\s?{_SPAN}\s?[\])>}}]")
# "10:30 was late" and "10:30 a.m. is early" begin a sentence; "00:14 We began" begins with a stamp.
_BARE_TIME = re.compile(rf"{_SPAN}(?=\s|$)(?!\s*(?:[apAP]\.?\s?[mM]\b|[a-z(]))")
_NOTE = re.compile(r"\[([^\[\]\n]{1,80})\]|\(([^()\n]{1,40})\)")
_NOTE_AT_END = re.compile(r"(?:\[([^\[\]\n]{1,80})\]|\(([^()\n]{1,40})\))$")
_ONLY_NOTE = re.compile(r"\s*\[[^\[\]\n]*\][.\s]*")
_HEARD = re.compile(
    r"\W*(?:(?:a |an |all |both |brief |loud |long |short |some |general |group |everyone )?"
    r"(?:laugh|inaudible|unclear|unintelligible|indiscernible|cross-?\s?talk|overlapping|paus"
    r"|silen|applau|cough|sigh|chuckl|giggl|cries|crying|sobs|sobbing|sniff|clears? throat|noise"
    r"|background|music|phone r|door |recording|interrupt|audio|tape |whisper|nods|end of"
    r"|start of))",
    re.IGNORECASE,
)
_HEARD_IN_PARENTHESES = re.compile(
    r"(?:laugh|inaudible|unclear|unintelligible|indiscernible|cross-?\s?talk|pauses?$|silence$"
    r"|applause$|cough|sigh|chuckl|giggl|crying$)\S*(?:\s\S+){0,2}$",
    re.IGNORECASE,
)
_BULLET = re.compile(
    r"(?:[-–—*•‣▪◦·●○■□➢]{1,3}|\d{1,3}[.)]|\((?:\d{1,3}|[a-z]|[ivx]{1,4})\)"
    r"|[a-z]\)|[ivx]{1,4}\))\s+(?=\S)"
)
_WORD = r"[\w.'’&/#-]{1,30}"
_LABEL = re.compile(
    rf"(?P<name>[^\W_][\w.'’&/#-]{{0,30}}(?:,?[ ]{_WORD}){{0,4}}(?:\s?\([^()\n:]{{1,20}}\))?)"
    rf"\s?(?:[\[(<]?{_CLOCK}[\])>]?\s?)?:(?=\s|$)"
)
_NAME_AND_TIME = re.compile(
    rf"(?P<name>[^\W_]{_WORD}(?:[ ]{_WORD}){{0,3}})\s+[\[(]?{_CLOCK}[\])]?$"
)
_INITIALS = re.compile(r"[A-Z]{1,3}\d{0,3}$")
_HAS_WORDS = re.compile(r"[^\W_]")

_ROLES = frozenset(
    {
        "audience", "caller", "chair", "facilitator", "guest", "host", "interviewee",
        "interviewer", "moderator", "narrator", "panelist", "panellist", "participant",
        "presenter", "reporter", "researcher", "respondent", "speaker", "translator",
    }
)  # fmt: skip
_TITLES = frozenset(
    {
        "chief", "constable", "councillor", "cst", "det", "detective", "dr", "father", "insp",
        "inspector", "judge", "justice", "mayor", "minister", "miss", "mr", "mrs", "ms", "mx",
        "officer", "prof", "professor", "rev", "senator", "sergeant", "sgt", "sister",
    }
)  # fmt: skip
_PARTICLES = frozenset(
    {"and", "al", "bin", "da", "de", "del", "der", "di", "du", "la", "le", "of", "van", "von", "y"}
)
# Words that begin a remark, a form or a heading and not a person's speech.
_NO_SPEAKERS = frozenset(
    {
        "a", "about", "action", "actions", "activities", "activity", "address", "agenda", "aim",
        "aims", "also", "an", "and", "answers", "appendix", "at", "attendees", "author",
        "background", "because", "big", "but", "cc", "chapter", "conclusion", "conclusions",
        "contact", "contents", "copyright", "cost", "date", "definition", "details", "discussion",
        "distribution", "duration", "email", "e-mail", "every", "example", "examples", "fact",
        "facts", "fax", "figure", "finally", "finding", "findings", "first", "for", "from", "goal",
        "goals", "he", "her", "here", "his", "how", "however", "i", "if", "important", "in",
        "introduction", "issue", "it", "its", "key", "last", "lesson", "lessons", "link", "links",
        "location", "materials", "members", "message", "method", "methods", "mission", "more",
        "my", "name", "nb", "new", "next", "no", "note", "notes", "number", "objective",
        "objectives", "on", "one", "option", "or", "other", "our", "outcome", "outcomes", "outline",
        "overview", "p.s", "page", "part", "phase", "phone", "photo", "place", "please", "point",
        "points", "present", "principle", "principles", "problem", "process", "program",
        "programme", "project", "ps", "published", "purpose", "questions", "re", "reason",
        "reasons", "recommendation", "recommendations", "reference", "references", "regarding",
        "remember", "reminder", "resource", "resources", "result", "results", "review", "schedule",
        "second", "section", "services", "she", "slide", "so", "solution", "some", "source",
        "sources", "status", "step", "steps", "strategies", "strategy", "subject", "summary",
        "table", "target", "task", "tasks", "tel", "telephone", "that", "the", "their", "theme",
        "then", "there", "these", "they", "third", "this", "those", "time", "tip", "tips", "title",
        "to", "today", "tomorrow", "topic", "topics", "two", "update", "url", "values", "venue",
        "version", "vision", "warning", "we", "web", "website", "what", "when", "where", "which",
        "who", "why", "with", "yes", "you", "your",
    }
)  # fmt: skip


class Opening(NamedTuple):
    """Where the words of a line begin, and what was in front of them."""

    start: int
    speaker: str | None
    is_bullet: bool
    peeled: bool


class _Candidate(NamedTuple):
    name: str
    end: int


def has_words(text: str) -> bool:
    """Tell whether a text has a letter or a digit.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        Whether it has.
    """
    return _HAS_WORDS.search(text) is not None


def find_labels(text: str, lines: Iterable[tuple[int, int]]) -> frozenset[str]:
    """Return the names before colons that are speakers' labels in this document.

    Roles, titles, initials and capitals are labels wherever they stand. A name in mixed case is one
    if it comes twice, if two words of it are followed by a whole sentence, or if half of the lines
    begin in that way: "Housing: a plan" is none of these.

    Parameters
    ----------
    text : str
        Text of the document.
    lines : iterable of tuple of int
        Start and end of each line.

    Returns
    -------
    frozenset of str
        Names as they are written.
    """
    count: Counter[str] = Counter()
    followed: set[str] = set()
    total = 0
    for start, end in lines:
        total += 1
        candidate = _candidate(text, _after_times(text, start, end), end)
        if candidate is None or not _is_name(candidate.name):
            continue
        count[candidate.name] += 1
        said = text[candidate.end : end].strip()
        if not said or said[-1] in '.!?…"”)' or said[-1] == "]" or len(said.split(None, 8)) > 7:
            followed.add(candidate.name)
    is_dialogue = len(count) > 1 and count.total() * 2 >= total
    return frozenset(
        name
        for name, times in count.items()
        if _is_plain_label(name)
        or times > 1
        or is_dialogue
        or (len(name.split()) > 1 and name in followed)
    )


def peel(text: str, start: int, end: int, labels: frozenset[str]) -> Opening:
    """Pass over the times, notes, bullet and label with which a line begins.

    Parameters
    ----------
    text : str
        Text of the document.
    start, end : int
        Span of the line.
    labels : frozenset of str
        The document's labels.

    Returns
    -------
    Opening
        Where the words begin (``end`` if there are none) and what was passed over.
    """
    speaker: str | None = None
    bullet = False
    place = start
    while True:
        place = _after_times(text, place, end)
        candidate = _candidate(text, place, end) if speaker is None else None
        if candidate is not None and candidate.name in labels:
            speaker, place = candidate.name, candidate.end
        elif not bullet and (found := _BULLET.match(text, place, end)):
            bullet, place = True, found.end()
        else:
            break
    place = _trim_start(text, place, end)
    return Opening(place, speaker, bullet, peeled=place > start)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Take white space, transcriber's notes and bracketed times from both ends of a span.

    Parameters
    ----------
    text : str
        Text of the document.
    start, end : int
        The span.

    Returns
    -------
    tuple of int
        The span that is left; empty if it had no words of its own.
    """
    start = _trim_start(text, start, end)
    end = _trim_end(text, start, end)
    if not has_words(text[start:end]) or _ONLY_NOTE.fullmatch(text, start, end):
        return start, start
    return start, end


def _trim_start(text: str, start: int, end: int) -> int:
    while True:
        while start < end and text[start].isspace():
            start += 1
        found = _BRACKETED_TIME.match(text, start, end)
        if found is None:
            found = _NOTE.match(text, start, end)
            if found is None or not _is_note(found, following=text[found.end() : end][:3].strip()):
                return start
        start = found.end()


def _trim_end(text: str, start: int, end: int) -> int:
    while True:
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start < 3 or text[end - 1] not in "])>}":
            return end
        first = max(start, end - 84)
        tail = text[first:end]
        opening = max(tail.rfind(mark) for mark in "[(<{")
        if opening < 0:
            return end
        found = _BRACKETED_TIME.fullmatch(tail, opening)
        if found is None:
            found = _NOTE_AT_END.match(tail, opening)
            before = tail[:opening].rstrip()[-1:]
            if found is None or not _is_note(found, before=before):
                return end
        end = first + opening


def _is_note(found: re.Match[str], *, before: str = "", following: str = "") -> bool:
    """Tell a transcriber's note from words that an editor put in, such as "[The town] agreed"."""
    if found.group(2) is not None:
        return _HEARD_IN_PARENTHESES.match(found.group(2)) is not None
    words = found.group(1)
    if _HEARD.match(words) or _BRACKETED_TIME.fullmatch(f"[{words}]"):
        return True
    return words[:1].islower() and (following[:1].isupper() or before in {".", "!", "?", "…"})


def _after_times(text: str, start: int, end: int) -> int:
    while True:
        start = _trim_start(text, start, end)
        found = _BARE_TIME.match(text, start, end)
        if found is None:
            return start
        start = found.end()


def _candidate(text: str, start: int, end: int) -> _Candidate | None:
    found = _LABEL.match(text, start, end)
    if found is None and end - start < 80:
        found = _NAME_AND_TIME.match(text, start, end)
    return None if found is None else _Candidate(found.group("name").strip(), found.end())


def _parts(name: str) -> list[str]:
    return [part.strip(".,'’-#").casefold() for part in name.partition("(")[0].split()]


def _is_name(name: str) -> bool:
    """Tell whether a label could be a name or a role at all."""
    words = name.partition("(")[0].replace(",", "").split()
    lowered = _parts(name)
    if not words or (len(words) == 1 and _INITIALS.match(words[0]) and lowered[0] not in _NOT_ONE):
        return bool(words)
    if lowered[0] in _ROLES and len(words) <= 3:
        return True
    if lowered[0] in _NO_SPEAKERS or lowered[-1] in _NO_SPEAKERS:
        return False
    has_role = bool(_ROLES.intersection(lowered))
    if has_role and len(words) <= 3:
        return True
    return words[0][0].isupper() and all(
        word[0].isupper() or low in _PARTICLES for word, low in zip(words, lowered, strict=True)
    )


def _is_plain_label(name: str) -> bool:
    """Tell whether a name is a label even if it comes only once."""
    lowered = _parts(name)
    letters = [letter for letter in name.partition("(")[0] if letter.isalpha()]
    return (
        bool(_ROLES.intersection(lowered))
        or lowered[0] in _TITLES
        or all(letter.isupper() for letter in letters)
    )


_NOT_ONE = frozenset({"nb", "ps", "re", "cc", "no", "so", "to", "tel", "fax", "url", "it", "we"})
