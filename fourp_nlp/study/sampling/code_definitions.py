"""Definitions of the codes, as people see them on sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.codebook import Code, Codebook

__all__ = ["definition_lines", "definition_parts", "definitions_table"]


def definition_parts(code: Code) -> dict[str, str]:
    """Return the parts of a code's definition as texts for people.

    Parameters
    ----------
    code : Code
        The code.

    Returns
    -------
    dict of str to str
        Name, definitions, "when to use", "when not to use" and examples; several exclusions or examples have
        a line each.
    """
    exclusions = [exclusion.as_text("use ") for exclusion in code.when_not_to_use]
    return {
        "name": code.name,
        "short definition": code.short_definition,
        "full definition": code.full_definition,
        "when to use": code.when_to_use,
        "when not to use": "\n".join(exclusions),
        "examples": "\n".join(code.examples),
    }


def definitions_table(codebook: Codebook, **first: Sequence[str]) -> pd.DataFrame:
    """Return the codebook's definitions, one row a code.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    **first : sequence of str, length n_codes
        Columns to come first, such as what a sheet calls the codes.

    Returns
    -------
    pandas.DataFrame
        Those columns, then the parts of each code's definition.
    """
    parts = [definition_parts(code) for code in codebook.all_codes]
    return pd.concat([pd.DataFrame(dict(first)), pd.DataFrame(parts)], axis=1)


def definition_lines(code: Code) -> str:
    """Return a code's definition and exclusions in lines, without its examples.

    Parameters
    ----------
    code : Code
        The code.

    Returns
    -------
    str
        One line for each part: definition, when to use it, and when not to.
    """
    parts = definition_parts(code)
    lines = [parts["full definition"] or parts["short definition"]]
    lines += [f"When to use: {parts['when to use']}"] if parts["when to use"] else []
    lines += [f"When not to use: {text}" for text in parts["when not to use"].splitlines()]
    return "\n".join(line for line in lines if line)
