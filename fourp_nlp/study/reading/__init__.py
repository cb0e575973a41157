"""A project's documents, segments and human codings, and what counts as read.

Modules
-------
`alignment_effects`: Effects of each alignment rule on the coders' spans in a study.
`applicability`: Segments to which a code can apply, as the codebook and the roles of speakers say.
`assisted`: Assisted codings of a study: what people decided about suggestions, in numbers and as a
    mask.
`carrying`: Carrying codings along when the text of a document has changed, or its file was renamed.
`corpus`: The first steps: a project's documents, segments and gold codes.
`languages`: Which languages documents are in, and what that means for sentences and suggestions.
`marked_as_read`: What people declare about their reading: documents read again, definitions that mean
    the same.
`moving_codings`: Moving codings to where their passages stand in changed documents, and deciding about
    uncertain ones.
`reading_state`: What counts as read in a study: gold files compared with the record of texts and codes.
`second_look`: Codings that were made by an earlier definition of their code, and who has looked at them again
    since.
`span_readings`: What a person read by giving codes to passages of their own choice.
`speaker_roles`: Roles of speakers, as fourp.toml and speakers.csv set them, and which segments are context
    alone.
`unread_notes`: Warnings about text, codes and definitions that changed after people had read.
`who_speaks`: Who speaks in each document, how many questions each speaker asks, and which role that suggests.
"""
