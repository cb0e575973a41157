"""`fourp agree` in full, on a small project that three people and the machine coded."""

from __future__ import annotations

import csv
import itertools
import shutil

import numpy as np
import pandas as pd
import pytest
import typer

from fourp_nlp import agreement
from fourp_nlp.cli import app, main
from fourp_nlp.codebook import read_codebook
from fourp_nlp.documents import read_documents
from fourp_nlp.errors import GoldError, ProjectError, StoreError
from fourp_nlp.study.machine.suggestions import stored_suggestions
from fourp_nlp.study.measuring.agreement import agree, agreement_in_full
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.reporting.results import write_report
from fourp_nlp.tables import AGREEMENT_FULL, ALT_TESTS, SUGGESTIONS, empty
from tests import small_study
from tests.conftest import CODEBOOK, OTHER, SEEDS, WATER, study_of, write_project
from tests.test_cli import fourp, records

CODES = ["water", "seeds"]
RIGHT = {0: "water", 2: "seeds", 4: "water", 5: "seeds"}
LINES = 6
DOCUMENTS = 6


def lines_of(number):
    return [
        WATER[number % 6], OTHER[number % 6], SEEDS[number % 6],
        OTHER[(number + 3) % 6], WATER[(number + 2) % 6], SEEDS[(number + 4) % 6],
    ]  # fmt: skip


def right_codes(documents):
    return {(number, line): {code} for number in documents for line, code in RIGHT.items()}


def write_codes(project, coder, given, whole, part=()):
    """Write a coder's codes of whole documents, and of single lines of others."""
    texts = read_documents(project.corpus)[0].set_index("document")["text"]
    with (project.gold / f"{coder}.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["document", "start", "end", "code", "coder", "quote", "scope"])
        for number in whole:
            writer.writerow([f"meeting{number}.txt", "", "", "", coder, "", "document"])
        for number, line in [*((n, at) for n in whole for at in range(LINES)), *part]:
            document, quote = f"meeting{number}.txt", lines_of(number)[line]
            start = texts[document].index(quote)
            scope = "document" if number in whole else "segment"
            codes = sorted(given.get((number, line), ()))
            for code in codes or ([""] if scope == "segment" else []):
                end = start + len(quote)
                writer.writerow([document, start, end, code, coder, quote, scope])


ANNA = right_codes(range(6))
BEN = {**right_codes(range(5)), (0, 0): set(), (1, 1): {"seeds"}}
CARL = {**right_codes(range(4)), (2, 4): set(), (3, 1): {"water"}}
CARLS_PART = [(3, 0), (3, 1), (3, 2)]


def labels_of(given, read):
    """Return one coder's labels, written out by hand: nan where the coder did not read."""
    made = np.full((DOCUMENTS * LINES, len(CODES)), np.nan)
    for number, line in read:
        codes = given.get((number, line), set())
        made[number * LINES + line] = [code in codes for code in CODES]
    return made


def everything(documents):
    return [(number, line) for number in documents for line in range(LINES)]


def by_hand():
    """Return all labels, units x people x codes, of units that two or more read, and documents."""
    people = np.stack(
        [
            labels_of(ANNA, everything(range(6))),
            labels_of(BEN, everything(range(5))),
            labels_of(CARL, [*everything(range(3)), *CARLS_PART]),
        ],
        axis=1,
    )
    kept = (~np.isnan(people[:, :, 0])).sum(axis=1) >= 2
    return people[kept], np.repeat(np.arange(DOCUMENTS), LINES)[kept]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project that three people coded, two of them in part, with the machine's suggestions."""
    project = write_project(tmp_path_factory.mktemp("agree") / "allotment", gold=False)
    (project.root / "fourp.toml").write_text('title = "Allotment"\n[coders]\ngold = "anna"\n')
    write_codes(project, "anna", ANNA, range(6))
    write_codes(project, "ben", BEN, range(5))
    write_codes(project, "carl", CARL, range(3), CARLS_PART)
    assert fourp("suggest", "-p", project.root).exit_code == 0
    return project.root


@pytest.fixture
def study(made, tmp_path):
    """A copy of that project to change at will."""
    return open_project(shutil.copytree(made, tmp_path / "allotment"))


def machine_name(study):
    return str(read_all(study)[-1]["model"].iloc[0])


def read_all(study):
    codebook = read_codebook(study.codebook)
    corpus = read_corpus(study)
    gold = read_gold_codes(study, corpus, codebook)
    try:
        suggestions = stored_suggestions(study, corpus, codebook)
    except StoreError:
        suggestions = empty(SUGGESTIONS)
    return corpus, gold, codebook, suggestions


def full(study, **options):
    return agreement_in_full(study_of(*read_all(study)), **options)


def one(table, coefficient, code="water", level="code", units="all", coders=None, part=""):
    rows = table[
        (table["coefficient"] == coefficient)
        & (table["code"] == code)
        & (table["level"] == level)
        & (table["units"] == units)
        & (table["part"] == part)
    ]
    if coders:
        rows = rows[rows["coders"] == coders]
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_pair_and_all_people_together_stand_in_tables_of_their_own(study):
    result = fourp("agree", "-p", study.root)
    assert result.exit_code == 0, result.output
    machine = machine_name(study)
    for who in (
        "anna, ben and carl (30 segments, 5 documents)",
        "anna, ben and carl, segments to which any of these coders gave any code (22 segments, 5 documents)",
        "anna and ben (30 segments, 5 documents; macro-F1",
        "anna and ben, segments to which any of these coders gave any code (21 segments, 5 documents)",
        "anna and carl (21 segments,",
        f"carl and {machine} (21 segments,",
    ):
        assert f"Agreement: {who}" in result.output
    # What is of everybody comes first.
    assert result.output.lstrip().startswith("Agreement: anna, ben and carl (")
    written = pd.read_csv(study.reports / "agreement_full.csv", encoding="utf-8-sig")
    assert list(written.columns) == list(AGREEMENT_FULL.columns)
    assert written["coders"].nunique() == 7
    # The machine is no person, and does not stand among the people who are compared together.
    assert [each for each in written["coders"].unique() if each.count("; ") == 2] == [
        "anna; ben; carl"
    ]
    short = pd.read_csv(study.reports / "agreement.csv", encoding="utf-8-sig")
    assert len(short[["coder_a", "coder_b"]].drop_duplicates()) == 6


def test_figures_of_three_people_are_those_of_labels_written_out_by_hand(study):
    table = full(study, drawing=agreement.Drawing(resamples=50))
    labels, documents = by_hand()
    for at, code in enumerate(CODES):
        own = labels[:, :, at]
        expected = agreement.krippendorff_alpha(own).value
        row = one(table, "krippendorff_alpha", code, coders="anna; ben; carl")
        assert row["value"] == pytest.approx(expected)
        assert 0.5 < expected < 1
        assert (row["n"], row["n_documents"], row["n_coders"]) == (30, 5, 3)
        shares = np.nanmean(own, axis=0)
        assert row["prevalence"] == pytest.approx(shares.mean())
        assert row["prevalence_index"] == pytest.approx(2 * shares.mean() - 1)
        assert row["bias_index"] == pytest.approx(agreement.bias_index(shares))
        conger = one(table, "conger_kappa", code, coders="anna; ben; carl")
        assert conger["value"] == pytest.approx(agreement.conger_kappa(own).value)
        ac1 = one(table, "gwet_ac1", code, coders="anna; ben; carl")
        assert ac1["value"] == pytest.approx(agreement.gwet_ac1(own, categories=(0, 1)).value)
    # Pooled: each unit counts once for each code.
    pooled = np.moveaxis(labels, 1, 2).reshape(-1, 3)
    row = one(table, "krippendorff_alpha", "", "overall", coders="anna; ben; carl")
    assert row["value"] == pytest.approx(agreement.krippendorff_alpha(pooled).value)
    assert row["n"] == 60
    sets = one(table, "alpha_masi", "", "overall", coders="anna; ben; carl")
    expected = agreement.estimate_alpha_sets(
        labels, documents, drawing=agreement.Drawing(resamples=50)
    )
    assert [sets["value"], sets["low"], sets["high"]] == pytest.approx(
        [expected.value, expected.low, expected.high]
    )


def test_text_that_nobody_found_anything_in_can_be_left_out(study):
    table = full(study, units=("all", "any_code", "this_code"))
    labels, _ = by_hand()
    coded = np.nansum(labels, axis=(1, 2)) > 0
    own = labels[coded]
    for at, code in enumerate(CODES):
        row = one(table, "krippendorff_alpha", code, units="any_code", coders="anna; ben; carl")
        assert row["n"] == coded.sum() < len(labels)
        assert row["value"] == pytest.approx(agreement.krippendorff_alpha(own[:, :, at]).value)
    pooled = np.moveaxis(own, 1, 2).reshape(-1, 3)
    row = one(
        table, "krippendorff_alpha", "", "overall", units="any_code", coders="anna; ben; carl"
    )
    assert row["value"] == pytest.approx(agreement.krippendorff_alpha(pooled).value)
    # Of the segments with the code in question, percent is Jaccard's index, and the rest is warned of.
    pair = labels[:, :2][~np.isnan(labels[:, :2, 0]).any(axis=1)] == 1
    row = one(table, "percent", "water", units="this_code", coders="anna; ben")
    assert row["value"] == pytest.approx(
        pair[:, :, 0].all(axis=1).sum() / pair[:, :, 0].any(axis=1).sum()
    )
    assert (
        "is too low" in one(table, "cohen_kappa", units="this_code", coders="anna; ben")["caution"]
    )


def test_chosen_coders_are_compared_at_once_and_nobody_else(study):
    result = fourp(
        "agree", "--coders", "ben", "--coders", "machine", "--coders", "anna", "-p", study.root
    )
    assert result.exit_code == 0, result.output
    assert f"Agreement: ben, {machine_name(study)} and anna (36 segments" in result.output
    assert "wrote" in result.output
    written = pd.read_csv(study.reports / "agreement_of_ben_machine_anna.csv", encoding="utf-8-sig")
    assert written["coders"].unique().tolist() == [f"ben; {machine_name(study)}; anna"]
    # The table of all pairs is not what was asked for.
    assert not (study.reports / "agreement.csv").exists()
    both = full(study, coders=["ben", "anna"])
    assert both[["coder_a", "coder_b"]].drop_duplicates().to_numpy().tolist() == [["ben", "anna"]]
    turned = full(study, coders=["anna", "ben"])
    assert one(both, "precision")["value"] == one(turned, "recall")["value"] < 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["anna"], "'anna' alone cannot agree"),
        (["anna", "anna"], "'anna' is named twice"),
        (["anna", "dora"], r'no coder "dora".*anna, ben, carl'),
        (["anna", "settled"], "People cannot be compared with 'settled'"),
    ],
)
def test_who_cannot_be_compared_is_said(study, names, said):
    with pytest.raises(GoldError, match=said):
        full(study, coders=names)


def test_people_who_read_nothing_in_common_are_left_out_and_nobody_at_all_is_an_error(study):
    write_codes(study, "ben", BEN, [5])
    write_codes(study, "carl", CARL, range(3))
    table = full(study)
    assert "ben; carl" not in set(table["coders"])
    with pytest.raises(GoldError, match="No two of the coders ben, carl read the same segments"):
        full(study, coders=["ben", "carl"])


def test_a_machine_that_is_named_has_to_have_suggested(study, capsys, monkeypatch):
    study.store.unlink()
    assert fourp("agree", "-p", study.root).exit_code == 0
    monkeypatch.setattr(
        "sys.argv",
        ["fourp", "agree", "--coders", "anna", "--coders", "machine", "-p", str(study.root)],
    )
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert "There are no suggestions yet" in capsys.readouterr().err


def test_groups_have_figures_of_their_own_and_say_why_one_has_no_interval(study):
    result = fourp(
        "agree", "--coders", "anna", "--coders", "ben", "--by", "group", "-p", study.root
    )
    assert result.exit_code == 0, result.output
    assert "Agreement by group: anna and ben" in result.output
    assert "no interval (south): 2 documents: too few to draw from" in result.output
    assert "Kappa of each code by group: anna and ben" in result.output
    table = full(study, coders=["anna", "ben"], by="group")
    labels, documents = by_hand()
    south = np.isin(documents, (0, 3))
    own = labels[south][:, :2, 0]
    row = one(table, "cohen_kappa", part="south")
    assert row["by"] == "group"
    assert row["value"] == pytest.approx(agreement.cohen_kappa(own).value)
    assert (row["n"], row["n_documents"]) == (12, 2)
    # The whole stands beside the parts.
    assert one(table, "cohen_kappa")["n"] == 30
    assert one(table, "alpha_masi", "", "overall", part="north")["n"] == 18


def test_documents_have_rows_pooled_over_codes_and_code_by_code(study):
    table = full(study, coders=["anna", "ben"], by="document")
    labels, documents = by_hand()
    for number in range(5):
        own = labels[documents == number][:, :2]
        name = f"meeting{number}.txt"
        for at, code in enumerate(CODES):
            row = one(table, "percent", code, part=name)
            assert row["value"] == pytest.approx((own[:, 0, at] == own[:, 1, at]).mean())
            assert row["no_interval"] == "1 document: too few to draw from"
        row = one(table, "percent", "", "overall", part=name)
        assert row["value"] == pytest.approx((own[:, 0] == own[:, 1]).mean())
        assert row["n"] == 12
    assert fourp("agree", "--by", "document", "-p", study.root).exit_code == 0


def test_themes_agree_where_codes_of_one_theme_differ(study):
    theme = "themes:\n  - id: garden\n    name: Garden\n    definition: All of it.\n    codes:\n"
    body = CODEBOOK.split("codes:\n", 1)[1]
    codes = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"id: allotment\ntitle: Allotment meetings\n{theme}{codes}"
    study.codebook.write_text(text, encoding="utf-8")
    taken = {**right_codes(range(5)), (0, 0): {"seeds"}}
    write_codes(study, "ben", taken, range(5))
    table = full(study, coders=["anna", "ben"])
    assert one(table, "percent", "water")["value"] < 1
    assert one(table, "percent", "garden", "theme")["value"] == 1
    result = fourp(
        "agree", "--coders", "anna", "--coders", "ben", "--by", "theme", "-p", study.root
    )
    assert "Garden" in result.output
    assert "Water" not in result.output


def test_with_one_document_there_is_no_interval_and_the_reason_is_said(tmp_path):
    project = write_project(tmp_path / "one", documents=1, gold=False)
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n')
    write_codes(project, "anna", ANNA, [0])
    write_codes(project, "ben", BEN, [0])
    result = fourp("agree", "-p", project.root)
    assert result.exit_code == 0, result.output
    assert "no interval: 1 document: too few to draw from" in result.output
    table = pd.read_csv(project.reports / "agreement_full.csv", encoding="utf-8-sig")
    assert table["low"].isna().all()
    assert (table.loc[table["value"].notna(), "no_interval"].notna()).all()
    # By formula there is one, with what it takes for granted.
    result = fourp("agree", "--interval", "analytic", "-p", project.root)
    assert "independent" in result.stderr
    table = full(open_project(project.root), analytic=True)
    row = one(table, "cohen_kappa")
    own = by_hand()[0][:LINES, :2, 0]
    expected = agreement.analytic_interval(own, "cohen_kappa", categories=(0.0, 1.0))
    assert [row["low"], row["high"]] == pytest.approx([expected.low, expected.high])
    assert row["interval"] == "analytic"
    assert one(table, "alpha_masi", "", "overall")["no_interval"] == "no standard error by formula"


def test_intervals_are_drawn_by_document_and_repeat_with_the_seed(study):
    table = full(study, drawing=agreement.Drawing(resamples=200, seed=3))
    again = full(study, drawing=agreement.Drawing(resamples=200, seed=3))
    pd.testing.assert_frame_equal(table, again)
    short = agree(study_of(*read_all(study)), resamples=200, seed=3)
    row = one(table, "cohen_kappa", coders="anna; ben")
    same = short[
        (short["coder_b"] == "ben")
        & (short["coefficient"] == "cohen_kappa")
        & (short["code"] == "water")
    ].iloc[0]
    # Both files give one interval for one figure.
    assert (row["value"], row["low"], row["high"]) == (same["value"], same["low"], same["high"])
    assert row["low"] < row["value"]
    assert row["interval"] == "by document"


def test_a_code_in_one_document_is_no_ground_for_an_interval(study):
    few = {key: codes for key, codes in ANNA.items() if codes == {"seeds"} or key[0] == 1}
    write_codes(study, "anna", few, range(6))
    write_codes(study, "ben", {**few, (1, 0): set()}, range(6))
    table = full(study, coders=["anna", "ben"], thresholds=(0.5,))
    row = one(table, "cohen_kappa", "water")
    assert "one document alone" in row["no_interval"]
    assert np.isnan(row["low"])
    assert row["against"] == ""
    assert one(table, "cohen_kappa", "seeds")["low"] < 1


def test_intervals_are_held_against_the_users_own_values_and_nothing_is_called_good(study):
    result = fourp("agree", "--thresholds", ".8,.667", "-p", study.root)
    assert result.exit_code == 0, result.output
    assert "kappa lies" in result.output
    assert "good" not in result.output.casefold()
    table = pd.read_csv(study.reports / "agreement_full.csv", encoding="utf-8-sig")
    held = table[table["against"].notna()]
    assert len(held) > 20
    for _, row in held.iterrows():
        inside = [f"{value:g}" for value in (0.667, 0.8) if row["low"] < value <= row["high"]]
        assert row["against"].startswith("straddles") == bool(inside)
        assert all(value in row["against"] for value in inside)
        if row["against"].startswith("below"):
            assert row["high"] < 0.8
    # What is not corrected for chance is not held against values for coefficients that are.
    assert not held["coefficient"].isin(["percent", "precision", "f1", "positive_agreement"]).any()
    assert "lies" not in fourp("agree", "-p", study.root).output
    (study.root / "fourp.toml").write_text(
        '[coders]\ngold = "anna"\n[agreement]\nthresholds = [0.9]\n'
    )
    assert "straddles 0.9" in fourp("agree", "-p", study.root).output
    (study.root / "fourp.toml").write_text("[agreement]\nthresholds = [66.7]\n")
    with pytest.raises(ProjectError, match=r"line 2: 'agreement\.thresholds\.0'.*less than 1"):
        open_project(study.root)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.1, 0.5, "below 0.667"),
        (0.667, 0.7, "between 0.667 and 0.8"),
        (0.8, 1.0, "above 0.8"),
        (0.7, 0.8, "straddles 0.8"),
        (0.2, 0.9, "straddles 0.667 and 0.8"),
        (np.nan, np.nan, ""),
    ],
)
def test_where_an_interval_lies(low, high, said):
    assert agreement.against_thresholds(low, high, (0.8, 0.667)) == said


def test_where_kappa_and_ac1_part_it_is_said_in_words(study):
    rare = {(0, 0): {"water"}, (2, 2): {"seeds"}, (4, 4): {"water"}}
    write_codes(study, "anna", rare, range(6))
    write_codes(study, "ben", {(0, 0): {"water"}, (1, 1): {"water"}}, range(6))
    result = fourp("agree", "--coders", "anna", "--coders", "ben", "-p", study.root)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(study.reports / "agreement_of_anna_ben.csv", encoding="utf-8-sig")
    row = one(table.assign(part=""), "cohen_kappa", "water")
    ac1 = one(table.assign(part=""), "gwet_ac1", "water")
    assert ac1["value"] - row["value"] > 0.2
    assert f"Kappa is {row['value']:.2f} and AC1 {ac1['value']:.2f}" in row["note"]
    # One segment by both, one by each alone: no ground to blame the prevalence.
    assert (row["both"], row["some"], row["codings"]) == (1, 2, "2; 2")
    assert "3 units with the code: too few to say why" in row["note"]
    assert "too few to say why" in result.output
    assert "would" not in row["note"]


def test_spans_are_compared_where_they_begin_and_end(study):
    # Ben marks the first half of each sentence that Anna marks: no segment tells them apart.
    texts = read_documents(study.corpus)[0].set_index("document")["text"]
    rows = [["document", "start", "end", "code", "coder", "quote"]]
    marked = {"anna": [], "ben": []}
    for number, line in ANNA:
        document, quote = f"meeting{number}.txt", lines_of(number)[line]
        start, half = texts[document].index(quote), -(-len(quote) // 2) + 1
        rows.append([document, start, start + half, RIGHT[line], "ben", quote[:half]])
        marked["anna"].append((number, 0, start, start + len(quote), RIGHT[line]))
        marked["ben"].append((number, 1, start, start + half, RIGHT[line]))
    with (study.gold / "ben.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    table = full(study, coders=["anna", "ben"])
    assert one(table, "cohen_kappa")["value"] == 1
    columns = list(zip(*marked["anna"], *marked["ben"], strict=True))
    columns = [np.array(column) for column in columns]
    lengths = [len(texts[f"meeting{number}.txt"]) for number in range(6)]
    expected = agreement.unitizing_alphas(agreement.Spans(*columns), lengths, 2, codes=CODES)
    for name in ("u_alpha", "u_alpha_binary", "cu_alpha"):
        row = one(table, name, "", "overall", "spans")
        own = expected.table[expected.table["coefficient"] == name].iloc[0]
        assert row["value"] == pytest.approx(own["value"])
        assert row["low"] == pytest.approx(own["low"])
    assert one(table, "u_alpha", "", "overall", "spans")["value"] < 0.9
    assert one(table, "cu_alpha", "", "overall", "spans")["value"] == 1
    assert one(table, "u_alpha", "", "overall", "spans")["n"] == sum(lengths)


def test_overlapping_spans_of_different_codes_are_named_and_what_can_be_said_is_said(study):
    both = {**ANNA, (0, 0): {"water", "seeds"}, (4, 5): {"water", "seeds"}}
    write_codes(study, "anna", both, range(6))
    table = full(study, coders=["anna", "ben"])
    row = one(table, "u_alpha", "", "overall", "spans")
    assert np.isnan(row["value"])
    assert "overlap (anna 2)" in row["reason"]
    assert one(table, "u_alpha_binary", "", "overall", "spans")["value"] < 1
    assert 0 < one(table, "u_alpha", "water", "code", "spans")["value"] < 1


def test_a_document_that_a_coder_read_in_part_does_not_count_for_spans(study):
    table = full(study, coders=["anna", "carl"])
    assert one(table, "u_alpha", "", "overall", "spans")["n_documents"] == 3
    assert one(table, "percent")["n_documents"] == 4


def test_a_sentence_that_is_marked_twice_with_one_code_counts_once(study):
    before = full(study, coders=["anna", "ben"])
    path = study.gold / "ben.csv"
    quote = lines_of(1)[0]
    assert f",water,ben,{quote}," in path.read_text()
    # The first ten letters once more.
    path.write_text(f"{path.read_text()}meeting1.txt,0,10,water,ben,{quote[:10]},document\n")
    pd.testing.assert_frame_equal(full(study, coders=["anna", "ben"]), before)


def test_rho_is_of_pairs_with_its_threshold_beside_it(study):
    result = fourp("agree", "--rho", "-p", study.root)
    assert result.exit_code == 0, result.output
    assert "Shaffer's rho: anna and ben" in result.output
    assert "below 0.65" in result.output
    table = pd.read_csv(study.reports / "agreement_full.csv", encoding="utf-8-sig")
    rho = table[table["coefficient"] == "shaffer_rho"]
    assert rho["coders"].nunique() == 6
    labels, _ = by_hand()
    row = one(rho.assign(part=""), "shaffer_rho", "water", coders="anna; ben")
    expected = agreement.shaffer_rho_of(labels[:, 0, 0], labels[:, 1, 0], base_rate=12 / 36)
    assert row["value"] == pytest.approx(expected.value)
    assert "against a kappa of 0.65" in row["note"]
    three = fourp("agree", "--rho", "--coders", "anna", "--coders", "ben", "--coders", "carl", "-p", study.root)  # fmt: skip
    assert three.exit_code == 2
    assert "rho is of two coders" in " ".join(three.stderr.split())


def test_json_has_the_documented_keys_and_null_where_undefined(study):
    write_codes(study, "ben", {}, range(5))
    rows = records(fourp("agree", "--json", "-p", study.root).stdout)
    assert all(list(row) == list(AGREEMENT_FULL.columns) for row in rows)
    assert {row["units"] for row in rows} == {"all", "any_code", "spans"}
    never = [
        row
        for row in rows
        if (row["coders"], row["coefficient"], row["code"]) == ("anna; ben", "precision", "water")
    ]
    assert [row["value"] for row in never] == [None]
    assert "ben never used the code" in never[0]["reason"]
    chosen = records(
        fourp(
            "agree", "--json", "--coefficient", "alpha", "--coefficient", "ac1", "-p", study.root
        ).stdout
    )
    assert {row["coefficient"] for row in chosen} == {"krippendorff_alpha", "gwet_ac1"}
    assert not study.reports.joinpath("agreement_full.csv").exists()


def test_the_screen_shows_the_coefficients_that_were_chosen_each_with_its_interval(study):
    result = fourp(
        "agree", "--coefficient", "pabak", "--coefficient", "positive_agreement", "--units", "all",
        "--coders", "anna", "--coders", "ben", "-p", study.root,
    )  # fmt: skip
    head = next(line for line in result.output.splitlines() if "prevalence" in line)
    assert head.split("  ")[0].strip() == ""
    assert [word for word in ("PABAK", "positive", "kappa", "AC1", "any:") if word in head] == [
        "PABAK",
        "positive",
    ]
    assert head.count("95% interval") == 2


TWO = ["--coders", "anna", "--coders", "ben"]
THREE = [*TWO, "--coders", "carl"]
MODES = ["--disagreements", "--retest", "--alt-test", "--anchoring"]
# What each option looks like on the command line, and which measurements take it.
AGREEMENT = "agreement"
OPTIONS = {
    "--coders": (["--coders", "anna"], {AGREEMENT}),
    "--by": (["--by", "code"], {AGREEMENT}),
    "--units": (["--units", "all"], {AGREEMENT}),
    "--coefficient": (["--coefficient", "alpha"], {AGREEMENT}),
    "--thresholds": (["--thresholds", ".8"], {AGREEMENT}),
    "--interval": (["--interval", "document"], {AGREEMENT}),
    "--resamples": (["--resamples", "50"], {AGREEMENT, "--retest"}),
    "--seed": (["--seed", "3"], {AGREEMENT, "--retest", "--anchoring"}),
    "--rho": (["--rho"], {AGREEMENT}),
    "--epsilon": (["--epsilon", "0.1"], {"--alt-test"}),
    "--between": (["--between", "anna", "ben"], {"--disagreements"}),
    "--to": (["--to", "sheet.csv"], {"--disagreements"}),
    "--context": (["--context", "1"], {"--disagreements"}),
    "--include-settled": (["--include-settled"], {"--disagreements"}),
    "--overwrite": (["--overwrite"], {"--disagreements"}),
}


def test_every_option_is_settled_for_every_measurement():
    names = {
        option
        for parameter in typer.main.get_command(app).commands["agree"].params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert names == {*OPTIONS, *MODES, "--project", "--json", "--help"} - {"--help"}


@pytest.mark.parametrize(
    "words",
    [
        *(
            [*([] if mode == AGREEMENT else [mode]), *words]
            for words, takers in OPTIONS.values()
            for mode in [AGREEMENT, *MODES]
            if mode not in takers
        ),
        *([one, other] for one, other in itertools.combinations(MODES, 2)),
        ["--disagreements", "--json", "--to", "sheet.csv"],
        ["--disagreements", "--json", "--overwrite"],
        ["--retest", "--resamples", "0", "--seed", "3"],
        ["--interval", "analytic", "--resamples", "50"],
        ["--interval", "analytic", "--seed", "3"],
        ["--resamples", "0", "--seed", "3"],
        ["--resamples", "0", "--thresholds", ".8"],
        ["--thresholds", ".8", "--coefficient", "percent"],
        ["--rho", *THREE],
        ["--rho", "--units", "any-code"],
        [*THREE, "--coefficient", "kappa"],
        [*THREE, "--coefficient", "alpha", "--coefficient", "precision"],
        ["--by", "document", "--coefficient", "recall"],
        ["--by", "group", "--coefficient", "u_alpha"],
        ["--by", "theme", "--coefficient", "alpha_masi"],
        ["--units", "any-code", "--coefficient", "f1"],
        ["--units", "this-code", "--coefficient", "alpha_masi"],
        ["--units", "all", "--coefficient", "cu_alpha"],
        ["--coefficient", "gamma"],
        ["--thresholds", "high"],
        ["--thresholds", "66.7"],
        ["--by", "speaker"],
        ["--units", "some"],
    ],
    ids=" ".join,
)
def test_options_that_do_nothing_together_are_refused_as_mistyped(made, words):
    result = fourp("agree", *words, "-p", made)
    assert result.exit_code == 2, result.output
    assert "Error" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--interval", "analytic", "--rho", "--seed", "3", "--coefficient", "kappa"],
        ["--rho", "--by", "group"],
        ["--resamples", "0", "--rho", "--seed", "1"],
        [*TWO, "--coefficient", "macro_f1"],
        ["--units", "this-code", "--units", "all", "--coefficient", "f1"],
        ["--by", "document", "--coefficient", "alpha_masi", "--thresholds", ".8"],
        ["--disagreements", "--context", "0", "--json"],
    ],
    ids=" ".join,
)
def test_options_that_do_something_together_are_not_refused(study, words):
    result = fourp("agree", *words, "-p", study.root)
    assert result.exit_code == 0, result.output
    if "macro_f1" in words:
        assert "mean of the codes' F1 (macro-F1)" in result.output


def test_a_comparison_of_two_leaves_the_full_table_as_it_is(study):
    assert fourp("agree", "-p", study.root).exit_code == 0
    paths = [study.reports / f"{name}.csv" for name in ("agreement", "agreement_full")]
    before = [path.read_bytes() for path in paths]
    result = fourp("agree", *TWO, "-p", study.root)
    assert result.exit_code == 0
    assert [path.read_bytes() for path in paths] == before
    assert "is left as it is" in result.output
    assert "agreement_of_anna_ben.csv" in result.output
    # Another comparison has a file of its own, whatever the coders are called.
    text = (study.gold / "carl.csv").read_text()
    (study.gold / "carl.csv").write_text(text.replace(",carl,", ",../b en,"))
    for one in ("anna", "../b en"):
        assert (
            fourp("agree", "--coders", one, "--coders", "machine", "-p", study.root).exit_code == 0
        )
    names = sorted(path.name for path in study.reports.glob("agreement_of_*.csv"))
    assert len(names) == 3
    assert "agreement_of_anna_machine.csv" in names
    assert not list(study.root.glob("*.csv"))


def test_codings_stand_beside_every_coefficient(study):
    result = fourp("agree", *TWO, "--units", "all", "-p", study.root)
    lines = result.output.splitlines()
    head = next(line for line in lines if "only 1st" in line)
    water = next(line for line in lines if line.startswith("Water"))
    labels, _ = by_hand()
    anna, ben = labels[~np.isnan(labels[:, :2, 0]).any(axis=1)][:, :2, 0].T == 1
    both, first, second = (anna & ben).sum(), (anna & ~ben).sum(), (ben & ~anna).sum()
    assert next(column for column in head.split("  ") if column.strip()).strip() == "both"
    assert water.split()[1:4] == [str(both), str(first), str(second)]
    positive = 2 * both / (2 * both + first + second)
    assert f"{positive:.3f}" in water
    assert "only anna, only ben" in result.output
    table = pd.read_csv(study.reports / "agreement_of_anna_ben.csv", encoding="utf-8-sig")
    row = one(table.assign(part=""), "cohen_kappa", "water")
    assert (row["both"], row["some"]) == (both, first + second)
    assert row["codings"] == f"{anna.sum()}; {ben.sum()}"
    three = fourp("agree", *THREE, "--units", "all", "-p", study.root).output
    assert "by each: number of segments to which each coder gave it (anna, ben, carl)" in three
    given = ", ".join(str(int(n)) for n in np.nansum(labels[:, :, 0], axis=0))
    assert given in next(line for line in three.splitlines() if line.startswith("Water"))


def test_the_machine_is_tested_in_the_place_of_one_of_three_people(study):
    result = fourp("agree", "--alt-test", "--epsilon", "0.15", "-p", study.root)
    assert result.exit_code == 0, result.output
    assert f"Alternative annotator test: {machine_name(study)}" in result.output
    assert "Alternative annotator test: never a code" in result.output
    assert "as published" in result.output
    assert "by document" in result.output
    assert "Fewer than 20 documents" in result.stderr
    table = pd.read_csv(study.reports / "alt_test.csv", encoding="utf-8-sig")
    assert list(table.columns) == ALT_TESTS.names
    assert table["coder"].tolist() == ["anna", "ben", "carl"] * 2
    assert set(table["epsilon"]) == {0.15}
    # Nobody compared what two people did not read: Carl is compared on 21 segments.
    assert table.loc[table["coder"] == "carl", "n"].tolist() == [21, 21]
    rows = records(fourp("agree", "--alt-test", "--json", "-p", study.root).stdout)
    assert all(list(row) == ALT_TESTS.names for row in rows)
    labels, documents = by_hand()
    expected = agreement.alt_test(
        labels, np.zeros((len(labels), 2)), alignment="jaccard", documents=documents, epsilon=0.15
    )
    never = table[table["tested"] == "never a code"]
    read = ~np.isnan(labels).any(axis=2)
    compared = read & (read.sum(axis=1) >= 2)[:, None]
    by_people = (np.nan_to_num(labels).any(axis=2) & compared).sum(axis=0)
    assert table["person_coded"].tolist() == [*by_people, *by_people]
    assert never["tested_coded"].tolist() == [0, 0, 0]
    assert (table["tested_coded"] <= table["n"]).all()
    assert table["tested_coded"].iloc[0] > 0
    assert never["machine"].to_numpy() == pytest.approx(expected.machine)
    assert never["advantage"].to_numpy() == pytest.approx(expected.advantage)
    assert never["winning_rate"].to_numpy() == pytest.approx(expected.published.winning_rate)


def test_two_people_are_too_few_to_test_the_machine(study):
    (study.gold / "carl.csv").unlink()
    result = fourp("agree", "--alt-test", "-p", study.root)
    assert isinstance(result.exception, GoldError)
    assert "needs 3 people" in str(result.exception)


def test_a_coder_whose_name_is_a_formula_stands_as_text_in_the_file(study):
    text = (study.gold / "ben.csv").read_text()
    (study.gold / "ben.csv").write_text(text.replace(",ben,", ",=1+1,"))
    assert fourp("agree", "-p", study.root).exit_code == 0
    with (study.reports / "agreement_full.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    cells = {cell for row in rows[1:] for cell in row if "=1+1" in cell}
    assert "'=1+1" in cells
    assert not any(cell.startswith("=") for cell in cells)


def test_documents_in_another_order_do_not_mix_up_the_machines_suggestions(study):
    # One document is unlike the others, so that it matters which suggestions are whose.
    (study.corpus / "meeting0.txt").write_text(" ".join(OTHER), encoding="utf-8")
    for coder in ("ben", "carl"):
        (study.gold / f"{coder}.csv").unlink()
    write_codes(study, "anna", ANNA, range(1, 6))
    assert fourp("suggest", "-p", study.root).exit_code == 0
    before = fourp("agree", "--json", "--coders", "anna", "--coders", "machine", "-p", study.root)
    listed = study.attributes.read_text().splitlines()
    study.attributes.write_text("\n".join([listed[0], *reversed(listed[1:])]) + "\n")
    after = fourp("agree", "--json", "--coders", "anna", "--coders", "machine", "-p", study.root)
    keep = ("level", "code", "coefficient", "units", "value", "n", "prevalence")

    def figures(result):
        return [
            tuple(row[key] for key in keep)
            for row in records(result.stdout)
            if row["coefficient"] in {"cohen_kappa", "precision", "recall", "alpha_masi"}
        ]

    assert len(figures(before)) > 10
    assert figures(after) == figures(before)
    # A document that was taken away since is not asked for.
    (study.corpus / "meeting5.txt").unlink()
    write_codes(study, "anna", ANNA, range(1, 5))
    assert fourp("agree", "-p", study.root).exit_code == 0


def test_the_report_shows_intervals_and_draws_lines_only_at_named_values(study):
    hostile = "<script>alert(1)</script>"
    text = (study.gold / "carl.csv").read_text()
    (study.gold / "carl.csv").write_text(text.replace(",carl,", f",{hostile},"))
    parts = read_all(study)
    files = write_report(study_of(*parts, project=study))
    page = files[0].read_text(encoding="utf-8")
    assert hostile not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;, anna and ben" in page or (
        "anna, &lt;script&gt;alert(1)&lt;/script&gt; and ben" in page
    )
    assert "Agreement of anna and ben, with 95% intervals" in page
    assert "Kappa (Conger)" in page
    assert "PI −0.33" in page
    assert "BI 0.0" in page
    assert "Lines at" not in page
    assert "agreement_full.csv" in {path.name for path in files}
    book = pd.read_excel(study.reports / "tables.xlsx", sheet_name="agreement_full")
    assert list(book.columns) == list(AGREEMENT_FULL.columns)
    (study.root / "fourp.toml").write_text(
        '[coders]\ngold = "anna"\n[agreement]\nthresholds = [0.667, 0.8]\n'
    )
    named = open_project(study.root)
    page = write_report(study_of(*parts, project=named))[0].read_text(encoding="utf-8")
    assert "Lines at 0.667, 0.8." in page
    assert "straddles" in page or "above 0.8" in page


def test_thresholds_of_the_settings_are_held_against_intervals_by_formula(tmp_path):
    small_study.write_coded(tmp_path / "allotment")
    result = fourp("agree", "--interval", "analytic", "--json", "-p", tmp_path / "allotment")
    rows = records(result.stdout)
    with_interval = [
        row
        for row in rows
        if row["coefficient"] in {"cohen_kappa", "krippendorff_alpha"} and row["low"] is not None
    ]
    assert {len(row["coders"].split("; ")) for row in with_interval} == {2, 3}
    for row in with_interval:
        said = agreement.against_thresholds(row["low"], row["high"], (0.4, 0.8))
        assert row["against"] == said != ""
    assert {row["against"] for row in rows if row["low"] is None} == {""}
