"""Finds quotes by their letters and digits alone, whatever the punctuation."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Letters", "letters_of"]

_MOST = 100  # places of a text that are told apart


def _plain(sign: str) -> str:
    """Return what is left of a character: its letters and digits in lower case, of ligatures all."""
    return "".join(part for part in unicodedata.normalize("NFKC", sign).casefold() if _counts(part))


def _counts(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign) in {"Mn", "Mc", "So", "Sc", "Sm"}


def letters_of(text: str) -> str:
    """Return the letters and digits of a text in lower case.

    Punctuation, white space, hyphens and quotation marks are left out; letters keep their accents, and
    symbols such as emoji stay.
    """
    plain = {sign: _plain(sign) for sign in set(text)}
    return "".join([plain[sign] for sign in text])


class Letters:
    """The letters of a text, to find others in.

    Parameters
    ----------
    text : str
        The text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        plain = {sign: _plain(sign) for sign in set(text)}
        pieces = [plain[sign] for sign in text]
        self._all = "".join(pieces)
        lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
        self._places: npt.NDArray[np.int64] = np.repeat(np.arange(len(text)), lengths)

    def find(self, quote: str) -> list[tuple[int, int]]:
        """Return where a quote stands, whatever its punctuation, as whole words.

        There are not more than a hundred. Punctuation at the ends of the quote goes along as far as
        there is such in the text.
        """
        letters = letters_of(quote)
        spans: list[tuple[int, int]] = []
        at = self._all.find(letters) if letters else -1
        while at >= 0 and len(spans) < _MOST:
            start = int(self._places[at])
            end = int(self._places[at + len(letters) - 1]) + 1
            if self._is_whole(start, end):
                spans.append(self._with_punctuation(start, end, quote))
            at = self._all.find(letters, at + 1)
        return spans

    def _is_whole(self, start: int, end: int) -> bool:
        text = self._text
        begins = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
        ends = end == len(text) or not (text[end].isalnum() and text[end - 1].isalnum())
        return begins and ends

    def _with_punctuation(self, start: int, end: int, quote: str) -> tuple[int, int]:
        bare = quote.strip()
        before = len(bare) - len(bare.lstrip(_signs(bare)))
        after = len(bare) - len(bare.rstrip(_signs(bare)))
        text = self._text
        while before and start and _is_sign(text[start - 1]):
            start, before = start - 1, before - 1
        while after and end < len(text) and _is_sign(text[end]):
            end, after = end + 1, after - 1
        return start, end


def _signs(text: str) -> str:
    return "".join({sign for sign in text if _is_sign(sign)})


def _is_sign(sign: str) -> bool:
    return not sign.isspace() and not _plain(sign) and sign.isprintable()
