"""Check the figures in README.md and docs/ against the commands that print them, and write them anew.

    python scripts/update_documents.py           # writes the examples anew, and names what a person must mend
    python scripts/update_documents.py --check   # changes nothing; exit status 1 if something is out of date

Documents with a table of figures of which no comment says where they come from are named, too.
`tests/test_documents_figures.py` makes the same check. A comment in the document, which readers do not see,
stands before each example and says what it is:

``<!-- printed by: COMMAND -->``
    The lines of the next block (or table) are lines of what the command prints, in their order. ``…`` on a
    line of its own stands for lines that are left out, and within a line for characters.
``<!-- quoted from: COMMAND -->``
    The next block is in the output, white space aside. A block with ``>`` goes to the end of a paragraph of
    the output, unless it ends in ``…``; of a block between fences, each line that begins with a word and a
    gap is by itself; of a paragraph of prose, what stands in quotation marks with a figure in it.
``<!-- figures from: SOURCE; SOURCE -->``
    Each figure of the next block (with a decimal point, a percent sign or a comma in it; whole thousands are
    taken for sizes) is one of a source: of a document, a CSV file, or what a command prints. A source may
    have it with more digits, or as a share.
``<!-- measured by: COMMAND (WHY) -->``
    What cannot be run again here: the data are not shipped, or it takes too long. The script must be there.

A COMMAND is ``fourp …`` or ``python scripts/…``. It runs in a copy of the demonstration in which
``fourp run`` has run. Several are joined by ``&&``, of which the last one's output counts;
``echo WORDS > FILE`` makes a file, and ``COMMAND > FILE`` takes what the command wrote into FILE for its
output.
"""

from __future__ import annotations

import argparse
import difflib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/*.md", "docs/interchange/*.md", "corpus/README.md", "models/README.md")
ELLIPSIS = "…"
WIDTH = 120
LIKE = 0.6
"""How alike two lines must be, figures aside, for one to be written in the place of the other."""

_MARK = re.compile(r"^\s*<!-- (printed by|quoted from|figures from|measured by): (.+?) -->\s*$")
_FENCE = re.compile(r"^\s*```")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")
_FIGURE = re.compile(r"(?<![\w.,/-])(?<!igure )(?:\d[\d,]*)?\.?\d+(?:\.\d+)?%?(?![\w/])")


@dataclass(frozen=True)
class Example:
    """A block of a document and what its figures are held against.

    Attributes
    ----------
    page : str
        Path of the document, from the root.
    kind : str
        The mark's first two words.
    source : str
        What the mark names.
    first, last : int
        The block's lines, from 0, without fences; `last` is not one of them.
    lines : tuple of str
        These lines, without `indent`.
    indent : str
        What stands before each line of a block of code that has no fences.
    """

    page: str
    kind: str
    source: str
    first: int
    last: int
    lines: tuple[str, ...]
    indent: str = ""

    @property
    def where(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.first + 1}"


def pages() -> list[Path]:
    """Return all documents that may hold examples."""
    return [path for pattern in PAGES for path in sorted(ROOT.glob(pattern))]


def examples_of(page: str, text: str) -> Iterator[Example]:
    """Yield the examples of a document.

    Parameters
    ----------
    page : str
        Its path, for messages.
    text : str
        What it says.

    Yields
    ------
    Example
        In their order.

    Raises
    ------
    ValueError
        If no block follows a mark.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = _MARK.match(line)
        if found is None:
            continue
        first = number + 1
        while first < len(lines) and (not lines[first].strip() or _MARK.match(lines[first])):
            first += 1
        if first == len(lines):
            raise ValueError(f"{page}:{number + 1}: nothing follows this comment.")
        last = first + 1
        if _FENCE.match(lines[first]):
            first += 1
            last = next(n for n in range(first, len(lines)) if _FENCE.match(lines[n]))
            if first < last and lines[first].lstrip().startswith("$ "):
                first += 1  # the command itself
        else:
            while last < len(lines) and lines[last].strip() and not _MARK.match(lines[last]):
                last += 1
            if found[1] == "printed by" and first + 1 < last and lines[first + 1][:4] == "|---":
                first += 2  # the head of a table
        indent = "    " if all(one.startswith("    ") for one in lines[first:last]) else ""
        block = tuple(one.removeprefix(indent) for one in lines[first:last])
        yield Example(page, found[1], found[2], first, last, block, indent)


def unmarked(page: str, text: str) -> list[str]:
    """Return the tables and printed blocks of a document that do not say where their figures come from.

    Parameters
    ----------
    page : str
        Its path, for messages.
    text : str
        What it says.

    Returns
    -------
    list of str
        Place and first line of each block with three measured figures or more that has no mark before it
        and does not stand in a part that a script writes (from ``<!-- begin: written by … -->`` to
        ``<!-- end -->``).
    """
    if text.startswith("<!-- Written by scripts/"):
        return []
    lines = text.split("\n")
    known = {number for one in examples_of(page, text) for number in range(one.first, one.last)}
    found, is_written, at = [], False, 0
    while at < len(lines):
        is_written = (is_written or "<!-- begin: " in lines[at]) and "<!-- end" not in lines[at]
        fence = _FENCE.match(lines[at]) is not None
        last = at + 1
        if fence:
            last = next(n for n in range(at + 1, len(lines)) if _FENCE.match(lines[n])) + 1
        elif lines[at].startswith("|"):
            while last < len(lines) and lines[last].startswith("|"):
                last += 1
        block = "\n".join(lines[at:last])
        if lines[at].startswith("|"):
            figures = re.findall(r"\| *[-+−]?\d*\.\d+", block)
        else:
            figures = re.findall(r"(?<=\s)\d*\.\d+", block) if lines[at] == "```text" else []
        if len(figures) >= 3 and not is_written and not known & set(range(at, last)):
            found.append(f"{page}:{at + 1}: {lines[at + fence]}")
        at = last
    return found


class Copy:
    """A copy of the demonstration in which the commands of the documents run, each once.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._printed: dict[str, str] = {}

    def printed(self, command: str) -> str:
        """Return what a command, or the last of several, prints.

        Parameters
        ----------
        command : str
            As in a document.

        Returns
        -------
        str
            Standard output, then standard error.

        Raises
        ------
        RuntimeError
            If it fails, with what it said.
        """
        if command not in self._printed:
            place = self._place(command)
            said = self._printed.get(command, "")
            for part in [] if command == "fourp run" else command.split(" && "):
                said = _run(part, place)
            self._printed[command] = said
        return self._printed[command]

    def _place(self, command: str) -> Path:
        """Return a folder for a command to run in; the first is where `fourp run` ran."""
        base = self._folder / "base"
        if "fourp" not in command:
            return ROOT
        if not base.exists():
            for name in ("corpus", "gold", "models"):
                shutil.copytree(ROOT / name, base / name)
            shutil.copy(ROOT / "fourp.toml", base / "fourp.toml")
            self._printed["fourp run"] = _run("fourp run", base)
        self._made += 1
        place = self._folder / f"copy{self._made}"
        shutil.copytree(base, place)
        return place


def _run(command: str, place: Path) -> str:
    """Run one command in a folder and return what it printed, or what it wrote into a named file."""
    command, _, file = (part.strip() for part in command.partition(" > "))
    words = shlex.split(command)
    if words[0] == "echo":
        (place / file).write_text(" ".join(words[1:]) + "\n", encoding="utf-8")
        return ""
    said, status = _fourp(words[1:], place) if words[0] == "fourp" else _script(words, place)
    if status not in {0, 3}:
        raise RuntimeError(f"{command} ended with status {status}:\n{said}")
    return (place / file).read_text(encoding="utf-8") if file else said


def _fourp(words: list[str], place: Path) -> tuple[str, int]:
    """Run the command line in this process: the encoder is loaded once for all examples."""
    from fourp_nlp.cli import app
    from fourp_nlp.errors import FourpError

    out, err = io.StringIO(), io.StringIO()
    status = 0
    with chdir(place), redirect_stdout(out), redirect_stderr(err):
        try:
            ended = app(words, standalone_mode=False)
            status = ended if isinstance(ended, int) else 0
        except FourpError as error:
            err.write(str(error))
            status = 1
        except SystemExit as ended:
            status = int(ended.code or 0)
    return out.getvalue() + err.getvalue(), status


def _script(words: list[str], place: Path) -> tuple[str, int]:
    """Run a script with no other program in reach: what it does with LibreOffice depends on the machine."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "PATH": "",
    }
    words = [sys.executable, *words[1:]] if words[0] == "python" else words
    done = subprocess.run(
        words, cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr, done.returncode


def out_of_date(example: Example, printed: Callable[[str], str]) -> list[str]:
    """Return what an example says that its source does not.

    Parameters
    ----------
    example : Example
        The example.
    printed : callable
        Returns what a command prints.

    Returns
    -------
    list of str
        The lines, passages or figures; empty if all is as it was printed.
    """
    if example.kind == "measured by":
        script = example.source.split()[1] if example.source.startswith("python ") else ""
        return [] if not script or (ROOT / script).is_file() else [f"{script} is not there"]
    if example.kind == "figures from":
        known = _figures_of(example.source, printed)
        text = "\n".join(example.lines)
        return [figure for figure in figures_in(text) if not _is_among(figure, known)]
    said = printed(example.source)
    if example.kind == "printed by":
        return _missing_lines(example.lines, said)
    if _is_quote(example.lines):
        passage = _passages(example.lines)[0]
        ends = "" if passage.endswith(ELLIPSIS) else r"\Z"
        found = any(re.search(_pattern(passage) + ends, one) for one in _paragraphs(said))
        return [] if found else [passage]
    flat = _flat(said)
    return [one for one in _passages(example.lines) if not re.search(_pattern(one), flat)]


def figures_in(text: str) -> list[str]:
    """Return the figures of a text that are held against a source.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        Those with a decimal point, a percent sign or a comma.
    """
    found = (match[0] for match in _FIGURE.finditer(text))
    return [
        figure
        for figure in found
        if re.search(r"[.%,]", figure.strip(".,")) and not figure.endswith(",000")
    ]


def _figures_of(source: str, printed: Callable[[str], str]) -> list[float]:
    known: list[float] = []
    for one in source.split("; "):
        file = ROOT / one
        text = file.read_text(encoding="utf-8") if file.is_file() else printed(one)
        known += [float(number[0].replace(",", "")) for number in _NUMBER.finditer(text)]
    return known


def _is_among(figure: str, known: list[float]) -> bool:
    value = figure.rstrip("%").replace(",", "")
    digits = len(value.partition(".")[2])
    # A last digit of 5 may have been rounded either way.
    reach = 0.5 * 10.0**-digits * (1 + 1e-6)
    factors = (1.0, 100.0) if figure.endswith("%") else (1.0,)
    return any(abs(factor * one - float(value)) <= reach for one in known for factor in factors)


def _missing_lines(shown: tuple[str, ...], said: str) -> list[str]:
    """Return the lines that are not printed, or not in this order."""
    lines = [line.rstrip() for line in said.split("\n")]
    missing, at = [], 0
    for line in shown:
        if line.strip() == ELLIPSIS:
            continue
        pattern = re.compile(_pattern(line.rstrip()))
        place = next((n for n in range(at, len(lines)) if pattern.fullmatch(lines[n])), None)
        if place is None:
            missing.append(line)
        else:
            at = place + 1
    return missing


def _pattern(text: str) -> str:
    return ".*?".join(re.escape(part) for part in text.split(ELLIPSIS))


def _flat(text: str) -> str:
    """Return a text in one line, without what only its format writes."""
    return " ".join(text.replace("\\", "").replace("**", "").split())


def _paragraphs(text: str) -> list[str]:
    return [_flat(line) for line in text.split("\n") if line.strip()]


def _is_quote(lines: tuple[str, ...]) -> bool:
    return lines[0].lstrip().startswith(">")


def _passages(lines: tuple[str, ...]) -> list[str]:
    """Return what a block quotes."""
    if _is_quote(lines):
        return [_flat(" ".join(line.lstrip().removeprefix(">") for line in lines))]
    if re.match(r"\w+\s{2,}\S", lines[0]):
        parts = re.split(r"^\w+\s{2,}", "\n".join(lines), flags=re.MULTILINE)
        return [_flat(part) for part in parts if part.strip()]
    quotes = re.findall('[“"]([^”"]+)[”"]', _flat(" ".join(lines)))
    return [quote for quote in quotes if re.search(r"\d", quote) and len(quote.split()) > 3]


def renewed(example: Example, printed: Callable[[str], str]) -> tuple[str, ...]:
    """Return an example's lines as they are printed now.

    Parameters
    ----------
    example : Example
        The example.
    printed : callable
        Returns what a command prints.

    Returns
    -------
    tuple of str
        Its lines; those that nothing printed is like stay as they are.
    """
    if example.kind == "printed by":
        return _renewed_lines(example.lines, printed(example.source))
    if example.kind == "quoted from":
        return _renewed_quotes(example.lines, printed(example.source))
    return example.lines


def _renewed_lines(shown: tuple[str, ...], said: str) -> tuple[str, ...]:
    lines = [line.rstrip() for line in said.rstrip("\n").split("\n")]
    if shown[0].startswith("|"):
        return tuple(line for line in lines if line.startswith("| "))
    if ELLIPSIS not in "\n".join(shown):
        return tuple(lines)
    wanted = [line for line in shown if line.strip() != ELLIPSIS]
    places = _aligned(wanted, lines)
    made: list[str] = []
    before = -1
    left_out = shown[0].strip() == ELLIPSIS
    skips = {shown[at + 1] for at, one in enumerate(shown[:-1]) if one.strip() == ELLIPSIS}
    for line, place in zip(wanted, places, strict=True):
        if place is None:
            made += [ELLIPSIS, line] if line in skips else [line]
            continue
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        if place > before + 1 and (before >= 0 or left_out):
            blank = all(not one for one in lines[before + 1 : place])
            made += [""] * (place - before - 1) if blank else [f"{indent}{ELLIPSIS}"]
        keeps = ELLIPSIS in line and re.fullmatch(_pattern(line.rstrip()), lines[place])
        made.append(line if keeps else lines[place])
        before = place
    if shown[-1].strip() == ELLIPSIS:
        made.append(shown[-1])
    return tuple(made)


def _aligned(wanted: list[str], lines: list[str]) -> list[int | None]:
    """Return for each wanted line the printed line that it stands for, in order, by all but figures."""
    alike = [[_likeness(one, other) for other in lines] for one in wanted]
    best = [[0.0] * (len(lines) + 1) for _ in range(len(wanted) + 1)]
    for i, row in enumerate(alike, start=1):
        for j, value in enumerate(row, start=1):
            taken = best[i - 1][j - 1] + value if value >= LIKE else -1.0
            best[i][j] = max(taken, best[i - 1][j], best[i][j - 1])
    places: list[int | None] = [None] * len(wanted)
    i, j = len(wanted), len(lines)
    while i and j:
        value = alike[i - 1][j - 1]
        # Of equal ways the earliest line is taken: look to the left first.
        if best[i][j] == best[i][j - 1]:
            j -= 1
        elif value >= LIKE and best[i][j] == best[i - 1][j - 1] + value:
            i, j = i - 1, j - 1
            places[i] = j
        else:
            i -= 1
    return places


@cache
def _masked(line: str) -> tuple[str, ...]:
    return tuple(_NUMBER.sub("#", line).split())


def _likeness(one: str, other: str) -> float:
    first, second = _masked(one), _masked(other)
    if not first and not second:
        return LIKE
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKE else 0.0


def _renewed_quotes(shown: tuple[str, ...], said: str) -> tuple[str, ...]:
    if _is_quote(shown):
        return _renewed_quote(shown, _paragraphs(said))
    made = list(shown)
    flat = _flat(said)
    whole = "\n".join(made)
    for passage in _passages(shown):
        pattern = r"\s+".join(
            "".join(
                f"(?:{_NUMBER.pattern})" if _NUMBER.fullmatch(piece) else re.escape(piece)
                for piece in re.split(f"({_NUMBER.pattern})", word)
            )
            for word in passage.split()
        )
        new = re.search(pattern, flat)
        if new is not None:
            old = re.search(r"\s+".join(map(re.escape, passage.split())), whole)
            figures = iter(_NUMBER.findall(new[0]))
            if old is not None and len(_NUMBER.findall(new[0])) == len(_NUMBER.findall(old[0])):
                # The lines stay as they are broken: figures alone are new.
                whole = (
                    whole[: old.start()]
                    + _NUMBER.sub(lambda _, figures=figures: next(figures), old[0])
                    + whole[old.end() :]
                )
    return tuple(whole.split("\n"))


def _renewed_quote(shown: tuple[str, ...], paragraphs: list[str]) -> tuple[str, ...]:
    """Return the sentences that are quoted now: from that most like the first one on."""
    text = _passages(shown)[0]
    masked = _masked(text)

    def shared(paragraph: str) -> int:
        matcher = difflib.SequenceMatcher(None, masked, _masked(paragraph), autojunk=False)
        return sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)

    nearest = max(paragraphs, key=shared)
    old, new = _sentences(text), _sentences(nearest)
    first = max(range(len(new)), key=lambda at: _likeness(old[0], new[at]))
    if _likeness(old[0], new[first]) < LIKE:
        return shown
    last = len(new) - 1
    if text.endswith(ELLIPSIS):
        last = max(range(first, len(new)), key=lambda at: _likeness(old[-1], new[at]))
    words = " ".join(new[first : last + 1]) + (f" {ELLIPSIS}" if last < len(new) - 1 else "")
    return tuple(textwrap.wrap(words, WIDTH, initial_indent="> ", subsequent_indent="> "))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) (?=[A-Z“])", text)


def update(text: str, page: str, printed: Callable[[str], str]) -> tuple[str, list[str]]:
    """Write the examples of a document anew.

    Parameters
    ----------
    text : str
        What it says.
    page : str
        Its path, for messages.
    printed : callable
        Returns what a command prints.

    Returns
    -------
    text : str
        The same with examples as they are printed now.
    left : list of str
        What a person must mend: place and words.
    """
    lines = text.split("\n")
    for example in reversed(list(examples_of(page, text))):
        if out_of_date(example, printed):
            new = renewed(example, printed)
            lines[example.first : example.last] = [example.indent + one for one in new]
    made = "\n".join(lines)
    left = [
        f"{example.where}: {said}"
        for example in examples_of(page, made)
        for said in out_of_date(example, printed)
    ]
    return made, left


def main() -> int:
    """Check or update all documents."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("pages", nargs="*", type=Path, help="only these documents")
    given = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        for path in [one.resolve() for one in given.pages] or pages():
            text, page = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
            made, left = update(text, page, copy.printed)
            if made != text:
                print(f"{page}: {'out of date' if given.check else 'written anew'}")
                if not given.check:
                    path.write_text(made, encoding="utf-8")
            left += unmarked(page, made)
            print(*left, sep="\n", end="\n" if left else "")
            wrong += len(left) + (given.check and made != text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
