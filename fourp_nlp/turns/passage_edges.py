"""The edges of a passage that are not its text: times, notes, bullets."""

from __future__ import annotations

import re

from fourp_nlp.turns.time_stamps import BARE, BARE_AT_END, BRACKETED, MARK, OPENERS, SPELT

__all__ = ["BULLET", "after_marks", "has_words", "is_note_of_sound", "is_only_marks", "trim"]

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
BULLET = re.compile(
    r"(?:[-–—*•‣▪◦·●○■□➢]{1,3}|\d{1,3}[.)]|\((?:\d{1,3}|[a-z]|[ivx]{1,4})\)"
    r"|[a-z]\)|[ivx]{1,4}\))\s+(?=\S)"
)
"""What begins an item of a list."""

_HAS_WORDS = re.compile(r"[^\W_]")
_CLOSERS = "])>}#"


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


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Take white space, transcriber's notes and stamps from both ends of a span.

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
    start = after_notes(text, start, end)
    end = _trim_end(text, start, end)
    if not has_words(text[start:end]) or _ONLY_NOTE.fullmatch(text, start, end):
        return start, start
    return start, end


def after_notes(text: str, start: int, end: int) -> int:
    """Return where a span begins behind white space, notes and stamps with brackets or marks."""
    while True:
        while start < end and text[start].isspace():
            start += 1
        if start == end or text[start] not in OPENERS:
            return start
        match = BRACKETED.match(text, start, end)
        if match is None:
            match = _NOTE.match(text, start, end)
            if match is None or not _is_note(match, following=text[match.end() : end][:3].strip()):
                return start
        start = match.end()


def after_marks(text: str, start: int, end: int, *, timed: bool) -> int:
    """Return where a span begins behind notes and stamps, those without brackets among them.

    Parameters
    ----------
    text : str
        Text of the document, or a line of it.
    start, end : int
        The span.
    timed : bool
        Whether the document's lines begin with times, so that one is a stamp whatever follows.

    Returns
    -------
    int
        The place of the first character behind them.
    """
    bare = MARK if timed else BARE
    while True:
        start = after_notes(text, start, end)
        if start == end or not text[start].isdigit():
            return start
        match = bare.match(text, start, end)
        if match is None:
            return start
        start = match.end()


def is_only_marks(line: str) -> bool:
    """Tell whether a line is nothing but a time."""
    return any(stamp.fullmatch(line) is not None for stamp in (MARK, BRACKETED, SPELT))


def is_note_of_sound(words: str) -> bool:
    """Tell whether the words in brackets are a note of what was heard, or of a time."""
    return _HEARD.match(words) is not None or BRACKETED.fullmatch(f"[{words}]") is not None


def _trim_end(text: str, start: int, end: int) -> int:
    while True:
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start < 3:
            return end
        if text[end - 1].isdigit() and (
            match := BARE_AT_END.search(text, max(start, end - 20), end)
        ):
            end = match.start()
            continue
        if text[end - 1] not in _CLOSERS:
            return end
        first = max(start, end - 84)
        tail = text[first:end]
        opening = (
            tail.rfind("#", 0, -1) if tail[-1] == "#" else max(tail.rfind(mark) for mark in "[(<{")
        )
        if opening > 0 and tail[opening - 1] == "¤":
            opening -= 1
        if opening < 0:
            return end
        match = BRACKETED.fullmatch(tail, opening)
        if match is None:
            match = _NOTE_AT_END.match(tail, opening)
            before = tail[:opening].rstrip()[-1:]
            if match is None or not _is_note(match, before=before):
                return end
        end = first + opening


def _is_note(match: re.Match[str], *, before: str = "", following: str = "") -> bool:
    """Tell a transcriber's note from words that an editor put in, such as "[The town] agreed"."""
    if match.group(2) is not None:
        return _HEARD_IN_PARENTHESES.match(match.group(2)) is not None
    words = match.group(1)
    if is_note_of_sound(words):
        return True
    return words[:1].islower() and (following[:1].isupper() or before in {".", "!", "?", "…"})
