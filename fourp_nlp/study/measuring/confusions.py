"""Codes that coders confuse, with example segments and advice on the definitions."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.agreement.confusion import confused_pairs, confused_segments
from fourp_nlp.study.labels import in_common
from fourp_nlp.tables import CONFUSIONS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Code, Codebook
    from fourp_nlp.study.study import Study

__all__ = ["confusions", "definition_advice"]


def confusions(study: Study) -> pd.DataFrame:
    """Return which codes the machine takes for which, and where people differ over two codes.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        Table of confusions, for each pair of people and for the reference coder with the machine;
        pairs of codes furthest above what base rates would give come first.
    """
    study = study.coded_blind()
    gold, machine = study.gold, study.machine
    pairs = list(combinations(gold.people, 2))
    if machine and gold.reference:
        pairs.append((gold.reference, machine))
    tables = [empty(CONFUSIONS)]
    for one, other in pairs:
        first, second = in_common(study.labels(one), study.labels(other))
        looked_for = first.looked_for & second.looked_for
        labels = first.labels & looked_for, second.labels & looked_for
        rows = list(_rows(study.codebook, first.segments, *labels))
        tables.append(pd.DataFrame(rows).assign(coder_a=one, coder_b=other))
    table = pd.concat([frame for frame in tables if len(frame)] or tables[:1], ignore_index=True)
    if machine and len(table):
        table["hint"] = _with_people(table, machine)
    return conform(table, CONFUSIONS).round({"expected": 4, "lift": 4})


def definition_advice(codebook: Codebook, code: str, other: str) -> str:
    """Return what two definitions say about each other, and advice on the two confused codes.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    code, other : str
        Ids of two codes.

    Returns
    -------
    str
        Sentences that quote what stands under "when not to use", or say that nothing does.
    """
    by_id = {item.id: item for item in codebook.all_codes}
    both = by_id[code], by_id[other]
    sentences = []
    silent = []
    for one, neighbour in (both, both[::-1]):
        rules = [rule.when for rule in one.when_not_to_use if rule.use == neighbour.id]
        if rules:
            quoted = " ".join(f"“{when}”" for when in rules)
            sentences.append(
                f"“{one.name}” says under “when not to use”, of “{neighbour.name}”: {quoted}"
            )
        else:
            silent.append((one, neighbour))
    return " ".join([*sentences, _advice(both, silent)])


def _advice(both: tuple[Code, Code], silent: list[tuple[Code, Code]]) -> str:
    first, second = both
    if len(silent) == 2:
        return (
            f"Neither “{first.name}” nor “{second.name}” explains under “when not to use” when to use the "
            "other. Sharpen both definitions: write it there, with “use” naming the other."
        )
    if silent:
        one, neighbour = silent[0]
        return (
            f"“{one.name}” does not mention “{neighbour.name}”. Sharpen both definitions, and write "
            "the difference there, too."
        )
    return "Sharpen both definitions: they do not decide segments like these."


def _rows(
    codebook: Codebook,
    segments: pd.DataFrame,
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
) -> Iterator[dict[str, object]]:
    """Yield the confused codes of two coders, on the segments that both read."""
    codes = codebook.code_ids
    number = {code: column for column, code in enumerate(codes)}
    for record in confused_pairs(first, second, codes).to_dict("records"):
        code, taken_for = str(record["code"]), str(record["taken_for"])
        rows = confused_segments(first, second, number[code], number[taken_for])
        yield {
            **{str(name): value for name, value in record.items()},
            **_examples(segments.iloc[rows]),
            "hint": definition_advice(codebook, code, taken_for),
        }


def _examples(segments: pd.DataFrame) -> dict[str, str]:
    """Return the first segment, and the first of another document if there is one."""
    elsewhere = segments["document"] != segments["document"].iloc[0]
    order = [0]
    if len(segments) > 1:
        order.append(int(elsewhere.to_numpy().argmax()) if elsewhere.any() else 1)
    examples = {"example_1": "", "place_1": "", "example_2": "", "place_2": ""}
    for number, row in enumerate(order, start=1):
        segment = segments.iloc[row]
        examples[f"example_{number}"] = str(segment["text"])
        examples[f"place_{number}"] = f"{segment['document']}, segment {segment['segment']}"
    return examples


def _with_people(table: pd.DataFrame, machine: str) -> list[str]:
    """Return the advice; for the machine, it mentions people who differ over the same two codes."""
    people: dict[frozenset[str], dict[tuple[str, str], int]] = {}
    keys = [frozenset(pair) for pair in zip(table["code"], table["taken_for"], strict=True)]
    for key, one, other, count in zip(
        keys, table["coder_a"], table["coder_b"], table["segments"], strict=True
    ):
        if other != machine:
            by_pair = people.setdefault(key, {})
            by_pair[one, other] = by_pair.get((one, other), 0) + int(count)
    hints = []
    for key, other, hint in zip(keys, table["coder_b"], table["hint"], strict=True):
        remarks = [
            f"{first} and {second} differ over the same two codes ({count} "
            f"segment{'' if count == 1 else 's'}): look at the definitions before the machine."
            for (first, second), count in people.get(key, {}).items()
        ]
        hints.append(" ".join([str(hint), *remarks]) if other == machine else str(hint))
    return hints
