"""The child process that reads pages: ``python -m fourp_nlp.websites.pages._child_process MEMORY``."""

from __future__ import annotations

from typing import Any

from fourp_nlp.sandbox import serve
from fourp_nlp.websites.pages.main_text import main_text

__all__ = ["main"]


def main() -> None:
    """Read pages until nobody asks any more."""
    serve(_answer)


def _answer(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    return dict(main_text(content, str(request["url"]), str(request.get("charset", ""))))


if __name__ == "__main__":
    main()
