"""Answers about passages of any length, and about memos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from fourp_nlp.review.pages.document_data import action_data, segment_data
from fourp_nlp.study.reviewing.decisions.memos import CodingPlace, memo_of, write_memo
from fourp_nlp.study.reviewing.decisions.spans import (
    give_code_to_span,
    refuse_other_text,
    remove_code_from_span,
)
from fourp_nlp.study.reviewing.review_session import ChangedElsewhereError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.study.reviewing.review_session import Outcome, ReviewSession

    Answer = Callable[[dict[str, Any]], Awaitable[Response]]

__all__ = ["span_routes"]

_LARGEST = 2**31


def span_routes(
    session: ReviewSession,
    *,
    told: Callable[[Answer], Callable[[Request], Awaitable[Response]]],
) -> list[Route]:
    """Return the addresses of passages and memos.

    Parameters
    ----------
    session : ReviewSession
        The review.
    told : callable
        Makes of an answer to content one to a request, whose errors are told to the person.

    Returns
    -------
    list of Route
        The routes.
    """
    page = _SpanPage(session)
    return [
        Route("/api/spans", told(page.span), methods=["POST"]),
        Route("/api/memo", told(page.memo), methods=["POST"]),
        Route("/api/memo/read", told(page.read), methods=["POST"]),
    ]


class _SpanPage:
    """Answers to requests."""

    def __init__(self, session: ReviewSession) -> None:
        self._session = session

    async def span(self, content: dict[str, Any]) -> Response:
        place, value = _place(content), content.get("value")
        if not isinstance(value, bool):
            raise HTTPException(400, "value must be true or false.")
        change = give_code_to_span if value else remove_code_from_span
        return self._changed(content, place, lambda: change(self._session, *place))

    async def memo(self, content: dict[str, Any]) -> Response:
        place = _place(content)
        memo, was = _text(content, "memo"), _text(content, "was")
        return self._changed(
            content, place, lambda: write_memo(self._session, place, memo, was=was)
        )

    async def read(self, content: dict[str, Any]) -> Response:
        place = _place(content)
        refuse_other_text(self._session, place.document, _text(content, "sha256"))
        return JSONResponse({"memo": memo_of(self._session, place)})

    def _changed(
        self, content: dict[str, Any], place: CodingPlace, change: Callable[[], Outcome]
    ) -> Response:
        session = self._session
        session.refresh()
        refuse_other_text(session, place.document, _text(content, "sha256"))
        try:
            outcome = change()
        except ChangedElsewhereError as error:
            shown = segment_data(session, place.document, error.segments)
            return JSONResponse({"error": error.problem, "segments": shown}, status_code=409)
        return JSONResponse(action_data(session, outcome))


def _place(content: dict[str, Any]) -> CodingPlace:
    return CodingPlace(*(_integer(content, name) for name in CodingPlace._fields))


def _integer(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise HTTPException(400, f"{name} must be a whole number.")
    return value


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str):
        raise HTTPException(400, f"{name} must be a text.")
    return value
