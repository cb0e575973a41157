"""A file that takes all memory, all time or its reader with it is named, and the others are read."""

import io
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import openpyxl
import pytest

from fourp_nlp.coding.sheets._sheet_rows import read_rows
from fourp_nlp.documents import _isolated_reading as _apart
from fourp_nlp.documents import read_document, read_documents
from fourp_nlp.documents._isolated_reading import read_in_sandbox
from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.errors import DocumentError, FourpError, UnsafeDocumentError
from fourp_nlp.exchange.annotation import json_records as _json
from fourp_nlp.exchange.annotation.json_records import read_records
from fourp_nlp.files import table_limits as cells
from fourp_nlp.files.table_limits import lines_of
from fourp_nlp.files.zip_limits import check_package
from fourp_nlp.sandbox import Limits
from fourp_nlp.sandbox import process as _process
from fourp_nlp.sandbox._messages import send
from fourp_nlp.sandbox.process import environment
from fourp_nlp.websites.pages._isolated_reading import _page, page_readers, read_page_in_sandbox
from tests.pdfs import pdf_of_forms_in_forms, pdf_of_lines, pdf_of_pages_of_pages

GOOD = Reading([Text("A good page.")])
SMALL = Limits(memory=200 << 20, seconds=20)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def readers():
    made = _apart.readers(SMALL)
    yield made
    made.close()


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "good.html"
    path.write_text("<p>A good page.", encoding="utf-8")
    return path


def changed(package, member, old, new):
    """The bytes of a zip container with something else in one member."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(package) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            if name == member:
                assert old in content
                content = content.replace(old, new, 1)
            after.writestr(name, content)
    return out.getvalue()


def word_with(paragraphs):
    stream = io.BytesIO()
    docx.Document().save(stream)
    return changed(stream, "word/document.xml", b"<w:sectPr", paragraphs + b"<w:sectPr")


def sheet_with(rows, *, dimension=""):
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["text", "speaker"])
    book.active.append(["We met in a barn by the river.", "Ana"])
    book.save(stream)
    stream = io.BytesIO(
        changed(stream, "xl/worksheets/sheet1.xml", b"</sheetData>", rows + b"</sheetData>")
    )
    if not dimension:
        return stream.getvalue()
    return changed(
        stream, "xl/worksheets/sheet1.xml", b'ref="A1:B2"', f'ref="{dimension}"'.encode()
    )


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(process, within=300.0):
    until = time.monotonic() + within
    while alive(process) and time.monotonic() < until:
        time.sleep(0.05)
    return not alive(process)


def signal_readers(how):
    for children in Path("/proc/self/task").glob("*/children"):
        for process in children.read_text().split():
            if "_child" in Path(f"/proc/{process}/cmdline").read_text():
                os.kill(int(process), how)


def test_forms_in_forms_end_their_reader_and_nothing_else(tmp_path, readers, page):
    path = tmp_path / "forms.pdf"
    path.write_bytes(pdf_of_forms_in_forms(12))
    with pytest.raises(
        UnsafeDocumentError, match=r"forms\.pdf: Reading it takes more than 200 MB of memory"
    ):
        read_in_sandbox(path, by=readers)
    assert read_in_sandbox(page, by=readers) == GOOD


def test_a_batch_names_what_breaks_a_limit_and_goes_on(tmp_path, monkeypatch, readers):
    (tmp_path / "a.pdf").write_bytes(pdf_of_lines([["First of all."]]))
    (tmp_path / "b.pdf").write_bytes(pdf_of_forms_in_forms(12))
    (tmp_path / "c.pdf").write_bytes(pdf_of_lines([["Last of all."]]))
    monkeypatch.setattr(_apart, "_readers", readers)
    documents, skipped = read_documents(tmp_path)
    assert documents["text"].tolist() == ["First of all.", "Last of all."]
    assert skipped["path"].str.endswith("b.pdf").all()
    assert "200 MB of memory" in skipped["reason"].item()


def test_a_pdf_that_claims_a_hundred_thousand_pages_is_refused_at_once(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf_of_pages_of_pages(5))
    with pytest.raises(UnsafeDocumentError, match=r"it has 100,000 pages; the limit is 10,000"):
        read_document(tmp_path / "a.pdf")
    (tmp_path / "b.pdf").write_bytes(pdf_of_pages_of_pages(1))
    assert read_document(tmp_path / "b.pdf").count("A page.") == 10


def test_a_file_that_takes_too_long_is_named_with_the_seconds(tmp_path):
    path = tmp_path / "slow.html"
    path.write_bytes(b"<p>a" * 5_000_000)
    readers = _apart.readers(Limits(seconds=0, seconds_per_mb=0))
    with pytest.raises(
        UnsafeDocumentError, match=r"slow\.html: Reading it takes longer than 0 seconds"
    ):
        read_in_sandbox(path, by=readers)


@linux
def test_a_large_process_has_its_files_read_by_one_small_reader(readers, page):
    ballast = bytearray(os.urandom(1 << 20)) * 600
    assert [read_in_sandbox(page, by=readers) for _ in range(3)] == [GOOD] * 3
    assert readers._idle[0].requests == 3
    assert len(ballast) > SMALL.memory


def test_a_reader_that_was_killed_is_replaced(readers, page):
    read_in_sandbox(page, by=readers)
    readers._idle[0]._process.kill()
    assert read_in_sandbox(page, by=readers) == GOOD


@linux
def test_a_reader_that_breaks_down_over_a_file_is_named(readers, page, monkeypatch):
    # As a segmentation fault does: in the middle of a file, without a word.
    monkeypatch.setattr(_process, "send", lambda *_: signal_readers(signal.SIGSEGV))
    with pytest.raises(DocumentError, match=r"broke down over it \(SIGSEGV\)"):
        read_in_sandbox(page, by=readers)


@linux
def test_a_reader_that_stands_still_is_ended_by_the_clock_however_much_it_is_sent(monkeypatch):
    def stop_and_send(*words):
        signal_readers(signal.SIGSTOP)
        send(*words)

    monkeypatch.setattr(_process, "send", stop_and_send)
    readers = page_readers(Limits(clock_factor=0, clock_extra=0.2))
    problem = read_page_in_sandbox(b"<p>" * 1_000_000, "http://h.example/", by=readers)
    assert problem == {"problem": "Reading it takes longer than 69 seconds."}
    assert not readers._idle


@linux
def test_threads_read_at_once_each_with_a_reader_that_is_used_again(readers, page):
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(lambda _: read_in_sandbox(page, by=readers), range(9)))
    assert found == [GOOD] * 9
    assert sum(reader.requests for reader in readers._idle) == 9
    assert len(readers._idle) <= 3


def test_what_a_reader_answers_is_not_believed(page):
    for answer in (
        {},
        {"texts": []},
        {"texts": [["a"]]},
        {"texts": [["", 1]]},
        {"error": {"problem": 1}},
    ):
        with pytest.raises(UnsafeDocumentError, match="no sensible answer"):
            _apart._reading(answer, page)
    for answer in ({}, {"text": "a"}, {"title": "", "date": "", "text": 1, "empty": ""}):
        assert _page(answer) == {"problem": "What reads web pages broke down over it."}


@pytest.mark.parametrize("module", ["documents._child_process", "websites.pages._child_process"])
def test_a_reader_loads_little(module):
    code = (
        f"import sys, fourp_nlp.{module}; "
        "print(*{'pandas', 'numpy', 'torch', 'lxml', 'scrapy', 'warcio'} & {*sys.modules})"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert told.stdout.strip() == ""


def test_plain_text_needs_no_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    (tmp_path / "a.txt").write_text("Plain.")
    assert read_document(tmp_path / "a.txt") == "Plain."


def test_when_no_reader_can_be_started_the_batch_stops_and_says_so(
    tmp_path, monkeypatch, readers, page
):
    monkeypatch.setattr(_apart, "_readers", readers)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    with pytest.raises(FourpError, match="cannot be started") as told:
        read_documents([page])
    assert not isinstance(told.value, DocumentError)


def _read_into(path, found):
    found.put(read_document(path))


@linux
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_daemonic_workers_read_documents_too(page, method):
    assert read_document(page) == "A good page."
    context = multiprocessing.get_context(method)
    found = context.SimpleQueue()
    worker = context.Process(target=_read_into, args=(page, found), daemon=True)
    worker.start()
    worker.join(300)
    assert worker.exitcode == 0
    assert found.get() == read_document(page) == "A good page."


@linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_no_reader_is_left_behind(tmp_path, how):
    path = tmp_path / "slow.html"
    path.write_bytes(b"<p>a" * 8_000_000)
    # Where the tests run in the background, an interruption would be ignored.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from fourp_nlp.documents import read_document; "
        f"print(1, flush=True); read_document({str(path)!r})"
    )
    asker = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    asker.stdout.readline()
    children = []
    until = time.monotonic() + 300
    while not children and time.monotonic() < until:
        time.sleep(0.05)
        for each in Path(f"/proc/{asker.pid}/task").glob("*/children"):
            children += each.read_text().split()
    time.sleep(0.1)
    asker.send_signal(how)
    asker.wait(300)
    asker.stdout.close()
    assert children
    assert all(gone(child) for child in children)


def test_empty_paragraphs_beyond_counting_are_refused_before_they_are_parsed(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(word_with(b"<w:p/>" * 5000))
    with pytest.raises(UnsafeDocumentError, match="more than 4,000 tags"):
        check_package(path, main="word/", kind="Word document", most_tags=4000)
    assert "word/document.xml" in check_package(path, main="word/", kind="Word document")


def test_boxes_in_boxes_are_read_once(tmp_path):
    inner = b"<w:p><w:r><w:t>Deep.</w:t></w:r></w:p>"
    for _ in range(40):
        inner = (
            b"<w:p><w:r><w:pict><w:txbxContent>" + inner + b"</w:txbxContent></w:pict></w:r></w:p>"
        )
    (tmp_path / "a.docx").write_bytes(word_with(inner))
    assert read_document(tmp_path / "a.docx") == "Deep."


@pytest.mark.parametrize(
    "document",
    [
        f'<?xml version="1.0" encoding="utf-7"?><w:document {W}/>'.encode(),
        f'<?xml version="1.0" encoding="cp037"?><w:document {W}/>'.encode("cp037"),
    ],
)
def test_xml_in_an_encoding_that_hides_its_tags_is_refused(tmp_path, document):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", document)
    with pytest.raises(UnsafeDocumentError, match="encoding"):
        read_document(tmp_path / "a.docx")


def test_entities_are_found_in_a_part_of_any_name(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/main.part", f'\n<!DOCTYPE d [<!ENTITY a "b">]><w:document {W}/>')
    with pytest.raises(UnsafeDocumentError, match="entities"):
        read_document(tmp_path / "a.docx")


def test_a_sheet_with_cells_far_to_the_right_is_refused(tmp_path):
    far = b"".join(
        b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (at, at) for at in range(3, 1300)
    )
    (tmp_path / "a.xlsx").write_bytes(sheet_with(far))
    with pytest.raises(UnsafeDocumentError, match="more than 20,000,000 cells"):
        read_document(tmp_path / "a.xlsx")


def test_the_size_that_a_sheet_claims_is_not_believed(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet_with(b"", dimension="A1:XFD1048576"))
    assert read_document(path) == "Ana: We met in a barn by the river."
    assert read_rows(path, "Sheet").body == [(2, ["We met in a barn by the river.", "Ana"])]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (b'<row r="99999999999999999999"><c><v>1</v></c></row>', "no row"),
        (b"<x><row><c><v>1</v></c></row></x>", "out of its place"),
    ],
)
def test_a_sheet_with_impossible_rows_is_damaged(tmp_path, rows, reason):
    path = tmp_path / "a.xlsx"
    path.write_bytes(sheet_with(rows))
    with pytest.raises(FourpError, match=reason):
        read_rows(path, "Sheet")


def test_a_delimited_file_of_nothing_but_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "MAX_CELLS", 2_000_000)
    (tmp_path / "a.csv").write_bytes(b"text,a\n" + b"," * 2_000_000)
    with pytest.raises(UnsafeDocumentError, match="more than 2,000,000 cells"):
        read_document(tmp_path / "a.csv")


def test_a_record_with_very_many_fields_is_refused_at_once(tmp_path):
    fields = ", ".join(f'"{at}": 0' for at in range(200_000))
    (tmp_path / "a.json").write_text("[{" + fields + ', "199999": 1}]')
    start = time.process_time()
    with pytest.raises(FourpError, match="'199999' twice"):
        list(read_records(tmp_path / "a.json"))
    assert time.process_time() - start < 10


def test_halves_of_letters_in_json_are_replaced_one_for_one(tmp_path):
    escaped = r'{"te\ud800xt": "a\ud83d\ude42b\udfffc", "l": ["\ud800"], "q": "\\ud800"}'
    (tmp_path / "a.jsonl").write_text(escaped)
    (record,) = read_records(tmp_path / "a.jsonl")
    assert record.fields == {"te\ufffdxt": "a🙂b\ufffdc", "l": ["\ufffd"], "q": r"\ud800"}


def test_more_records_than_a_million_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_json, "MAX_RECORDS", 3)
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n' * 4)
    with pytest.raises(FourpError, match="more than 3 records"):
        list(read_records(tmp_path / "a.jsonl"))


def test_a_container_whose_directory_lies_is_damaged(tmp_path):
    whole = word_with(b"")
    start = int.from_bytes(whole[-6:-2], "little")
    for at, byte in (
        (start + 42, b"\xff\xff\xff\x7f"),
        (whole.rindex(b"word/document.xml"), b"\xc3\x28"),
    ):
        (tmp_path / "a.docx").write_bytes(whole[:at] + byte + whole[at + len(byte) :])
        with pytest.raises(DocumentError, match=r"damaged|no word/"):
            read_document(tmp_path / "a.docx")


def test_half_letters_in_a_workbook_become_a_letter_or_a_mark(tmp_path):
    cell = b'<row r="3"><c t="inlineStr"><is><t>_xD83D__xDE42_ _xD800_</t></is></c></row>'
    (tmp_path / "a.xlsx").write_bytes(sheet_with(cell))
    assert read_rows(tmp_path / "a.xlsx", "Sheet").body[-1] == (3, ["🙂 \ufffd", ""])


def test_lines_are_those_of_a_file():
    for text in ("", "a", "a\nb\r\nc\rd\r\r\n\n", "\r", '"x\r\ny",z\x0bw\u2028', "\n\ra"):
        assert list(lines_of(text)) == list(io.StringIO(text, newline=""))
