"""Sites are fetched politely, within their limits, and kept whole; the server's own log is the witness."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

pytest.importorskip("scrapy")
pytest.importorskip("warcio")
psutil = pytest.importorskip("psutil")

from warcio.archiveiterator import ArchiveIterator  # noqa: E402

from fourp_nlp.errors import DocumentError, FourpError  # noqa: E402
from fourp_nlp.website import (  # noqa: E402
    Limits,
    collect_sites,
    read_answers,
    read_done,
    read_fetched,
    read_pages,
    read_sites,
    take_warcs,
    whole,
)
from fourp_nlp.website._addresses import may_ask, networks  # noqa: E402
from fourp_nlp.website._frontier import Frontier, tidy_url  # noqa: E402
from tests.website_server import gzip_bomb, sites_csv, websites  # noqa: E402

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="127.0.1.x is Linux's")

HERE = ("127.0.1.0/24",)
PLAIN = [
    "/",
    "/about",
    "/work",
    "/news",
    "/handouts",
    "/contact",
    *(f"/news/{n}" for n in range(1, 6)),
]
FAST = Limits(max_pages=60, max_depth=4, max_bytes=50_000_000, max_seconds=60, delay=0.01)
SITES = [*range(1, 29), 30]


def listed(server, folder, numbers, limits=FAST):
    path = folder / "sites.csv"
    path.write_text(sites_csv(server, numbers), encoding="utf-8")
    return read_sites(path, limits=limits)


def collect(server, folder, numbers, limits=FAST, **options):
    settings = {"allowed": HERE, "patience": 3, "max_answer": 5_000_000, **options}
    return collect_sites(listed(server, folder, numbers, limits), folder / "out", **settings)


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """One pass over most of the test sites."""
    folder = tmp_path_factory.mktemp("collected")
    gzip_bomb()  # takes longer to make than anybody waits for a page
    with websites() as server:
        made = collect(server, folder, SITES, handouts=True)
        asked = {number: server.asked(number) for number in SITES}
    return made, asked, read_fetched(made.folder, sorted(made.done))


def outcomes(collected, number):
    frame = collected[2]
    rows = frame[frame["site"] == f"valley_{number:02d}"]
    paths = rows["url"].str.replace(r"^http://[^/]+", "", regex=True)
    return dict(zip(paths, rows["outcome"] + ": " + rows["reason"], strict=True))


def fetched(collected, number):
    return sorted(path for path, told in outcomes(collected, number).items() if told == "fetched: ")


def test_a_plain_site_is_fetched_as_a_whole_and_no_page_twice(collected):
    made, asked, _ = collected
    assert not made.failed
    assert fetched(collected, 30) == sorted(PLAIN)
    assert sorted(asked[30]) == sorted([*PLAIN, "/robots.txt"])
    assert asked[30][0] == "/robots.txt"


def test_what_robots_txt_forbids_is_not_asked_for(collected):
    _, asked, _ = collected
    assert "/private/list" not in asked[1]
    assert outcomes(collected, 1)["/private/list"] == "refused: robots.txt"
    assert "/open" in fetched(collected, 1)
    assert asked[19] == ["/robots.txt"]
    assert set(asked[18]) == {"/robots.txt"}, "robots.txt that fails forbids everything"


def test_of_a_robots_txt_without_end_the_beginning_counts(collected):
    assert fetched(collected, 27) == sorted(PLAIN)


def test_redirects_are_followed_within_the_site_alone(collected):
    _, asked, _ = collected
    assert "to http" in outcomes(collected, 2)["/loop/a"]
    assert asked[2].count("/loop/a") == 1
    assert "another site" in outcomes(collected, 3)["/gone-over"]
    assert "/hop/6" in fetched(collected, 22)
    for path in ("/inside", "/metadata", "/local", "/by-name"):
        assert outcomes(collected, 4)[path].startswith("refused: a redirect to another site")


def test_a_busy_server_is_asked_again_and_an_error_is_kept(collected):
    _, asked, _ = collected
    assert "/busy" in fetched(collected, 5)
    assert asked[5].count("/busy") == 3
    assert outcomes(collected, 5)["/missing"] == "failed: the server answered 404"
    assert outcomes(collected, 5)["/broken"] == "failed: the server answered 500"


def test_a_slow_page_and_a_large_one_cost_no_other(collected):
    assert outcomes(collected, 6)["/slow"].startswith("failed: no answer")
    assert set(PLAIN) <= set(fetched(collected, 6))
    for number in (8, 9):
        assert outcomes(collected, number)["/big"].startswith("cut: larger than the limit")
        assert set(PLAIN) <= set(fetched(collected, number))


def test_an_answer_that_breaks_off_is_marked(collected):
    assert outcomes(collected, 17)["/cut"] == "cut: the answer broke off"
    path = collected[0].folder / "valley_17.warc.gz"
    with path.open("rb") as stream:
        marks = [r.rec_headers.get_header("WARC-Truncated") for r in ArchiveIterator(stream)]
    assert "disconnect" in marks


def test_traps_end(collected):
    assert any("deeper than the limit" in told for told in outcomes(collected, 7).values())
    assert any("inside itself" in told for told in outcomes(collected, 23).values())
    assert collected[1][21].count("/about") == 1, "session numbers make no new page"


def test_links_that_are_no_pages_are_not_asked_for(collected):
    _, asked, _ = collected
    assert sorted(asked[20]) == sorted([*PLAIN, "/ABOUT", "/robots.txt"])


def test_handouts_come_along_when_asked(collected, tmp_path):
    assert {"/handout.pdf", "/handout.docx"} <= set(fetched(collected, 11))
    with websites() as server:
        collect(server, tmp_path, [11])
        assert not [path for path in server.asked(11) if "handout." in path]


def test_every_answer_is_in_the_file_with_its_request(collected):
    made, _asked, frame = collected
    for number in SITES:
        name = f"valley_{number:02d}"
        path = made.folder / f"{name}.warc.gz"
        with path.open("rb") as stream:
            records = [
                (r.rec_type, r.rec_headers.get_header("WARC-Record-ID"))
                for r in ArchiveIterator(stream)
            ]
        assert len(records) == made.done[name]["records"]
        assert whole(path)
        kinds = [kind for kind, _ in records]
        assert kinds.count("response") == kinds.count("request")
        told = set(frame.loc[(frame["site"] == name) & (frame["record_id"] != ""), "record_id"])
        assert told <= {identity.strip("<>") for _, identity in records}


def test_files_are_valid_by_warcio_check(collected):
    made, *_ = collected
    files = [str(made.folder / f"valley_{n:02d}.warc.gz") for n in (1, 5, 11, 13, 17, 30)]
    done = subprocess.run(
        [sys.executable, "-c", "from warcio.cli import main; main()", "check", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_bytes_are_kept_as_they_came(collected):
    made, *_ = collected
    with (made.folder / "valley_13.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream, no_record_parse=False):
            if record.rec_type == "response" and "/bomb" in record.rec_headers.get_header(
                "WARC-Target-URI"
            ):
                assert record.http_headers.get_header("Content-Encoding") == "gzip"
                assert record.raw_stream.read() == gzip_bomb()
                return
    pytest.fail("the answer is not there")


def test_a_second_run_asks_for_nothing(tmp_path):
    with websites() as server:
        collect(server, tmp_path, [30, 31])
        before = server.asked(30) + server.asked(31)
        made = collect(server, tmp_path, [30, 31])
        assert server.asked(30) + server.asked(31) == before
    assert made.earlier == {"valley_30", "valley_31"}


def test_limits_are_exact(tmp_path):
    limits = Limits(max_pages=4, max_depth=4, max_bytes=50_000_000, max_seconds=60, delay=0.01)
    with websites() as server:
        made = collect(server, tmp_path, [30], limits)
        assert len(server.asked(30)) == 4 + 1
    assert made.done["valley_30"]["ended"] == "max_pages"
    limits = Limits(max_pages=100, max_depth=0, max_bytes=50_000_000, max_seconds=60, delay=0.01)
    with websites() as server:
        collect(server, tmp_path, [31], limits)
        assert server.asked(31) == ["/robots.txt", "/"]


def test_the_distance_between_requests_is_kept(tmp_path):
    with websites() as server:
        collect(server, tmp_path, [1])  # its robots.txt asks for 0.2 seconds
        times = [when for when, site, _ in server.requests if site == 1]
    gaps = pd.Series(times).diff().iloc[2:]
    assert gaps.min() >= 0.19


def test_private_addresses_are_refused_unless_they_are_named(tmp_path):
    with websites() as server:
        made = collect(server, tmp_path, [30], allowed=())
        assert not server.asked(30)
        told = read_fetched(made.folder, ["valley_30"])
        assert told["reason"].str.contains("robots.txt cannot be had").all()


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "127.1", "[::1]"])
def test_no_spelling_of_this_machine_gets_through(tmp_path, host):
    (tmp_path / "sites.csv").write_text(f"id,name,group,website\na,A,g,http://{host}:9/\n")
    made = collect_sites(
        read_sites(tmp_path / "sites.csv", limits=FAST), tmp_path / "out", allowed=(), patience=2
    )
    with (made.folder / "a.warc.gz").open("rb") as stream:
        assert not [r for r in ArchiveIterator(stream) if r.rec_type == "response"]
    assert not made.done["a"]["outcomes"].get("fetched")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert may_ask(address) is public


def test_a_named_range_is_allowed_and_a_wrong_one_refused():
    assert may_ask("10.1.2.3", networks(["10.1.0.0/16"]))
    assert not may_ask("10.2.2.3", networks(["10.1.0.0/16"]))
    with pytest.raises(FourpError, match="no address"):
        networks(["everything"])


def test_urls_in_one_form():
    assert tidy_url("HTTP://Example.org:80/a?utm_source=x&b=1#c") == "http://example.org/a?b=1"
    assert tidy_url("../b", "http://example.org/a/c") == "http://example.org/b"
    assert tidy_url("http://user:secret@example.org/") == ""
    assert tidy_url("mailto:a@example.org") == ""
    assert tidy_url("http://[::1") == ""


def test_www_or_not_is_one_site_and_http_or_https_one_page():
    frontier = Frontier(["http://www.example.org/"], max_depth=3, handouts=False)
    frontier.next()
    assert frontier.add("https://example.org/", 1) == ""
    assert not frontier
    assert frontier.add("http://other.org/", 1) == "another site"
    assert frontier.add("https://example.org/a.zip", 1) == "no page by its name"


def _signatures(folder, names):
    """What was collected: URL, status and contents of every answer."""
    return {
        name: sorted((a.url, a.status, a.content) for a in read_answers(folder / f"{name}.warc.gz"))
        for name in names
    }


@pytest.mark.parametrize("victim", ["crawler", "driver"])
def test_a_killed_process_leaves_neither_loss_nor_duplicates(tmp_path, victim):
    names = [f"valley_{number}" for number in (30, 31, 32, 33)]
    code = (
        "import sys, pathlib; from fourp_nlp.website import collect_sites, read_sites, Limits; "
        "limits = Limits(60, 4, 50_000_000, 60, 0.05); folder = pathlib.Path(sys.argv[1]); "
        "collect_sites(read_sites(folder / 'sites.csv', limits=limits), folder / 'out', allowed=('127.0.1.0/24',))"
    )
    with websites() as server:
        (tmp_path / "sites.csv").write_text(sites_csv(server, (30, 31, 32, 33)))
        driver = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
        deadline = time.monotonic() + 60
        while not server.asked(30):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.2)
        children = psutil.Process(driver.pid).children(recursive=True)
        (driver if victim == "driver" else children[0]).send_signal(signal.SIGKILL)
        driver.wait(timeout=60)
        assert not psutil.wait_procs(children, timeout=20)[1], "the crawler outlives its driver"
        out = tmp_path / "out"
        done_before = [name for name in names if read_done(out, name)]
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=120)
        again = _signatures(out, names)
        (tmp_path / "undisturbed").mkdir()
        made = collect(server, tmp_path / "undisturbed", (30, 31, 32, 33))
        assert again == _signatures(made.folder, names)
    assert len(done_before) < len(names), "it was killed too late to test anything"
    assert not [path for path in out.iterdir() if path.name.endswith((".part", ".tmp"))]


def test_warcs_from_elsewhere_are_taken_in_place_of_fetching(collected, tmp_path):
    source = collected[0].folder / "valley_30.warc.gz"
    (tmp_path / "else").mkdir()
    foreign = tmp_path / "else" / "crawl 001.warc.gz"
    foreign.write_bytes(source.read_bytes())
    cut = tmp_path / "else" / "cut.warc.gz"
    cut.write_bytes(source.read_bytes()[:-500])
    told = take_warcs([foreign, cut], tmp_path / "in")
    assert [row["site"] for row in told] == ["crawl_001", "cut"]
    assert [row["whole"] for row in told] == [True, False]
    assert told[0]["pages"] == len(PLAIN)
    assert take_warcs([foreign, cut], tmp_path / "in") == told
    pages = pd.concat(list(read_pages(tmp_path / "in" / "crawl_001.warc.gz")), ignore_index=True)
    assert (pages["status"] == "kept").sum() == len(PLAIN)
    with pytest.raises(DocumentError, match=r"no WARC file"):
        take_warcs([tmp_path / "else"], tmp_path / "in")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,name\na,A\n", "[Ii]d or website is missing"),
        ("id,name,group,website\n../a,A,g,http://example.org\n", "line 2.*no id"),
        ("id,name,group,website\na,A,g,ftp://example.org\n", "line 2.*no web address"),
        ("id,name,group,website\na,A,g,http://e.org\nA,B,g,http://f.org\n", "line 3.*twice"),
        ("id,name,group,website,max_pages\na,A,g,http://e.org,many\n", "line 2.*no number"),
        ("id,name,group,site_url\na,A,g,http://e.org\n", "site_url"),
        ("", "names no site"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(tmp_path, content, said):
    path = tmp_path / "sites.csv"
    path.write_text(content)
    with pytest.raises(DocumentError, match=said):
        read_sites(path)


def test_a_list_may_be_yaml_and_have_limits_of_its_own(tmp_path):
    path = tmp_path / "sites.yaml"
    path.write_text(
        "- id: a\n  name: A\n  website: [example.org, http://b.example.org]\n  max_pages: 7\n"
    )
    frame = read_sites(path)
    assert frame.loc[0, "urls"] == "https://example.org http://b.example.org"
    assert frame.loc[0, "max_pages"] == 7
    assert frame.loc[0, "max_depth"] == Limits().max_depth


def test_the_command_tells_what_was_fetched_and_what_not(tmp_path):
    code = "from fourp_nlp.cli import main; main()"
    with websites() as server:
        (tmp_path / "sites.csv").write_text(sites_csv(server, [19, 30]))
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                code,
                "collect",
                "sites.csv",
                "--to",
                "c",
                "--allow-address",
                HERE[0],
                "--delay",
                "0",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": "120"},
        )
    assert done.returncode == 3, done.stderr
    assert "valley_19 gave no page: robots.txt" in done.stderr
    assert "fourp score c" in done.stdout
    told = pd.read_csv(tmp_path / "c" / "fetched.csv", encoding="utf-8-sig")
    assert (told["outcome"] == "fetched").sum() == len(PLAIN)
    assert json.loads((tmp_path / "c" / "valley_30.done.json").read_text())["outcomes"][
        "fetched"
    ] == len(PLAIN)
