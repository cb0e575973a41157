"""Coders named by options: each must exist, in any spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.study.reading.corpus import Gold

__all__ = ["the_coder", "the_coders"]


def the_coders(names: Iterable[str], gold: Gold, *, or_machine: bool = False) -> list[str]:
    """Return coders in the spelling of the gold files, with a note on other spellings."""
    return [the_coder(name, gold, or_machine=or_machine) for name in names]


def the_coder(name: str, gold: Gold, *, or_machine: bool = False) -> str:
    """Return a coder as the gold files spell the name; with `or_machine`, a machine's id as it is."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.coding.gold.coder_names import matching_coder
    from fourp_nlp.study.reconciling.disagreements import is_machine

    if not name or (or_machine and name not in gold.coded and is_machine(name)):
        return name
    spelling = matching_coder(name, gold.coders)
    if spelling != name:
        warn(f'"{name}" is matched to the coder {spelling}.')
    return spelling
