"""What the rule that lays spans over sentences does to agreement: kappa of two coders under each rule.

Usage: python scripts/measure_laying.py FOLDER

The folder, or opp115/ in it, holds segments.csv (policy, segment, text) and spans.csv.gz (policy, segment,
annotator, category, start_in_segment_html, end_in_segment_html), made from the corpus of Wilson, S. et al.
(2016), The creation and analysis of a website privacy policy corpus, ACL: three annotators a policy, who
drew spans freely within paragraphs. The corpus is for research only and is not part of this repository.

The places of the spans count the paragraph's HTML, and the text here is without it. So only paragraphs
are used whose last span ends exactly where the text ends: there is no room for a tag in them. Printed is
how many ends of spans then lie between words, which would be few if the places were wrong. Paragraphs in
which nobody marked anything are not among them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from fourp_nlp.agreement import agreement_table, cohen_kappa
from fourp_nlp.coding.alignment.alignment_effects import alignment_report
from fourp_nlp.segments import segment
from fourp_nlp.segments.alignment import RULES, codings_to_matrix
from fourp_nlp.tables import CODINGS, DOCUMENTS, conform

PAIRS = ((0, 1), (0, 2), (1, 2))


def load(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Return paragraphs as DOCUMENTS, spans as CODINGS, and the policy of each paragraph."""
    texts = pd.read_csv(folder / "segments.csv")
    spans = pd.read_csv(folder / "spans.csv.gz").rename(
        columns={"start_in_segment_html": "start", "end_in_segment_html": "end", "category": "code"}
    )
    for table in (texts, spans):
        table["document"] = table["policy"] + "/" + table["segment"].astype(str)
    # Annotators differ from policy to policy: the first, second and third of each.
    spans["coder"] = (spans.groupby("policy")["annotator"].rank("dense").astype(int)).astype(str)
    length = texts.set_index("document")["text"].str.len()
    last = spans.groupby("document")["end"].max()
    kept = set(last.index[last == length.reindex(last.index)])
    texts = texts[texts["document"].isin(kept)].reset_index(drop=True)
    spans = spans[spans["document"].isin(kept)]
    spans = spans.merge(texts[["document", "text"]], on="document")
    spans["quote"] = [
        text[start:end]
        for text, start, end in zip(spans["text"], spans["start"], spans["end"], strict=True)
    ]
    documents = texts.assign(**{name: "" for name in DOCUMENTS.names if name not in texts})
    policies = texts.set_index("document")["policy"]
    return conform(documents, DOCUMENTS), conform(spans, CODINGS), policies


def between_words(documents: pd.DataFrame, codings: pd.DataFrame) -> float:
    """Return the share of the spans' ends that do not stand inside a word."""
    text = documents.set_index("document")["text"]
    good = 0
    for name, start, end in codings[["document", "start", "end"]].itertuples(index=False):
        for at in (start, end):
            inside = text[name][max(at - 1, 0) : at + 1]
            good += not (0 < at < len(text[name]) and inside.isalnum())
    return good / (2 * len(codings))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resamples", type=int, default=1000)
    given = parser.parse_args()
    folder = given.folder / "opp115" if (given.folder / "opp115").is_dir() else given.folder
    documents, codings, policies = load(folder)
    segments = segment(documents, unit="sentence")
    policy = segments["document"].map(policies).to_numpy()
    codes = sorted(set(codings["code"]))
    print(
        f"{len(documents)} paragraphs of {len(set(policies))} policies, {len(segments)} sentences, "
        f"{len(codings)} spans; {between_words(documents, codings):.1%} of their ends are between words\n"
    )
    laid, labels = [], {}
    for rule in RULES:
        laid.append(alignment_report(segments, codings, codes, rule).drop(columns="examples"))
        labels[rule] = [
            codings_to_matrix(segments, codings, codes, coder=coder, rule=rule).matrix
            for coder in "123"
        ]
    pd.set_option("display.width", 200, "display.max_columns", 20)
    table = pd.concat(laid, ignore_index=True)
    print(table.to_string(index=False))
    print("\nall coders together")
    print(table.groupby("rule", sort=False).sum(numeric_only=True).drop(columns="most").to_string())
    lost = table.groupby("rule", sort=False)[["gave_none", "spans"]].sum()
    for rule, (none, spans) in zip(lost.index, lost.to_numpy(), strict=True):
        print(f"{rule}: {none / spans:.1%} of the spans gave no sentence their code")

    print(
        "\nkappa of the first and second coder [95% interval by policy], prevalence under majority"
    )
    tables = {
        rule: agreement_table(
            labels[rule][0],
            labels[rule][1],
            codes,
            [""] * len(codes),
            policy,
            coder_a="1",
            coder_b="2",
            resamples=given.resamples,
        )
        for rule in RULES
    }
    print(f"{'':38}{'prev.':>6}  " + "".join(f"{rule:24}" for rule in RULES))
    for code in codes:
        cells, shares = [], []
        for rule in RULES:
            rows = tables[rule]
            row = rows[(rows["code"] == code) & (rows["coefficient"] == "cohen_kappa")].iloc[0]
            shares.append(row["prevalence"])
            cells.append(f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]".ljust(24))
        print(f"{code:38}{shares[0]:>6.3f}  {''.join(cells)}")

    print("\nmean over the codes, of each pair of coders")
    for one, other in PAIRS:
        means = []
        for rule in RULES:
            both = np.stack([labels[rule][one], labels[rule][other]], axis=1)
            each = [cohen_kappa(both[:, :, at]).value for at in range(len(codes))]
            means.append(f"{np.mean(each):.3f}")
        print(f"{one + 1} and {other + 1}".ljust(46) + "".join(mean.ljust(24) for mean in means))


if __name__ == "__main__":
    main()
