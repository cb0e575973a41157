"""The report's page shows every number, carries no code of others, and needs no other file."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from fourp_nlp.agreement import agreement_table
from fourp_nlp.report import ReportContents, render_html, write_html
from fourp_nlp.tables import FREQUENCIES, PROMISES, RECONCILIATION, SKIPPED

HOSTILE = '<script>alert("x")</script><img src=http://evil.example/a onerror=alert(1)>'
CASES = [("Weir", "north"), ("Mill", "north"), ("Ford", "south")]
THEMES = [("water", ["flood", "drought"]), ("land", ["erosion"])]


def frequencies(coder: str, first: int) -> pd.DataFrame:
    number = first
    rows = []
    for theme, codes in THEMES:
        for code in codes:
            for case, group in CASES:
                rows.append([code, theme, case, "", group, "occurrences", coder, number])
                number += 1
    return pd.DataFrame(rows, columns=FREQUENCIES.names)


def contents(**changes: object) -> ReportContents:
    given: dict = {
        "title": "Rivers",
        "made": "2026-01-01 12:00",
        "facts": [("Documents", "3")],
        "names": {
            "flood": "Flood",
            "drought": "Drought",
            "erosion": "Erosion",
            "water": "Water",
            "land": "Land",
        },
        "themes": THEMES,
        "cases": CASES,
        "frequencies": pd.concat([frequencies("anna", 11), frequencies("robot@1", 31)]),
        "machines": ["robot@1"],
    }
    return ReportContents(**(given | changes))


def text_of(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_every_count_stands_in_a_table_and_in_words_beside_its_chart():
    page = render_html(contents())
    cells = re.findall(r"<td>(\d+)</td>", page)
    descriptions = " ".join(re.findall(r"<desc[^>]*>(.*?)</desc>", page, flags=re.DOTALL))
    for count in [*range(11, 20), *range(31, 40)]:
        assert str(count) in cells
        assert re.search(rf"\b{count}\b", descriptions)


def test_totals_add_up():
    page = render_html(contents())
    assert ["Total", "25", "27", "29", "81"] in [
        re.findall(r">([^<>]+)</t[hd]>", row)
        for row in re.findall(r'<tr class="total">.*?</tr>', page)
    ]


def test_the_machines_counts_are_marked_as_uncorrected_and_come_after_peoples():
    page = render_html(contents())
    assert page.index("counted by anna") < page.index(
        "suggested by the machine, robot@1, not corrected"
    )


def test_groups_are_compared_only_if_there_are_two():
    assert "north (2 cases)" in render_html(contents())
    one = [(case, "") for case, _ in CASES]
    assert "not two groups" in render_html(contents(cases=one))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def hostile_contents() -> ReportContents:
    rows = {
        "document": [HOSTILE], "segment": [0], "start": [0], "end": [9], "text": [HOSTILE], "code": ["flood"],
        "theme": ["water"], "gold": [True], "machine": [False], "probability": [float("nan")],
        "status": ["human_only"], "settled": [True], "decided_by": [HOSTILE],
    }  # fmt: skip
    quotations = pd.DataFrame(
        {"code": ["flood"], "text": [HOSTILE], "document": [HOSTILE], "case": [HOSTILE], "coder": [HOSTILE],
         "probability": [0.5]}
    )  # fmt: skip
    return contents(
        title=HOSTILE,
        notice=HOSTILE,
        facts=[(HOSTILE, HOSTILE)],
        names={"flood": HOSTILE, "water": HOSTILE, "Weir": HOSTILE},
        frequencies=frequencies(HOSTILE, 1),
        reconciliation=pd.DataFrame(rows, columns=RECONCILIATION.names),
        quotations=quotations,
        skipped=pd.DataFrame([[HOSTILE, HOSTILE]], columns=SKIPPED.names),
        warnings=[HOSTILE],
        model_card=[(HOSTILE, HOSTILE)],
    )


@pytest.mark.parametrize("made", [contents, hostile_contents])
def test_no_script_no_handler_and_no_reference_to_another_file(made):
    tags = Tags()
    tags.feed(render_html(made()))
    for tag, attributes in tags.found:
        assert tag not in {"script", "img", "iframe", "object", "embed", "link", "base", "form"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")


def test_what_is_undefined_is_a_dash_with_its_reason():
    none = [[False, True, False]] * 4
    table = agreement_table(
        none, none, ["flood", "drought", "erosion"], ["water", "water", "land"], ["d"] * 4,
        coder_a="anna", coder_b="bruno", resamples=0,
    )  # fmt: skip
    page = render_html(contents(agreement=table))
    assert "neither coder used the code" in page
    assert "<sup>" in page
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


def test_a_report_of_nothing_is_still_a_page():
    page = render_html(ReportContents(title="Empty", made="now"))
    for said in (
        "Nothing was counted",
        "no two coders",
        "nothing to reconcile",
        "No document was skipped",
    ):
        assert said in page


def test_the_notice_stands_at_the_top_and_at_the_bottom():
    page = render_html(contents(notice="All of it is fiction."))
    assert page.count("All of it is fiction.") == 2


def test_the_same_results_give_the_same_bytes(tmp_path):
    one, two = (write_html(contents(), tmp_path / f"{name}.html") for name in "ab")
    assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_a_codebook_of_one_level_gets_one_chart():
    flat = [("", ["flood", "drought", "erosion"])]
    table = frequencies("anna", 1).assign(theme="")
    page = render_html(contents(themes=flat, frequencies=table))
    assert "All codes" in page


def test_what_was_promised_stands_on_the_page_with_what_is_left_and_why_not():
    rows = [
        ["flood", "water", 0.62, 41, 0.913, 44, 46, 0.55, 17, 12.4, ""],
        [
            "drought",
            "water",
            float("nan"),
            0,
            float("nan"),
            3,
            9,
            float("nan"),
            8,
            float("nan"),
            HOSTILE,
        ],
    ]
    promises = pd.DataFrame(rows, columns=PROMISES.names)
    page = render_html(contents(promises=promises, promised=f"Promised: {HOSTILE}"))
    section = page[page.index('<section id="promise">') :]
    section = section[: section.index("</section>")]
    cells = re.findall(r"<td>([^<]*)</td>", section)
    assert cells[:6] == ["0.62", "41", "0.91", "55.0%", "17", "12"]
    assert cells[6:] == ["–", "0", "–", "–", "8", "–"]
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;") >= 2
    assert 'href="#promise"' in page
    assert "promise" not in render_html(contents()).partition("<body>")[2]
