"""The server on this machine, from its start to its end."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

from fourp_nlp.errors import FourpError
from fourp_nlp.review.application import STATIC, make_application, render_template
from fourp_nlp.review.guard import Keys
from fourp_nlp.review.pages.scored_pages import make_scored_application
from fourp_nlp.study.reviewing.learning import Learning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.applications import Starlette

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reviewing.differences.difference_session import DifferenceSession
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["LocalServer", "ReviewServer", "ScoredServer"]

_HERE = "127.0.0.1"


class LocalServer:
    """A server of an application on this machine.

    Parameters
    ----------
    make : callable
        Makes the application, of the secrets and of the names under which it may be asked.
    host : str, default "127.0.0.1"
        The interface: others let other machines ask.
    port : int, default 0
        The port; 0 for any that is free.

    Raises
    ------
    FourpError
        If the port is taken, or there is no such interface.
    """

    def __init__(
        self,
        make: Callable[[Keys, frozenset[str]], Starlette],
        *,
        host: str = _HERE,
        port: int = 0,
    ) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            # From now on: who asks before `run` waits, and is not refused.
            self._socket.listen(128)
        except OSError as error:
            self._socket.close()
            raise FourpError(
                f"The page cannot be opened at {host}, port {port}: {error.strerror or error}.",
                cure="Name another port with --port, or none.",
            ) from error
        self.host, self.port = host, int(self._socket.getsockname()[1])
        names = {host, "localhost"} if host == _HERE else {host}
        self.keys = Keys()
        hosts = frozenset(f"{name}:{self.port}" for name in names)
        try:
            self.application = make(self.keys, hosts)
        except BaseException:
            self._socket.close()
            raise

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        return f"http://{self.host}:{self.port}/?token={self.keys.token}"

    def run(self) -> None:
        """Answer requests until the process is asked to end."""
        config = uvicorn.Config(
            self.application,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
            # Longer than a browser leaves a connection idle: none is closed just when it is used again.
            timeout_keep_alive=120,
        )
        uvicorn.Server(config).run(sockets=[self._socket])

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


class ReviewServer(LocalServer):
    """A server for one person's review.

    Parameters
    ----------
    session : ReviewSession
        What is shown and decided.
    host, port
        As in `LocalServer`.
    differences : DifferenceSession, optional
        Differences between coders, which the same person settles.

    Raises
    ------
    FourpError
        If the port is taken, or there is no such interface.
    """

    def __init__(
        self,
        session: ReviewSession,
        *,
        host: str = _HERE,
        port: int = 0,
        differences: DifferenceSession | None = None,
    ) -> None:
        self._learning = Learning(session)
        super().__init__(
            lambda keys, hosts: make_application(
                session, keys, hosts, learning=self._learning, differences=differences
            ),
            host=host,
            port=port,
        )

    def close(self) -> None:
        """Give the port back, and end a training that goes on."""
        self._learning.close()
        super().close()


class ScoredServer(LocalServer):
    """A server for a folder of scores, which it only reads.

    Parameters
    ----------
    folder : pathlib.Path
        What `fourp score` wrote into.
    codebook : Codebook, optional
        For the names of codes.
    host, port
        As in `LocalServer`.

    Raises
    ------
    FourpError
        If there are no scores, or the port is taken.
    MissingExtraError
        If the extra ``scale`` is not installed.
    """

    def __init__(
        self, folder: Path, codebook: Codebook | None = None, *, host: str = _HERE, port: int = 0
    ) -> None:
        super().__init__(
            lambda keys, hosts: make_scored_application(
                folder, codebook, keys, hosts, render=render_template, static=STATIC
            ),
            host=host,
            port=port,
        )
