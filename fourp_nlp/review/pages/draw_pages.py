"""The pages of draws: segments coded without suggestions, and what their script asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from fourp_nlp.errors import FourpError
from fourp_nlp.review.codebook_guard import codebook_mark
from fourp_nlp.review.pages.document_data import code_data
from fourp_nlp.review.questions import problem_and_cure
from fourp_nlp.study.reviewing.draws.draw_session import (
    Answer,
    AnsweredElsewhereError,
    CodedOtherwiseError,
    DrawSession,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.review.guard import Keys
    from fourp_nlp.study.reviewing.draws.draw_queues import DrawQueue
    from fourp_nlp.study.reviewing.review_session import ReviewSession
    from fourp_nlp.study.sampling.sheet_checks import SheetImport

    Answering = Callable[[Request], Awaitable[Response]]
    Told = Callable[[Callable[[Any], Awaitable[Response]]], Answering]

__all__ = ["draw_routes", "draw_rows"]

_MOST_SEGMENTS = 200  # of one answer
_LARGEST = 2**31
_MOST_CODES = 10_000


def draw_routes(
    session: ReviewSession, keys: Keys, *, told: Told, render: Callable[..., Response]
) -> list[Route]:
    """Return the addresses of draws.

    Parameters
    ----------
    session : ReviewSession
        The person's review, whose draws are coded.
    keys : Keys
        Secrets that a request must know.
    told : callable
        Makes an answer to a change of one to its content, and tells the person of errors.
    render : callable
        Fills a template.

    Returns
    -------
    list of starlette.routing.Route
        The routes.
    """
    page = _DrawPage(session, keys, render)
    return [
        Route("/draws/{number:int}", page.page),
        Route("/api/draws/{number:int}", _shown(page.facts)),
        Route("/api/draws/{number:int}/version", _shown(page.version)),
        Route("/api/draws/{number:int}/segments", _shown(page.segments)),
        *(
            Route(f"/api/draws/{name}", told(getattr(page, name)), methods=["POST"])
            for name in ("answer", "undo", "redo", "take_in")
        ),
    ]


def draw_rows(session: ReviewSession) -> list[dict[str, Any]]:
    """Return a row for each draw of the person that is not finished.

    Parameters
    ----------
    session : ReviewSession
        The person's review.

    Returns
    -------
    list of dict
        Number, title, count and progress.
    """
    return [
        {
            "number": queue.sheet.number,
            "title": _how(queue).capitalize(),
            "count": len(queue.place),
            **queue.progress._asdict(),
        }
        for queue in DrawSession(session.study, session.drawn).unfinished
    ]


def _shown(answer: Answering) -> Answering:
    """Return an answer to a question whose errors are told to the person."""

    async def shown(request: Request) -> Response:
        try:
            return await answer(request)
        except FourpError as error:
            return JSONResponse({"error": problem_and_cure(error)}, status_code=404)

    return shown


def _title(queue: DrawQueue) -> str:
    """Return what a draw is, such as "12 segments drawn at random on 2026-11-30"."""
    count = len(queue.place)
    return f"{count} segment{'' if count == 1 else 's'} {_how(queue)}"


def _how(queue: DrawQueue) -> str:
    how = "drawn at random" if queue.strategy == "random" else "picked to be coded"
    again = ", to be coded a second time" if queue.repeat else ""
    return f"{how} on {queue.made_at[:10]}{again}"


class _DrawPage:
    """Answers to requests."""

    def __init__(self, session: ReviewSession, keys: Keys, render: Callable[..., Response]) -> None:
        self._session, self._keys, self._render = session, keys, render
        self._draws = DrawSession(session.study, session.drawn)

    async def page(self, request: Request) -> Response:
        number = request.path_params["number"]
        queue = self._draws.queue(number)
        project = self._session.study.project
        return self._render(
            "draw.html.j2",
            title=project.settings.title or project.root.name,
            coder=self._session.coder,
            csrf=self._keys.csrf,
            number=number,
            name=_title(queue),
        )

    async def facts(self, request: Request) -> Response:
        queue = self._draws.queue(request.path_params["number"])
        codes = [
            {name: value for name, value in code.items() if name != "id"}
            for code in code_data(self._session.study.codebook)
            if queue.asked[code["code"]]
        ]
        return JSONResponse(
            {
                "number": queue.sheet.number,
                "draw": queue.id,
                "coder": self._session.coder,
                "codes": codes,
                "codebook": codebook_mark(self._session.study.codebook),
                "later_codes": int((~queue.asked).sum()),
                **self._standing(queue),
                "answers": self._answers(queue, range(len(queue.place))),
            }
        )

    async def version(self, request: Request) -> Response:
        queue = self._draws.queue(request.path_params["number"])
        return JSONResponse({"version": queue.answers.version, "read": int(queue.read.sum())})

    async def segments(self, request: Request) -> Response:
        first, count = _query(request, "from", 0), _query(request, "count", 20)
        with self._session.study.step():
            queue = self._draws.queue(request.path_params["number"])
            last = min(first + min(count, _MOST_SEGMENTS), len(queue.place))
            numbers = range(max(first, 0), max(last, 0))
            texts = self._draws.texts(queue, numbers)
        shown = [{"i": i, **text._asdict()} for i, text in zip(numbers, texts, strict=True)]
        return JSONResponse({"from": first, "segments": shown})

    async def answer(self, content: dict[str, Any]) -> Response:
        number, segment = _integer(content, "number"), _integer(content, "segment")
        now, was = _answer_in(content, "now"), _answer_in(content, "was")
        with self._session.study.step():
            self._expect(content)
            try:
                queue = self._draws.answer(number, segment, now, was)
            except AnsweredElsewhereError as error:
                return self._elsewhere(number, error)
            return self._done(queue, [segment])

    async def undo(self, content: dict[str, Any]) -> Response:
        return self._turned(content, self._draws.undo, "There is nothing to undo.")

    async def redo(self, content: dict[str, Any]) -> Response:
        return self._turned(content, self._draws.redo, "There is nothing to do again.")

    async def take_in(self, content: dict[str, Any]) -> Response:
        number = _integer(content, "number")
        self._expect(content)
        try:
            imported = self._draws.take_in(number, replace=content.get("replace") is True)
        except CodedOtherwiseError as error:
            return JSONResponse({"error": error.problem, "replace": True}, status_code=409)
        queue = self._draws.queue(number)
        said = {"said": self._said(imported), "notes": imported.notes}
        everything = range(len(queue.place))
        return JSONResponse(
            {**said, **self._standing(queue), "answers": self._answers(queue, everything)}
        )

    def _turned(
        self, content: dict[str, Any], turn: Callable[[int], int | None], nothing: str
    ) -> Response:
        number = _integer(content, "number")
        with self._session.study.step():
            self._expect(content)
            try:
                segment = turn(number)
            except AnsweredElsewhereError as error:
                return self._elsewhere(number, error)
            if segment is None:
                return JSONResponse({"error": nothing}, status_code=422)
            return self._done(self._draws.queue(number), [segment], segment=segment)

    def _elsewhere(self, number: int, error: AnsweredElsewhereError) -> Response:
        queue = self._draws.queue(number)
        everything = self._answers(queue, range(len(queue.place)))
        return JSONResponse(
            {"error": error.problem, **self._standing(queue), "answers": everything},
            status_code=409,
        )

    def _expect(self, content: dict[str, Any]) -> None:
        """Refuse what is about another draw than the page shows: numbers may have moved after a restore."""
        queue = self._draws.queue(_integer(content, "number"))
        if content.get("draw") != queue.id:
            raise FourpError(
                "This page shows a draw that is no longer there.", cure="Load it again."
            )

    def _done(self, queue: DrawQueue, segments: list[int], **more: Any) -> Response:
        return JSONResponse(
            {**more, **self._standing(queue), "answers": self._answers(queue, segments)}
        )

    def _standing(self, queue: DrawQueue) -> dict[str, Any]:
        history = queue.answers.history
        undo, redo = history.next_to_undo(), history.next_to_redo()
        return {
            "version": queue.answers.version,
            "read": int(queue.read.sum()),
            "progress": {**queue.progress._asdict(), "finished": queue.progress.finished},
            "undo": None if undo is None else str(undo["what"].iloc[0]),
            "redo": None if redo is None else str(redo["what"].iloc[0]),
        }

    def _answers(self, queue: DrawQueue, segments: Iterable[int]) -> list[dict[str, Any]]:
        answers = queue.answers
        return [
            {
                "i": i,
                "codes": np.flatnonzero(answers.marks[i]).tolist(),
                "read": bool(answers.read[i]),
                "locked": bool(queue.read[i]),
                "there": bool(queue.there[i]),
                "lost": answers.lost[i],
            }
            for i in segments
        ]

    def _said(self, imported: SheetImport) -> list[str]:
        """Say what was imported, and where it is."""
        root = self._session.study.project.root
        read, without = imported.read, imported.empty_handed
        sentences = [
            f"{imported.coder} read {read} segment{'' if read == 1 else 's'}: {imported.codings} "
            f"code{'' if imported.codings == 1 else 's'}, and no code for {without} of them.",
            f"Written to {imported.file.relative_to(root).as_posix()}.",
        ]
        if imported.replaced:
            sentences.append(f"{imported.replaced} were coded otherwise before.")
        if imported.unread:
            sentences.append(
                f"{imported.unread} segment{' is' if imported.unread == 1 else 's are'} not coded yet. "
                "Inclusion probabilities hold for a draw that is coded to the end: go on, then import again."
            )
        return sentences


def _answer_in(content: dict[str, Any], name: str) -> Answer:
    value = content.get(name)
    if not isinstance(value, dict):
        raise HTTPException(400, f"{name} must be an answer.")
    codes, read = value.get("codes"), value.get("read")
    if not isinstance(codes, list) or len(codes) > _MOST_CODES or not isinstance(read, bool):
        raise HTTPException(400, f"{name} must have codes, and say whether it is an answer.")
    if any(not isinstance(code, int) or isinstance(code, bool) for code in codes):
        raise HTTPException(400, "Codes must be whole numbers.")
    return Answer(frozenset(codes), read)


def _integer(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise HTTPException(400, f"{name} must be a whole number.")
    return value


def _query(request: Request, name: str, default: int) -> int:
    try:
        return int(request.query_params.get(name, default))
    except ValueError as error:
        raise HTTPException(400, f"{name} must be a whole number.") from error
