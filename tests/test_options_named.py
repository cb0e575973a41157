"""An option that a message, a help text or a docstring names is one that a command has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import typer
from typer.main import get_command

import fourp_nlp
from fourp_nlp.cli import app

PACKAGE = Path(fourp_nlp.__file__).parent
NAMED = re.compile(r"(?<![\w/-])--[a-z][a-z0-9-]*[a-z0-9]\b")

# Options of other programs, and what a style sheet calls its colours, by the module that names them.
_PIP = {"--force-reinstall", "--no-deps"}
OF_OTHERS = {
    "documents/result_files.py": {"--ink", "--soft"},
    "machine/encoder/parts.py": _PIP,
    "machine/encoder/loading.py": _PIP,
    "machine/encoder/multilingual.py": _PIP,
    "machine/encoder/onnx_runtime.py": _PIP,
    "exchange/annotation/prodigy.py": {"--label"},
    "reporting/methods/_markdown.py": {"--citeproc"},
    "batch/engine.py": {"--nthreads"},
    "segments/senter.py": _PIP,
    "machine/shipped_model.py": _PIP,
    "coding/store/_connection.py": {"--upgrade"},
}


def options_of(command) -> set[str]:
    made = {
        name
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--")
    }
    for below in getattr(command, "commands", {}).values():
        made |= options_of(below)
    return made | {"--help"}


def texts_of(path: Path) -> list[str]:
    """All string literals of a module, those of f-strings and docstrings too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_every_option_that_is_named_is_one_of_a_command():
    there = options_of(get_command(app))
    strange = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        known = there | OF_OTHERS.get(name, set())
        found = {option for text in texts_of(path) for option in NAMED.findall(text)} - known
        if found:
            strange[name] = sorted(found)
    assert strange == {}


def test_the_test_sees_options_at_all():
    assert isinstance(app, typer.Typer)
    assert {"--dialect", "--own-selections", "--strict"} <= options_of(get_command(app))
    assert NAMED.findall("Use --read all, or `--per-1000-words`; not a--b or -- c") == [
        "--read",
        "--per-1000-words",
    ]
