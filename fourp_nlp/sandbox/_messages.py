"""Messages between the parent and its child process.

A message is JSON, never a pickle, and may have bytes behind it: what comes back from a parser that met a
hostile file is not trusted. Before it stand four bytes that mark it and twice eight that give the lengths of
both, which are checked before anything is read.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any

__all__ = ["receive", "send"]

_HEAD = struct.Struct(">4sQQ")
_MARK = b"4Ptx"
_CHUNK = 1 << 20


def send(stream: int, message: dict[str, Any], content: bytes = b"") -> None:
    """Write a message.

    The message is what JSON can hold; its texts may have lone surrogates, as names of files do.
    Raises OSError if nobody reads at the other end.
    """
    # Lone surrogates pass, because file names may have some.
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    _write(stream, _HEAD.pack(_MARK, len(body), len(content)))
    _write(stream, body)
    _write(stream, content)


def receive(
    stream: int, *, most: int, most_content: int = 0
) -> tuple[dict[str, Any], bytearray] | None:
    """Wait for a message and return it.

    `most` and `most_content` are the bytes that it and its content may have. None if the other end
    is closed, or what comes is no message.
    """
    head = _read(stream, _HEAD.size)
    if head is None:
        return None
    mark, length, content_length = _HEAD.unpack(head)
    if mark != _MARK or length > most or content_length > most_content:
        return None
    body, content = _read(stream, length), _read(stream, content_length)
    if body is None or content is None:
        return None
    try:
        message = json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return (message, content) if isinstance(message, dict) else None


def _write(stream: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(stream, view[:_CHUNK]) :]


def _read(stream: int, length: int) -> bytearray | None:
    received = bytearray()
    while len(received) < length:
        piece = os.read(stream, min(length - len(received), _CHUNK))
        if not piece:
            return None
        received += piece
    return received
