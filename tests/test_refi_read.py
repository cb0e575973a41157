"""What of another program's REFI-QDA project arrives, and what is said of the rest."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange import SOURCES, VALUES
from fourp_nlp.exchange.refi import machine_note as _machine_note
from fourp_nlp.exchange.refi import read_qdc, read_qdpx
from fourp_nlp.exchange.refi import reading_note as _read_note
from fourp_nlp.exchange.refi.reading import _package
from fourp_nlp.tables import CODED
from tests.qdpx import (
    CODES,
    HEAD,
    SEEDS,
    USER_A,
    USER_B,
    WATER,
    coding,
    guid,
    pack,
    project,
    selection,
    source,
)

DATA = Path(__file__).parent / "data" / "refi"
ATLAS = DATA / "atlasti84_TestProject_nosources.qdpx"
NVIVO = "FOURP_NVIVO_QDPX"
TEXT = "The tap drips. Bean seeds were swapped.\nNobody had the key."


def one(tmp_path: Path, parts: str, *, text: str | bytes = TEXT, **more):
    return read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts), **more), {1: text}))


def losses(exchange) -> dict[str, tuple[int, str, str]]:
    rows = exchange.losses.itertuples(index=False)
    return {row.item: (row.count, row.why, row.examples) for row in rows}


def test_a_plain_project_arrives_whole(tmp_path):
    read = one(
        tmp_path, selection(1, 4, 7, "tap", coding(1, creationDateTime="2024-05-06T07:08:09Z"))
    )
    assert read.name == "p"
    assert read.origin == "test"
    assert read.sources[SOURCES.names].to_dict("records") == [
        {
            "guid": guid(1),
            "document": "document 1",
            "text": TEXT,
            "has_text": True,
            "kind": "text",
            "description": "",
        }
    ]
    assert read.nodes["name"].tolist() == ["Water", "Seeds"]
    assert read.users["coder"].tolist() == ["Anna", "Ben"]
    (mark,) = read.marks.drop(columns=["probability", "selection"]).to_dict("records")
    assert mark == {
        "guid": guid(1, "7"), "source": guid(1), "start": 4, "end": 7, "node": WATER, "user": USER_A,
        "quote": "tap", "made_at": "2024-05-06T07:08:09Z", "why": "",
    }  # fmt: skip
    assert read.losses.empty


def test_the_five_signs_that_xml_writes_as_entities_arrive_as_themselves(tmp_path):
    text = """One & two < three > "four" 'five' &amp; &#38; &lt; six &unknown; done."""
    note = f'<Notes><Note guid="{guid(1, "8")}" name={quoteattr(text)}><PlainTextContent>{escape(text)}</PlainTextContent></Note></Notes>'
    read = one(tmp_path, selection(1, 0, len(text), text, coding(1)), text=text, after=note)
    assert read.marks["quote"].tolist() == [text]
    assert read.notes[["name", "text"]].to_numpy().tolist() == [[text, text]]
    assert read.losses.empty
    assert "1 of 1 quotations match" in read.remarks[0]


@pytest.mark.parametrize(
    "qde", ["project.qde", "Project.QDE", "My study.qde", "folder/My study.qde"]
)
@pytest.mark.parametrize("folder", ["sources", "Sources", "SOURCES"])
def test_any_single_qde_and_any_spelling_of_sources_is_taken(tmp_path, qde, folder):
    base = qde.rpartition("/")[0]
    held = f"{base}/{folder}/{guid(1)}.txt".lstrip("/")
    path = pack(
        tmp_path / "p.qdpx",
        project(source(1, selection(1, 4, 7, "tap", coding(1)))),
        {held: TEXT},
        qde=qde,
    )
    assert read_qdpx(path).marks["quote"].tolist() == ["tap"]


def test_a_mac_that_zipped_a_project_again_changes_nothing(tmp_path):
    xml = project(source(1, selection(1, 4, 7, "tap", coding(1))))
    files = {
        f"p/sources/{guid(1)}.txt": TEXT,
        "__MACOSX/p/._project.qde": b"\x00\x05",
        "p/._project.qde": b"\x00",
    }
    assert len(read_qdpx(pack(tmp_path / "p.qdpx", xml, files, qde="p/project.qde")).marks) == 1


def test_backslashes_in_the_names_of_members_are_folders(tmp_path):
    xml = project(source(1, selection(1, 4, 7, "tap", coding(1))))
    path = pack(tmp_path / "p.qdpx", xml, {f"sources\\{guid(1)}.txt": TEXT})
    assert len(read_qdpx(path).marks) == 1


@pytest.mark.parametrize("count", [0, 2])
def test_no_project_or_two_in_one_file_are_an_error_that_names_them(tmp_path, count):
    with zipfile.ZipFile(path := tmp_path / "p.qdpx", "w") as archive:
        archive.writestr("readme.txt", "x")
        for number in range(count):
            archive.writestr(f"study{number}.qde", project())
    with pytest.raises(ExchangeError, match=r"study0\.qde, study1\.qde" if count else r"no \.qde"):
        read_qdpx(path)


def test_identities_in_other_cases_and_braces_are_the_same(tmp_path):
    xml = project(
        source(1, selection(1, 4, 7, "tap", coding(1, f"{{{WATER.upper()}}}", USER_A.upper())))
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT}))
    assert read.marks["node"].tolist() == [WATER]
    assert read.marks["user"].tolist() == [USER_A]
    assert read.losses.empty


def test_identities_that_are_no_guid_are_replaced_and_told(tmp_path):
    xml = project(
        source(1, selection(1, 4, 7, "tap", coding(1, "code-7"))),
        codes='<CodeBook><Codes><Code guid="code-7" name="Water" isCodable="true"/></Codes></CodeBook>',
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT}))
    assert read.marks["node"].tolist() == read.nodes["guid"].tolist()
    assert len(read.nodes["guid"][0]) == 36
    assert losses(read)["identities that are no GUID"][::2] == (1, "code-7")


def test_codes_may_be_nested_to_any_depth(tmp_path):
    deep = "".join(
        f'<Code guid="{guid(n, "4")}" name="level {n}" isCodable="true">' for n in range(100)
    )
    codes = f"<CodeBook><Codes>{deep}{'</Code>' * 100}</Codes></CodeBook>"
    read = one(tmp_path, selection(1, 4, 7, "tap", coding(1, guid(99, "4"))), codes=codes)
    assert read.nodes["parent"].tolist() == ["", *read.nodes["guid"][:-1]]
    assert len(read.marks) == 1


def test_colours_and_what_may_be_coded_are_read_as_xml_writes_them(tmp_path):
    codes = (
        f'<CodeBook><Codes><Code guid="{WATER}" name="A" isCodable="0" color="#abc"/>'
        f'<Code guid="{SEEDS}" name="B" color="#A1B2C3"><Description>two\nlines</Description></Code>'
        f'<Code guid="{guid(3)}" name="C" color="red"/></Codes></CodeBook>'
    )
    read = one(tmp_path, "", codes=codes)
    assert read.nodes["color"].tolist() == ["#aabbcc", "#A1B2C3", ""]
    assert read.nodes["codable"].tolist() == [False, True, True]
    assert read.nodes["description"].tolist() == ["", "two\nlines", ""]
    assert losses(read)["colours of codes"][2] == "C: red"


def test_who_coded_is_the_codings_author_else_the_selections_else_nobody(tmp_path):
    parts = (
        selection(1, 4, 7, "tap", coding(1, user=USER_B), creatingUser=USER_A)
        + selection(2, 4, 7, "tap", coding(2, user=None), creatingUser=USER_A)
        + selection(3, 4, 7, "tap", coding(3, user=None))
        + selection(4, 4, 7, "tap", coding(4, user=guid(9)))
    )
    read = one(tmp_path, parts)
    assert read.marks["user"].tolist() == [USER_B, USER_A, "", guid(9)]
    assert read.users["coder"].tolist() == ["Anna", "Ben", "user 55555555"]
    assert losses(read)["users without a name"][0] == 1


def test_users_of_one_name_are_told_apart(tmp_path):
    users = f'<Users><User guid="{USER_A}" name="Anna"/><User guid="{USER_B}" name="Anna"/><User guid="{guid(3)}" name="Anna (2)"/></Users>'
    read = one(tmp_path, "", users=users)
    assert read.users["coder"].tolist() == ["Anna", "Anna (3)", "Anna (2)"]
    assert losses(read)["users of the same name"][2] == "Anna (3)"


def test_machines_are_known_by_their_id_or_their_name(tmp_path):
    users = (
        f'<Users><User guid="{USER_A}" name="four-ps@0123abcd"/><User guid="{USER_B}" name="robot" id="machine"/>'
        f'<User guid="{guid(1)}" name="anna@example"/></Users>'
    )
    assert one(tmp_path, "", users=users).users["machine"].tolist() == [True, True, False]


def test_several_codings_of_one_selection_are_all_taken(tmp_path):
    read = one(
        tmp_path, selection(1, 4, 7, "tap", coding(1) + coding(2, SEEDS) + coding(3, WATER, USER_B))
    )
    assert list(zip(read.marks["node"], read.marks["user"], strict=True)) == [
        (WATER, USER_A), (SEEDS, USER_A), (WATER, USER_B),
    ]  # fmt: skip


def test_a_coding_of_a_whole_source_is_of_all_its_text_and_told(tmp_path):
    read = one(tmp_path, coding(1))
    assert read.marks["quote"].tolist() == [TEXT]
    assert losses(read)["codings of whole sources"][::2] == (1, "document 1")


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (-3, 4, "negative"),
        (7, 4, "end before they begin"),
        (4, 4, "empty"),
        (4, 10**9, "past the end"),
        ("four", 7, "no whole number"),
        ("", 7, "no whole number"),
        ("4.5", 7, "no whole number"),
        (10**30, 10**31, "no whole number"),
        ("４", "７", "no whole number"),
    ],
)
def test_offsets_that_name_no_place_are_told_with_code_and_coder(tmp_path, start, end, why):
    read = one(
        tmp_path, selection(1, start, end, None, coding(1)) + selection(2, 4, 7, "tap", coding(2))
    )
    assert read.marks["guid"].tolist() == [guid(2, "7")]
    count, said, examples = losses(read)["codings of selections that have no place"]
    assert count == 1
    assert why in said
    assert "1 code, 1 coder" in said
    assert examples == "Water by Anna in document 1"


def test_codings_of_a_source_whose_text_is_missing_are_counted_by_code_and_coder(tmp_path):
    parts = selection(1, 4, 7, "tap", coding(1) + coding(2, SEEDS, USER_B)) + coding(3)
    after = f'<Sets><Set guid="{guid(1, "9")}" name="s"><MemberSource targetGUID="{guid(1)}"/></Set></Sets>'
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts), after=after)))
    assert read.marks.empty
    assert read.sources[["document", "has_text", "text"]].to_numpy().tolist() == [
        ["document 1", False, ""]
    ]
    assert read.members["member"].tolist() == [guid(1)]
    count, why, examples = losses(read)["codings of sources without a text"]
    assert count == 3
    assert "not in the project" in why
    assert "2 codes, 2 coders" in why
    assert "Water by Anna in document 1: 2" in examples


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("relative:///transcript.txt", "outside the project"),
        ("relative://../../transcript.txt", "outside the project"),
        ("internal://../../../etc/passwd", "outside the project"),
        ("internal://%2e%2e/%2e%2e/etc/passwd", "outside the project"),
        ("file:///etc/passwd", "outside the project"),
        ("/etc/passwd", "outside the project"),
        (r"C:\Users\anna\transcript.txt", "outside the project"),
        (r"\\server\share\transcript.txt", "outside the project"),
        ("http://example.org/x.txt", "outside the project"),
        ("internal://transcript.txt", "not in the project"),
        ("", "has neither its text nor a file"),
    ],
)
def test_texts_outside_the_project_are_never_opened(tmp_path, monkeypatch, path, why):
    (tmp_path / "transcript.txt").write_text("private", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    xml = project(source(1, selection(1, 0, 3, "pri", coding(1)), plainTextPath=path))
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml))
    assert not read.sources["has_text"][0]
    assert why in losses(read)["texts of sources"][1]


def test_formatted_text_alone_is_told_to_be_that(tmp_path):
    xml = project(source(1, "", plainTextPath="", richTextPath="internal://a.docx"))
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {"sources/a.docx": b"PK\x03\x04"}))
    assert "formatted text alone" in losses(read)["texts of sources"][1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TEXT.encode("utf-16"), "UTF-16-LE"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16-BE"),
        (TEXT.encode("utf-16-le"), "UTF-16-LE"),
        (b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"), "UTF-32-LE"),
        (b"\xef\xbb\xbf" + TEXT.encode(), None),
        (TEXT.encode(), None),
    ],
)
def test_texts_are_read_whatever_their_encoding(tmp_path, data, said):
    read = one(tmp_path, selection(1, 4, 7, "tap", coding(1)), text=data)
    assert read.sources["text"].tolist() == [TEXT]
    assert read.marks["quote"].tolist() == ["tap"]
    assert any(f"Texts read as {said}" in remark for remark in read.remarks) == bool(said)


def test_a_text_that_is_not_utf_8_is_read_as_windows_1252_and_said_to_be(tmp_path):
    read = one(tmp_path, "", text="café – “no”".encode("cp1252"))
    assert read.sources["text"].tolist() == ["café – “no”"]
    assert any("Windows-1252" in remark for remark in read.remarks)


def test_bytes_without_meaning_are_told(tmp_path):
    read = one(tmp_path, "", text=b"caf\xe9 \x81 no")
    assert "\ufffd" in read.sources["text"][0]
    assert losses(read)["damaged texts"][0] == 1


def test_a_word_file_under_the_name_of_a_text_is_not_taken_for_text(tmp_path):
    read = one(tmp_path, "", text=b"PK\x03\x04 and so on")
    assert not read.sources["has_text"][0]
    assert "a zip or Office file" in losses(read)["texts of sources"][1]


def test_line_ends_and_byte_order_mark_are_not_part_of_a_text(tmp_path):
    read = one(tmp_path, "", text=b"\xef\xbb\xbfone\r\ntwo\rthree\n\r\nfour")
    assert read.sources["text"].tolist() == ["one\ntwo\nthree\n\nfour"]


def test_notes_are_about_what_refers_to_them(tmp_path):
    def ref(number: int) -> str:
        return f'<NoteRef targetGUID="{guid(number, "8").upper()}"/>'

    codes = CODES.replace(
        'name="Water" isCodable="true"/>', f'name="Water" isCodable="true">{ref(2)}</Code>'
    )
    parts = selection(1, 4, 7, "tap", coding(1, inside=ref(3)) + ref(4)) + ref(1)
    notes = "".join(
        f'<Note guid="{guid(n, "8")}" name="note {n}" creatingUser="{USER_B}" creationDateTime="2024-01-01T10:00:00+02:00">'
        f"<PlainTextContent>says {n}</PlainTextContent></Note>"
        for n in range(1, 6)
    ) + f'<Note guid="{guid(6, "8")}" name="note 6" plainTextPath="internal://n.txt"/>'  # fmt: skip
    xml = project(source(1, parts), codes=codes, after=f"<Notes>{notes}</Notes>{ref(5)}")
    read = read_qdpx(
        pack(tmp_path / "p.qdpx", xml, {1: TEXT, "sources/n.txt": b"\xef\xbb\xbfsays 6\r\n"})
    )
    assert read.notes[["about", "start", "end", "text"]].to_numpy().tolist() == [
        [guid(1), -1, -1, "says 1"],
        [WATER, -1, -1, "says 2"],
        [guid(1, "7"), -1, -1, "says 3"],
        [guid(1), 4, 7, "says 4"],
        ["", -1, -1, "says 5"],
        ["", -1, -1, "says 6\n"],
    ]
    assert read.notes["made_at"].tolist() == ["2024-01-01T08:00:00Z"] * 5 + [""]
    assert set(read.notes["user"]) == {USER_B, ""}
    assert read.losses.empty


def test_a_note_about_two_things_is_there_twice_with_identities_of_their_own(tmp_path):
    ref = f'<NoteRef targetGUID="{guid(1, "8")}"/>'
    notes = f'<Notes><Note guid="{guid(1, "8")}"><PlainTextContent>x</PlainTextContent></Note></Notes>{ref}'
    read = one(tmp_path, selection(1, 4, 7, "tap", coding(1)) + ref, after=notes)
    assert read.notes["about"].tolist() == [guid(1), ""]
    assert read.notes["guid"].is_unique
    assert losses(read)["notes about several things"][0] == 1


def test_comments_on_selections_become_notes_about_their_stretch(tmp_path):
    parts = selection(
        1, 4, 7, "tap", "<Description>who?</Description>" + coding(1), creatingUser=USER_B
    )
    read = one(tmp_path, parts)
    (note,) = read.notes.to_dict("records")
    assert (note["about"], note["start"], note["end"], note["text"], note["user"]) == (
        guid(1),
        4,
        7,
        "who?",
        USER_B,
    )
    # They go out as descriptions again.
    assert losses(read) == {}
    nowhere = selection(1, 4, 700, "tap", "<Description>who?</Description>" + coding(1))
    assert losses(one(tmp_path, nowhere))["places of notes"][0] == 1


def test_the_machines_probability_and_reason_come_back(tmp_path):
    name, text = _machine_note.write(
        _machine_note.MachineNote(0.1 + 0.2, "like: the tap\nand more")
    )
    note = f'<Notes><Note guid="{guid(1, "8")}" name="{name}"><PlainTextContent>{text}</PlainTextContent></Note></Notes>'
    ref = f'<NoteRef targetGUID="{guid(1, "8")}"/>'
    for inside in (coding(1, inside=ref), coding(1) + ref):
        read = one(tmp_path, selection(1, 4, 7, "tap", inside), after=note)
        assert read.marks["probability"].tolist() == [0.1 + 0.2]
        assert read.marks["why"].tolist() == ["like: the tap\nand more"]
        assert read.notes.empty


def test_what_coders_read_comes_back(tmp_path):
    what = _read_note.ReadNote(
        "Anna", ["document 1"], {"document 2": [(0, 3), (4, 7), (90, 99)], "gone": [(0, 1)]}
    )
    name, text = _read_note.write(what)
    note = f'<Notes><Note guid="{guid(1, "8")}" name="{name}" creatingUser="{USER_A}"><PlainTextContent>{text}</PlainTextContent></Note></Notes>'
    xml = project(source(1) + source(2), after=note)
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT, 2: TEXT}))
    assert read.read[CODED.names].to_numpy().tolist() == [
        ["Anna", "document 1", 0, len(TEXT), "document", ""],
        ["Anna", "document 2", 0, 3, "segment", "The"],
        ["Anna", "document 2", 4, 7, "segment", "tap"],
    ]
    assert read.notes.empty
    assert losses(read)["stretches that a coder read"][2] == "document 2: 90-99"
    assert losses(read)["documents that a coder read"][2] == "gone"


def variables(*kinds: str) -> str:
    made = "".join(
        f'<Variable guid="{guid(n, "3")}" name="v{n}" typeOfVariable="{kind}"/>'
        for n, kind in enumerate(kinds)
    )
    return f"<Variables>{made}</Variables>"


def value(number: int, kind: str, text: str | None) -> str:
    said = "" if text is None else f"<{kind}Value>{text}</{kind}Value>"
    return f'<VariableValue><VariableRef targetGUID="{guid(number, "3")}"/>{said}</VariableValue>'


def test_variables_of_sources_and_cases_arrive_in_their_kinds(tmp_path):
    kinds = ["Text", "Boolean", "Integer", "Float", "Date", "DateTime"]
    said = ["north & south", "true", "-3", "2.50", "2024-02-29", "2024-02-29T10:00:00Z"]
    values = "".join(
        value(n, kind, text.replace("&", "&amp;"))
        for n, (kind, text) in enumerate(zip(kinds, said, strict=True))
    )
    case = f'<Cases><Case guid="{guid(1, "9")}" name="York">{value(0, "Text", "c")}<SourceRef targetGUID="{guid(1)}"/></Case></Cases>'
    read = one(tmp_path, values, before=variables(*kinds) + case)
    assert read.values[VALUES.names].to_numpy().tolist() == [
        [guid(1, "9"), "v0", "Text", "c"],
        *(
            [guid(1), f"v{n}", kind, text]
            for n, (kind, text) in enumerate(zip(kinds, said, strict=True))
        ),
    ]
    assert read.members.to_numpy().tolist() == [[guid(1, "9"), "case", "York", guid(1), ""]]
    assert read.losses.empty


def test_a_value_that_is_not_of_its_kind_makes_the_variable_text_and_is_told(tmp_path):
    xml = project(
        source(1, value(0, "Integer", "12")) + source(2, value(0, "Integer", "about 12")),
        before=variables("Integer", "Text"),
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT, 2: TEXT}))
    assert read.values["kind"].tolist() == ["Text", "Text"]
    assert losses(read)["kinds of variables"][2] == "v0: about 12"
    assert losses(read)["variables without a value"][2] == "v1"


def test_sets_keep_sources_codes_and_notes_and_an_empty_one_stays(tmp_path):
    after = (
        f'<Notes><Note guid="{guid(1, "8")}" name="n"/></Notes><Sets>'
        f'<Set guid="{guid(1, "9")}" name="all"><Description>d</Description><MemberCode targetGUID="{WATER}"/>'
        f'<MemberSource targetGUID="{guid(1)}"/><MemberNote targetGUID="{guid(1, "8")}"/>'
        f'<MemberCode targetGUID="{guid(77)}"/></Set><Set guid="{guid(2, "9")}" name="none"/></Sets>'
    )
    read = one(tmp_path, "", after=after)
    assert read.members.to_numpy().tolist() == [
        [guid(1, "9"), "set", "all", WATER, "d"],
        [guid(1, "9"), "set", "all", guid(1), "d"],
        [guid(1, "9"), "set", "all", guid(1, "8"), "d"],
        [guid(2, "9"), "set", "none", "", ""],
    ]
    assert losses(read)["members of cases and sets"][0] == 1


def test_a_pdfs_text_and_its_codings_are_taken_and_areas_are_told(tmp_path):
    area = '<PDFSelection guid="{}" name="{}" page="1" firstX="1" firstY="2" secondX="3" secondY="4">{}</PDFSelection>'
    shown = "<Representation guid='{}'><PlainTextContent>{}</PlainTextContent></Representation>"
    xml = project(
        f'<PDFSource guid="{guid(1)}" name="a.pdf" path="internal://a.pdf">'
        + area.format(guid(1, "6"), "tap", coding(1))
        + area.format(guid(2, "6"), "Quotation 1:2", coding(2, SEEDS))
        + area.format(
            guid(3, "6"), "x", shown.format(guid(8), "Bean  seeds were\nswapped") + coding(3, SEEDS)
        )
        + f'<Representation guid="{guid(7)}" plainTextPath="internal://t.txt">'
        + selection(1, 4, 7, "tap", coding(4))
        + f"</Representation>{coding(5, SEEDS, USER_B)}</PDFSource>"
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {"sources/t.txt": TEXT}))
    assert read.sources[["document", "kind", "has_text"]].to_numpy().tolist() == [
        ["a.pdf", "pdf", True]
    ]
    assert read.marks[["guid", "quote"]].to_numpy().tolist() == [
        [guid(3, "7"), "Bean seeds were swapped"],
        [guid(4, "7"), "tap"],
        [guid(5, "7"), TEXT],
    ]
    assert losses(read)["codings of areas of PDF pages"][::2] == (1, "Seeds by Anna in a.pdf")
    assert losses(read)["areas of PDF pages"][0] == 1
    assert any("stretches of text as well" in remark for remark in read.remarks)


def test_pictures_sound_and_film_are_counted_with_examples(tmp_path):
    xml = project(
        f'<PictureSource guid="{guid(1)}" name="a.jpg"><PictureSelection guid="{guid(1, "6")}" firstX="0" firstY="0" secondX="1" secondY="1">{coding(1)}</PictureSelection></PictureSource>'
        f'<AudioSource guid="{guid(2)}" name="b.mp3"><AudioSelection guid="{guid(2, "6")}" begin="0" end="9">{coding(2)}{coding(3, SEEDS)}</AudioSelection></AudioSource>'
        f'<VideoSource guid="{guid(3)}" name="c.mp4"><VideoSelection guid="{guid(3, "6")}" begin="0" end="9">{coding(4)}</VideoSelection></VideoSource>'
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml))
    assert read.sources["kind"].tolist() == ["picture", "audio", "video"]
    told = losses(read)
    assert told["codings of parts of pictures"][::2] == (1, "Water by Anna in a.jpg")
    assert told["codings of sound"][0] == 2
    assert told["codings of film"][::2] == (1, "Water by Anna in c.mp4")


def transcript(number: int, text: str, *, name: str = "") -> str:
    points = "".join(
        f'<SyncPoint guid="{guid(100 * number + at, "2").upper()}" position="{at}" timeStamp="{at}"/>'
        for at in (0, 4, 7)
    )
    parts = (
        f'<TranscriptSelection guid="{guid(number, "6")}" name="tap" fromSyncPoint="{guid(100 * number + 4, "2")}" '
        f'toSyncPoint="{guid(100 * number + 7, "2")}">{coding(number)}</TranscriptSelection>'
        f'<TranscriptSelection guid="{guid(50 + number, "6")}" fromSyncPoint="{guid(100 * number + 4, "2")}">{coding(50 + number)}</TranscriptSelection>'
    )
    return f'<Transcript guid="{guid(number, "1")}" name="{name}"><PlainTextContent>{text}</PlainTextContent>{points}{parts}</Transcript>'


def test_transcripts_are_texts_and_their_selections_stand_at_sync_points(tmp_path):
    xml = project(
        f'<AudioSource guid="{guid(1)}" name="a.mp3">{transcript(1, TEXT)}{transcript(2, TEXT, name="second")}</AudioSource>'
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml))
    assert read.sources[["document", "kind", "has_text"]].to_numpy().tolist() == [
        ["a.mp3", "audio", True],
        ["second", "audio", True],
    ]
    assert read.marks["quote"].tolist() == ["tap", "tap"]
    assert read.marks["source"].tolist() == [guid(1), guid(2, "1")]
    assert losses(read)["codings of selections that have no place"][0] == 2
    assert losses(read)["further transcripts of a recording"][2] == "second"


def test_a_transcript_that_is_a_source_as_well_is_taken_once(tmp_path):
    film = f'<VideoSource guid="{guid(2)}" name="c.mp4"><Transcript guid="{guid(3)}" name="t" plainTextPath="internal://{guid(1)}.txt">'
    points = f'<SyncPoint guid="{guid(1, "2")}" position="4"/><SyncPoint guid="{guid(2, "2")}" position="7"/>'
    part = f'<TranscriptSelection guid="{guid(1, "6")}" fromSyncPoint="{guid(1, "2")}" toSyncPoint="{guid(2, "2")}">{coding(1)}</TranscriptSelection>'
    xml = project(f"{film}{points}{part}</Transcript></VideoSource>{source(1)}")
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT}))
    assert read.sources[["document", "has_text"]].to_numpy().tolist() == [
        ["c.mp4", False],
        ["document 1", True],
    ]
    assert read.marks[["source", "quote"]].to_numpy().tolist() == [[guid(1), "tap"]]


def test_links_graphs_and_free_selections_are_counted(tmp_path):
    after = f'<Links><Link guid="{guid(1)}" name="causes"/></Links><Graphs><Graph guid="{guid(2)}" name="map"><Vertex guid="{guid(3)}" firstX="0" firstY="0"/></Graph></Graphs>'
    told = losses(one(tmp_path, selection(1, 4, 7, "tap"), after=after))
    assert told["links"][::2] == (1, "causes")
    assert told["graphs"][::2] == (1, "map")
    assert told["selections without a code"][::2] == (1, "tap")


def test_codings_of_unknown_codes_or_none_are_told(tmp_path):
    none = coding(2).replace(f'<CodeRef targetGUID="{WATER}"/>', "")
    told = losses(one(tmp_path, selection(1, 4, 7, "tap", coding(1, guid(99)) + none)))
    assert told["codings of unknown codes"][::2] == (
        1,
        "a code that is not there by Anna in document 1",
    )
    assert told["codings without a code"][0] == 1


def test_sources_of_one_name_or_none_get_names_of_their_own(tmp_path):
    xml = project(
        source(1, name="a")
        + source(2, name="a")
        + source(3, name="", plainTextPath="internal://interview 3.txt")
    )
    read = read_qdpx(
        pack(tmp_path / "p.qdpx", xml, {1: TEXT, 2: TEXT, "sources/interview 3.txt": TEXT})
    )
    assert read.sources["document"].tolist() == ["a", "a (2)", "interview 3.txt"]
    assert losses(read)["names of sources"][2] == "a (2)"


@pytest.mark.parametrize(
    "namespace", [' xmlns="urn:QDA-XML:project:1.1"', "", ' xmlns="urn:elsewhere"']
)
def test_another_version_is_read_as_the_first_and_told(tmp_path, namespace):
    xml = project(source(1, selection(1, 4, 7, "tap", coding(1)))).replace(
        ' xmlns="urn:QDA-XML:project:1.0"', namespace
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT}))
    assert len(read.marks) == 1
    assert any("it was read as if it were" in remark for remark in read.remarks)


def test_a_qde_in_utf_16_is_read(tmp_path):
    xml = project(source(1, selection(1, 4, 7, "tap", coding(1)))).replace(
        'encoding="UTF-8"', 'encoding="UTF-16"'
    )
    assert len(read_qdpx(pack(tmp_path / "p.qdpx", xml.encode("utf-16"), {1: TEXT})).marks) == 1


def test_an_unknown_element_is_counted_and_does_no_harm(tmp_path):
    told = losses(one(tmp_path, "<Mood>good</Mood>" + selection(1, 4, 7, "tap", coding(1))))
    assert told["elements that QDA-XML 1.0 does not have"][::2] == (1, "Mood: 1")


def test_the_last_of_two_files_of_one_name_is_read_and_told(tmp_path):
    xml = project(source(1))
    with zipfile.ZipFile(path := tmp_path / "p.qdpx", "w") as archive:
        archive.writestr("project.qde", xml)
        archive.writestr(f"sources/{guid(1)}.txt", "first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(f"sources/{guid(1)}.txt", "second")
    read = read_qdpx(path)
    assert read.sources["text"].tolist() == ["second"]
    assert losses(read)["names of files in the project that it holds twice"][0] == 1


def test_large_media_are_not_expanded(tmp_path, monkeypatch):
    monkeypatch.setattr(_package, "MAX_TEXTS", 1000)
    xml = project(
        f'<VideoSource guid="{guid(1)}" name="c.mp4" path="internal://c.mp4"/>' + source(2)
    )
    # More than all texts together may have; to expand it would be refused.
    media = {"sources/c.mp4": bytes(100_000_000), 2: TEXT}
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, media))
    assert read.sources["text"].tolist() == ["", TEXT]


def test_a_project_with_the_directory_of_a_very_large_zip_is_read(tmp_path):
    with zipfile.ZipFile(path := tmp_path / "p.qdpx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("project.qde", project(source(1))), (f"sources/{guid(1)}.txt", TEXT)):
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(data.encode())
    assert read_qdpx(path).sources["text"].tolist() == [TEXT]


QDC = (
    '<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Taguette"><Codes>'
    f'<Code guid="{WATER.upper()}" name="Water" isCodable="false" color="#123456"><Description>wet</Description>'
    f'<Code guid="{SEEDS}" name="Seeds" isCodable="true"/></Code></Codes>'
    f'<Sets><Set guid="{guid(1)}" name="s"><MemberCode guid="{{{SEEDS}}}"/></Set></Sets></CodeBook>'
)


def test_a_codebook_arrives_with_its_sets(tmp_path):
    (path := tmp_path / "study.qdc").write_text(QDC, encoding="utf-8")
    read = read_qdc(path)
    assert (read.name, read.origin) == ("study", "Taguette")
    assert read.nodes.to_numpy().tolist() == [
        [WATER, "", "", "Water", "wet", "#123456", False],
        [SEEDS, WATER, "", "Seeds", "", "", True],
    ]
    assert read.members.to_numpy().tolist() == [[guid(1), "set", "s", SEEDS, ""]]
    assert read.losses.empty


def test_a_project_under_the_name_of_a_codebook_is_refused_with_the_cure(tmp_path):
    pack(path := tmp_path / "a.qdc", project())
    with pytest.raises(ExchangeError, match=r"ending \.qdpx"):
        read_qdc(path)
    (path := tmp_path / "b.qdc").write_text(HEAD + "</Project>", encoding="utf-8")
    with pytest.raises(ExchangeError, match="root element is Project"):
        read_qdc(path)


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", UnsafeExchangeError, "empty"),
        (b"%PDF-1.4", UnsafeExchangeError, "zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and", ExchangeError, "export it as a QDA project"),
        (b"PK\x03\x04 cut off", ExchangeError, "cut off or damaged"),
    ],
)
def test_what_is_no_project_is_refused_with_the_cure(tmp_path, data, error, says):
    (path := tmp_path / "p.qdpx").write_bytes(data)
    with pytest.raises(error, match=says):
        read_qdpx(path)


def test_a_file_that_is_not_there_is_said_not_to_be(tmp_path):
    for read, name in ((read_qdpx, "no.qdpx"), (read_qdc, "no.qdc"), (read_qdpx, "")):
        with pytest.raises(ExchangeError, match="cannot be opened"):
            read(tmp_path / name)


def test_the_project_of_atlas_ti_arrives_as_far_as_it_is_there(tmp_path):
    read = read_qdpx(ATLAS)
    assert "ATLAS.ti 8.4" in read.origin
    assert len(read.nodes) == 14
    assert read.users["coder"].tolist() == ["ATLAS.ti", "Friedrich Markgraf", "Sebastian Petrausch"]
    assert len(read.sources) == 12
    assert not read.sources["has_text"].any()
    assert read.members["guid"].nunique() == 16
    told = losses(read)
    of_codings = {item: count for item, (count, _, _) in told.items() if item.startswith("codings")}
    assert of_codings == {
        "codings of sources without a text": 9,
        "codings of parts of pictures": 2,
        "codings of areas of PDF pages": 4,
        "codings of film": 1,
    }
    assert sum(of_codings.values()) == 16
    assert read.notes["name"].tolist()[:2] == ["Research Plan", "My favorite Coke ad"]
    # It is linked to a stretch of a film, and stays with the film.
    film = read.sources.set_index("document").loc["1994 Diet Coke-Diet Coke Break.mp4", "guid"]
    assert read.notes["about"].tolist()[:2] == ["", film]
    # With two descriptions of selections that have no place either.
    assert told["places of notes"][0] == 3
    assert told["graphs"][0] == 1


def test_the_project_of_atlas_ti_with_its_texts_put_back_keeps_every_coding_of_text(tmp_path):
    # The texts are invented; each has its selections' words where the selections say.
    shutil.copyfile(ATLAS, path := tmp_path / "p.qdpx")
    with zipfile.ZipFile(ATLAS) as archive:
        xml = archive.read("Project.qde").decode()
    name = "I did try the gluten free bread, but it was always so soggy,"
    text = "x" * 215 + name + "y" * 700
    assert name in xml
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("Sources/C1C745F7-8E4D-48B2-9710-655AFE7E54FA.txt", text)
    read = read_qdpx(path)
    assert len(read.marks) == 3
    assert name in read.marks["quote"].tolist()
    assert any("1 of 3 quotations match" in remark for remark in read.remarks)


def nvivo() -> Path:
    place = Path(os.environ.get(NVIVO, "no such file"))
    if not place.is_file():
        pytest.skip(
            f"the NVivo project is not ours to hand on; {NVIVO} names it where it is at hand"
        )
    return place


def test_the_project_of_nvivo_arrives_with_all_its_codes():
    read = read_qdpx(nvivo())
    assert read.origin == "NVivo for Mac 15.0.0"
    assert len(read.nodes) == 262
    assert set(read.nodes["parent"]) - {""} <= set(read.nodes["guid"])
    assert read.sources["has_text"].tolist() == [True, True]
    assert read.users["coder"].tolist() == ["chrisp", "cp"]
    assert read.marks.empty
    assert read.losses.empty
