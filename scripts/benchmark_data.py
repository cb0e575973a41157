"""Human-coded data to measure on, and what several scripts do with it: features, training, figures.

None of it belongs to this project but the demonstration: name the folder that holds `aims/`, `opp115/` and
`ilab/`. A set whose files are absent is left out, and the caller says so.

* aims: sentences of modern slavery statements, 11 criteria (Bora et al. 2025, arXiv:2502.07022).
* opp115: paragraphs of website privacy policies, 10 practices, the majority of three coders (Wilson et al.
  2016, ACL).
* ilab: actions that the United States Department of Labor suggested to countries on child labour, 5 areas;
  documents are countries, repeated sentences of a country kept once.
* demonstration: this repository's own corpus, first coder.

Any fourp project can be measured on besides (`project_copy`): its gold coder's codes, also where that coder
read a part of it only.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.codebook import Code, Codebook, read_codebook
from fourp_nlp.machine.classifier import (
    CodebookRows,
    CodeClassifier,
    build_classifier,
    codebook_rows,
    definition_similarity,
    embed_definitions,
    segment_features,
)
from fourp_nlp.machine.encoder import EmbeddingCache, embed_layers, load_encoder
from fourp_nlp.machine.training import TrainingSet
from fourp_nlp.machine.training.train import _groups
from fourp_nlp.study.labels import labels_of_person
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes

if TYPE_CHECKING:
    import scipy.sparse as sp
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
    unread : ndarray of bool, shape (n,)
        Segments that nobody read, which stand between others in their documents; of length 0 if everything
        was read.
    """

    name: str
    texts: list[str]
    documents: NDArray[np.object_]
    labels: NDArray[np.bool_]
    codebook: Codebook
    coders: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0, 0), dtype=bool))
    unread: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def read(self) -> NDArray[np.int64]:
        """Return the rows that people read."""
        return np.flatnonzero(~self.unread) if len(self.unread) else np.arange(len(self.texts))


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
    return _of_project("demonstration", ROOT)


def project_copy(name: str, folder: Path) -> Coded:
    """Read a project from a copy, because opening one may write into it."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "project"
        for source in folder.rglob("*"):
            if source.is_file():
                target = root / source.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)  # contents alone: the copy can be written to
        return _of_project(name, root)


def _of_project(name: str, root: Path) -> Coded:
    """Return the documents that a project's gold coder read, in whole or in part."""
    project = open_project(root)
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    human = labels_of_person(corpus, gold, codebook, gold.reference).of_read_documents
    segments, labels, looked_for = human.segments, human.labels, human.looked_for
    return Coded(
        name,
        segments["text"].tolist(),
        segments["document"].to_numpy(dtype=object),
        labels,
        codebook,
        unread=~looked_for.all(axis=1),
    )


READERS = {"aims": aims, "opp115": opp115, "ilab": ilab}


def load(name: str, data: Path | None) -> Coded | None:
    """Return a data set by name, or None if its files are not there."""
    if name == "demonstration":
        return demonstration()
    if data is None or not (data / name).is_dir():
        return None
    return READERS[name](data / name)


@dataclass(frozen=True)
class Ready:
    """A data set with everything that methods need.

    Attributes
    ----------
    coded : Coded
        The data set.
    vectors : ndarray of float32, shape (n, layers, dimensions)
        Embeddings of the segments.
    similarity : ndarray of float32, shape (n, n_codes)
        Cosine to the nearest part of each definition.
    features : csr_matrix, shape (n, n_features)
        From `segment_features`.
    definitions : CodebookRows
        The parts of the definitions.
    """

    coded: Coded
    vectors: NDArray[np.float32]
    similarity: NDArray[np.float32]
    features: sp.csr_matrix
    definitions: CodebookRows


def prepare(coded: Coded, cache: EmbeddingCache, name: str = "") -> Ready:
    """Embed a data set, with the default encoder or the one that is named."""
    encoder = load_encoder(name) if name else load_encoder()
    started = time.perf_counter()
    vectors = embed_layers(coded.texts, encoder, cache=cache)
    definitions = embed_definitions(coded.codebook, encoder, cache=cache)
    similarity = definition_similarity(vectors[:, 0], definitions)
    features = segment_features(coded.texts, vectors, coded.documents.tolist())
    rows = codebook_rows(coded.codebook, encoder, cache=cache)
    print(
        f"{coded.name}: {len(coded.texts)} segments of {len(np.unique(coded.documents))} documents, "
        f"{coded.labels.shape[1]} codes, {int(coded.labels.sum())} codings; prepared in "
        f"{time.perf_counter() - started:.0f} s",
        file=sys.stderr,
    )
    return Ready(coded, vectors, similarity, features, rows)


def classifier(data: Ready) -> CodeClassifier:
    """Return the classifier as the project builds it."""
    return build_classifier(data.vectors.shape[1:])


def learn(data: Ready, read: NDArray[np.int64]) -> CodeClassifier:
    """Return the classifier that `fourp train` would save if people had read these rows and no others.

    It is given the whole of every document of which anything was read, as `fourp train` gives it.
    """
    documents = data.coded.documents.astype(str)
    rows = np.flatnonzero(np.isin(documents, np.unique(documents[read])))
    names = documents[rows].tolist()
    given = TrainingSet(
        texts=[data.coded.texts[row] for row in rows],
        documents=names,  # stands for hashes: no row is a loose sentence
        names=names,
        sources=names,
        spans=np.zeros((len(rows), 2), dtype=np.int64),
        labels=data.coded.labels[rows],
        coded=np.isin(rows, read),
    )
    model = classifier(data)
    # Folds give what is said out of fold, and change nothing in the whole model.
    model.fit_out_of_fold(
        data.features[rows],
        given.labels,
        _groups(given),
        given.in_documents,
        data.definitions,
        folds=(),
        read=given.looked_for,
    )
    return model


def definitions_alone(data: Ready) -> CodeClassifier:
    """Return the classifier that knows nothing but the codebook."""
    return classifier(data).fit_definitions(data.definitions, data.coded.labels.shape[1])


def calibration_error(said: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Return the expected calibration error of all probabilities, in ten bins of equal width.

    The mean, over bins, of the distance between mean probability and share that is right, each bin
    weighted by its probabilities.
    """
    flat, right = said.ravel(), truth.ravel()
    places = np.minimum((flat * 10).astype(int), 9)
    gaps = np.bincount(places, right, 10) - np.bincount(places, flat, 10)
    return float(np.abs(gaps).sum() / len(flat))


def mean_average_precision(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Return the mean average precision over the codes that occur."""
    from sklearn.metrics import average_precision_score

    there = np.flatnonzero(truth.any(axis=0))
    return float(
        np.mean([average_precision_score(truth[:, code], scores[:, code]) for code in there])
    )


def macro_f1(suggested: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the mean of F1 over the codes that occur."""
    there = truth.any(axis=0)
    right = (truth & suggested).sum(axis=0)
    f1 = 2 * right / np.maximum(truth.sum(axis=0) + suggested.sum(axis=0), 1)
    return float(f1[there].mean())


def markdown(frame: pd.DataFrame, *, index: bool = False) -> str:
    """Return a table as Markdown, numbers rounded to three places."""
    if index:
        frame = frame.rename_axis("code").reset_index()
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|---" * frame.shape[1] + "|"]
    for row in frame.itertuples(index=False):
        cells = [f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
