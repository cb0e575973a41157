"""The tables of a study: read when they are first asked for, kept while their files do not change."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any, Self, TypeVar

from fourp_nlp.errors import (
    CodebookError,
    FourpError,
    FourpWarning,
    NoSuggestionsError,
    ProjectError,
)
from fourp_nlp.string_storage import python_strings
from fourp_nlp.study.project import Project, open_project
from fourp_nlp.study.reading.corpus import no_progress
from fourp_nlp.study.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.store import Store
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.labels import Labels
    from fourp_nlp.study.reading.corpus import Corpus, Gold, Watch

__all__ = ["StudyTables"]

_T = TypeVar("_T")
_JUST_WRITTEN = object()
"""Stands for the state of files that a step has just written from what it keeps."""


class StudyTables:
    """A project's tables, read when they are first asked for and kept while their files do not change.

    Parameters
    ----------
    project : Project, optional
        The project. Without one, the tables that are given are all there is.
    corpus, gold, repeats, codebook, suggestions : optional
        Tables to be used in the place of those on disk.
    reference_needed : bool, default True
        Whether it is an error if several people coded and the settings do not say whose codes are the
        reference.
    documents_needed : bool, default True
        Whether it is an error if there is no document that can be read.
    snapshot : bool, default False
        Read every file once only, as a command does. By default, each step looks first whether files
        have changed since they were read.
    changes : bool, default False
        Whether codings may be carried along in the gold files when a document has changed. By default it is
        an error if gold files do not fit the documents any more.
    watch : callable, optional
        Is told of the progress of long work.
    """

    def __init__(
        self,
        project: Project | None = None,
        *,
        corpus: Corpus | None = None,
        gold: Gold | None = None,
        repeats: Gold | None = None,
        codebook: Codebook | None = None,
        suggestions: pd.DataFrame | None = None,
        reference_needed: bool = True,
        documents_needed: bool = True,
        snapshot: bool = False,
        changes: bool = False,
        watch: Watch = no_progress,
    ) -> None:
        self.watch = watch
        self._changes = changes
        self._reference_needed = reference_needed
        self._documents_needed = documents_needed
        self._project = project
        self._kept: dict[str, tuple[Any, Any]] = {}
        if project is not None:
            self._kept["project"] = (_file_state([project.root / SETTINGS]), project)
        self._checked: set[str] = set()
        self._is_blind = False
        self._left_out: NDArray[np.bool_] | None = None
        self._depth = 1 if snapshot else 0
        given = {
            "corpus": corpus,
            "gold": gold,
            "repeats": repeats,
            "codebook": codebook,
            "suggestions": suggestions,
        }
        self._given: dict[str, Any] = {
            name: table for name, table in given.items() if table is not None
        }

    def __repr__(self) -> str:
        where = self._project.root if self._project else "tables without a project"
        return f"<{type(self).__name__}: {where}>"

    # What the study holds.

    @property
    def project(self) -> Project:
        """The project: its settings, and where its files are."""
        if self._project is None:
            raise ProjectError(
                "This study has no project on disk.",
                cure="Open one with open_study(FOLDER), or make one with `fourp init`.",
            )
        root = self._project.root
        self._project = self._keep(
            "project", lambda: _file_state([root / SETTINGS]), lambda: open_project(root)
        )
        return self._project

    @property
    def has_project(self) -> bool:
        """Whether the study has a project on disk."""
        return self._project is not None

    @property
    def codebook(self) -> Codebook:
        """The codebook."""
        from fourp_nlp.codebook import read_codebook

        return self._table(
            "codebook",
            lambda: _file_state([self.project.codebook]),
            lambda: read_codebook(self.project.codebook),
        )

    @property
    def corpus(self) -> Corpus:
        """Documents, skipped files and segments."""
        from fourp_nlp.study.reading.corpus import read_corpus

        return self._table(
            "corpus",
            lambda: (_by_identity(self.project), _corpus_state(self.project)),
            lambda: read_corpus(
                self.project, may_be_empty=not self._documents_needed, watch=self.watch
            ),
        )

    @property
    def documents(self) -> pd.DataFrame:
        """Table of documents."""
        return self.corpus.documents

    @property
    def segments(self) -> pd.DataFrame:
        """Table of segments, the units of coding."""
        return self.corpus.segments

    @property
    def gold(self) -> Gold:
        """What people coded and read."""
        from fourp_nlp.study.reading.corpus import read_gold_codes

        def read() -> Gold:
            self.carry_codings()
            return read_gold_codes(
                self.project,
                self.corpus,
                self.codebook,
                without_reference=not self._reference_needed,
            )

        return self._table("gold", lambda: self._gold_state(self.project.gold), read)

    @property
    def repeats(self) -> Gold:
        """What people coded a second time, each under the name of the first coding."""
        from fourp_nlp.study.measuring.retest import read_repeats, spelt_as_first

        def read() -> Gold:
            self.carry_codings()
            return read_repeats(self.project, self.corpus, self.codebook)

        repeats = self._table("repeats", lambda: self._gold_state(self.project.repeat), read)
        return self._keep(
            "repeats under known names",
            lambda: _by_identity(repeats, self.gold),
            lambda: spelt_as_first(repeats, self.gold),
        )

    @property
    def store(self) -> Store:
        """The project's database: suggestions, decisions, draws and the log."""
        from fourp_nlp.coding.store import Store

        return Store(self.project.store)

    @property
    def suggestions(self) -> pd.DataFrame:
        """Table of suggestions: a probability for every code of every segment.

        Raises
        ------
        NoSuggestionsError
            If there are none, or documents or the unit have changed since.
        CodebookError
            If the codes have changed since.
        """
        suggestions = self._suggestions()
        if isinstance(suggestions, FourpError):
            raise suggestions
        return suggestions

    @property
    def suggestions_if_any(self) -> pd.DataFrame:
        """Table of suggestions; without rows where there are none that fit the documents."""
        from fourp_nlp.tables import SUGGESTIONS, empty

        if "suggestions" not in self._given and self._project is None:
            return empty(SUGGESTIONS)
        suggestions = self._suggestions()
        if isinstance(suggestions, CodebookError):
            raise suggestions
        return empty(SUGGESTIONS) if isinstance(suggestions, NoSuggestionsError) else suggestions

    @property
    def suggestions_of_present_codes(self) -> pd.DataFrame:
        """The same, also where the codes have changed since: of those that there still are."""
        from fourp_nlp.study.machine.earlier_suggestions import suggestions_of_present_codes

        if not isinstance(self._suggestions(), CodebookError):
            return self.suggestions_if_any
        return self._keep(
            "suggestions of present codes",
            lambda: (_by_identity(self.corpus, self.codebook), self._marks[1]),
            lambda: suggestions_of_present_codes(self.project, self.corpus, self.codebook),
        )

    @property
    def machine(self) -> str:
        """The machine coder's id; empty without suggestions."""
        suggestions = self.suggestions_if_any
        return "" if suggestions.empty else str(suggestions["model"].iloc[0])

    @property
    def machine_if_any(self) -> str:
        """The same; empty also where its suggestions are of other codes than the codebook has now."""
        if "suggestions" not in self._given and self._project is None:
            return ""
        return "" if isinstance(self._suggestions(), FourpError) else self.machine

    @property
    def model(self) -> TrainedModel:
        """The machine coder that would suggest: the project's own, else the one for its codebook."""
        return self._chosen_model()[0]

    @property
    def model_notes(self) -> list[str]:
        """What a person should know about `model`, in sentences."""
        return self._chosen_model()[1]

    @property
    def own_model(self) -> TrainedModel:
        """The model that was trained in this project.

        Raises
        ------
        ModelError
            If there is none, or it cannot be read.
        """
        from fourp_nlp.machine.classifier import load_model

        return self._table(
            "own_model",
            lambda: _folder_state(self.project.model),
            lambda: load_model(self.project.model),
        )

    def labels(self, coder: str, *, repeat: bool = False) -> Labels:
        """Return the codes that one coder, human or machine, gave to the segments.

        Parameters
        ----------
        coder : str
            A person, in any spelling that is clear, or the machine's id.
        repeat : bool, default False
            The second coding of a person who coded twice.

        Returns
        -------
        Labels
            Of all segments, in the order of `segments`: which codes were given, and for which codes the
            coder looked.

        Raises
        ------
        GoldError
            If there is no such coder.
        """
        labels, left_out = self._labels(coder, repeat=repeat), self._left_out
        if left_out is None:
            return labels
        return self._keep(
            f"labels of {'repeat' if repeat else 'blind' if self._is_blind else 'coder'} {coder} in part",
            lambda: _by_identity(labels, left_out),
            lambda: labels.unread(left_out),
        )

    def _labels(self, coder: str, *, repeat: bool) -> Labels:
        from fourp_nlp.coding.gold.coder_names import matching_coder
        from fourp_nlp.study.labels import labels_of_machine, labels_of_person

        gold = self.repeats if repeat else self.gold
        if coder in gold.coded:
            name = coder
        elif coder and not repeat and coder == self.machine:
            return self._keep(
                f"labels of machine {coder}",
                lambda: _by_identity(self.corpus, self.codebook, self.suggestions),
                lambda: labels_of_machine(self.corpus, self.codebook, self.suggestions),
            )
        else:
            name = matching_coder(coder, [*gold.coders, *filter(None, [self.machine])])
        return self._keep(
            f"labels of {'repeat' if repeat else 'blind' if self._is_blind else 'person'} {name}",
            lambda: _by_identity(self.corpus, self.codebook, gold),
            lambda: labels_of_person(self.corpus, gold, self.codebook, name),
        )

    def with_machine(self) -> Self:
        """Return this study, or say why the machine has no suggestions for it.

        Returns
        -------
        Study
            This one.

        Raises
        ------
        NoSuggestionsError
            If there are no suggestions that fit the documents and the unit of coding.
        """
        _ = self.suggestions
        return self

    def without_machine(self) -> Self:
        """Return the same study with its people alone, whatever suggestions there are.

        Returns
        -------
        Study
            It shares everything else with this one.
        """
        from fourp_nlp.tables import SUGGESTIONS, empty

        people = copy(self)
        people._given = {**self._given, "suggestions": empty(SUGGESTIONS)}  # noqa: SLF001 - a copy of this
        return people

    def coded_blind(self) -> Self:
        """Return the same study without assisted codings.

        Returns
        -------
        Study
            What people coded without seeing the machine's suggestions, for agreement and estimates: a person
            who sees a suggestion is swayed by it. This very study if nothing was assisted.
        """
        blind = self.gold.blind
        if blind is None:
            return self
        people = copy(self)
        people._given = {**self._given, "gold": blind}  # noqa: SLF001 - a copy of this
        people._is_blind = True  # noqa: SLF001
        return people

    def without_segments(self, segments: NDArray[np.bool_]) -> Self:
        """Return the same study in which nobody read some segments, the machine neither.

        Parameters
        ----------
        segments : ndarray of bool, shape (n_segments,)
            Those that are left out of everybody's labels.

        Returns
        -------
        Study
            Counts, agreement and confusions of the other segments. It does not leave them out of estimates,
            which rest on all segments.
        """
        part = copy(self)
        part._left_out = segments  # noqa: SLF001 - a copy of this
        return part

    def with_one_coder(self, coder: str) -> Self:
        """Return the same study in which one person coded alone, beside the machine.

        Parameters
        ----------
        coder : str
            The person, who may have coded nothing.

        Returns
        -------
        Study
            It shares everything else with this one.
        """
        one = copy(self)
        one._given = {**self._given, "gold": self.gold.of_one(coder)}  # noqa: SLF001 - a copy of this
        return one

    def of_now(self) -> Self:
        """Return the same study as it is now, for a thread of its own.

        Returns
        -------
        Study
            It begins with what this one has read, looks once at each file, and shares nothing that either
            changes.
        """
        now = copy(self)
        now._kept, now._checked, now._given = dict(self._kept), set(), dict(self._given)  # noqa: SLF001
        now._depth = 1  # noqa: SLF001
        return now

    # How it is kept.

    def forget(self, *names: str) -> None:
        """Drop tables that a step has just changed on disk, so that they are read anew.

        Parameters
        ----------
        *names : str
            Names of tables ("model", "suggestions", "gold", …); without any, everything that was read.
        """
        made_of_gold = [name for name in self._kept if name.startswith("labels of ")]
        dropped = [*names, *(made_of_gold if "gold" in names or "repeats" in names else ())]
        for name in dropped or list(self._kept):
            self._kept.pop(name, None)
            self._checked.discard(name)

    def replace(self, name: str, table: Any) -> None:
        """Keep a table that a step has just made and written to disk.

        Parameters
        ----------
        name : str
            "suggestions", for example.
        table : object
            The table, as it would be read from disk.
        """
        self.forget(name)
        if name in self._given:
            self._given[name] = table
        else:
            self._kept[name] = (_JUST_WRITTEN, table)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Compute over one state of the files: within it, each file is looked at once at most."""
        if self._depth == 0:
            self._checked.clear()
        self._depth += 1
        try:
            with python_strings():
                yield
        finally:
            self._depth -= 1

    def carry_codings(self) -> None:
        """Have the gold files fit the documents before they are read; `gold` and `repeats` do it themselves.

        Raises
        ------
        GoldError
            If codings must be moved, and this study may not change gold files.
        """
        from fourp_nlp.study.reading.moving_codings import carry_codings

        for text in carry_codings(self, may_change=self._changes):
            warnings.warn(text, FourpWarning, stacklevel=2)

    def _table(self, name: str, state: Callable[[], Any], read: Callable[[], _T]) -> _T:
        if name in self._given:
            table: _T = self._given[name]
            return table
        return self._keep(name, state, read)

    def _keep(self, name: str, state: Callable[[], Any], make: Callable[[], _T]) -> _T:
        kept = self._kept.get(name)
        if kept is None or not (self._depth and name in self._checked):
            if kept is not None and kept[0] is _JUST_WRITTEN:
                kept = self._kept[name] = (state(), kept[1])
            elif kept is None or kept[0] != state():
                with python_strings():
                    value = make()
                # Reading may itself write: the record of what was read stands beside the gold files.
                kept = self._kept[name] = (state(), value)
            self._checked.add(name)
        held: _T = kept[1]
        return held

    def _suggestions(self) -> pd.DataFrame | NoSuggestionsError | CodebookError:
        from fourp_nlp.study.machine.suggestions import stored_suggestions

        def read() -> pd.DataFrame | NoSuggestionsError | CodebookError:
            try:
                return stored_suggestions(self.project, self.corpus, self.codebook)
            except (NoSuggestionsError, CodebookError) as error:
                return error

        return self._table(
            "suggestions",
            lambda: (_by_identity(self.corpus, self.codebook), self._marks[1]),
            read,
        )

    @property
    def _marks(self) -> tuple[object, object]:
        """What changes when draws change, and when suggestions do; other changes of the database are many."""
        return self._keep(
            "marks of the database",
            lambda: _file_state(_database(self.project.store)),
            self.store.marks,
        )

    def _gold_state(self, folder: Path) -> Any:
        return (
            _by_identity(self.project, self.corpus, self.codebook),
            _folder_state(folder),
            _folder_state(self.project.assisted),
            self._marks[0],
        )

    def _chosen_model(self) -> tuple[TrainedModel, list[str]]:
        from fourp_nlp.study.machine.suggestions import choose_model

        return self._table(
            "model",
            lambda: (
                _by_identity(self.project, self.codebook),
                _folder_state(self.project.model),
            ),
            lambda: choose_model(
                self.project,
                self.codebook,
                unit=self.project.settings.unit,
                load=lambda _: self.own_model,
            ),
        )


class _Identities:
    """Objects that are compared by identity, and kept alive so that no other takes their place."""

    def __init__(self, objects: tuple[object, ...]) -> None:
        self._objects = objects

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identities) and all(
            one is two for one, two in zip(self._objects, other._objects, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]


def _by_identity(*objects: object) -> _Identities:
    return _Identities(objects)


def _file_state(paths: Iterable[Path]) -> tuple[tuple[str, int, int] | str, ...]:
    """Return what tells whether files have changed: size and time, or that there is none."""
    states: list[tuple[str, int, int] | str] = []
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            states.append(str(path))
        else:
            states.append((str(path), stat.st_size, stat.st_mtime_ns))
    return tuple(states)


def _folder_state(folder: Path) -> tuple[tuple[str, int, int] | str, ...]:
    return _file_state(sorted(path for path in folder.glob("*") if path.is_file()))


def _corpus_state(project: Project) -> tuple[tuple[str, int, int] | str, ...]:
    from fourp_nlp.documents.files import folder_files
    from fourp_nlp.documents.speaker_attributes import SPEAKERS_FILE
    from fourp_nlp.study.result_places import left_out

    files = [found.path for found in folder_files(project.corpus, exclude=left_out(project))]
    speakers = project.corpus / SPEAKERS_FILE if project.speakers is None else project.speakers
    return _file_state([project.attributes, speakers, *files])


def _database(path: Path) -> list[Path]:
    return [path, path.with_name(f"{path.name}-wal")]
