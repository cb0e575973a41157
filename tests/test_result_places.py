"""Results are written where no command reads them as documents or gold codes, and are never read as such."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.documents import read_documents
from fourp_nlp.errors import FourpError, GoldError
from fourp_nlp.spreadsheets import write_csv, write_xlsx
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus
from fourp_nlp.study.result_places import results_folder
from fourp_nlp.tables import AGREEMENT_FULL, FREQUENCIES, RECONCILIATION, SUGGESTIONS
from tests.conftest import WATER, write_project
from tests.test_cli import fourp
from tests.test_export import with_suggestions


def documents_of(project):
    return read_corpus(open_project(project.root)).documents["document"].tolist()


def test_tables_about_a_document_of_a_project_go_to_its_reports_and_are_no_documents(
    project, tmp_path
):
    before = documents_of(project)
    below = project.corpus / "north"
    below.mkdir()
    document = shutil.move(project.corpus / "meeting0.txt", below / "meeting0.txt")
    link = tmp_path / "link.txt"
    link.symlink_to(project.corpus / "meeting1.txt")
    told = fourp("suggest", document, link, project.gold / "anna.csv", catch=False)
    assert told.exit_code == 3, told.output  # the gold file is no document
    assert "go to its folder of reports" in " ".join(told.output.split())
    assert sorted(path.name for path in project.reports.rglob("*") if path.is_file()) == [
        "meeting0.txt.suggestions.csv",
        "meeting0.txt.suggestions.xlsx",
        "meeting1.txt.suggestions.csv",
        "meeting1.txt.suggestions.xlsx",
    ]
    assert (project.reports / "north" / "meeting0.txt.suggestions.csv").exists()
    assert sorted(name.rpartition("/")[2] for name in documents_of(project)) == sorted(before)
    assert [path.name for path in project.gold_files] == ["anna.csv"]


def test_where_tables_go_follows_links_folders_and_a_corpus_that_is_the_project(tmp_path):
    made = write_project(tmp_path / "inner", documents=2)
    for name in ("meeting0.txt", "meeting1.txt"):
        shutil.move(made.corpus / name, made.root / name)
    (made.root / "fourp.toml").write_text('corpus = "."\n')
    here = open_project(made.root)
    shutil.move(made.corpus / "documents.csv", made.root / "documents.csv")
    assert documents_of(here) == ["meeting0.txt", "meeting1.txt"]
    for path in (made.root / "meeting0.txt", made.root, made.gold, made.gold / "anna.csv"):
        assert results_folder(path) == (here.reports, True), path
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text(WATER[0])
    assert results_folder(elsewhere) == (tmp_path, False)
    (made.root / "linked.txt").symlink_to(elsewhere)
    assert results_folder(made.root / "linked.txt") == (here.reports, True)
    # What commands wrote into the project itself is none of its documents.
    with_suggestions(here)
    assert fourp("reconcile", "-p", here.root, catch=False).exit_code == 0
    (here.root / "linked.txt").unlink()
    assert documents_of(here) == ["meeting0.txt", "meeting1.txt"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["export", "{}/x.qdpx"], "corpus"),
        (["export", "{}/x.docx", "--as", "word"], "corpus"),
        (["export", "{}/x.csv", "--as", "long"], "gold"),
        (["export", "{}/x.csv", "--as", "long"], "gold/repeat"),
        (["report", "--methods", "--to", "{}"], "corpus"),
        (["agree", "--disagreements", "--between", "anna", "machine", "--to", "{}/d.csv"],
         "gold"),
        (["score", "{}", "--to", "{}/scored"], "corpus"),
        (["collect", "sites.csv", "--to", "{}/websites"], "corpus"),
        (["suggest", "{}/meeting0.txt", "--out", "{}"], "corpus"),
        (["init", "{}/study"], "corpus"),
    ],
)  # fmt: skip
def test_no_command_writes_results_among_documents_or_gold_codes(project, words, name):
    with_suggestions(project)
    folder = project.root / name
    fourp("gold", "-p", project.root)  # what was read is on record from here on
    before = sorted(project.corpus.rglob("*")) + sorted(project.gold.rglob("*"))
    given = [word.format(folder) for word in words]
    own = [] if words[0] in {"collect", "suggest", "init"} else ["-p", project.root]
    with pytest.raises(FourpError, match=r"would lie among the (documents|gold codes)"):
        fourp(*given, *own, catch=False)
    assert sorted(project.corpus.rglob("*")) + sorted(project.gold.rglob("*")) == before


def test_results_may_go_where_nothing_is_read(project):
    (project.root / "fourp.toml").write_text('exclude = ["old"]\n', encoding="utf-8")
    for place in ("x.qdpx", "corpus/old/x.qdpx", "exports/x.qdpx"):
        told = fourp("export", project.root / place, "-p", project.root, catch=False)
        assert told.exit_code == 0
    assert len(documents_of(project)) == 6


def result_files(project, folder):
    """What commands of now and of earlier versions may have left in a folder; returns their names."""
    corpus = read_corpus(project)
    assert fourp("report", "--methods", "-p", project.root, catch=False).exit_code == 0
    with_suggestions(project)
    out = project.root / "out"
    for name, form in (
        ("long.csv", "long"), ("long.xlsx", "long"), ("wide.csv", "wide"), ("sheet.xlsx", "sheet"),
        ("taguette.csv", "taguette"),
    ):  # fmt: skip
        told = fourp("export", out / name, "--as", form, "-p", project.root, catch=False)
        assert told.exit_code == 0
    assert fourp("next", 5, "--coder", "b", "-p", project.root, catch=False).exit_code == 0
    assert fourp("report", "-p", project.root, catch=False).exit_code == 0
    folder.mkdir(parents=True, exist_ok=True)
    rows = {name: ["a b c d e f"] for name in SUGGESTIONS.names}
    write_csv(pd.DataFrame(rows), folder / "meeting0.txt.suggestions.csv")
    write_xlsx({"suggestions": pd.DataFrame(rows)}, folder / "meeting0.txt.suggestions.xlsx")
    write_csv(pd.DataFrame(rows), folder / "renamed.csv")
    write_xlsx({"suggestions": pd.DataFrame(rows)}, folder / "renamed.xlsx")
    for table in (AGREEMENT_FULL, FREQUENCIES, RECONCILIATION):
        frame = pd.DataFrame({name: ["a note of many words"] for name in table.names})
        write_csv(frame, folder / f"{table.name}.csv")
    write_csv(corpus.segments, folder / "segments.csv")
    shutil.copy(project.gold / "anna.csv", folder / "anna.csv")
    for path in (*out.iterdir(), *project.reports.iterdir()):
        if path.suffix in {".csv", ".xlsx", ".html", ".md", ".docx", ".bib"}:
            shutil.copy(path, folder / path.name)
    return sorted(path.name for path in folder.iterdir())


def test_results_of_earlier_versions_in_the_corpus_are_named_and_not_coded(project):
    names = result_files(project, project.corpus / "results")
    assert len(names) > 25
    assert {"long.csv.losses.csv", "methods.docx", "report.html"} <= set(names)
    corpus = read_corpus(open_project(project.root))
    assert len(corpus.documents) == 6
    told = dict(
        zip(corpus.skipped["path"].str.rpartition("/")[2], corpus.skipped["reason"], strict=True)
    )
    assert set(names) <= set(told)
    assert "suggestions that `fourp suggest` wrote" in told["meeting0.txt.suggestions.csv"]
    for name in (
        "renamed.csv",
        "renamed.xlsx",
        "anna.csv",
        "sheet.xlsx",
        "report.html",
        "methods.md",
    ):
        assert "and no document. Move it out of the folder" in told[name], told[name]
    # Named one by one, they are not read either.
    documents, skipped = read_documents([project.corpus / "results" / name for name in names])
    assert documents["document"].tolist() == ["methods.docx"]
    assert len(skipped) == len(names) - 1


def test_tables_of_people_s_own_are_still_documents(tmp_path):
    tables = {
        "times.csv": "start,end,speaker,text\n0,4,Anna,We carried water to the beds.\n",
        "codes.csv": "code,theme,text\nP1,garden,We carried water to the beds.\n",
        "answers.csv": "document,answer\na,We carried water to the beds.\n",
        "tag.csv": "id,tag,content\n1,garden,We carried water to the beds.\n",
        "plot.suggestions.txt": "We carried water to the beds.",
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text)
    documents, skipped = read_documents(tmp_path)
    assert len(documents) == len(tables)
    assert skipped.empty


def test_a_table_of_results_among_gold_files_is_said_to_be_one(project):
    path = project.gold / "meeting0.txt.suggestions.csv"
    write_csv(pd.DataFrame({name: ["a"] for name in SUGGESTIONS.names}), path)
    documents, _ = read_documents(project.corpus)
    with pytest.raises(GoldError, match=r"table of results, and no gold file. Move it into"):
        read_gold([path], documents, ["water", "seeds"])


def test_tables_of_two_files_of_one_name_do_not_replace_each_other(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "talk.txt").write_text(WATER[0])
    files = [tmp_path / "a" / "talk.txt", tmp_path / "b" / "talk.txt"]
    with pytest.raises(FourpError, match="same name as that of"):
        fourp("suggest", *files, "--out", tmp_path / "out", catch=False)
    assert not (tmp_path / "out").exists()
