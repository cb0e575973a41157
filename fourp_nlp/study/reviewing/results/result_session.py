"""Results beside the text: the figures of now, made anew when files, codebook or draws have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.study.reviewing.results.result_figures import ResultFigures

if TYPE_CHECKING:
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["ResultSession"]


class ResultSession:
    """The results that one person sees while reviewing.

    Parameters
    ----------
    session : ReviewSession
        The person's review. Its decisions are counted from when they are in the gold files, as commands
        count them.
    """

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._made_from: tuple[object, ...] = ()
        self._figures: ResultFigures | None = None
        self._version = 0

    def figures(self) -> ResultFigures:
        """Return the figures of now; those of before, if nothing has changed.

        Raises
        ------
        FourpError
            If a file of the project is faulty.
        """
        session, study = self._session, self._session.study
        with study.step():
            session.follow_draws()
            inputs = (
                study.project, study.corpus, study.codebook, study.gold, study.suggestions_if_any,
                session.drawn.hidden,
            )  # fmt: skip
            same = self._figures is not None and all(
                one is other for one, other in zip(inputs, self._made_from, strict=True)
            )
            if self._figures is None or not same:
                self._version += 1
                self._made_from = inputs
                self._figures = ResultFigures(
                    study, session.coder, session.drawn.hidden > 0, self._version
                )
            return self._figures

    @property
    def pending(self) -> int:
        """How many decisions are not in the gold files, and so in no number."""
        return self._session.pending
