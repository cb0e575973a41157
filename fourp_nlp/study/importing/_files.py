"""Lists the files that an import writes: settings, texts, codebook, and backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange import guid_of
from fourp_nlp.study.importing.documents.documents import text_content
from fourp_nlp.study.new_project import new_project_contents

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from fourp_nlp.exchange import Exchange, Losses
    from fourp_nlp.study.importing.codes.codes import MatchedCodes
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import ImportTarget
    from fourp_nlp.study.project import Project

__all__ = ["backup_paths", "codebook_files", "new_project_files", "text_files"]


def new_project_files(
    exchange: Exchange, target: ImportTarget, codes: MatchedCodes
) -> dict[Path, bytes | None]:
    root = target.project.root
    assert codes.content is not None  # noqa: S101 - a new project's codebook is always new
    notice = exchange.notes["guid"] == guid_of("note", "project", "Notice")
    files = new_project_contents(
        root,
        notice=" ".join("\n".join(exchange.notes.loc[notice, "text"]).split()),
        title=" ".join(exchange.name.split()) or root.name,
        codebook=codes.content.decode(),
        own=False,
    )
    # A list of what Git leaves out is no file of a project: one that is there stays.
    return {
        path: text.encode()
        for path, text in files.items()
        if path.name != ".gitignore" or not path.exists()
    }


def text_files(
    sources: Mapping[str, Source], target: ImportTarget, losses: Losses
) -> dict[Path, bytes | None]:
    contents: dict[Path, bytes | None] = {}
    for source in sources.values():
        if source.status not in {"new", "replaced"}:
            continue
        content = text_content(source.came)
        if content is None:
            content = text_content(source.text)
            losses.add(
                "texts",
                "They hold characters that no text file can; the corpus has them without.",
                [source.document],
            )
        contents[target.project.corpus / source.document] = content
    return contents


def codebook_files(
    codes: MatchedCodes, target: ImportTarget, notes: list[str]
) -> dict[Path, bytes | None]:
    path = target.project.codebook
    if codes.beside is not None:
        # The ending stays last: a corpus takes no codebook for a document.
        beside = path.with_name(f"{path.stem}.new{path.suffix}")
        notes.append(
            f"New codes are not in {path.name}, which could not be added to line by line. {beside.name} has "
            f"them: put it in the place of {path.name}, and import again."
        )
        is_written = beside.is_file() and beside.read_bytes() == codes.beside
        return {} if is_written else {beside: codes.beside}
    if codes.content is not None and not target.is_new:
        return {path: codes.content}
    return {}


def backup_paths(
    gold: list[Path], replaced: Collection[str], codes: MatchedCodes, project: Project
) -> dict[Path, Path]:
    """Return a free name for each file that is to be kept as it was."""
    paths = [*gold, *(project.corpus / document for document in sorted(replaced))]
    paths += [project.codebook] if codes.keeps_before else []
    names: dict[Path, Path] = {}
    for path in paths:
        beside = path.parent in {project.gold, project.repeat}
        # Not in the corpus, which would take it for a document that cannot be read.
        folder = path.parent if beside else project.exchange / "before"
        number, name = 1, folder / f"{path.name}.before"
        while name.exists() or name in names.values():
            number += 1
            name = folder / f"{path.name}.before{number}"
        names[path] = name
    return names
