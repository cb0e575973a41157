"""Lines that transcription programs add: transcriber, date, keywords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.turns._lines import is_speech
from fourp_nlp.turns.speaker_names import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fourp_nlp.turns._lines import Page
    from fourp_nlp.turns.label_candidates import Sighting

__all__ = ["boilerplate_in", "header_fields", "listed_speakers"]

_LONGEST = 200
_TOP = 25
_PROGRAMS = (
    r"(?:otter|rev|trint|descript|sonix|temi|happy ?scribe|turbo ?scribe|go ?transcript|scribie"
    r"|fireflies|notta|amberscript|noscribe|atrain|cockatoo|riverside|zoom|microsoft|teams|google"
    r"|whisper|openai|verbit|3play|speechmatics|assembly ?ai|deepgram|tactiq|fathom|read ai|grain"
    r"|avoma|airgram|maestra|veed|kapwing|amara|simon ?says|audext|transcribeme|podcastle|krisp"
    r"|f4x|f4transkript|easytranscript|dragon|webex|webtext|youtube|apple|tldv)\b"
)
# Whole lines that only a program writes.
_SIGNATURE = re.compile(
    r"(?:"
    rf"\W*(?:this |the )?(?:file |audio |video |text )?(?:was |is )?(?:automatically |machine[- ])?"
    rf"(?:transcribed|transcription|transcript|captioned|captions?|subtitles?|subtitled)"
    rf"(?: prepared| created| generated| provided| powered| made)? (?:by|with|from|using) [^.!?\n]{{0,40}}?"
    rf"(?:https?://|www\.)?{_PROGRAMS}.{{0,80}}"
    r"|this transcript was exported on .{1,80}"
    r"|SUMMARY KEYWORDS|WEBVTT(?: .{0,60})?"
    r"|[^.!?\n:]{2,60} (?:started|stopped|has started|has stopped) (?:the )?transcription"
    r"|[^\n]{1,90}[-_ ]\d{8}_\d{6}[^\n]{0,30}(?:transcript|recording)[^\n]{0,10}"
    r"|[^\n]{1,90} ?[-–] ?(?:meeting )?(?:transcript|recording)"
    r"|(?:note: )?this (?:editable )?transcript (?:was|is|has been) (?:computer|machine|auto)[^\n]{0,160}"
    r"|meeting ended after [^\n]{1,40}"
    r"|[^\n]{1,90}\(completed \d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\)[^\n]{0,40}"
    r"|https?://(?:www\.)?[\w.-]{0,40}(?:otter\.ai|rev\.com|trint\.com|sonix\.ai|descript\.com)/?\S{0,120}"
    r")\W*",
    re.IGNORECASE,
)
# Whole lines that people write, too: boilerplate beside a signature or around turns.
_USUAL = re.compile(
    r"\W*(?:"
    r"page ?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?"
    r"|(?:the )?(?:end|start|beginning) of (?:the )?(?:recording|transcript|transcription|audio|tape"
    r"|interview|meeting|session|recorded material|file|call)(?: (?:\d|at )[^\n]{0,20})?"
    r"|(?:recording|transcript|transcription|audio|interview|tape|meeting) (?:ends|ended|begins|starts"
    r"|started|stopped|stops)(?: (?:at )?[\d:.]{3,10})?"
    r"|(?:transcribed|transcription|transcript|typed|checked|proofread) (?:prepared )?by:? [^.!?\n]{2,60}"
    r"|(?:audio source|audio file|media file|source|file name|filename) ?: .{1,120}|audio file|transcript"
    r"|[^\s/]{1,80}\.(?:mp3|mp4|m4a|wav|wma|aac|flac|mov|ogg|webm)"
    r"|kind: [a-z]{3,12}|language: [a-z-]{2,10}"
    r")\W*",
    re.IGNORECASE,
)
# One of these is in every line that the patterns match.
_KEYS = (
    "transcri", "caption", "subtitle", "keywords", "webvtt", "recording", "meeting", "(completed",
    "http", "page", "audio", "source", "media", "tape", "interview", "session", "material", "end of", "file",
    "call", "typed", "checked", "proofread", "kind:", "language:", ".mp", ".m4a", ".wav", ".wma", ".aac",
    ".flac", ".mov", ".ogg", ".webm",
)  # fmt: skip
_PAGE_OF = re.compile(r"\W*page \d{1,4} of \d{1,4}\W*", re.IGNORECASE)
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|ene|abr|ago|dic|janv|févr|juin"
    r"|juil|août|déc)[^\W\d_]{0,9}\.?"
)
_DAY = (
    rf"(?:[^\W\d_]{{2,10}}\.?,? )?(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:de )?{_MONTH},? (?:de )?\d{{4}}"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4})"
)
_TIME = r"(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?)"
_LENGTH = r"(?:\d{1,3} ?(?:h|hr|hrs|hours?|m|min|mins|minutes?|s|sec|secs|seconds?)\b\.? ?){1,3}"
_DATE = re.compile(
    rf"\W*(?:{_DAY}(?:,? (?:at )?{_TIME})?|{_LENGTH}|{_TIME})(?:\W+(?:{_LENGTH}|{_TIME}))*\W*",
    re.IGNORECASE,
)
_LISTS = frozenset(
    {"speakers", "participants", "attendees", "present", "teilnehmer", "participantes"}
)
_PARTED = re.compile(r"[,;]| and | & |\t")


def listed_speakers(lines: Sequence[str]) -> Iterator[str]:
    """Yield the names that the head of a transcript lists as speakers.

    Names are from under SPEAKERS, or behind "Participants:".
    """
    for place, line in enumerate(lines[: 2 * _TOP]):
        head, _, names = line.partition(":")
        if head.casefold() not in _LISTS or len(line) > 400:
            continue
        if not names and place + 1 < len(lines):
            names = lines[place + 1]
        for name in _PARTED.split(names):
            kept = name.strip(" .")
            if kept and kind_of(kept) > Kind.ODD:
                yield kept


def header_fields(page: Page, labels: Iterable[Sighting]) -> frozenset[int]:
    """Return the lines of a head of fields, such as "Date: 5 May" and "Interviewer: Anna Roe".

    `labels` has those of the head too. There are no lines if there is no such head, or fewer than
    two labels besides.
    """
    fields: list[int] = []
    last = -1
    certain = 0
    for place in range(min(len(page.lines), _TOP)):
        line = page.lines[place]
        head, colon, value = line.partition(":")
        if not line or page.is_time[place]:
            continue
        if (
            not colon
            or len(head) > 40
            or (value.strip() and value.strip()[-1] in ".!?…" and certain < 2)
        ):
            if is_speech(line) or fields:
                break
            continue
        fields.append(place)
        if kind_of(head.strip()) is Kind.NEVER or head.strip().casefold() in _LISTS:
            certain += 1
            last = place
    if certain < 2:
        return frozenset()
    end = last
    for place in fields:
        if place > end:
            if not page.lines[place - 1] or is_speech(page.lines[place]):
                break
            end = place
    if end > last and end + 1 < len(page.lines) and page.lines[end + 1]:
        end = last
    top = frozenset(place for place in fields if place <= end)
    return top if sum(one.line > end for one in labels) > 1 else frozenset()


def boilerplate_in(page: Page, labels: Sequence[Sighting]) -> frozenset[int]:
    """Return the lines that a program or a transcriber wrote around the words.

    Only where the document is a transcript: with labels, or with a program's own line and times.
    """
    heads = {place for one in labels for place in range(one.top, one.bottom + 1)}
    candidates = _candidates(page, heads)
    signed = {place for place, line in candidates if _SIGNATURE.fullmatch(line) is not None}
    times = sum(page.is_time)
    if len(labels) < 2 and not (signed and (labels or times or page.is_timed)):
        return frozenset()
    first = (
        labels[0].top
        if labels
        else next((place for place, is_time in enumerate(page.is_time) if is_time), len(page.lines))
    )
    last = labels[-1].bottom if labels else len(page.lines)
    boilerplate = set(signed)
    pages = [place for place, line in candidates if _PAGE_OF.fullmatch(line)]
    for place, line in candidates:
        if _USUAL.fullmatch(line) is None:
            continue
        outside = place < first or place > last
        if outside or (place in pages and (signed or len(pages) > 1)) or line[0] in "[(<*-–—":
            boilerplate.add(place)
    boilerplate |= _keywords(page, heads, first)
    if signed:
        boilerplate |= _top(page, boilerplate, first)
        boilerplate |= _beside(page, boilerplate, heads, first)
    return frozenset(boilerplate)


def _candidates(page: Page, heads: set[int]) -> list[tuple[int, str]]:
    return [
        (place, page.lines[place])
        for place in page.lines_with(_KEYS, _LONGEST)
        if place not in heads
    ]


def _keywords(page: Page, heads: set[int], first: int) -> set[int]:
    """Return the keywords and speakers that Otter lists at the top, up to an empty line each."""
    keywords: set[int] = set()
    inside = False
    for place, line in enumerate(page.lines[: min(first, 4 * _TOP)]):
        if line in {"SUMMARY KEYWORDS", "KEYWORDS"} or (line == "SPEAKERS" and keywords):
            inside = True
        elif (not line and keywords and place - 1 not in keywords) or (
            not line and page.lines[place - 1] not in {"SUMMARY KEYWORDS", "SPEAKERS"}
        ):
            inside = False
        if inside and line and place not in heads:
            keywords.add(place)
    return keywords


def _top(page: Page, boilerplate: set[int], first: int) -> set[int]:
    """Return dates and durations before the first turn, and the title above them in one block."""
    top: set[int] = set()
    for place in range(min(first, 2 * _TOP)):
        line = page.lines[place]
        if line and len(line) < 90 and _DATE.fullmatch(line):
            top.add(place)
    for place in sorted(top | {number for number in boilerplate if number < first}):
        above = place - 1
        while above >= 0 and page.lines[above] and above not in boilerplate | top:
            if is_speech(page.lines[above]) and page.lines[above][-1] not in ")]":
                break
            top.add(above)
            above -= 1
    return top


def _beside(page: Page, boilerplate: set[int], heads: set[int], first: int) -> set[int]:
    """Return lines of a page's foot, which stand in one block with a program's own line."""
    foot: set[int] = set()
    for place in boilerplate:
        if place < first:
            continue
        block = [place]
        for step in (-1, 1):
            other = place + step
            while 0 <= other < len(page.lines) and page.lines[other]:
                block.append(other)
                other += step
        if not heads.intersection(block) and all(
            one in boilerplate or not is_speech(page.lines[one]) for one in block
        ):
            foot.update(block)
    return foot
