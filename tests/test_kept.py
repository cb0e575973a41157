"""What came with a project of another program stays, exactly, in plain files."""

import pandas as pd
import pytest

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import MEMBERS, NOTES, VALUES
from fourp_nlp.study.exporting.exchange_extras import (
    MACHINE_CODINGS,
    MARK_EXTRAS,
    ExchangeExtras,
    read_extras,
)
from fourp_nlp.study.project import Project
from fourp_nlp.study.settings import Settings
from tests.exchanges import write_extras

TEXTS = [
    "=1+1",
    "'=1+1",
    "two\nlines",
    "a\r\nb",
    "é 👩‍👧 “x”",
    "",
    " x ",
    "NA",
    "\ttab",
    'quo"te',
    "1,5",
]


def project(tmp_path):
    return Project(tmp_path, Settings())


def table(columns, texts):
    made = {}
    for at, (name, column) in enumerate(columns.columns.items()):
        kind = column.kind
        made[name] = [
            {
                "str": text,
                "int64": at + row,
                "bool": row % 2 == 0,
                "float64": row / 7 if row else None,
            }[kind]
            for row, text in enumerate(texts)
        ]
    return pd.DataFrame(made)


def test_what_is_kept_comes_back_to_the_character(tmp_path):
    kept = ExchangeExtras(
        notes=table(NOTES, TEXTS),
        values=table(VALUES, TEXTS),
        members=table(MEMBERS, TEXTS),
        marks=table(MARK_EXTRAS, TEXTS),
        machine_codings=table(MACHINE_CODINGS, TEXTS),
    )
    files = write_extras(project(tmp_path), kept)
    assert {path.name for path in files} == {
        "notes.csv",
        "values.csv",
        "members.csv",
        "marks.csv",
        "machine_codings.csv",
    }
    back = read_extras(project(tmp_path))
    for name in ("notes", "values", "members", "marks", "machine_codings"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(kept, name), check_dtype=False)


def test_a_project_that_took_nothing_over_has_no_such_folder(tmp_path):
    assert write_extras(project(tmp_path), ExchangeExtras()) == []
    assert not (tmp_path / "exchange").exists()
    assert read_extras(project(tmp_path)).notes.empty


def test_a_table_that_was_spoilt_is_named_with_the_cure(tmp_path):
    (path := tmp_path / "exchange" / "notes.csv").parent.mkdir()
    path.write_text("guid,text\n1,2\n")
    with pytest.raises(ExchangeError, match=r"notes\.csv.*Put the file back"):
        read_extras(project(tmp_path))
