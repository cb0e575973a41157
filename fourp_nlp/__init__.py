"""NLP-assisted auto-coding for qualitative research.

Modules
-------
`agreement/`: Agreement between coders: coefficients of arrays of labels, with a reason where undefined.
`batch/`: Batch scoring: many shards of text coded by a machine, on this machine or on a cluster.
`cli/`: The command `fourp`: thin shells over the library, and the only place that prints and exits.
`codebook/`: Codebooks: themes and codes with their definitions, read from YAML and validated.
`coding/`: Human coding: gold codings, alignment with segments, sheets, sampling, reconciliation, the
    database.
`documents/`: Brings documents in: files of many kinds into one table of normalised texts.
`exchange/`: Exchange with other programs: every format is read into an `Exchange`, and written from
    one.
`files/`: Files that are written whole or not at all, one or several, also where the program is killed
    on the way.
`frequencies/`: Frequencies: how often each code occurs, counted over the complete grid or estimated
    from a sample.
`machine/`: The machine coder: encoder, classifier, calibration, training, suggestions.
`reporting/`: The report: an HTML page of results, its charts, tables for a spreadsheet, and the methods
    text.
`sandbox/`: Work on what outsiders made, done in processes of their own that it may end, within limits.
`segments/`: Cuts documents into the units that are coded: sentences, turns or paragraphs.
`spreadsheets/`: Tables as files for a spreadsheet, the workbooks that people fill in, and reading them
    back.
`study/`: A study: a project on disk, its tables, and the steps that are run over them.
`turns/`: Who says what: turns of speakers, recognised by what a whole document has of them.
`websites/`: Websites: collected into WARC files with provenance, and read as documents.
`columns`: The tables that travel between the steps: their columns, types and meaning, written down
    once.
`control_characters`: Characters that no format refuses.
`errors`: The exceptions that fourp_nlp raises.
`lazy_imports`: Names of a package that are looked up when they are first asked for.
`number_format`: How numbers are written for reading: rounded, without "-0.00", and no "100.0%" of less
    than all.
`spacy_component`: A component for spaCy: `nlp.add_pipe("fourp")` fills `doc.spans["fourp"]` with coded
    segments.
`string_storage`: Keeps texts in plain Python strings while this package works, whether or not pyarrow
    is installed.
`tables`: The tables that travel between the steps, as frames that keep to their columns and types.
`texts`: Suggests codes for texts in memory, without files and without a project.
`word_count`: What a word is, wherever this program counts words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.lazy_imports import on_demand

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study, new_study, open_study
    from fourp_nlp.texts import suggest

__all__ = ["Study", "__version__", "new_study", "open_study", "suggest"]

__version__ = "0.1.0"

__getattr__, __dir__ = on_demand(
    "fourp_nlp",
    {
        "Study": "study.study",
        "new_study": "study.study",
        "open_study": "study.study",
        "suggest": "texts",
    },
)
