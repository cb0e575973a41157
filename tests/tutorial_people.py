"""People of the tutorial: they read sentences and fill in sheets, as two coders who mostly agree would."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parent.parent

WORDS = {
    "cost": "euro|taxi|pay |paid|pass is|cheap|expensive|money|petrol|bill|charges|thirteen|ate bread|tank",
    "waiting": "wait|late|last bus|once an hour|did not come|does not come|failed to come|two hours|bench"
    "|miss it|minutes|no notice|quarter to three|half past twelve would",
    "safety": "behind|lamp|whistle|dark|light|keys between|followed|stood in front|jump|cans|shoulder"
    "|barrier|Lorries|pavement|alone|nobody would see",
    "drivers": "driver |drivers|opens the door|drives past|front seat|closed the door|waits when"
    "|gets into trouble|should not have to stand",
    "sharing_rides": "Samir|Greta|Mr Lund|drives me|in his car|list on the wall|Five cars|she stops and I sit"
    "|lives the other way",
}
OVERLOOKED = {"anna": "petrol|alone", "ben": "minutes|light|paid|lives the other way"}


def codes_of(text: str, person: str = "") -> set[str]:
    """Return the codes that somebody gives to a sentence; everybody overlooks something."""
    if person and re.search(OVERLOOKED.get(person, "^$"), text):
        return set()
    return {code for code, words in WORDS.items() if re.search(words, text)}


def only_file(pattern: str) -> Path:
    """Return the one file that a pattern means."""
    (path,) = Path().glob(pattern)
    return path


def act(words: str) -> None:
    """Do what a line of the tutorial says that a person does, in the working directory."""
    person, verb, pattern = words.split()
    path = only_file(pattern)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = [str(cell.value) for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        cells = dict(zip(heads, row, strict=True))
        text = str(cells["text"].value or "")
        if not text:
            continue
        if verb == "codes":
            given = codes_of(text, person)
            for code in WORDS:
                if code in given:
                    cells[code].value = "x"
            if not given:
                cells["none"].value = "x"
        elif verb == "decides":
            applies = cells["code"].value in codes_of(text)
            cells["accept"].value = "yes" if applies else "no"
        elif verb == "settle":
            applies = cells["code"].value in codes_of(text)
            cells["settled"].value = "yes" if applies else "no"
            cells["decided_by"].value = "anna and ben"
        else:
            raise ValueError(verb)
    book.save(path)
