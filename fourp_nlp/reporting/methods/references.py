"""The literature that a methods text may cite, read from `references.bib`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["REFERENCES", "Reference", "bibtex", "in_brackets", "in_order", "read_references"]

_FIELD = re.compile(r"^  (\w+) = \{(.*)\},$")
_HEAD = re.compile(r"^@(\w+)\{(\w+),$")
# The file is ASCII, because old BibTeX sorts and shortens names by bytes.
_ACCENTS = {r"{\`e}": "è", r"{\'E}": "É", r"{\"a}": "ä", r"{\"o}": "ö", r"\&": "&"}
_EDITIONS = {"Fourth": "4th"}


class Name(NamedTuple):
    """An author: family name, and initials of the given names."""

    family: str
    initials: str


@dataclass(frozen=True)
class Reference:
    """One work.

    Attributes
    ----------
    key : str
        The key by which it is cited.
    kind : str
        BibTeX's type of entry: article, book, incollection, inproceedings or misc.
    fields : mapping of str to str
        BibTeX's fields, with accents as letters; titles keep the braces around capitals.
    entry : str
        The entry as `references.bib` has it.
    """

    key: str
    kind: str
    fields: MappingProxyType[str, str]
    entry: str

    @property
    def authors(self) -> list[Name]:
        """The authors, in order."""
        return [Name(*name.split(", ", 1)) for name in self.fields["author"].split(" and ")]

    @property
    def year(self) -> int:
        """The year of publication."""
        return int(self.fields["year"])

    @property
    def by(self) -> str:
        """The authors as a citation names them, such as "Feinstein & Cicchetti"."""
        names = [name.family for name in self.authors]
        return f"{names[0]} et al." if len(names) > 2 else " & ".join(names)

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The entry of a list of references, as pieces of text, each with whether it is in italics."""
        fields = self.fields
        title = fields["title"].replace("{", "").replace("}", "")
        container = fields.get("journal") or fields.get("booktitle")
        pieces: list[tuple[str, bool]] = [(f"{_listed(self.authors)} ({self.year}). ", False)]
        if container:
            pieces.append((f"{title}. ", False))
            if self.kind in {"incollection", "inproceedings"}:
                pieces.append(("In ", False))
            pieces += [(container, True), *self._place()]
        else:
            edition = fields.get("edition", "")
            edition = f" ({_EDITIONS.get(edition, edition)} ed.)" if edition else ""
            pieces += [(title, True), (f"{edition}.", False)]
        if "publisher" in fields:
            pieces.append((f" {fields['publisher']}.", False))
        address = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
        return [*pieces, (f" {address}", False)] if address else pieces

    def _place(self) -> list[tuple[str, bool]]:
        """Return volume, number and pages."""
        volume, number = self.fields.get("volume"), self.fields.get("number")
        pages = self.fields.get("pages", "").replace("--", "–")
        pieces: list[tuple[str, bool]] = []
        if volume:
            pieces += [(", ", False), (volume, True)]
        if number:
            pieces.append((f"({number})", False))
        if pages:
            pieces.append((f", {pages}" if volume else f" (pp. {pages})", False))
        return [*pieces, (".", False)]


def _listed(authors: list[Name]) -> str:
    names = [f"{name.family}, {name.initials}" for name in authors]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, & {names[-1]}"


def read_references(text: str) -> dict[str, Reference]:
    """Read a file with one field a line, as `references.bib` is written.

    Parameters
    ----------
    text : str
        The file's text, with an empty line between entries.

    Returns
    -------
    dict of str to Reference
        Works by their keys.

    Raises
    ------
    ValueError
        If an entry is written in any other way.
    """
    references = {}
    for entry in text.split("\n\n"):
        head, *lines, end = entry.strip().splitlines()
        matches = [_HEAD.match(head), *map(_FIELD.match, lines)]
        if not all(matches) or end != "}":
            raise ValueError(f"references.bib has an entry that cannot be read: {head}")
        (kind, key), *fields = (match.groups() for match in matches if match)
        decoded = {name: _decoded(value) for name, value in fields}
        reference = Reference(key, kind, MappingProxyType(decoded), entry.strip() + "\n")
        references[key] = reference
    return references


def _decoded(value: str) -> str:
    for code, letter in _ACCENTS.items():
        value = value.replace(code, letter)
    return value


REFERENCES = MappingProxyType(
    read_references(files(__package__).joinpath("references.bib").read_text(encoding="ascii"))
)
"""Every work that may be cited, by its key."""


def in_brackets(keys: Iterable[str]) -> str:
    """Return works as they stand in the brackets of a citation.

    Parameters
    ----------
    keys : iterable of str
        Keys of `REFERENCES`.

    Returns
    -------
    str
        Such as "Cohen, 1960; Krippendorff, 2004, 2019".

    Raises
    ------
    KeyError
        If there is no such work.
    """
    years: dict[str, list[str]] = {}
    for work in (REFERENCES[key] for key in keys):
        years.setdefault(work.by, []).append(str(work.year))
    return "; ".join(", ".join([by, *of_author]) for by, of_author in years.items())


def in_order(keys: Iterable[str]) -> list[Reference]:
    """Return works by their keys, each once, in the order of a list of references.

    Parameters
    ----------
    keys : iterable of str
        Keys of `REFERENCES`.

    Returns
    -------
    list of Reference
        By author and year.

    Raises
    ------
    KeyError
        If there is no such work.
    """
    works = [REFERENCES[key] for key in dict.fromkeys(keys)]
    return sorted(works, key=lambda work: ([name.family for name in work.authors], work.year))


def bibtex(keys: Iterable[str]) -> str:
    """Return works as a BibTeX file.

    Parameters
    ----------
    keys : iterable of str
        Keys of `REFERENCES`.

    Returns
    -------
    str
        One entry a work, by author and year, in plain ASCII; empty without keys.
    """
    return "\n".join(work.entry for work in in_order(keys))
