"""Reads REFI-QDA files.

Modules
-------
`_annotations`: Reads notes that contain their own place in a source, as QualCoder's annotations do.
`_codes`: Reads the codes of a project or codebook.
`_codings`: Reads the codings of a project as the table MARKS, and lists those without a place as
    losses.
`_notes`: Reads the notes of a project, and finds what each is about.
`_package`: Reads the .qde and the texts in the zip of a REFI-QDA project; nothing is unpacked to the
    disk.
`_passages`: Reads selections: which codings and notes are on each, who made it, and when.
`qde_elements`: Collects the elements of a .qde as it streams by, without interpreting them.
`reader`: Reads REFI-QDA projects (.qdpx) and codebooks (.qdc) into an `Exchange`.
`source_texts`: Decodes texts of sources, and keeps how long their line ends were, which offsets depend
    on.
`sources`: Reads the sources of a project and their texts.
`users`: Reads the users of a project, and normalises GUIDs.
`_variables`: Reads variables of sources and cases, and members of cases and sets.
`_xml_parser`: Parses QDA-XML; XML that is not well-formed is repaired where that is safe, and parsed
    again.
`_xml_repair`: Escapes characters of XML that a program did not escape, as it streams by, where nothing
    is in doubt.
"""
