"""Projects that QualCoder and RQDA keep as databases are read, and nothing in them is trusted."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange import format_of, read_qualcoder, read_rqda
from tests.coded_tables import coded

TEXT = "A: The hose is torn 🙂.\nB: It holds. It holds."


def database(path, script, rows):
    with closing(sqlite3.connect(path)) as made:
        made.executescript(script)
        for table, *values in rows:
            made.execute(f"insert into {table} values ({','.join('?' * len(values))})", values)  # noqa: S608
        made.commit()
    return path


def qualcoder(folder, *more, script=""):
    folder.mkdir()
    hose, holds = TEXT.index("The hose"), TEXT.rindex("It holds")
    return database(
        folder / "data.qda",
        """create table source (id integer primary key, name text, fulltext text, memo text);
        create table code_cat (catid integer primary key, name text, memo text, supercatid integer);
        create table code_name (cid integer primary key, name text, memo text, catid integer, color text);
        create table code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer,
            pos1 integer, owner text, date text, memo text);
        create table cases (caseid integer primary key, name text);
        create table case_text (id integer, caseid integer, fid integer);
        create table attribute (attrid integer, name text, attr_type text, value text, id integer);
        create table journal (jid integer, name text);"""
        + script,
        [
            ("source", 1, "talk.txt", TEXT, "on a Monday"),
            ("source", 2, "plot.png", None, ""),
            ("code_cat", 1, "Garden", "all of it", None),
            ("code_name", 1, "Tools", "what one works with", 1, "#FF0000"),
            ("code_name", 2, "State", "", None, ""),
            ("code_text", 1, 1, 1, "The hose", hose, hose + 8, "ann", "2026-03-04 10:00:00", "red"),
            ("code_text", 2, 2, 1, "It holds", holds, holds + 8, "bo", "", ""),
            ("code_text", 3, 2, 1, "is torn", 0, 7, "bo", "", ""),
            ("code_text", 4, 2, 1, "never said", 0, 7, "bo", "", ""),
            ("cases", 1, "Plot 4"),
            ("case_text", 1, 1, 1),
            ("attribute", 1, "place", "file", "north", 1),
            ("journal", 1, "x"),
            *more,
        ],
    ).parent


def test_a_project_of_qualcoder(tmp_path):
    folder = qualcoder(tmp_path / "club.qda")
    assert format_of(folder, written=False).name == "qualcoder"
    made = read_qualcoder(folder)
    assert coded(made) == {
        ("talk.txt", "The hose", "Tools", "ann"),
        ("talk.txt", "It holds", "State", "bo"),
        ("talk.txt", "is torn", "State", "bo"),
    }
    assert made.marks["start"].max() == TEXT.rindex("It holds")
    assert made.name == "club"
    nodes = made.nodes.set_index("name")
    assert nodes.loc["Tools", "parent"] == nodes.loc["Garden", "guid"]
    assert not nodes.loc["Garden", "codable"]
    assert sorted(made.notes["text"]) == ["on a Monday", "red"]
    assert (made.members["name"].tolist(), made.values["value"].tolist()) == (["Plot 4"], ["north"])
    assert made.losses[["item", "count"]].to_numpy().tolist() == [["codings", 1], ["journals", 1]]
    assert made.read.empty
    assert coded(read_qualcoder(folder / "data.qda")) == coded(made)


def test_a_project_of_rqda_with_line_ends_of_two_characters(tmp_path):
    text = TEXT.replace("\n", "\r\n")
    at = text.rindex("It holds")
    path = database(
        tmp_path / "club.rqda",
        """create table source (name text, id integer, file text, memo text, status integer);
        create table freecode (name text, memo text, id integer, status integer, color text);
        create table coding (cid integer, fid integer, seltext text, selfirst real, selend real, status integer,
            owner text, date text, memo text);
        create table codecat (name text, catid integer, memo text, status integer);
        create table treecode (cid integer, catid integer, status integer);""",
        [
            ("source", "talk.txt", 1, text, "", 1),
            ("freecode", "State", "", 1, 1, ""),
            ("freecode", "Deleted", "", 2, 0, ""),
            ("codecat", "Garden", 1, "", 1),
            ("treecode", 1, 1, 1),
            ("coding", 1, 1, "It holds", at, at + 8, 1, "ann", "", ""),
            ("coding", 1, 1, "The hose", 3, 11, 0, "ann", "", ""),
        ],
    )
    assert format_of(path, written=False).name == "rqda"
    made = read_rqda(path)
    assert coded(made) == {("talk.txt", "It holds", "State", "ann")}
    assert made.marks["start"].tolist() == [TEXT.rindex("It holds")]
    assert made.nodes["name"].tolist() == ["Garden", "State"]
    assert made.losses.empty


def test_what_is_no_such_project_is_refused(tmp_path):
    (tmp_path / "a.rqda").write_bytes(b"not a database")
    with pytest.raises(ExchangeError, match="no database of RQDA"):
        read_rqda(tmp_path / "a.rqda")
    with pytest.raises(ExchangeError, match="no table 'freecode'"):
        read_rqda(database(tmp_path / "b.rqda", "create table source (id, name, file);", []))
    (tmp_path / "empty.qda").mkdir()
    with pytest.raises(ExchangeError, match=r"no data\.qda"):
        read_qualcoder(tmp_path / "empty.qda")
    (tmp_path / "c.rqda").write_bytes((tmp_path / "b.rqda").read_bytes()[:3000])
    with pytest.raises(ExchangeError, match=r"damaged|no table"):
        read_rqda(tmp_path / "c.rqda")


def test_nothing_in_a_database_is_run(tmp_path):
    folder = tmp_path / "view.qda"
    qualcoder(folder, script="create view evil as select load_extension('x');")
    assert len(read_qualcoder(folder).marks) == 3
    before = (folder / "data.qda").read_bytes()
    read_qualcoder(folder)
    assert (folder / "data.qda").read_bytes() == before
    assert [each.name for each in folder.iterdir()] == ["data.qda"]
    with closing(sqlite3.connect(folder / "data.qda")) as made:
        made.executescript(
            "drop table source; create view source as select 1 as id, 'a' as name, 'b' as fulltext;"
        )
    with pytest.raises((ExchangeError, UnsafeExchangeError)):
        read_qualcoder(folder)
