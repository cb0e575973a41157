"""What the page asks and is told while the machine learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from fourp_nlp.study.reviewing.learning import ENOUGH

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.study.reviewing.learning import Learning

__all__ = ["LearningPage"]


class LearningPage:
    """Answers to requests about learning.

    Parameters
    ----------
    learning : Learning
        What trains beside the review.
    """

    def __init__(self, learning: Learning) -> None:
        self._learning = learning

    async def state(self, _: Request) -> Response:
        """Return how far the machine is with learning."""
        return self._told()

    async def change(self, content: dict[str, Any]) -> Response:
        """Start, take or discard a training."""
        changes = {
            "start": self._learning.start,
            "take": self._learning.take,
            "discard": self._learning.discard,
        }
        change = changes.get(str(content.get("do")))
        if change is None:
            raise HTTPException(400, "do must be start, take or discard.")
        change()
        return self._told()

    def _told(self) -> Response:
        return JSONResponse({**self._learning.state()._asdict(), "enough": ENOUGH})
