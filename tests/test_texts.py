"""Texts in memory are coded without files and without a project, as `fourp suggest FILE` codes files."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

import fourp_nlp
from fourp_nlp.columns import SUGGESTIONS
from fourp_nlp.errors import ModelError, TableError
from fourp_nlp.machine.shipped_model import shipped_model
from fourp_nlp.study.machine.suggestions import suggest_files
from tests.conftest import CODEBOOK, OTHER, SEEDS, WATER

POLICE = "Police officers were trained to recognise trafficking. Lunch was late."


@pytest.fixture
def codebook(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return path


def test_any_codebook_codes_by_its_definitions_and_says_so(codebook):
    texts = [" ".join([WATER[0], OTHER[0]]), SEEDS[0]]
    table = fourp_nlp.suggest(texts, codebook)
    assert table.columns.tolist() == SUGGESTIONS.names_in("suggestions")
    assert [WATER[0], "water"] in table[["text", "code"]].to_numpy().tolist()
    assert ["1", SEEDS[0], "seeds"] in table[["document", "text", "code"]].to_numpy().tolist()
    assert (table["probability"] >= table["threshold"]).all()
    assert any("definitions alone" in note for note in table.attrs["notes"])


def test_the_shipped_model_codes_by_the_default_codebook_as_the_command_does_for_a_file(tmp_path):
    path = tmp_path / "talk.txt"
    path.write_text(POLICE, encoding="utf-8")
    (_, of_file), *_ = suggest_files([path], None).by_file
    table = fourp_nlp.suggest([POLICE], all_codes=True)
    assert table["model"].iloc[0].startswith("four-ps@")
    assert table["suggested"].any()
    columns = [*SUGGESTIONS.columns][1:]
    pd.testing.assert_frame_equal(table[columns], of_file[columns], check_column_type=False)
    assert any("comes with fourp_nlp" in note for note in table.attrs["notes"])


def test_places_are_those_in_the_text_that_was_given(codebook):
    # A soft hyphen, a Windows line end, double spaces and an accent in two characters are normalised inside.
    hyphenated = WATER[0].replace("barrel", "bar\u00adrel")
    text = f"\ufeffCafe\u0301  \r\n\r\n{hyphenated}  {SEEDS[0]}"
    table = fourp_nlp.suggest([text], codebook, all_codes=True)
    for start, end, passage in table[["start", "end", "text"]].to_numpy().tolist():
        assert text[start:end] == passage
    assert any("bar\u00adrel" in passage for passage in table["text"])


def test_a_series_and_a_frame_keep_their_ids(codebook):
    series = pd.Series([WATER[0], SEEDS[0]], index=["first", "second"])
    table = fourp_nlp.suggest(series, codebook)
    assert set(table["document"]) == {"first", "second"}
    frame = pd.DataFrame({"id": [7, 8], "words": [WATER[0], SEEDS[0]]})
    again = fourp_nlp.suggest(frame, codebook, text_column="words", document_column="id")
    assert again["document"].tolist() == [
        {"first": "7", "second": "8"}[name] for name in table["document"]
    ]
    assert again["probability"].tolist() == table["probability"].tolist()


def test_a_frame_says_to_which_documents_a_code_applies(tmp_path):
    path = tmp_path / "codebook.yaml"
    rule = "    name: Water\n    applies_to:\n      groups: [north]"
    path.write_text(CODEBOOK.replace("    name: Water", rule, 1), encoding="utf-8")
    frame = pd.DataFrame({"text": [WATER[0]] * 2, "group": ["north", "south"]})
    table = fourp_nlp.suggest(frame, path, all_codes=True)
    water = table[table["code"] == "water"].set_index("document")["probability"]
    assert water["0"] > 0.1
    assert water["1"] == 0


def test_nothing_to_code_gives_an_empty_table(codebook):
    for texts in ([], [""], ["   \n"]):
        table = fourp_nlp.suggest(texts, codebook)
        assert table.empty
        assert table.columns.tolist() == SUGGESTIONS.names_in("suggestions")


def test_what_cannot_be_coded_is_refused_with_the_cure(codebook):
    with pytest.raises(TableError, match=r"\[text\]"):
        fourp_nlp.suggest("one text", codebook)
    with pytest.raises(TableError, match="text_column"):
        fourp_nlp.suggest(pd.DataFrame({"words": ["a"]}), codebook)
    with pytest.raises(TableError, match="Two texts have the id 'a'"):
        fourp_nlp.suggest(pd.DataFrame({"text": ["x", "y"], "document": ["a", "a"]}), codebook)
    with pytest.raises(TableError, match="which is no text"):
        fourp_nlp.suggest([WATER[0], None], codebook)
    with pytest.raises(ModelError):
        fourp_nlp.suggest([WATER[0]], codebook, model=shipped_model())


def test_importing_the_package_is_instant_and_lists_what_it_offers():
    script = (
        "import sys, fourp_nlp; names = dir(fourp_nlp); "
        "assert set(fourp_nlp.__all__) <= set(names), names; "
        "print(sorted({'pandas', 'numpy', 'torch', 'spacy', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
