"""Agreement in the methods text: codings and cautions in its tables, and no sentence that a table denies."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd
import pytest

from fourp_nlp.agreement import Drawing
from fourp_nlp.codebook import read_codebook
from fourp_nlp.reporting import REFERENCES, methods_files, methods_text
from fourp_nlp.reporting.methods._intervals import INTERVALS
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.reporting.results import write_report
from fourp_nlp.study.study import Study
from fourp_nlp.tables import SUGGESTIONS, empty
from tests.conftest import ROOT, write_gold_file, write_project
from tests.test_disagreements import as_bruno_sees_it, recode, settings
from tests.test_methods import facts_of, grid, plain, told, word


@pytest.fixture
def pair(tmp_path):
    """Anna and Bruno coded three documents in common, and differ in the first."""
    project = write_project(tmp_path / "allotment")
    write_gold_file(project, "bruno", but=tuple(f"meeting{n}.txt" for n in (3, 4, 5)))
    recode(project, "bruno", as_bruno_sees_it)
    return settings(project, gold="anna")


def without_seeds(project):
    for coder in ("anna", "bruno"):
        recode(project, coder, lambda rows: [row for row in rows if row[3] != "seeds"])
    return project


def with_carla(project):
    write_gold_file(project, "carla", but=("meeting0.txt",))
    recode(project, "carla", lambda rows: rows[1:])
    return project


@pytest.fixture
def one_document(tmp_path):
    project = write_project(tmp_path / "allotment", documents=1)
    write_gold_file(project, "bruno")
    recode(project, "bruno", as_bruno_sees_it)
    return settings(project, gold="anna")


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    from tests.test_cli import fourp

    project = write_project(tmp_path_factory.mktemp("machine") / "allotment")
    write_gold_file(project, "bruno", but=("meeting4.txt", "meeting5.txt"))
    recode(project, "bruno", as_bruno_sees_it)
    project = settings(project, gold="anna")
    assert fourp("suggest", "-p", project.root).exit_code == 0
    return project


def number(text):
    """Return the number that a cell begins with; none of a dash."""
    found = re.match(r"[<>]?(−?[\d.,]+)", text)
    return float(found[1].replace("−", "-").replace(",", "")) if found else None


NAMES = {"alpha": "Alpha", "kappa": "Kappa", "percent agreement": "Agreement",
         "positive agreement": "Positive", "AC1": "AC1"}  # fmt: skip


def holds_together(facts):
    """Hold every range of the text, and every count of differences, against the tables."""
    checked = 0
    text = methods_text(facts)
    grids = {each.name: grid(facts, each.name) for each in text.tables}
    sentences = [plain(sentence) for each in text.paragraphs for sentence in each.sentences]
    of_tables = [name for name in grids if name.startswith("agreement-")]
    for name in of_tables:
        rows = grids[name]
        at = next(
            place
            for place, sentence in enumerate(sentences)
            if "compared" in sentence or "a second time" in sentence
            if checked_name(text, name, place)
        )
        here = " ".join(sentences[at : at + 6])
        given = [row for row in rows if row["Prevalence"] != "0.0%"]
        never = [row["Code"] for row in rows if row["Prevalence"] == "0.0%"]
        for code in never:
            assert re.search(rf"No coder gave .*{code}", here)
        assert never or "No coder gave" not in here
        for shown, column in NAMES.items():
            if column not in rows[0]:
                continue
            figure = r"([<>]?−?\d+(?:\.\d+)?%?)(?: \(([^)]*)\))?"
            found = re.search(
                rf"(?i)\b{shown}(?: and [a-z]+)? (?:\(defined for \d+\) )?"
                rf"(?:ranged from|(?:was|were) between|was|were) {figure}"
                rf"(?: (?:to|and) {figure})?",
                here,
            )
            values = [row for row in given if number(row[column]) is not None]
            # The text gives the range of those that take chance from shares; the table has the others.
            if shown in {"alpha", "kappa"}:
                assert bool(found) == bool(values), (shown, here)
            if not found:
                continue
            assert values, (shown, here)
            checked += 1
            cells = [row[column].split(" [")[0] for row in values]
            ends = sorted(cells, key=number)
            assert (found[1], found[3] or found[1]) == (ends[0], ends[-1]), (shown, here)
            for end, named in ((found[1], found[2]), (found[3], found[4])):
                if named:
                    own = [
                        row["Code"] for row, cell in zip(values, cells, strict=True) if cell == end
                    ]
                    assert named in (" and ".join(own), f"{len(own)} codes")
        if any("[" in row["AC1"] for row in rows):
            assert "There are no intervals" not in here
    return checked


def checked_name(text, name, place):
    """Return whether the sentence at a place names the table."""
    from fourp_nlp.reporting.methods.parts import Shown

    every = [sentence for each in text.paragraphs for sentence in each.sentences]
    return any(isinstance(run, Shown) and run.table == name for run in every[place])


@pytest.mark.parametrize("change", [lambda p: p, without_seeds, with_carla])
def test_no_sentence_denies_a_table(pair, change):
    # Of three coders, the text gives alpha alone.
    assert holds_together(facts_of(change(pair))) >= (1 if change is with_carla else 2)


def test_no_sentence_denies_a_table_with_one_document(one_document):
    facts = facts_of(one_document)
    assert holds_together(facts) >= 2
    assert "There are no intervals: 1 document" in told(facts)
    (table,) = [each for each in methods_text(facts).tables if each.name.startswith("agreement")]
    assert any(note.startswith("No intervals: 1 document") for note in table.notes)
    assert not any("[" in cell for row in table.rows for cell in row)


def test_no_sentence_denies_a_table_of_the_machine(machine):
    facts = facts_of(machine, machine=True)
    assert holds_together(facts) >= 4
    rows = grid(facts, "agreement-machine-1")
    both = sum(int(row["Both"]) for row in rows)
    alone = sum(int(row["Machine only"]) for row in rows)
    # Of the suggestions on segments that were read, as many were among the person's codes.
    assert (facts.machine.confirmed, facts.machine.compared) == (both, both + alone)
    assert f"Of {both + alone} suggestions on segments that anna had read, {both} " in told(facts)
    for row in rows:
        assert int(row["Both"]) + int(row["Person only"]) == 12
        if row["Precision"] != "–":
            precision = int(row["Both"]) / (int(row["Both"]) + int(row["Machine only"]))
            assert row["Precision"] == f"{precision:.2f}"


def test_no_sentence_denies_a_table_of_the_demonstration():
    project = open_project(ROOT)
    facts = facts_of(project, resamples=50)
    assert holds_together(facts) == 2
    rows = grid(facts, "agreement-people-1")
    apart = sum(int(row["First only"]) + int(row["Second only"]) for row in rows)
    (decided,) = facts.decisions
    assert decided.pairs == apart
    assert f"({apart} pairs of a segment and a code)" in told(facts)
    # Several codes have the highest kappa: none of them is named alone.
    assert re.search(
        r"kappa ranged from 0\.67 \(Reduce Vulnerabilities\) to 1\.00 \(5 codes\)", told(facts)
    )


def test_what_two_people_gave_stands_beside_every_code(pair):
    facts = facts_of(pair)
    rows = {row["Code"]: row for row in grid(facts, "agreement-people-1")}
    water = rows["Water"]
    both, first, second = (int(water[head]) for head in ("Both", "First only", "Second only"))
    assert both + first == 6  # two in each of three documents
    assert water["Positive"] == f"{2 * both / (2 * both + first + second):.2f}"
    assert water["Agreement"] == f"{100 * (18 - first - second) / 18:.1f}%"
    (table,) = [each for each in methods_text(facts).tables if each.name.startswith("agreement")]
    assert any(
        "anna and bruno both gave the code, anna alone, and bruno alone" in note
        for note in table.notes
    )


def refused(compared):
    """Return a comparison of which one code has no interval and a caution."""
    table = compared.by_code.copy()
    own = (table["code"] == "seeds") & table["coefficient"].isin(
        ["cohen_kappa", "krippendorff_alpha"]
    )
    table.loc[own, ["low", "high"]] = float("nan")
    table.loc[own, "no_interval"] = "two positives in one document"
    table.loc[table["code"] == "seeds", "caution"] = "the code was given in one document"
    return dataclasses.replace(compared, by_code=table)


def test_cautions_and_missing_intervals_travel_into_every_file(pair):
    facts = facts_of(pair)
    facts = dataclasses.replace(facts, compared=tuple(map(refused, facts.compared)))
    files = methods_files(methods_text(facts), date="2026-01-02")
    paragraphs, cells = word(files["methods.docx"])
    texts = [
        files["methods.md"].decode().replace("\\", ""),
        files["methods.tex"].decode(),
        "\n".join([*paragraphs, *cells]),
    ]
    for text in texts:
        assert "No interval (alpha and kappa of Seeds): two positives in one document." in text or (
            "No interval (kappa and alpha of Seeds): two positives in one document." in text
        )
        assert "Caution (Seeds): the code was given in one document." in text
        assert "none" in text
        assert text.count("the code was given in one document") == 1  # below the table alone
    rows = {row["Code"]: row for row in grid(facts, "agreement-people-1")}
    assert rows["Seeds"]["Kappa"].endswith("[none]")
    assert "none" not in rows["Water"]["Kappa"]


@pytest.mark.parametrize("method", [*INTERVALS, "a new one"])
def test_the_text_says_which_interval_it_has(pair, method):
    facts = dataclasses.replace(facts_of(pair), interval=method)
    text = methods_text(facts)
    here = told(facts, "Agreement")
    (sentence,) = re.findall(r"95% confidence intervals \(CI\) are [^{}]*?\.(?= The | )", here)[:1]
    assert len(sentence) > 50
    assert "{" not in here
    assert set(text.citations) <= set(REFERENCES)
    if method == "a new one":
        assert "by the method 'a new one'" in sentence
    if method == "effective":
        assert "effective number of codings" in here
        assert {"wilson1927", "korn1998"} <= set(text.citations)


def test_the_interval_that_is_described_is_the_one_that_is_computed(pair):
    assert facts_of(pair).interval == Drawing().method
    assert Drawing().method in INTERVALS


def test_a_lower_end_below_one_is_not_rounded_to_one(pair):
    facts = facts_of(pair)
    (compared,) = facts.compared
    table = compared.by_code.assign(low=0.9987, high=1.0)
    facts = dataclasses.replace(facts, compared=(dataclasses.replace(compared, by_code=table),))
    for row in grid(facts, "agreement-people-1"):
        assert row["AC1"].endswith("[0.99, 1.00]")
    assert not any("no proof" in note for each in methods_text(facts).tables for note in each.notes)


def test_the_report_and_its_files_show_codings_and_cautions(pair):
    codebook, corpus = read_codebook(pair.codebook), read_corpus(pair)
    gold = read_gold_codes(pair, corpus, codebook)
    page = write_report(
        Study(pair, corpus=corpus, gold=gold, codebook=codebook, suggestions=empty(SUGGESTIONS))
    )[0].read_text("utf-8")
    section = page[page.index('id="agreement"') :]
    assert ">Both</th>" in section
    assert ">Only anna</th>" in section
    assert ">Only bruno</th>" in section
    assert ">Positive (F1)</th>" in section


def test_reasons_for_no_interval_are_told_once_in_the_order_of_the_codes():
    from fourp_nlp.reporting.methods._agreement import _reasons_for_none

    rows = [
        ("cohen_kappa", 0.5, "one document"), ("gwet_ac1", 0.6, "one document"), ("cohen_kappa", 0.7, ""),
        ("cohen_kappa", float("nan"), "no value"), ("cohen_kappa", 0.1, "all alike"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["coefficient", "value", "no_interval"])
    assert _reasons_for_none(table) == ["one document", "all alike"]


def test_the_text_of_a_usual_study_fits_on_two_pages_before_its_tables():
    facts = facts_of(open_project(ROOT))
    text = methods_text(facts)
    words = sum(
        len(f"{each.title} {' '.join(map(plain, each.sentences))}".split())
        for each in text.paragraphs
    )
    assert 300 < words < 900
    sentences = [plain(sentence) for each in text.paragraphs for sentence in each.sentences]
    assert len(sentences) == len(set(sentences))
