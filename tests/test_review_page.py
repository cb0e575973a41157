"""The review page's server: who may ask, what it answers, and that nothing it is sent breaks it."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

pytest.importorskip("starlette")

import httpx

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.review.application import make_application
from fourp_nlp.review.guard import Keys
from fourp_nlp.study.reviewing.review_session import ReviewSession
from tests.test_review_session import (
    NEW,
    edited,  # noqa: F401 - a fixture
    number_of,
    open_ones,
    study,  # noqa: F401 - a fixture
)

HOST = "127.0.0.1:4321"


@pytest.fixture
def session(study):  # noqa: F811 - the fixture
    with ReviewLog(study.project.store) as log:
        yield ReviewSession(study, "anna", log)


class Browser:
    """Asks as the page's script does."""

    def __init__(self, session, keys):
        self.keys = keys
        app = make_application(session, keys, frozenset({HOST}))
        # In this thread, as on the real server.
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}", follow_redirects=True
        )

    def ask(self, method, address, **content):
        return asyncio.run(self._client.request(method, address, **content))

    def open(self):
        answer = self.get(f"/?token={self.keys.token}")
        assert answer.status_code == 200, answer.text
        return answer

    def get(self, address, **headers):
        return self.ask("GET", address, headers=headers)

    def post(self, name, content, **headers):
        sent = {"X-CSRF": self.keys.csrf, "Origin": f"http://{HOST}", **headers}
        return self.ask("POST", f"/api/{name}", json=content, headers=sent)

    def decide(self, document, segment, code, value, was=None):
        item = {"segment": segment, "code": code, "value": value, "was": was}
        return self.post("decide", {"document": document, "items": [item]})


@pytest.fixture
def browser(session):
    browser = Browser(session, Keys())
    browser.open()
    return browser


def test_only_who_has_the_address_is_answered(session):
    keys = Keys()
    for address in ("/", "/documents/0", "/api/version", "/static/review.js"):
        assert Browser(session, keys).get(address).status_code == 403
    stranger = Browser(session, keys)
    assert stranger.get("/?token=guess").status_code == 403
    assert stranger.get("/").status_code == 403
    opened = stranger.open()
    assert "token" not in str(opened.url)
    cookie = opened.history[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert stranger.get("/api/version").json() == {"version": 0}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-CSRF": "guess"},
        {"X-CSRF": ""},
        {"Content-Type": "text/plain"},
    ],
)
def test_other_sites_change_nothing(browser, session, headers):
    (segment, code), *_ = open_ones(session)
    content = {
        "document": number_of(session),
        "items": [{"segment": segment, "code": code, "value": True}],
    }
    sent = {
        "X-CSRF": browser.keys.csrf, "Origin": f"http://{HOST}", "Content-Type": "application/json", **headers,
    }  # fmt: skip
    answer = browser.ask("POST", "/api/decide", content=json.dumps(content), headers=sent)
    assert answer.status_code == 403
    assert session.version == 0


def test_every_answer_says_what_a_browser_may_load(browser):
    for address in ("/", "/documents/0", "/api/version", "/static/review.css", "/nothing"):
        answer = browser.get(address)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_pages_load_nothing_from_elsewhere_and_hold_no_script_or_style(browser):
    for address in ("/", "/documents/0"):
        page = browser.get(address).text
        loaded = [
            each
            for each in re.findall(r'(?:src|href)="([^"]*)"', page)
            if not each.startswith("data:")
        ]
        assert loaded
        assert all(each.startswith(("/", "#")) and not each.startswith("//") for each in loaded)
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)
        for each in loaded:
            if each.startswith("/static/"):
                assert browser.get(each).status_code == 200


def test_the_list_of_documents_says_what_is_open(browser, session):
    page = browser.open().text
    assert NEW in page
    assert str(session.progress().open) in page


def test_a_document_comes_with_its_codes_and_segments_with_their_marks(browser, session):
    number = number_of(session)
    facts = browser.get(f"/api/documents/{number}").json()
    assert facts["name"] == NEW
    assert facts["coder"] == "anna"
    assert [code["id"] for code in facts["codes"]] == session.codes
    assert facts["progress"]["open"] == len(open_ones(session))
    assert facts["undo"] is None
    segments = browser.get(f"/api/documents/{number}/segments?from=0&count=200").json()["segments"]
    assert len(segments) == facts["segments"] == 7
    shown = {
        (segment["i"], mark["code"])
        for segment in segments
        for mark in segment["marks"]
        if mark["state"] == "suggested"
    }
    assert shown == set(open_ones(session))
    for segment in segments:
        chances = [each["p"] for each in segment["candidates"]]
        assert chances == sorted(chances, reverse=True)
        assert len(chances) == min(5, len(session.codes))
        for mark in segment["marks"]:
            assert mark["why"]
            assert all(word.casefold() in segment["text"].casefold() for word in mark["words"])
    assert (
        browser.get(f"/api/documents/{number}/segments?from=5&count=200").json()["segments"][0]["i"]
        == 5
    )
    blind = browser.get("/api/documents/0/segments").json()["segments"]
    states = {mark["state"] for segment in blind for mark in segment["marks"]}
    assert states == {"blind"}


def test_deciding_undoing_and_doing_again_by_the_page(browser, session):
    number = number_of(session)
    (segment, code), *_ = open_ones(session)
    answer = browser.decide(number, segment, code, value=True)
    assert answer.status_code == 200
    (mark,) = [mark for mark in answer.json()["segments"][0]["marks"] if mark["code"] == code]
    assert mark["state"] == "accepted"
    assert answer.json()["undo"].startswith("accepted ")
    assert answer.json()["version"] == 1
    again = browser.decide(number, segment, code, value=False)
    assert again.status_code == 409
    assert again.json()["segments"][0]["i"] == segment
    assert browser.decide(number, segment, code, value=False, was=True).status_code == 200
    for name, state in (("undo", "accepted"), ("undo", "suggested"), ("redo", "accepted")):
        turned = browser.post(name, {}).json()
        (mark,) = [mark for mark in turned["segments"][0]["marks"] if mark["code"] == code]
        assert mark["state"] == state
    assert browser.post("write", {}).json()["files"] == ["gold/assisted/anna.csv"]


def test_bulk_shows_first_what_it_would_do(browser, session):
    number = number_of(session)
    asked = {"document": number, "code": None, "above": 0.0}
    preview = browser.post("bulk", {**asked, "preview": True}).json()
    assert (
        preview["count"]
        == len(open_ones(session))
        == sum(each["count"] for each in preview["by_code"])
    )
    assert session.version == 0
    done = browser.post("bulk", {**asked, "preview": False}).json()
    assert done["progress"]["open"] == 0
    assert browser.post("undo", {}).json()["progress"]["open"] == preview["count"]


def test_finishing_is_refused_with_a_sentence_while_suggestions_are_open(browser, session):
    number = number_of(session)
    refused = browser.post("finish", {"document": number})
    assert refused.status_code == 422
    assert "suggestions are open in open_day.txt. Decide on them first." in refused.json()["error"]
    browser.post("bulk", {"document": number, "above": 0.0, "preview": False})
    assert browser.post("finish", {"document": number}).json()["progress"]["finished"]


def test_codes_of_a_blind_reading_are_not_changed_and_it_is_told_why(browser, session):
    value = bool(session.state.value[0, 0])
    answer = browser.decide(0, 0, 0, value=not value, was=value)
    assert answer.status_code == 422
    assert "without seeing suggestions" in answer.json()["error"]


def test_texts_and_open_suggestions_are_found(browser, session):
    number = number_of(session)
    hits = browser.get(f"/api/documents/{number}/find?text=MINUTES").json()["hits"]
    assert hits
    assert browser.get(f"/api/documents/{number}/find?text=").json()["hits"] == []
    assert browser.get(f"/api/documents/{number}/find?text=.*").json()["hits"] == []
    place = browser.get(f"/api/documents/{number}/open?after=-1").json()
    assert (place["i"], place["code"]) in open_ones(session)
    assert browser.get("/api/documents/0/open?after=-1").json() == {"i": None}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("decide", {}),
        ("decide", {"document": 0}),
        ("decide", {"document": 0, "items": []}),
        ("decide", {"document": 0, "items": [1]}),
        ("decide", {"document": "0", "items": [{"segment": 0, "code": 0, "value": True}]}),
        ("decide", {"document": 0, "items": [{"segment": 0, "code": 0, "value": "yes"}]}),
        ("decide", {"document": 0, "items": [{"segment": True, "code": 0, "value": True}]}),
        ("decide", {"document": 0, "items": [{"segment": 0, "code": 0, "value": True}] * 1001}),
        ("decide", {"document": 0, "items": [{"segment": 10**30, "code": 0, "value": True}]}),
        ("decide", {"document": 10**30, "items": [{"segment": 0, "code": 0, "value": True}]}),
        ("bulk", {"document": 0, "above": 2}),
        ("bulk", {"document": 0, "above": "x"}),
        ("bulk", {"above": 0.5, "code": 99, "preview": False}),
        ("finish", {}),
        ("finish", {"document": 99}),
    ],
)
def test_requests_that_make_no_sense_are_refused_and_change_nothing(
    browser, session, name, content
):
    answer = browser.post(name, content)
    assert 400 <= answer.status_code < 500
    assert session.version == 0


def test_what_is_no_json_is_refused(browser):
    sent = {"X-CSRF": browser.keys.csrf, "Content-Type": "application/json"}
    for content in (b"{", b"[]", b"\xff\xfe", b"[" * 100_000):
        answer = browser.ask("POST", "/api/decide", content=content, headers=sent)
        assert answer.status_code == 400
    large = b'{"a": "' + b"x" * (3 * 1024 * 1024) + b'"}'
    assert browser.ask("POST", "/api/decide", content=large, headers=sent).status_code == 413


@pytest.mark.parametrize(
    "address",
    [
        "/documents/99", "/api/documents/99", "/api/documents/99/segments", "/static/../guard.py",
        "/static/%2e%2e%2fguard.py", "/static/review.py", "/static/", "/api/nothing",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(browser, address):
    assert browser.get(address).status_code == 404


def test_numbers_that_are_none_are_refused(browser):
    assert browser.get("/api/documents/0/segments?from=x").status_code == 400
    assert browser.get("/api/documents/0/segments?from=-5&count=3").json()["segments"] == []
    assert len(browser.get("/api/documents/0/segments?count=100000").json()["segments"]) <= 500


def test_a_fault_in_the_projects_files_is_told_with_its_cure_and_the_page_goes_on(browser, session):
    gold = session.study.project.gold / "ben.csv"
    rows = "document,start,end,code,coder,quote\nopen_day.txt,0,5,<b>no-such-code</b>,ben,\n"
    gold.write_text(rows, encoding="utf-8")
    page = browser.get("/")
    assert page.status_code == 422
    assert "Something is to be mended first" in page.text
    assert "ben.csv" in page.text
    assert "no-such-code" in page.text
    assert "<b>no-such-code" not in page.text
    told = browser.get("/api/documents/0")
    assert told.status_code == 422
    assert "no-such-code" in told.json()["error"]
    gold.unlink()
    assert browser.get("/").status_code == 200
    assert browser.get("/api/documents/0").status_code == 200


def test_a_gold_file_edited_by_hand_is_told_on_the_list_and_at_the_segment(
    browser,
    session,
    edited,  # noqa: F811
):
    (segment, code), _ = edited
    page = browser.get("/").text
    assert "1 decision differs from your gold file" in page
    assert f'href="/documents/{number_of(session)}#s{segment}"' in page
    name = session.study.codebook.names[session.codes[code]]
    assert f"{name}</bdi>, rejected here, open in the file" in page
    segments = browser.get(f"/api/documents/{number_of(session)}/segments?from=0&count=20").json()
    mark = next(mark for mark in segments["segments"][segment]["marks"] if mark["code"] == code)
    assert (mark["state"], mark["decided"]) == ("suggested", "rejected")
    assert browser.post("write", {}).json()["hand_edited"] == 1
    assert "differs from your gold file" not in browser.get("/").text
