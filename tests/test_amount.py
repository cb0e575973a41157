"""How many codes are suggested: more, fewer, or a share to find; and what is said of it beforehand."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError, ModelError
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from tests.conftest import write_project
from tests.test_cli import fourp, records

# Of water in other words, and of what is neither: probabilities of all heights.
NEW = (
    "The hose leaks into the barrel. A gutter was mended. Dew lay on the glass. The ditch is full. "
    "Somebody left peas on the table. A tin of beans was opened for lunch. The chairs are wet. "
    "Rain is forecast. The catalogue came by post. Leeks are dear. The shed has a new roof. "
    "Potatoes sprout in the cellar. The bucket has a hole. Nobody came."
)
WORDS = (["--fewer"], [], ["--more"], ["--recall", "0.99"])


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A trained project, with a document that nobody coded."""
    made = write_project(tmp_path_factory.mktemp("amount") / "p")
    codebook, corpus = read_codebook(made.codebook), read_corpus(made)
    train_project(
        Study(made, corpus=corpus, gold=read_gold_codes(made, corpus, codebook), codebook=codebook)
    )
    (made.corpus / "new.txt").write_text(NEW, encoding="utf-8")
    return made


def everything(project, *words):
    result = fourp("suggest", "--all-codes", "--json", "-p", project.root, *words, catch=False)
    assert result.exit_code == 0
    return pd.DataFrame(records(result.stdout))


def test_more_and_fewer_suggest_more_and_fewer_of_the_same_probabilities(project):
    tables = [everything(project, *words) for words in WORDS]
    for table in tables:
        assert table["probability"].tolist() == tables[0]["probability"].tolist()
        assert (table["suggested"] == (table["probability"] >= table["threshold"])).all()
    for fewer, more in pairwise(tables):
        assert not (fewer["suggested"] & ~more["suggested"]).any()
    assert tables[0]["suggested"].sum() < tables[-1]["suggested"].sum()


def test_a_share_to_find_is_found_by_expectation(project):
    for share in (0.3, 0.6, 0.9):
        table = everything(project, "--recall", share)
        table = table[table["document"] != "new.txt"]
        found = table.loc[table["suggested"], "probability"].sum() / table["probability"].sum()
        # Thresholds come from all that was said unseen; fold by fold these are near it.
        assert found >= share - 0.1


@pytest.mark.parametrize(
    "words", [["--more", "--fewer"], ["--more", "--recall", "0.5"], ["--fewer", "--recall", "0.5"]]
)
@pytest.mark.parametrize("command", ["suggest", "run"])
def test_only_one_amount_can_be_asked_for(project, command, words):
    result = fourp(command, "-p", project.root, *words)
    assert result.exit_code == 2
    assert "one of --more, --fewer and --recall" in " ".join(
        re.sub("[│╭╮╰╯─]", "", result.output).split()
    )


@pytest.mark.parametrize("share", ["0", "0.04", "1", "80"])
def test_a_share_that_nothing_can_find_is_refused(project, share):
    assert fourp("suggest", "-p", project.root, "--recall", share).exit_code == 2
    with pytest.raises(ModelError, match="share of codings"):
        suggest_corpus(
            Study(project, corpus=read_corpus(project), codebook=read_codebook(project.codebook)),
            amount=float(share),
        )


def test_the_settings_keep_a_choice_and_the_command_goes_before_it(project):
    before = (project.root / "fourp.toml").read_text(encoding="utf-8")
    try:
        (project.root / "fourp.toml").write_text(before + '[model]\nsuggest = "fewer"\n')
        again = open_project(project.root)
        kept = everything(again)
        assert Store(again.store).read_facts()["aim"] == "the highest expected F0.5"
        assert kept["threshold"].tolist() == everything(project, "--fewer")["threshold"].tolist()
        assert everything(again, "--more")["threshold"].tolist() != kept["threshold"].tolist()
        assert Store(again.store).read_facts()["aim"] == "the highest expected F2"
        (project.root / "fourp.toml").write_text(before + "[model]\nsuggest = 0.8\n")
        assert (
            everything(open_project(project.root))["threshold"].tolist()
            == everything(project, "--recall", "0.8")["threshold"].tolist()
        )
        (project.root / "fourp.toml").write_text(before + "[model]\nsuggest = 1.5\n")
        with pytest.raises(FourpError, match="suggest"):
            open_project(project.root)
    finally:
        (project.root / "fourp.toml").write_text(before)


def test_what_is_to_be_expected_is_what_the_probabilities_add_up_to(project):
    table = everything(project)
    said = fourp("suggest", "-p", project.root, catch=False).output
    said = " ".join(said.split())
    found = re.search(
        r"expects about (\d+) codings in this text; of its suggestions about (\d+)% are right, and they "
        r"find about (\d+)% of the codings\.",
        said,
    )
    probability, given = table["probability"], table["suggested"]
    assert int(found[1]) == round(probability.sum())
    assert int(found[2]) == round(100 * probability[given].mean())
    assert int(found[3]) == round(100 * probability[given].sum() / probability.sum())
    assert "--more, --fewer, or --recall" in said


def test_before_anybody_coded_what_is_expected_is_called_rough(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    said = " ".join(fourp("suggest", "-p", project.root, catch=False).output.split())
    assert "(rough: from definitions alone)" in said


def test_the_likeliest_codes_below_the_threshold_stand_in_a_table_of_their_own(project):
    table = everything(project)
    below = pd.read_csv(project.reports / "candidates.csv")
    place = ["document", "start", "end", "code"]
    expected = table[~table["suggested"] & (table["rank"] <= 3)]
    assert below[place].to_numpy().tolist() == expected[place].to_numpy().tolist()
    assert (below["probability"] < below["threshold"]).all()
    assert len(below)
    # A segment's codes are ranked from the likeliest.
    for _, codes in table.groupby(["document", "start"]):
        assert codes.sort_values("rank")["probability"].is_monotonic_decreasing
        assert sorted(codes["rank"]) == [1, 2]


def test_loose_files_have_the_same_choice(project):
    path = project.root / "loose.txt"
    path.write_text(NEW, encoding="utf-8")
    counts = []
    for words in WORDS:
        result = fourp("suggest", path, "-p", project.root, "--json", *words, catch=False)
        counts.append(len([json.loads(line) for line in result.stdout.splitlines()]))
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
