"""Where people's words are, and where they are not: saved models, scored folders, temporary files."""

from __future__ import annotations

import re
import stat
import tempfile
from dataclasses import replace

import pandas as pd
import pytest

from fourp_nlp.batch.machine_folder import QUOTES, keep_model, words_in
from fourp_nlp.codebook import read_codebook
from fourp_nlp.machine.classifier import load_model, save_model
from fourp_nlp.machine.shipped_model import shipped_model
from fourp_nlp.spreadsheets import write_xlsx
from fourp_nlp.study.machine.suggestions import choose_model, suggest_files
from fourp_nlp.study.machine.training import is_up_to_date, train_project
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from fourp_nlp.websites.pages._page_spool import Spool
from tests.conftest import CODEBOOK, OTHER, SEEDS, WATER, write_project


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def unquoted(tmp_path_factory):
    """A project that was trained with `examples = false`."""
    project = write_project(tmp_path_factory.mktemp("unquoted") / "p")
    (project.root / "fourp.toml").write_text("[model]\nexamples = false\n", encoding="utf-8")
    project = open_project(project.root)
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    gold = read_gold_codes(project, corpus, codebook)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    return project


def stored(folder) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in folder.iterdir()
        if path.suffix in {".json", ".md"}
    )


def test_a_model_without_examples_holds_nobodys_words(unquoted):
    held = stored(unquoted.model)
    sentences = [*WATER, *SEEDS, *OTHER]
    assert not [text for text in sentences if text in held]
    ours = CODEBOOK + load_model(unquoted.model).card_text
    words = {word.strip(".,'") for text in sentences for word in text.split()}
    words = {word for word in words if len(word) > 4 and word not in ours}
    assert len(words) > 40
    assert not [word for word in words if re.search(rf"\b{word}\b", held)]
    assert "meeting" not in held.replace("Allotment meetings", "")  # names of documents
    assert "dragged the hose" not in held  # an example of the codebook
    model = load_model(unquoted.model)
    assert model.quoted == 0
    assert len(model.examples.vectors) == 0
    assert "has no quotations" in model.card_text


def test_its_reasons_say_less_and_why(unquoted, tmp_path):
    file = tmp_path / "new.txt"
    file.write_text("The hose and the tap by the barrel drip. We sowed peas.", encoding="utf-8")
    made = suggest_files([file], unquoted).by_file[0][1]
    suggested = made[made["suggested"]]
    assert len(suggested)
    assert suggested["why"].str.startswith("definition (").all()
    assert suggested["why"].str.contains("the model keeps no coded examples").all()
    assert not suggested["why"].str.contains("dragged").any()
    assert (suggested["words"] != "").all()


def test_it_knows_its_documents_and_its_codebook_all_the_same(unquoted):
    corpus, codebook = read_corpus(unquoted), read_codebook(unquoted.codebook)
    gold = read_gold_codes(unquoted, corpus, codebook)
    assert is_up_to_date(Study(unquoted, corpus=corpus, gold=gold, codebook=codebook))
    model, notes = choose_model(unquoted, codebook, unit="sentence")
    assert not notes
    assert set(model.out_of_fold.documents) == set(corpus.sha256.values())
    reworded = CODEBOOK.replace("across three plots", "over the path")
    unquoted.codebook.write_text(reworded, encoding="utf-8")
    _, (told,) = choose_model(unquoted, read_codebook(unquoted.codebook), unit="sentence")
    unquoted.codebook.write_text(CODEBOOK, encoding="utf-8")
    assert "Reworded: “Water” (examples)." in told
    with_examples = unquoted.root / "fourp.toml"
    before = with_examples.read_text(encoding="utf-8")
    with_examples.write_text("", encoding="utf-8")
    assert not is_up_to_date(
        Study(open_project(unquoted.root), corpus=corpus, gold=gold, codebook=codebook)
    )
    with_examples.write_text(before, encoding="utf-8")


def test_a_scored_folder_says_that_people_are_quoted(tmp_path, unquoted):
    quoting = save_model(replace(load_model(shipped_model()), name="mine"), tmp_path / "mine")
    assert quoting.quoted > 1000
    for name, model, quoted in (
        ("own", tmp_path / "mine", True),
        ("without", unquoted.model, False),
        ("shipped", shipped_model(), False),
    ):
        folder = tmp_path / name
        folder.mkdir()
        keep_model(model, folder)
        assert (folder / QUOTES).exists() == quoted
        assert bool(words_in(folder)) == quoted


def test_temporary_files_lie_beside_what_they_are_for(tmp_path, monkeypatch):
    system = tmp_path / "system"
    system.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(system))
    seen = []
    real = tempfile._get_candidate_names

    def noticed():
        seen.append(1)
        return real()

    monkeypatch.setattr(tempfile, "_get_candidate_names", noticed)
    before = system.stat().st_mtime_ns
    rows = pd.DataFrame({"text": ["A secret."] * 3})
    write_xlsx({"sheet": rows}, tmp_path / "out" / "sheet.xlsx")
    monkeypatch.setattr("fourp_nlp.spreadsheets.table_writer._LARGE", 1)
    write_xlsx({"sheet": rows}, tmp_path / "out" / "large.xlsx")
    assert seen  # a large one needs some
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "large.xlsx",
        "sheet.xlsx",
    ]
    with Spool(tmp_path / "out") as spool:
        spool.put("a", "https://a.org/", {"text": "A secret."})
        left = [path for path in (tmp_path / "out").iterdir() if path.suffix != ".xlsx"]
        assert not left  # no name, and nothing is left if the process is killed
        assert list(spool.pages("a")) == [{"text": "A secret."}]
    assert system.stat().st_mtime_ns == before


def test_the_cache_of_a_project_is_for_its_owner_alone(unquoted):
    folder = unquoted.root / ".fourp"
    assert mode(folder) == 0o700
    files = [path for path in folder.iterdir() if path.is_file()]
    assert files
    assert {mode(path) for path in files} == {0o600}
