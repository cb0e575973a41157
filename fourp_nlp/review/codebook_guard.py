"""Pages name codes by their numbers: a page that shows an earlier codebook must not name others by them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from fourp_nlp.errors import CodebookError, FourpError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = [
    "CodebookGuard",
    "ShownCodebooks",
    "as_of_now",
    "codebook_mark",
    "without_numbers",
]

_HEADER = "x-codebook"
_OUTDATED = "The codebook was changed, and this window shows the earlier one. Load the page again."
_KEPT = ("/api/decide", "/api/draws/answer")
"""Decisions that may have waited in the page: they are kept, under what their codes are called now."""
_FREE = "/api/codebook"


def codebook_mark(codebook: Codebook) -> str:
    """Return a mark of what a page shows: it changes with the codes, and behind the dot with any wording."""
    codes = hashlib.sha256("\n".join(codebook.code_ids).encode()).hexdigest()[:12]
    return f"{codes}.{codebook.fingerprint()[:12]}"


class ShownCodebooks:
    """The lists of codes that pages may show.

    Parameters
    ----------
    session : ReviewSession
        The person's review.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._shown: dict[str, tuple[list[str], str]] = {}
        self._codebook: Codebook | None = None
        self._mark = ""

    def now(self) -> str:
        """Return the mark of the codebook of now."""
        codebook = self._session.study.codebook
        if codebook is not self._codebook:
            self._codebook, self._mark = codebook, codebook_mark(codebook)
            since = datetime.now(UTC).isoformat(timespec="seconds")
            self._shown[_of_codes(self._mark)] = codebook.code_ids, since
        return self._mark

    def is_outdated(self, mark: str) -> bool:
        """Return whether numbers of codes in a page mean other codes by now."""
        return bool(mark) and _of_codes(mark) != _of_codes(self.now())

    def translated(self, mark: str, content: Any) -> Any:
        """Return what a page sent with the numbers that its codes have now.

        Parameters
        ----------
        mark : str
            The mark of what the page shows.
        content : object
            Plain values. Under ``code`` stands a number, under ``codes`` a list of them.

        Raises
        ------
        CodebookError
            If a code is not there any more.
        """
        if _of_codes(mark) not in self._shown:
            raise CodebookError(_OUTDATED)
        codes, since = self._shown[_of_codes(mark)]
        then = pd.DataFrame({"code": codes, "at": since, "coder": ""})
        now = self._session.carried(then)["code"].tolist()
        present = {
            code: number for number, code in enumerate(self._session.study.codebook.code_ids)
        }

        def number(old: Any) -> Any:
            if not isinstance(old, int) or isinstance(old, bool):
                return old
            if not 0 <= old < len(codes) or now[old] not in present:
                raise CodebookError(
                    "This code was merged, split or retired meanwhile. Nothing was recorded.",
                    cure="Load the page again, and decide anew.",
                )
            return present[now[old]]

        def walk(value: Any) -> Any:
            if isinstance(value, list):
                return [walk(each) for each in value]
            if not isinstance(value, dict):
                return value
            return {
                key: number(each)
                if key == "code"
                else [number(one) for one in each]
                if key == "codes" and isinstance(each, list)
                else walk(each)
                for key, each in value.items()
            }

        return walk(content)


def _of_codes(mark: str) -> str:
    return mark.partition(".")[0]


class CodebookGuard:
    """Tells a page that shows an earlier codebook so, and answers it nothing that it would show wrongly.

    Parameters
    ----------
    app : ASGI application
        What answers the rest.
    shown : ShownCodebooks
        The lists of codes that pages may show.
    """

    def __init__(self, app: ASGIApp, shown: ShownCodebooks) -> None:
        self._app, self._shown = app, shown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and self._is_outdated(scope):
            if scope["path"] not in _KEPT:
                refused = JSONResponse({"error": _OUTDATED, "outdated": True}, status_code=409)
                await refused(scope, receive, send)
                return
            scope.setdefault("state", {})["outdated"] = True
        await self._app(scope, receive, send)

    def _is_outdated(self, scope: Scope) -> bool:
        if not scope["path"].startswith("/api/") or scope["path"].startswith(_FREE):
            return False
        try:
            # Of each answer, it must be known later which codes it named by numbers.
            self._shown.now()
            return self._shown.is_outdated(Headers(scope=scope).get(_HEADER, ""))
        except FourpError:
            return False  # the answer itself says what is wrong with the codebook


def as_of_now(request: Request, shown: ShownCodebooks, content: dict[str, Any]) -> dict[str, Any]:
    """Return what a page sent, with the numbers that codes have now."""
    if not getattr(request.state, "outdated", False):
        return content
    translated = shown.translated(request.headers.get(_HEADER, ""), content)
    if not isinstance(translated, dict):
        raise HTTPException(400, "An object is needed.")
    return translated


def without_numbers(request: Request, answer: Response) -> Response:
    """Return an answer that a page with an earlier codebook cannot show wrongly: whether it was kept."""
    if not getattr(request.state, "outdated", False):
        return answer
    if answer.status_code == 200:
        return JSONResponse({"outdated": True})
    return JSONResponse({"error": _OUTDATED, "outdated": True}, status_code=409)
