"""NLP-assisted auto-coding for qualitative research.

Modules
-------
`agreement/`: Agreement between coders: coefficients of arrays of labels, with a reason where undefined.
`batch/`: Batch scoring: many shards of text coded by a machine, on this machine or on a cluster.
`cli/`: The command `fourp`: thin shells over the library, and the only place that prints and exits.
`codebook/`: Codebooks: themes and codes with their definitions, read from YAML and validated.
`coding/`: Human coding: gold codings, alignment with segments, sheets, sampling, reconciliation, the
    database.
`documents/`: Reading documents: files of many formats into one table of normalised texts.
`exchange/`: Exchange with other programs: every format is read into an `Exchange`, and written from
    one.
`files/`: Writing files completely or not at all, also when the program is killed; locks and limits of
    files.
`frequencies/`: Frequencies: how often each code occurs, counted over the complete grid or estimated
    from a sample.
`machine/`: The machine coder: encoder, classifier, calibration, training, suggestions.
`reporting/`: The report: an HTML page of results, its charts, tables for a spreadsheet, and the methods
    text.
`review/`: The review page: a local web page on which a person reads, codes and settles.
`sandbox/`: Child processes with limits on memory and time, for reading untrusted files.
`segments/`: Cutting documents into segments, the units of coding: sentences, turns or paragraphs.
`spreadsheets/`: CSV files and workbooks: safe for spreadsheets, filled in by people, and read again.
`study/`: A study: a project on disk, its tables, and the steps that are run over them.
`turns/`: Turns of speakers, recognised by the labels of a whole document.
`websites/`: Websites: collecting them into WARC files, and reading these as documents.
`columns`: The tables that travel between the steps: their columns, types and meaning, written down
    once.
`control_characters`: Removing or replacing characters that files cannot hold.
`errors`: The exceptions that fourp_nlp raises.
`lazy_imports`: Importing the names of a package when they are first used.
`number_format`: Formatting numbers for reading: rounded, without "-0.00", and never "100.0%" for less
    than all.
`spacy_component`: A component for spaCy: `nlp.add_pipe("fourp")` fills `doc.spans["fourp"]` with coded
    segments.
`spacy_import`: Importing spaCy without PyTorch, in a process that runs nothing but this program.
`string_storage`: Keeps texts in plain Python strings while this package works, whether or not pyarrow
    is installed.
`tables`: The tables that travel between the steps, as frames that keep to their columns and types.
`texts`: Suggests codes for texts in memory, without files and without a project.
`word_count`: Counting words: the one definition of a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.lazy_imports import on_demand

if TYPE_CHECKING:
    from fourp_nlp.study.codebooks import read_codebook, write_codebook
    from fourp_nlp.study.study import Study, new_study, open_study
    from fourp_nlp.texts import suggest

__all__ = [
    "Study",
    "__version__",
    "new_study",
    "open_study",
    "read_codebook",
    "suggest",
    "write_codebook",
]

__version__ = "0.1.0"

__getattr__, __dir__ = on_demand(
    "fourp_nlp",
    {
        "Study": "study.study",
        "new_study": "study.study",
        "open_study": "study.study",
        "read_codebook": "study.codebooks",
        "suggest": "texts",
        "write_codebook": "study.codebooks",
    },
)
