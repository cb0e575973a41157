"""Several texts in one cell or paragraph: examples, and cases in which a code is not used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.codebook import Exclusion

__all__ = ["exclusion_parts", "exclusion_text", "in_one_line", "listed", "listed_text"]

_BULLET = re.compile(r"^(?:[-*•·–○▪◦●■]|\(?[0-9]{1,2}[.)])[ \t\u00a0]+")
# The code that is used instead. "-" stands for none, after a text that ends in such brackets by itself.
_USE = re.compile(r"(.*\S) \[use: ([^\[\]]+)\]", re.DOTALL)
_ENDS = (".", "!", "?", ";", ":", ",", "…")


def listed(text: str) -> list[str]:
    r"""Return the texts that a cell lists.

    One begins at each bullet or number; without any, after each empty line; without these, in each line.

    Examples
    --------
    >>> listed("- One\n  and more\n- Two"), listed("One\nTwo"), listed("Q: Why?\nA: So.\n\nTwo")
    (['One and more', 'Two'], ['One', 'Two'], ['Q: Why? A: So.', 'Two'])
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    texts: list[list[str]] = []
    if any(_BULLET.match(line) for line in lines):
        for line in lines:
            if _BULLET.match(line) or not texts:
                texts.append([])
            texts[-1].append(_BULLET.sub("", line))
    elif "" in lines:
        texts = [[]]
        for line in lines:
            if line:
                texts[-1].append(line)
            elif texts[-1]:
                texts.append([])
    else:
        texts = [[line] for line in lines]
    joined = (" ".join(" ".join(lines).split()) for lines in texts)
    return [text for text in joined if text]


def listed_text(texts: Iterable[str]) -> str:
    """Return texts of one line each as one text, from which `listed` reads the same."""
    lines = [*texts]
    if any(_BULLET.match(line) for line in lines):
        lines = [f"• {line}" for line in lines]
    return "\n".join(lines)


def in_one_line(texts: Iterable[str]) -> str:
    """Return texts of several lines and bullets as one line; a text of one line stays as it is."""
    lines = [line for text in texts for line in text.strip().splitlines() if line.strip()]
    if len(lines) < 2:
        return "".join(lines)
    points = [point for text in texts for point in listed(text)]
    if any(_BULLET.match(line.strip()) for line in lines):
        points = [
            point if point.endswith(_ENDS) or at == len(points) - 1 else f"{point};"
            for at, point in enumerate(points)
        ]
    return " ".join(points)


def exclusion_text(exclusion: Exclusion) -> str:
    """Return a case as one line that reads back the same, with the code that is used instead behind it."""
    use = exclusion.use or ("-" if _USE.fullmatch(exclusion.when) else "")
    return exclusion.when + (f" [use: {use}]" if use else "")


def exclusion_parts(text: str) -> tuple[str, str]:
    """Return what a line says of a case, and the code that it names as the one to use, by id or name."""
    match = _USE.fullmatch(text)
    if match is None:
        return text, ""
    use = match[2].strip()
    return match[1], "" if use == "-" else use
