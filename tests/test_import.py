"""What other programs hand over: nothing shifts, nothing is lost unsaid, nothing is overwritten unasked."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.gold.writer import write_gold
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import normalise, read_attributes, read_documents
from fourp_nlp.errors import ExchangeError, FourpError, ProjectError
from fourp_nlp.exchange import (
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
    SOURCES,
    USERS,
    VALUES,
    Exchange,
    guid_of,
)
from fourp_nlp.files import write_together
from fourp_nlp.study.exporting.exchange_extras import read_extras
from fourp_nlp.study.importing.documents.documents import Moves
from fourp_nlp.study.importing.documents.file_names import coder_name, document_name, folded_name
from fourp_nlp.study.importing.import_project import apply_import, plan_import
from fourp_nlp.study.importing.plan import ImportOptions
from fourp_nlp.study.importing.target import new_target, read_target
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import no_progress, read_corpus, read_gold_codes
from fourp_nlp.tables import CODED, CODINGS, conform
from tests.conftest import CODEBOOK, WATER, write_gold_file
from tests.test_export import sent, with_suggestions

KEY = ["document", "start", "end", "code", "coder"]


def taken(exchange, target, **options):
    """Take an exchange over; return the project and the plan."""
    if not hasattr(target, "extras"):
        target = read_target(target, no_progress)
    plan = plan_import(exchange, target, ImportOptions(**options))
    return (apply_import(plan) if plan.changes else target.project), plan


def again(exchange, project, **options):
    return planned(exchange, read_target(project, no_progress), **options)


def planned(exchange, target, **options):
    """Plan an import into a project that has been read."""
    return plan_import(exchange, target, ImportOptions(**options))


def everything(folder):
    """Every file of a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "sqlite" not in path.name
        and path.parent.name not in {".fourp", "backups"}
    }


def codings(project):
    return codings_of(read_target(project, no_progress))


def codings_of(target):
    return target.codings.sort_values(KEY).reset_index(drop=True)


def table(kind, *rows):
    return conform(pd.DataFrame(list(rows), columns=kind.names), kind)


def guid(number):
    return f"{number:08d}-0000-4000-8000-000000000000"


def mark(number, source, text, quote, node, user):
    start = text.index(quote)
    return (
        guid(number), guid(source), start, start + len(quote), guid(node), guid(user) if user else "",
        quote, "2026-03-04T05:06:07Z", float("nan"), "",
    )  # fmt: skip


TEXT = "Anna:\tThe tap drips. E\u0301tat  égal 👩‍👧 “so”.\n\n\nBen: \u200bThe  seeds are here.\nمرحبا  بالعالم\n"


def study(text=TEXT, **more):
    """A project of another program: one interview, two codes below a folder, two people."""
    made = Exchange(
        name="Study",
        sources=table(SOURCES, (guid(1), "Interview 1.docx", text, True, "text", "first talk")),
        nodes=table(
            NODES,
            (guid(10), "", "", "Allotment", "", "", False),
            (guid(11), guid(10), "", "Water", "Taps and hoses.", "#112233", True),
            (guid(12), guid(10), "", "Seeds", "", "", True),
        ),
        users=table(USERS, (guid(21), "Anna", False), (guid(22), "Ben", False)),
        marks=table(
            MARKS,
            mark(31, 1, text, "The tap drips.", 11, 21),
            mark(32, 1, text, "E\u0301tat  égal 👩‍👧", 12, 21),
            mark(33, 1, text, "The  seeds are here.", 12, 22),
            mark(34, 1, text, "مرحبا  بالعالم", 11, 22),
        ),
    )
    return replace(made, **more)


# ---- into a new project -------------------------------------------------------------------------------


def test_a_study_becomes_a_project_that_every_command_can_read(tmp_path):
    project, plan = taken(study(), new_target(tmp_path / "study"))
    corpus = read_corpus(project)
    assert corpus.documents["document"].tolist() == ["Interview 1.txt"]
    assert corpus.documents["text"].iloc[0] == normalise(TEXT)
    book = read_codebook(project.codebook)
    assert book.names == {"allotment": "Allotment", "water": "Water", "seeds": "Seeds"}
    gold = codings(project)
    assert gold["quote"].tolist() == [
        "The tap drips.", "État égal 👩‍👧", "The seeds are here.", "مرحبا بالعالم",
    ]  # fmt: skip
    text = corpus.documents["text"].iloc[0]
    assert [text[a:b] for a, b in zip(gold["start"], gold["end"], strict=True)] == gold[
        "quote"
    ].tolist()
    assert sorted(path.name for path in project.gold_files) == ["Anna.csv", "Ben.csv"]
    assert plan.losses.empty


def test_the_text_stays_as_it_came(tmp_path):
    project, _ = taken(study(), new_target(tmp_path / "study"))
    assert (project.corpus / "Interview 1.txt").read_bytes().decode() == TEXT
    kept = read_extras(project)
    original = project.exchange / "texts" / kept.sources["original"].iloc[0]
    assert original.read_bytes().decode("utf-8-sig") == TEXT


def test_what_came_goes_out_again_to_the_character(tmp_path):
    came = study()
    project, _ = taken(came, new_target(tmp_path / "study"))
    (project.root / "fourp.toml").write_text('[coders]\ngold = "Anna"\n', encoding="utf-8")
    out = sent(open_project(project.root))
    assert out.sources["text"].tolist() == [TEXT]
    assert out.sources["description"].tolist() == ["first talk"]
    columns = ["guid", "source", "start", "end", "node", "user", "quote", "made_at"]
    pd.testing.assert_frame_equal(
        out.marks[columns].sort_values("guid").reset_index(drop=True), came.marks[columns]
    )
    pd.testing.assert_frame_equal(
        out.nodes[["guid", "parent", "name", "description", "color", "codable"]],
        came.nodes[["guid", "parent", "name", "description", "color", "codable"]],
    )


def test_importing_the_same_file_again_changes_nothing(tmp_path):
    project, _ = taken(study(), new_target(tmp_path / "study"))
    before = everything(project.root)
    plan = again(study(), project)
    assert not plan.changes
    assert plan.coders[["same", "new", "gone"]].to_numpy().tolist() == [[2, 0, 0], [2, 0, 0]]
    assert everything(project.root) == before


def test_planning_writes_nothing(tmp_path):
    plan = plan_import(study(), new_target(tmp_path / "study"))
    assert plan.changes
    assert not (tmp_path / "study").exists()


def test_a_folder_that_is_a_project_is_refused(tmp_path, project):
    with pytest.raises(ProjectError, match="is a project already"):
        new_target(project.root)
    (tmp_path / "other" / "corpus").mkdir(parents=True)
    (tmp_path / "other" / "corpus" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="nothing was changed"):
        new_target(tmp_path / "other")


def test_guids_in_capitals_and_braces_are_the_same_guids(tmp_path):
    came = study()
    project, _ = taken(came, new_target(tmp_path / "study"))
    loud = replace(
        came,
        sources=came.sources.assign(guid=came.sources["guid"].str.upper()),
        nodes=came.nodes.assign(
            guid="{" + came.nodes["guid"].str.upper() + "}", parent=came.nodes["parent"].str.upper()
        ),
        users=came.users.assign(guid=came.users["guid"].str.upper()),
        marks=came.marks.assign(
            **{name: came.marks[name].str.upper() for name in ("guid", "source", "node", "user")}
        ),
    )
    assert not again(loud, project).changes


def test_a_project_without_codes_is_refused_with_the_cure(tmp_path):
    bare = replace(study(), nodes=study().nodes.iloc[:0], marks=study().marks.iloc[:0])
    with pytest.raises(ExchangeError, match="fourp init"):
        plan_import(bare, new_target(tmp_path / "x"))


def test_codings_of_nobody_and_twice_the_same_are_told(tmp_path):
    came = study()
    marks = came.marks.assign(user="")
    marks = pd.concat([marks, marks.iloc[:1].assign(guid=guid(99))], ignore_index=True)
    project, plan = taken(replace(came, marks=marks), new_target(tmp_path / "x"))
    assert set(codings(project)["coder"]) == {"unknown"}
    assert plan.losses["why"].str.contains("more than once").sum() == 1
    assert plan.losses["count"].tolist() == [1]


def test_a_place_that_is_off_by_one_is_mended_by_its_quote_and_a_wrong_quote_is_lost(tmp_path):
    came = study()
    marks = came.marks.copy()
    marks.loc[0, ["start", "end"]] += 1
    marks.loc[2, "quote"] = "Nobody said this."
    project, plan = taken(replace(came, marks=marks), new_target(tmp_path / "x"))
    assert "The tap drips." in codings(project)["quote"].tolist()
    assert len(codings(project)) == 3
    assert plan.losses["examples"].tolist() == ["Interview 1.txt: Nobody said this."]


def test_text_that_looks_like_another_kind_of_file_is_a_document_all_the_same(tmp_path):
    for number, text in enumerate(["PK\x03\x04 is how zips begin.", "ID3 card", "GIF89a", "%PDF-"]):
        source = table(SOURCES, (guid(1), "Talk", text, True, "text", ""))
        came = study(sources=source, marks=study().marks.iloc[:0])
        project, _ = taken(came, new_target(tmp_path / str(number)))
        assert read_corpus(project).documents["text"].tolist() == [normalise(text)]


# ---- names ---------------------------------------------------------------------------------------------


@given(st.text(max_size=80))
@example("../../etc/passwd")
@example("C:\\x")
@example("con")
@example("readme")
@example("a/b/c")
@example("x.pdf/y")
@example("a\u202eb.docx")
@example("é" * 300)
@example("/")
def test_any_name_becomes_a_file_that_stays_inside_and_is_read_under_that_name(name):
    made = document_name(name, set())
    assert made == document_name(made, set()), "a name of ours is left alone"
    assert normalise(made) == made
    assert made.endswith(".txt")
    for part in made.split("/"):
        assert part not in {"", ".", ".."}
        assert not set(part) & set('\\/:*?"<>|')
        assert not part.startswith((".", "~", "=", "+", "-", "@", " "))
        assert not part.endswith((" ", "."))
        assert len(part.encode()) <= 200
        assert not part.casefold().startswith("readme")
    assert folded_name(document_name(name, {folded_name(made)})) != folded_name(made)


@given(st.text(max_size=60))
@example("settled")
@example("Settled")
@example("'=x")
def test_any_coder_has_a_name_that_a_gold_file_gives_back(tmp_path_factory, name):
    made = coder_name(name)
    assert made.casefold() != "settled"
    assert made == coder_name(made)
    path = tmp_path_factory.mktemp("gold") / f"{made}.csv"
    rows = table(CODINGS, ("d", 0, 1, "c", made, "x"))
    write_gold(rows, path)
    back = read_gold(path, pd.DataFrame({"document": ["d"], "text": ["x"]}), ["c"])
    assert back.codings["coder"].tolist() == [made]


def test_names_that_differ_in_nothing_that_a_file_system_sees_get_numbers(tmp_path):
    names = ["Talk", "talk.docx", "TALK.txt", "a/b", "A/B"]
    rows = [(guid(n), name, f"text {n}", True, "text", "") for n, name in enumerate(names)]
    came = study(sources=table(SOURCES, *rows), marks=study().marks.iloc[:0])
    project, _ = taken(came, new_target(tmp_path / "x"))
    made = read_corpus(project).documents["document"].tolist()
    assert made == ["Talk.txt", "talk_2.txt", "TALK_3.txt", "a/b.txt", "A/B_2.txt"]


# ---- out and in ----------------------------------------------------------------------------------------


def two_coders(project):
    write_gold_file(project, "ben", but=("meeting0.txt",))
    (project.root / "fourp.toml").write_text(
        'title = "Allotment"\nnotice = "All names are made up: \\"Anna\\"."\n[coders]\ngold = "anna"\n',
        encoding="utf-8",
    )
    return open_project(project.root)


def test_our_own_project_comes_back_without_changing_anything(project):
    project = two_coders(project)
    with_suggestions(project)
    out = sent(project)
    before = everything(project.root)
    project, plan = taken(out, project)
    assert not plan.changes
    assert plan.losses.empty
    assert everything(project.root) == before
    assert plan.machines[["moved", "removed", "added"]].to_numpy().tolist() == [[0, 0, 0]]


def test_our_own_project_is_the_same_in_a_new_one(project, tmp_path):
    project = two_coders(project)
    read = table(CODED, ("cleo", "meeting1.txt", 0, 20, "segment", ""))
    text = (project.corpus / "meeting1.txt").read_text(encoding="utf-8")
    write_gold(
        table(CODINGS, ("meeting1.txt", 0, 20, "water", "cleo", text[:20])),
        project.gold / "cleo.csv",
        coded=read.assign(quote=text[:20]),
    )
    other, plan = taken(sent(project), new_target(tmp_path / "other"))
    assert plan.losses.empty
    pd.testing.assert_frame_equal(codings(other), codings(project))
    assert read_codebook(other.codebook) == read_codebook(project.codebook)
    assert other.settings.notice == project.settings.notice
    assert other.settings.title == "Allotment"
    one, two = (read_corpus(each).documents.drop(columns="path") for each in (project, other))
    pd.testing.assert_frame_equal(one, two)
    spans = ["coder", "document", "start", "end", "scope"]
    one, two = (
        read_target(each, no_progress).coded.sort_values(spans).reset_index(drop=True)
        for each in (project, other)
    )
    pd.testing.assert_frame_equal(one, two)
    assert not again(sent(project), other).changes


def test_what_was_coded_a_second_time_is_no_further_person(project, tmp_path):
    (project.gold / "repeat").mkdir()
    (project.gold / "repeat" / "anna.csv").write_bytes((project.gold / "anna.csv").read_bytes())
    out = sent(project, include_repeat=True)
    assert "anna, again" in out.users["coder"].tolist()
    other, _ = taken(out, new_target(tmp_path / "other"))
    assert [path.name for path in other.gold_files] == ["anna.csv"]
    assert [path.name for path in other.repeat_files] == ["anna.csv"]
    assert not again(out, project).changes
    assert not again(out, other).changes


def test_what_was_settled_stays_settled_and_is_nobodys(project, tmp_path):
    rows = read_target(project, no_progress).codings.assign(coder="settled")
    write_gold(rows, project.settled)
    out = sent(project)
    assert not again(out, project).changes
    other, _ = taken(out, new_target(tmp_path / "other"))
    assert other.settled.exists()
    marks = out.marks[out.marks["user"] != guid_of("user", "settled")]
    plan = again(replace(out, marks=marks), project, replace=True)
    assert not plan.changes
    assert any("reconcile --settle" in note for note in plan.notes)


# ---- edited elsewhere -----------------------------------------------------------------------------------


def test_codings_that_were_added_come_in_and_ones_that_were_removed_stay_until_asked(project):
    out = sent(project)
    text = out.sources["text"].iloc[1]
    new = (
        guid(77), out.sources["guid"].iloc[1], 4, 7, out.nodes["guid"].iloc[1], guid_of("user", "anna"),
        text[4:7], "", float("nan"), "",
    )  # fmt: skip
    marks = pd.concat([out.marks.iloc[1:], table(MARKS, new)], ignore_index=True)
    edited = replace(out, marks=marks)
    before = codings(project)
    project, plan = taken(edited, project)
    assert plan.coders[["same", "new", "moved", "gone"]].to_numpy().tolist() == [[23, 1, 0, 1]]
    after = codings(project)
    assert len(after) == len(before) + 1
    assert any("They are kept" in note for note in plan.notes)
    assert not again(edited, project).changes
    project, _ = taken(edited, project, replace=True)
    assert len(codings(project)) == len(before)
    assert not list(project.gold.glob("*.before2"))
    old = read_gold(
        project.gold / "anna.csv.before",
        read_documents(project.corpus)[0],
        ["water", "seeds"],
    )
    assert len(old.codings) == len(after)
    assert not again(edited, project, replace=True).changes


def test_a_coding_whose_edges_were_moved_is_told_and_moves_when_asked(project):
    out = sent(project)
    marks = out.marks.copy()
    marks.loc[0, "end"] -= 4
    marks.loc[0, "quote"] = marks.loc[0, "quote"][:-4]
    edited = replace(out, marks=marks)
    same, plan = taken(edited, project)
    assert plan.coders[["same", "new", "moved", "gone"]].to_numpy().tolist() == [[23, 0, 1, 0]]
    assert not again(edited, same).changes
    moved, _ = taken(edited, same, replace=True)
    assert len(codings(moved)) == 24
    assert marks.loc[0, "quote"] in codings(moved)["quote"].tolist()
    assert sent(moved).marks["guid"].tolist() == out.marks["guid"].tolist()


def test_a_text_edited_elsewhere_leaves_ours_and_the_codings_find_their_quotes(project):
    out = sent(project)
    texts = out.sources["text"].tolist()
    first = texts[0]
    texts[0] = "Written by hand. " + first.replace("Carlo", "Ines and Carlo").replace(
        "table", "desk"
    )
    marks = out.marks.copy()
    own = marks["source"] == out.sources["guid"].iloc[0]
    lost = own & marks["quote"].str.contains("table")
    assert lost.sum() == 1
    for row in marks.index[own]:
        quote = marks.loc[row, "quote"].replace("Carlo", "Ines and Carlo").replace("table", "desk")
        start = texts[0].index(quote)
        marks.loc[row, ["start", "end", "quote"]] = [start, start + len(quote), quote]
    edited = replace(out, sources=out.sources.assign(text=texts), marks=marks)
    before = everything(project.root)
    same, plan = taken(edited, project)
    assert plan.documents["status"].tolist() == ["edited", *["known"] * 5]
    assert everything(same.root) == before
    codings_lost = plan.losses.loc[plan.losses["item"] == "codings", "count"]
    assert plan.coders["same"].tolist() == [24 - int(codings_lost.sum())]
    assert plan.losses["examples"].str.contains("desk").any()
    assert any("moved to the position of their quote" in note for note in plan.notes)
    # What found no place here is not taken for gone.
    assert plan.coders["gone"].tolist() == [0]
    changed, plan = taken(edited, same, replace=True)
    assert plan.documents["status"].iloc[0] == "replaced"
    assert (changed.corpus / "meeting0.txt").read_text(encoding="utf-8") == texts[0]
    assert (changed.exchange / "before" / "meeting0.txt.before").read_text(
        encoding="utf-8"
    ) == first
    gold = codings(changed)
    assert sorted(gold["quote"]) == sorted(marks["quote"])
    assert not again(edited, changed, replace=True).changes


def test_a_text_that_is_replaced_takes_everybodys_codings_along(project):
    project = two_coders(project)
    write_gold_file(project, "dora")
    out = sent(project, coders=["anna"])
    texts = out.sources["text"].tolist()
    texts[1] = "A line above.\n" + texts[1]
    marks = out.marks.copy()
    own = marks["source"] == out.sources["guid"].iloc[1]
    marks.loc[own, ["start", "end"]] += len("A line above.\n")
    edited = replace(out, sources=out.sources.assign(text=texts), marks=marks)
    changed, plan = taken(edited, project, replace=True)
    assert plan.losses.empty
    gold = codings(changed)
    assert gold["coder"].value_counts().to_dict() == {"anna": 24, "dora": 24, "ben": 20}
    assert (gold.loc[gold["document"] == "meeting1.txt", "start"] >= 14).all()
    assert len(read_gold_codes(changed, read_corpus(changed), read_codebook(changed.codebook)).read)


def test_another_document_that_happens_to_have_the_name_of_ours_is_a_new_one(project):
    out = sent(project)
    other = table(
        SOURCES, (guid(5), "meeting0.txt", "Of something else entirely.", True, "text", "")
    )
    same, plan = taken(replace(Exchange(), sources=other, nodes=out.nodes), project)
    assert plan.documents[["document", "status"]].to_numpy().tolist() == [["meeting0_2.txt", "new"]]
    assert read_corpus(same).documents["document"].tolist()[-1] == "meeting0_2.txt"


def test_a_document_is_known_by_its_text_under_any_name(project):
    text = (project.corpus / "meeting3.txt").read_text(encoding="utf-8")
    other = table(SOURCES, (guid(5), "Transcript C", f"\n{text}  ", True, "text", ""))
    nodes = sent(project).nodes
    same, plan = taken(Exchange(sources=other, nodes=nodes), project)
    assert plan.documents["document"].tolist() == ["meeting3.txt"]
    assert sent(same).sources.set_index("document").loc["meeting3.txt", "guid"] == guid(5)
    assert sent(same).sources.set_index("document").loc["meeting3.txt", "text"] == f"\n{text}  "


@given(st.text(max_size=60), st.text(max_size=10), st.text(max_size=60), st.data())
def test_a_stretch_is_found_in_an_edited_text_or_not_at_all(head, change, tail, data):
    old, new = head + "middle" + tail, head + change + tail
    move = Moves(old, new)
    start = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(start + 1, len(old)))
    first, last, found = move(np.array([start]), np.array([end]))
    if found[0]:
        assert new[first[0] : last[0]] == old[start:end]
    if end <= len(head):
        assert found[0]
        assert first[0] == start


# ---- the codebook ---------------------------------------------------------------------------------------


def with_new_code(project, *, parent="", name="Tools", codable=True):
    out = sent(project)
    node = table(NODES, (guid(8), parent, "", name, "Spades and forks.", "", codable))
    coded = out.marks.iloc[:1].assign(guid=guid(81), node=guid(8))
    return replace(
        out,
        nodes=pd.concat([out.nodes, node], ignore_index=True),
        marks=pd.concat([out.marks, coded], ignore_index=True),
    )


def test_new_codes_are_added_and_every_comment_stays(project):
    text = (
        "# Made by hand.\n"
        + CODEBOOK.replace("codes:", "codes:  # of the allotment")
        + "\n# the end\n"
    )
    project.codebook.write_text(text, encoding="utf-8")
    came = with_new_code(project)
    project, plan = taken(came, project)
    after = project.codebook.read_text(encoding="utf-8")
    assert [line for line in text.split("\n") if line not in after.split("\n")] == []
    assert after.count("#") == text.count("#")
    book = read_codebook(project.codebook)
    assert book.code_ids == ["water", "seeds", "tools"]
    assert book.all_codes[2].full_definition or book.all_codes[2].short_definition
    assert (codings(project)["code"] == "tools").sum() == 1
    assert any("fourp train" in note for note in plan.notes)
    assert not again(came, project).changes


THEMES = """\
id: t
themes:
- id: garden
  name: Garden
  codes:
  - {id: water, name: Water}
  # a comment within
  - id: seeds
    name: Seeds
    full_definition: |
      Sowing.
      # no comment, but text

# before people
- id: people
  name: People
  codes:
    - id: who
      name: Who
"""


def test_new_codes_stand_in_the_theme_and_below_the_code_where_they_stood(project):
    project.codebook.write_bytes(THEMES.replace("\n", "\r\n").encode("utf-8-sig"))
    out = sent(project)
    ids = dict(zip(out.nodes["code"], out.nodes["guid"], strict=True))
    nodes = table(
        NODES,
        (guid(1), ids["garden"], "", "Tools", "", "", True),
        (guid(2), ids["seeds"], "", "Seed swap", "", "", True),
        (guid(3), guid(2), "", "Tins", "", "", True),
        (guid(4), "", "", "Animals", "", "", False),
        (guid(5), guid(4), "", "Fox", "", "", True),
        (guid(6), "", "", "Weather", "", "", True),
    )
    came = replace(out, nodes=pd.concat([out.nodes, nodes], ignore_index=True))
    project, _ = taken(came, project)
    book = read_codebook(project.codebook)
    tree = [(theme.id, [(code.id, code.parent) for code in theme.codes]) for theme in book.themes]
    assert tree == [
        ("garden", [("water", ""), ("seeds", ""), ("tools", ""), ("seed_swap", "seeds"), ("tins", "seed_swap")]),
        ("people", [("who", "")]),
        ("animals", [("fox", "")]),
        ("weather_theme", [("weather", "")]),
    ]  # fmt: skip
    written = project.codebook.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.count(b"\n") == written.count(b"\r\n")
    for line in THEMES.split("\n"):
        assert line.encode() in written
    assert not again(came, project).changes
    assert not again(sent(project), project).changes


def test_a_codebook_in_one_line_is_left_alone_and_the_new_one_stands_beside_it(project):
    text = "{id: a, codes: [{id: water, name: Water}, {id: seeds, name: Seeds}]}\n"
    project.codebook.write_text(text, encoding="utf-8")
    came = with_new_code(project)
    project, plan = taken(came, project)
    assert project.codebook.read_text(encoding="utf-8") == text
    beside = project.corpus / "codebook.new.yaml"
    assert read_codebook(beside).code_ids == ["water", "seeds", "tools"]
    assert (codings(project)["code"] == "tools").sum() == 0
    assert plan.losses["why"].str.contains("codebook.new.yaml").all()
    assert read_corpus(project).skipped.empty
    assert not again(came, project).changes
    beside.replace(project.codebook)
    project, _ = taken(came, project)
    assert (codings(project)["code"] == "tools").sum() == 1


def test_new_codes_can_be_ignored_or_refused(project):
    came = with_new_code(project)
    before = everything(project.root)
    same, plan = taken(came, project, new_codes="ignore")
    assert everything(same.root) == before
    assert plan.losses[["item", "count"]].to_numpy().tolist() == [["codes", 1], ["codings", 1]]
    with pytest.raises(ExchangeError, match="Tools"):
        again(came, project, new_codes="refuse")


def test_a_code_renamed_elsewhere_is_the_same_code_and_keeps_our_name_until_asked(project):
    out = sent(project)
    renamed = replace(out, nodes=out.nodes.assign(name=["Wet things", "Seeds"]))
    same, plan = taken(renamed, project)
    assert plan.codes["status"].tolist() == ["renamed", "known"]
    assert read_codebook(same.codebook).names["water"] == "Water"
    assert any("Wet things" in note for note in plan.notes)
    assert plan.coders["same"].tolist() == [24]
    assert not again(renamed, same).changes
    changed, _ = taken(renamed, same, replace=True)
    assert read_codebook(changed.codebook).names["water"] == "Wet things"
    assert read_codebook(changed.codebook).all_codes[0].examples
    assert (changed.exchange / "before" / "codebook.yaml.before").read_text() == CODEBOOK


def test_codes_of_another_program_are_known_by_name(project):
    nodes = table(
        NODES,
        (guid(1), "", "", " WATER ", "", "", True),
        (guid(2), "", "", "seeds", "", "", True),
    )
    _, plan = taken(Exchange(nodes=nodes), project)
    assert plan.codes["code"].tolist() == ["water", "seeds"]


# ---- coders ---------------------------------------------------------------------------------------------


def test_coders_are_known_by_name_renamed_and_chosen(project):
    out = sent(project)
    foreign = replace(
        out,
        users=table(USERS, (guid(1), "ANNA", False), (guid(2), "B. Miller", False)),
        marks=out.marks.assign(user=[guid(1)] * 20 + [guid(2)] * 4),
        read=out.read.iloc[:0],
    )
    plan = again(foreign, project)
    assert plan.coders[["coder", "same", "new"]].to_numpy().tolist() == [
        ["anna", 20, 0], ["B. Miller", 0, 4],
    ]  # fmt: skip
    plan = again(foreign, project, rename={"B. Miller": "ben"}, coders=("ben",))
    assert plan.coders[["coder", "new", "not_taken"]].to_numpy().tolist() == [
        ["anna", 0, 20], ["ben", 4, 0],
    ]  # fmt: skip
    with pytest.raises(ExchangeError, match=r"B\. Miller"):
        again(foreign, project, rename={"Miller": "ben"})
    with pytest.raises(ExchangeError, match="ANNA"):
        again(foreign, project, coders=("carl",))


def test_a_machine_of_another_program_never_codes_gold(project):
    out = sent(project)
    robot = replace(
        out,
        users=table(USERS, (guid(1), "AI Coding", False), (guid(2), "robot", True)),
        marks=out.marks.assign(user=[guid(1)] * 12 + [guid(2)] * 12),
        read=out.read.iloc[:0],
    )
    before = everything(project.gold)
    same, plan = taken(robot, project, machines=frozenset({"AI Coding"}))
    assert everything(same.gold) == before
    assert plan.coders.empty
    assert len(read_extras(same).machine_codings) == 24
    assert set(sent(same).marks["guid"]) >= set(robot.marks["guid"])
    assert not again(robot, same, machines=frozenset({"AI Coding"})).changes
    # It is known for a machine from now on.
    assert not again(robot, same).changes


def test_a_machine_of_a_persons_name_is_not_that_person(project):
    out = sent(project)
    users = pd.concat([out.users, table(USERS, (guid(1), "anna", True))], ignore_index=True)
    shown = out.marks.iloc[:5].assign(guid=[guid(n) for n in range(30, 35)], user=guid(1))
    both = replace(out, users=users, marks=pd.concat([out.marks, shown], ignore_index=True))
    project, plan = taken(both, project)
    assert plan.coders[["coder", "same", "gone"]].to_numpy().tolist() == [["anna", 24, 0]]
    assert set(read_extras(project).machine_codings["coder"]) == {"anna (machine)"}
    assert not again(both, project).changes
    assert not again(sent(project), project).changes


def test_our_machines_codings_become_decisions_only_in_somebodys_name(project):
    count = with_suggestions(project)
    out = sent(project)
    machine = out.marks["user"] == guid_of("user", "machine@0a1b2c3d")
    rows = out.marks.index[machine]
    marks = out.marks.copy()
    marks.loc[rows[1], "end"] -= 5
    marks.loc[rows[1], "quote"] = marks.loc[rows[1], "quote"][:-5]
    edited = replace(out, marks=marks.drop(index=rows[0]).reset_index(drop=True))
    same, plan = taken(edited, project)
    told = plan.machines[["kept", "moved", "removed", "added"]].to_numpy().tolist()
    assert told == [[count - 2, 1, 1, 0]]
    assert not plan.changes
    assert plan.losses["item"].tolist() == ["codings under the machine's name"]
    same, plan = taken(edited, same, decided_by="Anna")
    decisions = Store(same.store).read_decisions()
    assert decisions["settled"].tolist().count(False) == 1
    assert len(decisions) == count - 1
    assert set(decisions["decided_by"]) == {"Anna"}
    against = decisions[~decisions["settled"]].iloc[0]
    assert against[["start", "end"]].tolist() == out.marks.loc[rows[0], ["start", "end"]].tolist()
    assert not again(edited, same, decided_by="Anna").changes
    plan = again(edited, same, decided_by="Ben")
    assert not plan.changes
    assert plan.losses.set_index("item").loc["decisions", "count"] == count - 1
    assert len(again(edited, same, decided_by="Ben", replace=True).decisions) == count - 1
    assert not again(sent(same), same).changes


def test_what_was_never_exported_does_not_count_as_removed(project):
    with_suggestions(project)
    accepted = sent(project, suggestions="accepted")
    plan = again(accepted, project, decided_by="Anna")
    assert plan.machines["removed"].tolist() == [0]
    assert plan.decisions["settled"].all()
    one = sent(project, documents=["meeting0.txt"])
    assert again(one, project).machines["removed"].tolist() == [0]
    assert again(sent(project, suggestions=False), project).machines.empty


# ---- what was read --------------------------------------------------------------------------------------


def test_documents_without_codings_count_as_read_only_when_somebody_says_so(tmp_path):
    rows = [(guid(n), f"doc {n}", f"{TEXT} {n}", True, "text", "") for n in (1, 2)]
    came = study(sources=table(SOURCES, *rows))
    project, plan = taken(came, new_target(tmp_path / "x"))
    coded = read_target(project, no_progress).coded
    assert set(coded["document"]) == {"doc 1.txt"}
    assert any("does not say what Anna read" in note for note in plan.notes)
    project, _ = taken(came, project, read="all")
    coded = read_target(project, no_progress).coded
    assert coded.groupby("coder")["document"].nunique().to_dict() == {"Anna": 2, "Ben": 2}


@pytest.mark.parametrize("read", ["passages", ""])
def test_a_document_read_in_part_stays_so_when_only_passages_were_read(project, read):
    text = (project.corpus / "meeting1.txt").read_text(encoding="utf-8")
    path = project.gold / "cleo_next.csv"
    write_gold(
        table(CODINGS, ("meeting1.txt", 0, 20, "water", "cleo", text[:20])),
        path,
        coded=table(CODED, ("cleo", "meeting1.txt", 0, 20, "segment", text[:20])),
    )
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    project = open_project(project.root)
    out = sent(project)
    cleo = out.marks[out.marks["user"] == guid_of("user", "cleo")]
    more = cleo.assign(guid=guid(9), start=40, end=50, quote=text[40:50])
    edited = replace(
        out,
        marks=pd.concat([out.marks, more], ignore_index=True),
        read=out.read[out.read["coder"] != "cleo"],
    )
    project, plan = taken(edited, project, read=read)
    coded = read_target(project, no_progress).coded
    own = coded[coded["coder"] == "cleo"].sort_values("start")
    expected = [[0, 20, "segment"], [40, 50, "segment"]]
    if not read:  # the file of the sheet stays as it is
        expected = [[0, len(text), "document"], [0, 20, "segment"]]
    assert own[["start", "end", "scope"]].to_numpy().tolist() == expected
    (note,) = [note for note in plan.notes if "had read a part of meeting1.txt" in note]
    assert ("all of it counts as read" in note) == (not read)
    assert not again(edited, project).changes


# ---- attributes, notes ------------------------------------------------------------------------------------


def test_cases_and_variables_come_into_documents_csv(tmp_path):
    rows = [(guid(n), f"doc {n}", f"{TEXT} {n}", True, "text", "") for n in (1, 2, 3)]
    came = study(
        sources=table(SOURCES, *rows),
        values=table(
            VALUES,
            (guid(1), "Date", "Date", "2026-02-03"),
            (guid(50), "GROUP", "Text", "north"),
            (guid(2), "group", "Text", "=south"),
            (guid(1), "Age", "Integer", "41"),
        ),
        members=table(
            MEMBERS,
            (guid(50), "case", "Plot 1", guid(1), "by the gate"),
            (guid(50), "case", "Plot 1", guid(2), "by the gate"),
            (guid(60), "set", "Long talks", guid(1), ""),
        ),
        notes=table(NOTES, (guid(70), guid(1), 3, 9, guid(21), "memo", "=look\nhere", "")),
    )
    project, _ = taken(came, new_target(tmp_path / "x"))
    documents = read_corpus(project).documents.set_index("document")
    assert documents["case"].tolist() == ["Plot 1", "Plot 1", ""]
    assert documents["group"].tolist() == ["north", "=south", ""]
    assert documents["date"].tolist() == ["2026-02-03", "", ""]
    kept = read_extras(project)
    assert kept.values["variable"].tolist() == ["Age"]
    assert kept.notes["text"].tolist() == ["=look\nhere"]
    assert set(kept.members["name"]) == {"Plot 1", "Long talks"}
    assert not again(came, project).changes


def test_values_that_we_have_are_not_overwritten_and_columns_of_ones_own_stay(project):
    path = project.attributes
    path.write_text(
        "document;My column;group\nmeeting0.txt;x;north\nmeeting1.txt;y;\n", encoding="utf-8"
    )
    out = sent(project)
    sources = out.sources["guid"]
    came = replace(
        out,
        values=table(
            VALUES,
            (sources[0], "group", "Text", "south"),
            (sources[1], "group", "Text", "west"),
            (sources[1], "kind", "Text", "talk"),
        ),
        members=out.members.iloc[:0],
    )
    project, plan = taken(came, project)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows == [
        ["document", "My column", "group", "kind"],
        ["meeting0.txt", "x", "north", ""],
        ["meeting1.txt", "y", "west", "talk"],
    ]
    assert any("group is north, there south" in note for note in plan.notes)
    taken(came, project, replace=True)
    assert read_attributes(path)["group"].tolist() == ["south", "west"]


def test_a_document_in_two_cases_keeps_them_aside(tmp_path):
    came = study(
        members=table(
            MEMBERS, (guid(50), "case", "A", guid(1), ""), (guid(51), "case", "B", guid(1), "")
        )
    )
    project, plan = taken(came, new_target(tmp_path / "x"))
    assert read_corpus(project).documents["case"].tolist() == [""]
    assert read_extras(project).members["name"].tolist() == ["A", "B"]
    assert any("more than one case" in note for note in plan.notes)


# ---- all or nothing ---------------------------------------------------------------------------------------


def test_if_one_file_cannot_be_written_none_is(tmp_path):
    (tmp_path / "a.txt").write_text("before", encoding="utf-8")
    (tmp_path / "folder.txt" / "inside").mkdir(parents=True)
    plan = {
        tmp_path / "new" / "b.txt": b"b",
        tmp_path / "a.txt": b"after",
        tmp_path / "a.txt" / "c.txt": b"c",
    }
    with pytest.raises(FourpError, match="nothing was changed"):
        write_together(plan, keep={tmp_path / "a.txt": tmp_path / "a.txt.before"})
    assert everything(tmp_path) == {"a.txt": b"before"}
    assert not (tmp_path / "new").exists()


def test_an_import_that_cannot_be_written_leaves_the_project_as_it_was(project):
    came = with_new_code(project)
    plan = again(came, project)
    before = everything(project.root)
    (project.root / "in the way").write_text("a file", encoding="utf-8")
    broken = replace(plan, contents=plan.contents | {project.root / "in the way" / "x": b""})
    with pytest.raises(FourpError, match="nothing was changed"):
        apply_import(broken)
    (project.root / "in the way").unlink()
    assert everything(project.root) == before


# ---- any project --------------------------------------------------------------------------------------------

PIECES = [
    "The tap drips. ", "É", "e\u0301", "👩‍👧‍👦", "“quoted” ", "\t", "  ", "\n", "\n\n\n", "\ufeff", "\u200b",
    "مرحبا ", "\u00a0", "نص عربي", "a\u0301\u0323", "café ", "x", "\u0085", "ﬁ", "=1+1", "'", "\u2028",
]  # fmt: skip
# A text has no mark of its encoding at its beginning when it is read from any format.
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map(
    lambda pieces: "".join(pieces).lstrip("\ufeff") or "x"
)
names = st.text(alphabet=st.sampled_from("aäB/ .'=#é-👩"), max_size=8)


@st.composite
def exchanges(draw):
    bodies = draw(st.lists(texts, min_size=1, max_size=4))
    sources = [
        (
            guid(n),
            draw(names) or f"doc {n}",
            text,
            True,
            "text",
            draw(st.sampled_from(["", "said"])),
        )
        for n, text in enumerate(bodies)
    ]
    count = draw(st.integers(1, 4))
    nodes = []
    for n in range(count):
        up = draw(st.sampled_from(["", *(guid(100 + k) for k in range(n))]))
        name = draw(st.sampled_from(["Water", "Seeds", "Über", "水"]))
        nodes.append((guid(100 + n), up, "", f"{name} {n}", "", "", True))
    people = draw(st.lists(names, min_size=1, max_size=3))
    users = [(guid(200 + n), name, n == 2) for n, name in enumerate(people)]
    marks = []
    for n in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(bodies) - 1))
        text = bodies[at]
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        node = guid(100 + draw(st.integers(0, count - 1)))
        user = draw(st.sampled_from(["", *(u[0] for u in users)]))
        made_at = draw(st.sampled_from(["", "2026-01-01T00:00:00Z"]))
        marks.append(
            (guid(300 + n), guid(at), start, end, node, user, text[start:end], made_at, float("nan"), "")
        )  # fmt: skip
    return Exchange(
        name=draw(names),
        sources=table(SOURCES, *sources),
        nodes=table(NODES, *nodes),
        users=table(USERS, *users),
        marks=table(MARKS, *marks),
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(exchanges())
def test_any_project_is_taken_over_whole_and_only_once(tmp_path_factory, came):
    folder = tmp_path_factory.mktemp("any") / "study"
    project, plan = taken(came, new_target(folder))
    documents, skipped = read_documents(project.corpus)
    assert skipped.empty
    here = dict(zip(documents["document"], documents["text"], strict=True))
    told = plan.documents
    with_text = came.sources["text"].map(normalise) != ""
    assert (told["status"] == "new").tolist() == with_text.tolist()
    for name, text in zip(told["document"], came.sources["text"], strict=True):
        if name:
            assert here[name] == normalise(text)
            assert (project.corpus / name).read_bytes().decode("utf-8-sig") == text
    machines = set(came.users.loc[came.users["machine"], "guid"])
    by_people = ~came.marks["user"].isin(machines)
    lost = int(plan.losses.loc[plan.losses["item"] == "codings", "count"].sum())
    kept = read_extras(project)
    target = read_target(project, no_progress)
    n_codings = len(codings_of(target))
    assert n_codings + len(kept.machine_codings) + lost == len(came.marks)
    assert n_codings <= int(by_people.sum())
    before = everything(project.root)
    second = planned(came, target)
    assert not second.changes, second.contents
    assert everything(project.root) == before
    # Every coding that came in says where it stood, to the character.
    guids = came.marks.set_index("guid")
    for row in kept.marks.itertuples():
        assert (row.came_start, row.came_end) == tuple(guids.loc[row.guid, ["start", "end"]])


def test_many_codings_are_taken_over_at_once(tmp_path):
    texts = [" ".join(f"{n} {k} {line}" for k, line in enumerate(WATER * 40)) for n in range(40)]
    starts = np.arange(0, 4000, 8)
    marks = pd.concat(
        [
            pd.DataFrame(
                {
                    "guid": [guid_of("x", n, int(at)) for at in starts],
                    "source": guid(n),
                    "start": starts,
                    "end": starts + 7,
                    "node": guid(11),
                    "user": guid(21),
                    "quote": [text[at : at + 7] for at in starts],
                    "made_at": "",
                    "probability": np.nan,
                    "why": "",
                }
            )
            for n, text in enumerate(texts)
        ],
        ignore_index=True,
    )
    sources = [(guid(n), f"d{n}", text, True, "text", "") for n, text in enumerate(texts)]
    came = study(sources=table(SOURCES, *sources), marks=conform(marks, MARKS))
    project, plan = taken(came, new_target(tmp_path / "x"))
    assert plan.coders["new"].tolist() == [20_000]
    assert len(codings(project)) == 20_000
