"""Memory, open files and processes while many sites of a few pages are collected.

python scripts/measure_collect.py [--sites 1000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import tests.website_server as server
from fourp_nlp.websites import Limits, collect_sites, read_sites


class Gauge:
    """Looks at this process's children twice a second: of one crawler, and of all at once."""

    def __init__(self) -> None:
        self.most = {"crawler_mb": 0.0, "crawler_files": 0, "crawlers": 0}
        self._over = threading.Event()

    def watch(self) -> None:
        """Look until told to end."""
        here = psutil.Process()
        while not self._over.wait(0.5):
            crawlers = here.children()
            self._note("crawlers", len(crawlers))
            for crawler in crawlers:
                try:
                    self._note("crawler_mb", crawler.memory_info().rss / 2**20)
                    self._note("crawler_files", crawler.num_fds())
                except psutil.Error:
                    continue

    def end(self) -> dict[str, float]:
        """Stop looking; return the most of everything since the last time."""
        self._over.set()
        return self.most

    def _note(self, name: str, value: float) -> None:
        self.most[name] = max(self.most[name], value)


def main() -> None:
    """Print a row for each number of sites."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1000)
    most = parser.parse_args().sites
    rows = []
    for number in sorted({most // 10, most // 3, most}):
        with server.websites() as sites, tempfile.TemporaryDirectory() as folder:
            port = sites.server_address[1]
            # 127.0.2.30 and so on: the last number tells the test server which site it is.
            lines = [
                f"s{n},http://127.{1 + n // 250}.{1 + n % 250}.30:{port}/" for n in range(number)
            ]
            listed = Path(folder) / "sites.csv"
            listed.write_text("id,website\n" + "\n".join(lines) + "\n", encoding="utf-8")
            table = read_sites(listed, limits=Limits(delay=0.0))
            gauge = Gauge()
            watching = threading.Thread(target=gauge.watch, daemon=True)
            watching.start()
            began = time.monotonic()
            made = collect_sites(table, Path(folder) / "out", allowed=("127.0.0.0/8",))
            seconds = time.monotonic() - began
            told = gauge.end()
            watching.join()
            pages = sum(done["pages"] for done in made.done.values())
            rows.append(
                {
                    "sites": number,
                    "done": len(made.done),
                    "pages": pages,
                    "seconds": round(seconds, 1),
                    "pages_per_s": round(pages / seconds, 1),
                    **{key: round(value, 1) for key, value in told.items()},
                }
            )
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
