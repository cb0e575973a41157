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

from fourp_nlp.errors import ExchangeError
from fourp_nlp.interchange import VALUES, Exchange, guid_of, write_qdc, write_qdpx
from fourp_nlp.interchange.refi import _machine_note, _read_note
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
        assert source[start:end] == place.get("name")


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


def test_maxqda_counts_line_ends_as_two(tmp_path):
    write_qdpx(rich_exchange(), tmp_path / "a.qdpx", dialect="maxqda")
    held = texts(tmp_path / "a.qdpx")
    tree = project(tmp_path / "a.qdpx")
    assert "\r\n" in held[guid_of("source", "a.txt")]
    for place in tree.iterfind(".//q:PlainTextSelection", NS):
        source = held[place.getparent().get("guid")]
        slice_ = source[int(place.get("startPosition")) : int(place.get("endPosition"))]
        assert slice_.replace("\r\n", "\n") == place.get("name")


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
        assert _machine_note.read(*_machine_note.write(said)) == said
    unknown = _machine_note.read(*_machine_note.write(_machine_note.MachineNote(math.nan, "x")))
    assert math.isnan(unknown.probability)
    assert _machine_note.read("machine: probability 0.3", "somebody's own words") is None


def test_what_was_read_is_read_back_whatever_documents_are_called():
    what = _read_note.ReadNote(
        "Anna", ["a: all", "b\nc", '"q"', " d "], {"e: 1-2": [(1, 2), (5, 9)]}
    )
    found, strange = _read_note.read(*_read_note.write(what))
    assert found == what
    assert not strange
