"""Kills a child of the test at each step by which it changes a file."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STEPS = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "open"}


def killed_at_each_step(action, fresh, check, *, root: Path, every: int = 1) -> int:
    """Run an action once for each of its steps, killed before that step; return how many steps there are.

    `every` kills at some of the steps alone, always the same. `fresh` lays the files out anew, `check` looks at what is left, and is told the number of the step.
    """
    for step in range(1, 1000, every):
        fresh()
        child = os.fork()
        if child == 0:
            _kill_before(step, root)
            try:
                action()
            except BaseException:  # noqa: BLE001 - the parent is told by the code
                os._exit(9)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, "the action failed by itself"
            return step - every
        assert os.WTERMSIG(status) == signal.SIGKILL
        check(step)
    raise AssertionError("the action does not end")


def _kill_before(step: int, root: Path) -> None:
    inside = str(root)
    left = step

    def hook(event, arguments):
        nonlocal left
        if event not in STEPS:
            return
        if event == "open" and not _writes(arguments):
            return
        if not any(
            inside in os.fsdecode(each) for each in arguments if isinstance(each, str | bytes)
        ):
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _writes(arguments) -> bool:
    _, mode, flags = arguments
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
