"""Parsing XML without following any reference in it."""

from __future__ import annotations

from typing import Any

from fourp_nlp.errors import DocumentError

__all__ = ["local", "parse"]


def parse(data: bytes, *, file: object, place: str) -> Any:
    """Return the root element of an XML text; entities are never resolved.

    Parameters
    ----------
    data : bytes
        The XML.
    file : object
        The file that it is in, for the error.
    place : str
        Its name inside the file.

    Returns
    -------
    lxml.etree._Element
        The root.

    Raises
    ------
    DocumentError
        If it is not well-formed, or nested deeper than 256 elements.
    """
    from lxml import etree  # type: ignore[import-untyped, unused-ignore]

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(
            f"The file is damaged: {error.msg or 'no XML'}.",
            file=file,
            place=place,
            cure="Open it in its own program and save it again.",
        ) from error


def local(element: Any) -> str:
    """Return an element's name without its namespace.

    Parameters
    ----------
    element : lxml.etree._Element
        Any node; an unresolved entity has the name ``''``.

    Returns
    -------
    str
        The local name.
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
