"""A codebook that was read, and what to know of the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook

__all__ = ["CodebookFile"]


class CodebookFile(NamedTuple):
    """A codebook that was read.

    Attributes
    ----------
    codebook : Codebook
        The codebook.
    losses : tuple of str
        What the file has and the codebook has not, as sentences.
    remarks : tuple of str
        How the file was read, as sentences.
    """

    codebook: Codebook
    losses: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
