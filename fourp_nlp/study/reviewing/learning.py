"""Training the machine while a person decides: in a process of its own, compared with what there was before.

The new model is put into a folder beside the caches. It takes the place of the present one, and suggests
anew, only when the person says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from fourp_nlp.agreement import agreement_table
from fourp_nlp.coding.gold.assisted import BULK, FINISHED
from fourp_nlp.errors import FourpError
from fourp_nlp.study.reviewing.decisions.review_history import DO

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from fourp_nlp.study.reviewing.review_session import ReviewSession
    from fourp_nlp.study.study import Study

__all__ = ["ENOUGH", "Learning", "LearningState", "compare_suggestions"]

ENOUGH = 20
"""Decisions since the last training from which it is worth while to train again."""

MODEL, PROGRESS, RESULT = "model", "progress.json", "result.json"
"""What a training leaves in its folder."""

_FOLDER = "learning"
_PROCESS = "fourp_nlp.study.reviewing._learning_process"
_PLACE = ["document", "start", "end", "code"]

Phase = Literal["idle", "training", "trained", "taking", "failed"]


class LearningState(NamedTuple):
    """How far the machine is with learning.

    Attributes
    ----------
    phase : {"idle", "training", "trained", "taking", "failed"}
        What goes on: after "trained" a person decides whether to take the new model.
    decisions : int
        Decisions since the present model was trained; those in bulk are not learned from.
    done, total : int
        Progress of what goes on.
    step : str
        What is done at the moment.
    result : dict
        After "trained": what changed; after "failed": the key ``error``.
    """

    phase: Phase
    decisions: int
    done: int = 0
    total: int = 0
    step: str = ""
    result: dict[str, Any] | None = None


class Learning:
    """A training beside a review, of which there is one at a time.

    Parameters
    ----------
    session : ReviewSession
        The review whose decisions are learned from.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._folder: Path = session.study.project.cache.parent / _FOLDER
        self._process: subprocess.Popen[bytes] | None = None
        self._phase: Phase = "idle"
        self._counted: tuple[tuple[int, float], int] | None = None

    def state(self) -> LearningState:
        """Return how far it is."""
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._phase in {"training", "taking"}:
            progress = _read(self._folder / PROGRESS)
            return LearningState(
                self._phase,
                self._decisions(),
                int(progress.get("done", 0)),
                int(progress.get("total", 0)),
                str(progress.get("step", "")),
            )
        result = _read(self._folder / RESULT) if self._phase in {"trained", "failed"} else None
        return LearningState(self._phase, self._decisions(), result=result)

    def _end(self) -> None:
        """Note that the process has ended, and how."""
        process, self._process = self._process, None
        failed = (
            process is None or process.returncode != 0 or "error" in _read(self._folder / RESULT)
        )
        if failed:
            if not _read(self._folder / RESULT).get("error"):
                error = {
                    "error": "The training ended before it was done. Try again, or run: fourp train"
                }
                (self._folder / RESULT).write_text(json.dumps(error), encoding="utf-8")
            self._phase = "failed"
        else:
            self._phase = "trained" if self._phase == "training" else "idle"
            if self._phase == "idle":
                self._clear()
                self._session.study.forget("own_model", "model")

    def start(self) -> None:
        """Write the decisions into the gold files, and train on them.

        Raises
        ------
        FourpError
            If a training goes on already, if the machine learns from somebody else, or if the gold files
            cannot be written.
        """
        self._refuse_while_busy()
        self._session.write()
        reference = self._session.study.gold.reference
        if reference != self._session.coder:
            raise FourpError(
                f"The machine learns from {reference}, and you decide as {self._session.coder}.",
                cure="Name under [coders] in fourp.toml whose codes it learns from.",
            )
        self._clear()
        self._run("training", "train")

    def take(self) -> None:
        """Let the new model take the place of the present one, and suggest anew.

        Raises
        ------
        FourpError
            If there is no new model.
        """
        self._refuse_while_busy()
        if self._phase != "trained":
            raise FourpError("There is no new model.", cure="Let the machine learn first.")
        self._run("taking", "take")

    def discard(self) -> None:
        """Leave the present model as it is; end a training that goes on."""
        self.close()
        self._phase = "idle"
        self._clear()

    def close(self) -> None:
        """End what goes on: nothing of the project has changed."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            if process.poll() is None:
                process.kill()
                process.wait()

    def _refuse_while_busy(self) -> None:
        if self.state().phase in {"training", "taking"}:
            raise FourpError("The machine is learning already.")

    def _run(self, phase: Phase, what: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / RESULT).unlink(missing_ok=True)
        (self._folder / PROGRESS).unlink(missing_ok=True)
        root = self._session.study.project.root
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and our own module
            [sys.executable, "-m", _PROCESS, what, str(root), str(self._folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for the page, which ends this process itself
        )
        self._phase = phase

    def _clear(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _decisions(self) -> int:
        """Count the decisions since the present model was trained."""
        model = self._session.study.project.model
        files = [path for path in (model / "manifest.json",) if path.is_file()]
        trained = max((path.stat().st_mtime for path in files), default=0.0)
        key = (self._session.version, trained)
        if self._counted is None or self._counted[0] != key:
            entries = self._session.entries()
            since = datetime.fromtimestamp(trained, UTC).isoformat(timespec="milliseconds")
            new = entries[(entries["at"] > since) & ~entries["origin"].isin([BULK, FINISHED])]
            new = new[new["value"] != new["before"]]  # of a memo alone, nothing is learned
            final = new.drop_duplicates(_PLACE, keep="last")
            self._counted = key, int(((final["value"] >= 0) & (final["kind"] == DO)).sum())
        return self._counted[1]


def compare_suggestions(
    study: Study,
    labels: NDArray[np.bool_],
    read: NDArray[np.bool_],
    old: NDArray[np.bool_],
    new: NDArray[np.bool_],
    documents: pd.Series,
) -> dict[str, Any]:
    """Return how well two machines agree with a person, neither having learned from what it judges.

    Parameters
    ----------
    study : Study
        The study.
    labels : ndarray of bool, shape (n, n_codes)
        The person's codes.
    read : ndarray of bool, shape (n, n_codes)
        Where the person looked for them.
    old, new : ndarray of bool, shape (n, n_codes)
        What the present and the new machine suggest.
    documents : pandas.Series, length n
        The document of each segment.

    Returns
    -------
    dict
        ``macro_f1`` of both, over the codes that have a value for both; ``segments`` that the person read;
        ``codes``, those whose F1 differs by a hundredth or more: id, name, n and both values.
    """
    codebook = study.codebook
    by_machine = []
    for name, suggested in (("old", old), ("new", new)):
        table = agreement_table(
            labels,
            suggested,
            codes=codebook.code_ids,
            themes=codebook.code_themes,
            documents=documents.tolist(),
            compared=read,
            coder_a="person",
            coder_b=name,
            resamples=0,
        )
        f1 = table[(table["level"] == "code") & (table["coefficient"] == "f1")]
        by_machine.append(f1.set_index("code")["value"].reindex(codebook.code_ids).to_numpy())
    before, after = by_machine
    both = ~(np.isnan(before) | np.isnan(after))
    counts = (labels & read).sum(axis=0)
    changed = np.flatnonzero(both & (np.abs(after - before) >= 0.01))
    order = changed[np.argsort(-np.abs(after - before)[changed], kind="stable")]
    return {
        "segments": int(read.any(axis=1).sum()),
        "macro_f1": [_mean(before[both]), _mean(after[both])],
        "codes": [
            {
                "id": codebook.code_ids[code],
                "name": codebook.names[codebook.code_ids[code]],
                "n": int(counts[code]),
                "f1": [round(float(before[code]), 3), round(float(after[code]), 3)],
            }
            for code in order.tolist()
        ],
    }


def _mean(values: NDArray[np.float64]) -> float | None:
    return round(float(values.mean()), 3) if len(values) else None


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
