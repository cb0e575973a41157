"""`fourp agree` and what belongs to it.

Modules
-------
`agree`: `fourp agree`: agreement of coders, and what they disagree about.
`_alternative_annotator`: `fourp agree --alt-test`: whether the machine may take the place of one of the
    people.
`_anchoring`: `fourp agree --anchoring`: whether suggestions that are shown sway the coder.
`codings`: What stands beside coefficients on the screen: codings, intervals, and why there is none.
`_disagreements`: `fourp agree --disagreements`: what coders disagree about, on a sheet to settle it on.
`_options`: Which options of `fourp agree` go together: one that would do nothing is refused, and why is
    said.
`_pair_matrix`: `fourp agree`: many pairs of coders as a matrix.
`_retest`: `fourp agree --retest`: how each coder who coded again agrees with themselves.
`_screens`: `fourp agree`: the tables of agreement on the screen, with what a reader must know beside
    them.
"""
