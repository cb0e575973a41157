"""The queue of a code on the server: what it answers, refuses, and how large that is; codes and files on the list."""

from __future__ import annotations

import re
import shutil

import pytest

pytest.importorskip("starlette")

from fourp_nlp.coding.store.adjudication_log import AdjudicationLog
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.review.application import make_application
from fourp_nlp.review.guard import Keys
from fourp_nlp.study.reviewing.differences.difference_session import DifferenceSession
from fourp_nlp.study.reviewing.review_session import ReviewSession
from fourp_nlp.study.study import open_study
from tests import small_study
from tests.small_study import write_suggested
from tests.test_code_queue import written  # noqa: F401 - a fixture
from tests.test_review_page import HOST, Browser

HOSTILE = "<img src=x onerror=alert(1)> & {{ 7 * 7 }}"


def page_of(root):
    """A person's browser, as Browser, for a project."""
    with ReviewLog(open_study(root).project.store) as log:
        session = ReviewSession(open_study(root), "anna", log)
        keys = Keys()
        browser = Browser(session, keys)
        differences = DifferenceSession(session.study, "anna", AdjudicationLog(log))
        app = make_application(session, keys, frozenset({HOST}), differences=differences)
        browser._client._transport.app = app
        browser.session = session
        browser.open()
        yield browser


@pytest.fixture
def root(written, tmp_path):  # noqa: F811 - the fixture
    return shutil.copytree(written, tmp_path / "p")


@pytest.fixture
def browser(root):
    yield from page_of(root)


def items(browser, search=""):
    answer = browser.get(f"/api/queue/items?{search}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def decision(item, value, was=None, **more):
    return {
        "at": item["document"], "segment": item["segment"], "of_code": item["code"], "value": value, "was": was,
        "seen": item["seen"], "filters": {"code": "0"}, **more,
    }  # fmt: skip


def test_the_list_of_documents_has_each_code_with_its_open_suggestions(browser):
    page = browser.open().text
    table = page[page.index('<table class="codes-table"') :].partition("</table>")[0]
    n_open, n_decided = (each.tolist() for each in counts_of(browser.session))
    rows = re.findall(
        r'<td>(\d+)</td>.*?href="(/queue\?code=\d+)".*?<td>(\d+)</td>\s*<td>(\d+)</td>',
        table,
        re.DOTALL,
    )
    assert [tuple(map(int, (number, opened, decided))) for number, _, opened, decided in rows] == [
        (code + 1, n_open[code], n_decided[code]) for code in range(5)
    ]
    assert sum(n_open) == browser.session.progress().open
    for _, address, _, _ in rows:
        assert browser.get(address).status_code == 200
    assert "/queue?order=unsure" in page


def counts_of(session):
    seen = session.state.suggested & session.state.applies
    n_open = (seen & (session.state.value == -1)).sum(axis=0)
    return n_open, seen.sum(axis=0) - n_open


def test_a_candidate_comes_with_what_is_needed_to_decide(browser):
    answer = items(browser, "code=0&state=open")
    assert len(answer["items"]) == 50
    assert answer["later"]
    first = answer["items"][0]
    segments = browser.session.study.segments
    row = segments[
        (segments["document"] == first["document"]) & (segments["segment"] == first["segment"])
    ]
    assert first["text"] == row["text"].iloc[0]
    assert first["suggested"]
    assert first["p"] >= first["threshold"]
    assert first["before"] or first["after"]
    assert browser.session.documents[first["number"]] == first["document"]
    assert answer["counts"]["open"] == counts_of(browser.session)[0][0]
    assert (
        items(browser, "code=0&count=3")["items"] == items(browser, "code=0&state=all")["items"][:3]
    )


def test_deciding_undoing_and_redoing_by_the_queue(browser):
    first, second, *_ = items(browser, "code=0")["items"]
    n_open = counts_of(browser.session)[0][0]
    done = browser.post("queue/decide", decision(first, True)).json()
    assert done["items"][0]["state"] == "accepted"
    assert done["counts"]["open"] == n_open - 1
    assert done["undo"] == "accepted Water"
    # The reading page decides on another one; undo in the queue takes that back first.
    browser.decide(second["number"], second["segment"], 0, value=False)
    undone = browser.post("queue/undo", {"filters": {"code": "0"}}).json()
    assert (undone["items"][0]["document"], undone["items"][0]["segment"]) == (
        second["document"],
        second["segment"],
    )
    assert undone["items"][0]["state"] == "open"
    assert undone["in_document"] == second["document"]
    assert browser.post("queue/undo", {}).json()["items"][0]["state"] == "open"
    nothing = browser.post("queue/undo", {})
    assert nothing.status_code == 422
    assert "nothing to undo" in nothing.json()["error"]
    assert browser.post("queue/redo", {}).json()["items"][0]["state"] == "accepted"
    # Finished documents are undone, too, which is about no code.
    number = browser.session.documents.index("meeting9.txt")
    browser.post("bulk", {"document": number, "above": 0.0, "preview": False})
    assert browser.post("finish", {"document": number}).status_code == 200
    finished = browser.post("queue/undo", {}).json()
    assert finished["items"] == []
    assert finished["in_document"] == "meeting9.txt"


def test_what_was_decided_elsewhere_meanwhile_is_refused_and_shown(browser):
    first, *_ = items(browser, "code=0")["items"]
    browser.decide(first["number"], first["segment"], 0, value=False)
    refused = browser.post("queue/decide", decision(first, True))
    assert refused.status_code == 409
    assert "another window" in refused.json()["error"]
    assert refused.json()["items"][0]["state"] == "rejected"
    stale = browser.post("queue/decide", decision(first, True, was=False, seen="0" * 16))
    assert stale.status_code == 409
    assert "has changed since" in stale.json()["error"]


def test_where_people_differ_in_a_document_is_told_to_its_filter(browser):
    page = browser.get("/documents/3").text
    assert "between coders" in page
    cells = browser.get("/api/documents/3/differing").json()["cells"]
    assert cells
    listed = items(browser, "scope=marked&document=meeting3.txt&differ=coders")["items"]
    assert sorted([each["segment"], each["code_number"]] for each in listed) == sorted(cells)
    assert browser.get("/api/documents/99/differing").status_code == 404


@pytest.mark.parametrize(
    ("search", "status"),
    [
        ("code=x", 400), ("code=99", 404), ("code=" + "9" * 30, 400), ("scope=nothing", 404), ("order=x", 404),
        ("state=x", 404), ("differ=x", 404), ("least=2", 400), ("most=nan", 400), ("least=x", 400),
        ("attribute=text&value=x", 404), ("document=nothing.txt", 404), ("way=x", 404), ("segment=x", 400),
        ("count=x", 400), ("scope=others", 404), ("value=" + "x" * 10_001, 400), ("scope=marked", 404),
    ],
)  # fmt: skip
def test_questions_that_make_no_sense_are_refused(browser, search, status):
    assert browser.get(f"/api/queue/items?{search}").status_code == status


@pytest.mark.parametrize(
    "content",
    [
        {}, {"at": 1}, {"at": "meeting0.txt", "segment": "x"}, {"filters": 1}, {"filters": {"code": [1]}},
        {"at": "meeting0.txt", "segment": 0, "of_code": "water", "value": "yes", "seen": ""},
        {"at": "meeting0.txt", "segment": -1, "of_code": "water", "value": True, "seen": ""},
        {"at": "meeting0.txt", "segment": 0, "of_code": "nothing", "value": True, "seen": ""},
        {"at": "meeting0.txt", "segment": 10**30, "of_code": "water", "value": True, "seen": ""},
    ],
)  # fmt: skip
def test_decisions_that_make_no_sense_are_refused_and_change_nothing(browser, content):
    assert 400 <= browser.post("queue/decide", content).status_code < 500
    assert browser.session.version == 0


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Names of codes, documents and groups that are markup; long passages; files that cannot be read."""
    named = small_study.CODEBOOK.replace("name: Water", f"name: '{HOSTILE}'")
    monkeypatch.setattr(small_study, "CODEBOOK", named)
    monkeypatch.setattr(
        small_study, "sentences", lambda number: [f"{HOSTILE} {'词' * 20_000}{number}."]
    )
    monkeypatch.setattr(small_study, "GROUPS", (HOSTILE, "north"))
    root = tmp_path / "p"
    write_suggested(root)
    settings = root / "fourp.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('gold = "anna"', ""), encoding="utf-8"
    )
    (root / "corpus" / "<b>empty<b>.txt").write_text("", encoding="utf-8")
    (root / "corpus" / "broken.docx").write_bytes(b"no zip")
    yield from page_of(root)


def test_names_that_are_markup_are_escaped_and_no_answer_is_large(hostile):
    page = hostile.open().text
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "49" not in re.sub(r"[0-9a-f]{12}", "", page)
    everything = "/api/queue/items?state=all&scope=both&code=0"
    for address in ("/", "/queue", "/documents/0", "/api/queue", everything):
        answer = hostile.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 1_000_000, address


def test_of_a_very_long_passage_the_beginning_is_sent_and_that_is_told(hostile, monkeypatch):
    monkeypatch.setattr("fourp_nlp.review.pages.queue_data._LONGEST", 150)
    found = items(hostile, "scope=both&code=0")["items"]
    cut = [one for one in found if one["cut"]]
    assert cut
    assert {len(one["text"]) for one in cut} == {150}
    assert all(len(one["text"]) <= 150 for one in found)


def test_files_that_were_not_read_are_named_with_reason_and_cure(hostile):
    page = hostile.open().text
    part = page[page.index('class="skipped"') :]
    assert "2 files were not read" in part
    assert ">corpus/broken.docx<" in part
    assert "&lt;b&gt;empty&lt;b&gt;.txt" in part
    assert "<b>" not in part
    skipped = hostile.session.study.corpus.skipped
    reasons = dict(zip(skipped["path"], skipped["reason"], strict=True))
    assert len(reasons) >= 2
    for reason in reasons.values():
        # Reason and cure, as the command line has them.
        assert reason.removeprefix("Note: ").split("'")[0].split("<")[0].strip()[:40] in part
    folder = hostile.session.study.project.corpus
    (folder / "broken.docx").unlink()
    assert "1 file was not read" in hostile.get("/").text


def test_a_project_whose_files_could_all_be_read_has_no_such_section(browser):
    assert "not read" not in browser.open().text
