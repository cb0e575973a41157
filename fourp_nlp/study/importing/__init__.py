"""Imports another program's project into a new study or an existing one.

Modules
-------
`codes/`: Matches codes and themes of another program's project with a codebook.
`codings/`: Imports codings of human and machine coders, and compares them with those of the study.
`documents/`: Matches documents of another program's project with those of a study.
`_coding_summary`: Summarises an import by coder: each coding of the file, and each of the study, in
    exactly one column.
`_extras`: Updates the exchange extras: parts of an imported project that a study cannot store elsewhere.
`_facts_summary`: Summarises an import of notes, values, cases and sets: each item in exactly one
    column.
`_files`: Lists the files that an import writes: settings, texts, codebook, and backups.
`_identities`: Restores the project's own GUIDs of the items in a file, in place of the file's GUIDs.
`import_project`: Imports another program's project: plans what would be written, and writes it.
`_messages`: Writes the messages of an import: edits that are not imported, and what the file does not
    hold.
`_notes`: Matches notes of a file with those of the study, and finds additions to them.
`_own_notes`: Recognises notes about the whole project that this program wrote, after a program changed
    their GUIDs.
`plan`: Options and plan of an import, as plain values.
`_prepared_exchange`: Prepares an exchange for the import: normalised GUIDs, and only the chosen coders.
`reader_context`: Reads a file of another program, with the documents and codes of the study where its
    format needs them.
`target`: Reads a project as it is before an import.
"""
