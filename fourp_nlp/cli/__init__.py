"""The command `fourp`: thin shells over the library, and the only place that prints and exits.

Exit codes: 0 done; 1 something is wrong, and the message says what; 2 the command was mistyped;
3 done, but some documents were skipped; 70 the program broke down, and the message says where the details
are; 130 interrupted.

Modules
-------
`agreement/`: `fourp agree` and what belongs to it.
`coding/`: Commands of human coding: sheets, decisions, gold codings, and changes of codes and coders.
`batch/`: `fourp collect` and `fourp score`.
`frequencies/`: `fourp frequencies` and `fourp plan`.
`screen/`: What all commands print with: console, tables, notices.
`app`: The application that the commands belong to, and the options that they share.
`codebook`: `fourp codebook`: validate a codebook and list missing parts, or write it in another format.
`documents`: `fourp read` and `fourp segment`: documents, speakers and segments on the screen.
`export_project`: `fourp export`: writes the project for another program, and lists what its format
    cannot hold.
`import_project`: `fourp import`: imports projects of other programs, into a new project or the one the
    user is in.
`init`: `fourp init`: create a new project.
`_methods`: `fourp report --methods`: the methods section of an article, and the blanks to fill in.
`report`: `fourp report`: one page with everything, or the methods text for a journal.
`restore`: `fourp restore`: list and restore backups of the project's database.
`run`: `fourp run`: every step of a project, in order.
`status`: `fourp status` and `fourp doctor`: where a study stands, and whether everything works.
`speakers`: `fourp speakers`: who speaks in the documents, and which role each speaker has.
`suggest`: `fourp suggest`: codes for a project's documents, or for any files.
`train`: `fourp train`: learn from gold codes.
"""

from __future__ import annotations

import io
import os
import sys

from fourp_nlp.cli import codebook as _codebook
from fourp_nlp.cli import documents as _documents
from fourp_nlp.cli import export_project as _export
from fourp_nlp.cli import import_project as _import
from fourp_nlp.cli import init as _init
from fourp_nlp.cli import report as _report
from fourp_nlp.cli import restore as _restore
from fourp_nlp.cli import run as _run
from fourp_nlp.cli import speakers as _speakers
from fourp_nlp.cli import status as _status
from fourp_nlp.cli import suggest as _suggest
from fourp_nlp.cli import train as _train
from fourp_nlp.cli.agreement import agree as _agree
from fourp_nlp.cli.app import app
from fourp_nlp.cli.batch import collect as _collect
from fourp_nlp.cli.batch import score as _score
from fourp_nlp.cli.coding import accept as _accept
from fourp_nlp.cli.coding import codebook_changes as _codebook_changes
from fourp_nlp.cli.coding import codebook_editing as _codebook_editing
from fourp_nlp.cli.coding import codebook_history as _codebook_history
from fourp_nlp.cli.coding import coder as _coder
from fourp_nlp.cli.coding import gold as _gold
from fourp_nlp.cli.coding import next_segments as _next
from fourp_nlp.cli.coding import reconcile as _reconcile
from fourp_nlp.cli.coding import review as _review
from fourp_nlp.cli.coding import undo as _undo
from fourp_nlp.cli.frequencies import frequencies as _frequencies
from fourp_nlp.cli.frequencies import plan as _plan
from fourp_nlp.cli.screen.crash_report import TRACEBACK, tell
from fourp_nlp.errors import FourpError
from fourp_nlp.spacy_import import claim_process

__all__ = ["app", "main"]

# Threads that wait for work would otherwise spin, and where other programs want the processor too, most
# of its time goes into that: those of the encoder (OpenMP), and those of matrix products (OpenBLAS, whose
# threads spin for 2 to the power of so many cycles).
_SLEEP = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_THREAD_TIMEOUT": "10"}


def main() -> None:
    """Run the command line."""
    claim_process()
    # Read when the libraries are loaded.
    for name, value in _SLEEP.items():
        os.environ.setdefault(name, value)
    for stream in (sys.stdout, sys.stderr):
        # Not every terminal or pipe takes every character.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except FourpError as error:
        from fourp_nlp.cli.screen.console import fail

        fail(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        from fourp_nlp.cli.screen.console import fail

        message, code = tell(error)
        fail(message)
        sys.exit(code)
