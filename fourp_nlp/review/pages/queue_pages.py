"""The queue of a code, and what the filters of other pages ask: addresses, and what each answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from fourp_nlp.errors import FourpError, ProjectError
from fourp_nlp.review.pages.queue_data import candidate_data, queue_data, standing_data
from fourp_nlp.study.reviewing.queue_filters import Order, QueueFilters, QueuePlace, Scope, Way
from fourp_nlp.study.reviewing.review_session import ChangedElsewhereError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.study.reviewing.code_queue import CodeQueue
    from fourp_nlp.study.reviewing.queue_filters import Candidate
    from fourp_nlp.study.reviewing.review_session import Outcome

__all__ = ["queue_routes"]

_MOST_ITEMS = 50  # of one answer
_STATES = ("all", "open", "accepted", "rejected")
_DIFFER = ("", "machine", "coders")
_LONGEST = 10_000  # characters of a name
_LARGEST = 2**31


def queue_routes(
    queue: CodeQueue,
    render: Callable[..., Response],
    told: Callable[
        [Callable[[Any], Awaitable[Response]]], Callable[[Request], Awaitable[Response]]
    ],
) -> list[Route]:
    """Return the addresses of the queue.

    Parameters
    ----------
    queue : CodeQueue
        What is shown and decided.
    render : callable
        Makes a page of a template's name and of values.
    told : callable
        Makes an answer to a change of one to its content, and tells the person of errors.

    Returns
    -------
    list of starlette.routing.Route
        They begin with /queue and /api/queue; and one is asked by the filters of a document.
    """
    page = _Page(queue, render)
    return [
        Route("/queue", page.page),
        Route("/api/queue", page.facts),
        Route("/api/queue/items", page.items),
        Route("/api/queue/counts", page.counts),
        Route("/api/documents/{number:int}/differing", page.differing),
        *(
            Route(f"/api/queue/{name}", told(getattr(page, name)), methods=["POST"])
            for name in ("decide", "undo", "redo")
        ),
    ]


class _Page:
    """Answers to requests."""

    def __init__(self, queue: CodeQueue, render: Callable[..., Response]) -> None:
        self._queue, self._render = queue, render

    async def page(self, _: Request) -> Response:
        return self._render("queue.html.j2", coder=self._queue.session.coder)

    async def facts(self, _: Request) -> Response:
        with self._queue.session.study.step():
            self._queue.session.refresh()
            return JSONResponse(queue_data(self._queue))

    async def items(self, request: Request) -> Response:
        query = request.query_params
        filters, order = _filters(query), _one_of(query.get("order", "likely"), get_args(Order))
        way = _one_of(query.get("way", "from"), get_args(Way))
        count = min(_MOST_ITEMS, max(0, _whole(query.get("count", str(_MOST_ITEMS)))))
        with self._queue.session.study.step():
            self._queue.session.refresh()
            window = self._queue.window(
                filters,
                order=cast("Order", order),
                count=count,
                start=_place(query) if "segment" in query else None,
                way=cast("Way", way),
            )
            return JSONResponse(
                {
                    "items": candidate_data(self._queue, window.candidates),
                    "earlier": window.earlier,
                    "later": window.later,
                    **standing_data(self._queue, filters),
                }
            )

    async def counts(self, request: Request) -> Response:
        filters = _filters(request.query_params)
        with self._queue.session.study.step():
            self._queue.session.refresh()
            return JSONResponse(self._queue.counts(filters)._asdict())

    async def differing(self, request: Request) -> Response:
        session, number = self._queue.session, request.path_params["number"]
        with session.study.step():
            session.refresh()
            first, _ = session.rows(number)
            cells = self._queue.differing(number)
        return JSONResponse({"cells": [[each.row - first, each.code] for each in cells]})

    async def decide(self, content: dict[str, Any]) -> Response:
        filters = _filters(_object(content, "filters"))
        place, value, was = _place(content), _truth(content, "value"), _truth(content, "was")
        with self._queue.session.study.step():
            try:
                candidate = self._queue.decide(
                    place, value=value, was=was, seen=_text(content, "seen")
                )
            except ChangedElsewhereError as error:
                now = self._queue.find(place)
                items = [] if now is None or self._hidden(now) else [now]
                return JSONResponse(
                    {
                        "error": error.problem,
                        "items": candidate_data(self._queue, items),
                        **standing_data(self._queue, filters),
                    },
                    status_code=409,
                )
            return self._done([candidate], filters)

    async def undo(self, content: dict[str, Any]) -> Response:
        return self._turned(content, self._queue.undo, "There is nothing to undo.")

    async def redo(self, content: dict[str, Any]) -> Response:
        return self._turned(content, self._queue.redo, "There is nothing to do again.")

    def _turned(
        self,
        content: dict[str, Any],
        turn: Callable[[], tuple[Outcome, Candidate | None] | None],
        nothing: str,
    ) -> Response:
        filters = _filters(_object(content, "filters"))
        with self._queue.session.study.step():
            turned = turn()
            if turned is None:
                raise FourpError(nothing)
            outcome, candidate = turned
            shown = candidate is not None and not self._hidden(candidate)
            return self._done(
                [candidate] if candidate is not None and shown else [],
                filters,
                document=outcome.document,
                in_document=self._queue.session.documents[outcome.document],
            )

    def _hidden(self, candidate: Candidate) -> bool:
        return bool(self._queue.session.hidden[candidate.row])

    def _done(self, candidates: list[Candidate], filters: QueueFilters, **more: Any) -> Response:
        return JSONResponse(
            {
                "items": candidate_data(self._queue, candidates),
                **more,
                **standing_data(self._queue, filters),
            }
        )


def _filters(asked: Mapping[str, Any]) -> QueueFilters:
    """Return the filters that an address or a request names."""
    code = str(asked.get("code", ""))
    differ = _one_of(str(asked.get("differ", "")), _DIFFER)
    return QueueFilters(
        _whole(code) if code else None,
        cast("Scope", _one_of(str(asked.get("scope", "suggested")), get_args(Scope))),
        _one_of(str(asked.get("state", "all")), _STATES),
        _share(asked.get("least", 0)),
        _share(asked.get("most", 1)),
        **{name: _text(asked, name) for name in ("attribute", "value", "document", "speaker")},
        differ=differ,
    )


def _place(asked: Mapping[str, Any]) -> QueuePlace:
    """Return the candidate that an address or a request names."""
    return QueuePlace(
        _text(asked, "at"), _whole(str(asked.get("segment", ""))), _text(asked, "of_code")
    )


def _object(content: dict[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name, {})
    if not isinstance(value, dict):
        raise HTTPException(400, f"{name} must be an object.")
    return value


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise HTTPException(400, f"{name} must be a text.")
    return value


def _truth(content: dict[str, Any], name: str) -> bool | None:
    value = content.get(name)
    if value is not None and not isinstance(value, bool):
        raise HTTPException(400, f"{name} must be true, false or null.")
    return value


def _one_of(value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise ProjectError(f"There is no such choice: {value[:40]}")
    return value


def _share(value: object) -> float:
    try:
        share = float(str(value))
    except ValueError as error:
        raise HTTPException(400, "A probability is needed.") from error
    if not 0 <= share <= 1:
        raise HTTPException(400, "A probability is from 0 to 1.")
    return share


def _whole(text: str) -> int:
    try:
        value = int(text)
    except ValueError as error:
        raise HTTPException(400, "A whole number is needed.") from error
    if abs(value) > _LARGEST:
        raise HTTPException(400, "The number is too large.")
    return value
