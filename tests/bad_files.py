"""Writes a folder of more than a hundred bad and odd files, with what is to become of each.

Run ``python -m tests.bad_files DIR`` to look at them.
"""

from __future__ import annotations

import io
import os
import random
import struct
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.mails import epub_of_chapters, message_with_parts

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Case", "cases", "write"]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_P = "http://schemas.openxmlformats.org/package/2006"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


class Case(NamedTuple):
    """A file: its name, what writes it, and the text, the reason or the note that is expected of it."""

    name: str
    make: bytes | Callable[[Path], object]
    text: str | None = None
    reason: str | None = None
    note: str | None = None


def zipped(members: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def docx(body: str, *, before: str = "", **more: str | bytes) -> bytes:
    """Return a Word file with the parts that every Word file has."""
    document = f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    styles = f'<w:styles xmlns:w="{_W}"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_P}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_P}/relationships"><Relationship Id="r1" '
        f'Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_P}/relationships">'
        f'<Relationship Id="r1" Type="{_R}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": styles,
    }
    return zipped({**parts, "word/document.xml": before + document, **more})


def words(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(rows: str, *, dimension: str = "A1:A2") -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_P}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/a.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_P}/relationships"><Relationship Id="r1" '
            f'Type="{_R}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_P}/relationships">'
            f'<Relationship Id="r1" Type="{_R}/worksheet" Target="a.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_S}" xmlns:r="{_R}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/a.xml": f'<worksheet xmlns="{_S}"><dimension ref="{dimension}"/><sheetData>{rows}'
            "</sheetData></worksheet>",
        }
    )


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def odt(body: str, **more: str | bytes) -> bytes:
    kind = "application/vnd.oasis.opendocument.text"
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{ODF}:manifest:1.0"><m:file-entry '
            f'm:full-path="/" m:media-type="{kind}"/></m:manifest>',
            "content.xml": f'<office:document-content xmlns:office="{ODF}:office:1.0" '
            f'xmlns:text="{ODF}:text:1.0"><office:body><office:text>{body}</office:text>'
            "</office:body></office:document-content>",
            **more,
        }
    )


def pdf(content: str = "", *, pages: int = 1) -> bytes:
    """Return a PDF written by hand; no content means a page without text, as a scan has."""
    kids = " ".join(f"{4 + place} 0 R" for place in range(pages))
    page = (
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 3 0 R"
        "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        *[page] * pages,
    ]
    made = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj{one}endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    start = made.rindex(b"xref\n0")
    return made + (
        f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{start}\n%%EOF\n".encode()
    )


def locked_pdf(path: Path) -> None:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("BT /F 12 Tf 20 200 Td (Secret) Tj ET")))
    writer.encrypt("open sesame", algorithm="AES-256")
    writer.write(path)


def bomb(path: Path) -> None:
    """Write 300 MB of spaces as a document of 300 kB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(10):
            archive.writestr(f"word/{part or 'document'}.xml", b" " * 30_000_000)


def lying(path: Path) -> None:
    """Write a document whose directory claims ten bytes for fifty million."""
    data = zipped({"word/document.xml": b" " * 50_000_000})
    path.write_bytes(data.replace(struct.pack("<L", 50_000_000), struct.pack("<L", 10)))


def damaged(data: bytes) -> bytes:
    """Change a byte of the first member's content, so that its checksum fails."""
    place = data.index(b"word/document.xml") + 60
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


def encrypted(data: bytes) -> bytes:
    """Set the flag of encryption in both headers of a zip."""
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(mark) + offset
        data = data[:place] + b"\x01" + data[place + 1 :]
    return data


def noise(size: int) -> bytes:
    return random.Random(4).randbytes(size)


def bombs_away(name: str = "laugh") -> str:
    entities = "".join(
        f'<!ENTITY {name}{level} "{f"&{name}{level - 1};" * 10}">' for level in range(1, 10)
    )
    return f'<!DOCTYPE x [<!ENTITY {name}0 "ha">{entities}]>'


_TEXT = "The café stays open – for all."
_SECOND = "Мы встретились с мэром города и долго говорили о жилье."
_THIRD = "私たちは月曜日に市長と会いました。そして、住宅について話しました。"


def _texts() -> list[Case]:
    zalgo = "a" + "\u0301\u0316" * 50_000 + " end"
    return [
        Case("utf8.txt", _TEXT.encode(), _TEXT),
        Case("utf8_mark.txt", _TEXT.encode("utf-8-sig"), _TEXT),
        Case("utf16_mark.txt", _TEXT.encode("utf-16"), _TEXT),
        Case("utf16_no_mark.txt", _TEXT.encode("utf-16-le"), _TEXT),
        Case("utf16_big_no_mark.txt", _TEXT.encode("utf-16-be"), _TEXT),
        Case("utf16_cut.txt", _TEXT.encode("utf-16")[:-1], _TEXT[:-1] + "\ufffd", note="lost"),
        Case("utf32.txt", _TEXT.encode("utf-32"), _TEXT),
        Case("windows.txt", _TEXT.encode("cp1252"), _TEXT),
        Case("cyrillic.txt", _SECOND.encode("cp1251"), _SECOND, note="1251.*guess"),
        Case("japanese.txt", _THIRD.encode("shift_jis"), _THIRD, note="Shift-JIS.*guess"),
        Case("emoji.txt", "Well 👩\u200d🚒 done 🇨🇦🎉".encode(), "Well 👩\u200d🚒 done 🇨🇦🎉"),
        Case("arabic.txt", "هل ذهبت؟ نعم.".encode(), "هل ذهبت؟ نعم."),
        Case("crlf.txt", b"One.\r\nTwo.\rThree.\n", "One.\nTwo.\nThree."),
        Case("form_feed.txt", b"One.\x0cTwo.", "One.\nTwo."),
        Case("unseen.txt", "O\u00adne\u200b tw\ufeffo\u00a0three".encode(), "One two three"),
        Case("decomposed.txt", "cafe\u0301".encode(), "café"),
        Case("accents.txt", zalgo.encode(), None),
        Case("one_line_10mb.txt", b"and then we left " * 600_000, None),
        Case("one_word_5mb.txt", b"x" * 5_000_000, None),
        Case("empty.txt", b"", reason="empty"),
        Case("white.txt", b" \r\n\t \n" * 500, reason="only white space"),
        Case("nul.txt", b"Good day\x00 to you all, it is a fine one.", reason="NUL"),
        Case("noise.txt", noise(5000), reason="NUL|binary"),
        Case("control.txt", b"\x01\x02\x03\x04hello" * 50, reason="binary"),
        Case("picture.txt", b"\x89PNG\r\n\x1a\n" + noise(300), reason="picture"),
        Case("really_pdf.txt", pdf(), reason=r"Rename it to \.pdf"),
        Case("really_docx.md", docx(words("Hi")), reason="zip or Office file"),
        Case("really_old.txt", OLE + noise(300), reason="old Office file"),
    ]


def _names() -> list[Case]:
    deep = "/".join(["down"] * 30)
    return [
        Case("UPPER.TXT", b"Upper.", "Upper."),
        Case("with spaces & parts 🎉.txt", b"Spaces.", "Spaces."),
        Case('quote\'d "name".txt', b"Quotes.", "Quotes."),
        Case("-rf.txt", b"Dash.", "Dash."),
        Case("#1.txt", b"Hash.", "Hash."),
        Case(f"{'long' * 50}.txt", b"Long.", "Long."),
        Case(f"{deep}/deep.txt", b"Deep.", "Deep."),
        Case("line\nend.txt", b"Line.", "Line."),
        Case("broken\udcff.txt", b"Broken.", "Broken."),
        Case("old.doc", OLE + noise(600), reason=r"save as \.docx"),
        Case("old.ppt", OLE + noise(600), reason=r"save as \.pptx"),
        Case("strange.xyz", b"Hello.", reason="'.xyz' are not read"),
        Case("no_suffix", b"Hello.", reason=r"\(no suffix\)"),
        Case("folder.txt", lambda path: path.mkdir(), reason="a folder with the name"),
        Case("loop.txt", lambda path: path.symlink_to(path), reason="leads nowhere"),
        Case("nowhere.txt", lambda path: path.symlink_to("/no/such"), reason="leads nowhere"),
        Case("round", lambda path: path.symlink_to(path.parent), reason="link to a folder"),
        Case("pipe.txt", os.mkfifo, reason="no regular file"),
        Case("closed.txt", _closed, reason="permission"),
    ]


def _closed(path: Path) -> None:
    path.write_text("Closed.", encoding="utf-8")
    path.chmod(0)


def _markup() -> list[Case]:
    deep = b"<div>" * 100_000 + b"Deep." + b"</div>" * 100_000
    paragraph = r"{\rtf1\ansi One.\par Two.}"
    return [
        Case("front.md", b"---\na: b\n---\n# One\n\nTwo.", "One\n\nTwo."),
        Case("unclosed.md", b"**bold [link](a `code <!-- x", "**bold [link](a `code <!-- x"),
        Case("deep.html", b"<body>" + deep, "Deep."),
        Case("unclosed.html", b"<p>One.<p>Two <b>three", "One.\n\nTwo three"),
        Case("no_tags.html", b"Just words &amp; signs", "Just words & signs"),
        Case("script_only.html", b"<script>go()</script>", reason="only white space"),
        Case("nul.html", b"<p>One\x00 two, three and four.", reason="NUL"),
        Case("entities.html", b"<p>&lt;b&gt; &eacute;&#8217;&#x1F389;", "<b> é’🎉"),
        Case("no_numbers.srt", b"0:0:1,0 --> 0:0:2,0\nOne\n\n0:0:2,0 --> 0:0:3,0\ntwo", "One two"),
        Case("no_times.srt", b"1\nHello\n", reason="times of a subtitle"),
        Case("no_head.vtt", b"00:01.000 --> 00:02.000\n<v Anna>Hi", "Anna: Hi"),
        Case("good.rtf", paragraph.encode(), "One.\nTwo."),
        Case("cut.rtf", paragraph[:-4].encode(), None),
        Case("garbage.rtf", b"{\\rtf1 " + noise(400).replace(b"\x00", b"}"), None),
        Case("deep.rtf", b"{\\rtf1 " + b"{" * 100_000 + b"Deep." + b"}" * 100_001, "Deep."),
        Case("false.rtf", b"Not rich.", reason="not a Rich Text file"),
    ]


def _tables() -> list[Case]:
    huge = "word " * 1_000_000
    last = f'<row r="1">{cell("A1", "text")}</row><row r="1048576">{cell("A1048576", "Last")}</row>'
    first = f'<row r="1">{cell("A1", "text")}</row><row r="2">{cell("A2", "Hi.")}</row>'
    return [
        Case("huge_field.csv", f"id,text\n1,{huge}\n".encode(), None),
        Case("semicolon.csv", b"id;text\n1;One, two.\n", "One, two."),
        Case("ragged.csv", b"id,text\n1\n2,Two.,3,4\n", "Two."),
        Case("open_quote.csv", b'text\n"One.\nTwo.\n', "One.\nTwo."),
        Case("wide.csv", "text\nOne.\n".encode("utf-16"), "One."),
        Case("nul.csv", b"id,text\n1,One\x00 and two and three\n", reason="NUL"),
        Case("numbers.csv", b"a,b\n1,2\n", reason="columns are: a, b"),
        Case("head_only.csv", b"id,text\n", reason="only white space"),
        Case("last_row.xlsx", xlsx(last, dimension="A1:A1048576"), "Last"),
        Case("vast.xlsx", xlsx(first, dimension="A1:XFD1048576"), "Hi."),
        Case("cut.xlsx", xlsx(first)[:-40], reason="cut off or damaged"),
        Case("blank.xlsx", xlsx(""), reason="no rows"),
        Case("locked.xlsx", OLE + noise(600), reason="password-protected or an old Office file"),
    ]


def _office() -> list[Case]:
    good = docx(words("One.") + words("Two."))
    deep = "<w:sdt>" * 5000 + words("Deep.") + "</w:sdt>" * 5000
    outside = '<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
    many = zipped({f"word/{number}": "" for number in range(10_001)})
    slides = zipped({"ppt/presentation.xml": "<x/>"})
    spaces = '<text:p>One<text:s text:c="2000000000"/>two.</text:p>'
    return [
        Case("good.docx", good, "One.\n\nTwo."),
        Case("cut.docx", good[: len(good) // 2], reason="cut off or damaged"),
        Case("checksum.docx", damaged(good), reason="cut off or damaged"),
        Case("laughs.docx", docx(words("&laugh9;"), before=bombs_away()), reason="XML entities"),
        Case("outside.docx", docx(words("&out;"), before=outside), reason="XML entities"),
        Case("bomb.docx", bomb, reason="would expand to"),
        Case("lying.docx", lying, reason="cut off or damaged"),
        Case("many.docx", many, reason="10,001 members"),
        Case("plain_zip.docx", zipped({"a.txt": "Hi"}), reason="not a Word document"),
        Case("locked.docx", OLE + noise(600), reason="password-protected or an old Office file"),
        Case("locked_zip.docx", encrypted(good), reason="password-protected"),
        Case("bad_xml.docx", docx("<w:p>"), reason="damaged"),
        Case("deep.docx", docx(deep), reason="damaged.*depth"),
        Case("blank.docx", docx(words(" ")), reason="only white space"),
        Case("cut.pptx", slides[:-30], reason="cut off or damaged"),
        Case("hollow.pptx", slides, reason="presentation is damaged"),
        Case("good.odt", odt(spaces), "One two."),
        Case("cut.odt", odt(spaces)[:-30], reason="cut off or damaged"),
        Case(
            "locked.odt",
            odt("", **{"META-INF/manifest.xml": "<m:encryption-data/>"}),
            reason="password-protected",
        ),
    ]


def _pdfs() -> list[Case]:
    good = pdf("BT /F 12 Tf 20 200 Td (One page.) Tj ET")
    return [
        Case("good.pdf", good, "One page."),
        Case("scanned.pdf", pdf("0 0 100 100 re f", pages=3), reason="3 page.*OCR"),
        Case("locked.pdf", locked_pdf, reason="password-protected"),
        Case("garbage.pdf", b"%PDF-1.7\n" + noise(2000), reason="cut off or damaged"),
        Case("text.pdf", b"Hello there.", reason="not a PDF"),
    ]


def _mails() -> list[Case]:
    good = message_with_parts(["One.", "Two."])
    book = epub_of_chapters(["One."])
    deep = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n".join(
        [b"Content-Type: multipart/mixed; boundary=b\n\n"] * 3_000
    )
    return [
        Case("good.eml", good, "Café on Sunday – who comes?\n\nOne.\n\nTwo."),
        Case("cut.eml", good[:-200], "Café on Sunday – who comes?\n\nOne.\n\nTwo."),
        Case("deep.eml", deep, "x"),
        Case("headless.eml", b"Only words.\n", reason="no e-mail message"),
        Case("letters.mbox", b"Only words.\n", reason="no mailbox"),
        Case("good.epub", book, "Chapter 0\n\nOne."),
        Case("cut.epub", book[:-60], reason="cut off or damaged"),
        Case("other.epub", zipped({"a.txt": "Hi"}), reason="not a book in EPUB"),
        Case("missing.epub", zipped({"META-INF/container.xml": "<c/>"}), reason="does not say"),
    ]


def cases() -> list[Case]:
    """Return the files."""
    return [*_texts(), *_names(), *_markup(), *_tables(), *_office(), *_pdfs(), *_mails()]


def write(folder: Path) -> list[Case]:
    """Write the files into a folder and return what is expected of each."""
    made = cases()
    for case in made:
        path = folder / case.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(case.make, bytes):
            path.write_bytes(case.make)
        else:
            case.make(path)
    return made


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m tests.bad_files DIR")
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"{len(write(target))} files in {target}\n")
