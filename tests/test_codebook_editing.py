"""Definitions are edited and codes added in the codebook's file, and what was coded before is not forgotten."""

from __future__ import annotations

import json

import pytest

from fourp_nlp.codebook import parse_codebook, read_codebook
from fourp_nlp.codebook.definition_edits import with_code, with_ids, with_parts
from fourp_nlp.coding.store import Store
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import CodebookError
from fourp_nlp.study.reading.second_look import mark_second_look, second_look
from fourp_nlp.study.renaming.code_changes import plan_retiring
from fourp_nlp.study.renaming.codebook_versions import AS_FOUND, codebook_versions
from fourp_nlp.study.renaming.definition_fields import FaultyDefinitionError
from fourp_nlp.study.renaming.editing_codes import plan_adding, plan_editing
from fourp_nlp.study.renaming.planned_change import make_change
from fourp_nlp.study.reviewing.review_session import ReviewSession
from fourp_nlp.study.study import Study, open_study
from tests.test_cli import fourp
from tests.test_code_changes import CODEBOOK, visits  # noqa: F401 - a fixture
from tests.test_review_session import accept, open_ones, study  # noqa: F401 - a fixture
from tests.test_undo import codings_of


def edited(text, tmp_path, code, parts):
    path = tmp_path / "a.yaml"
    return with_parts(text, path, code, parts)


def test_one_part_is_changed_and_every_other_line_and_comment_stays(tmp_path):
    now = edited(
        CODEBOOK, tmp_path, "trust", {"short_definition": "Trust in neighbours: all of it."}
    )
    old, new = CODEBOOK.splitlines(), now.splitlines()
    assert len(old) == len(new)
    assert [line for line in new if line not in old] == [
        "        short_definition: 'Trust in neighbours: all of it.'"
    ]
    assert "# the first" in now
    # A text over several lines becomes one, and the comment below it stays.
    now = edited(CODEBOOK, tmp_path, "fear", {"short_definition": "Being afraid."})
    assert now == CODEBOOK.replace(
        "short_definition: >-\n          Being afraid, of people\n          or of dogs.",
        "short_definition: Being afraid.",
    )


@pytest.mark.parametrize(
    "text",
    [
        CODEBOOK,
        CODEBOOK.replace("\n", "\r\n"),
        CODEBOOK.rstrip("\n"),
        "id: a\ncodes:\n- name: Trust\n- name: Fear\n  id: fear\n",
        "id: a\ncodes:\n- {name: Trust}\n- {id: fear, name: Fear, examples: [One.]}\n",
        'id: a\ncodes: [{id: trust, name: "Trust"}, {id: fear, name: Fear}]\n',
        "id: a\ncodes:\n  - short_definition: |\n      # no comment\n      Trust.\n    id: trust\n    name: Trust\n\n  - id: fear\n    name: Fear\n",
        json.dumps(
            {"id": "a", "codes": [{"id": "trust", "name": "Trust"}, {"id": "fear", "name": "Fear"}]}
        ),
    ],
)
@pytest.mark.parametrize(
    "parts",
    [
        {"name": "A: new # name"},
        {"name": "Trust & care", "short_definition": "", "examples": ["It's so.", "- # \"x\""]},
        {"full_definition": "One line.\n\nAnother: yes."},
        {"when_to_use": "x" * 300, "when_not_to_use": [{"when": "Then.", "use": "fear"}, {"when": "Or: then."}]},
        {"when_not_to_use": [], "short_definition": "\u2028 <b>'\"</b> {{ 7 }}"},
    ],
)  # fmt: skip
def test_a_definition_is_edited_however_the_codebook_is_laid_out(tmp_path, text, parts):
    before = parse_codebook(text, tmp_path / "a.yaml")
    now = edited(text, tmp_path, "trust", parts)
    after = parse_codebook(now, tmp_path / "a.yaml")
    trust = after.all_codes[0]
    assert trust.id == "trust"
    content = before.all_codes[0].model_dump(exclude_none=True)
    assert trust == type(trust).model_validate({**content, **parts})
    assert after.all_codes[1:] == before.all_codes[1:]
    assert ("\r\n" in text) == ("\r\n" in now)
    if "\r\n" in text:
        assert "\n" not in now.replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    [
        CODEBOOK,
        CODEBOOK.rstrip("\n") + "\n# The end.\n",
        CODEBOOK + "  - id: u\n    name: U\n    codes:\n    - id: other\n      name: Other\n",
        "id: a\ncodes: [{id: x, name: X}]\n",
        "id: a\ncodes:\n- {id: x, name: X}\n\n# Behind.\n",
        json.dumps({"id": "a", "codes": [{"id": "x", "name": "X"}]}),
    ],
)
def test_a_code_is_added_as_the_last_of_its_theme(tmp_path, text):
    path = tmp_path / "a.yaml"
    before = parse_codebook(text, path)
    values = {"id": "new_one", "name": "New: one", "examples": ["Like this."]}
    theme = before.themes[0].id if before.themes else ""
    now = with_code(text, path, values, theme)
    after = parse_codebook(now, path)
    home = after.themes[0].codes if after.themes else after.codes
    assert [home[-1].id, home[-1].name, home[-1].examples] == list(values.values())
    assert [code for code in after.all_codes if code.id != "new_one"] == before.all_codes
    assert all(line in now.splitlines() for line in text.splitlines() if "#" in line)


def test_a_code_without_a_written_id_keeps_the_one_that_was_made_of_its_name(tmp_path):
    text = "id: a\ncodes:\n  - name: Water and taps  # the first\n    color: '#112233'\n  - name: Seeds\n"
    now = edited(text, tmp_path, "water_and_taps", {"name": "Hoses"})
    code = parse_codebook(now, tmp_path / "a.yaml").all_codes[0]
    assert (code.id, code.name) == ("water_and_taps", "Hoses")
    assert "# the first" in now
    assert parse_codebook(with_ids(text, tmp_path / "a.yaml", {"seeds"}), tmp_path / "a.yaml") == (
        parse_codebook(text, tmp_path / "a.yaml")
    )


def test_an_edit_by_command_changes_the_codebook_is_taken_back_and_leaves_codings(visits):  # noqa: F811
    before = codings_of(visits)
    words = (
        "codebook",
        "edit",
        "fear",
        "--short-definition",
        "Being afraid.",
        "--example",
        "I ran.",
    )
    shown = fourp(*words, "--dry-run", "-p", visits.root)
    assert "would be done: definition of fear edited" in shown.output
    assert codings_of(visits) == before
    said = fourp(*words, "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert "made by the earlier definition" in " ".join(said.output.split())
    fear = read_codebook(visits.codebook).all_codes[1]
    assert (fear.short_definition, fear.examples) == ("Being afraid.", ["I ran."])
    after = codings_of(visits)
    assert {name for name in after[0] if after[0][name] != before[0][name]} == {"codebook"}
    assert after[1] == before[1]
    assert fourp("undo", "-p", visits.root).exit_code == 0
    assert codings_of(visits) == before
    assert second_look(Study(visits)).empty


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": "  "}, "name", "A code needs a name."),
        ({"name": "FEAR"}, "name", "The code 'fear' has this name already."),
        ({"when_not_to_use": [{"when": "x", "use": "feer"}]}, "when_not_to_use.0.use", "Did you mean 'fear'"),
        ({"when_not_to_use": [{"when": "x", "use": "trust"}]}, "when_not_to_use.0.use", "the code itself"),
        ({"when_not_to_use": [{}, {"when": "", "use": "fear"}]}, "when_not_to_use.1", "Write the case"),
    ],
)  # fmt: skip
def test_a_faulty_edit_is_refused_at_its_field(visits, values, field, sentence):  # noqa: F811
    with pytest.raises(FaultyDefinitionError) as refused:
        plan_editing(Study(visits), "trust", values)
    assert list(refused.value.fields) == [field]
    assert sentence in refused.value.fields[field]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": "Other", "id": "fear"}, "id", "There is 'fear' already."),
        ({"name": "Other", "id": "t"}, "id", "There is 't' already."),
        ({"name": "Other", "id": "Two words"}, "id", "two_words"),
        ({"name": ""}, "name", "needs a name"),
        ({"name": "Other", "parent": "nothing"}, "parent", "no code 'nothing'"),
    ],
)
def test_a_faulty_code_is_not_added(visits, values, field, sentence):  # noqa: F811
    before = visits.codebook.read_bytes()
    with pytest.raises(FaultyDefinitionError) as refused:
        plan_adding(Study(visits), values)
    assert sentence in refused.value.fields[field]
    with pytest.raises(FaultyDefinitionError, match="There is no theme 'nowhere'"):
        plan_adding(Study(visits), {"name": "Other"}, theme="nowhere")
    assert visits.codebook.read_bytes() == before


def test_nothing_to_change_and_other_formats_are_refused_with_the_cure(visits):  # noqa: F811
    said = fourp("codebook", "edit", "trust", "--name", "Trust", "-p", visits.root)
    assert "Nothing changes" in str(said.exception)
    assert fourp("codebook", "edit", "trust", "-p", visits.root).exit_code == 2
    table = visits.root / "book.csv"
    fourp("codebook", "export", table, "-p", visits.root)
    toml = visits.root / "fourp.toml"
    lines = [
        line for line in toml.read_text(encoding="utf-8").splitlines() if "codebook" not in line
    ]
    toml.write_text("\n".join(['codebook = "book.csv"', *lines]), encoding="utf-8")
    said = fourp("codebook", "edit", "trust", "--name", "Faith", "-p", visits.root)
    assert isinstance(said.exception, CodebookError)
    assert "fourp codebook export codebook.yaml" in str(said.exception)


def test_a_code_that_is_added_is_unread_in_what_was_read(visits):  # noqa: F811
    said = fourp(
        "codebook", "add", "Cats", "--when-not-to-use", "Dogs. [use: fear]", "-p", visits.root
    )
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    codebook = read_codebook(visits.codebook)
    assert codebook.code_ids == ["trust", "fear", "garden", "cats"]
    assert codebook.all_codes[-1].when_not_to_use[0].use == "fear"
    assert not Study(visits).labels("anna").looked_for[:, 3].any()
    assert fourp("undo", "-p", visits.root).exit_code == 0
    assert visits.codebook.read_text(encoding="utf-8") == CODEBOOK


def test_codings_by_an_earlier_definition_are_listed_until_somebody_looked_at_them_again(visits):  # noqa: F811
    assert second_look(Study(visits)).empty
    fourp("codebook", "edit", "fear", "--when-to-use", "Fear of animals.", "-p", visits.root)
    table = second_look(Study(visits))
    assert set(table["code"]) == {"fear"}
    assert {"anna", "ben"} <= set(table["coder"])
    total = int(Study(visits).labels("ben").labels[:, 1].sum())
    assert (table["coder"] == "ben").sum() == total > 0
    said = fourp(
        "codebook",
        "second-look",
        "fear",
        "--coder",
        "ben",
        "--looked-at",
        "--by",
        "cleo",
        "-p",
        visits.root,
    )
    assert f"{total} coding" in said.output
    table = second_look(Study(visits))
    assert set(table.loc[table["looked_at"] != "", "coder"]) == {"ben"}
    assert set(table.loc[table["coder"] == "ben", "looked_at_by"]) == {"cleo"}
    listed = fourp("codebook", "second-look", "--json", "-p", visits.root)
    assert {json.loads(line)["coder"] for line in listed.stdout.splitlines()} == set(
        table["coder"]
    ) - {"ben"}
    # It follows another id of a code, also where that changes the wording of the definition.
    fourp("codebook", "rename", "fear", "dread", "-p", visits.root)
    table = second_look(Study(visits))
    assert set(table["code"]) == {"dread"}
    assert set(table.loc[table["looked_at"] != "", "coder"]) == {"ben"}
    # After another edit, all wait again.
    fourp("codebook", "edit", "dread", "--when-to-use", "Fear of dogs.", "-p", visits.root)
    table = second_look(Study(visits))
    assert (table["looked_at"] == "").all()
    mark_second_look(Study(visits), table, "anna")
    assert (second_look(Study(visits))["looked_at"] != "").all()
    fourp("codebook", "second-look", "--open-again", "-p", visits.root)
    assert (second_look(Study(visits))["looked_at"] == "").all()
    fourp("gold", "--same-definition", "dread", "-p", visits.root)
    assert second_look(Study(visits)).empty


def test_examples_alone_need_no_second_look(visits):  # noqa: F811
    said = fourp("codebook", "edit", "fear", "--example", "I ran.", "-p", visits.root)
    assert "examples do not change it" in said.output
    assert second_look(Study(visits)).empty


def test_a_decision_on_a_suggestion_keeps_the_definition_by_which_it_was_made(study):  # noqa: F811
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "anna", log)
        water = session.codes.index("water")
        first, second, *_ = (cell for cell in open_ones(session) if cell[1] == water)
        accept(session, *first)
        refused = fourp(
            "codebook", "edit", "water", "--when-to-use", "Taps.", "-p", study.project.root
        )
        assert "add --write-decisions" in str(refused.exception)
        done = fourp(
            "codebook", "edit", "water", "--when-to-use", "Taps.", "--write-decisions", "-p", study.project.root
        )  # fmt: skip
        assert done.exit_code == 0, f"{done.output} {done.exception}"
        assert "gold/assisted/anna.csv: 1 decision" in done.output.replace("\n", "")
        session.refresh()
        # Writing a later decision does not make the earlier one newer than it is.
        accept(session, *second)
        session.write()
    table = second_look(open_study(study.project.root), code="water")
    new = table[table["document"] == "open_day.txt"]
    assert new["segment"].tolist() == [first[0]]


def test_versions_are_dated_and_know_each_wording(visits):  # noqa: F811
    root = visits.root
    assert codebook_versions(Store(visits.store)) == []
    fourp("codebook", "edit", "fear", "--short-definition", "Being afraid.", "-p", root)
    text = visits.codebook.read_text(encoding="utf-8")
    visits.codebook.write_text(text.replace("Gardens.", "Gardens and sheds."), encoding="utf-8")
    fourp("codebook", "rename", "fear", "dread", "-p", root)
    fourp("undo", "-p", root)
    make_change(Study(visits), plan_retiring(Study(visits), "garden"))
    versions = codebook_versions(Store(visits.store))
    assert [version.what for version in versions] == [
        AS_FOUND,
        "definition of fear edited",
        AS_FOUND,
        "code fear renamed to dread",
        "taken back: code fear renamed to dread",
        "code garden retired",
    ]
    edit = versions[1]
    assert edit.before["fear"]["short definition"] == "Being afraid, of people or of dogs."
    assert edit.after["fear"]["short definition"] == "Being afraid."
    assert versions[2].after["garden"]["short definition"] == "Gardens and sheds."
    assert versions[-1].after["garden"] is None
    assert versions[2].fingerprint == versions[4].fingerprint
    said = fourp("codebook", "changes", "fear", "-p", root)
    assert "Being afraid." in said.output
    rows = [
        json.loads(line)
        for line in fourp("codebook", "changes", "--json", "-p", root).stdout.splitlines()
    ]
    assert {row["version"] for row in rows} == set(range(1, 7))
