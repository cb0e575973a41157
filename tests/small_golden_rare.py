"""More texts of the small golden run: pages, screens and cautions of facts that are rare, written here by hand."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.small_golden_texts import CODES, NAMES

if TYPE_CHECKING:
    from pathlib import Path


class _Elements(HTMLParser):
    """Writes down each element of the body of a page: its tag, its attributes, its text; charts by name."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"style", "svg"}:
            self._inside.append(tag)
        if not self._inside:
            told = " ".join(f"{name}={value}" for name, value in attrs)
            self.lines.append(f"<{tag} {told}>" if told else f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and "style" not in self._inside and self._inside[-1:] != ["svg"]:
            self.lines.append(f"    {text}")


def page_elements(page: str) -> str:
    """Return each element of a page with its attributes and its text."""
    reader = _Elements()
    reader.feed(page)
    reader.close()
    return "\n".join(reader.lines) + "\n"


def book_look(path: Path) -> str:
    """Return how the sheets of a workbook look: widths, what stays in view, choices, and first and last cells."""
    import openpyxl

    lines = []
    for sheet in openpyxl.load_workbook(path):
        widths = {name: round(column.width, 2) for name, column in sheet.column_dimensions.items()}
        view = sheet.sheet_view
        lines += [
            f"==== {sheet.title}: {sheet.dimensions}, {widths}",
            f"frozen at {sheet.freeze_panes}, filter of {sheet.auto_filter.ref}, zoom {view.zoomScale}",
        ]
        lines += [
            f"in {choice.sqref}: {choice.type} {choice.formula1}; {choice.errorTitle}: {choice.error}; "
            f"{choice.promptTitle}: {choice.prompt}; {choice.errorStyle} {choice.showErrorMessage}"
            for choice in sheet.data_validations.dataValidation
        ]
        rows = list(sheet.iter_rows())
        for row in [*rows[:2], *rows[-1:]]:
            for cell in row:
                font, fill, place = cell.font, cell.fill, cell.alignment
                has_colour = font.color is not None and font.color.type == "rgb"
                colour = font.color.rgb if has_colour else "usual"
                lines.append(
                    f"{cell.coordinate} {cell.data_type} {cell.number_format}; {font.b} {font.i} "
                    f"{colour} {fill.fgColor.rgb if fill.fill_type else None} "
                    f"{place.wrap_text} {place.vertical} {place.horizontal} {cell.border.bottom.style}"
                )
    return "\n".join(lines) + "\n"


# ---- the page about scored websites


def _counts(places: list[str], key: str, facts: dict[str, tuple[int, int]], factor: int) -> Any:
    from fourp_nlp.batch.results.counts import SCORED_COUNTS
    from tests.filled import filled

    rows = [
        {key: place, "code": code, "count": count, "per_1000_words": rate}
        for at, place in enumerate(places)
        for number, code in enumerate(CODES[:4])
        for count in [factor * ((at * 7 + number * 3) % 11)]
        for words in [facts[place][0]]
        for rate in [count * 1000 / words if words else float("nan")]
    ]
    frame = pd.DataFrame(rows).assign(
        words=[facts[row[key]][0] for row in rows], pages=[facts[row[key]][1] for row in rows]
    )
    return filled(SCORED_COUNTS, frame, unit="occurrences")


def scored_pages(_: object) -> str:
    """Return pages about scored websites: of groups with estimates, of one without, of what was not scored."""
    from fourp_nlp.reporting.scored_page import ScoredContents, render_scored
    from fourp_nlp.tables import ESTIMATES
    from tests.filled import filled

    nan = float("nan")
    of_site = {"ash": (2000, 12), "elm": (20, 3), "fir": (0, 1), "oak": (51000, 4), "yew": (900, 2)}
    of_group = {"north": (2020, 16), "": (51900, 6)}
    groups = ["north", "north", "north", "", ""]
    sites = pd.DataFrame(
        {
            "site": list(of_site),
            "group": groups,
            "words": [words for words, _ in of_site.values()],
            "pages": [pages for _, pages in of_site.values()],
            "segments": [300, 9, 0, 4100, 80],
        }
    )
    estimates = pd.DataFrame(
        [
            (level, place, code, method, value, value - 0.02, value + 0.03, reason)
            for level, place in (("corpus", ""), ("group", "north"))
            for number, code in enumerate(CODES[:3])
            for method, value, reason in (
                ("naive", 0.3 - number / 10, ""),
                (
                    "corrected",
                    nan if number == 2 else 0.25 - number / 10,
                    "too few" * (number == 2),
                ),
                ("gold", 0.2 + number / 10, ""),
            )
        ],
        columns=["level", "place", "code", "method", "value", "low", "high", "reason"],
    )
    estimates["segments"], estimates["confidence"] = 4489, 0.9
    for name, factor in (("count", 4489), ("per_1000_words", 83)):
        for bound, column in (("", "value"), ("_low", "low"), ("_high", "high")):
            estimates[name + bound] = estimates[column] * factor
    long = "Words of a page that are many. " * 30
    quotations = pd.DataFrame(
        [
            ("elm", "keys", "One key.", 0.91, "https://elm.example/k", "Keys of elms", "2020-05-01T10:00", "", ""),
            ("elm", "water", long, 0.5, "javascript:alert(1)", "", "2020-05-02", "a.warc", "<urn:1>"),
            ("elm", "unknown", "x", 0.5, "", "", "", "", ""),
            ("ash", "water", "<b>Bold</b>", 0.999, "", "", "", "", "<urn:2>"),
            ("ash", "seeds", "Seeds", 0.4, "http://ash.example/" + "s" * 600, "", "2020", "b.warc", ""),
            ("nowhere", "water", "x", 0.5, "", "", "", "", ""),
        ],
        columns=["site", "code", "text", "probability", "url", "title", "fetched_at", "warc", "record_id"],
    ).assign(document=[f"page{number}" for number in range(6)])  # fmt: skip
    collected = pd.DataFrame(
        {
            "site": ["ash", "elm", "fir"],
            "group": ["north", "", "north"],
            "pages": [12, 3, 0],
            "not_in_language": [1, 0, 1200],
            "ended": ["max_pages", "all", "otherwise"],
            "reason": ["", "", "robots.txt " * 60],
        }
    )
    refusals = pd.DataFrame(
        {
            "outcome": ["refused", "failed"],
            "reason": ["robots.txt", "404 " * 200],
            "urls": [1200, 1],
            "sites": [2, 1],
            "example": ["https://ash.example/a", "https://elm.example/" + "b" * 600],
        }
    )
    whole = ScoredContents(
        title="Gardens & co",
        made="1 May 2020",
        facts=[("Model", "machine@0a1b"), ("Unit", "sentence")],
        themes=[("garden", ["water", "seeds"]), ("", ["keys", "rare"])],
        names=NAMES | {"garden": "The garden"},
        site_names={"ash": "Ash " * 40, "elm": "Elm"},
        sites=sites,
        counts=_counts(list(of_site), "site", of_site, 1),
        groups=_counts(list(of_group), "group", of_group, 3),
        group_segments=_counts(list(of_group), "group", of_group, 5),
        estimates=filled(ESTIMATES, estimates).assign(
            **{name: estimates[name] for name in estimates.columns if name not in ESTIMATES.columns}
        ),
        estimate_notes=["The sample: 40 pages."],
        collected=collected,
        refusals=refusals,
        quotations=quotations,
        notes=["Two sites are left out."],
        code_noun="indicator",
    )
    alone = replace(
        whole,
        sites=sites.iloc[3:4],
        counts=whole.counts[whole.counts["site"] == "oak"].assign(unit="pages"),
        groups=whole.groups[whole.groups["group"] == ""],
        group_segments=whole.group_segments[whole.group_segments["group"] == ""],
        estimates=whole.estimates.iloc[:0],
        estimate_notes=["Nothing was coded."],
        collected=collected.drop(columns="ended"),
        refusals=refusals.iloc[:0],
        quotations=quotations.iloc[:0],
        notes=[],
        code_noun="code",
    )
    nothing = replace(
        alone,
        sites=sites.iloc[:0],
        counts=whole.counts.iloc[:0],
        groups=whole.groups[whole.groups["group"] == "north"].assign(words=0, pages=0),
        group_segments=whole.group_segments[whole.group_segments["group"] == "north"],
        collected=collected.iloc[:0],
    )
    pages = {"whole": whole, "alone": alone, "nothing": nothing}
    parts = [f"==== {name}\n{page_elements(render_scored(each))}" for name, each in pages.items()]
    return "\n".join([*parts, *_heat_maps()]) + "\n"


def _heat_maps() -> list[str]:
    """Return the colours of rates of every size, alike and unlike."""
    from fourp_nlp.reporting._heat_map import heat_bounds, heat_step, legend

    tops = (0.013, 0.2, 0.31, 0.42, 0.55, 0.77, 1.0, 2.5, 19.0, 310.0, 4400.0)
    spreads = ([0.5, 0.7, 0.9, 1.0], [0.01, 0.01, 0.02, 1.0, 1.0], [1.0])
    shown = [[top * part for part in spread] for top in tops for spread in spreads]
    lines = []
    for rates in ([], [0.0, float("nan")], [float("inf"), 2.0], *shown):
        bounds = heat_bounds(rates)
        tried = [float("nan"), 0.0, -1.0, *bounds, *(bound * 0.99 for bound in bounds)]
        steps = [heat_step(rate, bounds) for rate in tried]
        lines.append(f"{[f'{rate:.4g}' for rate in rates]}: {steps} {legend(bounds)}")
    return lines


# ---- what an import prints


def import_screens(folder: Path) -> str:
    """Return what is said of imports: much that is lost, files of many kinds, nothing that changes."""
    from unittest.mock import patch

    from fourp_nlp.cli import import_project as screen
    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.plan import ImportPlan
    from fourp_nlp.study.project import open_project
    from tests import small_study

    root = folder / "study"
    small_study.write_uncoded(root, documents=1)
    project = open_project(root)
    losses = Losses()
    for number in range(45):
        losses.add(f"thing {number:02d}", "it has no place", [f"t{number}"] * (number + 1))
    coders = pd.DataFrame(
        {
            "coder": ["anna", "ben"], "documents": [3, 1], "codings": [9, 4], "same": [5, 4], "new": [3, 0],
            "moved": [0, 0], "not_taken": [1, 0], "here": [6, 4], "gone": [0, 0], "untouched": [1, 0],
            "unclear": [0, 0], "lost": [0, 0],
        }
    )  # fmt: skip
    machines = pd.DataFrame(
        {
            "coder": ["m"], "codings": [7], "kept": [6], "moved": [0], "added": [1], "not_taken": [0],
            "here": [7], "removed": [1], "untouched": [0], "unclear": [0], "lost": [0],
        }
    )  # fmt: skip
    facts = pd.DataFrame({"what": ["notes"], "in_file": [2], "same": [2], "new": [0]})
    many = {root / f"gold/coder{number}.csv": b"x" for number in range(11)}
    rich = ImportPlan(
        project=project,
        is_new=False,
        contents={**many, folder / "elsewhere.csv": b"x"},
        before={root / "fourp.toml": root / "fourp.1.toml"},
        decisions=pd.DataFrame({"settled": [True, False, True]}),
        documents=pd.DataFrame(
            {"document": list("abcd"), "status": ["new", "known", "new", "edited"]}
        ),
        codes=pd.DataFrame({"code": list("abcd"), "status": ["new", "folder", "double", "folder"]}),
        coders=coders,
        machines=machines,
        facts=facts,
        losses=losses.table(),
        remarks=("A remark.",),
        notes=("A note.",),
    )
    few = replace(
        rich,
        contents={root / "gold/anna.csv": b"x"},
        before={},
        decisions=rich.decisions.iloc[:0],
        losses=rich.losses.iloc[:40],
        machines=machines.iloc[:0],
        facts=facts.iloc[:0],
        is_new=True,
    )
    small = replace(
        few,
        contents={},
        losses=rich.losses.iloc[:1],
        documents=rich.documents.iloc[:1],
        codes=rich.codes.iloc[1:2],
        coders=coders.iloc[:0],
    )
    none = replace(
        small,
        losses=rich.losses.iloc[:0],
        documents=rich.documents.iloc[:0],
        codes=rich.codes.iloc[:0],
    )
    only_decisions = replace(none, decisions=rich.decisions)
    parts = []
    for plan in (rich, few, small, none, only_decisions):
        for as_json in (False, True):
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                screen._show_plan(folder / "study.qdpx", plan, json=as_json)
                if not as_json:
                    for dry in (False, True):
                        screen._show_files(plan, dry=dry)
            parts.append(out.getvalue() + err.getvalue())
    with patch.object(ImportPlan, "all_taken", property(lambda _: False)):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            screen._show_plan(folder / "study.qdpx", none, json=False)
            screen._show_files(none, dry=False)
    return "\n".join([*parts, out.getvalue()])


# ---- what is said of estimates


def _sample(read: np.ndarray, of_sample: np.ndarray, **more: Any) -> Any:
    """Return a sample of 60 segments of which some were drawn and some read."""
    from fourp_nlp.study.sampling.coded_sample import CodedSample

    labels = np.where(read[:, None], (np.arange(60)[:, None] % [2, 7, 60]) == 0, np.nan).astype(
        float
    )
    gold = np.where(of_sample[:, None], labels, np.nan)
    chance = np.where(of_sample & (np.arange(60) < 6), 1.0, 0.5)
    given = {"gold": gold, "inclusion": chance, "labels": labels, "draws": ["d1", "d2"]} | more
    return CodedSample("anna", **given)


def estimate_words(_: object) -> str:
    """Return the refusals and cautions of estimates, and notes on samples, each in turn."""
    from fourp_nlp.frequencies import Estimate
    from fourp_nlp.study.measuring.estimate_checks import (
        cautions_of_estimate,
        codes_of_part,
        possible_shares,
        reason_for_refusal,
    )
    from fourp_nlp.study.measuring.estimates import sample_notes

    every = np.ones(60, bool)
    none = ~every
    half = np.arange(60) % 2 == 0
    part = np.arange(60) < 20
    early = np.zeros((60, 3), bool)
    early[:4] = True
    nobody = np.where(half, 0.5, 0.0)
    taken = np.arange(60) < 24
    samples = {
        "census": _sample(every, every, census=True),
        "random": _sample(half, half, drawn=27, sure=3),
        "and more": _sample(half | part, half, drawn=1200, sure=0, apart=1100, notes=["A note."]),
        "and whole": _sample(half | part, half | part, drawn=9, sure=24, apart=3, whole=15, cautions=["one", "two"]),
        "before the code": _sample(half, half, early=early),
        "nothing before": _sample(none, none, early=early),
        "not drawn": _sample(half, half, inclusion=nobody),
        "neither": _sample(none, none, inclusion=nobody),
        "on purpose": _sample(half, none),
        "chosen": _sample(half | taken, half | taken, taken=half, design=np.full(60, 0.5), inclusion=np.where(taken, 1.0, 0.5)),
        "unlucky": _sample(half | taken, half | taken, taken=~half, design=np.full(60, 0.5), inclusion=np.where(taken, 1.0, 0.5)),
    }  # fmt: skip
    documents = np.arange(60) // 6
    suggestions = pd.DataFrame({"document": documents.astype(str), "out_of_fold": documents == 2})
    lines = []
    for name, sample in samples.items():
        lines.append(f"==== {name}")
        for suggested in (suggestions, suggestions.assign(out_of_fold=documents < 3)):
            lines += sample_notes(sample, suggested)
        for number in range(3):
            for where, mask in (("all", every), ("part", part), ("end", ~part), ("none", none)):
                gold, inclusion = codes_of_part(sample, number, mask)
                refusals = [
                    reason_for_refusal(sample, number, mask, part=of_part)
                    for of_part in (False, True)
                ]
                cautions = [
                    cautions_of_estimate(
                        sample, number, mask, Estimate(value, 0.1, 0.5, method, target, 9, 3, 60), documents
                    )
                    for value, method, target in (
                        (0.3, "corrected", "corpus"), (0.3, "gold", "documents"), (0.3, "naive", "corpus"),
                        (float("nan"), "corrected", "corpus"),
                    )
                ]  # fmt: skip
                bounds = possible_shares(sample, number, mask)
                lines.append(
                    f"{number} {where}: {np.nansum(gold):g} of {(~np.isnan(gold)).sum()}, "
                    f"{inclusion.sum():g}; {bounds[0]:.4f} to {bounds[1]:.4f}"
                )
                lines += [f"    {each or '-'}" for each in dict.fromkeys([*refusals, *cautions])]
    return "\n".join(lines) + "\n"


# ---- what is said of two codes that are confused


def definition_words(folder: Path) -> str:
    """Return what definitions say of two codes: neither of the other, one, both, with several rules."""
    from fourp_nlp.cli.screen.tables import confusions_on_screen, trained_screen
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.study.measuring.confusions import _examples, _with_people, definition_advice

    path = folder / "codebook.yaml"
    path.write_text(_CONFUSED, encoding="utf-8")
    codebook = read_codebook(path)
    codes = codebook.code_ids
    lines = [
        f"{one} {other}: {definition_advice(codebook, one, other)}"
        for one in codes
        for other in codes
        if one != other
    ]
    segments = pd.DataFrame(
        {
            "document": ["a", "a", "b", "b"],
            "segment": [3, 4, 0, 1],
            "text": ["one", "two", "three", "four"],
        }
    )
    some = ([0], [0, 1], [0, 1, 2, 3], [2, 3])
    lines += [str(_examples(segments.iloc[rows])) for rows in some]
    table = pd.DataFrame(
        [
            ("ann", "ben", "a", "b", 3), ("ann", "ben", "b", "a", 1), ("ann", "cleo", "b", "a", 1),
            ("ann", "ben", "a", "c", 2), ("ann", "m", "a", "b", 9), ("ann", "m", "b", "a", 8), ("ann", "m", "b", "c", 1),
        ],
        columns=["coder_a", "coder_b", "code", "taken_for", "segments"],
    ).assign(hint="Look.")  # fmt: skip
    card: dict[str, Any] = {
        "confused": [
            {"code": one, "taken_for": other, "segments": count, "coded": 12, "expected": 1.26, "lift": 2.0}
            for one, other, count in (
                ("costs", "keys", 1), ("water", "costs", 4), ("costs", "water", 2), ("keys", "water", 3), ("water", "keys", 2),
            )
        ],
        "positives": {
            code: {"in_documents": 4 + at, "documents": 2, "coded_sentences": at, "without": 1, "learned": at > 0}
            for at, code in enumerate(codes)
        },
        "out_of_fold": [[code, 40, 0.1 * at, 0.5, None, 0.25, 0.75] for at, code in enumerate(codes)],
        "calibration": [
            [code, *(number / 16 + at for number in range(16)), "few" * at] for at, code in enumerate(codes[:2])
        ],
    }  # fmt: skip
    lines += [f"{title}: {advice}" for title, advice in confusions_on_screen(card, codebook)]
    lines.append(trained_screen(card).round(4).T.to_csv())
    return "\n".join([*lines, *_with_people(table, "m")]) + "\n"


_CONFUSED = """\
id: confused
title: Confused
themes:
  - id: all
    name: All
    codes:
      - id: water
        name: Water
        short_definition: Water.
        when_not_to_use:
          - when: It rains.
            use: weather
          - when: It snows.
            use: weather
          - when: Somebody pays for it.
            use: costs
      - id: weather
        name: The weather
        short_definition: Weather.
        when_not_to_use:
          - when: Somebody waters.
            use: water
      - id: costs
        name: Costs
        short_definition: Costs.
      - id: keys
        name: Keys
        short_definition: Keys.
"""


# ---- bars that show how far a command is


def progress_bars(_: object) -> str:
    """Return which bars a terminal shows while sites are collected, and while files are read."""
    import sys
    from unittest.mock import patch

    from rich.progress import Progress

    from fourp_nlp.cli.batch.collect import _bars
    from fourp_nlp.cli.screen.console import watching
    from tests.small_golden_texts import Terminal

    shown: list[Progress] = []

    class Recorded(Progress):
        def __init__(self, *columns: Any, **options: Any) -> None:
            super().__init__(*columns, **options)
            shown.append(self)

    def state() -> str:
        tasks = [
            f"{task.description!r} {task.completed:g} of {task.total}" for task in shown[-1].tasks
        ]
        cells = [
            str(column(task)).strip()
            for task in shown[-1].tasks
            for column in shown[-1].columns
            if not isinstance(column, str) and "Bar" not in type(column).__name__
        ]
        return f"{'; '.join(tasks)}: {' '.join(cells)}"

    sites = pd.DataFrame({"site": ["ash\x1b", "elm " * 9, "oak"], "max_pages": [30, 20, 10]})
    events = [
        ("begin", "ash\x1b", 0), ("page", "ash\x1b", 4), ("begin", "elm " * 9, 0), ("page", "oak", 7), ("done", "ash\x1b", 0),
        ("begin", "oak", 0), ("page", "oak", 2), ("failed", "oak", 0), ("other", "elm " * 9, 0), ("failed", "fir", 0),
    ]  # fmt: skip
    lines = []
    with patch.object(sys, "stderr", Terminal()), patch("rich.progress.Progress", Recorded):
        with _bars(sites) as watch:
            lines.append(state())
            for kind, site, pages in events:
                assert watch is not None
                watch({"event": kind, "site": site, "pages": pages})
                lines.append(f"{kind} {site!r}: {state()}")
        lines.append(f"left on the screen: {shown[-1].live.transient}, {shown[-1].console.stderr}")
        with watching() as begin:
            told = begin("reading [b]")
            lines.append(state())
            told(3, 8)
            lines.append(state())
        lines.append(f"left on the screen: {shown[-1].live.transient}, {shown[-1].console.stderr}")
    with patch.object(sys, "stderr", io.StringIO()):
        with _bars(sites) as watch:
            lines.append(str(watch))
        with watching() as begin:
            lines.append(str(begin("reading")(1, 2)))
    lines.append(str(len(shown)))
    return "\n".join(lines).replace("\x1b", "<ESC>") + "\n"


# ---- what can be guaranteed of a machine


def guarantee_words(folder: Path) -> str:
    """Return what is accepted with a guaranteed precision, and every sentence about guarantees."""
    from types import SimpleNamespace

    from fourp_nlp.cli.screen.tables import guarantee_screen
    from fourp_nlp.errors import ModelError
    from fourp_nlp.machine.acceptance import accept
    from fourp_nlp.study.machine import precision_guarantee as g
    from fourp_nlp.study.project import open_project
    from tests import small_study
    from tests.filled import suggestions_of

    coded, new = 40, 6
    documents = np.repeat([f"sha{number}" for number in range(coded)], 6)
    at = np.arange(len(documents))
    labels = np.stack([at % 2 == 0, at % 3 == 0, at % 12 == 0, at < 6, np.zeros(len(at), bool)], 1)
    probability = np.where(labels, 0.6 + (at[:, None] % 37) / 100, 0.05 + (at[:, None] % 41) / 100)
    read = np.ones(labels.shape, bool)
    read[:3] = False
    read[3:9, 1] = False
    classifier = SimpleNamespace(
        learned_=np.array([True, True, True, True, False]),
        constant_=np.array([np.nan] * 5),
        thresholds_=np.array([0.5, 0.4, 0.45, 0.5, 0.5]),
    )
    known = SimpleNamespace(
        read=read, documents=documents, probabilities=probability, labels=labels & read
    )
    model = SimpleNamespace(
        out_of_fold=known, classifier=classifier, codes=CODES, themes=["a", "a", "b", "b", "b"],
        zero_shot=False, unit="sentence",
    )  # fmt: skip
    rows = [
        (document, code)
        for document in [*documents[: 6 * new : 3], *(f"new{number}" for number in range(8))]
        for code in CODES
    ]
    frame = pd.DataFrame(rows, columns=["document", "code"])
    sure = 0.3 + (np.arange(len(frame)) * 7 % 68) / 100
    suggestions = suggestions_of(frame, sure >= 0.5, probability=sure)
    suggestions["out_of_fold"] = suggestions["document"].str.startswith("sha")
    sha256 = suggestions["document"].tolist()
    lines = []
    for changed in (
        {},
        {"read": np.ones(len(documents), bool)},
        {"read": at > 5},
        {"labels": labels & (at < 60)[:, None], "read": (at < 60)},
    ):
        model.out_of_fold = SimpleNamespace(**(vars(known) | changed))
        for precision, confidence, unlike in ((0.8, 0.9, 0), (0.6, 0.5, 3)):
            accepted = accept(
                suggestions,
                sha256,
                model,
                precision=precision,
                confidence=confidence,
                unlike=unlike,  # type: ignore[arg-type]
            )
            facts: Any = g.guarantee_facts(accepted)["promise"]
            columns = ["document", "code", "probability", "suggested", "accepted", "accepted_from"]
            lines += [
                f"==== {sorted(changed)} {precision} {confidence} {accepted.correlation:.4f}",
                accepted.promises.to_csv(index=False, float_format="%.4f"),
                guarantee_screen(accepted.promises, NAMES).to_csv(index=False, float_format="%.4f"),
                accepted.suggestions[columns].to_csv(index=False, float_format="%.4f"),
                str(facts | {"codes": [sorted(row) for row in facts["codes"]]}),
            ]
    promises = accepted.promises
    for some in (promises, promises[:1], promises[:2], promises[4:]):
        for reason in (some["reason"], "", "none"):
            for together in (True, False):
                told = some.assign(reason=reason)
                lines.append(g.guarantee_sentence(told, 0.75, 0.95, together=together))
    for zero_shot, of_study, unit in (
        (False, True, "sentence"), (True, False, "sentence"), (False, False, "turn"), (False, True, "turn"),
    ):  # fmt: skip
        for evidence in (documents, documents[:0]):
            model.zero_shot, model.out_of_fold = zero_shot, SimpleNamespace(documents=evidence)
            for asked in (False, True):
                try:
                    why = g.reason_without_guarantee(
                        model,
                        own_model=of_study,
                        unit=unit,
                        requested=asked,  # type: ignore[arg-type]
                    )
                except ModelError as error:
                    why = f"Error: {error}"
                lines.append(f"{zero_shot} {of_study} {unit} {len(evidence)} {asked}: {why}")
    model.zero_shot = False
    lines.append(
        str(
            g.apply_guarantee(
                suggestions, suggestions["document"], model, g.PrecisionTarget(0.8, 0.9, asked=False),  # type: ignore[arg-type]
                own_model=False, unit="sentence",
            )
        )
    )  # fmt: skip
    root = folder / "guaranteed"
    small_study.write_uncoded(root, documents=1)
    plain = open_project(root)
    settings = (root / "fourp.toml").read_text(encoding="utf-8")
    (root / "fourp.toml").write_text(
        f"{settings}[model]\nprecision = 0.7\nconfidence = 0.6\n", encoding="utf-8"
    )
    for project in (None, plain, open_project(root)):
        for precision, confidence in ((None, None), (0.8, None), (0.8, 0.55), (None, 0.55)):
            try:
                target = str(g.precision_target(project, precision, confidence))
            except ModelError as error:
                target = f"Error: {error}"
            lines.append(f"{precision} {confidence}: {target}")
    return "\n".join(lines) + "\n"


# ---- the page of a study


def _agreement_in_full(comparisons: dict[tuple[str, ...], bool]) -> pd.DataFrame:
    """Return coefficients of coders by a rule: whatever a report shows, with gaps, reasons and cautions."""
    from fourp_nlp.agreement import find_coefficient, select_coefficients
    from fourp_nlp.tables import AGREEMENT_FULL
    from tests.filled import filled

    nan = float("nan")
    rows: list[dict[str, Any]] = []
    for coders, has_counts in comparisons.items():
        many = len(coders) > 2
        codes = [("code", code) for code in CODES[:4]] + [("overall", "")]
        codes += [("theme", "garden")] if many else []
        names = [each.id for each in select_coefficients() if not (many and each.pairs_only)]
        for units in ("all", "any_code", "spans"):
            for level, code in codes:
                for name in names:
                    on_labels = find_coefficient(name).measured_on == "labels"
                    if on_labels == (units == "spans") or (not on_labels and level != "overall"):
                        continue
                    number = len(rows)
                    value = nan if number % 13 == 12 else 1 - (number % 29) / 25
                    sure = number % 5 != 4 and not np.isnan(value)
                    each = [number % 9, number % 7, number % 5, 12, 3, 40, 8][: len(coders)]
                    rows.append(
                        {
                            "coders": "; ".join(coders), "coder_a": "" if many else coders[0],
                            "coder_b": "" if many else coders[1], "level": level, "code": code, "units": units,
                            "coefficient": name, "value": value, "low": value - 0.2 if sure else nan,
                            "high": min(value + 0.1, 1) if sure else nan, "n": 1000 + number,
                            "prevalence": (number % 17) / 16, "n_documents": 8, "n_coders": len(coders),
                            "prevalence_index": (number % 3) / 3, "bias_index": (number % 4) / 4,
                            "reason": ("nobody gave it", "all gave it")[number % 2] if np.isnan(value) else "",
                            "no_interval": "" if sure or np.isnan(value) else f"too few {number % 2}",
                            "against": "above 0.4" if number % 6 == 0 else "",
                            "caution": "one document." if number % 11 == 0 else "",
                            "note": f"Kappa is low, AC1 is high ({code})." if number % 10 == 3 else "",
                            "both": number % 6 if has_counts else nan, "some": number % 4 if has_counts else nan,
                            "codings": "; ".join(map(str, each)) if has_counts and number % 8 else "",
                        }
                    )  # fmt: skip
    return filled(AGREEMENT_FULL, rows)


def agreement_screens(_: object) -> str:
    """Return what `fourp agree` shows of such tables, with each choice of its options."""
    from itertools import combinations

    from fourp_nlp.agreement import Drawing
    from fourp_nlp.cli.agreement._agreement import AgreementOptions
    from fourp_nlp.cli.agreement._agreement_screen import agreement_tables
    from fourp_nlp.cli.screen.console import show
    from fourp_nlp.cli.screen.tables import agreement_screen
    from fourp_nlp.study.measuring.agreement import pair_table

    few = _agreement_in_full(
        {
            ("anna", "ben"): True,
            ("anna", "m@1"): False,
            ("anna", "ben", "cleo"): True,
            tuple("abcdefg"): True,
        }
    )
    parts = few[(few["coders"] == "anna; ben") & few["level"].isin(["code", "overall"])]
    in_parts = [few]
    for by, place, shift in (("group", "north", 0.1), ("group", "", 0.3), ("document", "d1", 0.2)):
        value = parts["value"] - shift
        in_parts.append(parts.assign(by=by, part=place, value=value.where(parts["n"] % 4 != 3)))
    few = pd.concat(in_parts, ignore_index=True)
    rho = few[(few["coefficient"] == "cohen_kappa") & (few["units"] == "all") & (few["by"] == "")]
    few = pd.concat([few, rho.assign(coefficient="shaffer_rho")], ignore_index=True)
    crowd = _agreement_in_full(
        dict.fromkeys(combinations("abcdefg", 2), True) | {tuple("abcdefghijkl"): True}
    )
    usual = AgreementOptions((), "code", ("all",), (), (), Drawing(), analytic=False, rho=False)
    spans = ("u_alpha", "cu_alpha", "cohen_kappa", "alpha_masi", "precision")
    cases = [
        (few, usual),
        (few, usual._replace(by="theme", thresholds=(0.4,), units=("any_code", "all"))),
        (few, usual._replace(by="group", thresholds=(0.4,))),
        (few, usual._replace(by="document", units=("all", "any_code"))),
        (few, usual._replace(by="group", coefficients=("gwet_ac1", "percent"))),
        (few, usual._replace(coefficients=spans, thresholds=(0.4, 0.8))),
        (few, usual._replace(coefficients=("u_alpha",))),
        (few.assign(note=""), usual),
        (crowd, usual),
        (crowd, usual._replace(coefficients=("percent",), units=("any_code",))),
        (crowd.assign(value=float("nan")), usual),
        (
            few.assign(units=few["units"].replace("any_code", "this_code")),
            usual._replace(units=("this_code",)),
        ),
    ]
    screens = []
    for table, options in cases:
        screens.append(f"==== {options}")
        screens += [
            ("", *screen) for screen in agreement_tables(table, NAMES | {"": "overall"}, options)
        ]
    pairs = pair_table(few[few["by"] == ""])
    for table in (pairs, pairs.assign(both=float("nan"), codings="")):
        screens.append("==== pairs")
        screens += [("", *screen) for screen in agreement_screen(table, NAMES)]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for each in screens:
            if isinstance(each, str):
                out.write(f"{each}\n")
            else:
                show(each[2], each[1], below=each[3])
    return out.getvalue()


def _estimates() -> pd.DataFrame:
    """Return estimates of the corpus and of parts, some refused, of one part in which all was read."""
    from fourp_nlp.tables import ESTIMATES
    from tests.filled import filled

    nan = float("nan")
    codes = CODES[:4]
    rows = [
        {
            "level": level, "place": place, "code": code, "method": method, "value": value,
            "low": nan if few else value - 0.02, "high": nan if few else value + 0.03, "count": value * 1240,
            "count_low": nan if few else value * 1200, "count_high": value * 1300,
            "segments": 1240 - 40 * (number == 1) * (place == ""), "coded": 1240 - 40 * (number == 1) if place == "plot0" else 200,
            "positives": 7 + number, "confidence": 0.9, "target": "corpus",
            "reason": ("too few", "none", "")[number] if np.isnan(value) or (few and method == "gold") else "",
            "caution": ("few", "few", "odd")[number] if place == "" else "few" if place == "south" else "",
        }
        for level, place in (("corpus", ""), ("group", "south"), ("group", ""), ("case", "plot0"))
        for few in [place == "plot0"]
        for number, code in enumerate(codes[:3])
        for method, value in (
            ("naive", 0.3 - number / 10),
            ("corrected", nan if (place, number) == ("south", 2) else 0.25 - number / 10),
            ("gold", nan if (place, number) in {("south", 2), ("", 0)} else 0.2 + number / 10),
        )
    ]  # fmt: skip
    return filled(ESTIMATES, rows)


def estimate_screens(_: object) -> str:
    """Return what `fourp frequencies --corrected` shows of such estimates."""
    from types import SimpleNamespace

    from fourp_nlp.cli.frequencies import _estimates as screen
    from fourp_nlp.cli.screen.console import say, show

    codebook: Any = SimpleNamespace(names=NAMES)
    table = _estimates()
    adjusted = table[table["method"] == "naive"].assign(method="adjusted_count", reason="too few")
    table = pd.concat([table, adjusted], ignore_index=True)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for (level, place), part in table.groupby(["level", "place"], sort=False):
            for some in (
                part,
                part[part["code"] == "water"],
                part.assign(reason="none", caution="few"),
            ):
                counted = screen._is_counted(some)
                show(screen._screen(some, codebook, 0.9), screen._where(str(level), str(place)))
                show(screen._counts(some, codebook), f"counted: {counted}")
                corrected = some[some["method"] == "corrected"]
                for line in (
                    *screen._reasons(some, codebook),
                    *screen.caution_lines(corrected, codebook),
                ):
                    say(line)
        for census in (True, False):
            estimates: Any = SimpleNamespace(sample=SimpleNamespace(census=census))
            for target in ("corpus", "documents"):
                say(f"{census} {target} {screen._meaning(estimates, target)}")
    return out.getvalue()


def report_pages(_: object) -> str:
    """Return pages of studies: with all that a page can show, with little of it, with nothing."""
    from fourp_nlp import tables as t
    from fourp_nlp.reporting import ReportContents, render_html
    from fourp_nlp.study.measuring.agreement import pair_table
    from tests.filled import filled

    nan = float("nan")
    long = "Words of a meeting that are many. " * 30
    codes = CODES[:4]
    cases = [("plot0", "north"), ("plot1", "south"), ("plot2", "")]
    people = ("anna", "ben")
    machine = ("anna", "m@1")
    full = _agreement_in_full(
        {
            people: True,
            machine: True,
            ("anna", "ben", "cleo"): True,
            tuple("abcdefg"): True,
            ("anna", "x"): False,
        }
    )
    frequencies = pd.concat(
        [
            filled(
                t.FREQUENCIES,
                [
                    {
                        "code": code,
                        "case": case,
                        "group": group,
                        "count": (at * 5 + number * 1001 + shift) % 1700,
                    }
                    for at, (case, group) in enumerate(cases)
                    for number, code in enumerate(codes)
                    if (at + number + shift) % 5
                ],
                coder=coder,
                unit=unit,
            )
            for coder, unit, shift in (
                ("m@1", "occurrences", 1),
                ("anna", "occurrences", 0),
                ("ben", "segments", 3),
            )
        ]
    )
    level = ["code"] * 4 + ["overall"]
    figures = {
        name: [first + 0.1 * at for at in range(4)] + [nan if name.startswith("sl") else first]
        for name, first in (
            ("brier", 0.05), ("brier_low", 0.03), ("brier_high", 0.09), ("skill", 0.5), ("skill_low", 0.3),
            ("skill_high", 0.7), ("slope", 0.9), ("slope_low", 0.6), ("slope_high", 1.2), ("ece", 0.02),
            ("ece_if_calibrated", 0.015), ("prevalence", 0.1), ("mean_probability", 0.12), ("intercept", -0.1),
            ("intercept_low", -0.4), ("intercept_high", 0.2),
        )
    }  # fmt: skip
    calibration = filled(
        t.CALIBRATION,
        {
            "level": level, "code": [*codes, ""], "n": 1240, "positives": [40, 30, 20, 1, 91], **figures,
            "uncertain": [False, False, True, True, True], "reason": "no slope", "caution": ["", "few", "", "", "all"],
        },
    )  # fmt: skip
    mean = np.array([0.1, 0.4, 0.9] * 2)
    reliability = filled(
        t.RELIABILITY,
        {"code": [""] * 3 + ["water"] * 3, "mean_probability": mean, "share": mean + 0.05, "band_low": mean - 0.1,
         "band_high": mean + 0.12, "n": 40},
    )  # fmt: skip
    reconciliation = filled(
        t.RECONCILIATION,
        [
            {
                "document": f"d{number % 3}", "segment": number, "text": long if number == 5 else f"Text {number}.",
                "code": codes[number % 4], "probability": (number % 10) / 10, "settled": number % 3 == 0,
                "status": ("agreed", "machine_only", "human_only")[number % 5 % 3], "decided_by": "ben" * (number % 2),
            }
            for number in range(40)
        ],
    )  # fmt: skip
    confusions = filled(
        t.CONFUSIONS,
        [
            {
                "coder_a": one, "coder_b": other, "code": code, "taken_for": taken, "segments": count, "coded": 1200,
                "expected": count / 3, "example_1": long, "place_1": "d1, segment 4",
                "example_2": "Another." * (count % 2), "place_2": "d2, segment 0", "hint": f"Look {count}.",
            }
            for one, other, first in (("anna", "ben", 9), ("anna", "m@1", 12), ("ben", "cleo", 1))
            for number, (code, taken) in enumerate([("water", "seeds"), ("seeds", "keys"), ("keys", "rare")])
            for count in [max(first - 4 * number, 1)]
        ],
    )  # fmt: skip
    promises = filled(
        t.PROMISES,
        {
            "code": codes, "accepted_from": [0.5, 0.625, nan, nan], "accepted": [1200, 3, 0, 0],
            "lower": [0.81, 0.9, nan, nan], "found": [0.9, 0.35, nan, nan], "left": [4, 0, 11, 2],
            "below": [2.5, 0.4, nan, 1234.6], "reason": ["", "", "too few", "none"], "caution": ["", "few here", "", "x"],
        },
    )  # fmt: skip
    quotations = pd.DataFrame(
        [
            ("water", long, "d1", "plot0", "anna", nan, ""),
            ("water", "A can & a hose.", "d2", "", "m@1", 0.912, "can hose"),
            *[("seeds", f"Seeds {number}.", "d3", "plot1", "m@1", 0.5, "") for number in range(5)],
        ],
        columns=["code", "text", "document", "case", "coder", "probability", "words"],
    )
    documents = filled(
        t.DOCUMENTS,
        {"document": ["d1", "d2"], "case": ["plot0", ""], "group": ["north", ""], "kind": ["minutes", ""],
         "text": ["One two three.", "Word " * 1200]},
    )  # fmt: skip
    whole = ReportContents(
        title="Allotment & co",
        made="1 May 2020",
        notice="Invented.",
        facts=[("Documents", "2"), ("Unit", "sentence")],
        names=NAMES
        | {"garden": "The garden", "plot0": "Plot nought", "ben": "Ben B.", "north": "The north"},
        themes=[("garden", codes[:3]), ("", codes[3:])],
        cases=cases,
        documents=documents,
        skipped=filled(t.SKIPPED, {"path": ["torn.docx"], "reason": ["It is torn."]}),
        suggestions=filled(t.SUGGESTIONS, {"code": ["water"], "model": ["m@1"]}),
        reconciliation=reconciliation,
        agreement=pair_table(full),
        agreement_full=full,
        thresholds=(0.4, 0.8),
        frequencies=frequencies,
        confusions=confusions,
        calibration=calibration,
        reliability=reliability,
        histogram=filled(t.HISTOGRAM, {"low": [0.0, 0.5], "high": [0.5, 1.0], "n": [90, 4]}),
        diagrams=("water",),
        promises=promises,
        promised="A precision of 0.8 is guaranteed.",
        estimates=_estimates(),
        estimate_notes=["The sample: 200 segments."],
        quotations=quotations,
        model_card={"Encoder": "mini", "Seeds": [1, 2]},
        warnings=["Mind the gap."],
        quotations_shown=3,
        code_noun="indicator",
    )
    little = replace(
        whole,
        notice="",
        themes=[("", codes)],
        cases=[(case, "") for case, _ in cases],
        agreement_full=full.iloc[:0],
        agreement=pair_table(full[full["coder_b"] != "ben"]),
        thresholds=(),
        frequencies=frequencies[frequencies["coder"] == "ben"],
        reliability=reliability.iloc[:0],
        promises=promises.iloc[:0],
        promised="",
        estimates=whole.estimates.iloc[:0],
        estimate_notes=["Nothing was drawn."],
        model_card=[("Encoder", "mini")],
        confusions=confusions.iloc[:0],
        quotations=quotations.iloc[:1],
        code_noun="code",
        machines=("x",),
    )
    nothing = ReportContents(title="Nothing", made="2 May 2020")
    pages = {"whole": whole, "little": little, "nothing": nothing}
    return "\n".join(
        f"==== {name}\n{page_elements(render_html(each))}" for name, each in pages.items()
    )
