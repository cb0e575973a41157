"""Codings as comments in Word documents, and comments and highlighted text as codings."""

import io
import shutil
import subprocess
import zipfile

import docx
import numpy as np
import pandas as pd
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.control_characters import printable
from fourp_nlp.documents import normalise, read_document, read_word_places
from fourp_nlp.documents.word.docx import read as reading_of
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
    read_word,
    write_word,
)
from fourp_nlp.tables import conform
from tests import bad_files
from tests.exchanges import exchanges, rich_exchange

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f'xmlns:w="{W}"'
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_W15 = 'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
_NOTE_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TEXT = (
    "Anna: We were told to wait. 👩\u200d👩\u200d👧 Nobody came.\nInterviewer: “For how long?”\n\n"
    "Three weeks, then the café closed.\n\nلماذا ذهبت؟ لأنني خفت."
)
_HOME = ["--headless", "-env:UserInstallation=file://{home}"]


def read_raw(path):
    return reading_of(path).texts[0].text


def table(schema, rows):
    return conform(pd.DataFrame(rows, columns=schema.names), schema)


def nodes_of(*names, theme="Feelings"):
    """Codes of these names below one theme."""
    rows = [(guid_of("node", "theme"), "", "theme", theme, "", "", False)]
    for name in names:
        rows.append(
            (guid_of("node", name), rows[0][0], f"id of {name}", name, f"About {name}.", "", True)
        )
    return table(NODES, rows)


def exchange_of(text, marks, *, document="interview.txt", names=("Fear", "Hope"), notes=()):
    """One document with marks (start, end, name, coder[, date, probability, why])."""
    source = guid_of("source", document)
    coders = dict.fromkeys(mark[3] for mark in marks)
    rows = []
    for start, end, name, coder, *more in marks:
        made_at, probability, why = [*more, *("", np.nan, "")[len(more) :]]
        rows.append(
            (
                guid_of("mark", document, start, end, f"id of {name}", coder),
                source, start, end, guid_of("node", name), guid_of("user", coder), text[start:end],
                made_at, probability, why,
            )
        )  # fmt: skip
    return Exchange(
        sources=table(SOURCES, [(source, document, text, True, "text", "")]),
        nodes=nodes_of(*names),
        users=table(
            USERS, [(guid_of("user", coder), coder, coder.startswith("m@")) for coder in coders]
        ),
        marks=table(MARKS, rows),
        notes=table(NOTES, notes),
    )


def spans(exchange, *more):
    """Each mark as its span, the code's name and the coder's, and more columns."""
    nodes = exchange.nodes.set_index("guid")["name"]
    users = {"": ""} | dict(zip(exchange.users["guid"], exchange.users["coder"], strict=True))
    marks = exchange.marks
    columns = [
        marks["start"],
        marks["end"],
        marks["node"].map(nodes),
        marks["user"].map(users),
    ]
    return sorted(zip(*columns, *(marks[key] for key in more), strict=True))


def losses(frame):
    return frame.groupby("item")["count"].sum().to_dict()


def there_and_back(exchange, folder, **options):
    told = write_word(exchange, folder / "coded.docx")
    return told, read_word(folder / "coded.docx", **options)


# There and back, without an original


def test_codings_come_back_to_the_character_with_coder_date_and_reason(tmp_path):
    marks = [
        (0, 27, "Fear", "Anna Berg", "2026-01-02T03:04:05Z"),
        (6, 100, "Hope", "bo", ""),
        (6, 100, "Fear", "m@1f", "2026-02-03T04:05:06Z", 0.83, "nearest: “told to wait” (anna)"),
        (len(_TEXT) - 5, len(_TEXT), "Hope", "bo", ""),
    ]
    exchange = exchange_of(_TEXT, marks)
    told, back = there_and_back(exchange, tmp_path)
    assert told.empty
    assert back.losses.empty
    assert back.sources["text"].tolist() == [_TEXT]
    assert back.sources["document"].tolist() == ["interview.txt"]
    more = ("quote", "made_at", "why", "guid")
    assert spans(back, *more) == spans(exchange, *more)
    probabilities = back.marks.set_index("guid")["probability"].dropna()
    assert probabilities.tolist() == [0.83]
    pd.testing.assert_frame_equal(back.nodes, exchange.nodes)
    assert dict(zip(back.users["coder"], back.users["machine"], strict=True)) == {
        "Anna Berg": False,
        "bo": False,
        "m@1f": True,
    }


def test_a_person_sees_the_code_first_and_the_text_is_only_the_text(tmp_path):
    exchange = exchange_of(
        _TEXT, [(0, 5, "Fear", "Anna Berg", "2026-01-02T03:04:05Z", 0.5, "near")]
    )
    write_word(exchange, tmp_path / "coded.docx")
    opened = docx.Document(str(tmp_path / "coded.docx"))
    comment = next(iter(opened.comments))
    assert (comment.author, comment.initials) == ("Anna Berg", "AB")
    assert comment.text == "Fear\nprobability 0.500: near"
    assert comment.timestamp.isoformat().startswith("2026-01-02T03:04:05")
    assert opened.core_properties.title == "interview.txt"
    assert [paragraph.text for paragraph in opened.paragraphs] == _TEXT.split("\n\n")
    assert read_document(tmp_path / "coded.docx") == _TEXT


_LETTERS = st.lists(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            list("ab \t\n\n\r.,“”é\u0301\u00a0\ufeff\u200d👩🇨🇦\u0644\u0627<&>]\x00\x0b\ufffe")
        ),
        st.sampled_from(["👩\u200d👩\u200d👧", "\r\n", "e\u0301", "\n\n\n", "  "]),
    ),
    min_size=1,
    max_size=60,
).map("".join)
_NAMES = st.sampled_from(
    ["Fear", "fear", "Food, shelter", "a; b", "Note: this", "probability 0.5", "Ünïcode 👩\u200d👧", "خوف", "<&>", "?"]
)  # fmt: skip


@st.composite
def _projects(draw):
    text = draw(_LETTERS)
    names = draw(st.lists(_NAMES, min_size=1, max_size=5, unique=True))
    marks = {}
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        coder = draw(st.sampled_from(["Anna Berg", "bo", "", "m@1f", "Ж 👧 <&>"]))
        name = draw(st.sampled_from(names))
        marks[start, end, name, coder] = (start, end, name, coder, "2026-01-02T03:04:05Z")
    return text, names, list(marks.values())


def _shown(text, start, end):
    """The span as a comment can carry it: of the characters that XML has, without empty lines at its ends."""
    kept = printable(text)
    first, last = len(printable(text[:start])), len(printable(text[:end]))
    inside = []
    at = 0
    for paragraph in kept.split("\n\n"):
        inside += [at + place for place in range(len(paragraph)) if first <= at + place < last]
        at += len(paragraph) + 2
    return (inside[0], inside[-1] + 1) if inside else None


@given(_projects())
@settings(max_examples=150, deadline=None)
def test_any_text_and_any_codings_come_back(tmp_path_factory, project):
    text, names, marks = project
    exchange = exchange_of(text, marks, names=names)
    folder = tmp_path_factory.mktemp("word")
    told, back = there_and_back(exchange, folder)
    assert back.sources["text"].tolist() == [printable(text)]
    expected = set()
    for start, end, name, coder, _ in marks:
        shown = _shown(text, start, end)
        if shown is not None:
            expected.add((*shown, name, coder))
    assert set(spans(back)) == expected
    assert all(
        printable(text)[start:end] == quote for start, end, _, _, quote in spans(back, "quote")
    )
    same = {(start, end) for start, end, *_ in marks} == {mark[:2] for mark in expected}
    assert same or not told.empty
    assert (len(printable(text)) < len(text)) == ("characters that XML forbids" in losses(told))
    with_codes = read_word(folder / "coded.docx", nodes=exchange.nodes)
    assert set(spans(with_codes)) == expected
    assert set(with_codes.marks["node"]) <= set(exchange.nodes["guid"])
    shutil.rmtree(folder)


def as_a_comment_says(exchange):
    """Every mark that a comment can stand on: document, span, code, coder, probability and reason."""
    texts = exchange.sources.set_index("guid")[["document", "text"]]
    said = set()
    for mark in exchange.marks.itertuples():
        document, text = texts.loc[mark.source]
        shown = _shown(text, mark.start, mark.end)
        if shown is not None:
            probability = "" if np.isnan(mark.probability) else f"{mark.probability:.3f}"
            said.add(
                (document, *shown, mark.node, mark.user, probability, " ".join(mark.why.split()))
            )
    return said


@given(exchanges(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_project_comes_back(tmp_path_factory, exchange, codebook):
    folder = tmp_path_factory.mktemp("word")
    if exchange.sources.empty:
        with pytest.raises(ExchangeError, match="no text"):
            write_word(exchange, folder)
        return
    write_word(exchange, folder)
    back = read_word(folder, nodes=exchange.nodes if codebook else None)
    columns = ["guid", "document", "text", "has_text"]
    pd.testing.assert_frame_equal(
        back.sources[columns].sort_values("guid", ignore_index=True),
        exchange.sources[columns].sort_values("guid", ignore_index=True),
    )
    pd.testing.assert_frame_equal(back.nodes, exchange.nodes)
    assert as_a_comment_says(back) == as_a_comment_says(exchange)
    machines = back.users.merge(exchange.users, on=["guid", "coder"])
    assert len(machines) == len(back.users)
    assert machines["machine_x"].tolist() == machines["machine_y"].tolist()
    shutil.rmtree(folder)


def test_a_project_rich_in_everything_comes_back_and_what_is_lost_is_told(tmp_path):
    exchange = rich_exchange()
    told = write_word(exchange, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a.docx",
        "sub_b – é.docx",
    ]
    assert losses(told) == {
        "descriptions of documents": 1,
        "values of documents and cases": 4,
        "cases and sets": 3,
        "statements of what a coder read": 4,
        "notes about codes, whole documents or the project": 3,
        "probabilities": 2,
    }
    back = read_word(tmp_path / "out")
    assert as_a_comment_says(back) == as_a_comment_says(exchange)
    pd.testing.assert_frame_equal(back.nodes, exchange.nodes)
    kept = exchange.notes[exchange.notes["name"].isin(["On a passage", "On a coding"])]
    columns = ["start", "end", "user", "name", "text", "made_at"]
    assert sorted(back.notes[columns].to_numpy().tolist()) == sorted(
        kept[columns].to_numpy().tolist()
    )


@given(_LETTERS.map(normalise).filter(bool))
@settings(max_examples=60, deadline=None)
def test_the_corpus_reads_the_same_text(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("word") / "coded.docx"
    write_word(exchange_of(text, [(0, 1, "Fear", "bo")]), path)
    assert read_document(path) == text


def test_the_same_project_gives_the_same_bytes(tmp_path):
    exchange = exchange_of(_TEXT, [(0, 5, "Fear", "bo"), (3, 9, "Hope", "anna")])
    write_word(exchange, tmp_path / "a.docx")
    write_word(exchange, tmp_path / "b.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_each_document_gets_a_file_of_its_own_inside_the_folder(tmp_path):
    documents = [
        "a/int.txt",
        "a_int.txt",
        "A_INT.docx",
        "../../up.txt",
        "con",
        ".",
        "x" * 300,
        "q?.md",
    ]
    sources = [
        (guid_of("source", one), one, f"Text {at}.", True, "text", "")
        for at, one in enumerate(documents)
    ]
    exchange = Exchange(sources=table(SOURCES, sources))
    write_word(exchange, tmp_path / "out")
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len({name.casefold() for name in made}) == len(documents)
    assert not {"up.docx", "con.docx"} & {path.name for path in tmp_path.rglob("*")}
    back = read_word(tmp_path / "out")
    assert dict(zip(back.sources["document"], back.sources["text"], strict=True)) == {
        one: f"Text {at}." for at, one in enumerate(documents)
    }
    with pytest.raises(ExchangeError, match="8 documents for one file"):
        write_word(exchange, tmp_path / "one.docx")


def test_notes_come_back_with_what_they_are_about(tmp_path):
    mark = guid_of("mark", "interview.txt", 0, 5, "id of Fear", "bo")
    source, user = guid_of("source", "interview.txt"), guid_of("user", "bo")
    notes = [
        ("n1", mark, -1, -1, user, "", "Is it?", "2026-01-02T03:04:05Z"),
        ("n2", mark, -1, -1, user, "Doubt", "One.\n\nTwo\tthree.", ""),
        ("n3", source, 6, 27, user, "", "Fear", ""),
        ("n4", source, 6, 27, user, "Later", "", ""),
        ("n5", source, -1, -1, user, "", "On the whole.", ""),
    ]
    exchange = exchange_of(_TEXT, [(0, 5, "Fear", "bo")], notes=notes)
    told, back = there_and_back(exchange, tmp_path)
    assert losses(told) == {"notes about codes, whole documents or the project": 1}
    kept = back.notes[["about", "start", "end", "name", "text", "made_at"]].to_numpy().tolist()
    assert sorted(kept) == sorted(
        [about, *span, name, text, at] for _, about, *span, _, name, text, at in notes[:4]
    )
    assert spans(back) == spans(exchange)


def test_what_comments_cannot_carry_is_told(tmp_path):
    source = guid_of("source", "interview.txt")
    exchange = exchange_of(
        "One.\n\n\x00Two.",
        [
            (0, 3, "Fear", "bo", "some day"),
            (0, 3, "Hope", "bo", "2026-01-02T03:04:05.678Z"),
            (4, 6, "Fear", "bo"),
            (0, 6, "Fear", "m@1", "", 0.12345, "a\nb"),
            (7, 7, "Fear", "bo"),
        ],
    )
    exchange = Exchange(
        sources=table(
            SOURCES,
            [
                *exchange.sources[SOURCES.names].itertuples(index=False),
                ("pic", "photo.png", "", False, "picture", ""),
            ],
        ),
        nodes=exchange.nodes,
        users=exchange.users,
        marks=exchange.marks,
        values=table(VALUES, [(source, "group", "Text", "north")]),
        members=table(MEMBERS, [("c", "case", "Ottawa", source, "")]),
    )
    told, back = there_and_back(exchange, tmp_path)
    assert losses(told) == {
        "sources without a text": 1,
        "values of documents and cases": 1,
        "cases and sets": 1,
        "characters that XML forbids": 1,
        "dates": 1,
        "fractions of a second": 1,
        "reasons in several lines": 1,
        "codings and notes without a passage": 1,
        "codings and notes where Word has no comments": 1,
        "ends of codings and notes": 1,
        "probabilities": 1,
    }
    assert [(start, end) for start, end, *_ in spans(back)] == [(0, 3), (0, 3), (0, 4)]


def test_codes_of_one_name_keep_apart(tmp_path):
    theme = guid_of("node", "theme")
    nodes = table(
        NODES,
        [
            (theme, "", "t", "Home", "", "", False),
            ("other", "", "o", "Work", "", "", False),
            ("n1", theme, "home_fear", "Fear", "", "", True),
            ("n2", "other", "work_fear", "Fear", "", "", True),
        ],
    )
    exchange = exchange_of(_TEXT, [(0, 5, "Fear", "bo"), (6, 9, "Fear", "bo")])
    marks = exchange.marks.assign(node=["n1", "n2"])
    exchange = Exchange(sources=exchange.sources, users=exchange.users, nodes=nodes, marks=marks)
    write_word(exchange, tmp_path / "coded.docx")
    opened = docx.Document(str(tmp_path / "coded.docx"))
    assert [comment.text for comment in opened.comments] == ["Fear [Home]", "Fear [Work]"]
    assert read_word(tmp_path / "coded.docx", nodes=nodes).marks["node"].tolist() == ["n1", "n2"]


# Copies of originals


def add_notes_part(document, kind, notes):
    xml = "".join(
        f'<w:{kind} w:id="{number}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}>'
        for number, text in notes.items()
    )
    part = Part(
        PackURI(f"/word/{kind}s.xml"),
        f"{_NOTE_TYPE}.{kind}s+xml",
        f"<w:{kind}s {_W}>{xml}</w:{kind}s>".encode(),
        document.part.package,
    )
    document.part.relate_to(part, f"{RELATIONSHIP_TYPE.FOOTNOTES.rpartition('/')[0]}/{kind}s")


def xml_paragraph(document, inside):
    document.element.body.insert(
        len(document.element.body) - 1,
        parse_xml(
            f'<w:p {_W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
            f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{inside}</w:p>'
        ),
    )


@pytest.fixture
def original(tmp_path):
    """A document with most of what Word has: styles, lists, a table, a picture, tracked changes, notes, a box."""
    document = docx.Document()
    document.add_heading("Our first year", 1)
    paragraph = document.add_paragraph("We met in ")
    run = paragraph.add_run("May, in the cafe\u0301\u00a0garden")
    run.bold, run.font.color.rgb = True, RGBColor(0xAA, 0, 0)
    paragraph.add_run(" and  waited.\tNobody came.")
    document.add_paragraph("Posters were up", style="List Bullet")
    document.add_paragraph("Talks were given", style="List Bullet")
    grid = document.add_table(2, 2)
    for place, words in enumerate(["Town", "Meetings", "Elmford", "Nine in all"]):
        grid.cell(place // 2, place % 2).text = words
    xml_paragraph(
        document,
        "<w:r><w:t>Kept</w:t></w:r><w:del w:id='90' w:author='x'><w:r><w:delText> gone</w:delText></w:r></w:del>"
        "<w:ins w:id='91' w:author='x'><w:r><w:t xml:space='preserve'> added here</w:t></w:r></w:ins>"
        "<w:hyperlink r:id='rId99'><w:r><w:t> linked words</w:t></w:r></w:hyperlink><w:r><w:br/><w:t>below</w:t>"
        "<w:noBreakHyphen/><w:t>it</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r>"
        "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath><w:r><w:t xml:space='preserve"
        "'> after the sum </w:t></w:r>",
    )
    xml_paragraph(
        document,
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><wp:extent cx='900000' "
        "cy='300000'/><wp:docPr id='7' name='Box'/><a:graphic><a:graphicData "
        "uri='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'><wps:wsp><wps:cNvSpPr txBox='1'/>"
        "<wps:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='900000' cy='300000'/></a:xfrm><a:prstGeom prst='rect'>"
        "<a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p>"
        "</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
        "</mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Around it</w:t></w:r>",
    )
    document.add_picture(io.BytesIO(_PNG))
    add_notes_part(document, "footnote", {2: "In a barn, they say."})
    document.part.rels.add_relationship(
        RELATIONSHIP_TYPE.HYPERLINK, "http://127.0.0.1:9/never", "rId99", is_external=True
    )
    commented = document.add_paragraph("Somebody spoke before.")
    document.add_comment(commented.runs, text="An old remark.", author="Old Hand", initials="OH")
    document.add_paragraph("The end.")
    document.save(tmp_path / "original.docx")
    return tmp_path / "original.docx"


_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cf"
    "c0000003010100c9fe92ef0000000049454e44ae426082"
)


def copy_of(original, marks, folder):
    text = read_document(original)
    exchange = exchange_of(text, marks, document="original.docx", names=("Fear", "Hope"))
    told = write_word(exchange, folder / "copy.docx", originals={"original.docx": original})
    return exchange, told


def body_spans(text):
    """Every sentence-like stretch of the text that a comment may stand on."""
    wanted = [
        "Our first year", "first year\n\nWe met", "in May, in the café garden and waited", "May",
        "Nobody came.", "Posters were up", "were given\n\nTown\n\nMeetings", "Nine", "Kept added here linked",
        "added", "linked words\nbelow-it", "below-it", "t", "after the sum", "Around it", "before.\n\nThe end.",
    ]  # fmt: skip
    return [(text.index(words), text.index(words) + len(words)) for words in wanted]


def test_a_copy_has_the_codings_on_their_passages_and_the_text_unchanged(original, tmp_path):
    text = read_document(original)
    marks = [
        (start, end, "Fear" if at % 2 else "Hope", f"coder {at % 3}")
        for at, (start, end) in enumerate(body_spans(text))
    ]
    exchange, told = copy_of(original, marks, tmp_path)
    assert losses(told) == {"comments that an original had": 1}
    assert read_raw(tmp_path / "copy.docx") == read_raw(original)
    back = read_word(tmp_path / "copy.docx", nodes=exchange.nodes)
    assert spans(back, "quote") == spans(exchange, "quote")
    assert back.sources["text"].tolist() == [text]
    assert back.notes["text"].tolist() == ["An old remark."]
    assert losses(back.losses) == {"names in comments that are no code's": 1}


def test_a_copy_keeps_all_else_that_the_original_has(original, tmp_path):
    text = read_document(original)
    copy_of(original, [(*span, "Fear", "bo") for span in body_spans(text)], tmp_path)
    with zipfile.ZipFile(original) as before, zipfile.ZipFile(tmp_path / "copy.docx") as after:
        kept = {name for name in before.namelist() if "customXml" not in name}
        assert kept <= set(after.namelist())
        changed = {name for name in kept if before.read(name) != after.read(name)}
        assert changed <= {
            "[Content_Types].xml",
            "word/document.xml",
            "word/comments.xml",
            "word/_rels/document.xml.rels",
        }
        assert b"http://127.0.0.1:9/never" in after.read("word/_rels/document.xml.rels")
        body = after.read("word/document.xml").decode()
    for kind in ("del ", "ins ", "hyperlink ", "drawing", "footnoteReference"):
        assert f"<w:{kind}" in body
    opened = docx.Document(str(tmp_path / "copy.docx"))
    styles = [paragraph.style.name for paragraph in opened.paragraphs]
    assert styles == [paragraph.style.name for paragraph in docx.Document(str(original)).paragraphs]
    bold = "".join(run.text for run in opened.paragraphs[1].runs if run.bold)
    assert bold == "May, in the cafe\u0301\u00a0garden"
    assert {str(run.font.color.rgb) for run in opened.paragraphs[1].runs if run.bold} == {"AA0000"}


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_codings_of_an_original_come_back_or_are_told(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("word")
    path = folder / "original.docx"
    runs = data.draw(
        st.lists(
            st.tuples(
                st.text(alphabet="ab \t\u00a0e\u0301\u200b👧\u0627", max_size=6), st.booleans()
            ),
            min_size=1,
            max_size=12,
        )
    )
    document = docx.Document()
    document.add_paragraph("Begin")
    paragraph = document.add_paragraph()
    for words, ends in runs:
        paragraph.add_run(words)
        if ends:
            paragraph = document.add_paragraph()
    document.save(str(path))
    text = read_document(path)
    marks = set()
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text) - 1))
        marks.add((start, data.draw(st.integers(start + 1, len(text))), "Fear", "bo"))
    exchange, told = copy_of(path, sorted(marks), folder)
    assert read_raw(folder / "copy.docx") == read_raw(path)
    back = read_word(folder / "copy.docx", nodes=exchange.nodes)
    wanted = {(start, end) for start, end, *_ in marks}
    got = {(start, end) for start, end, *_ in spans(back)}
    told = losses(told)
    missing = wanted - got
    assert len(missing) == told.get("ends of codings and notes", 0) + told.get(
        "codings and notes where Word has no comments", 0
    )
    for start, end in missing:
        assert text[start] == "\n" or text[end - 1] == "\n"
    assert all(any(one[0] <= start and end <= one[1] for one in wanted) for start, end in got)
    shutil.rmtree(folder)


def test_codings_in_notes_boxes_and_sums_are_told(original, tmp_path):
    text = read_document(original)
    passages = ["In a barn", "In a box", "a+", "Talks were given\n\nTown", "Around it\n\nIn a box"]
    places = [(text.index(words), text.index(words) + len(words)) for words in passages]
    marks = [(*place, "Fear", "bo") for place in places]
    exchange, told = copy_of(original, marks, tmp_path)
    counts = losses(told)
    assert counts["codings and notes where Word has no comments"] == 2
    assert counts["ends of codings and notes"] == 2
    back = read_word(tmp_path / "copy.docx", nodes=exchange.nodes)
    assert sorted(back.marks["quote"]) == ["Around it", "Talks were given\n\nTown", "a+b"]


def test_an_original_that_changed_or_is_no_word_document_gives_a_plain_document(original, tmp_path):
    (tmp_path / "notes.odt").write_bytes(b"x")
    exchange = exchange_of("Something else.", [(0, 9, "Fear", "bo")], document="original.docx")
    for file, why in (
        (original, "no longer"),
        (tmp_path / "notes.odt", "no Word"),
        (tmp_path / "x.docx", "cannot"),
    ):
        told = write_word(exchange, tmp_path / "out.docx", originals={"original.docx": file})
        assert why in told["why"][0]
        assert read_document(tmp_path / "out.docx") == "Something else."
        assert spans(read_word(tmp_path / "out.docx")) == spans(exchange)


def test_a_text_that_came_with_tabs_and_spaces_still_finds_its_original(tmp_path):
    document = docx.Document()
    document.add_paragraph("We met\tin  May.")
    document.add_paragraph("Nobody came.")
    document.save(str(tmp_path / "original.docx"))
    text = "We met\tin  May.\r\n\n\n\nNobody  came."
    spans_there = [
        (text.index(words), text.index(words) + len(words)) for words in ("in  May", "came")
    ]
    exchange = exchange_of(
        text, [(*one, "Fear", "bo") for one in spans_there], document="original.docx"
    )
    originals = {"original.docx": tmp_path / "original.docx"}
    assert write_word(exchange, tmp_path / "copy.docx", originals=originals).empty
    back = read_word(tmp_path / "copy.docx")
    assert back.losses.empty
    assert back.marks["quote"].tolist() == ["in May", "came"]
    assert read_raw(tmp_path / "copy.docx") == read_raw(tmp_path / "original.docx")


def test_an_original_is_never_replaced(original, tmp_path):
    before = original.read_bytes()
    exchange = exchange_of(
        read_document(original), [(0, 3, "Fear", "bo")], document="original.docx"
    )
    with pytest.raises(ExchangeError, match="original would be replaced"):
        write_word(exchange, original, originals={"original.docx": original})
    with pytest.raises(ExchangeError, match="original would be replaced"):
        write_word(exchange, tmp_path, originals={"original.docx": original})
    assert original.read_bytes() == before


def test_a_copy_of_a_copy_has_the_codings_of_both(original, tmp_path):
    text = read_document(original)
    copy_of(original, [(0, 3, "Fear", "bo")], tmp_path)
    more = exchange_of(text, [(4, 9, "Hope", "anna")], document="original.docx")
    write_word(more, tmp_path / "both.docx", originals={"original.docx": tmp_path / "copy.docx"})
    back = read_word(tmp_path / "both.docx", nodes=more.nodes)
    assert spans(back) == [(0, 3, "Fear", "bo"), (4, 9, "Hope", "anna")]
    assert back.notes["text"].tolist() == ["An old remark."]
    parts = [root for _, root in read_word_places(tmp_path / "both.docx").parts("customXml")]
    assert sum("fourp" in root.tag for root in parts) == 1


# What people do in Word


def commented(path, *comments, paragraphs=("We waited for hours.", "Then we left, all of us.")):
    """A document in which Word-like comments (paragraph, text[, author]) stand on whole paragraphs."""
    document = docx.Document()
    made = [document.add_paragraph(words) for words in paragraphs]
    for number, text, *author in comments:
        document.add_comment(made[number].runs, text=text, author=author[0] if author else "bo")
    document.save(str(path))
    return path


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("Fear", ["Fear"]),
        ("  FEAR ", ["Fear"]),
        ("fear!", ["Fear"]),
        ("Feelings: fear", ["Fear"]),
        ("Feelings > Fear", ["Fear"]),
        ("Study / Feelings / Fear", ["Fear"]),
        ("fear (feelings)", ["Fear"]),
        ("Déjà vu", ["Deja vu"]),
        ("food_shelter", ["Food, shelter"]),
        ("Food, shelter", ["Food, shelter"]),
        ("Fear; Deja vu", ["Fear", "Deja vu"]),
        ("Fear, food, shelter, deja-vu", ["Fear", "Food, shelter", "Deja vu"]),
        ("Fear\nHelplessness", ["Fear", "Helplessness"]),
        ("Helplesness", ["Helplessness"]),
        ("Hlep", []),
        ("Feelings", []),
        ("banana", []),
    ],
)
def test_codes_are_recognised_however_people_write_them(tmp_path, written, codes):
    nodes = nodes_of("Fear", "Deja vu", "Food, shelter", "Helplessness", "Help")
    nodes["code"] = nodes["code"].replace({"id of Food, shelter": "food_shelter"})
    back = read_word(commented(tmp_path / "a.docx", (0, written)), nodes=nodes)
    assert sorted(mark[2] for mark in spans(back)) == sorted(codes)
    assert set(back.marks["quote"]) <= {"We waited for hours."}
    if not codes:
        assert back.notes["text"].tolist() == [written]
        assert losses(back.losses) == {"names in comments that are no code's": 1}
        assert written in back.losses["examples"][0]
    assert ("Helplesness" in " ".join(back.remarks)) == (written == "Helplesness")


def test_one_letter_does_not_make_another_code_of_two_that_are_near(tmp_path):
    nodes = nodes_of("Protection", "Prosecution", "Codes 1", "Codes 2")
    back = read_word(
        commented(tmp_path / "a.docx", (0, "Codes 3"), (1, "Prosecutions")), nodes=nodes
    )
    assert [mark[2] for mark in spans(back)] == ["Prosecution"]
    assert back.notes["text"].tolist() == ["Codes 3"]


def test_what_a_comment_says_besides_its_code_is_a_note_about_the_coding(tmp_path):
    nodes = nodes_of("Fear")
    path = commented(
        tmp_path / "a.docx", (0, "Fear\nShe looks away as she says so."), (1, "Fear; banana")
    )
    back = read_word(path, nodes=nodes)
    assert back.notes["text"].tolist() == ["She looks away as she says so.", "banana"]
    assert back.notes["about"].tolist() == back.marks["guid"].tolist()
    assert back.losses["examples"].tolist() == ["a.docx, 22: banana"]


def test_without_a_codebook_short_first_lines_are_new_codes_and_sentences_are_notes(tmp_path):
    long = "Waiting " * 12
    path = commented(
        tmp_path / "a.docx",
        (0, "Waiting"),
        (1, "waiting "),
        (0, "Shame; Leaving\nsee memo"),
        (0, "This is a thought about her words."),
        (1, long),
        (1, "Note: ask again"),
        (1, "_Marked as resolved_"),
    )
    back = read_word(path)
    assert back.nodes["name"].tolist() == ["Waiting", "Shame", "Leaving"]
    assert len(back.marks) == 4
    assert sorted(back.notes["text"]) == sorted(
        [
            "see memo",
            "This is a thought about her words.",
            long,
            "ask again",
            "_Marked as resolved_",
        ]
    )


def test_a_coder_may_be_named_for_all(tmp_path):
    path = commented(tmp_path / "a.docx", (0, "Fear", "Microsoft Office User"), (1, "Fear", ""))
    assert {mark[3] for mark in spans(read_word(path))} == {"Microsoft Office User", ""}
    assert {mark[3] for mark in spans(read_word(path, coder="anna"))} == {"anna"}


def with_parts(path, body, comments, extended=None):
    """A document of this body, these comments (XML) and threads."""
    document = docx.Document()
    for child in list(document.element.body)[:-1]:
        document.element.body.remove(child)
    for at, child in enumerate(parse_xml(f"<w:body {_W}>{body}</w:body>")):
        document.element.body.insert(at, child)
    main = document.part
    parts = [
        ("comments", RELATIONSHIP_TYPE.COMMENTS, f"<w:comments {_W} {_W14}>{comments}</w:comments>")
    ]
    if extended is not None:
        kind = "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"
        parts.append(
            ("commentsExtended", kind, f"<w15:commentsEx {_W15}>{extended}</w15:commentsEx>")
        )
    for name, kind, xml in parts:
        part = Part(
            PackURI(f"/word/{name}.xml"), f"{_NOTE_TYPE}.{name}+xml", xml.encode(), main.package
        )
        main.relate_to(part, kind)
    document.save(str(path))
    return path


def comment(number, text, identity="", author="bo"):
    return (
        f'<w:comment w:id="{number}" w:author="{author}" w:date="2026-03-04T05:06:07Z"><w:p'
        f' w14:paraId="{identity}"><w:r><w:annotationRef/></w:r><w:r><w:t>{text}</w:t></w:r></w:p></w:comment>'
    )


def start(number):
    return f'<w:commentRangeStart w:id="{number}"/>'


def end(number, *, mark=True):
    shown = f'<w:commentRangeEnd w:id="{number}"/>' if mark else ""
    return f'{shown}<w:r><w:commentReference w:id="{number}"/></w:r>'


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_answers_are_notes_about_the_coding_and_resolved_comments_count(tmp_path):
    path = with_parts(
        tmp_path / "a.docx",
        f"<w:p>{start(0)}{start(1)}{run('We waited')}{end(0)}{end(1)}{run(' long.')}</w:p>",
        comment(1, "Shame", "0000000B", "anna") + comment(0, "Fear", "0000000A"),
        '<w15:commentEx w15:paraId="0000000A" w15:done="1"/>'
        '<w15:commentEx w15:paraId="0000000B" w15:paraIdParent="0000000A" w15:done="0"/>',
    )
    back = read_word(path)
    assert spans(back, "made_at") == [(0, 9, "Fear", "bo", "2026-03-04T05:06:07Z")]
    assert back.notes[["about", "text"]].to_numpy().tolist() == [[back.marks["guid"][0], "Shame"]]
    assert any("1 answers" in remark for remark in back.remarks)
    assert any("1 comments are marked as resolved" in remark for remark in back.remarks)


def test_comments_of_other_programs_find_their_passages(tmp_path):
    cell = "<w:tc><w:p>{}</w:p></w:tc>"
    path = with_parts(
        tmp_path / "a.docx",
        # Across paragraphs and cells, its marks between paragraphs, as LibreOffice and Google Docs may write.
        f"<w:p>{run('One ')}{start(0)}{run('two')}</w:p><w:p>{run('three')}{end(0)}{run(' four')}</w:p>"
        f"<w:tbl><w:tr>{cell.format(start(1) + run('five'))}{cell.format(run('six') + end(1))}</w:tr></w:tbl>"
        f"{start(2)}<w:p>{run('seven')}</w:p><w:commentRangeEnd w:id='2'/><w:p>{run('eight')}{end(2, mark=False)}</w:p>"
        # No end; no beginning; a point; deleted; moved.
        f"<w:p>{start(3)}{run('nine')}</w:p><w:p>{run('ten')}{end(4)}</w:p><w:p>{run('eleven')}{end(5, mark=False)}</w:p>"
        f"<w:p>{start(6)}<w:del w:id='70'><w:r><w:delText>gone</w:delText></w:r></w:del>{end(6)}{run('twelve')}</w:p>"
        f"<w:p><w:moveTo w:id='71'>{start(7)}{run('thirteen')}{end(7)}</w:moveTo></w:p>",
        "".join(comment(number, f"code {number}") for number in range(9)),
    )
    back = read_word(path)
    found = {name: text for _, _, name, _, text in spans(back, "quote")}
    assert found == {
        "code 0": "two\n\nthree",
        "code 1": "five\n\nsix",
        "code 2": "seven",
        "code 3": "nine",
        "code 7": "thirteen",
    }
    notes = {
        row.text: back.sources["text"][0][row.start : row.end] for row in back.notes.itertuples()
    }
    assert notes == {"code 4": "ten", "code 5": "eleven", "code 6": "twelve", "code 8": ""}
    assert losses(back.losses) == {"comments without a passage": 4, "ends of comments": 1}


def test_comments_in_footnotes_and_boxes_are_read_and_what_hangs_on_a_passage_is_not_in_it(
    tmp_path,
):
    document = docx.Document()
    box = f"<w:txbxContent><w:p>{start(1)}{run('boxed words')}{end(1)}</w:p></w:txbxContent>"
    xml_paragraph(
        document,
        f"{start(0)}{run('We met')}<w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:drawing>{box}</w:drawing></w:r>"
        f"{end(0)}{run(' in May.')}",
    )
    add_notes_part(
        document, "footnote", {2: f"In a </w:t></w:r>{start(2)}{run('barn')}{end(2)}<w:r><w:t>."}
    )
    xml = "".join(comment(number, f"code {number}") for number in range(3))
    part = Part(
        PackURI("/word/comments.xml"), f"{_NOTE_TYPE}.comments+xml",
        f"<w:comments {_W} {_W14}>{xml}</w:comments>".encode(), document.part.package,
    )  # fmt: skip
    document.part.relate_to(part, RELATIONSHIP_TYPE.COMMENTS)
    document.save(str(tmp_path / "a.docx"))
    back = read_word(tmp_path / "a.docx")
    assert back.losses.empty
    assert {name: words for _, _, name, _, words in spans(back, "quote")} == {
        "code 0": "We met",
        "code 1": "boxed words",
        "code 2": "barn",
    }


def test_two_coders_copies_of_one_document_come_together(tmp_path):
    (tmp_path / "in").mkdir()
    exchange = exchange_of(_TEXT, [])
    for coder in ("anna", "bo"):
        write_word(exchange, tmp_path / "in" / f"{coder}.docx")
        opened = docx.Document(str(tmp_path / "in" / f"{coder}.docx"))
        opened.add_comment(opened.paragraphs[0].runs, text="Fear", author=coder)
        opened.save(str(tmp_path / "in" / f"{coder}.docx"))
    back = read_word(tmp_path / "in", nodes=exchange.nodes)
    assert back.sources["document"].tolist() == ["interview.txt"]
    length = _TEXT.index("\n\n")
    assert spans(back) == [(0, length, "Fear", "anna"), (0, length, "Fear", "bo")]


def test_a_text_that_somebody_changed_is_told(tmp_path):
    write_word(exchange_of(_TEXT, [(0, 5, "Fear", "bo")]), tmp_path / "a.docx")
    opened = docx.Document(str(tmp_path / "a.docx"))
    opened.paragraphs[0].insert_paragraph_before("Put in later.")
    opened.save(str(tmp_path / "a.docx"))
    back = read_word(tmp_path / "a.docx")
    assert losses(back.losses) == {"documents with another text than they were written with": 1}
    assert back.marks["quote"].tolist() == [_TEXT[:5]]


# Highlighted text


def highlighted(path, *paragraphs):
    """A document of paragraphs, each a list of (text, highlight or #fill or None)."""
    document = docx.Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for words, colour in runs:
            properties = paragraph.add_run(words)._r.get_or_add_rPr()
            if colour and colour.startswith("#"):
                properties.append(parse_xml(f'<w:shd {_W} w:val="clear" w:fill="{colour[1:]}"/>'))
            elif colour:
                properties.append(parse_xml(f'<w:highlight {_W} w:val="{colour}"/>'))
    document.save(str(path))
    return path


def test_highlighted_text_is_coded_by_the_key_of_colours(tmp_path):
    path = highlighted(
        tmp_path / "a.docx",
        [
            ("We ", None),
            ("waited ", "yellow"),
            ("long ", "yellow"),
            ("and ", None),
            ("hoped", "green"),
            (".", "none"),
        ],
        [("All ", "#FFFF00"), ("is white", "#FFFFFF"), (" or pasted", "#F8F9FA")],
    )
    back = read_word(
        path, colors={"Yellow": "fear", "bright green": "Hope"}, nodes=nodes_of("Fear", "Hope")
    )
    assert [(name, text) for *_, name, _, text in spans(back, "quote")] == [
        ("Fear", "waited long"),
        ("Hope", "hoped"),
        ("Fear", "All"),
    ]
    assert any("no name is given" in remark for remark in back.remarks)
    assert {mark[3] for mark in spans(read_word(path, coder="anna"))} == {"anna"}
    with pytest.raises(ExchangeError, match="no code has this name"):
        read_word(path, colors={"yellow": "banana"}, nodes=nodes_of("Fear"))
    with pytest.raises(ExchangeError, match="no highlight colour"):
        read_word(path, colors={"mauvish": "Fear"})


def test_without_a_key_each_colour_is_a_code_and_that_is_told(tmp_path):
    path = highlighted(
        tmp_path / "a.docx",
        [("We ", None), ("waited", "darkYellow"), (" ", None), ("x", "#12ab34")],
    )
    back = read_word(path)
    assert [mark[2] for mark in spans(back)] == ["highlighted dark yellow", "highlighted #12AB34"]
    assert back.nodes["color"].tolist() == ["#808000", "#12AB34"]
    assert any("have a colour without a code name" in remark for remark in back.remarks)
    assert read_word(path, highlights=False).marks.empty


def test_a_legend_in_the_document_says_what_colours_mean(tmp_path):
    path = highlighted(
        tmp_path / "a.docx",
        [("Fear", "yellow"), (", ", None), ("Hope", "green")],
        [
            ("We ", None),
            ("feared it", "yellow"),
            (" and ", None),
            ("hoped", "green"),
            (" and ", None),
            ("fear", "red"),
        ],
    )
    back = read_word(path, nodes=nodes_of("Fear", "Hope"))
    assert [(name, text) for *_, name, _, text in spans(back, "quote")] == [
        ("Fear", "feared it"),
        ("Hope", "hoped"),
        ("highlighted red", "fear"),
    ]
    assert sum("legend" in remark for remark in back.remarks) == 2


def test_colours_go_over_a_paragraph_only_where_its_end_is_coloured(tmp_path):
    path = highlighted(
        tmp_path / "a.docx", [("One.", "yellow")], [("Two.", "yellow")], [("Three.", "yellow")]
    )
    opened = docx.Document(str(path))
    mark = opened.paragraphs[0]._p.get_or_add_pPr()
    mark.append(parse_xml(f'<w:rPr {_W}><w:highlight w:val="yellow"/></w:rPr>'))
    opened.save(str(path))
    assert read_word(path).marks["quote"].tolist() == ["One.\n\nTwo.", "Three."]


def test_colours_of_an_original_are_not_taken_for_codings_of_its_copy(tmp_path):
    path = highlighted(tmp_path / "original.docx", [("We ", None), ("waited", "yellow")])
    copy_of(path, [(0, 2, "Fear", "bo")], tmp_path)
    back = read_word(tmp_path / "copy.docx")
    assert spans(back) == [(0, 2, "Fear", "bo")]
    assert losses(back.losses) == {"highlighted passages": 1}
    assert len(read_word(tmp_path / "copy.docx", colors={"yellow": "Hope"}).marks) == 2


# Hostile and broken files


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bomb.docx", UnsafeExchangeError),
        ("laughs.docx", UnsafeExchangeError),
        ("outside.docx", UnsafeExchangeError),
        ("many.docx", UnsafeExchangeError),
        ("plain_zip.docx", UnsafeExchangeError),
        ("lying.docx", ExchangeError),
        ("cut.docx", ExchangeError),
        ("bad_xml.docx", ExchangeError),
        ("locked.docx", ExchangeError),
    ],
)
def test_a_bad_file_is_refused_alone_and_named_among_others(tmp_path, name, error):
    bad = next(case for case in bad_files.cases() if case.name == name)
    path = tmp_path / name
    if isinstance(bad.make, bytes):
        path.write_bytes(bad.make)
    else:
        bad.make(path)
    with pytest.raises(error) as refused:
        read_word(path)
    assert refused.value.file == str(path)
    assert refused.value.cure
    commented(tmp_path / "good.docx", (0, "Fear"))
    back = read_word(tmp_path)
    assert len(back.marks) == 1
    assert losses(back.losses) == {"files": 1}


def test_entities_in_comments_are_refused(tmp_path):
    commented(tmp_path / "a.docx", (0, "Fear"))
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    head, _, rest = members["word/comments.xml"].partition(b"?>")
    members["word/comments.xml"] = (
        head + b'?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rest
    )
    (tmp_path / "b.docx").write_bytes(bad_files.zipped(members))
    with pytest.raises(UnsafeExchangeError, match="entities"):
        read_word(tmp_path / "b.docx")


def test_a_codebook_that_a_stranger_put_into_the_file_does_no_harm(tmp_path):
    write_word(exchange_of(_TEXT, [(0, 5, "Fear", "bo")]), tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["customXml/item1.xml"] = (
        b'<exchange xmlns="urn:fourp_nlp:word:1" document="../../x" source="no guid" sha256="0" exact="maybe">'
        b'<node guid="a" parent="b" name="Fear"/><node guid="b" parent="a" name="Loop"/><node guid="a" name="Twice"/>'
        b"<user/><user coder='bo' guid='x' machine='perhaps'/></exchange>"
    )
    (tmp_path / "b.docx").write_bytes(bad_files.zipped(members))
    back = read_word(tmp_path / "b.docx")
    assert [mark[2:] for mark in spans(back)] == [("Fear", "bo")]
    assert back.conformed().sources["document"].tolist() == ["../../x"]
    write_word(back, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["_.._x.docx"]


@pytest.mark.parametrize(
    ("path", "why"), [("none.docx", "no such file"), ("a.odt", "save it as .docx"), ("", "no Word")]
)
def test_what_is_no_word_document_is_named_with_its_cure(tmp_path, path, why):
    (tmp_path / "a.odt").write_bytes(b"x")
    with pytest.raises(ExchangeError, match=why):
        read_word(tmp_path / path)


def test_ten_thousand_comments_in_a_long_document_come_back(tmp_path):
    text = "\n\n".join(f"Paragraph {number} says that we waited there." for number in range(2000))
    marks = [(at * 8, at * 8 + 40, "Fear" if at % 2 else "Hope", "bo") for at in range(10_000)]
    exchange = exchange_of(text, marks)
    told, back = there_and_back(exchange, tmp_path)
    assert back.sources["text"].tolist() == [text]
    assert len(back.marks) == 10_000
    exact = set(spans(exchange)) & set(spans(back))
    assert len(exact) == 10_000 - losses(told)["ends of codings and notes"]


# Another program


@pytest.fixture(scope="module")
def libreoffice(tmp_path_factory):
    """Convert files with LibreOffice, which has a place of its own for its settings."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    home = tmp_path_factory.mktemp("office")

    def convert(path, kind, folder):
        options = [option.format(home=home) for option in _HOME]
        subprocess.run(
            [program, *options, "--convert-to", kind, "--outdir", str(folder), str(path)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        return folder / f"{path.stem}.{kind}"

    return convert


def test_libreoffice_opens_the_document_and_keeps_every_coding_when_it_saves(libreoffice, tmp_path):
    marks = [
        (0, 27, "Fear", "Anna Berg", "2026-01-02T03:04:05Z"),
        (6, 100, "Hope", "bo", "2026-01-02T03:04:05Z"),
        (6, 100, "Fear", "m@1f", "2026-02-03T04:05:06Z", 0.83, "nearest: told to wait"),
        (len(_TEXT) - 5, len(_TEXT), "Hope", "bo", "2026-01-02T03:04:05Z"),
    ]
    exchange = exchange_of(_TEXT, marks)
    write_word(exchange, tmp_path / "coded.docx")
    saved = libreoffice(tmp_path / "coded.docx", "docx", tmp_path / "saved")
    back = read_word(saved)
    assert back.sources[["document", "text"]].to_numpy().tolist() == [["interview.txt", _TEXT]]
    more = ("quote", "made_at", "why", "guid")
    assert spans(back, *more) == spans(exchange, *more)
    assert back.losses.empty
    assert libreoffice(tmp_path / "coded.docx", "pdf", tmp_path / "pdf").stat().st_size > 1000


def test_libreoffice_keeps_the_codings_of_a_copy(libreoffice, original, tmp_path):
    text = read_document(original)
    exchange, _ = copy_of(original, [(*span, "Fear", "bo") for span in body_spans(text)], tmp_path)
    saved = libreoffice(tmp_path / "copy.docx", "docx", tmp_path / "saved")
    back = read_word(saved, nodes=exchange.nodes)
    quotes = sorted(quote.split() for quote in exchange.marks["quote"])
    assert sorted(quote.split() for quote in back.marks["quote"]) == quotes


def test_what_libreoffice_drops_when_it_saves_is_told(libreoffice, tmp_path):
    text = "Start.\n\nSomebody spoke before.\n\nThe end of it all."
    coded = (text.index("spoke"), text.index("The end") + 8, "Fear", "bo")
    write_word(exchange_of(text, [coded]), tmp_path / "coded.docx")
    back = read_word(libreoffice(tmp_path / "coded.docx", "docx", tmp_path / "saved"))
    # LibreOffice 7.4 takes a comment for a point if it begins after n characters and ends after n - 1.
    if spans(back) != [coded]:
        assert back.notes["text"].tolist() == ["Fear"]
        assert losses(back.losses) == {"comments without a passage": 1}
    assert back.sources["text"].tolist() == [text]
