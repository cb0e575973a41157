"""Codings as tables: nothing shifts on the way to a spreadsheet and back, and nothing is lost unsaid."""

from __future__ import annotations

import shutil
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
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
    guids_of,
    read_long,
    read_segment_sheet,
    read_wide,
    write_long,
    write_segment_sheet,
    write_wide,
)
from fourp_nlp.exchange.tables.table_file_writer import check_size
from fourp_nlp.spreadsheets import SUGGESTED, read_book
from fourp_nlp.tables import CODED, SEGMENTS, conform
from tests.exchanges import exchanges, rich_exchange

TEXTS = {
    "talks/ada.txt": (
        "The lamp went out. “Who mends it?” asked Zoë.\n"
        "=SUM(A1) is what the meter said: 👩‍👩‍👧 and 🇨🇦.\n"
        "Nobody mends it. Nobody mends it."
    ),
    "talks/bo.txt": "السلام عليكم\n- a list\t with a tab\n+1 for the té\u0301 and the log",
    "empty-handed.txt": "Nothing to see here.",
}
CODES = [("light", "Light"), ("repair", "Repair"), ("blame", "Who is to blame; and why")]
MANY = 30
AS_DRAWN = settings(
    max_examples=MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def exchange(
    spans: list[tuple[str, int, int, str, str]],
    *,
    texts: dict[str, str] = TEXTS,
    codes: list[tuple[str, str]] = CODES,
    machine: str = "",
    **tables,
) -> Exchange:
    """A project of ours with these codings: document, start, end, code and coder."""
    names = list(texts)
    theme = guid_of("node", "lamps")
    sources = pd.DataFrame(
        {
            "guid": guids_of("source", names),
            "document": names,
            "text": list(texts.values()),
            "has_text": True,
            "kind": "text",
            "description": "",
        }
    )
    nodes = pd.DataFrame(
        [(theme, "", "lamps", "Lamps", "All about lamps.", "#102030", False)]
        + [
            (
                guid_of("node", id_),
                theme,
                id_,
                name,
                f"What {name} means:\n=not a formula",
                "",
                True,
            )
            for id_, name in codes
        ],
        columns=NODES.names,
    )
    coders = list(dict.fromkeys([each[4] for each in spans]))
    users = pd.DataFrame(
        {
            "guid": guids_of("user", coders),
            "coder": coders,
            "machine": [coder == machine for coder in coders],
        }
    )
    marks = pd.DataFrame(
        [
            (
                guid_of("mark", *span),
                guid_of("source", span[0]),
                span[1],
                span[2],
                guid_of("node", span[3]),
                guid_of("user", span[4]),
                texts[span[0]][span[1] : span[2]],
                "",
                0.75 if machine and span[4] == machine else np.nan,
                "",
            )
            for span in dict.fromkeys(spans)
        ],
        columns=MARKS.names,
    )
    tables.setdefault("read", pd.DataFrame(columns=CODED.names))
    if marks.empty:
        marks, users = pd.DataFrame(columns=MARKS.names), users.iloc[:0]
    made = Exchange("lamps", "test", sources, nodes, users, _typed(marks, MARKS), **tables)
    return made.conformed()


def _typed(frame, table):
    return conform(frame, table)


def codings(made: Exchange) -> pd.DataFrame:
    """What was coded where by whom, whatever the order."""
    code = dict(zip(made.nodes["guid"], made.nodes["code"], strict=True))
    document = dict(zip(made.sources["guid"], made.sources["document"], strict=True))
    coder = dict(zip(made.users["guid"], made.users["coder"], strict=True)) | {"": ""}
    frame = made.marks.assign(
        document=made.marks["source"].map(document),
        code=made.marks["node"].map(code),
        coder=made.marks["user"].map(coder),
    )
    columns = [
        "document",
        "start",
        "end",
        "code",
        "coder",
        "quote",
        "guid",
        "probability",
        "made_at",
    ]
    return frame.sort_values(["document", "start", "end", "code", "coder"])[columns].reset_index(
        drop=True
    )


def same(left: Exchange, right: Exchange) -> None:
    pd.testing.assert_frame_equal(codings(left), codings(right), check_dtype=False)


def segments_of(texts: dict[str, str], size: int = 12) -> pd.DataFrame:
    """Stretches of that many characters, with what is left of a line between them."""
    rows = []
    for document, text in texts.items():
        number = start = 0
        while start < len(text):
            end = min(start + size, len(text))
            piece = text[start:end]
            lead = len(piece) - len(piece.lstrip())
            if piece.strip():
                begin, until = start + lead, start + len(piece.rstrip())
                rows.append((document, number, begin, until, text[begin:until], "", "sentence"))
                number += 1
            start = end
    return conform(pd.DataFrame(rows, columns=SEGMENTS.names), SEGMENTS)


def losses(table: pd.DataFrame | Exchange) -> dict[str, int]:
    frame = table.losses if isinstance(table, Exchange) else table
    return frame.groupby("item")["count"].sum().to_dict()


# Pieces that people's documents are made of and that tables trip over.
PIECES = st.sampled_from(
    ["lamp ", "the ", "“Q” ", "Zoë ", "te\u0301 ", "👩‍👩‍👧", "🇨🇦 ", "\n", "\t", "=1+1 ", "'=x ", "''-", "'", '"', '""',
     ",", ";", "-2 ", "@a ", "سلام ", "_x000D_", "_x0041_ ", "007", "1.50", " ", "TRUE", "\u2028", "\u00a0", "＝", "x"]
)  # fmt: skip


@st.composite
def projects(draw) -> Exchange:
    texts = {}
    for name in draw(st.sampled_from([["a.txt"], ["=a.txt", "b/c.md"], ["'=q", "1", "x, y; z"]])):
        texts[name] = "".join(draw(st.lists(PIECES, min_size=1, max_size=25))) + "."
    spans = []
    for _ in range(draw(st.integers(1, 12))):
        name = draw(st.sampled_from(sorted(texts)))
        start = draw(st.integers(0, len(texts[name]) - 1))
        end = draw(st.integers(start + 1, len(texts[name])))
        code = draw(st.sampled_from([id_ for id_, _ in CODES]))
        spans.append((name, start, end, code, draw(st.sampled_from(["ann", "=bo", "Zoë Ø"]))))
    return exchange(spans, texts=texts)


def texts_in(made: Exchange) -> dict[str, str]:
    return dict(zip(made.sources["document"], made.sources["text"], strict=True))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@given(made=projects())
@AS_DRAWN
def test_a_long_table_comes_back_to_the_character(made, suffix, tmp_path):
    path = tmp_path / f"long{suffix}"
    write_long(made, path)
    back = read_long(path, texts_in(made))
    same(made, back)
    assert back.losses.empty, back.losses.to_string()
    assert not back.remarks


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@given(made=projects())
@AS_DRAWN
def test_without_the_documents_places_and_quotes_stay_as_they_are(made, suffix, tmp_path):
    path = tmp_path / f"long{suffix}"
    write_long(made, path)
    back = read_long(path)
    same(made, back)
    assert not back.sources["has_text"].any()
    assert not back.remarks


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@given(made=exchanges())
@AS_DRAWN
def test_any_project_comes_back_from_a_long_table(made, suffix, tmp_path):
    path = tmp_path / f"long{suffix}"
    lost = losses(write_long(made, path))
    back = read_long(path, texts_in(made))
    same(made, back)
    assert back.losses.empty, back.losses.to_string()
    if suffix == ".xlsx":
        pd.testing.assert_frame_equal(made.nodes, back.nodes)
        assert set(back.sources["document"]) == set(made.sources["document"])
    silent = set(made.users.loc[~made.users["guid"].isin(made.marks["user"]), "coder"])
    assert set(back.users["coder"]) == set(made.users["coder"]) - silent
    assert lost.get("coders", 0) == len(silent)


def test_a_project_rich_in_everything_goes_out_and_what_stays_is_told(tmp_path):
    made = rich_exchange()
    lost = losses(write_long(made, tmp_path / "t.xlsx"))
    assert lost == {
        "texts of documents": 2,
        "notes": 5,
        "cases": 2,
        "sets": 1,
        "values of cases": 1,
    }
    back = read_long(tmp_path / "t.xlsx", texts_in(made))
    same(made, back)
    pd.testing.assert_frame_equal(made.nodes, back.nodes)
    pd.testing.assert_frame_equal(made.users, back.users)
    pd.testing.assert_frame_equal(made.sources, back.sources)
    key = ["coder", "document", "start"]
    pd.testing.assert_frame_equal(
        made.read.sort_values(key).reset_index(drop=True),
        back.read.sort_values(key).reset_index(drop=True),
    )
    segments = segments_of(texts_in(made), 20)
    lost = losses(write_wide(made, tmp_path / "w.xlsx", segments))
    assert lost["probabilities"] == 2
    assert lost["machines"] == 1
    assert lost["dates of codings"] == 1
    assert lost["reasons"] == 1
    back = read_wide(tmp_path / "w.xlsx", texts_in(made))
    pd.testing.assert_frame_equal(made.nodes, back.nodes)
    assert set(back.users["coder"]) == set(made.users["coder"])


@given(made=projects(), size=st.integers(3, 20))
@AS_DRAWN
def test_a_sheet_comes_back_with_the_same_codes_on_the_same_segments(made, size, tmp_path):
    segments = segments_of(texts_in(made), size)
    path = tmp_path / "sheet.xlsx"
    coder = made.users["coder"].iloc[0]
    write_segment_sheet(made, path, segments, coder=coder)
    back = read_segment_sheet(path, texts_in(made), coder=coder)
    assert back.losses.empty, back.losses.to_string()
    # A second time, everything is on segments already, and nothing may change.
    again = tmp_path / "again.xlsx"
    lost = write_segment_sheet(back, again, segments, coder=coder)
    assert "codings" not in losses(lost)
    assert "places of codings" not in losses(lost)
    same(back, read_segment_sheet(again, texts_in(made), coder=coder))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@given(made=projects())
@AS_DRAWN
def test_a_matrix_comes_back_with_the_same_codes_and_the_same_reading(made, suffix, tmp_path):
    segments = segments_of(texts_in(made), 7)
    first, second = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    write_wide(made, first, segments)
    back = read_wide(first, texts_in(made))
    assert back.losses.empty, back.losses.to_string()
    write_wide(back, second, segments)
    again = read_wide(second, texts_in(made))
    same(back, again)
    columns = ["coder", "document", "start", "end", "scope"]
    pd.testing.assert_frame_equal(
        back.read.sort_values(columns).reset_index(drop=True),
        again.read.sort_values(columns).reset_index(drop=True),
    )


SPANS = [
    ("talks/ada.txt", 0, 18, "light", "ann"),
    ("talks/ada.txt", 19, 33, "repair", "ann"),
    ("talks/ada.txt", 45, 93, "blame", "bo"),
    ("talks/bo.txt", 0, 12, "light", "bo"),
    ("talks/bo.txt", 13, 21, "light", "bo"),
]


def test_a_long_table_has_the_columns_that_people_look_for(tmp_path):
    write_long(exchange(SPANS, machine="bo"), tmp_path / "t.csv")
    frame = pd.read_csv(tmp_path / "t.csv", encoding="utf-8-sig")
    assert list(frame) == [
        "document", "start", "end", "quote", "code", "name", "theme", "coder", "probability",
    ]  # fmt: skip
    row = frame.iloc[0]
    assert (row["quote"], row["code"], row["name"]) == ("The lamp went out.", "light", "Light")
    assert (row["theme"], row["coder"]) == ("lamps", "ann")
    assert frame["probability"].notna().tolist() == [False, False, True, True, True]


def test_a_workbook_has_definitions_and_documents_on_further_sheets(tmp_path):
    values = pd.DataFrame(
        [
            (guid_of("source", "talks/ada.txt"), "group", "Text", "007"),
            (guid_of("source", "talks/ada.txt"), "year", "Integer", "1999"),
            (guid_of("source", "talks/bo.txt"), "share", "Float", "0.25"),
            (guid_of("source", "talks/bo.txt"), "public", "Boolean", "true"),
            (guid_of("source", "talks/bo.txt"), "document", "Text", "=a formula"),
        ],
        columns=VALUES.names,
    )
    made = exchange(SPANS, values=values)
    write_long(made, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["codings", "codebook", "documents"]
    back = read_long(tmp_path / "t.xlsx", TEXTS)
    key = ["about", "variable"]
    pd.testing.assert_frame_equal(
        made.values.sort_values(key).reset_index(drop=True),
        back.values.sort_values(key).reset_index(drop=True),
    )
    pd.testing.assert_frame_equal(made.nodes, back.nodes)
    assert back.sources["document"].tolist() == list(TEXTS)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_machine_comes_back_as_one_with_its_reasons_and_dates(tmp_path, suffix):
    made = exchange(SPANS, machine="bo")
    machine = made.marks["probability"].notna()
    made.marks.loc[machine, "why"] = "=near to “lamp”"
    made.marks.loc[machine, "probability"] = [0.1, 1 / 3, 2 / 3]
    made.marks["made_at"] = "2026-05-31T14:00:00+00:00"
    write_long(made, tmp_path / f"t{suffix}")
    back = read_long(tmp_path / f"t{suffix}", TEXTS)
    assert dict(zip(back.marks["guid"], back.marks["why"], strict=True)) == dict(
        zip(made.marks["guid"], made.marks["why"], strict=True)
    )
    assert dict(zip(back.users["coder"], back.users["machine"], strict=True)) == {
        "ann": False,
        "bo": True,
    }
    same(made, back)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_was_read_without_finding_anything_is_in_the_table(tmp_path, suffix):
    text = TEXTS["talks/bo.txt"]
    read = pd.DataFrame(
        [
            ("ann", "talks/ada.txt", 0, len(TEXTS["talks/ada.txt"]), "document", ""),
            ("ann", "empty-handed.txt", 0, len(TEXTS["empty-handed.txt"]), "document", ""),
            ("bo", "talks/bo.txt", 0, 12, "segment", text[0:12]),
            ("bo", "talks/bo.txt", 22, 34, "segment", text[22:34]),
        ],
        columns=CODED.names,
    )
    made = exchange([span for span in SPANS if span[:2] != ("talks/bo.txt", 13)], read=read)
    write_long(made, tmp_path / f"t{suffix}")
    back = read_long(tmp_path / f"t{suffix}", TEXTS)
    same(made, back)
    key = ["coder", "document", "start"]
    pd.testing.assert_frame_equal(
        made.read.sort_values(key).reset_index(drop=True),
        back.read.sort_values(key).reset_index(drop=True),
    )


def test_what_a_table_cannot_carry_is_told(tmp_path):
    source, case = guid_of("source", "talks/ada.txt"), guid_of("case", "Ada")
    made = exchange(
        SPANS,
        notes=pd.DataFrame(
            [("n1", source, -1, -1, "", "On the lamp", "Dark.", "")], columns=NOTES.names
        ),
        members=pd.DataFrame([(case, "case", "Ada", source, "")], columns=MEMBERS.names),
        values=pd.DataFrame(
            [(source, "group", "Text", "north"), (case, "age", "Integer", "40")],
            columns=VALUES.names,
        ),
    )
    moved = made.users.assign(guid=["1" * 8, made.users["guid"].iloc[1]])
    marks = made.marks.assign(user=made.marks["user"].replace(made.users["guid"].iloc[0], "1" * 8))
    made = Exchange(**(vars(made) | {"users": moved, "marks": marks}))
    as_csv, as_xlsx = (losses(write_long(made, tmp_path / f"t{end}")) for end in (".csv", ".xlsx"))
    both = {
        "texts of documents": 3,
        "notes": 1,
        "cases": 1,
        "values of cases": 1,
        "identities of coders": 1,
    }
    assert as_xlsx == both
    assert as_csv == both | {"values of documents": 1, "definitions": 4, "colours of codes": 1}


def test_codes_of_one_name_and_coders_of_one_name_stay_apart(tmp_path):
    made = exchange(SPANS)
    nodes = made.nodes.assign(code="", name=["Lamps", "Light", "Light", "Light"])
    nodes.loc[3, "parent"] = nodes.loc[1, "guid"]
    users = made.users.assign(coder="Kim")
    lost = write_long(
        Exchange(**(vars(made) | {"nodes": nodes, "users": users})), tmp_path / "t.csv"
    )
    back = read_long(tmp_path / "t.csv", TEXTS)
    assert set(back.users["coder"]) == {"Kim", "Kim (2)"}
    codable = back.nodes[back.nodes["codable"]]
    assert codable["name"].tolist().count("Light") == 3
    assert len(back.marks) == len(SPANS)
    assert losses(lost)["names of coders"] == 1


# Reading what others made


def write(path, text: str, encoding: str = "utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


HEADS = [
    ("file", "begin", "stop", "text", "label", "annotator"),
    ("Source", "START", "End", "Segment", "Code", "Coded by"),
    ("document_id", "start_offset", "end-offset", "Quotation Content", "Tag", "user"),
    ("Dokumentname", "Anfang", "Ende", "Textstelle", "Kode", "Kodierer"),
]


@pytest.mark.parametrize("heads", HEADS, ids=lambda heads: heads[0])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_are_known_whatever_they_are_called(tmp_path, heads, separator):
    rows = [heads, ("talks/ada.txt", "0", "18", '"The lamp went out."', "light", "ann")]
    path = write(tmp_path / "t.csv", "\n".join(separator.join(row) for row in rows))
    back = read_long(path, TEXTS)
    assert codings(back).loc[0, ["start", "end", "code", "coder"]].tolist() == [
        0,
        18,
        "light",
        "ann",
    ]
    assert back.losses.empty


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_every_encoding_that_excel_writes_is_read_and_the_odd_ones_are_told(
    tmp_path, encoding, says
):
    text = (
        "document\tquote\tcode\tcoder\r\ntalks/ada.txt\t“Who mends it?” asked Zoë.\tblame\tZoë\r\n"
    )
    back = read_long(write(tmp_path / "t.txt", text, encoding), TEXTS)
    assert codings(back).loc[0, ["start", "end", "coder"]].tolist() == [19, 45, "Zoë"]
    assert any(says in remark for remark in back.remarks)
    assert len(back.remarks) == 1 + bool(says)


def test_a_title_above_the_head_a_named_separator_and_blank_rows_do_no_harm(tmp_path):
    text = "sep=;\r\nExport of Monday;;\r\n;;\r\nDocument;Segment;Code\r\n;;\r\ntalks/ada.txt;The lamp went out.;Light\r\n"
    back = read_long(write(tmp_path / "t.csv", text), TEXTS, coder="ann")
    assert codings(back)["start"].tolist() == [0]
    assert back.nodes["name"].tolist() == ["Light"]
    assert back.users["coder"].tolist() == ["ann"]


def test_rows_may_be_sorted_deleted_and_added(tmp_path):
    made = exchange(SPANS)
    write_long(made, tmp_path / "t.xlsx")
    frame = pd.read_excel(tmp_path / "t.xlsx", dtype=str, keep_default_na=False)
    added = {
        "document": "talks/ada.txt",
        "quote": "the meter said",
        "code": "light",
        "coder": "ann",
    }
    frame = pd.concat([frame.drop(index=1), pd.DataFrame([added]).fillna("")])[::-1]
    frame.to_excel(tmp_path / "u.xlsx", index=False)
    back = read_long(tmp_path / "u.xlsx", TEXTS)
    start = TEXTS["talks/ada.txt"].index("the meter said")
    kept = [span for at, span in enumerate(SPANS) if at != 1]
    same(exchange([*kept, ("talks/ada.txt", start, start + 14, "light", "ann")]), back)
    assert losses(back) == {}
    assert back.remarks == ("1 row(s) without a place were placed at their quote.",)


def test_a_quote_gives_a_place_only_where_it_stands_once(tmp_path):
    rows = [
        "document,start,end,quote,code,coder",
        "talks/ada.txt,,,The lamp went out.,light,ann",  # once
        "talks/ada.txt,,,Nobody mends it.,blame,ann",  # twice
        "talks/ada.txt,93,109,Nobody mends it.,blame,bo",  # twice, but its place is right
        "talks/ada.txt,3,21,The lamp went out.,light,bo",  # shifted by three
        'talks/ada.txt,5,18,"The  lamp\twent\nout.",repair,bo',  # and its white space changed
        'talks/ada.txt,,,"“Who mends it?”\u00a0askedZoe\u0308 .",blame,cy',  # as copied from a page
        "talks/ada.txt,0,4,No such words.,light,bo",  # nowhere
        "talks/ada.txt,,,,light,bo",  # nothing to go by
        "talks/ada.txt,0,5000,,light,bo",  # outside
        "talks/none.txt,,,The lamp,light,bo",  # no text to look in
    ]
    assert TEXTS["talks/ada.txt"][93:109] == "Nobody mends it."
    back = read_long(write(tmp_path / "t.csv", "\n".join(rows)), TEXTS)
    assert codings(back)[["start", "end", "code", "coder"]].to_numpy().tolist() == [
        [0, 18, "light", "ann"],
        [0, 18, "light", "bo"],
        [0, 18, "repair", "bo"],
        [19, 45, "blame", "cy"],
        [93, 109, "blame", "bo"],
    ]
    assert losses(back) == {"codings that were moved": 2, "codings": 5}
    told = back.losses.set_index("why")["examples"]
    assert len(told) == 6
    twice = next(why for why in told.index if "more than once" in why)
    assert told[twice].startswith("row 3: talks/ada.txt")


def test_a_quote_alone_with_a_place_that_is_no_place_of_ours_is_told_without_documents(tmp_path):
    # As programs do that count lines or paragraphs.
    text = "document,begin,end,segment,code\na,4,5,A whole sentence.,x1\na,7,9,,x1\n"
    back = read_long(write(tmp_path / "t.csv", text))
    assert any("quote and place differ in length" in remark for remark in back.remarks)
    assert any("name no coder" in remark for remark in back.remarks)
    assert len(back.marks) == 2


def test_documents_are_known_by_a_similar_name_if_only_one_can_be_meant(tmp_path):
    text = "file,text,label\nADA,The lamp went out.,light\ntalks\\bo.TXT,a list,light\n"
    back = read_long(write(tmp_path / "t.csv", text), TEXTS)
    assert codings(back)["document"].tolist() == ["talks/ada.txt", "talks/bo.txt"]
    assert any("'ADA' for 'talks/ada.txt'" in remark for remark in back.remarks)
    twins = {"a/x.txt": "The lamp went out.", "b/x.txt": "The lamp went out."}
    lost = read_long(write(tmp_path / "u.csv", "file,text,label\nx,The lamp,light\n"), twins)
    assert losses(lost) == {"codings": 1}


def test_several_codes_in_a_cell_are_several_codings(tmp_path):
    text = (
        'document,quotation content,codes,created\ntalks/ada.txt,The lamp,"Light\nRepair",5 May\n'
    )
    back = read_long(write(tmp_path / "t.csv", text), TEXTS, nodes=exchange(SPANS).nodes)
    assert codings(back)["code"].tolist() == ["light", "repair"]
    assert losses(back) == {"dates": 1}


def test_details_that_are_none_are_told(tmp_path):
    rows = [
        "document,quote,code,coder,probability,made at",
        "talks/ada.txt,The lamp,light,robot,0.5,2026-05-31T14:00:00+00:00",
        "talks/ada.txt,went out,light,robot,55 %,yesterday",
        "talks/ada.txt,the meter,light,ann,,",
    ]
    back = read_long(write(tmp_path / "t.csv", "\n".join(rows)), TEXTS)
    assert codings(back)["probability"].dropna().tolist() == [0.5]
    assert sorted(back.marks["made_at"]) == ["", "", "2026-05-31T14:00:00+00:00"]
    assert losses(back) == {"probabilities": 1, "dates": 1}


def test_the_same_coding_twice_is_one_and_is_told(tmp_path):
    rows = (
        "document,start,end,quote,code,coder\n"
        + "talks/ada.txt,0,18,The lamp went out.,light,ann\n" * 3
    )
    back = read_long(write(tmp_path / "t.csv", rows), TEXTS)
    assert len(back.marks) == 1
    assert losses(back) == {"repeated codings": 2}


def test_codes_are_known_by_their_names_and_new_ones_are_told(tmp_path):
    text = "document,quote,code\ntalks/ada.txt,The lamp,LIGHT\ntalks/ada.txt,the meter,Money\n"
    known = exchange(SPANS).nodes
    back = read_long(write(tmp_path / "t.csv", text), TEXTS, nodes=known)
    assert set(back.nodes["name"]) == {"Lamps", "Light", "Money"}
    assert set(back.marks["node"]) == {guid_of("node", "light"), guid_of("node", "Money")}
    assert any("Money" in remark for remark in back.remarks)


def test_no_cell_becomes_a_formula(tmp_path):
    texts = {"=cmd.txt": "=HYPERLINK(1) and -1 and @x"}
    made = exchange(
        [("=cmd.txt", 0, 13, "light", "=bo"), ("=cmd.txt", 18, 20, "light", "@al")], texts=texts
    )
    segments = segments_of(texts, 40)
    write_long(made, tmp_path / "l.csv")
    write_wide(made, tmp_path / "w.csv", segments)
    for name in ("l.csv", "w.csv"):
        frame = pd.read_csv(tmp_path / name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for cell in [*frame.columns, *frame.to_numpy().ravel()]:
            assert not cell.startswith(("=", "+", "-", "@", "\t")), cell
    write_long(made, tmp_path / "l.xlsx")
    write_wide(made, tmp_path / "w.xlsx", segments)
    write_segment_sheet(made, tmp_path / "s.xlsx", segments, coder="=bo")
    for name in ("l.xlsx", "w.xlsx", "s.xlsx"):
        for page in openpyxl.load_workbook(tmp_path / name):
            for row in page.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    assert cell.hyperlink is None
                    if isinstance(cell.value, str) and cell.value.startswith(("=", "-", "@")):
                        assert cell.quotePrefix


def test_a_text_longer_than_a_cell_is_cut_and_still_known(tmp_path):
    texts = {"long.txt": "A long 👩‍👩‍👧 story. " * 2500}
    text = texts["long.txt"]
    made = exchange([("long.txt", 3, len(text) - 5, "light", "ann")], texts=texts)
    lost = write_long(made, tmp_path / "t.xlsx")
    assert losses(lost)["quotes"] == 1
    same(made, read_long(tmp_path / "t.xlsx", texts))
    assert losses(read_long(tmp_path / "t.xlsx")) == {"quotes of codings": 1}
    whole = pd.DataFrame(
        [("long.txt", 0, 0, len(text.rstrip()), text.rstrip(), "", "turn")], columns=SEGMENTS.names
    )
    lost = write_segment_sheet(made, tmp_path / "s.xlsx", whole, coder="ann")
    assert losses(lost)["texts of segments"] == 1
    back = read_segment_sheet(tmp_path / "s.xlsx", texts, coder="ann")
    assert codings(back)[["start", "end", "quote"]].to_numpy().tolist() == [
        [0, len(text.rstrip()), text.rstrip()]
    ]


# The matrix


def test_a_matrix_says_0_only_of_what_was_read(tmp_path):
    segments = segments_of(TEXTS, 16)
    read = pd.DataFrame(
        [("ann", "talks/ada.txt", 0, len(TEXTS["talks/ada.txt"]), "document", "")],
        columns=CODED.names,
    )
    lost = write_wide(exchange(SPANS, read=read), tmp_path / "w.csv", segments)
    frame = pd.read_csv(tmp_path / "w.csv", encoding="utf-8-sig")
    assert list(frame)[:6] == ["document", "segment", "start", "end", "text", "coder"]
    assert list(frame)[6:] == ["light", "repair", "blame"]
    assert len(frame) == 2 * len(segments)
    ann = frame[frame["coder"] == "ann"].set_index("document")
    assert ann.loc["talks/ada.txt", "light"].notna().all()
    assert ann.loc[["talks/bo.txt", "empty-handed.txt"], "light"].isna().all()
    # Of bo nothing is known, and that is told.
    assert losses(lost)["coders"] == 1
    bo = frame[frame["coder"] == "bo"].set_index("document")
    assert bo.loc["talks/bo.txt", "light"].notna().all()
    assert bo.loc[["empty-handed.txt"], "light":].isna().to_numpy().all()


def test_a_code_outside_of_what_was_read_stays_and_does_not_make_it_read(tmp_path):
    segments = segments_of(TEXTS, 16)
    read = pd.DataFrame(
        [("ann", "empty-handed.txt", 0, len(TEXTS["empty-handed.txt"]), "document", "")],
        columns=CODED.names,
    )
    made = exchange([("talks/ada.txt", 0, 16, "light", "ann")], read=read)
    write_wide(made, tmp_path / "w.csv", segments)
    back = read_wide(tmp_path / "w.csv", TEXTS)
    assert codings(back)["start"].tolist() == [0]
    assert back.read["document"].tolist() == ["empty-handed.txt"]
    assert back.read["scope"].tolist() == ["document"]


def test_codings_that_segments_cut_are_told(tmp_path):
    segments = segments_of({"talks/ada.txt": TEXTS["talks/ada.txt"]}, 10)
    first = segments.iloc[0]
    spans = [
        ("talks/ada.txt", 0, int(first["end"]), "light", "ann"),  # one segment
        ("talks/ada.txt", 0, int(segments.iloc[1]["end"]), "repair", "ann"),  # two
        ("talks/ada.txt", 2, 5, "blame", "ann"),  # a part
        ("talks/bo.txt", 0, 5, "light", "ann"),  # no segment there
    ]
    lost = losses(write_wide(exchange(spans), tmp_path / "w.csv", segments))
    assert lost["codings over several segments"] == 1
    assert lost["places of codings"] == 2
    assert lost["codings"] == 1


def test_one_file_a_coder_and_columns_by_name(tmp_path):
    segments = segments_of(TEXTS, 16)
    lost = write_wide(exchange(SPANS), tmp_path / "w.xlsx", segments, coder="bo", names="label")
    frame = pd.read_excel(tmp_path / "w.xlsx", sheet_name="matrix")
    assert set(frame["coder"]) == {"bo"}
    assert list(frame)[6:] == ["Light", "Repair", "Who is to blame; and why"]
    assert "coders" in losses(lost)
    # The second sheet knows what the columns are.
    back = read_wide(tmp_path / "w.xlsx", TEXTS)
    assert set(codings(back)["code"]) == {"light", "blame"}
    with pytest.raises(ExchangeError, match=r"no coder 'cy'.*ann, bo"):
        write_wide(exchange(SPANS), tmp_path / "x.csv", segments, coder="cy")


def test_a_matrix_from_another_program_says_yes_in_many_ways_and_odd_cells_are_named(tmp_path):
    rows = [
        ["file", "text", "rater", "Light", "Money", "remarks"],
        ["talks/ada.txt", "The lamp went out.", "ann", "X", "0", "see below"],
        ["talks/ada.txt", "“Who mends it?”", "ann", "WAHR", "nein", ""],
        ["talks/ada.txt", "asked Zoë.", "ann", "oui", "perhaps", "why?"],
        ["talks/ada.txt", "the meter said", "ann", "", "", ""],
    ]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    frame.to_csv(tmp_path / "w.csv", index=False, sep=";")
    back = read_wide(tmp_path / "w.csv", TEXTS)
    assert codings(back)["quote"].tolist() == [
        "The lamp went out.",
        "“Who mends it?”",
        "asked Zoë.",
    ]
    told = back.losses.set_index("item")
    assert told.loc["cells", "examples"] == "row 4, column 'Money': perhaps"
    assert told.loc["columns", "examples"] == "remarks"
    # The third row has no 0, the fourth says nothing.
    assert back.read["quote"].tolist() == ["The lamp went out.", "“Who mends it?”"]


def test_a_code_whose_name_is_that_of_a_place_column_keeps_apart(tmp_path):
    spans = [("talks/ada.txt", 0, 16, "text", "ann"), ("talks/ada.txt", 16, 32, "author", "ann")]
    made = exchange(spans, codes=[("text", "Text"), ("author", "Author"), ("none", "None")])
    segments = segments_of(TEXTS, 16)
    write_wide(made, tmp_path / "w.csv", segments)
    back = read_wide(tmp_path / "w.csv", TEXTS)
    assert set(codings(back)["code"]) == {"text", "author"}
    write_segment_sheet(made, tmp_path / "s.xlsx", segments, coder="ann")
    back = read_segment_sheet(tmp_path / "s.xlsx", TEXTS, coder="ann")
    assert set(codings(back)["code"]) == {"text", "author"}
    assert set(codings(back)["coder"]) == {"ann"}


# The sheet that people code on


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "sheet.xlsx"
    write_segment_sheet(exchange(SPANS), path, segments_of(TEXTS, 16))
    return path


def edit(path, change) -> None:
    book = openpyxl.load_workbook(path)
    page = book["segments"]
    heads = {cell.value: cell.column for cell in page[1]}
    change(page, heads)
    book.save(path)


def test_a_sheet_is_ready_to_be_coded_and_printed(sheet):
    book = openpyxl.load_workbook(sheet)
    assert book.sheetnames == ["segments", "codebook", "how to"]
    page = book["segments"]
    heads = [cell.value for cell in page[1]]
    assert heads == [
        "document",
        "segment",
        "start",
        "end",
        "text",
        "light",
        "repair",
        "blame",
        "none",
        "note",
    ]
    assert page.freeze_panes == "F2"
    assert page.auto_filter.ref.startswith("A1:J")
    offered = page.data_validations.dataValidation
    assert len(offered) == 4
    assert {each.formula1 for each in offered} == {'"x"'}
    assert page["E2"].alignment.wrap_text
    assert page.column_dimensions["E"].width >= 60
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0
    assert page.print_title_rows == "$1:$1"
    said = [cell.value for row in book["codebook"].iter_rows() for cell in row]
    assert any(str(cell).startswith("What Light means") for cell in said)
    # Nobody's marks, and nothing of a machine.
    marked = [cell.value for row in page.iter_rows(min_row=2, min_col=6, max_col=9) for cell in row]
    assert not any(marked)


def test_what_a_person_marks_comes_back(sheet):
    def change(page, heads):
        page.cell(2, heads["light"], "X")
        page.cell(3, heads["none"], "x")
        page.cell(4, heads["repair"], "x")
        page.cell(4, heads["blame"], "x – the mayor?")
        page.cell(5, heads["note"], "ask Zoë")
        page.cell(6, heads["light"], 0)
        page.cell(7, heads["light"], "x")
        page.cell(7, heads["none"], "x")

    edit(sheet, change)
    back = read_segment_sheet(sheet, TEXTS, coder="cy")
    segments = segments_of(TEXTS, 16)
    found = codings(back)
    assert found[["start", "code"]].to_numpy().tolist() == [
        [segments["start"][0], "light"],
        [segments["start"][2], "blame"],
        [segments["start"][2], "repair"],
        [segments["start"][5], "light"],
    ]
    assert set(found["coder"]) == {"cy"}
    assert back.read["start"].tolist() == segments["start"][[0, 1, 2, 4, 5]].tolist()
    assert set(back.read["scope"]) == {"segment"}
    assert losses(back) == {"marks under 'none'": 1, "marks with words in them": 1}
    notes = back.notes.set_index("text")
    assert (
        notes.loc["ask Zoë", ["start", "end"]].tolist()
        == segments.loc[3, ["start", "end"]].tolist()
    )
    blame = back.marks.loc[back.marks["node"] == guid_of("node", "blame"), "guid"].iloc[0]
    assert notes.loc["x – the mayor?", "about"] == blame
    assert any("note but no mark" in remark for remark in back.remarks)


def test_a_document_of_which_every_segment_was_read_was_read_as_a_whole(sheet):
    def change(page, heads):
        for row in range(2, page.max_row + 1):
            if page.cell(row, heads["document"]).value == "talks/ada.txt":
                page.cell(row, heads["none"], "x")

    edit(sheet, change)
    back = read_segment_sheet(sheet, TEXTS, coder="cy")
    assert back.read[["document", "scope", "end"]].to_numpy().tolist() == [
        ["talks/ada.txt", "document", len(TEXTS["talks/ada.txt"])]
    ]


def test_rows_may_be_moved_deleted_and_added_and_columns_too(sheet):
    def change(page, heads):
        page.cell(2, heads["light"], "x")
        page.delete_rows(3, 2)
        page.move_range(f"A2:J{page.max_row}", rows=5)
        last = page.max_row + 1
        page.cell(last, heads["document"], "talks/ada.txt")
        page.cell(last, heads["text"], "the meter said")
        page.cell(last, heads["repair"], "x")
        page.cell(last + 1, heads["document"], "talks/ada.txt")
        page.cell(last + 1, heads["text"], "Nobody mends it.")
        page.cell(last + 1, heads["repair"], "x")
        page.insert_cols(1)
        page.cell(1, 1, "my own column")
        page.cell(8, 1, "read again on Monday")
        new = page.max_column + 1
        page.cell(1, new, "Weather & wind")
        page.cell(7, new, "x")

    edit(sheet, change)
    back = read_segment_sheet(sheet, TEXTS, coder="cy")
    found = codings(back)
    assert found["quote"].tolist() == ["The lamp went ou"] * 2 + ["the meter said"]
    assert set(found["code"]) == {"light", "repair", ""}
    assert "Weather & wind" in back.nodes["name"].tolist()
    assert any("Weather & wind" in remark for remark in back.remarks)
    told = losses(back)
    assert told == {"rows": 1, "columns": 1}


def test_comments_on_cells_become_notes(sheet):
    from openpyxl.comments import Comment

    def change(page, heads):
        page.cell(2, heads["light"], "x").comment = Comment("Is this light?", "Cy")
        page.cell(3, heads["text"]).comment = Comment("Lovely line", "Cy")
        page.cell(1, heads["light"]).comment = Comment("which light?", "Cy")

    edit(sheet, change)
    back = read_segment_sheet(sheet, TEXTS, coder="cy")
    notes = back.notes.set_index("text")
    assert notes.loc["Is this light?", "about"] == back.marks["guid"].iloc[0]
    assert notes.loc["Lovely line", "about"] == guid_of("source", "talks/ada.txt")
    assert notes.loc["Lovely line", "start"] == segments_of(TEXTS, 16)["start"][1]
    assert losses(back) == {"comments": 1}


def test_marks_of_a_coder_are_there_if_asked_and_suggestions_by_name(tmp_path):
    made = exchange(
        [
            *SPANS,
            ("talks/ada.txt", 0, 16, "repair", "robot"),
            ("talks/ada.txt", 0, 16, "light", "robot"),
        ],
        machine="robot",
    )
    segments = segments_of(TEXTS, 16)
    plain, told = tmp_path / "plain.xlsx", tmp_path / "told.xlsx"
    lost = write_segment_sheet(made, plain, segments, coder="ann")
    assert losses(lost)["coders"] == 3  # bo, the robot, and that nobody knows what ann read
    frame = pd.read_excel(plain, keep_default_na=False)
    assert SUGGESTED not in frame
    assert "Light; Repair" not in frame.to_string()
    assert frame.loc[0, "light"] == "x"
    write_segment_sheet(made, told, segments, suggestions=True)
    frame = pd.read_excel(told, keep_default_na=False)
    assert frame.loc[0, SUGGESTED] == "Light; Repair"
    assert (frame["light"] == "").all()
    # A suggestion is no mark, and not a column of one's own either.
    back = read_segment_sheet(told, TEXTS, coder="ann")
    assert back.marks.empty
    assert back.losses.empty


def test_a_sheet_saved_as_csv_is_read(sheet, tmp_path):
    edit(sheet, lambda page, heads: page.cell(2, heads["light"], "x"))
    frame = pd.read_excel(sheet, dtype=str, keep_default_na=False)
    frame.to_csv(tmp_path / "s.csv", sep=";", index=False, encoding="utf-16")
    back = read_segment_sheet(tmp_path / "s.csv", TEXTS, coder="cy", nodes=exchange(SPANS).nodes)
    assert codings(back)["code"].tolist() == ["light"]
    with pytest.raises(ExchangeError, match="does not say who"):
        read_segment_sheet(sheet, TEXTS)


def test_a_sheet_of_drawn_segments_is_read_as_well(tmp_path):
    from fourp_nlp.reporting import write_coding_sheet

    segments = segments_of(TEXTS, 16).iloc[2:5].reset_index(drop=True)
    frame = pd.DataFrame({"draw": "d1-abc", "order": [1, 2, 3]}).join(
        segments[["document", "start", "end"]]
    )
    frame = frame.assign(before="what was", text=segments["text"], after="what is", note="")
    marks = ["light", "repair", "blame", "none"]
    frame[marks] = ""
    frame.loc[0, "repair"] = "x"
    frame.loc[1, "none"] = "x"
    write_coding_sheet(
        frame, marks, pd.DataFrame({"column": marks[:3], "name": "n"}), tmp_path / "s.xlsx"
    )
    back = read_segment_sheet(tmp_path / "s.xlsx", TEXTS, coder="cy", nodes=exchange(SPANS).nodes)
    assert codings(back)[["start", "code"]].to_numpy().tolist() == [
        [segments["start"][0], "repair"]
    ]
    assert back.read["start"].tolist() == segments["start"][:2].tolist()
    assert back.losses.empty


def test_many_codes_stand_in_narrow_columns(tmp_path):
    many = [(f"code_{number}", f"Code number {number}") for number in range(20)]
    made = exchange([("talks/ada.txt", 0, 16, "code_3", "ann")], codes=many)
    write_segment_sheet(made, tmp_path / "s.xlsx", segments_of(TEXTS, 16), names="label")
    page = openpyxl.load_workbook(tmp_path / "s.xlsx")["segments"]
    assert page["F1"].alignment.textRotation == 90
    assert page.column_dimensions["F"].width < 7


def test_segments_of_another_text_are_refused(tmp_path):
    other = segments_of(TEXTS | {"talks/ada.txt": "Some other text, longer than sixteen."}, 16)
    for write_it in (write_wide, write_segment_sheet):
        with pytest.raises(ExchangeError, match=r"talks/ada\.txt.*not those of the exported text"):
            write_it(exchange(SPANS), tmp_path / "t.xlsx", other)
    assert not (tmp_path / "t.xlsx").exists()


# Workbooks as others write them


def test_a_workbook_is_read_exactly_whatever_wrote_it(tmp_path):
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    book = openpyxl.Workbook()
    page = book.active
    page.append(["document", "start", "end", "quote", "code", "coder", "created"])
    rich = CellRichText(["The ", TextBlock(InlineFont(b=True), "lamp"), " went out."])
    page.append(["talks/ada.txt", 0, 18.0, rich, "light", 7, pd.Timestamp("2024-05-03 10:30")])
    book.save(tmp_path / "t.xlsx")
    back = read_long(tmp_path / "t.xlsx", TEXTS)
    found = codings(back)
    assert found.loc[0, ["quote", "coder", "made_at"]].tolist() == [
        "The lamp went out.", "7", "2024-05-03T10:30:00",
    ]  # fmt: skip


def test_carriage_returns_in_disguise_come_out(tmp_path):
    from fourp_nlp.spreadsheets import write_xlsx

    write_xlsx({"a": pd.DataFrame({"text": ["one_x000D_two", "zz"]})}, tmp_path / "t.xlsx")
    _replace(tmp_path / "t.xlsx", "xl/sharedStrings.xml", b"zz", b"one_x000D_two_x00e9_")
    rows = read_book(tmp_path / "t.xlsx").sheet("a").rows
    assert [cells[0] for _, cells in rows] == ["text", "one_x000D_two", "one\rtwoé"]


def _replace(path, member, old: bytes, new: bytes, *, add: dict[str, bytes] | None = None) -> None:
    copy = path.with_suffix(".copy")
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            data = source.read(info)
            target.writestr(
                info.filename, data.replace(old, new) if info.filename == member else data
            )
        for name, data in (add or {}).items():
            target.writestr(name, data)
    shutil.move(copy, path)


def test_conversations_in_newer_excels_are_read(sheet):
    from openpyxl.comments import Comment

    note = "[Threaded comment]\n\nYour version of Excel cannot show it.\n\nComment:\n    Really?"

    def change(page, heads):
        page.cell(2, heads["text"]).comment = Comment(note, "tc={1}")

    edit(sheet, change)
    thread = (
        b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        b'<threadedComment ref="E2" personId="{P}" id="{1}"><text>Really?</text></threadedComment>'
        b'<threadedComment ref="E2" personId="{P}" id="{2}"><text>Yes.</text></threadedComment>'
        b"</ThreadedComments>"
    )
    people = (
        b'<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        b'<person displayName="Cy Young" id="{P}" userId="c" providerId="None"/></personList>'
    )
    _replace(
        sheet,
        "xl/worksheets/_rels/sheet1.xml.rels",
        b"</Relationships>",
        b'<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
        b'threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>',
        add={
            "xl/threadedComments/threadedComment1.xml": thread,
            "xl/persons/person.xml": people,
        },
    )
    back = read_segment_sheet(sheet, TEXTS, coder="cy")
    assert back.notes[["name", "text"]].to_numpy().tolist() == [
        ["comment by Cy Young", "Really?"],
        ["comment by Cy Young", "Yes."],
    ]


# Files that are not what they should be


def test_a_table_too_large_for_excel_says_so_before_anything_is_written(tmp_path):
    with pytest.raises(ExchangeError, match=r"1,048,576 rows.*Write it as \.csv"):
        check_size(tmp_path / "t.xlsx", 1_048_576, 8)
    check_size(tmp_path / "t.csv", 1_048_576, 8)
    many = [(f"c{number}", f"Code {number}") for number in range(16_400)]
    made = exchange(SPANS[:0], codes=many)
    with pytest.raises(ExchangeError, match=r"16,4\d\d columns.*Write it as \.csv"):
        write_wide(made, tmp_path / "t.xlsx", segments_of(TEXTS, 16))
    assert not (tmp_path / "t.xlsx").exists()


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "t.xlsx"
    write_long(exchange(SPANS), path)
    _replace(path, "xl/styles.xml", b"</styleSheet>", b"</styleSheet>" + b" " * (60 << 20))
    with pytest.raises(UnsafeExchangeError, match="expands more than"):
        read_long(path, TEXTS)
    # A cell far to the right costs the file nothing.
    monkeypatch.setattr("fourp_nlp.spreadsheets.workbook_reader._MOST_EMPTY", 100_000)
    book = openpyxl.Workbook()
    for row in range(1, 12):
        book.active.cell(row, 16_000, "x")
    book.save(path)
    with pytest.raises(UnsafeExchangeError, match="empty cells between"):
        read_wide(path, TEXTS)


def test_entities_are_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    write_long(exchange(SPANS), path)
    _replace(
        path,
        "xl/workbook.xml",
        b"<workbook ",
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook ',
    )
    with pytest.raises(UnsafeExchangeError, match="XML entities"):
        read_long(path, TEXTS)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", b"", "empty"),
        ("t.csv", b"document,code\na,b\n", r"no column for quote.*may be called quote, quotation"),
        ("t.csv", b"one,two\na,b\n", r"no column for document and code and quote.*'one', 'two'"),
        ("t.csv", b'document,quote,code\na,"open,b\n', "quotation mark that is not closed"),
        ("t.csv", b"PK\x03\x04rubbish", "zip or Office file under the name of a text file"),
        ("t.csv", b"document,quote,code\na\x00b,c,d\n", "NUL"),
        ("t.xlsx", b"document,quote,code\na,b,c\n", "not an? Excel workbook"),
        ("t.xlsx", b"PK\x03\x04rubbish", "cut off or damaged"),
        ("t.xls", b"\xd0\xcf\x11\xe0", r"old Excel workbook.*Save it as \.xlsx"),
        ("t.ods", b"PK", r"OpenDocument table.*Save it as \.xlsx"),
        ("t.docx", b"PK", r"'\.docx' is not the ending of a table"),
        ("missing.csv", None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_table_is_refused_with_the_cure(tmp_path, name, content, says):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ExchangeError, match=says) as caught:
        read_long(path, TEXTS)
    assert name in str(caught.value)


def test_a_damaged_workbook_is_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    write_long(exchange(SPANS), path)
    _replace(path, "xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData><row r='x'>")
    with pytest.raises(ExchangeError, match="damaged"):
        read_long(path, TEXTS)
    shutil.copy(path, tmp_path / "sheet.xlsx")
    with pytest.raises(ExchangeError, match="damaged"):
        read_segment_sheet(tmp_path / "sheet.xlsx", TEXTS, coder="ann")


def test_a_table_without_codes_or_of_no_workbook_is_no_sheet(tmp_path):
    path = write(tmp_path / "t.csv", "document,text,remarks\ntalks/ada.txt,The lamp,hm\n")
    with pytest.raises(ExchangeError, match="No column of the table is a code"):
        read_wide(path, TEXTS)
    with pytest.raises(ExchangeError, match=r"ends in \.xlsx"):
        write_segment_sheet(exchange(SPANS), tmp_path / "s.csv", segments_of(TEXTS, 16))
    with pytest.raises(ExchangeError, match="no segments of these documents"):
        write_wide(exchange(SPANS), tmp_path / "w.csv", segments_of({"other": "text"}, 16))


def test_identities_of_many_are_those_of_each():
    rows = [("a", 1, 2, "c", "é"), ("", 0, 9**9, "🇨🇦", "x\x1fy")]
    assert guids_of("mark", *zip(*rows, strict=True)) == [guid_of("mark", *row) for row in rows]
    assert guids_of("mark", [], []) == []


def test_an_empty_project_makes_an_empty_table(tmp_path):
    made = exchange([])
    for suffix in (".csv", ".xlsx"):
        path = tmp_path / f"t{suffix}"
        write_long(made, path)
        back = read_long(path, TEXTS)
        assert back.marks.empty
        assert (len(back.nodes) == 4) == (suffix == ".xlsx")


def test_tables_are_those_of_the_contract(tmp_path):
    write_long(exchange(SPANS), tmp_path / "t.xlsx")
    back = read_long(tmp_path / "t.xlsx", TEXTS)
    checked = back.conformed()
    for name, table in (("sources", SOURCES), ("nodes", NODES), ("users", USERS), ("marks", MARKS)):
        frame = getattr(checked, name)
        assert list(frame) == list(table.columns)
        assert frame["guid"].is_unique
    assert set(back.marks["source"]) <= set(back.sources["guid"])
    assert set(back.marks["node"]) <= set(back.nodes["guid"])
