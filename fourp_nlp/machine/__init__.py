"""The machine coder: encoder, classifier, calibration, training, suggestions.

Modules
-------
`attribution/`: Attribution: why a code was suggested, by words, meaning, neighbours and nearest
    examples.
`calibration/`: Calibration: whether probabilities equal observed shares; functions of arrays, without
    projects.
`classifier/`: The classifier: features of segments, the estimator that learns codes, and the saved
    model.
`fine_tuning/`: Fine-tuning: the encoder's upper layers learn the codes from sentences in their context.
`training/`: Training: from gold codes and coded sentences to a model with its card.
`acceptance`: Accepts the suggestions that keep a wanted precision; people decide on the others.
`coded_sentences`: Reads coded sentences outside the corpus, as further training data.
`encoder`: Sentence embeddings from an encoder on this machine, cached by content.
`encoder_parts`: Encoders that several packages hold: joined once from the installed parts, and checked.
`multilingual_encoder`: An encoder for sixteen languages: Google's Universal Sentence Encoder,
    multilingual, version 3.
`shipped_model`: The default codebook and the model for it that come with the package.
`suggestions`: Suggestions: a probability and a reason for every segment and code.
"""
