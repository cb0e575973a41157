"""Gold codings in CSV files: read, validated, merged and written.

Modules
-------
`assisted`: Assisted codings: what people decided about the machine's suggestions while they saw them.
`carried_record`: The record of what was read, after codings were carried along with a changed text.
`coder_names`: Coders' names: which spellings belong to one person, and errors for unknown names.
`codes_looked_for`: Which codes a coder looked for, where a gold file or a sheet says so.
`columns`: Columns of gold files, and protection of cells against being read as formulas.
`kept_texts`: The texts that the positions of codings belong to, kept beside the gold files.
`merging`: Adding newly coded segments to earlier codings of a coder.
`_problem_messages`: Messages for faults in rows of gold files, each with its cure.
`problems`: Problems in gold files, collected and reported together.
`reader`: Reading gold files, and reporting all their problems together.
`reading_record`: The record of what was read: which text each coder read, for which codes, by which
    definitions.
`readings`: What counts as read now: gold files compared with the record of what was read.
`record_file`: The file of the record of what was read: JSON beside the gold files.
`rows`: Reading the rows of a gold file with their line numbers.
`scope_edits`: Changing what gold files say was read: a whole document, or the coded passages alone.
`undecided`: Codings whose passage changed, and of which nobody has decided yet where they belong.
`validation`: Validating rows of gold files against documents and codebook.
`writer`: Writing gold files.
"""
