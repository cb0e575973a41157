"""What a project's codings show: agreement, frequencies, estimates, comparisons.

Modules
-------
`agreement`: Agreement in full: any number of coders, on several choices of units, by document or group.
`_agreement_columns`: Columns of the full table of agreement that follow from others: notes, formulas,
    thresholds.
`alternative_annotator`: Whether a project's machine may take the place of one of its people: the
    alternative annotator test.
`anchoring`: Do suggestions sway the coder? Draws of which half of the segments were coded with the
    suggestion shown.
`comparison`: Two groups of documents compared, code by code: how far apart, and whether chance could
    make them so.
`confusions`: Codes that coders take for each other, with segments to look at and what the codebook
    says.
`cooccurrence`: Rates for so many words, and codes that stand in the same segments, coder by coder.
`estimates`: Frequencies as estimates: the machine's counts corrected by what people coded of a random
    sample.
`measures`: The measuring steps: reconciliation and frequencies of a project, and whom agreement
    compares.
`_pair_coefficients`: Coefficients of codes, themes and all codes pooled, of many pairs of coders at
    once.
`retest`: Test and retest: what somebody coded a second time, held against the first.
`sample_size`: How many segments are still to be coded at random, code by code.
`_spans`: Agreement on spans: what coders marked, where each mark begins and ends, before it is laid on
    segments.
"""
