"""Human-coded data to measure on, each as segments of documents with labels and a codebook.

None of it belongs to this project but the demonstration: name the folder that holds `aims/`, `opp115/` and
`ilab/`. A set whose files are absent is left out, and the caller says so.

* aims: sentences of modern slavery statements, 11 criteria (Bora et al. 2025, arXiv:2502.07022).
* opp115: paragraphs of website privacy policies, 10 practices, the majority of three coders (Wilson et al.
  2016, ACL).
* ilab: actions that the United States Department of Labor suggested to countries on child labour, 5 areas;
  documents are countries, repeated sentences of a country kept once.
* demonstration: this repository's own corpus, first coder.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.codebook import Code, Codebook, read_codebook
from fourp_nlp.pipeline import gold_labels, read_corpus, read_gold_codes
from fourp_nlp.project import open_project

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent

# The areas in our own words: the data name them and define nothing.
_AREAS = {
    "Legal_Framework": (
        "Legal framework",
        "Laws and their gaps: what the law should prohibit, criminalise, set as a minimum age or "
        "protect, and treaties to ratify.",
    ),
    "Enforcement": (
        "Enforcement",
        "Inspections, investigations, prosecutions and penalties: inspectors' number, training, "
        "powers and funding, and publishing what was enforced.",
    ),
    "Coordination": (
        "Coordination",
        "Bodies and mechanisms through which agencies coordinate: committees that should exist, meet, be "
        "funded or work together.",
    ),
    "Government_Policies": (
        "Government policies",
        "National policies and action plans: adopting, funding, carrying out and reporting on them, and "
        "putting the concern into existing policies.",
    ),
    "Social_Programs": (
        "Social programs",
        "Programmes for children and families: access to schooling, services for victims, cash "
        "transfers, shelters, surveys of how children live and work.",
    ),
}


@dataclass(frozen=True)
class Coded:
    """Coded segments.

    Attributes
    ----------
    name : str
        Of the data set.
    texts : list of str, length n
        Segments in reading order, document by document.
    documents : ndarray of str, shape (n,)
        The document of each.
    labels : ndarray of bool, shape (n, n_codes)
        The codes of each.
    codebook : Codebook
        Codes with their definitions.
    coders : ndarray of bool, shape (n_coders, n, n_codes)
        What each coder gave, where that is known; else of length 0.
    """

    name: str
    texts: list[str]
    documents: NDArray[np.object_]
    labels: NDArray[np.bool_]
    codebook: Codebook
    coders: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0, 0), dtype=bool))


def _codebook(name: str, definitions: dict[str, tuple[str, str]]) -> Codebook:
    codes = [
        Code(
            id=re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_"), name=title, full_definition=text
        )
        for key, (title, text) in definitions.items()
    ]
    return Codebook(id=name, codes=codes)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def aims(folder: Path) -> Coded:
    """Read the AIMS.au sentences."""
    table = pd.read_csv(folder / "aims_au_test.csv")
    names = list(table.columns[3:])
    given = json.loads((folder / "codebook.json").read_text("utf-8"))
    definitions = {entry["code"]: _one_line(entry["definition"]) for entry in given}
    return Coded(
        "aims",
        [_one_line(text) for text in table["sentence"]],
        table["statement_id"].astype(str).to_numpy(dtype=object),
        table[names].to_numpy() == 1,
        _codebook("aims", {name: (name, definitions.get(name, name)) for name in names}),
    )


def opp115(folder: Path) -> Coded:
    """Read the privacy policies and the majority of their three coders."""
    segments = pd.read_csv(folder / "segments.csv").sort_values(["policy", "segment"])
    coders = pd.read_csv(folder / "codes_by_annotator.csv")
    names = list(coders.columns[3:])
    given = json.loads((folder / "codebook.json").read_text("utf-8"))
    definitions = {entry["code"]: _one_line(entry["definition"]) for entry in given}
    coders = coders.sort_values(["policy", "segment", "annotator"])
    # Which three people coded a policy differs; the first, second and third of each are kept apart.
    votes = coders[names].to_numpy().reshape(len(segments), 3, len(names)).transpose(1, 0, 2) == 1
    return Coded(
        "opp115",
        [_one_line(text) for text in segments["text"]],
        segments["policy"].to_numpy(dtype=object),
        votes.sum(axis=0) >= 2,
        _codebook("opp115", {name: (name, definitions[name]) for name in names}),
        votes,
    )


def ilab(folder: Path) -> Coded:
    """Read the suggested actions with their areas."""
    table = pd.read_csv(folder / "suggested_actions.csv")
    table["action"] = table["action"].map(_one_line)
    table = table.drop_duplicates(["country", "action"]).sort_values("country", kind="stable")
    areas = list(_AREAS)
    labels = table["area"].to_numpy()[:, None] == np.array(areas)[None, :]
    return Coded(
        "ilab",
        table["action"].tolist(),
        table["country"].to_numpy(dtype=object),
        labels,
        _codebook("ilab", _AREAS),
    )


def demonstration(_: Path | None = None) -> Coded:
    """Read the demonstration project's own coded documents."""
    project = open_project(ROOT)
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    segments, labels, _ = gold_labels(corpus, gold, codebook, gold.reference)
    return Coded(
        "demonstration",
        segments["text"].tolist(),
        segments["document"].to_numpy(dtype=object),
        labels,
        codebook,
    )


READERS = {"aims": aims, "opp115": opp115, "ilab": ilab}


def load(name: str, data: Path | None) -> Coded | None:
    """Return a data set by name, or None if its files are not there."""
    if name == "demonstration":
        return demonstration()
    if data is None or not (data / name).is_dir():
        return None
    return READERS[name](data / name)
