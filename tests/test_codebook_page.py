"""The page of the codebook: each of its changes is what the command does, and no window records a wrong code."""

from __future__ import annotations

import os
import shutil

import pytest

pytest.importorskip("starlette")

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.gold.assisted import read_assisted
from fourp_nlp.coding.store import Store
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.review.guard import Keys
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.second_look import second_look
from fourp_nlp.study.reviewing.codebook_session import CodebookSession
from fourp_nlp.study.reviewing.review_session import ReviewSession
from fourp_nlp.study.study import Study, open_study
from tests.test_cli import fourp
from tests.test_code_changes import visits  # noqa: F401 - a fixture
from tests.test_killed_changes import Scene
from tests.test_review_page import Browser
from tests.test_review_session import number_of, open_ones, study  # noqa: F401 - a fixture
from tests.test_undo import codings_of


@pytest.fixture
def session(study):  # noqa: F811 - the fixture
    with ReviewLog(study.project.store) as log:
        yield ReviewSession(study, "anna", log)


@pytest.fixture
def browser(session):
    browser = Browser(session, Keys())
    browser.open()
    return browser


def as_it_is(project):
    """Files and rows of the database, these in any order."""
    files, rows = codings_of(project)
    return files, {name: sorted(each, key=repr) for name, each in rows.items()}


def made(browser, content, **more):
    """Preview a change, then make it, as the page does."""
    shown = browser.post("codebook/preview", content)
    assert shown.status_code == 200, shown.text
    done = browser.post("codebook/change", {**content, "mark": shown.json()["mark"], **more})
    assert done.status_code == 200, done.text
    return shown.json(), done.json()


CHANGES = [
    (
        {"kind": "edit", "code": "fear", "values": {"short_definition": "Being afraid.", "examples": ["I ran."]}},
        ("edit", "fear", "--short-definition", "Being afraid.", "--example", "I ran."),
    ),
    (
        {
            "kind": "add",
            "theme": "t",
            "values": {"name": "Cats", "when_not_to_use": [{"when": "Dogs.", "use": "fear"}]},
        },
        ("add", "Cats", "--when-not-to-use", "Dogs. [use: fear]"),
    ),
    ({"kind": "rename", "code": "fear", "new": "dread"}, ("rename", "fear", "dread")),
    ({"kind": "merge", "codes": ["trust", "fear"], "into": "trust"}, ("merge", "trust", "fear", "--into", "trust")),
    ({"kind": "retire", "code": "garden"}, ("retire", "garden")),
    ({"kind": "split", "code": "garden", "into": ["trust"], "becomes": []}, ("split", "garden", "--into", "trust")),
]  # fmt: skip


@pytest.mark.parametrize(("content", "command"), CHANGES)
def test_the_page_changes_what_the_command_changes_byte_for_byte(
    visits,  # noqa: F811
    tmp_path,
    content,
    command,
):
    twin = tmp_path / "twin"
    shutil.copytree(visits.root, twin)
    with ReviewLog(visits.store) as log:
        browser = Browser(ReviewSession(open_study(visits.root), "anna", log), Keys())
        browser.open()
        before = as_it_is(visits)
        shown, done = made(browser, content)
        assert shown["files"] == done["files"]
        said = fourp("codebook", *command, "-p", twin)
        assert said.exit_code == 0, f"{said.output} {said.exception}"
        assert codings_of(visits) == codings_of(open_project(twin))
        assert as_it_is(visits) != before
        assert f"done: {done['what']}" in said.output
        last = browser.get("/api/codebook").json()["last"]
        assert last["codebook"]
        taken = browser.post("codebook/undo", last)
        assert taken.status_code == 200, taken.text
        assert as_it_is(visits) == before
        assert fourp("undo", "-p", twin).exit_code == 0


def test_a_code_is_split_in_the_page_by_a_decision_about_each_coding(browser, session):
    browser.post("codebook/preview", {"kind": "add", "values": {"name": "Taps"}})
    for name in ("Taps", "Hoses"):
        made(browser, {"kind": "add", "values": {"name": name}})
    codings = browser.get("/api/codebook/split?code=water").json()["codings"]
    assert len(codings) == 12
    asked = {"kind": "split", "code": "water", "into": ["taps", "hoses"]}
    missing = browser.post("codebook/preview", {**asked, "becomes": []})
    assert "12 coding(s) with the code 'water' are not decided on" in missing.json()["error"]
    becomes = [
        {**coding, "becomes": [["taps"], ["taps", "hoses"], []][k % 3]}
        for k, coding in enumerate(codings)
    ]
    refused = browser.post("codebook/preview", {**asked, "becomes": becomes})
    assert "seeds" not in refused.json().get("error", "")
    shown, _ = made(browser, {**asked, "becomes": becomes})
    assert "taps 8, hoses 4, none 4" in shown["notes"][0]
    assert session.codes == ["seeds", "taps", "hoses"]


def test_decisions_of_the_page_are_written_first_in_one_step(browser, session, study):  # noqa: F811
    (segment, code), *_ = open_ones(session)
    browser.decide(number_of(session), segment, code, value=True)
    content = {"kind": "rename", "code": "water", "new": "taps"}
    shown = browser.post("codebook/preview", content).json()
    assert shown["pending"] == ["anna"]
    refused = browser.post("codebook/change", {**content, "mark": shown["mark"]})
    assert "not in the gold files yet" in refused.json()["error"]
    done = browser.post(
        "codebook/change", {**content, "mark": shown["mark"], "write_decisions": True}
    )
    assert done.status_code == 200, done.text
    decided = read_assisted(study.project.gold_of_assisted("anna"), ["taps", "seeds"])
    assert len(decided) == 1
    assert session.pending == 0
    # The decision is taken back under the new name.
    assert browser.post("undo", {}).status_code == 200
    assert len(open_ones(session)) > 0


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({"kind": "edit", "code": "water", "values": {"name": ""}}, ["name"]),
        ({"kind": "add", "values": {"name": "X", "id": "seeds"}}, ["id"]),
        (
            {"kind": "edit", "code": "water", "values": {"when_not_to_use": [{"when": "x", "use": "<b>"}]}},
            ["when_not_to_use.0.use"],
        ),
        ({"kind": "rename", "code": "water", "new": "seeds"}, []),
        ({"kind": "merge", "codes": ["water"], "into": "water"}, []),
        ({"kind": "retire", "code": "nothing"}, []),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field_and_nothing_is_changed(browser, study, content, fields):  # noqa: F811
    before = study.project.codebook.read_bytes()
    for answer in (
        browser.post("codebook/preview", content),
        browser.post("codebook/change", {**content, "mark": "x"}),
    ):
        assert answer.status_code == 422
        assert list(answer.json()["fields"]) == fields
        assert answer.json()["error"]
    assert study.project.codebook.read_bytes() == before


def test_a_change_that_would_do_something_else_by_now_is_shown_again(browser, study):  # noqa: F811
    content = {"kind": "edit", "code": "water", "values": {"when_to_use": "Taps."}}
    shown = browser.post("codebook/preview", content).json()
    fourp("codebook", "rename", "seeds", "sowing", "-p", study.project.root)
    refused = browser.post("codebook/change", {**content, "mark": shown["mark"]})
    assert refused.status_code == 409
    assert read_codebook(study.project.codebook).code_ids == ["water", "sowing"]
    made(browser, content)
    last = browser.get("/api/codebook").json()["last"]
    fourp("codebook", "rename", "sowing", "seeds", "-p", study.project.root)
    assert "Another change was made since" in browser.post("codebook/undo", last).json()["error"]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": "burn"},
        {"kind": "edit", "code": 7},
        {"kind": "edit", "code": "water", "values": []},
        {"kind": "edit", "code": "water", "values": {"name": "x" * 200_000}},
        {"kind": "edit", "code": "water", "values": {"examples": "x"}},
        {"kind": "split", "code": "water", "into": "seeds"},
        {"kind": "split", "code": "water", "into": ["seeds"], "becomes": [{"start": "0"}]},
        {"kind": "merge", "codes": [1], "into": "water"},
    ],
)
def test_requests_that_make_no_sense_are_refused(browser, study, content):  # noqa: F811
    before = study.project.codebook.read_bytes()
    assert browser.post("codebook/preview", content).status_code == 400
    assert browser.post("codebook/change", content).status_code == 400
    assert study.project.codebook.read_bytes() == before


def test_what_waits_for_a_second_look_is_listed_and_looked_at_in_one_action(browser, study):  # noqa: F811
    made(browser, {"kind": "edit", "code": "water", "values": {"when_to_use": "Taps alone."}})
    water = browser.get("/api/codebook").json()["book"][0]
    assert (water["waiting"], water["looked_at"]) == (12, 0)
    shown = browser.get("/api/codebook/second-look?code=water").json()
    assert shown["count"] == 12
    page = browser.get(f"/documents/{shown['rows'][0]['number']}").text
    assert shown["rows"][0]["document"] in page
    done = browser.post("codebook/looked-at", {"code": "water", "codings": shown["rows"][:5]})
    assert done.json() == {"count": 5}
    table = second_look(open_study(study.project.root))
    assert (table["looked_at_by"] == "anna").sum() == 5
    entries = Store(study.project.store).read_log("looked again")
    assert len(entries) == 1
    browser.post(
        "codebook/looked-at", {"code": "water", "codings": shown["rows"][:1], "taken_back": True}
    )
    assert browser.get("/api/codebook").json()["book"][0]["looked_at"] == 4
    assert browser.post("codebook/same", {"code": "water"}).json() == {"changed": True}
    assert browser.get("/api/codebook").json()["book"][0]["waiting"] == 0
    versions = browser.get("/api/codebook/changes").json()["versions"]
    assert [version["what"] for version in versions] == ["definition of water edited"]


def test_a_window_with_the_earlier_codebook_records_no_wrong_code_and_loses_none(
    browser,
    session,
    study,  # noqa: F811
):
    number = number_of(session)
    facts = browser.get(f"/api/documents/{number}").json()
    shown = {"X-Codebook": facts["codebook"]}
    seeds = next(code["code"] for code in facts["codes"] if code["id"] == "seeds")
    segment = next(segment for segment, code in open_ones(session) if code == seeds)
    fourp("codebook", "retire", "water", "-p", study.project.root)
    assert session.study.codebook.code_ids == ["seeds"]
    # What it asks is refused with a sentence; what it still had to send is kept, under the right code.
    for address in (
        f"/api/documents/{number}/segments",
        f"/api/documents/{number}",
        "/api/version",
    ):
        told = browser.get(address, **shown)
        assert told.status_code == 409
        assert told.json()["outdated"]
        assert "The codebook was changed" in told.json()["error"]
    item = {"segment": segment, "code": seeds, "value": True, "was": None}
    kept = browser.post("decide", {"document": number, "items": [item]}, **shown)
    assert (kept.status_code, kept.json()) == (200, {"outdated": True})
    assert session.entries()["code"].tolist() == ["seeds"]
    water = {"segment": segment, "code": 1 - seeds, "value": True, "was": None}
    gone = browser.post("decide", {"document": number, "items": [water]}, **shown)
    assert gone.status_code == 422
    assert "merged, split or retired meanwhile" in gone.json()["error"]
    for name in ("undo", "redo"):
        assert browser.post(name, {}, **shown).status_code == 409
    assert len(session.entries()) == 1
    # Loaded again, it shows the codebook of now.
    fresh = browser.get(f"/api/documents/{number}").json()
    assert [code["id"] for code in fresh["codes"]] == ["seeds"]
    assert browser.get("/api/version", **{"X-Codebook": fresh["codebook"]}).status_code == 200


def test_a_waiting_decision_follows_a_code_that_was_renamed_and_moved(browser, session, study):  # noqa: F811
    number = number_of(session)
    facts = browser.get(f"/api/documents/{number}").json()
    segment, code = open_ones(session)[0]
    id_ = facts["codes"][code]["id"]
    fourp("codebook", "rename", id_, "other", "-p", study.project.root)
    # The codes stand in another order now, too.
    text = study.project.codebook.read_text(encoding="utf-8")
    head, first, second = text.partition("  - id: seeds")
    codes = head.partition("codes:\n")
    study.project.codebook.write_text(
        f"{codes[0]}{codes[1]}{first}{second}{codes[2]}", encoding="utf-8"
    )
    item = {"segment": segment, "code": code, "value": True, "was": None}
    kept = browser.post(
        "decide", {"document": number, "items": [item]}, **{"X-Codebook": facts["codebook"]}
    )
    assert kept.status_code == 200, kept.text
    assert session.entries()["code"].tolist() == ["other"]


def test_a_codebook_in_another_format_is_shown_and_said_how_to_change_it(study):  # noqa: F811
    root = study.project.root
    fourp("codebook", "export", root / "book.csv", "-p", root)
    toml = root / "fourp.toml"
    toml.write_text('codebook = "book.csv"\n' + toml.read_text(encoding="utf-8"), encoding="utf-8")
    with ReviewLog(study.project.store) as log:
        browser = Browser(ReviewSession(open_study(root), "anna", log), Keys())
        browser.open()
        book = browser.get("/api/codebook").json()
        assert "only be changed in a codebook in YAML" in book["fixed"]
        assert "fourp codebook export" in book["fixed"]
        refused = browser.post("codebook/preview", {"kind": "retire", "code": "water"})
        assert refused.status_code == 422


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("edit", {"code": "fear", "values": {"short_definition": "Being afraid."}}),
        ("rename", {"code": "fear", "new": "dread"}),
    ],
)
def test_a_kill_in_the_middle_of_a_change_loses_nothing(visits, kind, asked):  # noqa: F811
    def action():
        session = CodebookSession(Study(open_project(visits.root)))
        session.change(kind, asked, mark=session.preview(kind, asked).mark)

    assert Scene(visits.root).each_step(action, every=3) > 8
