"""Forty small websites on this machine's loopback addresses, with what makes websites hard to collect.

Every organisation, person and event on them is invented. Site N is served at 127.0.1.N, so that each has
a host of its own. Run it by itself to look at it: ``python tests/website_server.py``.
"""

from __future__ import annotations

import gzip
import io
import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    import socket

COUNT = 40
BIG = 200 * 1024 * 1024
BOMB = 512 * 1024 * 1024
SLOW = 300.0
"""Seconds that the slow page takes: longer than any sensible patience."""

FOOTER = "Nobody is for sale in our valley. Call the night line at 555-0100."
NAVIGATION = ("Home", "About us", "What we do", "News", "Handouts", "Contact")

TROUBLE = {
    1: "robots.txt that disallows /private/ and asks for a delay of 0.2 seconds",
    2: "two pages that redirect to each other",
    3: "a page that redirects to another site",
    4: "pages that redirect to private and link-local addresses",
    5: "pages with 404, 500, and 503 twice and then an answer",
    6: "a page that takes longer than anybody waits",
    7: "a calendar without end",
    8: "a page of 200 MB that says so",
    9: "a page of 200 MB that does not say so",
    10: "pages whose charset is not the declared one",
    11: "a PDF and a Word handout",
    12: "a page that is written by a script alone",
    13: "a small answer that unfolds to half a gigabyte",
    14: "a page with broken HTML",
    15: "print versions of pages",
    16: "a page in French",
    17: "an answer that breaks off",
    18: "robots.txt that fails with 500",
    19: "robots.txt that disallows everything",
    20: "links that are no pages: mailto, javascript, data, ftp, fragments, other cases",
    21: "session numbers in links",
    22: "a chain of five redirects to a page",
    23: "folders that contain themselves without end",
    24: "an image and a zip file that call themselves HTML",
    25: "an empty page",
    26: "a page that a link in a comment and a hidden link lead to",
    27: "robots.txt of five megabytes",
    28: "a page without any paragraph, a list alone",
}

_OPENINGS = (
    "On the second Tuesday of each month",
    "Since the spring thaw",
    "After the harvest fair",
    "In the old creamery",
    "Between the ferry and the mill",
    "With the help of eleven neighbours",
    "Before the school bus leaves",
    "During the long night shift",
)
_DOINGS = (
    "we teach hotel cleaners to notice when a guest never carries a key of her own",
    "a caseworker goes along to the clinic and waits until the doctor has finished",
    "the constable and the shelter read the same file and close it together",
    "three churches, the union hall and the band office share one calendar",
    "we ask the council for a bylaw on short leases above the shops",
    "a lawyer explains to pickers what their contract may not say",
    "we drive a young man to the hearing and sit in the row behind him",
    "students act out a recruiter's telephone call and then take it apart",
    "the bank's clerk shows which transfers look like somebody else's wages",
    "we keep two beds free for whoever comes without papers",
    "the crown's office holds a morning for those who will testify",
    "the truck stop keeps our card beside the till",
)
_CLOSINGS = (
    "and nobody has to give a name.",
    "and the coffee is ours.",
    "because the winter road is closed until May.",
    "and last year forty-one people came.",
    "so that the next town need not begin again.",
    "and we write down what went wrong.",
)


def site_name(number: int) -> str:
    return f"Invented Coalition of Valley {number:02d}"


def group_of(number: int) -> str:
    return "north" if number % 2 else "south"


@cache
def paragraphs(site: int, page: str, count: int = 6) -> tuple[str, ...]:
    """Sentences of a page, always the same, and no two pages alike."""
    chance = random.Random(f"{site}/{page}")
    made = []
    for _ in range(count):
        sentences = []
        for _ in range(3):
            year = chance.randrange(1990, 2024)
            sentences.append(
                f"{chance.choice(_OPENINGS)} of {year}, {chance.choice(_DOINGS)}, "
                f"{chance.choice(_CLOSINGS)}"
            )
        made.append(" ".join(sentences))
    return tuple(made)


def html_page(site: int, title: str, body: str, links: list[tuple[str, str]] = ()) -> str:
    menu = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in _MENU)
    more = "".join(f'<p><a href="{escape(path)}">{escape(name)}</a></p>' for path, name in links)
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(title)} - {site_name(site)}</title></head><body>"
        f"<header><p>{site_name(site)}</p><nav><ul>{menu}</ul></nav></header>"
        f"<main><article><h1>{escape(title)}</h1>{body}{more}</article></main>"
        f"<footer><p>{FOOTER}</p><p>A fiction, made to be collected.</p></footer></body></html>"
    )


_MENU = tuple(
    zip(("/", "/about", "/work", "/news", "/handouts", "/contact"), NAVIGATION, strict=True)
)


def article(site: int, page: str, count: int = 6) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in paragraphs(site, page, count))


FRENCH = (
    "Depuis le dégel du printemps, nous apprenons aux femmes de chambre à remarquer quand une cliente ne porte "
    "jamais sa propre clé. Une intervenante accompagne la personne à la clinique et attend que le médecin ait fini. "
    "Deux lits restent libres pour celles et ceux qui arrivent sans papiers, et personne n'a besoin de donner son nom. "
    "Le deuxième mardi du mois, trois paroisses et le syndicat partagent le même calendrier dans la vieille laiterie."
)
ACCENTS = "Zoë Brûlé’s café keeps “the yellow card” – naïve, she says – beside the till in Trois-Rivières."


@cache
def pdf_handout(site: int) -> bytes:
    """A PDF made by hand: one page, one line of text for each sentence."""
    lines = [
        text for paragraph in paragraphs(site, "handout.pdf", 3) for text in paragraph.split(". ")
    ]
    drawn = "BT /F1 9 Tf 40 800 Td 12 TL " + " ".join(
        f"({line.replace('(', '').replace(')', '')}) Tj T*" for line in lines
    )
    stream = f"{drawn} ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1400 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + content + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(
        b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    )
    return out.getvalue()


@cache
def docx_handout(site: int) -> bytes:
    from docx import Document

    document = Document()
    for text in paragraphs(site, "handout.docx", 3):
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def gzip_bomb() -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0) as packed:
        block = b"<p>again and again</p>" * 50_000
        for _ in range(BOMB // len(block)):
            packed.write(block)
    return out.getvalue()


@dataclass
class Answer:
    """What a path answers with."""

    body: bytes = b""
    status: int = 200
    mime: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None  # what Content-Length says; None: the truth
    endless: int = 0  # send this many bytes of filling after the body
    silent: bool = False  # no Content-Length at all
    wait: float = 0.0


def answer(site: int, path: str, visits: int, port: int) -> Answer:
    """Return what a site answers to a path; `visits` counts earlier requests of the same path."""
    parts = urlsplit(path)
    place = parts.path
    if place == "/robots.txt":
        return _robots(site)
    if place in {"/", ""} and site == 26:
        hidden = '<!-- <a href="/commented">Old page</a> --><a href="/hidden" style="display:none">Hidden</a>'
        return Answer(html_page(site, "Home", article(site, "home") + hidden).encode())
    if place in {"/", ""}:
        return _page(site, "Home", "home", links=_trouble_links(site))
    plain = {"/about": "About us", "/work": "What we do", "/contact": "Contact"}
    if place in plain:
        return _page(site, plain[place], place, count=2 if place == "/contact" else 6)
    if place == "/news":
        return _page(
            site, "News", "news", 1, [(f"/news/{n}", f"News item {n}") for n in range(1, 6)]
        )
    if place.startswith("/news/") and place[6:].isdigit() and 1 <= int(place[6:]) <= 5:
        return _page(site, f"News item {place[6:]}", place)
    if place == "/handouts":
        links = [("/handout.pdf", "A handout (PDF)"), ("/handout.docx", "A handout (Word)")]
        return _page(site, "Handouts", "handouts", 2, links if site == 11 else [])
    if site == 11 and place == "/handout.pdf":
        return Answer(pdf_handout(site), mime="application/pdf")
    if site == 11 and place == "/handout.docx":
        mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return Answer(docx_handout(site), mime=mime)
    special = _troubles(site, place, parts.query, visits, port)
    return special or Answer(b"<html><body><p>There is no such page.</p></body></html>", status=404)


def _page(
    site: int, title: str, page: str, count: int = 6, links: list[tuple[str, str]] = ()
) -> Answer:
    return Answer(html_page(site, title, article(site, page, count), list(links)).encode())


def _robots(site: int) -> Answer:
    text = {
        1: "User-agent: *\nDisallow: /private/\nCrawl-delay: 0.2\n",
        19: "User-agent: *\nDisallow: /\n",
        27: "User-agent: *\nDisallow: /private/\n" + "# filling\n" * 500_000,
    }.get(site)
    if site == 18:
        return Answer(b"broken", status=500, mime="text/plain")
    if text is None:
        return Answer(b"no robots.txt", status=404, mime="text/plain")
    return Answer(text.encode(), mime="text/plain")


def _trouble_links(site: int) -> list[tuple[str, str]]:
    return {
        1: [("/private/list", "For members"), ("/open", "For everybody")],
        2: [("/loop/a", "Round and round")],
        3: [("/gone-over", "Our neighbours")],
        4: [
            ("/inside", "Inside"),
            ("/metadata", "Metadata"),
            ("/local", "Local"),
            ("/by-name", "By name"),
        ],
        5: [("/missing", "Missing"), ("/broken", "Broken"), ("/busy", "Busy")],
        6: [("/slow", "Slow")],
        7: [("/calendar?month=0", "Calendar")],
        8: [("/big", "All our minutes")],
        9: [("/big", "All our minutes")],
        10: [
            ("/says-latin", "Says Latin-1"),
            ("/says-utf8", "Says UTF-8"),
            ("/says-nonsense", "Nonsense"),
        ],
        12: [("/script", "Script")],
        13: [("/bomb", "Archive")],
        14: [("/broken-html", "Broken")],
        15: [(f"/print/{n}", f"Print news item {n}") for n in range(1, 6)],
        16: [("/fr", "En français")],
        17: [("/cut", "Minutes")],
        20: [
            ("mailto:nobody@example.org", "Write"),
            ("javascript:void(0)", "Click"),
            ("data:text/html,hello", "Data"),
            ("ftp://127.0.1.20/file", "Files"),
            ("/about#team", "Team"),
            ("/ABOUT", "Shouted"),
            ("tel:5550100", "Call"),
            ("http://", "Nowhere"),
            ("http://[::1", "Nonsense"),
        ],
        21: [(f"/about?sessionid={n}", f"About {n}") for n in range(5)],
        22: [("/hop/1", "Moved")],
        23: [("/deep/", "Deeper")],
        24: [("/picture", "Picture"), ("/archive", "Archive")],
        25: [("/empty", "Empty")],
        28: [("/list", "List")],
    }.get(site, [])


def _troubles(site: int, place: str, query: str, visits: int, port: int) -> Answer | None:
    if site == 1 and place in {"/private/list", "/open"}:
        return _page(site, place, place)
    if site == 2 and place in {"/loop/a", "/loop/b"}:
        return _moved("/loop/b" if place == "/loop/a" else "/loop/a")
    if site == 3 and place == "/gone-over":
        return _moved(f"http://127.0.1.30:{port}/about")
    if site == 4:
        inner = {
            "/inside": "http://10.0.0.1/secret",
            "/metadata": "http://169.254.169.254/latest/meta-data/",
            "/local": f"http://127.0.0.1:{port}/secret",
            "/by-name": f"http://localhost:{port}/secret",
        }
        if place in inner:
            return _moved(inner[place])
    if site == 5:
        if place == "/broken":
            return Answer(b"<p>It broke.</p>", status=500)
        if place == "/busy":
            return _page(site, "Busy", place) if visits >= 2 else Answer(b"busy", status=503)
    if site == 6 and place == "/slow":
        slow = _page(site, "Slow", place)
        slow.wait = SLOW
        return slow
    if site == 7 and place == "/calendar":
        month = int((parse_qs(query).get("month") or ["0"])[0])
        links = [(f"/calendar?month={month + 1}", "Next month")]
        return _page(site, f"Month {month}", f"calendar {month}", 1, links)
    if site in {8, 9} and place == "/big":
        return Answer(b"<html><body><p>Minutes.</p>", endless=BIG, silent=site == 9)
    if site == 10:
        return _charsets(place)
    if site == 12 and place == "/script":
        return Answer(
            b"<!doctype html><html><head><title>App</title></head><body><div id='root'></div>"
            b"<script>document.getElementById('root').textContent = 'Written by a script.'</script>"
            b"</body></html>"
        )
    if site == 13 and place == "/bomb":
        return Answer(gzip_bomb(), headers={"Content-Encoding": "gzip"})
    if site == 14 and place == "/broken-html":
        texts = paragraphs(site, place)
        body = "<p>" + "<p><b><i>".join(texts) + "</table></div></span><td>" + "<div>" * 3000
        return Answer(f"<html><head><title>Broken</title><body>{body}\x00<p>{texts[0]}".encode())
    if site == 15 and place.startswith("/print/") and place[7:].isdigit():
        body = article(site, f"/news/{place[7:]}")
        return Answer(
            f"<html><head><title>Print</title></head><body>{body}<p>Printed from our pages.</p></body></html>".encode()
        )
    if site == 16 and place == "/fr":
        body = f"<p>{escape(FRENCH)}</p><p>{escape(FRENCH[::1].replace('mardi', 'jeudi'))}</p>"
        return Answer(html_page(site, "En français", body).encode())
    if site == 17 and place == "/cut":
        whole = html_page(site, "Minutes", article(site, place)).encode()
        return Answer(whole[: len(whole) // 2], length=len(whole))
    if site == 20 and place == "/ABOUT":
        return _page(site, "About us, shouted", place)
    if site == 22 and place.startswith("/hop/"):
        step = int(place[5:])
        return _moved(f"/hop/{step + 1}") if step < 6 else _page(site, "Arrived", place)
    if site == 23 and place.startswith("/deep/"):
        return _page(site, "Deeper", place, 1, [(f"{place}deep/", "Deeper still")])
    if site == 24 and place == "/picture":
        return Answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    if site == 24 and place == "/archive":
        return Answer(b"PK\x03\x04" + bytes(range(256)) * 40)
    if site == 25 and place == "/empty":
        return Answer(b"")
    if site == 26 and place in {"/hidden", "/commented"}:
        return _page(site, place, place)
    if site == 28 and place == "/list":
        items = "".join(f"<li>{escape(text)}</li>" for text in paragraphs(site, place))
        return Answer(html_page(site, "List", f"<ul>{items}</ul>").encode())
    return None


def _charsets(place: str) -> Answer | None:
    page = f"<html><head><title>Letters</title></head><body><article><p>{ACCENTS}</p>{article(10, place)}"
    page += "</article></body></html>"
    if place == "/says-latin":
        return Answer(page.encode("utf-8"), mime="text/html; charset=iso-8859-1")
    if place == "/says-utf8":
        return Answer(page.encode("cp1252"), mime="text/html; charset=utf-8")
    if place == "/says-nonsense":
        return Answer(page.encode("utf-8"), mime="text/html; charset=x-klingon")
    return None


def _moved(where: str) -> Answer:
    return Answer(b"", status=302, headers={"Location": where})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Sites

    def do_GET(self) -> None:
        site = self.server.site_of(self.connection)
        visits = self.server.count(site, self.path)
        made = answer(site, self.path, visits, self.server.server_address[1])
        if made.wait and self.server.stopping.wait(made.wait):
            return
        self.send_response(made.status)
        self.send_header("Content-Type", made.mime)
        for name, value in made.headers.items():
            self.send_header(name, value)
        length = len(made.body) + made.endless if made.length is None else made.length
        if made.silent:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(made.body)
        block = b"<p>filling</p>\n" * 4096
        left = made.endless
        while left > 0 and not self.server.stopping.is_set():
            self.wfile.write(block[:left])
            left -= len(block)
        if made.length is not None:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Sites(ThreadingHTTPServer):
    """One listening socket on all of 127.0.1.x; the address that was called tells the site."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int]) -> None:
        self.stopping = threading.Event()
        self.requests: list[tuple[float, int, str]] = []
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def site_of(self, connection: socket.socket) -> int:
        return int(connection.getsockname()[0].rsplit(".", 1)[1])

    def count(self, site: int, path: str) -> int:
        """Note a request; return how many there were of the same path before."""
        with self._lock:
            before = sum(1 for _, s, p in self.requests if (s, p) == (site, path))
            self.requests.append((time.monotonic(), site, path))
        return before

    def asked(self, site: int) -> list[str]:
        """Return the paths that a site was asked for, in order."""
        with self._lock:
            return [path for _, s, path in self.requests if s == site]

    def url(self, site: int, path: str = "/") -> str:
        return f"http://127.0.1.{site}:{self.server_address[1]}{path}"

    def handle_error(self, *args: object) -> None:
        """A client that hangs up is none of our errors."""


@contextmanager
def websites(port: int = 0):
    """Serve all sites until the block ends."""
    # 0.0.0.0 so that one socket serves 127.0.1.1 to 127.0.1.40; nothing outside this machine's own tests
    # is meant to call it.
    server = Sites(("0.0.0.0", port))
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()


def sites_csv(server: Sites, numbers=range(1, COUNT + 1)) -> str:
    """Return a list of sites as a researcher would write it."""
    rows = [f"valley_{n:02d},{site_name(n)},{group_of(n)},{server.url(n)}" for n in numbers]
    return "id,name,group,website\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    with websites(8040):  # then look at http://127.0.1.1:8040 to http://127.0.1.40:8040
        threading.Event().wait()
