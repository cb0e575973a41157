"""The machine coder: encoder, classifier, calibration, training, suggestions.

Modules
-------
`attribution/`: Attribution: why a code was suggested, by words, meaning, neighbours and nearest
    examples.
`calibration/`: Calibration: whether probabilities equal observed shares; functions of arrays, without
    projects.
`classifier/`: The classifier: features of segments, the estimator that learns codes, and the saved
    model.
`encoder/`: The encoder: sentence embeddings on this machine, cached by content.
`fine_tuning/`: Fine-tuning: the encoder's upper layers learn the codes from sentences in their context.
`training/`: Training: from gold codes and coded sentences to a model with its card.
`acceptance`: Accepts the suggestions that keep a wanted precision; people decide on the others.
`coded_sentences`: Reads coded sentences outside the corpus, as further training data.
`shipped_model`: The default codebook and the model for it that come with the package.
`suggestions`: Suggestions: a probability and a reason for every segment and code.
"""
