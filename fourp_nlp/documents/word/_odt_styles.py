"""Styles of OpenDocument texts: bold and hidden text."""

from __future__ import annotations

from typing import Any

__all__ = ["Styles"]

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DEEPEST = 20


class Styles:
    """The styles of one document.

    Parameters
    ----------
    parts : list of lxml.etree._Element
        The roots of its parts that have styles; those of later ones count before those of earlier ones.
    """

    def __init__(self, parts: list[Any]) -> None:
        self._styles: dict[tuple[str, str], Any] = {
            (str(style.get(f"{_STYLE}family")), str(style.get(f"{_STYLE}name"))): style
            for part in parts
            for style in part.iter(f"{_STYLE}style")
        }
        self._known: dict[tuple[str, str, str], str] = {}

    def bold(self, family: str, name: str) -> bool | None:
        """Tell whether a style is bold; None if it does not say."""
        weight = self._property(family, name, f"{_FO}font-weight")
        if not weight:
            return None
        return weight == "bold" or (weight.isdecimal() and len(weight) < 5 and int(weight) >= 600)

    def is_bold(self, family: str, name: str) -> bool:
        """Tell whether a style is bold."""
        return bool(self.bold(family, name))

    def is_hidden(self, family: str, name: str) -> bool:
        """Tell whether a style hides its text."""
        return self._property(family, name, f"{_TEXT}display") == "none"

    def _property(self, family: str, name: str, key: str) -> str:
        """Return a property of type of a style or of one that it is based on."""
        if not name:
            return ""
        known = self._known.get((family, name, key))
        if known is not None:
            return known
        at, value = name, ""
        for _ in range(_DEEPEST):
            style = self._styles.get((family, at))
            if style is None or value:
                break
            for properties in style.iterchildren(f"{_STYLE}text-properties"):
                value = str(properties.get(key, ""))
            at = str(style.get(f"{_STYLE}parent-style-name", ""))
        self._known[family, name, key] = value
        return value
