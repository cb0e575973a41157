"""REFI-QDA files written.

Modules
-------
`codes`: Codes as a tree, and sets, on a page.
`_notes`: Notes of a project: what they are about, and what this program adds for machines and for what
    was read.
`_selections`: Codings as selections of a text: one for each coding, or one shared by all codings of a
    passage.
`_sources`: Sources with their selections and codings, on a page.
`_variables`: Attributes of documents and cases as variables.
`writer`: Writing a REFI-QDA project: a zip of one XML file and the texts, as other programs read it
    exactly.
`_xml_writer`: The XML of a project or codebook, written as a stream; what XML cannot hold is left out
    and told.
"""
