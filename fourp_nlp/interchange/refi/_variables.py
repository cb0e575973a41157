"""Attributes of documents and cases as variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourp_nlp.interchange._exchange import rows_of
from fourp_nlp.interchange._identity import guid_of

if TYPE_CHECKING:
    from fourp_nlp.interchange._exchange import Exchange, Losses
    from fourp_nlp.interchange.refi._page import Page

__all__ = ["Variables", "variables_of"]

_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
_DAY = r"-?\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30)"  # 31 and 29 February are left to Text
_FORMS = {
    "Text": re.compile(r".*", re.DOTALL),
    "Boolean": re.compile(r"true|false|1|0"),
    "Integer": re.compile(r"[+-]?\d+", re.ASCII),
    "Float": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII),
    "Date": re.compile(rf"{_DAY}(Z|[+-]\d\d:\d\d)?", re.ASCII),
    "DateTime": re.compile(rf"{_DAY}T{_TIME}(Z|[+-]\d\d:\d\d)?", re.ASCII),
}


@dataclass(frozen=True)
class Variables:
    """Variables and their values.

    Attributes
    ----------
    kinds : dict of str to str
        The kind of each variable, by name.
    of : dict of str to list of (str, str)
        Variable and value, by GUID of source or case.
    """

    kinds: dict[str, str]
    of: dict[str, list[tuple[str, str]]]

    def declare(self, page: Page) -> None:
        """Write which variables there are."""
        if not self.kinds:
            return
        with page.element("Variables"):
            for name, kind in self.kinds.items():
                page.empty(
                    "Variable",
                    guid=page.guid(guid_of("variable", name)),
                    name=name,
                    typeOfVariable=kind,
                )

    def values(self, page: Page, thing: str) -> None:
        """Write the values of a source or case."""
        for name, value in self.of.get(thing, ()):
            with page.element("VariableValue"):
                page.empty("VariableRef", targetGUID=page.guid(guid_of("variable", name)))
                page.text(f"{self.kinds[name]}Value", value)


def variables_of(project: Exchange, losses: Losses) -> Variables:
    """Gather the values of sources and cases.

    Parameters
    ----------
    project : Exchange
        The project.
    losses : Losses
        Is told of variables that go out as text, and of values of other things.

    Returns
    -------
    Variables
        One kind for each variable: its own if all values are of it, else text.
    """
    cases = project.members.loc[project.members["kind"] == "case", "guid"]
    things = {*project.sources["guid"], *cases}
    kinds: dict[str, str] = {}
    of: dict[str, list[tuple[str, str]]] = {}
    unlike: dict[str, None] = {}
    columns = ["about", "variable", "kind", "value"]
    for about, name, kind, value in rows_of(project.values, *columns):
        if about not in things:
            losses.add("values of variables", "only documents and cases have values here", [name])
            continue
        fits = kind in _FORMS and _FORMS[kind].fullmatch(value) is not None
        if kinds.setdefault(name, kind if fits else "Text") != kind or not fits:
            if kind != "Text" or kinds[name] != "Text":
                unlike[name] = None
            kinds[name] = "Text"
        of.setdefault(about, []).append((name, value))
    if unlike:
        losses.add(
            "kinds of variables",
            "their values are of several kinds: they go out as text",
            list(unlike),
        )
    return Variables(kinds, of)
