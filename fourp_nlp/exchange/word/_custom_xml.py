"""What a Word file of ours carries besides what is seen, as a part of its own: source, codebook, coders.

Word and LibreOffice keep such parts when they save. They say which document a file was made of, and let it be
read without the codebook at hand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.identity import tidy_guid

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.documents import WordPlaces

__all__ = ["Carried", "carried_in", "carried_part", "codebook_part", "hash_of"]

_SPACE = "urn:fourp_nlp:word:1"
_OURS = f"{{{_SPACE}}}"


@dataclass(frozen=True)
class Carried:
    """What a file of ours says of itself.

    Attributes
    ----------
    name : str
        Name of the part.
    document, source : str
        Id and GUID of the document that it was made of.
    sha256 : str
        SHA-256 of the text, in hexadecimal.
    exact : bool
        Whether the file was made of the text alone, so that the text can be read to the character.
    nodes : list of dict
        The rows of the table NODES, none twice.
    users : dict of str to tuple of str and bool
        The coders by name: GUID, and whether it is a machine.
    """

    name: str
    document: str
    source: str
    sha256: str
    exact: bool
    nodes: list[dict[str, Any]]
    users: dict[str, tuple[str, bool]]


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()


def codebook_part(nodes: pd.DataFrame, users: pd.DataFrame) -> Any:
    """Return codebook and coders as an element, to be put into each file.

    Parameters
    ----------
    nodes, users : pandas.DataFrame
        The tables NODES and USERS.

    Returns
    -------
    lxml.etree._Element
        The element.
    """
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    root = etree.Element(f"{_OURS}exchange", nsmap={None: _SPACE})
    keys = ("guid", "parent", "code", "name", "color")
    columns = [nodes[key].map(printable) for key in keys]
    for *values, codable, description in zip(
        *columns, nodes["codable"], nodes["description"].map(printable), strict=True
    ):
        told = {key: value for key, value in zip(keys, values, strict=True) if value}
        node = etree.SubElement(root, f"{_OURS}node", told, codable=_yes(codable))
        node.text = description
    for guid, coder, machine in zip(users["guid"], users["coder"], users["machine"], strict=True):
        told = {"guid": printable(guid), "coder": printable(coder), "machine": _yes(machine)}
        etree.SubElement(root, f"{_OURS}user", told)
    return root


def carried_part(
    codebook: Any,
    *,
    document: str,
    source: str,
    text: str,
    exact: bool,
) -> Any:
    """Return what a file carries of itself.

    Parameters
    ----------
    codebook : lxml.etree._Element
        What `codebook_part` returned; it is changed to speak of this document.
    document, source : str
        Id and GUID of the document.
    text : str
        The text that the file was made of.
    exact : bool
        Whether it was made of the text alone.

    Returns
    -------
    lxml.etree._Element
        The same element.
    """
    codebook.set("document", printable(document))
    codebook.set("source", printable(source))
    codebook.set("sha256", hash_of(text))
    codebook.set("exact", _yes(exact))
    return codebook


def carried_in(places: WordPlaces) -> Carried | None:
    """Return what a file carries of itself; None if it is none of ours.

    Parameters
    ----------
    places : WordPlaces
        The document. What it says may have been changed by anybody.

    Returns
    -------
    Carried or None
        What it says.
    """
    for name, root in places.parts("customXml"):
        if root.tag != f"{_OURS}exchange":
            continue
        rows: dict[str, dict[str, Any]] = {}
        for node in root.iter(f"{_OURS}node"):
            guid = tidy_guid(node.get("guid") or "")
            if not guid or guid in rows:
                continue
            rows[guid] = {
                "guid": guid,
                "parent": tidy_guid(node.get("parent") or ""),
                "code": node.get("code") or "",
                "name": node.get("name") or "",
                "description": node.text or "",
                "color": node.get("color") or "",
                "codable": node.get("codable") != "no",
            }
        users = {
            str(user.get("coder") or ""): (
                tidy_guid(str(user.get("guid") or "")),
                user.get("machine") == "yes",
            )
            for user in root.iter(f"{_OURS}user")
        }
        return Carried(
            name,
            str(root.get("document") or ""),
            tidy_guid(str(root.get("source") or "")),
            str(root.get("sha256") or ""),
            root.get("exact") == "yes",
            list(rows.values()),
            users,
        )
    return None


def _yes(value: object) -> str:
    return "yes" if value else "no"
