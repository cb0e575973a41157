"""Messages between the process that wants a file read and the one that reads it.

A message is JSON, never a pickle: what comes back from a parser that met a hostile file is not trusted.
Before it stand four bytes that mark it and eight that give its length, which is checked before anything
is read.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any

__all__ = ["MAX_REQUEST", "receive", "send"]

MAX_REQUEST = 1 << 20
"""Bytes of a message that asks for a file to be read."""

_HEAD = struct.Struct(">4sQ")
_MARK = b"4Ptx"
_CHUNK = 1 << 20


def send(stream: int, message: dict[str, Any]) -> None:
    """Write a message.

    Parameters
    ----------
    stream : int
        Descriptor of a pipe.
    message : dict
        What JSON can hold; texts may have lone surrogates, as names of files do.

    Raises
    ------
    OSError
        If nobody reads at the other end.
    """
    # Lone surrogates pass, because file names may have some.
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    _write(stream, _HEAD.pack(_MARK, len(body)))
    _write(stream, body)


def receive(stream: int, *, most: int) -> dict[str, Any] | None:
    """Wait for a message and return it.

    Parameters
    ----------
    stream : int
        Descriptor of a pipe.
    most : int
        Bytes that it may have.

    Returns
    -------
    dict or None
        The message; None if the other end is closed, or what comes is no message.
    """
    head = _read(stream, _HEAD.size)
    if head is None:
        return None
    mark, length = _HEAD.unpack(head)
    if mark != _MARK or length > most:
        return None
    body = _read(stream, length)
    if body is None:
        return None
    try:
        message = json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _write(stream: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(stream, view[:_CHUNK]) :]


def _read(stream: int, length: int) -> bytearray | None:
    made = bytearray()
    while len(made) < length:
        piece = os.read(stream, min(length - len(made), _CHUNK))
        if not piece:
            return None
        made += piece
    return made
