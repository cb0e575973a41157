"""The page of the codebook: its addresses, and what each answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from fourp_nlp.errors import FourpError, GoldError
from fourp_nlp.review.pages.document_data import code_data
from fourp_nlp.review.questions import problem_and_cure
from fourp_nlp.study.renaming.code_changes import codebook_source, known_code
from fourp_nlp.study.renaming.codebook_versions import codebook_versions
from fourp_nlp.study.renaming.definition_fields import FaultyDefinitionError
from fourp_nlp.study.reviewing.codebook_session import ChangedMeanwhileError, CodebookSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.review.codebook_guard import ShownCodebooks
    from fourp_nlp.study.reviewing.codebook_session import Preview
    from fourp_nlp.study.reviewing.review_session import ReviewSession

    Answering = Callable[[Request], Awaitable[Response]]

__all__ = ["codebook_routes"]

_LONGEST = 100_000  # characters of one text
_MOST = 5_000  # items of a list
_MOST_ROWS = 500  # codings of one answer
_TEXTS = ("name", "id", "parent", "short_definition", "full_definition", "when_to_use")
_KINDS = ("edit", "add", "rename", "merge", "split", "retire")


def codebook_routes(
    session: ReviewSession,
    shown: ShownCodebooks,
    *,
    render: Callable[..., Response],
    read: Callable[[Request], Awaitable[dict[str, Any]]],
) -> list[Route]:
    """Return the addresses of the codebook.

    Parameters
    ----------
    session : ReviewSession
        The review of the person who changes it.
    shown : ShownCodebooks
        What the pages show of it.
    render : callable
        Makes a page of a template's name and of values.
    read : callable
        Returns the object that a request holds.

    Returns
    -------
    list of starlette.routing.Route
        Their addresses begin with /codebook and /api/codebook.
    """
    page = _CodebookPage(session, shown, render)
    asked = {
        "": page.book,
        "/version": page.version,
        "/changes": page.changes,
        "/second-look": page.second_look,
        "/split": page.to_split,
    }
    done = {
        "preview": page.preview,
        "change": page.change,
        "undo": page.undo,
        "looked-at": page.looked_at,
        "same": page.same,
    }
    return [
        Route("/codebook", page.page),
        *(Route(f"/api/codebook{name}", _told(each)) for name, each in asked.items()),
        *(
            Route(f"/api/codebook/{name}", _told(_of_content(each, read)), methods=["POST"])
            for name, each in done.items()
        ),
    ]


def _of_content(
    answer: Callable[[dict[str, Any]], Awaitable[Response]],
    read: Callable[[Request], Awaitable[dict[str, Any]]],
) -> Answering:
    async def answered(request: Request) -> Response:
        return await answer(await read(request))

    return answered


def _told(answer: Answering) -> Answering:
    """Return an answer whose errors are told to the person, those of a definition at their fields."""

    async def told(request: Request) -> Response:
        try:
            return await answer(request)
        except FourpError as error:
            text = problem_and_cure(error)
            fields = error.fields if isinstance(error, FaultyDefinitionError) else {}
            status = 409 if isinstance(error, ChangedMeanwhileError) else 422
            return JSONResponse({"error": text, "fields": fields}, status_code=status)

    return told


class _CodebookPage:
    """Answers to requests."""

    def __init__(
        self, session: ReviewSession, shown: ShownCodebooks, render: Callable[..., Response]
    ) -> None:
        self._session, self._shown, self._render = session, shown, render
        self._codebook = CodebookSession(session.study)

    async def page(self, _: Request) -> Response:
        return self._render("codebook.html.j2", coder=self._session.coder)

    async def version(self, _: Request) -> Response:
        return JSONResponse({"codebook": self._shown.now()})

    async def book(self, _: Request) -> Response:
        study = self._session.study
        with study.step():
            table = self._shown_codings()
            codebook, counts = study.codebook, self._shown_counts()
            waiting = table[table["looked_at"] == ""]["code"].value_counts().to_dict()
            looked_at = table[table["looked_at"] != ""]["code"].value_counts().to_dict()
            learned = set(study.suggestions_of_present_codes["code"].unique())
        codes = [
            {
                **shown,
                "home": home,
                "parent": code.parent,
                "cases": [
                    {"when": case.when, "use": case.use or ""} for case in code.when_not_to_use
                ],
                "counts": counts.get(code.id, {}),
                "waiting": int(waiting.get(code.id, 0)),
                "looked_at": int(looked_at.get(code.id, 0)),
                "learned": code.id in learned or not learned,
            }
            for shown, code, home in zip(
                code_data(codebook), codebook.all_codes, codebook.code_themes, strict=True
            )
        ]
        entry, of_codebook = self._codebook.last_change()
        return JSONResponse(
            {
                "mark": self._shown.now(),
                "coder": self._session.coder,
                "title": codebook.title or codebook.id,
                "book": codes,
                "themes": [{"id": theme.id, "name": theme.name} for theme in codebook.themes],
                "fixed": self._fixed(),
                "alone": self._codes_draw(),
                "last": None
                if entry is None
                else {"what": entry.what, "at": entry.at, "codebook": of_codebook},
            }
        )

    def _codes_draw(self) -> bool:
        """Return whether the person is coding a draw: then nothing shows what others coded."""
        return bool((self._session.hidden > 0).any())

    def _shown_counts(self) -> dict[str, dict[str, int]]:
        """Return how many codings of each code each person gave; only the person's own beside a draw."""
        counts = self._codebook.counts()
        if not self._codes_draw():
            return counts
        coder = self._session.coder
        return {code: {coder: people[coder]} for code, people in counts.items() if coder in people}

    def _shown_codings(self) -> pd.DataFrame:
        """Return codings by earlier definitions, beside a draw only the person's own outside the draw."""
        self._session.follow_draws()
        table = self._codebook.waiting()
        if self._codes_draw():
            table = table[table["coder"] == self._session.coder]
        place = ["document", "start", "end"]
        drawn = self._session.study.segments.loc[self._session.hidden > 0, place]
        hidden = pd.MultiIndex.from_frame(table[place]).isin(pd.MultiIndex.from_frame(drawn))
        return table[~hidden]

    def _fixed(self) -> str:
        """Return why the codebook cannot be changed here; empty if it can."""
        try:
            codebook_source(self._session.study.project.codebook)
        except FourpError as error:
            return problem_and_cure(error)
        return ""

    async def changes(self, _: Request) -> Response:
        versions = codebook_versions(self._session.study.store)
        return JSONResponse(
            {
                "versions": [
                    {
                        "number": version.number,
                        "at": version.at.replace("T", " ")[:19],
                        "what": version.what,
                        "codes": [
                            {
                                "code": code,
                                "before": version.before[code],
                                "after": version.after[code],
                            }
                            for code in version.after
                        ],
                    }
                    # Of the first, everything is new: the page shows that itself.
                    for version in reversed(versions)
                    if version.number > 1
                ][:_MOST_ROWS]
            }
        )

    async def second_look(self, request: Request) -> Response:
        code = request.query_params.get("code", "")
        study = self._session.study
        with study.step():
            known_code(study, code)
            table = self._shown_codings()
            table = table[table["code"] == code]
            # Those that wait first.
            table = table.sort_values("looked_at", key=lambda cells: cells != "", kind="stable")
            numbers = {name: number for number, name in enumerate(self._session.documents)}
        columns = ["coder", "document", "segment", "start", "end", "text", "redefined"]
        columns += ["looked_at", "looked_at_by"]
        rows = table.head(_MOST_ROWS)[columns].to_dict("records")
        return JSONResponse(
            {
                "count": len(table),
                "rows": [{**row, "number": numbers[row["document"]]} for row in rows],
            }
        )

    async def to_split(self, request: Request) -> Response:
        codings = self._codings_to_split(request.query_params.get("code", ""))
        return JSONResponse({"codings": codings.to_dict("records")})

    def _codings_to_split(self, code: str) -> pd.DataFrame:
        """Return the codings of a code, unless the person is to code one of them in a draw."""
        self._session.follow_draws()
        codings = self._codebook.to_split(code)
        drawn = self._session.study.segments[self._session.hidden > 0]
        for document, start, end in codings[["document", "start", "end"]].itertuples(index=False):
            near = drawn[(drawn["document"] == document) & (drawn["start"] < end)]
            if (near["end"] > start).any():
                raise GoldError(
                    "Some codings are in a draw that you are coding without suggestions.",
                    cure="Code and import the draw first.",
                )
        return codings

    async def preview(self, content: dict[str, Any]) -> Response:
        kind, asked = _asked(content)
        if kind == "split":
            self._codings_to_split(asked["code"])
        return self._shown_change(self._codebook.preview(kind, asked))

    async def change(self, content: dict[str, Any]) -> Response:
        kind, asked = _asked(content)
        if kind == "split":
            self._codings_to_split(asked["code"])
        done = self._codebook.change(
            kind,
            asked,
            mark=_text(content, "mark"),
            write_decisions=content.get("write_decisions") is True,
        )
        self._session.refresh()
        return self._shown_change(done)

    def _shown_change(self, shown: Preview) -> Response:
        plan = shown.plan
        return JSONResponse(
            {
                "what": plan.what,
                "rows": [{"file": name, "count": count} for name, count in plan.rows.items()],
                "decisions": plan.decisions,
                "draws": plan.draws,
                "files": [{"file": name, "how": how} for name, how in shown.files],
                "notes": plan.notes,
                "pending": shown.pending,
                "mark": shown.mark,
            }
        )

    async def undo(self, content: dict[str, Any]) -> Response:
        outcome = self._codebook.undo(_text(content, "what"), _text(content, "at"))
        self._session.refresh()
        return JSONResponse({"what": outcome.what})

    async def looked_at(self, content: dict[str, Any]) -> Response:
        codings = [
            (
                _text(one, "coder"),
                _text(one, "document"),
                _number(one, "start"),
                _number(one, "end"),
            )
            for one in _objects(content, "codings")
        ]
        count = self._codebook.look_again(
            self._session.coder,
            _text(content, "code"),
            codings,
            taken_back=content.get("taken_back") is True,
        )
        return JSONResponse({"count": count})

    async def same(self, content: dict[str, Any]) -> Response:
        changed = self._codebook.means_the_same(_text(content, "code"))
        self._session.refresh()
        return JSONResponse({"changed": changed})


def _asked(content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a change that a page asks for, with plain values of the right kinds."""
    kind = _text(content, "kind")
    if kind not in _KINDS:
        raise HTTPException(400, f"kind must be one of {', '.join(_KINDS)}.")
    asked: dict[str, Any] = {
        "code": _text(content, "code"),
        "new": _text(content, "new").strip(),
        "theme": _text(content, "theme"),
        "codes": _texts(content, "codes"),
        "into": _texts(content, "into") if kind == "split" else _text(content, "into").strip(),
        "keep": content.get("keep") is True,
        "values": _values(content.get("values", {})),
        "becomes": [
            (
                _text(one, "file"),
                _text(one, "document"),
                _number(one, "start"),
                _number(one, "end"),
                _text(one, "coder"),
                _texts(one, "becomes"),
            )
            for one in _objects(content, "becomes")
        ],
    }
    return kind, asked


def _values(given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise HTTPException(400, "values must be an object.")
    values: dict[str, Any] = {name: _text(given, name) for name in _TEXTS if name in given}
    if "examples" in given:
        values["examples"] = _texts(given, "examples")
    if "when_not_to_use" in given:
        values["when_not_to_use"] = [
            {"when": _text(case, "when"), "use": _text(case, "use")}
            for case in _objects(given, "when_not_to_use")
        ]
    return values


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise HTTPException(400, f"{name} must be a text.")
    return value


def _number(content: dict[str, Any], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31:
        raise HTTPException(400, f"{name} must be a whole number.")
    return value


def _texts(content: dict[str, Any], name: str) -> list[str]:
    value = content.get(name, [])
    if not isinstance(value, list) or len(value) > _MOST:
        raise HTTPException(400, f"{name} must be a list.")
    return [_text({name: each}, name) for each in value]


def _objects(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = content.get(name, [])
    if not isinstance(value, list) or len(value) > _MOST:
        raise HTTPException(400, f"{name} must be a list.")
    if not all(isinstance(each, dict) for each in value):
        raise HTTPException(400, f"{name} must be a list of objects.")
    return value
