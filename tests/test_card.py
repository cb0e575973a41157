"""The model's card and its warnings, on tiny real projects: train, suggest and report."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli.app import app
from fourp_nlp.codebook import Codebook, read_codebook
from fourp_nlp.errors import ModelError
from fourp_nlp.machine.calibration import brier_score, cox_line
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.study.machine.suggestions import choose_model, suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.measuring.confusions import confusions, definition_advice
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from fourp_nlp.tables import CALIBRATION, CONFUSIONS, SUGGESTIONS, empty
from tests.conftest import CODEBOOK, WATER, labels_in_context, write_gold_file, write_project

ODD_CODES = """\
  - id: thrice
    name: Thrice | <b>found</b>
    short_definition: Things that are lost or broken.
  - id: never
    name: Never
    short_definition: Talk of aircraft.
  - id: always
    name: Always
    short_definition: Anything said at a meeting.
  - id: nearly
    name: Nearly always
    short_definition: Anything said at all.
"""


def fourp(*words: object):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def add_codes(project, coder: str, chosen) -> None:
    """Append gold rows: `chosen` says, for a row of the table of segments, which further codes it has."""
    segments = read_corpus(project).segments
    with (project.gold / f"{coder}.csv").open("a", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        for row in segments.itertuples():
            for code in chosen(row):
                writer.writerow([row.document, row.start, row.end, code, coder, row.text])


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A project with a code of three positives, one of none, one on all and one on all but one."""
    project = write_project(tmp_path_factory.mktemp("odd") / "p")
    project.codebook.write_text(CODEBOOK + ODD_CODES, encoding="utf-8")
    thrice = {("meeting0.txt", 1), ("meeting1.txt", 1), ("meeting1.txt", 3)}

    def chosen(row):
        yield "always"
        if (row.document, row.segment) != ("meeting2.txt", 0):
            yield "nearly"
        if (row.document, row.segment) in thrice:
            yield "thrice"

    add_codes(project, "anna", chosen)
    trained = fourp("train", "-p", project.root)
    suggested = fourp("suggest", "-p", project.root)
    reported = fourp("report", "-p", project.root)
    return project, trained, suggested, reported


def test_codes_that_figures_cannot_be_relied_on_for_are_named_when_training(odd):
    _, trained, _, _ = odd
    notes = [line for line in trained.stderr.splitlines() if line.startswith("Note")]
    (rare,) = [line for line in notes if "Few coded segments" in line]
    assert "never" in rare
    assert "thrice" not in rare
    (uncertain,) = [line for line in notes if "Uncertain" in line]
    assert "thrice (3 positives in 2 documents)" in uncertain
    assert not any(code in uncertain for code in ("water", "seeds", "never", "always"))
    assert "quotes 36 coded segments, to give reasons" in trained.stdout
    assert "`examples = false`" in trained.stdout
    (everywhere,) = [line for line in notes if "Every segment" in line]
    assert "always" in everywhere
    assert "nearly" not in everywhere
    (common,) = [line for line in notes if "Few segments lack" in line]
    assert "nearly" in common


def test_what_calibration_rests_on_stands_on_the_card_in_the_report_and_in_its_file(odd):
    project, _, _, _ = odd
    said = "3 positive segments in 2 documents: too few for intervals"
    assert f": {said}." in (project.model / "card.md").read_text(encoding="utf-8")
    assert said in (project.reports / "report.html").read_text(encoding="utf-8")
    table = pd.read_csv(project.reports / "calibration.csv").set_index("code")
    assert table.loc["thrice", "caution"] == said
    assert (
        table.loc["nearly", "caution"] == "1 negative segment in 1 document: too few for intervals"
    )
    assert pd.isna(table.loc["thrice", "brier_low"])
    assert table.loc["water", "brier_low"] < table.loc["water", "brier"]


def test_the_same_codes_are_named_when_suggesting_and_on_the_report(odd):
    project, trained, suggested, _ = odd
    page = (project.reports / "report.html").read_text(encoding="utf-8")
    for line in trained.stderr.splitlines():
        if line.startswith("Note"):
            assert line in suggested.stderr
            assert line.removeprefix("Note: ").split(":")[0] in page


def test_probabilities_and_thresholds_of_odd_codes_are_sensible(odd):
    project, _, _, _ = odd
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    assert made["probability"].between(0, 1).all()
    assert made["threshold"].between(0, 1).all()
    by_code = made.groupby("code")
    mean, suggested = by_code["probability"].mean(), by_code["suggested"].mean()
    # On everything: near one and suggested everywhere, but certain of nothing.
    always = made.loc[made["code"] == "always", "probability"]
    assert suggested["always"] == 1
    assert always.between(0.9, 0.999).all()
    # On nothing: below its threshold nearly everywhere.
    assert suggested["never"] < 0.2
    # Three positives in 36: the mean probability is of that size, and not near a half.
    assert mean["thrice"] < 0.3
    assert suggested["thrice"] < 0.5


def test_the_cards_figures_of_odd_codes_are_dashes_or_sensible(odd):
    project, _, _, _ = odd
    card = load_model(project.model).card
    rows = {row["code"]: row for row in card["calibration"]}
    assert [rows[code]["positives"] for code in ("thrice", "never", "always", "nearly")] == [
        3, 0, 36, 35,
    ]  # fmt: skip
    assert [rows[code]["uncertain"] for code in ("thrice", "never", "always", "nearly")] == [
        True, True, False, False,
    ]  # fmt: skip
    for code, reason in (("never", "no segment"), ("always", "every segment")):
        assert rows[code]["skill"] is None
        assert rows[code]["slope"] is None
        assert reason in rows[code]["reason"]
    assert rows["always"]["brier"] < 0.01
    text = (project.model / "card.md").read_text(encoding="utf-8")
    assert "nan" not in text
    assert "None" not in text
    assert "Never (mostly by definition)" in text
    assert "Always (every segment carries it)" in text
    assert "(uncertain)" in text


def test_a_codes_name_cannot_break_the_cards_tables(odd):
    project, _, _, _ = odd
    text = (project.model / "card.md").read_text(encoding="utf-8")
    assert "<b>" not in text
    for line in text.splitlines():
        if "Thrice" in line:
            assert "Thrice \\| &lt;b>" in line
    table = [line for line in text.splitlines() if line.startswith("| ")]
    for head in ("| code | positives", "| code | n "):
        first = next(n for n, line in enumerate(table) if line.startswith(head))
        columns = table[first].count("|")
        for line in table[first : first + 6]:
            assert line.replace("\\|", "").count("|") == columns


def test_json_of_training_has_the_documented_keys_and_the_cards_figures(odd):
    project, _, _, _ = odd
    rows = {
        row["code"]: row for row in records(fourp("train", "--json", "-p", project.root).stdout)
    }
    assert list(rows["thrice"]) == [
        "code", "in_documents", "coded_sentences", "learned", "threshold", "documents", "uncertain",
        "everywhere", "n", "prevalence", "precision", "recall", "f1", "kappa", "mean_probability",
        "brier", "brier_low", "brier_high", "skill", "skill_low", "skill_high", "ece",
        "ece_if_calibrated", "rms_debiased", "slope", "slope_low", "slope_high", "intercept",
        "intercept_low", "intercept_high", "caution", "taken_for",
    ]  # fmt: skip
    assert rows["never"]["skill"] is None
    assert rows["always"]["everywhere"] is True
    assert all(isinstance(row["taken_for"], list) for row in rows.values())


def test_the_cards_figures_are_those_of_out_of_fold_probabilities_of_read_segments(project):
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    # One document is read in part only: what was not read counts for nothing.
    path = project.gold / "anna.csv"
    frame = pd.read_csv(path)
    frame["scope"] = ""
    part = frame["document"] == "meeting0.txt"
    frame.loc[part, "scope"] = "segment"
    frame.to_csv(path, index=False)
    gold = read_gold_codes(project, corpus, codebook)
    model = train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    _, labels, coded, _ = labels_in_context(corpus, gold, codebook, "anna")
    assert not coded.all()
    rows = {row["code"]: row for row in model.card["calibration"]}
    for column, code in enumerate(model.codes):
        said = model.out_of_fold.probabilities[coded, column].astype(float)
        seen = labels[coded, column]
        assert rows[code]["n"] == coded.sum()
        assert rows[code]["brier"] == pytest.approx(brier_score(said, seen), abs=1e-4)
        line = cox_line(said, seen)
        assert (rows[code]["slope"] is None) == np.isnan(line.slope)
    pooled = [row for row in model.card["reliability"] if row["code"] == ""]
    assert sum(row["n"] for row in pooled) == 2 * coded.sum()
    assert sum(row["n"] for row in model.card["histogram"]) == 2 * coded.sum()


def test_the_diagram_lies_beside_the_card_and_one_that_was_changed_is_refused(odd):
    project, _, _, _ = odd
    path = project.model / "reliability.svg"
    svg = path.read_text(encoding="utf-8")
    assert "](reliability.svg)" in (project.model / "card.md").read_text(encoding="utf-8")
    assert svg.startswith("<?xml")
    assert "prefers-color-scheme: dark" in svg
    assert "@media print" in svg
    from lxml import etree

    root = etree.fromstring(svg.encode())
    words = " ".join(root.itertext())
    # Codes with enough positives get a diagram; the uncertain ones do not.
    assert "Water" in words
    assert "Thrice" not in words
    path.write_text(svg.replace("0.2", "0.3"), encoding="utf-8")
    try:
        with pytest.raises(ModelError, match=r"'reliability\.svg' was changed"):
            load_model(project.model)
    finally:
        path.write_text(svg, encoding="utf-8")
    assert load_model(project.model).diagram == svg


def test_the_report_shows_the_same_dots_as_the_file_beside_the_card(odd):
    project, _, _, _ = odd
    file = (project.model / "reliability.svg").read_text(encoding="utf-8")
    page = (project.reports / "report.html").read_text(encoding="utf-8")
    said = re.search(r"<desc[^>]*>(.*?)</desc>", file, flags=re.DOTALL)[1]
    assert said in page
    table = pd.read_csv(project.reports / "calibration.csv")
    assert list(table.columns) == list(CALIBRATION.columns)
    # A name that is markup is shown as it is.
    assert "<b>found" not in page
    assert "&lt;b&gt;found" in page


def test_with_one_document_there_is_a_card_without_a_diagram(tmp_path):
    project = write_project(tmp_path / "p", documents=1)
    result = fourp("train", "-p", project.root)
    assert result.exit_code == 0
    assert not (project.model / "reliability.svg").exists()
    assert "Are the probabilities right" not in (project.model / "card.md").read_text()
    assert fourp("run", "-p", project.root).exit_code == 0
    rows = records(fourp("train", "--json", "-p", project.root).stdout)
    assert all(row["brier"] is None and row["taken_for"] == [] for row in rows)
    assert pd.read_csv(project.reports / "calibration.csv").empty


def swap(project, coder: str) -> None:
    """Write gold codes that have seeds where water is, in three documents, and are right elsewhere."""
    write_gold_file(project, coder)
    path = project.gold / f"{coder}.csv"
    frame = pd.read_csv(path)
    wrong = frame["document"].isin(["meeting0.txt", "meeting1.txt", "meeting2.txt"])
    wrong &= frame["quote"].isin(WATER)
    frame.loc[wrong, "code"] = "seeds"
    frame.to_csv(path, index=False)


def test_people_who_confuse_two_codes_get_examples_and_what_the_codebook_says(project):
    swap(project, "bruno")
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n')
    project = open_project(project.root)
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    table = confusions(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=empty(SUGGESTIONS))
    )
    assert list(table.columns) == CONFUSIONS.names
    (row,) = table.to_dict("records")
    assert (row["coder_a"], row["coder_b"]) == ("anna", "bruno")
    assert (row["code"], row["taken_for"], row["segments"], row["coded"]) == (
        "water", "seeds", 6, 12,
    )  # fmt: skip
    # 24 segments carry a code; 6 lack water, 6 have seeds added.
    assert row["expected"] == pytest.approx(1.5)
    assert row["lift"] == pytest.approx(4)
    assert row["example_1"] in WATER
    assert row["example_2"] in WATER
    assert row["place_1"].startswith("meeting0.txt")
    assert row["place_2"].startswith("meeting1.txt")
    assert "“Water is only weather.”" in row["hint"]
    assert "“Seeds” does not mention “Water”" in row["hint"]
    assert fourp("run", "-p", project.root).exit_code == 0
    page = (project.reports / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="confused">') :]
    section = section[: section.index("</section>")]
    assert "anna and bruno" in section
    assert "6 of 12" in section
    assert "Water is only weather." in section
    saved = pd.read_csv(project.reports / "confusions.csv", encoding="utf-8-sig")
    assert "Water is only weather." in saved.loc[saved["coder_b"] == "bruno", "hint"].iloc[0]


def test_the_machine_that_confuses_what_people_confuse_says_so(project):
    swap(project, "bruno")
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n')
    project = open_project(project.root)
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    # The machine suggests seeds, and seeds alone, for every sentence on water.
    water = made["text"].isin(WATER)
    made.loc[water, "suggested"] = made.loc[water, "code"] == "seeds"
    table = confusions(Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=made))
    machine = table[table["coder_b"].str.contains("@")].iloc[0]
    assert (machine["code"], machine["taken_for"], machine["segments"]) == ("water", "seeds", 12)
    assert "anna and bruno differ over the same two codes (6 segments)" in machine["hint"]
    assert "differ over" not in table.loc[table["coder_b"] == "bruno", "hint"].iloc[0]


def test_the_card_and_the_screen_name_confused_codes_out_of_fold(tmp_path):
    project = write_project(tmp_path / "p")
    # Two documents coded the wrong way round: the machine, which has not seen them, errs.
    path = project.gold / "anna.csv"
    frame = pd.read_csv(path)
    wrong = frame["document"].isin(["meeting0.txt", "meeting3.txt"])
    frame.loc[wrong, "code"] = frame.loc[wrong, "code"].map({"water": "seeds", "seeds": "water"})
    frame.to_csv(path, index=False)
    result = fourp("train", "-p", project.root)
    card = load_model(project.model).card
    assert card["confused"]
    first = card["confused"][0]
    assert first["segments"] > 1
    assert (
        f"{first['code']} confused with {first['taken_for']}: {first['segments']} of"
        in result.stdout
    )
    assert "Water is only weather." in result.stdout
    text = (project.model / "card.md").read_text(encoding="utf-8")
    assert f"| {first['segments']} | {first['coded']} |" in text
    rows = {
        row["code"]: row for row in records(fourp("train", "--json", "-p", project.root).stdout)
    }
    assert rows[first["code"]]["taken_for"][0]["segments"] == first["segments"]


def codebook_with(rules: str) -> Codebook:
    content = {
        "id": "c",
        "codes": [{"id": "a", "name": "Ay"}, {"id": "b", "name": "Bee"}],
    }
    for one, other in (("a", "b"), ("b", "a")):
        if one in rules:
            place = content["codes"]["ab".index(one)]
            place["when_not_to_use"] = [{"when": f"It is {other} rather.", "use": other}]
    return Codebook.model_validate(content)


@pytest.mark.parametrize(
    ("rules", "said", "unsaid"),
    [
        ("", ["Neither “Ay” nor “Bee”"], ["rather"]),
        ("a", ["It is b rather.", "“Bee” does not mention “Ay”"], ["It is a rather."]),
        ("b", ["It is a rather.", "“Ay” does not mention “Bee”"], ["It is b rather."]),
        ("ab", ["It is a rather.", "It is b rather.", "do not decide"], ["nothing"]),
    ],
)
def test_the_hint_quotes_what_there_is_and_says_what_is_missing(rules, said, unsaid):
    hint = definition_advice(codebook_with(rules), "a", "b")
    assert all(text in hint for text in said)
    assert not any(text in hint for text in unsaid)
    assert "harpen both definitions" in hint


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    project = write_project(tmp_path_factory.mktemp("learned") / "p")
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    return project


@pytest.mark.parametrize(
    ("old", "new", "said", "unsaid"),
    [
        ("Sowing, seed swaps", "Sowing, potting", ["“Seeds” (short definition)", "old wording"], ["Water"]),
        ("name: Water", "name: Watering", ["“Watering”, formerly “Water”"], ["Reworded", "Seeds"]),
        ("three plots.", "two plots.", ["“Water” (examples)"], ["Seeds"]),
        ("only weather", "just weather", ["“Water” (when not to use)", "“when not to use” names", "old wording"], ["does not read", "“Seeds"]),
        ("\n        use: seeds", "", ["“Water” (when not to use)", "for “Water” where it names no code", "does not read"], ["“Seeds"]),
        ("title: Allotment meetings", "title: Plots", ["title", "are unchanged"], ["Water", "Seeds"]),
    ],
)  # fmt: skip
def test_a_note_names_what_was_reworded_since_training(learned, old, new, said, unsaid):
    assert choose_model(learned, read_codebook(learned.codebook))[1] == []
    changed = CODEBOOK.replace(old, new)
    assert changed != CODEBOOK
    learned.codebook.write_text(changed, encoding="utf-8")
    try:
        _, (note,) = choose_model(learned, read_codebook(learned.codebook))
    finally:
        learned.codebook.write_text(CODEBOOK, encoding="utf-8")
    assert all(text in note for text in said)
    assert not any(text in note for text in unsaid)


def test_a_note_says_what_the_machine_does_not_read(tmp_path):
    project = write_project(tmp_path / "p")
    unnamed = CODEBOOK.replace("\n        use: seeds", "")
    project.codebook.write_text(unnamed, encoding="utf-8")
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    changed = unnamed.replace("only weather", "just weather")
    project.codebook.write_text(changed, encoding="utf-8")
    _, (note,) = choose_model(project, read_codebook(project.codebook))
    assert (
        "for “Water” where it names no code to use instead; the machine does not read that" in note
    )
    assert "old wording" not in note
    assert "Reworded" not in note


@pytest.mark.parametrize(
    ("change", "said", "cure"),
    [
        (lambda t: t + "  - id: tools\n    name: Tools\n", ["added: tools"], r"^Run `fourp train`\.$"),
        (lambda t: t.replace("use: seeds", "use: water").replace("id: water", "id: irrigation").replace("use: water", "use: seeds"), ["new id: irrigation, formerly water"], "'water'"),
        (lambda t: t[: t.index("  - id: seeds")].replace("\n        use: seeds", ""), ["removed: seeds"], "'seeds'"),
        (lambda t: t[: t.index("  - id: water")] + t[t.index("  - id: seeds") :] + t[t.index("  - id: water") : t.index("  - id: seeds")], ["another order"], "Run"),
    ],
)  # fmt: skip
def test_a_model_for_other_codes_is_refused_with_their_names(learned, change, said, cure):
    learned.codebook.write_text(change(CODEBOOK), encoding="utf-8")
    try:
        with pytest.raises(ModelError, match="other codes") as refused:
            choose_model(learned, read_codebook(learned.codebook))
    finally:
        learned.codebook.write_text(CODEBOOK, encoding="utf-8")
    assert all(text in str(refused.value) for text in said)
    assert re.search(cure, refused.value.cure)
