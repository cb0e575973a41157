"""Another program's project into a new study or an existing one.

Modules
-------
`codes/`: Codes and themes of another program's project, matched with a codebook.
`codings/`: Codings of another program's project: human and machine coders, compared with what is here.
`documents/`: Documents of another program's project, matched with those of a study.
`_coding_summary`: The summary of an import: each coding of the file, and each that is here, in exactly
    one column.
`_extras`: What has no other place in a project, added to what was kept before.
`_facts_summary`: The summary of an import beside codings: notes, values, cases and sets, each item in
    exactly one column.
`_files`: The files that an import writes: a new project's, texts, the codebook, and earlier ones kept.
`_identities`: The identities that this project has for what a file holds, in the place of the file's.
`import_project`: Taking another program's project over: what would be written, and writing it.
`_messages`: What an import tells beside its tables: edits that are not taken, and what here the file
    does not hold.
`_notes`: Which notes of a file are here already, by what they say and where, and what is added to one
    that is.
`_own_notes`: What this program wrote about a project as a whole, known again in a file that gave it
    other identities.
`plan`: What an import is asked to do, and what it would do: both as plain values.
`_prepared_exchange`: An exchange as it came, made ready: one spelling of GUIDs, the wanted coders.
`reader_context`: What a reader of a format may be told of the project, to find its documents and codes.
`target`: A project as it stands when another program's project is to go into it.
"""
