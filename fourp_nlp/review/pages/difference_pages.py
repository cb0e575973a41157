"""The page of differences between coders: its addresses, and what each answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from fourp_nlp.errors import FourpError, GoldError
from fourp_nlp.review.codebook_guard import codebook_mark
from fourp_nlp.review.pages.difference_data import (
    difference_data,
    list_data,
    next_data,
    people_data,
    standing_data,
)
from fourp_nlp.review.pages.document_data import code_data
from fourp_nlp.study.reviewing.differences.difference_session import (
    Choice,
    Filters,
    OutdatedDifferenceError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.study.reviewing.differences.difference_session import (
        DifferenceOutcome,
        DifferenceSession,
        Standing,
    )

__all__ = ["difference_routes"]

_STATES = ("all", "open", "settled", "changed")
_MOST_ITEMS = 500  # of one answer
_MOST_CODERS = 50
_LONGEST = 10_000  # characters of a name or comment
_LARGEST = 2**31


def difference_routes(
    session: DifferenceSession,
    render: Callable[..., Response],
    read: Callable[[Request], Awaitable[dict[str, Any]]],
) -> list[Route]:
    """Return the routes of the page.

    Parameters
    ----------
    session : DifferenceSession
        What is shown and decided.
    render : callable
        Makes a page of a template's name and of values.
    read : callable
        Returns the object that a request holds.

    Returns
    -------
    list of starlette.routing.Route
        Their addresses begin with /differences and /api/differences.
    """
    page = _Page(session, render, read)
    asked = {
        "": page.listed,
        "/people": page.people,
        "/one": page.one,
        "/next": page.next,
        "/version": page.version,
    }
    changes = {
        "settle": page.settle,
        "reopen": page.reopen,
        "comment": page.comment,
        "undo": page.undo,
        "redo": page.redo,
        "write": page.write,
    }
    return [
        Route("/differences", page.page),
        *(
            Route(f"/api/differences{name}", _told(page.asked(each)))
            for name, each in asked.items()
        ),
        *(
            Route(f"/api/differences/{name}", _told(page.changing(each)), methods=["POST"])
            for name, each in changes.items()
        ),
    ]


def _told(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return an answer whose errors are told to the person."""

    async def told(request: Request) -> Response:
        try:
            return await answer(request)
        except FourpError as error:
            outdated = isinstance(error, OutdatedDifferenceError)
            return JSONResponse({"error": _words(error)}, status_code=409 if outdated else 422)

    return told


def _words(error: FourpError) -> str:
    """Return what is wrong, where, and what to do; of a file its name alone."""
    where = [Path(error.file).name] if error.file else []
    where += [error.place] if error.place else []
    said = f"{', '.join(where)}: {error.problem}" if where else error.problem
    return " ".join(part for part in (said, error.cure) if part)


class _Page:
    """Answers to requests."""

    def __init__(
        self,
        session: DifferenceSession,
        render: Callable[..., Response],
        read: Callable[[Request], Awaitable[dict[str, Any]]],
    ) -> None:
        self._session, self._render, self._read = session, render, read

    async def page(self, _: Request) -> Response:
        return self._render("differences.html.j2", coder=self._session.coder)

    def people(self, _: Request) -> Response:
        session = self._session
        session.refresh()
        codebook = session.study.codebook
        codes = {"codes": code_data(codebook), "codebook": codebook_mark(codebook)}
        return JSONResponse({**people_data(session), **codes})

    def version(self, _: Request) -> Response:
        self._session.refresh()
        return JSONResponse({"version": self._session.version})

    def listed(self, request: Request) -> Response:
        standing = self._session.standing(_coders(request.query_params.getlist("coder")))
        first = max(0, _whole(request.query_params.get("from", "0")))
        count = min(_MOST_ITEMS, max(0, _whole(request.query_params.get("count", "100"))))
        return JSONResponse(list_data(self._session, standing, _filters(request), first, count))

    def one(self, request: Request) -> Response:
        standing = self._session.standing(_coders(request.query_params.getlist("coder")))
        return JSONResponse(self._shown(standing, *_place(request)))

    def next(self, request: Request) -> Response:
        standing = self._session.standing(_coders(request.query_params.getlist("coder")))
        row = None
        if "document" in request.query_params and "segment" in request.query_params:
            document, segment = _place(request)
            segments = self._session.study.segments
            here = (segments["document"] == document) & (segments["segment"] == segment)
            row = int(here.to_numpy().argmax()) if here.any() else None
        back = request.query_params.get("back") == "true"
        filters = _filters(request, document="in_document")
        return JSONResponse(next_data(self._session, standing, filters, row, back=back))

    def asked(
        self, answer: Callable[[Request], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the answer to a question, over one state of the files."""

        async def answered(request: Request) -> Response:
            with self._session.study.step():
                return answer(request)

        return answered

    def changing(
        self, change: Callable[[dict[str, Any]], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the answer to a request that changes something."""

        async def answer(request: Request) -> Response:
            content = await self._read(request)
            with self._session.study.step():
                return change(content)

        return answer

    def settle(self, content: dict[str, Any]) -> Response:
        choice = content.get("choice")
        if not isinstance(choice, dict):
            raise HTTPException(400, "choice must be an object.")
        codes = choice.get("codes")
        if codes is not None and not (
            isinstance(codes, list)
            and all(isinstance(code, int) and not isinstance(code, bool) for code in codes)
        ):
            raise HTTPException(400, "codes must be a list of whole numbers.")
        made = Choice(_text(choice, "coder"), codes, choice.get("none") is True)
        if (bool(made.coder), codes is not None, made.none).count(True) != 1:
            raise HTTPException(400, "choice must be one of coder, codes and none.")
        coders, document, segment, seen = _target(content)
        outcome = self._session.settle(
            coders, document, segment, made, seen=seen, note=_text(content, "note")
        )
        return self._done(content, outcome)

    def reopen(self, content: dict[str, Any]) -> Response:
        coders, document, segment, seen = _target(content)
        return self._done(content, self._session.reopen(coders, document, segment, seen=seen))

    def comment(self, content: dict[str, Any]) -> Response:
        coders, document, segment, seen = _target(content)
        note = _text(content, "note")
        outcome = self._session.comment(coders, document, segment, note, seen=seen)
        return self._done(content, outcome)

    def undo(self, content: dict[str, Any]) -> Response:
        return self._turned(content, self._session.undo(), "There is nothing to undo.")

    def redo(self, content: dict[str, Any]) -> Response:
        return self._turned(content, self._session.redo(), "There is nothing to do again.")

    def _turned(
        self, content: dict[str, Any], outcome: DifferenceOutcome | None, nothing: str
    ) -> Response:
        if outcome is None:
            return JSONResponse({"error": nothing}, status_code=422)
        return self._done(content, outcome)

    def write(self, content: dict[str, Any]) -> Response:
        settled = self._session.write(overwrite=content.get("overwrite") is True)
        root = self._session.study.project.root
        files = [path.relative_to(root).as_posix() for path in (settled.file, settled.decisions)]
        counts = ("segments", "shared", "alone", "decided", "codings", "open", "unused")
        return JSONResponse({"files": files, **{name: getattr(settled, name) for name in counts}})

    def _done(self, content: dict[str, Any], outcome: DifferenceOutcome) -> Response:
        """Return what an action changed, and where the page stands now."""
        standing = self._session.standing(_coders(content.get("coders")))
        segments = self._session.study.segments
        here = (segments["document"] == outcome.document) & (segments["start"] == outcome.start)
        where: dict[str, Any] = {"document": None}
        shown = None
        if here.any():
            row = int(here.to_numpy().argmax())
            if row in standing.rows:
                where = {
                    "document": outcome.document,
                    "segment": int(segments["segment"].iloc[row]),
                }
                shown = difference_data(self._session, standing, row)
        return JSONResponse(
            {
                "what": outcome.what,
                "where": where,
                "shown": shown,
                **standing_data(self._session, standing),
            }
        )

    def _shown(self, standing: Standing, document: str, segment: int) -> dict[str, Any]:
        row = self._session.row_of(standing, document, segment)
        return difference_data(self._session, standing, row)


def _coders(names: object) -> list[str]:
    if names is None:
        return []
    if not isinstance(names, list) or len(names) > _MOST_CODERS:
        raise HTTPException(400, "coders must be a list of names.")
    if not all(isinstance(name, str) and len(name) <= _LONGEST for name in names):
        raise HTTPException(400, "coders must be a list of names.")
    return [str(name) for name in names]


def _target(content: dict[str, Any]) -> tuple[list[str], str, int, str]:
    """Return coders, document, segment and fingerprint of a change."""
    segment = content.get("segment")
    if not isinstance(segment, int) or isinstance(segment, bool) or abs(segment) > _LARGEST:
        raise HTTPException(400, "segment must be a whole number.")
    return (
        _coders(content.get("coders")),
        _text(content, "document"),
        segment,
        _text(content, "seen"),
    )


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise HTTPException(400, f"{name} must be a text.")
    return value


def _place(request: Request) -> tuple[str, int]:
    return request.query_params.get("document", ""), _whole(request.query_params.get("segment", ""))


def _filters(request: Request, *, document: str = "document") -> Filters:
    query = request.query_params
    state = query.get("state", "all")
    if state not in _STATES:
        raise GoldError("There is no such state.")
    code = query.get("code", "")
    return Filters(
        _whole(code) if code else None, query.get(document, ""), query.get("group", ""), state
    )


def _whole(text: str) -> int:
    try:
        value = int(text)
    except ValueError as error:
        raise HTTPException(400, "A whole number is needed.") from error
    if abs(value) > _LARGEST:
        raise HTTPException(400, "The number is too large.")
    return value
