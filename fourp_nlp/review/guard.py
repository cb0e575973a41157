"""Who may ask: the token, the host, the origin, and what a browser may load."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "Keys"]

_COOKIE = "fourp_review"
_MOST_BODY = 2 * 1024 * 1024  # bytes that a request may have
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Keys:
    """Secrets of one server.

    Attributes
    ----------
    token : str
        In the address that is opened; whoever has it may use the page.
    cookie : str
        What the browser shows from then on.
    csrf : str
        What the page's script sends with each change.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Guard:
    """Refuses what does not come from the page that this server opened.

    Parameters
    ----------
    app : ASGI application
        What answers the rest.
    keys : Keys
        The secrets.
    hosts : frozenset of str
        Names under which the server may be asked, with the port: others are other sites' names for this
        machine.
    """

    def __init__(self, app: ASGIApp, keys: Keys, hosts: frozenset[str]) -> None:
        self._app, self._keys, self._hosts = app, keys, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._refusal(scope)
        if isinstance(answer, PlainTextResponse) and scope["path"].startswith("/api/"):
            said = bytes(answer.body).decode()
            answer = JSONResponse({"error": said}, status_code=answer.status_code)
        if answer is None:
            await self._app(scope, receive, with_headers)
        else:
            await answer(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        refusal = self._from_elsewhere(headers)
        if refusal is not None:
            return refusal
        if token and scope["method"] == "GET":
            return self._with_token(token, scope["path"])
        if not _same(_cookie(headers), self._keys.cookie):
            return _no("Open the address that fourp review printed.")
        return None if scope["method"] in {"GET", "HEAD"} else self._change_refused(headers)

    def _from_elsewhere(self, headers: Headers) -> Response | None:
        """Refuse what asks under another name, or from the page of another site."""
        if headers.get("host", "") not in self._hosts:
            return _no("This server answers under its own address alone.")
        origins = {f"http://{host}" for host in self._hosts}
        own_origin = "origin" not in headers or headers["origin"] in origins
        own_site = headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
        return None if own_origin and own_site else _no("Another site asked.")

    def _with_token(self, token: str, path: str) -> Response:
        """Answer who comes with a token: the address without it, and a cookie."""
        if not _same(token, self._keys.token):
            return _no(
                "This address is of an earlier start. Open the one that fourp review printed."
            )
        answer = RedirectResponse(path, status_code=303)
        answer.set_cookie(_COOKIE, self._keys.cookie, httponly=True, samesite="strict")
        return answer

    def _change_refused(self, headers: Headers) -> Response | None:
        if not _same(headers.get("x-csrf", ""), self._keys.csrf):
            return _no("Load the page again.")
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _no("Only JSON is read.")
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MOST_BODY:
            return PlainTextResponse("The request is too large.", status_code=413)
        return None


def _no(why: str) -> PlainTextResponse:
    return PlainTextResponse(why, status_code=403)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _cookie(headers: Headers) -> str:
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == _COOKIE:
            return value
    return ""
