"""Two dialogues of our own, and every form in which programs and people write a transcript of it.

They are made to be misread: colons, times and names inside speech, one-word answers, turns of
several paragraphs, names with particles, somebody who speaks once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Turns = Sequence[tuple[str, str]]

DIALOGUE: Turns = (
    (
        "Ana Diaz",
        "Thank you both for coming in. Let us begin with the shelter: how many beds are there?",
    ),
    (
        "Ben Roy",
        "We have eleven beds, and two of them are kept for young people.\n"
        "One thing: at 10:30 in the evening the door is locked. Whoever is late sleeps on the bench.",
    ),
    ("Ana Diaz", "And who decides that?"),
    ("Ben Roy", "Nobody."),
    (
        "Marie van der Berg",
        "That is not quite true. I was told, and I remember it because it was raining: Anna: the rule "
        "comes from the city. It was a Dr. Lee who wrote it down on Aug. 5, 2017.\n"
        "So we asked Ben",
    ),
    ("Ben Roy", "You asked me at 7:15, yes."),
    ("Ana Diaz", "Yes?"),
    (
        "Marie van der Berg",
        "Housing: that is the whole story. If people had housing, then nobody would need eleven beds.\n"
        "My question was always the same. Who pays for it: the city, the province, or we?",
    ),
    ("Ben Roy", "12 beds would be enough. Not 40."),
    ("Ana Diaz", "Mm-hmm."),
    (
        "Ben Roy",
        "And the police never called us, not once in 2017 or in 2018. They said, “Go home.” That was "
        "all [laughs] and then they left.",
    ),
    ("Salma El-Amin", "May I say something here? I only came for the minutes."),
    ("Ana Diaz", "Please do."),
    (
        "Marie van der Berg",
        "Let her finish – she knows the numbers. The ratio is 3:1, and it was 4:1 before.",
    ),
    ("Ana Diaz", "Good. Then we stop here, it is late."),
    ("Ben Roy", "Okay"),
    ("Marie van der Berg", "Thank you, Ana"),
    ("Ana Diaz", "Thank you all. Until next week then, in the same room."),
)


SECOND_DIALOGUE: Turns = (
    ("Interviewer", "Thank you for the tour. Where shall we begin?"),
    (
        "Nkechi Okonkwo-Reyes",
        "and then you saw the kitchen, which is the heart of it, as everybody says who comes back.",
    ),
    ("Interviewer", "Ilse: that is the name on the door."),
    (
        "Nkechi Okonkwo-Reyes",
        "Ilse: she painted it herself. At 6:45 she was here with the brush, and by noon it was dry.",
    ),
    ("Interviewer", "Was that in 2017 or in 2018?"),
    ("Nkechi Okonkwo-Reyes", "well it was the year of the flood"),
    ("Interviewer", "So the flood came first – and the paint after it?"),
    (
        "Nkechi Okonkwo-Reyes",
        "There were three of us in the boat, and one had a cat in a basket, and nobody had thought of the oars.",
    ),
    ("Interviewer", "Okay"),
    ("Nkechi Okonkwo-Reyes", "Eleven days. We counted them on the wall."),
    ("Interviewer", "And who came?"),
    (
        "Nkechi Okonkwo-Reyes",
        "Nobody did, not the council and not the press, until the water had gone and the mud was dry enough to walk on.",
    ),
)
"""A long double name, names and colons where turns begin, turns in small letters and without full stops."""


@dataclass(frozen=True)
class Form:
    """A form of transcript.

    Parameters
    ----------
    name : str
        The program, or how people call it.
    suffix : str
        Suffix of the file.
    render : callable
        Writes a dialogue in this form.
    shown : dict of str to str
        Names that this form shows instead of those of the dialogue.
    """

    name: str
    suffix: str
    render: Callable[[Turns], bytes]
    shown: dict[str, str] = field(default_factory=dict)


def words_right(segments: pd.DataFrame, dialogue: Turns) -> tuple[int, int, int]:
    """Return the words of a dialogue, those read under their speaker, and the words that nobody said."""
    there = [
        (word, speaker)
        for text, speaker in zip(segments["text"], segments["speaker"], strict=True)
        for word in text.split()
    ]
    said = [(word, speaker) for speaker, words in dialogue for word in words.split()]
    blocks = SequenceMatcher(
        None, [word for word, _ in said], [word for word, _ in there], autojunk=False
    ).get_matching_blocks()
    right = sum(
        said[block.a + at][1] == there[block.b + at][1]
        for block in blocks
        for at in range(block.size)
    )
    return len(said), right, len(there) - sum(block.size for block in blocks)


FORMS: dict[str, Form] = {}


def _form(name: str, suffix: str = ".txt", shown: dict[str, str] | None = None):
    def taken(render: Callable[[Turns], str]) -> Callable[[Turns], str]:
        FORMS[render.__name__.strip("_")] = Form(
            name, suffix, lambda turns: render(turns).encode("utf-8"), shown or {}
        )
        return render

    return taken


def _clock(number: int, *, hours: bool = False, tenths: bool = False) -> str:
    seconds = 3 + 11 * number
    minutes, seconds = divmod(seconds, 60)
    text = f"{minutes:02}:{seconds:02}"
    return f"{'00:' if hours or tenths else ''}{text}{'.5' if tenths else ''}"


def _short(number: int) -> str:
    return _clock(number).removeprefix("0")


def _times(number: int, *, mark: str = ".") -> str:
    return f"{_clock(number, hours=True)}{mark}000 --> {_clock(number + 1, hours=True)}{mark}000"


def _sentences(words: str) -> list[str]:
    """Cut as captions are cut: after at most seven words, whatever the sentence."""
    every = words.split()
    return [" ".join(every[at : at + 7]) for at in range(0, len(every), 7)]


@_form("Otter, text")
def _otter(turns: Turns) -> str:
    speakers = ", ".join(dict.fromkeys(name for name, _ in turns))
    body = "\n\n".join(f"{n}  {_clock(i)}\n{w}" for i, (n, w) in enumerate(turns))
    return (
        "Shelter talk, second part\nMon, Mar 04, 2024 2:31PM • 42:10\nSUMMARY KEYWORDS\n"
        f"beds, city, housing, police\nSPEAKERS\n{speakers}\n\n{body}\n\n"
        "Transcribed by https://otter.ai\n"
    )


@_form("Otter, paragraphs apart")
def _otter_paragraphs(turns: Turns) -> str:
    return "\n\n".join(
        f"{n}  {_clock(i)}\n" + w.replace("\n", "\n\n") for i, (n, w) in enumerate(turns)
    )


@_form("Rev")
def _rev(turns: Turns) -> str:
    parts = [f"{n} ({_clock(i)}):\n{w}\n" for i, (n, w) in enumerate(turns)]
    parts.insert(5, "Shelter_talk_2 (Completed 03/04/24)\nTranscript by Rev.com\nPage 1 of 2\n")
    return (
        "This transcript was exported on Mar 04, 2024 - view latest version here.\n\n"
        + "\n".join(parts)
        + "\nShelter_talk_2 (Completed 03/04/24)\nTranscript by Rev.com\nPage 2 of 2\n"
    )


@_form("Rev, older")
def _rev_older(turns: Turns) -> str:
    return "\n\n".join(f"{n}: {_clock(i)}\n{w}" for i, (n, w) in enumerate(turns))


@_form("Trint")
def _trint(turns: Turns) -> str:
    return "\n\n".join(f"{n} [{_clock(i, hours=True)}] {w}" for i, (n, w) in enumerate(turns))


@_form("Trint, names above")
def _trint_above(turns: Turns) -> str:
    return "\n\n".join(f"[{_clock(i, hours=True)}] {n}\n{w}" for i, (n, w) in enumerate(turns))


@_form("Descript")
def _descript(turns: Turns) -> str:
    return "\n\n".join(f"[{_clock(i, hours=True)}] {n}: {w}" for i, (n, w) in enumerate(turns))


@_form("Descript, Markdown", ".md")
def _descript_markdown(turns: Turns) -> str:
    parts = (f"**{n}:** " + w.replace("\n", "\n\n") for n, w in turns)
    return "# Shelter talk\n\n" + "\n\n".join(parts)


@_form("stars around names, as text")
def _stars(turns: Turns) -> str:
    return "\n\n".join(f"**{n}:** {w}" for n, w in turns)


@_form("Zoom, captions", ".vtt")
def _zoom(turns: Turns) -> str:
    parts = ["WEBVTT", ""]
    number = 0
    for name, words in turns:
        for part in _sentences(words):
            number += 1
            parts += [str(number), _times(number), f"{name}: {part}", ""]
    return "\n".join(parts)


@_form("Zoom, saved chat")
def _zoom_chat(turns: Turns) -> str:
    return "\n".join(
        f"10:{_clock(i)} From {n} to Everyone:\n\t{w}" for i, (n, w) in enumerate(turns)
    )


@_form("Zoom, older chat")
def _zoom_older_chat(turns: Turns) -> str:
    return "\n".join(
        f"10:{_clock(i)} From  {n} : {' '.join(w.split())}" for i, (n, w) in enumerate(turns)
    )


@_form("Zoom, copied from the page")
def _zoom_page(turns: Turns) -> str:
    return "\n".join(f"{n}\n{_clock(i)}\n{w}" for i, (n, w) in enumerate(turns))


@_form("Teams, captions", ".vtt")
def _teams(turns: Turns) -> str:
    parts = ["WEBVTT", ""]
    number = 0
    for name, words in turns:
        for part in _sentences(words):
            number += 1
            parts += [f"3f2-{number}/12-0", _times(number), f"<v {name}>{part}</v>", ""]
    return "\n".join(parts)


@_form("Teams, text of a Word file")
def _teams_text(turns: Turns) -> str:
    head = (
        "Shelter talk-20240304_143100-Meeting Recording\nMarch 4, 2024, 7:31PM\n27m 42s\n\n"
        "Ana Diaz started transcription\n\n"
    )
    body = "\n\n".join(f"{n}   {_short(i)}\n{w}" for i, (n, w) in enumerate(turns))
    return f"{head}{body}\n\nAna Diaz stopped transcription\n"


@_form("Teams, times above names")
def _teams_above(turns: Turns) -> str:
    return "\n".join(
        f"0:{_clock(i)}.0 --> 0:{_clock(i + 1)}.0\n{n}\n{w}" for i, (n, w) in enumerate(turns)
    )


@_form("Teams, times with single digits above names")
def _teams_single_digits(turns: Turns) -> str:
    def time(at: int) -> str:
        return f"0:{at * 7 // 60}:{at * 7 % 60}.{at % 10}0"

    return "\n".join(f"{time(i)} --> {time(i + 1)}\n{n}\n{w}" for i, (n, w) in enumerate(turns))


@_form("Word Online")
def _word_online(turns: Turns) -> str:
    return "Audio file\nshelter.mp3\n\nTranscript\n\n" + "\n\n".join(
        f"{_clock(i, hours=True)} {n}\n{w}" for i, (n, w) in enumerate(turns)
    )


@_form("Google Meet")
def _meet(turns: Turns) -> str:
    parts = [f"{n}: {' '.join(w.split())}" for n, w in turns]
    parts.insert(6, "00:05:00")
    return (
        "Mar 4, 2024\n\nShelter talk - Transcript\n\n00:00:00\n\n"
        + "\n\n".join(parts)
        + "\n\nMeeting ended after 00:27:42 👋\n\nThis editable transcript was computer generated and "
        "might contain errors. People can also change the text after it was created.\n"
    )


@_form("f4, stamps at the ends")
def _f4(turns: Turns) -> str:
    return "\n".join(
        f"{n}: {w} #{_clock(i, hours=True)}-{i % 10}#" for i, (n, w) in enumerate(turns)
    )


@_form("MAXQDA, stamps in front")
def _maxqda(turns: Turns) -> str:
    return "\n".join(f"#{_clock(i, tenths=True)}# {n}: {w}" for i, (n, w) in enumerate(turns))


@_form("ATLAS.ti, stamps close to the names")
def _atlas(turns: Turns) -> str:
    return "\n".join(f"{_clock(i, tenths=True)}{n}: {w}" for i, (n, w) in enumerate(turns))


@_form("QualCoder")
def _qualcoder(turns: Turns) -> str:
    return "\n".join(
        f"[{_clock(i, hours=True).replace(':', '.')}] {n}: {w}" for i, (n, w) in enumerate(turns)
    )


@_form("names in square brackets")
def _square(turns: Turns) -> str:
    return "\n".join(f"[{n}] {w}" for n, w in turns)


@_form("names in angle brackets")
def _angle(turns: Turns) -> str:
    return "\n".join(f"<{n}> {w}" for n, w in turns)


@_form("names in parentheses, alone")
def _round(turns: Turns) -> str:
    return "\n\n".join(f"({n})\n{w}" for n, w in turns)


_SPEAKERS = {
    "Ana Diaz": "SPEAKER_00",
    "Ben Roy": "SPEAKER_01",
    "Marie van der Berg": "SPEAKER_02",
    "Salma El-Amin": "SPEAKER_03",
}


@_form("Whisper with speakers", shown=_SPEAKERS)
def _whisper(turns: Turns) -> str:
    return "\n".join(f"[{_SPEAKERS[n]}]: {w}" for n, w in turns)


@_form("Whisper with speakers, captions", ".srt", shown=_SPEAKERS)
def _whisper_captions(turns: Turns) -> str:
    parts = []
    number = 0
    for name, words in turns:
        for part in _sentences(words):
            number += 1
            parts += [str(number), _times(number, mark=","), f"[{_SPEAKERS[name]}]: {part}", ""]
    return "\n".join(parts)


@_form("Sonix, speakers by number", shown={k: f"Speaker {i}" for i, k in enumerate(_SPEAKERS, 1)})
def _numbered_speakers(turns: Turns) -> str:
    number = {name: place for place, name in enumerate(_SPEAKERS, 1)}
    return "\n\n".join(
        f"[Speaker {number[n]}] ({_clock(i, hours=True)})\n{w}" for i, (n, w) in enumerate(turns)
    )


_LETTERS = {"Ana Diaz": "I", "Ben Roy": "B1", "Marie van der Berg": "B2", "Salma El-Amin": "B3"}


@_form("letters", shown=_LETTERS)
def _letters(turns: Turns) -> str:
    return "\n".join(f"{_LETTERS[n]}: {w}" for n, w in turns)


_COURT = {
    "Ana Diaz": "THE COURT",
    "Ben Roy": "THE WITNESS",
    "Marie van der Berg": "MS. VAN DER BERG",
    "Salma El-Amin": "MR. EL-AMIN",
}


@_form("court", shown=_COURT)
def _court(turns: Turns) -> str:
    return "\n".join(f"     {_COURT[n]}:  {w}" for n, w in turns)


_QUESTIONS = {
    "Ana Diaz": "Q",
    "Ben Roy": "A",
    "Marie van der Berg": "MR. BERG",
    "Salma El-Amin": "THE COURT",
}


@_form("questions and answers in court", shown=_QUESTIONS)
def _questions(turns: Turns) -> str:
    mark = {"Q": "Q.", "A": "A."}
    return "BY MS. OKORO:\n" + "\n".join(
        f"{mark.get(_QUESTIONS[n], _QUESTIONS[n] + ':')}   {' '.join(w.split())}" for n, w in turns
    )


@_form("questions and answers in court, lines of 25 a page", shown=_QUESTIONS)
def _court_pages(turns: Turns) -> str:
    mark = {"Q": "     Q.  ", "A": "     A.  "}
    lines = [
        line
        for n, w in turns
        for line in textwrap.wrap(
            mark.get(_QUESTIONS[n], f"          {_QUESTIONS[n]}:  ") + " ".join(w.split()),
            width=54,
            drop_whitespace=True,
        )
    ]
    return "\n".join(f"{at % 25 + 1:2}   {line}" for at, line in enumerate(lines))


@_form("wrapped lines with numbers")
def _numbered_lines(turns: Turns) -> str:
    lines = [
        line for n, w in turns for line in textwrap.wrap(f"{n}: {' '.join(w.split())}", width=60)
    ]
    return "\n".join(f"{at}\t{line}" for at, line in enumerate(lines, 1))


@_form("numbered turns")
def _numbered_turns(turns: Turns) -> str:
    return "\n".join(f"{i:02} {n}: {' '.join(w.split())}" for i, (n, w) in enumerate(turns, 1))


@_form("wrapped lines, no empty ones")
def _wrapped(turns: Turns) -> str:
    return "\n".join(
        line for n, w in turns for line in textwrap.wrap(f"{n}: {' '.join(w.split())}", width=66)
    )


@_form("names alone on their lines")
def _alone(turns: Turns) -> str:
    return "\n\n".join(f"{n}\n{w}" for n, w in turns)


@_form("names with colons alone on their lines")
def _alone_colon(turns: Turns) -> str:
    return "\n\n".join(f"{n}:\n\n" + w.replace("\n", "\n\n") for n, w in turns)


@_form("names before a dash")
def _dash(turns: Turns) -> str:
    return "\n".join(f"{n} – {' '.join(w.split())}" for n, w in turns)


@_form("names before a tab")
def _tab(turns: Turns) -> str:
    return "\n".join(f"{n}\t{' '.join(w.split())}" for n, w in turns)


@_form("names before a wide space, lines wrapped")
def _column(turns: Turns) -> str:
    parts = []
    for name, words in turns:
        lines = textwrap.wrap(" ".join(words.split()), width=50)
        parts += [f"{name:<22}{lines[0]}", *(f"{'':<22}{line}" for line in lines[1:])]
    return "\n".join(parts)


@_form("full-width colons, small letters", shown={n: n.lower() for n in _SPEAKERS})
def _small(turns: Turns) -> str:
    return "\n".join(f"{n.lower()}： {w}" for n, w in turns)


_CHINESE = {
    "Ana Diaz": "李明",
    "Ben Roy": "王芳",
    "Marie van der Berg": "采访者",
    "Salma El-Amin": "周先生",
}


@_form("Chinese names", shown=_CHINESE)
def _chinese(turns: Turns) -> str:
    return "\n".join(f"{_CHINESE[n]}：{' '.join(w.split())}" for n, w in turns)


_CYRILLIC = {
    "Ana Diaz": "Анна",
    "Ben Roy": "Борис",
    "Marie van der Berg": "Мария",
    "Salma El-Amin": "Салма",
}


@_form("Cyrillic names", shown=_CYRILLIC)
def _cyrillic(turns: Turns) -> str:
    return "\n".join(f"{_CYRILLIC[n]}: {w}" for n, w in turns)


_ARABIC = {
    "Ana Diaz": "آنا",
    "Ben Roy": "باسم",
    "Marie van der Berg": "مريم",
    "Salma El-Amin": "سلمى",
}


@_form("Arabic names", shown=_ARABIC)
def _arabic(turns: Turns) -> str:
    return "\n".join(f"{_ARABIC[n]}: {w}" for n, w in turns)


_NUMBERS = {
    "Ana Diaz": "+1 416 555 0100",
    "Ben Roy": "broy42",
    "Marie van der Berg": "Marie | NGO",
    "Salma El-Amin": "Room 3B",
}


@_form("telephone numbers and user names", shown=_NUMBERS)
def _users(turns: Turns) -> str:
    return "\n".join(f"{_NUMBERS[n]}: {' '.join(w.split())}" for n, w in turns)


@_form("WhatsApp")
def _whatsapp(turns: Turns) -> str:
    return "\n".join(
        f"04/03/2024, 10:{i:02} - {n}: {' '.join(w.split())}" for i, (n, w) in enumerate(turns)
    )


@_form("captions for television", ".srt", shown={n: n.upper() for n in _SPEAKERS})
def _television(turns: Turns) -> str:
    parts = []
    number = 0
    for name, words in turns:
        for at, part in enumerate(_sentences(words)):
            number += 1
            shown = f">> {name.upper()}: {part}" if at == 0 else part
            parts += [str(number), _times(number, mark=","), shown, ""]
    return "\n".join(parts)
