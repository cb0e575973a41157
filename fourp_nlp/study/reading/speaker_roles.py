"""Roles of speakers, as fourp.toml and speakers.csv set them, and which segments are context alone."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.documents import read_speakers
from fourp_nlp.documents.speaker_attributes import LINE, SPEAKER_COLUMNS
from fourp_nlp.errors import ProjectError
from fourp_nlp.study.settings import SETTINGS
from fourp_nlp.turns import INTERVIEWER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fourp_nlp.study.project import Project
    from fourp_nlp.study.settings import SpeakerSettings

__all__ = [
    "RoleSet",
    "SpeakerRoles",
    "no_speakers",
    "speaker_roles",
    "speaker_table",
    "with_roles",
]


def no_speakers() -> pd.DataFrame:
    """Return a table of speakers without rows."""
    frame = pd.DataFrame(columns=[*SPEAKER_COLUMNS, LINE])
    return frame.astype(dict.fromkeys(SPEAKER_COLUMNS, "str") | {LINE: "int64"})


def speaker_table(project: Project) -> pd.DataFrame:
    """Return a project's table of speakers; without rows if there is none.

    Raises
    ------
    DocumentError
        If it is wrong.
    """
    path = project.speakers
    return no_speakers() if path is None else read_speakers(path)


@dataclass(frozen=True)
class RoleSet:
    """A role that is set for speakers.

    Attributes
    ----------
    role : str
        The role.
    label : str
        A label of a speaker, or a pattern.
    document : str
        The one document for which it is set; empty for all.
    file : str
        Where it is set.
    place : str
        The line or key there.
    """

    role: str
    label: str
    document: str
    file: str
    place: str

    @property
    def is_pattern(self) -> bool:
        """Whether the label may stand for others. A table has no patterns."""
        return self.file == SETTINGS and bool(re.search(r"[*?]", self.label))

    def fits(self, speaker: str) -> bool:
        """Return whether a speaker's label is this one, in any case, or fits the pattern."""
        return self.is_label_of(speaker) or (
            self.is_pattern and _pattern(self.label).fullmatch(_folded(speaker)) is not None
        )

    def is_label_of(self, speaker: str) -> bool:
        """Return whether a speaker's label is this one, in any case."""
        return _folded(self.label) == _folded(speaker)

    def fits_document(self, document: str) -> bool:
        """Return whether it holds for a document; a file holds for all documents in it."""
        return self.document in {"", document, document.rsplit("#", 1)[0]}

    @property
    def where(self) -> str:
        """Where it is set, in words."""
        return f"{self.file}, {self.place}"


class SpeakerRoles:
    """The roles of speakers of a project, and which of them are coded.

    Parameters
    ----------
    settings : SpeakerSettings
        The group `[speakers]` of the settings.
    table : pandas.DataFrame
        From `speaker_table`.
    settings_file : pathlib.Path, optional
        Where the settings are, for messages.
    table_file : pathlib.Path, optional
        Where the table is.

    Raises
    ------
    ProjectError
        If a role is to be coded that is set for nobody.
    """

    def __init__(
        self,
        settings: SpeakerSettings,
        table: pd.DataFrame,
        settings_file: Path | None = None,
        table_file: Path | None = None,
    ) -> None:
        self._file = settings_file
        table_name = "speakers.csv" if table_file is None else table_file.name
        self.sets = [
            RoleSet(role.strip(), label, "", SETTINGS, f"[speakers] {role}")
            for role, labels in settings.roles.items()
            for label in labels
        ]
        self.sets += [
            RoleSet(
                role.strip(),
                label,
                document.replace("\\", "/").removeprefix("./"),
                SETTINGS,
                f'[speakers.documents."{document}"] {role}',
            )
            for document, roles in settings.documents.items()
            for role, labels in roles.items()
            for label in labels
        ]
        named = table[table["role"] != ""]
        columns = (named[name].tolist() for name in ("role", "speaker", "document", LINE))
        self.sets += [
            RoleSet(role, speaker, document, table_name, f"line {line}")
            for role, speaker, document, line in zip(*columns, strict=True)
        ]
        # One spelling for each role: the first.
        spelling: dict[str, str] = {}
        for name in [
            *settings.roles,
            *(role for roles in settings.documents.values() for role in roles),
            *named["role"],
        ]:
            spelling.setdefault(_folded(name), name.strip())
        self._spelling = spelling
        self.coded = None if settings.coded is None else {_folded(name) for name in settings.coded}
        for name in settings.coded or ():
            if _folded(name) not in spelling:
                close = difflib.get_close_matches(_folded(name), list(spelling), n=1)
                meant = f" Did you mean '{spelling[close[0]]}'?" if close else ""
                roles = ", ".join(spelling.values()) or "none"
                raise ProjectError(
                    f"The role '{name}' is to be coded, and it is set for nobody.{meant}",
                    file=settings_file or SETTINGS,
                    place="key speakers.coded",
                    cure=f"Roles that are set: {roles}. Correct the name, or set the role for speakers: "
                    f'{_key(name)} = ["LABEL"] under [speakers].',
                )

    @property
    def roles(self) -> list[str]:
        """The roles, each in one spelling."""
        return list(self._spelling.values())

    def spelt(self, role: str) -> str:
        """Return a role in the spelling in which it is set first."""
        return self._spelling.get(_folded(role), role)

    def of(self, document: str, speaker: str) -> RoleSet | None:
        """Return what sets the role of a speaker in a document; None if nothing does.

        What is set for the document counts before what is set for all, and a label before a pattern.

        Raises
        ------
        ProjectError
            If two roles are set for the speaker and neither counts before the other.
        """
        fitting = [one for one in self.sets if one.fits_document(document) and one.fits(speaker)]
        if not fitting:
            return None

        def rank(one: RoleSet) -> tuple[bool, bool]:
            return not one.document, not one.is_label_of(speaker)

        best = min(map(rank, fitting))
        first, *others = [one for one in fitting if rank(one) == best]
        for other in others:
            if _folded(other.role) != _folded(first.role):
                raise ProjectError(
                    f"'{speaker}' in {document} has two roles: '{first.role}' ({first.where}) and "
                    f"'{other.role}' ({other.where}).",
                    file=self._file or SETTINGS,
                    place="group speakers",
                    cure="Remove one of them, or set the role for this document alone: under "
                    f'[speakers.documents."{document}"].',
                )
        return first

    def is_coded(self, role: str, *, speaker: str, has_speakers: bool = True) -> bool:
        """Return whether the words of a speaker of a role are coded.

        Parameters
        ----------
        role : str
            The role; empty if none is set.
        speaker : str
            The speaker; empty for text that is nobody's.
        has_speakers : bool, default True
            Whether anybody speaks in the document: one without speakers is coded as a whole.
        """
        if not has_speakers:
            return True
        if self.coded is None:
            return not speaker or _folded(role) != INTERVIEWER
        return bool(speaker) and _folded(role) in self.coded

    @property
    def coded_in_words(self) -> str:
        """Which roles are coded, in words."""
        if self.coded is None:
            return (
                f"every role but '{self.spelt(INTERVIEWER)}'"
                if INTERVIEWER in self._spelling
                else "everybody"
            )
        return ", ".join(name for key, name in self._spelling.items() if key in self.coded)


def speaker_roles(project: Project, table: pd.DataFrame) -> SpeakerRoles:
    """Return the roles of a project's speakers.

    Parameters
    ----------
    project : Project
        The project.
    table : pandas.DataFrame
        From `speaker_table`.
    """
    return SpeakerRoles(project.settings.speakers, table, project.root / SETTINGS, project.speakers)


def with_roles(segments: pd.DataFrame, project: Project, table: pd.DataFrame) -> pd.DataFrame:
    """Return segments with the roles of their speakers, and whether they are context alone.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS.
    project : Project
        The project.
    table : pandas.DataFrame
        From `speaker_table`.

    Returns
    -------
    pandas.DataFrame
        The same rows with `speaker_role` and `context`.

    Raises
    ------
    ProjectError
        If two roles are set for a speaker, or a role is to be coded that is set for nobody.
    """
    roles = speaker_roles(project, table)
    if not roles.sets:
        return segments
    pairs = segments[["document", "speaker"]].drop_duplicates()
    speaking = set(pairs.loc[pairs["speaker"] != "", "document"])
    role_of: list[str] = []
    context: list[bool] = []
    for document, speaker in zip(pairs["document"], pairs["speaker"], strict=True):
        entry = roles.of(document, speaker) if speaker else None
        role = "" if entry is None else roles.spelt(entry.role)
        role_of.append(role)
        context.append(not roles.is_coded(role, speaker=speaker, has_speakers=document in speaking))
    at = pd.MultiIndex.from_frame(pairs).get_indexer(
        pd.MultiIndex.from_frame(segments[["document", "speaker"]])
    )
    known = pd.DataFrame({"role": pd.Series(role_of, dtype="str"), "context": context})
    rows = known.iloc[at].reset_index(drop=True)
    return segments.assign(
        speaker_role=rows["role"].to_numpy(), context=rows["context"].to_numpy(dtype=bool)
    ).astype({"speaker_role": segments["speaker"].dtype})


def _folded(text: str) -> str:
    return text.strip().casefold()


def _pattern(label: str) -> re.Pattern[str]:
    """Return a pattern in which a star stands for any characters and a question mark for one."""
    pieces = {"*": ".*", "?": "."}
    return re.compile(
        "".join(pieces.get(sign, re.escape(sign)) for sign in _folded(label)), re.DOTALL
    )


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def close_label(label: str, labels: Iterable[str]) -> str:
    """Return the label that is most like one that nobody has; empty if none is like it."""
    by_folded = {_folded(name): name for name in labels if name}
    close = difflib.get_close_matches(_folded(label), list(by_folded), n=1)
    return by_folded[close[0]] if close else ""
