"""Chooses the coders whose answers are written where a file cannot tell coders apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.exchange.annotation.row_writer import Answer, Row
    from fourp_nlp.exchange.exchange import Losses

__all__ = ["chosen_answers"]


def chosen_answers(row: Row, coder: str | None, losses: Losses) -> list[Answer | None]:
    """Return the answers to a row that are written, each on a line of its own.

    Parameters
    ----------
    row : Row
        A row.
    coder : str or None
        The only coder to be written; None: everybody; empty: nobody.
    losses : Losses
        Gets the codings of others.

    Returns
    -------
    list of (Answer or None)
        The answers; None for a line without one, so that no text is missing.
    """
    chosen = [answer for answer in row.answers if coder is None or answer.coder == coder]
    if coder == "":
        chosen = []
    for answer in row.answers:
        if answer not in chosen and answer.spans:
            losses.add(
                "codings of other coders",
                f"only those of '{coder}' were asked for" if coder else "only texts were asked for",
                [answer.coder],
                count=len(answer.spans),
            )
    return list(chosen) or [None]
