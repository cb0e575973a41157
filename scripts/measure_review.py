"""Measure the review page: from key to kept decision and to repaint, its start, and what kills lose.

    python scripts/measure_review.py                 # all of it; needs chromium and chromium-driver
    python scripts/measure_review.py --documents 20  # 20 documents of 10,000 segments
    python scripts/measure_review.py --kills 50      # what is lost in so many kills, alone

It makes a study of its own in a folder for temporary files, with suggestions for one document of so many
segments (or several). Figures are medians and 99th percentiles of single decisions.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fourp_nlp.study.study import open_study
from tests.conftest import OTHER, SEEDS, WATER, write_project
from tests.review_process import ReviewProcess, open_browser

LONG = "long.txt"


def make_study(folder: Path, segments: int, documents: int = 1) -> Path:
    """Make a study with long documents and suggestions for them."""
    project = write_project(folder / "study")
    sentences = [*WATER, *OTHER, *SEEDS]
    drawn = random.Random(1)
    for number in range(documents):
        chosen = drawn.choices(sentences, k=segments)
        name = f"further{number:03}.txt" if number else LONG
        (project.corpus / name).write_text("\n\n".join(chosen), encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return project.root


def told(what: str, seconds: list[float]) -> None:
    """Print the median and the 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    last = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    middle = statistics.median(ordered)
    print(f"{what}: median {1000 * middle:.0f} ms, p99 {1000 * last:.0f} ms ({len(ordered)})")


def measure_decisions(root: Path, count: int) -> None:
    """Measure decisions as the server answers them, and as a person sees them in a browser."""
    number = open_study(root).documents["document"].tolist().index(LONG)
    begun = time.perf_counter()
    with ReviewProcess(root) as process:
        print(f"from the command to the first page: {time.perf_counter() - begun:.1f} s")
        size = len(process.page.encode())
        block = process.raw(f"/api/documents/{number}/segments?from=0&count=200")
        print(f"bytes: list of documents {size:,}; 200 segments {len(block):,}")
        answers = []
        at = -1
        for _ in range(count):
            place = process.ask(f"/api/documents/{number}/open?after={at}")
            at = place["i"]
            item = {"segment": at, "code": place["code"], "value": True, "was": None}
            start = time.perf_counter()
            process.change("decide", {"document": number, "items": [item]})
            answers.append(time.perf_counter() - start)
        told("a decision, until the server has kept it", answers)
        browser = open_browser()
        try:
            browser.get(process.address)
            begun = time.perf_counter()
            browser.get(f"{process.base}/documents/{number}")
            while not browser.execute_script(
                "return document.querySelector('[data-ready]') !== null"
            ):
                time.sleep(0.01)
            print(
                f"a document of many segments, until it can be read: {time.perf_counter() - begun:.1f} s"
            )
            browser.set_script_timeout(300)
            repaints, kept = browser.execute_async_script(_IN_PAGE, count)
            told("a key, until the page is painted anew", [each / 1000 for each in repaints])
            told("a key, until the decision is acknowledged", [each / 1000 for each in kept])
        finally:
            browser.quit()


_IN_PAGE = """
const [count, done] = arguments;
const repaints = [], kept = [];
const fetched = window.fetch;
let acknowledged = null;
window.fetch = async (...all) => {
  const answer = await fetched(...all);
  if (String(all[0]).endsWith('/api/decide') && acknowledged) acknowledged();
  return answer;
};
(async () => {
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    const answered = new Promise((resolve) => { acknowledged = resolve; });
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, cancelable: true }));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    repaints.push(performance.now() - start);
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 5000))]);
    kept.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  done([repaints, kept]);
})();
"""


def measure_kills(root: Path, kills: int) -> None:
    """Kill the server at random while decisions are sent, and compare with what it had acknowledged."""
    number = open_study(root).documents["document"].tolist().index(LONG)
    chance = random.Random(3)
    expected: dict[tuple[int, int], bool] = {}
    lost = decided = 0
    for _ in range(kills):
        with ReviewProcess(root) as process:
            shown = process.ask(f"/api/documents/{number}/segments?from=0&count=50")["segments"]
            states = {
                (segment["i"], mark["code"]): mark["state"]
                for segment in shown
                for mark in segment["marks"]
            }
            names = {True: "accepted", False: "rejected"}
            lost += sum(states.get(cell) != names[value] for cell, value in expected.items())
            killed_at = time.monotonic() + chance.uniform(0.02, 0.4)
            while time.monotonic() < killed_at:
                cell = chance.randrange(len(shown)), chance.randrange(2)
                was = {"accepted": True, "rejected": False}.get(states.get(cell, ""))
                value = not was
                item = {"segment": cell[0], "code": cell[1], "value": value, "was": was}
                process.change("decide", {"document": number, "items": [item]})
                states[cell] = names[value]
                expected[cell] = value
                decided += 1
            process.kill()
    print(f"{kills} kills, {decided} decisions acknowledged: {lost} lost")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=1, help="so many of so many segments")
    parser.add_argument("--decisions", type=int, default=200)
    parser.add_argument("--kills", type=int, default=0, help="only kill the server so often")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        if given.kills:
            measure_kills(make_study(folder, 200), given.kills)
        else:
            root = make_study(folder, given.segments, given.documents)
            measure_decisions(root, given.decisions)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
