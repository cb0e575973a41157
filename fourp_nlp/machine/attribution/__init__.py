"""Attribution: why a code was suggested, by words, meaning, neighbours and nearest examples.

Modules
-------
`reasons`: Reasons for suggestions: the nearest example or definition, the parts of the score, the main
    words.
`word_attribution`: Attribution of scores: to single words, and to meaning, words, neighbours and fine-
    tuning.
`_word_contributions`: Contributions of each word of a text to the text's vectors, from one run of the
    encoder, cached.
"""
