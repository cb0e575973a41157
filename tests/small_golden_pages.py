"""Pages and tables of the small golden run, made by the library from tables written here by hand."""

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

    rows: list[dict[str, Any]] = [
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
    from fourp_nlp.agreement.two_coders import pair_table
    from fourp_nlp.cli.agreement._agreement import AgreementOptions
    from fourp_nlp.cli.agreement._agreement_screen import agreement_tables
    from fourp_nlp.cli.screen.console import show
    from fourp_nlp.cli.screen.tables import agreement_screen

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
    screens: list[Any] = []
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
    from fourp_nlp.agreement.two_coders import pair_table
    from fourp_nlp.reporting import ReportContents, render_html
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
