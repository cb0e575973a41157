"""One coder codes twice: compared with themselves, and never taken for two people."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.agreement import cohen_kappa
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.measuring.retest import read_repeats, retest
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import Study
from fourp_nlp.tables import AGREEMENT
from tests.conftest import WATER, gold_labels, write_gold_file
from tests.test_cli import fourp, records
from tests.test_next import fill_in, spans


def of(project):
    corpus, gold, again, codebook = read(project)
    return Study(project, corpus=corpus, gold=gold, repeats=again, codebook=codebook)


def read(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    return corpus, gold, read_repeats(project, corpus, codebook), codebook


def code_again(project, coder="anna", *, but=(), missing=""):
    """Write a second coding of all documents but some, in which one sentence is passed over."""
    first = project.gold / f"{coder}.csv"
    before = first.read_bytes()
    write_gold_file(project, coder, but=but)
    with first.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row[5] != missing]
    first.write_bytes(before)
    project.repeat.mkdir(exist_ok=True)
    with (project.repeat / f"{coder}.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def test_first_and_second_coding_are_compared_where_both_were_read(project):
    code_again(project, but=("meeting5.txt",), missing=WATER[0])
    corpus, gold, again, codebook = read(project)
    table = retest(Study(corpus=corpus, gold=gold, repeats=again, codebook=codebook), resamples=50)
    assert list(table.columns) == list(AGREEMENT.columns)
    assert table[["coder_a", "coder_b"]].drop_duplicates().to_numpy().tolist() == [
        ["anna", "anna, again"]
    ]
    water = table[(table["code"] == "water") & (table["level"] == "code")].set_index("coefficient")
    assert set(water["n"]) == {30}
    segments, labels, _ = gold_labels(corpus, gold, codebook, "anna")
    kept = (segments["document"] != "meeting5.txt").to_numpy()
    one = labels[kept, 0]
    other = one & (segments.loc[kept, "text"] != WATER[0]).to_numpy()
    assert other.sum() < one.sum()
    expected = cohen_kappa(np.column_stack([one, other])).value
    assert water.loc["cohen_kappa", "value"] == pytest.approx(expected)
    # The first coding is the reference: what was passed over later lowers recall, not precision.
    assert water.loc["precision", "value"] == 1
    assert water.loc["recall", "value"] == pytest.approx(other.sum() / one.sum())


def test_a_repeat_is_no_further_person_and_is_not_learned_from(project):
    before = fourp("run", "-p", project.root)
    model = sorted(path.read_bytes() for path in project.model.iterdir())
    code_again(project, missing=WATER[0])
    _, gold, again, _ = read(project)
    assert (gold.coders, list(again.coded)) == (["anna"], ["anna"])
    after = fourp("run", "-p", project.root)
    assert before.exit_code == after.exit_code == 0
    assert "up to date" in after.output
    assert sorted(path.read_bytes() for path in project.model.iterdir()) == model
    table = pd.read_csv(project.reports / "agreement.csv", encoding="utf-8-sig")
    assert set(table["coder_a"]) == {"anna"}
    assert not table["coder_b"].str.contains("again").any()


def test_the_command_prints_and_writes_the_table(project):
    code_again(project, missing=WATER[0])
    said = fourp("agree", "--retest", "--resamples", 20, "-p", project.root)
    assert said.exit_code == 0, said.output
    assert "Agreement: anna and anna, again" in said.output
    written = pd.read_csv(project.reports / "retest.csv", encoding="utf-8-sig")
    assert set(written["coder_b"]) == {"anna, again"}
    assert not (project.reports / "agreement.csv").exists()
    rows = records(fourp("agree", "--retest", "--json", "-p", project.root).stdout)
    assert all(list(row) == list(AGREEMENT.columns) for row in rows)
    assert fourp("agree", "--retest", "--disagreements", "-p", project.root).exit_code == 2


def test_what_cannot_be_compared_is_said_with_its_cure(project):
    corpus, gold, again, codebook = read(project)
    with pytest.raises(GoldError, match=r"Nothing was coded a second time.*gold/repeat/NAME\.csv"):
        retest(Study(corpus=corpus, gold=gold, repeats=again, codebook=codebook))
    code_again(project)
    path = project.repeat / "anna.csv"
    text = path.read_text()
    path.write_text(text.replace(",anna,", ",bruno,"))
    with pytest.raises(GoldError, match=r"'bruno' coded again.*no first coding.*anna"):
        retest(of(project))
    path.write_text(text)
    write_gold_file(project, "anna", but=tuple(f"meeting{n}.txt" for n in range(1, 6)))
    path.write_text("\n".join(line for line in text.splitlines() if "meeting0" not in line) + "\n")
    with pytest.raises(GoldError, match=r"anna read no segment both times"):
        retest(of(project))
    path.write_text(text.replace(",water,", ",wter,"))
    with pytest.raises(GoldError, match=r"repeat/anna\.csv, line \d+: There is no code 'wter'"):
        read(project)


def test_segments_to_code_again_are_drawn_and_taken_in_beside_the_first_coding(project):
    write_gold_file(project, "anna", but=("meeting5.txt",))
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    made = draw_next(
        Study(project, corpus=corpus, codebook=codebook), DrawOptions(count=12, seed=1, repeat=True)
    )
    assert made.facts["frame_size"] == 30
    assert "that anna has coded and has not coded again" in made.facts["frame"]
    assert "meeting5.txt" not in set(made.drawn["document"])
    before = (project.gold / "anna.csv").read_bytes()
    fill_in(made.files[1])
    taken = import_sheet(Study(project, corpus=corpus, codebook=codebook), made.files[1])
    assert taken.repeat
    assert taken.file == project.repeat / "anna_next.csv"
    assert (project.gold / "anna.csv").read_bytes() == before
    assert [path.name for path in project.gold_files] == ["anna.csv"]
    table = retest(of(project), resamples=0)
    overall = table[(table["level"] == "overall") & (table["coefficient"] == "percent")]
    assert overall[["value", "n"]].to_numpy().tolist() == [[1, 24]]
    # What was coded twice is not drawn a third time.
    rest = draw_next(
        Study(project, corpus=corpus, codebook=codebook), DrawOptions(count=30, seed=2, repeat=True)
    )
    assert not spans(rest.drawn) & spans(made.drawn)
    assert len(rest.drawn) == 18
    with pytest.raises(ProjectError, match=r"--by random"):
        draw_next(
            Study(project, corpus=corpus, codebook=codebook),
            DrawOptions(count=3, by="diversity", repeat=True),
        )


def test_a_sheet_whose_draw_is_lost_can_still_be_a_repeat(project):
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    made = draw_next(
        Study(project, corpus=corpus, codebook=codebook), DrawOptions(count=6, seed=1, repeat=True)
    )
    fill_in(made.files[1])
    project.store.unlink()
    taken = import_sheet(
        Study(project, corpus=corpus, codebook=codebook), made.files[1], coder="anna", repeat=True
    )
    assert taken.file == project.repeat / "anna_next.csv"
    assert Store(project.store).read_log()["what"].tolist() == ["take in"]


def test_the_commands_lead_from_the_draw_to_the_table(project):
    assert fourp("next", 12, "--repeat", "--seed", 1, "-p", project.root).exit_code == 0
    (path,) = project.reports.glob("*.xlsx")
    fill_in(path)
    said = fourp("next", "--take-in", path, "-p", project.root)
    assert "next: fourp agree --retest" in said.output
    assert "anna, again" in fourp("agree", "--retest", "-p", project.root).output


def test_rows_of_a_repeat_and_of_another_draw_do_not_go_into_one_file(project):
    write_gold_file(project, "anna", but=("meeting5.txt",))
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    sheets = []
    for repeat in (True, False):
        made = draw_next(
            Study(project, corpus=corpus, codebook=codebook),
            DrawOptions(count=4, seed=1, repeat=repeat),
        )
        with made.files[0].open(encoding="utf-8-sig", newline="") as stream:
            sheets.append(list(csv.reader(stream)))
    rows = [*sheets[0], *sheets[1][1:]]
    for row in rows[1:]:
        row[rows[0].index("none")] = "x"
    path = project.root / "both.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    with pytest.raises(GoldError, match=r"both\.csv.*coded again, and others.*one by one"):
        import_sheet(Study(project, corpus=corpus, codebook=codebook), path)
    assert not project.repeat.exists()
    assert [each.name for each in project.gold_files] == ["anna.csv"]
