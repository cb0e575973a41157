"""Rendering and writing of HTML pages: the one set-up of the templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.control_characters import printable
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os

__all__ = ["render_page", "write_page"]


def render_page(template: str, **values: Any) -> str:
    """Render a template of this package.

    Every text in the page is escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("fourp_nlp.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = printable
    return environment.get_template(template).render(**values)


def write_page(page: str, path: str | os.PathLike[str]) -> Path:
    """Write a page whole or not at all.

    Raises FourpError if the file cannot be written.
    """
    with replacing(path) as partial:
        partial.write_text(page, encoding="utf-8")
    return Path(path)
