"""Writes the messages of an import: edits that are not imported, and what the file does not hold."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.documents import normalise
from fourp_nlp.study.importing.documents.file_names import coder_name, folded_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.codings.comparison import FileScope
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.plan import ImportOptions
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["add_differences", "edit_remarks"]

_SHOWN = 5  # names that a message lists
_LONG = 40  # letters by which a name that was cut is known


def edit_remarks(
    people: pd.DataFrame,
    sources: Mapping[str, Source],
    target: ImportTarget,
    scope: FileScope,
    ids: Collection[str],
    coders: Mapping[str, Coder],
    options: ImportOptions,
) -> list[str]:
    """Return messages about edits not fully imported, and about items here that the file does not have.

    Parameters
    ----------
    people : pandas.DataFrame
        The table of people's codings, from `people_table`.
    sources : mapping of str to Source
        The sources of the file.
    target : ImportTarget
        The project before the import.
    scope : FileScope
        Documents and codes that the file holds.
    ids : collection of str
        Its codes and themes, by their ids here.
    coders : mapping of str to Coder
        All of its coders.
    options : ImportOptions
        What the user asks for.

    Returns
    -------
    list of str
        Messages for the user.
    """
    return [
        *_of_codings(people, replacing=options.replace),
        *_of_names(sources, coders, options.rename),
        *_not_in_file(target, scope, ids, coders),
    ]


def _of_codings(people: pd.DataFrame, *, replacing: bool) -> list[str]:
    gone, moved, unclear = (int(people[name].sum()) for name in ("gone", "moved", "unclear"))
    notes = []
    if gone and replacing:
        notes.append(f"{gone} coding(s) here were deleted in the file, and are removed.")
    elif gone:
        notes.append(
            f"{gone} coding(s) here were deleted in the file. They are kept; --replace removes them here."
        )
    if moved and not replacing:
        notes.append(
            f"{moved} coding(s) here have another position in the file. Both positions are kept; --replace "
            "removes the one that was here."
        )
    if unclear:
        notes.append(
            f"{unclear} coding(s) here may be among those of the file whose place was not found. They may or "
            "may not have been deleted there, so they are kept, also with --replace."
        )
    return notes


def _not_in_file(
    target: ImportTarget, scope: FileScope, ids: Collection[str], coders: Mapping[str, Coder]
) -> list[str]:
    if target.is_new or target.codebook is None:
        return []
    codings = target.codings
    codings = codings[codings["coder"] != SETTLED]
    named = {c.coder for c in coders.values()}
    codes = [id_ for id_ in target.codebook.code_ids if id_ not in scope.codes and id_ not in ids]
    documents = [name for name in target.texts if name not in scope.texts]
    people = [name for name in dict.fromkeys(codings["coder"]) if name not in named]
    kinds = [
        ("code(s)", [target.codebook.names[id_] for id_ in codes]),
        ("document(s)", documents),
        ("coder(s)", people),
    ]
    listed = [f"{len(names)} {what} ({_some(names)})" for what, names in kinds if names]
    if not listed:
        return []
    of_codes = codings["code"].isin(codes)
    not_covered = of_codes | codings["document"].isin(documents) | codings["coder"].isin(people)
    note = f"Here but not in the file: {', '.join(listed)}"
    if not_covered.any():
        note += f", with {int(not_covered.sum())} coding(s)"
    if scope.whole:
        return [
            f"{note}. Documents, codes and coders are kept; with --whole, codings of these documents and "
            "codes count as deleted."
        ]
    note += ". All of it is kept, also with --replace: a file may contain only a part of a project."
    if of_codes.any():
        note += " If a code was deleted there, and you want to delete its codings, add --replace --whole."
    return [note]


def _of_names(
    sources: Mapping[str, Source], coders: Mapping[str, Coder], rename: Mapping[str, str]
) -> list[str]:
    documents = [
        f"{s.document}: there {s.name}"
        for s in sources.values()
        if s.before and s.document and not _same_name(s.name, s.document)
    ]
    people = [
        f"{c.coder}: there {c.name}"
        for c in coders.values()
        if c.name
        and not c.again
        and c.name not in rename
        and folded_name(coder_name(c.name))
        != folded_name(coder_name(c.coder.removesuffix(" (machine)")))
    ]
    return [
        f"{len(names)} {what} another name in the file: {_some(names)}. Ours stay."
        for what, names in (("document(s) have", documents), ("coder(s) have", people))
        if names
    ]


def add_differences(
    sources: Mapping[str, Source],
    codes: pd.DataFrame,
    gone: pd.DataFrame,
    settled: pd.DataFrame,
    options: ImportOptions,
    losses: Losses,
) -> None:
    """Add to the losses what differs in the file and stays as it is here.

    Parameters
    ----------
    sources : mapping of str to Source
        The sources of the file.
    codes : pandas.DataFrame
        Columns name and status of its codes.
    gone : pandas.DataFrame
        Codings here without a position in the new text of their document.
    settled : pandas.DataFrame
        Codings of the file that were adjudicated differently there.
    options : ImportOptions
        What the user asks for.
    losses : Losses
        Is added to.
    """
    edited = [s.document for s in sources.values() if s.status == "edited"]
    losses.add(
        "texts",
        "They were edited elsewhere, and ours stay: only text files can be replaced."
        if options.replace
        else "They were edited elsewhere, and ours stay. --replace takes the others over.",
        edited,
    )
    if not options.replace:
        other = codes["status"].str.contains("renamed|reworded|recoloured|moved")
        losses.add(
            "names, descriptions, colours and places of codes",
            "They differ in the file, and ours are kept. --replace imports the file's.",
            codes.loc[other, "name"],
        )
    losses.add(
        "codings here",
        "Their document's text was replaced, and the new text has their quote not at all or more than once.",
        gone["quote"],
    )
    losses.add(
        "codings",
        "They were adjudicated differently there. `fourp reconcile --settle` writes the settled codes from "
        "gold codes and decisions.",
        settled["quote"],
    )


def _same_name(name: str, document: str) -> bool:
    """Whether a document's name can come from a source's name, ignoring folders, endings and punctuation."""
    ours = _letters(document)
    if _letters(PurePosixPath(document).name) == _letters(name):
        return True
    for theirs in (_letters(name), _letters(PurePosixPath(name.replace("\\", "/")).name)):
        more = ours.removeprefix(theirs)
        was_cut = len(ours) >= _LONG and theirs.startswith(ours[:_LONG])
        if ours == theirs or was_cut or (more != ours and more.isdigit()):
            return True
    return False


def _letters(name: str) -> str:
    plain = normalise(name)
    return "".join(
        filter(str.isalnum, folded_name(plain.removesuffix(PurePosixPath(plain).suffix)))
    )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "; ".join(names[:_SHOWN]) + more
