"""Human coding: gold codings, alignment with segments, sheets, sampling, reconciliation, the database.

Modules
-------
`alignment/`: Coded spans aligned with segments, and codings that move when their text changes.
`gold/`: Gold codings in CSV files: read, validated, merged and written.
`reading/`: What people have read: the record of texts, codes and definitions, and what still holds when
    they change.
`sampling/`: Which segments people should code next: choices over arrays, with their inclusion
    probabilities.
`sheets/`: Coding sheets and decision sheets as they come back from people.
`store/`: The project's database: suggestions, people's decisions, draws of segments to code, and a log.
`reconciliation`: Reconciling suggestions with gold codes: each difference is decided by a person or by
    a rule.
"""
