"""PDF files written by hand."""

from __future__ import annotations

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of these objects, of which the first is its catalog."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def stream(content: bytes, said: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (said, len(content), content)


def page(content: int, resources: bytes, parent: int = 2) -> bytes:
    return b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<<%s>>/Contents %d 0 R>>" % (
        parent,
        resources,
        content,
    )


def pdf_of_lines(pages: list[list[str]]) -> bytes:
    """A PDF with these lines of text."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(len(pages)))
    objects = [CATALOG, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids), FONT]
    for at, lines in enumerate(pages):
        shown = b" ".join(b"(%s) Tj T*" % line.encode() for line in lines)
        objects.append(page(5 + 2 * at, b"/Font<</F1 3 0 R>>"))
        objects.append(stream(b"BT /F1 11 Tf 14 TL 50 780 Td " + shown + b" ET"))
    return pdf_of(objects)


def pdf_of_pages_of_pages(depth: int) -> bytes:
    """A PDF that says that it has 10 ** depth pages, and in which all are the same one."""
    objects = [CATALOG]
    for level in range(depth):
        kids = b"%d 0 R " % (3 + level) * 10
        objects.append(b"<</Type/Pages/Count %d/Kids[%s]>>" % (10 ** (depth - level), kids))
    font = depth + 4
    objects.append(page(depth + 3, b"/Font<</F1 %d 0 R>>" % font, parent=depth + 1))
    objects += [stream(b"BT /F1 11 Tf 50 780 Td (A page.) Tj ET"), FONT]
    return pdf_of(objects)


def pdf_of_forms_in_forms(depth: int) -> bytes:
    """A PDF of one page with a form that shows another one ten times, and so on, to a word at last."""
    objects = [CATALOG, b"<</Type/Pages/Count 1/Kids[3 0 R]>>"]
    objects += [page(4, b"/XObject<</F 6 0 R>>"), stream(b"/F Do"), FONT]
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<"
    for level in range(depth):
        objects.append(stream(b"/F Do " * 10, form + b"/XObject<</F %d 0 R>>>>" % (7 + level)))
    word = b"BT /F1 11 Tf 50 780 Td (word) Tj ET"
    objects.append(stream(word, form + b"/Font<</F1 5 0 R>>>>"))
    return pdf_of(objects)
