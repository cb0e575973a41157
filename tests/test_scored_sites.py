"""From the archived pages of four sites to tables, a blind sample, corrected estimates and the report."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

from fourp_nlp.batch import score_places
from fourp_nlp.cli import app
from fourp_nlp.machine.shipped_model import shipped_model
from tests.scored_shards import fill_in
from tests.warc_files import write_warc
from tests.website_server import group_of, site_name

NUMBERS = (1, 2, 3, 12)
PLACES = ["/", "/about", "/work", "/news/1", "/news/2", "/news/3", "/news/4"]
# What the coder of these tests gives: a rule that anybody can count.
RULE = {
    "policing": "constable",
    "prosecution": "hearing",
    "victim_services": "clinic",
}


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """Four archived sites; of one there is a page alone that a script would write."""
    folder = tmp_path_factory.mktemp("archived")
    for number in NUMBERS:
        places = ["/script"] if number == 12 else PLACES
        write_warc(folder / f"site_{number:02d}.warc.gz", [(number, place) for place in places])
    return folder


@pytest.fixture(scope="module")
def scored(archived, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scored") / "scored"
    sites = pd.DataFrame(
        {
            "site": [f"site_{n:02d}" for n in NUMBERS],
            "name": [site_name(n) for n in NUMBERS],
            "group": [group_of(n) for n in NUMBERS],
            "urls": [f"http://127.0.1.{n}:8040/" for n in NUMBERS],
        }
    )
    made = score_places([archived], folder, shipped_model(), sites=sites, workers=1)
    assert not made.failed
    return folder


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result.output


def segments_of(folder):
    parts = [pd.read_parquet(path) for path in sorted((folder / "segments").glob("*.parquet"))]
    return pd.concat(parts, ignore_index=True)


def codes_of(folder):
    return json.loads((folder / "scored.json").read_text())["codes"]


def rule_for(folder):
    codes = codes_of(folder)
    words = dict(zip(codes, RULE.values(), strict=False))
    return {code: words[code] for code in list(words)}


def test_sites_and_groups_are_counted_and_a_silent_site_is_no_nought(scored):
    shown = run("frequencies", "--scored", scored)
    assert site_name(1) in shown
    assert "1 site(s) have no page with text" in shown
    table = pd.read_csv(scored / "frequencies_by_site.csv", encoding="utf-8-sig")
    assert set(table["site"]) == {"site_01", "site_02", "site_03"}
    segments = segments_of(scored)
    run("frequencies", "--scored", scored, "--unit", "segments", "--by", "group")
    groups = pd.read_csv(scored / "frequencies_by_group.csv", encoding="utf-8-sig")
    for row in groups.to_dict("records"):
        own = segments[segments["group"] == row["group"]]
        assert row["count"] == own[f"s_{row['code']}"].sum()


def test_rates_are_shown_and_the_file_has_both(scored):
    lines = run("frequencies", "--scored", scored, "--per-page", "--json").splitlines()
    first = json.loads(lines[0])
    assert first["per_page"] == pytest.approx(first["count"] / first["pages"])
    assert "for a thousand words" in run("frequencies", "--scored", scored, "--per-1000-words")


def test_a_blind_sample_corrects_the_counts(scored):
    rule = rule_for(scored)
    run("next", 150, "--scored", scored, "--coder", "anna", "--seed", 7)
    (sheet,) = scored.glob("next_d1-*.csv")
    drawn = pd.read_csv(sheet, dtype=str, keep_default_na=False)
    assert drawn["page address"].str.startswith("http://127.0.1.").all()
    filled = fill_in(sheet, rule=lambda text: {c: word in text for c, word in rule.items()})
    told = run("next", "--scored", scored, "--take-in", filled)
    assert "anna read 150 segments" in told
    run("frequencies", "--scored", scored, "--corrected", "--confidence", 0.99)
    table = pd.read_csv(scored / "estimates.csv", encoding="utf-8-sig")
    segments = segments_of(scored)
    held = table[(table["method"] == "corrected") & table["code"].isin(rule)]
    assert set(held["level"]) == {"corpus", "group", "site"}
    seen = 0
    for row in held[held["value"].notna()].to_dict("records"):
        here = segments
        if row["level"] != "corpus":
            here = segments[segments[row["level"]] == row["place"]]
        true = here["text"].str.contains(rule[row["code"]]).sum()
        assert row["count_low"] <= true <= row["count_high"]
        seen += 1
    assert seen >= 3 * len(rule)


def test_the_report_has_the_quotations_with_their_links_and_records(scored, archived):
    run("report", "--scored", scored, "--collected", archived)
    page = (scored / "report.html").read_text(encoding="utf-8")
    segments = segments_of(scored)
    pages = pd.concat(
        [pd.read_parquet(path) for path in (scored / "pages").glob("*.parquet")]
    ).set_index("document")
    plain = re.sub(r"\s+", " ", page.replace("&#39;", "'"))
    found = 0
    for code in codes_of(scored):
        for site in ("site_01", "site_02", "site_03"):
            own = segments[(segments["site"] == site) & segments[f"s_{code}"]]
            if own.empty:
                continue
            best = own.loc[own[f"p_{code}"].idxmax()]
            assert best["text"] in plain
            told = pages.loc[best["document"]]
            assert f'href="{told["url"]}"' in page
            assert told["record_id"].strip("<>") in page
            assert f"fetched {told['fetched_at'][:10]}" in page
            found += 1
    assert found >= 3
    assert site_name(12) in page
    assert "no page was left: 1 without text" in page
    assert "<script" not in page


def test_a_heat_cell_has_the_rate_and_the_count_of_the_table(scored):
    run("frequencies", "--scored", scored)
    run("report", "--scored", scored)
    table = pd.read_csv(scored / "frequencies_by_site.csv", encoding="utf-8-sig")
    page = (scored / "report.html").read_text(encoding="utf-8")
    heat = page[page.index('<table class="heat">') : page.index('<section id="groups">')]
    for site in ("site_01", "site_02", "site_03"):
        name = site_name(int(site[-2:]))
        (row,) = re.findall(rf"<tr><th scope=\"row\">(?:<a[^>]*>)?{name}.*?</tr>", heat, re.DOTALL)
        cells = re.findall(r"<td class=\"cell[^>]*>(.*?)</td>", row, re.DOTALL)
        shown = [tuple(re.findall(r"[\d.]+", re.sub(r"<a[^>]*>", "", cell))) for cell in cells]
        own = table[table["site"] == site].set_index("code")
        wanted = {
            (f"{rate:.1f}", str(count))
            for rate, count in zip(own["per_1000_words"], own["count"], strict=True)
        }
        assert set(shown) == wanted
        assert len(shown) == len(own)
    assert np.isclose(table["per_1000_words"], table["count"] * 1000 / table["words"]).all()


def test_options_that_do_not_go_together_are_refused(scored, tmp_path):
    run("frequencies", "--scored", scored, "--cooccurrence", code=2)
    run("frequencies", "--scored", scored, "--coder", "anna", code=2)
    run("frequencies", "--by", "site", code=2)
    run("next", "--scored", scored, "--by", "mixed", code=2)
    run("next", "--scored", scored, "--stratify", "document", code=2)
    run("report", "--scored", scored, "--methods", code=2)
    run("report", "--collected", scored, code=2)
