"""Which language a text is in."""

from __future__ import annotations

from fourp_nlp.errors import MissingExtraError

__all__ = ["language_of"]

_FEWEST = 60  # letters, below which a guess says little
_MOST = 20_000


def language_of(text: str) -> str:
    """Return the language of a text.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        ISO 639-1 code; empty for a text of fewer than 60 letters.

    Raises
    ------
    MissingExtraError
        If the extra ``web`` is not installed.
    """
    try:
        import py3langid  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(
            "The language of a page is told by py3langid.",
            cure="Install what reads websites: pip install 'fourp_nlp[web]'",
        ) from error
    sample = text[:_MOST]
    return str(py3langid.classify(sample)[0]) if sum(map(str.isalpha, sample)) >= _FEWEST else ""
