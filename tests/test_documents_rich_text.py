"""Rich Text files as Word, TextEdit and LibreOffice write them, and damaged ones."""

import random

import pytest

from fourp_nlp.documents import read_document
from fourp_nlp.documents.word._rtf_body import RichText
from fourp_nlp.documents.word.rtf import read
from fourp_nlp.errors import UnsafeDocumentError
from tests.cases import shared_case


def reading(folder, rtf):
    path = folder / "a.rtf"
    path.write_bytes(rtf if isinstance(rtf, bytes) else rtf.encode("latin-1"))
    return read(path)


def text_of(folder, rtf):
    made = reading(folder, rtf)
    assert not any("cut off" in remark or "bytes after" in remark for remark in made.remarks)
    return made.texts[0].text.strip()


@pytest.mark.parametrize(
    "rtf",
    [
        r"{\rtf1\ansi\uc1 hot \u-10179?\u-8699? tea\par}",
        r"{\rtf1\ansi\uc0 hot \u55357 \u56837  tea\par}",
        r"{\rtf1\ansi\ansicpg1252\cocoartf2639{\fonttbl\f0\fswiss\fcharset0 Helvetica;\f1\fnil\fcharset0 "
        r"AppleColorEmoji;}\f0 hot \f1 \uc0\u55357 \u56837 \f0  tea\par}",
        r"{\rtf1\ansi hot {\upr{\'3f}{\*\ud{\u55357 ?\u56837 ?}}} tea\par}",
        r"{\rtf1\ansi hot \uc0 \u55357\uc1 \u56837\'3f tea\par}",
        r"{\rtf1\ansi{\uc3 hot \u55357 abc\u56837 \'3f\'3f\'3f} tea\par}",
    ],
)
def test_emoji(tmp_path, rtf):
    assert text_of(tmp_path, rtf) == "hot 😅 tea"


@pytest.mark.parametrize(
    ("head", "raw", "letters"),
    [
        (r"\mac", r"\'d2caf\'8e\'d3 \'d0 it\'d5s", "“café” – it’s"),
        (r"\ansi\ansicpg10000", r"caf\'8e", "café"),
        (r"\pc", r"\'87a", "ça"),
        (r"\pca", r"caf\'82", "café"),
        (r"\ansi\ansicpg1250", r"\'b3\'f3\'bfko", "łóżko"),
        (r"\ansi\ansicpg1250{\fonttbl{\f0\fcharset0 Arial;}}\f0", r"\'b3\'f3\'bfko", "łóżko"),
        (r"\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset238 A CE;}}\f1", r"\'b3\'f3\'bf", "łóż"),
        (r"\ansi\deff1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 A;}}\plain", r"\'e4\'ee\'ec", "дом"),
        (r"\ansi{\fonttbl{\f0\fcharset161 A;}}\f0", r"\'e1\'e2", "αβ"),
        (r"\ansi{\fonttbl{\f0\fcharset162 A;}}\f0", r"\'fe\'fd", "şı"),
        (r"\ansi{\fonttbl{\f0\fcharset128 A;}}\f0", r"\'83\'65\'83X\'83g", "テスト"),
        (r"\ansi{\fonttbl{\f0\fcharset134 A;}}\f0", r"\'c4\'a3", "模"),
        (r"\ansi{\fonttbl{\f0\fcharset88 A;}}\f0", r"\'b8", "ł"),
        (r"\ansi{\fonttbl{\f0\cpg1251 A;}}\f0", r"\'e4", "д"),
        (r"\ansi{\fonttbl{\f0\fcharset2 Wingdings;}}\f0", r"\'fe \u-3844?", "☑ ✓"),
        (r"\ansi", r"{\field{\*\fldinst SYMBOL 252 \\f \"Wingdings\" \\s 11}{\fldrslt\f3 }} ok", "✓ ok"),
    ],
)  # fmt: skip
def test_code_pages_and_fonts(tmp_path, head, raw, letters):
    assert text_of(tmp_path, rf"{{\rtf1{head} {raw}\par}}") == letters


def test_bytes_of_utf8_are_read_as_such(tmp_path):
    assert text_of(tmp_path, "{\\rtf1\\ansi caf\u00e9 \u2013\\par}".encode()) == "café –"


def test_a_note_follows_its_paragraph_and_a_box_too(tmp_path):
    rtf = (
        r"{\rtf1\ansi We met{\super\chftn}{\footnote\pard{\super\chftn} In a barn.} in May."
        r"{\shp{\*\shpinst\shpleft0{\sp{\sn shapeType}{\sv 202}}{\shptxt\pard In a box\par}}"
        r"{\shprslt{\*\do\dptxbx{\dptxbxtext\pard In a box\par}}}}\par After.\par}"
    )
    assert text_of(tmp_path, rtf) == "We met in May.\n\nIn a barn.\n\nIn a box\n\nAfter."


def test_deleted_and_hidden_text_is_not_read(tmp_path):
    made = reading(
        tmp_path,
        r"{\rtf1\ansi We {\deleted never }met{\v  (secret)} in{\deleted \par}{\deleted X} May.\par"
        r"\v gone\v0\plain The end.{\header Page 3}{\*\annotation no}\par}",
    )
    assert made.texts[0].text.strip() == "We met in May.\nThe end."
    assert made.remarks == [
        "7 characters of tracked deletions left out.",
        "13 characters of hidden text left out.",
    ]


def test_only_the_result_of_a_field_is_read(tmp_path):
    rtf = (
        r'{\rtf1\ansi See {\field{\*\fldinst{HYPERLINK "https://example.org/{\field{\*\fldinst PAGE}'
        r'{\fldrslt 7}}"}}{\fldrslt{\ul our page}}} now{\xe{index}}.\par}'
    )
    assert text_of(tmp_path, rtf) == "See our page now."


def row(*cells):
    filled = "".join(rf"\pard\intbl {cell}\cell" for cell in cells)
    return rf"\trowd\cellx1000\cellx5000 {filled}\row "


def test_a_table_of_speakers_is_read_as_turns(tmp_path):
    turns = [("Mia", "Where to?"), ("Jo", r"Home.\par By bus, I hope."), ("Mia", "I see.")]
    rtf = r"{\rtf1\ansi " + row("Speaker", "Text") + "".join(row(*turn) for turn in turns)
    made = reading(tmp_path, rtf + r"\pard After it.\par}")
    assert made.texts[0].text.strip() == (
        "Mia: Where to?\n\nJo: Home.\n\nBy bus, I hope.\n\nMia: I see.\n\nAfter it."
    )
    assert made.texts[0].labels == ("Mia", "Jo")


def test_cells_of_another_table_are_paragraphs(tmp_path):
    rtf = (
        r"{\rtf1\ansi Before.\par "
        + row("Town", "Houses")
        + row("Elmford", "9")
        + r"\pard End.\par}"
    )
    assert text_of(tmp_path, rtf) == "Before.\n\nTown\n\nHouses\n\nElmford\n\n9\n\nEnd."


def test_lists_and_numbered_turns(tmp_path):
    item = r"{\listtext\pard\plain 1.\tab}\ls1 %s\par\pard "
    rtf = r"{\rtf1\ansi " + item % "Milk" + item % "Bread" + item % "Interviewer: And then?" + "}"
    assert text_of(tmp_path, rtf) == "- Milk\n- Bread\n\nInterviewer: And then?"


def test_bold_names_are_labels(tmp_path):
    turn = r"{\b %s:} %s\par "
    rtf = r"{\rtf1\ansi " + 3 * (turn % ("sand-7", "Where?") + turn % ("ek", "There.")) + "}"
    assert reading(tmp_path, rtf).texts[0].labels == ("sand-7", "ek")


def test_escaped_line_ends_and_signs(tmp_path):
    rtf = "{\\rtf1\\ansi one\\\ntwo\\\r\nthree\\line a\\~b\\_c\\-d \\{e\\} \\\\ \\emdash\\lquote x\\rquote }"
    assert text_of(tmp_path, rtf) == "one\ntwo\nthree\na\u00a0b-c\u00add {e} \\ —‘x’"


def test_pictures_and_bytes_are_passed_over(tmp_path):
    rtf = b"{\\rtf1 a{\\pict\\pngblip\\bin7 }}{{\\par} b\\bin3 }}}c\\bin-5 d\\par}"
    assert text_of(tmp_path, rtf) == "a bcd"


def test_what_is_cut_off_or_follows_the_end_is_remarked(tmp_path):
    cut = reading(tmp_path, r"{\rtf1\ansi One.\par Two.")
    assert cut.texts[0].text == "One.\nTwo."
    assert "cut off" in cut.remarks[0]
    more = reading(tmp_path, r"{\rtf1\ansi One.\par} and more")
    assert more.texts[0].text.strip() == "One."
    assert "8 bytes after the end" in more.remarks[0]
    assert reading(tmp_path, b"{\\rtf1 One.}\r\n\0\0").remarks == []


@pytest.mark.parametrize(
    "unit",
    [
        b"{\\footnote a", b"{\\field{\\*\\fldinst SYMBOL 61 }", b"\\trowd\\cell\\row", b"{\\fonttbl",
        b"\\bin9999999999999999999999 ", b"\\u99999999999999999999999 ", b"\\uc99999999 ", b"a\\cell ",
        b"{\\upr", b"\\'", b"\\bin1 x", b"{\\shp{\\*\\shpinst{\\shptxt a\\par}}}", b"x" * 50,
    ],
)  # fmt: skip
def test_hostile_files_are_read_in_time_that_grows_with_their_length(unit):
    RichText(b"{\\rtf1 " + unit * (150_000 // len(unit))).paragraphs()


def test_endless_nesting_is_refused(tmp_path):
    with pytest.raises(UnsafeDocumentError, match="groups in more than"):
        reading(tmp_path, b"{\\rtf1 " + b"{" * 200_001)


def test_damaged_files_are_read_as_far_as_they_go():
    whole = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset238 A;}}\f0 We \u321?{\footnote x}"
        rb"{\field{\*\fldinst PAGE}{\fldrslt 7}}\trowd\intbl a\cell b\cell\row{\*\do{\dptxbxtext y}}\par}"
    )
    draw = random.Random(5)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 8)):
            at = draw.randrange(len(damaged) - 8)
            if draw.random() < 0.5:
                damaged[at] = draw.randrange(256)
            else:
                del damaged[at : at + draw.randrange(8)]
        file = RichText(bytes(damaged))
        file.paragraphs()
        file.remarks()


@pytest.mark.parametrize("name", ["emoji_mac", "emoji_word"])
def test_shared_emoji(name):
    text = read_document(shared_case("reading", "rtf-emoji", f"{name}.rtf"))
    assert text.startswith("It was cold 😀 and we laughed")


def test_shared_tables_fields_and_the_macintosh():
    table = read_document(shared_case("reading", "rtf-table", "table_word.rtf"))
    assert "|" not in table
    assert "our page now" in read_document(shared_case("reading", "rtf-table", "field.rtf"))
    mac = read_document(shared_case("reading", "mac-and-central-european", "mac.rtf"))
    assert mac == "She said “no” café it’s cold."
