"""The machine coder: encoder, classifier, calibration, training, suggestions.

Modules
-------
`attribution/`: Why a code was suggested: words, meaning, nearest examples.
`calibration/`: Calibration: whether probabilities mean what they say; figures of arrays that know
    nothing of projects.
`classifier/`: The machine coder: features of segments, the estimator that learns codes, and its saved
    form.
`fine_tuning/`: Fine-tuning: the encoder's upper layers learn the codes from sentences read in their
    context.
`training/`: Training: from gold codes and coded sentences to a model that knows what it has not seen.
`acceptance`: Acceptance: which suggestions keep a wanted precision, and what is left to people.
`coded_sentences`: Coded sentences that stand outside the corpus: further text for the machine to learn
    from.
`encoder`: Embeddings: sentence vectors from an encoder that runs on this machine, cached by content.
`encoder_parts`: Encoders too large for one package: joined from the installed parts once, and checked.
`shipped_model`: What travels with the package: the default codebook and the model that was trained for
    it.
`suggestions`: Suggestions: what the machine coder proposes for each segment, how surely, and why.
"""
