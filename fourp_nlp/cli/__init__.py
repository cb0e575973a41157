"""The command `fourp`: thin shells over the library, and the only place that prints and exits.

Exit codes: 0 done; 1 something is wrong, and the message says what; 2 the command was mistyped;
3 done, but some documents were skipped; 130 interrupted.
"""

from __future__ import annotations

import sys

from fourp_nlp.cli import (  # noqa: F401 - importing a command's module adds it to the app
    _agree,
    _codebook,
    _documents,
    _frequencies,
    _init,
    _next,
    _plan,
    _reconcile,
    _report,
    _run,
    _suggest,
    _train,
)
from fourp_nlp.cli._app import app
from fourp_nlp.errors import FourpError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line."""
    try:
        app()
    except FourpError as error:
        from fourp_nlp.cli._console import fail

        fail(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough.
        sys.stderr.close()
        sys.exit(0)
