"""Run in an environment with Argilla's client: read records and settings, and write the records again.

Arguments: the records, the settings, what to write. No server is needed.
"""

# ruff: noqa: SLF001 - the client has no public way to read records without a server
import sys
from pathlib import Path
from unittest.mock import MagicMock

import argilla as rg
from argilla.records._io._json import JsonIO

rg.Argilla._get_default = classmethod(lambda _: MagicMock())
records = JsonIO._records_from_json(sys.argv[1])
settings = rg.Settings.from_json(sys.argv[2])
Path(sys.argv[3]).unlink(missing_ok=True)
JsonIO.to_json(records, sys.argv[3])
(question,) = settings.questions
labels = f"a {type(question).__name__} with {len(question.labels)} labels"
print(f"Argilla's client took {len(records)} records and {labels}")
