"""Gold codes: what people coded, in CSV files, and laid over segments.

A gold file has the columns document, start, end, code, coder and quote, one row a coded span. Start
and end count Unicode code points of the document's text, and quote is that stretch of it. Without
the column coder, the coder is the file's name without its ending. A row with a document but no
start, end, code and quote says that the coder coded the document and need not have found anything
in it: without such a row, a document without codings counts as not coded.

A column scope may say ``segment``: such a row speaks for its span alone, and the rest of the document
was not read. With an empty code it says that the span was read and no code applies. Where it is
missing or empty it says ``document``. A document that a coder codes as a whole in one file and in part
in another is wholly coded.

A column looked_for may list the codes that the coder looked for, if not all: the other codes were not
looked for in the row's document, or in its span if the scope is ``segment``. A row with nothing else but a
coder says so of all of the coder's rows in the file.

Which text, which codes and which definitions there were when somebody read is kept in a record beside the
gold files (`read_record`). What a document gained since then, and codes that were added since, count as
unread.

Comma, semicolon and tab may stand between the cells, and a byte order mark is taken. A cell that a
spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage
return) is written with an apostrophe before it, which is taken off when it is read.
"""

from __future__ import annotations

from fourp_nlp.gold._cells import CODED, READ
from fourp_nlp.gold._decisions import (
    DECISION_COLUMNS,
    DECISIONS_SHEET,
    FilledDecisions,
    read_decisions,
)
from fourp_nlp.gold._laid import LAID, laid_report
from fourp_nlp.gold._lay import (
    RULES,
    LaidCodings,
    Rule,
    coded_documents,
    codes_read,
    codes_redefined,
    codings_to_matrix,
    covered_segments,
    touched_segments,
)
from fourp_nlp.gold._looked_for import not_looked_for
from fourp_nlp.gold._merge import differing_spans, merge_gold
from fourp_nlp.gold._move import Moved, moved_rows
from fourp_nlp.gold._names import (
    known_coder,
    name_key,
    no_such_coder,
    one_spelling,
    spelling_notes,
    unknown_coder,
)
from fourp_nlp.gold._read import Gold, read_gold
from fourp_nlp.gold._record import (
    CHANGED,
    RECORD_NAME,
    Readings,
    ReadRecord,
    read_record,
    readings,
)
from fourp_nlp.gold._sheet import (
    CANNOT_APPLY,
    PLACE_COLUMNS,
    SHEET_NAME,
    FilledSheet,
    mark_columns,
    read_sheet,
)
from fourp_nlp.gold._write import gold_content, write_gold

__all__ = [
    "CANNOT_APPLY",
    "CHANGED",
    "CODED",
    "DECISIONS_SHEET",
    "DECISION_COLUMNS",
    "LAID",
    "PLACE_COLUMNS",
    "READ",
    "RECORD_NAME",
    "RULES",
    "SHEET_NAME",
    "FilledDecisions",
    "FilledSheet",
    "Gold",
    "LaidCodings",
    "Moved",
    "ReadRecord",
    "Readings",
    "Rule",
    "coded_documents",
    "codes_read",
    "codes_redefined",
    "codings_to_matrix",
    "covered_segments",
    "differing_spans",
    "gold_content",
    "known_coder",
    "laid_report",
    "mark_columns",
    "merge_gold",
    "moved_rows",
    "name_key",
    "no_such_coder",
    "not_looked_for",
    "one_spelling",
    "read_decisions",
    "read_gold",
    "read_record",
    "read_sheet",
    "readings",
    "spelling_notes",
    "touched_segments",
    "unknown_coder",
    "write_gold",
]
