"""Names of Word's markup."""

from __future__ import annotations

from typing import Any

__all__ = [
    "CUSTOM",
    "EXTENDED",
    "MARKUP",
    "NAMESPACES",
    "OFFICE",
    "TYPES",
    "W14",
    "W15",
    "W",
    "xml_of",
]

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORD14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_WORD15 = "http://schemas.microsoft.com/office/word/2012/wordml"
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"

W = f"{{{_WORD}}}"
"""Word's own elements."""
W14 = f"{{{_WORD14}}}"
"""Those of Word 2010: identities of paragraphs."""
W15 = f"{{{_WORD15}}}"
"""Those of Word 2013: what a comment answers, and whether it is resolved."""
MARKUP = f"{{{_COMPATIBLE}}}"
"""What an older Word may pass over."""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
"""Beginning of the kinds of relationship."""
EXTENDED = "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"
"""Relationship to the part that says which comment answers which."""
CUSTOM = f"{OFFICE}/customXml"
"""Relationship to a part of somebody's own."""
TYPES = "application/vnd.openxmlformats-officedocument"
"""Beginning of the kinds of part."""
NAMESPACES = {"w": _WORD, "w14": _WORD14, "w15": _WORD15, "mc": _COMPATIBLE}
"""Prefixes of what this program writes."""


def xml_of(root: Any) -> bytes:
    """Return an element with its declaration, as Word writes it."""
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
