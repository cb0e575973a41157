"""The texts that the positions of codings belong to, kept beside the gold files.

They are what codings are carried along by when a document changes. They are as confidential as the documents.
Whoever deletes them loses nothing but that: codings are then found again by their quotes alone.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourp_nlp.coding.alignment.unchanged_text import sha256_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = [
    "KEPT_FOLDER",
    "KeptTexts",
    "index_path",
    "is_all_kept",
    "kept_contents",
    "kept_text",
    "read_kept_texts",
]

KEPT_FOLDER = "texts"
"""The folder of kept texts, in the folder of the gold files."""

_INDEX = "index.json"
_FORMAT = "fourp kept texts, 1"
_LARGEST = 1 << 28  # code units that a kept text may unfold to
_ABOUT = (
    "Which text the positions in the gold files belong to, by the SHA-256 of the text. fourp keeps these "
    "texts to carry codings along when a document changes. They hold people's words. Deleting this folder is "
    "harmless."
)


@dataclass(frozen=True)
class KeptTexts:
    """Which texts the positions in the gold files belong to.

    Attributes
    ----------
    documents : dict of str to str
        The SHA-256 of the text of each coded document.
    files : dict of str to str
        The fingerprint of each gold file when its positions were last compared with these texts, by its
        path in the folder of gold files.
    """

    documents: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def index_path(gold: Path) -> Path:
    """Return the file that says which texts the positions in the gold files belong to.

    Parameters
    ----------
    gold : pathlib.Path
        The folder of gold files.

    Returns
    -------
    pathlib.Path
        The file, whether or not it is there. A command that moves codings itself removes it: the next one
        compares gold files and documents anew.
    """
    return gold / KEPT_FOLDER / _INDEX


def read_kept_texts(gold: Path) -> KeptTexts:
    """Return which texts the positions in the gold files belong to.

    Parameters
    ----------
    gold : pathlib.Path
        The folder of gold files.

    Returns
    -------
    KeptTexts
        Nothing if nothing is kept, or what is kept cannot be read.
    """
    try:
        content = json.loads((gold / KEPT_FOLDER / _INDEX).read_bytes())
        if content["format"] != _FORMAT:
            return KeptTexts()
        return KeptTexts(
            {str(name): str(sha) for name, sha in content["documents"].items()},
            {str(name): str(sha) for name, sha in content["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return KeptTexts()


def is_all_kept(gold: Path, kept: KeptTexts) -> bool:
    """Return whether the file of every kept text is there.

    Parameters
    ----------
    gold : pathlib.Path
        The folder of gold files.
    kept : KeptTexts
        Which texts are to be kept.

    Returns
    -------
    bool
        Whether it is.
    """
    folder = gold / KEPT_FOLDER
    return all((folder / f"{sha}.txt.gz").is_file() for sha in set(kept.documents.values()))


def kept_text(gold: Path, sha256: str) -> str | None:
    """Return a kept text.

    Parameters
    ----------
    gold : pathlib.Path
        The folder of gold files.
    sha256 : str
        Its SHA-256.

    Returns
    -------
    str or None
        None if it is not kept, or is not what it was.
    """
    if not (sha256.isalnum() and sha256.isascii()):
        return None
    try:
        packed = (gold / KEPT_FOLDER / f"{sha256}.txt.gz").read_bytes()
        data = zlib.decompressobj(31).decompress(packed, _LARGEST)
        text = data.decode("utf-8", "surrogatepass")
    except (OSError, ValueError, zlib.error):
        return None
    return text if sha256_of(text) == sha256 else None


def kept_contents(
    gold: Path,
    kept: KeptTexts,
    texts: Mapping[str, str],
    *,
    also: Collection[str] = (),
) -> dict[Path, bytes | None]:
    """Return the files by which texts are kept: those that are new, and those that are not needed any more.

    Parameters
    ----------
    gold : pathlib.Path
        The folder of gold files.
    kept : KeptTexts
        Which texts the positions belong to from now on.
    texts : mapping of str to str
        The present texts by their SHA-256; those that are kept already need not be among them.
    also : collection of str
        Further texts that are still needed, by their SHA-256.

    Returns
    -------
    dict of pathlib.Path to bytes or None
        None for a file that is to go: no earlier version of a text is kept longer than needed.
    """
    folder = gold / KEPT_FOLDER
    needed = {*kept.documents.values(), *also}
    contents: dict[Path, bytes | None] = {}
    for sha in sorted(needed):
        path = folder / f"{sha}.txt.gz"
        if sha in texts and not path.is_file():
            contents[path] = gzip.compress(texts[sha].encode("utf-8", "surrogatepass"), mtime=0)
    for path in sorted(folder.glob("*.txt.gz")):
        if path.name.removesuffix(".txt.gz") not in needed:
            contents[path] = None
    lines = {
        name: ",\n".join(
            f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(sha)}"
            for key, sha in sorted(table.items())
        )
        for name, table in (("documents", kept.documents), ("files", kept.files))
    }
    body = "".join(f',\n"{name}": {{\n{rows}\n}}' for name, rows in lines.items())
    opening = f'{{\n"format": {json.dumps(_FORMAT)},\n"about": {json.dumps(_ABOUT)}'
    index = f"{opening}{body}\n}}\n".encode("utf-8", "surrogatepass")
    path = folder / _INDEX
    if not path.is_file() or path.read_bytes() != index:
        contents[path] = index
    return contents
