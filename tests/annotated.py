"""Projects as they are handed to annotation programs, drawn at random, and what must survive."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from fourp_nlp.exchange import MARKS, NODES, NOTES, SOURCES, USERS, VALUES, Exchange, guid_of
from fourp_nlp.tables import CODED, SEGMENTS, conform, empty

# What shifts offsets where somebody counts otherwise, and what breaks a format that joins or escapes.
PIECES = [
    "We dragged the hose uphill.", "café", "cafe\u0301", "“quoted”", "it’s", "👍", "👩\u200d🌾", "🏴\U000e0067\U000e0062\U000e007f",
    "مرحبا بالعالم", "a < b & c > d", "\t", "\n", "\n\n", " ", "  ", "=SUM(A1)", "'x", '"', "\\n", "\u2028", "\xa0", "日本", "𝒳", "x",
]  # fmt: skip

TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)
CODES = ("water", "seeds", "tools_and-sheds")
PEOPLE = ("anna", "ben@example.org")


def project(texts, marks, read=(), *, values=(), notes=(), names=None):
    """Return an exchange of documents, codings (document, start, end, code, coder, probability) and readings."""
    names = names or [f"meeting {number}.txt" for number in range(len(texts))]
    coders = dict.fromkeys([*PEOPLE, "fourp"])
    made = []
    for at, start, end, code, coder, probability in marks:
        made.append(
            (
                guid_of("mark", names[at], start, end, code, coder), guid_of("source", names[at]), start, end,
                guid_of("node", code), guid_of("user", coder), texts[at][start:end], "", probability, "",
            )
        )  # fmt: skip
    return Exchange(
        name="Allotment",
        origin="fourp_nlp",
        sources=conform(
            pd.DataFrame(
                [(guid_of("source", name), name, text, True, "text", "") for name, text in zip(names, texts, strict=True)],
                columns=SOURCES.names,
            ),
            SOURCES,
        ),
        nodes=conform(
            pd.DataFrame([(guid_of("node", code), "", code, code.title(), f"About {code}.", "", True) for code in CODES], columns=NODES.names),
            NODES,
        ),
        users=conform(
            pd.DataFrame([(guid_of("user", coder), coder, coder == "fourp") for coder in coders], columns=USERS.names), USERS
        ),
        marks=conform(pd.DataFrame(made, columns=MARKS.names), MARKS).drop_duplicates("guid", ignore_index=True) if made else empty(MARKS),
        read=conform(
            pd.DataFrame(
                [(coder, names[at], 0, len(texts[at]), "document", "") for at, coder in read], columns=CODED.names
            ),
            CODED,
        ) if read else empty(CODED),
        values=conform(pd.DataFrame([(guid_of("source", names[at]), *rest) for at, *rest in values], columns=VALUES.names), VALUES)
        if values else empty(VALUES),
        notes=conform(pd.DataFrame(notes, columns=NOTES.names), NOTES) if notes else empty(NOTES),
    ).conformed()  # fmt: skip


@st.composite
def projects(draw, *, coders=(*PEOPLE, "fourp"), most=3):
    """Draw a project: no two documents of one text, codings anywhere, some read without a code."""
    texts = draw(st.lists(TEXTS, min_size=1, max_size=most, unique=True))
    marks = []
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(texts) - 1))
        start = draw(st.integers(0, len(texts[at]) - 1))
        end = draw(st.integers(start + 1, len(texts[at])))
        coder = draw(st.sampled_from(coders))
        probability = draw(st.sampled_from([0.25, 0.5, 1.0])) if coder == "fourp" else float("nan")
        marks.append((at, start, end, draw(st.sampled_from(CODES)), coder, probability))
    readers = [coder for coder in coders if coder != "fourp"]
    read = (
        draw(
            st.lists(
                st.tuples(st.integers(0, len(texts) - 1), st.sampled_from(readers)),
                unique=True,
                max_size=4,
            )
        )
        if readers
        else []
    )
    values = (
        [(0, "group", "Text", "north"), (0, "year", "Integer", "2024")]
        if draw(st.booleans())
        else []
    )
    return project(texts, marks, read, values=values)


def codings(exchange, *, coder=True, probability=False):
    """Return the codings as a set, names instead of GUIDs."""
    names = dict(zip(exchange.sources["guid"], exchange.sources["document"], strict=True))
    texts = dict(zip(exchange.sources["guid"], exchange.sources["text"], strict=True))
    labels = {
        guid: code or name
        for guid, code, name in zip(
            exchange.nodes["guid"], exchange.nodes["code"], exchange.nodes["name"], strict=True
        )
    }
    users = {
        guid: (name, machine)
        for guid, name, machine in exchange.users[USERS.names].itertuples(index=False, name=None)
    }
    found = set()
    for mark in exchange.marks.itertuples(index=False):
        assert texts[mark.source][mark.start : mark.end] == mark.quote
        row = [names[mark.source], mark.start, mark.end, labels[mark.node], mark.quote]
        if coder:
            row += users.get(mark.user, ("", False))
        if probability:
            row.append("" if mark.probability != mark.probability else mark.probability)
        found.add(tuple(row))
    return found


def readings(exchange):
    """Return who read what."""
    return set(
        exchange.read[["coder", "document", "start", "end", "scope"]].itertuples(
            index=False, name=None
        )
    )


def texts_of(exchange):
    """Return the documents' texts by name."""
    return dict(zip(exchange.sources["document"], exchange.sources["text"], strict=True))


def values_of(exchange):
    """Return the documents' variables."""
    names = dict(zip(exchange.sources["guid"], exchange.sources["document"], strict=True))
    rows = exchange.values[VALUES.names].itertuples(index=False, name=None)
    return {(names[about], variable, kind, value) for about, variable, kind, value in rows}


def segments_of(texts, length=15):
    """Return a table of segments that cut texts every so many characters."""
    rows = []
    for document, text in texts.items():
        for number, start in enumerate(range(0, len(text), length)):
            end = min(start + length, len(text))
            rows.append((document, number, start, end, text[start:end], "", "sentence"))
    return conform(pd.DataFrame(rows, columns=SEGMENTS.names), SEGMENTS)


def allotment():
    """Return the project that the other programs were given for the files in tests/data/annotation."""
    texts = [
        "👍 We dragged the hose uphill.\nThe tap drips, “still”.",
        "Seeds were swapped: cafe\u0301 beans, مرحبا, 👩\u200d🌾 leeks.",
    ]
    marks = [
        (0, 0, 30, "water", "anna", float("nan")),
        (0, 5, 12, "tools_and-sheds", "anna", float("nan")),
        (0, 31, 44, "water", "ben@example.org", float("nan")),
        (1, 0, 18, "seeds", "ben@example.org", float("nan")),
        (1, 40, 49, "seeds", "fourp", 0.75),
        (0, 31, 44, "water", "fourp", 0.5),
    ]
    values = [(0, "group", "Text", "north"), (1, "year", "Integer", "2024")]
    return project(texts, marks, [(0, "anna"), (1, "anna"), (1, "ben@example.org")], values=values)
