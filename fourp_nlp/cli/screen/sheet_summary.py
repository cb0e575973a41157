"""Printing what was imported from a coding sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.sampling.sheet_checks import SheetImport

__all__ = ["print_sheet_import"]


def print_sheet_import(imported: SheetImport, *, json: bool) -> None:
    """Say what a person coded, and where it was written."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say, warn

    for text in imported.notes:
        warn(text)
    if json:
        counts = {
            "coder": imported.coder,
            "file": str(imported.file),
            "read": imported.read,
            "without_code": imported.empty_handed,
            "codings": imported.codings,
            "unread": imported.unread,
            "replaced": imported.replaced,
        }
        json_lines(pd.DataFrame([counts]))
        return
    say(
        f"{imported.coder} read {imported.read} segments: {imported.codings} codes, and no code for "
        f"{imported.empty_handed} of them"
        + (f"; {imported.replaced} were coded otherwise before" if imported.replaced else "")
    )
    if imported.unread:
        say(
            f"{imported.unread} rows are not marked yet. Inclusion probabilities hold for a sheet that is "
            "read to the end; take the file in again when it is."
        )
    say(f"wrote {near(imported.file)}")
