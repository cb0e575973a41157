"""Work on what outsiders made, done in processes of their own that it may end, within limits.

A module that is to run in such a process calls `serve` with a function that answers one request. Whoever
wants the answers makes `Processes` of that module and asks them.

Modules
-------
`_exit_statuses`: With which status a process ends itself beyond a limit.
`_messages`: Messages between the process that asks and the one that answers.
`process`: One process that answers requests, seen from the process that asks.
`_process_limits`: Limits that a process sets itself: by the system where it has them, by a thread that
    looks elsewhere.
`process_memory`: How much memory a process holds.
`processes`: As many processes as there are threads that ask at once, each kept for the next request.
`request_limits`: How much one request may take: memory, and time of the processor and by the clock.
`server`: The process that answers: a hostile file may end it, and nobody else.
"""

from __future__ import annotations

from fourp_nlp.sandbox.process import Breakdown
from fourp_nlp.sandbox.process_memory import memory_of
from fourp_nlp.sandbox.processes import Processes
from fourp_nlp.sandbox.request_limits import Limits
from fourp_nlp.sandbox.server import serve

__all__ = ["Breakdown", "Limits", "Processes", "memory_of", "serve"]
