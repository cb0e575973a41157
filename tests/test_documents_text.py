"""Plain text, Markdown, web pages, subtitles and Rich Text, as a researcher would have them."""

import time

import pytest

from fourp_nlp.documents import read_document, read_documents
from fourp_nlp.errors import DocumentError, UnsafeDocumentError


def _written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
)
def test_unicode_in_any_form_is_read(tmp_path, encoding):
    text = "The café in Elmford stays open: 5 “guests” a night."
    assert read_document(_written(tmp_path, "a.txt", text.encode(encoding))) == text


@pytest.mark.parametrize("text", ["naïve “x”", "Le comité s’est réuni à l’école – enfin."])
def test_windows_text_is_read(tmp_path, text):
    assert read_document(_written(tmp_path, "a.txt", text.encode("cp1252"))) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Мы встретились с мэром города и долго говорили о жилье и о работе."),
        ("shift_jis", "私たちは月曜日に市長と会いました。そして、住宅について話しました。"),
        ("gb18030", "我们星期一见了市长，谈了住房和工作的问题。"),
    ],
)
def test_other_alphabets_are_recognised(tmp_path, encoding, text):
    assert read_document(_written(tmp_path, "a.txt", text.encode(encoding))) == text


def test_markdown_loses_its_marks_and_keeps_its_words(tmp_path):
    text = (
        "---\nauthor: nobody\n---\n# Our **first** year #\nWe [met](http://a.example/b_(c)) in "
        "*May* with `care` and snake_case_name.\n\n* one\n* two\n\n| a | b |\n"
        "|---|---|\n| c | d |\n\n"
        "Second\n======\n> said 2 * 3 * 4 <!-- hidden -->\n\n![A map](m.png) <b>bold</b> 5\\*6\n"
        "[ref][1]\n\n[1]: http://b.example\n"
    )
    assert read_document(_written(tmp_path, "a.md", text)) == (
        "Our first year\n\nWe met in May with care and snake_case_name.\n\n- one\n- two\n\n"
        "a\n\nb\n\nc\n\nd\n\nSecond\n\nsaid 2 * 3 * 4\n\nA map bold 5*6\nref"
    )


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        *(
            ("a.md", piece)
            for piece in ("[", "**a ", "<a ", "<!--", "[a](", "_a ", "`a ", "|-", "> ")
        ),
        *(("a.html", piece) for piece in ("<", "<a ", "<nav>x", "<p>", "<li>", "&")),
        *(("a.vtt", piece) for piece in ("<v ", "{", "0", "00:01.000 --> 00:02.000\n")),
        *(("a.csv", piece) for piece in ('"', ",", ",\n")),
    ],
)
def test_unclosed_markup_takes_linear_time(tmp_path, name, piece):
    path = _written(tmp_path, name, "x" + " " * 300_000 + "y\n" + piece * (300_000 // len(piece)))
    start = time.process_time()
    read_documents([path])
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# Learning C#", "Learning C#"),
        ("## Plans ##", "Plans"),
        ("  - [x] call the school", "- call the school"),
        ("#hashtag", "#hashtag"),
        ("a | b", "a | b"),
    ],
)
def test_markdown_lines(tmp_path, line, expected):
    assert read_document(_written(tmp_path, "a.md", line)) == expected


def test_web_page_gives_its_words_only(tmp_path):
    page = (
        "<!doctype html><html><head><title>T</title><style>p{}</style></head><body>"
        "<nav><ul><li>Home</ul></nav><script>if (a<b) c()</script><noscript>no</noscript>"
        "<h1>Our&nbsp;year</h1><p>We <b>met</b>\n   in May&#8217;s rain &amp; wind.<br>Then left."
        "<ul><li>Posters<li><p>Talks</p></ul><template>tpl</template>"
        "<table><tr><td>Town<td>Nine</table></body></html>"
    )
    assert read_document(_written(tmp_path, "a.html", page)) == (
        "Our year\n\nWe met in May’s rain & wind.\nThen left.\n\n- Posters\n- Talks\n\nTown\n\nNine"
    )


def test_web_page_says_its_own_encoding(tmp_path):
    page = '<meta charset="windows-1251"><p>Дом и сад</p>'.encode("cp1251")
    assert read_document(_written(tmp_path, "a.htm", page)) == "Дом и сад"


@pytest.mark.parametrize(
    ("claim", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "“Ours” – it’s a café"),
        ("us-ascii", "cp1252", "“Ours” – it’s a café"),
        ("x-sjis", "cp932", "①家と庭"),
        ("gb2312", "gb18030", "我们的镕"),
        ("euc-kr", "cp949", "우리 똠"),
        ("iso-8859-9", "cp1254", "“Işık”"),
    ],
)
def test_an_encoding_is_read_as_browsers_read_it(tmp_path, claim, encoding, text):
    page = f'<meta charset="{claim}"><p>{text}</p>'.encode(encoding)
    assert read_document(_written(tmp_path, "a.htm", page)) == text


@pytest.mark.parametrize(
    "claim",
    [
        "utf-16",
        "UTF-16LE",
        "u32",
        "utf-7",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "idna",
        "punycode",
        "rot13",
        "zip",
        "hex",
        "no-such-thing",
        "utf-8",
    ],
)
def test_an_encoding_that_no_page_can_have_is_not_believed(tmp_path, claim):
    # Of every length, as units of two or four bytes could fit one of them.
    for tail in ("", ".", "..", "..."):
        text = rf"Their café \u0041 “is” +AGE- open{tail}"
        page = f'<meta charset="{claim}"><p>{text}</p>'.encode("cp1252")
        assert read_document(_written(tmp_path, "a.htm", page)) == text


def test_subtitles_become_running_text_with_their_speakers(tmp_path):
    srt = (
        "1\n00:00:01,000 --> 00:00:03,000\nANNA: We <i>met</i>\nin May\n\n"
        "2\n00:00:03,500 --> 00:00:04,000\nand again in\n\n"
        "00:00:05,000 --> 00:00:06,000\n2019.\n\n4\n00:00:07,000 --> 00:00:08,000\nBEN: Yes.\n"
    )
    expected = "ANNA: We met in May and again in 2019.\n\nBEN: Yes."
    assert read_document(_written(tmp_path, "a.srt", srt)) == expected


def test_web_captions_keep_the_voice_and_drop_the_notes(tmp_path):
    vtt = (
        "WEBVTT\n\nNOTE hidden\n\nintro\n00:01.000 --> 00:03.000\n<v Anna Roe>We met &amp; ate.\n\n"
        "00:03.000 --> 00:04.000 align:start\n<v.loud Anna Roe>Again.</v>\n\nNOTE\nsecret\n\n"
        "00:05.000 --> 00:06.000\n<v Ben>Yes.\n"
    )
    expected = "Anna Roe: We met & ate. Again.\n\nBen: Yes."
    assert read_document(_written(tmp_path, "a.vtt", vtt)) == expected


def test_subtitles_without_times_are_refused(tmp_path):
    with pytest.raises(DocumentError, match="times of a subtitle"):
        read_document(_written(tmp_path, "a.srt", "Just words.\n"))


def test_rich_text_is_read(tmp_path):
    rtf = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Hidden}}\f0 We met at the "
        r"caf\'e9.\par It was \b cold\b0 , \u8220?very\u8221? cold.\par}"
    )
    assert read_document(_written(tmp_path, "a.rtf", rtf)) == (
        "We met at the café.\nIt was cold, “very” cold."
    )


def test_nul_bytes_are_refused_with_their_place(tmp_path):
    with pytest.raises(DocumentError, match=r"byte 5: .*NUL"):
        read_document(_written(tmp_path, "a.txt", b"hello\x00 there, this is otherwise text"))


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"%PDF-1.4", b"\x89PNG\r\n", b"{\\rtf1"])
def test_other_files_under_the_name_of_text_are_refused(tmp_path, start):
    with pytest.raises(UnsafeDocumentError, match="under the name of a text file"):
        read_document(_written(tmp_path, "a.txt", start + b" and so on"))
