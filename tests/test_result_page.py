"""The page of results: what it answers, and that a draw that is not coded yet leaks through no number."""

from __future__ import annotations

import json
import shutil

import pytest

pytest.importorskip("starlette")

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.review.guard import Keys
from fourp_nlp.study.reviewing.review_session import ReviewSession
from fourp_nlp.study.study import Study, open_study
from tests.conftest import write_gold_file
from tests.test_draw_page import finished, result_addresses
from tests.test_draw_session import draw, root, suggested  # noqa: F401 - fixtures
from tests.test_review_page import HOST, Browser


def opened(session):
    browser = Browser(session, Keys())
    browser.open()
    return browser


def answers_to(study, coder, addresses=None):
    """Return what every address of results answers a person."""
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, coder, log)
        browser = opened(session)
        asked = addresses or result_addresses(session)
        return {address: finished(browser, address) for address in asked}


@pytest.fixture
def browser(root):  # noqa: F811 - the fixture
    study = open_study(root)
    with ReviewLog(study.project.store) as log:
        yield opened(ReviewSession(study, "anna", log))


def told(browser, address):
    return json.loads(finished(browser, address))


def test_a_cell_of_the_page_has_the_number_of_the_command_and_its_passages(browser, root):  # noqa: F811
    expected = open_study(root).frequencies(by="document")
    answer = told(browser, "/api/results/frequencies?by=document&unit=occurrences&coder=anna")
    facts = told(browser, "/api/results")
    ids = [code["id"] for code in facts["codes"]]
    counted = 0
    for row in answer["rows"]:
        for place, count in zip(answer["columns"], row["counts"], strict=True):
            of_command = expected[
                (expected["coder"] == "anna")
                & (expected["code"] == ids[row["code"]])
                & (expected["document"] == place["id"])
            ]
            assert of_command["count"].tolist() == [count]
            address = f"/api/results/passages?kind=frequency&by=document&unit=occurrences&coder=anna&code={ids[row['code']]}"
            passages = told(browser, f"{address}&place={place['id']}")
            assert passages["count"] == len(passages["passages"]) == count
            assert passages["version"] == answer["version"]
            assert {each["document"] for each in passages["passages"]} <= {place["id"]}
            counted += count
    assert counted == answer["total"] > 10
    assert "open_day.txt" not in {place["id"] for place in answer["columns"]}


def test_charts_hold_no_style_and_no_script(browser):
    for by in ("case", "group"):
        one = told(browser, f"/api/results/chart?by={by}&coder=anna&theme=0")
        assert one["chart"].startswith("<svg")
        assert "style=" not in one["chart"]
        assert "<script" not in one["chart"]
        assert 'fill="' in one["chart"]
    agreement = told(browser, "/api/results/agreement")
    assert agreement["section"]["chart"].startswith("<svg")
    assert "style=" not in agreement["section"]["chart"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/results/frequencies?by=weather&coder=anna",
        "/api/results/frequencies?unit=words&coder=anna",
        "/api/results/frequencies?coder=anna&from=x",
        "/api/results/frequencies?coder=anna&from=-1",
        "/api/results/passages?kind=frequency&code=water&by=case",
        "/api/results/passages?kind=frequency&code=water&by=speaker&coder=anna",
        "/api/results/passages?kind=confused&code=water&coder=anna",
        "/api/results/passages?kind=strange",
        "/api/results/chart?coder=anna&theme=99",
        "/api/results/chart?coder=anna&by=document",
        "/api/results/frequencies?coder=nobody",
        f"/api/results/passages?kind=frequency&by=case&coder=anna&code={'x' * 10_001}",
    ],
)
def test_strange_questions_are_refused_with_a_sentence(browser, address):
    answer = browser.get(address)
    while '"working"' in answer.text:
        answer = browser.get(address)
    assert answer.status_code in {400, 422}


def test_nobody_else_is_answered(root):  # noqa: F811 - the fixture
    study = open_study(root)
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "anna", log)
        for address in ("/results", "/api/results", "/api/results/frequencies?coder=anna"):
            assert Browser(session, Keys()).get(address).status_code == 403
            known = opened(session)
            assert known.get(address, Host="evil.example").status_code == 403
            assert known.get(address, Origin="http://evil.example").status_code == 403
        answer = opened(session).get("/results", Host=HOST)
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert " style=" not in answer.text


def test_an_error_is_told_and_asked_again_it_is_looked_at_anew(browser, root):  # noqa: F811
    settings = root / "fourp.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text("titel = 3\n", encoding="utf-8")
    answer = browser.get("/api/results")
    assert answer.status_code == 422
    assert "titel" in answer.json()["error"]
    settings.write_text(before + "\n", encoding="utf-8")
    assert browser.get("/api/results").status_code == 200


def flipped(study, hidden):
    """Return the suggestions with others for the segments of a draw."""
    table = study.suggestions.copy()
    places = set(
        study.segments.loc[hidden, ["document", "segment"]].itertuples(index=False, name=None)
    )
    drawn = [place in places for place in zip(table["document"], table["segment"], strict=True)]
    assert any(drawn)
    table.loc[drawn, "suggested"] = ~table.loc[drawn, "suggested"]
    table.loc[drawn, "probability"] = 1 - table.loc[drawn, "probability"]
    return table


def test_no_number_and_no_passage_depends_on_what_was_given_to_drawn_segments(root, tmp_path):  # noqa: F811
    """Two projects that differ only in drawn segments, and in what others coded, look alike."""
    study = open_study(root)
    draw(study)
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "ben", log)
        hidden = session.hidden > 0
        addresses = [each for each in result_addresses(session) if each != "/results"]
    assert 0 < hidden.sum() < len(hidden)
    other = shutil.copytree(root, tmp_path / "other")
    write_gold_file(open_study(other).project, "anna", but=("meeting2.txt",))
    write_gold_file(open_study(other).project, "cleo")
    suggestions = flipped(study, hidden)
    one = answers_to(Study(study.project, reference_needed=False), "ben", addresses)
    two = answers_to(
        Study(open_study(other).project, suggestions=suggestions, reference_needed=False),
        "ben",
        addresses,
    )
    assert one == two
    assert f'"left_out":{hidden.sum()}' in one["/api/results"]
    # Who codes no draw does see the differences: the test could not fail otherwise.
    seen = [each for each in addresses if "coder=machine" in each]
    one = answers_to(Study(study.project, reference_needed=False), "anna", seen)
    two = answers_to(
        Study(open_study(other).project, suggestions=suggestions, reference_needed=False),
        "anna",
        seen,
    )
    assert one != two


def test_drawn_segments_are_left_out_and_the_page_says_how_many(root):  # noqa: F811 - the fixture
    study = open_study(root)
    draw(study)
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "ben", log)
        browser = opened(session)
        machine = study.machine
        query = f"by=document&unit=segments&coder={machine}"
        answer = told(browser, f"/api/results/frequencies?{query}")
        expected = study.frequencies(by="document", unit="segments", coders=[machine])
        assert answer["total"] < expected["count"].sum()
        of_place = {place["id"]: place["left_out"] for place in answer["columns"]}
        assert sum(of_place.values()) == (session.hidden > 0).sum()
        hidden = study.segments[session.hidden > 0]
        places = set(zip(hidden["document"], hidden["segment"], strict=True))
        for code in session.codes:
            passages = told(browser, f"/api/results/passages?kind=frequency&{query}&code={code}")
            assert passages["left_out"] == len(hidden)
            shown = {(each["document"], each["segment"]) for each in passages["passages"]}
            assert shown
            assert not shown & places
        refused = browser.get("/api/results/estimates?by=group")
        assert refused.status_code == 422
        assert "when your draw is imported" in refused.json()["error"]
    # Nobody else's numbers change.
    anna = answers_to(open_study(root), "anna", [f"/api/results/frequencies?{query}"])
    assert json.loads(*anna.values())["total"] == expected["count"].sum()
