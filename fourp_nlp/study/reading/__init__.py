"""A project's documents, segments and human codings, and what counts as read.

Modules
-------
`alignment_effects`: What people coded, and what each rule makes of their spans on the project's
    segments.
`applicability`: To which segments each code can apply, by what the codebook declares.
`corpus`: The first steps: a project's documents, segments and gold codes.
`reading_state`: What counts as read: gold files held to the record of which texts and codes there were.
"""
