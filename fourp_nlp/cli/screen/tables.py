"""Result tables arranged for the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.cli.agreement.codings import (
    caution_remarks,
    codings_of,
    codings_remarks,
    intervals_of,
    reason_remarks,
)
from fourp_nlp.number_format import fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.codebook import Codebook

__all__ = [
    "agreement_screen",
    "confusions_on_screen",
    "frequency_screen",
    "guarantee_screen",
    "trained_screen",
]

_AGREED = ["n", "prevalence", "precision", "recall", "f1", "kappa"]
_CALIBRATED = [
    "mean_probability", "brier", "brier_low", "brier_high", "skill", "skill_low", "skill_high", "ece",
    "ece_if_calibrated", "rms_debiased", "slope", "slope_low", "slope_high", "intercept",
    "intercept_low", "intercept_high",
]  # fmt: skip
_CONFUSED = 3  # pairs of codes on the screen; the card and the report hold more


def agreement_screen(
    agreement: pd.DataFrame, names: dict[str, str]
) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Yield a title, a table and remarks for each pair of coders: overall, themes, then codes."""
    from fourp_nlp.agreement import shown_coefficients

    shown = [each for each in shown_coefficients("pair_table", 2) if each.measured_on == "labels"]
    with_interval = next(each for each in shown if each.chance == "shares")
    for (one, other), pair in agreement.groupby(["coder_a", "coder_b"], sort=False):
        things = pair.drop_duplicates(["level", "code"])
        order = pd.MultiIndex.from_frame(things[["level", "code"]])
        values = pair.pivot(index=["level", "code"], columns="coefficient", values="value")
        values = values.reindex(order)
        rows = pair[pair["coefficient"] == with_interval.id]
        in_order = rows.set_index(["level", "code"]).reindex(order)
        frame = pd.DataFrame(
            {
                "": [names.get(code, code) or "overall" for code in things["code"]],
                "n": things["n"].to_numpy(),
                **codings_of(in_order),
                "prevalence": things["prevalence"].to_numpy(),
            }
        )
        for each in shown:
            if each.id in values.columns:
                frame[each.column] = values[each.id].to_numpy()
            if each is with_interval:
                frame["95% interval"] = intervals_of(in_order)
        macro = pair.loc[pair["coefficient"] == "macro_f1", "value"]
        ending = f" (macro-F1 {fixed(macro.iloc[0], 3)})" if len(macro) else ""
        remarks = [
            *codings_remarks(frame, [str(one), str(other)]),
            *reason_remarks(rows, {"": "overall", **names}, "code"),
            *caution_remarks(rows, {"": "overall", **names}, "code"),
        ]
        yield f"Agreement: {one} and {other}{ending}", frame, remarks


def frequency_screen(
    frequencies: pd.DataFrame, codebook: Codebook, by: str
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield a title and a table for each coder: indicators by case, document or group, with totals."""
    from fourp_nlp.frequencies import with_totals

    for coder, counts_of_coder in frequencies.groupby("coder", sort=False):
        wide = with_totals(counts_of_coder)
        unit = str(counts_of_coder["unit"].iloc[0])
        yield f"{unit.capitalize()} by {by}, coder {coder}", _named(wide, codebook.names)


def guarantee_screen(promises: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return a table of precision guarantees, code by code, with cautions or reasons in the last column."""
    return pd.DataFrame(
        {
            "code": [names.get(code, code) for code in promises["code"]],
            "threshold": promises["accepted_from"],
            "accepted": promises["accepted"],
            "precision at least": promises["lower"],
            "right out of fold": [
                f"{right} of {judged}"
                for right, judged in zip(promises["right"], promises["judged"], strict=True)
            ],
            "documents": promises["documents"],
            "recall": promises["found"],
            "not accepted": promises["left"],
            "expected below": [fixed(sum_, 0) for sum_ in promises["below"]],
            "guarantee": [
                f"none: {reason}" if reason else f"yes, but {caution}" if caution else "yes"
                for reason, caution in zip(promises["reason"], promises["caution"], strict=True)
            ],
        }
    )


def _named(wide: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    frame = wide.reset_index()
    for column in ("theme", "code"):
        if column in frame.columns:
            frame[column] = [names.get(value, value) for value in frame[column]]
    return frame


def trained_screen(card: dict[str, Any]) -> pd.DataFrame:
    """Return a model's card as a table: a row a code, with what it learned from and how it did."""
    counts = pd.DataFrame.from_dict(card["positives"], orient="index").rename_axis("code")
    counts = counts.reset_index().drop(columns="without")
    figures = pd.DataFrame(card["out_of_fold"], columns=["code", *_AGREED])
    calibration = pd.DataFrame(card["calibration"], columns=["code", *_CALIBRATED, "caution"])
    frame = counts.merge(figures, on="code", how="left").merge(calibration, on="code", how="left")
    frame = frame.astype(dict.fromkeys([*_AGREED[1:], *_CALIBRATED], float))
    frame = frame.assign(caution=frame["caution"].fillna("").astype(str))
    confusions_of_code: dict[str, list[dict[str, Any]]] = {code: [] for code in frame["code"]}
    for row in card["confused"]:
        confusions_of_code[row["code"]].append(
            {key: row[key] for key in ("taken_for", "segments", "expected", "lift")}
        )
    return frame.assign(taken_for=frame["code"].map(confusions_of_code))


def confusions_on_screen(card: dict[str, Any], codebook: Codebook) -> Iterator[tuple[str, str]]:
    """Yield, for the codes most confused out of fold, how often, and what to do about it."""
    from fourp_nlp.study.measuring.confusions import definition_advice

    for row in [row for row in card["confused"] if row["segments"] > 1][:_CONFUSED]:
        code, other = row["code"], row["taken_for"]
        yield (
            f"{code} confused with {other}: {row['segments']} of {row['coded']} segments "
            f"({fixed(row['expected'], 1)} by base rates)",
            definition_advice(codebook, code, other),
        )
