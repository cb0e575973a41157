"""Hostile websites: a page may cost itself, never the others, the process or the machine."""

from __future__ import annotations

import gzip
import os
import random
import signal
import socket
import threading
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

pytest.importorskip("scrapy")
pytest.importorskip("warcio")
pytest.importorskip("fastwarc")

import tests.website_server as server
from fourp_nlp.cli import app
from fourp_nlp.errors import DocumentError
from fourp_nlp.sandbox import Limits as ReadingLimits
from fourp_nlp.websites import (
    Answer,
    Limits,
    Watchdog,
    collect_sites,
    import_warc_files,
    read_answers,
    read_fetched,
    read_pages,
    read_sites,
    whole,
)
from fourp_nlp.websites import _crawler_processes as _feed
from fourp_nlp.websites.crawl._reply import Reply
from fourp_nlp.websites.crawl._robots import Robots
from fourp_nlp.websites.crawl._site_visit import _seconds_to_wait, shown
from fourp_nlp.websites.links import MAX_ATTRIBUTES, PageLinks
from fourp_nlp.websites.pages._extraction import extract
from fourp_nlp.websites.pages._isolated_reading import page_readers, read_page_in_sandbox
from fourp_nlp.websites.pages._near_duplicates import first_alike
from tests.warc_files import write_warc

URL = "http://h.example/"
LITTLE = 30.0
"""Seconds of the processor that nothing here comes near to, and that work which grows by squares exceeds."""
PATIENT = 300.0
"""Seconds that no test waits for: they end nothing on a machine that is busy with other work."""
ATTRIBUTES = (
    b"<html><body><a "
    + b" ".join(b"a%d=1" % number for number in range(100_000))
    + b" href=/z>x</a><a href=/next>y</a>"
)
SHAPES = {
    "attributes": ATTRIBUTES,
    "siblings": b"<html><body>" + b"<p>x<br>" * 95_000,
    "nesting": b"<html><body>" + b"<div>" * 210_000 + b"words of a page",
    "cells": b"<html><body><table><tr>" + b"<td>cell of words" * 210_000,
    "links": b"<html><body>" + b"".join(b"<a href=/p%d>l</a>" % n for n in range(60_000)),
    "one text": b"<html><body><p>" + b"word after word " * 320_000,
    "one word": b"<html><body><p>" + b"x" * 6_000_000,
    "no tags": b"<html><body>" + b"<" * 3_000_000,
    "comments": b"<html><body>" + b"<!--" * 1_000_000,
    "half comments": b"<html><body>" + b"<!-- -" * 500_000,
    "quotation marks": b"<html><body>" + b"<a href='" * 500_000,
    "equals": b"<html><body><a " + b"=" * 2_000_000 + b" href=/x>x</a>",
    "white space": b"<html><body><a" + b" \n" * 1_000_000 + b"href=/x>x</a>",
    "scripts": b"<html><body>" + b"<script>" * 500_000,
    "tags in tags": b"<html><body>" + b"<a <a " * 500_000,
    "numbers": b"<html><body><a href='/&#" + b"9" * 3_000 + b";'>x</a>" + b"&#9999999" * 200_000,
    "refresh": b"<html><meta http-equiv=refresh content='0;url=" + b"u" * 1_000_000 + b"'>",
    "bases": b"<html>" + b"<base href='http://a/'>" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_links_of_any_page_are_read_in_little_time(shape):
    began = time.process_time()
    links = PageLinks(SHAPES[shape], "http://h.example/", max_seconds=PATIENT)
    found = list(links)
    assert time.process_time() - began < LITTLE
    if shape == "links":
        assert len(found) == 50_000
        assert "the first 50,000" in links.cut
    elif shape == "attributes":
        assert found == ["http://h.example/next"]
        assert f"more than {MAX_ATTRIBUTES:,} attributes" in links.cut
    else:
        assert not links.cut


def test_links_are_read_as_a_browser_reads_them():
    page = b"""<!doctype html><html><head><title>a <a href=/no></title><base href="/sub/"><base href="/other/">
    <meta http-equiv=Refresh content="0; URL='next.html'"></head><body><!-- <a href=/no> --><!--><a href=one>
    <p title=don't><a class=x HREF = 'two?a=1&amp;b=2'>2</a><script>"<a href=/no>"</script>
    <a href="three" href="no">3</a><a/href=four>4</a><img alt="a > b <a href=/no>"><area href=five>
    <iframe src=six><a href=/no></iframe><frame src="seven"><a href=mailto:x@y.example>m</a></a href=/no>
    <textarea><a href=/no></textarea ><a href="eight>unclosed</a><a href=nine><a href=one>"""
    assert [link.removeprefix("http://h/sub/") for link in PageLinks(page, "http://h/x")] == [
        *("next.html", "one", "two?a=1&b=2", "three", "four", "five", "six", "seven", "eight", "nine"),
    ]  # fmt: skip
    assert list(PageLinks(b"<p><a href='http://[::1'>x</a><a href=/ok>y</a>", "http://h/")) == [
        "http://h/ok"
    ]


def test_reading_links_ends_in_time_and_says_so():
    links = PageLinks(SHAPES["links"], "http://h.example/", max_seconds=0.001)
    assert len(list(links)) < 5_000
    assert "were read for 0.001 seconds" in links.cut


@pytest.mark.parametrize(
    "told",
    ["²", "٣", "-5", "1e3", "\x1b[31m", "Mon, 99 Jan 2026 99:99:99 GMT", "Mon, 01 Jan 99999999999 00:00:00 GMT",
     "Mon, 01 Jan 2026 00:00:00 +99999999", "x" * 10_000, "0x10", "nan", "inf", ""],
)  # fmt: skip
def test_a_time_to_wait_that_is_none_is_passed_over(told):
    assert _seconds_to_wait(1, Reply(status=503, headers=[("Retry-After", told)]), 2.0) <= 4.0


def test_times_to_wait_are_read_in_seconds_and_as_dates():
    assert _seconds_to_wait(0, Reply(status=503, headers=[("Retry-After", "7")]), 2.0) == 7.0
    endless = Reply(status=503, headers=[("Retry-After", "9" * 5_000)])
    assert _seconds_to_wait(0, endless, 2.0) == float("inf")
    dated = Reply(status=503, headers=[("Retry-After", "Wed, 01 Jan 2120 00:00:00 GMT")])
    assert _seconds_to_wait(0, dated, 2.0) > 1e9


def test_what_a_server_says_is_shown_without_escapes_and_not_at_length():
    assert shown("\x1b[31mRED\x07\tnow") == "[31mRED now"
    assert len(shown("x" * 10_000)) == 81


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nCrawl-delay: ²\nDisallow: /no\n",
        "User-agent: *\nCrawl-delay: " + "9" * 5_000 + "\nDisallow: /no\n",
        "User-agent: *\nRequest-rate: 1/" + "9" * 5_000 + "\nDisallow: /no\n",
        "User-agent: *\nRequest-rate: 1/" + "9" * 4_000 + "\nDisallow: /no\n",
        "User-agent: *\nRequest-rate: ٣/² 9999-9999\nDisallow: /no\n",
        "User-agent: *\nVisit-time: ²-²\nDisallow: /no\n",
        "User-agent: *\nDisallow: /no\nDisallow: /" + "*a" * 1_000 + "$\n",
        "".join(f"User-agent: bot{n}\n" for n in range(12_000)) + "User-agent: *\n"
        + "Disallow: /no\n" * 15_000,
        "User-agent: fourp\nDisallow: /no\n\nUser-agent: *\nDisallow: /\n",
        "user agent fourp_nlp # us\nDisallow: /no\n\nUser-Agent: *\nDisallow: /\n",
    ],
    ids=range(10),
)  # fmt: skip
def test_robots_txt_of_any_kind_is_obeyed_in_little_time(text):
    began = time.process_time()
    robots = Robots(200, text.encode())
    assert robots.delay >= 0
    assert robots.allows(f"http://h.example/{'a' * 1900}b")
    assert not robots.allows("http://h.example/no")
    assert time.process_time() - began < LITTLE


def html(answer):
    return Answer("http://h.example/", "", "r", 200, "text/html", answer)


def test_the_text_of_any_page_is_read_within_its_limits_and_the_page_says_why_not():
    shapes = ("attributes", "nesting", "cells", "one text", "numbers", "tags in tags", "bases")
    problems = {shape: extract(html(SHAPES[shape])).problem for shape in shapes}
    assert not any("seconds" in problem for problem in problems.values())
    assert "more than 1,000 attributes" in problems["attributes"]
    assert "more than 200,000 elements" in problems["nesting"]
    assert "more than 200,000 elements" in problems["cells"]
    assert "more than 5,000,000 characters" in problems["one text"]
    text = "<html><body><article>" + "<p>We trained nurses to see the signs of it.</p>" * 3
    assert "trained nurses" in extract(html(text.encode())).text


def test_a_page_that_takes_too_long_or_too_much_memory_is_ended_and_the_next_one_is_read():
    good = b"<html><body><article>" + b"<p>We trained nurses to see the signs of it.</p>" * 3
    big = b"<html><body><p>" + b"word after word " * 3_000_000
    hasty = ReadingLimits(memory=256 << 20, seconds=0.5, seconds_per_mb=0.0)
    readers = page_readers(hasty)
    try:
        assert read_page_in_sandbox(SHAPES["siblings"], URL, by=readers) == {
            "problem": "Reading it takes longer than 1 seconds."
        }
        readers.limits = hasty._replace(seconds=PATIENT)
        assert "trained nurses" in read_page_in_sandbox(good, URL, by=readers)["text"]
        assert read_page_in_sandbox(big, URL, by=readers) == {
            "problem": "Reading it takes more than 256 MB of memory."
        }
        assert "trained nurses" in read_page_in_sandbox(good, URL, by=readers)["text"]
    finally:
        readers.close()


def test_texts_of_many_words_are_compared_as_wholes():
    long = "word after word " * 100_000
    assert first_alike([long, "short text", long + "end", long.upper()]).tolist() == [0, 1, 2, 0]


# A site a number: what its paths answer, as bytes on the wire.
def _answer(body=b"", status=b"200 OK", **headers):
    told = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in headers.items())
    return b"HTTP/1.1 %s\r\n%sConnection: close\r\n\r\n%s" % (status, told, body)


def _page(*links, **headers):
    body = b"<html><body><p>We trained nurses.</p>" + b"".join(
        b"<a href=%s>x</a>" % x for x in links
    )
    return _answer(body, **{"Content-Type": b"text/html", **headers})


WIRE = {
    1: {"/": _answer(ATTRIBUTES, **{"Content-Type": b"text/html"}), "/next": _page()},
    2: {
        "/": _page(*(b"/%d" % n for n in range(12))),
        "/0": _page(**{"Retry-After": b"\xb2"}),
        "/1": _page(ETag=b"x" * 15_000, Server=b"y" * 15_000, Via=b"z" * 15_000),
        "/2": _page(**{"Content-Type": b"text/html; charset=" + b"x" * 9000}),
        "/3": _page(**{"Content-Type": b"\x1b]0;owned\x07"}),
        "/4": _page(**{"Last-Modified": b"\xb2\xb2", "Date": b"x" * 9000}),
        "/5": _page(**{"Content-Encoding": b"gzip, \xb2"}),
        "/6": _answer(status=b"302 Moved", Location=b"http://[\xb2"),
        "/7": _answer(status=b"302 Moved", Location=b"\x00\xff" * 4000),
        "/8": _answer(status=b"404 \xb2\x1b[31m"),
        "/9": _page(Location=b"\xb2", Refresh=b"\xb2"),
        "/10": _page(**{"Content-Disposition": b"attachment; filename*=UTF-8''%FF" + b"%" * 999}),
        "/11": _page(b"/last"),
        "/last": _page(),
    },
    3: {"/robots.txt": _answer(b"User-agent: *\nCrawl-delay: \xb2\nDisallow: /no\n"),
        "/": _page(b"/no", b"/yes"), "/yes": _page()},
    4: {"/": _page(b"/a", b"/b"), "/a": _page(), "/b": _page()},
}  # fmt: skip


class Wire(threading.Thread):
    """Answers on 127.0.3.N with what stands in `WIRE`.

    Once `armed`, it stops the crawling process as a page may do to it: after /a of the fourth site, while the
    first one waits for an answer and the others are done.

    Its clock stands still, and goes on only while a process is stopped: so nobody is thought to hang who is slow.
    """

    def __init__(self):
        super().__init__(daemon=True)
        self.listening = socket.socket()
        self.listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listening.bind(("0.0.0.0", 0))
        self.listening.listen(64)
        self.port = self.listening.getsockname()[1]
        self.armed = False
        self.first_waits = threading.Event()
        self.done = {site: threading.Event() for site in ("s2", "s3")}
        self.now = 0.0
        self.stopped = []
        self.is_stopped = threading.Event()

    def hold(self, name):
        """Wait with an answer until its turn has come."""
        if self.is_stopped.is_set():
            return
        if name == (1, "/next"):
            self.first_waits.set()
            self.is_stopped.wait(PATIENT)
        elif name == (4, "/a"):
            for event in (self.first_waits, *self.done.values()):
                event.wait(PATIENT)
        elif name == (4, "/b"):
            self.stopped = crawlers()
            for process in self.stopped:
                os.kill(process, signal.SIGSTOP)
            self.is_stopped.set()

    def watch(self, event):
        """Hear of what the crawling process tells."""
        if event["event"] == "done" and event["site"] in self.done:
            self.done[event["site"]].set()

    def monotonic(self):
        """Return the time."""
        if any(is_stopped(process) for process in self.stopped):
            self.now += 1.0
        return self.now

    def run(self):
        while True:
            try:
                one, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(one,), daemon=True).start()

    def answer(self, one):
        with one:
            try:
                path = one.recv(9999).split(b" ")[1].decode()
                number = int(one.getsockname()[0].rpartition(".")[2])
                if self.armed:
                    self.hold((number, path))
                one.sendall(WIRE[number].get(path, _answer(status=b"404 No")))
            except (OSError, IndexError):
                return


def is_stopped(process):
    """Whether a process stands still by a signal."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].startswith("T")
    except OSError:
        return False


def crawlers():
    """Numbers of the crawling processes that this one started."""
    here = str(os.getpid())
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes()
            parent = (folder / "stat").read_text().rpartition(") ")[2].split()[1]
        except (OSError, IndexError):
            continue
        if b"fourp_nlp.websites.crawl" in words and parent == here:
            found.append(int(folder.name))
    return found


def listed(folder, port, numbers):
    path = folder / "sites.csv"
    rows = [f"s{number},http://127.0.3.{number}:{port}/" for number in numbers]
    path.write_text("id,website\n" + "\n".join(rows) + "\n")
    return read_sites(path, limits=Limits(delay=0.0, max_seconds=3600))


@pytest.fixture(scope="module")
def wire():
    try:
        made = Wire()
        with socket.socket() as trial:
            trial.bind(("127.0.3.1", 0))
    except OSError as error:
        pytest.skip(f"127.0.3.1 cannot be bound here: {error}")
    made.start()
    with pytest.MonkeyPatch.context() as sooner:
        sooner.setattr(_feed, "_LOOK", 0.1)
        sooner.setattr(_feed, "time", made)
        yield made
    made.listening.close()


@pytest.fixture(scope="module")
def collected(wire, tmp_path_factory):
    """Hostile sites beside a quiet one; the first process is stopped once, as a page may do to it."""
    folder = tmp_path_factory.mktemp("wire")
    table = listed(folder, wire.port, WIRE)
    wire.armed = True
    made = collect_sites(
        table,
        folder / "out",
        allowed=("127.0.3.0/24",),
        patience=PATIENT,
        watchdog=Watchdog(silence=1.5, page_seconds=PATIENT),
        watch=wire.watch,
    )
    wire.armed = False
    return (
        made,
        read_fetched(folder / "out", table["site"].tolist()),
        wire.stopped,
        folder / "out",
    )


def test_a_process_that_hangs_is_replaced_and_the_page_that_it_hung_at_is_named(collected):
    made, rows, stopped, folder = collected
    assert len(stopped) == 1
    assert not made.failed
    assert set(made.done) == {"s1", "s2", "s3", "s4"}
    lost = rows[
        rows["reason"].str.contains("the crawling process was lost over this page", regex=False)
    ]
    assert lost["site"].tolist() == ["s4"]
    assert lost["url"].str.endswith("/a").all()
    assert "no sign of life for 1.5 seconds" in lost["reason"].iloc[0]
    assert not list(folder.glob(".*.part"))


def test_a_hostile_page_costs_itself_alone(collected):
    _, rows, _, _ = collected
    of = {
        (row.site, "/" + row.url.split("/", 3)[3]): (row.outcome, row.reason)
        for row in rows.itertuples()
    }
    expected = {
        ("s1", "/"): "fetched", ("s1", "/next"): "fetched",
        ("s2", "/"): "fetched", ("s2", "/10"): "fetched", ("s2", "/last"): "fetched",
        ("s2", "/1"): "fetched", ("s2", "/6"): "refused", ("s2", "/8"): "failed",
        ("s3", "/no"): "refused", ("s3", "/yes"): "fetched",
        ("s4", "/"): "fetched", ("s4", "/b"): "fetched",
    }  # fmt: skip
    assert {key: of[key][0] for key in expected} == expected
    assert "more than 1,000 attributes" in of["s1", "/"][1]
    assert not any("\x1b" in reason for _, reason in of.values())


def test_what_hostile_servers_answered_is_a_whole_warc_file_that_is_read(collected):
    _, _, _, folder = collected
    for path in folder.glob("*.warc.gz"):
        assert whole(path)
        list(read_answers(path))


def test_a_site_that_takes_too_much_memory_fails_with_the_reason(wire, tmp_path):
    table = listed(tmp_path, wire.port, [4])
    made = collect_sites(
        table, tmp_path / "out", allowed=("127.0.3.0/24",), watchdog=Watchdog(memory=1 << 20)
    )
    assert "it took more than 1 MB of memory" in made.failed["s4"]
    assert not list((tmp_path / "out").glob(".*.part"))


def packed(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", "{}")
        for name, content in members:
            archive.writestr(f"archive/{name}", content)
    return path


def test_damaged_wacz_and_warc_files_are_named_and_the_others_go_on(tmp_path):
    good = write_warc(tmp_path / "good.warc.gz", [(1, "/"), (2, "/about")])
    content = good.read_bytes()
    wacz = packed(tmp_path / "both.wacz", ("a.warc.gz", content), ("b.warc.gz", content))
    data = bytearray(wacz.read_bytes())
    # Where the second member begins, by its entry in the directory at the end.
    entry = data.rindex(b"archive/b.warc.gz") - 46
    data[entry + 42 : entry + 46] = b"\xff\xff\xff\xfe"
    wacz.write_bytes(data)
    broken = tmp_path / "broken.wacz"
    broken.write_bytes(data[:-30])
    told = CliRunner().invoke(
        app, ["collect", "--to", str(tmp_path / "out"),
              *(word for path in (broken, wacz, good) for word in ("--warc", str(path)))],
    )  # fmt: skip
    assert told.exit_code == 3, told.output
    said = " ".join(told.output.split())
    assert f"{broken}: The WACZ file is damaged (BadZipFile: File is not a zip file)." in said
    assert f"{wacz}, archive/b.warc.gz: The WACZ file is damaged" in said
    assert sorted(path.name for path in (tmp_path / "out").glob("*.warc.gz")) == [
        "both-a.warc.gz",
        "good.warc.gz",
    ]
    assert not list((tmp_path / "out").glob(".*.part"))


def test_any_damage_to_a_file_from_elsewhere_is_told_as_such(tmp_path):
    plain = write_warc(tmp_path / "p.warc", [(1, "/"), (2, "/about")], packed=False).read_bytes()
    small = gzip.compress(plain)
    files = {"x.warc": plain, "x.warc.gz": small,
             "x.wacz": packed(tmp_path / "w.wacz", ("a.warc.gz", small), ("b.warc", plain)).read_bytes()}  # fmt: skip
    chance = random.Random(7)
    outcomes = set()
    for number in range(120):
        name = chance.choice(list(files))
        data = bytearray(files[name])
        for _ in range(chance.choice([1, 2, 10])):
            at = (
                chance.randrange(len(data) - 300, len(data))
                if chance.random() < 0.4
                else chance.randrange(len(data))
            )
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(1, 99)]
                case 2:
                    data[at:at] = chance.choice(
                        [b"9" * 5000, b"\xb2", bytes(50), b"HTTP/1.1 \xb2 x\r\n"]
                    )
                case 3:
                    data = data[: max(at, 400)]
        path = tmp_path / name
        path.write_bytes(data)
        out = tmp_path / f"out{number}"
        try:
            made = import_warc_files([path], out)
            for one in made:
                for warc in out.glob(f"{one.name}.warc*"):
                    list(read_answers(warc))
            outcomes.add("taken")
        except DocumentError as error:
            outcomes.add("told" if error.file and error.cure else str(error))
    assert outcomes == {"taken", "told"}


@pytest.mark.parametrize("length", ["²", "9" * 5_000, "-1", " 12 ", ""])
def test_lengths_that_are_no_numbers_do_no_harm(tmp_path, monkeypatch, length):
    made = server.Answer(b"<p>We trained nurses.</p>", headers={"Content-Length": length})
    monkeypatch.setattr("tests.warc_files.answer", lambda *_: made)
    path = write_warc(tmp_path / "a.warc", [(1, "/")], packed=False)
    assert [answer.content for answer in read_answers(path)] == [made.body]
    assert whole(path)
    data = path.read_bytes()
    start = data.rindex(b"Content-Length: ") + 16
    path.write_bytes(data[:start] + length.encode() + data[data.index(b"\r\n", start) :])
    assert not whole(path)


def test_a_file_with_hostile_pages_is_read_and_they_are_named(tmp_path, monkeypatch):
    made = {"/": server.Answer(ATTRIBUTES), "/about": server.answer(1, "/about", 9, 80)}
    monkeypatch.setattr("tests.warc_files.answer", lambda _site, place, *_: made[place])
    path = write_warc(tmp_path / "a.warc.gz", [(1, "/"), (1, "/about")])
    found = pd.concat(list(read_pages(path)), ignore_index=True)
    assert found["status"].tolist() == ["failed", "kept"]
    assert "1,000 attributes" in found["reason"].iloc[0]
