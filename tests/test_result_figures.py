"""Results beside the text: each number is that of the command, and as many passages stand behind it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

pytest.importorskip("starlette")

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import FourpError
from fourp_nlp.study.reviewing.results.result_figures import Cell
from fourp_nlp.study.reviewing.results.result_session import ResultSession
from fourp_nlp.study.reviewing.review_session import Decision, ReviewSession
from fourp_nlp.study.study import Study, open_study
from tests.conftest import OTHER, SEEDS, WATER, write_gold_file, write_project
from tests.test_next import draw, fill_in, taken

UNITS = ("occurrences", "segments", "documents")


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """Anna, Ben and Cara coded; Ben takes seeds for water, Cara left some out; all have suggestions."""
    project = write_project(tmp_path_factory.mktemp("results") / "p")
    long = [
        WATER[0],
        WATER[3],
        WATER[4],
        OTHER[1],
        SEEDS[0],
        SEEDS[1],
        OTHER[5],
        WATER[1],
        WATER[2],
    ]
    (project.corpus / "runs.txt").write_text(" ".join(long), encoding="utf-8")
    write_gold_file(project, "anna")
    write_gold_file(project, "cara", but=("meeting1.txt",))
    text = (project.gold / "anna.csv").read_text(encoding="utf-8")
    lines = text.splitlines()
    for at in range(2, len(lines), 4):
        lines[at] = lines[at].replace(",seeds,", ",water,")
    swapped = "\n".join(lines).replace(",anna,", ",ben,")
    (project.gold / "ben.csv").write_text(swapped + "\n", encoding="utf-8")
    settings = 'title = "Allotment"\n[coders]\ngold = "anna"\n'
    (project.root / "fourp.toml").write_text(settings, encoding="utf-8")
    for at in range(6):
        lines = [OTHER[at], WATER[at], SEEDS[5 - at], WATER[(at + 2) % 6], OTHER[5 - at], SEEDS[at]]
        (project.corpus / f"open{at}.txt").write_text(" ".join(lines), encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return project.root


@pytest.fixture
def root(coded, tmp_path):
    return shutil.copytree(coded, tmp_path / "p")


@pytest.fixture
def study(root):
    return Study(open_study(root).project, reference_needed=False)


@pytest.fixture
def session(study):
    with ReviewLog(study.project.store) as log:
        yield ReviewSession(study, "anna", log)


@pytest.fixture
def figures(session):
    return ResultSession(session).figures()


def all_of(figures, cell):
    """All passages behind a number, page by page."""
    shown, first = [], 0
    while True:
        some = figures.passages(cell, first, 7)
        shown += some.shown
        first += 7
        if first >= some.count:
            assert len(shown) == some.count
            return shown


@pytest.mark.parametrize("by", ["case", "document", "group"])
@pytest.mark.parametrize("unit", UNITS)
def test_each_count_is_that_of_the_command_and_has_as_many_passages(figures, root, by, unit):
    expected = open_study(root).frequencies(by=by, unit=unit)
    assert set(expected["coder"]) == {"anna", figures.machine}
    for coder in ("anna", figures.machine):
        table = figures.frequencies(by=by, unit=unit, coder=coder)
        of_coder = expected[expected["coder"] == coder].reset_index(drop=True)
        assert table.equals(of_coder)
        assert table["count"].sum() > 0
        for row in table.to_dict("records"):
            cell = Cell("frequency", row["code"], (coder,), by, unit, row[by])
            assert len(all_of(figures, cell)) == row["count"]
        for code, count in table.groupby("code")["count"].sum().items():
            cell = Cell("frequency", code, (coder,), by, unit, None)
            assert figures.passages(cell, 0, 1).count == count


def test_an_occurrence_over_several_segments_is_one_passage_with_its_whole_text(figures):
    cell = Cell("frequency", "water", ("anna",), "document", "occurrences", "runs.txt")
    first, second = all_of(figures, cell)
    assert first["text"] == " ".join([WATER[0], WATER[3], WATER[4]])
    assert (first["segment"], first["segments"]) == (0, 3)
    assert first["before"] == ""
    assert first["after"] == f"{OTHER[1]} {SEEDS[0]}"
    assert second["before"].endswith(OTHER[5])
    assert second["segments"] == 2
    assert first["coders"][0]["name"] == "anna"
    assert first["coders"][0]["with_suggestions"] == []
    assert 0 <= first["machine"][0]["p"] <= 1


def test_agreement_is_that_of_the_report_and_its_first_columns_have_their_passages(figures, root):
    study = open_study(root)
    expected = study.agreement(units=("all", "any_code"))
    table = figures.agreement()
    assert table.equals(expected)
    some = table[(table["level"] == "code") & (table["units"] == "all") & table["both"].notna()]
    rows = some.drop_duplicates(["coders", "code"]).to_dict("records")
    assert (
        len({row["coders"] for row in rows}) == 7
    )  # three pairs, each with the machine, and all three
    differences = 0
    for row in rows:
        coders = tuple(row["coders"].split("; "))
        codings = [int(each) for each in row["codings"].split("; ")]
        both = all_of(figures, Cell("agreed", row["code"], coders))
        assert len(both) == row["both"]
        column = figures.codebook.code_ids.index(row["code"])
        assert all(
            column in each["codes"] for one in both for each in one["coders"] if each["read"]
        )
        assert figures.passages(Cell("some", row["code"], coders), 0, 1).count == row["some"]
        differences += row["some"]
        if len(coders) == 2:
            for who, n in zip((coders, coders[::-1]), codings, strict=True):
                only = all_of(figures, Cell("only", row["code"], who))
                assert len(only) == n - row["both"]
                assert all(column in one["coders"][0]["codes"] for one in only)
                assert all(column not in one["coders"][1]["codes"] for one in only)
    assert differences > 5


def test_a_confusion_has_the_passages_that_it_counts(figures, root):
    expected = open_study(root).confusions()
    assert figures.confusions().equals(expected)
    assert len(expected) >= 2
    for row in expected.to_dict("records"):
        coders = (row["coder_a"], row["coder_b"])
        cell = Cell("confused", row["code"], coders, taken_for=row["taken_for"])
        shown = all_of(figures, cell)
        assert len(shown) == row["segments"]
        assert row["example_1"] == shown[0]["text"]


def test_corrected_estimates_are_those_of_the_command(root, session):
    results = ResultSession(session)
    assert results.figures().estimates("group")[0].empty
    assert "random" in results.figures().estimates("group")[1][0]
    project = open_study(root).project
    path = next(p for p in draw(project, 12, seed=5).files if p.suffix == ".xlsx")
    fill_in(path)
    taken(project, path)
    figures = results.figures()
    table, notes = figures.estimates("group")
    study = open_study(root)
    assert table.equals(study.frequencies(by="group", corrected=True))
    assert notes
    for row in table[table["method"] == "naive"].to_dict("records"):
        suggested = Cell("suggested", row["code"], by=row["level"], place=row["place"])
        assert figures.passages(suggested, 0, 1).count == round(row["count"])
    for row in table[table["method"] == "corrected"].to_dict("records"):
        found = Cell("found", row["code"], by=row["level"], place=row["place"])
        assert figures.passages(found, 0, 1).count == row["positives"]


def test_decisions_count_from_when_they_are_written(session, root):
    results = ResultSession(session)
    cell = Cell("frequency", "water", ("anna",), "document", "segments", "late.txt")
    text = " ".join([OTHER[0], WATER[5], OTHER[3]])
    (session.study.project.corpus / "late.txt").write_text(text, encoding="utf-8")
    with pytest.raises(FourpError):
        results.figures().passages(
            Cell("frequency", "water", ("nobody",), "case", "segments"), 0, 1
        )
    open_study(root).suggest()
    session.refresh()
    number = session.documents.index("late.txt")
    column = session.codes.index("water")
    was = results.figures()
    assert was.passages(cell, 0, 9).count == 0
    session.decide(number, [Decision(1, column, value=True, was=None)])
    assert results.pending == 1
    assert results.figures() is was
    session.write()
    now = results.figures()
    assert now.version == was.version + 1
    assert results.pending == 0
    (passage,) = now.passages(cell, 0, 9).shown
    assert passage["text"] == WATER[5]
    assert passage["coders"][0]["with_suggestions"] == [column]
    table = open_study(root).frequencies(by="document", unit="segments", coders=["anna"])
    row = table[(table["document"] == "late.txt") & (table["code"] == "water")]
    assert row["count"].tolist() == [1]


def test_nothing_is_computed_twice_while_nothing_changes(session, monkeypatch):
    import fourp_nlp.study.reviewing.results.result_figures as module

    asked = []
    measure = module.agreement_in_full
    monkeypatch.setattr(
        module,
        "agreement_in_full",
        lambda *given, **more: asked.append(1) or measure(*given, **more),
    )
    results = ResultSession(session)
    first = results.figures().agreement()
    assert results.figures().agreement() is first
    assert len(asked) == 1


def test_unknown_places_codes_and_coders_are_refused(figures):
    for cell in (
        Cell("frequency", "water", ("anna",), "case", "segments", "nowhere"),
        Cell("frequency", "nothing", ("anna",), "case", "segments", None),
        Cell("agreed", "water", ("anna", "dora")),
        Cell("agreed", "water", ("anna",)),
        Cell("found", "water", by="group", place="nowhere"),
        Cell("strange", "water"),
    ):
        with pytest.raises(FourpError):
            figures.passages(cell, 0, 10)


def test_pages_beyond_the_last_are_empty(figures):
    cell = Cell("frequency", "water", ("anna",), "case", "segments", None)
    n = figures.passages(cell, 0, 1).count
    assert figures.passages(cell, n, 10).shown == []
    assert len(figures.passages(cell, n - 1, 10).shown) == 1
    assert np.all(figures.hidden == 0)
