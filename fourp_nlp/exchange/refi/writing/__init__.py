"""Writes REFI-QDA files.

Modules
-------
`codes`: Writes codes as a tree, and sets.
`_notes`: Collects and writes a project's notes, with a note for each machine coding and for what each
    coder read.
`_selections`: Makes selections of codings: one for each coding, or one for all codings of a passage.
`_sources`: Writes sources with their selections and codings.
`_variables`: Collects and writes attributes of documents and cases as variables.
`writer`: Writes REFI-QDA projects and codebooks: a zip of one XML file and the texts, or the XML alone.
`_xml_writer`: Writes the XML of a project or codebook as a stream, without what XML cannot hold.
"""
