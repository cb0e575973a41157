"""Work on what outsiders made, done in processes of their own that it may end, within limits.

A module that is to run in such a process calls `serve` with a function that answers one request. Whoever
wants the answers makes `Processes` of that module and asks them.
"""

from __future__ import annotations

from fourp_nlp.sandbox.process import Breakdown
from fourp_nlp.sandbox.process_memory import memory_of
from fourp_nlp.sandbox.processes import Processes
from fourp_nlp.sandbox.request_limits import Limits
from fourp_nlp.sandbox.server import serve

__all__ = ["Breakdown", "Limits", "Processes", "memory_of", "serve"]
