"""A study: a project on disk, its tables, and the steps that are run over them.

Modules
-------
`exporting/`: A project as it goes to other programs.
`importing/`: Another program's project into a new study or an existing one.
`machine/`: A project's machine coder: training it, its suggestions, and what to know before relying on
    them.
`measuring/`: What a project's codings show: agreement, frequencies, estimates, comparisons.
`reading/`: A project's documents, segments and human codings, and what counts as read.
`reconciling/`: Where the coders of a project disagree, and the codes that stand after adjudication.
`reporting/`: The report and the methods text of a project: their facts gathered, their files written.
`sampling/`: Which segments of a project people code next: draws, sheets, and what comes back.
`changes`: Changes to a project: one command at a time, and each change whole or not at all.
`labels`: The codes that one coder, human or machine, gave to the segments of a study.
`project`: A project on disk: its settings, its folders, and how a new one is laid out.
`result_places`: Where results may go: nowhere that a command would read them as documents or gold
    codes.
`study`: A study: a project opened once, with its tables kept and its steps as methods.
"""
