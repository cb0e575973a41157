"""Confidence intervals of agreement coefficients.

Modules
-------
`analytic`: Standard errors by formula, as published: they take units to be independent.
`bootstrap_estimate`: One coefficient with an interval from documents drawn again.
`bootstrap_sets`: Krippendorff's alpha of sets of codes with an interval from documents drawn again.
`coefficients_of_share`: Coefficients as functions of one share: their value if coders agreed more
    often, or less often.
`count_formulas`: The coefficients as functions of sums over units.
`document_intervals`: Intervals of coefficients that allow for documents: from effective shares, and
    from documents drawn again.
`_resampling`: Resampling documents, for intervals of coefficients that are functions of counts.
`share_intervals`: Intervals of shares that come from documents: few, unequal, each with segments that
    are alike.
`standard_errors`: Standard errors by published formulas, which take units to be independent.
`tallies`: What the coefficients need to know of each document, counted once.
"""
