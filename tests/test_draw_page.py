"""The pages of draws: what they answer, and that no address shows a suggestion of a drawn segment."""

from __future__ import annotations

import json
import re
import shutil
from itertools import chain, product
from urllib.parse import quote

import numpy as np
import pytest

pytest.importorskip("starlette")

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.review.application import make_application
from fourp_nlp.review.guard import Keys
from fourp_nlp.study.reviewing.code_queue import CodeQueue
from fourp_nlp.study.reviewing.draws.draw_session import DrawSession
from fourp_nlp.study.reviewing.review_session import ReviewSession
from fourp_nlp.study.study import open_study
from tests.conftest import write_gold_file
from tests.test_draw_session import draw, root, study, suggested  # noqa: F401 - fixtures
from tests.test_review_page import HOST, Browser

_OPEN = {"codes": [], "read": False}


@pytest.fixture
def session(study):  # noqa: F811 - the fixture
    draw(study)
    draw(study, 6, coder="anna", repeat=True)
    with ReviewLog(study.project.store) as log:
        yield ReviewSession(study, "ben", log)


@pytest.fixture
def browser(session):
    browser = Browser(session, Keys())
    browser.open()
    return browser


def queue_of(session):
    (queue,) = DrawSession(session.study, session.drawn).unfinished
    return queue


def answer(browser, segment, now, was=_OPEN, number=1):
    draw_id = browser.get(f"/api/draws/{number}").json()["draw"]
    content = {"number": number, "draw": draw_id, "segment": segment, "now": now, "was": was}
    return browser.post("draws/answer", content)


def change(browser, name, **more):
    draw_id = browser.get("/api/draws/1").json()["draw"]
    return browser.post(f"draws/{name}", {"number": 1, "draw": draw_id, **more})


def test_the_list_names_the_draws_of_this_person_alone(browser, session):
    page = browser.open().text
    assert "/draws/1" in page
    assert "/draws/2" not in page
    assert "Drawn at random on" in page
    assert "0 of 8 coded" in page
    assert browser.get("/api/draws/2").status_code == 404
    assert browser.get("/draws/2").status_code == 404
    assert browser.get("/draws/99").status_code == 404
    answer(browser, 0, {"codes": [0], "read": True})
    assert "1 of 8 coded" in browser.open().text


def test_a_draw_is_coded_undone_and_imported(browser, session, study):  # noqa: F811 - the fixture
    first = answer(browser, 0, {"codes": [1], "read": True})
    assert first.status_code == 200
    facts = first.json()
    assert facts["progress"]["coded"] == 1
    assert facts["answers"][0]["codes"] == [1]
    assert answer(browser, 1, {"codes": [], "read": True}).json()["progress"]["coded"] == 2
    assert change(browser, "undo").json()["segment"] == 1
    assert change(browser, "undo").json()["progress"]["coded"] == 0
    assert change(browser, "undo").status_code == 422
    assert change(browser, "redo").json()["answers"][0]["codes"] == [1]
    imported = change(browser, "take_in").json()
    assert imported["said"][0] == "ben read 1 segment: 1 code, and no code for 0 of them."
    assert imported["said"][1] == "Written to gold/ben_next.csv."
    assert imported["progress"]["imported"] == 1
    assert study.project.gold_of_draws("ben").is_file()
    locked = answer(browser, 0, _OPEN, {"codes": [1], "read": True})
    assert locked.status_code == 422
    assert "in the gold file already" in locked.json()["error"]


def test_an_answer_to_an_older_state_is_refused_and_what_stands_is_shown(browser):
    assert answer(browser, 3, {"codes": [0], "read": True}).status_code == 200
    late = answer(browser, 3, {"codes": [1], "read": True})
    assert late.status_code == 409
    assert "another window" in late.json()["error"]
    assert late.json()["answers"][3]["codes"] == [0]


def test_codes_of_an_earlier_sheet_are_replaced_only_when_that_is_said(browser, session, study):  # noqa: F811
    answer(browser, 0, {"codes": [0], "read": True})
    change(browser, "take_in")
    # Somebody reads the same segments again, and answers otherwise.
    draw(open_study(study.project.root), 43, include_coded=True, include_open=True)
    number = max(one["number"] for one in _rows(session))
    facts = browser.get(f"/api/draws/{number}").json()
    for one in facts["answers"]:
        answer(browser, one["i"], {"codes": [], "read": True}, number=number)
    content = {"number": number, "draw": facts["draw"]}
    refused = browser.post("draws/take_in", content)
    assert refused.status_code == 409
    assert refused.json()["replace"] is True
    assert "coded otherwise before" in refused.json()["error"]
    done = browser.post("draws/take_in", {**content, "replace": True})
    assert done.status_code == 200
    assert done.json()["progress"]["finished"]


def _rows(session):
    from fourp_nlp.review.pages.draw_pages import draw_rows

    return draw_rows(session)


# What every address answers, while a draw is not finished.


QUEUES = [
    "/api/queue/items",
    *(
        f"/api/queue/items?scope={scope}&code={code}&state=all&order={order}"
        for scope in ("suggested", "others", "both")
        for code in range(2)
        for order in ("likely", "unsure")
    ),
    *(
        f"/api/queue/items?scope=both&code=0&at={document}&segment={segment}&of_code={code}&way={way}"
        for document in ("open_day.txt", "meeting0.txt")
        for segment in range(6)
        for code in ("water", "seeds")
        for way in ("from", "after", "before")
    ),
    "/api/queue/counts?scope=marked&document=open_day.txt",
    "/api/queue/counts?scope=both&code=0&least=0.1&most=0.9",
]  # fmt: skip


def addresses(session):
    """Every address of the application that can be read, with what belongs into it."""
    documents = range(len(session.documents))
    numbers = range(1, 4)
    return [
        "/", "/api/version", "/api/learning", "/queue", "/api/queue", "/api/queue/counts",
        *QUEUES,
        "/codebook", "/api/codebook", "/api/codebook/version", "/api/codebook/changes",
        *(f"/api/codebook/{what}?code={code}" for code in session.codes for what in ("second-look", "split")),
        *chain.from_iterable(
            (
                f"/documents/{each}", f"/api/documents/{each}",
                f"/api/documents/{each}/segments?from=0&count=500",
                f"/api/documents/{each}/open", f"/api/documents/{each}/open?uncertain=true",
                f"/api/documents/{each}/open?before=0", f"/api/documents/{each}/find?text=e",
                f"/api/documents/{each}/differing",
            )
            for each in documents
        ),
        *chain.from_iterable(
            (
                f"/draws/{each}", f"/api/draws/{each}", f"/api/draws/{each}/version",
                f"/api/draws/{each}/segments?from=0&count=200",
            )
            for each in numbers
        ),
        *result_addresses(session),
    ]  # fmt: skip


def result_addresses(session):
    """Every table of results, and the passages behind every count of it."""
    machine = session.study.machine
    coders = [*session.study.gold.coders, machine]
    counts = [
        f"by={by}&unit={unit}&coder={quote(coder)}"
        for by, unit, coder in product(
            ("case", "document", "group"), ("occurrences", "segments"), coders
        )
    ]
    places = [f"&place={quote(name)}" for name in session.documents]
    return [
        "/results", "/api/results",
        *(f"/api/results/frequencies?{each}" for each in counts),
        *(f"/api/results/chart?{each}&theme=0" for each in counts if "by=document" not in each),
        *(f"/api/results/estimates?by={by}" for by in ("group", "document")),
        *(f"/api/results/agreement?pair={pair}" for pair in range(3)),
        *(f"/api/results/confusions?pair={pair}" for pair in range(3)),
        *(
            f"/api/results/passages?kind=frequency&by=document&unit=segments&coder={quote(coder)}&code={code}{place}"
            for coder, code, place in product(coders, session.codes, ["", *places])
        ),
        *(
            f"/api/results/passages?kind={kind}&code={code}&coder=anna&coder={quote(machine)}"
            for kind, code in product(("agreed", "some", "only"), session.codes)
        ),
        *(
            f"/api/results/passages?kind={kind}&code={code}&by=corpus"
            for kind, code in product(("suggested", "found"), session.codes)
        ),
        "/api/results/passages?kind=confused&code=water&taken_for=seeds&coder=anna"
        f"&coder={quote(machine)}",
    ]  # fmt: skip


def test_the_addresses_that_are_tried_are_all_that_there_are(session):
    routes = make_application(session, Keys(), frozenset({HOST})).routes
    readable = {route.path for route in routes if "GET" in (route.methods or ())}
    tried = {
        re.sub(r"\?.*", "", re.sub(r"/\d+", "/{number:int}", each)) for each in addresses(session)
    }
    assert readable - {"/static/{name}"} == tried
    changing = {route.path for route in routes if "POST" in (route.methods or ())}
    assert changing == {
        f"/api/{name}"
        for name in (
            "decide", "undo", "redo", "bulk", "finish", "write", "learn",
            "draws/answer", "draws/undo", "draws/redo", "draws/take_in",
            "queue/decide", "queue/undo", "queue/redo",
            "memo", "memo/read", "spans",
            "codebook/preview", "codebook/change", "codebook/undo", "codebook/looked-at", "codebook/same",
        )
    }  # fmt: skip


def answers_of(session, browser):
    """What is answered at every address that can be read."""
    return {address: finished(browser, address) for address in addresses(session)}


def finished(browser, address):
    """What is answered at an address when what takes long is done."""
    while True:
        answer = browser.get(address)
        if '"working"' not in answer.text:
            return answer.text


def leaks(session, answers):
    """Parts of answers that tell what the machine or another coder says of a drawn segment."""
    queue = queue_of(session)
    table = session.study.suggestions
    segments = session.study.segments
    drawn = {
        (str(row.document), int(row.segment), str(row.text))
        for row in segments.iloc[queue.place].itertuples()
    }
    places = {(document, number) for document, number, _ in drawn}
    of_drawn = [
        (document, number) in places
        for document, number in zip(table["document"], table["segment"], strict=True)
    ]
    told_of_drawn, told_of_others = table[of_drawn], table[~np.array(of_drawn)]
    elsewhere = set(told_of_others["probability"].round(4))
    own = {
        f"{value:.4f}".rstrip("0")
        for value in told_of_drawn["probability"].round(4)
        if value not in elsewhere and 0.001 < value < 0.999
    }
    assert own
    whys = {why for why in told_of_drawn["why"] if why and why not in set(told_of_others["why"])}
    assert whys
    found = []
    for address, text in answers.items():
        found += [
            (address, value) for value in own if re.search(rf"[:\s]{re.escape(value)}\b", text)
        ]
        found += [(address, why) for why in whys if json.dumps(why)[1:-1] in text or why in text]
        # A reason elsewhere must not quote a drawn segment with the code that somebody gave it.
        found += [
            (address, words)
            for document, number, words in drawn
            for quoted in re.findall(r"coded example \([^)]*\): [^\"]*", text)
            if words[:40] in quoted or f"({document}, segment {number})" in quoted
        ]
        if '"candidates"' in text:
            content = json.loads(text)
            number = content["document"] if "document" in content else address.split("/")[3]
            document = session.documents[int(number)]
            found += [
                (address, segment)
                for segment in content["segments"]
                if (document, segment["i"]) in places
                and (segment["marks"] or segment["candidates"])
            ]
        if "/open" in address:
            document = session.documents[int(address.split("/")[3])]
            found += [(address, text) for at in [json.loads(text)["i"]] if (document, at) in places]
        if address.startswith("/api/queue/items"):
            items = json.loads(text)["items"]
            found += [
                (address, one) for one in items if (one["document"], one["segment"]) in places
            ]
            # Not even as the words around another passage: a queue is about a code.
            found += [
                (address, words)
                for one in items
                for _, _, words in drawn
                if words in f"{one['before']} {one['after']}"
            ]
        if address.startswith("/api/draws/1/segments"):
            found += [(address, one) for one in json.loads(text)["segments"] if one["suggested"]]
    return found


def test_no_address_tells_what_the_machine_or_another_coder_says_of_a_drawn_segment(
    browser, session
):
    assert leaks(session, answers_of(session, browser)) == []
    # While it is coded, too; and what was answered there is not shown elsewhere.
    answer(browser, 0, {"codes": [0], "read": True})
    assert leaks(session, answers_of(session, browser)) == []


def test_the_same_questions_do_find_suggestions_where_nothing_is_drawn(browser, session):
    """The test before could not fail if its search found nothing anywhere."""
    rows = queue_of(session).place
    session.drawn.log.state = lambda: session.drawn._made_from[0]
    session.drawn._hidden[:] = 0
    session._rebuild((*session._made_from[:-1], session.drawn._hidden))
    assert len(rows)
    found = leaks(session, answers_of(session, browser))
    assert {address.rpartition("/")[2].split("?")[0] for address, _ in found} >= {
        "segments",
        "open",
        "items",
    }


def test_a_draw_made_while_the_page_is_open_leaks_nothing_to_the_next_question(study):  # noqa: F811
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "ben", log)
        browser = Browser(session, Keys())
        browser.open()
        document = f"/api/documents/{session.documents.index('open_day.txt')}"
        assert any(
            one["marks"]
            for one in browser.get(f"{document}/segments?from=0&count=50").json()["segments"]
        )
        draw(open_study(study.project.root), 43)
        shown = browser.get(f"{document}/segments?from=0&count=50").json()["segments"]
        assert all(one["marks"] == one["candidates"] == [] for one in shown)
        assert {one["drawn"] for one in shown} == {1}
        preview = browser.post("bulk", {"above": 0.0, "preview": True}).json()
        assert preview["count"] == 0
        assert browser.get(f"{document}/open").json() == {"i": None}


def test_deciding_elsewhere_on_a_drawn_segment_is_refused_with_a_sentence(browser, session):
    row = int(queue_of(session).place[0])
    document = session.documents.index(session.study.segments["document"].iloc[row])
    segment = row - session.rows(document)[0]
    refused = browser.decide(document, segment, 0, True)
    assert refused.status_code == 422
    assert "in a draw that you are coding without suggestions" in refused.json()["error"]
    finish = browser.post("finish", {"document": document})
    assert finish.status_code == 422
    before = session.version
    changes = {
        "/api/decide": refused,
        "/api/finish": finish,
        "/api/bulk?preview": browser.post("bulk", {"above": 0.0, "preview": True}),
        "/api/bulk": browser.post("bulk", {"above": 0.0, "preview": False, "document": document}),
        "/api/undo": browser.post("undo", {}),
        "/api/redo": browser.post("redo", {}),
        "/api/queue/undo": browser.post("queue/undo", {}),
        "/api/queue/redo": browser.post("queue/redo", {}),
        "/api/queue/decide": browser.post("queue/decide", {
            "at": session.documents[document], "segment": segment, "of_code": session.codes[0], "value": True,
            "was": None, "seen": CodeQueue(session).seen(row),
        }),
        "/api/queue/decide?seen": browser.post("queue/decide", {
            "at": session.documents[document], "segment": segment, "of_code": session.codes[0], "value": True,
            "was": None, "seen": "",
        }),
        "/api/bulk?all": browser.post("bulk", {"above": 0.0, "preview": False}),
        "/api/decide?was": browser.ask(
            "POST", "/api/decide", headers={"X-CSRF": browser.keys.csrf},
            json={"document": document, "items": [
                {"segment": segment, "code": 0, "value": None, "was": True},
                {"segment": segment, "code": 1, "value": True, "was": False},
            ]},
        ),
    }  # fmt: skip
    assert changes["/api/bulk"].json()["segments"]
    assert changes["/api/queue/decide"].status_code == 422
    assert changes["/api/queue/decide?seen"].json()["items"] == []
    with ReviewLog(session.study.project.store) as log:
        entries = log.read("ben")
    assert session.version > before
    places = set(zip(entries["document"], entries["start"], strict=True))
    drawn = queue_of(session).sheet.rows
    assert not places & set(zip(drawn["document"], drawn["start"], strict=True))
    # None of these answers tells more of it.
    told = {address: each.text for address, each in changes.items()}
    assert leaks(session, {**told, **answers_of(session, browser)}) == []
    written = browser.post("write", {})
    assert leaks(session, {"/api/write": written.text}) == []


def test_what_another_person_coded_is_not_shown(browser, session, root):  # noqa: F811 - the fixture
    """Anna coded all of it; Ben sees no code of hers, in the draw or elsewhere."""
    write_gold_file(session.study.project, "cleo")
    for address in addresses(session):
        text = finished(browser, address)
        assert "cleo" not in text
        assert "anna" not in text
    facts = browser.get("/api/draws/1").json()
    assert all(one["codes"] == [] and not one["read"] for one in facts["answers"])


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"number": 1},
        {"number": 1, "draw": "other", "segment": 0, "now": _OPEN, "was": _OPEN},
        {"number": "1", "segment": 0, "now": _OPEN, "was": _OPEN},
        {"number": 2**40, "segment": 0, "now": _OPEN, "was": _OPEN},
        {"number": 99, "draw": "x", "segment": 0, "now": _OPEN, "was": _OPEN},
    ],
)
def test_strange_requests_change_nothing(browser, session, content):
    for name in ("draws/answer", "draws/undo", "draws/take_in"):
        assert browser.post(name, content).status_code in {400, 404, 422}
    assert queue_of(session).answers.version == 0


@pytest.mark.parametrize(
    ("now", "segment"),
    [
        ({"codes": [0]}, 0),
        ({"codes": "0", "read": True}, 0),
        ({"codes": [True], "read": True}, 0),
        ({"codes": [0.5], "read": True}, 0),
        ({"codes": [99], "read": True}, 0),
        ({"codes": [-1], "read": True}, 0),
        ({"codes": [0], "read": False}, 0),
        (None, 0),
        ({"codes": [], "read": True}, 8),
        ({"codes": [], "read": True}, -1),
    ],
)
def test_strange_answers_change_nothing(browser, session, now, segment):
    assert answer(browser, segment, now).status_code in {400, 404, 422}
    assert queue_of(session).answers.version == 0


def test_only_the_page_of_this_server_may_answer(browser, session):
    content = {"number": 1, "draw": queue_of(session).id, "segment": 0, "now": _OPEN, "was": _OPEN}
    assert browser.post("draws/answer", content, **{"X-CSRF": "guess"}).status_code == 403
    assert browser.post("draws/answer", content, Origin="http://evil.example").status_code == 403
    page = browser.get("/draws/1")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page.text)
    for each in re.findall(r'(?:src|href)="(/static/[^"]*)"', page.text):
        assert browser.get(each).status_code == 200


def test_a_database_that_was_replaced_takes_no_answer(browser, session):
    store = session.study.project.store
    shutil.copy(store, store.with_name("copy.sqlite"))
    store.with_name("copy.sqlite").replace(store)
    refused = answer(browser, 0, {"codes": [0], "read": True})
    assert refused.status_code == 422
    assert "replaced" in refused.json()["error"]
