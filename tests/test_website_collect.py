"""Collecting websites: what is fetched and what not, how politely, and what is left behind."""

import csv
import gzip
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

pytest.importorskip("scrapy")
pytest.importorskip("warcio")
pytest.importorskip("fastwarc")


import tests.website_server as server
from fourp_nlp.cli import app
from fourp_nlp.errors import DocumentError, FourpError
from fourp_nlp.websites import (
    Limits,
    Watchdog,
    collect_sites,
    import_warc_files,
    read_answers,
    read_done,
    read_fetched,
    read_pages,
    read_sites,
    site_of,
    whole,
)
from fourp_nlp.websites.addresses import may_ask
from fourp_nlp.websites.crawl import CrawlJob
from fourp_nlp.websites.frontier import tidy_url
from tests.conftest import ROOT
from tests.warc_files import write_warc


def _loopback() -> str:
    try:
        with socket.socket() as trial:
            trial.bind(("127.0.1.40", 0))
    except OSError as error:
        return f"127.0.1.40 cannot be bound here: {error}"
    return ""


pytestmark = pytest.mark.skipif(bool(_loopback()), reason=_loopback())

OURS = ("127.0.1.0/24",)
# No test waits for these: they end nothing on a machine that is busy with other work.
LONG = 3600
QUICK = Limits(delay=0.0, max_seconds=LONG)
PATIENT = 300.0
PLAIN = [
    "/",
    "/about",
    "/work",
    "/news",
    "/handouts",
    "/contact",
    *(f"/news/{n}" for n in range(1, 6)),
]
MORE = {
    1: ["/open"],
    2: ["/loop/a", "/loop/b"],
    3: ["/gone-over"],
    4: ["/inside", "/metadata", "/local", "/by-name"],
    5: ["/missing", *["/broken"] * 3, *["/busy"] * 3],
    7: [f"/calendar?month={month}" for month in range(6)],
    8: ["/big"],
    9: ["/big"],
    10: ["/says-latin", "/says-utf8", "/says-nonsense"],
    11: ["/handout.pdf", "/handout.docx"],
    12: ["/script"],
    13: ["/bomb"],
    14: ["/broken-html"],
    15: [f"/print/{n}" for n in range(1, 6)],
    16: ["/fr"],
    17: ["/cut"],
    20: ["/ABOUT"],
    22: [f"/hop/{n}" for n in range(1, 7)],
    23: ["/deep/", "/deep/deep/", "/deep/deep/deep/"],
    24: ["/picture", "/archive"],
    25: ["/empty"],
    26: ["/hidden"],
    28: ["/list"],
}
NOTHING = {18: 3, 19: 1}
SILENT = 6


def expected(number):
    """What a site is asked for: every page once, what is out of order three times."""
    if number in NOTHING:
        return Counter({"/robots.txt": NOTHING[number]})
    return Counter(["/robots.txt", *PLAIN, *MORE.get(number, [])])


@pytest.fixture(autouse=True, scope="module")
def _quick_tries():
    """Try again soon; tests/test_crawl_times.py holds the real times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourp_nlp.websites.collect.CrawlJob", partial(CrawlJob, backoff=0.01))
        yield


def listed(tmp_path, sites, numbers, *, limits=QUICK):
    path = tmp_path / "sites.csv"
    path.write_text(server.sites_csv(sites, numbers), encoding="utf-8")
    return read_sites(path, limits=limits)


def collect(tmp_path, sites, *numbers, limits=QUICK, **options):
    table = listed(tmp_path, sites, numbers, limits=limits)
    return collect_sites(table, tmp_path / "out", allowed=OURS, **{"patience": PATIENT, **options})


def rows_of(made):
    return read_fetched(made.folder, list(made.done))


def one_site(tmp_path, monkeypatch, paths, *, start="/", limits=QUICK, **options):
    """Collect a site of one's own: what its paths answer with; return what was collected, and asked."""
    seen = []

    def answers(site, path, visits, port):
        seen.append((time.monotonic(), path))
        made = paths.get(path)
        made = made(visits) if callable(made) else made
        return made or server.Answer(b"nothing here", status=404, mime="text/plain")

    monkeypatch.setattr(server, "answer", answers)
    with server.websites() as sites:
        path = tmp_path / "one.csv"
        path.write_text(f"id,website\none,{sites.url(30, start)}\n")
        table = read_sites(path, limits=limits)
        made = collect_sites(
            table, tmp_path / "out", allowed=OURS, **{"patience": PATIENT, **options}
        )
    return made, seen


def page(*links, text="A page."):
    body = "".join(f'<a href="{link}">link</a>' for link in links)
    return server.Answer(f"<html><body><p>{text}</p>{body}</body></html>".encode())


def contents(folder):
    """Return what every WARC file holds: kind of record, URL and digest of the contents."""
    from warcio.archiveiterator import ArchiveIterator

    held = {}
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as stream:
            held[path.name] = Counter(
                (
                    record.rec_type,
                    record.rec_headers.get_header("WARC-Target-URI"),
                    record.rec_headers.get_header("WARC-Payload-Digest"),
                )
                for record in ArchiveIterator(stream)
                if record.rec_type == "response"
            )
    return held


@pytest.fixture(scope="module")
def all_sites(tmp_path_factory):
    """All sites but the one that does not answer, collected once."""
    folder = tmp_path_factory.mktemp("websites")
    numbers = [number for number in range(1, server.COUNT + 1) if number != SILENT]
    server.gzip_bomb()
    with server.websites() as sites:
        made = collect(
            folder,
            sites,
            *numbers,
            handouts=True,
            max_answer=2 << 20,
        )
        asked = {number: Counter(sites.asked(number)) for number in numbers}
        times = [(when, path) for when, site, path in sites.requests if site == 1]
    return made, asked, times, rows_of(made)


def test_every_page_of_many_sites_is_fetched_once_and_nothing_else(all_sites):
    made, asked, _, _ = all_sites
    assert not made.failed
    assert len(made.done) == server.COUNT - 1
    for number, paths in asked.items():
        assert paths == expected(number), server.TROUBLE.get(number)


@pytest.mark.parametrize(
    ("number", "place", "outcome", "why"),
    [
        (1, "/private/list", "refused", "robots.txt"),
        (2, "/loop/b", "refused", "in a circle"),
        (3, "/gone-over", "refused", "to another site: http://127.0.1.30"),
        (4, "/inside", "refused", "to another site: http://10.0.0.1"),
        (4, "/metadata", "refused", "to another site: http://169.254"),
        (4, "/by-name", "refused", "to another site: http://localhost"),
        (5, "/missing", "failed", "answered 404"),
        (5, "/broken", "failed", "answered 500"),
        (5, "/busy", "fetched", ""),
        (7, "/calendar?month=6", "refused", "deeper than the limit"),
        (8, "/big", "cut", "larger than the limit of an answer, 2,097,152 bytes"),
        (9, "/big", "cut", "larger than the limit of an answer, 2,097,152 bytes"),
        (13, "/bomb", "fetched", ""),
        (17, "/cut", "cut", "broke off"),
        (18, "/", "failed", "robots.txt cannot be fetched"),
        (19, "/", "refused", "robots.txt"),
        (22, "/hop/5", "redirected", "/hop/6"),
        (23, "/deep/deep/deep/deep/", "refused", "a folder inside itself"),
        (28, "/list", "fetched", ""),
    ],
)
def test_what_became_of_a_url_is_told_with_the_reason(all_sites, number, place, outcome, why):
    rows = all_sites[3]
    mine = rows[(rows["site"] == f"valley_{number:02d}") & rows["url"].str.endswith(place)]
    mine = mine[mine["url"].str.count("/") == place.count("/") + 2]
    assert mine["outcome"].tolist() == [outcome]
    assert why in mine["reason"].iloc[0]


def test_the_delay_of_robots_txt_is_kept(all_sites):
    times = [when for when, _ in all_sites[2]]
    # It counts from the answer, which comes later than the request did: a busy machine only adds to it.
    assert min(after - before for before, after in pairwise(times)) >= 0.199


def test_warc_files_are_valid_and_hold_as_many_records_as_the_record_of_being_done_says(all_sites):
    from fastwarc.warc import ArchiveIterator as Fast
    from warcio.archiveiterator import ArchiveIterator

    folder = all_sites[0].folder
    paths = sorted(folder.glob("*.warc.gz"))
    assert len(paths) == server.COUNT - 1
    checked = subprocess.run(
        [sys.executable, "-c", "from warcio.cli import main; main()", "check", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout
    for path in paths:
        told = read_done(folder, path.name.removesuffix(".warc.gz"))
        assert whole(path)
        with path.open("rb") as stream:
            kinds = Counter(record.rec_type for record in ArchiveIterator(stream))
        with path.open("rb") as stream:
            digests = [(r.verify_block_digest(), r.verify_payload_digest()) for r in Fast(stream)]
        assert len(digests) == sum(kinds.values()) == told["records"]
        assert kinds["warcinfo"] == 1
        assert kinds["request"] == kinds["response"]


def test_a_row_of_the_table_leads_to_its_record(all_sites):
    made, _, _, rows = all_sites
    from warcio.archiveiterator import ArchiveIterator

    for site in ("valley_05", "valley_22", "valley_17", "valley_09"):
        held = {}
        with (made.folder / f"{site}.warc.gz").open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response":
                    held[record.rec_headers.get_header("WARC-Record-ID").strip("<>")] = (
                        record.rec_headers.get_header("WARC-Target-URI"),
                        int(record.http_headers.get_statuscode()),
                        len(record.raw_stream.read()),
                    )
        mine = rows[(rows["site"] == site) & (rows["status"] > 0)]
        assert len(mine) >= len(PLAIN)
        for row in mine.itertuples():
            assert held[row.record_id] == (row.url, row.status, row.bytes)


def test_the_archive_keeps_robots_txt_errors_redirects_tries_and_where_an_answer_was_cut(all_sites):
    from warcio.archiveiterator import ArchiveIterator

    found = Counter()
    for number in (5, 8, 9, 17, 2, 24):
        with (all_sites[0].folder / f"valley_{number:02d}.warc.gz").open("rb") as stream:
            for record in ArchiveIterator(stream):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                status = (
                    record.http_headers.get_statuscode() if record.rec_type == "response" else ""
                )
                cut = record.rec_headers.get_header("WARC-Truncated") or ""
                found[number, record.rec_type, url.rpartition("/")[2], status, cut] += 1
                if record.rec_type == "request":
                    assert record.rec_headers.get_header("WARC-Concurrent-To")
                    assert record.http_headers.get_header("User-Agent").startswith("fourp_nlp/")
                    assert record.http_headers.get_header("Host").startswith(f"127.0.1.{number}:")
                if record.rec_type == "response":
                    address = record.rec_headers.get_header("WARC-IP-Address")
                    # Of an answer that was stopped at its headers it is not told.
                    assert address == f"127.0.1.{number}" or (number, cut) == (8, "length")
    assert found[5, "response", "robots.txt", "404", ""] == 1
    assert found[5, "response", "broken", "500", ""] == 3
    assert found[5, "response", "busy", "503", ""] == 2
    assert found[5, "response", "busy", "200", ""] == 1
    assert found[8, "response", "big", "200", "length"] == 1
    assert found[9, "response", "big", "200", "length"] == 1
    assert found[17, "response", "cut", "200", "disconnect"] == 1
    assert found[2, "response", "a", "302", ""] == 1


def test_pages_of_a_collected_site_are_read_and_what_was_cut_is_said(all_sites):
    folder = all_sites[0].folder
    found = pd.concat(list(read_pages(folder / "valley_11.warc.gz", site="valley_11")))
    kept = found[found["status"] == "kept"]
    assert server.paragraphs(11, "/about")[0] in "\n".join(kept["text"])
    assert {"application/pdf"} < set(kept["mime"])
    cut = pd.concat(list(read_pages(folder / "valley_09.warc.gz", site="valley_09")))
    row = cut[cut["url"].str.endswith("/big")].iloc[0]
    assert row["status"] == "failed"
    assert "cut when it was fetched" in row["reason"]


def _busy_once(visits):
    later = server.Answer(b"later", status=429, headers={"Retry-After": "1"})
    return page() if visits else later


def _closed(later):
    return server.Answer(b"later", status=503, headers={"Retry-After": later})


def _plain(text):
    return server.Answer(text.encode(), mime="text/plain")


PAGES = {f"/{n}": page(text="x" * 1000) for n in range(20)}
HOME = page(*PAGES)
MOST = len(HOME.body) + 3 * len(PAGES["/1"].body) + 500
IN_THREE_HOURS = format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)

# What the paths of a site answer with, and its limits.
OWN = {
    1: ({"/": page("/photo"), "/photo": server.Answer(b"x" * 5_000_000, mime="image/png")}, {}),
    2: ({"/": HOME, **PAGES}, {"max_bytes": MOST}),
    3: (
        {"/robots.txt": _plain("User-agent: *\nCrawl-delay: 86400\n"), "/": page("/a")},
        {},
    ),
    4: ({"/": _busy_once}, {}),
    5: ({"/": _closed(IN_THREE_HOURS)}, {}),
    6: ({"/": _closed("10800")}, {}),
    7: (
        {
            "/robots.txt": server.Answer(status=301, headers={"Location": "/x/robots.txt"}),
            "/x/robots.txt": _plain("User-agent: fourp_nlp\nDisallow: /a\n"),
            "/": page("/a", "/b"),
            "/a": page(),
            "/b": page(),
        },
        {},
    ),
    8: ({"/robots.txt": server.Answer(status=302, headers={"Location": "/"}), "/": page()}, {}),
    9: (
        {
            "/robots.txt": _plain(
                "User-agent: research\nDisallow: /\n\nUser-agent: *\nDisallow: /a\n"
            ),
            "/": page("/a", "/b"),
            "/b": page(),
        },
        {},
    ),
    10: ({"/": page(*(f"/x.jpg?{n}" for n in range(30_000)))}, {}),
    11: ({"/": page(*(f"/day?d={n}" for n in range(300)))}, {}),
    12: ({"/work/": page("/work/x", "/other"), "/work/x": page("/")}, {"start": "/work/*"}),
    13: ({"/": HOME, **PAGES}, {"max_pages": 4}),
    14: ({f"/{'a' * n}": page(f"/{'a' * (n + 1)}") for n in range(9)}, {"max_depth": 3}),
    16: (
        {
            "/": page("/h.pdf", "/h", "/i"),
            "/h": server.Answer(b"%PDF-1.4", mime="application/pdf"),
            "/i": server.Answer(server.pdf_handout(11), mime="application/octet-stream"),
        },
        {},
    ),
    17: ({"/robots.txt": server.Answer(b"", status=429), "/": page()}, {}),
}


@pytest.fixture(scope="module")
def own_sites(tmp_path_factory):
    """Sites that are troublesome in further ways, collected once."""
    folder = tmp_path_factory.mktemp("own")
    columns = ["id", "website", "max_pages", "max_depth", "max_bytes"]

    def answers(site, path, visits, port):
        made = OWN[site][0].get(path)
        made = made(visits) if callable(made) else made
        return made or server.Answer(b"nothing here", status=404, mime="text/plain")

    with pytest.MonkeyPatch.context() as patch, server.websites() as sites:
        patch.setattr(server, "answer", answers)
        lines = [",".join(columns)]
        for number, (_, limits) in OWN.items():
            start = sites.url(number, limits.get("start", "/"))
            row = [f"own_{number:02d}", start, *(str(limits.get(key, "")) for key in columns[2:])]
            lines.append(",".join(row))
        (folder / "own.csv").write_text("\n".join(lines))
        table = read_sites(folder / "own.csv", limits=QUICK)
        made = collect_sites(
            table,
            folder / "out",
            allowed=OURS,
            patience=PATIENT,
            watchdog=Watchdog(page_seconds=PATIENT),
        )
        asked = list(sites.requests)
    rows = rows_of(made)

    class Own:
        def __init__(self, number):
            self.told = made.done[f"own_{number:02d}"]
            self.asked = [path for _, site, path in asked if site == number]
            self.times = [when for when, site, _ in asked if site == number]
            self.rows = rows[rows["site"] == f"own_{number:02d}"]
            self.warc = made.folder / f"own_{number:02d}.warc.gz"

    return Own


def test_what_calls_itself_a_picture_is_not_fetched(own_sites):
    row = own_sites(1).rows.iloc[1]
    assert (row["outcome"], row["reason"], row["bytes"]) == ("refused", "no text (image/png)", 0)


def test_the_limit_of_bytes_is_exact(own_sites):
    own = own_sites(2)
    assert (own.told["ended"], own.told["pages"]) == ("max_bytes", 4)
    assert own.rows["bytes"].sum() <= MOST
    assert own.asked == ["/robots.txt", "/", "/0", "/1", "/2", "/3"]
    assert own.rows["outcome"].tolist() == ["fetched"] * 4 + ["cut"]
    assert "of the site" in own.rows["reason"].iloc[-1]


def test_the_limit_of_time_ends_a_site_that_asks_for_long_waits(own_sites):
    own = own_sites(3)
    assert own.asked == ["/robots.txt"]
    assert own.told["ended"] == "max_seconds"


def test_a_server_that_asks_to_wait_is_not_asked_before(own_sites):
    own = own_sites(4)
    assert own.asked == ["/robots.txt", "/", "/"]
    assert own.times[2] - own.times[1] >= 0.999
    assert own.told["pages"] == 1


@pytest.mark.parametrize("number", [5, 6], ids=["a date", "seconds"])
def test_a_server_that_asks_to_wait_for_long_is_not_asked_again(own_sites, number):
    own = own_sites(number)
    assert own.asked == ["/robots.txt", "/"]
    assert "asks to wait" in own.rows["reason"].iloc[0]


def test_robots_txt_is_followed_to_where_it_has_moved(own_sites):
    assert own_sites(7).asked == ["/robots.txt", "/x/robots.txt", "/", "/b"]


def test_a_robots_txt_that_leads_to_the_front_page_is_none(own_sites):
    assert own_sites(8).asked == ["/robots.txt", "/"]


def test_rules_for_another_program_are_not_ours(own_sites):
    assert own_sites(9).asked == ["/robots.txt", "/", "/b"]


def test_where_robots_txt_is_withheld_nothing_is_fetched(own_sites):
    assert own_sites(17).asked == ["/robots.txt"] * 3


def test_a_page_of_many_thousand_links_does_no_harm(own_sites):
    own = own_sites(10)
    assert len(own.asked) == 2
    assert own.told["outcomes"]["refused"] == 30_000
    assert len(own.rows) == 10_001


def test_endless_questions_of_one_page_are_bounded(own_sites):
    own = own_sites(11)
    assert sum(path.startswith("/day") for path in own.asked) == 100
    assert own.told["outcomes"]["refused"] == 200


def test_a_start_page_with_a_star_stays_in_its_folder(own_sites):
    assert own_sites(12).asked == ["/robots.txt", "/work/", "/work/x"]


def test_the_limit_of_pages_is_exact(own_sites):
    own = own_sites(13)
    assert own.asked == ["/robots.txt", "/", "/0", "/1", "/2"]
    assert (own.told["pages"], own.told["ended"]) == (4, "max_pages")


def test_the_limit_of_depth_is_exact(own_sites):
    assert own_sites(14).asked == ["/robots.txt", "/", "/a", "/aa", "/aaa"]


def test_handouts_are_left_alone_unless_asked_for(own_sites):
    own = own_sites(16)
    assert own.asked[:4] == ["/robots.txt", "/", "/h", "/i"]
    assert own.rows["reason"].tolist() == ["", *["a handout, which was not asked for"] * 3]
    assert own.rows["bytes"].tolist()[1:3] == [0, 0]
    # The last one was known by its bytes alone; what was refused is no page either.
    pages = pd.concat(list(read_pages(own.warc, languages=())))
    assert pages.set_index("url")["status"].iloc[1:].tolist() == ["unwanted"] * 2


# Addresses


INSIDE = [
    "http://localhost:{port}/",
    "http://127.0.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://0.0.0.0:{port}/",
    "https://127.0.0.2:{port}/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/",
    "http://192.168.1.1/",
]


def test_private_addresses_are_never_asked_however_they_are_written(tmp_path):
    with server.websites() as sites:
        port = sites.server_address[1]
        lines = [f"in{number},{start.format(port=port)}" for number, start in enumerate(INSIDE)]
        path = tmp_path / "sites.csv"
        path.write_text("id,website\n" + "\n".join(lines))
        table = read_sites(path, limits=QUICK)
        made = collect_sites(table, tmp_path / "out", patience=PATIENT)
        assert sites.requests == []
    rows = rows_of(made)
    assert len(rows) == len(INSIDE)
    assert set(rows["outcome"]) == {"refused"}, rows[["url", "reason"]].to_string()
    assert rows["reason"].str.startswith("a private address").all()


def test_an_address_that_was_named_is_asked(tmp_path):
    with server.websites() as sites:
        path = tmp_path / "sites.csv"
        path.write_text(f"id,website\nhere,{sites.url(30)}\n")
        table = read_sites(path, limits=QUICK)
        made = collect_sites(table, tmp_path / "out", allowed=("127.0.1.30",))
    assert made.done["here"]["pages"] == len(PLAIN)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_only_public_addresses_are_public(address, allowed):
    assert may_ask(address) is allowed


RESOLVER = """
import socket, sys, time
answers = {answers!r}
asked = []
def gethostbyname(name):
    found = answers.get(name)
    if found is None:
        raise socket.gaierror(-2, "no such host")
    asked.append(name)
    return found[min(asked.count(name), len(found)) - 1]
socket.gethostbyname = gethostbyname
import scrapy.resolver
if {forget}:
    scrapy.resolver.dnscache.__class__.__setitem__ = lambda self, key, value: None
{first}
from fourp_nlp.websites.crawl.process import main
main()
"""


def crawl(folder, rows, answers, *, forget=False, first=""):
    """Run the crawling process with names that lead where a test wants; return what it told."""
    from fourp_nlp.websites.crawl import NO_MORE, Neighbours

    job = CrawlJob(str(folder), "fourp_nlp/test", list(OURS), False, PATIENT, 1 << 20, backoff=0.01)
    code = RESOLVER.format(answers=answers, forget=forget, first=first)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    sites = Neighbours(rows, [(row["site"], row["urls"]) for row in rows])
    process.stdin.write(f"{job.as_json()}\n{sites.as_json()}\n{NO_MORE}\n")
    process.stdin.flush()
    told = [json.loads(line) for line in process.stdout]
    process.wait(PATIENT)
    process.stdin.close()
    return told


def test_a_crawling_process_loads_no_tables():
    """Many are started, and each fetches pages and writes a few rows."""
    code = (
        "import sys, fourp_nlp.websites.crawl._spider, fourp_nlp.websites.crawl.process; "
        "print(*{'pandas', 'numpy', 'torch', 'pyarrow'} & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def site_row(site, url):
    return {
        "site": site,
        "name": site,
        "group": "",
        "urls": url,
        "max_pages": 50,
        "max_depth": 6,
        "max_bytes": 1 << 24,
        "max_seconds": LONG,
        "delay": 0.0,
    }


IMPATIENT = """
from fourp_nlp.websites.crawl import _site_visit
ask = _site_visit.Ask
def impatient(url, **limits):
    return ask(url, **limits | ({"patience": 0.2} if url.endswith("/slow") else {}))
_site_visit.Ask = impatient
"""


def test_a_page_that_does_not_answer_is_tried_three_times_and_said_to_be_silent(tmp_path):
    from warcio.archiveiterator import ArchiveIterator

    with server.websites() as sites:
        row = site_row("valley", f"http://valley.test:{sites.server_address[1]}/")
        told = crawl(tmp_path, [row], {"valley.test": [f"127.0.1.{SILENT}"]}, first=IMPATIENT)
        asked = Counter(sites.asked(SILENT))
    assert asked == Counter(["/robots.txt", *PLAIN, *["/slow"] * 3])
    assert next(event for event in told if event["event"] == "done")["pages"] == len(PLAIN)
    rows = read_fetched(tmp_path, ["valley"]).set_index("url")
    slow = rows[rows.index.str.endswith("/slow")]
    assert slow["outcome"].tolist() == ["failed"]
    assert slow["reason"].tolist() == ["no answer within 0.2 seconds"]
    with (tmp_path / "valley.warc.gz").open("rb") as stream:
        kept = Counter(
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
            for record in ArchiveIterator(stream)
        )
    assert kept["metadata", slow.index[0]] == 1


def test_a_name_whose_address_changes_leads_nowhere_private(tmp_path):
    with server.websites() as sites:
        port = sites.server_address[1]
        answers = {"valley.test": ["127.0.1.30", "127.0.1.30", "127.0.0.1"]}
        row = site_row("valley", f"http://valley.test:{port}/")
        # Each connection is closed, so that the name is asked for again.
        server._Handler.protocol_version = "HTTP/1.0"
        try:
            told = crawl(tmp_path, [row], answers, forget=True)
        finally:
            server._Handler.protocol_version = "HTTP/1.1"
        addresses = [site for _, site, _ in sites.requests]
    assert set(addresses) == {30}
    done = next(event for event in told if event["event"] == "done")
    assert done["pages"] == 1
    rows = read_fetched(tmp_path, ["valley"])
    assert rows["outcome"].tolist() == ["fetched"] + ["refused"] * 5
    assert rows["reason"].iloc[1] == "a private address (valley.test leads to 127.0.0.1)"


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is one of POSIX")
def test_a_full_disk_ends_a_site_and_leaves_nothing_half_written(tmp_path):
    full = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))"
    )
    answers = {"valley.test": ["127.0.1.30"]}
    with server.websites() as sites:
        row = site_row("valley", f"http://valley.test:{sites.server_address[1]}/")
        told = crawl(tmp_path, [row], answers, first=full)
    assert told[-1]["event"] == "failed"
    assert "cannot be written" in told[-1]["reason"]
    assert not list(tmp_path.iterdir())


def test_the_way_to_www_is_followed_and_each_page_is_still_fetched_once(tmp_path, monkeypatch):
    plain = server.answer

    with server.websites() as sites:
        port = sites.server_address[1]
        home = f"http://www.valley.test:{port}"

        def moved(site, path, visits, port):
            if site == 31 and path != "/robots.txt":
                return server.Answer(status=301, headers={"Location": f"{home}{path}"})
            return plain(site, path, visits, port)

        monkeypatch.setattr(server, "answer", moved)
        answers = {"valley.test": ["127.0.1.31"], "www.valley.test": ["127.0.1.30"]}
        told = crawl(tmp_path, [site_row("valley", f"http://valley.test:{port}/")], answers)
        assert Counter(sites.asked(30)) == Counter(["/robots.txt", *PLAIN])
        assert sites.asked(31) == ["/robots.txt", "/"]
    assert next(event for event in told if event["event"] == "done")["pages"] == len(PLAIN)


def test_a_start_page_that_leads_to_another_domain_is_told_with_the_cure(tmp_path, monkeypatch):
    plain = server.answer

    def moved(site, path, visits, port):
        if site == 31 and path == "/":
            return server.Answer(status=301, headers={"Location": f"http://127.0.1.30:{port}/"})
        return plain(site, path, visits, port)

    monkeypatch.setattr(server, "answer", moved)
    with server.websites() as sites:
        path = tmp_path / "sites.csv"
        path.write_text(server.sites_csv(sites, (31,)))
        done = fourp(path, tmp_path / "out", "--delay", 0)
        assert sites.asked(30) == []
    assert done.exit_code == 1
    assert "leads to another website, http://127.0.1.30" in done.stdout
    assert "name it in the list" in done.stdout


# Hosts that sites share


def test_two_sites_of_one_host_have_their_folders_and_are_never_asked_at_once(
    tmp_path, monkeypatch
):
    paths = {
        "/a/": page("/a/1", "/b/1", "/c"),
        "/a/1": page("/"),
        "/b/": page("/b/1", "/a/1"),
        "/b/1": page(),
        "/": page(),
        "/c": page(),
    }
    seen = []

    def answers(site, path, visits, port):
        seen.append((time.monotonic(), path))
        return paths.get(path) or server.Answer(b"", status=404)

    monkeypatch.setattr(server, "answer", answers)
    with server.websites() as sites:
        path = tmp_path / "sites.csv"
        path.write_text(f"id,website\na,{sites.url(30, '/a/')}\nb,{sites.url(30, '/b/')}\n")
        table = read_sites(path, limits=Limits(delay=0.1))
        made = collect_sites(table, tmp_path / "out", allowed=OURS, processes=2)
        assert [site_of(sites.url(30, place), table) for place in ("/a/1", "/b", "/b/x")] == [
            "a",
            "b",
            "b",
        ]
    asked = [place for _, place in seen]
    assert asked == ["/robots.txt", "/a/", "/a/1", "/robots.txt", "/b/", "/b/1"]
    times = [when for when, _ in seen]
    assert min(after - before for before, after in pairwise(times)) >= 0.099
    assert {name: told["pages"] for name, told in made.done.items()} == {"a": 2, "b": 2}


# Lists


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("id,name\na,b\n", "website is missing"),
        ("id,site,website\na,a,x.org\n", "wo columns say the same"),
        ("id,website,colour\na,x.org,red\n", "'colour' is no column"),
        ("id,website\n", "names no site"),
        ("", "website is missing|names no site"),
        ("id,website\n../../etc/passwd,x.org\n", "is no id"),
        ("id,website\n.hidden,x.org\n", "is no id"),
        ("id,website\na/b,x.org\n", "is no id"),
        ("id,website\na,x.org\nA,y.org\n", "twice"),
        ("id,website\na,x.org\nb,www.x.org\n", "same folder"),
        ("id,website\na,\n", "has no website"),
        ("id,website\na,ftp://x.org\n", "no web address"),
        ("id,website\na,north\n", "no web address"),
        ("id,website\na,http://me:secret@x.org/\n", "user name"),
        ("id,website\na,http://[::1\n", "no web address"),
        ("id,website,delay\na,x.org,nan\n", "no number"),
        ("id,website,delay\na,x.org,inf\n", "no number"),
        ("id,website,max_pages\na,x.org,many\n", "no number"),
        ("id,website,max_pages\na,x.org,0\n", "must be more"),
        ("id,name,website\na,North, and South,x.org\n", "more cells"),
    ],
)
def test_a_list_that_cannot_be_used_says_where_and_why(tmp_path, content, why):
    path = tmp_path / "sites.csv"
    path.write_text(content)
    with pytest.raises(DocumentError, match=why) as raised:
        read_sites(path)
    assert "sites.csv" in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_lists_are_read_as_spreadsheets_write_them(tmp_path, encoding, separator):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([["id", "name", "group", "website"], ["a", "Zoë’s café", "Québec", "x.org"]])
    path = tmp_path / "sites.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    row = read_sites(path).iloc[0]
    assert (row["name"], row["group"], row["urls"]) == ("Zoë’s café", "Québec", "https://x.org")


def test_a_list_in_yaml_has_several_start_pages_and_limits(tmp_path):
    path = tmp_path / "sites.yaml"
    path.write_text(
        "sites:\n- id: a\n  website: [x.org, https://y.org/z]\n  max_pages: 7\n  delay: 2.5\n"
    )
    row = read_sites(path).iloc[0]
    assert (row["urls"], row["max_pages"], row["delay"]) == (
        "https://x.org https://y.org/z",
        7,
        2.5,
    )
    path.write_text("- id: a\n  website: x.org\n  name: {a: b}\n")
    with pytest.raises(DocumentError, match="neither a text nor a number"):
        read_sites(path)


def test_the_list_of_the_study_is_read():
    path = ROOT.parent / "shared" / "thesis" / "coalitions.csv"
    if not path.is_file():
        pytest.skip("the list is not here")
    table = read_sites(path)
    assert table["site"].is_unique
    assert table["urls"].str.startswith("http").all()


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("HTTP://Example.ORG:80", "http://example.org/"),
        ("https://example.org:443/a#b", "https://example.org/a"),
        ("http://example.org/a/../b/./c", "http://example.org/b/c"),
        ("http://example.org/café d", "http://example.org/caf%C3%A9%20d"),
        ("http://example.org/caf%c3%a9", "http://example.org/caf%C3%A9"),
        ("http://example.org//a", "http://example.org/a"),
        ("http://example.org/a;jsessionid=1?utm_source=x&b=2", "http://example.org/a?b=2"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("mailto:a@b.c", ""),
        ("http://a:b@example.org/", ""),
        ("http://[::1", ""),
        ("http://" + "a" * 70 + ".org/", ""),
    ],
)
def test_one_page_has_one_url(written, tidy):
    assert tidy_url(written) == tidy
    assert not tidy or tidy_url(tidy) == tidy


# Crashes


DRIVER = """
import sys
from pathlib import Path
from fourp_nlp.websites import collect_sites, read_sites, Limits
table = read_sites(sys.argv[1], limits=Limits(delay=0.0))
collect_sites(table, Path(sys.argv[2]), allowed=("127.0.1.0/24",), processes=2)
"""


def drive(tmp_path):
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(tmp_path / "sites.csv"), str(tmp_path / "out")],
        stderr=subprocess.PIPE,
    )


def children(pid):
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in found.stdout.split()]


@pytest.mark.skipif(sys.platform == "win32", reason="it is killed as POSIX kills")
@pytest.mark.parametrize("whom", ["driver", "crawler"])
def test_a_kill_leaves_neither_loss_nor_duplicates(tmp_path, monkeypatch, all_sites, whom):
    numbers = (29, 30, 31, 32, 33, 34)
    plain, half_way, killed = server.answer, threading.Event(), threading.Event()

    def answers(site, path, visits, port):
        if (site, path) == (34, "/news/3"):
            # Whoever asks for it is half-way, and stays there until the kill.
            half_way.set()
            killed.wait(PATIENT)
        return plain(site, path, visits, port)

    monkeypatch.setattr(server, "answer", answers)
    with server.websites() as sites:
        (tmp_path / "sites.csv").write_text(server.sites_csv(sites, numbers))
        process = drive(tmp_path)
        assert half_way.wait(PATIENT)
        crawlers = children(process.pid)
        for pid in [process.pid] if whom == "driver" else crawlers:
            os.kill(pid, signal.SIGKILL)
        killed.set()
        process.communicate(timeout=PATIENT)
        until(lambda: not any(_alive(pid) for pid in crawlers))
        left = len(list((tmp_path / "out").glob("*.done.json")))
        assert drive(tmp_path).wait(PATIENT) == 0
        out = tmp_path / "out"
        port = sites.server_address[1]
    # What a crawler was at when it was killed, another one has begun anew.
    assert left == len(numbers) if whom == "crawler" else left < len(numbers)
    assert not list(out.glob(".*.part"))
    assert not list(out.glob(".*.tmp"))
    held = contents(out)
    assert len(held) == len(numbers)
    for number in numbers:
        responses = held[f"valley_{number}.warc.gz"]
        assert set(responses.values()) == {1}
        urls = {url for _, url, _ in responses}
        assert urls == {f"http://127.0.1.{number}:{port}{p}" for p in ["/robots.txt", *PLAIN]}
        whom_else = contents(all_sites[0].folder)[f"valley_{number}.warc.gz"]
        assert {digest for _, _, digest in responses} == {digest for _, _, digest in whom_else}


def until(happens):
    """Wait until something happens, however long that takes."""
    latest = time.monotonic() + PATIENT
    while not happens():
        assert time.monotonic() < latest
        time.sleep(0.02)


def _alive(pid):
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_is_done_is_not_asked_again_unless_wanted(tmp_path):
    with server.websites() as sites:
        collect(tmp_path, sites, 30, 31)
        before = len(sites.requests)
        made = collect(tmp_path, sites, 30, 31)
        assert len(sites.requests) == before
        assert made.earlier == {"valley_30", "valley_31"}
        made = collect(tmp_path, sites, 30, 31, again=True, chosen=("valley_30",))
        assert len(sites.asked(30)) == 2 * len(sites.asked(31))
        assert set(made.done) == {"valley_30"}
        made = collect(tmp_path, sites, 30, limits=Limits(delay=0.0, max_pages=3))
        assert made.otherwise == {"valley_30"}


def test_a_file_that_was_cut_off_later_is_collected_again(tmp_path):
    with server.websites() as sites:
        collect(tmp_path, sites, 30)
        path = tmp_path / "out" / "valley_30.warc.gz"
        path.write_bytes(path.read_bytes()[:-100])
        made = collect(tmp_path, sites, 30)
    assert not made.earlier
    assert whole(path)


def test_a_site_that_was_out_of_order_is_tried_again(tmp_path, monkeypatch):
    made, _ = one_site(tmp_path, monkeypatch, {"/": server.Answer(b"", status=404)})
    assert made.done["one"]["pages"] == 0
    made, _ = one_site(tmp_path, monkeypatch, {"/": page()})
    assert made.tried_again == {"one"}
    assert made.done["one"]["pages"] == 1


def test_two_do_not_collect_into_one_folder(tmp_path, monkeypatch):
    import fourp_nlp.websites.collect as module

    monkeypatch.setattr(module, "_LOCK_PATIENCE", 0.1)
    with (
        module.collecting(tmp_path),
        pytest.raises(FourpError, match="Another"),
        module.collecting(tmp_path),
    ):
        pass


def test_a_later_list_does_not_forget_the_earlier_one(tmp_path):
    with server.websites() as sites:
        collect(tmp_path, sites, 30)
        collect(tmp_path, sites, 31)
    table = pd.read_csv(tmp_path / "out" / "sites.csv")
    assert sorted(table["site"]) == ["valley_30", "valley_31"]


def test_many_sites_are_asked_a_few_at_a_time(tmp_path, monkeypatch):
    """Many sites of a page each: memory, files and connections do not grow with their number."""
    monkeypatch.setattr(server, "answer", lambda *_: page())
    with server.websites() as sites:
        port = sites.server_address[1]
        rows = [f"s{n},http://127.0.{2 + n // 200}.{1 + n % 200}:{port}/about" for n in range(210)]
        path = tmp_path / "sites.csv"
        path.write_text("id,website\n" + "\n".join(rows) + "\n")
        table = read_sites(path, limits=Limits(delay=0.0, max_pages=1))
        at_once, most = set(), 0

        def watch(event):
            nonlocal most
            if event["event"] == "begin":
                at_once.add(event["site"])
            elif event["event"] in {"done", "failed"}:
                at_once.discard(event["site"])
            most = max(most, len(at_once))

        made = collect_sites(
            table, tmp_path / "out", allowed=("127.0.0.0/8",), processes=1, watch=watch
        )
    assert not made.failed
    assert len(made.done) == 210
    assert all(told["pages"] == 1 for told in made.done.values())
    # The last of one process and the first of the next.
    assert 1 < most <= 32


# Files from elsewhere


def test_files_of_other_programs_are_taken_in_and_counted(tmp_path):
    asked = [(30, place) for place in PLAIN]
    packed = write_warc(tmp_path / "common crawl.warc.gz", asked)
    plain = write_warc(tmp_path / "plain.warc", asked[:3], packed=False)
    wacz = tmp_path / "browser.wacz"
    with zipfile.ZipFile(wacz, "w") as archive:
        archive.write(packed, "archive/rec-0.warc.gz")
        archive.writestr("pages/pages.jsonl", "{}")
    out = tmp_path / "out"
    taken = import_warc_files([packed, plain, wacz], out)
    assert [one.pages for one in taken] == [len(PLAIN), 3, len(PLAIN)]
    assert all(one.whole for one in taken)
    assert sorted(path.name for path in out.glob("*.warc*")) == [
        "browser-rec-0.warc.gz",
        "common_crawl.warc.gz",
        "plain.warc",
    ]
    assert read_done(out, "plain")["records"] == 7
    assert all(one.earlier for one in import_warc_files([packed, plain], out))
    other = (
        write_warc(tmp_path / "b" / "plain.warc", asked, packed=False)
        if ((tmp_path / "b").mkdir() or True)
        else None
    )
    with pytest.raises(DocumentError, match="another file of this name"):
        import_warc_files([other], out)


def test_a_truncated_file_is_taken_in_and_said_to_be(tmp_path):
    path = write_warc(tmp_path / "a.warc.gz", [(30, place) for place in PLAIN])
    content = path.read_bytes()
    entire = [answer.url for answer in read_answers(path)]
    for part in range(1, 10):
        cut = tmp_path / f"cut{part}.warc.gz"
        cut.write_bytes(content[: len(content) * part // 10])
        (one,) = import_warc_files([cut], tmp_path / "out")
        assert not one.whole
        found = [answer.url for answer in read_answers(cut) if not answer.problem]
        assert found == entire[: len(found)]
        assert one.pages in {len(found), len(found) + 1}
        assert len(found) >= len(entire) * part // 10 - 2


@pytest.mark.parametrize("name", ["a.txt", "a.wacz", "b.warc"])
def test_what_is_no_warc_file_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_text("Dear all")
    with pytest.raises(DocumentError, match=name):
        import_warc_files([path], tmp_path / "out")


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("form", ["packed", "plain", "recompressed"])
def test_a_file_that_wget_wrote_gives_the_same_pages(tmp_path, form):
    with server.websites() as sites:
        made = collect(tmp_path, sites, 30, 28)
        name = tmp_path / "wget"
        subprocess.run(
            [
                *("wget", "--quiet", "--recursive", "--level=inf", "--delete-after"),
                *(["--no-warc-compression"] if form == "plain" else []),
                f"--directory-prefix={tmp_path / 'files'}",
                f"--warc-file={name}",
                *("--domains=127.0.1.30,127.0.1.28", "--span-hosts"),
                sites.url(30),
                sites.url(28),
            ],
            check=False,  # 8: some answers were 404
        )
    path = name.with_suffix(".warc" if form == "plain" else ".warc.gz")
    if form == "recompressed":
        again = tmp_path / "again.warc.gz"
        code = "from warcio.cli import main; main()"
        subprocess.run(
            [sys.executable, "-c", code, "recompress", str(path), str(again)],
            check=True,
            capture_output=True,
        )
        path = again
    (one,) = import_warc_files([path], tmp_path / "taken")
    assert one.whole
    table = read_sites(tmp_path / "sites.csv")
    theirs = pd.concat(list(read_pages(tmp_path / "taken" / path.name, sites=table)))
    ours = pd.concat(
        next(iter(read_pages(made.folder / f"{site}.warc.gz", site=site)))
        for site in ("valley_30", "valley_28")
    )
    columns = ["site", "url", "text", "status"]
    assert len(ours) == 2 * len(PLAIN) + 1
    both = [
        frame[columns].sort_values(["site", "url"]).reset_index(drop=True)
        for frame in (ours, theirs)
    ]
    # Which of the pages says first what the site repeats depends on the order of fetching.
    pd.testing.assert_frame_equal(*both)


# The command


def fourp(*words):
    """Run `fourp collect LIST --to DIR …`, allowed to ask the test sites."""
    path, folder, *options = words
    arguments = ["collect", path, "--to", folder, "--allow-address", "127.0.1.0/24", *options]
    done = CliRunner().invoke(app, [str(word) for word in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_the_command_tells_what_was_fetched_and_what_not_and_why(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with server.websites() as sites:
        path = tmp_path / "sites.csv"
        path.write_text(server.sites_csv(sites, (1, 7, 18, 30)))
        done = fourp(path, "out", "--delay", 0, "--contact", "a@b.example")
        assert done.exit_code == 3
        assert "collected: 4 of 4 sites, 1 of them without any page; 40 pages" in done.stdout
        assert "Sites without any page" in done.stdout
        assert "robots.txt cannot be fetched (the server answered 500)" in done.stdout
        assert "deeper than the limit" in done.stdout
        again = fourp(path, "out", "--delay", 0, "--site", "valley_30", "--json")
        assert again.exit_code == 0
        (row,) = map(json.loads, again.stdout.splitlines())
        assert (row["site"], row["state"], row["pages"]) == ("valley_30", "earlier", 11)
    every = pd.read_csv("out/fetched.csv")
    assert every["site"].nunique() == 4
    with gzip.open("out/valley_30.warc.gz") as stream:
        assert b"a@b.example" in stream.read()


def test_the_command_takes_files_from_elsewhere_with_a_list_or_without(tmp_path):
    one = write_warc(tmp_path / "one.warc.gz", [(30, "/"), (30, "/about")])
    two = write_warc(tmp_path / "two.warc.gz", [(31, "/")])
    words = ["collect", "--to", str(tmp_path / "out"), "--warc", str(one), str(two)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "two.warc.gz").is_file()
    two.write_bytes(two.read_bytes()[:-20])
    words = [
        "collect",
        "--to",
        str(tmp_path / "b"),
        "--warc",
        str(one),
        "--warc",
        str(two),
        "--json",
    ]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 3
    assert [json.loads(line)["whole"] for line in done.stdout.splitlines()] == [True, False]


@pytest.mark.parametrize(
    "words", [[], ["a.csv", "b.csv"], ["a.warc.gz"]], ids=["nothing", "two lists", "no --warc"]
)
def test_the_command_says_when_it_was_mistyped(tmp_path, words):
    done = CliRunner().invoke(app, ["collect", "--to", str(tmp_path / "out"), *words])
    assert done.exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="it is interrupted as POSIX interrupts")
def test_an_interruption_keeps_what_is_done_and_leaves_no_process(tmp_path):
    with server.websites() as sites:
        path = tmp_path / "sites.csv"
        path.write_text(server.sites_csv(sites, (6, 30)))
        # A suite that runs in the background may have been told to ignore interruptions; this run is not.
        code = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from fourp_nlp.cli import main; main()"
        )
        words = ["collect", str(path), "--to", str(tmp_path / "out"), "--delay", "0"]
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words, "--allow-address", "127.0.1.0/24"],
            stderr=subprocess.PIPE,
            text=True,
        )
        until((tmp_path / "out" / "valley_30.done.json").exists)
        crawlers = children(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENT)
    assert process.returncode == 130
    assert "the same command goes on" in said
    assert crawlers
    assert not any(_alive(pid) for pid in crawlers)
    assert read_done(tmp_path / "out", "valley_30")["pages"] == 11
    assert read_done(tmp_path / "out", "valley_06") is None
