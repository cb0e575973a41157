"""Frequencies as estimates, from the draw to the table: which codes count, with which probability, and what is refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import numpy as np
import openpyxl
import pandas as pd
import pytest

from fourp_nlp.coding.sampling import stratified_sample, stratum_chances
from fourp_nlp.errors import GoldError
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.measuring.estimates import estimate_frequencies
from fourp_nlp.study.sampling.coded_sample import coded_sample
from fourp_nlp.study.sampling.sampling_rounds import RandomDraw, best_sample
from fourp_nlp.study.study import Study
from fourp_nlp.tables import COMPARISONS, COOCCURRENCE, ESTIMATES, NEEDS, RATES
from fourp_nlp.word_count import count_words
from tests.conftest import OTHER, WATER, write_gold_file, write_project
from tests.test_cli import fourp, records
from tests.test_next import draw, fill_in, read, taken


@pytest.fixture
def uncoded(tmp_path):
    """A project of twelve documents of six sentences that nobody has coded."""
    return write_project(tmp_path / "allotment", documents=12, gold=False)


def code(project, count, *, only=None, **options):
    """Draw, fill the sheet in with the right codes, and take it in."""
    made = draw(project, count, **options)
    fill_in(made.files[1], only=only)
    taken(project, made.files[1])
    return made


def sample(project, coder="anna"):
    corpus, gold, codebook = read(project)
    return coded_sample(Study(project, corpus=corpus, gold=gold, codebook=codebook), coder)


def learned(project):
    """Train, suggest, and return what was read and suggested."""
    corpus, gold, codebook = read(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    return (
        corpus,
        gold,
        codebook,
        suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions,
    )


def estimates(project, **options):
    corpus, gold, codebook, suggestions = learned(project)
    return estimate_frequencies(
        Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions),
        **options,
    )


def spans_of(frame):
    return pd.MultiIndex.from_frame(frame[["document", "start", "end"]])


def test_two_draws_of_one_frame_are_one_sample_of_both_sizes(uncoded):
    one, other = code(uncoded, 20), code(uncoded, 16, seed=2)
    found = sample(uncoded)
    assert (found.drawn, found.sure, found.apart) == (36, 0, 0)
    assert found.draws == [one.facts["draw"], other.facts["draw"]]
    np.testing.assert_allclose(found.inclusion, 36 / 72)
    held = ~np.isnan(found.gold[:, 0])
    corpus, _, _ = read(uncoded)
    drawn = pd.concat([one.drawn, other.drawn])
    assert (held == spans_of(corpus.segments).isin(spans_of(drawn))).all()
    water = corpus.segments["text"].isin(WATER).to_numpy()
    assert (found.gold[held, 0] == water[held]).all()


def test_what_was_read_before_the_draw_is_sure_and_counts(uncoded):
    write_gold_file(uncoded, "anna", but=tuple(f"meeting{n}.txt" for n in range(1, 12)))
    code(uncoded, 33)
    found = sample(uncoded)
    assert (found.drawn, found.sure, found.apart) == (33, 6, 0)
    corpus, _, _ = read(uncoded)
    first = (corpus.segments["document"] == "meeting0.txt").to_numpy()
    assert (found.inclusion[first] == 1).all()
    np.testing.assert_allclose(found.inclusion[~first], 33 / 66)
    assert not np.isnan(found.gold[first]).any()


def test_a_document_read_whole_after_the_draw_is_known_and_the_draw_speaks_for_the_rest(uncoded):
    made = code(uncoded, 36)
    others = set(made.drawn["document"])
    write_gold_file(uncoded, "anna", but=tuple(f"meeting{n}.txt" for n in range(1, 12)))
    found = sample(uncoded)
    in_draw = int((made.drawn["document"] == "meeting0.txt").sum())
    assert (found.drawn, found.sure, found.apart) == (36 - in_draw, 6, 0)
    assert len(others) > 1
    corpus, _, _ = read(uncoded)
    first = (corpus.segments["document"] == "meeting0.txt").to_numpy()
    assert (found.inclusion[first] == 1).all()
    np.testing.assert_allclose(found.inclusion[~first], (36 - in_draw) / 66)
    assert not np.isnan(found.gold[first]).any()


def test_what_is_picked_on_purpose_is_never_mistaken_for_a_random_sample(uncoded):
    blind = code(uncoded, 24)
    learned(uncoded)
    code(uncoded, 8, by="uncertainty")
    found = sample(uncoded)
    assert (found.drawn, found.sure, found.apart) == (24, 0, 8)
    assert found.draws == [blind.facts["draw"]]
    # A further draw knows what was picked: all read before it is sure, and the rest stands by chance.
    later = code(uncoded, 20, seed=5)
    found = sample(uncoded)
    assert found.draws == [later.facts["draw"]]
    assert (found.drawn, found.sure, found.apart) == (20, 32, 0)
    np.testing.assert_allclose(found.inclusion[found.inclusion < 1], 20 / 40)
    assert any(f"Not used: {blind.facts['draw']}" in text for text in found.notes)


def test_documents_coded_by_choice_are_refused_with_the_cure(uncoded):
    write_gold_file(uncoded, "anna", but=("meeting3.txt",))
    with pytest.raises(
        GoldError, match=r"66 of 72 .*none of them was drawn at random.*--by random"
    ):
        estimates(uncoded)
    result = fourp("frequencies", "--corrected", "--project", uncoded.root)
    assert "fourp next 100 --by random --coder anna" in str(result.exception)
    assert not (uncoded.reports / "estimates.csv").exists()


def test_a_draw_that_was_not_read_to_its_end_is_refused(uncoded):
    made = code(uncoded, 30, only=21)
    with pytest.raises(GoldError, match=rf"{made.facts['draw']}: 9 of 30 not coded.*--take-in"):
        estimates(uncoded)


def test_an_open_draw_is_left_out_and_reckoned_with(uncoded):
    code(uncoded, 18)
    waiting = draw(uncoded, 18, seed=2)
    code(uncoded, 18, seed=3)
    found = sample(uncoded)
    assert found.drawn == 36
    # 1/4, and of the other three quarters a third that waits, and half of what is left.
    np.testing.assert_allclose(found.inclusion, 1 / 4 + 3 / 4 * 2 / 3 * 1 / 2)
    assert any(waiting.facts["draw"] in text and "18 of its 18" in text for text in found.notes)
    fill_in(waiting.files[1])
    taken(uncoded, waiting.files[1])
    np.testing.assert_allclose(sample(uncoded).inclusion, 3 / 4)


def test_everything_read_is_a_count_without_an_interval(tmp_path):
    project = write_project(tmp_path / "allotment", documents=12)
    made = estimates(project)
    assert made.sample.census
    own = made.table[(made.table["level"] == "corpus") & (made.table["method"] != "naive")]
    assert (own["count"] == 24).all()
    assert own["low"].isna().all()
    assert (own["reason"].str.contains("every segment is coded")).all()
    like = estimates(project, target="documents").table
    like = like[(like["level"] == "corpus") & (like["method"] == "corrected")]
    assert like["low"].notna().all()


def test_documents_that_came_later_are_not_spoken_of_until_they_can_be_drawn(uncoded):
    code(uncoded, 36)
    (uncoded.corpus / "late.txt").write_text(" ".join([*WATER, *OTHER]), encoding="utf-8")
    table = estimates(uncoded, by="document").table
    own = table[(table["level"] == "corpus") & (table["method"] == "corrected")]
    assert own["value"].isna().all()
    assert own["reason"].str.contains("12 of these segments could not be drawn").all()
    code(uncoded, 16, seed=4)
    found = sample(uncoded)
    corpus, _, _ = read(uncoded)
    late = (corpus.segments["document"] == "late.txt").to_numpy()
    np.testing.assert_allclose(found.inclusion[late], 16 / 48)
    np.testing.assert_allclose(found.inclusion[~late], 1 / 2 + 1 / 2 * 16 / 48)
    table = estimates(uncoded).table
    assert table.loc[(table["level"] == "corpus"), "value"].notna().all()


def test_unequal_chances_of_groups_reach_the_estimate(uncoded):
    code(uncoded, 32, stratify="group", allocation="equal")
    code(uncoded, 8, stratify="group", allocation="equal", seed=2)
    found = sample(uncoded)
    corpus, _, _ = read(uncoded)
    groups = corpus.segments["document"].map(corpus.documents.set_index("document")["group"])
    south, north = ((groups == name).to_numpy() for name in ("south", "north"))
    np.testing.assert_allclose(found.inclusion[south], 16 / 24 + 8 / 24 * 4 / 8)
    np.testing.assert_allclose(found.inclusion[north], 16 / 48 + 32 / 48 * 4 / 32)
    assert set(found.strata) == {"south", "north"}


def test_probabilities_over_several_draws_are_those_of_the_procedure():
    # 4,000 runs of: 12 by equal strata, 9 that nobody reads, 8 at random. Weighted by one over the
    # probability, every segment counts as one on average.
    strata = np.repeat(["a", "b", "c"], [6, 20, 34])
    random = np.random.default_rng(0)
    total, times = np.zeros(60), 4000
    for _ in range(times):
        everyone, gone, rounds = np.ones(60, dtype=bool), np.zeros(60, dtype=bool), []
        for count, equal, is_read in ((12, True, True), (9, False, False), (8, False, True)):
            inside = np.flatnonzero(~gone)
            if equal:
                chosen = stratified_sample(strata[inside], count, random, allocation="equal").rows
                chances = stratum_chances([6, 20, 34], count, "equal")[
                    np.unique(strata, return_inverse=True)[1]
                ]
            else:
                chosen = random.choice(len(inside), count, replace=False)
                chances = np.full(60, count / len(inside))
            mask = np.zeros(60, dtype=bool)
            mask[inside[chosen]] = True
            rounds.append(
                RandomDraw("d", "", everyone, ~gone, mask, chances, count, 0 if is_read else count)
            )
            gone = gone | mask
        read_ = rounds[0].taken | rounds[2].taken
        made = best_sample(rounds, read_)
        assert made is not None
        total += np.where(made.taken, 1 / made.inclusion, 0.0)
    assert abs(total.sum() / times / 60 - 1) < 0.01
    by_stratum = [total[strata == name].mean() / times for name in "abc"]
    np.testing.assert_allclose(by_stratum, 1, atol=0.02)


def test_a_draw_of_an_earlier_version_is_recognised_by_its_hash(uncoded):
    write_gold_file(uncoded, "anna", but=tuple(f"meeting{n}.txt" for n in range(1, 12)))
    code(uncoded, 20)
    code(uncoded, 13, seed=2)
    before = sample(uncoded)
    with closing(sqlite3.connect(uncoded.store)) as connection, connection:
        for name, options in connection.execute("SELECT draw, options FROM draws").fetchall():
            kept = {k: v for k, v in json.loads(options).items() if k != "frame_documents"}
            connection.execute(
                "UPDATE draws SET options = ? WHERE draw = ?", (json.dumps(kept), name)
            )
    after = sample(uncoded)
    np.testing.assert_array_equal(before.inclusion, after.inclusion)
    assert (after.drawn, after.sure) == (33, 6)
    # What cannot be told again is refused, and not guessed.
    (uncoded.corpus / "late.txt").write_text(" ".join(WATER), encoding="utf-8")
    assert "cannot be reconstructed" in sample(uncoded).reason


def test_a_sheet_that_somebody_else_filled_in_is_their_sample(uncoded):
    made = draw(uncoded, 30)
    fill_in(made.files[1])
    taken(uncoded, made.files[1], coder="bruno")
    assert sample(uncoded, "bruno").drawn == 30


def test_corrected_frequencies_stand_beside_the_machine_s_and_people_s(uncoded):
    code(uncoded, 36)
    learned(uncoded)
    result = fourp(
        "frequencies", "--corrected", "--by", "group", "--json", "--project", uncoded.root
    )
    table = pd.DataFrame(records(result.stdout))
    assert list(table.columns) == list(ESTIMATES.columns)
    own = table[table["level"] == "corpus"].set_index(["code", "method"])
    assert set(own.index.get_level_values("method")) == {
        "naive",
        "corrected",
        "gold",
        "adjusted_count",
    }
    for name in ("water", "seeds"):
        row = own.loc[(name, "corrected")]
        assert row["low"] <= 1 / 3 <= row["high"]
        assert row["count"] == pytest.approx(row["value"] * 72)
        assert (row["segments"], row["coded"]) == (72, 36)
        gold = own.loc[(name, "gold")]
        assert gold["value"] == pytest.approx(gold["positives"] / 36)
        assert row["high"] - row["low"] <= gold["high"] - gold["low"] + 1e-12
    south = table[(table["place"] == "south") & (table["method"] == "corrected")]
    assert south["value"].isna().all()
    assert south["reason"].str.contains("fewer than 30 are too few").all()
    shown = fourp("frequencies", "--corrected", "--by", "group", "--project", uncoded.root)
    assert "Shares of segments: the whole corpus" in shown.stdout
    assert "out-of-fold" in shown.stderr
    assert (uncoded.reports / "estimates.csv").is_file()


def test_the_report_has_a_picture_and_a_sheet_of_corrected_frequencies(uncoded):
    code(uncoded, 36)
    learned(uncoded)
    fourp("report", "--project", uncoded.root)
    page = (uncoded.reports / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="corrected">') :]
    section = section[: section.index("</section>")]
    assert "Share of segments: Whole corpus" in section
    written = pd.read_csv(uncoded.reports / "estimates.csv", encoding="utf-8-sig")
    own = written[(written["level"] == "corpus") & (written["method"] == "corrected")]
    for value in own["value"]:
        assert f"corrected {100 * value:.1f}%" in section
    book = openpyxl.load_workbook(uncoded.reports / "tables.xlsx")
    assert book["estimates"].max_row == len(written) + 1
    assert "36 segments that anna coded of those drawn at random" in section


def test_the_report_says_why_frequencies_are_not_corrected(uncoded):
    write_gold_file(uncoded, "anna", but=("meeting3.txt",))
    learned(uncoded)
    (uncoded.reports).mkdir(exist_ok=True)
    (uncoded.reports / "estimates.csv").write_text("of an earlier sample", encoding="utf-8")
    fourp("report", "--project", uncoded.root)
    page = (uncoded.reports / "report.html").read_text(encoding="utf-8")
    assert "none of them was drawn at random" in page
    assert not (uncoded.reports / "estimates.csv").exists()


def test_a_plan_without_a_sample_believes_the_machine_and_says_so(uncoded):
    write_gold_file(uncoded, "anna", but=("meeting3.txt",))
    learned(uncoded)
    result = fourp("plan", "--margin", "0.1", "--project", uncoded.root)
    assert "relies on the machine" in result.stderr
    assert "next: fourp next " in result.stdout
    rows = pd.DataFrame(
        records(fourp("plan", "--margin", "0.1", "--json", "--project", uncoded.root).stdout)
    )
    assert list(rows.columns) == list(NEEDS.columns)
    assert rows["now"].isna().all()
    most = rows.loc[rows["method"] == "corrected", "more"].max()
    assert f"fourp next {most} --by random --coder anna" in result.stdout


def test_a_plan_is_kept_by_the_sample_that_it_asks_for(tmp_path):
    project = write_project(tmp_path / "allotment", documents=40, gold=False)
    code(project, 30)
    learned(project)
    words = ("plan", "--margin", "0.04", "--json", "--project", project.root)
    rows = pd.DataFrame(records(fourp(*words).stdout)).set_index(["method", "code"])
    assert (rows["coded"] == 30).all()
    assert (rows["total"] == rows["more"] + 30).all()
    assert (rows.loc["corrected", "more"] <= rows.loc["gold", "more"]).all()
    assert (rows["then"] <= 0.04).all()
    code(project, int(rows.loc["corrected", "more"].max()), seed=2)
    table = estimates(project).table
    own = table[(table["level"] == "corpus") & (table["method"] == "corrected")]
    # Half of the samples come out wider than planned; by a third hardly any.
    assert ((own["high"] - own["low"]) / 2 <= 0.04 * 4 / 3).all()


def test_a_plan_says_when_enough_is_coded_and_refuses_unknown_codes(tmp_path):
    project = write_project(tmp_path / "allotment", documents=6)
    learned(project)
    assert "Enough is coded" in fourp("plan", "--project", project.root).stdout
    result = fourp("plan", "--code", "wter", "--project", project.root)
    assert "The codebook has: water, seeds" in str(result.exception)


def without_water_in_the_south(project):
    """Drop Anna's codes of water in the documents of one group, as if nobody there spoke of it."""
    path = project.gold / "anna.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    south = tuple(f"meeting{number}.txt," for number in range(0, 12, 3))
    kept = [line for line in lines if not (line.startswith(south) and ",water," in line)]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


def test_two_groups_are_compared_document_by_document(tmp_path):
    project = write_project(tmp_path / "allotment", documents=12)
    without_water_in_the_south(project)
    words = ("frequencies", "--compare", "North", "south", "--project", project.root)
    table = pd.DataFrame(records(fourp(*words, "--json").stdout))
    assert list(table.columns) == list(COMPARISONS.columns)
    own = table.set_index(["code", "scale"])
    water = own.loc[("water", "difference")]
    assert (water["first"], water["second"]) == ("north", "south")
    assert water["value"] == pytest.approx(1 / 3)
    # None of four documents has it in the south: that is no proof that none like them has.
    assert water["low"] < 0.1
    assert 1 / 3 < water["high"] < 1
    assert water["reason"] == ""
    assert own.loc[("water", "cohen_h"), "value"] == pytest.approx(2 * np.arcsin(np.sqrt(1 / 3)))
    # 4 of 12 documents can be chosen in 495 ways, and none lies further apart than this one.
    assert (water["assignments"], water["exact"]) == (495, True)
    assert water["p_value"] == pytest.approx(2 / 495)
    assert water["smallest"] == pytest.approx(2 / 495)
    assert water["p_adjusted"] == pytest.approx(4 / 495)
    seeds = own.loc[("seeds", "difference")]
    assert (seeds["value"], seeds["p_value"]) == (0, 1)
    assert own.loc[("seeds", "ratio"), "value"] == 1
    shown = fourp(*words, "--adjust", "benjamini_hochberg")
    assert "p, benjamini_hochberg" in shown.stdout
    assert "These codes were found in only one group, or in none: water" in shown.stderr
    assert (project.reports / "comparison.csv").is_file()


def test_few_documents_are_said_to_be_few(tmp_path):
    project = write_project(tmp_path / "allotment", documents=5)
    shown = fourp("frequencies", "--compare", "north", "south", "--project", project.root)
    assert "3 and 2 documents" in shown.stderr
    assert "do not read a large p-value as similarity" in shown.stderr


def test_groups_are_compared_by_a_random_sample_and_the_machine(tmp_path):
    project = write_project(tmp_path / "allotment", documents=24, gold=False)
    code(project, 110)
    learned(project)
    words = (
        "frequencies",
        "--compare",
        "north",
        "south",
        "--target",
        "corpus",
        "--json",
        "--project",
    )
    alone = pd.DataFrame(records(fourp(*words, project.root).stdout))
    both = pd.DataFrame(records(fourp(*words, project.root, "--corrected").stdout))
    for table, method in ((alone, "gold"), (both, "corrected")):
        own = table[table["scale"] == "difference"]
        assert (own["method"] == method).all()
        # There is no difference in truth.
        assert ((own["low"] <= 0) & (own["high"] >= 0)).all()
        assert (own["coded_first"] + own["coded_second"] == 110).all()
        assert (own["p_value"] > 0.01).all()
    wide = [(t["high"] - t["low"])[t["scale"] == "difference"].sum() for t in (alone, both)]
    assert wide[1] < wide[0]
    assert (both["machine"] != "").all()
    assert (alone["machine"] == "").all()


def test_groups_that_cannot_be_compared_are_refused_with_the_cure(uncoded):
    refused = fourp("frequencies", "--compare", "north", "south", "--project", uncoded.root)
    assert "Nothing has been coded" in str(refused.exception)
    write_gold_file(uncoded, "anna", but=tuple(f"meeting{n}.txt" for n in range(1, 12)))
    words = ("frequencies", "--project", uncoded.root, "--compare")
    assert "Groups are: south, north" in str(fourp(*words, "west", "south").exception)
    refused = fourp(*words, "north", "south")
    assert "no whole document of one of the groups" in str(refused.exception)
    assert "--by random" in str(refused.exception)
    assert "compared with itself" in str(fourp(*words, "north", "north").exception)


def test_counts_stand_for_a_thousand_words_of_what_was_read(project):
    words = (
        "frequencies",
        "--by",
        "group",
        "--per-1000-words",
        "--unit",
        "segments",
        "--project",
        project.root,
    )
    table = pd.DataFrame(records(fourp(*words, "--json").stdout))
    assert list(table.columns) == list(RATES.columns)
    corpus, _, _ = read(project)
    of_group = corpus.documents.set_index("document")["group"]
    texts = corpus.segments["text"].groupby(corpus.segments["document"].map(of_group))
    for group, own in texts:
        row = table[(table["group"] == group) & (table["code"] == "water")].iloc[0]
        # No word of these texts holds a hyphen, and every one is followed by a space or the end.
        spoken = sum(count_words(text) for text in own)
        assert row["words"] == spoken
        assert row["rate"] == pytest.approx(1000 * row["count"] / spoken)
    shown = fourp(*words)
    assert "Segments per 1,000 words by group, coder anna" in shown.stdout
    assert (project.reports / "rates.csv").is_file()


def test_codes_in_the_same_segments_are_counted(project):
    path = project.gold / "anna.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if ",water," in line)
    path.write_text(
        "\n".join([*lines, first.replace(",water,", ",seeds,")]) + "\n", encoding="utf-8"
    )
    words = ("frequencies", "--cooccurrence", "--project", project.root)
    (pair,) = records(fourp(*words, "--json").stdout)
    assert list(pair) == COOCCURRENCE.names
    assert (pair["code"], pair["other"], pair["both"], pair["segments"]) == (
        "water",
        "seeds",
        1,
        36,
    )
    assert pair["jaccard"] == pytest.approx(1 / (pair["with_code"] + pair["with_other"] - 1))
    assert "Codes in the same segment, 36 segments, coder anna" in fourp(*words).stdout
    assert (project.reports / "cooccurrence.csv").is_file()
    assert fourp(*words, "--corrected").exit_code == 2
