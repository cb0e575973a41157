"""Where a crawl goes beside links: sitemaps, refreshes, handouts without a media type; and sites of one page."""

import gzip

import pandas as pd
import pytest

pytest.importorskip("scrapy")
pytest.importorskip("warcio")
pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

from fourp_nlp.websites import (
    Limits,
    collect_sites,
    read_fetched,
    read_pages,
    read_sites,
    summary_of_sites,
)
from tests import website_server as server
from tests.cases import SHARED, shared_case
from tests.test_website_collect import OURS, _loopback

pytestmark = pytest.mark.skipif(bool(_loopback()), reason=_loopback())

HOME = server.Answer(f"<html><body>{server.article(1, 'home')}</body></html>".encode())
OCTETS = "application/octet-stream"


def here(port, site, path):
    return f"http://127.0.1.{site}:{port}{path}"


def plain(text, mime="text/plain"):
    return server.Answer(text.encode(), mime=mime)


def urlset(*addresses):
    return "<urlset>" + "".join(f"<url><loc>{one}</loc></url>" for one in addresses) + "</urlset>"


def paths_of(port):
    """What the paths of each site answer with."""
    few = [f"/p{n}" for n in range(5)]
    listed = urlset(*(here(port, 1, path) for path in few[:3]), "http://elsewhere.example/")
    packed = gzip.compress(urlset(*(here(port, 1, path) for path in few[3:])).encode())
    index = "".join(
        f"<sitemap><loc>{here(port, 1, path)}</loc></sitemap>" for path in ("/a.xml", "/b.xml.gz")
    )
    found = {
        path: server.Answer(server.html_page(1, path, server.article(1, path)).encode())
        for path in few
    }
    return {
        1: {
            "/robots.txt": plain(f"Disallow:\nSitemap: {here(port, 1, '/index.xml')}\n"),
            "/": HOME,
            "/index.xml": plain(f"<sitemapindex>{index}</sitemapindex>", "application/xml"),
            "/a.xml": plain(listed, "text/xml"),
            "/b.xml.gz": server.Answer(packed, mime="application/x-gzip"),
            **found,
        },
        2: {"/": HOME},
        3: {
            "/": server.Answer(b"<p>Wait.", headers={"Refresh": "0;/first"}),
            "/first": server.Answer(b'<html><meta http-equiv=refresh content="5; /next"><p>Wait.'),
            "/next": HOME,
        },
        4: {
            "/": server.Answer(b'<html><a href="/get?id=1">Plan</a><a href="/get?id=2">Film</a>'),
            "/get?id=1": server.Answer(server.pdf_handout(11), mime=OCTETS),
            "/get?id=2": server.Answer(b"\x00\x01" * 3000, mime=OCTETS),
        },
        5: {
            "/": server.Answer(
                b'<html><meta http-equiv=refresh content="0;http://new.example/"><p>Hi'
            )
        },
    }


def shared_paths(port):
    """What the paths of the shared site answer with; none where it is not beside the repository."""
    folder = SHARED / "reading" / "web-sitemap-only"
    if not folder.exists():
        return {}
    rules = (folder / "robots.txt").read_text().replace("HOST", f"127.0.1.6:{port}")
    pages = [f"/p{n}" for n in range(5)]
    return {
        "/robots.txt": plain(rules),
        "/sitemap.xml": plain(urlset(*(here(port, 6, page) for page in pages)), "text/xml"),
        "/": server.Answer((folder / "index.html").read_bytes()),
        **dict.fromkeys(pages, HOME),
    }


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """These sites, collected once."""
    folder = tmp_path_factory.mktemp("ways")

    def answers(site, path, _visits, port):
        paths = shared_paths(port) if site == 6 else paths_of(port)[site]
        return paths.get(path) or server.Answer(b"nothing here", status=404)

    with pytest.MonkeyPatch.context() as patch, server.websites() as served:
        patch.setattr(server, "answer", answers)
        lines = [f"way_{n},{served.url(n)}" for n in range(1, 7)]
        (folder / "list.csv").write_text("\n".join(["id,website", *lines]))
        table = read_sites(folder / "list.csv", limits=Limits(delay=0, max_depth=1))
        made = collect_sites(table, folder / "out", allowed=OURS, handouts=True, patience=5)
        asked = {n: served.asked(n) for n in range(1, 6)}
    rows = read_fetched(folder / "out", list(made.done))
    summary = summary_of_sites(made, table, rows).set_index("site")
    return made, asked, rows, summary


def test_where_pages_have_no_links_sitemaps_are_followed(sites):
    made, asked, rows, summary = sites
    assert asked[1][:5] == ["/robots.txt", "/", "/index.xml", "/a.xml", "/b.xml.gz"]
    assert set(asked[1][5:]) == {f"/p{n}" for n in range(5)}
    assert made.done["way_1"]["pages"] == 6
    assert made.done["way_1"]["sitemaps"] == {"files": 3, "addresses": 6, "new": 5}
    assert summary.loc["way_1", "note"] == ""
    pages = pd.concat(list(read_pages(made.folder / "way_1.warc.gz", site="way_1")))
    assert len(pages) == 6
    assert not rows["url"].str.endswith(("xml", "gz")).any()


def test_a_site_of_one_page_is_told(sites):
    _, asked, _, summary = sites
    assert asked[2] == ["/robots.txt", "/", "/sitemap.xml"]
    assert "leads nowhere" in summary.loc["way_2", "note"]
    assert "redirects to another website, http://new.example/" in summary.loc["way_5", "note"]


def test_refreshes_are_followed_like_redirects(sites):
    assert sites[1][3][1:4] == ["/", "/first", "/next"]


def test_handouts_without_a_media_type_are_taken_and_what_is_refused_did_not_fail(sites):
    made, _, rows, _ = sites
    outcomes = rows[rows["site"] == "way_4"].set_index("url")
    outcomes.index = outcomes.index.str.extract(r"(/[^/]*)$")[0]
    assert outcomes.loc["/get?id=1", "outcome"] == "fetched"
    assert outcomes.loc["/get?id=2", ["outcome", "reason"]].tolist() == [
        "refused",
        f"no text ({OCTETS})",
    ]
    pages = pd.concat(list(read_pages(made.folder / "way_4.warc.gz", site="way_4", languages=())))
    pages = pages.set_index("mime")
    assert pages.loc["application/pdf", "status"] == "kept"
    assert pages.loc[OCTETS, "status"] == "unwanted"
    assert "not wanted" in pages.loc[OCTETS, "reason"]


def test_the_shared_site_gives_the_pages_of_its_sitemap(sites):
    shared_case("reading", "web-sitemap-only")
    assert sites[0].done["way_6"]["pages"] == 6
