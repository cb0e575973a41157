"""The hidden custom XML part of exported Word files, which holds source, codebook and coders.

Word and LibreOffice keep such parts when they save. By it, the file can be read without the codebook, and the
document that it was made of is known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.identity import normalise_guid

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.documents import WordPlaces

__all__ = ["EmbeddedProject", "codebook_part", "embedded_part", "read_embedded", "text_hash"]

_SPACE = "urn:fourp_nlp:word:1"
_OURS = f"{{{_SPACE}}}"


@dataclass(frozen=True)
class EmbeddedProject:
    """The contents of the hidden part.

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
        The rows of the table NODES, without repetitions.
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


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()


def codebook_part(nodes: pd.DataFrame, users: pd.DataFrame) -> Any:
    """Return codebook and coders as an element for the hidden part."""
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    root = etree.Element(f"{_OURS}exchange", nsmap={None: _SPACE})
    keys = ("guid", "parent", "code", "name", "color")
    columns = [nodes[key].map(printable) for key in keys]
    for *values, codable, description in zip(
        *columns, nodes["codable"], nodes["description"].map(printable), strict=True
    ):
        attributes = {key: value for key, value in zip(keys, values, strict=True) if value}
        node = etree.SubElement(root, f"{_OURS}node", attributes, codable=_yes(codable))
        node.text = description
    for guid, coder, machine in zip(users["guid"], users["coder"], users["machine"], strict=True):
        attributes = {"guid": printable(guid), "coder": printable(coder), "machine": _yes(machine)}
        etree.SubElement(root, f"{_OURS}user", attributes)
    return root


def embedded_part(
    codebook: Any,
    *,
    document: str,
    source: str,
    text: str,
    exact: bool,
) -> Any:
    """Return the hidden part of one document.

    The document's facts are added to what `codebook_part` returned. `exact` says whether the file
    was made of the text alone.
    """
    codebook.set("document", printable(document))
    codebook.set("source", printable(source))
    codebook.set("sha256", text_hash(text))
    codebook.set("exact", _yes(exact))
    return codebook


def read_embedded(places: WordPlaces) -> EmbeddedProject | None:
    """Return the contents of a file's hidden part; None if this program did not write the file.

    Anybody may have changed the part.
    """
    for name, root in places.parts("customXml"):
        if root.tag != f"{_OURS}exchange":
            continue
        rows: dict[str, dict[str, Any]] = {}
        for node in root.iter(f"{_OURS}node"):
            guid = normalise_guid(node.get("guid") or "")
            if not guid or guid in rows:
                continue
            rows[guid] = {
                "guid": guid,
                "parent": normalise_guid(node.get("parent") or ""),
                "code": node.get("code") or "",
                "name": node.get("name") or "",
                "description": node.text or "",
                "color": node.get("color") or "",
                "codable": node.get("codable") != "no",
            }
        users = {
            str(user.get("coder") or ""): (
                normalise_guid(str(user.get("guid") or "")),
                user.get("machine") == "yes",
            )
            for user in root.iter(f"{_OURS}user")
        }
        return EmbeddedProject(
            name,
            str(root.get("document") or ""),
            normalise_guid(str(root.get("source") or "")),
            str(root.get("sha256") or ""),
            root.get("exact") == "yes",
            list(rows.values()),
            users,
        )
    return None


def _yes(value: object) -> str:
    return "yes" if value else "no"
