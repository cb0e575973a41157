"""The page of scored collections: its addresses, and what each answers. It writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from fourp_nlp.batch import (
    codebook_of_scores,
    count_scored,
    estimate_scored,
    open_rows,
    page_facts,
    sites_of_scores,
    words_note,
)
from fourp_nlp.batch.results.counts import open_scores
from fourp_nlp.batch.results.passages import (
    PassageFilters,
    count_passages,
    scored_passages,
    waiting_of_scored,
)
from fourp_nlp.errors import GoldError
from fourp_nlp.reporting.text_format import decimal, percent, whole
from fourp_nlp.review.background import Background, Working
from fourp_nlp.review.guard import Guard
from fourp_nlp.review.questions import one_of, short_text, told, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd
    from starlette.requests import Request
    from starlette.responses import Response

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.review.guard import Keys

__all__ = ["make_scored_application"]

_By = Literal["site", "group"]
_Unit = Literal["occurrences", "segments", "pages"]
_MOST_PASSAGES = 50  # of one answer
_MOST_CELLS = 5000
_MOST_ROWS = 50
_LONGEST = 1000  # characters of what is looked for
_HUES = 12
_METHODS = (("naive", "Machine count"), ("corrected", "Corrected"), ("gold", "Human sample"))


def make_scored_application(
    folder: Path,
    codebook: Codebook | None,
    keys: Keys,
    hosts: frozenset[str],
    *,
    render: Callable[..., Response],
    static: Route,
) -> Starlette:
    """Return the application of a folder of scores.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    codebook : Codebook or None
        For the names of codes.
    keys, hosts
        As in `fourp_nlp.review.make_application`.
    render : callable
        Makes a page of a template's name and of values.
    static : starlette.routing.Route
        Where scripts and styles are.

    Returns
    -------
    starlette.applications.Starlette
        The application.

    Raises
    ------
    FourpError
        If there are no scores.
    MissingExtraError
        If the extra ``scale`` is not installed.
    """
    page = _Page(folder, codebook, keys, render)
    asked = {
        "": page.overview,
        "/counts": page.counts,
        "/estimates": page.estimates,
        "/passages": page.passages,
    }
    return Starlette(
        routes=[
            Route("/", page.page),
            static,
            *(Route(f"/api/scored{name}", told(each)) for name, each in asked.items()),
        ],
        middleware=[Middleware(Guard, keys=keys, hosts=hosts)],
    )


class _Page:
    """Answers to requests."""

    def __init__(
        self,
        folder: Path,
        codebook: Codebook | None,
        keys: Keys,
        render: Callable[..., Response],
    ) -> None:
        self._folder, self._keys, self._render = folder, keys, render
        open_scores(folder).close()  # whether it can be read at all
        self._scored = open_rows(folder)
        codebook = codebook or codebook_of_scores(folder)
        self._names = codebook.names if codebook is not None else {}
        sites = sites_of_scores(folder)
        self._sites: dict[str, str] = dict(zip(sites["site"], sites["name"], strict=True))
        self._background = Background()
        self._counted: dict[tuple[PassageFilters, int], int] = {}

    async def page(self, _: Request) -> Response:
        return self._render("scored.html.j2", title=self._folder.name, csrf=self._keys.csrf)

    async def overview(self, _: Request) -> Response:
        scored, waiting = self._scored, waiting_of_scored(self._folder)
        facts = page_facts(self._folder)
        aside = facts[facts["status"] != "kept"].groupby("status")["pages"].sum()
        themes = list(dict.fromkeys(scored.themes))
        note = words_note(self._folder)
        return JSONResponse(
            {
                "machine": scored.machine,
                "unit": scored.unit,
                "segments": scored.size,
                "codes": [
                    {
                        "code": at,
                        "id": code,
                        "name": self._names.get(code, code),
                        "theme": self._names.get(theme) or theme,
                        "hue": themes.index(theme) % _HUES,
                    }
                    for at, (code, theme) in enumerate(
                        zip(scored.codes, scored.themes, strict=True)
                    )
                ],
                "aside": {str(status): int(count) for status, count in aside.items()},
                "waiting": len(waiting),
                "coders": sorted(set(waiting["coder"])),
                "notes": [note] if note else [],
            }
        )

    async def counts(self, request: Request) -> Response:
        by, unit = one_of(request, "by", _By), one_of(request, "unit", _Unit)
        waiting = waiting_of_scored(self._folder)
        table = await self._background.get(
            ("counts", by, unit, _key(waiting)),
            lambda _: count_scored(self._folder, by=by, unit=unit, without=waiting),
            "Counting",
        )
        if isinstance(table, Working):
            return JSONResponse(table.as_data())
        return JSONResponse(
            self._counts(
                table,
                by,
                unit,
                short_text(request, "find", _LONGEST),
                whole_number(request, "from"),
            )
        )

    def _counts(
        self, table: pd.DataFrame, by: _By, unit: _Unit, find: str, first: int
    ) -> dict[str, Any]:
        """Return some rows of a table of counts: places down, codes across."""
        n_codes = len(self._scored.codes)
        counts = table["count"].to_numpy().reshape(-1, n_codes)
        places = table.iloc[::n_codes]
        ids = places[by].tolist()
        names = [self._sites.get(each, each) if by == "site" else each for each in ids]
        if find:
            wanted = find.casefold()
            chosen = np.array(
                [at for at, name in enumerate(names) if wanted in f"{name}\n{ids[at]}".casefold()],
                dtype=np.int64,
            )
        else:
            chosen = np.arange(len(ids))
        step = int(np.clip(_MOST_CELLS // n_codes, 5, _MOST_ROWS))
        first = min(first, max(len(chosen) - 1, 0)) // step * step
        facts = places[["group", "pages", "words"]].to_dict("records")
        return {
            "by": by,
            "unit": unit,
            "first": first,
            "step": step,
            "places": len(chosen),
            "rows": [
                {
                    "id": str(ids[at]),
                    "name": str(names[at]),
                    "group": str(facts[at]["group"]),
                    "pages": int(facts[at]["pages"]),
                    "words": int(facts[at]["words"]),
                    "counts": counts[at].tolist(),
                }
                for at in chosen[first : first + step].tolist()
            ],
            "totals": counts.sum(axis=0).tolist(),
        }

    async def estimates(self, request: Request) -> Response:
        waiting = waiting_of_scored(self._folder)
        if len(waiting):
            raise GoldError(
                "Corrected estimates are shown here when the draws are imported: they rest on all segments, "
                "also on those that are still coded."
            )
        files = sorted((self._folder / "gold").glob("*.csv"))
        state = tuple((path.name, path.stat().st_mtime_ns) for path in files)
        made = await self._background.get(
            ("estimates", state),
            lambda watch: estimate_scored(self._folder, watch=watch),
            "Correcting the machine's counts, code by code",
        )
        if isinstance(made, Working):
            return JSONResponse(made.as_data())
        return JSONResponse(self._estimates(made.table, made.notes, whole_number(request, "part")))

    def _estimates(self, table: pd.DataFrame, notes: list[str], part: int) -> dict[str, Any]:
        # Sites that have the machine's count alone have nothing to show beside it.
        known = table[
            (table["level"] != "site") | ((table["method"] == "corrected") & table["value"].notna())
        ]
        places = list(
            dict.fromkeys(zip(known["level"].astype(str), known["place"].astype(str), strict=True))
        )
        level, place = places[part if part < len(places) else 0]
        chosen = table[(table["level"] == level) & (table["place"] == place)]
        rows = {(str(row["code"]), str(row["method"])): row for row in chosen.to_dict("records")}
        shown = []
        for code in self._scored.codes:
            first = rows[code, "corrected"]
            cells = [[whole(int(first["coded"])), ""], [whole(int(first["positives"])), ""]]
            cells += [_share(rows[code, method]) for method, _ in _METHODS]
            words = [float(first[f"per_1000_words{end}"]) for end in ("", "_low", "_high")]
            ends = "" if np.isnan(words[1]) else f"{decimal(words[1])} to {decimal(words[2])}"
            cells.append([decimal(words[0]), ends])
            shown.append([self._names.get(code, code), cells])
        reasons = chosen.loc[(chosen["method"] != "naive") & (chosen["reason"] != ""), "reason"]
        return {
            "notes": notes,
            "parts": [
                {
                    "level": level,
                    "place": self._sites.get(place, place) if level == "site" else place,
                }
                for level, place in places
            ],
            "part": places.index((level, place)),
            "table": {
                "level": level,
                "place": place,
                "codes": self._scored.codes,
                "heads": [
                    "Coded",
                    "Positives",
                    *(label for _, label in _METHODS),
                    "For 1,000 words",
                ],
                "rows": shown,
                "reasons": list(dict.fromkeys(reasons)),
                "confidence": float(chosen["confidence"].iloc[0]),
                "segments": whole(int(chosen["segments"].max())),
            },
        }

    async def passages(self, request: Request) -> Response:
        filters, first = _filters(request), whole_number(request, "from")
        waiting = waiting_of_scored(self._folder)

        def found(_: object) -> dict[str, Any]:
            count = self._counted.get((filters, _key(waiting)))
            if count is None:
                count = count_passages(self._folder, filters, without=waiting)
                self._counted = {
                    (filters, _key(waiting)): count
                }  # the last one: pages follow on it
            shown = scored_passages(self._scored, filters, first, _MOST_PASSAGES, without=waiting)
            return {"count": count, "first": first, "passages": shown}

        key = ("passages", filters, first, _key(waiting))
        outcome = await self._background.get(key, found, "Looking for the passages")
        if isinstance(outcome, Working):
            return JSONResponse(outcome.as_data())
        names = [
            {**each, "site_name": self._sites.get(each["site"], each["site"])}
            for each in outcome["passages"]
        ]
        return JSONResponse({**outcome, "passages": names})


def _key(waiting: pd.DataFrame) -> int:
    return hash(tuple(waiting.itertuples(index=False, name=None)))


def _share(row: dict[Any, Any]) -> list[str]:
    low, high = float(row["low"]), float(row["high"])
    return [
        percent(float(row["value"])),
        "" if np.isnan(low) else f"{percent(low)} to {percent(high)}",
    ]


def _filters(request: Request) -> PassageFilters:
    query = request.query_params
    return PassageFilters(
        code=short_text(request, "code", _LONGEST),
        unit=one_of(request, "unit", _Unit),
        site=short_text(request, "site", _LONGEST) if "site" in query else None,
        group=short_text(request, "group", _LONGEST) if "group" in query else None,
        low=_probability(request, "low", 0.0),
        high=_probability(request, "high", 1.0),
        suggested=query.get("suggested", "true") != "false",
        text=short_text(request, "text", _LONGEST).strip(),
    )


def _probability(request: Request, name: str, default: float) -> float:
    try:
        value = float(request.query_params.get(name, default))
    except ValueError as error:
        raise HTTPException(400, f"{name} must be a probability.") from error
    if not 0 <= value <= 1:
        raise HTTPException(400, f"{name} must be a probability.")
    return value
