"""A project's machine coder: training it, its suggestions, and what to know before relying on them.

Modules
-------
`code_warnings`: What a person should know of single codes before relying on the machine for them.
`_codebook_changes`: What was changed in a codebook since a model learned from it, in words.
`out_of_fold`: How the machine did on documents that it had not seen: figures for its card, and the
    diagram.
`precision_guarantee`: A promised precision: who may make it, making it, and finding it again.
`suggestion_amount`: How many codes to suggest: what was asked for, and what may be expected of it.
`suggestions`: The machine's suggestions: which model makes them, making them, and finding them again.
`training`: Training a project's machine coder, and telling whether it is up to date.
"""
