"""Projects as they travel, for tests: one rich in everything, and any that can be."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from hypothesis import strategies as st

from fourp_nlp.documents import normalise
from fourp_nlp.exchange import (
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
    SOURCES,
    USERS,
    VALUES,
    Exchange,
    guid_of,
)
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.exporting.exchange_extras import extras_contents
from fourp_nlp.tables import CODED, conform, empty

HOSTILE = (
    "Zoë said “no” — twice. 👩‍👧‍👦 came by at noon;\n"
    "the café kept its books in Québec.\n\n"
    "مرحبا بكم في الملجأ. A combining e\u0301 stands here.\n"
    "Tabs\tand 😀 emoji 🏳️‍🌈 in one line, and then the end."
)
PLAIN = "The second document is short.\nIt has two lines."


def table(kind, rows):
    """A table from rows of values in the order of its columns."""
    return conform(pd.DataFrame(rows, columns=kind.names), kind) if rows else empty(kind)


def write_extras(project, extras):
    """Write what came with projects of other programs, in the place of what was there."""
    contents = extras_contents(project, extras)
    change_files(
        project.root,
        {path: content for path, content in contents.items() if content or path.exists()},
        what="what came from other programs",
    )
    return [path for path, content in contents.items() if content]


def mark(
    document, text, quote, code, coder, *, nth=0, probability=float("nan"), why="", made_at=""
):
    """A row of MARKS for the nth place where a quote stands."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    end = start + len(quote)
    return (
        guid_of("mark", document, start, end, code, coder),
        guid_of("source", document),
        start,
        end,
        guid_of("node", code),
        guid_of("user", coder),
        quote,
        made_at,
        probability,
        why,
    )


def rich_exchange(texts=None):
    """Two documents, a tree of codes, three people and a machine, notes of every kind, cases and sets."""
    first, second = texts or (HOSTILE, PLAIN)
    sources = [
        (guid_of("source", "a.txt"), "a.txt", first, True, "text", "The first."),
        (guid_of("source", "sub/b – é.txt"), "sub/b – é.txt", second, True, "text", ""),
    ]
    nodes = [
        (guid_of("node", "care"), "", "care", "Care", "Id: care\nFull definition: x", "", False),
        (
            guid_of("node", "shelter"),
            guid_of("node", "care"),
            "shelter",
            "Shelter & bed",
            "Id: shelter",
            "#AA0011",
            True,
        ),
        (guid_of("node", "night"), guid_of("node", "shelter"), "night", "At “night”", "", "", True),
        (guid_of("node", "law"), "", "law", "Law <and> order", "one\ntwo", "", True),
    ]
    users = [
        (guid_of("user", "Anna"), "Anna", False),
        (guid_of("user", "Ben"), "Ben", False),
        (guid_of("user", "four-ps@0123abcd"), "four-ps@0123abcd", True),
    ]
    anna, ben, machine = (row[1] for row in users)
    a, b = sources[0][1], sources[1][1]
    half = len(second) // 2 or 1
    marks = [
        mark(a, first, first[:24], "shelter", anna, made_at="2026-01-02T03:04:05Z"),
        mark(a, first, first[:24], "shelter", ben),
        mark(a, first, first[:24], "law", anna),
        mark(a, first, first[10:60], "night", ben),
        mark(
            a,
            first,
            first[-20:],
            "law",
            machine,
            probability=0.8312345678901234,
            why="near “x” & <y>",
        ),
        mark(a, first, first, "law", ben),
        mark(b, second, second[:half], "shelter", machine, probability=1e-07, why=""),
    ]
    notes = [
        (
            guid_of("note", "1"),
            "",
            -1,
            -1,
            users[0][0],
            "On the project",
            "First line\nsecond, é 😀",
            "",
        ),
        (
            guid_of("note", "2"),
            sources[0][0],
            -1,
            -1,
            users[1][0],
            "On a document",
            "text",
            "2026-01-02T03:04:05Z",
        ),
        (guid_of("note", "3"), sources[0][0], 3, 9, "", "On a passage", "text", ""),
        (guid_of("note", "4"), nodes[1][0], -1, -1, "", "On a code", "text", ""),
        (
            guid_of("note", "5"),
            marks[0][0],
            -1,
            -1,
            users[0][0],
            "On a coding",
            "why I coded this",
            "",
        ),
    ]
    values = [
        (sources[0][0], "group", "Text", "Ontario"),
        (sources[1][0], "group", "Text", "provincial"),
        (sources[0][0], "year", "Integer", "2017"),
        (guid_of("case", "Ottawa"), "group", "Text", "Ontario"),
    ]
    members = [
        (guid_of("case", "Ottawa"), "case", "Ottawa", sources[0][0], ""),
        (guid_of("case", "Ottawa"), "case", "Ottawa", sources[1][0], ""),
        (guid_of("case", "Empty"), "case", "Empty", "", "nothing in it"),
        (guid_of("set", "mine"), "set", "Mine", nodes[1][0], "a set"),
        (guid_of("set", "mine"), "set", "Mine", sources[1][0], "a set"),
        (guid_of("set", "mine"), "set", "Mine", notes[0][0], "a set"),
    ]
    read = [
        ("Anna", a, 0, len(first), "document", ""),
        ("Ben", a, 0, 10, "segment", first[:10]),
        ("Ben", a, 12, 20, "segment", first[12:20]),
        ("Ben", b, 0, len(second), "document", ""),
    ]
    return Exchange(
        name="A study",
        origin="tests",
        sources=table(SOURCES, sources),
        nodes=table(NODES, nodes),
        users=table(USERS, users),
        marks=table(MARKS, marks),
        notes=table(NOTES, notes),
        values=table(VALUES, values),
        members=table(MEMBERS, members),
        read=table(CODED, read),
    )


LETTERS = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]),
        st.sampled_from("ab \n\téÉ“”’–😀👩‍👧مرح\u0301\u200d\ufeff"),
    ),
    max_size=60,
)
NAMES = LETTERS.map(lambda text: " ".join(text.split())).filter(bool)


@st.composite
def exchanges(draw, *, normalised=True, texts=LETTERS):
    """Any project: texts, a tree of codes, coders, codings at any place, a machine among the coders.

    By default its texts are normalised, as those of our documents are; else line ends alone are.
    """
    tidy = (
        normalise if normalised else (lambda text: text.replace("\r\n", "\n").replace("\r", "\n"))
    )
    held = [text for text in map(tidy, draw(st.lists(texts, max_size=3))) if text]
    documents = [f"{number}.txt" for number in range(len(held))]
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique_by=str.casefold))
    codes = [f"code_{number}" for number in range(len(names))]
    parents = [
        "",
        *(draw(st.sampled_from(["", *codes[:number]])) for number in range(1, len(codes))),
    ]
    coders = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    machine = draw(st.sampled_from([None, *coders]))
    marks = {}
    for _ in range(draw(st.integers(0, 8)) if held else 0):
        which = draw(st.integers(0, len(held) - 1))
        start = draw(st.integers(0, len(held[which]) - 1))
        end = draw(st.integers(start + 1, len(held[which])))
        code, coder = draw(st.sampled_from(codes)), draw(st.sampled_from(coders))
        told = coder == machine
        probability = draw(st.floats(0, 1)) if told else float("nan")
        why = draw(NAMES) if told else ""
        guid = guid_of("mark", documents[which], start, end, code, coder)
        marks[guid] = (
            guid,
            guid_of("source", documents[which]),
            start,
            end,
            guid_of("node", code),
            guid_of("user", coder),
            held[which][start:end],
            "",
            probability,
            why,
        )
    return Exchange(
        name=draw(NAMES),
        sources=table(
            SOURCES,
            [
                (guid_of("source", name), name, text, True, "text", "")
                for name, text in zip(documents, held, strict=True)
            ],
        ),
        nodes=table(
            NODES,
            [
                (
                    guid_of("node", code),
                    guid_of("node", parent) if parent else "",
                    code,
                    name,
                    "",
                    "",
                    True,
                )
                for code, parent, name in zip(codes, parents, names, strict=True)
            ],
        ),
        users=table(USERS, [(guid_of("user", coder), coder, coder == machine) for coder in coders]),
        marks=table(MARKS, list(marks.values())),
    )


DATES = st.sampled_from(["", "2026-01-31T23:59:59Z", "2024-02-29T00:00:00.5Z"])
TITLES = st.one_of(st.just(""), NAMES)


@st.composite
def full_exchanges(draw):
    """Any project of `exchanges` with everything else that a project may have.

    Notes about the project, documents, passages, codes and codings; variables of every kind; cases and sets;
    dates; what was read; themes; a document without text.
    """
    made = draw(exchanges())
    guids = made.sources["guid"].tolist()
    lengths = made.sources["text"].str.len().tolist()
    users = ["", *made.users["guid"]]
    nodes = made.nodes.assign(
        codable=[
            guid in set(made.marks["node"]) or draw(st.booleans()) for guid in made.nodes["guid"]
        ],
        color=[draw(st.sampled_from(["", "#0A1B2C"])) for _ in range(len(made.nodes))],
        description=["Id: " + code for code in made.nodes["code"]],
    )
    film = (guid_of("source", "film.mp4"), "film.mp4", "", False, "text", draw(TITLES))
    sources = [*made.sources[SOURCES.names].itertuples(index=False, name=None), film]
    marks = made.marks.assign(made_at=[draw(DATES) for _ in range(len(made.marks))])
    places = [
        ("", -1, -1),
        *((guid, -1, -1) for guid in [*guids, film[0], *nodes["guid"], *marks["guid"]]),
    ]
    places += [(guid, 0, length) for guid, length in zip(guids, lengths, strict=True)]
    notes = [
        (
            guid_of("note", number),
            *place,
            draw(st.sampled_from(users)),
            draw(TITLES),
            draw(LETTERS),
            draw(DATES),
        )
        for number, place in enumerate(draw(st.lists(st.sampled_from(places), max_size=6)))
    ]
    cases = [guid_of("case", number) for number in range(draw(st.integers(0, 2)))]
    kinds = st.sampled_from(
        [
            ("Text", "two\nlines & “more”"), ("Boolean", "true"), ("Integer", "-12"), ("Float", "0.5"),
            ("Date", "2020-01-31"), ("DateTime", "2020-02-29T10:00:00Z"),
        ]
    )  # fmt: skip
    values = {}
    for name in draw(st.lists(NAMES, max_size=3, unique_by=str.casefold)):
        kind, value = draw(kinds)
        for about in draw(st.lists(st.sampled_from([*guids, film[0], *cases]), unique=True)):
            values[about, name] = (about, name, kind, value)
    members = []
    for kind, collections, things in (
        ("case", cases, [*guids, film[0]]),
        ("set", [guid_of("set", "one")], [*guids, *nodes["guid"]]),
    ):
        for number, guid in enumerate(collections):
            name, description = f"{kind} {number} {draw(NAMES)}", draw(TITLES)
            within = draw(st.lists(st.sampled_from(things), max_size=3, unique=True)) or [""]
            members += [(guid, kind, name, member, description) for member in within]
    read = [
        (coder, document, 0, len(text), "document", "")
        for coder in draw(st.sets(st.sampled_from(made.users["coder"].tolist())))
        for document, text in zip(made.sources["document"], made.sources["text"], strict=True)
        if draw(st.booleans())
    ]
    return replace(
        made,
        sources=table(SOURCES, sources),
        nodes=nodes,
        marks=marks,
        notes=table(NOTES, notes),
        values=table(VALUES, list(values.values())),
        members=table(MEMBERS, members),
        read=table(CODED, read),
    )
