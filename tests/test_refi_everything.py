"""Everything that a project may have goes out as REFI-QDA, valid, and comes back the same."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fourp_nlp.interchange import read_qdpx, write_qdpx
from tests.exchanges import full_exchanges
from tests.test_refi_round_trip import assert_same

SCHEMA = Path(__file__).parent / "data" / "refi" / "Project.xsd"


@pytest.mark.parametrize("dialect", ["plain", "maxqda", "atlasti"])
@settings(max_examples=60, deadline=None, derandomize=True)
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
    assert came.losses.empty
