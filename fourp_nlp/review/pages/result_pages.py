"""The page of results: its addresses, and what each answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from fourp_nlp.review.background import Background, Working
from fourp_nlp.review.pages.result_data import (
    agreement_data,
    chart_data,
    confusion_data,
    estimate_data,
    frequency_data,
    overview_data,
    passage_data,
)
from fourp_nlp.review.questions import one_of, short_text, told, whole_number
from fourp_nlp.study.reviewing.results.result_figures import Cell
from fourp_nlp.study.reviewing.results.result_session import ResultSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.study.reviewing.results.result_figures import ResultFigures
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["result_routes"]

_By = Literal["case", "document", "group"]
_Unit = Literal["occurrences", "segments", "documents"]
_Kind = Literal["frequency", "suggested", "found", "agreed", "some", "only", "confused"]
_MOST_PASSAGES = 50  # of one answer
_MOST_CODERS = 50
_LONGEST = 10_000  # characters of a name


def result_routes(session: ReviewSession, render: Callable[..., Response]) -> list[Route]:
    """Return the addresses of results.

    Parameters
    ----------
    session : ReviewSession
        The person's review.
    render : callable
        Makes a page of a template's name and of values.

    Returns
    -------
    list of starlette.routing.Route
        Their addresses begin with /results and /api/results. None of them changes anything.
    """
    page = _Page(session, render)
    asked = {
        "/frequencies": page.frequencies,
        "/estimates": page.estimates,
        "/agreement": page.agreement,
        "/confusions": page.confusions,
        "/chart": page.chart,
        "/passages": page.passages,
    }
    return [
        Route("/results", page.page),
        Route("/api/results", told(page.overview)),
        *(Route(f"/api/results{name}", told(each)) for name, each in asked.items()),
    ]


class _Page:
    """Answers to requests."""

    def __init__(self, session: ReviewSession, render: Callable[..., Response]) -> None:
        self._coder, self._render = session.coder, render
        self._results = ResultSession(session)
        self._background = Background()

    async def page(self, _: Request) -> Response:
        return self._render("results.html.j2", coder=self._coder)

    async def overview(self, _: Request) -> Response:
        return JSONResponse(overview_data(self._results, self._results.figures()))

    async def frequencies(self, request: Request) -> Response:
        chosen = {**_of_frequencies(request), "first": whole_number(request, "from")}
        return await self._worked(
            "frequencies", chosen, lambda figures: frequency_data(figures, **chosen), "Counting"
        )

    async def estimates(self, request: Request) -> Response:
        chosen = {"by": one_of(request, "by", _By), "part": whole_number(request, "part")}
        return await self._worked(
            "estimates",
            chosen,
            lambda figures: estimate_data(figures, **chosen),
            "Correcting the machine's counts",
        )

    async def agreement(self, request: Request) -> Response:
        pair = whole_number(request, "pair")
        return await self._worked(
            "agreement",
            {"pair": pair},
            lambda figures: agreement_data(figures, pair=pair),
            "Measuring agreement, with intervals",
        )

    async def confusions(self, request: Request) -> Response:
        pair = whole_number(request, "pair")
        return await self._worked(
            "confusions",
            {"pair": pair},
            lambda figures: confusion_data(figures, pair=pair),
            "Looking for confused codes",
        )

    async def chart(self, request: Request) -> Response:
        chosen = {**_of_frequencies(request), "theme": whole_number(request, "theme")}
        return await self._worked(
            "chart", chosen, lambda figures: chart_data(figures, **chosen), "Drawing"
        )

    async def passages(self, request: Request) -> Response:
        cell, first = _cell(request), whole_number(request, "from")
        number = min(whole_number(request, "count", _MOST_PASSAGES), _MOST_PASSAGES)
        return await self._worked(
            "passages",
            {"cell": cell, "first": first, "number": number},
            lambda figures: passage_data(figures, cell, first, number),
            "Looking for the passages",
        )

    async def _worked(
        self,
        what: str,
        chosen: dict[str, Any],
        make: Callable[[ResultFigures], dict[str, Any]],
        step: str,
    ) -> Response:
        """Return what is made of the figures of now, in a thread; or how far that is."""
        figures = self._results.figures()
        key = (figures.version, what, *chosen.items())
        outcome = await self._background.get(key, lambda _: make(figures), step)
        if isinstance(outcome, Working):
            return JSONResponse({"version": figures.version, **outcome.as_data()})
        return JSONResponse(outcome)


def _of_frequencies(request: Request) -> dict[str, Any]:
    return {
        "by": one_of(request, "by", _By),
        "unit": one_of(request, "unit", _Unit),
        "coder": short_text(request, "coder"),
    }


def _cell(request: Request) -> Cell:
    query = request.query_params
    coders = tuple(query.getlist("coder"))
    if len(coders) > _MOST_CODERS or any(len(name) > _LONGEST for name in coders):
        raise HTTPException(400, "Too many coders.")
    kind = one_of(request, "kind", _Kind)
    if kind == "frequency" and len(coders) != 1:
        raise HTTPException(400, "A count is of one coder.")
    if kind == "confused" and len(coders) != 2:
        raise HTTPException(400, "Two coders are needed.")
    by = short_text(request, "by")
    if kind in {"frequency", "suggested", "found"} and by not in {*get_args(_By), "corpus"}:
        raise HTTPException(400, "There is no such part.")
    return Cell(
        kind,
        short_text(request, "code"),
        coders,
        by,
        one_of(request, "unit", _Unit) if kind == "frequency" else "",
        short_text(request, "place") if "place" in query else None,
        short_text(request, "taken_for"),
    )
