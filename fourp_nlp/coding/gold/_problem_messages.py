"""Messages for faults in rows of gold files, each with its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.problems import Problem, did_you_mean
from fourp_nlp.spreadsheets import is_shortened, quote_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from fourp_nlp.coding.gold.validation import Checked, Fault

__all__ = ["describe_fault"]

# Characters of a quote that a message shows.
_SHOWN = 60


def describe_fault(  # noqa: PLR0912 - one case a fault
    fault: Fault,
    row: int,
    *,
    rows: pd.DataFrame,
    checked: Checked,
    texts: Mapping[str, str],
    codes: Sequence[str],
) -> Problem:
    """Put a fault in words.

    `row` is the number of the row that has it; `rows` holds all rows as text, with their file and
    line.
    """
    cells = {name: str(rows[name].iloc[row]) for name in rows.columns}
    start, end = int(checked.start[row]), int(checked.end[row])
    document, code = cells["document"], cells["code"]
    match fault:
        case "no document":
            says = ("The row names no document.", "")
        case "unknown document":
            hint = did_you_mean(document, texts) or "It must be the document's path in the corpus."
            says = (f"There is no document '{document}'.", hint)
        case "no coder":
            cure = "Fill it in, or delete the column to take the coder from the file's name."
            says = ("The row names no coder.", cure)
        case "no code":
            cure = (
                "To say that nothing was found, leave start, end and quote empty as well; to say so of "
                "this span alone, write segment in the column scope."
            )
            says = ("The row has a span but no code.", cure)
        case "unknown code":
            hint = did_you_mean(code, codes) or f"The codebook has: {', '.join(codes)}."
            says = (f"There is no code '{code}'.", hint)
        case "no number":
            numbers = f"'{cells['start']}' and '{cells['end']}'"
            says = (f"Start and end are {numbers}, but must be whole numbers.", "")
        case "out of range":
            length = len(texts[document])
            problem = (
                f"The span {start} to {end} is not in the document, which has {length} characters."
            )
            says = (problem, "Start must be 0 or more, below end, and end at most that number.")
        case "other text":
            says = _other_text(checked.quotes[row], texts[document], start, end)
        case "repeated":
            before = int(checked.first[row])
            place = f"{rows['file'].iloc[before]}, line {rows['line'].iloc[before]}"
            says = (f"The row repeats {place}.", "Delete one of them.")
        case "unknown scope":
            cure = "Write document (or nothing) or segment."
            says = (f"The scope is '{cells['scope']}', which is not known.", cure)
        case "no span":
            cure = "Give start, end and quote, or delete the row."
            says = ("The row is of scope segment but names no span.", cure)
        case "both":
            problem = (
                "This row says that no code applies to the span, but another row gives it one."
            )
            says = (problem, "Delete one of them.")
        case "unknown looked for":
            strange = next(
                code_id for code_id in cells["looked_for"].split() if code_id not in codes
            )
            hint = did_you_mean(strange, codes) or f"The codebook has: {', '.join(codes)}."
            says = (
                f"The column looked_for names '{strange}', and there is no such code.",
                hint,
            )
        case "not looked for":
            problem = (
                f"The code is '{code}', but by the column looked_for {cells['coder']} looked here only for: "
                f"{', '.join(cells['looked_for'].split())}."
            )
            says = (problem, "Add the code there, or delete the row.")
    return Problem(cells["file"], int(cells["line"]), *says)


def _other_text(quote: str, text: str, start: int, end: int) -> tuple[str, str]:
    if _shorten(quote) == _shorten(text[start:end]):
        problem = f"The quote begins as the document does at {start} to {end}, but the rest is not the same."
    else:
        problem = (
            f"The quote is {_shorten(quote)}, but at {start} to {end} the document says "
            f"{_shorten(text[start:end])}."
        )
    if is_shortened(quote):
        places = quote_places(quote, text)
        if not places:
            return (
                problem,
                "Code the passage again if its text has changed, or correct start and end.",
            )
        return problem, f"The quote is at {places[0][0]} to {places[0][1]}."
    before, after = text.rfind(quote, 0, start + len(quote)), text.find(quote, start)
    places_of_quote = [at for at in (before, after) if at >= 0]
    if not quote or not places_of_quote:
        return problem, (
            "Copy the quote from the document, or correct start and end. If the document has changed since "
            "it was coded, fourp gold --move carries codings along to where their text stands now."
        )
    nearest = min(places_of_quote, key=lambda at: abs(at - start))
    return problem, (
        f"The quote is at {nearest} to {nearest + len(quote)}. If the document has changed since it was "
        "coded, fourp gold --move carries codings along to where their text stands now."
    )


def _shorten(text: str) -> str:
    return repr(text) if len(text) <= _SHOWN else repr(text[:_SHOWN]) + "..."
