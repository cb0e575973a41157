"""The page about scored sites: safe, capped, and honest about what is not there."""

import re

import numpy as np
import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from fourp_nlp.batch import draw_scored, import_scored_sheet, report_scored
from fourp_nlp.reporting import safe_link
from fourp_nlp.reporting._heat_map import STEPS, heat_bounds, heat_step, legend
from tests.scored_shards import all_segments, fill_in, write_scores


def page_of(folder, **options):
    return report_scored(folder, **options).read_text(encoding="utf-8")


def test_texts_and_addresses_of_strangers_do_nothing_on_the_page(tmp_path):
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    folder = write_scores(
        tmp_path / "s", {"a": [30], "b": [30]}, words=bad, urls="javascript:alert('{site}{page}')"
    )
    page = page_of(folder)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"href=[\"']?javascript", page, re.IGNORECASE)
    assert {url.partition(":")[0] for url in re.findall(r'href="([^#"][^"]*)"', page)} <= {"https"}


def test_an_address_that_closes_its_attribute_stays_inside_it(tmp_path):
    folder = write_scores(
        tmp_path / "s", {"a": [40]}, urls="https://e.example/\"onmouseover='alert(1)'/{page}"
    )
    page = page_of(folder)
    assert 'href="https://e.example/&#34;onmouseover=&#39;alert(1)&#39;/0"' in page
    assert '"onmouseover' not in page


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://e.example/",
        "//e.example/",
        "http://",
        "http://[",
        "",
    ],
)
def test_only_addresses_of_the_web_become_links(url):
    assert safe_link(url) == ""


def test_addresses_of_the_web_become_links():
    assert safe_link("https://e.example/a?b=1#c") == "https://e.example/a?b=1#c"
    assert safe_link("http://127.0.1.1:8040/") == "http://127.0.1.1:8040/"


def test_the_page_refers_to_nothing_but_pages_that_are_quoted(tmp_path):
    page = page_of(write_scores(tmp_path / "s", {"a": [30], "b": [9, 20]}))
    assert not re.search(r"<(?:script|link|iframe|img|object|embed|form)\b", page)
    assert "url(" not in page
    assert "src=" not in page
    for url in re.findall(r'href="([^#"][^"]*)"', page):
        assert re.fullmatch(r"https://(a|b)\.example/\d", url)


def test_every_link_within_the_page_leads_somewhere(tmp_path):
    page = page_of(write_scores(tmp_path / "s", {"a": [30], "b": [9, 20]}))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_of_very_many_sites_those_with_most_are_shown_and_it_is_said(tmp_path):
    sizes = {f"s{number:03d}": [3 + 20 * (number < 5)] for number in range(60)}
    folder = write_scores(tmp_path / "s", sizes)
    page = page_of(folder, most=5)
    assert "Of 60 sites, the 5 with the highest counts are in the heat map" in page
    heat = page[page.index('<table class="heat">') : page.index('<section id="groups">')]
    assert set(re.findall(r"s\d{3}", heat)) == {f"s00{number}" for number in range(5)}
    total = all_segments(folder)["words"].sum()
    assert f"({60:,} pages, {total:,} words)" in page


def test_a_site_without_text_is_hatched_and_no_nought(tmp_path):
    page = page_of(write_scores(tmp_path / "s", {"a": [30], "silent": [0, 0]}))
    row = re.search(r"<th scope=\"row\">silent</th>.*?</tr>", page, re.DOTALL)[0]
    assert row.count('class="cell none"') == 2
    assert "h0" not in row
    assert "no page was left: 2 without text" in page
    assert "Of 1 site nothing could be read" in page


def test_estimates_stand_beside_the_machines_count_or_the_reason_does(tmp_path):
    folder = write_scores(
        tmp_path / "s", {"a": [150], "b": [150]}, groups={"a": "north", "b": "south"}
    )
    assert "no random sample of these segments has been coded" in page_of(folder)
    draw = draw_scored(folder, count=120, coder="anna", seed=1)
    import_scored_sheet(folder, fill_in(draw.files[0], but=2))
    assert "2 of 120 not coded" in page_of(folder)
    import_scored_sheet(folder, fill_in(draw.files[0]))
    page = page_of(folder)
    assert page.count("Human sample</th>") == 3
    assert "120 of 300 scored segments" in page


def test_steps_are_equal_and_round_and_double_where_a_few_stand_out():
    even = heat_bounds(np.linspace(0.1, 10, 200))
    assert even == [1.5, 3.0, 4.5, 6.0, 7.5]
    skewed = heat_bounds([0.5] * 90 + [64.0] * 10)
    assert skewed == [4.0, 8.0, 16.0, 32.0, 64.0]
    assert len(heat_bounds([0.0, float("nan")])) == STEPS - 1


def test_a_colour_is_darker_for_a_higher_rate_and_nought_has_its_own():
    bounds = heat_bounds([1.0, 2.0, 3.0, 4.0])
    steps = [heat_step(rate, bounds) for rate in (0.0, 1e-9, 1.0, 2.0, 3.0, 99.0)]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[1] == 1
    assert steps[-1] == STEPS
    assert heat_step(float("nan"), bounds) == -1
    assert [step for step, _ in legend(bounds)] == list(range(STEPS + 1))


def test_colours_keep_their_numbers_readable_and_grow_darker(tmp_path):
    page = page_of(write_scores(tmp_path / "s", {"a": [30]}))
    colours = re.findall(r"\.h(\d) \{ background: #(\w{6}); color: #(\w{6})", page)
    assert [int(step) for step, _, _ in colours] == list(range(STEPS + 1))

    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lights = [light(ground) for _, ground, _ in colours]
    assert lights == sorted(lights, reverse=True)
    for _, ground, ink in colours:
        darker, lighter = sorted((light(ground), light(ink)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5  # WCAG 2, level AA
