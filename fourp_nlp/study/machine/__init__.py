"""A project's machine coder: training it, its suggestions, and what to know before relying on them.

Modules
-------
`code_warnings`: Warnings about codes for which the machine has learned from too little.
`_codebook_changes`: Changes of a codebook since a model was trained, described in words.
`earlier_suggestions`: Suggestions that were made for an earlier codebook, as far as its codes are still
    there.
`out_of_fold`: Out-of-fold performance: figures and reliability diagram for the model card.
`precision_guarantee`: Precision guarantees: conditions, calculation and storage.
`suggestion_amount`: How many codes to suggest, and how many of them are expected to be right.
`suggestions`: Suggestions of the machine coder: choosing the model, suggesting, and reading stored
    suggestions.
`training`: Training the machine coder of a study, and checking whether it is up to date.
"""
