"""Files that are written whole or not at all, one or several, also where the program is killed on the way."""

from __future__ import annotations

from fourp_nlp.files.disk_sync import fingerprint
from fourp_nlp.files.journal import Undone, journals, settle_journals
from fourp_nlp.files.leftovers import sweep
from fourp_nlp.files.private import private_file_mode, private_folder
from fourp_nlp.files.whole_file import replacing
from fourp_nlp.files.whole_files import Content, write_together

__all__ = [
    "Content",
    "Undone",
    "fingerprint",
    "journals",
    "private_file_mode",
    "private_folder",
    "replacing",
    "settle_journals",
    "sweep",
    "write_together",
]
