"""Writes messages on how a file's codes differ from those of the codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.codebook import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from fourp_nlp.study.importing.codes._changes import Change
    from fourp_nlp.study.importing.codes._matching import MatchedNodes
    from fourp_nlp.study.importing.codes._project_codes import ProjectCodes
    from fourp_nlp.study.importing.codes.merged_nodes import MergedNodes

__all__ = ["describe_changes", "describe_colours", "describe_doubles", "some"]

_SHOWN = 5  # names in a sentence


def describe_doubles(nodes: pd.DataFrame, merged: MergedNodes) -> list[str]:
    if not merged.into:
        return []
    names = nodes.loc[nodes["guid"].isin(merged.into), "name"]
    return [
        f"{len(names)} code(s) with codes below them came as two each, a category and a code, as programs "
        f"have it that cannot put codes below a code. Each is one code here: {some(names)}."
    ]


def describe_colours(rows: pd.DataFrame, ours: ProjectCodes, known: MatchedNodes) -> list[str]:
    """Return a message about colours for codes without one in the codebook, and about replaced colours."""
    before = dict(zip(ours.nodes["code"], ours.nodes["color"], strict=True))
    changed_colours = []
    for guid, color in zip(rows["guid"], rows["color"], strict=True):
        id_ = known.ids.get(guid, "")
        item, our_colour = ours.items.get(id_), before.get(id_, "")
        # One in the codebook itself is compared with the other parts of a code.
        in_codebook = isinstance(item, Code) and item.color
        if item is not None and color and not in_codebook and color.upper() != our_colour.upper():
            changed_colours.append(
                f"{item.name} {color}" + (f", before {our_colour}" if our_colour else "")
            )
    if not changed_colours:
        return []
    return [
        f"{len(changed_colours)} code(s) have a colour in the file, but none in the codebook: "
        f"{some(changed_colours)}. The colours are kept in the folder exchange, and exported again."
    ]


def describe_changes(
    rows: pd.DataFrame,
    ours: ProjectCodes,
    known: MatchedNodes,
    changes: Mapping[str, Change],
    *,
    replacing: bool,
) -> list[str]:
    notes = []
    if changes:
        descriptions = [
            f"{ours.items[change.id].name} {', '.join(change.told)}" for change in changes.values()
        ]
        outcome = (
            "The file's are imported."
            if replacing
            else "Ours are kept; --replace imports the file's."
        )
        notes.append(
            f"{len(changes)} code(s) or theme(s) differ in the file: "
            f"{'; '.join(descriptions[:_SHOWN])}{_more(len(descriptions))}. {outcome}"
        )
    if known.guessed:
        notes.append(
            f"{len(known.guessed)} name(s) of codes occur more than once, and only their order distinguishes "
            f"them: {some(known.guessed)}. They were matched in that order."
        )
    matched_ids = set(known.ids.values())
    flat = not (rows["parent"] != "").any() and (rows["description"] != "").any()
    if flat and len(matched_ids) > 1 and (ours.nodes["parent"] != "").any():
        notes.append(
            "The file has its codes in one list, without themes or levels. Themes and codes "
            "below codes stay as they are here."
        )
    return notes


def some(names: Iterable[str]) -> str:
    listed = list(names)
    return "; ".join(listed[:_SHOWN]) + _more(len(listed))


def _more(count: int) -> str:
    return f" and {count - _SHOWN} more" if count > _SHOWN else ""
