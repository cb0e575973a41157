"""Agreement coefficients as functions of label matrices and counts.

Modules
-------
`alpha`: Krippendorff's alpha on a units x coders matrix of labels.
`alpha_of_sets`: Krippendorff's alpha where a coder gives a unit a set of codes, with the MASI distance.
`chance_agreement`: Agreement observed, and what the coefficients that correct it for chance are made
    of.
`indices`: How unequally a code and its absence, and coders, share the labels.
`label_matrix`: Reading a units x coders matrix of labels into category numbers.
`marginal_chance`: The coefficients that take chance from the shares in which the categories were used.
`reference_coder`: Precision, recall and F1 of one coder against another who is taken as the reference.
`result`: What a coefficient returns: its value, or the reason why it has none.
`uniform_chance`: The coefficients that take chance from how many categories there were to choose from.
`weighted`: Coefficients in which a near miss counts as part of an agreement, for any number of coders.
`weights`: How much a disagreement counts: weights between categories that have an order.
"""
