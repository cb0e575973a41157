"""What a question to the server asks for, read strictly; and errors told to the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from fourp_nlp.errors import FourpError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["one_of", "problem_and_cure", "short_text", "told", "whole_number"]

_LONGEST = 10_000  # characters
_LARGEST = 2**40


def told(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return an answer to a question whose errors are told to the person."""

    async def telling(request: Request) -> Response:
        try:
            return await answer(request)
        except FourpError as error:
            return JSONResponse({"error": problem_and_cure(error)}, status_code=422)

    return telling


def problem_and_cure(error: FourpError) -> str:
    """Return what is wrong and what to do, without the file: the person is in its page."""
    return " ".join(part for part in (error.problem, error.cure) if part)


def one_of(request: Request, name: str, known: Any) -> Any:
    """Return one of the values of a Literal, the first by default."""
    value = request.query_params.get(name, get_args(known)[0])
    if value not in get_args(known):
        raise HTTPException(400, f"{name} must be one of {', '.join(get_args(known))}.")
    return value


def short_text(request: Request, name: str, longest: int = _LONGEST) -> str:
    """Return a text, empty by default."""
    value = request.query_params.get(name, "")
    if len(value) > longest:
        raise HTTPException(400, f"{name} is too long.")
    return value


def whole_number(request: Request, name: str, default: int = 0) -> int:
    """Return a number from 0 on."""
    try:
        value = int(request.query_params.get(name, default))
    except ValueError as error:
        raise HTTPException(400, f"{name} must be a whole number.") from error
    if not 0 <= value <= _LARGEST:
        raise HTTPException(400, f"{name} must be a number from 0 on.")
    return value
