"""Other programs read what goes out: each in an environment of its own, which `make test` builds.

They are under the AGPL: they are asked from outside, and are no part of this program.
"""

import json
import os
import sqlite3
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from fourp_nlp.documents import normalise
from fourp_nlp.exchange import SOURCES, guid_of, write_qdpx
from tests.exchanges import HOSTILE, PLAIN, rich_exchange, table

READERS = Path(os.environ.get("FOURP_READERS", Path(__file__).parents[1] / ".venv" / "readers"))

_QDAPY = """
import json, sys, qdapy
project = qdapy.read_qdpx(sys.argv[1], warn=False)
rows = project.fragments[["title", "code", "codedBy", "positionStart", "positionEnd", "text"]]
print(json.dumps({"rows": rows.to_numpy().tolist(), "coders": list(project.coders)}))
"""


def reader(name, program):
    path = READERS / name / "bin" / program
    if not path.exists():
        pytest.skip(f"{path} is not there: `make test` builds it, where PyPI can be reached")
    return str(path)


def texts():
    """As a document of ours is after reading: CRLF and a byte order mark are gone, accents are composed."""
    return normalise("\ufeff" + HOSTILE.replace("\n", "\r\n")), PLAIN


def project():
    """A rich project, with a document that has no text, and a note on every kind of thing."""
    made = rich_exchange(texts())
    film = (guid_of("source", "film.mp4"), "film.mp4", "", False, "video", "")
    return replace(
        made,
        sources=table(
            SOURCES, [*made.sources[SOURCES.names].itertuples(index=False, name=None), film]
        ),
    )


def expected(exchange):
    documents = dict(zip(exchange.sources["guid"], exchange.sources["document"], strict=True))
    codes = dict(zip(exchange.nodes["guid"], exchange.nodes["name"], strict=True))
    coders = dict(zip(exchange.users["guid"], exchange.users["coder"], strict=True))
    return {
        (
            documents[row.source].replace("/", " - "),
            codes[row.node],
            coders[row.user],
            row.start,
            row.end,
            row.quote,
        )
        for row in exchange.marks.itertuples()
    }


@pytest.mark.parametrize("shared", [False, True])
def test_qdapy_finds_every_coding_at_its_exact_place_and_every_coder(tmp_path, shared):
    python = reader("qdapy", "python")
    exchange = project()
    write_qdpx(exchange, tmp_path / "a.qdpx", shared_selections=shared)
    done = subprocess.run(
        [python, "-c", _QDAPY, str(tmp_path / "a.qdpx")],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {(d, code.rpartition("/")[2], *rest) for d, code, *rest in found["rows"]} == expected(
        exchange
    )
    assert len(found["rows"]) == len(exchange.marks)
    assert set(found["coders"]) == set(exchange.users["coder"])


def test_qualitative_coding_imports_it_and_passes_its_own_checks(tmp_path):
    qc = reader("qc", "qc")
    exchange = project()
    write_qdpx(exchange, tmp_path / "a.qdpx")
    home = tmp_path / "project"
    home.mkdir()
    settings = {**os.environ, "PYTHONBREAKPOINT": "0"}
    for command in (["init", "--import", str(tmp_path / "a.qdpx")], ["check"]):
        done = subprocess.run(
            [qc, *command], cwd=home, env=settings, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for guid, name in exchange.sources[["guid", "document"]].itertuples(index=False):
        (text,) = exchange.sources.loc[exchange.sources["guid"] == guid, "text"]
        # It gives every document the ending of a text.
        file = (home / "corpus" / name.replace("/", " - ")).with_suffix(".txt")
        assert file.read_bytes().decode() == (text or "\n")
    with sqlite3.connect(home / "qualitative_coding.sqlite3") as database:
        # It places every coding on its document's first line; which document, code and coder is what it tells.
        found = database.execute(
            "SELECT DISTINCT document_index.document_id, code_id, coder_id FROM coded_line "
            "JOIN coded_line_location_association AS at ON at.coded_line_id = coded_line.id "
            "JOIN location ON location.id = at.location_id "
            "JOIN document_index ON document_index.id = location.document_index_id"
        ).fetchall()
    assert set(found) == {
        (document, code, coder) for document, code, coder, *_ in expected(exchange)
    }
