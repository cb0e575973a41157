"""Gold codings in CSV files: read, validated, merged and written.

Modules
-------
`assisted`: Assisted codings: what people decided about the machine's suggestions while they saw them.
`coder_names`: Coders' names: which spellings belong to one person, and errors for unknown names.
`codes_looked_for`: Which codes a coder looked for, where a gold file or a sheet says so.
`columns`: Columns of gold files, and protection of cells against being read as formulas.
`merging`: Adding newly coded segments to earlier codings of a coder.
`_problem_messages`: Messages for faults in rows of gold files, each with its cure.
`problems`: Problems in gold files, collected and reported together.
`reader`: Reading gold files, and reporting all their problems together.
`rows`: Reading the rows of a gold file with their line numbers.
`scope_edits`: Changing what gold files say was read: a whole document, or the coded passages alone.
`validation`: Validating rows of gold files against documents and codebook.
`writer`: Writing gold files.
"""
