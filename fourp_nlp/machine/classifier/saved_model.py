"""A trained model and its files: arrays and JSON with a manifest of hashes, never a pickle."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import FourpError, ModelError
from fourp_nlp.files import temporary_name, write_together
from fourp_nlp.machine.classifier._kernel import Block, Scaling, optional_places
from fourp_nlp.machine.classifier.estimator import CodeClassifier, indicator_classes
from fourp_nlp.machine.classifier.features import Definitions
from fourp_nlp.machine.classifier.novelty import Novelty
from fourp_nlp.machine.classifier.thresholds import BINS
from fourp_nlp.machine.fine_tuning import Tuned, load_tuned, save_tuned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.files import Content

__all__ = [
    "FORMAT",
    "Examples",
    "OutOfFold",
    "TrainedModel",
    "check_place",
    "load_model",
    "save_model",
]

FORMAT = "fourp-model-4"
_FILES = ("model.json", "arrays.npz", "card.md")
_DIAGRAM = "reliability.svg"  # not there if nothing was said out of fold
_TUNED = "tuned.npz"  # only there if networks were fine-tuned
_MANIFEST = "manifest.json"
_LARGEST = 2**31  # bytes of one file; a model is a few megabytes
# What reading a file that was changed on purpose may raise.
_UNUSABLE = (
    OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError, MemoryError,
    NotImplementedError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_RETRAIN = "Train it again with `fourp train`, or restore the folder from where it came."


@dataclass(frozen=True)
class Examples:
    """Coded segments that the model learned from, to say why something was suggested.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Code of each example, as an index into the model's codes.
    documents : list of str, length n
        SHA-256 of the text of the document that each comes from; empty for loose sentences. If the model
        keeps no text, each document once.
    sources : list of str, length n
        Where it can be found, for people.
    texts : list of str, length n
        Its words.
    vectors : ndarray of float32, shape (n, dimensions)
        Its embedding.
    """

    codes: NDArray[np.int64]
    documents: list[str]
    sources: list[str]
    texts: list[str]
    vectors: NDArray[np.float32]

    def only(self, chosen: NDArray[np.bool_]) -> Examples:
        """Return some of the examples."""
        places = np.flatnonzero(chosen)
        return Examples(
            codes=self.codes[places],
            documents=[self.documents[place] for place in places],
            sources=[self.sources[place] for place in places],
            texts=[self.texts[place] for place in places],
            vectors=self.vectors[places],
        )

    def without_text(self) -> Examples:
        """Return none of the examples: only which documents they come from, by the hash of their text."""
        return Examples(
            codes=self.codes[:0],
            documents=sorted(set(self.documents) - {""}),
            sources=[],
            texts=[],
            vectors=self.vectors[:0],
        )


@dataclass(frozen=True)
class OutOfFold:
    """Probabilities for the training segments, each from a model that did not see its document.

    Attributes
    ----------
    documents : list of str, length n
        SHA-256 of the text of each segment's document.
    spans : ndarray of int, shape (n, 2)
        Start and end of each segment, in code points.
    probabilities : ndarray of float32, shape (n, n_codes)
        What the model of the fold gave.
    suggested : ndarray of bool, shape (n, n_codes)
        Whether it reached that model's own threshold.
    folds : ndarray of int, shape (n,)
        Which fold it was: its thresholds are a row of the classifier's `fold_thresholds_for`.
    why, words : ndarray of str, shape (n, n_codes)
        Why that model suggested it, and the words that carried it; empty where it did not.
    labels : ndarray of bool, shape (n, n_codes)
        Which codes the gold coder gave it.
    read : ndarray of bool, shape (n,) or (n, n_codes)
        Whether the gold coder read it, or which codes they looked for in it; nothing follows from the
        labels of the others.
    """

    documents: list[str]
    spans: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    suggested: NDArray[np.bool_]
    folds: NDArray[np.int64]
    why: NDArray[np.object_]
    words: NDArray[np.object_]
    labels: NDArray[np.bool_]
    read: NDArray[np.bool_]


@dataclass(frozen=True)
class TrainedModel:
    """A named and versioned machine coder.

    Attributes
    ----------
    name : str
        What the researcher calls it.
    codebook_fingerprint, encoder_id, unit : str
        What it was trained with.
    codes, themes : list of str
        Code ids and the theme of each, in the order of every array here.
    classifier : CodeClassifier
        The fitted estimator.
    definitions : Definitions
        The embedded codebook.
    examples : Examples
        What it learned from.
    out_of_fold : OutOfFold
        What it suggests for its own training documents.
    familiar : Novelty or None
        How unlike each other its training documents are; None where that is not known.
    tuned : Tuned or None
        Fine-tuned networks, if there are any.
    card : dict
        Facts about the training, as they are written on the card.
    card_text : str
        The card as Markdown.
    diagram : str
        The reliability diagram that the card shows, as the content of an SVG file; empty if there
        is none.
    fingerprint : str
        SHA-256 of the saved model; empty until it is saved.
    """

    name: str
    codebook_fingerprint: str
    encoder_id: str
    unit: str
    codes: list[str]
    themes: list[str]
    classifier: CodeClassifier
    definitions: Definitions
    examples: Examples
    out_of_fold: OutOfFold
    familiar: Novelty | None = None
    tuned: Tuned | None = None
    card: dict[str, Any] = field(default_factory=dict)
    card_text: str = ""
    diagram: str = ""
    fingerprint: str = ""

    @property
    def id(self) -> str:
        """Name and version, as it stands in every suggestion."""
        return f"{self.name}@{self.fingerprint[:8] or 'unsaved'}"

    @property
    def quoted(self) -> int:
        """How many coded segments it quotes, each once."""
        return len(set(zip(self.examples.sources, self.examples.texts, strict=True)))

    @property
    def from_one_document(self) -> bool:
        """Whether it learned from one document alone, to which only definitions could be held."""
        documents = set(self.out_of_fold.documents)
        return len(documents) == 1 and not self.card.get("coded_sentences")

    @property
    def zero_shot(self) -> bool:
        """Whether no code was learned from examples."""
        return not bool(self.classifier.learned_.any())


_ARRAYS = (
    "positives_",
    "learned_",
    "constant_",
    "thresholds_",
    "centre_",
    "spread_",
    "slopes_",
    "intercepts_",
    "counts_",
    "fold_counts_",
    "rows_",
    "dual_",
    "mean_",
    "word_weights_",
    "context_word_weights_",
)
_SCALING = ("mean", "scale", "idf", "step")
_MATRICES = ("rows_", "dual_", "word_weights_", "context_word_weights_")
# Axes before those of the codes, and behind them.
_AXES = {
    "centre_": ((2,), ()),
    "spread_": ((2,), ()),
    "slopes_": ((2,), ()),
    "counts_": ((), (BINS,)),
}
_YES_OR_NO = ("suggested", "labels", "read")


def save_model(
    model: TrainedModel, folder: Path | str, *, journal: Path | None = None
) -> TrainedModel:
    """Write a model to a folder, which takes the place of an earlier one: all of its files, or none.

    Parameters
    ----------
    model : TrainedModel
        The model.
    folder : path
        Where to; a folder that is not a model is never replaced. What people put beside an earlier model
        stays.
    journal : pathlib.Path, optional
        As for `fourp_nlp.files.write_together`.

    Returns
    -------
    TrainedModel
        The model as it will be loaded, with its fingerprint.

    Raises
    ------
    ModelError
        If the folder holds something else than a model, or the model cannot be written: an earlier one is
        then as it was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fourp_nlp.machine.shipped_model import shipped_model
    >>> model = load_model(shipped_model())
    >>> with TemporaryDirectory() as folder:
    ...     save_model(model, folder).id == model.id
    True
    """
    folder = Path(folder)
    check_place(folder)
    try:
        _save(model, folder, journal)
    except (OSError, FourpError) as error:
        cause = error.__cause__ if isinstance(error, FourpError) else error
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else error
        raise ModelError(
            f"The model cannot be saved: {reason}. An earlier one is as it was.",
            file=folder,
            cure="Make room on the disk, or check the folder's permissions; then train again.",
        ) from error
    return load_model(folder)


def check_place(folder: Path) -> None:
    """Refuse a folder that holds something else than a model, as may be asked before a long training.

    Parameters
    ----------
    folder : pathlib.Path
        Where a model is to be saved.

    Raises
    ------
    ModelError
        If it does.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     check_place(Path(folder) / "new")
    ...     _ = (Path(folder) / "notes.txt").write_text("mine")
    ...     check_place(Path(folder))
    Traceback (most recent call last):
        ...
    fourp_nlp.errors.ModelError: ...: This is something else than a model; ...
    """
    if not folder.exists() or (folder / _MANIFEST).is_file():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise ModelError(
            "This is something else than a model; it is left as it is.",
            file=folder,
            cure="Name another folder: `name` under [model] in fourp.toml.",
        )


def _save(model: TrainedModel, folder: Path, journal: Path | None) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = temporary_name(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    try:
        (fresh / "model.json").write_text(_as_json(model), encoding="utf-8")
        (fresh / "card.md").write_text(model.card_text, encoding="utf-8")
        _write_arrays(fresh / "arrays.npz", _as_arrays(model))
        files = list(_FILES)
        if model.tuned:
            _write_arrays(fresh / _TUNED, save_tuned(model.tuned))
            files.append(_TUNED)
        if model.diagram:
            (fresh / _DIAGRAM).write_text(model.diagram, encoding="utf-8")
            files.append(_DIAGRAM)
        hashes = {name: _sha256(fresh / name) for name in files}
        manifest = {"format": FORMAT, "sha256": hashes}
        (fresh / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        # The manifest last: it says that the others are whole.
        ours = (*_FILES, _DIAGRAM, _TUNED, _MANIFEST)
        contents: dict[Path, Content] = {
            folder / name: None
            for name in ours
            if not (fresh / name).exists() and (folder / name).exists()
        }
        contents |= {
            folder / name: (fresh / name).replace for name in ours if (fresh / name).exists()
        }
        write_together(contents, journal=journal, what="a model")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def load_model(folder: Path | str) -> TrainedModel:
    """Read a model that `save_model` wrote.

    Parameters
    ----------
    folder : path
        The model's folder.

    Returns
    -------
    TrainedModel
        The model.

    Raises
    ------
    ModelError
        If there is no model, or it is of another format, or any of its files is not what the
        manifest says. Nothing in a model is ever executed.

    Examples
    --------
    >>> from fourp_nlp.machine.shipped_model import shipped_model
    >>> model = load_model(shipped_model())
    >>> model.name, model.unit, model.codes[0]
    ('four-ps', 'sentence', 'information_and_awareness')
    """
    folder = Path(folder)
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        kind, hashes = manifest["format"], manifest["sha256"]
    except FileNotFoundError:
        raise ModelError(
            "There is no model here.", file=folder, cure="Make one with `fourp train`."
        ) from None
    except _UNUSABLE as error:
        raise ModelError("The model's manifest is damaged.", file=folder, cure=_RETRAIN) from error
    if kind != FORMAT:
        raise ModelError(
            f"This is a model of format '{kind}', and this version reads '{FORMAT}'.",
            file=folder,
            cure="Train it again with `fourp train`.",
        )
    further = [name for name in (_DIAGRAM, _TUNED) if isinstance(hashes, dict) and name in hashes]
    for name in (*_FILES, *further):
        path = folder / name
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise ModelError(
                f"The model's file '{name}' is missing or too large.", file=folder, cure=_RETRAIN
            )
        if not isinstance(hashes, dict) or hashes.get(name) != _sha256(path):
            raise ModelError(
                f"The model's file '{name}' was changed after training; it is not used.",
                file=folder,
                cure=_RETRAIN,
            )
    try:
        content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        return _assemble(
            content,
            _read_arrays(folder / "arrays.npz"),
            tuned=load_tuned(_read_arrays(folder / _TUNED)) if _TUNED in further else None,
            card_text=(folder / "card.md").read_text(encoding="utf-8"),
            diagram=(folder / _DIAGRAM).read_text(encoding="utf-8") if _DIAGRAM in further else "",
            fingerprint=_sha256(folder / _MANIFEST),
        )
    except _UNUSABLE as error:
        raise ModelError(
            f"This is not a model that can be used: {error}.", file=folder, cure=_RETRAIN
        ) from error


def _as_json(model: TrainedModel) -> str:
    classifier = model.classifier
    content = {
        "name": model.name,
        "codebook_fingerprint": model.codebook_fingerprint,
        "encoder_id": model.encoder_id,
        "unit": model.unit,
        "codes": model.codes,
        "themes": model.themes,
        "parameters": classifier.get_params(),
        "n_features_in": int(classifier.n_features_in_),
        "n_definitions": int(classifier.n_definitions_),
        "by_definitions": bool(classifier.by_definitions_),
        "definitions": {
            "parts": model.definitions.parts,
            "texts": model.definitions.texts,
        },
        "examples": {
            "documents": model.examples.documents,
            "sources": model.examples.sources,
            "texts": model.examples.texts,
        },
        "out_of_fold_documents": model.out_of_fold.documents,
        "out_of_fold_reasons": [
            [row, column, model.out_of_fold.why[row, column], model.out_of_fold.words[row, column]]
            for row, column in np.argwhere(model.out_of_fold.why != "").tolist()
        ],
        "familiar": asdict(model.familiar) if model.familiar else None,
        "card": model.card,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _as_arrays(model: TrainedModel) -> dict[str, NDArray[Any]]:
    arrays = {f"fitted.{name}": np.asarray(getattr(model.classifier, name)) for name in _ARRAYS}
    if model.tuned:
        arrays["fitted.tuned_share_"] = np.array([model.classifier.tuned_share_])
    scaling = model.classifier.scaling_
    arrays |= {f"scaling.{name}": getattr(scaling, name) for name in _SCALING}
    arrays["definitions.codes"] = model.definitions.part_codes
    arrays["definitions.vectors"] = model.definitions.vectors
    arrays["examples.codes"] = model.examples.codes
    # Half precision moves a cosine by less than 0.001, and only reasons are read off these.
    arrays["examples.vectors"] = model.examples.vectors.astype(np.float16)
    arrays["out_of_fold.spans"] = model.out_of_fold.spans
    arrays["out_of_fold.probabilities"] = model.out_of_fold.probabilities
    arrays["out_of_fold.suggested"] = model.out_of_fold.suggested
    arrays["out_of_fold.folds"] = model.out_of_fold.folds
    arrays["out_of_fold.labels"] = model.out_of_fold.labels
    arrays["out_of_fold.read"] = model.out_of_fold.read
    return arrays


def _assemble(
    content: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    *,
    tuned: Tuned | None,
    card_text: str,
    diagram: str,
    fingerprint: str,
) -> TrainedModel:
    parameters = content["parameters"]
    parameters["blocks"] = tuple(
        Block(int(size), float(weight), bool(optional))
        for size, weight, optional in parameters["blocks"]
    )
    classifier = CodeClassifier(**parameters)
    for name in _ARRAYS:
        setattr(classifier, name, arrays[f"fitted.{name}"])
    classifier.tuned_share_ = float(arrays.get("fitted.tuned_share_", [0.0])[0])
    if (tuned is not None) != bool(classifier.n_tuned):
        raise ValueError("its fine-tuned networks are missing, or not its own")
    classifier.scaling_ = Scaling(
        **{name: arrays[f"scaling.{name}"] for name in _SCALING},
        optional=optional_places(parameters["blocks"]),
    )
    classifier.n_definitions_ = int(content["n_definitions"])
    classifier.by_definitions_ = bool(content["by_definitions"])
    if not 0 <= classifier.n_definitions_ <= len(classifier.rows_):
        raise ValueError("its definitions do not fit its rows")
    classifier.n_features_in_ = content["n_features_in"]
    classifier.n_codes_ = len(content["codes"])
    classifier.classes_ = indicator_classes(classifier.n_codes_)
    if classifier.thresholds_.shape != (classifier.n_codes_,):
        raise ValueError("its arrays do not fit its codes")
    _check_contents(content, arrays)
    why, words = (np.full(arrays["out_of_fold.suggested"].shape, "", object) for _ in range(2))
    for row, column, reason, carried in content["out_of_fold_reasons"]:
        why[row, column], words[row, column] = str(reason), str(carried)
    return TrainedModel(
        name=content["name"],
        codebook_fingerprint=content["codebook_fingerprint"],
        encoder_id=content["encoder_id"],
        unit=content["unit"],
        codes=content["codes"],
        themes=content["themes"],
        classifier=classifier,
        definitions=Definitions(
            codes=content["codes"],
            part_codes=arrays["definitions.codes"],
            parts=content["definitions"]["parts"],
            texts=content["definitions"]["texts"],
            vectors=arrays["definitions.vectors"],
        ),
        examples=Examples(
            codes=arrays["examples.codes"],
            documents=content["examples"]["documents"],
            sources=content["examples"]["sources"],
            texts=content["examples"]["texts"],
            vectors=arrays["examples.vectors"].astype(np.float32),
        ),
        out_of_fold=OutOfFold(
            documents=content["out_of_fold_documents"],
            spans=arrays["out_of_fold.spans"],
            probabilities=arrays["out_of_fold.probabilities"],
            suggested=arrays["out_of_fold.suggested"],
            folds=arrays["out_of_fold.folds"],
            why=why,
            words=words,
            labels=arrays["out_of_fold.labels"],
            read=arrays["out_of_fold.read"],
        ),
        familiar=Novelty(**content["familiar"]) if content["familiar"] else None,
        tuned=tuned,
        card=content["card"],
        card_text=card_text,
        diagram=diagram,
        fingerprint=fingerprint,
    )


def _check_contents(content: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """Refuse what would break down only when it is used."""
    examples, definitions = content["examples"], content["definitions"]
    out_of_fold_documents = content["out_of_fold_documents"]
    count = len(content["codes"])
    listed = {
        "codes": (content["codes"], count),
        "themes": (content["themes"], count),
        "parts": (definitions["parts"], len(arrays["definitions.vectors"])),
        "definitions": (definitions["texts"], len(arrays["definitions.codes"])),
        "sources": (examples["sources"], len(arrays["examples.codes"])),
        "examples": (examples["texts"], len(arrays["examples.vectors"])),
        "documents learned from": (examples["documents"], len(examples["documents"])),
        "documents": (out_of_fold_documents, len(arrays["out_of_fold.spans"])),
    }
    for what, (texts, length) in listed.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise TypeError(f"its {what} are no list of texts")
        if len(texts) != length:
            raise ValueError(f"its {what} do not fit its arrays")
    if arrays["out_of_fold.probabilities"].shape != (len(out_of_fold_documents), count):
        raise ValueError("its out-of-fold probabilities do not fit its codes")
    _check_arrays(arrays, count)
    plain = ("name", "codebook_fingerprint", "encoder_id", "unit")
    if not all(isinstance(content[key], str) for key in plain) or not isinstance(
        content["card"], dict
    ):
        raise TypeError("its name, its encoder or its card is of another kind")


def _check_arrays(arrays: dict[str, NDArray[Any]], count: int) -> None:
    """Refuse arrays of other axes than those that go together."""
    by_code = [name for name in _ARRAYS if name not in (*_MATRICES, "fold_counts_")]
    folds, counted = arrays["out_of_fold.folds"], arrays["fitted.fold_counts_"]
    rows, dual = arrays["fitted.rows_"], arrays["fitted.dual_"]
    fits = [
        *(array.dtype.kind in "biuf" for array in arrays.values()),
        *(
            arrays[f"fitted.{name}"].shape == (*axes_before, count, *axes_after)
            for name in by_code
            for axes_before, axes_after in (_AXES.get(name, ((), ())),)
        ),
        counted.shape[1:] == (count, BINS),
        folds.shape == arrays["out_of_fold.spans"].shape[:1] and folds.dtype.kind == "i",
        not len(folds) or bool(folds.min() >= 0 and folds.max() < len(counted)),
        *(arrays[f"fitted.{name}"].shape[1:] == (count,) for name in _MATRICES if name != "rows_"),
        *(
            arrays[name].dtype == bool
            for name in ("fitted.learned_", *(f"out_of_fold.{name}" for name in _YES_OR_NO))
        ),
        rows.ndim == 2 and len(rows) == len(dual) and rows.dtype == np.int8,
        arrays["scaling.step"].shape == rows.shape[1:],
        arrays["scaling.mean"].shape == arrays["scaling.scale"].shape == rows.shape[1:],
        arrays["scaling.idf"].ndim == 1,
        arrays["out_of_fold.spans"].shape[1:] == (2,),
        arrays["out_of_fold.labels"].shape == arrays["out_of_fold.suggested"].shape,
        arrays["out_of_fold.labels"].shape == arrays["out_of_fold.probabilities"].shape,
        # One column says all as long as no code is newer than what was read.
        arrays["out_of_fold.read"].shape
        in {arrays["out_of_fold.spans"].shape[:1], arrays["out_of_fold.labels"].shape},
    ]
    for name in ("definitions", "examples"):
        codes, vectors = arrays[f"{name}.codes"], arrays[f"{name}.vectors"]
        fits.append(codes.ndim == 1 and vectors.ndim == 2 and codes.dtype.kind == "i")
        fits.append(not len(codes) or bool(codes.min() >= 0 and codes.max() < count))
    if not all(fits):
        raise ValueError("its arrays do not fit each other")


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST:
            raise ValueError("its arrays unfold to more than a model has")
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write an .npz whose bytes depend on nothing but the arrays (numpy's own carries the time)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as stream:
                np.lib.format.write_array(
                    stream, np.ascontiguousarray(arrays[name]), allow_pickle=False
                )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
