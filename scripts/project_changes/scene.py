"""A small project with work of all kinds waiting, and commands run in copies of this program."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
# A copy of a program has none of its threads.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from fourp_nlp.cli import main
from tests.conftest import write_gold_file, write_project
from tests.test_next import fill_in


@dataclass(frozen=True)
class Command:
    """A command that changes a project, and how to see that it was carried out."""

    name: str
    words: tuple[str, ...]

    def argv(self, root: Path) -> list[str]:
        """Return its words, with the project's folder in them."""
        place = [] if self.name == "import --new" else ["--project", str(root)]
        return ["fourp", *(word.replace("@", str(root)) for word in self.words), *place]


COMMANDS = [
    Command("take-in (anna)", ("next", "--take-in", "@/in/anna.xlsx")),
    Command("take-in (anna, second)", ("next", "--take-in", "@/in/anna2.xlsx")),
    Command("import", ("import", "@/in/carla.qdpx")),
    Command("import --replace", ("import", "@/in/carla_again.qdpx", "--replace")),
    Command("import --new", ("import", "@/in/carla.qdpx", "--new", "@/../study")),
    Command(
        "reconcile",
        ("reconcile", "--decisions", "@/in/decided.csv", "--decided-by", "anna"),
    ),
    Command("settle", ("reconcile", "--settle", "--overwrite")),
    Command("next", ("next", "4", "--coder", "dora", "--seed", "1")),
    Command("train", ("train",)),
    Command("suggest", ("suggest",)),
    Command("run", ("run",)),
    Command("export", ("export", "@/reports/out.qdpx", "--overwrite")),
]


def make(folder: Path) -> Path:
    """Write the project, with sheets that are filled in and files of other programs, ready to be taken in."""
    root = folder / "base"
    project = write_project(root, documents=3)
    write_gold_file(project, "bruno", but=("meeting2.txt",))
    inside = root / "in"
    inside.mkdir()
    (root / "fourp.toml").write_text(
        'title = "Allotment"\n[coders]\ngold = "anna"\n', encoding="utf-8"
    )
    gold = root / "gold" / "anna.csv"
    lines = gold.read_text(encoding="utf-8").splitlines()
    # Anna has read two of the documents, and codes of the third by sheets.
    gold.write_text(
        "\n".join(line for line in lines if "meeting2" not in line) + "\n", encoding="utf-8"
    )
    carla = root / "gold" / "carla.csv"
    write_gold_file(project, "carla", but=("meeting1.txt", "meeting2.txt"))
    place = ["--project", str(root)]
    alone = ["--coder", "carla", "--no-suggestions", *place]
    run(["fourp", "suggest", *place])
    run(["fourp", "export", str(inside / "carla.qdpx"), *alone])
    carla_lines = carla.read_text(encoding="utf-8").splitlines()
    carla.write_text("\n".join(carla_lines[:-1]) + "\n", encoding="utf-8")
    run(["fourp", "export", str(inside / "carla_again.qdpx"), *alone])
    carla.write_text("\n".join(carla_lines[:3]) + "\n", encoding="utf-8")
    for name, seed in (("anna", "1"), ("anna2", "2")):
        run(["fourp", "next", "3", "--coder", "anna", "--seed", seed, *place])
        (sheet,) = (root / "reports").glob("next_*.xlsx")
        fill_in(sheet)
        sheet.rename(inside / f"{name}.xlsx")
        shutil.rmtree(root / "reports")
    _decide(inside / "decided.csv", gold)
    shutil.rmtree(root / "reports", ignore_errors=True)
    shutil.rmtree(root / "backups", ignore_errors=True)
    return root


def _decide(path: Path, gold: Path) -> None:
    """Write decisions about spans that Anna coded, as a person does on a sheet."""
    with gold.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))[:4]
    names = ["document", "start", "end", "code", "text", "settled", "decided_by", "note"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for row in rows:
            values = [row[name] for name in names[:4]]
            writer.writerow([*values, row["quote"], "yes", "anna", ""])


def run(argv: list[str], *, cwd: Path | None = None) -> int:
    """Run a command in this program."""
    before, sys.argv = sys.argv, argv
    here = Path.cwd()
    try:
        if cwd is not None:
            os.chdir(cwd)
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv = before
        os.chdir(here)
    return 0


def start(argv: list[str], log: Path, *, hold: bool = False) -> tuple[int, int]:
    """Run a command in a copy of this program; return its process, and what to let go for it to begin."""
    ready, go = os.pipe()
    child = os.fork()
    if child:
        os.close(ready)
        if not hold:
            let_go(go)
        return child, go
    os.close(go)
    os.read(ready, 1)
    number = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(number, 1)
    os.dup2(number, 2)
    code = 70
    try:
        code = run(argv)
    except BaseException as error:  # noqa: BLE001 - told in the log
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def let_go(go: int) -> None:
    """Let a command begin that was held."""
    # Not by closing alone: a copy of this program that was started since has it open too.
    os.write(go, b"x")
    os.close(go)


def finish(child: int) -> int:
    """Wait for a process; return its exit code, or minus the signal that ended it."""
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def lay(base: Path, root: Path) -> None:
    """Lay the project out anew."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(root.parent / "study", ignore_errors=True)
    shutil.copytree(base, root)


def people(root: Path) -> dict[str, object]:
    """Return people's work in a project: codings file by file, and rows of the database by table."""
    made: dict[str, object] = {}
    for path in sorted(root.glob("gold/**/*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            made[path.relative_to(root).as_posix()] = sorted(
                tuple(row[name] for name in ("document", "start", "end", "code", "coder"))
                for row in csv.DictReader(stream)
                if "start" in row
            )
    for path in [*sorted(root.glob("corpus/*")), root / "fourp.toml"]:
        if path.is_file():
            made[path.relative_to(root).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    store = root / "fourp.sqlite"
    if store.exists():
        with closing(sqlite3.connect(store)) as connection:
            made["whole"] = connection.execute("PRAGMA integrity_check").fetchone()[0]
            made["decisions"] = sorted(
                connection.execute('SELECT document, start, "end", code, settled FROM decisions')
            )
            made["draws"] = sorted(connection.execute("SELECT coder, seed, frame_size FROM draws"))
            made["drawn"] = sorted(
                connection.execute(
                    'SELECT draw, document, start, "end", inclusion_probability FROM drawn'
                )
            )
            made["log"] = sorted(
                connection.execute(
                    "SELECT what, count(*) FROM log WHERE what != 'suggestions' GROUP BY what"
                )
            )
    return made


def codings(state: dict[str, object]) -> set[object]:
    """Return every coding that people's work holds."""
    return {row for name, rows in state.items() if name.startswith("gold/") for row in rows}  # type: ignore[attr-defined]


def left_over(root: Path) -> list[str]:
    """Return temporary files that are still there."""
    return [
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.name.startswith(".") and path.suffix in {".tmp", ".was", ".old", ".new"}
    ]
