"""The command `fourp review` as a process, and who asks it: a plain client, and a browser."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver import Chrome

AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
"""The checker of accessibility that `make` installs for tests."""

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def missing_browser() -> str:
    """Return why there is no browser for tests; empty if there is one."""
    if not any(shutil.which(name) for name in _CHROMIUM):
        return "there is no Chromium here: install chromium and chromium-driver"
    return "" if shutil.which("chromedriver") else "there is no chromedriver here"


def open_browser(width: int = 1280, height: int = 900, *, dark: bool = False) -> Chrome:
    """Start a browser without a window."""
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = next(filter(None, map(shutil.which, _CHROMIUM)))
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
    ):
        options.add_argument(argument)
    if dark:
        options.add_argument("--blink-settings=preferredColorScheme=0")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    browser.set_window_size(width, height)
    browser.set_page_load_timeout(30)
    browser.set_script_timeout(120)  # axe-core takes long on a busy machine
    return browser


def visit(browser: Chrome, address: str) -> None:
    """Open an address; a browser that does not load a page on a busy machine is asked again."""
    _asked_again(lambda: browser.get(address))


def reload(browser: Chrome) -> None:
    """Load the page anew; a browser that does not on a busy machine is asked again."""
    _asked_again(browser.refresh)


def _asked_again(load: Callable[[], None]) -> None:
    from selenium.common.exceptions import TimeoutException

    for _ in range(2):
        with suppress(TimeoutException):
            load()
            return
    load()


class ReviewProcess:
    """`fourp review` at work in a project, and a client that asks as the page's script does."""

    def __init__(self, root: Path, coder: str = "anna", *, scored: bool = False) -> None:
        of_project = ["--coder", coder, "--project", str(root)]
        words = ["review", "--no-browser", *(["--scored", str(root)] if scored else of_project)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from fourp_nlp.cli import main; main()", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.address = ""
        printed = []
        for line in self.process.stdout or ():
            printed.append(line)
            found = re.search(r"the page: (\S+)", line)
            if found:
                self.address = found[1]
                break
        if not self.address:
            raise RuntimeError("".join(printed))
        self.base = self.address.partition("/?")[0]
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )
        with self._opener.open(self.address, timeout=30) as answer:
            self.page = answer.read().decode()
        self._csrf = re.search(r'name="csrf" content="([^"]+)"', self.page)[1]  # type: ignore[index]

    def ask(self, address: str) -> Any:
        """Return what the server answers to a question."""
        return json.loads(self.raw(address))

    def raw(self, address: str) -> bytes:
        """Return the bytes of an answer."""
        with self._opener.open(self.base + address, timeout=30) as answer:
            return bytes(answer.read())

    def change(self, name: str, content: dict[str, Any]) -> Any:
        """Have something changed; return the answer."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.base}/api/{name}",
            json.dumps(content).encode(),
            {"Content-Type": "application/json", "X-CSRF": self._csrf},
        )
        with self._opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def end(self) -> str:
        """End it as Ctrl+C does; return what it printed at the end."""
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=60)[0]

    def kill(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        if self.process.stdout:
            self.process.stdout.close()
