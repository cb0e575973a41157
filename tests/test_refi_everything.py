"""Everything that a project may have goes out as REFI-QDA, valid, and comes back the same."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fourp_nlp.exchange import read_qdpx, write_qdpx
from tests.exchanges import full_exchanges
from tests.test_refi_round_trip import assert_same

SCHEMA = Path(__file__).parent / "data" / "refi" / "Project.xsd"


@pytest.mark.parametrize("dialect", ["plain", "maxqda", "atlasti", "nvivo"])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(exchange=full_exchanges(), shared=st.booleans())
def test_any_project_with_everything_in_it_is_valid_and_comes_back_the_same(
    exchange, dialect, shared, tmp_path_factory
):
    path = tmp_path_factory.mktemp("full") / "a.qdpx"
    lost = write_qdpx(exchange, path, dialect=dialect, shared_selections=shared)
    assert set(lost["item"]) <= {"texts of documents"}
    with zipfile.ZipFile(path) as package:
        xml = etree.fromstring(package.read("project.qde"))
    etree.XMLSchema(file=str(SCHEMA)).assertValid(xml)
    came = read_qdpx(path)
    assert_same(came, exchange)
    assert set(came.losses["item"]) <= {"texts of sources"}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(exchange=full_exchanges(), data=st.data())
def test_whatever_characters_a_project_holds_it_is_valid(exchange, data, tmp_path_factory):
    anything = st.text(st.characters(), max_size=12)
    changed = {}
    for name, columns in (
        ("sources", ["document", "text", "description"]),
        ("nodes", ["name", "description", "color"]),
        ("users", ["coder"]),
        ("marks", ["quote", "made_at", "why"]),
        ("notes", ["name", "text", "made_at"]),
        ("values", ["variable", "kind", "value"]),
        ("members", ["name", "description"]),
    ):
        rows = getattr(exchange, name)
        new = {column: [data.draw(anything) for _ in range(len(rows))] for column in columns}
        changed[name] = rows.assign(**new)
    path = tmp_path_factory.mktemp("any") / "a.qdpx"
    write_qdpx(replace(exchange, name=data.draw(anything), **changed), path)
    with zipfile.ZipFile(path) as package:
        xml = etree.fromstring(package.read("project.qde"))
    etree.XMLSchema(file=str(SCHEMA)).assertValid(xml)
    read_qdpx(path)
