"""Fine-tunes one network a fold, so that every segment gets an out-of-fold prediction."""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import FourpError, FourpWarning
from fourp_nlp.files import replacing
from fourp_nlp.machine.fine_tuning._chunks import Tokens, in_batches, make_chunks, tokenise
from fourp_nlp.machine.fine_tuning.tuned_model import Tuned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.machine.encoder import Encoder, Progress

__all__ = ["Recipe", "fine_tune"]

_FORM = 1  # of what is kept between rounds; another number, and it is not used


@dataclass(frozen=True)
class Recipe:
    """How networks are fine-tuned.

    Attributes
    ----------
    folds : int
        Networks, and parts that the documents are dealt to; each network learns without one part.
    rounds : int
        How often each network reads its documents.
    layers : int
        How many upper layers of the encoder learn.
    chunk : int
        Tokens that are read at once: a sentence with its neighbours.
    batch : int
        Tokens of a step.
    rate : float
        Learning rate of the layers; that of the outputs is ten times as high.
    """

    folds: int = 3
    rounds: int = 6
    layers: int = 3
    chunk: int = 256
    batch: int = 1024
    rate: float = 5e-4


def fine_tune(
    texts: Sequence[str],
    documents: Sequence[str],
    labels: NDArray[np.bool_],
    encoder: Encoder,
    *,
    read: NDArray[np.bool_] | None = None,
    recipe: Recipe | None = None,
    seed: int = 0,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> tuple[Tuned, NDArray[np.float64]]:
    """Fine-tune an encoder's upper layers on coded segments, and judge each segment unseen.

    A transformer is fine-tuned with one logistic output a code [1]_. It reads runs of neighbouring
    segments at once; a segment's vector is the mean of its own tokens, which have seen their
    context. The documents are dealt to folds; each network learns without one of them and judges it
    (cross-fitting [2]_). All of them together judge new documents.

    Parameters
    ----------
    texts : sequence of str, length n
        The segments, in reading order within each document.
    documents : sequence of str, length n
        The document, or passage, of each; a document's segments stand together.
    labels : ndarray of bool, shape (n, n_codes)
        Which codes apply.
    encoder : Encoder
        Where the networks start from.
    read : ndarray of bool, shape (n,) or (n, n_codes), optional
        Which segments people coded, or which codes they looked for in each; the others are context.
        Default: all.
    recipe : Recipe, optional
        How it is done.
    seed : int, default 0
        Seed of order and dropout.
    folder : path, optional
        Where each round is kept: what was interrupted goes on from there, and what is done already
        is not done again. What other data left there is removed.
    progress : callable, optional
        Called with (steps done, steps in all), in tokens.

    Returns
    -------
    tuned : Tuned
        The networks.
    probabilities : ndarray, shape (n, n_codes)
        What was said of each segment by the network that did not learn from its document.

    Raises
    ------
    ValueError
        If there are fewer documents than two.
    EncoderError
        If the encoder cannot be fine-tuned.

    References
    ----------
    .. [1] Devlin, J. et al. (2019). BERT: pre-training of deep bidirectional transformers for
       language understanding. NAACL 2019, 4171-4186.
    .. [2] Chernozhukov, V. et al. (2018). Double/debiased machine learning for treatment and
       structural parameters. The Econometrics Journal 21(1), C1-C68.
    """
    from fourp_nlp.machine.fine_tuning._network import (
        build_network,
        predict_probabilities,
        put_arrays,
    )

    recipe = recipe or Recipe()
    known = np.ones(labels.shape, dtype=bool)
    if read is not None:
        seen = np.asarray(read, dtype=bool)
        known &= seen[:, None] if seen.ndim == 1 else seen
    names = np.asarray(documents, dtype=object).astype(str)
    dealt = _fold_of_rows(names, recipe.folds)
    count = int(dealt.max()) + 1
    tokenizer, network = build_network(encoder, recipe.layers, labels.shape[1])
    tokens = tokenise(texts, documents, tokenizer)
    start = {name: value.detach().clone() for name, value in network.named_parameters()}
    told = np.asarray(known.any(axis=1)) if (known == known[:, :1]).all() else known
    kept = _Kept(folder, _key(tokens, labels, told, encoder.id, recipe, seed))
    learned_from = [int(tokens.lengths[dealt != fold].sum()) for fold in range(count)]
    total = recipe.rounds * sum(learned_from)
    networks: list[dict[str, NDArray[np.float16]]] = []
    probabilities = np.zeros(labels.shape)
    for fold in range(count):
        before = recipe.rounds * sum(learned_from[:fold])

        def tell(done: int, before: int = before) -> None:
            if progress:
                progress(min(before + done, total), total)

        with _no_gradients():
            for name, value in network.named_parameters():
                value.copy_(start[name])
        _learn(
            network,
            tokens,
            labels,
            known & (dealt != fold)[:, None],
            recipe,
            seed,
            fold,
            kept,
            tell,
        )
        # Half precision is what a saved model keeps; rounding now makes both say the same.
        weights = {
            name: value.detach().numpy().astype(np.float16)
            for name, value in network.named_parameters()
            if value.requires_grad
        }
        put_arrays(network, dict(weights))
        networks.append(weights)
        rows = np.flatnonzero(dealt == fold)
        probabilities[rows] = predict_probabilities(network, _some(tokens, rows), recipe.chunk)
    if progress:
        progress(total, total)
    return Tuned(networks, recipe.layers, recipe.chunk, labels.shape[1]), probabilities


def _fold_of_rows(names: NDArray[np.str_], folds: int) -> NDArray[np.int64]:
    """Return the fold of each segment: whole documents, the longest first to the emptiest fold."""
    from sklearn.model_selection import GroupKFold

    count = min(folds, len(np.unique(names)))
    if count < 2:
        raise ValueError("fine-tuning needs two documents, so that one can be held out")
    fold_of_row = np.zeros(len(names), dtype=np.int64)
    for number, (_, rows) in enumerate(GroupKFold(count).split(names, groups=names)):
        fold_of_row[rows] = number
    return fold_of_row


def _some(tokens: Tokens, rows: NDArray[np.int64]) -> Tokens:
    """Return the tokens of some segments."""
    lengths = tokens.lengths[rows]
    starts = np.r_[0, lengths.cumsum()]
    places = np.arange(starts[-1]) + np.repeat(tokens.starts[rows] - starts[:-1], lengths)
    return Tokens(tokens.ids[places], starts, tokens.documents[rows], tokens.first, tokens.padding)


def _learn(
    network: Any,
    tokens: Tokens,
    labels: NDArray[np.bool_],
    learned: NDArray[np.bool_],
    recipe: Recipe,
    seed: int,
    fold: int,
    checkpoints: _Kept,
    progress: Callable[[int], None],
) -> None:
    """Let a network learn from some segments, round by round."""
    import torch

    from fourp_nlp.machine.fine_tuning._network import segments_of

    # A document with nothing to learn from is not read at all.
    with_some = np.unique(tokens.documents[learned.any(axis=1)])
    rows = np.flatnonzero(np.isin(tokens.documents, with_some))
    training_tokens, looked_for = _some(tokens, rows), learned[rows]
    targets = torch.from_numpy(labels[rows].astype(np.float32))
    weights = torch.from_numpy(looked_for.astype(np.float32))
    rate = (targets * weights).sum(dim=0) / weights.sum(dim=0).clamp(min=1)
    rate = rate.clamp(1e-3, 1 - 1e-3)
    with torch.no_grad():
        network.head.weight.zero_()
        network.head.bias.copy_(torch.log(rate / (1 - rate)))
    body = [value for value in network.body.parameters() if value.requires_grad]
    groups = [
        {"params": body, "lr": recipe.rate},
        {"params": list(network.head.parameters()), "lr": 10 * recipe.rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    base = [group["lr"] for group in optimiser.param_groups]
    every = body + list(network.head.parameters())
    length = int(training_tokens.lengths.sum())
    done = checkpoints.resume(fold, network, optimiser)
    progress(done * length)
    for number in range(done, recipe.rounds):
        # Each round has its own seed, so that one that is resumed is the one that would have been.
        random = np.random.default_rng((seed, fold, number))
        torch.manual_seed(int(random.integers(2**62)))
        network.train()
        chunks = make_chunks(training_tokens, recipe.chunk, opening=random)
        batches = in_batches(chunks, recipe.batch)
        read = 0
        for step, place in enumerate(random.permutation(len(batches)).tolist()):
            batch = batches[place]
            segments = segments_of(chunks, batch)
            use = torch.from_numpy(looked_for[segments].any(axis=1))
            part = (number + step / len(batches)) / recipe.rounds
            for group, highest in zip(optimiser.param_groups, base, strict=True):
                # Up over the first tenth, then straight down.
                group["lr"] = highest * min(part / 0.1 + 0.05, 1.02 - part)
            if use.any():
                logits = network(training_tokens, chunks.rows[batch])[use]
                chosen = torch.from_numpy(segments)[use]
                loss = torch.nn.functional.binary_cross_entropy_with_logits(
                    logits, targets[chosen], weight=weights[chosen], reduction="none"
                )
                optimiser.zero_grad()
                loss.sum(dim=1).mean().backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(every, 1.0)
                optimiser.step()
            read += int(training_tokens.lengths[segments].sum())
            progress(number * length + read)
        checkpoints.keep(fold, number + 1, network, optimiser)


def _no_gradients() -> Any:
    import torch

    return torch.no_grad()


def _key(
    tokens: Tokens,
    labels: NDArray[np.bool_],
    read: NDArray[np.bool_],
    encoder_id: str,
    recipe: Recipe,
    seed: int,
) -> str:
    """Return a hash of all that decides what is learned."""
    settled = json.dumps([_FORM, encoder_id, asdict(recipe), seed, list(labels.shape)])
    digest = hashlib.sha256(settled.encode())
    for array in (tokens.ids, tokens.starts, tokens.documents, np.packbits(labels), read):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]


class _Kept:
    """What is kept of each round, so that nothing done is done again.

    Parameters
    ----------
    folder : path or None
        Where; None keeps nothing.
    key : str
        Hash of all that decides what is learned; what has another is removed.
    """

    def __init__(self, folder: Path | None, key: str) -> None:
        self._folder = folder / key if folder else None
        if folder and folder.is_dir():
            for old_folder in folder.iterdir():
                if old_folder.is_dir() and old_folder.name != key:
                    shutil.rmtree(old_folder, ignore_errors=True)

    def keep(self, fold: int, rounds: int, network: Any, optimiser: Any) -> None:
        """Keep a network after a round, in place of what was kept of it before."""
        if self._folder is None:
            return
        arrays = {"rounds": np.array(rounds)}
        for name, value in network.named_parameters():
            if value.requires_grad:
                arrays[f"weight.{name}"] = value.detach().numpy()
                for kind, state in optimiser.state[value].items():
                    arrays[f"{kind}.{name}"] = state.detach().numpy()
        path = self._folder / f"fold-{fold}.npz"
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder.mkdir(exist_ok=True, mode=0o700)
            # For its owner alone: what was learned from people's words.
            with replacing(path, private=True) as draft, draft.open("wb") as stream:
                np.savez(stream, allow_pickle=False, **arrays)
        except (OSError, FourpError) as error:
            # A full or read-only disk must not stop the learning.
            cause = error.__cause__ if isinstance(error, FourpError) else error
            reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else error
            warnings.warn(
                f"Fine-tuning cannot be continued after an interruption, because {self._folder} "
                f"cannot be written ({reason}).",
                FourpWarning,
                stacklevel=2,
            )
            self._folder = None

    def resume(self, fold: int, network: Any, optimiser: Any) -> int:
        """Give a network back what was kept of it; return how many rounds that is."""
        path = self._folder / f"fold-{fold}.npz" if self._folder else None
        if path is None or not path.is_file():
            return 0
        import torch

        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            trainable = {
                name: value for name, value in network.named_parameters() if value.requires_grad
            }
            states = {
                name: {
                    kind: torch.from_numpy(arrays[f"{kind}.{name}"])
                    for kind in ("step", "exp_avg", "exp_avg_sq")
                }
                for name in trainable
            }
            weights = {name: torch.from_numpy(arrays[f"weight.{name}"]) for name in trainable}
            rounds = int(arrays["rounds"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            # What is damaged costs time, never results.
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return 0
        with torch.no_grad():
            for name, value in trainable.items():
                value.copy_(weights[name])
                optimiser.state[value] = states[name]
        return rounds
