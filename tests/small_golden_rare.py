"""Texts of the small golden run about what is rare, made by the library from facts written here by hand."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.small_golden_texts import CODES, NAMES

if TYPE_CHECKING:
    from pathlib import Path


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
    given: dict[str, Any] = {
        "gold": gold,
        "inclusion": chance,
        "labels": labels,
        "draws": ["d1", "d2"],
    } | more
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
    classifier: Any = SimpleNamespace(
        learned_=np.array([True, True, True, True, False]),
        constant_=np.array([np.nan] * 5),
        thresholds_=np.array([0.5, 0.4, 0.45, 0.5, 0.5]),
    )
    known = SimpleNamespace(
        read=read, documents=documents, probabilities=probability, labels=labels & read
    )
    model: Any = SimpleNamespace(
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
                unlike=unlike,
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
                        requested=asked,
                    )
                except ModelError as error:
                    why = f"Error: {error}"
                lines.append(f"{zero_shot} {of_study} {unit} {len(evidence)} {asked}: {why}")
    model.zero_shot = False
    lines.append(
        str(
            g.apply_guarantee(
                suggestions, suggestions["document"], model, g.PrecisionTarget(0.8, 0.9, asked=False),
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
