"""Whatever happens to the database, the message says what is the matter, and people's work comes back."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.cli.restore import _list
from fourp_nlp.coding.store import Store, backups, is_whole, restore
from fourp_nlp.errors import FourpWarning, StoreError
from tests.conftest import write_project
from tests.test_store import DOCUMENTS, DRAW, decision, drawn, suggestions

NAN = float("nan")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fourp.sqlite"


def decide(path, count, first=0):
    made = pd.DataFrame(
        {
            "document": "a.txt", "start": range(first, first + count), "end": 1_000_000,
            "code": "water", "settled": True, "decided_by": "anna",
        }
    )  # fmt: skip
    Store(path).write_decisions(made)


def damage(path, marker):
    """Overwrite the middle of a database with something else, from where a text stands."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    at = content.rindex(marker) // 4096 * 4096
    content[at + 8 : at + 4000] = b"\xa7" * 3992
    path.write_bytes(content)


def told(error):
    return " ".join(str(error.value).split())


# ---- what is the matter ---------------------------------------------------------------------------------


def test_a_database_that_another_program_holds_is_told_with_its_name(path, monkeypatch):
    Store(path).log("first", {})
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "held\n"
        monkeypatch.setattr("fourp_nlp.coding.store._connection._PATIENCE", 0.1)
        with pytest.raises(StoreError) as error:
            Store(path).log("second", {})
        other.stdin.close()
    assert "is in use by" in told(error)
    if sys.platform == "linux":
        assert f"process {other.pid}" in told(error)
    assert "nothing was changed" in told(error)
    assert "ove the file" not in told(error)
    assert Store(path).read_log()["what"].tolist() == ["first"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes")
def test_a_full_disk_is_told_as_that_and_nothing_is_lost(path):
    decide(path, 10)
    code = (
        "import resource, signal, sys\n"
        "from tests.test_backups import decide\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
        "from pathlib import Path\n"
        "try: decide(Path(sys.argv[1]), 50_000, 100)\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("StoreError")
    assert "disk" in done.stdout
    assert "ove the file" not in done.stdout
    assert len(Store(path).read_decisions()) == 10


def test_no_message_tells_people_to_move_the_file_away():
    from fourp_nlp.coding.store._sqlite_errors import refusal

    for name in dir(sqlite3):
        if name.startswith("SQLITE_") and isinstance(getattr(sqlite3, name), int):
            error = sqlite3.OperationalError("it happened")
            error.sqlite_errorcode = getattr(sqlite3, name)
            message = str(refusal(error, Path("p.sqlite")))
            assert "Move" not in message
            assert "move" not in message


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_cannot_be_written_can_be_read(path):
    decide(path, 3)
    path.parent.chmod(0o500)
    try:
        assert len(Store(path).read_decisions()) == 3
        with pytest.raises(StoreError, match="cannot be"):
            decide(path, 1)
    finally:
        path.parent.chmod(0o700)


def test_a_database_of_somebody_elses_is_read_as_a_copy(path):
    from fourp_nlp.coding.store._connection import read_only

    decide(path, 3)
    with read_only(path) as connection:
        assert connection.execute("SELECT count(*) FROM decisions").fetchone() == (3,)


@pytest.mark.parametrize(
    "content", [b"not a database at all, but a text" * 200, b"SQLite format 3\x00" + b"\x07" * 5000]
)
def test_what_is_no_database_is_told_with_what_brings_it_back(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreError) as error:
        Store(path).read_decisions()
    assert "damaged" in told(error)
    assert "fourp restore" in told(error)
    assert path.read_bytes() == content


def test_damage_is_found_before_anything_is_read_or_written(path):
    decide(path, 2_000)
    damage(path, b"water")
    for use in (
        Store(path).read_draws,
        lambda: Store(path).write_decisions(decision("ben", settled=False)),
    ):
        with pytest.raises(StoreError, match="is damaged"):
            use()


# ---- backups --------------------------------------------------------------------------------------------


def test_each_change_of_what_people_did_is_backed_up_and_the_last_ten_stay(path):
    Store(path).write_suggestions(suggestions(3), DOCUMENTS, {})
    Store(path).log("something", {})
    assert backups(path) == []
    for number in range(12):
        decide(path, 1, number)
    Store(path).write_draw(DRAW, drawn((0, 0.25, "random")))
    found = backups(path)
    assert len(found) == 10
    assert [(each.decisions, each.draws) for each in found[:3]] == [(12, 1), (12, 0), (11, 0)]
    assert {each.wrong for each in found} == {""}
    assert {each.file.stat().st_mode & 0o777 for each in found} == {0o600}


def test_a_damaged_database_drives_out_no_backup_that_is_whole(path):
    decide(path, 2_000)
    (first,) = backups(path)
    damage(path, b"water")
    from fourp_nlp.coding.store.backups import back_up

    with pytest.warns(FourpWarning, match="no backup"):
        back_up(path)
    assert [each.file for each in backups(path)] == [first.file]


def test_a_backup_that_cannot_be_made_is_a_warning_and_the_change_stays(path):
    path.parent.mkdir(exist_ok=True)
    (path.parent / "backups").write_text("in the way", encoding="utf-8")
    with pytest.warns(FourpWarning, match="The change was kept, but no backup"):
        decide(path, 1)
    assert len(Store(path).read_decisions()) == 1


# ---- restore --------------------------------------------------------------------------------------------


def test_a_backup_comes_back_with_what_can_still_be_read_of_the_damaged_file(path):
    Store(path).write_draw(DRAW, drawn((0, 0.25, "random"), (9, 0.25, "random")))
    decide(path, 2)
    shutil.rmtree(path.parent / "backups")
    decide(path, 1)  # the same decision again, and a backup
    # Later decisions have no backup any more.
    for each in backups(path)[:-1]:
        each.file.unlink()
    kept = backups(path)[-1].file
    decide(path, 5, 100)
    Store(path).write_suggestions(suggestions(4_000), DOCUMENTS, {})
    damage(path, "héllo".encode())
    assert is_whole(path)
    done = restore(path, kept)
    assert done.added["decisions"] == 5
    assert not is_whole(path)
    assert len(Store(path).read_decisions()) == 7
    assert len(Store(path).read_drawn()) == 2
    assert done.aside.exists()
    assert is_whole(done.aside)
    assert Store(path).read_log()["what"].tolist()[-1] == "restore"


def test_without_a_backup_the_database_is_made_of_what_can_be_read(path):
    decide(path, 7)
    Store(path).write_suggestions(suggestions(4_000), DOCUMENTS, {})
    shutil.rmtree(path.parent / "backups")
    damage(path, "héllo".encode())
    done = restore(path, None)
    assert (done.backup, done.added["decisions"]) == (None, 7)
    assert len(Store(path).read_decisions()) == 7


def test_a_later_decision_counts_over_that_of_the_backup(path):
    decide(path, 1)
    (backup,) = backups(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE decisions SET settled = 0, decided_at = '9999-01-01T00:00:00'")
    restore(path, backup.file)
    assert Store(path).read_decisions()["settled"].tolist() == [False]


def test_a_draw_that_lost_segments_is_not_taken_for_a_whole_one(path):
    Store(path).write_draw(DRAW, drawn((0, 0.25, "random"), (9, 0.25, "random")))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('DELETE FROM drawn WHERE "order" = 1')
    restore(path, None)
    assert Store(path).read_draws().empty


def test_a_damaged_backup_is_refused_and_the_database_stays(path):
    decide(path, 2_000)
    (backup,) = backups(path)
    damage(backup.file, b"water")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="This backup is damaged"):
        restore(path, backup.file)
    assert path.read_bytes() == before


def test_the_command_lists_backups_and_puts_the_newest_whole_one_back(tmp_path):
    project = write_project(tmp_path / "allotment", documents=2)
    run = CliRunner()
    empty = run.invoke(app, ["restore", "--project", str(project.root)])
    assert empty.exit_code == 0
    assert "There is no backup" in empty.output
    decide(project.store, 3)
    listed = run.invoke(app, ["restore", "--project", str(project.root)])
    assert "whole" in listed.output
    project.store.write_bytes(b"\x00" * 5000)
    listed = run.invoke(app, ["restore", "--project", str(project.root)])
    assert "damaged" in listed.output
    done = run.invoke(app, ["restore", "--latest", "--project", str(project.root)])
    assert done.exit_code == 0, done.output
    assert "put back: fourp-2" in done.output
    assert len(Store(project.store).read_decisions()) == 3
    named = run.invoke(app, ["restore", "nonsense", "--project", str(project.root)])
    assert isinstance(named.exception, StoreError)


def test_each_backup_is_listed_with_its_own_time_and_content_the_newest_first(path, capsys):
    decide(path, 1)
    (first, *_) = backups(path)
    for year in (2020, 2022, 2021):
        older = first.file.with_name(f"{path.stem}-{year}0203T040506000000{path.suffix}")
        shutil.copy(first.file, older)
        if year == 2021:
            older.write_bytes(b"nonsense")
    decide(path, 3, first=1)
    _list(path, json=True)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["decisions"] for row in rows] == [4, 1, 1, 0, 1]
    assert [row["state"] == "whole" for row in rows] == [True, True, True, False, True]
    assert [(row["name"].split("-")[1][:15], row["made"][:19]) for row in rows[2:]] == [
        (f"{year}0203T040506", f"{year}-02-03T04:05:06") for year in (2022, 2021, 2020)
    ]
    _list(path, json=False)
    listed = capsys.readouterr().out
    places = [listed.index(f"{year}-02-03T04:05:06+00:00") for year in (2022, 2021, 2020)]
    assert places == sorted(places)
