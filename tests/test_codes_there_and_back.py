"""Codebooks through other programs: what nobody changed stays, and what somebody changed is told and taken."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.exchange import (
    MARKS,
    MEMBERS,
    NODES,
    SOURCES,
    USERS,
    Exchange,
    codebook_to_nodes,
    guid_of,
    read_qdc,
    read_qdpx,
    write_qdc,
    write_qdpx,
)
from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras
from fourp_nlp.study.importing.codes.codes import codebook_alone, codebook_of_nodes, match_codes
from fourp_nlp.study.importing.codes.merged_nodes import depth_first
from fourp_nlp.study.importing.import_project import plan_import
from fourp_nlp.study.importing.plan import ImportOptions
from fourp_nlp.study.importing.target import ImportTarget, new_target, read_target
from fourp_nlp.study.project import Project, open_project
from fourp_nlp.study.reading.corpus import no_progress
from fourp_nlp.study.settings import Settings
from tests.cases import shared_case
from tests.code_patterns import (
    all_codable,
    doubled,
    flat,
    unchanged,
    with_new_identities,
    without_descriptions,
)
from tests.codebooks import codebooks
from tests.conftest import ROOT
from tests.other_programs import as_qualcoder, with_new_guids
from tests.test_export import sent
from tests.test_import import again, codings, guid, table, taken
from tests.test_import_qdpx import fourp

TEXT = "I was glad that day.\nI was afraid of him.\nHe shouted.\nWe went home.\n"
QUOTES = TEXT.strip().split("\n")

DEEP = """\
id: deep
title: Deep
themes:
  - id: life
    name: Life
    definition: All of it.
    codes:
      # what people feel
      - id: feelings
        name: Feelings
        full_definition: |
          What somebody says to feel.

          Not what others say of them.
        when_not_to_use:
          - when: Pain of the body.
            use: body
      - id: fear
        name: Fear
        parent: feelings
        color: "#AA0000"
      - id: panic
        name: Panic
        parent: fear
      - id: body
        name: Body
  - id: work_theme
    name: Work
    codes:
      - id: work
        name: Work
      - id: pay
        name: Pay
  - id: other
    name: Other things
    codes:
      - id: weather
        name: Weather
"""


def project_of(folder, text=DEEP, coded=("feelings", "fear", "panic", "work")):
    """Make a project with one document, each line of it coded with one code."""
    (folder / "corpus").mkdir(parents=True)
    (folder / "gold").mkdir()
    (folder / "fourp.toml").write_text('title = "deep"\n', encoding="utf-8")
    (folder / "corpus" / "codebook.yaml").write_text(text, encoding="utf-8")
    (folder / "corpus" / "a.txt").write_text(TEXT, encoding="utf-8")
    rows = ["document,start,end,code,coder,quote"]
    for code, quote in zip(coded, QUOTES, strict=False):
        at = TEXT.index(quote)
        rows.append(f"a.txt,{at},{at + len(quote)},{code},anna,{quote}")
    (folder / "gold" / "anna.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return open_project(folder)


@pytest.fixture
def deep(tmp_path):
    return project_of(tmp_path / "deep")


def statuses(plan):
    return dict(zip(plan.codes["name"], plan.codes["status"], strict=True))


PATTERNS = {
    "as it went out": unchanged,
    "new identities": lambda out: with_new_identities(unchanged(out)),
    "a category and a code in it": lambda out: with_new_identities(doubled(out)),
    "a code beside its category": lambda out: with_new_identities(doubled(out, beside=True)),
    "the code gets a number": lambda out: with_new_identities(doubled(out, behind=" (2)")),
    "categories without memo": lambda out: with_new_identities(
        doubled(out, folders_without_memo=True)
    ),
    "names alone": lambda out: with_new_identities(without_descriptions(out)),
    "names alone, doubled": lambda out: with_new_identities(without_descriptions(doubled(out))),
    "names alone, beside": lambda out: with_new_identities(
        without_descriptions(doubled(out, beside=True))
    ),
    "names alone, numbered": lambda out: with_new_identities(
        without_descriptions(doubled(out, behind=" (2)"))
    ),
    "a list": lambda out: with_new_identities(flat(unchanged(out))),
    "a list of doubles": lambda out: with_new_identities(flat(doubled(out))),
    "a list, names alone": lambda out: with_new_identities(
        flat(without_descriptions(doubled(out)))
    ),
    "themes are codes": lambda out: with_new_identities(all_codable(unchanged(out))),
    "themes are codes, doubled": lambda out: with_new_identities(all_codable(doubled(out))),
    "themes are codes, a list, names alone": lambda out: with_new_identities(
        flat(all_codable(without_descriptions(doubled(out))))
    ),
}


# ---- nothing was changed --------------------------------------------------------------------------------


@pytest.fixture(
    scope="module", params=[("feelings", "fear", "panic", "work"), ("panic", "pay")], ids=str
)
def there(request, tmp_path_factory):
    """A project that is only read: its codings, what there is, and how it goes out."""
    project = project_of(tmp_path_factory.mktemp("there") / "deep", coded=request.param)
    return request.param, read_target(project, no_progress), sent(project)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_nobody_changed_stays_through_any_program(there, pattern):
    coded, target, out = there
    back = PATTERNS[pattern](out)
    for options in ({}, {"replace": True, "decided_by": "anna"}):
        plan = plan_import(back, target, ImportOptions(**options))
        assert set(statuses(plan).values()) <= {"known", "double"}, statuses(plan)
        assert len(plan.codes) == len(back.nodes)
        assert plan.coders["same"].tolist() == [len(coded)]
        assert plan.losses.empty
        assert target.project.codebook not in plan.contents
        assert target.project.gold / "anna.csv" not in plan.contents
        assert not any("otherwise" in note for note in plan.notes)


@pytest.mark.parametrize("pattern", ["a category and a code in it", "a list of doubles"])
def test_a_second_turn_through_a_program_changes_nothing_either(deep, pattern):
    back = PATTERNS[pattern](sent(deep))
    project, _ = taken(back, deep, replace=True)
    assert project.codebook.read_text(encoding="utf-8") == DEEP
    assert not again(back, project, replace=True).changes
    # And once more, from what went out then.
    plan = again(PATTERNS[pattern](sent(project)), project)
    assert set(statuses(plan).values()) <= {"known", "double"}


@settings(max_examples=15, deadline=None)
@given(codebooks(deep=False, whole=False), st.sampled_from(sorted(PATTERNS)))
def test_any_codebook_stays_through_any_program(book, pattern):
    target = ImportTarget(Project(ROOT, Settings()), is_new=False, codebook=book)
    out = Exchange(nodes=codebook_to_nodes(book))
    matched = match_codes(
        PATTERNS[pattern](out.conformed()).nodes, target, new_codes="add", replacing=True
    )
    assert matched.codebook == book
    assert set(matched.table["status"]) <= {"known", "double"}
    assert set(matched.ids.values()) >= set(book.code_ids)


def test_qualcoder_gives_back_what_it_got(deep, tmp_path):
    out = tmp_path / "out.qdpx"
    write_qdpx(sent(deep), out)
    for folds in (True, False):
        back = read_qdpx(as_qualcoder(out, tmp_path / "back.qdpx", seed=1, folds=folds))
        plan = again(back, deep, replace=True)
        told = statuses(plan)
        # It has colours of its own, of which it takes the nearest.
        assert told.pop("Fear") in {"recoloured", "double"}
        assert set(told.values()) <= {"known", "double", "recoloured"}
        assert plan.coders["same"].tolist() == [4]


def test_the_double_of_a_code_is_folded_in_a_new_project_only_if_something_says_so(deep, tmp_path):
    back = with_new_identities(doubled(sent(deep)))
    project, plan = taken(back, new_target(tmp_path / "one"))
    assert statuses(plan)["Life"] == "new"
    assert (plan.codes["status"] == "double").sum() == 3
    assert any("came as two each" in note and "Feelings" in note for note in plan.notes)
    book, ours = read_codebook(project.codebook), read_codebook(deep.codebook)
    assert [(code.id, code.parent) for code in book.all_codes] == [
        (code.id, code.parent) for code in ours.all_codes
    ]
    project, plan = taken(without_descriptions(back), new_target(tmp_path / "two"))
    assert "double" not in set(plan.codes["status"])
    assert [theme.name for theme in read_codebook(project.codebook).themes][:3] == [
        "Life", "Feelings", "Fear",
    ]  # fmt: skip
    assert not again(without_descriptions(back), project, replace=True).changes


def test_what_belongs_to_a_category_follows_its_code(deep):
    back = doubled(sent(deep))
    category = guid_of("test category", guid_of("node", "feelings"))
    note = back.notes.iloc[:1].assign(guid=guid(1), about=category, text="On feelings")
    members = table(MEMBERS, (guid(2), "set", "Mine", category, ""))
    back = replace(
        back,
        notes=pd.concat([back.notes, note], ignore_index=True),
        members=pd.concat([back.members, members], ignore_index=True),
    )
    project, _ = taken(back, deep)
    out = sent(project)
    feelings = out.nodes.set_index("code")["guid"]["feelings"]
    assert out.notes.set_index("guid")["about"][guid(1)] == feelings
    assert out.members.set_index("guid")["member"][guid(2)] == feelings


def test_the_file_of_the_program_that_cannot_put_codes_below_codes(tmp_path):
    import shutil

    project = open_project(
        shutil.copytree(shared_case("exchange", "nested_project"), tmp_path / "p")
    )
    for path in tmp_path.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    before = project.codebook.read_bytes()
    file = shared_case("exchange", "nested_back_from_qualcoder382.qdpx")
    for options in ([], ["--replace"], ["--decided-by", "anna"]):
        code, said, _ = fourp("import", file, "--project", project.root, *options)
        assert code == 0
        assert "3 codes and themes known, 1 double" in said
        assert "nothing was lost" in said
        assert "decisions" not in said
    assert project.codebook.read_bytes() == before
    assert codings(project)["code"].tolist() == ["feelings", "fear"]
    assert "nothing changes" in said
    assert Store(project.store).read_decisions().empty


# ---- one thing was changed ------------------------------------------------------------------------------


def with_edit(exchange, called, /, **values):
    nodes = exchange.nodes.copy()
    which = nodes["name"] == called
    for column, value in values.items():
        nodes.loc[which, column] = value
    return replace(exchange, nodes=nodes)


EDITS = {
    "renamed": {"name": "Terror"},
    "reworded": {"description": "Id: fear\nFull definition: To be afraid."},
    "recoloured": {"color": "#00BB00"},
    "moved": {"parent": guid_of("node", "other")},
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    "pattern", ["as it went out", "a category and a code in it", "themes are codes"]
)
def test_one_edit_is_told_and_nothing_else(there, edit, pattern):
    coded, target, out = there
    back = PATTERNS[pattern](with_edit(out, "Fear", **EDITS[edit]))
    plan = plan_import(back, target)
    told = [status for status in plan.codes["status"] if status not in {"known", "double"}]
    assert told == [edit]
    assert plan.coders["same"].tolist() == [len(coded)]
    assert any("Fear" in note and "--replace" in note for note in plan.notes)
    assert target.project.codebook not in plan.contents


@pytest.mark.parametrize("edit", EDITS)
def test_one_edit_is_taken_over_when_asked(deep, edit):
    back = PATTERNS["a category and a code in it"](with_edit(sent(deep), "Fear", **EDITS[edit]))
    project, _ = taken(back, deep, replace=True)
    book = {code.id: code for code in read_codebook(project.codebook).all_codes}
    assert len(book) == 7
    fear = book["fear"]
    assert (fear.name == "Terror") == (edit == "renamed")
    assert (fear.full_definition == "To be afraid.") == (edit == "reworded")
    assert (fear.color == "#00BB00") == (edit == "recoloured")
    assert (fear.parent == "") == (edit == "moved")
    assert book["panic"].parent == "fear"
    assert book["feelings"].when_not_to_use[0].use == "body"
    themes = dict(zip(book, read_codebook(project.codebook).code_themes, strict=True))
    assert themes["panic"] == themes["fear"] == ("other" if edit == "moved" else "life")
    assert (project.exchange / "before" / "codebook.yaml.before").read_text() == DEEP
    assert len(codings(project)) == 4
    assert not again(back, project, replace=True).changes
    assert not again(back, project).changes


def test_colours_of_codes_that_have_none_in_the_codebook_are_told_whenever_they_change(deep):
    def told(plan):
        return [note for note in plan.notes if "a colour in the file" in note]

    called = next(code.name for code in read_codebook(deep.codebook).all_codes if not code.color)
    project, plan = taken(with_edit(sent(deep), called, color="#AA0000"), deep)
    assert [f"{called} #AA0000." in note for note in told(plan)] == [True]
    assert not told(again(sent(project), project))
    plan = again(with_edit(sent(project), called, color="#00AA00"), project)
    assert [f"{called} #00AA00, before #AA0000." in note for note in told(plan)] == [True]


def test_several_edits_of_one_code_are_all_told(deep):
    back = with_edit(
        sent(deep), "Fear", **EDITS["moved"], **EDITS["recoloured"], **EDITS["reworded"]
    )
    back = with_edit(back, "Fear", name="Terror")
    plan = again(back, deep)
    assert statuses(plan)["Terror"] == "renamed and reworded and recoloured and moved"
    (note,) = [note for note in plan.notes if "otherwise" in note]
    for part in ("Terror", "described", "#00BB00", "Other things"):
        assert part in note
    project, _ = taken(back, deep, replace=True)
    assert not again(back, project, replace=True).changes


def test_a_code_without_a_colour_takes_theirs_and_keeps_ours(deep):
    back = replace(sent(deep), nodes=sent(deep).nodes.assign(color="#123456"))
    project, plan = taken(back, deep)
    assert statuses(plan)["Panic"] == "known"
    assert statuses(plan)["Fear"] == "recoloured"
    out = sent(project).nodes.set_index("code")["color"]
    assert (out["panic"], out["fear"]) == ("#123456", "#AA0000")
    assert project.codebook.read_text(encoding="utf-8") == DEEP


def test_a_code_may_move_below_a_new_one_and_to_the_top(deep):
    out = sent(deep)
    new = table(NODES, (guid(1), guid_of("node", "life"), "", "Moods", "", "", True))
    back = replace(out, nodes=pd.concat([out.nodes, new], ignore_index=True))
    back = with_edit(back, "Feelings", parent=guid(1))
    back = with_edit(back, "Pay", parent="")
    plan = again(back, deep)
    assert [statuses(plan)[name] for name in ("Feelings", "Pay", "Moods")] == [
        "moved", "moved", "new",
    ]  # fmt: skip
    project, _ = taken(back, deep, replace=True)
    book = read_codebook(project.codebook)
    places = {
        code.id: (theme, code.parent)
        for theme, code in zip(book.code_themes, book.all_codes, strict=True)
    }
    assert places["moods"] == ("life", "")
    assert places["feelings"] == ("life", "moods")
    assert places["panic"] == ("life", "fear")
    assert places["pay"] == ("pay_theme", "")
    assert not again(back, project, replace=True).changes
    assert sent(project).nodes.set_index("code")["parent"]["pay"] == ""


def test_a_theme_that_is_left_without_codes_is_told_and_stays_a_folder(deep):
    back = with_edit(sent(deep), "Weather", parent=guid_of("node", "life"))
    project, plan = taken(back, deep, replace=True)
    assert any("Other things" in note and "no codes left" in note for note in plan.notes)
    book = read_codebook(project.codebook)
    assert [theme.id for theme in book.themes] == ["life", "work_theme"]
    out = sent(project).nodes
    assert out["name"].tolist() == sent(deep).nodes["name"].tolist()
    assert "Other things" in set(out["name"])
    assert not again(back, project, replace=True).changes


def test_a_name_that_another_code_has_is_told_apart_and_goes_out_as_it_came(deep):
    back = with_edit(sent(deep), "Weather", name="fear")
    project, plan = taken(back, deep, replace=True)
    names = read_codebook(project.codebook).names
    assert (names["fear"], names["weather"]) == ("Fear", "fear 2")
    assert plan.losses["item"].tolist() == ["names of codes"]
    assert sent(project).nodes.set_index("code")["name"]["weather"] == "fear"
    second = again(back, project, replace=True)
    assert not second.changes
    assert second.losses.empty


def test_a_code_that_is_used_instead_stays_one_when_codes_are_renamed(deep):
    back = with_edit(sent(deep), "Feelings", name="Emotions")
    back = with_edit(back, "Body", name="The body")
    back = with_edit(
        back,
        "Weather",
        description="Id: weather\nWhen not to use: Storms. [use: panic]\nWhen not to use: War. [use: gone]",
    )
    project, plan = taken(back, deep, replace=True)
    codes = {code.id: code for code in read_codebook(project.codebook).all_codes}
    assert codes["feelings"].name == "Emotions"
    assert codes["feelings"].when_not_to_use[0].use == "body"
    assert [(each.when, each.use) for each in codes["weather"].when_not_to_use] == [
        ("Storms.", "panic"), ("War. (gone)", None),
    ]  # fmt: skip
    (lost,) = plan.losses.to_dict("records")
    assert lost["examples"] == "Weather: gone"
    assert not again(back, project, replace=True).changes


def test_paragraphs_of_a_definition_come_back(deep, tmp_path):
    text = "What somebody says to feel.\n\nNot what others say of them."
    book = read_codebook(deep.codebook)
    assert book.all_codes[0].full_definition == text
    assert text in sent(deep).nodes.set_index("code")["description"]["feelings"]
    write_qdpx(sent(deep), tmp_path / "out.qdpx")
    project, _ = taken(read_qdpx(tmp_path / "out.qdpx"), new_target(tmp_path / "new"))
    assert read_codebook(project.codebook).all_codes[0].full_definition == text
    came = "Two\nlines.\n\n- and a list\nExample: one\n\nWhen to use: never\n\nThe end."
    back = with_edit(sent(project), "Weather", description=came)
    project, _ = taken(back, project, replace=True)
    weather = read_codebook(project.codebook).all_codes[-1]
    assert weather.full_definition == "Two\nlines.\n\n- and a list\n\nThe end."
    assert (weather.examples, weather.when_to_use) == (["one"], "never")
    assert sent(project).nodes.set_index("code")["description"]["weather"] == came
    assert not again(back, project, replace=True).changes


def test_where_a_definition_has_its_lines_makes_no_other_codebook(deep):
    book = read_codebook(deep.codebook)
    plain = DEEP.replace("full_definition: |", "full_definition: >")
    deep.codebook.write_text(plain, encoding="utf-8")
    assert read_codebook(deep.codebook).fingerprint() == book.fingerprint()


def test_codes_of_ours_that_the_file_does_not_have_are_named(deep):
    out = sent(deep)
    back = replace(out, nodes=out.nodes[~out.nodes["code"].isin(["weather", "pay"])])
    plan = again(back, deep)
    assert any("2 code(s) (Pay; Weather)" in note and "is kept" in note for note in plan.notes)


def test_a_list_says_that_it_does_not_tell_places(deep):
    plan = again(flat(sent(deep)), deep)
    assert any("one list" in note for note in plan.notes)


# ---- equal names ----------------------------------------------------------------------------------------


@st.composite
def odd_trees(draw):
    """Draw a tree of nodes with equal, empty and odd names, and equal ids in their descriptions."""
    rows = []
    for at in range(draw(st.integers(1, 9))):
        up = draw(st.integers(-1, at - 1))
        name = draw(
            st.sampled_from(
                ["x", "X", " x", "x  y", "x y", "", "x 2", "x (P)", "P", "é", "e\u0301"]
            )
        )
        said = draw(st.sampled_from(["", "Id: x", "Id: p\nFull definition: A.", "About.\n\nMore."]))
        codable = draw(st.booleans()) or at == 0
        rows.append((guid(at + 1), guid(up + 1) if up >= 0 else "", "", name, said, "", codable))
    marks = [
        (guid(100 + at), guid(90), 0, 20, row[0], guid(91), QUOTES[0], "", float("nan"), "")
        for at, row in enumerate(rows)
        if draw(st.booleans())
    ]
    return Exchange(
        name="odd",
        sources=table(SOURCES, (guid(90), "a.txt", TEXT, True, "text", "")),
        nodes=depth_first(table(NODES, *rows)),
        users=table(USERS, (guid(91), "anna", False)),
        marks=table(MARKS, *marks),
    )


@settings(max_examples=30, deadline=None)
@given(odd_trees())
def test_the_codes_of_any_tree_are_known_again(came):
    applied = set(came.marks["node"])
    first = codebook_of_nodes(came.nodes, "odd", {}, applied=applied)
    assert first.table["status"].isin(["new", "folder", "double"]).all()
    assert len(first.table) == len(came.nodes)
    kept = ExchangeExtras(nodes=first.nodes)
    target = ImportTarget(
        Project(ROOT, Settings()), is_new=False, codebook=first.codebook, extras=kept
    )
    for replacing in (False, True):
        second = match_codes(
            came.nodes, target, new_codes="add", replacing=replacing, applied=applied
        )
        assert second.codebook == first.codebook
        assert second.ids == first.ids
        assert second.table["status"].isin(["known", "folder", "double"]).all()
        assert second.losses.table().empty
        assert not any("otherwise" in note for note in second.notes)
        pd.testing.assert_frame_equal(second.nodes, first.nodes)
    # And it goes out as it came.
    out = codebook_to_nodes(first.codebook, first.nodes)
    columns = ["guid", "parent", "name", "description"]
    assert out[columns].to_numpy().tolist() == first.nodes[columns].to_numpy().tolist()
    if not first.into:
        order = came.nodes.set_index("guid", drop=False).loc[out["guid"]]
        assert out[columns].to_numpy().tolist() == order[columns].to_numpy().tolist()


@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(odd_trees())
def test_a_second_import_of_any_tree_changes_nothing(tmp_path_factory, came):
    project, plan = taken(came, new_target(tmp_path_factory.mktemp("odd") / "p"))
    assert len(plan.codes) == len(came.nodes)
    assert plan.codes["status"].isin(["new", "folder", "double"]).all()
    lost = int(plan.losses.loc[plan.losses["item"] == "codings", "count"].sum())
    assert len(codings(project)) == len(came.marks) - lost
    for options in ({}, {"replace": True}):
        second = again(came, project, **options)
        assert not second.changes, second.contents
        assert second.codes["status"].isin(["known", "folder", "double"]).all()
        assert second.losses["item"].isin(["codings"]).all()
        assert not any("otherwise" in note for note in second.notes)
    out = sent(project).nodes
    doubles = set(plan.codes.index[plan.codes["status"] == "double"])
    if not doubles:
        assert out[["guid", "parent", "name"]].to_numpy().tolist() == (
            came.nodes.set_index("guid", drop=False)
            .loc[out["guid"], ["guid", "parent", "name"]]
            .to_numpy()
            .tolist()
        )
        assert len(out) == len(came.nodes)


def dup_names():
    nodes = table(
        NODES,
        (guid(1), "", "", "A", "", "", True),
        (guid(2), guid(1), "", "P", "", "", True),
        (guid(3), guid(2), "", "x", "", "", True),
        (guid(4), "", "", "B", "", "", True),
        (guid(5), guid(4), "", "x", "", "", True),
    )
    return Exchange(
        name="dup", nodes=nodes, sources=table(SOURCES, (guid(90), "a.txt", TEXT, True, "text", ""))
    )


def test_codes_of_one_name_are_two_and_stay_so(tmp_path):
    came = dup_names()
    project, _ = taken(came, new_target(tmp_path / "p"))
    ids = [code.id for code in read_codebook(project.codebook).all_codes]
    assert ids == ["a", "p", "x", "b", "x_2"]
    for options in ({}, {"replace": True}):
        plan = again(came, project, **options)
        assert set(plan.codes["status"]) == {"known"}
        assert not plan.changes
    assert sent(project).nodes["name"].tolist() == came.nodes["name"].tolist()
    # By their places, where identities are others; and by the names with which they went out.
    moved = with_new_identities(came)
    assert again(moved, project).codes["code"].tolist() == ids
    write_qdpx(sent(project), tmp_path / "out.qdpx")
    back = read_qdpx(with_new_guids(tmp_path / "out.qdpx", tmp_path / "back.qdpx"))
    plan = again(back, project)
    assert plan.codes["code"].tolist() == ids
    assert set(plan.codes["status"]) == {"known"}


def test_a_weak_key_takes_nothing_for_which_another_has_a_stronger_one(deep):
    nodes = table(
        NODES,
        # Called as ours is, but another one has its id.
        (guid(1), "", "", "Fear", "", "", True),
        (guid(2), "", "", "Terror", "Id: fear", "", True),
        # A copy with the description of the first.
        (guid(3), "", "", "Weather copied", "Id: weather", "", True),
        (guid(4), "", "", "Weather", "Id: weather", "", True),
    )
    plan = again(Exchange(nodes=nodes), deep)
    assert plan.codes["code"].tolist() == ["fear_2", "fear", "weather_2", "weather"]
    assert plan.codes["status"].tolist() == ["new", "renamed", "new", "known"]


def test_names_that_only_their_order_tells_apart_are_said(tmp_path):
    came = dup_names()
    project, _ = taken(came, new_target(tmp_path / "p"))
    plan = again(with_new_identities(flat(came)), project)
    assert plan.codes["code"].is_unique
    assert any("only their order" in note for note in plan.notes)


# ---- folders --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["dup_names", "folder_nested", "folder_same_name"])
def test_files_with_folders_and_equal_names_go_out_as_they_came(tmp_path, case):
    came = read_qdpx(shared_case("exchange", f"{case}.qdpx"))
    project, _ = taken(came, new_target(tmp_path / "p"))
    out = sent(project).nodes
    columns = ["guid", "parent", "name", "codable"]
    assert out[columns].to_numpy().tolist() == came.nodes[columns].to_numpy().tolist()
    for options in ({}, {"replace": True}):
        assert not again(came, project, **options).changes
    write_qdpx(sent(project), tmp_path / "out.qdpx")
    back = read_qdpx(tmp_path / "out.qdpx")
    assert not again(back, project, replace=True).changes
    if case != "dup_names":
        assert back.nodes[columns].to_numpy().tolist() == came.nodes[columns].to_numpy().tolist()


def folders(*, inner="Feelings", codes=("Fear", "Hope")):
    nodes = table(
        NODES,
        (guid(1), "", "", "Study", "", "", False),
        (guid(2), guid(1), "", inner, "What one feels.", "", False),
        *((guid(3 + at), guid(2), "", name, "", "", True) for at, name in enumerate(codes)),
        (guid(7), guid(3), "", "Kinds", "", "", False),
        (guid(8), guid(7), "", "Panic", "", "", True),
        (guid(9), "", "", "Empty", "", "", False),
    )
    return Exchange(
        name="f", nodes=nodes, sources=table(SOURCES, (guid(90), "a.txt", TEXT, True, "text", ""))
    )


def test_a_folder_of_folders_is_kept_and_goes_out_where_it_stood(tmp_path):
    came = folders()
    project, plan = taken(came, new_target(tmp_path / "p"))
    book = read_codebook(project.codebook)
    assert [(theme.id, theme.definition) for theme in book.themes] == [
        ("feelings", "What one feels.")
    ]
    assert [(code.id, code.parent) for code in book.all_codes] == [
        ("fear", ""), ("panic", "fear"), ("hope", ""),
    ]  # fmt: skip
    assert plan.codes["status"].tolist() == [
        "folder", "new", "new", "new", "folder", "new", "folder",
    ]  # fmt: skip
    (lost,) = plan.losses.to_dict("records")
    assert (lost["count"], lost["examples"]) == (3, "Study; Kinds; Empty")
    order = ["guid", "parent", "name", "codable", "description"]
    out = sent(project).nodes[order].sort_values("guid").to_numpy().tolist()
    assert out == came.nodes[order].sort_values("guid").to_numpy().tolist()
    second = again(came, project, replace=True)
    assert not second.changes
    assert second.losses.empty
    # Through a program that gives new identities, folders are known by their places.
    project, plan = taken(with_new_identities(came), project)
    assert plan.losses.empty
    assert sent(project).nodes["name"].tolist().count("Study") == 1


def test_a_code_with_the_name_of_its_folder_keeps_its_name_and_its_id(tmp_path):
    came = folders(inner="Fear", codes=("Fear", "Fear of police"))
    project, plan = taken(came, new_target(tmp_path / "p"))
    book = read_codebook(project.codebook)
    (theme,) = book.themes
    assert theme.name == "Fear"
    assert theme.id.startswith("fear_theme")
    assert [(code.id, code.name) for code in book.all_codes] == [
        ("fear", "Fear"), ("panic", "Panic"), ("fear_of_police", "Fear of police"),
    ]  # fmt: skip
    assert plan.losses["item"].tolist() == ["themes and folders"]
    out = sent(project).nodes
    assert out["name"].tolist().count("Fear") == 2
    assert not again(came, project, replace=True).changes


def test_a_new_folder_above_ours_is_kept_and_goes_out(deep):
    out = sent(deep)
    new = table(NODES, (guid(1), "", "", "All", "", "", False))
    back = replace(out, nodes=pd.concat([new, out.nodes], ignore_index=True))
    back = with_edit(back, "Life", parent=guid(1))
    project, plan = taken(back, deep)
    assert statuses(plan)["All"] == "folder"
    assert project.codebook.read_text(encoding="utf-8") == DEEP
    parents = sent(project).nodes.set_index("name")
    assert parents.loc["Life", "parent"] == parents.loc["All", "guid"] == guid(1)
    assert not again(back, project, replace=True).changes


def test_codes_new_in_folders_get_a_theme_and_a_list_stays_one(deep, project):
    new = table(
        NODES,
        (guid(1), "", "", "All", "", "", False),
        (guid(2), guid(1), "", "Places", "Where it was.", "", False),
        (guid(3), guid(2), "", "Home", "", "", True),
    )
    for here in (deep, project):
        out = sent(here)
        back = replace(out, nodes=pd.concat([out.nodes, new], ignore_index=True))
        one, plan = taken(back, here)
        assert plan.codes["status"].tolist()[-3:] == [
            "folder", "new" if read_codebook(one.codebook).themes else "folder", "new",
        ]  # fmt: skip
        nodes = sent(one).nodes.set_index("name")
        assert nodes.loc["Home", "parent"] == guid(2)
        assert nodes.loc["Places", "parent"] == guid(1)
        assert not again(back, one, replace=True).changes


def test_text_that_is_coded_with_a_folder_makes_it_a_code(tmp_path):
    came = folders()
    marks = table(
        MARKS, (guid(50), guid(90), 0, 20, guid(2), guid(91), QUOTES[0], "", float("nan"), "")
    )
    came = replace(came, marks=marks, users=table(USERS, (guid(91), "anna", False)))
    project, _ = taken(came, new_target(tmp_path / "p"))
    assert codings(project)["code"].tolist() == ["feelings"]
    assert not again(came, project, replace=True).changes


# ---- codebooks alone ------------------------------------------------------------------------------------


def test_groups_of_codes_in_a_codebook_are_told_or_kept(deep, tmp_path):
    out = sent(deep)
    members = table(MEMBERS, (guid(2), "set", "Group", guid_of("node", "fear"), "said of it"))
    path = tmp_path / "codes.qdc"
    write_qdc(replace(out, members=members), path)
    made = codebook_alone(read_qdc(path), "codes")
    told = made.losses.table().set_index("item")
    assert told.loc["groups of codes", "examples"] == "Group"
    project, plan = taken(read_qdc(path), deep)
    assert "groups of codes" not in set(plan.losses["item"])
    kept = sent(project).members
    assert kept.loc[kept["name"] == "Group", "member"].tolist() == [guid_of("node", "fear")]
    assert not again(read_qdc(path), project).changes


def test_folders_of_a_codebook_alone_are_left_out_and_told(tmp_path):
    made = codebook_alone(folders(), "x")
    told = made.losses.table().set_index("item")
    assert told.loc["themes and folders", "count"] == 3
    assert "left out" in told.loc["themes and folders", "why"]
    assert made.codebook.code_ids == ["fear", "panic", "hope"]
