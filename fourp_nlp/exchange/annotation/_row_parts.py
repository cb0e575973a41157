"""The field `read_in_part`: which parts of a row each coder read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fourp_nlp.control_characters import without_halves

if TYPE_CHECKING:
    from fourp_nlp.exchange.annotation.json_records import Where

__all__ = ["parts_of"]

_LONGEST = 1_000_000


def parts_of(written: object, where: Where) -> dict[str, list[tuple[int, int]]]:
    """Return the parts of a row that were read, by coder.

    `written` is the field ``read_in_part``: an object of coders with lists of starts and ends, as
    JSON in a text; None where every coder read all of the row. The list is empty for who gave codes
    without being known to have read the row. Raises ExchangeError if it is no such text.
    """
    if written is None or written == "":
        return {}
    cure = "Take the field out; then each coder counts as having read the whole."
    if not isinstance(written, str) or len(written) > _LONGEST:
        raise where.fault("The field 'read_in_part' is no text that lists places.", cure)
    try:
        held = json.loads(written)
        return {
            without_halves(coder): [(int(start), int(end)) for start, end in parts]
            for coder, parts in held.items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise where.fault("The field 'read_in_part' does not list places.", cure) from error
