"""Pages of a WARC file as documents: main text, provenance, repetition, copies, languages, damage."""

import pandas as pd
import pytest

pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

from fourp_nlp.errors import DocumentError
from fourp_nlp.websites import SITES, read_answers, read_pages, whole
from tests.warc_files import packed_as_a_whole, write_warc
from tests.website_server import ACCENTS, FOOTER, FRENCH, NAVIGATION, paragraphs

PLAIN = ["/", "/about", "/work", "/news", "/contact", *(f"/news/{n}" for n in range(1, 6))]


def pages(path, **options):
    return pd.concat(list(read_pages(path, **options)), ignore_index=True)


def one(tmp_path, site, *places, **options):
    return pages(write_warc(tmp_path / "a.warc.gz", [(site, place) for place in places]), **options)


def test_a_page_gives_its_main_text_and_not_its_navigation(tmp_path):
    row = one(tmp_path, 30, "/about").iloc[0]
    for paragraph in paragraphs(30, "/about"):
        assert paragraph in row["text"]
    assert NAVIGATION[4] not in row["text"]
    assert (row["status"], row["language"]) == ("kept", "en")
    assert row["title"] == "About us"


def test_a_page_can_be_traced_to_the_bytes_it_came_from(tmp_path):
    path = write_warc(tmp_path / "valley_30.warc.gz", [(30, place) for place in PLAIN])
    found = pages(path, site="valley_30")
    by_id = {answer.record_id: answer for answer in read_answers(path)}
    for row in found.itertuples():
        answer = by_id[row.record_id]
        assert (answer.url, answer.fetched_at) == (row.url, row.fetched_at)
        assert row.warc == "valley_30.warc.gz"
        assert row.document == f"valley_30/{row.url.removeprefix('http://')}"
    assert found["record_id"].is_unique


def test_a_slogan_on_every_page_is_counted_once(tmp_path):
    path = tmp_path / "a.warc.gz"
    write_warc(path, [(30, place) for place in PLAIN])
    # The page's main text must hold the slogan for there to be something to find: said in the article.
    import tests.website_server as server

    found = pages(path)
    said = sum(text.count(FOOTER) for text in found["text"])
    assert said <= 1
    assert server.FOOTER == FOOTER


def test_what_pages_repeat_in_their_text_stays_on_the_first_alone(tmp_path, monkeypatch):
    import tests.website_server as server

    def article(site, page, count=6):
        return f"<p>{server.FOOTER}</p>" + "".join(
            f"<p>{text}</p>" for text in paragraphs(site, page, count)
        )

    monkeypatch.setattr(server, "article", article)
    found = one(tmp_path, 30, *PLAIN)
    assert [FOOTER in text for text in found["text"]] == [True] + [False] * (len(PLAIN) - 1)
    assert found["repeated_words"].tolist() == [0] + [len(FOOTER.split())] * (len(PLAIN) - 1)


def test_print_versions_are_folded_and_counted(tmp_path):
    both = [f"/news/{n}" for n in range(1, 6)] + [f"/print/{n}" for n in range(1, 6)]
    found = one(tmp_path, 15, *both)
    kept = found[found["status"] == "kept"]
    assert kept["url"].str.contains("/news/").all()
    assert kept["copies"].tolist() == [2] * 5
    folded = found[found["status"] == "folded"]
    assert folded["same_as"].tolist() == kept["document"].tolist()
    assert (folded["text"] == "").all()


def test_a_page_in_another_language_is_set_aside_and_listed(tmp_path):
    row = one(tmp_path, 16, "/fr").iloc[0]
    assert (row["status"], row["language"], row["text"]) == ("other_language", "fr", "")
    row = one(tmp_path, 16, "/fr", languages=("fr",)).iloc[0]
    assert row["status"] == "kept"
    assert FRENCH.split(".", maxsplit=1)[0] in row["text"]


@pytest.mark.parametrize("place", ["/says-latin", "/says-utf8", "/says-nonsense"])
def test_a_wrong_charset_does_no_harm(tmp_path, place):
    assert ACCENTS in one(tmp_path, 10, place).iloc[0]["text"]


@pytest.mark.parametrize(
    ("place", "kind"), [("/handout.pdf", "pdf"), ("/handout.docx", "wordprocessing")]
)
def test_handouts_are_read_like_documents(tmp_path, place, kind):
    row = one(tmp_path, 11, place).iloc[0]
    assert row["status"] == "kept"
    assert kind in row["mime"]
    assert paragraphs(11, place[1:], 3)[0].split(". ")[0] in " ".join(row["text"].split())


def test_a_page_that_a_script_writes_is_empty_and_says_so(tmp_path):
    row = one(tmp_path, 12, "/script").iloc[0]
    assert (row["status"], row["words"]) == ("empty", 0)
    assert "script" in row["reason"]


@pytest.mark.parametrize(
    ("site", "place", "status", "why"),
    [
        (13, "/bomb", "failed", "unfolds to more"),
        (24, "/picture", "empty", "image/png"),
        (24, "/archive", "empty", "zip"),
        (25, "/empty", "empty", "empty"),
        (8, "/big", "failed", "larger than"),
    ],
)
def test_what_has_no_text_is_listed_with_the_reason(tmp_path, site, place, status, why):
    row = one(tmp_path, site, place).iloc[0]
    assert row["status"] == status
    assert why in row["reason"]
    assert row["text"] == ""


def test_broken_html_gives_its_words(tmp_path):
    row = one(tmp_path, 14, "/broken-html").iloc[0]
    assert row["status"] == "kept"
    assert paragraphs(14, "/broken-html")[0] in row["text"]


def test_a_page_that_is_a_list_gives_the_list(tmp_path):
    assert paragraphs(28, "/list")[0].split(". ")[0] in one(tmp_path, 28, "/list").iloc[0]["text"]


def test_errors_and_redirects_are_no_pages(tmp_path):
    found = one(tmp_path, 5, "/", "/missing", "/broken")
    assert len(found) == 1
    assert not list(read_pages(write_warc(tmp_path / "b.warc.gz", [(2, "/loop/a")])))


def test_packed_unpacked_and_packed_as_a_whole_are_read_the_same(tmp_path):
    asked = [(30, place) for place in PLAIN]
    packed = write_warc(tmp_path / "a.warc.gz", asked)
    plain = write_warc(tmp_path / "a.warc", asked, packed=False)
    lump = packed_as_a_whole(tmp_path / "b.warc.gz", plain)
    texts = [pages(path)["text"].tolist() for path in (packed, plain, lump)]
    assert texts[0] == texts[1] == texts[2]
    assert all(map(whole, (packed, plain, lump)))


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_was_cut_off_is_known_anywhere(tmp_path, packed):
    path = write_warc(tmp_path / "a.warc", [(30, "/"), (30, "/about")], packed=packed)
    content = path.read_bytes()
    for cut in range(1, len(content), max(len(content) // 97, 1)):
        path.write_bytes(content[:cut])
        assert whole(path) is False or (not packed and content[:cut].endswith(b"\r\n\r\n")), cut


def test_pages_belong_to_the_site_that_has_their_host(tmp_path):
    sites = pd.DataFrame(
        {
            "site": ["north"],
            "name": ["North"],
            "group": ["g"],
            "urls": ["http://127.0.1.30:8040/"],
            "max_pages": [1],
            "max_depth": [1],
            "max_bytes": [1],
            "max_seconds": [1],
            "delay": [0.0],
        }
    )
    assert set(sites.columns) == set(SITES.names)
    path = write_warc(tmp_path / "a.warc.gz", [(30, "/"), (31, "/"), (30, "/about")])
    found = pages(path, sites=sites)
    assert found["site"].tolist() == ["north", "north", "127.0.1.31:8040"]
    assert found["group"].tolist() == ["g", "g", ""]


def test_a_file_that_is_no_warc_is_refused_with_its_name(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear all")
    with pytest.raises(DocumentError, match=r"letter\.txt"):
        list(read_pages(path))
