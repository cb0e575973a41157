"""The last change to people's codings is taken back: files and database, all of it or nothing."""

from __future__ import annotations

import os

import pytest

from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpWarning, ProjectError
from fourp_nlp.files.journal import journals
from fourp_nlp.study.changes import change_files, journal_of
from fourp_nlp.study.reading.marked_as_read import mark_as_read, mark_scope
from fourp_nlp.study.reading.moving_codings import move_codings
from fourp_nlp.study.renaming.code_changes import plan_merging
from fourp_nlp.study.renaming.planned_change import make_change
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import Study
from fourp_nlp.study.undo import changes_to_undo, undo_last_change
from fourp_nlp.study.undo_journal import undo_folder
from tests.test_changed_texts import CODINGS, TRUSTED, quotes, rewrite, write_codings, write_visits
from tests.test_cli import fourp
from tests.test_next import fill_in


@pytest.fixture
def visits(tmp_path):
    project = write_visits(tmp_path / "visits")
    assert Study(project).gold.coders == ["anna"]
    return project


def state(project):
    """Everything that people coded, and the rows of the database."""
    files = {
        path.relative_to(project.root).as_posix(): path.read_bytes()
        for folder in (project.gold, project.corpus)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".gz"
    }
    files["codebook"] = project.codebook.read_bytes()
    return files, Store(project.store).people_rows()


def codings_of(project):
    """The same without the record of what was read, which commands that only read add to."""
    files, rows = state(project)
    return {name: data for name, data in files.items() if not name.endswith(".json")}, rows


def test_moved_codings_are_taken_back(visits):
    text = (visits.corpus / "i1.txt").read_text(encoding="utf-8")
    before = state(visits)
    rewrite(visits, ("We met", "Hello. We met"), (TRUSTED, "I never said that."))
    move_codings(Study(visits))
    said = fourp("undo", "-p", visits.root)
    assert said.exit_code == 0, said.output
    assert "took back: codings carried along with changed documents" in said.output
    (visits.corpus / "i1.txt").write_text(text, encoding="utf-8")
    assert state(visits) == before
    assert quotes(visits) == [quote for quote, _ in CODINGS]
    # The earlier text is kept again, so that they can be carried along once more.
    rewrite(visits, ("We met", "Hello. We met"), ("Torronto", "Toronto"))
    assert move_codings(Study(visits)).undecided == 0
    assert len(quotes(visits)) == 5


def test_changes_are_taken_back_one_after_the_other(visits):
    states = [codings_of(visits)]
    study = Study(visits)
    mark_scope(study, "anna", ["i1.txt"], "passages")
    states.append(codings_of(visits))
    make_change(study, plan_merging(Study(visits), ["fear"], "trust"))
    states.append(codings_of(visits))
    assert states[0] != states[1] != states[2]
    assert [entry.what for entry in changes_to_undo(visits)] == [
        "codes merged into trust",
        "what was read of documents",
    ]
    for earlier in states[-2::-1]:
        assert undo_last_change(visits).files
        assert codings_of(visits) == earlier
    with pytest.raises(ProjectError, match="no change that can be taken back"):
        undo_last_change(visits)


def test_a_sheet_that_was_taken_in_is_taken_back_and_its_draw_stays(visits):
    study = Study(visits)
    draw = draw_next(study, DrawOptions(count=3, by="random", coder="ben", seed=1))
    fill_in(draw.files[1])
    before = state(visits)
    import_sheet(Study(visits), draw.files[1])
    assert (visits.gold / "ben_next.csv").is_file()
    # A command that reads what is new adds to the record.
    write_codings(visits.gold / "cleo.csv", CODINGS[:1], coder="cleo")
    assert "cleo" in Study(visits).gold.coders
    undo_last_change(visits)
    assert not (visits.gold / "ben_next.csv").exists()
    assert sorted(Study(visits).gold.coders) == ["anna", "cleo"]
    assert state(visits)[1] == before[1]
    assert len(Store(visits.store).read_draws()) == 1


def test_what_was_read_again_is_taken_back_though_others_read_since(visits):
    rewrite(visits, (TRUSTED, f"{TRUSTED} Something new is here now."))
    with pytest.warns(FourpWarning, match="5 codings carried along"):
        mark_as_read(Study(visits, changes=True), "anna")
    assert Study(visits).gold.changed.empty
    write_codings(
        visits.gold / "cleo.csv",
        CODINGS[:1],
        text=(visits.corpus / "i1.txt").read_text(encoding="utf-8"),
        coder="cleo",
    )
    assert "cleo" in Study(visits).gold.coded
    assert undo_last_change(visits).what == "what was read again"
    changed = Study(visits).gold.changed
    assert "anna" in set(changed["coder"])
    assert "cleo" in Study(visits).gold.since


def test_what_somebody_edited_since_is_not_lost(visits):
    mark_scope(Study(visits), "anna", ["i1.txt"], "passages")
    path = visits.gold / "anna.csv"
    path.write_bytes(path.read_bytes().replace(b"trust", b"fear"))
    before = state(visits)
    said = fourp("undo", "-p", visits.root)
    assert said.exit_code
    assert "changed since: anna.csv" in f"{said.output}{said.exception}"
    assert state(visits) == before
    assert len(changes_to_undo(visits)) == 1


def test_a_dry_run_and_a_list_change_nothing(visits):
    mark_scope(Study(visits), "anna", ["i1.txt"], "passages")
    before = state(visits)
    said = fourp("undo", "--dry-run", "-p", visits.root)
    assert "would take back: what was read of documents" in said.output
    listed = fourp("undo", "--list", "-p", visits.root)
    assert "what was read of documents" in " ".join(listed.output.split())
    assert state(visits) == before


def test_a_change_that_failed_leaves_nothing_to_take_back(visits):
    def fail(_):
        raise RuntimeError("no")

    path = visits.gold / "anna.csv"
    before = path.read_bytes()
    with pytest.raises(RuntimeError):
        change_files(visits.root, {path: b"other"}, what="a change", in_store=fail)
    assert path.read_bytes() == before
    assert not journals(journal_of(visits.root))
    assert changes_to_undo(visits) == []
    assert not list(undo_folder(visits.root).glob("*"))


def test_only_the_owner_can_read_what_is_kept_and_old_changes_go(visits):
    path = visits.gold / "anna.csv"
    for number in range(25):
        content = path.read_bytes() + f"i1.txt,,,,c{number},,\n".encode()
        change_files(visits.root, {path: content}, what=f"change {number}")
    kept = sorted(undo_folder(visits.root).iterdir())
    assert len(kept) == 20
    if os.name == "posix":
        assert all(each.stat().st_mode & 0o077 == 0 for each in kept)
    assert undo_last_change(visits).what == "change 24"
