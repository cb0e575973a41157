"""How many keys it takes to settle a document in the review page.

    python scripts/measure_keystrokes.py [--document toronto_transcript.txt] [--like coder_1]

Makes a copy of the demonstration, suggests codes (for a document that the machine learned from, those of a
machine that did not), and opens the page in a browser as a new person, who wants exactly the codes that an
earlier coder gave. All keys are real, and are counted. The person goes through the text in reading order,
first adds the codes that are missing in a segment, then decides on its suggestions. In the end the codes in
the page are compared with the wanted ones.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fourp_nlp.study.study import open_study
from tests.review_process import ReviewProcess, open_browser, visit

_STATE = """
const current = document.querySelector('.seg[aria-current="true"]');
const mark = current && current.querySelector('.mark-label[aria-current="true"]');
return [current ? Number(current.dataset.i) : -1, mark ? Number(mark.dataset.code) : -1];
"""


class Page:
    """The reading page in a browser, and the keys that were pressed in it."""

    def __init__(self, served: ReviewProcess, number: int) -> None:
        self.served, self.number = served, number
        self.keys: Counter[str] = Counter()
        self.browser = open_browser()
        visit(self.browser, served.address)
        visit(self.browser, f"{served.base}/documents/{number}")
        self.until(
            lambda: self.browser.execute_script(
                "return document.querySelector('#reading[data-ready]') !== null"
            )
        )

    def until(self, condition: Any) -> None:
        """Wait for something."""
        end = time.monotonic() + 30
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the page does not answer")
            time.sleep(0.01)

    def at(self) -> tuple[int, int]:
        """Return the current segment and the code of the current mark."""
        segment, code = self.browser.execute_script(_STATE)
        return int(segment), int(code)

    def press(self, kind: str, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.browser.switch_to.active_element.send_keys(key)
            self.keys[kind] += 1

    def segment(self, number: int) -> dict[str, Any]:
        """Return what the server says of a segment."""
        address = f"/api/documents/{self.number}/segments?from={number}&count=1"
        segment: dict[str, Any] = self.served.ask(address)["segments"][0]
        return segment

    def given(self, number: int) -> set[int]:
        """Return the codes that the person gave a segment."""
        return {
            mark["code"] for mark in self.segment(number)["marks"] if mark["state"] == "accepted"
        }

    def open(self, number: int) -> set[int]:
        """Return the suggestions for a segment on which nothing is decided."""
        marks = self.segment(number)["marks"]
        return {mark["code"] for mark in marks if mark["state"] == "suggested"}

    def go(self, target: int) -> None:
        """Go to a segment with as few keys as possible: one at a time, or to the next open suggestion."""
        after = self.served.ask(f"/api/documents/{self.number}/open?after={self.at()[0]}")
        if after and after.get("i") == target and abs(target - self.at()[0]) > 1:
            self.press("going", "n")
        while self.at()[0] != target:
            before = self.at()[0]
            self.press("going", "j" if before < target else "k")
            self.until(lambda before=before: self.at()[0] != before)

    def to_one_of(self, codes: set[int]) -> None:
        """Go to the mark of one of some codes in the current segment."""
        for way in ("h", "l"):
            while self.at()[1] not in codes:
                before = self.at()
                self.press("going", way)
                time.sleep(0.2)
                if self.at() == before:
                    self.keys["going"] -= 1  # there is no mark further on: a person sees that
                    break


def settle(page: Page, wanted: list[set[int]]) -> None:
    """Decide on every suggestion, and add what is missing."""
    for number, codes in enumerate(wanted):
        segment = page.segment(number)
        suggested = page.open(number)
        missing = sorted(codes - suggested)
        if not missing and not suggested:
            continue
        page.go(number)
        likely = [each["code"] for each in segment["candidates"][:5]]
        for code in missing:
            if code in likely:
                page.press("a missing code, among the likely ones", str(likely.index(code) + 1))
            else:
                typed = f"#{code + 1:02d}" if code < 9 else f"#{code + 1}"
                page.press("a missing code, by its number", *typed)
            page.until(lambda number=number, code=code: code in page.given(number))
        while suggested:
            page.go(number)
            page.to_one_of(suggested)
            code = page.at()[1]
            page.press("a suggestion", "\ue007" if code in codes else "x")
            suggested.discard(code)
            page.until(lambda number=number, code=code: code not in page.open(number))


def main() -> None:
    """Count the keys."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--document", default="toronto_transcript.txt")
    parser.add_argument("--like", default="coder_1", help="whose codes the person wants")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        for name in ("corpus", "gold", "models"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "fourp.toml", folder)
        study = open_study(folder)
        study.suggest()
        names = study.documents["document"].tolist()
        labels = study.labels(asked.like)
        rows = np.flatnonzero((study.segments["document"] == asked.document).to_numpy())
        wanted = [set(np.flatnonzero(labels.labels[row]).tolist()) for row in rows]
        with ReviewProcess(folder, "reader") as served:
            page = Page(served, names.index(asked.document))
            try:
                n_suggested = int(served.ask(f"/api/documents/{page.number}")["progress"]["open"])
                settle(page, wanted)
                same = all(page.given(at) == codes for at, codes in enumerate(wanted))
            finally:
                page.browser.quit()
    finally:
        shutil.rmtree(folder)
    n_missing = (
        sum(
            count
            for kind, count in page.keys.items()
            if kind == "a missing code, among the likely ones"
        )
        + page.keys["a missing code, by its number"] // 3
    )
    least = n_suggested + n_missing
    print(
        f"{asked.document}: {len(wanted)} segments, {n_suggested} suggestions, {n_missing} missing codes"
    )
    for kind, count in page.keys.most_common():
        print(f"  keys for {kind}: {count}")
    total = sum(page.keys.values())
    print(f"  {total} keys; one for each suggestion and each missing code would be {least}")
    print(f"  the codes in the end are {'the wanted ones' if same else 'NOT the wanted ones'}")


if __name__ == "__main__":
    main()
