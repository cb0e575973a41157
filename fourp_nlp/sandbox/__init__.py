"""Child processes with limits on memory and time, for reading untrusted files.

A module that is to run in such a process calls `serve` with a function that answers one request. Whoever
wants the answers makes `Processes` of that module and asks them.

Modules
-------
`_exit_statuses`: Exit statuses of a child process that exceeded a limit.
`_messages`: Messages between the parent and its child process.
`process`: One child process, as its parent sees it.
`_process_limits`: Limits that a child process sets for itself: by the system, or watched by a thread.
`process_memory`: Measuring the memory of a process.
`processes`: A pool of child processes, one per thread that asks.
`request_limits`: Limits of one request: memory, processor time and time by the clock.
`server`: The child process's loop: it answers requests until its parent ends.
"""

from __future__ import annotations

from fourp_nlp.sandbox.process import Breakdown
from fourp_nlp.sandbox.process_memory import memory_of
from fourp_nlp.sandbox.processes import Processes
from fourp_nlp.sandbox.request_limits import Limits
from fourp_nlp.sandbox.server import serve

__all__ = ["Breakdown", "Limits", "Processes", "memory_of", "serve"]
