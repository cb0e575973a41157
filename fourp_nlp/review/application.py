"""The web application: its addresses, and what each answers."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.routing import Route

from fourp_nlp.errors import FourpError, ProjectError
from fourp_nlp.review.codebook_guard import (
    CodebookGuard,
    ShownCodebooks,
    as_of_now,
    without_numbers,
)
from fourp_nlp.review.guard import Guard
from fourp_nlp.review.pages.codebook_pages import codebook_routes
from fourp_nlp.review.pages.difference_pages import difference_routes
from fourp_nlp.review.pages.document_data import (
    action_data,
    document_data,
    document_rows,
    found_segments,
    segment_data,
)
from fourp_nlp.review.pages.draw_pages import draw_routes, draw_rows
from fourp_nlp.review.pages.hand_edit_data import hand_edited_rows
from fourp_nlp.review.pages.learning_page import LearningPage
from fourp_nlp.review.pages.queue_data import attribute_rows, code_rows, skipped_rows
from fourp_nlp.review.pages.queue_pages import queue_routes
from fourp_nlp.review.pages.result_pages import result_routes
from fourp_nlp.review.pages.span_pages import span_routes
from fourp_nlp.review.questions import problem_and_cure
from fourp_nlp.study.reviewing.code_queue import CodeQueue
from fourp_nlp.study.reviewing.learning import Learning
from fourp_nlp.study.reviewing.queue_filters import attribute_values
from fourp_nlp.study.reviewing.review_session import ChangedElsewhereError, Decision

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.review.guard import Keys
    from fourp_nlp.study.reviewing.differences.difference_session import DifferenceSession
    from fourp_nlp.study.reviewing.review_session import Outcome, ReviewSession

__all__ = ["STATIC", "make_application", "render_template"]

_STATIC = Path(__file__).parent / "static"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_MOST_SEGMENTS = 500  # of one answer
_LARGEST = 2**31
_MOST_DECISIONS = 1000  # of one request


def make_application(
    session: ReviewSession,
    keys: Keys,
    hosts: frozenset[str],
    *,
    learning: Learning | None = None,
    differences: DifferenceSession | None = None,
) -> Starlette:
    """Return the application of one person's review.

    Parameters
    ----------
    session : ReviewSession
        What is shown and decided. All requests are answered in one thread, one after the other.
    keys : Keys
        Secrets that a request must know.
    hosts : frozenset of str
        Names under which the server may be asked, with the port.
    learning : Learning, optional
        What trains beside the review; made if it is not given.
    differences : DifferenceSession, optional
        Differences between coders, which the same person settles; without it, there is no page for them.

    Returns
    -------
    starlette.applications.Starlette
        The application.
    """
    page = _Page(session, keys, differences)
    shown = ShownCodebooks(session)
    learns = LearningPage(learning or Learning(session))
    routes = [
        Route("/", page.documents),
        Route("/documents/{number:int}", page.document),
        STATIC,
        Route("/api/version", page.version),
        Route("/api/documents/{number:int}", page.document_facts),
        Route("/api/documents/{number:int}/segments", page.segments),
        Route("/api/documents/{number:int}/open", page.next_open),
        Route("/api/documents/{number:int}/find", page.find),
        Route("/api/learning", learns.state),
        Route("/api/learn", _told(learns.change), methods=["POST"]),
        *(
            Route(f"/api/{name}", _told(getattr(page, name)), methods=["POST"])
            for name in ("decide", "undo", "redo", "bulk", "finish", "write")
        ),
        *span_routes(session, told=_told),
        *draw_routes(session, keys, told=_told, render=render_template),
        *queue_routes(page.queue, page.render, _told),
        *result_routes(session, page.render),
        *codebook_routes(session, shown, render=page.render, read=_object),
    ]
    if differences is not None:
        routes += difference_routes(differences, page.render, _object)
    application = Starlette(
        routes=routes,
        middleware=[
            Middleware(Guard, keys=keys, hosts=hosts),
            Middleware(CodebookGuard, shown=shown),
        ],
        exception_handlers={ProjectError: _not_there, FourpError: page.faulty},
    )
    application.state.shown = shown
    return application


def _told(answer: Callable[[Any], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return an answer to a change whose errors are told to the person."""

    async def told(request: Request) -> Response:
        try:
            content = as_of_now(request, request.app.state.shown, await _object(request))
            return without_numbers(request, await answer(content))
        except FourpError as error:
            text = problem_and_cure(error)
            return JSONResponse({"error": text}, status_code=422)

    return told


async def _object(request: Request) -> dict[str, Any]:
    try:
        content = await request.json()
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "That is no JSON.") from error
    if not isinstance(content, dict):
        raise HTTPException(400, "An object is needed.")
    return content


async def _not_there(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=404)


async def _static(request: Request) -> Response:
    path = _STATIC / request.path_params["name"]
    if path.parent != _STATIC or path.suffix not in _KINDS or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=_KINDS[path.suffix])


STATIC = Route("/static/{name}", _static)
"""Where scripts and styles of all pages are."""


@cache
def _asset(name: str) -> str:
    """Return the address of a file, which changes with its content."""
    content = (_STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def render_template(template: str, **values: Any) -> Response:
    """Return a page of a template of this package; every text in it is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("fourp_nlp.review"), autoescape=True, undefined=StrictUndefined
    )
    return HTMLResponse(environment.get_template(template).render(asset=_asset, **values))


def _integer(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise HTTPException(400, f"{name} must be a whole number.")
    return value


def _truth(content: dict[str, Any], name: str) -> bool | None:
    value = content.get(name)
    if value is not None and not isinstance(value, bool):
        raise HTTPException(400, f"{name} must be true, false or null.")
    return value


class _Page:
    """Answers to requests."""

    def __init__(
        self, session: ReviewSession, keys: Keys, differences: DifferenceSession | None
    ) -> None:
        self._session, self._keys, self._differences = session, keys, differences
        self.queue = CodeQueue(session, differences)

    def render(self, template: str, **values: Any) -> Response:
        """Return a page, with what every page needs."""
        return render_template(template, title=self._title, csrf=self._keys.csrf, **values)

    async def faulty(self, request: Request, error: Exception) -> Response:
        """Say what is wrong with the project's files, and how it is mended."""
        cure = (error.cure or "") if isinstance(error, FourpError) else ""
        problem = str(error).removesuffix(cure).rstrip()
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": str(error)}, status_code=422)
        address = request.url.path
        answer = self.render("fault.html.j2", problem=problem, cure=cure, address=address)
        answer.status_code = 422
        return answer

    async def documents(self, _: Request) -> Response:
        session = self._session
        session.refresh()
        rows = document_rows(session)
        totals = {
            "open": sum(row["open"] for row in rows),
            "decided": sum(row["decided"] for row in rows),
            "documents": len(rows),
            "finished": sum(row["finished"] for row in rows),
        }
        return self.render(
            "documents.html.j2",
            coder=session.coder,
            rows=rows,
            draws=draw_rows(session),
            codes=code_rows(self.queue),
            attributes=attribute_values(session.study.documents),
            of_documents=attribute_rows(session.study.documents),
            skipped=skipped_rows(session.study.corpus.skipped, session.study.project.root),
            totals=totals,
            pending=session.pending,
            hand_edited=hand_edited_rows(session),
            differences=self._differences is not None and self._differences.possible,
        )

    async def document(self, request: Request) -> Response:
        session, number = self._session, request.path_params["number"]
        session.refresh()
        session.rows(number)
        return self.render(
            "document.html.j2",
            coder=session.coder,
            document=session.documents[number],
            number=number,
            people_differ=self.queue.people_differ,
            previous=number - 1 if number else None,
            next=number + 1 if number + 1 < len(session.documents) else None,
        )

    @property
    def _title(self) -> str:
        project = self._session.study.project
        return project.settings.title or project.root.name

    async def version(self, _: Request) -> Response:
        self._session.refresh()
        return JSONResponse({"version": self._session.version})

    async def document_facts(self, request: Request) -> Response:
        self._session.refresh()
        return JSONResponse(document_data(self._session, request.path_params["number"]))

    async def segments(self, request: Request) -> Response:
        first = _query(request, "from", 0)
        count = min(_query(request, "count", 200), _MOST_SEGMENTS)
        number = request.path_params["number"]
        segments = segment_data(self._session, number, range(first, first + count))
        return JSONResponse({"from": first, "segments": segments})

    async def next_open(self, request: Request) -> Response:
        back = "before" in request.query_params
        place = self._session.next_open(
            request.path_params["number"],
            _query(request, "before" if back else "after", -1),
            back=back,
            uncertain=request.query_params.get("uncertain") == "true",
        )
        return JSONResponse({"i": None} if place is None else {"i": place[0], "code": place[1]})

    async def find(self, request: Request) -> Response:
        text = request.query_params.get("text", "")
        number = request.path_params["number"]
        hits = found_segments(self._session, number, text) if text.strip() else []
        return JSONResponse({"hits": hits})

    async def decide(self, content: dict[str, Any]) -> Response:
        number, items = _integer(content, "document"), content.get("items")
        if not isinstance(items, list) or not 0 < len(items) <= _MOST_DECISIONS:
            raise HTTPException(400, "items must be a list of decisions.")
        decisions = []
        for item in items:
            if not isinstance(item, dict):
                raise HTTPException(400, "Each decision is an object.")
            decisions.append(
                Decision(
                    _integer(item, "segment"),
                    _integer(item, "code"),
                    _truth(item, "value"),
                    _truth(item, "was"),
                )
            )
        try:
            outcome = self._session.decide(number, decisions)
        except ChangedElsewhereError as error:
            segments = error.segments or [each.segment for each in decisions]
            shown = segment_data(self._session, number, segments)
            return JSONResponse({"error": error.problem, "segments": shown}, status_code=409)
        return JSONResponse(action_data(self._session, outcome))

    async def undo(self, _: dict[str, Any]) -> Response:
        return self._turned(self._session.undo(), "There is nothing to undo.")

    async def redo(self, _: dict[str, Any]) -> Response:
        return self._turned(self._session.redo(), "There is nothing to do again.")

    def _turned(self, outcome: Outcome | None, nothing: str) -> Response:
        if outcome is None:
            return JSONResponse({"error": nothing}, status_code=422)
        return JSONResponse(action_data(self._session, outcome))

    async def bulk(self, content: dict[str, Any]) -> Response:
        session = self._session
        above = content.get("above")
        if not isinstance(above, int | float) or not 0 <= above <= 1:
            raise HTTPException(400, "above must be a probability.")
        document = None if content.get("document") is None else _integer(content, "document")
        code = None if content.get("code") is None else _integer(content, "code")
        if content.get("preview", True):
            _, codes = session.bulk(above=above, document=document, code=code)
            counts = {int(each): int((codes == each).sum()) for each in set(codes.tolist())}
            by_code = [{"code": each, "count": counts[each]} for each in sorted(counts)]
            return JSONResponse({"count": len(codes), "by_code": by_code})
        outcome = session.accept_in_bulk(above=above, document=document, code=code)
        return JSONResponse(action_data(session, outcome))

    async def finish(self, content: dict[str, Any]) -> Response:
        outcome = self._session.finish(_integer(content, "document"))
        return JSONResponse(action_data(self._session, outcome))

    async def write(self, _: dict[str, Any]) -> Response:
        written = self._session.write()
        root = self._session.study.project.root
        files = [path.relative_to(root).as_posix() for path in written.files]
        return JSONResponse(
            {
                "files": files,
                "decisions": written.decisions,
                "lost": len(written.lost),
                "hand_edited": len(written.hand_edited),
            }
        )


def _query(request: Request, name: str, default: int) -> int:
    try:
        return int(request.query_params.get(name, default))
    except ValueError as error:
        raise HTTPException(400, f"{name} must be a whole number.") from error
