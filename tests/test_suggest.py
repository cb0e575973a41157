"""Suggestions: a probability for every segment and code, honest about what the model has seen."""

from __future__ import annotations

import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.errors import CodebookError, ModelError, StoreError
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from fourp_nlp.machine.suggestions import suggest
from fourp_nlp.machine.training import zero_shot_model
from fourp_nlp.study.machine.suggestions import choose_model, stored_suggestions, suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from tests.conftest import OTHER, WATER, write_gold_file, write_project


def everything(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    return codebook, corpus, read_gold_codes(project, corpus, codebook)


def test_every_segment_gets_a_probability_for_every_code(project):
    codebook, corpus, _ = everything(project)
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    assert len(made) == len(corpus.segments) * 2
    assert made["probability"].between(0, 1).all()
    reached = made["probability"] >= made["threshold"]
    assert (made["suggested"] == reached).mean() > 0.99
    assert (made.loc[made["suggested"], "why"] != "").all()
    assert (made.loc[~made["suggested"], "why"] == "").all()


def test_without_gold_it_says_that_it_works_from_definitions_alone(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    codebook, corpus, _ = everything(project)
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook))
    assert made.model.zero_shot
    assert "definitions alone" in made.notes[0]
    assert not made.suggestions["out_of_fold"].any()
    assert (
        made.suggestions.loc[made.suggestions["suggested"], "why"]
        .str.startswith("definition")
        .all()
    )


def test_gold_documents_are_suggested_by_a_model_that_did_not_see_them(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    write_gold_file(project, "anna", but=("meeting5.txt",))
    codebook, corpus, gold = everything(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    seen = made.groupby("document")["out_of_fold"].agg(["all", "any"])
    assert seen.loc[[f"meeting{n}.txt" for n in range(5)], "all"].all()
    assert not seen.loc["meeting5.txt", "any"]


def test_a_training_document_under_another_name_is_still_known(project):
    codebook, corpus, gold = everything(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    (project.corpus / "meeting0.txt").rename(project.corpus / "copy.txt")
    for path in project.gold_files:
        path.unlink()
    again = read_corpus(project)
    made = suggest_corpus(Study(project, corpus=again, codebook=codebook)).suggestions
    assert made.loc[made["document"] == "copy.txt", "out_of_fold"].all()


def test_a_reason_is_never_an_example_from_the_same_document(project):
    codebook, corpus, gold = everything(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    told = made[made["why"].str.startswith("coded example")]
    assert len(told)
    assert not any(
        f"({name}," in why for name, why in zip(told["document"], told["why"], strict=True)
    )


def test_it_learns_what_the_examples_show(project):
    codebook, corpus, gold = everything(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    water = made[made["code"] == "water"].set_index("text")["probability"].groupby(level=0).mean()
    assert (
        water["The tap by the shed drips all night into the barrel."]
        > water["Two chairs in the hut are broken."]
    )


def test_training_documents_cut_otherwise_are_refused(project):
    codebook, corpus, gold = everything(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    (project.root / "fourp.toml").write_text('unit = "paragraph"\n')
    other = open_project(project.root)
    with pytest.raises(ModelError, match="other segments"):
        suggest_corpus(Study(other, corpus=read_corpus(other), codebook=codebook))


def test_changed_documents_make_old_suggestions_unusable(project):
    codebook, corpus, _ = everything(project)
    with pytest.raises(StoreError, match="no suggestions yet"):
        stored_suggestions(project, corpus, codebook)
    suggest_corpus(Study(project, corpus=corpus, codebook=codebook))
    assert len(stored_suggestions(project, corpus, codebook)) == len(corpus.segments) * 2
    (project.corpus / "meeting0.txt").write_text("Something else was said.")
    with pytest.raises(StoreError, match=r"meeting0\.txt"):
        stored_suggestions(project, read_corpus(project), codebook)


PATHS = """  - id: paths
    name: Paths
    short_definition: Paths, gates and fences.
"""


@pytest.mark.parametrize("with_model", [False, True])
def test_suggestions_for_other_codes_are_refused_by_name_with_a_cure_that_works(
    project, with_model
):
    before, corpus, gold = everything(project)
    if with_model:
        train_project(Study(project, corpus=corpus, gold=gold, codebook=before))
    suggest_corpus(Study(project, corpus=corpus, codebook=before))
    text = project.codebook.read_text()
    seeds = text[text.index("  - id: seeds") :]
    project.codebook.write_text(text.replace(seeds, PATHS))
    # Nothing may point at a code that is gone.
    project.codebook.write_text(project.codebook.read_text().replace("use: seeds", "use: paths"))
    with pytest.raises(CodebookError, match=r"\(added: paths; removed: seeds\)") as refused:
        stored_suggestions(project, corpus, read_codebook(project.codebook))
    assert ("`fourp train`" in str(refused.value)) == with_model
    project.codebook.write_text(text + PATHS)
    after = read_codebook(project.codebook)
    with pytest.raises(CodebookError, match=r"\(added: paths\)"):
        stored_suggestions(project, corpus, after)
    if with_model:
        train_project(Study(project, corpus=corpus, gold=gold, codebook=after))
    suggest_corpus(Study(project, corpus=corpus, codebook=after))
    assert len(stored_suggestions(project, corpus, after)) == len(corpus.segments) * 3


def test_suggestions_for_codes_in_another_order_are_refused(project):
    codebook, corpus, _ = everything(project)
    suggest_corpus(Study(project, corpus=corpus, codebook=codebook))
    text = project.codebook.read_text()
    seeds, first = text[text.index("  - id: seeds") :], text.index("  - id: water")
    project.codebook.write_text(text[:first] + seeds + text[first:].replace(seeds, ""))
    with pytest.raises(CodebookError, match="the same ones in another order"):
        stored_suggestions(project, corpus, read_codebook(project.codebook))


def test_a_model_for_other_codes_is_refused_and_new_wording_noted(project):
    codebook, corpus, gold = everything(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    text = project.codebook.read_text()
    project.codebook.write_text(text.replace("Sowing, seed swaps", "Sowing, potting, swaps"))
    _, notes = choose_model(project, read_codebook(project.codebook))
    assert "wording was changed" in notes[0]
    assert "“Seeds” (short definition)" in notes[0]
    project.codebook.write_text(
        text.replace("id: seeds", "id: sowing").replace("use: seeds", "use: sowing")
    )
    with pytest.raises(ModelError, match=r"other codes.*sowing, formerly seeds"):
        choose_model(project, read_codebook(project.codebook))


def test_what_one_document_says_does_not_move_what_another_gets(project):
    codebook, corpus, gold = everything(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    (project.corpus / "new.txt").write_text("The butt by the door is full of rain. Nobody came.")
    with_new = suggest_corpus(
        Study(project, corpus=read_corpus(project), codebook=codebook)
    ).suggestions
    (project.corpus / "newer.txt").write_text("A seed tin was found. It was empty.")
    with_both = suggest_corpus(
        Study(project, corpus=read_corpus(project), codebook=codebook)
    ).suggestions
    one = with_new[with_new["document"] == "new.txt"]["probability"].tolist()
    assert one == with_both[with_both["document"] == "new.txt"]["probability"].tolist()


def only_document(folder, *, swapped=False):
    """Write a project with one coded document and loose sentences on water; return its suggestions."""
    project = write_project(folder, gold=False)
    others = tuple(f"meeting{number}.txt" for number in range(1, 6))
    write_gold_file(project, "anna", but=others)
    if swapped:
        (path,) = project.gold_files
        text = path.read_text(encoding="utf-8").replace(",water,", ",other,")
        text = text.replace(",seeds,", ",water,").replace(",other,", ",seeds,")
        path.write_text(text, encoding="utf-8")
    (project.root / "fourp.toml").write_text('[model]\ncoded_sentences = ["more.csv"]\n')
    rows = [f'"{text}",water' for text in WATER] + [f'"{text}",' for text in OTHER]
    (project.root / "more.csv").write_text("text,codes\n" + "\n".join(rows) + "\n")
    project = open_project(project.root)
    codebook, corpus, gold = everything(project)
    model = train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    return codebook, corpus, model, suggest_corpus(Study(project, corpus=corpus, codebook=codebook))


def test_the_only_coded_document_is_suggested_for_by_what_loose_sentences_teach(tmp_path):
    codebook, corpus, model, made = only_document(tmp_path / "p")
    assert model.classifier.learned_[0]
    # There is more than the definitions to tell it by, so nothing is said of these.
    assert not any("one document only" in note for note in made.notes)
    own = made.suggestions["document"] == "meeting0.txt"
    assert made.suggestions["out_of_fold"].tolist() == own.tolist()
    _, _, _, other = only_document(tmp_path / "other", swapped=True)
    said, expected = (each.suggestions["probability"] for each in (made, other))
    assert said[own].tolist() == expected[own].tolist()
    assert said[~own].tolist() != expected[~own].tolist()
    # The loose sentences tell of water: so it is told more surely than by the definitions.
    alone = zero_shot_model(codebook, load_encoder(), unit="sentence")
    vectors = embed_layers(corpus.segments["text"].tolist(), load_encoder())
    by_definition = suggest(corpus.documents, corpus.segments, vectors, alone)
    water = own & made.suggestions["text"].isin(WATER) & (made.suggestions["code"] == "water")
    assert water.sum() == 2
    assert (said[water] > by_definition.loc[water, "probability"] + 0.1).all()
