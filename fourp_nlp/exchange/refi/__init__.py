"""REFI-QDA: projects (.qdpx) and codebooks (.qdc), as the schemas of 18 March 2019 have them.

Modules
-------
`offsets/`: Converts offsets of selections to places in texts, in the unit in which a program counted
    them.
`reading/`: Reads REFI-QDA files.
`writing/`: Writes REFI-QDA files.
`case_variables`: Gives variables of both documents and cases two names: QualCoder allows a variable for
    one of them only.
`dialects`: Dialects: how files of other programs are written, where they do more than the schema asks
    for.
`document_names`: Writes names of documents in folders without slashes: other programs make files of
    them.
`machine_note`: Writes and reads the note on a machine's coding: its probability and reason.
`note_links`: Reads links between notes and what they are about, which some programs write instead of
    references.
`passage_description`: Writes notes of a passage as its description too: some programs do not show notes
    on codings.
`reading_note`: Writes and reads the note on what a coder read: it distinguishes "not read" from
    "nothing found".
`sources_without_text`: Marks sources without a text: other programs fail on a source without a file, or
    with an empty one.
`xml_dates`: Converts dates and times of XML Schema to UTC.
`xml_values`: Checks values against the types of XML Schema: a value that does not fit is written as
    text.
"""

from __future__ import annotations

from fourp_nlp.exchange.refi.dialects import DIALECTS, Dialect
from fourp_nlp.exchange.refi.reading.reader import read_qdc, read_qdpx
from fourp_nlp.exchange.refi.writing.writer import write_qdc, write_qdpx

__all__ = ["DIALECTS", "Dialect", "read_qdc", "read_qdpx", "write_qdc", "write_qdpx"]
