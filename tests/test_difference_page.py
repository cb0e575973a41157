"""The page of differences: what its server answers, what it refuses, and that a refusal keeps nothing."""

from __future__ import annotations

import json
import re

import pytest

pytest.importorskip("starlette")

from fourp_nlp.coding.store import Store
from fourp_nlp.coding.store.adjudication_log import AdjudicationLog
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.review.application import make_application
from fourp_nlp.review.guard import Keys
from fourp_nlp.study.reviewing.differences.difference_session import DifferenceSession
from fourp_nlp.study.reviewing.review_session import ReviewSession
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.study import Study
from tests.conftest import SEEDS, WATER
from tests.test_disagreements import pair, recode  # noqa: F401 - a fixture
from tests.test_review_page import HOST, Browser

FIRST = "meeting0.txt"


class Page(Browser):
    """Asks as the page's script does."""

    def __init__(self, session, keys, differences):
        super().__init__(session, keys)
        import httpx

        app = make_application(session, keys, frozenset({HOST}), differences=differences)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}", follow_redirects=True
        )

    def differences(self, path="", **query):
        answer = self.ask("GET", f"/api/differences{path}", params=query)
        return answer.json() if answer.status_code == 200 else answer

    def change(self, name, **content):
        return self.post(f"differences/{name}", content)

    def settle(self, one, choice, **content):
        place = {name: one[name] for name in ("document", "segment", "seen")}
        return self.change("settle", **place, choice=choice, **content)


@pytest.fixture
def opens(pair):  # noqa: F811 - the fixture
    """Opens a page for a person."""
    logs = []

    def page_of(coder="carla"):
        log = ReviewLog(pair.store).__enter__()
        logs.append(log)
        study = Study(pair, reference_needed=False)
        session = ReviewSession(study, coder, log)
        differences = DifferenceSession(study, session.coder, AdjudicationLog(log))
        page = Page(session, Keys(), differences)
        page.open()
        return page

    yield page_of
    for log in logs:
        log.__exit__(None, None, None)


@pytest.fixture
def page(opens):
    return opens()


def first_of(page, text):
    for item in page.differences()["items"]:
        if item["text"] == text:
            return page.differences("/one", document=item["document"], segment=item["segment"])
    raise AssertionError(text)


def test_the_page_is_linked_where_two_people_coded_and_loads_nothing_from_elsewhere(pair, opens):  # noqa: F811
    page = opens()
    assert 'href="/differences"' in page.get("/").text
    answer = page.get("/differences")
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", answer.text)
    loaded = re.findall(r'(?:src|href)="(/[^"]*)"', answer.text)
    for address in loaded:
        assert page.get(address).status_code == 200
    (pair.gold / "bruno.csv").unlink()
    alone = opens()
    assert 'href="/differences"' not in alone.get("/").text
    # Who comes all the same is told why there is nothing.
    refused = alone.differences()
    assert refused.status_code == 422
    assert "need two coders" in refused.json()["error"]


def test_one_difference_has_all_that_a_person_needs(page):
    people = page.differences("/people")
    assert people["people"] == ["anna", "bruno"]
    assert people["codes"][0]["when"].startswith("The speaker tells of getting water")
    assert people["codes"][0]["not"] == ["Water is only weather. (use seeds)"]
    listed = page.differences()
    assert listed["counts"] == {"all": 2, "open": 2, "settled": 0, "changed": 0}
    assert [item["text"] for item in listed["items"]] == [WATER[0], SEEDS[0]]
    one = first_of(page, SEEDS[0])
    assert WATER[0] in one["before"]
    assert one["after"]
    assert [(each["name"], each["codes"]) for each in one["by"]] == [("anna", [1]), ("bruno", [0])]
    assert one["disputed"] == [0, 1]
    assert one["pairs"] == [{"one": 0, "other": 1, "count": 1}]
    assert one["alone"] == {"0": 2, "1": 1}


def test_a_decision_is_kept_shown_undone_and_done_again(pair, page):  # noqa: F811
    answer = page.settle(first_of(page, SEEDS[0]), {"coder": "bruno"}, note="why")
    assert answer.status_code == 200, answer.text
    shown = answer.json()["shown"]
    assert {
        (each["code"], each["value"], each["by"], each["note"]) for each in shown["decisions"]
    } == {
        (0, True, "carla", "why"),
        (1, False, "carla", "why"),
    }
    assert answer.json()["counts"] == {"all": 2, "open": 1, "settled": 1, "changed": 0}
    assert len(Store(pair.store).read_decisions()) == 2
    undone = page.change("undo").json()
    assert undone["where"] == {"document": FIRST, "segment": shown["segment"]}
    assert undone["counts"]["open"] == 2
    assert undone["redo"] == "settled as bruno coded it"
    assert page.change("redo").json()["counts"]["open"] == 1
    assert page.change("redo").status_code == 422
    following = page.differences("/next", state="open")
    assert following == {"document": FIRST, "segment": 0}
    assert page.differences("/next", state="open", document=FIRST, segment=0) == {"document": None}


@pytest.mark.parametrize(
    "content",
    [
        {"choice": {}},
        {"choice": {"coder": "anna", "none": True}},
        {"choice": {"codes": [True]}},
        {"choice": {"codes": "water"}},
        {"choice": {"coder": 3}},
        {"choice": []},
        {"choice": {"none": True}, "segment": "0"},
        {"choice": {"none": True}, "segment": 2**40},
        {"choice": {"none": True}, "coders": "anna"},
        {"choice": {"none": True}, "coders": [["anna"]]},
        {"choice": {"none": True}, "note": 7},
        {"choice": {"none": True}, "note": "x" * 20_000},
        {"choice": {"none": True}, "document": {}},
    ],
)
def test_what_is_no_decision_is_refused_and_keeps_nothing(pair, page, content):  # noqa: F811
    one = first_of(page, SEEDS[0])
    whole = {name: one[name] for name in ("document", "segment", "seen")} | content
    assert page.post("differences/settle", whole).status_code == 400
    assert Store(pair.store).read_decisions().empty


def test_strange_places_filters_and_coders_are_told_as_such(page):
    one = first_of(page, SEEDS[0])
    for query in ({"segment": "x"}, {"document": FIRST, "segment": "9" * 30}):
        assert page.differences("/one", **query).status_code == 400
    for query in (
        {"document": "no.txt", "segment": 0},
        {"document": FIRST, "segment": 1},
        {"document": FIRST, "segment": 0, "coder": "zoe"},
    ):
        assert page.differences("/one", **query).status_code == 422
    assert page.differences(state="lost").status_code == 422
    assert page.differences(code="x").status_code == 400
    assert page.differences(code=99)["matching"] == 0
    assert page.differences(document="no.txt", group="nowhere")["matching"] == 0
    gone = page.settle({**one, "document": "no.txt"}, {"none": True})
    assert gone.status_code == 409
    assert "do not differ here any more" in gone.json()["error"]


def test_nobody_decides_without_the_token_of_the_page(page, pair):  # noqa: F811
    one = first_of(page, SEEDS[0])
    place = {name: one[name] for name in ("document", "segment", "seen")}
    for name in ("settle", "reopen", "comment", "undo", "redo", "write"):
        answer = page.post(
            f"differences/{name}", {**place, "choice": {"none": True}}, **{"X-CSRF": "guess"}
        )
        assert answer.status_code == 403
    assert Store(pair.store).read_decisions().empty
    assert not pair.settled.exists()


def test_two_windows_the_second_is_told_and_shown_what_stands(page, opens, pair):  # noqa: F811
    other = opens("dora")
    mine, theirs = first_of(page, SEEDS[0]), first_of(other, SEEDS[0])
    version = page.differences("/version")["version"]
    assert other.settle(theirs, {"coder": "anna"}).status_code == 200
    refused = page.settle(mine, {"coder": "bruno"})
    assert refused.status_code == 409
    assert "changed elsewhere" in refused.json()["error"]
    assert page.differences("/version")["version"] != version
    assert {each["by"] for each in first_of(page, SEEDS[0])["decisions"]} == {"dora"}
    # The same window twice, too: the second press is about what is not shown any more.
    again = first_of(page, SEEDS[0])
    assert page.settle(again, {"none": True}).status_code == 200
    assert page.settle(again, {"coder": "anna"}).status_code == 409
    assert not Store(pair.store).read_decisions()["settled"].any()


def test_a_gold_file_with_a_fault_is_told_and_nothing_is_lost(page, pair):  # noqa: F811
    one = first_of(page, SEEDS[0])
    page.settle(one, {"coder": "anna"})
    path = pair.gold / "bruno.csv"
    whole = path.read_bytes()
    path.write_bytes(whole + b"meeting0.txt,x,y,water,bruno,\n")
    answer = page.differences()
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("bruno.csv, line 13: ")
    assert page.settle(one, {"none": True}).status_code == 422
    path.write_bytes(whole)
    assert page.differences()["counts"]["settled"] == 1


def test_the_settled_coding_is_written_and_never_replaced_unasked(page, pair):  # noqa: F811
    page.settle(first_of(page, SEEDS[0]), {"coder": "anna"})
    written = page.change("write").json()
    assert written["files"] == ["gold/settled.csv", "reports/decisions.csv"]
    assert (written["open"], written["decided"]) == (1, 2)
    before = pair.settled.read_bytes()
    page.settle(first_of(page, WATER[0]), {"coder": "anna"})
    refused = page.change("write")
    assert refused.status_code == 422
    assert "exists already" in refused.json()["error"]
    assert pair.settled.read_bytes() == before
    assert page.change("write", overwrite=True).json()["open"] == 0
    assert pair.settled.read_bytes() != before


def test_segments_of_an_unfinished_draw_are_left_out_of_every_answer(opens, pair):  # noqa: F811
    opens("carla").settle(first_of(opens("carla"), SEEDS[0]), {"coder": "bruno"}, note="secret")
    draw_next(Study(pair), DrawOptions(count=36, coder="dora", seed=1, include_coded=True))
    page = opens("dora")
    listed = page.differences()
    assert listed["left_out"] == 36
    assert listed["counts"]["all"] == 0
    assert (listed["items"], listed["choices"]["codes"]) == ([], [])
    assert page.differences("/one", document=FIRST, segment=0).status_code == 422
    assert page.differences("/next") == {"document": None}
    everything = json.dumps(listed)
    assert "secret" not in everything
    assert SEEDS[0] not in everything


def test_a_coding_changed_in_a_text_editor_is_seen_at_the_next_question(page, pair):  # noqa: F811
    version = page.differences("/version")["version"]
    recode(
        pair, "bruno", lambda rows: [row for row in rows if row[0] != FIRST or row[5] != SEEDS[0]]
    )
    assert page.differences("/version")["version"] != version
    assert first_of(page, SEEDS[0])["disputed"] == [1]
