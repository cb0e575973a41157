"""Messages and e-books for tests, made with Python's own library and as plain zip files."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["epub_of_chapters", "message_with_parts"]

_OPF = (
    '<?xml version="1.0" encoding="utf-8"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
    '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Mira Vale</dc:creator>'
    "<dc:date>2025-04-02T10:00:00Z</dc:date></metadata><manifest>{items}"
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="pic" href="p.jpg" media-type="image/jpeg"/></manifest>'
    '<spine><itemref idref="nav"/>{spine}</spine></package>'
)
_CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
    '<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>"
)


def epub_of_chapters(chapters: Sequence[str], **more: str) -> bytes:
    """Return an e-book; its chapters stand in the file in another order than they are read in."""
    numbers = range(len(chapters))
    items = "".join(
        f'<item id="c{n}" href="text/chapter%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in reversed(numbers)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", _CONTAINER)
        archive.writestr("OEBPS/book.opf", _OPF.format(items=items, spine=spine))
        archive.writestr(
            "OEBPS/nav.xhtml", "<html><body><nav><ol><li>Contents</li></ol></nav></body></html>"
        )
        for number, text in enumerate(chapters):
            archive.writestr(
                f"OEBPS/text/chapter {number}.xhtml",
                '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>'
                f'<script src="x.js"/></head><body><h1><a id="a{number}"/>Chapter {number}</h1><p>{text}</p></body></html>',
            )
        for name, content in more.items():
            archive.writestr(name, content)
    return stream.getvalue()


def message_with_parts(
    paragraphs: Sequence[str], *, html: bool = True, charset: str = "utf-8"
) -> bytes:
    """Return a message with plain text, a page and an attachment."""
    message = EmailMessage()
    message["Subject"] = "Café on Sunday – who comes?"
    message["From"] = "Zoë Marsh <zoe@example.org>"
    message["To"] = "Ben Ode <ben@example.org>"
    message["Date"] = "Tue, 04 Mar 2025 09:12:00 +0100"
    message.set_content("\n\n".join(paragraphs) + "\n", charset=charset)
    if html:
        page = "".join(f"<p>{text}</p>" for text in paragraphs)
        message.add_alternative(
            f"<html><body>{page}<p>of the page</p></body></html>", subtype="html"
        )
    message.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="minutes.pdf"
    )
    return message.as_bytes()
