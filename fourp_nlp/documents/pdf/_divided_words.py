"""Joining words that are divided at the end of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["unwrapped"]


def unwrapped(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a paragraph with what belongs between them: nothing where a word was divided.

    Each line has a space after it, or comes without the hyphen at its end.
    """
    for line, following in zip(lines, [*lines, ""][1:], strict=True):
        divided = len(line) > 2 and line.endswith("-") and line[-2].islower()
        if divided and following[:1].islower():
            # A word with a hyphen inside already, such as "face-to-" face, keeps this one too.
            word = line.rsplit(maxsplit=1)[-1]
            yield line if "-" in word[:-1] else line[:-1]
        elif divided:
            yield line
        else:
            yield f"{line} " if following else line
