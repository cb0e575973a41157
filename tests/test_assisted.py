"""Suggestions that a person accepts or rejects become codings, with their origin."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.coding.gold.assisted import DECIDED, assisted_content, read_assisted
from fourp_nlp.study.machine.training import is_up_to_date
from fourp_nlp.study.reporting.results import report_contents, run_measures
from fourp_nlp.study.study import open_study
from tests.conftest import OTHER, SEEDS, WATER, write_gold_file, write_project

NEW = "open_day.txt"


@pytest.fixture
def study(tmp_path):
    """Anna coded six documents without seeing suggestions; a seventh has suggestions alone."""
    project = write_project(tmp_path / "p")
    text = " ".join([WATER[1], OTHER[4], SEEDS[2], OTHER[0], WATER[5], SEEDS[3], OTHER[2]])
    (project.corpus / NEW).write_text(text, encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return study


def fourp(study, *words, code=0):
    done = CliRunner().invoke(app, [*words, "--project", str(study.project.root)])
    assert done.exit_code == code, f"{done.output} {done.exception}"
    return f"{done.output} {done.exception}" if code else done.output


def fill(path, decide, *, name="accept"):
    """Fill in a sheet: `decide` is given each row and says yes, no or nothing."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    head = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        values = dict(zip(head, (cell.value for cell in row), strict=True))
        row[head.index(name)].value = decide(values)
    book.save(path)


def right(row):
    sentences = {"water": WATER, "seeds": SEEDS}[row["code"]]
    return "yes" if row["text"] in sentences else "no"


def occurrences(study, document=NEW):
    table = study.frequencies(by="document", unit="segments", coders=["anna"])
    chosen = table[(table["document"] == document) & (table["code"] != "")]
    return dict(zip(chosen["code"], chosen["count"], strict=True))


def decide_all(study, decide=right, *words):
    fourp(study, "accept", "--coder", "anna", "--document", NEW)
    sheet = study.project.reports / "accept_anna.xlsx"
    fill(sheet, decide)
    return fourp(study, "accept", "--take-in", str(sheet), "--coder", "anna", *words)


def test_accepted_and_rejected_suggestions_count_and_nothing_else_moves(study):
    before = study.agreement(resamples=0)
    reconciled = study.reconciliation()
    assert occurrences(study) == {}
    waiting = study.suggestions_to_decide("anna")
    assert set(waiting["document"]) == {NEW}  # the others are coded
    expected = {
        code: sum(
            right(row) == "yes" for row in waiting[waiting["code"] == code].to_dict("records")
        )
        for code in ("water", "seeds")
    }
    output = decide_all(study)
    accepted = sum(expected.values())
    assert f"decisions: {accepted} accepted, {len(waiting) - accepted} rejected" in output
    assert occurrences(study) == expected
    assert study.suggestions_to_decide("anna").empty
    after = study.agreement(resamples=0)
    pd.testing.assert_frame_equal(before, after)
    again = study.reconciliation()
    known = reconciled["document"].unique()
    pd.testing.assert_frame_equal(
        reconciled, again[again["document"].isin(known)].reset_index(drop=True)
    )
    # What was decided is read for the codes that were decided on, and for no other.
    labels = study.labels("anna")
    of_new = (study.segments["document"] == NEW).to_numpy()
    assert int(labels.looked_for[of_new].sum()) == len(waiting)
    assert not study.coded_blind().labels("anna").looked_for[of_new].any()


def test_a_decision_keeps_origin_machine_probability_and_day(study):
    waiting = study.suggestions_to_decide("anna")
    decide_all(study, lambda row: "yes" if row["code"] == "water" else "no")
    decided = read_assisted(study.project.assisted / "anna.csv", study.codebook.code_ids)
    assert len(decided) == len(waiting)
    assert set(decided["origin"]) == {"assisted"}
    assert decided["accepted"].tolist() == (decided["code"] == "water").tolist()
    key = ["document", "start", "end", "code"]
    both = decided.merge(waiting, on=key, suffixes=("", "_then"))
    assert both["probability"].tolist() == pytest.approx(
        both["probability_then"].tolist(), abs=1e-4
    )
    assert both["model"].tolist() == both["model_then"].tolist()
    assert (decided["decided_at"].str.len() == len("2026-01-01")).all()


def test_a_transcript_is_finished_by_accepting(study):
    decide_all(study, lambda row: right(row) if row["start"] else None)
    refused = fourp(study, "accept", "--finish", "--document", NEW, "--coder", "anna", code=1)
    assert "has not decided on 1 suggestion" in refused
    sheet = study.project.reports / "accept_anna.xlsx"
    sheet.unlink()
    decide_all(study)
    fourp(study, "accept", "--finish", "--document", NEW, "--coder", "anna")
    labels = study.labels("anna")
    assert labels.looked_for.all()
    right_codes = [[text in WATER, text in SEEDS] for text in study.segments["text"]]
    found = study.suggestions.set_index(["document", "segment", "code"])["suggested"]
    wrong = labels.labels != np.array(right_codes)
    for row, column in np.argwhere(wrong):
        segment = study.segments.iloc[row]
        code = study.codebook.code_ids[column]
        assert not found[segment["document"], segment["segment"], code]  # never shown
    assert "finished" in fourp(study, "accept", "--finish", "--document", NEW, "--coder", "anna")


def test_what_was_coded_blind_is_settled_by_a_decision_and_not_coded_again(study):
    segment = study.segments.iloc[0]
    decisions = pd.DataFrame(
        [(segment["document"], segment["start"], segment["end"], "seeds", "yes", "anna")],
        columns=["document", "start", "end", "code", "settled", "decided_by"],
    )
    path = study.project.root / "decisions.csv"
    decisions.to_csv(path, index=False)
    output = fourp(study, "accept", "--take-in", str(path), "--coder", "anna")
    assert "0 accepted, 0 rejected" in output
    assert "1 of the decisions are about text that people had coded already" in output
    assert not study.project.assisted.exists()
    assert len(study.store.read_decisions()) == 1


def test_the_machine_learns_from_single_decisions_and_not_from_those_in_bulk(study):
    assert is_up_to_date(study)
    output = fourp(study, "accept", "--above", "0.01", "--coder", "anna", "--json")
    assert json.loads(output)["accepted"] == len(
        study.suggestions.query("suggested and document == @NEW")
    )
    counted = occurrences(study)
    assert sum(counted.values()) == json.loads(output)["accepted"]
    assert is_up_to_date(study)
    # One by one, the same person may decide otherwise without asking.
    fourp(study, "accept", "--coder", "anna", "--document", NEW)
    decisions = study.suggestions.query("suggested and document == @NEW")
    table = decisions[["document", "start", "end", "code"]].assign(settled="no", decided_by="anna")
    path = study.project.root / "decisions.csv"
    table.to_csv(path, index=False)
    fourp(study, "accept", "--take-in", str(path), "--coder", "anna")
    assert sum(occurrences(study).values()) == 0
    assert not is_up_to_date(study)
    learned = study.train()
    # Six more segments were read, and of the machine's figures each is of the 36 that were coded blind.
    rejected = decisions.drop_duplicates(["start"])
    assert learned.card["segments_in_documents"] == 36 + len(rejected)
    assert [row["n"] for row in learned.card["out_of_fold"]] == [36, 36]


def test_another_decision_of_the_same_person_needs_replace(study):
    decide_all(study, lambda _: "yes")
    counted = occurrences(study)
    sheet = study.project.reports / "accept_anna.xlsx"
    fill(sheet, lambda _: "no")
    refused = fourp(study, "accept", "--take-in", str(sheet), "--coder", "anna", code=1)
    assert "--replace" in refused
    assert occurrences(study) == counted
    fourp(study, "accept", "--take-in", str(sheet), "--coder", "anna", "--replace")
    assert sum(occurrences(study).values()) == 0


def test_two_people_decide_for_themselves_and_agreement_leaves_both_out(study):
    write_gold_file(study.project, "ben", but=(NEW,))
    settings = study.project.root / "fourp.toml"
    settings.write_text('title = "Allotment"\n[coders]\ngold = "anna"\n', encoding="utf-8")
    (study.project.gold / "anna.csv").unlink()
    write_gold_file(study.project, "anna", but=(NEW,))
    before = study.agreement(resamples=0)
    decide_all(study)
    sheet = study.project.reports / "accept_ben.xlsx"
    fourp(study, "accept", "--coder", "ben", "--document", NEW)
    fill(sheet, lambda _: "no")
    fourp(study, "accept", "--take-in", str(sheet), "--coder", "ben")
    pd.testing.assert_frame_equal(before, study.agreement(resamples=0))
    assert "ben decided on suggestions of the machine (0 accepted" in fourp(study, "agree")
    fourp(study, "reconcile", "--settle")
    with (study.project.gold / "settled.csv").open(encoding="utf-8-sig") as stream:
        assert NEW not in {row["document"] for row in csv.DictReader(stream)}


def test_what_only_assisted_codings_settle_stays_apart(study):
    decide_all(study)
    fourp(study, "accept", "--finish", "--document", NEW, "--coder", "anna")
    counted = occurrences(study)
    output = fourp(study, "reconcile", "--settle")
    assert f"settled: {len(study.segments)} segments" in output
    table = study.frequencies(by="document", unit="segments", coders=["settled"])
    chosen = table[(table["document"] == NEW) & (table["code"] != "")]
    assert dict(zip(chosen["code"], chosen["count"], strict=True)) == counted
    blind = study.coded_blind().labels("settled")
    assert not blind.read[(study.segments["document"] == NEW).to_numpy()].any()


def test_decisions_of_an_earlier_version_become_codings_when_asked(study):
    waiting = study.suggestions_to_decide("anna")
    decisions = waiting[["document", "start", "end", "code"]].assign(
        settled=True, decided_by="anna"
    )
    study.store.write_decisions(decisions)
    assert occurrences(study) == {}
    output = fourp(study, "accept", "--earlier")
    assert f"{len(waiting)} accepted, 0 rejected" in output
    assert sum(occurrences(study).values()) == len(waiting)


def test_a_random_draw_includes_what_was_decided_and_a_purposive_one_does_not(study):
    decide_all(study)
    output = fourp(study, "next", "3", "--coder", "anna", "--by", "uncertainty", code=0)
    read = study.labels("anna").read.sum()
    assert f"frame: {len(study.segments) - read} segments" in output
    output = fourp(study, "next", "3", "--coder", "anna", "--include-open")
    assert "frame: 7 segments" in output


def test_methods_and_report_say_what_was_decided_with_suggestions(study):
    output = decide_all(study)
    accepted = int(output.split(" accepted")[0].split()[-1])
    study.suggest()
    study.methods()
    text = (study.project.reports / "methods.md").read_text(encoding="utf-8")
    assert "anna decided on" in text
    assert f"{accepted} accepted" in text
    assert "do not include them" in text


def test_the_report_counts_all_codings_and_marks_suggestions_that_were_rejected_or_not_coded(study):
    given = study.gold.codings["code"].value_counts()
    decide_all(study, lambda row: "no" if row["code"] == "seeds" else "yes")
    page, *_ = study.report()
    text = page.read_text(encoding="utf-8")
    suggestions = study.suggestions
    suggested = suggestions[suggestions["suggested"]]
    for code, name in (("water", "Water"), ("seeds", "Seeds")):
        accepted = ((suggested["document"] == NEW) & (suggested["code"] == "water")).sum()
        people = given[code] + (accepted if code == "water" else 0)
        machine = (suggested["code"] == code).sum()
        assert f"{name} (anna {people}, the machine {machine}" in text
    footers = re.findall(r"<footer>(.*?)</footer>", text)
    marked = [one for one in footers if "rejected by anna" in one]
    assert marked
    assert all(NEW in one and "probability" in one for one in marked)


def test_a_suggestion_that_the_reader_did_not_code_is_marked_in_the_report(study):
    labels = study.labels("anna")
    segment, code = np.argwhere(labels.labels)[0]
    place = labels.segments.iloc[segment]
    path = study.project.gold / "anna.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [line for line in lines if not (place["document"] in line and place["text"] in line)]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")
    study = open_study(study.project.root)
    chosen = study.suggestions
    chosen = chosen[
        (chosen["document"] == place["document"])
        & (chosen["segment"] == place["segment"])
        & (chosen["code"] == study.codebook.code_ids[code])
    ]
    assert chosen["suggested"].all()
    quotations = report_contents(study, run_measures(study)).quotations
    machine = quotations[quotations["coder"] == study.machine]
    here = (machine["document"] == place["document"]) & (machine["text"] == place["text"])
    assert set(machine.loc[here, "decision"]) == {"not coded by anna"}
    assert set(machine.loc[machine["document"] == NEW, "decision"]) == {""}


@pytest.mark.parametrize("origin", ["assisted", "bulk"])
def test_decisions_are_written_and_read_the_same(tmp_path, origin):
    rows = [
        ("a.txt", 0, 5, "water", "anna", "=1+1;", True, origin, 0.25, "m@1", "2026-01-02"),
        ("a.txt", 0, 5, "seeds", "anna", "=1+1;", False, "assisted", 0.125, "m@1", "2026-01-02"),
        ("a.txt", 5, 9, "seeds", "anna", 'a "b"', False, "assisted", np.nan, "", "2026-01-02"),
        ("b.txt", 0, 0, "", "anna", "", False, "finished", np.nan, "", "2026-01-03"),
    ]
    table = pd.DataFrame(rows, columns=DECIDED.names).assign(memo=["=2", "", "", ""])
    path = tmp_path / "anna.csv"
    path.write_bytes(assisted_content(table))
    found = read_assisted(path, ["water", "seeds"])
    key = ["document", "start", "code"]
    pd.testing.assert_frame_equal(
        found.sort_values(key).reset_index(drop=True),
        table.sort_values(key).reset_index(drop=True),
        check_dtype=False,
    )
    assert "'=1+1" in path.read_text(encoding="utf-8-sig")


def test_a_person_accepts_where_another_person_has_coded_and_only_blind_codes_are_settled(study):
    write_gold_file(study.project, "ben", but=tuple(f"meeting{n}.txt" for n in range(6)))
    settings = study.project.root / "fourp.toml"
    settings.write_text('title = "Allotment"\n[coders]\ngold = "anna"\n', encoding="utf-8")
    ben = study.labels("ben")
    assert ben.read.sum() == 7
    decide_all(study, lambda _: "no")
    fourp(study, "accept", "--finish", "--document", NEW, "--coder", "anna")
    assert study.labels("anna").looked_for.all()
    assert not study.labels("anna").labels[ben.read].any()
    fourp(study, "reconcile", "--settle")
    settled = study.labels("settled")
    assert (settled.labels[ben.read] == ben.labels[ben.read]).all()


def test_somebody_else_than_the_reference_coder_may_accept_first(study):
    for path in study.project.gold_files:
        path.unlink()
    settings = study.project.root / "fourp.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '\n[coders]\ngold = "anna"\n', encoding="utf-8"
    )
    fourp(study, "accept", "--above", "0.01", "--coder", "ben")
    assert "ben" in fourp(study, "gold")
    # Who needs the reference coder's codes is told that there are none.
    assert "No gold file holds codes by 'anna'" in fourp(study, "train", code=1)
    # The person it names can begin, too.
    fourp(study, "accept", "--coder", "anna")
