"""Confirming guessed roles of speakers: writing them into fourp.toml, and leaving the rest of it as it is."""

from __future__ import annotations

import copy
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reading.speaker_roles import speaker_roles
from fourp_nlp.study.reading.who_speaks import speaker_overview
from fourp_nlp.study.settings import SETTINGS, settings_from, toml_string

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.reading.speaker_roles import SpeakerRoles
    from fourp_nlp.study.study import Study

__all__ = ["RolesToConfirm", "confirm_roles", "roles_to_confirm", "with_roles_added"]

_SPEAKERS = "speakers"


@dataclass
class RolesToConfirm:
    """Roles that are guessed and not set yet.

    Attributes
    ----------
    everywhere : dict of str to list of str
        For each role, labels that have it in all documents in which they speak.
    documents : dict of str to dict of str to list of str
        The same for labels that have it in one document and not, or not surely, in another.
    written : bool
        Whether they are in fourp.toml now.
    """

    everywhere: dict[str, list[str]] = field(default_factory=dict)
    documents: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    written: bool = False

    @property
    def count(self) -> int:
        """How many labels get a role."""
        tables = [self.everywhere, *self.documents.values()]
        return sum(len(labels) for table in tables for labels in table.values())

    @property
    def lines(self) -> list[str]:
        """The lines of fourp.toml."""
        lines = [f"[{_SPEAKERS}]"] if self.everywhere else []
        lines += [_assignment(role, labels) for role, labels in self.everywhere.items()]
        for document, roles in self.documents.items():
            lines += [*([""] if lines else []), _header(_table_of(document))]
            lines += [_assignment(role, labels) for role, labels in roles.items()]
        return lines


def roles_to_confirm(overview: pd.DataFrame, roles: SpeakerRoles) -> RolesToConfirm:
    """Return the guessed roles that are not set yet.

    Parameters
    ----------
    overview : pandas.DataFrame
        The table SPEAKERS.
    roles : SpeakerRoles
        The roles that are set, for their spelling.
    """
    found = RolesToConfirm()
    for speaker, rows in overview.groupby("speaker", sort=False):
        guessed = rows[rows["guess"] != ""]
        if guessed.empty:
            continue
        open_rows = rows[rows["role"] == ""]
        if len(guessed) == len(open_rows) == len(rows) and len(set(guessed["guess"])) == 1:
            role = roles.spelt(str(guessed["guess"].iloc[0]))
            found.everywhere.setdefault(role, []).append(str(speaker))
            continue
        for document, guess in zip(guessed["document"], guessed["guess"], strict=True):
            of_document = found.documents.setdefault(str(document), {})
            of_document.setdefault(roles.spelt(str(guess)), []).append(str(speaker))
    return found


def confirm_roles(study: Study, *, dry_run: bool = False) -> RolesToConfirm:
    """Write the guessed roles of speakers into fourp.toml.

    Parameters
    ----------
    study : Study
        The study.
    dry_run : bool, default False
        Write nothing.

    Returns
    -------
    RolesToConfirm
        What was, or would be, written. It is not `written` if lines cannot be added to the file without
        changing others: they are then to be pasted.

    Raises
    ------
    FourpError
        If the file was changed meanwhile or cannot be written.
    """
    project = study.project
    roles = speaker_roles(project, study.corpus.speakers)
    confirmed = roles_to_confirm(speaker_overview(study), roles)
    if dry_run or not confirmed.count:
        return confirmed
    path = project.root / SETTINGS
    project.refuse_outside([path])
    before = fingerprint(path)
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig")
    changed = with_roles_added(text, confirmed)
    if changed is None:
        return confirmed
    # The file must be valid, whatever was added.
    settings_from(tomllib.loads(changed), changed, path)
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    change_files(
        project.root,
        {path: mark + changed.encode("utf-8")},
        what="the roles of speakers",
        expect={path: before},
    )
    study.forget()
    confirmed.written = True
    return confirmed


def with_roles_added(text: str, added: RolesToConfirm) -> str | None:
    """Return the text of the settings with roles added; None if that would change anything else.

    Parameters
    ----------
    text : str
        The text of fourp.toml.
    added : RolesToConfirm
        The roles.
    """
    try:
        wanted = _merged(tomllib.loads(text), added)
    except (TypeError, AttributeError):
        return None
    line_end = "\r\n" if "\r\n" in text else "\n"
    tables: list[tuple[tuple[str, ...], dict[str, list[str]]]] = [((_SPEAKERS,), added.everywhere)]
    tables += [(_table_of(document), roles) for document, roles in added.documents.items()]
    changed = text
    for table, roles in tables:
        if not roles:
            continue
        if _place_of_header(changed, table) is None:
            changed = _with_table(changed, table, roles, line_end)
            continue
        # Each new line comes first, so the last one is added first.
        for role, labels in reversed(roles.items()):
            changed = _with_labels(changed, table, role, labels, line_end)
    try:
        is_right = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        return None
    return changed if is_right else None


def _merged(content: dict[str, Any], added: RolesToConfirm) -> dict[str, Any]:
    """Return what the file should say."""
    content = copy.deepcopy(content)
    speakers = content.setdefault(_SPEAKERS, {}) if added.count else content
    tables = [(speakers, added.everywhere)]
    for document, roles in added.documents.items():
        tables.append((speakers.setdefault("documents", {}).setdefault(document, {}), roles))
    for table, roles in tables:
        for role, labels in roles.items():
            earlier = table.get(role, [])
            table[role] = [*([earlier] if isinstance(earlier, str) else earlier), *labels]
    return content


def _with_table(
    text: str, table: tuple[str, ...], roles: dict[str, list[str]], line_end: str
) -> str:
    """Return the text with a table added at its end."""
    text = text if not text or text.endswith("\n") else text + line_end
    gap = "" if not text or text.endswith(line_end * 2) else line_end
    lines = [_header(table), *(_assignment(role, labels) for role, labels in roles.items())]
    return f"{text}{gap}{line_end.join(lines)}{line_end}"


def _with_labels(
    text: str, table: tuple[str, ...], role: str, labels: list[str], line_end: str
) -> str:
    """Return the text with labels of a role added to a table that it has."""
    header = _place_of_header(text, table)
    if header is None:
        return text
    start, end = header
    if not text[:start].endswith("\n"):
        # The header is the last line, and nothing ends it.
        text, start, end = text + line_end, start + len(line_end), end + len(line_end)
    key = re.compile(rf"^[ \t]*{re.escape(_key(role))}[ \t]*=[ \t]*", re.MULTILINE)
    assignment = key.search(text, start, end)
    if assignment is None:
        return f"{text[:start]}{_assignment(role, labels)}{line_end}{text[start:]}"
    value_end = _end_of_value(text, assignment.end(), end)
    value = text[assignment.end() : value_end]
    if "#" in value:
        return text  # a comment inside would be lost: the lines are to be pasted
    earlier = tomllib.loads(f"value = {value}")["value"]
    every = [*([earlier] if isinstance(earlier, str) else earlier), *labels]
    return f"{text[: assignment.end()]}{_list(every)}{text[value_end:]}"


def _place_of_header(text: str, table: tuple[str, ...]) -> tuple[int, int] | None:
    """Return where the lines of a table begin and end; None if the text has no such header."""
    at = 0
    begin = None
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if begin is not None and stripped.startswith("["):
            return begin, at
        at += len(line)
        if begin is None and stripped.startswith("[") and not stripped.startswith("[["):
            try:
                if tomllib.loads(stripped) == _nested(table):
                    begin = at
            except tomllib.TOMLDecodeError:
                continue
    return None if begin is None else (begin, at)


def _nested(table: tuple[str, ...]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key in reversed(table):
        content = {key: content}
    return content


def _end_of_value(text: str, start: int, end: int) -> int:
    """Return where the value of a key ends: the shortest piece that is one by itself, up to a line's end."""
    for stop in (
        *(found.start() for found in re.finditer(r"[\]\"']", text[start:end])),
        end - start - 1,
    ):
        piece = text[start : start + stop + 1]
        try:
            tomllib.loads(f"value = {piece}")
        except tomllib.TOMLDecodeError:
            continue
        return start + stop + 1
    return end


def _table_of(document: str) -> tuple[str, ...]:
    return (_SPEAKERS, "documents", document)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_string(name)


def _header(table: tuple[str, ...]) -> str:
    return f"[{'.'.join(map(_key, table))}]"


def _list(labels: list[str]) -> str:
    return f"[{', '.join(map(toml_string, labels))}]"


def _assignment(role: str, labels: list[str]) -> str:
    return f"{_key(role)} = {_list(labels)}"
