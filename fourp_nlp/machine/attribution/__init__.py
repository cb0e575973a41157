"""Why a code was suggested: words, meaning, nearest examples.

Modules
-------
`reasons`: Reasons: the nearest example or definition, what the score is made of, the words that carried
    it.
`word_attribution`: What carried a suggestion: which of its words, and what meaning, words and
    neighbours gave to its score.
`_word_contributions`: What each word of a text gives to the text's vectors: one run of the encoder a
    text, and kept.
"""
