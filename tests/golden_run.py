"""The golden run: what the demonstration writes and prints, held against the files in `tests/golden`.

The demonstration runs in a folder of its own, in this process. Each command of `STEPS` gives a screen; each
file that it writes or changes gives a table (CSV files, the sheets of workbooks, the suggestions of the
database) or a text (the report, the methods text). `differences` compares all of them with the golden files:
numbers within `RELATIVE`, everything else exactly. `python scripts/update_golden.py` writes the golden files
anew.

Tables of the same content are kept once: `index.txt` lists every table with its size, or with the name of the
table that it equals. Large tables are kept as `.csv.gz`.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import re
import shutil
import sqlite3
import warnings
import zipfile
from collections import Counter
from contextlib import chdir, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import SequenceMatcher, unified_diff
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch
from xml.etree import ElementTree

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"


RELATIVE = 1e-6
ABSOLUTE = 1e-9
CHART = 0.2  # of a unit of the chart's own coordinates
MOST = 20  # differences of one table or text that are shown
LARGE = 100_000  # bytes above which a table is compressed

STEPS = {
    "run": "run",
    "methods": "report --methods",
    "gold": "gold",
    "agree": "agree --thresholds .667,.800 --rho --resamples 200",
    "agree_by_group": (
        "agree --by group --coders coder_1 --coders coder_2 --coders machine --thresholds .667,.800"
        " --resamples 200"
    ),
    "agree_analytic": "agree --by theme --units any-code --interval analytic",
    "disagreements": "agree --disagreements --between coder_1 machine --context 1",
    "by_group": "frequencies --by group --unit segments",
    "by_document": "frequencies --by document --unit documents --coder coder_2",
    "rates": "frequencies --per-1000-words",
    "cooccurrence": "frequencies --cooccurrence",
    "corrected": "frequencies --corrected --by group",
    "compare": "frequencies --compare Ontario Provincial",
    "next": "next 12 --by random --coder coder_2 --seed 4",
    "accept": "suggest --precision 0.6 --confidence 0.7",
    "reconcile": "reconcile",
    "read": "read --turns",
}
"""The commands, in their order; a later one meets what the earlier ones wrote. The small study has the others."""

_UNSTABLE = [
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?"), "<time>"),
    (
        re.compile(
            r"\b(fourp\\?_nlp|Python|NumPy|pandas|SciPy|spaCy|sentence-transformers|ONNX Runtime|PyTorch|scikit-learn"
            r"|en(?:\\?_core\\?_web\\?_sm))"
            r"(\W{1,3}(?:version )?)\d+(?:\.\w+)+(?:\+\w+)?"
        ),
        r"\1\2<version>",
    ),
    (re.compile(r"(?<=(@))[0-9a-f]{8,64}\b"), "<hash>"),
    (re.compile(r"(?<![A-Za-z0-9])d(\d+)-[0-9a-f]{6}(?![0-9a-f])"), r"d\1-<id>"),
    (re.compile(r"\b[0-9a-f]{40,64}\b"), "<hash>"),
    (re.compile(r"\b(fourp-(?:[a-z]+-)*)\d{8}T\d+"), r"\1<time>"),
]
# Figures of a simulation, or of bins at whose edges probabilities lie: last digits of these move them.
_DRAWN = {
    "ece_if_calibrated": 0.003,
    "rms_debiased": 0.003,
    "lower": 1e-5,
    "slope": 0.002,
    "chart": CHART,
}
_BIN = re.compile(r"mean probability ([\d.]+), coded ([\d.]+)% of (\d+)")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FRACTION = re.compile(r"(?<![\w.])\d+\.\d{3,}(?![\w.])")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass
class Snapshot:
    """What a run of the demonstration wrote and printed.

    Attributes
    ----------
    tables : dict of str to list of list of str
        Rows of each table, the heading first; cells are text.
    texts : dict of str to str
        Screens, the report's text, the methods text.
    """

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def of_step(self, step: str) -> Snapshot:
        """Return what one step gave."""
        return Snapshot(
            *(
                {key: value for key, value in kept.items() if key.startswith(f"{step}/")}
                for kept in (self.tables, self.texts)
            )
        )


def copy_demonstration(folder: Path) -> Path:
    """Copy the repository's project, and nothing that was made from it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("corpus", "gold", "models"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "fourp.toml", folder / "fourp.toml")
    return folder


def run_steps(
    folder: Path, before: Callable[[str], AbstractContextManager[object]] = nullcontext
) -> Snapshot:
    """Run all steps in a copy of the demonstration.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder.
    before : callable, optional
        Is told the name of each step before it runs, and returns what to run it in.

    Returns
    -------
    Snapshot
        What they wrote and printed.
    """
    folder = copy_demonstration(folder.resolve())
    snapshot = Snapshot()
    for step in STEPS:
        with before(step):
            run_step(folder, step, snapshot)
    return snapshot


def run_step(folder: Path, step: str, snapshot: Snapshot) -> None:
    """Run one step where the earlier ones ran, and add what it wrote and printed to a snapshot.

    Parameters
    ----------
    folder : pathlib.Path
        The copy of the demonstration.
    step : str
        Its name.
    snapshot : Snapshot
        What earlier steps wrote.
    """
    from typer.testing import CliRunner

    from fourp_nlp.cli import app

    words = STEPS[step]
    before = _files(folder)
    wide = patch.dict(os.environ, {"COLUMNS": "160", "TERM": "dumb"})
    with chdir(folder), wide, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # which of them are shown is up to who runs it
        ended = CliRunner().invoke(app, words.split())
    if ended.exit_code != 0:
        raise RuntimeError(
            f"fourp {words}: {ended.exception!r}\n{ended.output}"
        ) from ended.exception
    snapshot.texts[f"{step}/screen"] = stable(f"$ fourp {words}\n{ended.output}", folder)
    after = _files(folder)
    for name in sorted(name for name in after if after[name] != before.get(name)):
        add_file(snapshot, step, folder, name)
    if step in {"run", "accept"}:
        snapshot.tables[f"{step}/database.suggestions"] = _suggestions(folder)


def _files(folder: Path) -> dict[str, str]:
    """Return the files that commands write for people, by their path, with a hash of their content."""
    files = [*folder.glob("reports/*"), *folder.glob("*.csv")]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def add_file(snapshot: Snapshot, step: str, folder: Path, name: str) -> None:
    path = folder / name
    key = f"{step}/{stable(path.name, folder)}"
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        snapshot.tables[key] = stable_rows(rows, folder)
    elif path.suffix == ".xlsx":
        for title, rows in _sheets(path).items():
            snapshot.tables[f"{key}.{title}"] = stable_rows(rows, folder)
    elif path.suffix == ".html":
        snapshot.texts[key] = stable(report_text(path.read_text(encoding="utf-8")), folder)
    elif path.suffix in {".md", ".tex", ".bib", ".yaml", ".toml", ".txt", ".jsonl", ".qdc"}:
        snapshot.texts[key] = stable(path.read_text(encoding="utf-8"), folder)
    elif path.suffix == ".docx":
        from docx import Document

        paragraphs = [paragraph.text for paragraph in Document(str(path)).paragraphs]
        snapshot.texts[key] = stable("\n".join(paragraphs) + "\n", folder)


def docx_text(content: bytes) -> str:
    """Return what a Word document shows: paragraphs with their style, rows of tables, footnotes of neither."""
    from docx import Document
    from docx.table import Table

    lines = []
    for block in Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            marked = "".join(
                f"[[{run.text}]]" if run.font.highlight_color else run.text for run in block.runs
            )
            lines.append(f"{block.style.name}: {marked}")
    return "\n".join(lines) + "\n"


def docx_layout(content: bytes) -> str:
    """Return how a Word document looks: how often it has each mark, its columns, its styles, its properties."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        document, styles, core = (
            packed.read(name).decode()
            for name in ("word/document.xml", "word/styles.xml", "docProps/core.xml")
        )
        times = {entry.date_time for entry in packed.infolist()}
    marks = Counter(re.findall(r"<w:(?!t[ >]|gridCol|tcW)[^/>][^>]*>", document))
    lines = [f"{count} {mark}" for mark, count in sorted(marks.items())]
    for table in re.findall(r"<w:tbl>.*?</w:tbl>", document, re.DOTALL):
        rows = [table.partition("<w:tr>")[0], *re.findall(r"<w:tr>.*?</w:tr>", table, re.DOTALL)]
        marks_of_rows = [
            re.findall(r"<w:(?:gridCol|tcW|jc|b|sz|top|bottom) ?[^>]*>", row) for row in rows
        ]
        lines += [" ".join(each) for each in marks_of_rows]
    for name in ("Normal", "Heading1", "Heading2"):
        style = re.search(rf'<w:style [^>]*w:styleId="{name}".*?</w:style>', styles, re.DOTALL)
        lines.append(" ".join(style[0].split()) if style else f"no style {name}")
    lines += [" ".join(core.split()), f"{sorted(times)}"]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    """Return the sheets of a workbook, cells as a CSV file has them."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    return {
        sheet.title: [
            ["" if cell is None else str(cell) for cell in row]
            for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in book
    }


def _suggestions(folder: Path) -> list[list[str]]:
    """Return the suggestions of the database, without the segments' text, which other tables have."""
    with sqlite3.connect(folder / "fourp.sqlite") as connection:
        cursor = connection.execute("SELECT * FROM suggestions ORDER BY rowid")
        heading = [column[0] for column in cursor.description]
        rows = [["" if cell is None else str(cell) for cell in row] for row in cursor]
    connection.close()
    text = heading.index("text")
    return stable_rows([row[:text] + row[text + 1 :] for row in [heading, *rows]], folder)


def stable(text: str, folder: Path) -> str:
    """Return a text without what differs from run to run, or from place to place."""
    text = text.replace(str(folder), "<folder>")
    for pattern, instead in _UNSTABLE:
        text = pattern.sub(instead, text)
    for today in {datetime.now(zone).date().isoformat() for zone in (UTC, None)}:
        text = text.replace(today, "<date>")
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))


def stable_rows(rows: list[list[str]], folder: Path) -> list[list[str]]:
    return [_without_machine_guids([stable_cell(cell, folder) for cell in row]) for row in rows]


def _without_machine_guids(row: list[str]) -> list[str]:
    """Return a row without GUIDs if it is a machine's: they follow from its id, and that from last digits."""
    if not any("@<hash>" in cell for cell in row):
        return row
    return ["<guid>" if _GUID.fullmatch(cell) else cell for cell in row]


def stable_cell(cell: str, folder: Path) -> str:
    number = as_number(cell)
    if number is None:
        return stable(cell, folder)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.9g}"


def as_number(cell: str) -> float | None:
    """Return a cell's number, or nothing if it is text."""
    return float(cell) if _NUMBER.fullmatch(cell) else None


class _ReportText(HTMLParser):
    """The text of a page: a line for each block, cells of a row between bars, charts by text and shapes."""

    BLOCKS = frozenset(
        {
            *(
                "p",
                "h1",
                "h2",
                "h3",
                "h4",
                "h5",
                "li",
                "tr",
                "dt",
                "dd",
                "blockquote",
                "footer",
                "summary",
            ),
            *(
                "caption",
                "title",
                "desc",
                "figure",
                "section",
                "details",
                "svg",
                "text",
                "div",
                "nav",
            ),
            "header",
        }
    )
    SILENT = frozenset({"style", "head", "script"})

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._line = ""
        self._silent = 0
        self._charts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent += tag in self.SILENT
        self._charts += tag == "svg"
        if tag in self.BLOCKS:
            self._end_line()
        if tag in {"h2", "h3", "h4"}:
            self._line += "#" * int(tag[1]) + " "
        elif tag in {"td", "th"}:
            self._line += " | "
        elif tag == "mark":
            self._line += "[["
        elif tag in {"small", "sup", "span", "br"}:
            self._line += " "
        for name in ("title", "alt", "aria-label"):
            if given.get(name):
                self._line += f"{{{given[name]}}} "
        if self._charts and tag in {"path", "rect"}:
            self._add_shape(given)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT
        self._charts -= tag == "svg"
        if tag == "mark":
            self._line += "]]"
        elif tag in self.BLOCKS:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line += re.sub(r"\s+", " ", data)

    def _end_line(self) -> None:
        line = " ".join(self._line.split())
        if line:
            self.lines.append(line)
        self._line = ""

    def _add_shape(self, given: dict[str, str]) -> None:
        """Add what a chart shows: a filled shape or a line, by its colour and its corners' extent."""
        colour = re.search(r"(?:fill|stroke): (#[0-9a-f]{6}|url\(#)", given.get("style", ""))
        places = [float(number[0]) for number in _NUMBER.finditer(given.get("d", ""))]
        if colour and len(places) >= 4:
            across, down = places[0::2], places[1::2]
            corners = (min(across), min(down), max(across), max(down))
            self.lines.append(
                f"shape {colour[1].removesuffix('(#')} "
                + " ".join(f"{place:.1f}" for place in corners)
            )


def report_text(page: str) -> str:
    """Return the text of an HTML report, a line for each block; charts by their text and their shapes."""
    reader = _ReportText()
    reader.feed(page)
    reader.close()
    return "\n".join(reader.lines) + "\n"


def svg_text(svg: str) -> str:
    """Return every element of a chart with its place and its look, a line each; paths by their extent."""
    lines = []
    for element in ElementTree.fromstring(svg).iter():
        words = [element.tag.rpartition("}")[2]]
        for name, value in sorted(element.attrib.items()):
            plain_name = name.rpartition("}")[2]
            if plain_name in {"id", "clip-path", "aria-labelledby", "aria-describedby"}:
                continue
            if plain_name == "d":
                places = [float(number[0]) for number in _NUMBER.finditer(value)]
                across, down = places[0::2], places[1::2]
                corners = (min(across), min(down), max(across), max(down)) if down else ()
                value = f"{len(places)} {' '.join(f'{place:.1f}' for place in corners)}"  # noqa: PLW2901
            elif plain_name == "href":
                value = ""  # noqa: PLW2901 - the name of a shape is a hash
            words += [plain_name, *re.sub(r"url\(#[^)]*\)", "url", value).split()]
        told = re.sub(r"[;:,()]", " ", " ".join(words))
        told = re.sub(r"(?<=\d)(px|pt)\b", "", told)
        text = " ".join((element.text or "").split())
        if told == "g":
            continue
        lines.append(f"shape {' '.join(told.split())}" + (f"\n    {text}" if text else ""))
    return "\n".join(lines) + "\n"


def write_golden(snapshot: Snapshot, folder: Path = GOLDEN) -> None:
    """Write the golden files anew.

    Parameters
    ----------
    snapshot : Snapshot
        What they are to say.
    folder : pathlib.Path
        Theirs; what it held is deleted.
    """
    shutil.rmtree(folder, ignore_errors=True)
    index = []
    known: dict[str, str] = {}
    for name, rows in snapshot.tables.items():
        content = _csv(rows)
        if content in known:
            index.append(f"{name} = {known[content]}")
            continue
        known[content] = name
        index.append(f"{name}: {len(rows) - 1} rows, {len(rows[0])} columns")
        path = folder / f"{_file_name(name)}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        if len(content) > LARGE:
            # Neither a time nor a name: the same table is the same file.
            packed = gzip.compress(content.encode("utf-8"), 9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)
        else:
            path.write_text(content, encoding="utf-8", newline="")
    for name, text in snapshot.texts.items():
        if text in known:
            index.append(f"{name} = {known[text]}")
            continue
        known[text] = name
        index.append(f"{name}: {text.count(chr(10))} lines")
        path = folder / f"{_file_name(name)}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    (folder / "index.txt").write_text("\n".join(index) + "\n", encoding="utf-8")


def read_golden(folder: Path = GOLDEN) -> Snapshot:
    """Read the golden files.

    Parameters
    ----------
    folder : pathlib.Path
        Theirs.

    Returns
    -------
    Snapshot
        What they say.
    """
    snapshot = Snapshot()
    for line in (folder / "index.txt").read_text(encoding="utf-8").splitlines():
        name, equals, same = line.partition(" = ")
        if not equals:
            name = line.rpartition(": ")[0]
        if equals and same in snapshot.tables:
            snapshot.tables[name] = snapshot.tables[same]
        elif equals:
            snapshot.texts[name] = snapshot.texts[same]
        elif (path := folder / f"{_file_name(name)}.txt").exists():
            snapshot.texts[name] = path.read_text(encoding="utf-8")
        else:
            path = folder / f"{_file_name(name)}.csv"
            packed = path.with_name(path.name + ".gz")
            data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
            snapshot.tables[name] = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    return snapshot


def _csv(rows: list[list[str]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _file_name(name: str) -> str:
    plain = re.sub(r"[<>]", "", name).replace(" ", "_")
    return plain.replace(".csv", "").replace(".xlsx", "_xlsx")


def differences(expected: Snapshot, found: Snapshot) -> list[str]:
    """Compare two runs.

    Parameters
    ----------
    expected, found : Snapshot
        The golden files, and a new run.

    Returns
    -------
    list of str
        Each difference with its table, row and column, or its text and line; empty if there are none.
    """
    messages = []
    for what, golden, new in (
        ("table", expected.tables, found.tables),
        ("text", expected.texts, found.texts),
    ):
        messages += [f"{what} {name} is new" for name in new if name not in golden]
        messages += [f"{what} {name} is missing" for name in golden if name not in new]
    for name, rows in expected.tables.items():
        if name in found.tables:
            messages += _shortened(name, table_differences(name, rows, found.tables[name]))
    for name, text in expected.texts.items():
        if name in found.texts:
            messages += _shortened(name, text_differences(name, text, found.texts[name]))
    return messages


def _shortened(name: str, messages: list[str]) -> list[str]:
    more = len(messages) - MOST
    return messages if more <= 0 else [*messages[:MOST], f"{name}: … and {more} more differences"]


def table_differences(name: str, expected: list[list[str]], found: list[list[str]]) -> list[str]:
    """Compare two tables, cell by cell.

    Parameters
    ----------
    name : str
        The table's, for messages.
    expected, found : list of list of str
        Rows, the heading first.

    Returns
    -------
    list of str
        What differs: columns, rows, cells.
    """
    messages = []
    before, after = expected[0], found[0]
    messages += [
        f"{name}: column {column!r} is missing" for column in before if column not in after
    ]
    messages += [f"{name}: column {column!r} is new" for column in after if column not in before]
    both = [column for column in before if column in after]
    if not messages and before != after:
        messages.append(f"{name}: columns are in another order: expected {before}, found {after}")
    golden = [[row[before.index(column)] for column in both] for row in expected[1:]]
    new = [[row[after.index(column)] for column in both] for row in found[1:]]
    if len(golden) == len(new):
        pairs = list(zip(golden, new, strict=True))
    else:
        messages.append(f"{name}: expected {len(golden)} rows, found {len(new)}")
        pairs = []
        matcher = SequenceMatcher(None, _keys(golden), _keys(new), autojunk=False)
        for kind, i, i_end, j, j_end in matcher.get_opcodes():
            if kind == "equal":
                pairs += zip(golden[i:i_end], new[j:j_end], strict=True)
            else:
                messages += [
                    f"{name}: row is missing: {_row_words(row)}" for row in golden[i:i_end]
                ]
                messages += [f"{name}: row is new: {_row_words(row)}" for row in new[j:j_end]]
    number = 0
    for number, (one, other) in enumerate(pairs, start=1):
        messages += [
            f"{name}: row {number} ({_row_words(one)}), column {column!r}: expected {a!r}, found {b!r}"
            for column, a, b in zip(both, one, other, strict=True)
            if not _same(a, b, column)
        ]
    return messages


def _keys(rows: list[list[str]]) -> list[str]:
    return [
        "\t".join(cell if as_number(cell) is None else f"{float(cell):.4g}" for cell in row)
        for row in rows
    ]


def _row_words(row: list[str]) -> str:
    return ", ".join(cell[:40] for cell in row[:5] if cell)


def _same(expected: str, found: str, column: str = "") -> bool:
    if expected == found:
        return True
    absolute = _DRAWN.get(column, ABSOLUTE)
    one, other = as_number(expected), as_number(found)
    if one is None or other is None:
        return _same_words(expected, found)
    difference = abs(one - other)
    if column == "probability" and max(map(_decimals, (expected, found))) == 3:
        absolute = 0.00101  # where reports round to three places, an edge lies within reach of the last digits
    if difference <= max(absolute, RELATIVE * max(abs(one), abs(other))):
        return True
    return difference <= _last_digits(expected, found)


def _same_words(expected: str, found: str) -> bool:
    """Return whether two texts differ by last digits of fractions that stand in them, and by no more."""
    numbers = [_FRACTION.findall(text) for text in (expected, found)]
    words = [_FRACTION.sub("number", text) for text in (expected, found)]
    return words[0] == words[1] and all(
        abs(float(one) - float(other)) <= (_last_digits(one, other) or 0.00101)
        for one, other in zip(*numbers, strict=True)
    )


def _last_digits(expected: str, found: str) -> float:
    """Return two units of the last digit of two numbers rounded to the same place, from the fourth decimal on.

    Processors add in other orders: a probability of a machine that was trained here moves in its last digit.
    """
    # 0.459 beside 0.4589 is 0.4590: writers leave zeros at the end out.
    digits = max(map(_decimals, (expected, found)))
    return 2.1 * 10.0**-digits if digits >= 4 else 0.0


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])


def text_differences(name: str, expected: str, found: str) -> list[str]:
    """Compare two texts, line by line.

    Parameters
    ----------
    name : str
        The text's, for messages.
    expected, found : str
        The texts.

    Returns
    -------
    list of str
        Lines that differ, as a unified diff has them; shapes of charts may differ by `CHART`, fractions with
        three decimals or more by their last digit.
    """
    before, after = expected.splitlines(), found.splitlines()
    if len(before) == len(after):
        after = [
            one
            if _same_shape(one, other) or same_bins(one, other) or _same_words(one, other)
            else other
            for one, other in zip(before, after, strict=True)
        ]
    lines = unified_diff(before, after, "expected", "found", n=0, lineterm="")
    return [f"{name}: {line}" for line in lines if not line.startswith(("---", "+++"))]


def same_bins(one: str, other: str) -> bool:
    """Return whether two descriptions of a calibration chart differ by a probability at the edge of two bins.

    Bins hold as many segments each; a last digit decides to which of two a segment at the edge belongs.
    """
    bins = [_BIN.findall(text) for text in (one, other)]
    words = [_BIN.sub("bin", text) for text in (one, other)]
    if not bins[0] or len(bins[0]) != len(bins[1]) or words[0] != words[1]:
        return False
    before, after = (np.array(each, dtype=float) for each in bins)
    near = np.abs(before[:, 0] - after[:, 0]).max() <= 0.02
    positives = [np.rint(each[:, 1] * each[:, 2] / 100) for each in (before, after)]
    # Over each edge one may have moved, and so two out of the bin between two edges.
    pairs = ((before[:, 2], after[:, 2]), positives)
    moved = max(np.abs(np.cumsum(one) - np.cumsum(other)).max() for one, other in pairs)
    same_sums = before[:, 2].sum() == after[:, 2].sum() and positives[0].sum() == positives[1].sum()
    return bool(near and moved <= 1 and same_sums)


def _same_shape(one: str, other: str) -> bool:
    if not (one.startswith("shape ") and other.startswith("shape ")):
        return False
    pairs = list(zip(one.split(), other.split(), strict=False))
    return len(one.split()) == len(other.split()) and all(_same(a, b, "chart") for a, b in pairs)
