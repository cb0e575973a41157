"""Effects of each alignment rule on the coders' spans in a study."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.alignment.alignment_effects import ALIGNMENT_EFFECTS, alignment_report
from fourp_nlp.errors import GoldError
from fourp_nlp.segments.alignment import RULES, covered_segments
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.study.reading.unread_notes import codes_added_later
from fourp_nlp.tables import conform, make_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.segments.alignment import Rule
    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

__all__ = ["ALIGNMENT_BY_RULE", "alignment_by_rule", "documents_in_part"]

ALIGNMENT_BY_RULE = make_table(
    "alignment_by_rule",
    coder=ALIGNMENT_EFFECTS.columns["coder"],
    documents=("int64", "documents that the coder read, whole or in part"),
    in_part=("int64", "of these: those read in part"),
    read_as_of=("str", "date as of which the coder's reading was last recorded"),
    new_text=("int64", "unread segments of documents that changed after the coder read them"),
    new_codes=("int64", "codes that came after something that the coder read"),
    rule=ALIGNMENT_EFFECTS.columns["rule"],
    set=("bool", "whether this is the rule that fourp.toml sets"),
    **{name: it for name, it in ALIGNMENT_EFFECTS.columns.items() if name not in {"coder", "rule"}},
)


def alignment_by_rule(study: Study, rules: Sequence[Rule] = RULES) -> pd.DataFrame:
    """Count, for each coder, what each rule makes of the coder's spans.

    Parameters
    ----------
    study : Study
        The study.
    rules : sequence of {"majority", "any", "containment"}
        Which rules; by default all.

    Returns
    -------
    pandas.DataFrame
        The table ALIGNMENT_BY_RULE: coders in their order, for each the rules in theirs.

    Raises
    ------
    GoldError
        If nobody coded.
    """
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    if not gold.coded:
        raise GoldError(
            "Nothing is coded, so there are no spans to align with segments.",
            cure="Put gold files into `gold`, one CSV a coder: docs/gold.md.",
        )
    codes = codebook.code_ids
    effects = pd.concat(
        [
            alignment_report(corpus.segments, gold.codings, codes, rule, coded=gold.read)
            for rule in rules
        ],
        ignore_index=True,
    )
    whole = gold.read[gold.read["scope"] == "document"]
    wholly = whole.groupby("coder")["document"].nunique()
    documents = effects["coder"].map({coder: len(names) for coder, names in gold.coded.items()})
    effects = effects.assign(
        documents=documents,
        in_part=documents - effects["coder"].map(wholly).fillna(0).astype("int64"),
        read_as_of=effects["coder"].map(defaultdict(str, gold.since)),
        new_text=effects["coder"].map(_new_text(study)).fillna(0).astype("int64"),
        new_codes=effects["coder"].map(_new_codes(gold)).fillna(0).astype("int64"),
        set=effects["rule"] == gold.rule,
    )
    place = {coder: at for at, coder in enumerate(gold.coders)}
    order = effects["coder"].map(place).sort_values(kind="stable").index
    return conform(effects.loc[order], ALIGNMENT_BY_RULE)


def documents_in_part(study: Study) -> pd.DataFrame:
    """Return the documents of which a coder has read a part.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        Columns coder, document, read (segments that the coder read without seeing suggestions) and of (all
        its segments).
    """
    gold, segments = study.coded_blind().gold, study.segments
    data = data_segments(study.corpus, study.codebook)
    rows = []
    for coder in gold.coders:
        read = pd.Series(covered_segments(segments, gold.read, coder)[data])
        counts = read.groupby(segments["document"].to_numpy()[data], sort=False).agg(
            ["sum", "size"]
        )
        part = counts[(counts["sum"] > 0) & (counts["sum"] < counts["size"])]
        rows += [(coder, str(name), n_read, of) for name, n_read, of in part.itertuples()]
    return pd.DataFrame(rows, columns=["coder", "document", "read", "of"])


def _new_text(study: Study) -> dict[str, int]:
    """Return how many segments of changed documents each coder has not read."""
    corpus, gold = study.corpus, study.gold
    document = corpus.segments["document"]
    n_unread = {}
    for coder, changed_documents in gold.changed[gold.changed["how"] != "late"].groupby("coder"):
        unread = ~covered_segments(corpus.segments, gold.read, str(coder))
        n_unread[str(coder)] = int(
            unread[document.isin(set(changed_documents["document"])).to_numpy()].sum()
        )
    return n_unread


def _new_codes(gold: Gold) -> dict[str, int]:
    """Return how many codes came after something that each coder read."""
    return {
        str(coder): len(codes_added_later(readings))
        for coder, readings in gold.read.groupby("coder")
    }
