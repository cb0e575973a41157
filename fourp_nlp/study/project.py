"""A project on disk: its folder, its settings and the places of its files."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.documents import TableColumns
from fourp_nlp.documents.speaker_attributes import is_speaker_table
from fourp_nlp.errors import ProjectError
from fourp_nlp.files.stray_files import is_stray
from fourp_nlp.machine.shipped_model import shipped_sentences
from fourp_nlp.study.settings import (
    FILE_NAME,
    LONGEST_NAME,
    SETTINGS,
    SHIPPED_SENTENCES,
    Settings,
    settings_from,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["OUTSIDE", "Project", "find_project", "open_project"]

OUTSIDE = "FOURP_OUTSIDE"
"""Environment variable: folders outside a project that its settings may have written to."""

_WRITTEN = ("gold", "models", "reports", "exchange")
_READ = ("codebook", "corpus")


@dataclass(frozen=True)
class Project:
    """A project: a folder with settings, documents, gold codes, models and reports.

    Attributes
    ----------
    root : pathlib.Path
        The folder that holds `fourp.toml`.
    settings : Settings
        What it says.
    """

    root: Path
    settings: Settings

    @property
    def codebook(self) -> Path:
        """The codebook's file."""
        return self.root / self.settings.codebook

    @property
    def corpus(self) -> Path:
        """The folder of documents."""
        return self.root / self.settings.corpus

    @property
    def tables(self) -> dict[str, TableColumns]:
        """The columns that are to be read of tables, by their names or paths in the folder of documents."""
        return {
            name: TableColumns(tuple(one.text), one.respondent, one.group)
            for name, one in self.settings.tables.items()
        }

    @property
    def attributes(self) -> Path:
        """The table of the documents' attributes."""
        return self.corpus / "documents.csv"

    @property
    def speakers(self) -> Path | None:
        """The table of speakers' roles and attributes; None if there is none."""
        if not self.corpus.is_dir():
            return None
        tables = (
            path for path in self.corpus.glob("[sS][pP][eE][aA][kK][eE][rR][sS].[cC][sS][vV]")
        )
        return next((path for path in sorted(tables) if is_speaker_table(path)), None)

    @property
    def gold(self) -> Path:
        """The folder of gold files, one CSV a coder."""
        return self.root / self.settings.gold

    @property
    def gold_files(self) -> list[Path]:
        """The gold files, by name."""
        return _tables_in(self.gold)

    @property
    def repeat(self) -> Path:
        """The folder of repeats: what people coded a second time, by which nobody is counted twice."""
        return self.gold / "repeat"

    @property
    def repeat_files(self) -> list[Path]:
        """The gold files of repeats, by name."""
        return _tables_in(self.repeat)

    @property
    def assisted(self) -> Path:
        """The folder of assisted codings: what people decided while they saw the machine's suggestion."""
        return self.gold / "assisted"

    @property
    def assisted_files(self) -> list[Path]:
        """The files of assisted codings, by name."""
        return _tables_in(self.assisted)

    @property
    def settled(self) -> Path:
        """The gold file of adjudicated codes, whether or not it exists."""
        return self.gold / f"{SETTLED}.csv"

    def gold_of_draws(self, coder: str, *, repeat: bool = False) -> Path:
        """Return the gold file that a coder's codes of drawn segments go to.

        Parameters
        ----------
        coder : str
            Id of the coder.
        repeat : bool, default False
            Whether they were coded a second time.

        Returns
        -------
        pathlib.Path
            The file, whether or not it is there.

        Raises
        ------
        ProjectError
            If no file can have that name, or it is the one of settled codes.
        """
        _check_coder(coder)
        return (self.repeat if repeat else self.gold) / f"{coder}_next.csv"

    def gold_of_assisted(self, coder: str) -> Path:
        """Return the gold file that a coder's decisions about suggestions go to.

        Parameters
        ----------
        coder : str
            Id of the coder.

        Returns
        -------
        pathlib.Path
            The file, whether or not it is there.

        Raises
        ------
        ProjectError
            If no file can have that name, or it is the one of settled codes.
        """
        _check_coder(coder)
        return self.assisted / f"{coder}.csv"

    @property
    def model(self) -> Path:
        """The folder of the project's model."""
        return self.root / self.settings.models / self.settings.model.name

    @property
    def reports(self) -> Path:
        """The folder that results are written to."""
        return self.root / self.settings.reports

    @property
    def exchange(self) -> Path:
        """The folder of what came with projects of other programs and has no other place here."""
        return self.root / self.settings.exchange

    @property
    def store(self) -> Path:
        """The database of suggestions and decisions."""
        return self.root / "fourp.sqlite"

    @property
    def cache(self) -> Path:
        """The cache of embeddings; it stays in the project and contains no text."""
        return self.root / ".fourp" / "embeddings.sqlite"

    @property
    def coded_sentences(self) -> list[Path]:
        """The files of coded sentences outside the corpus.

        Raises
        ------
        ProjectError
            If a pattern in the settings matches no file.
        """
        files: list[Path] = []
        for pattern in self.settings.model.coded_sentences:
            if pattern == SHIPPED_SENTENCES:
                files += shipped_sentences()
                continue
            try:
                matching = sorted(self.root.glob(pattern))
            except (ValueError, NotImplementedError, IndexError):
                raise self._wrong_pattern(
                    f"'{pattern}' is no pattern of files inside the project",
                    "Write it from the project's folder on, such as 'corpus/training/*.csv'.",
                ) from None
            matching_files = [
                path for path in matching if path.is_file() and not is_stray(path.name)
            ]
            if not matching_files:
                raise self._wrong_pattern(
                    f"No file matches '{pattern}'", "Correct the pattern or remove it."
                )
            files += matching_files
        return files

    def _wrong_pattern(self, problem: str, cure: str) -> ProjectError:
        return ProjectError(
            f"{problem}.",
            file=self.root / SETTINGS,
            place="key model.coded_sentences",
            cure=cure,
        )

    def outside(self) -> list[str]:
        """Say which settings and links lead outside the project's folder, and where to.

        Returns
        -------
        list of str
            One sentence each. What is read there is read; `open_project` refuses what would be written
            there, unless `FOURP_OUTSIDE` allows it.
        """
        sentences = [
            f"'{key}' in {SETTINGS} leads outside the project, to {target}."
            for key, target in _leading_outside(self.root, self.settings, (*_WRITTEN, *_READ))
        ]
        sentences += [
            f"'coded_sentences' in {SETTINGS} leads outside the project, to {pattern}."
            for pattern in self.settings.model.coded_sentences
            if pattern != SHIPPED_SENTENCES and ".." in Path(pattern).parts
        ]
        encoder = self.root / self.settings.encoder
        if encoder.is_dir() and _is_outside(self.root, encoder):
            sentences.append(f"'encoder' in {SETTINGS} leads outside the project, to {encoder}.")
        gold_files = (*self.gold_files, *self.repeat_files, *self.assisted_files)
        tables = [self.attributes, *([self.speakers] if self.speakers else [])]
        for path in (*gold_files, *tables):
            if path.is_symlink() and _is_outside(self.root, path):
                sentences.append(
                    f"{path.relative_to(self.root) if path.is_relative_to(self.root) else path} is a "
                    f"link that leads outside the project, to {path.resolve()}."
                )
        return sentences

    def refuse_outside(self, files: Iterable[Path]) -> None:
        """Refuse to write files that lie outside the project's folder, unless `FOURP_OUTSIDE` allows it.

        Parameters
        ----------
        files : iterable of pathlib.Path
            The files.

        Raises
        ------
        ProjectError
            At the first that does.
        """
        for path in files:
            if _is_outside(self.root, path) and not _is_allowed(path):
                raise ProjectError(
                    "This file is outside the project, and is not written.",
                    file=path,
                    cure=f"Set the environment variable {OUTSIDE} to {path.parent} if you want this, and "
                    "the project is yours.",
                )

    def check_writable(self) -> None:
        """Find out whether results can be written, before the work that makes them.

        Raises
        ------
        ProjectError
            If the project's folder, or that of models or reports, cannot be written.
        """
        for folder in (self.root, self.model.parent, self.reports):
            existing = folder
            while not existing.exists() and existing != existing.parent:
                existing = existing.parent
            if not existing.is_dir() or not _may_write(existing):
                raise ProjectError(
                    "You cannot write into this folder, and results would go there."
                    if existing.is_dir()
                    else "This is no folder, and results would go there.",
                    file=existing,
                    cure="Change its permissions, or copy the project to where you may write.",
                )


def open_project(folder: Path | str) -> Project:
    """Read a project's settings.

    Parameters
    ----------
    folder : path
        The folder that holds `fourp.toml`.

    Returns
    -------
    Project
        The project.

    Raises
    ------
    ProjectError
        If the settings are missing or wrong; the message names the key and its line.
    """
    root = Path(folder).resolve()
    path = root / SETTINGS
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError:
        raise ProjectError(
            f"There is no {SETTINGS} here, so this is not a project.",
            file=root,
            cure="Make one with: fourp init DIR",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"The settings cannot be read: {error}.", file=path) from error
    except RecursionError:
        raise ProjectError(
            "The settings are nested too deeply.", file=path, cure="Take brackets away."
        ) from None
    except ValueError as error:
        reason = (
            str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number is too long"
        )
        raise ProjectError(
            f"This is not valid TOML: {reason}.", file=path, cure='Texts need quotes: title = "..."'
        ) from error
    settings = settings_from(content, text, path)
    _refuse_writing_outside(root, settings)
    return Project(root, settings)


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _check_coder(coder: str) -> None:
    """Refuse a name that no gold file can have."""
    if coder == SETTLED:
        raise ProjectError(
            f"'{SETTLED}' is reserved for the codes that were settled between coders.",
            cure="Name the person who codes, with --coder NAME.",
        )
    if not FILE_NAME.fullmatch(coder) or len(coder) > LONGEST_NAME:
        raise ProjectError(
            f"'{coder[:LONGEST_NAME]}' cannot be the name of a coder here: a gold file is named after "
            "it.",
            cure=f"Use up to {LONGEST_NAME} letters, digits and spaces.",
        )


def _tables_in(folder: Path) -> list[Path]:
    """Return the CSV files of a folder, by name, without what programs leave there."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() == ".csv" and not is_stray(path.name)
    )


def _is_outside(root: Path, path: Path) -> bool:
    return not path.resolve().is_relative_to(root)


def _leading_outside(
    root: Path, settings: Settings, keys: tuple[str, ...]
) -> Iterator[tuple[str, Path]]:
    for key in keys:
        path = root / getattr(settings, key)
        if _is_outside(root, path):
            yield key, path.resolve()


def _is_allowed(path: Path) -> bool:
    """Return whether the user (not the project) allows writing to a place outside."""
    folders = [part for part in os.environ.get(OUTSIDE, "").split(os.pathsep) if part]
    return any(path.resolve().is_relative_to(Path(folder).resolve()) for folder in folders)


def _refuse_writing_outside(root: Path, settings: Settings) -> None:
    """Refuse a project whose settings would write outside its folder, unless the user allows it.

    The settings themselves cannot allow it: they come with a project that somebody sent.
    """
    places = [
        (f"'{key}' leads", target) for key, target in _leading_outside(root, settings, _WRITTEN)
    ]
    model = Path(settings.models) / settings.model.name
    places += [
        (f"the link '{name}' leads", (root / name).resolve())
        for name in ("fourp.sqlite", ".fourp", "backups", str(model))
        if (root / name).is_symlink() and _is_outside(root, root / name)
    ]
    for what, target in places:
        if not _is_allowed(target):
            raise ProjectError(
                f"Results would be written outside the project: {what} to {target}.",
                file=root / SETTINGS,
                cure="Name a folder inside the project. If you want this, and the project is yours, "
                f"allow it: set the environment variable {OUTSIDE} to {target}",
            )


def find_project(start: Path | str = ".") -> Project | None:
    """Return the project that a folder lies in, or None.

    Parameters
    ----------
    start : path
        A folder; it and its parents are searched for `fourp.toml`.

    Returns
    -------
    Project or None
        The nearest project.
    """
    start_folder = Path(start).resolve()
    for folder in (start_folder, *start_folder.parents):
        if (folder / SETTINGS).is_file():
            return open_project(folder)
    return None
