"""E-mail and e-books, as people save and send them."""

import re
from email.message import EmailMessage

import pytest

from fourp_nlp.documents import read_document, read_documents
from tests.mails import epub_of_chapters, message_with_parts

_WORDS = ["Shall we open on Sunday?", "I can bring the café’s keys."]


def _read(folder, name, content):
    (folder / name).write_bytes(content)
    documents, skipped = read_documents(folder / name)
    return documents, skipped["reason"].tolist()


def test_a_message_is_its_subject_and_what_was_written(tmp_path):
    documents, notes = _read(tmp_path, "a.eml", message_with_parts(_WORDS))
    (row,) = documents.to_dict("records")
    assert row["document"] == "a.eml"
    assert row["text"] == "\n\n".join(["Café on Sunday – who comes?", *_WORDS])
    assert (row["speaker"], row["date"], row["kind"]) == ("Zoë Marsh", "2025-03-04", "e-mail")
    assert "Sent to Ben Ode <ben@example.org>." in row["remarks"]
    assert "Attachments are not read: minutes.pdf." in row["remarks"]
    assert not notes


def test_a_message_that_is_a_page_alone_is_read_as_one(tmp_path):
    message = EmailMessage()
    message["Subject"] = "Hello"
    message["From"] = "a@example.org"
    message.set_content(
        "<html><style>p{}</style><p>We <b>met</b>.</p><p>It rained.</p></html>", subtype="html"
    )
    documents, _ = _read(tmp_path, "a.eml", message.as_bytes())
    assert documents["text"].iloc[0] == "Hello\n\nWe met.\n\nIt rained."
    assert documents["speaker"].iloc[0] == "a@example.org"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252"])
def test_a_charset_that_a_message_names_is_believed(tmp_path, charset):
    content = (
        f"Subject: =?{charset}?Q?Caf=E9?=\nFrom: a@example.org\nContent-Type: text/plain; charset={charset}\n\n"
    ).encode() + "Après l’été, le café.".encode("cp1252")
    documents, notes = _read(tmp_path, "a.eml", content)
    assert documents["text"].iloc[0] == "Café\n\nAprès l’été, le café."
    assert not notes


def test_a_charset_that_a_message_does_not_name_is_guessed_and_told(tmp_path):
    content = b"Subject: x\nFrom: a@example.org\n\n" + "It’s at José’s café.".encode("mac_roman")
    documents, notes = _read(tmp_path, "a.eml", content)
    assert "It’s at José’s café." in documents["text"].iloc[0]
    assert "MacRoman, a guess" in notes[0]


def test_earlier_messages_stay_and_are_told(tmp_path):
    content = b"Subject: Re: x\nFrom: a@example.org\n\nYes.\n\nOn Monday, Ben Ode wrote:\n> Do you come?\n> Ben\n"
    documents, _ = _read(tmp_path, "a.eml", content)
    assert "> Do you come?" in documents["text"].iloc[0]
    assert "2 quoted lines (“>”) are kept" in documents["remarks"].iloc[0]


def test_lines_that_were_broken_to_fit_a_screen_are_joined(tmp_path):
    content = (
        b"Subject: x\nFrom: a@example.org\nContent-Type: text/plain; format=flowed\n\n"
        b"We met at the \nlibrary again.\nThen left.\n-- \nAnna\n"
    )
    documents, _ = _read(tmp_path, "a.eml", content)
    assert "We met at the library again.\nThen left.\n--\nAnna" in documents["text"].iloc[0]


def test_a_forwarded_message_is_named(tmp_path):
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"] = "The keys"
    inner.set_content("Where are they?")
    outer["From"] = "a@example.org"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    documents, _ = _read(tmp_path, "a.eml", outer.as_bytes())
    assert documents["text"].iloc[0] == "See below."
    assert "the message “The keys”" in documents["remarks"].iloc[0]


def test_a_mailbox_has_a_document_for_each_message(tmp_path):
    first = message_with_parts(_WORDS, html=False)
    second = b"Subject: Re: #2\nFrom: Ben <b@example.org>\n\nFine.\n\n>From here on I drive.\n"
    content = (
        b"From z Tue Mar  4 09:12:00 2025\n"
        + first
        + b"\nFrom b Tue Mar  4 10:00:00 2025\n"
        + second
    )
    documents, notes = _read(tmp_path, "a.mbox", content)
    assert documents["document"].tolist() == [
        "a.mbox#0001 Café on Sunday – who comes?", "a.mbox#0002 Re: 2",
    ]  # fmt: skip
    assert "From here on I drive." in documents["text"].iloc[1]
    assert documents["speaker"].tolist() == ["Zoë Marsh", "Ben"]
    assert documents["remarks"].iloc[0].startswith("2 messages read.")
    assert not notes


def test_chapters_are_read_in_the_order_of_the_book(tmp_path):
    documents, notes = _read(
        tmp_path, "a.epub", epub_of_chapters(["We met in May.", "Then it rained."])
    )
    (row,) = documents.to_dict("records")
    assert row["text"] == "Chapter 0\n\nWe met in May.\n\nChapter 1\n\nThen it rained."
    assert (row["speaker"], row["date"], row["kind"]) == ("Mira Vale", "2025-04-02", "e-book")
    assert row["remarks"].startswith("2 chapters read;")
    assert not notes


_DRM = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
    '<e:EncryptedData><e:CipherData><e:CipherReference URI="{}"/></e:CipherData></e:EncryptedData></encryption>'
)


def test_a_protected_book_is_named_and_one_with_hidden_fonts_is_read(tmp_path):
    book = epub_of_chapters(
        ["We met."], **{"META-INF/encryption.xml": _DRM.format("OEBPS/text/chapter%200.xhtml")}
    )
    _, notes = _read(tmp_path, "a.epub", book)
    assert "protected against copying" in notes[0]
    (tmp_path / "b.epub").write_bytes(
        epub_of_chapters(["We met."], **{"META-INF/encryption.xml": _DRM.format("OEBPS/font.otf")})
    )
    assert read_document(tmp_path / "b.epub") == "Chapter 0\n\nWe met."


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.eml", b"Only words, and no header at all.\n", "no e-mail message"),
        ("a.eml", b"Subject: x\nContent-Type: application/pkcs7-mime\n\nabc", "is encrypted"),
        ("a.mbox", b"Subject: x\n\nwords\n", "no mailbox"),
        ("a.epub", b"PK\x03\x04 and no more", "damaged|not a"),
        ("a.epub", epub_of_chapters([]), "no text"),
        ("a.msg", b"\xd0\xcf\x11\xe0", r"save as \.eml"),
        ("a.mobi", b"words", r"save as \.epub"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_cure(tmp_path, name, content, reason):
    documents, notes = _read(tmp_path, name, content)
    assert documents.empty
    assert re.search(reason, notes[0])
