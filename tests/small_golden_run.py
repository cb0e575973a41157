"""The small golden run: nearly every command on a small study, held against the files in `tests/golden_small`.

Each scenario begins with a copy of a state of the study (`tests/small_study.py`), runs some commands in this
process, and does what a person would do between them (fill in a sheet, edit a text). Kept are the screens, the
output of `--json` as a table, and each file that is written or changed. Numbers are compared within
`golden_run.RELATIVE`, everything else exactly. `python scripts/update_golden.py` writes the golden files anew.
"""

from __future__ import annotations

import atexit
import csv
import hashlib
import importlib
import json
import os
import re
import shutil
import tempfile
import warnings
from contextlib import chdir, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pandas as pd

from tests import (
    scored_shards,
    small_golden_pages,
    small_golden_rare,
    small_golden_screens,
    small_golden_texts,
    small_study,
)
from tests.conftest import OTHER, SEEDS, WATER
from tests.golden_run import (
    ROOT,
    Snapshot,
    add_file,
    docx_text,
    stable,
    stable_rows,
)
from tests.warc_files import write_warc

if TYPE_CHECKING:
    from collections.abc import Callable

WATER_1 = WATER[1]

GOLDEN = ROOT / "tests" / "golden_small"


@dataclass(frozen=True)
class Scenario:
    """Commands on a state of the study.

    Attributes
    ----------
    state : str
        What it begins with: a key of `STATES`, or the scenario that it goes on from.
    steps : tuple of (str or callable)
        Commands, without `fourp`; and what a person does in between, handed the folder (a text that is
        returned is kept, too). In a command, `{newest GLOB}` is the newest file of that name.
    """

    state: str
    steps: tuple[Any, ...]


def run_scenario(name: str) -> Snapshot:
    """Run a scenario, or return what it gave when another one began with it in this process.

    Parameters
    ----------
    name : str
        A key of `SCENARIOS`.

    Returns
    -------
    Snapshot
        What its commands wrote and printed.
    """
    process, _, snapshot = _ended.get(name, (0, None, None))
    if snapshot is None or process != os.getpid():  # a fork may have other code
        snapshot = _run(name)
    return snapshot


def folder_of(state: str) -> Path:
    """Return the folder that a scenario begins with; it is made once, and must not be changed."""
    if state not in _ended:
        if state in SCENARIOS:
            _run(state)
        else:
            folder = _new_folder()
            STATES[state](folder)
            _ended[state] = os.getpid(), folder, None
    return _ended[state][1]


_ended: dict[str, tuple[int, Path, Snapshot | None]] = {}
"""States and scenarios: the process that made each, the folder as it was left, and the snapshot."""


def _new_folder() -> Path:
    place = Path(tempfile.mkdtemp()).resolve()
    atexit.register(partial(shutil.rmtree, place, ignore_errors=True))
    return place / "study"


def _run(name: str) -> Snapshot:
    scenario = SCENARIOS[name]
    folder = _new_folder()
    shutil.copytree(folder_of(scenario.state), folder)
    snapshot = Snapshot()
    screens = []
    for number, step in enumerate(scenario.steps, start=1):
        if not isinstance(step, str):
            text = step(folder)
            if text:
                snapshot.texts[f"{name}/{number}"] = stable(text, folder)
            continue
        before = _files(folder)
        screen, rows = run_command(folder, step)
        screens.append(screen)
        if rows:
            snapshot.tables[f"{name}/{number}.json"] = stable_rows(_table(rows), folder)
        after = _files(folder)
        for path in sorted(path for path in after if after[path] != before.get(path)):
            _add_file(snapshot, f"{name}/{number}", folder, path)
    if screens:
        snapshot.texts[f"{name}/screen"] = stable("\n".join(screens), folder)
    _ended[name] = os.getpid(), folder, snapshot
    return snapshot


def _add_file(snapshot: Snapshot, step: str, folder: Path, name: str) -> None:
    """Add a file as `add_file` does; of a Word document also the tables."""
    path = folder / name
    if path.suffix == ".docx":
        snapshot.texts[f"{step}/{path.name}"] = stable(docx_text(path.read_bytes()), folder)
    else:
        add_file(snapshot, step, folder, name)


def run_command(folder: Path, step: str) -> tuple[str, list[dict[str, Any]]]:
    """Run a command in a folder, and return what it printed: its screen, and the objects of `--json`."""
    from typer.testing import CliRunner

    from fourp_nlp.cli import app
    from fourp_nlp.errors import FourpError

    words = []
    for word in step.replace("{newest ", "{newest_").split():
        if word.startswith("{newest_"):
            newest = max(folder.glob(word[8:-1]), key=lambda path: path.stat().st_mtime_ns)
            word = str(newest.relative_to(folder))  # noqa: PLW2901
        words.append(word)
    wide = patch.dict(os.environ, {"COLUMNS": "160", "TERM": "dumb"})
    scoring = words[0] == "score"
    in_process = patch("fourp_nlp.batch.scoring.run", _here) if scoring else nullcontext()
    with chdir(folder), wide, in_process, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # which of them are shown is up to who runs it
        ended = CliRunner().invoke(app, words)
    as_objects = "--json" in words and ended.exit_code in {0, 3}
    output = ended.stderr if as_objects else ended.output
    if isinstance(ended.exception, FourpError):
        output += f"Error: {ended.exception}\n"
    elif ended.exception and not isinstance(ended.exception, SystemExit):
        raise RuntimeError(f"fourp {step}: {ended.exception!r}\n{output}") from ended.exception
    if ended.exit_code:
        output += f"(exit status {ended.exit_code})\n"
    rows = [json.loads(line) for line in ended.stdout.splitlines()] if as_objects else []
    return f"$ fourp {step}\n{output}", rows


def _table(rows: list[dict[str, Any]]) -> list[list[str]]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [
        columns,
        *([_cell(row[name]) if name in row else "–" for name in columns] for row in rows),
    ]


def _cell(value: object) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


_LEFT_OUT = {"models", "model", ".fourp"}


def _files(folder: Path) -> dict[str, str]:
    """Return the files of a study that people look at, by their path, with a hash of their content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith("fourp.sqlite")
        and not _LEFT_OUT & set(path.relative_to(folder).parts)
    }


# ---- states


def _newest(pattern: str, do: Callable[[Path], None]) -> Callable[[Path], None]:
    """Return what does something with the newest file of a name."""

    def step(folder: Path) -> None:
        do(max(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns))

    return step


def filled_by(coder: str, turned: int = 0) -> Callable[[Path], None]:
    """Return what fills in the newest coding sheet."""
    return _newest("reports/n*.csv", partial(small_study.fill_in, coder=coder, turned=turned))


def _scored(folder: Path) -> None:
    folder.mkdir()
    scored_shards.write_scores(
        folder / "scored",
        {"ash": [20, 0, 12], "elm": [30], "oak": [9, 14], "yew": [0]},
        groups={"ash": "north", "elm": "north", "oak": "south"},
    )


def _scored_sites(folder: Path) -> None:
    """Score 70 sites of one or two pages, some of which have no text, and write a codebook."""
    folder.mkdir()
    sizes = {f"s{number:02d}": [(number + 3) % 5, 5][: 1 + number % 2] for number in range(70)}
    groups = {name: ("north", "south", "")[number % 3] for number, name in enumerate(sizes)}
    scored_shards.write_scores(folder / "scored", sizes, groups=groups)
    (folder / "book.yaml").write_text(
        "id: acts\ntitle: Acts\nthemes:\n"
        "  - {id: t, name: Theme T, codes: [{id: care, name: Care & help, short_definition: Care.}]}\n"
        "  - {id: u, name: Theme U, codes: [{id: law, name: Laws, short_definition: Law.}]}\n",
        encoding="utf-8",
    )
    for site, status in (("s02", "other_language"), ("s12", "not_found"), ("s22", "failed")):
        path = folder / "scored" / "pages" / f"{site}.parquet"
        pages = pd.read_parquet(path)
        pages.assign(status=status, reason="Not read.").to_parquet(path)


STATES: dict[str, Callable[[Path], None]] = {
    "nothing": lambda folder: folder.mkdir(),
    "uncoded": small_study.write_uncoded,
    "alone": partial(small_study.write_coded, coders=("anna",)),
    "pair": partial(small_study.write_coded, coders=("anna", "ben")),
    "coded": small_study.write_coded,
    "suggested": small_study.write_suggested,
    "scores": _scored,
    "scored_sites": _scored_sites,
    "crowd": lambda folder: _crowd(folder),  # noqa: PLW0108 - it is defined below
}
"""What scenarios begin with."""


# ---- scenarios


def _again(folder: Path) -> None:
    """Anna codes four documents a second time, Ben one."""
    small_study.write_codes(folder, "anna", range(4), again=True)
    small_study.write_codes(folder, "ben", range(1), again=True)


def _cleo(folder: Path) -> None:
    """Add a third coder."""
    small_study.write_codes(folder, "cleo", small_study.READ["cleo"])


def _agree_in_python(folder: Path) -> str:
    """Return the short table of agreement as `agree` gives it: with intervals, and without."""
    from fourp_nlp import open_study
    from fourp_nlp.study.measuring.agreement import agree

    study = open_study(folder).without_machine()
    tables = [agree(study, resamples=resamples, seed=seed) for resamples, seed in ((60, 3), (0, 7))]
    return "\n".join(table.to_csv(index=False, float_format="%.4f") for table in tables)


_WHO_HOLDS = (
    "run", "train", "suggest", "suggest corpus/meeting1.txt --out out", "next 2 --coder anna", "next --take-in none.csv",
    "next --new-codes --coder anna", "reconcile", "reconcile --settle", "gold", "gold --move", "gold --read-again anna",
    "gold --same-definition keys", "agree", "frequencies", "frequencies --corrected", "plan", "report",
    "report --methods", "export a.csv --as long", "import none.qdpx", "import none.qdpx --new there", "read", "segment",
    "codebook check", "restore", "next 2 --scored scored --coder anna", "next --scored scored --take-in none.csv",
    "frequencies --scored scored", "report --scored scored", "status", "status --json", "agree --disagreements",
    "accept", "accept --finish --document meeting1.txt", "accept --take-in none.csv", "accept --earlier",
    "gold --decide none.csv", "gold mark-read anna --document meeting1.txt --as whole", "undo", "undo --list",
    "undo --dry-run", "coder rename anna ann", "coder rename anna ann --dry-run", "coder remove anna",
    "coder remove anna --dry-run", "codebook rename keys gates --dry-run", "codebook rename keys gates",
    "codebook merge water seeds --into water --dry-run", "codebook merge water seeds --into water",
    "codebook retire quarrels --dry-run", "codebook retire quarrels", "codebook split gates --into water --into minutes --dry-run",
    "codebook split gates --into water --into minutes", "codebook split gates --take-in none.csv",
    "codebook split gates --take-in none.csv --dry-run", "codebook export codes.csv", "speakers", "speakers --confirm --dry-run",
    "speakers --confirm", "speakers --json", "next 2 --coders anna,ben", "next --same-as d1 --coder ben",
    "agree --retest", "import none.qdc --to codes.yaml", "restore --latest", "restore --scored scored --latest",
    "codebook edit water --name Taps --dry-run", "codebook edit water --name Taps", "codebook add Huts --dry-run", "codebook add Huts",
    "codebook changes", "codebook second-look", "codebook second-look --looked-at --by anna",
)  # fmt: skip


def _interrupted(folder: Path) -> str:
    """Return what is said where somebody stops the collection of websites with Ctrl+C."""
    (folder / "sites.csv").write_text("site,url\nash,https://ash.example/\n", encoding="utf-8")
    with patch("fourp_nlp.websites.collect_sites", side_effect=KeyboardInterrupt):
        return run_command(folder, "collect sites.csv --to stopped")[0]


def _holders(folder: Path) -> str:
    """Return which commands hold the project, so that no other command changes it meanwhile."""
    from fourp_nlp.cli.app import hold

    (folder / "scored").mkdir()
    lines = []
    for step in _WHO_HOLDS:
        held: list[str] = []

        def noted(root: Path, held: list[str] = held) -> None:
            held.append(root.name)
            hold(root)

        modules = [
            importlib.import_module(f"fourp_nlp.cli.{name}") for name in ("app", "batch.scored")
        ]
        with patch.object(modules[0], "hold", noted), patch.object(modules[1], "hold", noted):
            run_command(folder, step)
        lines.append(f"{step}: {', '.join(held) or 'nothing is held'}")
    return "\n".join(lines) + "\n"


def _damage(pattern: str) -> Callable[[Path], None]:
    """Return what writes nonsense over files of the database."""

    def step(folder: Path) -> None:
        for path in folder.glob(pattern):
            path.write_bytes(b"nonsense " * 200)

    return step


def _codes(coder: str, numbers: range, folder: Path) -> None:
    """Add what a coder gave in some documents."""
    small_study.write_codes(folder, coder, numbers)


def _groups_of_cases(folder: Path) -> None:
    """Give all documents of a case the same group."""
    path = folder / "corpus" / "documents.csv"
    text = path.read_text(encoding="utf-8")
    for case, group in (("plot0", "south"), ("plot1", "north"), ("plot2", "north")):
        text = re.sub(rf"{case},\w+", f"{case},{group}", text)
    path.write_text(text, encoding="utf-8")


def _odd_spans(folder: Path) -> None:
    """Add coders whose spans begin and end within sentences and run over several; of one they lie in each other."""
    for coder in ("cleo", "dan"):
        rows = ["document,start,end,code,coder,quote"]
        for number in range(5):
            name = f"meeting{number}.txt"
            text = (folder / "corpus" / name).read_text(encoding="utf-8")
            spans = [
                (0, 40, "water"),
                (20, 90, "water"),
                (95, 99, "seeds"),
                (100, 220 + 9 * number, "minutes"),
            ]
            if coder == "dan":
                spans = [(120, 160, "keys"), (120, 160, "seeds"), *spans[number % 3 :]]
            rows += [
                f'{name},{start},{min(end, len(text))},{code},{coder},"{text[start:end]}"'
                for start, end, code in spans
            ]
        (folder / "gold" / f"{coder}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _zoe(folder: Path) -> None:
    """Add a coder whose name comes after the machine's."""
    small_study.write_codes(folder, "cleo", range(2, 6), called="zoe")


def _crowd(folder: Path) -> None:
    """Six people who coded three documents, two in each of three ways."""
    small_study.write_coded(folder, coders=())
    for number in range(3, 8):
        (folder / "corpus" / f"meeting{number}.txt").unlink()
    for name, like in zip("abcdef", ("anna", "ben", "cleo") * 2, strict=True):
        small_study.write_codes(folder, like, range(3), called=f"coder_{name}")
    _edit("fourp.toml", '"anna"', '"coder_a"')(folder)


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return what replaces a text in a file."""

    def step(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, name
        path.write_text(text.replace(old, new), encoding="utf-8")

    return step


def _decided(name: str) -> Callable[[Path], None]:
    """Return what keeps the first coding of a sheet of moved codings, and drops the others."""

    def step(folder: Path) -> None:
        path = folder / name
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        for number, row in enumerate(rows[1:]):
            row[-1] = "drop" if number else "keep"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)

    return step


_ODD = [
    f"{one} {other}"
    for one in ("Lovely", "Awful", "Dry", "Wet")
    for other in ("Weather", "Season", "Harvest")
]


def _interview(folder: Path) -> None:
    """Add an interview with speakers, and two files that cannot be read."""
    lines = [
        "Minutes of a talk", "", "INT: Who waters the leeks?", "ROSA: I carry two cans before work.",
        "They are heavy.", "INT: And the seeds?", "ROSA: We swap them.", "Note: the tape stops here.",
        "Note: it goes on.",
    ]  # fmt: skip
    (folder / "corpus" / "talk.txt").write_text("\n".join(lines), encoding="utf-8")
    odd = [f"{name}: it is about {name.lower()}." for name in _ODD]
    spoken = ["Ana: So.", "Ben: Yes.", "Cai:", "Ana: One.", "Cai:", "Ben: Two.", *odd]
    (folder / "corpus" / "odd.txt").write_text("\n".join(spoken), encoding="utf-8")
    (folder / "corpus" / "empty.txt").write_text("", encoding="utf-8")
    (folder / "corpus" / "torn.docx").write_bytes(b"PK\x03\x04 torn")


_ASKED = ("Who waters the leeks?", "Where are the seeds?", "Who has the key?", "Thank you.")
_TOLD = (WATER_1, "The seed tins are on the shelf.", "Nobody has seen the key.", "Come on Friday.")


def _talks(folder: Path) -> None:
    """Add three interviews, one of which is asked by somebody with a name."""
    for number, (asks, tells) in enumerate((("INT", "Rosa"), ("INT", "Karl"), ("Tove", "Rosa"))):
        lines = [
            line
            for question, answer in zip(_ASKED, _TOLD, strict=True)
            for line in (f"{asks}: {question}", f"{tells}: {answer}")
        ]
        (folder / "corpus" / f"talk{number}.txt").write_text("\n".join(lines), encoding="utf-8")


def _speaker_table(folder: Path) -> None:
    """Say who is who, and name somebody who never speaks."""
    lines = [
        "document,speaker,role,plot",
        ",Karl,guest,upper",
        "talk0.txt,Rosa,,lower",
        ",Ines,guest,upper",
    ]
    (folder / "corpus" / "speakers.csv").write_text("\n".join(lines), encoding="utf-8")


_TO_CODE = "Anna waters the beds.\nThe seed tins are full. Nobody quarrels."


def _files_to_suggest(folder: Path) -> None:
    (folder / "twice").mkdir()
    (folder / "twice" / "meeting1.txt").write_text(_TO_CODE, encoding="utf-8")
    for name in ("one.txt", "two.txt"):
        (folder / name).write_text(_TO_CODE, encoding="utf-8")


def _scored_sheet(folder: Path) -> None:
    path = next((folder / "scored").glob("next*.csv"))
    scored_shards.fill_in(path).replace(path)


def _shards(folder: Path) -> None:
    """Write texts in two folders (of some there is nothing to code), and archives of a website."""
    texts = {
        "shards/a": [*WATER[:3], "", *OTHER[:2]],
        "shards/b": [*SEEDS[:3], SEEDS[0]],
        "more/c": [WATER[4]],
        "empty/d": [""],
    }
    for name, lines in texts.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in lines))
    whole = write_warc(folder / "all.warc.gz", [(30, "/about"), (30, "/work")])
    (folder / "torn.warc.gz").write_bytes(whole.read_bytes()[:-400])


def _here(function: Callable[..., Any], jobs: Any, **_: object) -> Any:
    """Do here what workers would do: starting them takes longer than all else."""
    yield from map(function, jobs)


def _seen(pattern: str) -> Callable[[Path], str]:
    """Return what tells how the newest file of a name looks: a page, or a workbook."""

    def step(folder: Path) -> str:
        path = max(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns)
        if path.suffix == ".xlsx":
            return small_golden_pages.book_look(path)
        return small_golden_pages.page_elements(path.read_text(encoding="utf-8"))

    return step


_DECIDE = _newest("reports/disagreements*.csv", small_study.decide)

_NEW_CODE = _edit(
    "corpus/codebook.yaml",
    "        short_definition: Neighbours quarrel.\n",
    "        short_definition: Neighbours quarrel.\n"
    "      - id: tea\n        name: Tea\n        short_definition: Tea is drunk.\n",
)

_SPLIT_CODES = _edit(
    "corpus/codebook.yaml",
    "      - id: quarrels\n",
    "      - id: gates\n        name: Gates\n        short_definition: Gates and their keys.\n"
    "      - id: huts\n        name: Huts\n        short_definition: Huts and what stands in them.\n"
    "      - id: quarrels\n",
)


def _split_gates_and_huts(path: Path) -> None:
    """Fill in what each coding of keys becomes: gates, huts, both, or none of them."""
    sheet = pd.read_csv(path, encoding="utf-8-sig", dtype="str", keep_default_na=False)
    gates = sheet["text"].str.contains("gate|key", case=False)
    huts = sheet["text"].str.contains("hut|chair|bench", case=False)
    answers = {(True, True): "gates; huts", (True, False): "gates", (False, True): "Huts"}
    sheet["becomes"] = [answers.get(each, "none") for each in zip(gates, huts, strict=True)]
    sheet.to_csv(path, index=False, encoding="utf-8-sig")


def _no_reference(folder: Path) -> None:
    """Name no reference coder where who read most comes last by name."""
    _edit("fourp.toml", 'gold = "anna"', "")(folder)
    (folder / "gold" / "anna.csv").unlink()
    small_study.write_codes(folder, "anna", small_study.READ["anna"], called="zora")


def _survey(folder: Path) -> None:
    """Add a survey of which one column is read, and captions some lines of which roll on."""
    rows = [
        ["respondent", "age", "plot", "What do you like about the plots?"],
        *(
            [str(number), str(30 + number), "upper", f"{WATER[number]} {SEEDS[number]}"]
            for number in range(4)
        ),
        ["9", "52", "lower", "n/a"],
    ]
    with (folder / "corpus" / "survey.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def _decide_all(path: Path) -> None:
    """Decide every row of a sheet of disagreements that is not decided yet, for the code."""
    sheet = pd.read_csv(path, encoding="utf-8-sig", dtype="str", keep_default_na=False)
    is_open = sheet["settled"] == ""
    sheet.loc[is_open, ["settled", "decided_by"]] = ["yes", "anna"]
    sheet.to_csv(path, index=False, encoding="utf-8-sig")


def _yes_and_no(path: Path) -> None:
    """Accept every second suggestion on a sheet, and reject the others."""
    sheet = pd.read_csv(path, encoding="utf-8-sig", dtype="str", keep_default_na=False)
    sheet["accept"] = ["no" if number % 2 else "yes" for number in range(len(sheet))]
    sheet.to_csv(path, index=False, encoding="utf-8-sig")


def _all_accepted(path: Path) -> None:
    """Accept every suggestion on a sheet, the first of them at a place that is no segment."""
    sheet = pd.read_csv(path, encoding="utf-8-sig", dtype="str", keep_default_na=False)
    sheet["accept"] = "yes"
    sheet.loc[0, "start"] = str(int(sheet.loc[0, "start"]) + 1)
    sheet.loc[0, "text"] = str(sheet.loc[0, "text"])[1:]
    sheet.to_csv(path, index=False, encoding="utf-8-sig")


def _one_quarrel(folder: Path) -> None:
    """Let Ben give a code once that nobody gave."""
    with (folder / "gold" / "ben.csv").open("a", encoding="utf-8") as stream:
        end = len(small_study.sentences(1)[0])
        stream.write(f"meeting1.txt,0,{end},quarrels,ben,{small_study.sentences(1)[0]}\n")


_STREET = _edit(
    "corpus/codebook.yaml",
    "      - id: quarrels\n",
    "      - id: street\n        name: Street\n        short_definition: Quarrels in the street.\n"
    "      - id: house\n        name: House\n        short_definition: Quarrels in the house.\n"
    "      - id: quarrels\n",
)


def _earlier_decisions(folder: Path) -> None:
    """Keep decisions about suggestions in text that nobody coded, as an earlier version did."""
    from fourp_nlp import open_study

    study = open_study(folder)
    waiting = study.suggestions_to_decide("anna")
    rows = waiting[["document", "start", "end", "code"]].head(5)
    study.store.write_decisions(
        rows.assign(settled=[True, False, True, True, False], decided_by=[*"aabab"])
    )


def _same_as(folder: Path) -> str:
    """Return what is said where a third coder gets the sheet of a draw, and as objects."""
    draw = next((folder / "reports").glob("next_*_anna.csv")).name.split("_")[1]
    steps = (f"next --same-as {draw} --coder cleo", f"next --same-as {draw} --coder dora --json")
    return "\n".join(
        f"{screen}{rows}" for screen, rows in (run_command(folder, step) for step in steps)
    )


def _quotes(folder: Path) -> None:
    """Write a table of quotes, one of which is nowhere."""
    quotes = [*small_study.sentences(1)[:3], "Nobody said this."]
    rows = [
        ["meeting1", code, quote]
        for code, quote in zip(("water", "keys", "tea", "water"), quotes, strict=True)
    ]
    with (folder / "quotes.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["document", "code", "quote"], *rows])


def _named_sites(folder: Path) -> None:
    """Give half of the scored sites names of their own."""
    from fourp_nlp.batch.results.display_names import SITES_FILE

    rows = [
        {"site": f"s{number:02d}", "name": f"Site {70 - number}", "group": "north"}
        for number in range(0, 70, 2)
    ]
    (folder / "scored" / SITES_FILE).write_text(json.dumps(rows), encoding="utf-8")


def _remove_backups(folder: Path) -> None:
    shutil.rmtree(folder / "backups")


def _odd_setting(folder: Path) -> None:
    """Write a group of settings in a way to which no line can be added."""
    path = folder / "fourp.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"speakers = {{}}\n{text}", encoding="utf-8")


SCENARIOS: dict[str, Scenario] = {
    "collected": Scenario("nothing", (small_golden_texts.collected_screen,)),
    "charts": Scenario("nothing", (small_golden_texts.charts,)),
    "rare_screens": Scenario(
        "nothing",
        (
            small_golden_texts.scored_screens, small_golden_texts.crash_reports,
            small_golden_texts.sheet_screens, small_golden_texts.terminal_screens,
        ),
    ),
    "rare_facts": Scenario(
        "nothing",
        (
            small_golden_pages.scored_pages, small_golden_rare.import_screens,
            small_golden_rare.estimate_words, small_golden_rare.definition_words, small_golden_rare.progress_bars,
            small_golden_rare.guarantee_words, small_golden_pages.report_pages,
            small_golden_pages.agreement_screens, small_golden_pages.estimate_screens,
        ),
    ),
    "doctor": Scenario("nothing", (small_golden_screens.doctor_screens,)),
    "other_screens": Scenario(
        "nothing",
        (
            small_golden_screens.status_screens, small_golden_screens.fitted_tables,
            small_golden_screens.rare_lines, small_golden_screens.imported_codebooks,
        ),
    ),
    **{
        f"handed_on_{about}": Scenario("nothing", (partial(small_golden_screens.options_handed_on, about),))
        for about in small_golden_screens.HANDED_ON
    },
    "agree_options": Scenario("nothing", (small_golden_texts.refused_options,)),
    "methods_wording": Scenario("nothing", (small_golden_texts.methods_wording,)),
    # the whole
    "run": Scenario("pair", ("run",)),
    "sampling": Scenario(
        "uncoded",
        (
            "next 20 --coder anna --seed 3",
            filled_by("anna"),
            "next --take-in {newest reports/n*.csv} --coder anna",
            "next 8 --coder anna --seed 4 --stratify group",
            filled_by("anna"),
            "next --take-in {newest reports/n*.csv} --coder anna",
            "train",
            "suggest",
        ),
    ),
    "run_nobody": Scenario("uncoded", ("run", "report --methods", "reconcile", "agree")),
    "run_one_coder": Scenario("alone", ("run --recall 0.8", "report --methods")),
    "run_accepting": Scenario(
        "run_one_coder", ("run --precision 0.5 --confidence 0.5", "report --methods")
    ),
    "train": Scenario("coded", ("train", "train --json")),
    # documents and codebook
    "read": Scenario(
        "coded",
        (_interview, "read", "read --json", "read --turns", "read --turns --json", "segment", "segment --json"),
    ),
    "speakers": Scenario(
        "pair",
        (
            "speakers", _talks, "speakers", "speakers --json", "suggest", "frequencies --by role",
            "frequencies --by speaker --unit segments", "speakers --confirm --dry-run", "speakers --confirm",
            "speakers --confirm", "suggest", "frequencies --by role --json",
            _edit("fourp.toml", '"Rosa", "Karl"', '"Rosa"'), _speaker_table, "speakers",
            "frequencies --by plot --per-1000-words", "next 40 --coder dora --seed 2",
            _edit("fourp.toml", "[speakers]", '[speakers]\ncoded = ["guests"]'), "speakers",
        ),
    ),
    "codebook": Scenario(
        "coded", ("codebook check", "codebook check --json", "codebook check corpus/codebook.yaml")
    ),
    "codebook_formats": Scenario(
        "coded",
        (
            "codebook export codebook.csv",
            "codebook check codebook.csv",
            "codebook export codebook.qdc",
            "init own --codebook codebook.csv",
        ),
    ),
    "init": Scenario("nothing", ("init new", "init own --codebook new/corpus/codebook.yaml")),
    "gold": Scenario("coded", ("gold", "gold --rule any", "gold --rule all --json")),
    "gold_changes": Scenario(
        "coded",
        (
            "gold --json",
            _edit("corpus/meeting1.txt", WATER_1, "Yesterday " + WATER_1),
            _edit("corpus/codebook.yaml", "Keys, gates and furniture.", "Keys and gates."),
            "gold",
            "gold --move",
            "gold --same-definition keys",
            "gold --read-again ben --document meeting1.txt",
            "gold --read-again cleo --code keys",
            "gold --read-again anna",
            "agree --json --coefficient cohen_kappa",
        ),
    ),
    "gold_moves": Scenario(
        "coded",
        (
            "gold --move",
            "gold --same-definition water --same-definition keys",
            _edit("corpus/meeting2.txt", small_study.sentences(2)[4] + " ", ""),
            _edit("corpus/meeting3.txt", small_study.sentences(3)[0], "So. " + small_study.sentences(3)[0]),
            "gold",
            "gold --move --json",
            "gold --move",
            _edit("corpus/meeting2.txt", small_study.sentences(2)[5], " ".join(small_study.sentences(2)[4:])),
            "gold --move --json",
            "gold --read-again cleo --document meeting3.txt --json",
            "gold --read-again anna --document meeting3.txt --document meeting2.txt",
        ),
    ),
    "changed_texts": Scenario(
        "coded",
        (
            "gold --json",
            _edit("corpus/meeting1.txt", WATER_1, "Nothing was carried that morning."),
            "agree",
            "gold --move",
            _decided("reports/moved_codings.csv"),
            "gold --decide reports/moved_codings.csv",
        ),
    ),
    "other_names": Scenario(
        "coded",
        (
            "codebook rename keys gates --dry-run",
            "codebook rename keys gates",
            "codebook merge water seeds --into gardening",
            "codebook retire quarrels",
            "coder rename cleo claire",
            "coder remove ben --dry-run",
            "undo --list",
            "undo --dry-run",
            "undo",
            "gold --json",
        ),
    ),
    "edited_codebook": Scenario(
        "coded",
        (
            "gold --json",
            "codebook edit keys --short-definition Keys. --when-not-to-use Taps.[use:water] --dry-run",
            "codebook edit keys --short-definition Keys. --when-not-to-use Taps.[use:water]",
            "codebook edit keys --short-definition Keys.",
            "codebook edit keys --name Water",
            "codebook second-look",
            "codebook second-look keys --coder ben --looked-at --by anna",
            "codebook second-look keys --all",
            "codebook second-look keys --coder ben --open-again",
            "codebook second-look keys --json",
            "codebook add Sheds --id sheds --theme people --example Sheds.",
            "codebook add Sheds --id keys",
            "codebook changes",
            "codebook changes keys",
            "codebook changes --json",
            "undo",
            "undo",
            "codebook second-look",
            "codebook changes",
        ),
    ),
    "split_code": Scenario(
        "coded",
        (
            "codebook split keys --into gates --into huts",
            _SPLIT_CODES,
            "codebook split keys --into gates --into huts --coder ben --to reports/ben.csv",
            "codebook split keys --into gates --into huts --to reports/split_keys.csv",
            "codebook split keys --take-in reports/split_keys.csv",
            _newest("reports/split_keys.csv", _split_gates_and_huts),
            "codebook split keys --take-in reports/split_keys.csv --dry-run",
            "codebook split keys --take-in reports/split_keys.csv",
            "gold --json",
            "frequencies --by group",
            "undo",
        ),
    ),
    # coding
    "next": Scenario(
        "run",
        (
            "next 6 --seed 1 --coder cleo",
            "next 6 --seed 2 --coder cleo --json",
            filled_by("cleo"),
            "next --take-in {newest reports/n*.csv} --coder cleo",
            "next --take-in {newest reports/n*.csv} --coder cleo --json",
            "next 4 --by mixed --seed 3 --coder cleo",
            "next 4 --by uncertainty --code water --seed 3 --coder cleo --json --include-open",
            "next 8 --stratify group --allocation equal --seed 5 --coder dora",
            "next 5 --stratify document --seed 5 --coder dora --include-coded --context 0",
            "next 6 --repeat --seed 6 --coder anna",
            filled_by("anna", 3),
            "next --take-in {newest reports/n*.csv} --repeat",
            "agree --retest",
        ),
    ),
    "next_refused": Scenario(
        "run",
        (
            "next 0", "next 5 --stratify site", "next 5 --new-codes", "next --new-codes --coder anna",
            "next 5 --by random --code water --coder cleo", "next --scored nowhere --repeat",
            "next --scored nowhere --stratify document", "next --overlap 0.4", "next --coders anna,ben --take-in x.csv",
            "next --coders anna,ben --new-codes", "next --scored nowhere --coders anna,ben", "next --same-as d1 --take-in x.csv",
            "next --coders anna,ben --coder anna", "next --coders anna,ben --same-as d1", "next --coders anna",
            "next --same-as d9 --coder ben",
        ),
    ),
    "new_codes": Scenario(
        "sampling",
        (
            _NEW_CODE,
            "gold",
            "next --new-codes --coder anna --json",
            "next --new-codes --coder anna --overwrite",
            filled_by("anna"),
            "next --take-in {newest reports/n*.csv} --coder anna",
            "gold --json",
        ),
    ),
    "anchoring": Scenario(
        "run",
        (
            "next 12 --show half --seed 1 --coder dora",
            filled_by("cleo", 4),
            "next --take-in {newest reports/n*.csv} --coder dora",
            _edit("fourp.toml", '"anna"', '"dora"'),
            "agree --anchoring",
            "agree --anchoring --json",
        ),
    ),
    "swayed": Scenario(
        "run",
        (
            "next 40 --show half --seed 2 --coder dora",
            _seen("reports/n*.xlsx"),
            _newest("reports/n*.csv", small_study.follow),
            "next --take-in {newest reports/n*.csv} --coder dora",
            _edit("fourp.toml", '"anna"', '"dora"'),
            "agree --anchoring",
        ),
    ),
    "newer_code": Scenario(
        "swayed",
        (
            "next 7 --show half --seed 5 --coder dora",
            "agree --anchoring",
            _NEW_CODE,
            "agree --anchoring --json",
            "agree --anchoring --seed 2",
            "frequencies --compare SOUTH north --coder dora",
            "frequencies --compare south north --coder dora --target corpus --json",
            "agree --retest",
            "frequencies --corrected",
            "plan",
            "report",
            "report --methods",
            "gold",
            "gold --read-again dora --code tea",
            "agree --json --coefficient cohen_kappa --resamples 0",
        ),
    ),
    "newer_code_of_people": Scenario(
        "coded",
        (
            _NEW_CODE,
            "frequencies --compare north south",
            "frequencies --compare south north --coder ben --target corpus --json",
            "frequencies --cooccurrence --json",
            "frequencies --per-1000-words --json --by document --coder cleo --coder anna",
            "frequencies --by group --json --unit segments",
            "agree --resamples 20 --json --by theme --units any-code",
            "agree --alt-test --epsilon 0.15",
            "agree --disagreements --json --context 1 --between ben anna",
            "report",
            "gold --read-again anna --code tea",
            "frequencies --compare north south --coder anna --json --confidence 0.8 --adjust benjamini_hochberg",
            "agree --coders anna --coders ben --coders cleo --resamples 20",
        ),
    ),
    # agreement
    "agree": Scenario("run", (_cleo, "agree --resamples 50 --seed 3")),
    "report_of_three": Scenario(
        "run",
        (
            "agree --alt-test", _cleo, "report", _seen("reports/report.html"), _seen("reports/tables.xlsx"),
            "report --methods", "report --methods --json --overwrite", _zoe, "frequencies", "agree --resamples 0",
        ),
    ),
    "agree_crowd": Scenario("crowd", ("agree --resamples 20",)),
    "agree_coders": Scenario(
        "run",
        (
            _cleo,
            "agree --coders anna --coders ben --coders machine --resamples 50 --by group --thresholds .5",
            "agree --coders ben --coders cleo --by theme --units this-code --resamples 50 --json",
            "agree --by document --interval analytic --units any-code --coefficient scott_pi --coefficient f1",
            "agree --rho --resamples 50 --coefficient cohen_kappa --units all",
            "agree --alt-test",
            "agree --alt-test --json --epsilon 0.1",
        ),
    ),
    "agree_refused": Scenario(
        "run",
        (
            "agree --retest", "agree --anchoring", "agree --epsilon 0.1", "agree --coefficient nothing",
            "agree --thresholds 2", "agree --alt-test --by group", "agree --context 1", "agree --coders anna",
            "agree --interval analytic --resamples 9", "agree --retest --rho", "agree --coders anna --coders eve",
            "agree --disagreements --between anna anna", "agree --to x.csv",
        ),
    ),
    "agree_spans": Scenario(
        "pair",
        (
            _odd_spans,
            "gold",
            "gold --rule all",
            "gold --rule any --json",
            "agree --json --resamples 20 --coefficient u_alpha --coefficient u_alpha_binary "
            "--coefficient cu_alpha --coefficient ku_alpha",
            "agree --coders cleo --coders anna --coders ben --resamples 20 --coefficient u_alpha "
            "--coefficient cu_alpha --coefficient ku_alpha --thresholds 0.2",
            "agree --coders ben --coders cleo --resamples 0 --by document",
            "agree --disagreements --between anna cleo --json",
            "frequencies --coder cleo --unit segments",
            _edit("fourp.toml", "[agreement]", 'rule = "containment"\n[agreement]'),
            "gold",
        ),
    ),
    "agree_two": Scenario("pair", ("agree --alt-test", "agree --coders ben --coders anna --resamples 0")),
    "agree_people": Scenario(
        "coded",
        (
            "agree --resamples 50 --units any-code --json",
            "agree --json --interval analytic",
            "agree --disagreements --to reports/sheet.xlsx", _seen("reports/sheet.xlsx"), _agree_in_python,
        ),
    ),
    "retest": Scenario("coded", (_again, "agree --retest --resamples 50", "agree --retest --json")),
    "disagreements": Scenario(
        "coded",
        (
            "agree --disagreements --to reports/disagreements.csv",
            "agree --disagreements --json --between ben cleo --context 0",
            "agree --disagreements --to reports/disagreements.csv",
            _DECIDE,
            "reconcile --decisions reports/disagreements.csv",
            "reconcile --decisions reports/disagreements.csv --settle --decided-by cleo",
            "reconcile --settle",
            "reconcile --settle --overwrite",
            "agree --disagreements --include-settled --json",
            "report --methods",
        ),
    ),
    "reconcile": Scenario(
        "run",
        (
            "reconcile",
            "reconcile --json",
            "agree --disagreements --between anna machine --to reports/disagreements.csv",
            _DECIDE,
            "reconcile --decisions reports/disagreements.csv",
            "reconcile --settle --json",
            "report --methods",
            "restore",
            "restore --json",
        ),
    ),
    # ben read all but the last document, and decides on the suggestions there
    "accept": Scenario(
        "run",
        (
            "accept --coder ben",
            "accept --coder ben --document meeting7.txt --to reports/accept.csv",
            "accept --coder ben --document meeting7.txt --to reports/accept.csv",
            _newest("reports/accept.csv", small_study.accept),
            "accept --take-in reports/accept.csv --coder ben",
            "accept --coder ben --code water --json",
            "accept --finish --coder ben --document meeting7.txt",
            "accept --above 0.2 --coder Cleo",
            "accept --above 0.99 --coder ben",
            "accept --guaranteed --coder ben",
            "accept --coder ben",
            "accept --finish --coder ben",
            "accept --coder a/b",
            "accept --document nowhere.txt --coder ben",
            "gold",
            "gold mark-read ben --document meeting0.txt --as passages",
            "gold",
            "gold mark-read ben --document meeting0.txt --as whole",
            "frequencies --by document --coder ben --coder Cleo",
            "reconcile --settle",
            "agree --coders ben --coders machine --resamples 0",
            "status",
            "status --json",
            "report --methods",
        ),
    ),
    "two_coders": Scenario(
        "uncoded",
        (
            "status",
            "next 10 --coders anna,ben --overlap 0.4 --seed 5",
            "status",
            _newest("reports/n*_anna.csv", partial(small_study.fill_in, coder="anna")),
            _newest("reports/n*_ben.csv", partial(small_study.fill_in, coder="ben")),
            "next --take-in {newest reports/n*_anna.csv} --coder anna",
            "next --take-in {newest reports/n*_ben.csv} --coder ben",
            "next 4 --coder anna --seed 6",
            "next --coders anna --overlap 0.4",
            "agree --resamples 0",
            "status",
            "status --json",
        ),
    ),
    # counts
    "frequencies": Scenario(
        "run",
        (
            "frequencies",
            "frequencies --by group --unit segments --coder ben --coder machine",
            "frequencies --by document --unit documents --coder ben --json",
            "frequencies --per-1000-words --by group",
            "frequencies --per-1000-words --unit documents --coder ben --json",
            "frequencies --cooccurrence",
            "frequencies --cooccurrence --coder ben --json",
            "frequencies --compare south north",
            "frequencies --compare north south --coder ben --target corpus --adjust benjamini_hochberg "
            "--confidence 0.9 --json",
            "frequencies --compare south east",
            "frequencies --cooccurrence --corrected",
            "frequencies --by site",
        ),
    ),
    "estimates": Scenario(
        "sampling",
        (
            "frequencies --corrected",
            "frequencies --corrected --by group --target documents --confidence 0.9",
            "frequencies --corrected --by document --json",
            "frequencies --compare north south --corrected",
            "plan --margin 0.05",
            "plan --margin 0.1 --code water --confidence 0.9 --json",
            "plan --margin 0.4 --code seeds",
            "report",
            "report --methods",
            "agree",
        ),
    ),
    "estimates_all_read": Scenario(
        "run", ("frequencies --corrected", "plan", "plan --json", "frequencies --corrected --coder ben", "plan --coder ben")
    ),
    "estimates_of_many": Scenario(
        "suggested",
        (
            "next 100 --coder anna --seed 3",
            filled_by("anna"),
            "next --take-in {newest reports/n*.csv} --coder anna",
            "frequencies --corrected --by group",
            "frequencies --corrected --target documents --confidence 0.9 --json",
            "frequencies --compare south north --corrected",
            "frequencies --compare north south --corrected --target corpus --json",
            "frequencies --compare north south --adjust benjamini_yekutieli --target corpus",
            "plan --margin 0.03",
        ),
    ),
    # a machine of which nothing is known but the definitions
    "from_definitions": Scenario(
        "suggested",
        (
            "frequencies",
            _groups_of_cases,
            "report",
            "frequencies --by group --json",
            "frequencies --cooccurrence",
            "frequencies --per-1000-words",
            "frequencies --corrected",
            "plan",
            "reconcile",
            "reconcile --settle",
            "agree",
            "agree --disagreements",
            "agree --alt-test",
            "report --methods",
            "gold",
            "export a.csv --as long",
            _edit("corpus/meeting1.txt", "the", "a"),
            "report",
            "frequencies",
            "frequencies --cooccurrence",
            "export b.csv --as long",
            "suggest",
            partial(_codes, "anna", range(4)),
            "report --methods",
            "report",
            "reconcile",
            "agree --resamples 20",
            "frequencies --compare south north",
            "frequencies --per-1000-words",
            "plan --margin 0.2",
            "next --new-codes --coder anna",
            "suggest --precision 0.8",
        ),
    ),
    "options_refused": Scenario(
        "coded",
        (
            *(
                f"next --scored nowhere {option}"
                for option in (
                    "--by mixed", "--code care", "--include-open", "--include-coded", "--repeat", "--show half",
                    "--new-codes", "--stratify document", "--stratify group --take-in none.csv", "--codebook none.yaml",
                )
            ),
            *(
                f"next --new-codes {option}"
                for option in (
                    "5", "--take-in none.csv", "--stratify site", "--seed 3", "--by mixed", "--repeat", "--include-open",
                    "--context 1 --json", "--allocation equal --coder cleo",
                )
            ),
            "next --codebook none.yaml", "next 4 --by mixed --stratify group", "next 2 --code water",
            *(
                f"frequencies {option}"
                for option in (
                    "--per-1000-words --cooccurrence", "--corrected --per-page", "--corrected --compare north south",
                    "--unit pages", "--per-page", "--codebook none.yaml", "--scored nowhere --target documents",
                    "--scored nowhere --coder anna", "--scored nowhere --coder anna --corrected",
                    "--scored nowhere --compare north south", "--corrected --coder anna --coder ben",
                    "--compare north south --coder anna --coder ben", "--scored nowhere --per-page --by site",
                    "--compare north south --target corpus --coder cleo", "--coder eve", "--coder cleo --by document",
                )
            ),
            "report --to there", "report --overwrite", "report --codebook corpus/codebook.yaml",
            "reconcile --overwrite", "reconcile --replace", "reconcile --decided-by anna",
            "reconcile --settle --replace", "reconcile --decisions none.csv --overwrite", "reconcile --settle --json",
            "gold --document meeting1.txt", "gold --code keys", "gold --read-again eve",
            "restore x --latest", "suggest --more --recall 0.8", "suggest --fewer --recall 0.8", "plan --coder eve",
            "export a.qdpx --no-suggestions --accepted-only", "export a.csv --as long --dialect atlas",
            "export a.qdpx --dialect none", "export a.qdpx --unit segment", "export a.csv --as long --names id",
            "export a.qdpx --with-suggestions", "export a.jsonl --as doccano --names id --unit document --coder ben",
            "export a.qdpx --dialect maxqda --own-selections --coder cleo --json",
            "import a.qdpx --new x --to y.yaml", "import a.qdpx --new x --project .", "import a.qdpx none.qdpx --to y.yaml",
            "import a.qdpx none.qdpx --dry-run", "import a.qdpx --rename a", "import a.qdpx --rename a=",
            "import a.qdpx --to y.yaml --json", "import a.qdpx --to y.yaml --replace --strict",
            "import a.qdpx --strict --dry-run", "import a.qdpx --dry-run --json --strict",
            "score corpus --to s --model m --codebook corpus/codebook.yaml", "score corpus --to s --languages EN,fr,x",
            "score corpus --to s --languages ,", "collect --to c", "collect none.csv --to c",
            _files_to_suggest, "suggest one.txt --out corpus", "suggest one.txt one.txt corpus/none.txt",
            "suggest corpus/meeting1.txt twice/meeting1.txt --out out",
            "init .", "init corpus", "codebook check none.yaml", "read none",
        ),
    ),
    "holders": Scenario("uncoded", (_holders,)),
    # suggestions
    "suggest": Scenario(
        "run",
        (
            "suggest", "suggest --more", "suggest --fewer --json", "suggest --recall 0.5 --all-codes --json",
            "suggest --precision 0.5 --confidence 0.5", "suggest --precision 0.6 --json", "suggest --more --fewer",
            "suggest --confidence 0.8",
        ),
    ),
    "suggest_files": Scenario(
        "run",
        (
            _files_to_suggest,
            "suggest one.txt two.txt --unit paragraph",
            "suggest one.txt",
            "suggest one.txt --overwrite --out out --all-codes",
            "suggest two.txt --json --precision 0.5 --confidence 0.5",
            "suggest corpus/meeting1.txt",
            "suggest none.txt",
        ),
    ),
    # exchange
    "export": Scenario(
        "run",
        (
            "export a.csv --as long",
            "export j.csv --as wide --coder ben --no-suggestions --names name",
            "export a.csv --as long --overwrite --no-suggestions --document meeting1.txt",
            "export b.qdpx --coder anna --json",
            "export c.qdc",
            "export d.csv --as long --strict",
            "export e.xlsx --as sheet --with-suggestions --coder ben --document meeting1.txt",
            "export f.csv --as wide --document meeting0.txt --accepted-only",
            "export g.qdpx --names id",
            "export h.csv --as nothing",
            "export i.jsonl --as doccano --unit segment --coder ben",
        ),
    ),
    "import": Scenario(
        "run",
        (
            "export b.qdpx",
            "import b.qdpx --json",
            "import b.qdpx --new elsewhere --rename ben=bea --coder ben --dry-run",
            "import b.qdpx --new third --json --machine ben",
            "import b.qdpx --to codes.yaml",
            "import b.qdpx --to codes.yaml",
            "import b.qdpx none.qdpx",
            "import b.qdpx --rename ben",
        ),
    ),
    "restore": Scenario(
        "run", ("restore", "next 3 --seed 1 --coder dora", "restore", "restore --latest --json", "restore none")
    ),
    "damaged": Scenario(
        "suggested",
        (
            "restore --latest",
            "next 3 --seed 1 --coder dora",
            "next 3 --seed 2 --coder dora",
            _damage("fourp.sqlite"),
            "restore",
            "restore --json",
            "restore --latest",
            "restore",
            _damage("fourp.sqlite"),
            _damage("backups/*.sqlite"),
            "restore",
            "restore --latest --json",
            "restore one --latest",
        ),
    ),
    # scores
    "score": Scenario(
        "run",
        (
            _shards,
            "score shards --to scored --no-report --workers 1",
            "score shards --to scored --workers 1",
            "score shards more --to scored --workers 1 --unit paragraph --json",
            "score empty --to none --workers 1",
            "score shards --to other --languages english",
            "score shards --to other --model models/machine --codebook corpus/codebook.yaml",
            "collect --to warcs --warc all.warc.gz",
            "collect --to warcs --warc torn.warc.gz all.warc.gz --json",
            "collect --to warcs",
            "collect a.csv b.csv --to warcs",
            "collect a.warc --to warcs",
        ),
    ),
    "collect_archives": Scenario(
        "nothing",
        (
            _shards,
            "collect --to warcs --warc torn.warc.gz all.warc.gz",
            "collect --to warcs --warc torn.warc.gz all.warc.gz",
            "collect --to others --warc torn.warc.gz none.warc.gz",
            "collect --to others --warc none.warc.gz",
            "collect --to others --warc none.warc.gz other.warc.gz",
            "collect --to others all.warc.gz",
            _interrupted,
        ),
    ),
    "scored": Scenario(
        "scores",
        (
            "frequencies --scored scored",
            "frequencies --scored scored --by group --unit segments --per-1000-words",
            "frequencies --scored scored --by document --unit pages --per-page --json",
            "next 40 --scored scored --coder anna --seed 1",
            _scored_sheet,
            "next --scored scored --take-in {newest scored/next*.csv}",
            "next 5 --scored scored --coder anna --seed 2 --stratify site --json",
            "frequencies --scored scored --corrected",
            "frequencies --scored scored --corrected --coder anna --confidence 0.9 --json",
            "report --scored scored --sites 2",
            "report --scored scored --methods",
            "report --collected scored",
            "frequencies --scored scored --cooccurrence",
            "restore --scored scored",
        ),
    ),
    "scored_many": Scenario(
        "scored_sites",
        (
            "frequencies --scored scored --codebook book.yaml",
            "frequencies --scored scored --by group --per-page",
            "frequencies --scored scored --corrected",
            "next 90 --scored scored --coder anna --seed 1 --stratify group --allocation equal",
            _scored_sheet,
            "next --scored scored --take-in {newest scored/next*.csv} --json",
            "next --scored scored --take-in {newest scored/next*.csv}",
            "frequencies --scored scored --corrected --codebook book.yaml",
            "report --scored scored --codebook book.yaml --json",
            _seen("scored/report.html"),
            "next 6 --scored scored --coder ben --seed 3 --context 0 --overwrite",
            "next 6 --scored nowhere --coder ben",
            "frequencies --scored scored --coder ben --corrected",
        ),
    ),
    # what is rare
    "no_reference": Scenario(
        "pair",
        (
            _no_reference,
            "gold",
            "gold mark-read ben --document meeting0.txt --as passages",
            "gold mark-read Ben --document meeting0.txt --document meeting1.txt --as whole",
            "codebook rename keys gates",
            "codebook merge water seeds --into gardening",
            "codebook retire minutes",
            "coder rename ben bea",
            "coder remove bea",
            "undo",
            "speakers",
            "export a.csv --as long",
            "accept",
            "status",
            "train",
            "agree --resamples 20",
            "coder rename zora nora",
            "gold --json",
            "codebook split gates --into gardening --into quarrels --dry-run",
        ),
    ),
    "changes_rest": Scenario(
        "disagreements",
        (
            "undo --list",
            _one_quarrel,
            "coder rename ben bob --dry-run",
            "coder rename ben anna",
            "codebook rename quarrels rows --dry-run",
            "codebook rename quarrels rows",
            "undo",
            "codebook rename none rows",
            "codebook merge keys minutes --into keys --dry-run",
            "codebook retire quarrels --dry-run",
            "codebook retire quarrels",
            "undo --dry-run",
            "undo",
            "coder remove ben",
            "undo",
            "codebook merge keys minutes --into keys",
            "undo",
            _STREET,
            "codebook split quarrels",
            "codebook split quarrels --take-in none.csv --coder ben",
            "codebook split quarrels --into street --into house",
            "codebook split quarrels --into street --into house",
            "codebook split quarrels --into street --into house --overwrite --coder ben",
            "codebook split quarrels --into street --into house --coder cleo",
        ),
    ),
    "split_of_nothing": Scenario(
        "coded",
        (
            _STREET,
            "codebook split quarrels --into street --into house --coder ben",
            "codebook split quarrels --into street --into house --dry-run",
            "codebook check",
            "codebook split quarrels --into street --into house",
            "codebook check",
            "undo --list",
            "undo",
            "undo",
            "undo --list",
            "codebook check",
        ),
    ),
    "changes_of_draws": Scenario(
        "sampling",
        (
            "coder rename anna ann --dry-run",
            "coder rename anna ann",
            "undo",
            "undo --list",
            "undo --dry-run",
            "undo",
            "undo",
            "undo",
        ),
    ),
    "accept_rest": Scenario(
        "accept",
        (
            "accept --coder Cleo",
            "accept --coder Cleo --code water",
            "accept --coder Cleo --code water --document meeting1.txt --json",
            "accept --coder ben --code quarrels --json",
            "accept --coder ben --above 0.01 --json",
            "accept --finish --coder ben --document meeting7.txt",
            "accept --finish --coder ben --document meeting7.txt --document meeting6.txt",
            "accept --finish --coder ben --document meeting7.txt --json",
            "accept --coder ben",
            "accept --earlier",
            "accept --earlier --json",
            "accept --coder dora --to reports/dora.csv --code keys --document meeting1.txt --document meeting2.txt",
            _newest("reports/dora.csv", _all_accepted),
            "accept --take-in reports/dora.csv --coder dora",
            "accept --take-in reports/dora.csv --coder dora --json",
            "accept --take-in reports/dora.csv --coder anna",
            "accept --take-in reports/dora.csv",
            "accept --take-in reports/dora.csv --coder anna --replace",
            "accept --take-in reports/dora.csv --coder dora --replace",
            "accept --replace",
            "accept --earlier --above 0.5",
            "accept --earlier --code water",
            "accept --finish --coder ben --document meeting7.txt --overwrite",
            "accept --take-in reports/dora.csv --to x.csv",
            "status",
            "status --json",
            "undo --list",
            "undo",
        ),
    ),
    "decisions_rest": Scenario(
        "disagreements",
        (
            "agree --disagreements",
            "agree --disagreements",
            "agree --disagreements --include-settled --to reports/all.csv",
            "agree --disagreements --to reports/all.csv --overwrite",
            _newest("reports/all.csv", _decide_all),
            "reconcile --decisions reports/all.csv --json",
            "agree --disagreements",
            "agree --disagreements --include-settled --overwrite",
            "reconcile --settle --overwrite",
            _edit("corpus/meeting2.txt", small_study.sentences(2)[0], "Nothing was said."),
            "gold --move",
            "reconcile --settle --overwrite",
            _edit("fourp.toml", 'gold = "anna"', 'gold = "settled"'),
            "reconcile --settle --overwrite",
            "status",
            "undo",
        ),
    ),
    "decisions_on_suggestions": Scenario(
        "sampling",
        (
            "reconcile",
            "accept --coder cleo --to reports/decided.csv",
            _newest("reports/decided.csv", _yes_and_no),
            "reconcile --decisions reports/decided.csv --decided-by cleo",
            "reconcile --decisions reports/decided.csv --decided-by Cleo --replace --json",
            "undo --list",
            "status",
            "export b.qdpx",
            "undo",
        ),
    ),
    "agree_rest": Scenario(
        "coded",
        (
            "agree --resamples 20 --interval document --units this-code --coefficient cohen_kappa --by group",
            "agree --resamples 0 --by group --units all --coders anna --coders ben --coefficient percent "
            "--coefficient scott_pi --coefficient cohen_kappa",
            "agree --interval analytic",
            "agree --interval analytic --units any-code --json --coefficient cohen_kappa",
            "agree --coders ANNA --coders ben --resamples 0 --coefficient percent",
            "agree --alt-test --json",
            "agree --alt-test",
            "agree --disagreements --between Ben anna --context 0 --to reports/ben.csv",
            "agree --disagreements --to corpus/x.csv",
            "agree --rho --resamples 20 --json --coefficient cohen_kappa",
            "frequencies --coder BEN --unit segments",
            "plan --coder BEN",
        ),
    ),
    "crowd_rest": Scenario(
        "crowd",
        (
            "agree --resamples 0 --units this-code --coefficient gwet_ac1",
            "agree --resamples 0 --units any-code --coefficient percent --coefficient cohen_kappa",
            "agree --resamples 0 --by document --coders coder_a --coders coder_c --coders coder_e --coders coder_f "
            "--coders coder_b --coders coder_d",
            "status",
        ),
    ),
    "stale": Scenario(
        "run",
        (
            _edit("corpus/meeting1.txt", "Nobody had seen the key", "Nobody saw the key"),
            "status",
            "gold --move",
            "agree --resamples 0 --coefficient cohen_kappa --units all",
            "frequencies --unit segments",
            "reconcile",
            "accept --coder ben",
            "report",
            "report --methods",
            "report --methods --to corpus",
            "report --methods --to there --overwrite",
            "report --methods --to there --json",
            "status --json",
            "export x.csv --as long",
        ),
    ),
    "scored_named": Scenario(
        "scored_sites",
        (
            _named_sites,
            "frequencies --scored scored",
            "frequencies --scored scored --by document --unit segments",
            "frequencies --scored scored --by group --unit pages --codebook book.yaml",
            "next 400 --scored scored --coder anna --seed 1 --json",
            _scored_sheet,
            "next --scored scored --take-in {newest scored/next*.csv}",
            "frequencies --scored scored --corrected",
            "frequencies --scored scored --corrected --codebook book.yaml --json",
            "next 3 --scored scored --coder anna --seed 2 --stratify site",
            "restore --scored scored",
            "restore --scored scored --json",
        ),
    ),
    "restore_rest": Scenario(
        "suggested",
        (
            "restore --json",
            "restore --latest",
            "restore",
            _damage("fourp.sqlite"),
            _remove_backups,
            "restore",
            "status",
            "restore --latest",
        ),
    ),
    "speakers_rest": Scenario(
        "alone",
        (
            _talks,
            _odd_setting,
            "speakers --dry-run",
            "speakers --confirm --json",
            "speakers --confirm --dry-run",
            "speakers --confirm",
            "speakers --json",
            "frequencies --by speaker --per-1000-words --unit documents",
            "frequencies --by role --json --per-1000-words",
            "status",
            "segment",
            "read --turns",
        ),
    ),
    "earlier_decisions": Scenario(
        "sampling",
        (
            _earlier_decisions, "status", "reconcile --settle", "accept --earlier", "accept --earlier", "undo --list",
            "undo", "accept --earlier --json", "undo",
        ),
    ),
    "import_rest": Scenario(
        "sampling",
        (
            "export b.qdpx",
            "export s.csv --as long --strict --json",
            "export s.csv --as long --strict",
            "import b.qdpx --dry-run --decided-by cleo",
            "import b.qdpx --decided-by cleo",
            "import b.qdpx --decided-by cleo --json",
            "undo --list",
            "import b.qdpx --new there --machine anna --coder anna --rename anna=ada",
            "import b.qdpx --new there --json",
            _quotes,
            "import quotes.csv --coded-by cleo --strict",
            "import quotes.csv --coded-by cleo --strict --json",
            "import quotes.csv --coded-by cleo --new-codes refuse",
            "import quotes.csv --coded-by cleo --new-codes ignore --read passages --dry-run",
            "import quotes.csv none.csv b.qdpx --coded-by dora --new-codes ignore",
            "import none.csv nothing.csv",
            "import quotes.csv none.csv --coded-by dora --new-codes ignore --json",
            "gold",
        ),
    ),
    "json_rest": Scenario(
        "run",
        (
            "next 6 --coders anna,cleo --overlap 0.5 --seed 5 --include-coded --json", _same_as, "report --json",
            "gold --same-definition keys --json", "agree --disagreements --json --between anna machine",
        ),
    ),
    "read_in_part": Scenario(
        "suggested",
        (
            "next 90 --coder anna --seed 3",
            filled_by("anna"),
            "next --take-in {newest reports/n*.csv} --coder anna",
            "gold",
            "gold mark-read anna --document meeting1.txt --document meeting2.txt --document meeting3.txt --document "
            "meeting4.txt --as whole",
            "gold",
            "status",
        ),
    ),
    "survey": Scenario("uncoded", (_survey, "read", "read --json", "segment", "status")),
    "status": Scenario("coded", ("status", "status --json", _interview, "status", "train", "next 3 --coder anna --seed 4")),
}  # fmt: skip
"""The commands that are tried, by what they are about."""
