"""What goes out as REFI-QDA is valid, and says what the project says."""

import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from lxml import etree

from fourp_nlp.errors import ExchangeError, FourpError
from fourp_nlp.exchange import VALUES, Exchange, guid_of, read_qdpx, write_qdc, write_qdpx
from fourp_nlp.exchange.refi import machine_note as _machine_note
from fourp_nlp.exchange.refi import reading_note as _read_note
from tests.exchanges import HOSTILE, exchanges, rich_exchange

DATA = Path(__file__).parent / "data" / "refi"
NS = {"q": "urn:QDA-XML:project:1.0"}


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(file=str(DATA / "Project.xsd"))


def project(path):
    with zipfile.ZipFile(path) as package:
        (name,) = [name for name in package.namelist() if name.endswith(".qde")]
        return etree.fromstring(package.read(name))


def texts(path):
    with zipfile.ZipFile(path) as package:
        return {
            name.rpartition("/")[2][:-4].lower(): package.read(name).decode()
            for name in package.namelist()
            if name.startswith("sources/")
        }


@pytest.mark.parametrize("dialect", ["plain", "maxqda", "atlasti"])
@pytest.mark.parametrize("shared", [False, True])
def test_a_rich_project_is_valid(tmp_path, schema, dialect, shared):
    lost = write_qdpx(
        rich_exchange(), tmp_path / "a.qdpx", dialect=dialect, shared_selections=shared
    )
    schema.assertValid(project(tmp_path / "a.qdpx"))
    assert lost.empty


@settings(max_examples=60, deadline=None)
@given(exchange=exchanges(normalised=False))
def test_any_project_is_valid_and_every_selection_is_its_quote(exchange, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "a.qdpx"
    write_qdpx(exchange, path)
    tree = project(path)
    etree.XMLSchema(file=str(DATA / "Project.xsd")).assertValid(tree)
    held = texts(path)
    found = tree.findall(".//q:PlainTextSelection", NS)
    assert len(found) == len(exchange.marks)
    for place in found:
        source = held[place.getparent().get("guid")]
        start, end = int(place.get("startPosition")), int(place.get("endPosition"))
        words = re.sub(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+", " ", source[start:end])
        assert words == place.get("name")


def test_each_coding_has_its_own_selection_with_its_coder(tmp_path):
    exchange = rich_exchange()
    write_qdpx(exchange, tmp_path / "a.qdpx")
    coded = [
        s
        for s in project(tmp_path / "a.qdpx").iterfind(".//q:PlainTextSelection", NS)
        if len(s.findall("q:Coding", NS))
    ]
    assert len(coded) == len(exchange.marks)
    for place in coded:
        (coding,) = place.findall("q:Coding", NS)
        assert place.get("creatingUser") == coding.get("creatingUser")


def test_codings_of_a_passage_share_a_selection_where_asked(tmp_path):
    exchange = rich_exchange()
    write_qdpx(exchange, tmp_path / "a.qdpx", shared_selections=True)
    tree = project(tmp_path / "a.qdpx")
    places = exchange.marks.drop_duplicates(["source", "start", "end"])
    coded = [
        s for s in tree.iterfind(".//q:PlainTextSelection", NS) if len(s.findall("q:Coding", NS))
    ]
    assert len(coded) == len(places)
    assert len(tree.findall(".//q:PlainTextSelection/q:Coding", NS)) == len(exchange.marks)


def test_atlasti_writes_identities_in_capitals(tmp_path):
    write_qdpx(rich_exchange(), tmp_path / "a.qdpx", dialect="atlasti")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as package:
        content = package.read("project.qde").decode()
        names = package.namelist()
    guids = re.findall(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", content + " ".join(names))
    assert guids
    assert all(guid == guid.upper() for guid in guids)


def test_equal_projects_give_equal_files(tmp_path):
    write_qdpx(rich_exchange(), tmp_path / "a.qdpx")
    write_qdpx(rich_exchange(), tmp_path / "b.qdpx")
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()


def test_texts_have_neither_byte_order_mark_nor_carriage_return(tmp_path):
    write_qdpx(rich_exchange(), tmp_path / "a.qdpx")
    assert texts(tmp_path / "a.qdpx")[guid_of("source", "a.txt")] == HOSTILE


def test_codes_of_one_name_are_told_apart_and_said_so(tmp_path, schema):
    exchange = rich_exchange()
    exchange.nodes.loc[2:, "name"] = "Shelter & Bed"
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    names = [code.get("name") for code in project(tmp_path / "a.qdpx").iterfind(".//q:Code", NS)]
    assert len({name.casefold() for name in names}) == len(names)
    assert lost["item"].tolist() == ["names of codes"]


def test_what_leads_nowhere_is_left_out_and_told(tmp_path, schema):
    exchange = rich_exchange()
    exchange.marks.loc[0, "end"] = 10_000
    exchange.marks.loc[1, "node"] = "nobody"
    exchange.marks.loc[2, "source"] = "nowhere"
    exchange.marks.loc[3, "user"] = "unknown"
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    schema.assertValid(tree)
    assert len(tree.findall(".//q:PlainTextSelection/q:Coding", NS)) == len(exchange.marks) - 3
    assert set(lost["item"]) >= {
        "codings outside their text",
        "codings with a code that is not there",
        "codings of documents without text",
    }


def test_codes_below_themselves_come_out_at_the_top(tmp_path, schema):
    exchange = rich_exchange()
    nodes = exchange.nodes
    nodes.loc[1, "parent"] = nodes.loc[2, "guid"]
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    schema.assertValid(tree)
    assert {code.get("guid") for code in tree.iterfind(".//q:Code", NS)} == set(nodes["guid"])
    assert "places of codes" in set(lost["item"])


def test_variables_of_several_kinds_go_out_as_text(tmp_path, schema):
    exchange = rich_exchange()
    more = pd.DataFrame(
        [(exchange.sources.loc[1, "guid"], "year", "Text", "unknown")],
        columns=VALUES.names,
    )
    old = getattr(exchange, "values")  # noqa: B009
    exchange = replace(exchange, values=pd.concat([old, more], ignore_index=True))
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    schema.assertValid(project(tmp_path / "a.qdpx"))
    assert "kinds of variables" in set(lost["item"])


def test_control_characters_are_left_out_and_told(tmp_path, schema):
    exchange = rich_exchange()
    exchange.notes.loc[0, "text"] = "a\x00b\x1bc"
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    schema.assertValid(project(tmp_path / "a.qdpx"))
    assert lost["item"].tolist() == ["texts with control characters"]


def test_a_codebook_alone_is_valid(tmp_path):
    lost = write_qdc(rich_exchange(), tmp_path / "a.qdc")
    tree = etree.parse(str(tmp_path / "a.qdc"))
    etree.XMLSchema(file=str(DATA / "Codebook.xsd")).assertValid(tree)
    assert "codings" in set(lost["item"])
    with pytest.raises(ExchangeError, match="no codes"):
        write_qdc(Exchange(), tmp_path / "b.qdc")


def test_an_empty_project_is_valid(tmp_path, schema):
    write_qdpx(Exchange(), tmp_path / "a.qdpx")
    schema.assertValid(project(tmp_path / "a.qdpx"))


def test_a_machines_note_is_read_back_to_the_last_digit():
    for probability in (0.1, 1 / 3, 5e-324, 1.0, 0.0):
        said = _machine_note.MachineNote(probability, "why\nin two lines")
        assert _machine_note.read(*_machine_note.write(said)) == (said, "")
    unknown, _ = _machine_note.read(*_machine_note.write(_machine_note.MachineNote(math.nan, "x")))
    assert math.isnan(unknown.probability)
    assert _machine_note.read("machine: probability 0.3", "somebody's own words") is None


def test_what_was_read_is_read_back_whatever_documents_are_called():
    what = _read_note.ReadNote(
        "Anna", ["a: all", "b\nc", '"q"', " d "], {"e: 1-2": [(1, 2), (5, 9)]}
    )
    found, strange = _read_note.read(*_read_note.write(what))
    assert found == what
    assert not strange


def with_rows(exchange, table, *rows):
    """The same with more rows in a table."""
    old = getattr(exchange, table)
    more = pd.DataFrame(rows, columns=old.columns[: len(rows[0])])
    return replace(exchange, **{table: pd.concat([old, more], ignore_index=True)})


def test_every_passage_note_and_document_has_a_date_and_one_that_is_not_known_comes_back_empty(
    tmp_path,
):
    exchange = rich_exchange()
    write_qdpx(exchange, tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    for kind in ("TextSource", "PlainTextSelection", "Note"):
        found = tree.findall(f".//q:{kind}", NS)
        assert found
        assert all(each.get("creationDateTime") for each in found), kind
    came = read_qdpx(tmp_path / "a.qdpx")
    assert sorted(came.marks["made_at"]) == sorted(exchange.marks["made_at"])
    assert came.notes["made_at"].tolist() == exchange.notes["made_at"].tolist()


def test_a_date_that_there_never_was_is_told_and_left_out(tmp_path, schema):
    exchange = rich_exchange()
    exchange.marks.loc[0, "made_at"] = "2026-02-30T00:00:00Z"
    exchange.notes.loc[0, "made_at"] = "yesterday"
    lost = write_qdpx(exchange, tmp_path / "a.qdpx").set_index("item")
    schema.assertValid(project(tmp_path / "a.qdpx"))
    assert "yesterday" in lost.loc["dates", "examples"]
    assert "2026-02-30T00:00:00Z" in lost.loc["dates", "examples"]


def test_a_code_with_a_note_refers_to_it_where_that_costs_no_program_the_code(tmp_path):
    note, code = guid_of("note", "4"), guid_of("node", "shelter")
    for dialect in ("plain", "maxqda", "atlasti"):
        write_qdpx(rich_exchange(), tmp_path / "a.qdpx", dialect=dialect)
        tree = project(tmp_path / "a.qdpx")
        inside = tree.findall(".//q:Code/q:NoteRef", NS)
        linked = [
            (link.get("originGUID").lower(), link.get("targetGUID").lower())
            for link in tree.iterfind("q:Links/q:Link", NS)
        ]
        assert (len(inside), linked) == ((1, []) if dialect == "maxqda" else (0, [(note, code)]))


def test_what_is_said_of_a_passage_is_its_description_too(tmp_path):
    write_qdpx(rich_exchange(), tmp_path / "a.qdpx")
    said = {
        place.get("name"): place.findtext("q:Description", namespaces=NS)
        for place in project(tmp_path / "a.qdpx").iterfind(".//q:PlainTextSelection", NS)
        if place.find("q:Description", NS) is not None
    }
    assert said[HOSTILE[3:9]] == "On a passage\ntext"
    assert said[HOSTILE[-20:]] == (
        "machine: probability 0.83\nProbability: 0.8312345678901234\nWhy: near “x” & <y>"
    )


def test_what_a_machine_said_survives_a_program_that_drops_notes_on_codings(tmp_path):
    exchange = rich_exchange()
    write_qdpx(exchange, tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    for gone in tree.findall(".//q:NoteRef", NS) + tree.findall("q:Notes", NS):
        gone.getparent().remove(gone)
    with (
        zipfile.ZipFile(tmp_path / "a.qdpx") as package,
        zipfile.ZipFile(tmp_path / "b.qdpx", "w") as other,
    ):
        other.writestr("project.qde", etree.tostring(tree))
        for name in package.namelist():
            if name != "project.qde":
                other.writestr(name, package.read(name))
    came = read_qdpx(tmp_path / "b.qdpx")
    told = came.marks.dropna(subset="probability").set_index("guid")["probability"]
    assert told.to_dict() == (
        exchange.marks.dropna(subset="probability").set_index("guid")["probability"].to_dict()
    )
    assert set(came.notes["text"]) == {"On a passage\ntext", "On a coding\nwhy I coded this"}


def test_notes_on_the_project_are_files_where_a_program_takes_these_alone(tmp_path):
    write_qdpx(rich_exchange(), tmp_path / "a.qdpx")
    held = texts(tmp_path / "a.qdpx")
    assert held[guid_of("note", "1")] == "First line\nsecond, é 😀"
    assert held[guid_of("note", "read", "Anna")] == "a.txt: all"
    write_qdpx(rich_exchange(), tmp_path / "b.qdpx", dialect="atlasti")
    assert len(texts(tmp_path / "b.qdpx")) == 2


def test_a_document_without_text_goes_out_with_an_empty_line_and_comes_back_without_text(
    tmp_path, schema
):
    film = guid_of("source", "film.mp4")
    exchange = with_rows(
        rich_exchange(), "sources", (film, "film.mp4", "", False, "video", "A film.")
    )
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    schema.assertValid(tree)
    assert texts(tmp_path / "a.qdpx")[film] == "\n"
    assert all(each.get("plainTextPath") for each in tree.iterfind(".//q:TextSource", NS))
    assert {"texts of documents", "pictures, sounds, films and pages of PDF"} == set(lost["item"])
    came = read_qdpx(tmp_path / "a.qdpx")
    assert came.sources["has_text"].tolist() == [True, True, False]
    assert came.sources["description"].tolist()[2] == "A film."


def test_a_variable_of_documents_and_cases_is_two_and_comes_back_as_one(tmp_path):
    exchange = rich_exchange()
    write_qdpx(exchange, tmp_path / "a.qdpx")
    names = [
        each.get("name") for each in project(tmp_path / "a.qdpx").iterfind(".//q:Variable", NS)
    ]
    assert names.count("group") == names.count("group (of the case)") == 1
    came = getattr(read_qdpx(tmp_path / "a.qdpx"), "values")  # noqa: B009
    assert set(came["variable"]) == {"group", "year"}


@pytest.mark.parametrize(
    ("kind", "value", "goes"),
    [
        ("Date", "2020-01-31", "Date"),
        ("Date", "2020-02-29", "Date"),
        ("Date", "2021-02-29", "Text"),
        ("Date", "31.1.2020", "Text"),
        ("Date", "0000-01-01", "Text"),
        ("DateTime", "2020-01-31T24:30:00Z", "Text"),
        ("Integer", "12", "Integer"),
        ("Integer", "1" * 30, "Text"),
        ("Integer", "١٢", "Text"),
        ("Float", "1e5", "Text"),
        ("Float", "-.5", "Float"),
        ("Boolean", "yes", "Text"),
        ("Colour", "red", "Text"),
    ],
)
def test_a_value_goes_out_as_its_kind_only_if_it_is_written_so(tmp_path, schema, kind, value, goes):
    exchange = rich_exchange()
    row = (exchange.sources.loc[0, "guid"], "mine", kind, value)
    lost = write_qdpx(with_rows(exchange, "values", row), tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    schema.assertValid(tree)
    assert tree.find(".//q:Variable[@name='mine']", NS).get("typeOfVariable") == goes
    assert ("kinds of variables" in set(lost["item"])) == (goes != kind)


def test_a_theme_that_text_is_coded_with_may_be_applied_there(tmp_path):
    exchange = rich_exchange()
    exchange.marks.loc[0, "node"] = guid_of("node", "care")
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    assert tree.find(".//q:Code[@name='Care']", NS).get("isCodable") == "true"
    assert lost["item"].tolist() == ["themes and folders"]


def test_a_theme_and_a_code_of_one_name_are_told_apart(tmp_path):
    exchange = rich_exchange()
    exchange.nodes.loc[1, "name"] = "care"
    exchange.nodes.loc[2, "name"] = "Care"
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    names = [code.get("name") for code in project(tmp_path / "a.qdpx").iterfind(".//q:Code", NS)]
    # A category may have the name of a code that is none itself.
    assert names == ["Care", "care (Care)", "Care", "Law <and> order"]
    assert lost["count"].tolist() == [1]


def test_half_a_character_goes_out_as_a_replacement_and_moves_nothing(tmp_path):
    exchange = rich_exchange()
    text = exchange.sources.loc[1, "text"]
    exchange.sources.loc[1, "text"] = "\ud83d" + text[1:]
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    held = texts(tmp_path / "a.qdpx")[exchange.sources.loc[1, "guid"]]
    assert held == "\ufffd" + text[1:]
    assert lost["item"].tolist() == ["characters that are half a character", "quotes of codings"]


def test_a_coding_that_quotes_other_words_than_stand_there_is_told(tmp_path):
    exchange = rich_exchange()
    exchange.marks.loc[0, "quote"] = "something else"
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    assert lost[["item", "count"]].to_numpy().tolist() == [["quotes of codings", 1]]


def test_a_note_on_a_stretch_that_is_not_there_stays_with_its_document_and_is_told(tmp_path):
    exchange = rich_exchange()
    exchange.notes.loc[2, "end"] = 10_000
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    assert lost[["item", "count"]].to_numpy().tolist() == [["places of notes", 1]]
    came = read_qdpx(tmp_path / "a.qdpx").notes.set_index("guid")
    assert came.loc[guid_of("note", "3"), "about"] == exchange.sources.loc[0, "guid"]


def test_what_cannot_belong_to_a_case_or_set_is_told(tmp_path, schema):
    exchange = with_rows(
        rich_exchange(),
        "members",
        (guid_of("case", "Ottawa"), "case", "Ottawa", guid_of("note", "1"), ""),
        (guid_of("set", "mine"), "set", "Mine", "11111111-1111-1111-1111-111111111111", "a set"),
    )
    lost = write_qdpx(exchange, tmp_path / "a.qdpx")
    schema.assertValid(project(tmp_path / "a.qdpx"))
    assert set(lost["item"]) == {"members of cases", "members of sets"}


def test_old_programs_can_unpack_it(tmp_path):
    write_qdpx(rich_exchange(), tmp_path / "a.qdpx")
    write_qdpx(Exchange(), tmp_path / "b.qdpx")
    for name in ("a.qdpx", "b.qdpx"):
        with zipfile.ZipFile(tmp_path / name) as package:
            # 4.5 is the first with the extension for large files.
            assert all(entry.extract_version < 45 for entry in package.infolist())
            assert any(entry.startswith("sources/") for entry in package.namelist())


def test_a_file_that_cannot_be_written_and_a_dialect_that_is_not_there_are_said_to_be(tmp_path):
    (tmp_path / "file").write_bytes(b"before")
    with pytest.raises(FourpError, match="file"):
        write_qdpx(rich_exchange(), tmp_path / "file" / "a.qdpx")
    with pytest.raises(ExchangeError, match="no dialect 'dedoose'"):
        write_qdpx(rich_exchange(), tmp_path / "file", dialect="dedoose")
    assert (tmp_path / "file").read_bytes() == b"before"


def test_a_document_in_a_folder_comes_back_with_its_name_under_any_identity(tmp_path):
    exchange = rich_exchange()
    mine = "11111111-1111-4111-8111-111111111111"
    old = exchange.sources.loc[1, "guid"]
    exchange = replace(
        exchange,
        **{
            name: getattr(exchange, name).replace(old, mine)
            for name in ("sources", "marks", "notes", "values", "members")
        },
    )
    write_qdpx(exchange, tmp_path / "a.qdpx")
    names = [
        each.get("name") for each in project(tmp_path / "a.qdpx").iterfind(".//q:TextSource", NS)
    ]
    assert names == ["a.txt", "sub - b – é.txt"]
    assert read_qdpx(tmp_path / "a.qdpx").sources["document"].tolist() == ["a.txt", "sub/b – é.txt"]
