"""`fourp agree` and what belongs to it.

Modules
-------
`agree`: `fourp agree`: agreement of coders, and what they disagree about.
`_agreement`: `fourp agree` without another mode: measures agreement, shows the short tables, writes the
    full one.
`_agreement_screen`: `fourp agree`: the tables of agreement as they are shown, with the remarks below
    them.
`_alternative_annotator`: `fourp agree --alt-test`: whether the machine may take the place of one of the
    people.
`_anchoring`: `fourp agree --anchoring`: whether shown suggestions influence the coder.
`codings`: Columns and remarks beside coefficients on the screen: codings, intervals, and reasons for
    none.
`_disagreements`: `fourp agree --disagreements`: what coders disagree about, on a sheet to settle it on.
`_option_checks`: Which options of `fourp agree` go together: one that would do nothing is refused, with
    the reason.
`_option_types`: The options of `fourp agree`: their types, limits and help texts.
`_pair_matrix`: `fourp agree`: many pairs of coders as a matrix.
`_retest`: `fourp agree --retest`: how each coder who coded again agrees with themselves.
"""
