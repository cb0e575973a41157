"""Commands that change people's work, killed at each step: afterwards old or new, and the next goes on."""

from __future__ import annotations

import os
import shutil

import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.exchange import read_qdpx, write_qdpx
from fourp_nlp.study.changes import changing
from fourp_nlp.study.exporting.export import project_exchange
from fourp_nlp.study.importing.import_project import apply_import, plan_import
from fourp_nlp.study.importing.plan import ImportOptions
from fourp_nlp.study.importing.target import new_target, read_target
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import no_progress, read_corpus, read_gold_codes
from fourp_nlp.study.reconciling.adjudication import adjudicate
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import Study
from tests.conftest import write_gold_file, write_project
from tests.killing import killed_at_each_step
from tests.test_import import everything, study
from tests.test_next import fill_in

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def state(root):
    """What people's work consists of: files with their bytes, and rows of the database."""
    store = Store(root / "fourp.sqlite")
    rows = (store.read_draws(), store.read_drawn(), store.read_decisions(), store.read_log())
    # How a change is taken back has the time in its name; what belongs to no change counts for nothing.
    files = {name: data for name, data in everything(root).items() if ".fourp/undo" not in name}
    return files, tuple(len(frame) for frame in rows)


class Scene:
    """A project in its state before an action, to go back to."""

    def __init__(self, root):
        self.root, self.copy = root, root.with_name("before")
        shutil.copytree(root, self.copy)
        self.before = state(self.copy)

    def fresh(self):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.copy, self.root)

    def each_step(self, action, *, every=1, killed=None):
        """Kill an action at each of its steps, and hold what is left to before and after.

        `killed` is the part of the action that changes files, where only that is to be killed.
        """
        self.fresh()
        action()
        after = state(self.root)
        assert after != self.before
        found = set()

        def check(step):
            with changing(self.root):
                pass
            now = state(self.root)
            assert now in (self.before, after), f"step {step}"
            found.add(now == after)
            if now == self.before:
                action()
                assert state(self.root) == after, f"again after step {step}"

        kills = killed_at_each_step(
            killed or action, self.fresh, check, root=self.root, every=every
        )
        assert found == {False, True}
        return kills


def test_a_sheet_is_taken_in_whole_or_not_at_all(tmp_path):
    project = write_project(tmp_path / "allotment", documents=2, gold=False)
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    made = draw_next(
        Study(project, corpus=corpus, codebook=codebook), DrawOptions(count=6, coder="anna", seed=1)
    )
    fill_in(made.files[1])
    scene = Scene(project.root)
    assert (
        scene.each_step(
            lambda: import_sheet(Study(project, corpus=corpus, codebook=codebook), made.files[1])
        )
        >= 10
    )


def test_a_sheet_is_written_with_its_draw_or_not_at_all(tmp_path):
    project = write_project(tmp_path / "allotment", documents=2, gold=False)
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)

    def action():
        draw_next(
            Study(project, corpus=corpus, codebook=codebook),
            DrawOptions(count=3, coder="anna", seed=1),
        )

    before = state(project.root)
    counts = []

    def fresh():
        shutil.rmtree(project.root)
        write_project(project.root, documents=2, gold=False)

    def check(step):
        with changing(project.root):
            pass
        files, rows = state(project.root)
        sheets = {name for name in files if name.startswith("reports/")}
        counts.append(rows[0])
        assert len(sheets) == 2 * rows[0], f"step {step}"
        assert rows[1] == 3 * rows[0]
        if not rows[0]:
            assert files == before[0]

    assert killed_at_each_step(action, fresh, check, root=project.root, every=2) > 15
    assert set(counts) == {0, 1}


def test_codes_that_stand_are_written_whole_or_not_at_all(tmp_path):
    project = write_project(tmp_path / "allotment", documents=2)
    write_gold_file(project, "bruno")
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    gold = read_gold_codes(project, corpus, codebook, without_reference=True)
    scene = Scene(project.root)
    action = lambda: adjudicate(Study(project, corpus=corpus, gold=gold, codebook=codebook))  # noqa: E731
    assert scene.each_step(action, every=2) > 10


def test_an_import_is_carried_out_whole_or_not_at_all_and_no_coding_is_lost(tmp_path):
    project = write_project(tmp_path / "allotment", documents=2)
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    gold = read_gold_codes(project, corpus, codebook)
    made = project_exchange(Study(project, corpus=corpus, codebook=codebook, gold=gold))
    there = made.marks.iloc[1:].assign(quote="")  # a coding is gone there
    write_qdpx(made.__class__(**{**made.__dict__, "marks": there}), tmp_path / "back.qdpx")
    came = read_qdpx(tmp_path / "back.qdpx")
    scene = Scene(project.root)

    def plan():
        return plan_import(came, read_target(project, no_progress), ImportOptions(replace=True))

    # A plan writes nothing, so that it is made once for all that are killed while they carry it out.
    planned = plan()
    assert state(project.root) == scene.before
    kills = scene.each_step(
        lambda: apply_import(plan()), every=3, killed=lambda: apply_import(planned)
    )
    assert kills > 15


def test_a_new_project_is_made_whole_or_not_at_all_and_the_same_command_goes_on(tmp_path):
    root = tmp_path / "study"
    came = study()

    def plan():
        return plan_import(came, new_target(root), ImportOptions())

    # A plan writes nothing, so that it is made once for all that are killed while they carry it out.
    planned = plan()
    assert not root.exists()

    def check(step):
        if (root / "fourp.toml").exists():
            open_project(root)
        else:
            apply_import(plan())
        project = open_project(root)
        with changing(root):
            pass
        assert sorted(path.name for path in project.gold_files) == ["Anna.csv", "Ben.csv"]
        assert len(read_corpus(project).documents) == 1, f"step {step}"
        left = [path for path in everything(root) if "/." in path or path.endswith(".tmp")]
        assert left == []

    def fresh():
        shutil.rmtree(root, ignore_errors=True)

    kills = killed_at_each_step(lambda: apply_import(planned), fresh, check, root=root, every=4)
    assert kills > 20
