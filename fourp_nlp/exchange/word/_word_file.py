"""Writes Word files: a new one from a text, or a copy of an original with comments added."""

from __future__ import annotations

import uuid
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.word._markup_names import CUSTOM, EXTENDED, OFFICE, TYPES, xml_of

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents import WordPlaces

__all__ = ["write_copy", "write_plain"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_STYLES = (
    f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Arial"/>'
    '<w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
    '<w:spacing w:after="160" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
    "</w:style></w:styles>"
)
_DESCRIPTION = "Each comment names the code that was given to its passage, by the comment's author."
_COMMENTS = f"{TYPES}.wordprocessingml.comments+xml"
_THREADS = f"{TYPES}.wordprocessingml.commentsExtended+xml"
_ITEM = f"{TYPES}.customXmlProperties+xml"


def write_plain(
    path: Path,
    *,
    root: Any,
    comments: Any,
    threads: Any,
    embedded: Any,
    title: str,
) -> None:
    """Write a new Word file.

    `root`, `comments`, `embedded` and `threads` are the roots of the main part, of the comments, of
    the hidden part, and of the part that links answers to comments. `title` is for the file's
    properties.
    """
    types = {
        "word/document.xml": f"{TYPES}.wordprocessingml.document.main+xml",
        "word/styles.xml": f"{TYPES}.wordprocessingml.styles+xml",
        "word/comments.xml": _COMMENTS,
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "customXml/itemProps1.xml": _ITEM,
    }
    links = [
        (f"{OFFICE}/styles", "styles.xml"),
        (f"{OFFICE}/comments", "comments.xml"),
        (CUSTOM, "../customXml/item1.xml"),
    ]
    members: dict[str, str | bytes] = {
        "word/document.xml": xml_of(root),
        "word/styles.xml": _STYLES,
        "word/comments.xml": xml_of(comments),
        "customXml/item1.xml": xml_of(embedded),
        "customXml/itemProps1.xml": _item_properties(title),
        "customXml/_rels/item1.xml.rels": _links([(f"{CUSTOM}Props", "itemProps1.xml")]),
        "docProps/core.xml": (
            f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(printable(title))}</dc:title>"
            f"<dc:description>{escape(_DESCRIPTION)}</dc:description></cp:coreProperties>"
        ),
    }
    if threads is not None:
        types["word/commentsExtended.xml"] = _THREADS
        links.append((EXTENDED, "commentsExtended.xml"))
        members["word/commentsExtended.xml"] = xml_of(threads)
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items()
    )
    first: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": _links(
            [
                (f"{OFFICE}/officeDocument", "word/document.xml"),
                (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ]
        ),
        "word/_rels/document.xml.rels": _links(links),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (first | members).items():
            _put(archive, name, content)


def write_copy(
    path: Path,
    places: WordPlaces,
    *,
    comments: Any,
    threads: Any,
    embedded: Any,
    replaced: str = "",
) -> None:
    """Write a copy of an opened Word file whose tree has the marks of comments.

    Every other part is written as it was; what the file refers to outside itself is neither opened nor
    changed.

    `comments` (old and new), `embedded` and `threads` are as in `write_plain`; without `threads`,
    that part stays as it is. `replaced` is the name of the hidden part that the file had before.
    """
    main = places.opened.part
    if replaced:
        for key, relation in list(main.rels.items()):
            if not relation.is_external and str(relation.target_part.partname) == replaced:
                main.rels.pop(key)
    folder = str(main.partname).rpartition("/")[0]
    _put_part(main, f"{OFFICE}/comments", f"{folder}/comments%d.xml", _COMMENTS, xml_of(comments))
    if threads is not None:
        name = f"{folder}/commentsExtended%d.xml"
        _put_part(main, EXTENDED, name, _THREADS, xml_of(threads))
    item = _new_part(main.package, "/customXml/item%d.xml", "application/xml", xml_of(embedded))
    main.relate_to(item, CUSTOM)
    title = embedded.get("document")
    properties = _item_properties(title).encode()
    item.relate_to(
        _new_part(main.package, "/customXml/itemProps%d.xml", _ITEM, properties), f"{CUSTOM}Props"
    )
    places.opened.save(str(path))
    _without_times(path)


def _put_part(main: Any, kind: str, name: str, content_type: str, blob: bytes) -> None:
    """Write a part over the one of its kind, or as a new one."""
    from docx.opc.part import Part

    for key, relation in main.rels.items():
        if not relation.is_external and relation.reltype == kind:
            old = relation.target_part
            part = Part(old.partname, old.content_type, blob, main.package)
            part.rels.update(old.rels)
            main.rels.add_relationship(kind, part, key)
            return
    main.relate_to(_new_part(main.package, name, content_type, blob), kind)


def _new_part(package: Any, name: str, content_type: str, blob: bytes) -> Any:
    from docx.opc.part import Part

    return Part(package.next_partname(name), content_type, blob, package)


def _item_properties(title: str) -> str:
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:fourp_nlp:word:1:{title}")).upper()
    return (
        f'{_HEAD}<ds:datastoreItem xmlns:ds="{OFFICE.removesuffix("/relationships")}/customXml" '
        f'ds:itemID="{{{identity}}}"><ds:schemaRefs><ds:schemaRef ds:uri="urn:fourp_nlp:word:1"/>'
        "</ds:schemaRefs></ds:datastoreItem>"
    )


def _links(links: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _put(archive: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _without_times(path: Path) -> None:
    """Write a zip anew without the time of its members, so that the same codings give the same file."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            _put(archive, name, content)
