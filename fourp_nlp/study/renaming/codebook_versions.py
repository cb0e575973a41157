"""Dated versions of a codebook: what each code's definition was, when it changed, and by what."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.study.sampling.code_definitions import definition_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.store import Store

__all__ = ["AS_FOUND", "CodebookVersion", "codebook_versions", "version_entries"]

AS_FOUND = "the codebook as it was"
"""What a version is called that nobody made with a command or in the page."""

_WHAT = "codebook version"
_DIGITS = 16  # of the fingerprint

Definition = dict[str, str]


@dataclass(frozen=True)
class CodebookVersion:
    """A version of a codebook.

    Attributes
    ----------
    number : int
        From 1.
    at : str
        Since when it is known, in universal time.
    what : str
        The change that made it, in a few words.
    fingerprint : str
        Beginning of the SHA-256 of what the codebook says.
    before, after : dict of str to dict of str to str, or None
        Parts of the definitions that differ from the version before, by codes; None for a code that was not
        there, or is not there any more.
    """

    number: int
    at: str
    what: str
    fingerprint: str
    before: dict[str, Definition | None] = field(default_factory=dict)
    after: dict[str, Definition | None] = field(default_factory=dict)


def codebook_versions(store: Store) -> list[CodebookVersion]:
    """Return the versions of a project's codebook that are known, oldest first.

    Parameters
    ----------
    store : Store
        The project's database.
    """
    versions = []
    known: dict[str, Definition] = {}
    for number, (at, detail) in enumerate(_entries(store.read_log(_WHAT)), start=1):
        after: dict[str, Definition | None] = detail["codes"]
        versions.append(
            CodebookVersion(
                number,
                at,
                str(detail["what"]),
                str(detail["sha256"]),
                {code: known.get(code) for code in after},
                after,
            )
        )
        _follow(known, after)
    return versions


def version_entries(
    store: Store, what: str, after: Codebook, before: Codebook | None = None
) -> Callable[[Store], None]:
    """Return what adds a version to the log of the database, within the change that makes it.

    Parameters
    ----------
    store : Store
        The project's database.
    what : str
        The change in a few words.
    after : Codebook
        The codebook after it.
    before : Codebook, optional
        The codebook before it. Where it is none that is known, because somebody edited the file by hand, it
        is a version, too.
    """
    known: dict[str, Definition] = {}
    fingerprint = ""
    for _, detail in _entries(store.read_log(_WHAT)):
        _follow(known, detail["codes"])
        fingerprint = str(detail["sha256"])
    details: list[dict[str, Any]] = []
    for codebook, name in ((before, AS_FOUND), (after, what)):
        if codebook is None or codebook.fingerprint()[:_DIGITS] == fingerprint:
            continue
        fingerprint = codebook.fingerprint()[:_DIGITS]
        codes = _differences(known, codebook)
        _follow(known, codes)
        details.append({"what": name, "sha256": fingerprint, "codes": codes})

    def add(database: Store) -> None:
        for detail in details:
            database.log(_WHAT, detail)

    return add


def _entries(log: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    return [(str(at), json.loads(text)) for at, text in zip(log["at"], log["detail"], strict=True)]


def _follow(known: dict[str, Definition], codes: Mapping[str, Definition | None]) -> None:
    for code, parts in codes.items():
        if parts is None:
            known.pop(code, None)
        else:
            known[code] = parts


def _differences(
    known: Mapping[str, Definition], codebook: Codebook
) -> dict[str, Definition | None]:
    now = {
        code.id: {part: text for part, text in definition_parts(code).items() if text}
        for code in codebook.all_codes
    }
    changed: dict[str, Definition | None] = {
        code: parts for code, parts in now.items() if known.get(code) != parts
    }
    return changed | {code: None for code in known if code not in now}
