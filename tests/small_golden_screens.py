"""Screens of the small golden run that a small study does not come to, printed from facts written here."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pandas as pd

from tests import small_study
from tests.small_golden_texts import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable


def _printed(function: Callable[..., Any], *given: Any, **options: Any) -> str:
    """Return what a function prints, and how it ends."""
    import typer

    from fourp_nlp.errors import FourpError

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            result = function(*given, **options)
        except FourpError as error:
            result = f"Error: {error}"
        except typer.Exit as ended:
            result = f"exit status {ended.exit_code}"
    return out.getvalue() + ("" if result is None else f"({result})\n")


# ---- fourp doctor


def doctor_screens(folder: Path) -> str:
    """Return what `fourp doctor` says where all is well, where parts are missing, and where much is wrong."""
    from functools import cache

    from fourp_nlp.cli.screen import checks
    from fourp_nlp.machine import encoder

    root = folder / "doctor"
    small_study.write_coded(root, coders=("anna", "ben"))
    with patch.object(encoder, "load_encoder", cache(encoder.load_encoder)):
        parts = [*_sound(root, folder), *_faulty(root)]
    with patch.multiple(checks, _split=lambda: "works", _encode=lambda: "works"):
        for version in ((3, 10, 9), (3, 11), (3, 14)):
            with patch.object(checks, "sys", SimpleNamespace(version_info=version)):
                first = checks.installation_checks()[0]
                parts.append(f"{version}: {first.state} {first.what} {first.cure}\n")
    parts += [f"{checks._tried('this', _failing(number))}\n" for number in range(4)]
    for starts in ([], [16], [15]):
        with patch("fourp_nlp.segments.senter.ask_senter", return_value=[starts]):
            parts.append(f"{starts}: {checks._split()}\n")
    return "\n".join([*parts, checks._split()]) + "\n"


def _sound(root: Path, nowhere: Path) -> list[str]:
    """Return what is said outside of a project, and of a project with which nothing is wrong."""
    installed = _installed(())
    without = _installed(("torch", "trafilatura", "warcio", "fr_core_news_sm", "duckdb"))
    return [
        _doctor(nowhere, "doctor", **installed),
        _doctor(nowhere, "doctor --json", **without),
        _doctor(root, "doctor", **installed),
        _doctor(root, "next 3 --coder anna --include-coded --seed 2", **installed),
        _doctor(root, "doctor", **installed, free=2 * 2**30),
    ]


def _faulty(root: Path) -> list[str]:
    """Return what is said of a project in which one thing after the other is spoilt."""
    installed = _installed(())
    (root / "corpus" / "an_empty.txt").write_text("", encoding="utf-8")
    (root / "corpus" / "torn.docx").write_bytes(b"PK\x03\x04 torn")
    parts = [
        _doctor(root, "next 2 --coder ben --include-coded --seed 3", **installed),
        _doctor(root, "doctor", **installed, free=2 * 2**30 - 1),
    ]
    settings = root / "fourp.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text('corpus = "../texts"\n' + text, encoding="utf-8")
    parts.append(_doctor(root, "doctor --json", **installed))
    settings.write_text(text, encoding="utf-8")
    (root / "gold" / "ben.csv").write_text("document,start\n", encoding="utf-8")
    (root / "corpus" / "codebook.yaml").write_text("id: [", encoding="utf-8")
    (root / "fourp.sqlite").write_bytes(b"nonsense " * 200)
    return [
        *parts,
        _doctor(root, "doctor", **installed),
        _doctor(root, "doctor --json", **installed),
    ]


def _installed(absent: tuple[str, ...]) -> dict[str, Any]:
    """Return how a check asks what is installed, where some of it is not."""

    def version(name: str) -> str:
        if name in absent:
            raise PackageNotFoundError(name)
        return f"1.{len(name)}"

    return {"version": version, "find_spec": lambda name: None if name in absent else name}


def _doctor(folder: Path, step: str, *, free: int = 7 * 2**29, **found: Any) -> str:
    """Run a command where other packages are installed, and there is so much space."""
    from fourp_nlp.cli.screen import checks
    from tests.small_golden_run import run_command

    with (
        patch.multiple(checks, **found),
        patch.object(checks.platform, "python_version", lambda: "3.12.1"),
        patch.object(checks.shutil, "disk_usage", lambda _: SimpleNamespace(free=free)),
    ):
        screen, rows = run_command(folder, step)
    text = "\n".join([screen, *(str(row) for row in rows)])
    return text.replace(str(folder), "<folder>")


def _failing(number: int) -> Callable[[], str]:
    """Return work that succeeds, or fails in one of three ways."""
    from fourp_nlp.errors import FourpError

    def work() -> str:
        if number == 1:
            raise FourpError("It is torn.", file=Path("x.csv"), cure="Mend it.")
        if number == 2:
            raise FourpError("It is torn.")
        if number == 3:
            raise KeyError("weights")
        return "works"

    return work


# ---- fourp status


def status_screens(_: object) -> str:
    """Return where studies stand of which some have much to do, and some nothing."""
    from fourp_nlp.cli.status import _show
    from fourp_nlp.study.status import StudyStatus

    columns = ["coder", "documents", "segments", "of", "codings", "decided", "waiting"]
    rows = [("anna", 3, 40, 1250, 31, 0, 0), ("ben", 1, 9, 1250, 7, 0, 12)]
    coders = pd.DataFrame(rows, columns=columns)
    few = pd.DataFrame({"code": list("abcdefghij"), "positives": range(10), "documents": 1})
    steps = [("Do this first", "fourp run"), ("And this", "fourp next 60 --coder anna")]
    parts = []
    for documents, skipped, who, lacking, to_do in (
        (1, 0, coders.iloc[:0], few.iloc[:0], []),
        (2, 1, coders, few, steps),
        (7, 12, coders.iloc[:1], few.iloc[:8], steps[:1]),
        (0, 0, coders.assign(decided=[3, 0], waiting=0), few.iloc[:9], steps[::-1]),
    ):
        found = StudyStatus(
            "A study", documents, skipped, 1250, 10, who, lacking, "anna", "The machine.", 0, to_do
        )
        parts.append(_printed(_show, found))
    return "\n".join(parts)


# ---- tables in a terminal


def fitted_tables(_: object) -> str:
    """Return which columns of tables fit terminals of many widths, and how narrow tables look."""
    from fourp_nlp.cli.screen import console
    from fourp_nlp.cli.screen.terminal_tables import fit

    figures = ["0.123", "-0.456"]
    tables = {
        "agreement": (
            ["", "both", "prevalence", "percent", "kappa", "95% interval", "AC1", "recall"],
            [["Family, friends and neighbours", "1234", "0.1", "0.9", value, "-0.1 to 0.99", value, "1"]
             for value in figures],
            [False, True, True, True, True, False, True, True],
        ),
        "counts": (
            ["theme", "code", "Interview 1", "Interview 22", "total"],
            [["Pressures", "A landlord's eviction", "1", "2", "3"], ["Pressures", "total", "1", "2", "3"],
             ["total", "total", "1", "2", "3"]],
            [False, False, True, True, True],
        ),
        "two": (["a", "name"], [["an_unbroken_word_of_many_letters", "123456789"]], [False, True]),
        "words": (
            ["an interval", "sixteen or more"],
            [["x" * 16, "words of a text"], ["y" * 17, "that are short"]],
            [False, False],
        ),
        "totals": (["code", "total", "theme"], [["total", "1", "a"]], [False, True, False]),
        "nothing": (["", "b"], [], [True, False]),
        "no names": (["", "b"], [["", "1"], ["x y", "2"]], [False, True]),
    }  # fmt: skip
    lines = []
    for name, (names, rows, right) in tables.items():
        last = ""
        for width in range(2, 110):
            fitted = str(tuple(fit(names, rows, right, width)))
            if fitted != last:
                lines.append(f"{name}, {width}: {fitted}")
            last = fitted
    frame = pd.DataFrame(
        {
            "": ["a", "b"],
            "long name of many words": [1, 22],
            "said": ["text that goes on", ""],
            "yes": [True, False],
        }
    )
    for width in (12, 18, 30, 60):
        out = Terminal()
        looks = {"COLUMNS": str(width), "LINES": "20", "TERM": "dumb", "NO_COLOR": "1"}
        with patch.dict("os.environ", looks), patch.object(sys, "stdout", out):
            for shown in (frame, frame[[""]], frame[["", "yes"]], frame.iloc[:0]):
                console.show(shown, "A title of some words", below=("one", "two"))
        lines.append(out.getvalue())
    return "\n".join(lines) + "\n"


# ---- rare lines


def rare_lines(folder: Path) -> str:
    """Return lines that only large tables, other people's work or damaged places bring about."""
    from fourp_nlp.cli.agreement._agreement import _file_of
    from fourp_nlp.cli.agreement._agreement_screen import _joined
    from fourp_nlp.cli.app import _tell_warning, hold, requested_amount
    from fourp_nlp.cli.batch.collect import _lists_and_warc_files, _some
    from fourp_nlp.cli.import_project import _ALWAYS_SHOWN, _without_zeros
    from fourp_nlp.errors import FourpWarning
    from fourp_nlp.study.study import open_study

    root = folder / "rare"
    small_study.write_coded(root, coders=("anna",))
    study = open_study(root)
    parts = [
        *_pairs_of_codes(study),
        *_trained(study),
        *_tested(study),
        *_methods(study),
        *_dated(study),
    ]
    names = (
        ["a", "b"], ["a b", "c/d"], ["…", "b"], ["x" * 30, "y" * 29], ["x" * 30, "y" * 30], ["-.a.-", "b"],
        [*"abcdefghijklm"],
    )  # fmt: skip
    parts += [f"{each}: {_file_of(each)}\n" for each in names]
    parts += [
        f"{_some(set(sites))}\n"
        for sites in (["a"], ["b", "a"], [*"fedcb"], [*"gfedcb"], [*"hgfedcb"])
    ]
    parts += [f"{_joined([*'abcdefghijkl'][:many])}\n" for many in (2, 3, 10, 11, 12)]
    files = [Path(name) for name in ("a.csv", "B.WARC", "c.warc.gz", "d.wacz", "e.gz")]
    parts += [
        f"{_lists_and_warc_files(files[:2], files[2:3])} {_lists_and_warc_files([], files[2:4])} "
        f"{_lists_and_warc_files(files[3:], files[2:3])}\n"
    ]
    zeros = pd.DataFrame([dict.fromkeys([*sorted(_ALWAYS_SHOWN), "not_taken"], 0)])
    parts += [str([*_without_zeros(zeros)]), str([*_without_zeros(zeros + 1)])]
    amounts: list[dict[str, Any]] = [
        {"more": more, "fewer": fewer, "recall": recall}
        for more, fewer, recall in (
            (False, False, None), (True, False, None), (False, True, None), (False, False, 0.3),
        )
    ]  # fmt: skip
    parts += [f"{amount}: {requested_amount(**amount)!r}\n" for amount in amounts]
    for category in (FourpWarning, UserWarning):
        parts.append(
            _printed(_tell_warning, category("a \x07"), category, "x.py", 3, None, "a line")
        )
    kept = io.StringIO()
    parts += [_printed(_tell_warning, "a", UserWarning, "x.py", 3, kept), kept.getvalue()]

    @contextlib.contextmanager
    def changing(where: Path, waiting: Callable[[str], None]) -> Any:
        waiting("anna")
        yield [f"one of {where.name}", "two"]

    with (
        patch("fourp_nlp.study.changes.changing", changing),
        contextlib.ExitStack() as stack,
        patch.object(import_module("fourp_nlp.cli.app"), "_held", [stack]),
    ):
        parts.append(_printed(hold, root))
    return "\n".join(parts)


def _pairs_of_codes(study: Any) -> list[str]:
    """Return the pairs of codes that occur together: none, one, twenty and more."""
    from fourp_nlp.cli.frequencies._cooccurrence import print_cooccurrence
    from fourp_nlp.tables import COOCCURRENCE
    from tests.filled import filled

    pairs = [
        {
            "coder": "anna",
            "code": one,
            "other": other,
            "both": number % 6,
            "phi": (number * 7 % 29) / 30,
        }
        for number, (one, other) in enumerate(
            (one, other) for one in "abcdefgh" for other in "abcdefgh" if one < other
        )
    ]
    table = filled(COOCCURRENCE, pd.DataFrame(pairs), segments=1234)
    shown = (table, table.assign(both=1), table[:20].assign(both=2), table[:1], table[1:2])
    return [_printed(print_cooccurrence, study, each, study.codebook, json=False) for each in shown]


def _trained(study: Any) -> list[str]:
    """Return what is said of a model whose encoder was trained, too, and of one that quotes nothing."""
    from tests.small_golden_run import run_command

    frame = pd.DataFrame({"code": ["water"]})
    parts = []
    for tuned, quoted in ((True, 1234), (False, 0)):
        model = SimpleNamespace(
            id="machine@12345678", card={}, tuned=tuned, quoted=quoted,
            classifier=SimpleNamespace(tuned_share_=0.44),
        )  # fmt: skip
        with (
            patch("fourp_nlp.study.machine.training.train_project", return_value=model),
            patch("fourp_nlp.cli.screen.tables.trained_screen", return_value=frame),
            patch(
                "fourp_nlp.cli.screen.tables.confusions_on_screen", return_value=[("it is", "so")]
            ),
            patch("fourp_nlp.study.machine.code_warnings.cautions", return_value=["one", "two"]),
            patch.object(import_module("fourp_nlp.cli.train"), "_SHOWN", ["code"]),
        ):
            for step in ("train --fine-tune", "train --json"):
                screen, rows = run_command(study.project.root, step)
                parts.append(f"{screen}{rows}\n")
    return parts


def _dated(study: Any) -> list[str]:
    """Return lists of what was done when: changes that can be taken back, and backups."""
    from tests.small_golden_run import run_command

    days = [f"2020-05-{day:02d}T10:11:{day:02d}+00:00" for day in (3, 2, 1)]
    gold = study.project.gold
    files = [
        SimpleNamespace(path=gold / name) for name in ("b.csv", "a.csv", "read.json", "texts/c.csv")
    ]
    entries = [
        SimpleNamespace(at=day, what=f"change {number}", files=files[: 2 * number])
        for number, day in enumerate(days)
    ]
    backups = [
        SimpleNamespace(
            file=gold / f"{number}.sqlite",
            made=day,
            decisions=number,
            draws=7 - number,
            wrong=wrong,
        )
        for number, (day, wrong) in enumerate(zip(days, ("", "torn", ""), strict=True))
    ]
    with (
        patch("fourp_nlp.study.undo.changes_to_undo", return_value=entries),
        patch("fourp_nlp.coding.store.backups", return_value=backups),
    ):
        shown = [
            run_command(study.project.root, step)
            for step in ("undo --list", "restore", "restore --json")
        ]
    # Points for colons, so that these times are not taken for such as differ from run to run.
    return [f"{screen}{rows}".replace(":", ".") for screen, rows in shown]


def _tested(study: Any) -> list[str]:
    """Return what is said of machines that pass the alternative annotator test, and of one that gives no code."""
    from fourp_nlp.cli.agreement._alternative_annotator import show_alt_test
    from fourp_nlp.study.measuring import alternative_annotator
    from fourp_nlp.tables import ALT_TESTS
    from tests.filled import filled

    rows = [
        {
            "tested": tested, "coder": coder, "n": 1000 + at, "documents": 3 + at, "wins": at == 0, "document_wins": at == 1,
            "winning_rate": rate, "document_winning_rate": rate / 2, "advantage": rate / 3, "advantage_low": low,
            "advantage_high": 0.9, "machine": 0.7, "person": 0.6, "p_adjusted": 0.04 + at, "document_p_adjusted": 0.05,
        }
        for tested, rate, low in (("m@12345678", 0.75, 0.2), (alternative_annotator.NEVER, 0.5, float("nan")))
        for at, coder in enumerate(("anna", "ben"))
    ]  # fmt: skip
    table = filled(ALT_TESTS, pd.DataFrame(rows))
    never = table["tested"] == alternative_annotator.NEVER
    parts = []
    for rate in (0.5, 0.49, 0.51):
        told = table.assign(winning_rate=table["winning_rate"].where(~never, rate))
        tested = SimpleNamespace(table=told, segments=1234, notes=["one", "two"])
        with patch.object(alternative_annotator, "alt_test_machine", return_value=tested):
            parts += [
                _printed(show_alt_test, study, epsilon=0.15, json=as_json)
                for as_json in (False, True)
            ]
    return parts


def _methods(study: Any) -> list[str]:
    """Return what is said of a methods text: with blanks, without a machine, and without corrected frequencies."""
    from fourp_nlp.cli._methods import report_methods

    files = [study.project.root / f"methods.{ending}" for ending in ("docx", "bib")]
    parts = []
    for blanks, why in ((["state this", "state that"], "nobody drew at random."), ([], "")):
        written = SimpleNamespace(files=files, blanks=blanks, uncorrected=why)
        with (
            patch("fourp_nlp.study.reporting.methods.methods_facts"),
            patch("fourp_nlp.study.reporting.methods.write_methods", return_value=written),
        ):
            parts += [
                _printed(report_methods, study, to=None, overwrite=False, json=as_json)
                for as_json in (False, True)
            ]
    return parts


def imported_codebooks(folder: Path) -> str:
    """Return what is said of a codebook that is imported alone: what it lost, and what to know of it."""
    from dataclasses import replace

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing import reader_context
    from fourp_nlp.study.importing.codes import codes as _codes
    from tests.small_golden_run import run_command

    root = folder / "codes"
    small_study.write_uncoded(root, documents=1)
    for name in ("codes", "lossy"):
        run_command(root, f"codebook export {name}.qdc")
    read, alone = reader_context.read_foreign, _codes.codebook_alone

    losses = Losses()
    losses.add("colours", "they have no place", ["red", "blue"])

    def with_remarks(path: Path, *given: Any, **options: Any) -> Any:
        exchange = replace(read(path, *given, **options), remarks=("a remark", "another"))
        return replace(exchange, losses=losses.table()) if path.stem == "lossy" else exchange

    def with_notes(*given: Any) -> Any:
        return replace(alone(*given), notes=["a note", "another note"])

    parts = []
    with (
        patch.object(reader_context, "read_foreign", with_remarks),
        patch.object(_codes, "codebook_alone", with_notes),
    ):
        for step in (
            "import codes.qdc --to a.yaml --dry-run", "import codes.qdc --to a.yaml --strict",
            "import codes.qdc --to a.yaml", "import codes.qdc --to a.yaml",
            "import codes.qdc --to a.yaml --replace --json", "import codes.qdc --to b.yaml --json --dry-run",
            "import lossy.qdc --to b.yaml --strict", "import lossy.qdc --to b.yaml",
        ):  # fmt: skip
            screen, rows = run_command(root, step)
            there = [name for name in ("a.yaml", "b.yaml") if (root / name).exists()]
            parts.append(f"{screen}{rows} {there}\n")
    parts += _told_of_codebooks(root)
    return "\n".join(parts).replace(str(root), "<folder>")


def _told_of_codebooks(root: Path) -> list[str]:
    """Return what is said of a codebook of another format of which something is lost, and to be known."""
    from fourp_nlp.study.codebooks import read_codebook_file
    from tests.small_golden_run import run_command

    told = read_codebook_file(root / "codes.qdc")._replace(
        losses=("a loss", "another loss"), remarks=("a remark", "another remark")
    )
    steps = (
        "codebook check codes.qdc", "codebook check codes.qdc --json", "codebook export c.yaml --codebook codes.qdc",
        "codebook export c.docx --codebook codes.qdc", "init own --codebook codes.qdc",
    )  # fmt: skip
    with (
        patch("fourp_nlp.study.codebooks.read_codebook_file", return_value=told),
        patch(
            "fourp_nlp.study.codebooks.write_codebook_file", return_value=["lost here", "and there"]
        ),
    ):
        shown = [run_command(root, step) for step in steps]
    return [f"{screen}{rows}\n" for screen, rows in shown]


# ---- what reaches the library


HANDED_ON = {
    "many": (
        ("websites.collect_sites", "collect sites.csv --to c"),
        (
            "websites.collect_sites",
            "collect sites.csv --to c --contact me@example.org --handouts --max-pages 7 --max-depth "
            "2 --max-mb 0.5 --max-minutes 1.5 --delay 2 --patience 9 --allow-address 127.0.0.1 "
            "--processes 3 --again --site ash",
        ),
        ("websites.read_sites", "collect sites.csv --to c"),
        (
            "websites.read_sites",
            "collect sites.csv --to c --max-pages 7 --max-depth 2 --max-mb 0.5 --max-minutes 1.5 "
            "--delay 2",
        ),
        ("websites.read_sites", "collect sites.csv --to c --max-mb 0.001 --max-minutes 0.02"),
        ("batch.score_places", "score corpus --to s"),
        (
            "batch.score_places",
            "score corpus gold --to s --sites sites.csv --languages FR,en --unit turn --workers 2 "
            "--cluster tcp://head:1",
        ),
        ("batch.score_places", "score corpus --to s --languages all"),
        (
            "batch.machine_for",
            "score corpus --to s --unit paragraph --codebook corpus/codebook.yaml",
        ),
        ("batch.machine_for", "score corpus --to s --model models/x"),
        ("batch.count_scored", "frequencies --scored scored --by case --unit documents"),
        ("batch.count_scored", "frequencies --scored scored --by group --unit segments"),
        (
            "batch.estimate_scored",
            "frequencies --scored scored --corrected --coder ben --confidence 0.8",
        ),
        ("batch.report_scored", "report --scored scored --collected corpus --sites 7"),
        (
            "batch.draw_scored",
            "next 9 --scored scored --coder ben --seed 5 --stratify group --allocation equal "
            "--context 1 --overwrite",
        ),
        ("batch.draw_scored", "next --scored scored --stratify site"),
        ("batch.import_scored_sheet", "next --scored scored --take-in x.csv --coder ben --replace"),
        ("review.ScoredServer", "review --scored scored --port 9 --no-browser"),
    ),
    "coding": (
        ("study.sampling.draws.draw_next", "next"),
        (
            "study.sampling.draws.draw_next",
            "next 7 --by mixed --coder ben --seed 4 --code water --allocation equal --context 3 "
            "--include-open --overwrite",
        ),
        (
            "study.sampling.draws.draw_next",
            "next 7 --stratify document --include-coded --show half --repeat",
        ),
        (
            "study.sampling.shared_draws.draw_for_coders",
            "next 8 --coders anna,,ben --overlap 0.5 --seed 3 --overwrite",
        ),
        ("study.sampling.shared_draws.draw_for_coders", "next --coders ben,anna"),
        (
            "study.sampling.shared_draws.draw_same_as",
            "next --same-as d1 --coder ben --context 4 --overwrite",
        ),
        ("study.sampling.sheet_import.import_sheet", "next --take-in x.csv --coder ben --replace"),
        ("study.sampling.sheet_import.import_sheet", "next --take-in x.csv --repeat"),
        (
            "study.sampling.new_codes.sheet_for_new_codes",
            "next --new-codes --coder ben --context 1 --overwrite",
        ),
        ("study.measuring.agreement.agreement_in_full", "agree"),
        (
            "study.measuring.agreement.agreement_in_full",
            "agree --coders ben --coders ANNA --by group --units this-code --units all --thresholds "
            ".8,.6,.8 --resamples 40 --seed 9 --rho",
        ),
        (
            "study.measuring.agreement.agreement_in_full",
            "agree --by document --interval analytic --coefficient cohen_kappa",
        ),
        ("study.measuring.retest.retest", "agree --retest --resamples 7 --seed 2"),
        ("study.measuring.anchoring.anchoring_effect", "agree --anchoring --seed 2"),
        (
            "study.reconciling.disagreements.disagreements",
            "agree --disagreements --between ben anna --context 4 --include-settled",
        ),
        ("study.reconciling.disagreements.disagreements", "agree --disagreements"),
        (
            "study.reconciling.adjudication.import_decisions",
            "reconcile --decisions x.csv --decided-by ben --replace",
        ),
        ("study.reconciling.adjudication.adjudicate", "reconcile --settle --overwrite"),
        (
            "study.reconciling.adjudication.import_decisions",
            "accept --take-in x.csv --coder ben --replace",
        ),
        (
            "study.exporting.exported_file.export_file",
            "export x.qdpx --dialect maxqda --own-selections --coder ben --accepted-only "
            "--include-repeat --document meeting1.txt --strict",
        ),
        (
            "study.exporting.exported_file.export_file",
            "export x.csv --as wide --names name --no-suggestions",
        ),
        (
            "study.exporting.exported_file.check_export",
            "export x.json --as label-studio --unit segment --names name --overwrite",
        ),
        (
            "study.exporting.exported_file.check_export",
            "export x.xlsx --as sheet --with-suggestions",
        ),
        (
            "study.importing.import_project.plan_import",
            "import quotes.csv --coded-by cleo --replace --whole --new-codes ignore --coder cleo "
            "--rename a=b --machine m --read passages",
        ),
        ("study.importing.import_project.plan_import", "import quotes.csv --coded-by cleo"),
        (
            "study.importing.reader_context.read_foreign",
            "import quotes.csv --coded-by cleo --counting codepoints",
        ),
        ("study.importing.reader_context.read_foreign", "import codes.qdc --to new.yaml"),
        ("study.reporting.methods.write_methods", "report --methods --to there --overwrite"),
        (
            "study.reading.marked_as_read.mark_as_read",
            "gold --read-again BEN --document meeting1.txt --code keys",
        ),
        (
            "study.reading.marked_as_read.mark_scope",
            "gold mark-read ben --document meeting1.txt --as whole",
        ),
        (
            "study.renaming.splitting.plan_splitting",
            "codebook split quarrels --into water --into keys --keep",
        ),
        (
            "study.renaming.splitting.codings_to_split",
            "codebook split keys --into water --coder ben",
        ),
        ("study.renaming.code_changes.plan_merging", "codebook merge keys water --into seeds"),
        (
            "study.renaming.editing_codes.plan_editing",
            "codebook edit keys --name Locks --short-definition Locks. --full-definition Any. "
            "--when-to-use Gates. --when-not-to-use Taps.[use:water] --when-not-to-use Rain. --example One. "
            "--example Two. --write-decisions",
        ),
        (
            "study.renaming.editing_codes.plan_adding",
            "codebook add Huts --id huts --theme places --parent keys --example One.",
        ),
        ("study.reading.second_look.second_look", "codebook second-look keys --coder ben"),
        (
            "study.reading.second_look.mark_second_look",
            "codebook second-look keys --document meeting1.txt --looked-at --by anna",
        ),
        ("study.new_project.create_project", "init there --codebook corpus/codebook.yaml"),
        ("study.codebooks.write_codebook_file", "codebook export x.csv --overwrite"),
    ),
    "machine": (
        ("study.machine.suggestions.suggest_corpus", "suggest"),
        (
            "study.machine.suggestions.suggest_corpus",
            "suggest --precision 0.8 --confidence 0.7 --recall 0.6",
        ),
        ("study.machine.suggestions.suggest_corpus", "run --precision 0.8 --confidence 0.7 --more"),
        (
            "study.machine.suggestions.suggest_files",
            "suggest sites.csv --codebook corpus/codebook.yaml --unit turn --fewer --precision 0.8 "
            "--json",
        ),
        ("study.machine.training.train_project", "train --no-fine-tune"),
        ("study.machine.training.train_project", "train"),
        (
            "study.measuring.measures.frequencies",
            "frequencies --by group --unit segments --coder BEN",
        ),
        (
            "study.measuring.cooccurrence.cooccurrence_by_coder",
            "frequencies --cooccurrence --coder ben",
        ),
        (
            "study.measuring.cooccurrence.rates_per_words",
            "frequencies --per-1000-words --unit documents --by document",
        ),
        (
            "study.measuring.speaker_parts.speaker_rates",
            "frequencies --per-1000-words --unit segments --by role",
        ),
        (
            "study.measuring.speaker_parts.speaker_frequencies",
            "frequencies --by Speaker --coder ben",
        ),
        (
            "study.measuring.comparison.compare_groups",
            "frequencies --compare south north --coder ben --target corpus --adjust "
            "benjamini_hochberg --confidence 0.8",
        ),
        ("study.measuring.comparison.compare_groups", "frequencies --compare south north"),
        ("study.machine.training.train_project", "run --retrain"),
    ),
}
"""By what they are about: a function of the library, and a command that calls it with what its options say."""


def options_handed_on(about: str, folder: Path) -> str:
    """Return what commands hand to the library for their options."""
    from fourp_nlp.errors import FourpError
    from tests import scored_shards
    from tests.small_golden_run import run_command

    root = folder / "given"
    small_study.write_coded(root, coders=("anna", "ben"))
    (root / "sites.csv").write_text(
        "site,url\nash,https://ash.example/\nelm,https://elm.example/\n", encoding="utf-8"
    )
    quote = small_study.sentences(1)[0]
    (root / "quotes.csv").write_text(
        f"document,code,quote\nmeeting1,water,{quote}\n", encoding="utf-8"
    )
    run_command(root, "codebook export codes.qdc")
    scored_shards.write_scores(root / "scored", {"ash": [3, 2]})
    lines: list[str] = []
    for function, step in HANDED_ON[about]:

        def told(*given: Any, said: list[str] = lines, **options: Any) -> Any:
            said += [f"    {_plain(one, root)}" for one in given]
            said += [f"    {name}: {_plain(one, root)}" for name, one in options.items()]
            raise FourpError("Enough is known.")

        lines.append(f"{step}: {function.rpartition('.')[2]}")
        known = len(lines)
        with patch(f"fourp_nlp.{function}", told):
            screen, _ = run_command(root, step)
        if len(lines) == known:
            lines.append(screen)
    # The model of a run is kept under a name of its own.
    return re.sub(r"\.fourp-\w+", ".fourp-<id>", "\n".join(lines)) + "\n"


def _plain(value: Any, root: Path) -> str:
    """Return a value as text: of tables and studies only what they are."""
    if isinstance(value, pd.DataFrame):
        return f"table of {len(value)} rows"
    if isinstance(value, Path):
        return str(value.relative_to(root)) if value.is_relative_to(root) else str(value)
    if isinstance(value, str | int | float | None):
        return repr(value)
    if isinstance(value, frozenset):
        return f"set of {sorted(value)}"
    if isinstance(value, dict):
        return str({name: _plain(one, root) for name, one in value.items()})
    if isinstance(value, list | tuple) and not hasattr(value, "_asdict"):
        return f"[{', '.join(_plain(one, root) for one in value)}]"
    name = type(value).__name__
    if name in {"AgreementOptions", "Drawing", "DrawOptions", "ImportOptions", "Limits"}:
        return repr(value)
    return name
