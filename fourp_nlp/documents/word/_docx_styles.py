"""Styles of Word documents: headings, lists, hidden and bold text."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["Styles"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off", "none"})
_DEEPEST = 20
_HEADING = re.compile(r"heading ([1-9])")


class Styles:
    """The styles of one document.

    Parameters
    ----------
    opened : docx.document.Document
        The file as python-docx opened it.
    """

    def __init__(self, opened: Any) -> None:
        self._roles: dict[str, str] = {}
        self._elements: dict[str, Any] = {}
        for style in opened.styles:
            self._elements[style.style_id] = style.element
            label = str(style.name or "").casefold()
            if label.startswith("toc "):
                self._roles[style.style_id] = "contents"
            elif label.startswith(("list bullet", "list number")):
                self._roles[style.style_id] = "item"
            elif label.startswith("heading"):
                self._roles[style.style_id] = "heading"
        self._known: dict[tuple[str, str], bool | None] = {}

    def role(self, paragraph: Any) -> str:
        """Return ``contents``, ``item``, ``heading`` or nothing for a paragraph."""
        return self._roles.get(_value(paragraph, "pPr", "pStyle"), "")

    def level(self, paragraph: Any) -> int | None:
        """Return the level of a heading from 1 on, 0 for the title of the document, None for other text."""
        outline = _value(paragraph, "pPr", "outlineLvl")
        if outline.isdigit():
            return int(outline) + 1 if int(outline) < 9 else None
        style = _value(paragraph, "pPr", "pStyle")
        for _ in range(_DEEPEST):
            element = self._elements.get(style)
            if element is None:
                return None
            name = _value_of(element.find(f"{_W}name")).casefold()
            if name == "title":
                return 0
            if heading := _HEADING.fullmatch(name):
                return int(heading[1])
            outline = _value(element, "pPr", "outlineLvl")
            if outline.isdigit():
                return int(outline) + 1 if int(outline) < 9 else None
            style = _value_of(element.find(f"{_W}basedOn"))
        return None

    def toggled(self, run: Any, paragraph: Any, name: str) -> bool:
        """Tell whether a run has a property that is on or off, by itself or by its styles.

        The property is ``vanish`` (hidden) or ``b`` (bold).
        """
        by_itself = _switch(run.find(f"{_W}rPr"), name)
        if by_itself is not None:
            return by_itself
        by_run = self._switched(_value(run, "rPr", "rStyle"), name)
        if by_run is not None:
            return by_run
        if paragraph is None:
            return False
        return self._switched(_value(paragraph, "pPr", "pStyle"), name) or False

    def _switched(self, style: str, name: str) -> bool | None:
        """Return what a style or one that it is based on says."""
        if not style:
            return None
        if (style, name) not in self._known:
            at, setting = style, None
            for _ in range(_DEEPEST):
                element = self._elements.get(at)
                if element is None or setting is not None:
                    break
                setting = _switch(element.find(f"{_W}rPr"), name)
                based = element.find(f"{_W}basedOn")
                at = str(based.get(f"{_W}val")) if based is not None else ""
            self._known[style, name] = setting
        return self._known[style, name]


def _switch(properties: Any, name: str) -> bool | None:
    if properties is None:
        return None
    element = properties.find(f"{_W}{name}")
    if element is None:
        return None
    return str(element.get(f"{_W}val", "true")).casefold() not in _OFF


def _value(element: Any, properties: str, name: str) -> str:
    return _value_of(element.find(f"{_W}{properties}/{_W}{name}"))


def _value_of(element: Any) -> str:
    return str(element.get(f"{_W}val", "")) if element is not None else ""
