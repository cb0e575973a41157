"""Results beside the text: the numbers, and the passages behind each.

Modules
-------
`result_figures`: The results of a study for the person who reviews it: tables, and the passages behind
    each number.
`result_passages`: The passages behind a number, as they are shown: text, neighbours, speaker, and who gave
    which code.
`result_session`: Results beside the text: the figures of now, made anew when files, codebook or draws have
    changed.
"""
