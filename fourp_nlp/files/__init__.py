"""Files that are written whole or not at all, one or several, also where the program is killed on the way.

Modules
-------
`delimited`: Delimited tables split into cells; a cell may hold a whole document.
`disk_sync`: Getting files and folders onto the disk, and knowing a file again by its content.
`hashes`: Whether a folder's files are the ones that are known: one hash of them all.
`journal`: The journal of a change to several files, by which one that was cut short is undone.
`leftovers`: Taking away what a command that was killed left behind, and giving back what it had set
    aside.
`lock`: One command at a time changes a folder; the others wait, and say for whom.
`plain_yaml`: YAML that anybody may have written, read as plain values: nothing unfolds, nothing is
    executed.
`private`: Folders and files that hold people's words and are for this program alone.
`stray_files`: Files that programs leave beside people's own: resource forks, locks, thumbnails, second
    copies.
`table_limits`: How large a table may be that comes from outside, counted while its rows are read.
`_temporary_names`: Names of temporary files: hidden, beside the file that they are for, with the
    process that made them.
`whole_file`: Writing one file, whole or not at all.
`whole_files`: Writing several files, or none of them.
`zip_limits`: Zip containers (docx, pptx, xlsx, odt), checked before any parser sees them.
"""

from __future__ import annotations

from fourp_nlp.files._temporary_names import temporary_name
from fourp_nlp.files.disk_sync import fingerprint
from fourp_nlp.files.journal import Undone, journals, settle_journals
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
    "settle_journals",
    "sweep",
    "sweep_of_many_writers",
    "temporary_name",
    "write_if_absent",
    "write_text",
    "write_together",
    "writing_to",
]
