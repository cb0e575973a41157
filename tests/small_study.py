"""A small study on which nearly every command is tried, and the states that its scenarios begin with.

Eight short documents of six sentences, one of them without a case and a group, with two themes of five codes,
of which nobody gives the last. Anna is the reference coder and read everything, Ben all but one document,
Cleo three. What each gives is right but for sentences that they pass over or take for something else, so that
no two of them agree in the same way.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tests.conftest import OTHER, SEEDS, WATER

if TYPE_CHECKING:
    from pathlib import Path

CODEBOOK = """\
id: allotment
title: Allotment meetings
version: "1.2"
citation: Miller, A. (2020). Meetings of gardeners. Harbour Press.
themes:
  - id: garden
    name: Garden
    definition: Work in the beds.
    codes:
      - id: water
        name: Water
        short_definition: Watering, rain barrels, hoses and taps.
        when_to_use: The speaker tells of getting water to the beds.
        when_not_to_use:
          - when: Water is only weather.
            use: seeds
        examples: [We dragged the hose across three plots.]
      - id: seeds
        name: Seeds
        short_definition: Sowing, seed swaps and seedlings.
        examples: [The seed tins are sorted by month., We pricked out the lettuces.]
  - id: people
    name: People
    definition: Who does what.
    codes:
      - id: minutes
        name: Minutes & motions
        short_definition: Minutes, motions and officers of the meeting.
        examples: [The minutes were signed.]
      - id: keys
        name: Keys
        short_definition: Keys, gates and furniture.
        full_definition: Keys, gates, huts and what stands in them.
      - id: quarrels
        name: Quarrels
        short_definition: Neighbours quarrel.
"""

MINUTES = (OTHER[0], OTHER[3], OTHER[4])
KEYS = (OTHER[1], OTHER[5], OTHER[3])
RIGHT = {"water": tuple(WATER), "seeds": tuple(SEEDS), "minutes": MINUTES, "keys": KEYS}

# What each coder passes over, and what they take for something else: sentence and code.
LACKS = {
    "anna": {(WATER[5], "water"), (OTHER[3], "keys")},
    "ben": {(WATER[0], "water"), (WATER[1], "water"), (SEEDS[0], "seeds"), (OTHER[4], "minutes")},
    "cleo": {(WATER[2], "water"), (SEEDS[1], "seeds"), (OTHER[5], "keys")},
}
ADDS = {
    "anna": set(),
    "ben": {(SEEDS[0], "water"), (OTHER[2], "keys")},
    "cleo": {(OTHER[2], "water"), (SEEDS[3], "minutes")},
}
READ = {"anna": range(8), "ben": range(7), "cleo": range(1, 4)}
GROUPS = ("south", "north", "north", "south", "", "north", "south", "north")

TOML = """\
title = "Allotment"
notice = "Invented meetings."
[coders]
gold = "anna"
[agreement]
thresholds = [0.4, 0.8]
"""


def sentences(number: int) -> list[str]:
    """Return what is said at a meeting."""
    return [
        WATER[number % 6], OTHER[number % 6], SEEDS[number % 6],
        OTHER[(number + 3) % 6], WATER[(number + 2) % 6], SEEDS[(number + 4) % 6],
    ]  # fmt: skip


def codes_of(coder: str, sentence: str) -> list[str]:
    """Return what a coder gives to a sentence."""
    return [
        code
        for code, right in RIGHT.items()
        if (sentence in right and (sentence, code) not in LACKS[coder])
        or (sentence, code) in ADDS[coder]
    ]


def write_uncoded(folder: Path, *, documents: int = 8) -> None:
    """Write the study before anybody coded."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    (folder / "gold").mkdir()
    (corpus / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "fourp.toml").write_text(TOML.replace('gold = "anna"', ""), encoding="utf-8")
    rows = []
    for number in range(documents):
        group = GROUPS[number % len(GROUPS)]
        name = f"meeting{number}.txt"
        (corpus / name).write_text(" ".join(sentences(number)), encoding="utf-8")
        case = f"plot{number % 3}" if group else ""
        rows.append([name, case, group, f"2020-05-{number + 1:02d}", "minutes", "Ines"])
    _write(
        corpus / "documents.csv", [["document", "case", "group", "date", "kind", "speaker"], *rows]
    )


def write_coded(folder: Path, coders: tuple[str, ...] = ("anna", "ben", "cleo")) -> None:
    """Write the study as people coded it."""
    write_uncoded(folder)
    (folder / "fourp.toml").write_text(TOML, encoding="utf-8")
    for coder in coders:
        write_codes(folder, coder, READ[coder])


def write_codes(
    folder: Path, coder: str, numbers: range, *, again: bool = False, called: str = ""
) -> None:
    """Write what a coder gave, who may be called otherwise; a second time they see one sentence otherwise."""
    name = called or coder
    rows = []
    for number in numbers:
        start = 0
        for sentence in sentences(number):
            end = start + len(sentence)
            rows += [
                [f"meeting{number}.txt", start, end, code, name, sentence]
                for code in codes_of(coder, sentence)
                if not (again and sentence == WATER[3])
            ]
            start = end + 1
    place = folder / "gold" / "repeat" if again else folder / "gold"
    place.mkdir(exist_ok=True)
    _write(place / f"{name}.csv", [["document", "start", "end", "code", "coder", "quote"], *rows])


def write_suggested(folder: Path) -> None:
    """Write a study of 24 documents for which a machine, which is not there, made suggestions by a rule."""
    import numpy as np

    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.project import open_project
    from fourp_nlp.study.reading.corpus import read_corpus
    from tests.filled import suggestions_of

    write_uncoded(folder, documents=24)
    (folder / "fourp.toml").write_text(TOML, encoding="utf-8")
    project = open_project(folder)
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    codes = codebook.code_ids
    rows = corpus.segments.loc[corpus.segments.index.repeat(len(codes))].reset_index(drop=True)
    rows["code"] = codes * len(corpus.segments)
    right = [
        text in RIGHT.get(code, ()) for text, code in zip(rows["text"], rows["code"], strict=True)
    ]
    number = np.arange(len(rows))
    given = np.array(right) ^ (number % 13 == 5)
    sure = 0.55 + (number % 17) / 50
    suggestions = suggestions_of(
        rows, given, probability=np.where(given, sure, 0.9 - sure), model="machine@0a1b2c3d"
    )
    facts = {"unit": "sentence", "model": "machine@0a1b2c3d", "codebook": codebook.fingerprint()}
    Store(project.store).write_suggestions(suggestions, corpus.documents, facts)


def _write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def fill_in(sheet: Path, coder: str, *, turned: int = 0) -> None:
    """Fill a coding sheet in as a coder does; in every `turned`th row they change their mind about water."""
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows, start=1):
        given = set(codes_of(coder, row["text"])) & set(row)
        if turned and number % turned == 0:
            given ^= {"water"}
        for code in given:
            row[code] = "x"
        if not given:
            row["none"] = "x"
    with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def follow(sheet: Path) -> None:
    """Fill a coding sheet in as somebody does who follows each suggestion, and codes nothing without one."""
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        given = [code for code in ("quarrels", *RIGHT) if code in row["the machine suggests"]]
        for code in given or ["none"]:
            row[code] = "x"
    with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def decide(sheet: Path) -> None:
    """Decide on a sheet of disagreements: yes and no in turn, and every fifth row not yet."""
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows):
        if number % 5 != 4:
            row["settled"] = "no" if number % 2 else "yes"
            row["decided_by"] = "anna" if number % 3 else "ben"
            row["note"] = "after a talk" if number == 0 else ""
    with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def accept(path: Path) -> None:
    """Fill in a sheet of suggestions: yes where the code is right; the last row is left open."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows[:-1]:
        row["accept"] = "yes" if row["text"] in RIGHT.get(row["code"], ()) else "no"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
