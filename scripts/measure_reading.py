"""Print, for every folder of small real-life files, what is right and what was read.

A case is a folder with files and an ``expected.txt`` that says in words what is right. Documents are read
and segmented as `fourp read` and `fourp segment` do. Web pages are read as they are scored; a
``headers.txt`` beside them holds the server's headers, and a folder with a ``robots.txt`` is served from this
machine and collected. Tables of coded data are imported into a project whose documents hold the quotations
of their rows. Tables in a folder named ``codebook…`` become codebooks. A folder named ``agree…`` stands for
a project of the kind that its ``how.txt`` describes. A person compares what was found with what is expected.

Then a dialogue of ours, in every form in which transcripts come (``tests/transcript_forms.py`` and
``tests/transcript_files.py``): the share of its words that are read and stand under the right speaker, and
how many words are read that nobody said. Where LibreOffice is installed, Word documents are also measured
as it saves them in other formats.

Usage: python scripts/measure_reading.py FOLDER [FOLDER ...] [--segments 12] [--forms-only]
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fourp_nlp.codebook import read_codebook
from fourp_nlp.documents import read_documents
from fourp_nlp.segments import segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOLD = ("expected.txt", "how.txt", "headers.txt")
CODES = ("Beds", "Police / liaison", "Money", "Café")
FILLER = "Nobody had asked about it before."
PORT = 8377


def main() -> None:
    """Print the cases, then the forms."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, help="folders of cases, or cases")
    parser.add_argument("--segments", type=int, default=12, help="segments shown of a document")
    parser.add_argument("--forms-only", action="store_true", help="measure the forms alone")
    options = parser.parse_args()
    for case in [] if options.forms_only else sorted(cases(options.folders)):
        print(f"\n## {case.name}\n")
        print(f"expected: {' '.join((case / 'expected.txt').read_text(encoding='utf-8').split())}")
        for line in found(case, options.segments):
            print(f"found:    {line}")
    print_forms()


def cases(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield every folder that says what is right, at or below those given."""
    for folder in folders:
        yield from (path.parent for path in folder.rglob("expected.txt"))


def found(case: Path, most: int) -> Iterator[str]:
    """Yield in lines what is read of a case."""
    files = sorted(path for path in case.iterdir() if path.name not in TOLD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        match case.name.partition("-")[0]:
            case "agree":
                yield from agreement(case, folder)
            case "codebook":
                for file in files:
                    yield from codebook(file, folder / f"{file.stem}.yaml")
            case "import" | "exports":
                for file in files:
                    yield from imported(file, folder / file.stem)
            case "web":
                yield from website(case, files, folder)
            case _:
                yield from documents(files, most)


def documents(files: Sequence[Path], most: int) -> Iterator[str]:
    """Yield how documents are read, and the first segments of each with their speakers."""
    read, skipped = read_documents(files)
    for path, reason in zip(skipped["path"], skipped["reason"], strict=True):
        yield f"[{Path(path).name}] {reason}"
    segments = segment(read)
    for row in read.itertuples():
        own = segments[segments["document"] == row.document]
        speakers = own["speaker"].replace("", "(nobody)").value_counts(sort=False)
        shown = ", ".join(f"{name} {number}" for name, number in speakers.items())
        yield f"[{row.document}] {len(own)} segments: {shown}"
        for remark in filter(None, row.remarks.split("\n")):
            yield f"[{row.document}] remark: {remark}"
        for one in own.head(most).itertuples():
            yield f"    {one.speaker or '-'} | {' '.join(one.text.split())}"
        if len(own) > most:
            last = own.iloc[-1]
            yield f"    ... {last.speaker or '-'} | {' '.join(last.text.split())}"


def website(case: Path, files: Sequence[Path], folder: Path) -> Iterator[str]:
    """Yield what is kept of pages; a folder with a robots.txt is collected from a server on this machine."""
    from fourp_nlp.websites import read_pages

    if (case / "robots.txt").exists():
        yield from collected(case, folder)
        return
    headers = case / "headers.txt"
    told = headers.read_text(encoding="utf-8") if headers.exists() else "Content-Type: text/html"
    head = [
        tuple(part.strip() for part in line.split(":", 1)) for line in told.splitlines() if line
    ]
    warc = folder / "pages.warc.gz"
    write_pages(warc, files, head)
    languages = ("en",) if "bilingual" in case.name else ()
    for pages in read_pages(warc, languages=languages):
        for page in pages.itertuples():
            text = " / ".join(page.text.split("\n"))
            number = len(page.text.split())
            name = page.url.rpartition("/")[2]
            yield f"[{name}] {page.status} {page.reason}: {number} words: {text[:600]}"


def write_pages(warc: Path, files: Sequence[Path], head: list[tuple[str, str]]) -> None:
    """Write files as a server's answers with these headers into a WARC file."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with warc.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for number, file in enumerate(files):
            record = writer.create_warc_record(
                f"http://site{number}.example/{file.name}",
                "response",
                payload=io.BytesIO(file.read_bytes()),
                http_headers=StatusAndHeaders("200 OK", head, protocol="HTTP/1.1"),
            )
            writer.write_record(record)


def collected(case: Path, folder: Path) -> Iterator[str]:
    """Yield the summary of `fourp collect` on a folder that this machine serves."""
    served = folder / "site"
    served.mkdir()
    for file in case.iterdir():
        content = file.read_text(encoding="utf-8").replace("HOST", f"127.0.0.1:{PORT}")
        (served / file.name).write_text(content, encoding="utf-8")
    pages = [f"http://127.0.0.1:{PORT}/page{number}.html" for number in range(5)]
    for number in range(5):
        body = (
            f"<html><title>Page {number}</title><p>This is page {number} of the site, all fiction."
        )
        (served / f"page{number}.html").write_text(body, encoding="utf-8")
    places = "".join(f"<url><loc>{page}</loc></url>" for page in pages)
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    (served / "sitemap.xml").write_text(f'<?xml version="1.0"?>{sitemap}', encoding="utf-8")
    (folder / "sites.csv").write_text(f"id,website\na,http://127.0.0.1:{PORT}/\n", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", PORT), partial(_Quiet, directory=str(served)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield from fourp(
            "collect", folder / "sites.csv", "--to", folder / "warc", "--contact", "a@example.org",
            "--delay", "0", "--allow-address", "127.0.0.1",
        )  # fmt: skip
    finally:
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def project(folder: Path, texts: dict[str, str], codes: Sequence[str] = CODES) -> Path:
    """Make a project of some texts and a codebook of plain names."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    indicators = "".join(
        f"      - id: {name.partition(' ')[0].lower().replace('é', 'e')}\n        name: {name}\n"
        f"        short_definition: What is said about {name}.\n"
        for name in codes
    )
    book = folder.parent / "codebook_of_names.yaml"
    book.write_text(
        "id: housing\ntitle: Housing\nversion: '1'\nlanguage: en\n"
        "themes:\n  - id: housing\n    name: Housing\n    definition: What is said about housing.\n"
        f"    codes:\n{indicators}",
        encoding="utf-8",
    )
    fourp("init", folder, "--codebook", book)
    for name, text in texts.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    return folder


def imported(file: Path, folder: Path) -> Iterator[str]:
    """Yield what `fourp import` says of a table, and the gold codes that came of it."""
    project(folder, texts_for(file))
    yield f"[{file.name}]"
    said = fourp("import", file, "--project", folder)
    if "Say which with --as" in said[0]:
        yield f"    {said[0]}"
        said = fourp("import", file, "--as", "long", "--project", folder)
    for line in said:
        yield f"    {line}"
    for gold in sorted((folder / "gold").glob("*.csv")):
        for row in gold.read_text(encoding="utf-8-sig").splitlines()[1:]:
            yield f"    gold/{gold.name}: {row}"
    names = [code.name for code in read_codebook(folder / "corpus" / "codebook.yaml").all_codes]
    yield f"    codes: {'; '.join(names)}"


def texts_for(file: Path) -> dict[str, str]:
    """Return documents that hold the quotations of a table's rows."""
    texts: dict[str, list[str]] = {"interview1.txt": [], "interview2.txt": []}
    names: list[str] = []
    for row in table(file):
        named = [name for name in texts if any(Path(name).stem in cell for cell in row)]
        # The cells below a merged one are empty.
        names = named or names
        for cell in row:
            if len(cell.split()) > 3 and cell[-1] in ".!?" and names:
                texts[names[0]].append(cell)
    return {
        name: "\n".join([FILLER, *dict.fromkeys(lines), FILLER]) for name, lines in texts.items()
    }


def table(file: Path) -> list[list[str]]:
    """Return all rows of a table file, of all its sheets."""
    if file.suffix not in {".csv", ".tsv", ".xlsx"}:
        return []
    if file.suffix != ".xlsx":
        return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    import openpyxl

    sheets = openpyxl.load_workbook(file, data_only=True).worksheets
    return [
        ["" if value is None else str(value) for value in row]
        for sheet in sheets
        for row in sheet.iter_rows(values_only=True)
    ]


def codebook(file: Path, to: Path) -> Iterator[str]:
    """Yield the codebook that `fourp import --to` makes of a file."""
    yield f"[{file.name}]"
    for line in fourp("import", file, "--to", to):
        yield f"    {line}"
    if to.exists():
        for line in to.read_text(encoding="utf-8").splitlines():
            yield f"    {line}"


def agreement(case: Path, folder: Path) -> Iterator[str]:
    """Yield the first lines of `fourp agree` in a project of two or thirty coders."""
    many = "thirty" in case.name
    coders = [f"coder{number:02}" for number in range(30)] if many else ["anna", "ben"]
    sentences = [f"Sentence number {number} is about beds." for number in range(12)]
    texts = {f"talk{number}.txt": "\n\n".join(sentences) for number in range(3)}
    project(folder / "p", texts, CODES[:3])
    document = "\n\n".join(sentences)
    for place, coder in enumerate(coders):
        rows = ["document,start,end,code,quote"]
        for name in texts:
            for number, sentence in enumerate(sentences):
                if (number + place) % 3 == 0 or number % 4 == 0:
                    start = document.index(sentence)
                    rows.append(f"{name},{start},{start + len(sentence)},beds,{sentence}")
        (folder / "p" / "gold" / f"{coder}.csv").write_text("\n".join(rows), encoding="utf-8")
    settings = folder / "p" / "fourp.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('gold = ""', f'gold = "{coders[0]}"'), encoding="utf-8")
    asked = [] if many else ["--coders", "anna", "--coders", "bob"]
    lines = fourp("agree", *asked, "--project", folder / "p")
    yield f"{len(lines)} lines on the screen; pairs of coders: {len(list(combinations(coders, 2)))}"
    yield from (f"    {line}" for line in lines[:60])


def fourp(*arguments: object) -> list[str]:
    """Run a command, and return what it printed."""
    code = "from fourp_nlp.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    return [*lines, f"exit {run.returncode}"]


def print_forms() -> None:
    """Print how much of the dialogue is read, and under the right speaker, form by form."""
    from tests.transcript_files import FILES
    from tests.transcript_forms import DIALOGUE, FORMS

    print("\n| form | words | under the right speaker | words nobody said |\n|---|--:|--:|--:|")
    shares = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, form in enumerate([*FORMS.values(), *FILES.values()]):
            path = Path(scratch) / f"form{number}{form.suffix}"
            path.write_bytes(form.render(DIALOGUE))
            shares.append(print_share(form.name, path, form.shown))
            if form.suffix == ".docx":
                for other in saved_by_libreoffice(path):
                    name = f"{form.name}, saved as {other.suffix} by LibreOffice"
                    shares.append(print_share(name, other, {}))
    print(f"\n{len(shares)} forms, each with at least {min(shares):.1%} under the right speaker")


def print_share(name: str, path: Path, shown: dict[str, str]) -> float:
    """Print the row of one file of the dialogue, which may show other names; return the share."""
    from tests.transcript_forms import DIALOGUE, words_right

    said = [(shown.get(speaker, speaker), words) for speaker, words in DIALOGUE]
    documents, _ = read_documents([path])
    words, right, strange = words_right(segment(documents), said)
    print(f"| {name} | {words} | {right / words:.1%} | {strange} |", flush=True)
    return right / words


def saved_by_libreoffice(path: Path) -> Iterator[Path]:
    """Yield a Word document as LibreOffice saves it in other formats; nothing where it is not installed."""
    office = shutil.which("soffice")
    for suffix in ("pdf", "rtf", "odt", "html") if office else ():
        folder = path.parent / suffix
        asked = [office, "--headless", "--convert-to", suffix, "--outdir", folder, path]
        subprocess.run(asked, check=True, capture_output=True)
        yield folder / f"{path.stem}.{suffix}"


if __name__ == "__main__":
    main()
