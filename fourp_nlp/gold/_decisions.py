"""Reading people's decisions about codes, as they come back from a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.gold._cells import unguard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["DECISION_COLUMNS", "read_decisions"]

DECISION_COLUMNS = ["document", "start", "end", "code", "settled", "decided_by"]

_SAID = {
    **dict.fromkeys(["true", "1", "1.0", "yes", "wahr", "vrai"], True),
    **dict.fromkeys(["false", "0", "0.0", "no", "falsch", "faux"], False),
}
_NO_PERSON = ("", "both")


def read_decisions(path: Path, documents: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Read decisions, such as a table of reconciliation that people have filled in.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file with the columns of `DECISION_COLUMNS`; others are passed over. Rows that a
        rule settled, or both coders agreed on, hold no person's decision and are left out.
    documents : pandas.DataFrame
        The documents, with the column document.
    codes : sequence of str
        Ids of the codes that there are.

    Returns
    -------
    pandas.DataFrame
        Columns as in `DECISION_COLUMNS`; settled is bool, start and end are int64.

    Raises
    ------
    GoldError
        If the file cannot be read, a column is missing, or a cell cannot be understood.
    """
    try:
        frame = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=None, engine="python"
        )
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise GoldError(
            f"The decisions cannot be read: {error}.",
            file=path,
            cure="Save the table as CSV UTF-8.",
        ) from error
    missing = [name for name in DECISION_COLUMNS if name not in frame.columns]
    if missing:
        raise GoldError(
            f"The column(s) {', '.join(missing)} are missing.",
            file=path,
            place="line 1",
            cure=f"The table needs: {', '.join(DECISION_COLUMNS)}.",
        )
    frame = frame[DECISION_COLUMNS].map(unguard).map(str.strip)
    by_rule = frame["decided_by"].str.startswith("rule:") | frame["decided_by"].isin(_NO_PERSON)
    frame = frame[~by_rule]
    said = frame["settled"].str.casefold().map(_SAID)
    checks = {
        "settled": (said.notna(), "Write TRUE or FALSE."),
        "document": (
            frame["document"].isin(documents["document"]),
            "Name a document of the corpus.",
        ),
        "code": (frame["code"].isin(list(codes)), "Name a code of the codebook."),
        "start": (frame["start"].str.fullmatch(r"\d{1,18}"), "Write a whole number."),
        "end": (frame["end"].str.fullmatch(r"\d{1,18}"), "Write a whole number."),
    }
    for column, (fine, cure) in checks.items():
        if not fine.all():
            row = fine.index[~fine.to_numpy(dtype=bool)][0]
            raise GoldError(
                f"'{frame.loc[row, column]}' cannot stand in the column '{column}'.",
                file=path,
                place=f"row {int(row) + 2}",
                cure=cure,
            )
    return frame.assign(
        settled=said.astype(bool),
        start=frame["start"].astype("int64"),
        end=frame["end"].astype("int64"),
    ).reset_index(drop=True)
