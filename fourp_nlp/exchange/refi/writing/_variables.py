"""Attributes of documents and cases as variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourp_nlp.exchange.exchange import rows_of
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.refi import case_variables as _case_variable
from fourp_nlp.exchange.refi.xml_values import fits

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange, Losses
    from fourp_nlp.exchange.refi.writing._xml_writer import Page

__all__ = ["Variables", "variables_of"]


@dataclass(frozen=True)
class _Variable:
    guid: str
    name: str
    kind: str


@dataclass(frozen=True)
class Variables:
    """Variables and their values.

    Attributes
    ----------
    listed : list of _Variable
        All variables.
    of : dict of str to list of (_Variable, str)
        Variables and values, by GUID of source or case.
    """

    listed: list[_Variable]
    of: dict[str, list[tuple[_Variable, str]]]

    def declare(self, page: Page) -> None:
        """Write which variables there are."""
        if not self.listed:
            return
        with page.element("Variables"):
            for one in self.listed:
                page.empty(
                    "Variable", guid=page.guid(one.guid), name=one.name, typeOfVariable=one.kind
                )

    def values(self, page: Page, thing: str) -> None:
        """Write the values of a source or case."""
        for variable, value in self.of.get(thing, ()):
            with page.element("VariableValue"):
                page.empty("VariableRef", targetGUID=page.guid(variable.guid))
                page.text(f"{variable.kind}Value", value)


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
        One kind for each variable: its own if all values are of it, else text. A variable of sources and
        cases is two.
    """
    sources = set(project.sources["guid"])
    cases = set(project.members.loc[project.members["kind"] == "case", "guid"])
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    shared = set(values.loc[values["about"].isin(sources), "variable"])
    kinds: dict[tuple[str, bool], str] = {}
    found: list[tuple[str, tuple[str, bool], str]] = []
    unlike: dict[str, None] = {}
    for about, name, kind, value in rows_of(values, "about", "variable", "kind", "value"):
        if about not in sources and about not in cases:
            losses.add("values of variables", "only documents and cases have values here", [name])
            continue
        key = (name, about not in sources and name in shared)
        fit = kind if fits(kind, value) else "Text"
        if kinds.setdefault(key, fit) != kind or fit != kind:
            kinds[key] = "Text"
            unlike[name] = None
        found.append((about, key, value))
    if unlike:
        losses.add(
            "kinds of variables",
            "their values are of several kinds, or not written as XML writes them: they go out as text",
            list(unlike),
        )
    own = _identities(values)
    made = {
        (name, of_case): _Variable(
            *(_case_variable.there(name) if of_case else (own[name], name)), kind
        )
        for (name, of_case), kind in kinds.items()
    }
    of: dict[str, list[tuple[_Variable, str]]] = {}
    for about, key, value in found:
        of.setdefault(about, []).append((made[key], value))
    return Variables(list(made.values()), of)


def _identities(values: pd.DataFrame) -> dict[str, str]:
    """Return the identity of each variable: that with which it came, unless another has it."""
    came = values[values["variable_guid"] != ""].drop_duplicates("variable")
    came = came.drop_duplicates("variable_guid")
    known = dict(zip(came["variable"], came["variable_guid"], strict=True))
    return {
        name: known.get(name) or guid_of("variable", name) for name in values["variable"].unique()
    }
