"""The page of scored pages: numbers of the command, their passages, searches, draws that leak nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import httpx
import pandas as pd
import pytest

pytest.importorskip("starlette")
pytest.importorskip("duckdb")

from fourp_nlp.batch import (
    count_scored,
    draw_scored,
    estimate_scored,
    import_scored_sheet,
    open_rows,
)
from fourp_nlp.batch.results.passages import (
    PassageFilters,
    count_passages,
    scored_passages,
    waiting_of_scored,
)
from fourp_nlp.errors import FourpError
from fourp_nlp.review.application import STATIC, render_template
from fourp_nlp.review.guard import Keys
from fourp_nlp.review.pages.scored_pages import make_scored_application
from tests.scored_shards import CODES, all_segments, fill_in, write_scores

HOST = "127.0.0.1:4321"
SIZES = {"north": [40, 30, 0], "south": [50], "east": [20, 5]}
GROUPS = {"north": "a", "south": "b", "east": "a"}


@pytest.fixture
def folder(tmp_path):
    return write_scores(tmp_path / "scored", SIZES, groups=GROUPS)


class Browser:
    """Asks as the page's script does, until what takes long is there."""

    def __init__(self, folder, *, known=True):
        keys = Keys()
        app = make_scored_application(
            folder, None, keys, frozenset({HOST}), render=render_template, static=STATIC
        )
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}", follow_redirects=True
        )
        if known:
            assert self.get(f"/?token={keys.token}").status_code == 200

    def get(self, address, **headers):
        while True:
            answer = asyncio.run(self._client.get(address, headers=headers))
            if '"working"' not in answer.text:
                return answer

    def told(self, address):
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.mark.parametrize("by", ["site", "group"])
@pytest.mark.parametrize("unit", ["occurrences", "segments", "pages"])
def test_each_count_is_that_of_the_command_and_has_as_many_passages(folder, by, unit):
    browser = Browser(folder)
    table = browser.told(f"/api/scored/counts?by={by}&unit={unit}")
    expected = count_scored(folder, by=by, unit=unit)
    assert len(table["rows"]) == expected[by].nunique()
    for row in table["rows"]:
        for code, count in zip(CODES, row["counts"], strict=True):
            of_command = expected[(expected[by] == row["id"]) & (expected["code"] == code)]
            assert of_command["count"].tolist() == [count]
            found = browser.told(f"/api/scored/passages?code={code}&unit={unit}&{by}={row['id']}")
            assert found["count"] == len(found["passages"]) == count
            assert {each[by] for each in found["passages"]} <= {row["id"]}
            chances = [each["probability"] for each in found["passages"]]
            assert chances == sorted(chances, reverse=True)
    for code, total in zip(CODES, table["totals"], strict=True):
        assert browser.told(f"/api/scored/passages?code={code}&unit={unit}")["count"] == total > 2


def test_an_occurrence_has_the_text_of_all_its_segments_and_says_where_it_is_from(folder):
    segments = all_segments(folder)
    filters = PassageFilters(code="care", unit="occurrences")
    found = scored_passages(open_rows(folder), filters, 0, 500)
    longer = [each for each in found if each["segments"] > 1]
    assert longer
    for each in longer:
        shard, _, document = each["document"].partition("/")
        rows = segments[(segments["shard"] == shard) & (segments["document"] == document)]
        last = each["segment"] + each["segments"]
        run = rows[(rows["segment"] >= each["segment"]) & (rows["segment"] < last)]
        assert each["text"] == " ".join(run["text"])
        assert run["s_care"].all()
        around = rows[rows["segment"].isin([each["segment"] - 1, last])]["text"].tolist()
        assert [text for text in (each["before"], each["after"]) if text] == around
        assert each["url"].startswith("https://")
        assert each["warc"].endswith(".warc.gz")


def test_searches_by_text_probability_and_site_find_what_they_say(folder):
    segments = all_segments(folder)
    cases = [
        (PassageFilters(text="SOUTH 0 4"), segments["text"].str.contains("south 0 4", case=False)),
        (
            PassageFilters(code="law", low=0.3, high=0.6, suggested=False),
            segments["p_law"].between(0.3, 0.6),
        ),
        (PassageFilters(code="law", low=0.9), segments["s_law"] & (segments["p_law"] >= 0.9)),
        (
            PassageFilters(code="care", site="east", text="<care>"),
            segments["s_care"]
            & (segments["site"] == "east")
            & segments["text"].str.contains("<care>"),
        ),
        (
            PassageFilters(text="100% '; DROP TABLE pages; --_"),
            segments["text"].str.contains("DROP"),
        ),
        (PassageFilters(site="nowhere' OR 1=1 --"), segments["site"] == "x"),
        (PassageFilters(site="north"), segments["site"] == "north"),
    ]
    scored = open_rows(folder)
    for filters, expected in cases:
        texts = [each["text"] for each in scored_passages(scored, filters, 0, 1000)]
        assert sorted(texts) == sorted(segments.loc[expected, "text"])
        assert count_passages(folder, filters) == expected.sum()


def test_passages_come_page_by_page_each_once(folder):
    scored, filters = open_rows(folder), PassageFilters(code="care", unit="occurrences")
    count = count_passages(folder, filters)
    places = []
    for first in range(0, count + 7, 7):
        places += [
            (each["document"], each["segment"])
            for each in scored_passages(scored, filters, first, 7)
        ]
    assert len(places) == len(set(places)) == count


def test_segments_of_a_draw_are_in_no_number_and_no_passage_until_they_are_coded(folder, tmp_path):
    draw = draw_scored(folder, count=30, coder="anna", seed=3)
    waiting = waiting_of_scored(folder)
    assert len(waiting) == 30
    browser = Browser(folder)
    assert browser.told("/api/scored")["waiting"] == 30
    refused = browser.get("/api/scored/estimates")
    assert refused.status_code == 422
    assert "when the draws are imported" in refused.json()["error"]
    addresses = [
        f"/api/scored/counts?by={by}&unit={unit}"
        for by in ("site", "group")
        for unit in ("occurrences", "segments", "pages")
    ]
    addresses += [
        f"/api/scored/passages?code={code}&unit={unit}{more}"
        for code in CODES
        for unit in ("occurrences", "segments")
        for more in ("", "&low=0.2&suggested=false", "&text=a")
    ]
    before = [browser.told(each) for each in addresses]
    # Whatever the machine says of drawn segments, the page looks alike.
    drawn = set(waiting[["shard", "document", "start"]].itertuples(index=False, name=None))
    for path in (folder / "segments").glob("*.parquet"):
        table = pd.read_parquet(path)
        at = [
            (path.stem, *place) in drawn
            for place in zip(table["document"], table["start"], strict=True)
        ]
        for code in CODES:
            table.loc[at, f"s_{code}"] = ~table.loc[at, f"s_{code}"]
            table.loc[at, f"p_{code}"] = 1 - table.loc[at, f"p_{code}"]
        table.to_parquet(path, row_group_size=37)
    changed = Browser(folder)
    assert [changed.told(each) for each in addresses] == before
    # When they are coded, everything is counted, and estimates are those of the command.
    import_scored_sheet(folder, fill_in(next(p for p in draw.files if p.suffix == ".csv")))
    assert waiting_of_scored(folder).empty
    after = [changed.told(each) for each in addresses]
    assert after != before
    expected = estimate_scored(folder).table
    shown = changed.told("/api/scored/estimates")
    corrected = expected[(expected["level"] == "corpus") & (expected["method"] == "corrected")]
    assert [row[1][1][0] for row in shown["table"]["rows"]] == [
        f"{n}" for n in corrected["positives"]
    ]
    assert shown["table"]["rows"][0][1][3][0] == f"{100 * corrected['value'].iloc[0]:.1f}%"


def test_nobody_else_is_answered_and_nothing_can_be_written(folder):
    files = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    for address in ("/", "/api/scored", "/api/scored/counts"):
        assert Browser(folder, known=False).get(address).status_code == 403
        assert Browser(folder).get(address, Host="evil.example").status_code == 403
        assert Browser(folder).get(address, Origin="http://evil.example").status_code == 403
    browser = Browser(folder)
    page = browser.get("/")
    assert "unsafe" not in page.headers["content-security-policy"]
    for address in ("/api/scored", "/api/scored/counts", "/api/scored/passages?code=care"):
        browser.told(address)
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == files


@pytest.mark.parametrize(
    "address",
    [
        "/api/scored/counts?by=weather", "/api/scored/counts?unit=words", "/api/scored/counts?from=x",
        "/api/scored/passages?code=nothing", "/api/scored/passages?low=2", "/api/scored/passages?high=x",
        f"/api/scored/passages?text={'x' * 1001}", "/api/scored/passages?from=-1",
    ],
)  # fmt: skip
def test_strange_questions_are_refused(folder, address):
    assert Browser(folder).get(address).status_code in {400, 422}


def command(*words):
    return subprocess.run(
        [sys.executable, "-c", "from fourp_nlp.cli import main; main()", "review", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_refuses_other_interfaces_and_options_that_decide(folder):
    refused = command("--scored", str(folder), "--host", "0.0.0.0", "--no-browser")
    assert refused.returncode == 2
    assert "--anyone-on-network" in refused.stderr
    refused = command("--scored", str(folder), "--coder", "anna")
    assert refused.returncode == 2
    assert "--coder" in refused.stderr
    empty = folder.parent / "empty"
    empty.mkdir()
    assert command("--scored", str(empty)).returncode == 1


def test_without_duckdb_one_line_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(FourpError) as caught:
        Browser(folder)
    assert "fourp_nlp[scale]" in str(caught.value)
