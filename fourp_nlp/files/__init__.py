"""Writing files completely or not at all, also when the program is killed; locks and limits of files.

Modules
-------
`delimited`: Splitting delimited tables into cells of any length.
`disk_sync`: Flushing files to the disk, and the hash of a file's content.
`hashes`: Hashes of several files, to compare a folder with its known state.
`journal`: The journal of a change to several files, by which an interrupted change is undone.
`leftovers`: Removing temporary files of killed commands, and restoring renamed ones.
`lock`: Locking a folder: one command at a time changes it.
`plain_yaml`: Reading YAML from any source as plain values; nothing is expanded or executed.
`private`: Files and folders with people's words, readable by their owner alone.
`stray_files`: Files that other programs leave beside documents: resource forks, locks, thumbnails,
    copies.
`table_limits`: Limits on the size of tables, checked while rows are read.
`_temporary_names`: Names of temporary files: hidden, beside their file, with the process that made
    them.
`whole_file`: Writing one file, completely or not at all.
`whole_files`: Writing several files, all or none.
`zip_limits`: Zip containers (docx, pptx, xlsx, odt), checked before any parser sees them.
"""

from __future__ import annotations

from fourp_nlp.files._temporary_names import temporary_name
from fourp_nlp.files.disk_sync import fingerprint
from fourp_nlp.files.journal import Undone, journals, undo_unfinished_changes
from fourp_nlp.files.leftovers import sweep, sweep_of_many_writers
from fourp_nlp.files.private import private_file_mode, private_folder
from fourp_nlp.files.whole_file import (
    put_in_place,
    replacing,
    write_if_absent,
    write_text,
    writing_to,
)
from fourp_nlp.files.whole_files import Content, write_together

__all__ = [
    "Content",
    "Undone",
    "fingerprint",
    "journals",
    "private_file_mode",
    "private_folder",
    "put_in_place",
    "replacing",
    "sweep",
    "sweep_of_many_writers",
    "temporary_name",
    "undo_unfinished_changes",
    "write_if_absent",
    "write_text",
    "write_together",
    "writing_to",
]
