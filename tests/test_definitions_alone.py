"""What the machine says before anybody has coded."""

from __future__ import annotations

import numpy as np

from fourp_nlp.codebook import Code, Codebook
from fourp_nlp.machine.classifier import segment_features
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from fourp_nlp.machine.training import zero_shot_model


def test_definitions_say_the_same_of_a_sentence_wherever_it_stands_and_however_long_its_document_is():
    # Definitions have no neighbours, no place and no length: they cannot tell anything from them.
    codebook = Codebook(
        id="two",
        codes=[
            Code(id="shelter", name="Shelter", full_definition="Beds and rooms for victims."),
            Code(
                id="police", name="Police", full_definition="Police officers look for traffickers."
            ),
        ],
    )
    encoder = load_encoder()
    model = zero_shot_model(codebook, encoder, unit="sentence")
    texts = [
        "The shelter has rooms for women who have left a trafficker, with beds for their children.",
        "Two officers of the police were trained to look for traffickers in hotels. " * 5,
        *(
            f"The committee met for the {number}th time and drank its coffee."
            for number in range(20)
        ),
    ]
    vectors = embed_layers(texts, encoder)
    together = segment_features(texts, vectors, ["d"] * len(texts))
    alone = segment_features(texts, vectors, [str(number) for number in range(len(texts))])
    said = model.classifier.predict_proba(together)
    assert np.allclose(said, model.classifier.predict_proba(alone), atol=1e-6)
    assert said[:2].argmax(axis=1).tolist() == [0, 1]
    # The long sentence is no further from the definitions than the short one.
    assert said[1, 1] > said[2:, 1].max()
