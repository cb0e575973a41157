"""Where results are handed on: the right column, order, coder, threshold, and the right words beside them."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.machine.acceptance import accept
from fourp_nlp.machine.calibration import probability_histogram
from fourp_nlp.study.reading.corpus import read_corpus
from fourp_nlp.websites.scope import Scopes
from tests.conftest import OTHER, SEEDS, WATER, write_gold_file, write_project
from tests.filled import filled, suggestions_of
from tests.test_cli import fourp, records

MACHINE = "machine@0a1b2c3d"
WORDS = "hose, tap"
# What each coder leaves out of what is right; Anna is the reference.
ANNA_LACKS = (WATER[5],)
BEN_LACKS = (WATER[0], WATER[1], SEEDS[0])
MACHINE_LACKS = (WATER[2], SEEDS[1], SEEDS[2])
MACHINE_ADDS = (OTHER[0], OTHER[1], OTHER[2], OTHER[3])


def gives(coder, text, code):
    right = text in {"water": WATER, "seeds": SEEDS}[code]
    if coder == "anna":
        return right and text not in ANNA_LACKS
    if coder == "ben":
        return right and text not in BEN_LACKS
    return (right and text not in MACHINE_LACKS) or (code == "water" and text in MACHINE_ADDS)


def counted(one, other, code):
    """Segments to which both, only the first, only the second give a code."""
    _, corpus = STUDY
    pairs = [(gives(one, t, code), gives(other, t, code)) for t in corpus.segments["text"]]
    return pairs.count((True, True)), pairs.count((True, False)), pairs.count((False, True))


STUDY: tuple = ()


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two coders and a machine, no two of whom agree in the same way; `fourp run` has run."""
    global STUDY  # noqa: PLW0603 - for `counted`
    project = write_project(tmp_path_factory.mktemp("seams") / "allotment", gold=False)
    for coder, lacks in (("anna", ANNA_LACKS), ("ben", BEN_LACKS)):
        write_gold_file(project, coder)
        path = project.gold / f"{coder}.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines[1:] if not any(text in line for text in lacks)]
        kept.sort(key=lambda line: (line.split(",")[0], int(line.split(",")[1])))
        path.write_text("\n".join([lines[0], *kept]) + "\n", encoding="utf-8")
    (project.root / "fourp.toml").write_text(
        'title = "Allotment"\n[coders]\ngold = "anna"\n[agreement]\nthresholds = [0.4, 0.8]\n'
    )
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    STUDY = (project, corpus)
    codes = codebook.code_ids
    rows = corpus.segments.loc[corpus.segments.index.repeat(len(codes))].reset_index(drop=True)
    rows["code"] = codes * len(corpus.segments)
    given = [gives("machine", t, c) for t, c in zip(rows["text"], rows["code"], strict=True)]
    # Later segments are surer, so that the order of certainty is not that of reading.
    sure = 0.5 + np.arange(len(rows)) / (4 * len(rows))
    suggestions = suggestions_of(
        rows,
        given,
        probability=np.where(given, sure, 0.1),
        rank=np.where(given, 1, 2),
        model=MACHINE,
        theme="",
        why=np.where(given, "a reason", ""),
        words=np.where(given, WORDS, ""),
        out_of_fold=True,
    )
    facts = {"unit": "sentence", "model": MACHINE, "codebook": codebook.fingerprint()}
    Store(project.store).write_suggestions(suggestions, corpus.documents, facts)
    result = fourp("report", "-p", project.root, catch=False)
    assert result.exit_code == 0, result.output
    return project


def table(project, name):
    path = project.reports / f"{name}.csv"
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False)


class _Facts(HTMLParser):
    """The terms of a page with what is said of each, and the quotations."""

    def __init__(self):
        super().__init__()
        self.facts, self.quotations, self._term, self._tag = {}, [], "", ""
        self._quoting = False

    def handle_starttag(self, tag, _attrs):
        self._tag = tag
        if tag == "blockquote":
            self._quoting = True
            self.quotations.append("")

    def handle_endtag(self, tag):
        self._tag = "" if tag in {"dt", "dd"} else self._tag
        self._quoting = self._quoting and tag != "blockquote"

    def handle_data(self, data):
        if self._tag == "dt":
            self._term = data
        elif self._tag == "dd":
            self.facts[self._term] = data
        elif self._quoting:
            self.quotations[-1] += data


def page_of(project):
    reader = _Facts()
    reader.feed((project.reports / "report.html").read_text(encoding="utf-8"))
    return reader


# ---- which coder is which -----------------------------------------------------------------------------------


def test_the_report_names_the_reference_coder_the_coders_and_the_machine(study):
    facts = page_of(study).facts
    assert facts["Reference coder"] == "anna"
    assert facts["Machine coder"] == MACHINE
    assert facts["Coders"] == "anna, ben"
    given = sum(counted("machine", "anna", code)[0] + counted("machine", "anna", code)[1]
                for code in ("water", "seeds"))  # fmt: skip
    assert facts["Suggestions"] == str(given)
    assert facts["Documents"] == "6 (3 cases)"
    assert facts["Segments"] == "36 (sentences)"


@pytest.mark.parametrize(
    ("one", "other"), [("anna", "ben"), ("anna", MACHINE), ("ben", MACHINE)], ids=str
)
@pytest.mark.parametrize("code", ["water", "seeds"])
def test_precision_and_recall_take_the_first_coder_of_a_pair_as_the_reference(
    study, one, other, code
):
    both, first, second = counted(one, other.partition("@")[0], code)
    agreement = table(study, "agreement")
    rows = agreement[
        (agreement["coder_a"] == one) & (agreement["coder_b"] == other)
        & (agreement["level"] == "code") & (agreement["code"] == code)
    ].set_index("coefficient")  # fmt: skip
    value = rows["value"].astype(float)
    assert value["precision"] == pytest.approx(both / (both + second))
    assert value["recall"] == pytest.approx(both / (both + first))
    assert value["percent"] == pytest.approx(1 - (first + second) / 36)
    assert set(rows["both"].astype(float)) == {float(both)}
    assert set(rows["codings"]) == {f"{both + first}; {both + second}"}


def test_the_screen_says_who_alone_gave_a_code_and_whose_figures_they_are(study):
    said = fourp("agree", "-p", study.root, "--units", "all", catch=False).output
    for one, other in (("anna", "ben"), ("anna", MACHINE), ("ben", MACHINE)):
        part = said.split(f"Agreement: {one} and {other}", 1)[1].split("Agreement: ", 1)[0]
        assert re.search(rf"only 1st.*only 2nd.*only {one}, only {other}", part, re.DOTALL)
        for code in ("Water", "Seeds"):
            numbers = re.search(rf"^{code}\s+(.*)$", part, re.MULTILINE)[1].split()
            expected = counted(one, other.partition("@")[0], code.lower())
            at = part.split("\n", 2)[1].split("  ")
            order = [name.strip() for name in at if name.strip()]
            shown = dict(zip(order, numbers, strict=False))
            assert (shown["both"], shown["only 1st"], shown["only 2nd"]) == tuple(
                str(count) for count in expected
            )


def test_reconciliation_says_what_only_the_machine_and_what_only_the_person_gave(study):
    rows = table(study, "reconciliation")
    for code in ("water", "seeds"):
        both, person, machine = counted("anna", "machine", code)
        status = rows.loc[rows["code"] == code, "status"].value_counts()
        assert status.get("agreed", 0) == both
        assert status.get("human_only", 0) == person
        assert status.get("machine_only", 0) == machine
    alone = rows[rows["status"] == "machine_only"]
    assert set(alone["gold"]) == {False}
    assert set(alone["machine"]) == {True}
    said = fourp("reconcile", "-p", study.root, catch=False).output
    assert "Suggestions against anna" in said
    row = re.search(r"^water .*$", said, re.MULTILINE)[0].split()
    both, person, machine = counted("anna", "machine", "water")
    assert row[-8:-3] == [str(n) for n in (both + person, both + machine, both, machine, person)]


def test_a_sheet_of_disagreements_says_who_gave_a_code_and_who_did_not(study, tmp_path):
    sheet = tmp_path / "sheet.csv"
    done = fourp("agree", "--disagreements", "--to", sheet, "-p", study.root, catch=False)
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(sheet, encoding="utf-8-sig", keep_default_na=False)
    disputed = {(text, "anna", "ben") for text in ANNA_LACKS} | {
        (text, "ben", "anna") for text in BEN_LACKS
    }
    assert set(zip(rows["text"], rows["not_given_by"], rows["given_by"], strict=True)) == disputed
    names = {"water": "Water", "seeds": "Seeds"}
    for row in rows.to_dict("records"):
        assert row["name"] == names[row["code"]]
        assert row[f"codes of {row['given_by']}"] == names[row["code"]]
        assert row[f"codes of {row['not_given_by']}"] == "(none)"


# ---- columns and orders --------------------------------------------------------------------------------------


def test_the_file_of_suggestions_has_the_words_and_the_reason_of_each(study):
    rows = table(study, "suggestions")
    assert set(rows["words"]) == {WORDS}
    assert set(rows["why"]) == {"a reason"}
    assert set(rows["model"]) == {MACHINE}
    assert "suggested" not in rows.columns
    candidates = table(study, "candidates")
    key = ["document", "segment", "code"]
    assert not set(map(tuple, rows[key].to_numpy())) & set(map(tuple, candidates[key].to_numpy()))


def test_suggestions_stand_in_reading_order(study):
    rows = table(study, "suggestions")
    documents = list(dict.fromkeys(rows["document"]))
    assert documents == sorted(documents)
    for _, part in rows.groupby("document"):
        assert part["segment"].is_monotonic_increasing


def test_quotations_are_the_reference_coders_in_reading_order_then_the_machines_surest_first(study):
    _, corpus = STUDY
    case_of = {f"meeting{number}.txt": f"plot{number % 3}" for number in range(6)}
    chance = {
        (row.text, row.document): row.probability
        for row in table(study, "suggestions").itertuples()
    }

    def first_three_of_a_case(rows):
        seen, kept = {}, []
        for text, document in rows:
            seen[case_of[document]] = seen.get(case_of[document], 0) + 1
            if seen[case_of[document]] <= 3:
                kept.append((text, document))
        return kept

    expected = []
    for code in ("water", "seeds"):
        here = list(zip(corpus.segments["text"], corpus.segments["document"], strict=True))
        mine = [(text, document) for text, document in here if gives("anna", text, code)]
        its = sorted(
            (place for place in here if gives("machine", place[0], code)),
            key=lambda place: -chance[place],
        )
        expected += [f"{t}{case_of[d]} · {d} · anna" for t, d in first_three_of_a_case(mine)]
        expected += [
            f"{t}{case_of[d]} · {d} · {MACHINE} · probability {chance[t, d]:.2f}"
            + ("" if gives("anna", t, code) else " · not coded by anna")
            for t, d in first_three_of_a_case(its)
        ]
    assert page_of(study).quotations == expected


def test_frequencies_name_their_coder_and_add_up_to_what_that_coder_gave(study):
    rows = table(study, "frequencies")
    assert list(dict.fromkeys(rows["coder"])) == ["anna", MACHINE]
    assert list(dict.fromkeys(rows["code"])) == ["water", "seeds"]
    said = fourp("frequencies", "--unit", "segments", "-p", study.root, catch=False).output
    for coder in ("anna", "machine"):
        part = said.split(f"coder {coder}", 1)[1].split("coder ", 1)[0]
        for code in ("water", "seeds"):
            row = re.search(rf"^.*\b{code.capitalize()}\s+.*$", part, re.MULTILINE)[0].split()
            both, alone, _ = counted(coder, "ben", code)
            assert int(row[-1]) == both + alone == sum(map(int, row[-4:-1]))


def test_groups_are_compared_first_less_second(study):
    done = fourp(
        "frequencies", "--compare", "south", "north", "--json", "-p", study.root, catch=False
    )
    rows = [row for row in records(done.stdout) if row["scale"] == "difference"]
    _, corpus = STUDY
    south = corpus.segments["document"].isin(["meeting0.txt", "meeting3.txt"])
    for row in rows:
        given = np.array([gives("anna", text, row["code"]) for text in corpus.segments["text"]])
        assert (row["first"], row["second"]) == ("south", "north")
        assert row["share_first"] == pytest.approx(given[south].mean())
        assert row["share_second"] == pytest.approx(given[~south].mean())
        assert row["value"] == pytest.approx(given[south].mean() - given[~south].mean())
        assert (row["coded_first"], row["coded_second"]) == (12, 24)
        assert (row["documents_first"], row["documents_second"]) == (2, 4)


def test_confused_codes_are_told_from_the_person_to_the_machine(study):
    rows = table(study, "confusions")
    assert set(rows["coder_a"]) <= {"anna", "ben"}
    assert list(rows.columns[:4]) == ["coder_a", "coder_b", "code", "taken_for"]


# ---- intervals and thresholds --------------------------------------------------------------------------------


def test_intervals_on_the_screen_go_from_the_lower_to_the_upper_end(study):
    said = fourp("agree", "-p", study.root, catch=False).output
    ends = re.findall(r"(-?\d\.\d\d) to (-?\d\.\d\d)", said)
    assert len(ends) > 5
    assert all(float(low) <= float(high) for low, high in ends)
    assert any(float(low) < float(high) for low, high in ends)
    whole = table(study, "agreement")
    kappa = whole[(whole["coefficient"] == "cohen_kappa") & (whole["low"] != "")]
    shown = {(float(low), float(high)) for low, high in ends}
    for low, high in zip(kappa["low"].astype(float), kappa["high"].astype(float), strict=True):
        assert (round(low, 2), round(high, 2)) in shown


def test_thresholds_are_said_of_the_interval_that_stands_beside_them(study):
    assert fourp("agree", "-p", study.root, catch=False).exit_code == 0
    rows = table(study, "agreement_full")
    rows = rows[rows["against"] != ""]
    assert len(rows)
    for low, high, against in zip(
        rows["low"].astype(float), rows["high"].astype(float), rows["against"], strict=True
    ):
        if low >= 0.8:
            assert re.search(r"above|at least|over", against), against
        if high < 0.4:
            assert "below" in against
        assert "0.4" in against or "0.8" in against or ".4" in against or ".8" in against


def test_an_accepted_suggestion_rests_on_the_other_documents_alone():
    random = np.random.default_rng(7)
    count, each = 30, 20
    documents = [f"{number:064x}" for number in range(count) for _ in range(each)]
    probabilities = np.round(random.random((count * each, 1)), 3).astype(np.float32)
    labels = random.random((count * each, 1)) < probabilities**0.7
    rows = {
        "document": np.repeat([f"{number}.txt" for number in range(count)], each),
        "segment": np.tile(np.arange(each), count),
        "code": "water",
    }
    suggested = probabilities[:, 0] >= 0.5
    frame = suggestions_of(
        rows, suggested, probability=probabilities[:, 0].astype(float), out_of_fold=True
    )

    def accepted(right):
        known = SimpleNamespace(
            read=np.ones(count * each, dtype=bool), documents=documents,
            probabilities=probabilities, labels=right,
        )  # fmt: skip
        classifier = SimpleNamespace(
            learned_=np.array([True]), constant_=np.array([np.nan]), thresholds_=np.array([0.5])
        )
        model = SimpleNamespace(
            out_of_fold=known, classifier=classifier, codes=["water"], themes=["garden"]
        )
        return accept(frame, documents, model, precision=0.8, confidence=0.8)

    result = accepted(labels)
    from_here = result.suggestions["accepted_from"].to_numpy().reshape(count, each)
    assert (from_here == from_here[:, :1]).all(), "one threshold a document"
    whole = result.promises["accepted_from"].iloc[0]
    assert (from_here[:, 0] != whole).any(), "some documents weigh on the threshold of the others"
    for document in (0, 11, 29):
        turned = labels.copy()
        turned[document * each : (document + 1) * each] ^= True
        again = accepted(turned).suggestions["accepted_from"].to_numpy().reshape(count, each)
        np.testing.assert_array_equal(again[document], from_here[document])
        others = np.delete(again[:, 0], document)
        assert (others != np.delete(from_here[:, 0], document)).any()
    taken = result.suggestions["accepted"].to_numpy()
    np.testing.assert_array_equal(
        taken, suggested & (probabilities[:, 0] >= from_here.ravel() - 0.00005)
    )
    assert result.promises["accepted"].iloc[0] == taken.sum()
    assert result.promises["left"].iloc[0] == (suggested & ~taken).sum()


def test_a_probability_on_an_edge_of_the_histogram_belongs_to_the_range_above_it():
    said = np.array([0.0, 0.05, 0.1, 0.5, 0.95, 1.0])
    rows = probability_histogram(said, np.array([False, True, False, True, False, True]))
    assert rows["low"].tolist() == [round(n / 20, 6) for n in range(20)]
    assert rows["high"].tolist() == [round(n / 20, 6) for n in range(1, 21)]
    filled_in = rows[rows["n"] > 0]
    assert filled_in["low"].tolist() == [0.0, 0.05, 0.1, 0.5, 0.95]
    assert filled_in["n"].tolist() == [1, 1, 1, 1, 2]
    assert filled_in["positives"].tolist() == [0, 1, 0, 1, 1]


# ---- whose it is, and what is lost ---------------------------------------------------------------------------


@pytest.mark.parametrize("turned_round", [False, True])
def test_a_page_belongs_to_the_site_of_the_longest_folder_that_it_lies_in(turned_round):
    sites = [
        ("town", "https://valley.example/"),
        ("school", "https://valley.example/school/"),
        ("choir", "https://valley.example/school/choir/"),
    ]
    scopes = Scopes(reversed(sites) if turned_round else sites)
    assert scopes.site_of("https://valley.example/school/choir/songs.html") == "choir"
    assert scopes.site_of("https://valley.example/school/staff.html") == "school"
    assert scopes.site_of("https://www.valley.example/schoolhouse") == "town"
    assert scopes.site_of("https://other.example/school/") == ""


def test_every_loss_of_an_export_stands_on_the_screen_and_in_its_file(study, tmp_path):
    path = tmp_path / "codes.csv"
    done = fourp("export", path, "--as", "long", "-p", study.root, catch=False)
    assert done.exit_code == 0, done.output
    with path.with_name("codes.csv.losses.csv").open(encoding="utf-8-sig", newline="") as stream:
        losses = list(csv.DictReader(stream))
    items = {row["item"]: int(row["count"]) for row in losses}
    assert items["texts of documents"] == 6
    assert items["definitions"] == 2
    assert items["cases"] == 3
    assert {"values of documents", "values of cases"} <= set(items)
    on_screen = done.output.split("Lost, or not as it was", 1)[1]
    for item, count in items.items():
        assert re.search(rf"^{item}\s+{count}\s", on_screen, re.MULTILINE), item


# ---- the helper ----------------------------------------------------------------------------------------------


def test_a_new_column_of_a_table_breaks_no_test_that_is_not_about_it():
    from fourp_nlp.columns import Column, Table

    table_now = Table("t", {"a": Column("str", "a"), "b": Column("float64", "b")})
    later = Table("t", {**table_now.columns, "new": Column("bool", "new")})
    assert filled(table_now, {"a": ["x"]}).columns.tolist() == ["a", "b"]
    assert filled(later, {"a": ["x"]}, b=1.0).iloc[0].tolist() == ["x", 1.0, False]
