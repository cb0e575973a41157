"""The report's page shows every number, carries no code of others, and needs no other file."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.agreement import agreement_table
from fourp_nlp.machine.calibration import (
    calibration_table,
    probability_histogram,
    reliability_points,
)
from fourp_nlp.reporting import (
    ReportContents,
    reliability_chart,
    render_html,
    svg_file,
    write_html,
)
from fourp_nlp.tables import CONFUSIONS, FREQUENCIES, PROMISES, RECONCILIATION, SKIPPED

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
        "frequencies": pd.concat(
            [
                frequencies("anna", 11),
                frequencies("robot@1", 31),
            ]
        ),
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


def test_cases_read_in_part_have_an_asterisk_in_chart_and_table_and_a_line_says_how_much():
    partly = pd.DataFrame({"coder": ["anna"], "case": ["Mill"], "read": [12], "segments": [1060]})
    page = render_html(contents(read_in_part=partly))
    people, machine = page.split("suggested by the machine, robot@1", 1)
    assert people.count(">Mill\N{NO-BREAK SPACE}*</th>") == 2
    assert people.count("* read in part: Mill 12 of 1,060 segments") == 2
    assert {"Weir", "Mill *", "Ford"} <= set(text_of(people))
    assert "Mill *" not in machine.partition('id="groups"')[0]
    described = " ".join(re.findall(r"<desc[^>]*>(.*?)</desc>", people, flags=re.DOTALL))
    assert "Weir 11, Mill * 12, Ford 13" in described
    assert "1 case was read in part (12 of 1,060 segments)" in people
    assert "read in part" not in render_html(contents())


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


def judged(*codes: str) -> dict[str, object]:
    """Return the frames that judge the machine, of made-up probabilities."""
    random = np.random.default_rng(0)
    said = random.beta(0.4, 1.2, (200, len(codes)))
    seen = random.random(said.shape) < said
    points = [reliability_points(said.ravel(), seen.ravel()).assign(code="")]
    points += [
        reliability_points(said[:, n], seen[:, n]).assign(code=code) for n, code in enumerate(codes)
    ]
    documents = [f"d{n // 40}" for n in range(200)]
    return {
        "calibration": calibration_table(said, seen, codes, documents, resamples=50),
        "reliability": pd.concat(points),
        "histogram": probability_histogram(said.ravel(), seen.ravel()),
        "diagrams": codes,
    }


def hostile_contents() -> ReportContents:
    rows = {
        "document": [HOSTILE], "segment": [0], "start": [0], "end": [9], "text": [HOSTILE], "code": ["flood"],
        "theme": ["water"], "gold": [True], "machine": [False], "probability": [float("nan")],
        "status": ["human_only"], "settled": [True], "decided_by": [HOSTILE],
    }  # fmt: skip
    quotations = pd.DataFrame(
        {"code": ["flood"], "text": [HOSTILE], "document": [HOSTILE], "case": [HOSTILE], "coder": [HOSTILE],
         "probability": [0.5], "words": ["script; alert; <b>"]}
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
        confusions=pd.DataFrame(
            [
                [
                    HOSTILE,
                    HOSTILE,
                    "flood",
                    HOSTILE,
                    2,
                    3,
                    0.5,
                    4.0,
                    HOSTILE,
                    HOSTILE,
                    HOSTILE,
                    HOSTILE,
                    HOSTILE,
                ]
            ],
            columns=CONFUSIONS.names,
        ),
        **judged("flood", HOSTILE),
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


def test_of_very_many_codes_a_chart_draws_the_commonest_and_the_table_has_all():
    codes = [f"code_{number:02}" for number in range(45)]
    rows = [
        [code, "", case, "", group, "occurrences", "anna", 10 + (17 * number) % 45]
        for number, code in enumerate(codes)
        for case, group in CASES
    ]
    table = pd.DataFrame(rows, columns=FREQUENCIES.names)
    page = render_html(contents(themes=[("", codes)], frequencies=table, machines=[], names={}))
    drawn = " ".join(re.findall(r"<desc[^>]*>(.*?)</desc>", page, flags=re.DOTALL))
    commonest = {code for code in codes if 10 + (17 * codes.index(code)) % 45 >= 25}
    assert set(re.findall(r"code_\d\d", drawn)) == commonest
    assert "the 30 commonest of 45 codes" in page
    assert all(f">{code}</th>" in page for code in codes)
    few = render_html(contents(themes=[("", codes[:30])], frequencies=table, machines=[], names={}))
    assert "commonest of" not in few


def test_the_page_says_how_right_probabilities_are_in_a_table_and_in_words_beside_the_diagram():
    frames = judged("flood", "erosion")
    page = render_html(contents(**frames))
    words = re.search(r'<desc id="reliability-desc">(.*?)</desc>', page, flags=re.DOTALL)[1]
    points = frames["reliability"]
    for row in points.to_dict("records"):
        assert f"mean probability {row['mean_probability']:.2f}, coded" in words
    assert "Flood: mean" in words
    table = page[page.index("Calibration: are its probabilities right?") :]
    for row in frames["calibration"].to_dict("records"):
        assert f"{row['brier']:.3f}<small>{row['brier_low']:.3f} to" in table
        assert f"<td>{row['ece']:.3f}</td>" in table


def test_a_machine_that_is_far_too_sure_is_said_to_be_outside_the_band():
    said = np.repeat([0.1, 0.9], 200)
    seen = np.tile([True, False], 200)
    points = reliability_points(said, seen).assign(code="")
    histogram = probability_histogram(said, seen)
    svg = reliability_chart(points, histogram, title="x", names={})
    words = re.search(r"<desc[^>]*>(.*?)</desc>", svg, flags=re.DOTALL)[1]
    assert words.count("(outside the band)") == 2
    assert "0.10 to 0.15: 200" in words


def test_codes_confused_once_are_not_shown_and_the_machine_comes_first():
    rows = [
        ["anna", "bruno", "flood", "erosion", 2, 9, 0.5, 4.0, "one", "d, segment 1", "two", "d, segment 2", "mend it"],
        ["anna", "robot@1", "flood", "drought", 3, 9, 0.5, 6.0, "six", "d, segment 6", "", "", "mend that"],
        ["anna", "robot@1", "drought", "flood", 1, 9, 0.5, 2.0, "nine", "d, segment 9", "", "", "no hurry"],
    ]  # fmt: skip
    page = render_html(contents(confusions=pd.DataFrame(rows, columns=CONFUSIONS.names)))
    section = page[
        page.index('<section id="confused">') : page.index('<section id="reconciliation">')
    ]
    assert section.index("mend that") < section.index("mend it")
    assert "no hurry" not in section
    assert section.count("<blockquote>") == 3
    assert "No two codes" in render_html(contents())


def test_a_diagram_as_a_file_is_whole_and_the_same_every_time():
    frames = judged("flood")
    made = [
        svg_file(
            reliability_chart(
                frames["reliability"], frames["histogram"], title=HOSTILE, names={"flood": HOSTILE}, codes=["flood"],
            )
        )
        for _ in range(2)
    ]  # fmt: skip
    assert made[0] == made[1]
    from lxml import etree

    root = etree.fromstring(made[0].encode())
    assert root.tag.endswith("svg")
    tags = {etree.QName(element).localname for element in root.iter(etree.Element)}
    assert not tags & {"script", "img", "image", "foreignObject"}


def quotations(text: str, words: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"code": ["flood"], "text": [text], "document": ["a.txt"], "case": ["Weir"], "coder": ["robot@1"],
         "probability": [0.5], "words": [words]}
    )  # fmt: skip


def test_the_words_that_carried_a_suggestion_are_marked_whole_and_in_any_case():
    page = render_html(contents(quotations=quotations("Rain, raining: RAIN (a+b).", "rain; a+b")))
    assert "<p><mark>Rain</mark>, raining: <mark>RAIN</mark> (<mark>a+b</mark>).</p>" in page


def test_marked_words_cannot_bring_in_markup():
    page = render_html(contents(quotations=quotations("x <b>bold</b> y", "b; <b>; bold")))
    assert "&lt;<mark>b</mark>&gt;<mark>bold</mark>&lt;/<mark>b</mark>&gt;" in page


def test_a_codes_heading_counts_all_codings_and_not_only_those_shown():
    counts = pd.DataFrame({"code": ["flood", "drought", "flood"], "coder": ["robot@1", "anna", "anna"], "count": [1043, 2, 22]})  # fmt: skip
    page = render_html(contents(quotations=quotations("Rain.", ""), quotation_counts=counts))
    assert "<summary>Flood (anna 22, the machine 1,043; 1 shown)</summary>" in page
    assert "<summary>Drought (anna 2, the machine 0; 0 shown)</summary>" in page
    page = render_html(contents(quotations=quotations("Rain.", "")))
    assert "<summary>Flood (the machine 1)</summary>" in page


def test_a_rejected_suggestion_looks_different_and_says_who_rejected_it():
    both = pd.concat(
        [quotations("Rain.", ""), quotations("Snow.", "").assign(decision=f"rejected by {HOSTILE}")]
    )
    page = render_html(contents(quotations=both.fillna({"decision": ""})))
    kept, rejected = re.findall(r"<blockquote class=\"(.*?)\">.*?<footer>(.*?)</footer>", page)
    assert kept[0] == "machine"
    assert "rejected" not in kept[1]
    assert rejected[0] == "machine rejected"
    assert "<strong>rejected by &lt;script&gt;" in rejected[1]


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


@pytest.mark.parametrize(("word", "noun"), [("indicator", "Indicator"), ("code", "Code")])
def test_a_code_is_called_what_its_codebook_calls_it(word, noun):
    page = render_html(contents(code_noun=word))
    assert f'<th scope="col">{noun}</th>' in page
    assert ("indicator" in page.casefold()) == (word == "indicator")
