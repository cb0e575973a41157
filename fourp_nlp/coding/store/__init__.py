"""The project's database: suggestions, people's decisions, draws of segments to code, and a log.

Modules
-------
`adjudication_log`: The log of differences that were settled in the review page: nothing in it is ever
    changed or removed.
`answer_log`: The log of answers to drawn segments in the review page, to which entries are only added.
`backups`: Backups of the database, made after each change of decisions and draws, and restored.
`carried_names`: Names in logs that are never changed: what codes and coders of earlier entries are
    called now.
`_connection`: Opening the database: to write, or to read where nothing can be written; checked before
    it is trusted.
`review_log`: The log of decisions in the review page: nothing in it is ever changed or removed.
`schema`: The tables of the database, and how older files come up to them.
`_sqlite_errors`: What SQLite's errors mean, in words, with the cure that loses nothing.
`store`: The project's database as tables that go in and come out.
"""

from __future__ import annotations

from fourp_nlp.coding.store.backups import backups, is_whole, restore
from fourp_nlp.coding.store.schema import DECISIONS_COLUMNS
from fourp_nlp.coding.store.store import Store

__all__ = ["DECISIONS_COLUMNS", "Store", "backups", "is_whole", "restore"]
