"""What was taken in from a sheet, on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.sampling.sheet_checks import TakenIn

__all__ = ["tell_taken_in"]


def tell_taken_in(taken: TakenIn, *, json: bool) -> None:
    """Say what a person coded, and where it was written."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say, warn

    for text in taken.notes:
        warn(text)
    if json:
        counts = {
            "coder": taken.coder,
            "file": str(taken.file),
            "read": taken.read,
            "without_code": taken.empty_handed,
            "codings": taken.codings,
            "unread": taken.unread,
            "replaced": taken.replaced,
        }
        json_lines(pd.DataFrame([counts]))
        return
    say(
        f"{taken.coder} read {taken.read} segments: {taken.codings} codes, and no code for "
        f"{taken.empty_handed} of them"
        + (f"; {taken.replaced} were coded otherwise before" if taken.replaced else "")
    )
    if taken.unread:
        say(
            f"{taken.unread} rows are not marked yet. Inclusion probabilities hold for a sheet that is "
            "read to the end; take the file in again when it is."
        )
    say(f"wrote {near(taken.file)}")
