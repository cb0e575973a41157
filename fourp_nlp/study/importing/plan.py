"""Options and plan of an import, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from fourp_nlp.study.importing._coding_summary import adds_up

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.study.importing.codes.codes import NewCodes
    from fourp_nlp.study.project import Project

__all__ = ["ImportOptions", "ImportPlan", "Reading"]

Reading = Literal["", "whole", "passages", "all"]


@dataclass(frozen=True)
class ImportOptions:
    """What the user asks for.

    Attributes
    ----------
    replace : bool
        Whether differing items of the file replace ours: texts; names, descriptions, colours and positions of
        codes; values. Also whether codings that were deleted there are removed here.
    whole : bool
        Whether the file has the whole project: then codings here of documents and codes that it lacks count
        as deleted there.
    new_codes : str
        How to treat codes that are not in the codebook: add, ignore or refuse.
    coders : tuple of str
        Import the codings of these coders only; none: of all.
    rename : mapping of str to str
        Coders' names here by their names there.
    machines : frozenset of str
        Users there who are machines.
    decided_by : str
        The person who reviewed the machine's codings there; empty: no one.
    read : {"", "whole", "passages", "all"}
        What was read of documents of which the file does not say it: the whole, the coded passages alone,
        or, with "all", every document by every coder. Empty: as `codings.reading` decides.
    """

    replace: bool = False
    whole: bool = False
    new_codes: NewCodes = "add"
    coders: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    machines: frozenset[str] = frozenset()
    decided_by: str = ""
    read: Reading = ""


@dataclass(frozen=True)
class ImportPlan:
    """The planned effects of an import.

    Attributes
    ----------
    project : Project
        The project; not created yet if `is_new`.
    is_new : bool
        Whether it is.
    contents : dict of pathlib.Path to bytes or None
        The files that would be written; None for one that would be deleted.
    before : dict of pathlib.Path to pathlib.Path
        The names under which earlier files would be kept.
    decisions : pandas.DataFrame
        Decisions that would be kept in the database.
    documents : pandas.DataFrame
        Columns document, name and status (new, known, edited, replaced, without text, doubled) of each
        source.
    codes : pandas.DataFrame
        Columns code, name and status of each node of the file, as `MatchedCodes` has them.
    coders : pandas.DataFrame
        One row a person: coder, documents (in which codings came); codings (in the file), which are same,
        new, moved or not_taken; here (codings before), which are same, moved, gone, untouched, unclear or
        lost.
    machines : pandas.DataFrame
        One row a machine of the file: coder; codings, which are kept, moved, added or not_taken; here,
        which are kept, moved, removed, untouched, unclear or lost.
    facts : pandas.DataFrame
        One row for each kind of item beside codings (notes, values, members of cases, members of sets): item;
        in_file, which are same, new, changed or not_taken; and only_here.
    losses : pandas.DataFrame
        The table LOSSES: what the format's reader could not read, and what is not imported.
    remarks : tuple of str
        Remarks of the format's reader.
    notes : tuple of str
        Messages for the user.
    seen : mapping of pathlib.Path to str or None
        The fingerprints that files of the project had before it was read.
    """

    project: Project
    is_new: bool
    contents: dict[Path, bytes | None]
    before: dict[Path, Path]
    decisions: pd.DataFrame
    documents: pd.DataFrame
    codes: pd.DataFrame
    coders: pd.DataFrame
    machines: pd.DataFrame
    facts: pd.DataFrame
    losses: pd.DataFrame
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seen: Mapping[Path, str | None] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.contents) or len(self.decisions) > 0

    @property
    def all_taken(self) -> bool:
        """Whether every item of the file is imported unchanged, or was already here."""
        return self.losses.empty and adds_up(self.coders, self.machines)
