"""Reads a project as it is before an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.codebook import Codebook, read_codebook
from fourp_nlp.coding.gold.reader import Gold, read_gold
from fourp_nlp.coding.store import DECISIONS_COLUMNS, Store
from fourp_nlp.documents import read_documents
from fourp_nlp.errors import ProjectError
from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import changing
from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras, read_extras
from fourp_nlp.study.importing.documents.file_names import folded_name
from fourp_nlp.study.project import Project
from fourp_nlp.study.reading.carrying import plan_carrying
from fourp_nlp.study.reading.moving_codings import refuse_changed
from fourp_nlp.study.reading.reading_state import record_path
from fourp_nlp.study.result_places import left_out
from fourp_nlp.study.settings import SETTINGS, Settings
from fourp_nlp.tables import CODED, CODINGS, DOCUMENTS, SUGGESTIONS, empty

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.study.reading.corpus import Watch

__all__ = ["ImportTarget", "new_target", "read_target"]


@dataclass(frozen=True)
class ImportTarget:
    """The project before an import.

    Attributes
    ----------
    project : Project
        The project.
    is_new : bool
        Whether it does not exist yet.
    documents : pandas.DataFrame
        The table DOCUMENTS.
    names : frozenset of str
        Ids of documents and paths of files and folders inside the corpus, folded.
    codebook : Codebook or None
        The codebook; None in a new project.
    gold, repeat : dict of pathlib.Path to Gold
        The content of each gold file, and of each gold file of second codings.
    extras : ExchangeExtras
        Earlier imported items that the study cannot store elsewhere.
    suggestions : pandas.DataFrame
        The suggestions (rows of the table SUGGESTIONS that are suggested) for documents as they are now.
    outdated : frozenset of str
        Documents that have changed since the suggestions were made.
    decisions : pandas.DataFrame
        People's decisions.
    seen : dict of pathlib.Path to str or None
        The fingerprint of each file that a person may edit, from before it was read.
    """

    project: Project
    is_new: bool
    documents: pd.DataFrame = field(default_factory=lambda: empty(DOCUMENTS))
    names: frozenset[str] = frozenset()
    codebook: Codebook | None = None
    gold: dict[Path, Gold] = field(default_factory=dict)
    repeat: dict[Path, Gold] = field(default_factory=dict)
    extras: ExchangeExtras = field(default_factory=ExchangeExtras)
    suggestions: pd.DataFrame = field(default_factory=lambda: empty(SUGGESTIONS))
    outdated: frozenset[str] = frozenset()
    decisions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DECISIONS_COLUMNS))
    seen: dict[Path, str | None] = field(default_factory=dict)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each document."""
        return dict(zip(self.documents["document"], self.documents["text"], strict=True))

    @cached_property
    def codings(self) -> pd.DataFrame:
        """People's codings, from all gold files."""
        tables = [gold.codings for gold in self.gold.values() if len(gold.codings)]
        key = ["document", "start", "end", "code", "coder"]
        if not tables:
            return empty(CODINGS)
        return pd.concat(tables, ignore_index=True).drop_duplicates(key, ignore_index=True)

    @cached_property
    def coded(self) -> pd.DataFrame:
        """People's readings, from all gold files."""
        tables = [gold.coded for gold in self.gold.values() if len(gold.coded)]
        return pd.concat(tables, ignore_index=True) if tables else empty(CODED)

    @property
    def machine(self) -> str:
        """The id of the machine that made the suggestions; empty without any."""
        return "" if self.suggestions.empty else str(self.suggestions["model"].iloc[0])


def new_target(folder: Path) -> ImportTarget:
    """Return an empty target for a new project in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        The folder; it need not be there.

    Returns
    -------
    ImportTarget
        An empty project.

    Raises
    ------
    ProjectError
        If the folder is a project already, or holds files that would be written.
    """
    project = Project(folder.resolve(), Settings())
    if (folder / SETTINGS).exists():
        raise ProjectError(
            "This folder is a project already; nothing was changed.",
            file=folder / SETTINGS,
            cure="Name another folder, or leave --new out and add --project to import into it.",
        )
    if (folder / ".fourp").is_dir():
        # An import into it that was killed may have left something.
        with changing(project.root):
            pass
    for path in (project.corpus, project.gold, project.exchange):
        if path.exists() and (
            not path.is_dir() or any(inner.is_file() for inner in path.rglob("*"))
        ):
            raise ProjectError(
                "There are files already where the new project would have its own; nothing was changed.",
                file=path,
                cure="Name another folder.",
            )
    return ImportTarget(project, is_new=True)


def read_target(project: Project, watch: Watch) -> ImportTarget:
    """Read the parts of a project that an import needs; documents are not segmented.

    Parameters
    ----------
    project : Project
        The project.
    watch : callable
        Receives progress.

    Returns
    -------
    ImportTarget
        The project before the import.

    Raises
    ------
    FourpError
        If the codebook, a gold file or the database cannot be used: correct them first.
    """
    edited = [project.codebook, project.attributes, *project.gold_files, *project.repeat_files]
    edited += [record_path(project.gold), record_path(project.repeat)]
    edited += sorted(project.exchange.glob("*.csv"))
    seen = {path: fingerprint(path) for path in edited}
    documents, inside = empty(DOCUMENTS), frozenset[str]()
    if project.corpus.is_dir():
        documents, _ = read_documents(
            project.corpus,
            exclude=left_out(project),
            tables=project.tables,
            progress=watch("reading"),
        )
        inside = frozenset(
            folded_name(path.relative_to(project.corpus).as_posix())
            for path in project.corpus.rglob("*")
        )
    codebook = read_codebook(project.codebook) if project.codebook.exists() else None
    codes = codebook.code_ids if codebook else []
    refuse_changed(plan_carrying(project, documents), "An import does not move codings.")
    store = Store(project.store)
    suggestions = store.read_suggestions()
    suggestions = suggestions[suggestions["suggested"].astype(bool)]
    as_now = store.read_documents()
    same = {
        name
        for name, sha in zip(documents["document"], documents["sha256"], strict=True)
        if as_now.get(name) == sha
    }
    return ImportTarget(
        project,
        is_new=False,
        documents=documents,
        names=inside | {folded_name(name) for name in documents["document"]},
        codebook=codebook,
        gold={path: read_gold(path, documents, codes) for path in project.gold_files},
        repeat={path: read_gold(path, documents, codes) for path in project.repeat_files},
        extras=read_extras(project),
        suggestions=suggestions[suggestions["document"].isin(same)].reset_index(drop=True),
        outdated=frozenset(as_now) - same,
        decisions=store.read_decisions(),
        seen=seen,
    )
