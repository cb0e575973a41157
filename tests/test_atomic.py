"""Files are written whole or not at all, also where the program is killed on the way."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from fourp_nlp.errors import FourpError
from fourp_nlp.files import (
    fingerprint,
    journals,
    replacing,
    sweep,
    undo_unfinished_changes,
    write_together,
)
from fourp_nlp.study.changes import change_files, changing, undo_interrupted_change
from tests.killing import killed_at_each_step

OLD = {"gold/anna.csv": b"her codings\n", "documents.csv": b"document\n", "gone.csv": b"goes\n"}
NEW = {
    "gold/anna.csv": b"more codings\n",
    "documents.csv": b"document,case\n",
    "reports/x.csv": b"x\n",
}

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@pytest.fixture
def root(tmp_path):
    return lay_out(tmp_path / "project")


def lay_out(root):
    shutil.rmtree(root, ignore_errors=True)
    for name, content in OLD.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def files(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_relative_to(root / ".fourp") and "sqlite" not in path.name
    }


def change(root, **options):
    contents = {root / name: content for name, content in NEW.items()} | {root / "gone.csv": None}
    change_files(root, contents, what="a change", **options)


def logged(root):
    path = root / "fourp.sqlite"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM log WHERE what = 'changed'").fetchone()[0]


def log(store):
    store.log("changed", {})


# ---- killed ---------------------------------------------------------------------------------------------


@needs_fork
def test_a_change_that_is_killed_at_any_step_is_old_or_new_files_and_database_together(root):
    def fresh():
        lay_out(root)
        with changing(root):
            change_files(root, {}, what="first", in_store=lambda store: store.log("first", {}))

    seen = set()

    def check(step):
        with changing(root):
            pass
        assert journals(root / ".fourp" / "journal") == []
        new = logged(root) == 1
        seen.add(new)
        assert files(root) == (NEW if new else OLD), f"step {step}"

    def action():
        with changing(root):
            change(root, in_store=log)

    kills = killed_at_each_step(action, fresh, check, root=root)
    assert kills > 20
    assert seen == {False, True}


@needs_fork
def test_undoing_that_is_killed_goes_on(root):
    def half_done():
        lay_out(root)
        child = os.fork()
        if child == 0:
            change(root, in_store=lambda _store: os._exit(1))
        os.waitpid(child, 0)
        assert len(journals(root / ".fourp" / "journal")) == 1
        assert files(root) != OLD

    def check(step):
        undo_unfinished_changes(root / ".fourp" / "journal", lambda _change: False)
        sweep([root, root / "gold", root / "reports"])
        assert files(root) == OLD, f"step {step}"

    def action():
        undo_unfinished_changes(root / ".fourp" / "journal", lambda _change: False)

    assert killed_at_each_step(action, half_done, check, root=root) > 5


def half_done(root, keep_going):
    """Change files in a child that is killed when all have their new content."""
    child = os.fork()
    if child == 0:
        change(root, in_store=keep_going)
        os._exit(0)
    os.waitpid(child, 0)


@needs_fork
def test_the_next_command_says_what_it_undid_also_one_that_only_reads(root):
    half_done(root, lambda _store: os._exit(1))
    (note,) = undo_interrupted_change(root)
    assert "gold/anna.csv" in note
    assert "was undone" in note
    assert "Run it again" in note
    assert files(root) == OLD
    assert undo_interrupted_change(root) == []


@needs_fork
@needs_fork
def test_a_command_that_only_reads_takes_left_overs_away_too(root):
    child = os.fork()
    if child == 0:
        with changing(root):
            (root / "gold" / f".anna.csv.{os.getpid()}.tmp").write_bytes(b"half")
            change(root, in_store=lambda _store: os._exit(1))
    os.waitpid(child, 0)
    assert undo_interrupted_change(root)
    assert {path.name for path in (root / "gold").iterdir()} == {"anna.csv"}


@needs_fork
def test_what_somebody_saved_after_the_kill_is_not_undone(root):
    half_done(root, lambda _store: os._exit(1))
    (root / "gold" / "anna.csv").write_bytes(b"saved in a spreadsheet since\n")
    notes = undo_interrupted_change(root)
    assert any("anna.csv" in note and "stays as it is" in note for note in notes)
    assert (root / "gold" / "anna.csv").read_bytes() == b"saved in a spreadsheet since\n"
    assert (root / "gold" / "anna.csv.before").read_bytes() == OLD["gold/anna.csv"]
    assert (root / "documents.csv").read_bytes() == OLD["documents.csv"]


def test_a_gold_file_that_an_earlier_version_had_set_aside_gets_its_name_back(root):
    gold = root / "gold" / "anna.csv"
    gold.rename(root / "gold" / ".anna.csv.999999999.old")
    with changing(root) as notes:
        assert gold.read_bytes() == OLD["gold/anna.csv"]
    assert any("anna.csv" in note for note in notes)


def test_left_overs_of_killed_commands_are_taken_away_and_those_of_others_are_not(root):
    for name in (".a.csv.999999999.tmp", ".documents.csv.999999999.old", ".b.1.txt"):
        (root / name).write_bytes(b"x")
    (root / f".c.csv.{os.getppid()}.tmp").write_bytes(b"another command is writing this")
    (root / ".model.999999999.tmp").mkdir()
    sweep([root, root / "not there"])
    left = {name for name in [path.name for path in root.iterdir()] if name[0] == "."}
    assert left == {".b.1.txt", f".c.csv.{os.getppid()}.tmp"}


# ---- refused --------------------------------------------------------------------------------------------


def test_a_file_that_was_saved_elsewhere_since_it_was_read_is_not_written_over(root):
    seen = fingerprint(root / "gold" / "anna.csv")
    (root / "gold" / "anna.csv").write_bytes(b"edited\n")
    with pytest.raises(FourpError, match=r"anna\.csv.*changed by another program.*again"):
        change(root, expect={root / "gold" / "anna.csv": seen}, in_store=log)
    assert files(root) == {**OLD, "gold/anna.csv": b"edited\n"}
    assert logged(root) == 0


def test_a_file_that_came_since_is_not_written_over(root):
    with pytest.raises(FourpError, match="changed by another program"):
        change(root, expect={root / "documents.csv": None})
    assert files(root) == OLD


def test_if_the_database_refuses_no_file_is_changed(root):
    def refuse(store):
        store.log("changed", {})
        raise sqlite3.OperationalError("no")

    with pytest.raises(FourpError):
        change(root, in_store=refuse)
    assert files(root) == OLD
    assert logged(root) == 0
    assert journals(root / ".fourp" / "journal") == []


@pytest.mark.parametrize("counts", [True, False])
def test_an_interruption_while_the_database_is_written_leaves_files_as_the_database_says(
    root, counts
):
    held = []

    def commit(change_id):
        if counts:
            held.append(change_id)
        raise KeyboardInterrupt

    contents = {root / name: content for name, content in NEW.items()} | {root / "gone.csv": None}
    journal = root / ".fourp" / "journal"
    with pytest.raises(KeyboardInterrupt):
        write_together(contents, journal=journal, commit=commit)
    (told,) = undo_unfinished_changes(journal, held.__contains__)
    assert told.finished is counts
    assert files(root) == (NEW if counts else OLD)


def test_an_interruption_of_the_backup_undoes_no_change(root, monkeypatch):
    def interrupted(_path):
        raise KeyboardInterrupt

    monkeypatch.setattr("fourp_nlp.coding.store.store.back_up", interrupted)

    def decided(store):
        log(store)
        store._matters = True

    with pytest.raises(KeyboardInterrupt):
        change(root, in_store=decided)
    assert undo_interrupted_change(root) == []
    assert (files(root), logged(root)) == (NEW, 1)


def test_what_a_file_is_written_with_may_fail_and_nothing_is_left(root):
    def fail(draft):
        draft.write_bytes(b"half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        write_together({root / "documents.csv": b"x", root / "deep" / "er" / "b.csv": fail})
    assert files(root) == OLD
    assert not (root / "deep").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes")
def test_on_a_full_disk_nothing_is_changed(root):
    # The system ends every file at 64 KB, as a full disk would.
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from fourp_nlp.files import write_together\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "root = Path(sys.argv[1])\n"
        "try: write_together({root / 'documents.csv': b'x', root / 'large.csv': b'x' * 100_000})\n"
        "except Exception as error: print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True
    )
    assert "large.csv: The file cannot be written, and nothing was changed" in told.stdout
    assert files(root) == OLD


def test_what_a_killed_command_left_of_a_file_goes_when_it_is_written_again(tmp_path):
    for name in (
        ".out.csv.999999999.tmp",
        f".out.csv.{os.getppid()}.tmp",
        ".other.csv.999999999.tmp",
    ):
        (tmp_path / name).write_bytes(b"half")
    with replacing(tmp_path / "out.csv") as draft:
        draft.write_bytes(b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {
        "out.csv",
        f".out.csv.{os.getppid()}.tmp",
        ".other.csv.999999999.tmp",
    }


def test_a_long_name_is_written_too(tmp_path):
    path = tmp_path / ("é" * 124 + ".csv")  # 252 bytes of the 255 that a name may have
    with replacing(path) as draft:
        draft.write_bytes(b"x")
    write_together({path: b"y"})
    assert path.read_bytes() == b"y"
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_is_its_owners_and_another_is_as_the_user_wants_it(tmp_path):
    earlier = os.umask(0o022)
    try:
        for private in (True, False):
            with replacing(tmp_path / f"{private}.csv", private=private) as draft:
                draft.write_bytes(b"x")
    finally:
        os.umask(earlier)
    modes = [(tmp_path / f"{private}.csv").stat().st_mode & 0o777 for private in (True, False)]
    assert modes == [0o600, 0o644]
