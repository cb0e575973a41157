"""Counting words: the one definition of a word."""

from __future__ import annotations

import re

__all__ = ["DEFINITION", "count_words"]

DEFINITION = "2"
"""Version of the definition. It is raised when texts get other counts: what was scored under another version
has other counts, and is not mixed with new scores."""

# Scripts without spaces of which word processors count each character: Chinese, kana and bopomofo.
_ALONE = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_ALONE}]|[^\s\u2013-\u2015{_ALONE}]+")
_LETTER = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """Count the words of a text as word processors do.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    int
        Runs of characters between white space and dashes (– or —, or two hyphens) that hold a letter or a
        digit. So "don't", "e-mail", "3.5%", "and/or", "#MeToo" and "www.example.org" are one word each,
        "years—and" is two, and a dash, a bullet or a smiley by itself is none. Of Chinese and Japanese each
        character is a word; Korean is counted by its spaces. Thai, Lao, Khmer and Burmese, which
        write no spaces between words, are counted by their spaces, and so too low.

    Notes
    -----
    White space and dashes are what LibreOffice takes to divide words. Microsoft Word also counts a dash that
    stands between spaces, and takes two words with a dash and no space between them for one.
    """
    runs = _RUN.findall(text.replace("--", "\u2014"))
    return sum(1 for run in runs if run.isalnum() or _LETTER.search(run) is not None)
