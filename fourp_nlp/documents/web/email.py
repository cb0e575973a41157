"""E-mail: single messages (.eml) and mailboxes (.mbox)."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.text.decoding import charset_name, decoded, decoded_markup
from fourp_nlp.documents.web.html import words_of
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage, MIMEPart
    from pathlib import Path

__all__ = ["read", "read_mailbox"]

_ENCRYPTED = frozenset(
    {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
_QUOTED = re.compile(r"^[ \t]{0,3}>", re.MULTILINE)
_EARLIER = re.compile(
    r"^[ \t]{0,3}(?:-{2,}[ ]?(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine)"
    r"|On .{5,150} wrote:[ \t]*$|Am .{5,150} schrieb .{1,80}:[ \t]*$|Le .{5,150} a écrit ?:[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_BOUNDARY = re.compile(rb"^From [^\r\n]{1,300}\r?\n(?=[A-Za-z][A-Za-z0-9-]{0,60}:)", re.MULTILINE)
_LONGEST = 40
_SHOWN = 10


class _Body(NamedTuple):
    """What a message says, and what is to be known of it."""

    texts: list[str]
    doubts: list[str]
    attachments: list[str]
    sent: list[str]

    @property
    def words(self) -> str:
        """Everything that was written."""
        return "\n\n".join(self.texts)


def read(path: Path) -> Reading:
    """Return the text of an .eml file: its subject, and what was written.

    The plain text is read where there is one, otherwise the page (HTML). Earlier messages that it quotes
    stay in the text. Attachments are named and not read.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised; who wrote it and when are its speaker and date.

    Raises
    ------
    DocumentError
        If the file is no message, or is encrypted.
    """
    text, body = _message(path.read_bytes(), path)
    return Reading([text._replace(part="")], body.doubts, [*body.sent, *_remarks([body])])


def read_mailbox(path: Path) -> Reading:
    """Return the texts of an .mbox file, a document a message, as `read` does.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The messages, by their numbers and subjects. Those that cannot be read are named as doubts.

    Raises
    ------
    DocumentError
        If the file is no mailbox, or none of its messages can be read.
    """
    data = path.read_bytes()
    starts = [boundary.end() for boundary in _BOUNDARY.finditer(data)]
    if not starts or data[: starts[0]].lstrip()[:5] != b"From ":
        raise DocumentError(
            "This is no mailbox: a message begins with a line 'From …'.",
            file=path,
            cure="Export the messages again, or save each as .eml.",
        )
    ends = [boundary.start() for boundary in _BOUNDARY.finditer(data)][1:]
    texts: list[Text] = []
    doubts: list[str] = []
    bodies: list[_Body] = []
    for number, (start, end) in enumerate(zip(starts, [*ends, len(data)], strict=True), start=1):
        # Where a line of a message began with "From", the mailbox has ">From".
        content = re.sub(rb"^>(>*From )", rb"\1", data[start:end], flags=re.MULTILINE)
        try:
            text, body = _message(content, path)
        except DocumentError as error:
            doubts.append(f"message {number} is left out: {error.problem}")
            continue
        subject = text.part[:_LONGEST].replace("#", " ").strip()
        texts.append(text._replace(part=f"{number:04d} {subject}".strip()))
        doubts += [f"message {number}: {doubt}" for doubt in body.doubts]
        bodies.append(body)
    if not texts:
        raise DocumentError(
            f"None of its {len(starts)} messages can be read. {doubts[0]}",
            file=path,
            cure="Save them as .eml in the mail program.",
        )
    return Reading(texts, doubts, [f"{len(texts)} messages read.", *_remarks(bodies)])


def _message(data: bytes, path: Path) -> tuple[Text, _Body]:
    """Return a message, its subject in the place of its id, and what is to be known of it."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    if not any(name in message for name in ("From", "To", "Subject", "Date", "Received")):
        raise DocumentError(
            "This is no e-mail message: it has neither sender nor subject.",
            file=path,
            cure="If it is plain text, give it the suffix .txt.",
        )
    if message.get_content_type() in _ENCRYPTED:
        raise DocumentError(
            "The message is encrypted.",
            file=path,
            cure="Open it in your mail program, and save its text.",
        )
    body = _Body([], [], [], [])
    for part in _parts(message, body):
        _add(part, body, path)
    subject = _header(message, "Subject")
    who = ", ".join(
        f"{name.lower()} {_header(message, name)}" for name in ("To", "Cc") if name in message
    )
    if who:
        body.sent.append(f"Sent {who}.")
    sender = getaddresses([_header(message, "From")])
    name, address = sender[0] if sender else ("", "")
    attributes = {"speaker": name or address, "date": _date(message), "kind": "e-mail"}
    text = "\n\n".join(part for part in (subject, body.words) if part.strip())
    return Text(text, subject, attributes=attributes), body


def _remarks(bodies: list[_Body]) -> list[str]:
    remarks = []
    quoted = sum(len(_QUOTED.findall(body.words)) for body in bodies)
    earlier = sum(bool(_EARLIER.search(body.words)) for body in bodies)
    if quoted or earlier:
        what = f"{quoted} quoted lines (“>”)" if quoted else "Words of earlier messages"
        remarks.append(f"{what} are kept, which others may have written.")
    attachments = [name for body in bodies for name in body.attachments]
    if attachments:
        more = f" and {len(attachments) - _SHOWN} more" if len(attachments) > _SHOWN else ""
        remarks.append(f"Attachments are not read: {', '.join(attachments[:_SHOWN])}{more}.")
    return remarks


def _parts(part: MIMEPart, body: _Body) -> Iterator[MIMEPart]:
    """Yield the parts that are what was written; name those that are attached."""
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        several = [each for each in part.iter_parts() if not each.is_attachment()]
        plain = [each for each in several if each.get_content_type() == "text/plain"]
        chosen = next(
            (each for each in plain if bytes(each.get_payload(decode=True) or b"").strip()),
            None,
        )
        if chosen is None and several:
            chosen = several[-1]
        if chosen is not None:
            yield from _parts(chosen, body)
    elif part.is_multipart() and kind != "message/rfc822":
        for each in part.iter_parts():
            yield from _parts(each, body)
    elif (
        kind in {"text/plain", "text/html"} and not part.is_attachment() and not part.get_filename()
    ):
        yield part
    elif kind == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        body.attachments.append(
            f"the message “{_header(first, 'Subject')}”" if first else "a message"
        )
    else:
        body.attachments.append(part.get_filename() or kind)


def _add(part: MIMEPart, body: _Body, path: Path) -> None:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return
    charset = part.get_content_charset()
    if part.get_content_type() == "text/html":
        page = decoded_markup(data, file=path, header=charset)
        body.texts.append(words_of(page.text, file=path))
        body.doubts.extend(page.doubts)
        return
    named = charset_name(charset) if charset else None
    page = decoded(data, file=path, declared=[named] if named else [])
    text = page.text.replace("\r\n", "\n")
    if part.get_param("format") == "flowed":
        text = _unflowed(text, apart=part.get_param("delsp") != "yes")
    body.texts.append(text)
    body.doubts.extend(page.doubts)


def _unflowed(text: str, *, apart: bool) -> str:
    """Join lines that a program broke to fit a screen (RFC 3676): those that end with a space."""
    lines: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        if goes_on and not line.startswith(">"):
            lines[-1] += line
        else:
            lines.append(line)
        goes_on = line.endswith(" ") and line != "-- " and not line.startswith(">")
        if goes_on and not apart:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _header(message: object, name: str) -> str:
    """Return a header as text, whatever is wrong with it."""
    try:
        value = message.get(name, "")  # type: ignore[attr-defined]
        return " ".join(str(value).split())
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):
        return ""


def _date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return ""
