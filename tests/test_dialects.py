"""Projects as other programs' own files are written: NVivo's counting, MAXQDA's spelling, names in one line."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from fourp_nlp.exchange import DIALECTS, guid_of, read_qdpx, write_qdpx
from fourp_nlp.exchange.refi.dialects import dialect_of, origin_of
from tests.exchanges import HOSTILE, rich_exchange
from tests.test_refi_round_trip import assert_same

if TYPE_CHECKING:
    from pathlib import Path

NS = {"q": "urn:QDA-XML:project:1.0"}
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def written(path: Path, dialect: str, exchange=None):
    """The XML and the members of a project in a dialect."""
    lost = write_qdpx(rich_exchange() if exchange is None else exchange, path, dialect=dialect)
    assert lost.empty
    with zipfile.ZipFile(path) as package:
        held = {name: package.read(name) for name in package.namelist()}
    return etree.fromstring(held.pop("project.qde")), held


def test_nvivo_counts_utf16_units_and_line_ends_as_two_after_a_mark_that_is_not_counted(tmp_path):
    tree, held = written(tmp_path / "a.qdpx", "nvivo")
    assert all(name.startswith("Sources/") for name in held)
    exchange = rich_exchange()
    quotes = dict(zip(exchange.marks["guid"], exchange.marks["quote"], strict=True))
    seen = 0
    for place in tree.iterfind(".//q:PlainTextSelection", NS):
        content = held[f"Sources/{place.getparent().get('guid')}.txt"]
        assert content.startswith(b"\xef\xbb\xbf")
        units = content.decode("utf-8-sig").encode("utf-16-le")
        start, end = int(place.get("startPosition")), int(place.get("endPosition"))
        words = units[2 * start : 2 * end].decode("utf-16-le")
        assert place.get("name") == ""
        for coding in place.iterfind("q:Coding", NS):
            assert words.replace("\r\n", "\n") == quotes[coding.get("guid")]
            seen += 1
    assert seen == len(quotes)


def test_maxqda_has_capitals_small_colours_its_schema_and_one_character_a_line_end(tmp_path):
    tree, held = written(tmp_path / "a.qdpx", "maxqda")
    assert tree.get(f"{XSI}schemaLocation").split()[0] == "urn:QDA-XML:project:1.0"
    content = etree.tostring(tree).decode() + " ".join(held)
    guids = re.findall(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", content)
    assert guids
    assert all(guid == guid.upper() for guid in guids)
    colours = {code.get("color") for code in tree.iter("{*}Code")} - {None}
    assert colours == {"#aa0011"}
    text = held[f"sources/{guid_of('source', 'a.txt').upper()}.txt"].decode()
    assert text == HOSTILE
    for place in tree.iterfind(".//q:PlainTextSelection", NS):
        source = held[f"sources/{place.getparent().get('guid')}.txt"].decode()
        words = source[int(place.get("startPosition")) : int(place.get("endPosition"))]
        assert place.get("name") == re.sub("\n+", " ", words)


@pytest.mark.parametrize("dialect", ["maxqda", "nvivo"])
def test_where_a_program_has_users_and_dates_on_everything_so_has_the_file(tmp_path, dialect):
    tree, _ = written(tmp_path / "a.qdpx", dialect)
    users = {user.get("guid") for user in tree.iter("{*}User")}
    for tag in ("TextSource", "PlainTextSelection", "Coding", "Note"):
        for element in tree.iter(f"{{*}}{tag}"):
            assert element.get("creatingUser") in users
            assert element.get("creationDateTime")
    assert tree.get("creatingUserGUID") in users
    assert tree.get("creationDateTime")
    # Who stands for nobody is read as nobody.
    came = read_qdpx(tmp_path / "a.qdpx")
    assert "unknown" not in set(came.users["coder"])
    assert came.user == came.made_at == ""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_name_is_one_line_of_at_most_255_characters_and_its_coding_comes_back(tmp_path, dialect):
    long = "Zoë said, “no”. 👩‍👧\n\n" * 40
    exchange = rich_exchange((long, "x\ny"))
    write_qdpx(exchange, tmp_path / "a.qdpx", dialect=dialect)
    with zipfile.ZipFile(tmp_path / "a.qdpx") as package:
        tree = etree.fromstring(package.read("project.qde"))
    names = [place.get("name") for place in tree.iterfind(".//q:PlainTextSelection", NS)]
    assert max(map(len, names)) == (0 if dialect == "nvivo" else 255)
    assert not any("\n" in name for name in names)
    assert all(name.endswith("…") for name in names if len(name) == 255)
    came = read_qdpx(tmp_path / "a.qdpx")
    assert sorted(came.marks["quote"]) == sorted(exchange.marks["quote"])
    assert came.losses.empty


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_file_says_how_it_was_written_and_nothing_is_guessed(tmp_path, dialect):
    exchange = rich_exchange(("😀\n😀\nno name tells this", "x"))
    exchange = replace(exchange, read=exchange.read.iloc[:0])
    write_qdpx(exchange, tmp_path / "a.qdpx", dialect=dialect)
    came = read_qdpx(tmp_path / "a.qdpx")
    assert dialect_of(came.origin) == dialect
    assert came.marks["quote"].tolist() == [
        exchange.marks.set_index("guid").loc[guid, "quote"] for guid in came.marks["guid"]
    ]
    assert not any("cannot be checked" in remark for remark in came.remarks)


def test_another_programs_origin_is_not_ours():
    assert dialect_of("NVivo for Windows 12.6") is None
    assert dialect_of("fourp_nlp 0.1.0") is None
    assert dialect_of("fourp_nlp 0.1.0 (dedoose)") is None
    assert dialect_of(origin_of("9.9", "nvivo")) == "nvivo"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_project_with_colours_in_capitals_comes_back_the_same_in_every_dialect(tmp_path, dialect):
    exchange = rich_exchange()
    exchange = replace(exchange, nodes=exchange.nodes.assign(code=["care", "shelter", "", ""]))
    write_qdpx(exchange, tmp_path / "a.qdpx", dialect=dialect)
    assert_same(read_qdpx(tmp_path / "a.qdpx"), exchange)
