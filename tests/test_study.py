"""A study: its tables are read once, anew where files changed, and its methods return the tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import fourp_nlp.agreement
import fourp_nlp.machine.classifier
import fourp_nlp.study.labels as label_functions
from fourp_nlp.errors import (
    ExchangeError,
    FourpWarning,
    GoldError,
    NoSuggestionsError,
    ProjectError,
)
from fourp_nlp.exchange.refi import read_qdpx
from fourp_nlp.study.labels import in_common, stacked_labels
from fourp_nlp.study.study import Study, open_study
from tests.conftest import ROOT, SEEDS, WATER, write_gold_file
from tests.test_cli import fourp


@pytest.fixture
def study(project):
    return open_study(project.root)


def later(path):
    """Give a file another time, as an edit that keeps its length would."""
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_tables_are_kept_while_their_files_do_not_change(study):
    assert study.corpus is study.corpus
    assert study.gold is study.gold
    assert study.codebook is study.codebook
    assert study.labels("anna") is study.labels("anna")
    assert study.documents is study.corpus.documents
    assert study.segments is study.corpus.segments


def test_a_changed_file_is_read_anew_and_what_follows_from_it(study, project):
    corpus, gold, labels = study.corpus, study.gold, study.labels("anna")
    later(project.gold / "anna.csv")
    assert study.corpus is corpus
    assert study.gold is not gold
    assert study.labels("anna") is not labels
    file = project.corpus / "meeting1.txt"
    file.write_text(file.read_text(encoding="utf-8") + " The hose has a leak.", encoding="utf-8")
    assert len(study.segments) == len(corpus.segments) + 1
    with project.codebook.open("a", encoding="utf-8") as stream:
        stream.write("  - id: birds\n    name: Birds\n")
    assert study.codebook.code_ids == ["water", "seeds", "birds"]
    assert study.labels("anna").labels.shape == (len(study.segments), 3)


def test_other_settings_are_read_anew(study, project):
    assert study.project.settings.unit == "sentence"
    settings = project.root / "fourp.toml"
    settings.write_text('title = "Allotment"\nunit = "paragraph"\n', encoding="utf-8")
    assert study.project.settings.unit == "paragraph"
    assert len(study.segments) == len(study.documents)


def test_a_new_document_is_seen_and_one_that_is_gone_is_not(study, project):
    (project.corpus / "new.txt").write_text("The tap drips.", encoding="utf-8")
    assert "new.txt" in set(study.documents["document"])
    (project.corpus / "new.txt").unlink()
    assert "new.txt" not in set(study.documents["document"])


def test_a_snapshot_is_of_one_moment(project):
    study = Study(project, snapshot=True)
    gold = study.gold
    later(project.gold / "anna.csv")
    assert study.gold is gold
    study.forget("gold")
    assert study.gold is not gold


def test_a_step_computes_over_one_state_of_the_files(study, project):
    with study.step():
        gold = study.gold
        later(project.gold / "anna.csv")
        assert study.gold is gold
    assert study.gold is not gold


def test_labels_have_one_shape_for_people_and_the_machine(study, project):
    write_gold_file(project, "ben", but=("meeting0.txt", "meeting1.txt"))
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    study.suggest()
    shape = (len(study.segments), 2)
    for coder in ("anna", "ben", study.machine):
        labels = study.labels(coder)
        assert labels.coder == coder
        assert labels.segments is study.segments
        assert labels.labels.shape == labels.looked_for.shape == shape
        assert not (labels.labels & ~labels.looked_for).any()
    ben = study.labels("ben")
    assert ben.read.sum() == 24
    assert set(ben.of_read_segments.segments["document"]) == {
        f"meeting{n}.txt" for n in range(2, 6)
    }
    first, second = in_common(study.labels("anna"), ben)
    assert len(first.segments) == len(second.segments) == 24
    np.testing.assert_array_equal(first.labels, second.labels)
    looked_for, labels = stacked_labels(study, ["anna", "ben"])
    assert looked_for.shape == labels.shape == (2, *shape)
    np.testing.assert_array_equal(labels[1], ben.labels)


def test_labels_of_a_segment_are_the_codes_of_its_words(study):
    anna = study.labels("ANNA ")
    water = anna.segments["text"].isin(WATER).to_numpy()
    np.testing.assert_array_equal(anna.labels[:, 0], water)


def test_an_unknown_coder_is_an_error_that_names_who_there_is(study):
    with pytest.raises(GoldError, match=r'no coder "bob"; there is anna'):
        study.labels("bob")


def test_whoever_needs_suggestions_is_told_that_there_are_none(study):
    assert study.machine == ""
    assert study.suggestions_if_any.empty
    with pytest.raises(NoSuggestionsError, match="There are no suggestions yet"):
        study.reconciliation()
    with pytest.raises(NoSuggestionsError):
        study.frequencies(corrected=True)


def test_people_alone_are_the_same_study_without_its_machine(study):
    study.suggest()
    people = study.without_machine()
    assert people.machine == ""
    assert study.machine
    assert people.corpus is study.corpus


def test_train_and_suggest_are_seen_at_once_and_kept_on_disk(study, project):
    study.train()
    assert study.model.id == study.own_model.id
    suggestions = study.suggest()
    assert study.suggestions is suggestions
    again = open_study(project.root)
    assert again.machine == study.model.id
    pd.testing.assert_frame_equal(again.suggestions, suggestions, check_dtype=False)


def test_methods_return_the_tables_that_commands_write(study, project):
    write_gold_file(project, "ben", but=("meeting0.txt",))
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    study.train()
    study.suggest()
    assert fourp("run", "-p", project.root).exit_code == 0
    reports = project.reports
    for table, file in (
        (study.agreement(), "agreement_full.csv"),
        (study.frequencies(), "frequencies.csv"),
        (study.confusions(), "confusions.csv"),
    ):
        written = pd.read_csv(reports / file, keep_default_na=False, na_values=[""])
        assert list(written.columns) == list(table.columns)
        assert len(written) == len(table)
        for column in table.select_dtypes("number"):
            values = pd.to_numeric(written[column])
            np.testing.assert_allclose(values, table[column].astype(float), rtol=1e-9, atol=1e-9)
    assert study.report()[0].name == "report.html"


@pytest.mark.filterwarnings("error::pandas.errors.Pandas4Warning")
def test_a_study_without_codings_is_exported_and_says_what_it_lacks(project, tmp_path):
    (project.gold / "anna.csv").unlink()
    study = open_study(project.root)
    assert study.export(tmp_path / "p.qdpx").empty
    assert read_qdpx(tmp_path / "p.qdpx").marks.empty
    with pytest.raises(GoldError, match=r"no person has coded\. Add gold files[^,]*$"):
        study.disagreements()
    with pytest.raises(GoldError, match="Nothing is coded"):
        study.methods()


def test_disagreements_methods_and_exports_of_a_study(study, project, tmp_path):
    write_gold_file(project, "ben")
    gold = project.gold / "ben.csv"
    lines = gold.read_text(encoding="utf-8").splitlines(keepends=True)
    gold.write_text("".join(line for line in lines if "rain barrel" not in line), encoding="utf-8")
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    table = study.disagreements(context=1)
    assert set(table["code"]) == {"water"}
    assert set(table["given_by"]) == {"anna"}
    assert table["text"].str.contains("rain barrel").all()
    with pytest.raises(GoldError, match="zoe"):
        study.disagreements("anna", "zoe")

    assert study.export(tmp_path / "p.qdpx", coders=["ben"], dialect="maxqda").empty
    back = read_qdpx(tmp_path / "p.qdpx")
    assert back.users["coder"].tolist() == ["ben"]
    assert len(back.marks) == len(gold.read_text(encoding="utf-8").splitlines()) - 1
    with pytest.raises(ExchangeError, match="overwrite=True"):
        study.export(tmp_path / "p.qdpx")
    with pytest.raises(ExchangeError, match=r"option colour .* qdpx.*It takes: .*dialect"):
        study.export(tmp_path / "q.qdpx", colour="red")
    with pytest.raises(ExchangeError, match="no dialect 'nwivo'"):
        study.export(tmp_path / "q.qdpx", dialect="nwivo")
    losses = study.export(tmp_path / "c.qdc")
    assert losses.loc[losses["item"].str.contains("codings"), "count"].sum() > 0

    files = {path.name for path in study.methods()}
    assert {"methods.docx", "methods.md", "methods.tex"} <= files
    text = (project.reports / "methods.md").read_text(encoding="utf-8")
    assert "anna" in text
    assert "ben" in text


def test_from_a_draw_to_corrected_frequencies(project):
    (project.gold / "anna.csv").unlink()
    study = open_study(project.root)
    draw = study.draw(30, coder="anna", seed=3)
    sheet = pd.read_csv(draw.files[0], encoding="utf-8-sig", keep_default_na=False, dtype=str)
    for code, sentences in (("water", WATER), ("seeds", SEEDS)):
        sheet[code] = np.where(sheet["text"].isin(sentences), "x", "")
    sheet["none"] = np.where(sheet["text"].isin([*WATER, *SEEDS]), "", "x")
    sheet.to_csv(draw.files[0], index=False, encoding="utf-8-sig")
    assert study.import_sheet(draw.files[0]).name.startswith("anna")
    study.train()
    study.suggest()
    table = study.frequencies(corrected=True)
    water = table[(table["code"] == "water") & (table["level"] == "corpus")].set_index("method")
    low, high = water.loc["corrected", ["low", "high"]]
    assert low <= 12 / 36 <= high
    assert len(study.plan(0.05))


def test_notes_are_warnings_of_ours(study, project):
    with project.codebook.open("a", encoding="utf-8") as stream:
        stream.write("  - id: birds\n    name: Birds\n")
    fourp("gold", "-p", project.root)
    file = project.corpus / "meeting1.txt"
    file.write_text(file.read_text(encoding="utf-8") + " The hose has a leak.", encoding="utf-8")
    with pytest.warns(FourpWarning, match=r"meeting1\.txt") as told:
        study.frequencies()
    assert {warning.filename for warning in told} == {__file__}
    with pytest.warns(FourpWarning, match="zero-shot") as told:
        study.suggest()
    assert {warning.filename for warning in told} == {__file__}


def test_a_folder_without_a_project_is_an_error_with_a_cure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError, match="You are not in a project"):
        open_study()
    with pytest.raises(ProjectError, match="no project on disk"):
        _ = Study().project


def test_the_package_gives_the_study_and_importing_it_is_instant():
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, fourp_nlp; print('pandas' in sys.modules); print(fourp_nlp.open_study.__module__)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert loaded == ["False", "fourp_nlp.study.study"]


def test_a_run_reads_each_coder_once_measures_each_pair_once_and_loads_one_model(
    tmp_path, monkeypatch
):
    for name in ("corpus", "gold", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "fourp.toml", tmp_path)
    counts: dict[str, list] = {"person": [], "machine": [], "model": []}

    def counted(what, function, key):
        def wrapper(*args, **kwargs):
            counts[what].append(key(*args))
            return function(*args, **kwargs)

        return wrapper

    for what, name, key in (
        ("person", "labels_of_person", lambda *args: args[3]),
        ("machine", "labels_of_machine", lambda *_: "machine"),
    ):
        function = getattr(label_functions, name)
        monkeypatch.setattr(label_functions, name, counted(what, function, key))
    load = fourp_nlp.machine.classifier.load_model
    counting = counted("model", load, lambda path: path.name)
    monkeypatch.setattr(fourp_nlp.machine.classifier, "load_model", counting)
    done = fourp("run", "-p", tmp_path)
    assert done.exit_code == 0, done.output
    assert sorted(counts["person"]) == ["coder_1", "coder_2"]
    assert counts["machine"] == ["machine"]
    assert counts["model"] == ["four-ps"]
    table = pd.read_csv(tmp_path / "reports" / "agreement.csv")
    pairs = {tuple(pair) for pair in table[["coder_a", "coder_b"]].to_numpy()}
    assert len(pairs) == len(list(combinations(range(3), 2)))
