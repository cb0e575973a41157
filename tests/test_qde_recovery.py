"""Projects whose XML a program did not escape are read where that is certain, and told; else the line is named."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange.refi import read_qdc, read_qdpx
from fourp_nlp.exchange.refi.reading._xml_repair import XmlRepairer, repair_encoding
from tests.qdpx import HEAD, coding, guid, pack, project, selection, source

TEXT = "The tap drips. Nobody knows."


def annotated(said: str, *, name: str = "") -> str:
    """A project as QualCoder writes it: the words of an annotation stand in it as they were typed."""
    title = f' name="{name}"' if name else ""
    inside = selection(1, 4, 7, "tap", coding(1)) + f'<NoteRef targetGUID="{guid(1, "8")}"/>'
    note = (
        f'<Note guid="{guid(1, "8")}"{title}>\n<PlainTextContent>{said}</PlainTextContent>\n</Note>'
    )
    return project(source(1, inside), after=f"<Notes>\n{note}\n</Notes>\n")


def read(tmp_path, xml: str | bytes):
    return read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT}))


@pytest.mark.parametrize(
    "typed",
    [
        "A & B",
        "R&D, AT&T",
        "a &&& b &",
        "p < 0.05 & n > 3",
        "I <3 this",
        "see <b>here</b> & <there",
        "ends ]]> here",
        "Q&A; & more",
        "العربية & 😀 <ok>",
        "one &\ntwo & three",
    ],
)
def test_what_somebody_typed_is_read_as_it_was_typed(tmp_path, typed):
    if "Q&A;" in typed:
        # This begins a reference that nothing declares.
        with pytest.raises(ExchangeError, match="line 4"):
            read(tmp_path, annotated(typed))
        return
    came = read(tmp_path, annotated(typed))
    assert came.notes["text"].tolist() == [typed]
    assert came.marks["quote"].tolist() == ["tap"]
    assert came.losses.empty
    assert came.remarks[0].startswith("The XML is not well-formed: its program did not escape")


def test_how_many_where_and_what_is_told(tmp_path):
    came = read(tmp_path, annotated("one & two\nthree & p < 4", name="this & that"))
    assert "3 × & (line 3: this & that; line 4: one & two; line 5: three & p)" in came.remarks[0]
    assert "1 × < (line 5: three & p < 4)" in came.remarks[0]
    assert came.notes["name"].tolist() == ["this & that"]


def test_what_is_legal_stays_as_it_is(tmp_path):
    said = "&amp;&lt;&#38;&#x26;&quot; <![CDATA[a & b < c &amp; ]]> <!-- & < --> <?x & < ?> &"
    came = read(tmp_path, annotated(said.replace("<?x & < ?>", "")))
    assert came.notes["text"].tolist() == ['&<&&" a & b < c &amp;    &']
    assert "1 × & (" in came.remarks[0]


def test_a_well_formed_project_is_not_touched(tmp_path):
    came = read(tmp_path, annotated("A &amp; B <![CDATA[ & ]]>"))
    assert not any("well-formed" in remark for remark in came.remarks)


def test_control_characters_become_spaces_and_are_lost_in_words(tmp_path):
    came = read(tmp_path, annotated("page\x0ctwo &#12;three &#xFFFF; & \ufffe", name="a\x0bb"))
    assert came.notes["text"][0].split() == ["page", "two", "three", "&"]
    assert came.notes["name"].tolist() == ["a b"]
    (lost,) = came.losses.to_dict("records")
    assert lost["item"] == "control characters"
    assert lost["count"] == 5
    assert "line 4: page" in lost["examples"]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252"]
)
def test_in_every_encoding(tmp_path, encoding):
    declared = encoding.removesuffix("-sig").removesuffix("-le").upper()
    xml = annotated("café & thé").replace('encoding="UTF-8"', f'encoding="{declared}"')
    assert read(tmp_path, xml.encode(encoding)).notes["text"].tolist() == ["café & thé"]


def test_a_codebook_too(tmp_path):
    (path := tmp_path / "c.qdc").write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="cccccccc-0000-4000-8000-000000000001" '
        'name="Food & drink" isCodable="true"/></Codes></CodeBook>'
    )
    came = read_qdc(path)
    assert came.nodes["name"].tolist() == ["Food & drink"]
    assert "1 × & (line 1: Food & drink)" in came.remarks[0]


@pytest.mark.parametrize(
    ("xml", "line"),
    [
        (annotated("ok").replace("</Note>", "</Nope>"), 5),
        (annotated("a & b").replace("</Note>", "</Nope>"), 5),
        (annotated("&nbsp; & more"), 4),
        (annotated("ok").replace("<Sources>", "<Sources x>"), 2),
        (annotated("a & b").replace("<Notes>", "<Notes =>"), 2),
    ],
)
def test_what_cannot_be_mended_is_named_with_its_line_and_what_to_do(tmp_path, xml, line):
    with pytest.raises(ExchangeError, match=f"in line {line}") as refused:
        read(tmp_path, xml)
    assert "project.qde" in str(refused.value)
    assert "& is written &amp; and < is written &lt;" in str(refused.value)


def test_a_place_names_its_column_where_nothing_was_mended_in_the_line(tmp_path):
    with pytest.raises(ExchangeError, match="in line 5, column 8"):
        read(tmp_path, annotated("a & b").replace("</Note>", "</Nope>"))


@pytest.mark.parametrize(
    "bad",
    [
        '<!DOCTYPE Project [<!ENTITY a "b">]>',
        "<!-- & --><!DOCTYPE Project>",
        "<!DOCTYPE Project [<!-- & -->]>",
    ],
)
def test_a_document_type_is_refused_as_ever(tmp_path, bad):
    xml = annotated("A & B").replace("\n<Project", f"\n{bad}<Project", 1)
    with pytest.raises(UnsafeExchangeError, match="document type"):
        read(tmp_path, xml)
    # Behind a bare ampersand too, where the first reading gave up before it.
    with pytest.raises(ExchangeError):
        read(tmp_path, xml.replace("?>", "?> & ", 1))


def test_elements_without_end_are_refused_as_ever(tmp_path):
    deep = "<Code>" * 300
    with pytest.raises(UnsafeExchangeError, match="nested deeper"):
        read(tmp_path, f'{HEAD}<CodeBook x="&"><Codes>{deep}')


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65])
def test_nothing_depends_on_where_pieces_end(size):
    xml = annotated(
        "a & b &amp; p < 5 ]]> <![CDATA[ & ]]> <!-- & --> <b>&lt;</b> \x0c &#12; é&é 😀&",
        name="x & 'y' > z/",
    ).replace("<Notes>", "<PlainTextContent/><Notes a='&'>")
    data = xml.encode()
    whole = b"".join(XmlRepairer("").repaired([data]))
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    assert b"".join(XmlRepairer("").repaired(cut)) == whole
    etree.fromstring(whole)


PARTS = st.lists(
    st.sampled_from([
        "&", "<", ">", "&amp;", "&#10;", "&#12;", "&x", ";", "]]>", "<![CDATA[", "<!--", "-->", "x", "\n", '"', "'", "é",
        "😀", "\x0c", "/", "=", " ", "PlainTextContent", "</", "<b>", "</b>", "?>", "&#xD800;", "\ufffe",
    ]),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(said=PARTS, size=st.integers(1, 70))
def test_well_formed_xml_is_never_changed_and_pieces_never_matter(said, size):
    data = f'<a>\n<Note name="n"><PlainTextContent>{said}</PlainTextContent></Note></a>'.encode()
    repairer = XmlRepairer(repair_encoding(data) or "")
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    made = b"".join(repairer.repaired(pieces))
    assert made == b"".join(XmlRepairer("").repaired([data]))
    try:
        before = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return
    if len(before[0][0]) == 0:
        # But for markup in a text, which is no element here: there, a well-formed file is never mended.
        assert "".join(etree.fromstring(made).itertext()) == "".join(before.itertext())


def test_bytes_at_random_are_refused_or_read(tmp_path):
    draw = random.Random(17)
    data = annotated("A & B < C").encode()
    for number in range(60):
        spoiled = bytearray(data)
        for _ in range(draw.randrange(1, 4)):
            spoiled[draw.randrange(len(spoiled))] = draw.choice(b"&<>\"'/;\x00\x0c x")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("project.qde", bytes(spoiled))
        (path := tmp_path / f"{number}.qdpx").write_bytes(buffer.getvalue())
        refusal = path.name
        try:
            read_qdpx(path, counting="codepoints")
        except ExchangeError as error:
            refusal = str(error)
        assert path.name in refusal
