"""Importing any module of the package leaves the process as it was."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

# Other people's packages change what they like when they are imported: they come first.
SCRIPT = """
import csv, importlib, json, locale, logging, os, pkgutil, signal, socket, sys, threading, warnings
warnings.simplefilter("ignore")
import numpy as np
import pandas as pd

NOT_OURS = (
    "scipy.sparse", "scipy.special", "scipy.optimize", "scipy.stats", "sklearn.base", "sklearn.metrics",
    "sklearn.model_selection", "matplotlib.pyplot", "torch", "torch.jit", "torch.nn.functional", "spacy",
    "sentence_transformers", "transformers", "twisted.internet.defer", "twisted.names.client", "scrapy.crawler",
    "trafilatura", "htmldate", "py3langid", "dask", "distributed", "duckdb", "pyarrow", "pyarrow.parquet",
    "openpyxl", "xlsxwriter", "docx", "pptx", "pypdfium2", "lxml.html", "rich.console", "typer", "jinja2",
    "fastwarc.warc", "warcio", "onnxruntime", "yaml", "pydantic", "platformdirs", "filelock", "rapidfuzz",
)
for name in NOT_OURS:
    importlib.import_module(name)


def state():
    import matplotlib as mpl
    import torch

    options = pd._config.config._registered_options
    return {
        "pandas options": {key: pd.get_option(key) for key in options},
        "warning filters": list(map(str, warnings.filters)),
        "environment": dict(os.environ),
        "signal handlers": {int(sig): str(signal.getsignal(sig)) for sig in signal.valid_signals()},
        "csv limit": csv.field_size_limit(),
        "numpy errors": np.geterr(),
        "numpy printing": str(np.get_printoptions()),
        "locale": locale.setlocale(locale.LC_ALL),
        "root logger": [logging.root.level, str(logging.root.handlers), logging.root.manager.disable],
        "logger levels": {
            name: logger.level
            for name, logger in logging.root.manager.loggerDict.items()
            if isinstance(logger, logging.Logger) and logger.level
        },
        "matplotlib": dict(mpl.rcParams),
        "torch threads": [torch.get_num_threads(), torch.get_default_dtype().__repr__()],
        "hooks": [str(sys.excepthook), str(sys.displayhook), str(threading.excepthook)],
        "recursion": sys.getrecursionlimit(),
        "socket timeout": socket.getdefaulttimeout(),
        "folder": os.getcwd(),
        "path": list(sys.path),
        "random": str(np.random.get_state()),
        "threads": threading.active_count(),
        "decimal": str(__import__("decimal").getcontext()),
    }


def changed(before, after):
    return {key: str((before[key], after[key]))[:600] for key in before if before[key] != after[key]}


import fourp_nlp

told, count = {}, 0
for module in pkgutil.walk_packages(fourp_nlp.__path__, "fourp_nlp."):
    if module.name.endswith("__main__"):
        continue
    before = state()
    importlib.import_module(module.name)
    count += 1
    if changes := changed(before, state()):
        told[module.name] = changes
print(json.dumps({"modules": count, "changes": told}))
"""


def test_importing_every_module_changes_nothing_for_the_process(tmp_path):
    import json

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["changes"] == {}
    assert told["modules"] > 300  # all of them were there to change something
