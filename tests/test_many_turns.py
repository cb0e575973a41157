"""A project goes out, another program takes it over and exports it, and it comes back: again and again."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from fourp_nlp.interchange import NOTES, read_qdpx, write_qdpx
from fourp_nlp.pipeline import new_target, read_target, unwatched
from fourp_nlp.project import open_project
from fourp_nlp.store import Store
from tests.conftest import write_gold_file
from tests.exchanges import rich_exchange
from tests.other_programs import (
    as_atlasti,
    as_qualcoder,
    otherwise_sorted,
    with_new_guids,
    without_descriptions,
    without_notes,
)
from tests.test_export import sent, with_suggestions
from tests.test_import import codings, everything, table, taken


def out(project, path):
    """Write a project as .qdpx, with all that can go out."""
    write_qdpx(sent(project, include_repeat=True), path)
    return path


def turn(project, folder, other, number=0):
    """One turn through another program; return the plan and what was exported before."""
    there = out(project, folder / f"{number}_out.qdpx")
    back = other(there, folder / f"{number}_back.qdpx")
    _, plan = taken(read_qdpx(back), open_project(project.root))
    return plan, there.read_bytes()


def numbered(program, **options):
    """A program whose exports differ by number."""
    count = iter(range(100))
    return lambda path, back: program(path, back, seed=next(count), **options)


@pytest.fixture
def rich(tmp_path):
    """A project made of what travels at its richest: another machine, notes of every kind, cases, sets."""
    exchange = rich_exchange()
    more = table(
        NOTES,
        ("n6", "", -1, -1, "", "Same", "twice the same", ""),
        ("n7", "", -1, -1, "", "Same", "twice the same", ""),
        ("n8", exchange.sources["guid"][0], 3, 9, "", "On a passage", "text", ""),
    )
    notes = pd.concat([exchange.notes, more], ignore_index=True)
    project, _ = taken(replace(exchange, notes=notes), new_target(tmp_path / "rich"))
    taken(read_qdpx(out(project, tmp_path / "rich.qdpx")), project)
    return project


@pytest.fixture
def own(project):
    """A project of ours: two people, a machine, decisions, repeats, groups, a notice."""
    write_gold_file(project, "ben", but=("meeting0.txt",))
    (project.root / "fourp.toml").write_text(
        'title = "Allotment"\nnotice = "Do not pass on."\n[coders]\ngold = "anna"\n',
        encoding="utf-8",
    )
    project = open_project(project.root)
    project.repeat.mkdir(parents=True)
    gold = (project.gold / "ben.csv").read_bytes()
    (project.repeat / "ben.csv").write_bytes(gold)
    with_suggestions(project)
    target = read_target(project, unwatched)
    some = target.codings.drop_duplicates(["document"]).head(2)
    Store(project.store).write_decisions(
        some[["document", "start", "end", "code"]].assign(
            settled=[True, False], decided_by=["anna", "ben"]
        )
    )
    taken(read_qdpx(out(project, project.root.parent / "own.qdpx")), project)
    return project


PROGRAMS = {
    "new identities": lambda: numbered(with_new_guids),
    "ATLAS.ti": lambda: as_atlasti,
    "its own order": lambda: numbered(otherwise_sorted),
    "its own order, new identities": lambda: (
        lambda path, back: with_new_guids(otherwise_sorted(path, back), back)
    ),
    "no notes": lambda: without_notes,
    "no descriptions": lambda: without_descriptions,
    "no descriptions, new identities": lambda: (
        lambda path, back: with_new_guids(without_descriptions(path, back), back)
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("which", ["rich", "own"])
def test_nothing_changes_here_however_often_it_goes_round(which, program, request, tmp_path):
    project = request.getfixturevalue(which)
    files, exported = everything(project.root), out(project, tmp_path / "first.qdpx").read_bytes()
    other = PROGRAMS[program]()
    for number in range(3):
        plan, _ = turn(project, tmp_path, other, number)
        assert not plan.changes, list(plan.contents)
        assert everything(project.root) == files
    assert out(project, tmp_path / "last.qdpx").read_bytes() == exported


@pytest.mark.parametrize("which", ["rich", "own"])
def test_qualcoder_adds_what_is_its_own_once(which, request, tmp_path):
    project = request.getfixturevalue(which)
    before, there = codings(project), read_target(project, unwatched)
    # Codes below codes are folded by older versions, of which another test is.
    other = numbered(as_qualcoder, folds=which == "own")
    turn(project, tmp_path, other)
    files, exported = everything(project.root), out(project, tmp_path / "first.qdpx").read_bytes()
    for number in range(1, 4):
        plan, _ = turn(project, tmp_path, other, number)
        assert not plan.changes, list(plan.contents)
        assert everything(project.root) == files
    assert out(project, tmp_path / "last.qdpx").read_bytes() == exported
    pd.testing.assert_frame_equal(codings(project), before)
    here = read_target(project, unwatched)
    assert here.codebook == there.codebook
    for name in ("notes", "values", "members", "machine_codings"):
        assert len(getattr(here.kept, name)) >= len(getattr(there.kept, name))
