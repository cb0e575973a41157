"""Folders for results: never where a command would read them as documents or gold codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.errors import FourpError, ProjectError
from fourp_nlp.study.project import open_project
from fourp_nlp.study.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.study.project import Project

__all__ = ["InputFolder", "check_results_place", "input_folder", "left_out", "results_folder"]


class InputFolder(NamedTuple):
    """A folder that commands read, and the project whose it is.

    Attributes
    ----------
    project : Project
        The project.
    folder : pathlib.Path
        Its folder of documents, or one of gold codes.
    what : {"documents", "gold codes"}
        What is read there.
    """

    project: Project
    folder: Path
    what: str


def left_out(project: Project) -> set[str]:
    """Return the folders and files inside the corpus that are no documents to code.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    set of str
        Those that the settings exclude, and the project's own for gold codes, models, reports and what
        came from other programs, and its codebook, where these lie inside; as
        `fourp_nlp.documents.read_documents` takes them.
    """
    corpus = project.corpus.resolve()
    inside = {
        f"./{folder.relative_to(corpus).as_posix()}"
        for folder in _own_folders(project)
        if folder != corpus and folder.is_relative_to(corpus)
    }
    codebook = project.codebook.resolve()
    if codebook.is_relative_to(corpus):
        # Beside it an import puts one with new codes.
        for name in (codebook.name, f"{codebook.stem}.new{codebook.suffix}"):
            inside.add(f"./{codebook.with_name(name).relative_to(corpus).as_posix()}")
    return {*project.settings.exclude, *inside}


def input_folder(path: Path) -> InputFolder | None:
    """Return the folder of documents or gold codes that a file lies in.

    Parameters
    ----------
    path : pathlib.Path
        A file, whether or not it is there; a link lies in both places, its own and that it leads to.

    Returns
    -------
    InputFolder or None
        None if no command would read it.
    """
    for place in dict.fromkeys([path.parent.resolve() / path.name, path.resolve()]):
        for project in _projects_above(place):
            for folder in (
                each.resolve() for each in (project.gold, project.repeat, project.assisted)
            ):
                if place.parent == folder:
                    return InputFolder(project, folder, "gold codes")
            corpus = project.corpus.resolve()
            if place.is_relative_to(corpus) and not _is_left_out(project, place):
                return InputFolder(project, corpus, "documents")
    return None


def check_results_place(path: Path) -> None:
    """Refuse to write a result where a command would read it.

    Parameters
    ----------
    path : pathlib.Path
        The file that is to be written.

    Raises
    ------
    ProjectError
        If it lies in a project's folder of documents or gold codes.
    """
    project = input_folder(path)
    if project is not None:
        raise ProjectError(
            f"This would lie among the {project.what} of the project, and be read as such.",
            file=path,
            cure=f"Name a place outside of {project.folder}, such as {project.project.reports / path.name}.",
        )


def results_folder(path: Path) -> tuple[Path, bool]:
    """Return where tables about a file go.

    Parameters
    ----------
    path : pathlib.Path
        A file or folder.

    Returns
    -------
    folder : pathlib.Path
        The folder that it lies in; for what a command reads as documents or gold codes the project's folder
        of reports, and in it the same folder as there.
    moved : bool
        Whether it is that of reports.
    """
    folder_of_link, folder_of_target = path.parent.resolve(), path.resolve().parent
    input_place = input_folder(path) or input_folder(
        folder_of_target / f"{path.name}.suggestions.csv"
    )
    if input_place is None:
        return folder_of_target, False
    inside = (
        folder_of_link if folder_of_link.is_relative_to(input_place.folder) else folder_of_target
    )
    below = (
        inside.relative_to(input_place.folder)
        if inside.is_relative_to(input_place.folder)
        else Path()
    )
    return input_place.project.reports / below, True


def _own_folders(project: Project) -> list[Path]:
    backups = project.root / "backups"
    folders = (project.gold, project.model.parent, project.reports, project.exchange, backups)
    return [folder.resolve() for folder in folders]


def _is_left_out(project: Project, place: Path) -> bool:
    corpus = project.corpus.resolve()
    if place == corpus:
        return False
    excluded = left_out(project)
    for folder in place.parents:
        if folder == corpus:
            return False
        relative = folder.relative_to(corpus).as_posix()
        if folder.name.startswith(".") or {folder.name, relative, f"./{relative}"} & excluded:
            return True
    return False


def _projects_above(place: Path) -> Iterator[Project]:
    for folder in (place, *place.parents):
        if (folder / SETTINGS).is_file():
            try:
                yield open_project(folder)
            except FourpError:
                # Whoever works in that project is told; here it is only looked for.
                continue
