"""One command at a time changes a project; the others wait, and say for whom."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from fourp_nlp.errors import FourpError
from fourp_nlp.files.lock import folder_lock
from fourp_nlp.study.changes import changing

HOLD = (
    "import sys, time; from pathlib import Path; from fourp_nlp.files.lock import folder_lock\n"
    "sys.argv = ['fourp', 'train']\n"
    "with folder_lock(Path({folder!r}), wait=0):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def held(tmp_path):
    """A folder that a command in another process holds, and that process."""
    (tmp_path / ".fourp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(folder=str(tmp_path / ".fourp"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield tmp_path, process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_command_that_does_not_get_its_turn_says_who_is_at_work_and_changes_nothing(
    held, monkeypatch
):
    root, process = held
    monkeypatch.setenv("FOURP_WAIT", "0.2")
    told = []
    with (
        pytest.raises(FourpError, match=rf"fourp train \(process {process.pid}.*is at work"),
        changing(root, waiting=lambda holder: told.append(str(holder))),
    ):
        raise AssertionError
    assert told[0].startswith(f"fourp train (process {process.pid}, since ")


def test_a_command_waits_until_the_other_is_done(held):
    root, process = held
    told = []

    def waiting(holder):
        told.append(holder)
        process.stdin.close()  # the other ends

    with changing(root, waiting=waiting):
        assert process.wait() == 0
    assert [holder.command for holder in told] == ["fourp train"]


def test_a_command_that_was_killed_keeps_nobody_out(held):
    root, process = held
    process.kill()
    process.wait()
    (root / "gold").mkdir()
    (root / "gold" / f".x.csv.{process.pid}.tmp").write_bytes(b"")
    # Without waiting: whoever is kept out is told so at once.
    with folder_lock(root / ".fourp", wait=0) as lock:
        assert lock.after_kill
    with folder_lock(root / ".fourp", wait=0) as lock:
        assert not lock.after_kill


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_on_a_drive_that_knows_no_locks_one_command_at_a_time_works_too(tmp_path, monkeypatch):
    # The system's answer there; no such drive is at hand.
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    with folder_lock(tmp_path, wait=0):
        child = os.fork()
        if child == 0:
            try:
                with folder_lock(tmp_path, wait=0):
                    os._exit(1)
            except FourpError:
                os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with folder_lock(tmp_path, wait=0):
        pass


def test_who_holds_a_project_may_hold_it_again(tmp_path):
    with changing(tmp_path), changing(tmp_path):
        pass
    with changing(tmp_path):
        pass


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FourpError, match="cannot be written"), changing(tmp_path):
        pass
