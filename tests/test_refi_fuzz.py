"""A damaged or malicious project is refused or read with losses; it never does anything else."""

from __future__ import annotations

import io
import random
import re
import struct
import tracemalloc
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import ExchangeError, FourpError, UnsafeExchangeError
from fourp_nlp.exchange.refi import read_qdc, read_qdpx
from fourp_nlp.exchange.refi.reading import _package
from tests.qdpx import CODES, HEAD, USERS, WATER, coding, guid, pack, project, selection, source

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.exchange import Exchange

TEXT = "The tap drips 🙂.\r\nBean seeds were swapped, and nobody had the key.\r\n" * 3


def rich_project() -> str:
    """A project with something of everything."""
    ref = f'<NoteRef targetGUID="{guid(1, "8")}"/>'
    values = f'<VariableValue><VariableRef targetGUID="{guid(1, "3")}"/><IntegerValue>3</IntegerValue></VariableValue>'
    film = (
        f'<VideoSource guid="{guid(3)}" name="film"><Transcript guid="{guid(4)}"><PlainTextContent>The tap drips.'
        f'</PlainTextContent><SyncPoint guid="{guid(1, "2")}" position="4"/><SyncPoint guid="{guid(2, "2")}" position="7"/>'
        f'<TranscriptSelection guid="{guid(9, "6")}" fromSyncPoint="{guid(1, "2")}" toSyncPoint="{guid(2, "2")}">{coding(9)}'
        "</TranscriptSelection></Transcript></VideoSource>"
    )
    pdf = (
        f'<PDFSource guid="{guid(5)}" name="pdf"><PDFSelection guid="{guid(8, "6")}" page="1" firstX="0" firstY="0" secondX="1" '
        f'secondY="1"><Representation guid="{guid(6)}"><PlainTextContent>Bean seeds were swapped</PlainTextContent></Representation>'
        f'{coding(8)}</PDFSelection><Representation guid="{guid(7)}"><PlainTextContent>Bean seeds were swapped.</PlainTextContent>'
        "</Representation></PDFSource>"
    )
    parts = selection(
        1, 4, 7, "tap", "<Description>d</Description>" + coding(1, inside=ref) + ref
    ) + selection(2, 18, 22, "Bean", coding(2))
    return project(
        source(1, parts + coding(3) + ref + values)
        + source(2, selection(3, 0, 3, "The", coding(4)))
        + film
        + pdf,
        before=f'<Variables><Variable guid="{guid(1, "3")}" name="v" typeOfVariable="Integer"/></Variables>'
        f'<Cases><Case guid="{guid(1, "9")}" name="c">{values}<SourceRef targetGUID="{guid(1)}"/></Case></Cases>',
        after=f'<Notes><Note guid="{guid(1, "8")}" name="n"><PlainTextContent>says</PlainTextContent></Note></Notes>'
        f'<Sets><Set guid="{guid(2, "9")}" name="s"><MemberCode targetGUID="{WATER}"/></Set></Sets>{ref}',
    )


def check(path: Path, read=read_qdpx) -> Exchange | None:
    """Read a file; it is refused in our own words, or read into tables that are true of each other."""
    before = {entry: entry.stat().st_mtime_ns for entry in path.parent.rglob("*")}
    refusal = ""
    try:
        made = read(path)
    except FourpError as error:
        made, refusal = None, str(error)
    assert made is not None or path.name in refusal
    assert {entry: entry.stat().st_mtime_ns for entry in path.parent.rglob("*")} == before
    if made is None:
        return None
    assert made.conformed() is not None
    texts = dict(zip(made.sources["guid"], made.sources["text"], strict=True))
    for table in (made.sources, made.nodes, made.users, made.marks, made.notes):
        assert table["guid"].is_unique
        assert (table["guid"] != "").all()
    assert made.sources["document"].is_unique
    assert made.users["coder"].is_unique
    assert set(made.marks["node"]) <= set(made.nodes["guid"])
    assert set(made.marks["user"]) <= {"", *made.users["guid"]}
    for where, start, end, quote in made.marks[["source", "start", "end", "quote"]].itertuples(
        index=False
    ):
        assert 0 <= start < end <= len(texts[where])
        assert texts[where][start:end] == quote
    return made


@pytest.fixture(scope="module")
def rich(tmp_path_factory) -> bytes:
    path = pack(
        tmp_path_factory.mktemp("rich") / "p.qdpx",
        rich_project(),
        {1: TEXT, 2: TEXT.encode("utf-16")},
    )
    made = check(path)
    assert made is not None
    assert len(made.marks) == 6
    return path.read_bytes()


def test_a_project_cut_off_anywhere_is_refused(tmp_path, rich):
    path = tmp_path / "p.qdpx"
    for length in range(0, len(rich), 7):
        path.write_bytes(rich[:length])
        assert check(path) is None


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=12)
)
def test_a_zip_with_flipped_bytes_is_refused_or_read(tmp_path, rich, flips):
    data = bytearray(rich)
    for place, change in flips:
        data[place % len(data)] ^= change
    (path := tmp_path / "p.qdpx").write_bytes(data)
    check(path)


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(32, 126)), min_size=1, max_size=12)
)
def test_xml_with_changed_characters_is_refused_or_read(tmp_path, flips):
    data = bytearray(rich_project().encode())
    for place, value in flips:
        data[place % len(data)] = value
    check(pack(tmp_path / "p.qdpx", bytes(data), {1: TEXT, 2: TEXT}))


# Attributes and contents are where a project is not damaged but wrong.
ODD = st.one_of(
    st.sampled_from([
        "", "0", "-1", "-0", "+7", "7", "3.5", "1e3", "NaN", "9" * 18, "9" * 19, "9" * 400, "٣", "true", " 4 ", "\ud800x"[1:],
        guid(1), guid(1, "6"), guid(1, "7"), guid(1, "8"), WATER, "{" + WATER.upper() + "}", "internal://", "internal://..",
        "relative://", "////", "C:\\", "tap", "…", "...", "\u2028", "2024-13-45T99:00:00Z", "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00", "#12345", "four@01234567",
    ]),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30),
)  # fmt: skip


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.lists(st.tuples(st.integers(0, 10**6), ODD), min_size=1, max_size=20))
def test_attributes_of_any_content_are_refused_or_read(tmp_path, changes):
    pieces = re.split(r'("[^"]*")', rich_project())
    for place, value in changes:
        safe = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        pieces[1 + 2 * (place % (len(pieces) // 2))] = f'"{safe}"'
    check(pack(tmp_path / "p.qdpx", "".join(pieces), {1: TEXT, 2: TEXT}))


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_elements_in_places_where_they_do_not_belong_are_refused_or_read(tmp_path, seed):
    draw = random.Random(seed)
    names = sorted(set(re.findall(r"<([A-Za-z]+)[ />]", rich_project())) - {"Project"})
    keys = [
        "guid",
        "name",
        "startPosition",
        "endPosition",
        "targetGUID",
        "plainTextPath",
        "creatingUser",
        "position",
        "isCodable",
    ]
    values = [guid(1), guid(2), WATER, "3", "9", f"internal://{guid(1)}.txt", "x"]

    def grow(depth: int) -> str:
        name = draw.choice(names)
        said = "".join(
            f' {key}="{draw.choice(values)}"' for key in draw.sample(keys, draw.randint(0, 5))
        )
        inside = (
            "".join(grow(depth - 1) for _ in range(draw.randint(0, 4)))
            if depth
            else draw.choice(["", "words", "7"])
        )
        return f"<{name}{said}>{inside}</{name}>"

    check(
        pack(
            tmp_path / "p.qdpx", HEAD + "".join(grow(4) for _ in range(6)) + "</Project>", {1: TEXT}
        )
    )


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.binary(max_size=400))
def test_any_bytes_as_project_codebook_or_text_are_refused_or_read(tmp_path, data):
    (path := tmp_path / "p.qdpx").write_bytes(data)
    assert check(path) is None
    (path := tmp_path / "c.qdc").write_bytes(data)
    assert check(path, read_qdc) is None
    check(pack(tmp_path / "d.qdpx", data))
    path = pack(
        tmp_path / "t.qdpx", project(source(1, selection(1, 1, 3, "ab", coding(1)))), {1: data}
    )
    check(path)
    assert check(path, partial(read_qdpx, counting="codepoints")) is not None


def test_a_codebook_cut_off_anywhere_is_refused(tmp_path):
    whole = f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="{WATER}" name="Wäter"/></Codes></CodeBook>'.encode()
    path = tmp_path / "c.qdc"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert check(path, read_qdc) is None


ENTITIES = {
    "billion laughs": '<!DOCTYPE Project [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>",
    "quadratic": f'<!DOCTYPE Project [<!ENTITY a "{"x" * 50000}">]>',
    "external": '<!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "external dtd": '<!DOCTYPE Project SYSTEM "file:///etc/passwd">',
    "parameter": '<!DOCTYPE Project [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>',
    "hidden by a comment": '<!-- <Project> --><!DOCTYPE Project [<!ENTITY a "b">]>',
    "plain": "<!DOCTYPE Project>",
}


@pytest.mark.parametrize("kind", ENTITIES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_it_can_unfold_or_read_anything(tmp_path, kind, encoding):
    head, _, rest = project(source(1, "&a;")).partition("\n")
    xml = head.replace("UTF-8", encoding.upper()) + ENTITIES[kind] + rest
    with pytest.raises(UnsafeExchangeError, match="document type"):
        read_qdpx(pack(tmp_path / "p.qdpx", xml.encode(encoding), {1: TEXT}))
    (codebook := tmp_path / "c.qdc").write_bytes(xml.encode(encoding))
    with pytest.raises(UnsafeExchangeError, match="document type"):
        read_qdc(codebook)


def test_a_billion_laughs_in_an_attribute_cost_nothing(tmp_path):
    xml = (
        project()
        .replace("\n<Project", "\n" + ENTITIES["billion laughs"] + "<Project")
        .replace('"p"', '"&j;"')
    )
    tracemalloc.start()
    with pytest.raises(UnsafeExchangeError, match="document type"):
        read_qdpx(pack(tmp_path / "p.qdpx", xml))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_an_entity_that_was_never_declared_is_an_error_and_no_text(tmp_path):
    with pytest.raises(ExchangeError, match="damaged"):
        read_qdpx(
            pack(
                tmp_path / "p.qdpx", project(source(1, "<PlainTextContent>&a;</PlainTextContent>"))
            )
        )


@pytest.mark.parametrize("name", ["Code", "Nothing", "Description"])
def test_ten_megabytes_of_nested_elements_are_refused(tmp_path, name):
    deep = f"<{name}>" * (10_000_000 // (2 * len(name) + 5)) + f"</{name}>" * (
        10_000_000 // (2 * len(name) + 5)
    )
    xml = f"{HEAD}{USERS}<CodeBook><Codes>{deep}</Codes></CodeBook></Project>"
    path = pack(tmp_path / "p.qdpx", xml, method=zipfile.ZIP_STORED)
    with pytest.raises(UnsafeExchangeError, match="nested deeper than 256"):
        read_qdpx(path)


@pytest.mark.parametrize("where", ["attribute", "cdata"])
def test_one_value_of_twelve_megabytes_is_refused_by_the_parser(tmp_path, where):
    huge = "".join(random.Random(1).choices("abcdefgh", k=12_000_000))
    part = (
        source(1, name=huge)
        if where == "attribute"
        else source(1, f"<Description><![CDATA[{huge}]]></Description>")
    )
    with pytest.raises(ExchangeError, match="damaged or cut off"):
        read_qdpx(pack(tmp_path / "p.qdpx", project(part)))


def test_a_project_that_unfolds_beyond_any_reason_is_refused(tmp_path):
    bomb = HEAD + " " * 300_000_000 + "</Project>"
    with pytest.raises(UnsafeExchangeError, match="expands more than 200 times"):
        read_qdpx(pack(tmp_path / "p.qdpx", bomb))


def test_a_text_that_unfolds_beyond_any_reason_is_refused(tmp_path):
    with pytest.raises(UnsafeExchangeError, match="expand beyond 64 MB"):
        read_qdpx(pack(tmp_path / "p.qdpx", project(source(1)), {1: bytes(_package.MAX_TEXT + 1)}))


def test_texts_that_are_too_much_together_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_package, "MAX_TEXTS", 1000)
    texts = dict.fromkeys(range(4), "x" * 300)
    with pytest.raises(UnsafeExchangeError, match="expand beyond"):
        read_qdpx(pack(tmp_path / "p.qdpx", project("".join(source(n) for n in texts)), texts))


def test_a_directory_that_lies_about_sizes_is_found_out(tmp_path):
    data = bytearray(pack(tmp_path / "p.qdpx", project(source(1)), {1: TEXT * 50}).read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 10)
    (path := tmp_path / "q.qdpx").write_bytes(data)
    made = check(path)
    assert made is not None
    assert not made.sources["has_text"][0]
    assert "cut off or damaged" in made.losses["why"][0]


@pytest.mark.parametrize("member", ["project.qde", f"sources/{guid(1)}.txt"])
def test_an_encrypted_member_is_told_to_be_that(tmp_path, member):
    data = bytearray(pack(tmp_path / "p.qdpx", project(source(1)), {1: TEXT}).read_bytes())
    for sign, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        for found in re.finditer(re.escape(sign), bytes(data)):
            if data[found.start() + name :].startswith(member.encode()):
                data[found.start() + flags] |= 1
    (path := tmp_path / "q.qdpx").write_bytes(data)
    if member == "project.qde":
        with pytest.raises(ExchangeError, match="password-protected"):
            read_qdpx(path)
    else:
        made = check(path)
        assert made is not None
        assert "password-protected" in made.losses["why"][0]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_way_of_compressing_is_refused_with_the_cure(tmp_path, method):
    with zipfile.ZipFile(path := tmp_path / "p.qdpx", "w", method) as archive:
        archive.writestr("project.qde", project())
    with pytest.raises(ExchangeError, match="common way"):
        read_qdpx(path)


def test_members_with_names_that_lead_outside_are_written_nowhere(tmp_path):
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    texts = {
        "../../evil.txt": "x", "/evil.txt": "x", "sources/../../../evil.txt": "x", "C:\\evil.txt": "x",
        f"sources/{guid(1)}.txt": TEXT,
    }  # fmt: skip
    xml = project(
        source(1, selection(1, 4, 7, "tap", coding(1)))
        + source(2, plainTextPath="internal://../../evil.txt")
    )
    made = check(pack(inside / "p.qdpx", xml, texts))
    assert made is not None
    assert made.sources["has_text"].tolist() == [True, False]
    assert [entry for entry in tmp_path.rglob("*") if entry.is_file()] == [inside / "p.qdpx"]


def test_a_folder_or_a_name_with_nul_is_refused(tmp_path):
    (tmp_path / "folder.qdpx").mkdir()
    with pytest.raises(FourpError):
        read_qdpx(tmp_path / "folder.qdpx")
    with pytest.raises(FourpError):
        read_qdpx(str(tmp_path / "a\0b.qdpx"))
    with pytest.raises(FourpError):
        read_qdc(str(tmp_path / "a\0b.qdc"))


def test_identities_that_lead_nowhere_everywhere_are_losses(tmp_path):
    xml = re.sub(
        r'(targetGUID|creatingUser|fromSyncPoint|toSyncPoint)="[^"]*"',
        lambda found: f'{found[1]}="{guid(found.start(), "0")}"',
        rich_project(),
    )
    made = check(pack(tmp_path / "p.qdpx", xml, {1: TEXT, 2: TEXT}))
    assert made is not None
    assert made.marks.empty
    told = dict(zip(made.losses["item"], made.losses["count"], strict=True))
    assert told["codings of unknown codes"] == 5
    assert told["references to notes"] == 4
    assert told["values of variables"] == 2
    assert told["members of cases and sets"] == 2


def test_one_identity_for_everything_is_read(tmp_path):
    xml = re.sub(r'guid="[^"]*"', f'guid="{guid(1)}"', rich_project())
    made = check(pack(tmp_path / "p.qdpx", xml, {1: TEXT, 2: TEXT}))
    assert made is not None
    assert len(made.sources) == 4


def test_overlapping_selections_and_many_of_one_place_are_all_taken(tmp_path):
    parts = "".join(
        selection(n, n % 5, 9 + n % 7, None, coding(n) + coding(1000 + n)) for n in range(300)
    )
    path = pack(tmp_path / "p.qdpx", project(source(1, parts)), {1: "x" * 20})
    read = check(path)  # all ways of counting are one here
    assert read is not None
    assert len(read.marks) == 600
    path = pack(tmp_path / "q.qdpx", project(source(1, parts)), {1: "x" * 6 + "🙂" + "x" * 12})
    # Within one long word nothing tells how they were counted.
    assert check(path) is None
    read = check(path, partial(read_qdpx, counting="codepoints"))
    assert read is not None
    assert len(read.marks) == 600


def test_a_source_of_nothing_and_a_project_of_nothing_are_read(tmp_path):
    made = check(
        pack(
            tmp_path / "p.qdpx",
            project(source(1, selection(1, 0, 0, "", coding(1)) + coding(2))),
            {1: b""},
        )
    )
    assert made is not None
    assert made.marks.empty
    assert made.losses["count"].sum() == 2
    made = check(pack(tmp_path / "q.qdpx", f"{HEAD}</Project>"))
    assert made is not None
    assert made.sources.empty
    assert CODES not in made.name


def test_a_zip_within_a_zip_is_not_opened(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("project.qde", project())
    with zipfile.ZipFile(path := tmp_path / "p.qdpx", "w") as archive:
        archive.writestr("inner.qdpx", inner.getvalue())
    with pytest.raises(ExchangeError, match=r"no \.qde"):
        read_qdpx(path)
