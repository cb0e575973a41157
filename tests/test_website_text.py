"""The text of web pages: nothing wanted is lost, nothing that asks for consent or is hidden gets in."""

import gzip
import time

import pandas as pd
import pytest

pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

from fourp_nlp.documents import page_of, read_document, read_file, words_of
from fourp_nlp.websites import read_answers, read_pages
from fourp_nlp.websites.crawl._wanted_answers import by_contents, by_headers
from fourp_nlp.websites.links import PageLinks, refresh_to
from fourp_nlp.websites.pages._block_choice import choose
from fourp_nlp.websites.pages._language import in_languages, languages_of
from fourp_nlp.websites.pages._not_found import says_not_found
from fourp_nlp.websites.pages.content_types import charset_of, file_name_of, kind_of
from fourp_nlp.websites.pages.main_text import main_text
from fourp_nlp.websites.sitemap import is_sitemap, read_sitemap
from tests import website_server as server
from tests.cases import shared_case
from tests.warc_files import write_warc
from tests.web_pages import COOKIES, PAGES

ENGLISH = (
    "The ferry brings two caseworkers to the island on each Thursday of the month.",
    "A room above the creamery stays warm for whoever comes without papers or a bag.",
)
FRENCH = (
    "Le traversier amène deux intervenantes sur l'île chaque jeudi du mois.",
    "Une chambre au-dessus de la laiterie reste chaude pour qui arrive sans papiers ni bagages.",
)


def text_of(page, **options):
    content = page if isinstance(page, bytes) else page.encode()
    return main_text(content, "http://h.example/", **options)["text"]


def html(body, head=""):
    return (
        f"<!doctype html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    )


def p(*texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def flat(text):
    return " ".join(text.split())


# What a page says


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_pages_of_many_builders_keep_their_text_and_nothing_else(page):
    text = flat(text_of(page.html))
    assert [passage for passage in page.wanted if flat(passage) not in text] == []
    assert [passage for passage in page.unwanted if passage in text] == []


@pytest.mark.parametrize(
    ("name", "words"), [("manyarticles", 570), ("divtext", 570), ("wpblocks", 336)]
)
def test_all_sections_of_a_page_are_kept(name, words):
    page = shared_case("reading", "web-several-articles", f"{name}.html").read_bytes()
    assert len(text_of(page).split()) >= 0.98 * words


def test_what_unfolds_is_in_the_text_of_pages_and_of_files(tmp_path):
    folder = shared_case("reading", "web-accordion")
    for name, wanted in (
        (
            "details.html",
            ["What about beds?", "Who pays?", "two beds are kept", "pays for the whole"],
        ),
        ("tabs.html", ["number 1 ", "number 2 ", "number 3 "]),
    ):
        for text in (text_of((folder / name).read_bytes()), read_document(folder / name)):
            assert [passage for passage in wanted if passage not in text] == []


def test_a_notice_of_cookies_gives_way_to_the_text():
    path = shared_case("reading", "web-cookie-banner", "cookie.html")
    for text in (text_of(path.read_bytes()), read_document(path)):
        assert "The shelter has eleven beds." in text
        assert "cookies" not in text.lower()


def test_cells_that_only_place_text_are_blocks_of_their_own():
    path = shared_case("reading", "web-layout-table", "brtext.html")
    for text in (text_of(path.read_bytes()), read_document(path)):
        assert "|" not in text
        assert "A" in text.split("\n")


SAID, ALSO = ENGLISH
NOTICE = "<p>We use cookies to measure how this website is used.</p>"
KINDS = {
    "a notice without a name": (
        f"<div>{NOTICE}<button>Accept all</button></div><p>{SAID}</p>",
        [SAID],
        ["cookies"],
    ),
    "a bar with a link": (
        f"<div class='banner'>{NOTICE}<a href='#'>OK</a></div><p>{SAID}</p>",
        [SAID],
        ["cookies"],
    ),
    "a page named after its notice": (
        f"<div class='page cookie-bar-visible'>{p(SAID, ALSO, SAID + ' Too.', 'We bake cookies.')}</div>",
        [SAID, ALSO, "We bake cookies."],
        [],
    ),
    "a bill of fare": (f"<div class='menu'><p>{SAID}</p></div><p>{ALSO}</p>", [SAID, ALSO], []),
    "a head that is not opened": (
        f"<title>x</title><section id='respond'>{p(SAID)}</section>",
        [SAID],
        [],
    ),
    "side bars that are all": (
        "".join(f"<div class='sidebar'>{p(t)}</div>" for t in ENGLISH),
        ENGLISH,
        [],
    ),
    "a button above its pane": (
        f"<button onclick='t()'>Who pays</button><div style='display:none'>Two beds.</div>{p(SAID)}",
        ["Who pays", "Two beds."],
        [],
    ),
    "a heading to click on": (
        f"<h3 onclick='t()'>Who?</h3><div hidden>Two beds.</div>{p(SAID)}",
        ["Two beds."],
        [],
    ),
    "the rest of a sentence": (
        f"<p>Two <span id='more' style='display:none'>beds.</span></p>{p(SAID)}",
        ["beds."],
        [],
    ),
    "a page that a script shows": (
        f"<div style='visibility: hidden'><form><input></form>{p(SAID, ALSO)}</div>",
        ENGLISH,
        [],
    ),
    "a word of thanks in waiting": (
        f"<div class='alert' hidden>Thank you!</div>{p(SAID)}",
        [SAID],
        ["Thank"],
    ),
    "the copy of a slide": (
        f"<div>{SAID}</div><div class='slick-cloned'>{SAID}</div>",
        [SAID],
        [SAID + "\n"],
    ),
    "hidden on small screens": (f"<h2 class='hidden md:block'>Beds</h2>{p(SAID)}", ["Beds"], []),
    "heads of sections": (
        f"<section><header><h2>Beds</h2></header>{p(SAID)}</section>",
        ["Beds"],
        [],
    ),
    "an element of one's own": ("<p>One<my-tag>two</my-tag>three</p>", ["One\n\ntwo\n\nthree"], []),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_looks_like_something_else_is_told_from_it(kind):
    body, wanted, unwanted = KINDS[kind]
    text = text_of(f"<!doctype html>{body}")
    assert [passage for passage in wanted if passage not in text] == []
    assert [passage for passage in unwanted if passage in text] == []


def test_a_story_about_cookies_is_kept_and_a_page_that_is_a_notice_says_so():
    story = "Every Saturday the mothers bake four hundred cookies, and the money pays for consent workshops."
    told = main_text(html(f'<div class="cookies"><h1>Cookies</h1>{p(story)}</div>').encode(), "")
    assert story in told["text"]
    said = f'<div id="onetrust-banner-sdk">{p(*COOKIES)}<button>Accept</button></div>'
    told = main_text(html(said).encode(), "")
    assert told["text"] == ""
    assert "asks for consent" in told["empty"]


def test_rows_of_figures_are_lines_and_links_stand_apart():
    table = "<table><tr><th>Year<th>Beds</tr><tr><th>2031<td>11</tr><tr><th>2032<td>14</tr></table>"
    assert words_of(table).split("\n\n") == ["Year; Beds", "2031: 11", "2032: 14"]
    assert (
        words_of("<p><a href=/a>North</a><a href=/b>South</a> and more</p>")
        == "North South and more"
    )


def test_a_table_of_speakers_is_read_as_turns(tmp_path):
    turns = [
        ("Odile", ENGLISH[0]),
        ("Bern", "And then?"),
        ("Odile", ENGLISH[1]),
        ("Bern", "I see."),
    ]
    rows = "".join(
        f"<tr><td>{name}</td><td>0:0{n}</td><td>{words}</td></tr>"
        for n, (name, words) in enumerate(turns)
    )
    path = tmp_path / "talk.html"
    path.write_text(html(f"<table><tr><th>Speaker<th>Time<th>Words</tr>{rows}</table>"))
    reading = read_file(path)
    assert reading.texts[0].text == "\n\n".join(f"{name}: {words}" for name, words in turns)
    assert reading.texts[0].labels == ("Odile", "Bern")
    assert "4 rows of a table of speakers" in reading.remarks[0]


def test_what_was_left_out_of_a_file_is_counted(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(html(f"<nav>Home</nav><dialog open>{p(*COOKIES)}</dialog>{p(*ENGLISH)}"))
    reading = read_file(path)
    assert reading.texts[0].text == "\n\n".join(ENGLISH)
    words = sum(len(text.split()) for text in COOKIES)
    assert reading.remarks == [
        f"{words} words left out: notices that ask for consent",
        "1 word left out: menus",
    ]


def test_text_for_search_engines_stands_in_where_a_page_shows_none():
    body = '{"@graph": [{"@type": "Article", "articleBody": "The ferry runs &amp; runs."}]}'
    page = f'<div id="root"></div><script type="application/ld+json">{body}</script>'
    assert text_of(html(page)) == "The ferry runs & runs."
    assert text_of(html(p(ENGLISH[0]) + page)) == ENGLISH[0]


def test_how_little_of_a_page_was_kept_is_counted():
    comments = "".join(
        f'<li class="comment">{p(text)}</li>' for text in server.paragraphs(9, "c", 6)
    )
    page = page_of(html(f'<main>{p(ENGLISH[0])}</main><ol id="comments">{comments}</ol>'))
    choice = choose(page)
    assert choice.text == ENGLISH[0]
    assert choice.visible > 2 * choice.words > 0


def test_hostile_pages_are_chosen_from_in_little_time():
    began = time.process_time()
    choose(page_of("<div hidden class=tab>" * 10_000 + "x"))
    choose(page_of("<ul>" + "<li><a href=x>a</a>" * 10_000))
    choose(page_of("<table>" + "<tr><td>a<td>b" * 10_000))
    says_not_found("page " * 100_000, ["404 " * 100_000], 10)
    assert time.process_time() - began < 30


# Pages that are none


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Page not found", ""),
        ("404 - The Valley", ""),
        ("The Valley | Error 404", ""),
        ("The Valley", "Oops! That page can’t be found."),
        ("", "Page introuvable"),
        ("Erreur 404 – Maison de la vallée", ""),
        ("", "La page que vous cherchez n'existe pas"),
        ("", "Seite nicht gefunden"),
        ("Página no encontrada - El valle", ""),
        ("", "404"),
    ],
)
def test_a_page_that_says_that_there_is_none_is_known(title, heading):
    assert says_not_found(title, [heading] if heading else [], 40)


@pytest.mark.parametrize(
    ("title", "heading", "words"),
    [
        ("404 nights in the valley", "404 nights in the valley", 60),
        ("Highway 404", "Shelter by highway 404", 60),
        ("The Valley", "How a lost page of the ledger was found", 60),
        ("The Valley", "Page not found, and other stories of our website", 900),
        ("Not everybody is found", "Missing from home", 60),
        ("The Valley", "", 5),
    ],
)
def test_a_story_is_no_page_that_is_not_there(title, heading, words):
    assert not says_not_found(title, [heading] if heading else [], words)


# Languages


def test_each_block_has_its_language_and_short_ones_follow():
    blocks = ["Services", *ENGLISH, "Beds", "Nos services", *FRENCH, "- Un lit"]
    assert languages_of(blocks) == ["en"] * 3 + ["fr"] * 5
    both = in_languages("\n\n".join(blocks[:3] + blocks[4:]), ["en"])
    assert both.text == "\n\n".join(blocks[:3])
    assert (both.language, both.blocks, both.others) == ("en", 4, ("fr",))
    assert in_languages("\n\n".join(FRENCH), ["en"]).text == ""
    assert in_languages("\n\n".join(FRENCH), []).language == "fr"


def test_what_an_element_declares_is_believed_unless_the_words_say_otherwise():
    short = "Un lit, deux tasses"
    assert languages_of([*ENGLISH, short], ["", "", "fr"])[2] == "fr"
    assert languages_of([*ENGLISH], ["fr", ""]) == ["en", "en"]
    names = "Sault Ste. Marie, Thunder Bay, Kapuskasing, Moosonee, Attawapiskat, Peawanuck"
    assert languages_of([*ENGLISH, names]) == ["en"] * 3


@pytest.mark.parametrize(("name", "kept"), [("en", 5), ("fr", 4)])
def test_the_wanted_half_of_a_bilingual_page_is_kept(name, kept):
    page = shared_case("reading", "web-bilingual", f"{name}.html").read_bytes()
    told = main_text(page, "")
    rest = in_languages(told["text"], ["en"], declared=told["languages"].split("\n"))
    assert len(rest.text.split("\n\n")) == kept
    assert "Nos services" not in rest.text


# Bytes


def test_the_charset_of_the_header_reaches_the_text_and_the_links():
    page = "<html><head><title>x</title></head><body><p>Ośrodek ma jedenaście łóżek.</p><a href='/łóżka'>a</a>"
    content = page.encode("iso-8859-2")
    assert "jedenaście łóżek" in text_of(content, charset="ISO-8859-2")
    links = list(PageLinks(content, "http://h/", charset="ISO-8859-2"))
    assert links == ["http://h/łóżka"]


def test_the_charset_of_the_shared_page_is_believed():
    folder = shared_case("reading", "web-charset-in-header")
    charset = charset_of((folder / "headers.txt").read_text().partition(":")[2])
    text = text_of((folder / "index.html").read_bytes(), charset=charset)
    assert "łóżek" in text
    assert "ośrodek" in text


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="notes of May.pdf"', "notes of May.pdf"),
        ("inline; filename=../../etc/plan.docx", "plan.docx"),
        ("attachment; filename=x.pdf; filename*=UTF-8''r%C3%A9cit.pdf", "récit.pdf"),
        ("attachment", ""),
    ],
)
def test_the_name_of_a_handout_is_read_from_its_header(header, name):
    assert file_name_of(header) == name


PDF = server.pdf_handout(11)
DOCX = server.docx_handout(11)
ZIP = b"PK\x03\x04" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("mime", "name", "content", "with_handouts", "without"),
    [
        ("application/octet-stream", "", PDF, "take", "refuse"),
        ("application/x-pdf", "", PDF, "take", "refuse"),
        ("application/force-download", "plan.docx", DOCX, "take", "refuse"),
        ("", "", DOCX, "take", "refuse"),
        ("", "", b"<html><body><p>A page.", "take", "take"),
        ("application/octet-stream", "", ZIP, "refuse", "refuse"),
        ("application/octet-stream", "film.zip", ZIP, "refuse", "refuse"),
        ("application/octet-stream", "", b"\x7fELF\x00\x01", "refuse", "refuse"),
        ("image/png", "", b"\x89PNG", "refuse", "refuse"),
        ("application/pdf", "", PDF, "take", "refuse"),
    ],
)
def test_handouts_are_known_by_their_bytes_whatever_they_are_called(
    mime, name, content, with_handouts, without
):
    for handouts, wanted in ((True, with_handouts), (False, without)):
        verdict, why = by_headers(mime, name, handouts=handouts)
        if verdict == "look":
            verdict, why = by_contents(content, mime, name, handouts=handouts, whole=True)
        assert verdict == wanted
        assert bool(why) == (verdict == "refuse")


def test_the_kind_of_a_handout_is_told_by_what_is_in_it():
    assert kind_of(DOCX, "application/octet-stream").endswith("wordprocessingml.document")
    assert kind_of(b"\n junk %PDF-1.4", "application/x-pdf") == "application/pdf"
    assert kind_of(b"Dear all", "application/octet-stream", "letter.txt") == "text/plain"


# Where pages lead


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("5;/home", "/home"),
        ("0; url=/home", "/home"),
        ("0;URL='/a home'", "/a home"),
        ("3, url = /home", "/home"),
        ("5 /home", "/home"),
        ("5", ""),
        ("soon; /home", ""),
    ],
)
def test_a_refresh_leads_where_a_browser_goes(told, address):
    assert refresh_to(told) == address
    links = PageLinks(
        f'<html><meta http-equiv="refresh" content="{told}">'.encode(), "http://h/x/y"
    )
    assert len(list(links)) == len(links.refreshes) == bool(address)


NS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def test_sitemaps_of_all_kinds_are_read():
    xml = (
        f'<?xml version="1.0"?><urlset xmlns="{NS}" xmlns:i="http://x/i"><url><loc> http://h/a?b=1&amp;c=2 </loc>'
        "<i:image><i:loc>http://h/x.jpg</i:loc></i:image></url><url><loc>http://h/d</loc></url></urlset>"
    ).encode()
    for content in (xml, gzip.compress(xml), b"\xef\xbb\xbf" + xml, xml[:-10]):
        assert is_sitemap(content)
        assert read_sitemap(content).pages == ["http://h/a?b=1&c=2", "http://h/d"]
    index = (
        f'<sitemapindex xmlns="{NS}"><sitemap><loc>http://h/s.xml</loc></sitemap></sitemapindex>'
    )
    assert read_sitemap(index.encode()).sitemaps == ["http://h/s.xml"]
    assert read_sitemap(b"http://h/a\nhttp://h/b\n").pages == ["http://h/a", "http://h/b"]


def test_hostile_sitemaps_do_no_harm():
    bomb = gzip.compress(b"<urlset>" + b" " * 50_000_000)
    entities = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        "<urlset><url><loc>http://h/&b;&f;</loc></url><url><loc>http://h/d</loc></url></urlset>"
    )
    began = time.process_time()
    assert read_sitemap(bomb).pages == []
    assert not any(
        "aaaa" in page or "root" in page for page in read_sitemap(entities.encode()).pages
    )
    assert time.process_time() - began < 20
    assert not is_sitemap(html(p("<urlset")).encode())


# Pages of a WARC file


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Pages of a site, as they are read from a WARC file."""
    polish = "<html><head><title>x</title></head><body><p>Dwa łóżka są wolne dla młodzieży.</p>"
    latin = {"mime": "text/html; charset=iso-8859-2"}
    answers = {
        "/soft": server.Answer(html("<h1>Page not found</h1><p>Sorry.</p>").encode()),
        "/both": server.Answer(html(p(*ENGLISH, *FRENCH)).encode()),
        "/polish": server.Answer(polish.encode("iso-8859-2"), **latin),
        "/file": server.Answer(
            DOCX,
            mime="application/octet-stream",
            headers={"Content-Disposition": 'attachment; filename="plan.docx"'},
        ),
        "/little": server.Answer(
            html(
                f'{p(ENGLISH[0])}<div id="comments">{p(*server.paragraphs(9, "c", 5))}</div>'
            ).encode()
        ),
        "/sitemap.xml": server.Answer(b"<urlset></urlset>", mime="application/xml"),
    }
    folder = tmp_path_factory.mktemp("found")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.warc_files.answer", lambda _, place, *__: answers[place])
        path = write_warc(folder / "a.warc.gz", [(30, place) for place in answers])
    pages = pd.concat(list(read_pages(path)), ignore_index=True)
    pages.index = pages["url"].str.extract(r"(/\w+)$")[0]
    return pages, path


def test_soft_errors_sitemaps_and_other_languages_are_no_text(found):
    pages, _ = found
    assert set(pages.index) == {"/soft", "/both", "/polish", "/file", "/little"}
    assert pages.loc["/soft", "status"] == "not_found"
    assert "“Page not found”" in pages.loc["/soft", "reason"]
    assert pages.loc["/both", "text"] == "\n\n".join(ENGLISH)
    assert pages.loc["/both", "note"].startswith("2 blocks in other languages left out (fr;")


def test_a_page_that_kept_little_is_told_with_its_words(found):
    row = found[0].loc["/little"]
    assert row["text"] == ENGLISH[0]
    assert row["note"] == f"kept {row['words']} of {row['visible_words']} visible words"


def test_a_handout_without_a_media_type_is_read_under_its_own_name(found):
    row = found[0].loc["/file"]
    assert (row["status"], row["title"]) == ("kept", "plan.docx")
    assert "wordprocessing" in row["mime"]


def test_the_charset_of_a_record_reaches_the_page(found):
    pages, path = found
    answer = next(answer for answer in read_answers(path) if answer.url.endswith("/polish"))
    assert answer.charset == "iso-8859-2"
    assert pages.loc["/polish", "status"] in {"kept", "other_language"}
    text = text_of(answer.content, charset=answer.charset)
    assert text == "Dwa łóżka są wolne dla młodzieży."


def test_the_shared_page_that_is_not_there_is_not_coded():
    page = shared_case("reading", "web-soft-404", "gone.html").read_bytes()
    assert main_text(page, "")["not_found"] == "Page not found"


def test_bold_names_alone_on_their_lines_are_speakers_in_a_page(tmp_path):
    turns = [
        ("Ines Vogt", "Is the loft dry?"),
        ("Per Lind", "Dry, and swept."),
        ("Ines Vogt", "Who has keys?"),
    ]
    bold = ("<b>{}</b>", "<strong>{}</strong>", '<span style="font-weight: 700">{}</span>')
    rows = [
        f"<p>{mark.format(name)}</p><p>{said}</p>"
        for mark, (name, said) in zip(bold, turns, strict=True)
    ]
    path = tmp_path / "talk.html"
    path.write_text(f"<h1>A talk</h1>{''.join(rows)}", encoding="utf-8")
    assert read_file(path).texts[0].labels == ("Ines Vogt", "Per Lind")
