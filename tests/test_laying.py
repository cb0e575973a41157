"""What becomes of freely drawn spans: the rule that is set holds everywhere, and what it does is told."""

from __future__ import annotations

import csv
import json
from typing import get_args

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.cli import main
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.alignment.alignment_effects import ALIGNMENT_EFFECTS, alignment_report
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import read_documents
from fourp_nlp.errors import GoldError, ProjectError, TableError
from fourp_nlp.machine.shipped_model import shipped_codebook
from fourp_nlp.reporting import methods_text
from fourp_nlp.segments.alignment import RULES, codings_to_matrix
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import is_up_to_date, train_project, training_fingerprint
from fourp_nlp.study.measuring.agreement import agree, agreement_in_full
from fourp_nlp.study.measuring.anchoring import anchoring_effect
from fourp_nlp.study.measuring.measures import frequencies, reconcile_with_gold
from fourp_nlp.study.measuring.retest import read_repeats, retest
from fourp_nlp.study.new_project import create_project
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.alignment_effects import alignment_by_rule
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.reconciling.adjudication import adjudicate
from fourp_nlp.study.reconciling.disagreements import disagreements
from fourp_nlp.study.reporting.methods import methods_facts
from fourp_nlp.study.sampling.coded_sample import coded_sample
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.settings import Coders
from fourp_nlp.study.study import Study
from fourp_nlp.tables import SUGGESTIONS, empty
from tests.conftest import gold_labels, labels_in_context, study_of, write_project
from tests.test_cli import fourp, records
from tests.test_gold_segments import CODES, ONE, coded_of, codings_of, documents, segments_of
from tests.test_next import draw

# How many segments the span of `over_two` gives its code under each rule: all of the first and a few
# characters of the second segment.
CARRIED = {"majority": 1, "any": 2, "containment": 1}
# And a span of a few characters inside one segment.
PHRASE = {"majority": 1, "any": 1, "containment": 0}


def row_of(table, coder):
    (row,) = table[table["coder"] == coder].to_dict("records")
    return row


# --- the report over tables --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("majority", {"carried": 5, "cut_off": 1, "gave": (1, 4, 1), "most": 2}),
        ("any", {"carried": 6, "cut_off": 0, "gave": (1, 3, 2), "most": 2}),
        ("containment", {"carried": 2, "cut_off": 4, "gave": (4, 2, 0), "most": 1}),
    ],
)
def test_every_span_is_counted_by_where_it_lies_and_by_what_it_gave(rule, expected):
    # Segments at 0-10, 12-22 and 22-32.
    codings = codings_of(
        ("d", 0, 10, "a", "ana"),  # equal to the first
        ("d", 13, 15, "a", "ana"),  # a phrase inside the second
        ("d", 18, 26, "b", "ana"),  # over the second and third, less than half of each
        ("d", 0, 17, "b", "ana"),  # all of the first and half of the second
        ("d", 10, 12, "a", "ana"),  # in the gap
        ("d", 30, 40, "a", "ana"),  # the end of the third, and beyond
    )
    # Of the second segment, 0-17 and 18-26 together cover nine tenths.
    row = row_of(alignment_report(ONE, codings, CODES, rule), "ana")
    lies = tuple(row[name] for name in ("exact", "inside", "several", "outside"))
    assert (row["spans"], lies) == (6, (1, 2, 2, 1))
    gave = tuple(row[name] for name in ("gave_none", "gave_one", "gave_several"))
    assert expected == {"gave": gave} | {n: row[n] for n in ("carried", "cut_off", "most")}


def test_spans_that_gave_nothing_are_shown_with_their_words():
    codings = codings_of(*(("d", 10, 12, "a", "ana") for _ in range(5)), ("d", 0, 5, "a", "bo"))
    codings["quote"] = ["one\n two", "x" * 60, "three", "four", "five", ""]
    table = alignment_report(ONE, codings, CODES)
    assert row_of(table, "bo")["examples"] == ""
    told = row_of(table, "ana")["examples"]
    assert told == f"d 10-12 a: “one two”; d 10-12 a: “{'x' * 39}…”; d 10-12 a: “three”"


def test_a_coder_who_found_nothing_has_a_row_of_zeros():
    coded = coded_of(("cleo", "d", 0, 32, "document"))
    row = row_of(alignment_report(ONE, codings_of(), CODES, coded=coded), "cleo")
    assert {
        row[name] for name, column in ALIGNMENT_EFFECTS.columns.items() if column.kind == "int64"
    } == {0}
    assert alignment_report(ONE, codings_of(), CODES).empty


def test_codes_on_segments_that_were_not_wholly_read_are_told_apart():
    codings = codings_of(("d", 0, 10, "a", "ana"), ("d", 12, 20, "a", "ana"))
    read = coded_of(("ana", "d", 0, 10, "segment"), ("ana", "d", 12, 20, "segment"))
    row = row_of(alignment_report(ONE, codings, CODES, coded=read), "ana")
    assert (row["carried"], row["unread"]) == (2, 1)
    whole = coded_of(("ana", "d", 0, 32, "document"))
    assert row_of(alignment_report(ONE, codings, CODES, coded=whole), "ana")["unread"] == 0


def test_a_rule_or_code_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="majority, any, containment"):
        alignment_report(ONE, codings_of(), CODES, "most")
    with pytest.raises(TableError, match="not in the codebook: z"):
        alignment_report(ONE, codings_of(("d", 0, 5, "z", "ana")), CODES)


@settings(max_examples=150, deadline=None)
@given(
    made=documents(),
    rows=st.lists(
        st.tuples(
            st.sampled_from("def"),
            st.integers(0, 25),
            st.integers(1, 12),
            st.sampled_from(CODES),
            st.sampled_from("xy"),
        ),
        max_size=10,
    ),
    rule=st.sampled_from(RULES),
)
def test_the_counts_are_those_of_going_through_spans_by_hand(made, rows, rule):
    segments = segments_of(**made)
    codings = codings_of(*((d, s, s + n, code, coder) for d, s, n, code, coder in rows))
    table = alignment_report(segments, codings, CODES, rule)
    for coder in sorted(set(codings["coder"])):
        own = codings[codings["coder"] == coder].reset_index(drop=True)
        laid = codings_to_matrix(segments, own, CODES, rule=rule)
        kinds = {"exact": 0, "inside": 0, "several": 0, "outside": 0}
        gave, pairs = [], set()
        for span in own.itertuples():
            touched = [
                number
                for number, each in enumerate(segments.itertuples())
                if each.document == span.document
                and each.start < span.end
                and span.start < each.end
            ]
            ends = segments.iloc[touched][["start", "end"]].to_numpy().tolist()
            if not touched:
                kinds["outside"] += 1
            elif len(touched) > 1:
                kinds["several"] += 1
            else:
                kinds["exact" if ends == [[span.start, span.end]] else "inside"] += 1
            column = CODES.index(span.code)
            gave.append(sum(laid.matrix[number, column] for number in touched))
            pairs |= {(number, column) for number in touched}
        row = row_of(table, coder)
        assert {name: row[name] for name in kinds} == kinds
        assert row["gave_none"] == len(laid.missed) == gave.count(0)
        assert row["gave_one"] == gave.count(1)
        assert row["gave_several"] == len(gave) - gave.count(0) - gave.count(1)
        assert row["most"] == max(gave)
        assert row["carried"] == laid.matrix.sum()
        assert row["cut_off"] == len(pairs) - laid.matrix.sum()


# --- the rule of a project ----------------------------------------------------------------------------


def set_rule(project, rule, more=""):
    (project.root / "fourp.toml").write_text(
        f'title = "Allotment"\n[coders]\ngold = "anna"\nrule = "{rule}"\n{more}', encoding="utf-8"
    )
    return open_project(project.root)


def write_spans(path, texts, spans):
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["document", "start", "end", "code", "coder", "quote"])
        for name in texts.index:
            writer.writerow([name, "", "", "", path.stem, ""])
        for name, start, end, code in spans:
            writer.writerow([name, start, end, code, path.stem, texts[name][start:end]])


@pytest.fixture
def drawn(tmp_path):
    """Six documents: Anna marks the second sentence and the beginning of the third; Ben, and Anna again,
    a phrase.
    """
    project = write_project(tmp_path / "allotment", gold=False)
    texts = read_documents(project.corpus)[0].set_index("document")["text"]
    segments = read_corpus(project).segments.set_index(["document", "segment"])
    anna, ben = [], []
    for name in texts.index:
        second, third = segments.loc[(name, 1)], segments.loc[(name, 2)]
        anna.append((name, second["start"], third["start"] + 4, "water"))
        anna.append(
            (name, segments.loc[(name, 4), "start"], segments.loc[(name, 4), "end"], "seeds")
        )
        ben.append((name, second["start"] + 2, second["start"] + 9, "water"))
    write_spans(project.gold / "anna.csv", texts, anna)
    write_spans(project.gold / "ben.csv", texts, ben)
    write_spans(project.repeat / "anna.csv", texts, ben)
    return set_rule(project, "majority")


def read(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    return corpus, read_gold_codes(project, corpus, codebook), codebook


@pytest.mark.parametrize("rule", RULES)
def test_learning_counts_and_samples_are_by_the_rule_that_is_set(drawn, rule):
    project = set_rule(drawn, rule)
    corpus, gold, codebook = read(project)
    _, labels, _ = gold_labels(corpus, gold, codebook, "anna")
    assert labels.sum(axis=0).tolist() == [6 * CARRIED[rule], 6]
    _, labels, _ = gold_labels(corpus, gold, codebook, "ben")
    assert labels.sum() == 6 * PHRASE[rule]
    counted = frequencies(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=empty(SUGGESTIONS)),
        unit="segments",
        by="document",
    )
    assert counted.loc[counted["code"] == "water", "count"].tolist() == [CARRIED[rule]] * 6
    sample = coded_sample(Study(project, corpus=corpus, gold=gold, codebook=codebook), "anna")
    assert np.nansum(sample.gold[:, 0]) == 6 * CARRIED[rule]


@pytest.mark.parametrize("rule", RULES)
def test_agreement_and_what_is_to_be_settled_are_by_the_rule_that_is_set(drawn, rule):
    project = set_rule(drawn, rule)
    corpus, gold, codebook = read(project)
    none = empty(SUGGESTIONS)
    table = agree(Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=none), resamples=0)
    water = table[(table["code"] == "water") & (table["coefficient"] == "percent")]
    apart = 6 * (CARRIED[rule] - PHRASE[rule])
    assert water["value"].iloc[0] == pytest.approx(1 - apart / 36)
    found = disagreements(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=none),
        Store(project.store).read_decisions(),
    ).table
    assert (found["code"] == "water").sum() == apart
    made = adjudicate(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    # What is open is left out: with seeds, that Ben never marked, one more segment of each document.
    assert made.open == apart + 6
    again = read_repeats(project, corpus, codebook)
    second = retest(Study(corpus=corpus, gold=gold, repeats=again, codebook=codebook), resamples=0)
    water = second[(second["code"] == "water") & (second["coefficient"] == "percent")]
    assert water["value"].iloc[0] == pytest.approx(1 - apart / 36)


def test_spans_are_compared_as_they_were_drawn_whatever_the_rule(drawn):
    values = {}
    for rule in RULES:
        corpus, gold, codebook = read(set_rule(drawn, rule))
        table = agreement_in_full(
            Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=empty(SUGGESTIONS)),
            coders=["anna", "ben"],
        )
        spans = table[table["units"] == "spans"].set_index(["coefficient", "code"])["value"]
        kappa = table[(table["coefficient"] == "cohen_kappa") & (table["code"] == "water")]
        values[rule] = (spans, kappa["value"].iloc[0])
        assert 0 < spans["u_alpha", "water"] < 1
    pd.testing.assert_series_equal(values["majority"][0], values["any"][0])
    pd.testing.assert_series_equal(values["majority"][0], values["containment"][0])
    assert len({round(kappa, 6) for _, kappa in values.values()}) == 3


def test_a_model_that_learned_by_one_rule_is_stale_under_another(drawn):
    made = read(drawn)
    train_project(study_of(*made, project=drawn))
    assert is_up_to_date(study_of(*made, project=drawn))
    other = set_rule(drawn, "any")
    made = read(other)
    assert not is_up_to_date(study_of(*made, project=other))
    chosen, labels, _, _ = labels_in_context(*made, "anna")
    assert labels[chosen["segment"] == 2, 0].all()
    suggested = suggest_corpus(Study(other, corpus=made[0], codebook=made[2])).suggestions
    both = reconcile_with_gold(study_of(*made, suggested, project=other))
    assert both.loc[both["code"] == "water", "gold"].sum() == 12


def test_the_rule_that_holds_unless_another_is_set_leaves_trained_models_as_they_are(drawn):
    prints = {
        rule: training_fingerprint(study_of(*read(project), project=project))
        for rule in RULES
        for project in [set_rule(drawn, rule)]
    }
    (drawn.root / "fourp.toml").write_text('title = "Allotment"\n[coders]\ngold = "anna"\n')
    silent = open_project(drawn.root)
    assert training_fingerprint(study_of(*read(silent), project=silent)) == prints["majority"]
    assert len(set(prints.values())) == 3


def test_a_sheet_is_held_against_drawn_spans_by_the_rule_that_is_set(drawn):
    (drawn.gold / "ben.csv").unlink()
    texts = read_documents(drawn.corpus)[0].set_index("document")["text"]
    corpus, codebook = read_corpus(drawn), read_codebook(drawn.codebook)
    made = draw(drawn, 36, coder="dora")
    # Dora has marked the first letters of a sentence freely; on the sheet she gives it no code.
    first = corpus.segments.iloc[0]
    spans = [(first["document"], first["start"], first["start"] + 4, "water")]
    write_spans(drawn.gold / "dora.csv", texts, spans)
    book = openpyxl.load_workbook(made.files[1])
    page = book["segments"]
    heads = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        page.cell(row, heads["none"]).value = "x"
    book.save(made.files[1])
    for rule in ("majority", "any"):
        with pytest.raises(GoldError, match="before water"):
            import_sheet(
                Study(set_rule(drawn, rule), corpus=corpus, codebook=codebook), made.files[1]
            )
    strict = set_rule(drawn, "containment")
    assert import_sheet(Study(strict, corpus=corpus, codebook=codebook), made.files[1]).read == 36


def test_whether_suggestions_sway_is_asked_by_the_rule_that_is_set(drawn):
    train_project(study_of(*read(drawn), project=drawn))
    corpus, _, codebook = read(drawn)
    suggest_corpus(Study(drawn, corpus=corpus, codebook=codebook))
    draw(drawn, 36, coder="dora", show="half")
    texts = read_documents(drawn.corpus)[0].set_index("document")["text"]
    # Dora marks the first letters of every sentence: a code by two of the rules, none by the third.
    places = corpus.segments[["document", "start"]].itertuples(index=False)
    spans = [(name, start, start + 4, code) for name, start in places for code in codebook.code_ids]
    write_spans(drawn.gold / "dora.csv", texts, spans)
    shares = {}
    for rule in RULES:
        project = set_rule(drawn, rule)
        table, _ = anchoring_effect(
            study_of(*read(project), project=project), coder="dora", resamples=20
        )
        whole = table[table["code"] == ""].iloc[0]
        shares[rule] = (whole["shown"], whole["blind"])
    assert shares["majority"] == shares["any"]
    # Of every pair of segment and code, exactly one of both rules agrees with the machine.
    np.testing.assert_allclose(np.add(shares["any"], shares["containment"]), 1)


@pytest.mark.parametrize("rule", RULES)
def test_the_methods_text_states_the_rule_and_what_it_cut_off(drawn, rule):
    project = set_rule(drawn, rule)
    corpus, gold, codebook = read(project)
    facts = methods_facts(
        Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=empty(SUGGESTIONS)),
        resamples=0,
    )
    text = " ".join(
        "".join(part for part in sentence if isinstance(part, str))
        for paragraph in methods_text(facts).paragraphs
        for sentence in paragraph.sentences
    )
    says = {
        "majority": "at least half of it",
        "any": "any part of it",
        "containment": "all of it",
    }
    assert says[rule] in text
    assert "Of 18 passages that were given a code, 12 were not exactly one segment" in text
    strict = rule == "containment"
    assert ("6 passages gave no segment a code" in text) == strict
    assert ("every passage gave its code to one segment at least" in text) != strict


def test_the_settings_know_the_rules_and_name_the_line_of_another(drawn):
    assert get_args(Coders.model_fields["rule"].annotation) == RULES
    with pytest.raises(ProjectError, match=r"line 4: 'coders\.rule'.*'majority', 'any'"):
        set_rule(drawn, "most")


def test_a_new_project_says_which_rule_holds(tmp_path):
    create_project(tmp_path / "new", shipped_codebook())
    assert 'rule = "majority"' in (tmp_path / "new" / "fourp.toml").read_text(encoding="utf-8")
    assert open_project(tmp_path / "new").settings.coders.rule == "majority"


# --- the command --------------------------------------------------------------------------------------


def test_the_command_lists_coders_and_what_the_rule_that_is_set_gives(drawn):
    before = {path: path.read_bytes() for path in drawn.gold_files}
    result = fourp("gold", "-p", drawn.root)
    assert result.exit_code == 0, result.output
    assert "majority (set)" in result.output
    assert "containment" not in result.output
    lines = [line.split() for line in result.output.splitlines()]
    table = pd.read_csv(drawn.reports / "laid.csv", encoding="utf-8-sig", keep_default_na=False)
    (seen,) = set(table["read_as_of"])
    assert ["anna", "6", "0", seen, "12", "6", "0", "6", "0"] in lines
    assert ["ben", "6", "0", seen, "6", "0", "6", "0", "0"] in lines
    assert table["coder"].tolist() == ["anna"] * 3 + ["ben"] * 3
    assert table["rule"].tolist() == [*RULES] * 2
    assert table["carried"].tolist() == [12, 18, 12, 6, 6, 0]
    assert table["cut_off"].tolist() == [6, 0, 6, 0, 0, 6]
    assert {path: path.read_bytes() for path in drawn.gold_files} == before


def test_the_command_shows_other_rules_beside_the_one_that_is_set(drawn):
    result = fourp("gold", "--rule", "all", "-p", drawn.root)
    head = next(line for line in result.output.splitlines() if "(set)" in line)
    assert head.split() == ["coder", "what", "majority", "(set)", "any", "containment"]
    set_rule(drawn, "containment")
    result = fourp("gold", "--rule", "any", "-p", drawn.root)
    head = next(line for line in result.output.splitlines() if "(set)" in line)
    assert head.split() == ["coder", "what", "any", "containment", "(set)"]
    # What is lost by the rule that is set is said, with examples.
    assert "ben: 6 span(s) gave no sentence their code: meeting0.txt" in result.output
    assert fourp("gold", "--rule", "most", "-p", drawn.root).exit_code == 2


def test_the_command_has_the_same_counts_for_programs(drawn):
    rows = records(fourp("gold", "--rule", "all", "--json", "-p", drawn.root).stdout)
    corpus, gold, codebook = read(drawn)
    table = alignment_by_rule(Study(corpus=corpus, gold=gold, codebook=codebook))
    assert rows == json.loads(table.to_json(orient="records", force_ascii=False))
    assert len(records(fourp("gold", "--json", "-p", drawn.root).stdout)) == 2


def test_documents_read_in_part_are_told(drawn):
    path = drawn.gold / "ben.csv"
    rows = list(csv.reader(path.open(encoding="utf-8")))
    kept = [rows[0], *(row for row in rows[1:] if row[3])]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(
            [[*kept[0], "scope"], *([*row, "segment"] for row in kept[1:])]
        )
    (row,) = [
        r for r in records(fourp("gold", "--json", "-p", drawn.root).stdout) if r["coder"] == "ben"
    ]
    assert (row["documents"], row["in_part"], row["carried"], row["unread"]) == (6, 6, 6, 6)


def test_nobody_who_coded_is_said_with_the_cure(tmp_path, monkeypatch, capsys):
    project = write_project(tmp_path / "allotment", gold=False)
    monkeypatch.setattr("sys.argv", ["fourp", "gold", "-p", str(project.root)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "Nothing is coded" in told
    assert "Put gold files into" in told
