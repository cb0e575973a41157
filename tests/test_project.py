"""A project's settings are checked, and a new one is laid out without touching what is there."""

from __future__ import annotations

import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.machine.shipped_model import shipped_codebook
from fourp_nlp.study.new_project import create_project
from fourp_nlp.study.project import find_project, open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from tests.conftest import ROOT, write_gold_file


def test_a_new_project_can_be_opened_at_once(tmp_path):
    made = create_project(tmp_path / "my study", shipped_codebook())
    project = open_project(tmp_path / "my study")
    assert project.settings.title == "my study"
    assert project.codebook in made
    assert read_codebook(project.codebook).code_ids == read_codebook(shipped_codebook()).code_ids
    assert project.settings.unit == "sentence"


def test_an_existing_project_and_existing_files_are_left_alone(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "documents.csv").write_text("mine")
    create_project(tmp_path, shipped_codebook())
    assert (tmp_path / "corpus" / "documents.csv").read_text() == "mine"
    with pytest.raises(ProjectError, match="already"):
        create_project(tmp_path, shipped_codebook())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('unit = "word"\n', "line 1: 'unit'"),
        ('title = "x"\nencodr = "y"\n', "line 2: 'encodr' is not a setting"),
        ("[coders]\ngold = 3\n", "line 2: 'coders.gold'"),
        ("title = x\n", "not valid TOML"),
        ("[model]\nprecision = 90\n", "line 2: 'model.precision'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path, text, said):
    (tmp_path / "fourp.toml").write_text(text)
    with pytest.raises(ProjectError, match=said):
        open_project(tmp_path)


def test_the_project_is_found_from_a_folder_inside_it(project, tmp_path):
    found = find_project(project.corpus)
    assert found is not None
    assert found.root == project.root
    assert find_project(tmp_path) is None


def test_a_folder_without_settings_is_not_a_project(tmp_path):
    with pytest.raises(ProjectError, match="fourp init"):
        open_project(tmp_path)


def test_an_empty_corpus_is_an_error_with_a_cure(project):
    for path in project.corpus.glob("*.txt"):
        path.unlink()
    with pytest.raises(ProjectError, match="Put documents"):
        read_corpus(project)


def test_with_two_coders_one_is_taken_and_a_note_says_how_to_name_another(project):
    write_gold_file(project, "bruno")
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    assert gold.reference == "anna"
    assert 'gold = "bruno"' in gold.reference_note


def test_a_coder_that_is_not_there_is_named_with_those_that_are(project):
    (project.root / "fourp.toml").write_text('[coders]\ngold = "dora"\n')
    again = open_project(project.root)
    with pytest.raises(GoldError, match="Coders there are: anna"):
        read_gold_codes(again, read_corpus(again), read_codebook(again.codebook))


def test_a_new_project_with_the_four_ps_learns_from_their_training_text_too(tmp_path):
    create_project(tmp_path / "one", shipped_codebook())
    files = open_project(tmp_path / "one").coded_sentences
    assert len(files) == len(list((ROOT / "corpus" / "training").glob("*.csv")))
    assert all(path.is_file() for path in files)
    own = tmp_path / "own.yaml"
    own.write_text("id: x\ncodes:\n  - {id: a, name: A}\n")
    create_project(tmp_path / "two", own)
    assert open_project(tmp_path / "two").coded_sentences == []
