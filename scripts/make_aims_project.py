"""Turn the AIMS.au statements into a project: 40 statements coded, 10 left for the machine.

The data (Bora et al., AIMS.au, ICLR 2025, arXiv:2502.07022; CC-BY-4.0) is not part of this project and
is not shipped: name the folder that holds `aims_au_test.csv` and `codebook.json`. Each sentence becomes
a paragraph, which is the unit of coding, so that the published codings fall on whole segments. The ten
statements are chosen by seed; their published codes go into a second gold file, by the coder `held_out`,
whom the machine does not learn from.

Usage: python scripts/make_aims_project.py DATA_FOLDER PROJECT_FOLDER [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from fourp_nlp.coding.gold.writer import write_gold
from fourp_nlp.documents import normalise, read_documents
from fourp_nlp.segments import segment
from fourp_nlp.study.project import open_project

HELD_OUT = 10
SETTINGS = """\
title = "AIMS.au: modern slavery statements"
notice = "Statements and codes: AIMS.au (Bora et al. 2025, arXiv:2502.07022), for measuring only."
unit = "paragraph"

[coders]
gold = "published"
"""


def identifier(name: str) -> str:
    """Return a code id for a column name such as `C2 (supply chains)`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def main() -> None:
    """Write the project."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("project", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    source = options.data / "aims_au_test.csv"
    if not source.is_file():
        sys.exit(f"{source} is not there; nothing was made.")
    table = pd.read_csv(source)
    table["sentence"] = [" ".join(normalise(str(text)).split()) for text in table["sentence"]]
    names = list(table.columns[3:])
    definitions = {
        entry["code"]: " ".join(entry["definition"].split())
        for entry in json.loads((options.data / "codebook.json").read_text("utf-8"))
    }
    root = options.project
    (root / "corpus").mkdir(parents=True)
    (root / "gold").mkdir()
    (root / "fourp.toml").write_text(SETTINGS, encoding="utf-8")
    codes = [
        {"id": identifier(name), "name": name, "full_definition": definitions.get(name, name)}
        for name in names
    ]
    (root / "corpus" / "codebook.yaml").write_text(
        yaml.safe_dump(
            {"id": "aims", "title": "AIMS.au criteria", "codes": codes}, sort_keys=False
        ),
        encoding="utf-8",
    )
    for statement, rows in table.groupby("statement_id", sort=False):
        text = "\n\n".join(rows["sentence"])
        (root / "corpus" / f"statement_{statement}.txt").write_text(text, encoding="utf-8")

    documents, skipped = read_documents(root / "corpus")
    segments = segment(documents, unit="paragraph")
    # Sentences without a letter or digit are no segments; equal texts stand in equal order.
    table["document"] = [f"statement_{number}.txt" for number in table["statement_id"]]
    table["nth"] = table.groupby(["document", "sentence"]).cumcount()
    segments["nth"] = segments.groupby(["document", "text"]).cumcount()
    placed = table.merge(
        segments,
        left_on=["document", "sentence", "nth"],
        right_on=["document", "text", "nth"],
        how="left",
    )
    lost = placed["start"].isna()
    long = placed[~lost].melt(
        id_vars=["document", "start", "end", "text"],
        value_vars=names,
        var_name="code",
        value_name="on",
    )
    long = long[long["on"] == 1].astype({"start": "int64", "end": "int64"})
    long["code"] = long["code"].map(identifier)
    order = np.random.default_rng(options.seed).permutation(documents["document"].to_numpy())
    held_out = set(order[:HELD_OUT])
    codings = long.rename(columns={"text": "quote"}).assign(
        coder=np.where(long["document"].isin(held_out), "held_out", "published")
    )
    for coder, own in codings.groupby("coder"):
        chosen = held_out if coder == "held_out" else set(documents["document"]) - held_out
        coded = pd.DataFrame({"coder": coder, "document": sorted(chosen)})
        write_gold(own, root / "gold" / f"{coder}.csv", coded=coded)
    open_project(root)
    print(
        f"{len(documents)} statements, {len(segments)} segments, {len(codings)} codings; "
        f"{int(lost.sum())} sentences could not be placed, {len(skipped)} files skipped; "
        f"{HELD_OUT} statements held out"
    )


if __name__ == "__main__":
    main()
