"""Collects and writes attributes of documents and cases as variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourp_nlp.exchange.exchange import rows_of
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.refi import case_variables
from fourp_nlp.exchange.refi.xml_values import fits

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange, Losses
    from fourp_nlp.exchange.refi.writing._xml_writer import XmlWriter

__all__ = ["Variables", "collect_variables"]


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

    def declare(self, writer: XmlWriter) -> None:
        """Write the list of variables."""
        if not self.listed:
            return
        with writer.element("Variables"):
            for variable in self.listed:
                writer.empty(
                    "Variable",
                    guid=writer.guid(variable.guid),
                    name=variable.name,
                    typeOfVariable=variable.kind,
                )

    def values(self, writer: XmlWriter, thing: str) -> None:
        """Write the values of a source or case."""
        for variable, value in self.of.get(thing, ()):
            with writer.element("VariableValue"):
                writer.empty("VariableRef", targetGUID=writer.guid(variable.guid))
                writer.text(f"{variable.kind}Value", value)


def collect_variables(project: Exchange, losses: Losses) -> Variables:
    """Collect the values of sources and cases.

    Each variable has one kind: its own if all values are of it, else text. A variable of sources
    and cases is two. `losses` gets variables that are written as text, and values of other things.
    """
    sources = set(project.sources["guid"])
    cases = set(project.members.loc[project.members["kind"] == "case", "guid"])
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    shared = set(values.loc[values["about"].isin(sources), "variable"])
    kinds: dict[tuple[str, bool], str] = {}
    values_of_owner: list[tuple[str, tuple[str, bool], str]] = []
    mixed: dict[str, None] = {}
    for about, name, kind, value in rows_of(values, "about", "variable", "kind", "value"):
        if about not in sources and about not in cases:
            losses.add("values of variables", "only documents and cases have values here", [name])
            continue
        key = (name, about not in sources and name in shared)
        fit = kind if fits(kind, value) else "Text"
        if kinds.setdefault(key, fit) != kind or fit != kind:
            kinds[key] = "Text"
            mixed[name] = None
        values_of_owner.append((about, key, value))
    if mixed:
        losses.add(
            "kinds of variables",
            "their values are of several kinds, or not written as XML writes them: they go out as text",
            list(mixed),
        )
    guid_of_name = _identities(values)
    variables = {
        (name, of_case): (
            _Variable(*case_variables.name_for_cases(name), kind)
            if of_case
            else _Variable(guid_of_name[name], name, kind)
        )
        for (name, of_case), kind in kinds.items()
    }
    of: dict[str, list[tuple[_Variable, str]]] = {}
    for about, key, value in values_of_owner:
        of.setdefault(about, []).append((variables[key], value))
    return Variables(list(variables.values()), of)


def _identities(values: pd.DataFrame) -> dict[str, str]:
    """Return the GUID of each variable: the imported one, unless another variable has it."""
    foreign = values[values["variable_guid"] != ""].drop_duplicates("variable")
    foreign = foreign.drop_duplicates("variable_guid")
    foreign_guids = dict(zip(foreign["variable"], foreign["variable_guid"], strict=True))
    return {
        name: foreign_guids.get(name) or guid_of("variable", name)
        for name in values["variable"].unique()
    }
