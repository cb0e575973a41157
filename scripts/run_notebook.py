"""Runs a notebook in plain Python, cell by cell, and keeps what each cell shows.

The cells of docs/notebook.ipynb need nothing but this package: no Jupyter, no network. What a cell prints,
and the value of its last line, become its outputs: text, and a table as HTML too, as Jupyter shows it.

Usage: python scripts/run_notebook.py [NOTEBOOK] [--check]

With --check nothing is written: the cells are run, and outputs that differ from those in the file are named.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import json
import os
import re
import sys
import tempfile
import warnings
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parent.parent / "docs" / "notebook.ipynb"
_IDS = re.compile(r"(machine@|\bd\d+-)[0-9a-f]{6,8}\b")


def run_cell(source: str, names: dict[str, object]) -> list[dict]:
    """Run the lines of one cell, and return its outputs as a notebook keeps them."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102 - the notebook is ours
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)  # noqa: S307
    outputs: list[dict] = []
    notes = [str(each.message) for each in told if each.category.__name__ == "FourpWarning"]
    for name, text in (("stdout", printed.getvalue()), ("stderr", "\n".join(notes))):
        if text.strip():
            outputs.append({"name": name, "output_type": "stream", "text": lines(text)})
    if value is not None:
        data = {"text/plain": lines(repr(value))}
        if hasattr(value, "_repr_html_"):
            data["text/html"] = lines(plain_html(value._repr_html_()))
        outputs.append({"data": data, "metadata": {}, "output_type": "display_data"})
    return outputs


def plain_html(page: str) -> str:
    """Return a table's HTML without the style that pandas adds."""
    return re.sub(r"<style scoped>.*?</style>\n?", "", page, flags=re.DOTALL)


def lines(text: str) -> list[str]:
    """Return a text as a notebook keeps it: a list of lines with their ends."""
    return text.rstrip("\n").splitlines(keepends=True)


def run(path: Path) -> dict:
    """Run a notebook in an empty folder, and return it with its outputs."""
    book = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, object] = {"__name__": "__main__"}
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for number, cell in enumerate(book["cells"], start=1):
                if cell["cell_type"] == "code":
                    try:
                        cell["outputs"] = run_cell("".join(cell["source"]), names)
                    except Exception as error:
                        error.add_note(f"in cell {number} of {path.name}")
                        raise
        finally:
            os.chdir(before)
    return book


def differences(book: dict, again: dict) -> list[str]:
    """Return a line for each cell whose text differs.

    Ids of machines and samples are left out: they depend on the last digits of the processor.
    """
    found = []
    for number, (old, new) in enumerate(zip(book["cells"], again["cells"], strict=True), start=1):
        shown = [
            _IDS.sub(r"\1…", re.sub(r"\s+", " ", "".join(text)))
            for cell in (old, new)
            for text in [_texts(cell.get("outputs", []))]
        ]
        if shown[0] != shown[1]:
            found.append(f"cell {number}:\n  kept: {shown[0][:300]}\n  now:  {shown[1][:300]}")
    return found


def _texts(outputs: list[dict]) -> list[str]:
    return [
        "".join(each["text"] if "text" in each else each["data"]["text/plain"]) for each in outputs
    ]


def main() -> None:
    """Run the notebook, and write it or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="?", type=Path, default=NOTEBOOK)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    path = given.notebook.resolve()
    book = json.loads(path.read_text(encoding="utf-8"))
    again = run(path)
    if given.check:
        found = differences(book, again)
        print("\n".join(found) or "every cell shows what the notebook shows")
        sys.exit(bool(found))
    path.write_text(json.dumps(again, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
