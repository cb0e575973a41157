"""A tiny real project, made anew for each test that asks for one; what is learned twice is learned once."""

from __future__ import annotations

import csv
import hashlib
import importlib
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pytest

from fourp_nlp.documents import read_documents
from fourp_nlp.string_storage import python_strings
from fourp_nlp.study.labels import labels_of_person
from fourp_nlp.study.project import Project, open_project
from fourp_nlp.study.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
# Tests start this program as a process many times: what is compiled once need not be compiled again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

CODEBOOK = """\
id: allotment
title: Allotment meetings
codes:
  - id: water
    name: Water
    short_definition: Watering, rain barrels, hoses and taps.
    when_to_use: The speaker tells of getting water to the beds.
    when_not_to_use:
      - when: Water is only weather.
        use: seeds
    examples: [We dragged the hose across three plots.]
  - id: seeds
    name: Seeds
    short_definition: Sowing, seed swaps and seedlings.
    examples: [The seed tins are sorted by month.]
"""

WATER = [
    "The tap by the shed drips all night into the barrel.",
    "Carlo carried watering cans to the upper beds before breakfast.",
    "A second rain barrel now stands under the greenhouse gutter.",
    "We agreed to switch the hose on after seven in the evening.",
    "The pump lifts water from the ditch to the tank.",
    "Somebody left the sprinkler running over the leeks.",
]
SEEDS = [
    "Ines brought a tin of bean seeds for the swap table.",
    "The tomato seedlings are hardening off on the window sill.",
    "We sowed the carrots in two rows under fleece.",
    "Packets of lettuce seed were handed round in paper cups.",
    "Her grandmother's peas germinated in nine days.",
    "The seed order goes out on the first of February.",
]
OTHER = [
    "The minutes of the last meeting were read.",
    "Nobody had seen the key to the gate.",
    "The fox was back on Sunday.",
    "A motion about the bonfire was put off.",
    "The treasurer is on holiday until the ninth.",
    "Two chairs in the hut are broken.",
]


def write_project(folder: Path, *, documents: int = 6, gold: bool = True) -> Project:
    """Write a project of short documents, each with two sentences on water, two on seeds, two on neither."""
    (folder / "corpus").mkdir(parents=True)
    (folder / "gold").mkdir()
    (folder / "corpus" / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "fourp.toml").write_text('title = "Allotment"\n', encoding="utf-8")
    attributes = ["document,case,group,date,kind,speaker"]
    for number in range(documents):
        lines = [
            WATER[number % 6], OTHER[number % 6], SEEDS[number % 6],
            OTHER[(number + 3) % 6], WATER[(number + 2) % 6], SEEDS[(number + 4) % 6],
        ]  # fmt: skip
        name = f"meeting{number}.txt"
        (folder / "corpus" / name).write_text(" ".join(lines), encoding="utf-8")
        attributes.append(f"{name},plot{number % 3},{'north' if number % 3 else 'south'},,,")
    (folder / "corpus" / "documents.csv").write_text("\n".join(attributes) + "\n", encoding="utf-8")
    project = open_project(folder)
    if gold:
        write_gold_file(project, "anna")
    return project


def write_gold_file(project: Project, coder: str, *, but: tuple[str, ...] = ()) -> None:
    """Write the right codes of all documents, save for those named."""
    documents, _ = read_documents(project.corpus)
    with (project.gold / f"{coder}.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["document", "start", "end", "code", "coder", "quote"])
        for document, text in zip(documents["document"], documents["text"], strict=True):
            if document in but:
                continue
            for code, sentences in (("water", WATER), ("seeds", SEEDS)):
                for sentence in sentences:
                    start = text.find(sentence)
                    if start >= 0:
                        end = start + len(sentence)
                        writer.writerow([document, start, end, code, coder, sentence])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of six documents, coded by Anna."""
    return write_project(tmp_path / "allotment")


def study_of(corpus, gold, codebook, suggestions=None, *, project=None):
    """Return a study of tables that a test has read or made."""
    return Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)


class Coded(NamedTuple):
    """The segments that a coder read, the codes of each, and for which codes the coder looked."""

    segments: pd.DataFrame
    labels: np.ndarray
    read: np.ndarray


class CodedInContext(NamedTuple):
    """The same with the whole documents around, and which segments were read."""

    segments: pd.DataFrame
    labels: np.ndarray
    coded: np.ndarray
    read: np.ndarray


def gold_labels(corpus, gold, codebook, coder):
    """Return what a person coded, on the segments that the person read."""
    own = labels_of_person(corpus, gold, codebook, coder).of_read_segments
    return Coded(own.segments, own.labels, own.looked_for)


def labels_in_context(corpus, gold, codebook, coder):
    """Return what a person coded, on all segments of the documents that the person read in."""
    own = labels_of_person(corpus, gold, codebook, coder).of_read_documents
    return CodedInContext(own.segments, own.labels, own.read, own.looked_for)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option that shows what hangs on the last digits."""
    parser.addoption(
        "--shake",
        type=int,
        metavar="SEED",
        help="change the last digits of all vectors, as another processor would, by a seed",
    )


@pytest.fixture(scope="session", autouse=True)
def _shake_vectors(request: pytest.FixtureRequest) -> Any:
    seed = request.config.getoption("--shake")
    if seed is None:
        yield
        return
    from fourp_nlp.machine.encoder.onnx_runtime import OnnxEncoder

    random = np.random.default_rng(seed)
    run = OnnxEncoder._run

    def shaken(encoder: Any, *arguments: Any) -> list[Any]:
        return [
            (output + 1.2e-7 * np.abs(output).max() * random.standard_normal(output.shape)).astype(
                np.float32
            )
            for output in run(encoder, *arguments)
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OnnxEncoder, "_run", shaken)
        yield


class TrainedOnce:
    """Trains as `train` does, and gives the model of an earlier training on the very same data again.

    A training depends on nothing but what it is handed (a test holds it to that), and most tests train a
    project only to have a model. Fine-tuning is always done anew, and so is all in a test that is marked
    `trains_anew`.

    Attributes
    ----------
    anew : bool
        Whether nothing is given again.
    trainings, given_again : int
        How many trainings were done, and how many were not done twice.
    """

    REACHES_NOTHING = frozenset(
        {"cache", "embedding_progress", "fitting_progress", "rounds", "tuning_progress"}
    )
    """Parameters that change nothing in the model."""

    _models: ClassVar[
        dict[str, Any]
    ] = {}  # of this process: `scripts/mutate_seams.py` has many sessions

    def __init__(self, train: Callable[..., Any]) -> None:
        self._train = train
        self.anew = False
        self.trainings = self.given_again = 0

    def __call__(self, data: Any, codebook: Any, encoder: Any, **options: Any) -> Any:
        """Train, or give the same model again."""
        if self.anew or options.get("recipe") is not None:
            return self._train(data, codebook, encoder, **options)
        reaching = {key: options[key] for key in sorted(options.keys() - self.REACHES_NOTHING)}
        content = pickle.dumps((data, codebook, encoder.id, reaching))
        key = hashlib.sha256(content).hexdigest()
        if key in self._models:
            self.given_again += 1
        else:
            self._models[key] = pickle.dumps(self._train(data, codebook, encoder, **options))
            self.trainings += 1
        return pickle.loads(self._models[key])  # noqa: S301 - made above


class EncodedOnce:
    """Embeds each text once: most tests have the same codebook and the same sentences.

    Attributes
    ----------
    anew : bool
        Whether nothing is given again.
    """

    _vectors: ClassVar[dict[tuple[str, str], Any]] = {}
    _tokens: ClassVar[dict[tuple[str, str], Any]] = {}
    MOST = 2000
    """Texts whose tokens are known: those of a sentence take some 40 KB."""

    def __init__(self, *encoders: type[Any]) -> None:
        self._encode = {each: each.encode for each in encoders}
        self._token_parts = {each: each.token_parts for each in encoders}
        self.anew = False

    def encode(self, encoder: Any, texts: Any) -> Any:
        """Return the vectors of texts, those that are known without the encoder."""
        if self.anew or not len(texts):
            return self._encode[type(encoder)](encoder, texts)
        # The place of the weights, too: encoders of one name may be of different folders.
        whose = f"{encoder.id} {encoder.location}"
        missing = [text for text in dict.fromkeys(texts) if (whose, text) not in self._vectors]
        if missing:
            vectors = self._encode[type(encoder)](encoder, missing)
            self._vectors.update(
                ((whose, text), v) for text, v in zip(missing, vectors, strict=True)
            )
        return np.stack([self._vectors[whose, text] for text in texts])

    def token_parts(self, encoder: Any, texts: Any) -> Any:
        """Return what the tokens of texts give, those that are known without the encoder."""
        of_encoder = self._token_parts[type(encoder)]
        whose = f"{encoder.id} {encoder.location}"
        missing = [text for text in dict.fromkeys(texts) if (whose, text) not in self._tokens]
        if self.anew or len(self._tokens) + len(missing) > self.MOST:
            return of_encoder(encoder, texts)
        tokens = of_encoder(encoder, missing) if missing else []
        if tokens is None:
            return None
        self._tokens.update(((whose, text), t) for text, t in zip(missing, tokens, strict=True))
        return [self._tokens[whose, text] for text in texts]


@pytest.fixture(scope="session")
def encoded_once() -> EncodedOnce:
    """What every text that the encoder embeds goes through."""
    from fourp_nlp.machine.encoder.onnx_runtime import OnnxEncoder
    from fourp_nlp.machine.encoder.torch_runtime import TorchEncoder

    return EncodedOnce(OnnxEncoder, TorchEncoder)


@pytest.fixture(scope="session")
def trained_once() -> TrainedOnce:
    """What every project's training goes through."""
    from fourp_nlp.study.machine import training

    return TrainedOnce(training.train)


@pytest.fixture(scope="session", autouse=True)
def _learn_the_same_once(trained_once: TrainedOnce, encoded_once: EncodedOnce) -> Any:
    from fourp_nlp.machine.encoder import keeping_tokens
    from fourp_nlp.machine.encoder.onnx_runtime import OnnxEncoder
    from fourp_nlp.machine.encoder.torch_runtime import TorchEncoder
    from fourp_nlp.study.machine import training

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", trained_once)
        # An encoder that keeps tokens would run for texts whose vectors are known.
        for module in ("machine.training.train", "study.machine.suggestions"):
            patch.setattr(
                importlib.import_module(f"fourp_nlp.{module}"),  # `train` is a function, too
                "keeping_tokens",
                lambda encoder: keeping_tokens(encoder) if encoded_once.anew else encoder,
            )
        for each in (OnnxEncoder, TorchEncoder):
            patch.setattr(
                each,
                "encode",
                lambda self, texts: encoded_once.encode(self, texts),  # noqa: PLW0108 - a bound method takes no self
            )
            patch.setattr(
                each,
                "token_parts",
                lambda self, texts: encoded_once.token_parts(self, texts),  # noqa: PLW0108 - as above
            )
        yield


@pytest.fixture(autouse=True)
def _train_anew_where_that_is_tested(
    request: pytest.FixtureRequest, trained_once: TrainedOnce, encoded_once: EncodedOnce
) -> Any:
    anew = request.node.get_closest_marker("trains_anew") is not None
    trained_once.anew = encoded_once.anew = anew
    yield
    trained_once.anew = encoded_once.anew = False


@pytest.fixture(scope="session", autouse=True)
def _texts_are_python_strings() -> Any:
    """Frames that tests make are of the same texts as those of the package, whatever is installed."""
    with python_strings():
        yield
