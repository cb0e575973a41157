"""What the codes mean, as a sheet tells the people who code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.codebook import Code, Codebook

__all__ = ["definition_lines", "definitions_table"]


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
    parts = [
        {
            "name": code.name,
            "short definition": code.short_definition,
            "full definition": code.full_definition,
            "when to use": code.when_to_use,
            "when not to use": "\n".join(_exclusions(code)),
            "examples": "\n".join(code.examples),
        }
        for code in codebook.all_codes
    ]
    return pd.concat([pd.DataFrame(dict(first)), pd.DataFrame(parts)], axis=1)


def definition_lines(code: Code) -> str:
    """Return what a code means and where its line runs, without its examples.

    Parameters
    ----------
    code : Code
        The code.

    Returns
    -------
    str
        A line a part: what it is, when to use it, and when not to.
    """
    lines = [code.full_definition or code.short_definition]
    lines += [f"When to use: {code.when_to_use}"] if code.when_to_use else []
    lines += [f"When not to use: {text}" for text in _exclusions(code)]
    return "\n".join(line for line in lines if line)


def _exclusions(code: Code) -> list[str]:
    return [exclusion.as_text("use ") for exclusion in code.when_not_to_use]
