"""REFI-QDA: projects (.qdpx) and codebooks (.qdc), as the schemas of 18 March 2019 have them.

Modules
-------
`offsets/`: How a program counted the offsets of its selections.
`reading/`: REFI-QDA files read.
`writing/`: REFI-QDA files written.
`case_variables`: Variables that documents and cases both have: in QualCoder a variable is of one or the
    other.
`dialects`: How each program's own files are written, where that is more than the schema asks for.
`document_names`: Names of documents in folders: other programs make files of them, and stumble over the
    slash.
`machine_note`: The note on a machine's coding: how sure it was and why, readable, and read back.
`note_links`: Links between notes and what they are about, which some programs write in place of
    references.
`origin`: What a project says of the program that wrote it: how our own writer counted is read, and not
    guessed.
`passage_description`: Notes of a passage once more, as its description: some programs show that, and no
    note on a coding.
`reading_note`: The note on what a coder read; without it, nothing tells "not read" from "nothing
    found".
`sources_without_text`: Sources without a text: other programs fail on one that has no file, or an empty
    one.
`xml_dates`: Dates and times of XML Schema in UTC.
`xml_values`: How XML Schema writes values: what does not fit goes out as text, or not at all.
"""

from __future__ import annotations

from fourp_nlp.exchange.refi.origin import DIALECTS, Dialect
from fourp_nlp.exchange.refi.reading.reader import read_qdc, read_qdpx
from fourp_nlp.exchange.refi.writing.writer import write_qdc, write_qdpx

__all__ = ["DIALECTS", "Dialect", "read_qdc", "read_qdpx", "write_qdc", "write_qdpx"]
