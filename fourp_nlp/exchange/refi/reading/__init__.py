"""REFI-QDA files read.

Modules
-------
`_annotations`: Notes that tell themselves at which place of a source they are, as QualCoder's
    annotations do.
`_codes`: The codes of a project or codebook.
`_codings`: Codings of a project as the table MARKS, and what is told of those that have no place.
`_notes`: Notes of a project, and what each is about.
`_package`: The zip container of a REFI-QDA project: only its .qde and its texts are read, and nothing
    is unpacked.
`_passages`: Selections as the other program has them: which codings and notes are on each, who made it,
    and when.
`qde_elements`: QDA-XML as it is written: the elements of a .qde, collected while it streams by, nothing
    interpreted.
`reader`: REFI-QDA projects (.qdpx) and codebooks (.qdc) read into an `Exchange`.
`source_texts`: Texts as they came, and how their line ends and marks stood: what offsets may have
    counted.
`sources`: Sources of a project and their texts.
`users`: Users of a project, and identities in one spelling.
`_variables`: Variables of sources and cases, and what belongs to cases and sets.
`_xml_parser`: QDA-XML parsed: as it stands, and if it is not well-formed, once more with what can be
    mended mended.
`_xml_repair`: XML that a program did not escape, made well-formed as it streams by: only where nothing
    is in doubt.
"""
