"""How many positive segments and documents a measure needs before it can be relied on."""

from __future__ import annotations

__all__ = ["FEW_DOCUMENTS", "FEW_POSITIVES", "is_uncertain"]

FEW_POSITIVES = 10
"""With fewer positive segments than this, one segment moves recall by more than a tenth."""

FEW_DOCUMENTS = 3
"""With positives in fewer documents than this, resampling documents says next to nothing."""


def is_uncertain(positives: int, documents: int) -> bool:
    """Return whether a code's figures and threshold rest on too little to be relied on.

    Parameters
    ----------
    positives : int
        Segments of documents that carry the code.
    documents : int
        Documents that hold any of them.

    Returns
    -------
    bool
        True below 10 segments or 3 documents.

    Examples
    --------
    >>> is_uncertain(positives=12, documents=2)
    True
    >>> is_uncertain(positives=12, documents=5)
    False
    """
    return positives < FEW_POSITIVES or documents < FEW_DOCUMENTS
