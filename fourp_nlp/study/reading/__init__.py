"""A project's documents, segments and human codings, and what counts as read.

Modules
-------
`alignment_effects`: Effects of each alignment rule on the coders' spans in a study.
`applicability`: Segments to which a code can apply, as the codebook declares.
`assisted`: Assisted codings of a study: what people decided about suggestions, in numbers and as a
    mask.
`carrying`: Carrying codings along when the text of a document has changed, or its file was renamed.
`corpus`: The first steps: a project's documents, segments and gold codes.
`marked_as_read`: What people declare about their reading: documents read again, definitions that mean
    the same.
`moving_codings`: Moving codings to where their passages stand in changed documents, and deciding about
    uncertain ones.
`reading_state`: What counts as read in a study: gold files compared with the record of texts and codes.
`unread_notes`: Warnings about text, codes and definitions that changed after people had read.
"""
