"""Text files in any encoding are read right, and what was guessed or is damaged is named with the file."""

import time

import pytest

from fourp_nlp.documents import NOTE, decoded, decoded_markup, read_documents
from tests.cases import shared_case

_ENGLISH = "We asked the people who stay there, and this is what they told us. "
_FRENCH = "Nous dormons ici depuis l'été; le foyer est fermé à huit heures, et après ça, où aller?"
_POLISH = "Śpimy tu od września. Nikt nie pyta, skąd jesteśmy; każdy dostaje łóżko i ciepłą zupę."
_CZECH = "Spíme tu od září. Nikdo se neptá, odkud jsme; každý dostane lůžko a něco teplého k jídlu."
_TURKISH = (
    "Eylülden beri burada uyuyoruz. Kimse nereden geldiğimizi sormuyor; herkese bir yatak düşüyor."
)
_RUSSIAN = "Мы ночуем здесь с сентября. Никто не спрашивает, откуда мы; каждому дают кровать и суп."
_GREEK = "Κοιμόμαστε εδώ από τον Σεπτέμβριο. Κανείς δεν ρωτά από πού ήρθαμε."
_GERMAN = "Wir schlafen hier seit dem Frühling. Für die Jüngeren gibt es Plätze im großen Saal."


def _told(folder):
    documents, skipped = read_documents(folder)
    return (
        dict(zip(documents["document"], documents["text"], strict=True)),
        {
            path.rpartition("/")[2]: reason
            for path, reason in zip(*map(skipped.get, skipped), strict=True)
        },
    )


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (_FRENCH, "cp1252 mac_roman cp850 cp437 iso8859_15"),
        (_GERMAN, "cp1252 mac_roman cp850 iso8859_1"),
        (_POLISH, "cp1250 iso8859_2 cp852 mac_latin2"),
        (_CZECH, "cp1250 iso8859_2 cp852 mac_latin2"),
        (_TURKISH, "cp1254 iso8859_9 cp857 mac_turkish"),
        (_RUSSIAN, "cp1251 koi8_r cp866 iso8859_5 mac_cyrillic"),
        (_GREEK, "cp1253 iso8859_7 cp737"),
        ("“Όχι” – not yet, they said. " + _ENGLISH, "cp1253"),
        (_ENGLISH + "He wrote «Привет, друзья» on the wall.", "cp1251"),
    ],
)
def test_one_sentence_is_enough_to_know_how_it_was_saved(text, encodings):
    for encoding in encodings.split():
        read = decoded(text.encode(encoding))
        assert read.text == text, encoding
        assert read.doubts or read.encoding == "cp1252", encoding


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(
    "words",
    [
        "She said “no” and left.",
        "It’s cold, and the shelter’s full.",
        "Five – or six – of them…",
        "José and Zoë met at the café.",
        "“Never,” said Björn—and that was that.",
    ],
)
def test_a_few_signs_in_english_tell_macintosh_from_windows(encoding, words):
    read = decoded((_ENGLISH + words).encode(encoding))
    assert read.text == _ENGLISH + words


def test_a_guess_is_named_with_the_file_and_shows_the_words_it_rests_on(tmp_path):
    (tmp_path / "mac.txt").write_bytes((_ENGLISH + "It’s a café").encode("mac_roman"))
    (tmp_path / "windows.txt").write_bytes(_FRENCH.encode("cp1252"))
    (tmp_path / "unicode.txt").write_bytes(_FRENCH.encode())
    texts, notes = _told(tmp_path)
    assert texts["mac.txt"].endswith("It’s a café")
    assert notes == {
        "mac.txt": f"{NOTE}read as MacRoman, a guess: It’s, café. Save it as UTF-8 to be sure."
    }
    documents, _ = read_documents(tmp_path)
    remarks = dict(zip(documents["document"], documents["remarks"], strict=True))
    assert remarks["windows.txt"] == "Read as Windows-1252; it is not UTF-8."
    assert not remarks["unicode.txt"]


@pytest.mark.parametrize("bad", [b"\xe9", b"\x92", b"\xff", b"\xe2\x80", b"\xf0\x9f\x98"])
def test_one_bad_byte_harms_no_more_than_itself(bad):
    before = "“Non”, dit-elle – l’été…\n" * 40
    read = decoded(before.encode() + b"caf" + bad + b" noir\n" + before.encode())
    assert read.text == f"{before}caf\ufffd noir\n{before}"
    (doubt,) = read.doubts
    assert f"line 41, byte {len(before.encode()) + 4:,}" in doubt


def test_every_damaged_place_counts_and_the_first_ones_are_named():
    lines = ["“Il fait froid” – très"] * 60
    data = [line.encode() for line in lines]
    for number in (2, 9, 30, 55):
        data[number] += b" \x9d!"
    (doubt,) = decoded(b"\n".join(data)).doubts
    assert "4 places are damaged (line 3, byte " in doubt
    assert "line 10, byte " in doubt
    assert "and more)" in doubt


def test_a_mark_of_utf8_outweighs_bad_bytes():
    read = decoded(b"\xef\xbb\xbfplain\xe9 text")
    assert (read.text, len(read.doubts)) == ("plain\ufffd text", 1)


@pytest.mark.parametrize("end", [b"\xe2\x80", b"\xc3", b"\xf0\x9f\x98"])
def test_a_file_that_was_cut_off_is_no_other_encoding(end):
    read = decoded("L’été est long. ".encode() + end)
    assert read.text == "L’été est long. \ufffd"
    assert "cut off" in read.doubts[0]


def test_a_last_letter_is_not_taken_for_a_cut():
    assert decoded(b"We met at the caf\xe9").text == "We met at the café"


def test_text_of_two_encodings_is_read_in_both():
    first = "“Il fait froid” – l’été est loin\n" * 12
    second = "Après le café, il a parlé à sa mère\n" * 12
    read = decoded(first.encode() + second.encode("cp1252"))
    assert read.text == first + second
    assert "lines 13 to 24 as Windows-1252, a guess" in read.doubts[0]


@pytest.mark.parametrize("once", ["cp1252", "mac_roman", "cp850"])
def test_letters_that_were_decoded_twice_are_told_and_left(once):
    broken = "a\nles élèves été".encode().decode(once)
    read = decoded(broken.encode())
    assert read.text == broken
    assert "line 2" in read.doubts[0]
    assert "“é”" in read.doubts[0]


@pytest.mark.parametrize(
    "text",
    [
        _FRENCH,
        _RUSSIAN,
        _GREEK,
        "« LIBERTÉ » et “ÉGALITÉ”: l’Île-de-France, 20 °C, Ã la carte",
        "ÂGE, SÃO PAULO, MÜNCHEN “ÄÖÜ”",
        "私たちは月曜日に市長と会いました。",
        "emoji 😀 and 5 € – “fine”",
    ],
)
def test_sound_text_is_not_doubted(text):
    assert not decoded(text.encode()).doubts


def test_letters_that_were_lost_before_are_told():
    assert "2 characters are lost" in decoded("a\nd\ufffdj\ufffd vu".encode()).doubts[0]


_PAGE = "<html><head>{}</head><body><p>" + _POLISH + "</p></body></html>"
_LATIN1 = '<meta charset="iso-8859-1">'
_LATIN2 = '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-2">'


@pytest.mark.parametrize(
    ("before", "head", "header"),
    [
        ("", _LATIN1, "iso-8859-2"),
        ("", _LATIN2, None),
        ('<?xml version="1.0" encoding="iso-8859-2"?>', "", None),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', _LATIN2, None),
        ("<!-- " + "x" * 5_000 + " -->", _LATIN2, None),
    ],
)
def test_what_a_page_declares_is_believed_in_the_order_of_browsers(before, head, header):
    page = before + _PAGE.format(head)
    read = decoded_markup(page.encode("iso8859_2"), header=header)
    assert read.text == page
    assert not read.doubts


def test_one_bad_byte_in_a_page_harms_no_more_than_itself():
    page = '<meta charset="shift_jis"><p>' + "私たちは市長と会いました。" * 20 + "</p>"
    data = page.encode("cp932")
    read = decoded_markup(data[:-4] + b"\x81" + data[-4:])
    assert read.text == page[:-4] + "\ufffd" + page[-4:]
    assert read.doubts


def test_a_page_that_says_another_encoding_than_it_has_is_read_right():
    for claim, encoding in (("utf-8", "cp1252"), ("iso-8859-1", "utf-8"), ("gb2312", "utf-8")):
        page = f'<meta charset="{claim}"><p>{_FRENCH} – “oui”</p>'
        assert decoded_markup(page.encode(encoding)).text == page


def test_utf16_that_was_cut_off_is_read_up_to_there():
    read = decoded(_FRENCH.encode("utf-16")[:-1])
    assert read.text == f"{_FRENCH[:-1]}\ufffd"
    assert read.doubts


def test_japanese_mail_is_no_ascii():
    text = "今日は寒いです。"
    assert decoded(text.encode("iso2022_jp")).text == text


def test_the_attributes_of_documents_name_a_guess_too(tmp_path):
    (tmp_path / "a.txt").write_text("We met.", encoding="utf-8")
    (tmp_path / "documents.csv").write_bytes("document,group\na.txt,Łódź\n".encode("cp1250"))
    documents, skipped = read_documents(tmp_path)
    assert list(documents["group"]) == ["Łódź"]
    assert "Windows-1250" in skipped["reason"][0]


@pytest.mark.parametrize(
    "data",
    [
        ("“Il fait froid” – " * 1_000_000).encode(),
        b"x" * 20_000_000 + b"\x92",
        b"\x92 " * 5_000_000,
        bytes(range(0x80, 0x100)) * 60_000,
        ("é" * 4_000_000).encode() + b"\xff" * 1_000_000,
        "Ã© ".encode() * 2_000_000,
        b"\xe2\x80" * 3_000_000,
        (_RUSSIAN * 50_000).encode("cp1251"),
    ],
    ids=range(8),
)
def test_long_files_take_little_time(data):
    start = time.process_time()
    decoded(data)
    assert time.process_time() - start < 5


def test_files_of_the_shared_case(tmp_path):
    folder = shared_case("reading", "mac-and-central-european")
    for name in ("mac.txt", "latin2.txt", "latin5_tr.txt", "dos850.txt"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    texts, notes = _told(tmp_path)
    assert texts["mac.txt"].startswith("She said “no” – it’s café")
    assert "łóżek" in texts["latin2.txt"]
    assert "Barınakta" in texts["latin5_tr.txt"]
    assert "à l'école" in texts["dos850.txt"]
    assert notes.keys() == texts.keys()


def test_one_bad_byte_of_the_shared_case():
    folder = shared_case("reading", "utf8-one-bad-byte")
    texts, notes = _told(folder)
    assert {"utf8_onebad.txt", "onebad.html"} <= texts.keys()
    for name in ("utf8_onebad.txt", "onebad.html"):
        assert "damaged" in notes[name]
        assert "â€" not in texts[name]
        assert "Ã" not in texts[name]
    assert "“beds”" in texts["onebad.html"]
