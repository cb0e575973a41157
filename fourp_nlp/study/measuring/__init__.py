"""What a project's codings show: agreement, frequencies, estimates, comparisons.

Modules
-------
`agreement`: Agreement in full: any number of coders, on several choices of units, by document or group.
`_agreement_columns`: Columns of the full table of agreement that follow from others: notes, formulas,
    thresholds.
`alternative_annotator`: Whether a project's machine may take the place of one of its people: the
    alternative annotator test.
`anchoring`: Anchoring: whether suggestions shown to the coder influence the codes.
`comparison`: Comparing two groups of documents, code by code, with intervals and a permutation test.
`confusions`: Codes that coders confuse, with example segments and advice on the definitions.
`cooccurrence`: Rates per thousand words and co-occurrence of codes, coder by coder.
`counted_segments`: The segments behind a number: which passages a count, an estimate or an agreement is
    made of.
`estimate_checks`: Whether a sample allows an estimate: refusals, cautions, and the shares that are
    possible.
`estimates`: Frequencies as estimates: the machine's counts corrected with a random sample that people
    coded.
`measures`: Reconciliation and frequencies of a study, and whom agreement compares.
`_pair_coefficients`: Coefficients of codes, themes and all codes pooled, of many pairs of coders at
    once.
`retest`: Test-retest agreement: a coder's second coding compared with the first.
`sample_size`: Sample size: how many more segments people must code, code by code.
`speaker_parts`: Frequencies and rates by speaker, by role, and by attributes of speakers.
`_spans`: Agreement on spans: what coders marked, where each mark begins and ends, before it is laid on
    segments.
"""
