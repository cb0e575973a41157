"""What is printed is shown as it is: nothing in it steers the terminal, and nothing ends in a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from fourp_nlp.cli import app, main
from fourp_nlp.cli.screen import console as _console
from fourp_nlp.cli.screen.crash_report import UNFORESEEN, tell
from fourp_nlp.errors import ProjectError

STEERING = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eabc\u2066 \x7f \ud800 [bold]:smile:[/bold]\\"
SHOWN = (
    r"\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eabc\u2066 \x7f \ud800 [bold]:smile:[/bold]" + "\\"
)
NOT_SENT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def test_control_characters_are_shown_and_not_sent(capsys):
    _console.say(STEERING)
    _console.warn(STEERING)
    _console.fail(STEERING)
    _console.show(pd.DataFrame({STEERING: [STEERING]}), STEERING)
    printed = capsys.readouterr()
    assert not NOT_SENT.search(printed.out + printed.err)
    assert printed.out.count(SHOWN) == 4
    assert printed.err.count(SHOWN) == 2


def test_in_a_terminal_too(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        _console, "_out", lambda: Console(file=screen, width=300, highlight=False, no_color=True)
    )
    _console.show(pd.DataFrame({STEERING: [STEERING]}), STEERING)
    assert screen.getvalue().count(SHOWN) == 3
    assert not NOT_SENT.search(screen.getvalue())


def test_json_stays_json_and_sends_no_control_character(capsys):
    _console.json_lines(pd.DataFrame({STEERING: [STEERING]}))
    printed = capsys.readouterr().out
    assert not NOT_SENT.search(printed)
    assert json.loads(printed) == {STEERING: STEERING}


def test_names_from_files_cannot_steer_the_terminal(project):
    for path, old, new in (
        (project.codebook, "name: Water", 'name: "\\e[31mWater [bold] \\u202e"'),
        (project.gold / "anna.csv", ",anna,", ",\x1b[32manna\x9b,"),
        (
            project.root / "fourp.toml",
            '"Allotment"',
            '"\\u001b[31mA"\nnotice = "\\u001b]0;x\\u0007"',
        ),
    ):
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    for command in (("gold",), ("codebook", "check"), ("read",)):
        result = CliRunner().invoke(app, [*command, "-p", str(project.root)])
        assert result.exit_code == 0, result.output
        assert not NOT_SENT.search(result.output)
    result = CliRunner().invoke(app, ["gold", "-p", str(project.root)])
    assert r"\x1b[32manna\x9b" in result.output


def test_a_pipe_of_another_encoding_gets_every_character():
    code = "from fourp_nlp import cli; cli.app = lambda: print('– \\ud800'); cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert done.stdout.strip() == rb"\u2013 \ud800"


def test_a_pipe_that_takes_few_characters_ends_no_command(monkeypatch):
    pipes = [io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2)]
    for name, pipe in zip(("stdout", "stderr"), pipes, strict=True):
        monkeypatch.setattr(sys, name, pipe)
    monkeypatch.setattr(
        "fourp_nlp.cli.app", lambda: [print("–", file=pipe, flush=True) for pipe in pipes]
    )
    main()
    assert [pipe.buffer.getvalue() for pipe in pipes] == [rb"\u2013" + b"\n"] * 2


def broken(words: str) -> int:
    raise KeyError(f"the words of {words}")


def test_what_nobody_foresaw_ends_in_one_line_and_a_file_without_words(
    tmp_path, monkeypatch, capsys
):
    word = "uerite"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("fourp_nlp.cli.app", lambda: broken(f"Marg{word}"))
    monkeypatch.setattr(sys, "argv", ["fourp", "train", "--project", f"/home/marg{word}"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == UNFORESEEN == 70
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "KeyError" in told
    (file,) = tmp_path.rglob("*.txt")
    assert "fourp_nlp" in file.parts
    assert str(file) in told
    details = file.read_text(encoding="utf-8")
    assert "in broken" in details
    assert "train --project" in details
    assert f"arg{word}" not in details


@pytest.mark.parametrize(
    ("stopped", "code", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (ProjectError("It is torn.", cure="Mend it."), 1, "Error: It is torn. Mend it.\n"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_a_command_that_is_stopped_says_no_more_than_it_must(
    stopped, code, said, monkeypatch, capsys
):
    def stop() -> None:
        raise stopped

    for name in ("OMP_WAIT_POLICY", "OPENBLAS_THREAD_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("fourp_nlp.cli.app", stop)
    closed = io.StringIO()
    if isinstance(stopped, BrokenPipeError):
        monkeypatch.setattr(sys, "stderr", closed)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    # Python would complain of the broken pipe once more on its way out.
    assert closed.closed == isinstance(stopped, BrokenPipeError)
    assert capsys.readouterr().err == said
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert os.environ["OPENBLAS_THREAD_TIMEOUT"] == "10"


def test_developers_see_the_traceback(monkeypatch):
    monkeypatch.setenv("FOURP_TRACEBACK", "1")
    monkeypatch.setattr("fourp_nlp.cli.app", lambda: broken("x"))
    with pytest.raises(KeyError):
        main()


def test_a_fault_of_the_disk_names_the_file():
    told, code = tell(OSError(28, "No space left on device", "reports/x.csv"))
    assert told.startswith("reports/x.csv: The file cannot be read or written: No space left")
    assert code == 1
