"""Gold codings in CSV files: read, validated, merged and written.

Modules
-------
`coder_names`: Names of coders: which spellings are one person's, and who there is where a name is
    unknown.
`codes_looked_for`: Which codes a coder looked for, where a gold file or a sheet says so.
`columns`: The columns of a gold file, and the apostrophe that keeps a cell from being a formula.
`merging`: Adding newly coded segments to what a coder coded before.
`_problem_messages`: Putting in words what is wrong with a row of a gold file, and what can be done.
`problems`: What is wrong with gold files, said all at once.
`reader`: Reading gold files, with everything that is wrong in them said at once.
`reading_record`: The record of what was read: which text and which codes there were, kept beside the
    gold files.
`rows`: Reading the rows of a gold file, with the line that each stands on.
`validation`: Holding the rows of gold files to the documents and the codebook.
`writer`: Writing gold files.
"""
