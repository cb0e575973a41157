"""Files that are written whole or not at all, one or several, also where the program is killed on the way."""

from __future__ import annotations

from fourp_nlp.atomic._journal import Undone, journals, settle_journals
from fourp_nlp.atomic._private import private_file_mode, private_folder
from fourp_nlp.atomic._replacing import replacing
from fourp_nlp.atomic._sweep import sweep
from fourp_nlp.atomic._sync import fingerprint
from fourp_nlp.atomic._together import Content, write_together

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
