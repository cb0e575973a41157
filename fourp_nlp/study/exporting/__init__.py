"""A project as it goes to other programs.

Modules
-------
`coding_dates`: The day of a coding of ours: gold files tell none, and the record of what was read has
    one.
`exchange_extras`: What came with another program's project and has no other place: identities, notes,
    variables, sets.
`export`: A project as it goes to other programs.
`facts`: What leaves a project beside texts and codings: variables, cases and sets, notes.
`texts`: Texts as they leave a project: as they came from another program where they did, else
    normalised.
"""
