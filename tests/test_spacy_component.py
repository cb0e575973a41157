"""The spaCy component puts suggested codes on documents, and is saved with its pipeline."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest
import spacy

import fourp_nlp.spacy_component
from fourp_nlp.errors import ModelError
from tests.conftest import CODEBOOK, OTHER, SEEDS, WATER

TEXT = " ".join([WATER[0], OTHER[0], SEEDS[0]])


@pytest.fixture
def codebook(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return path


@pytest.fixture
def nlp(codebook):
    nlp = spacy.blank("en")
    nlp.add_pipe("fourp", config={"codebook": str(codebook)})
    return nlp


def coded(doc) -> list[tuple[str, str, float]]:
    spans = doc.spans["fourp"]
    return [
        (span.text, span.label_, score)
        for span, score in zip(spans, spans.attrs["scores"].tolist(), strict=True)
    ]


def test_spans_are_segments_labelled_with_codes_and_have_scores(nlp, codebook):
    doc = nlp(TEXT)
    found = coded(doc)
    assert (WATER[0], "water") in {(text, label) for text, label, _ in found}
    assert (SEEDS[0], "seeds") in {(text, label) for text, label, _ in found}
    table = fourp_nlp.suggest([TEXT], codebook)
    assert found == [tuple(row) for row in table[["text", "code", "probability"]].to_numpy()]
    assert doc.spans["fourp"].attrs["scores"].dtype == np.float64
    assert nlp.get_pipe("fourp").labels == ("water", "seeds")


def test_loading_the_sentence_model_does_not_import_what_codes():
    program = (
        "import sys; from fourp_nlp.segments import senter; senter._senter('en');"
        "print([name for name in sys.modules if name in {'sklearn', 'fourp_nlp.texts'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_documents_in_a_stream_get_what_each_gets_alone(nlp):
    texts = [WATER[1], "", SEEDS[1], TEXT, OTHER[2]]
    alone = [coded(nlp(text)) for text in texts]
    assert [coded(doc) for doc in nlp.pipe(texts, batch_size=2)] == alone
    assert alone[1] == []


def test_a_saved_pipeline_says_the_same_where_the_codebook_is_gone(nlp, codebook, tmp_path):
    before = coded(nlp(TEXT))
    nlp.to_disk(tmp_path / "saved")
    codebook.unlink()
    assert coded(spacy.load(tmp_path / "saved")(TEXT)) == before


def test_a_trained_model_is_saved_with_the_pipeline(tmp_path):
    nlp = spacy.blank("en")
    options = {"spans_key": "codes", "amount": "more", "unit": "paragraph"}
    nlp.add_pipe("fourp", config=options)
    text = "Police officers were trained to recognise trafficking."
    doc = nlp(text)
    assert "train_law_enforcement" in {span.label_ for span in doc.spans["codes"]}
    nlp.to_disk(tmp_path / "saved")
    assert (tmp_path / "saved" / "fourp" / "model" / "manifest.json").is_file()
    again = spacy.load(tmp_path / "saved")
    same = again(text)
    assert [str(span) for span in same.spans["codes"]] == [str(span) for span in doc.spans["codes"]]
    assert np.array_equal(same.spans["codes"].attrs["scores"], doc.spans["codes"].attrs["scores"])
    assert again.get_pipe("fourp").notes == nlp.get_pipe("fourp").notes
    shutil.rmtree(tmp_path / "saved" / "fourp" / "model")
    with pytest.raises(ModelError):
        spacy.load(tmp_path / "saved")


def test_spans_keep_to_whole_tokens(nlp):
    text = f"{WATER[0]}  \n\n{SEEDS[0]}"
    for span, _, _ in coded(nlp(text)):
        assert span in {WATER[0], SEEDS[0]}
