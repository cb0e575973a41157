"""Documents unlike everything that the machine learned from are named; others are not."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.codebook import read_codebook
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from tests.conftest import OTHER, SEEDS, WATER, write_project

FRENCH = (
    "Nous avons ouvert la permanence un lundi de novembre, sans chauffage. Le gendarme nous a demandé une liste. "
    "La mairie paie le loyer et la région paie l'interprète. Notre rapport annuel tient en quatre pages. "
    "Elle a retrouvé un travail dans une boulangerie. Personne n'a voulu signer la convention."
)
LEGAL = (
    "This Agreement shall be governed by the laws of the Province of Ontario. The Licensee indemnifies the Licensor "
    "against all claims. Any waiver must be in writing. Notices are deemed received on the third business day. "
    "The parties submit to the exclusive jurisdiction of the courts. This clause survives termination."
)
USUAL = " ".join([WATER[1], OTHER[4], SEEDS[2], OTHER[0], WATER[5], SEEDS[3]])


def learn(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    return codebook


def notes(project, codebook, **documents: str) -> list[str]:
    for name, text in documents.items():
        (project.corpus / f"{name}.txt").write_text(text, encoding="utf-8")
    made = suggest_corpus(Study(project, corpus=read_corpus(project), codebook=codebook))
    return [note for note in made.notes if "unlike the text" in note]


def test_another_language_and_legal_text_are_named_and_a_usual_document_is_not(project):
    codebook = learn(project)
    (note,) = notes(project, codebook, french=FRENCH, legal=LEGAL, usual=USUAL)
    assert "french.txt" in note
    assert "legal.txt" in note
    assert "usual.txt" not in note
    assert "meeting" not in note
    assert "not calibrated" in note


def test_documents_that_were_learned_from_are_never_named(project):
    assert notes(project, learn(project)) == []


def test_of_many_such_documents_five_are_named_and_the_others_counted(project):
    codebook = learn(project)
    many = {f"french{number}": f"{FRENCH} Numéro {number}." for number in range(7)}
    (note,) = notes(project, codebook, **many)
    assert note.count("french") == 5
    assert "and 2 more" in note


def test_nothing_is_said_when_too_few_documents_were_learned_from(tmp_path):
    project = write_project(tmp_path / "p", documents=2)
    codebook = learn(project)
    assert load_model(project.model).familiar is None
    assert notes(project, codebook, french=FRENCH) == []


def test_what_is_usual_is_kept_with_the_model(project):
    learn(project)
    familiar = load_model(project.model).familiar
    assert familiar.documents == 6
    long, short = familiar.limit(np.array([200, 1]))
    assert familiar.centre < long < short


@pytest.mark.parametrize("command", ["suggest", "run"])
def test_the_commands_warn_by_name_and_the_report_too(project, command):
    learn(project)
    (project.corpus / "french.txt").write_text(FRENCH, encoding="utf-8")
    made = CliRunner().invoke(app, [command, "--project", str(project.root)])
    assert made.exit_code == 0
    assert "french.txt (" in " ".join(made.stderr.split())
    if command == "run":
        assert "french.txt (" in (project.reports / "report.html").read_text(encoding="utf-8")
