"""A study: a project on disk, its tables, and the steps that are run over them.

Modules
-------
`exporting/`: Exports a study to other programs.
`importing/`: Imports another program's project into a new study or an existing one.
`machine/`: A project's machine coder: training it, its suggestions, and what to know before relying on
    them.
`measuring/`: What a project's codings show: agreement, frequencies, estimates, comparisons.
`reading/`: A project's documents, segments and human codings, and what counts as read.
`reconciling/`: Where the coders of a project disagree, and the codes that stand after adjudication.
`renaming/`: Codes and coders renamed, merged, split, retired and removed, in all files and the database of a
    project.
`reporting/`: The report and the methods text of a project: their facts gathered, their files written.
`reviewing/`: Reviewing a document with its suggestions: what a person sees, decides, and takes back.
`sampling/`: Which segments of a project people code next: draws, sheets, and what comes back.
`changes`: Changing files and database of a project together, one command at a time.
`codebooks`: Codebooks in every format that people keep them in: the registry of formats, reading and
    writing.
`decision_sheets`: Writing a sheet on which people decide row by row: the one place for all kinds of it.
`confirmed_roles`: Confirming guessed roles of speakers: writing them into fourp.toml, and leaving the
    rest of it as it is.
`labels`: The codes that one coder, human or machine, gave to the segments of a study.
`new_project`: Creating a new project: its folders, settings and first files.
`project`: A project on disk: its folder, its settings and the places of its files.
`result_places`: Folders for results: never where a command would read them as documents or gold codes.
`settings`: Settings of a project: the keys of `fourp.toml`, their types and defaults.
`status`: Where a study stands: what is there, who read what, codes with too few codings, and what to do
    next.
`study`: A study: a project opened once, whose methods are the steps and return their tables.
`study_tables`: The tables of a study: read when they are first asked for, kept while their files do not
    change.
`undo`: Taking back the last change to people's codings.
`undo_journal`: What it takes to take back a change to people's codings: kept in the project for each
    change.
"""
