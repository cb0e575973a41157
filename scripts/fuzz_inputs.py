"""Valid files of every kind that is read, and what may happen to them; used by ``fuzz.py``."""

# ruff: noqa: E501 - the inputs are best read in one piece

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

TEXT = "The tap drips 🙂 all night.\n\nBean seeds were swapped, “twice”, and nobody had the key.\n\nThe café is shut."
CODES = ["care", "night", "law"]
EXCHANGES = {
    "qdpx": ".qdpx",
    "qdc": ".qdc",
    "word": ".docx",
    "long": ".csv",
    "long-xlsx": ".xlsx",
    "wide": ".csv",
    "wide-xlsx": ".xlsx",
    "sheet": ".xlsx",
    "taguette": ".sqlite3",
    "taguette-codebook": ".csv",
    "label-studio": ".json",
    "argilla": ".json",
    "doccano": ".jsonl",
    "prodigy": ".jsonl",
}
DOCUMENTS = (
    ".txt",
    ".md",
    ".csv",
    ".tsv",
    ".html",
    ".rtf",
    ".docx",
    ".pptx",
    ".odt",
    ".epub",
    ".eml",
    ".mbox",
    ".pdf",
    ".xlsx",
    ".srt",
    ".vtt",
)
_STAMP = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d")


def write_seeds(folder: Path) -> dict[str, Path]:
    """Write one valid file of each kind; return them by kind, in an order that does not change."""
    made = {f"document {suffix}": _document(folder, suffix) for suffix in DOCUMENTS}
    plain = {
        "documents.csv": (
            "documents.csv",
            "document,case,group,date,kind,speaker\na.txt,Ottawa,Ontario,2026-03-01,talk,Ana\n",
        ),
        "gold": (
            "anna.csv",
            "document,start,end,code,coder,quote,scope\n"
            f'a.txt,0,13,care,anna,"{TEXT[:13]}",document\na.txt,30,40,law,anna,"{TEXT[30:40]}",segment\n',
        ),
        "decisions": (
            "decisions.csv",
            "document,start,end,code,settled,decided_by,text\n"
            f'a.txt,0,13,care,yes,ana,"{TEXT[:13]}"\na.txt,0,13,law,,,"{TEXT[:13]}"\n',
        ),
        "coding sheet": (
            "coding_sheet.csv",
            "draw,order,document,start,end,before,text,after,care,night,law,none,note\n"
            f'1,1,a.txt,0,13,,"{TEXT[:13]}",,x,,,,\n1,2,a.txt,30,40,,"{TEXT[30:40]}",,,,,x,hm\n',
        ),
        "codebook": (
            "codebook.yaml",
            (ROOT / "corpus" / "codebook.yaml").read_text(encoding="utf-8"),
        ),
        "fourp.toml": (
            "fourp.toml",
            'title = "Study"\ncorpus = "corpus"\ncodebook = "corpus/codebook.yaml"\n'
            'unit = "sentence"\n[agreement]\nthresholds = [0.6, 0.8]\n[model]\nseed = 3\nconfidence = 0.9\n\n',
        ),
        "sites": (
            "sites.csv",
            "id,name,group,website\na,A,g,https://example.org/\nb,B,g,https://example.com/x/*\n",
        ),
        "sites.yaml": (
            "sites.yaml",
            "- id: a\n  name: A\n  group: g\n  website: https://example.org/\n  max_pages: 3\n",
        ),
    }
    for kind, (name, text) in plain.items():
        path = folder / kind.replace(" ", "_") / name
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        made[kind] = path
    for kind in ("gold", "decisions", "coding sheet"):
        rows = list(csv.reader(io.StringIO(made[kind].read_text(encoding="utf-8"))))
        path = folder / f"{kind.replace(' ', '_')}.xlsx"
        if kind != "gold":
            _workbook(path, {"segments": rows, "disagreements": rows})
            made[f"{kind} .xlsx"] = path
    made |= _exchanges(folder)
    made |= _archives(folder)
    for path in made.values():
        if zipfile.is_zipfile(path):
            path.write_bytes(_packed(_members(path.read_bytes())))
    return made


def _document(folder: Path, suffix: str) -> Path:
    path = folder / f"document{suffix}"
    paragraphs = TEXT.split("\n\n")
    from tests.mails import epub_of_chapters, message_with_parts
    from tests.pdfs import pdf_of_lines

    if suffix == ".docx":
        import docx

        document = docx.Document()
        document.add_heading("Minutes")
        for text in paragraphs:
            document.add_paragraph(text, style="List Bullet" if "seeds" in text else None)
        document.add_table(2, 2).cell(0, 0).text = "cell"
        document.save(str(path))
    elif suffix == ".pptx":
        from pptx import Presentation

        deck = Presentation()
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = "Minutes", "\n".join(paragraphs)
        slide.notes_slide.notes_text_frame.text = "note"
        deck.save(str(path))
    elif suffix == ".odt":
        from odfdo import Document, Paragraph
        from odfdo import List as Items

        document = Document("text")
        document.body.clear()
        for text in paragraphs:
            document.body.append(Paragraph(text))
        document.body.append(Items(["one", "two"]))
        document.save(str(path))
    elif suffix == ".epub":
        path.write_bytes(epub_of_chapters(paragraphs))
    elif suffix in {".eml", ".mbox"}:
        content = message_with_parts(paragraphs)
        path.write_bytes(
            content
            if suffix == ".eml"
            else b"From ana Mon\n" + content + b"\nFrom bo Mon\n" + content
        )
    elif suffix == ".xlsx":
        _workbook(path, {"a": [["text", "speaker"], *([text, "Ana"] for text in paragraphs)]})
    elif suffix == ".pdf":
        lines = [["The tap drips all night.", "Bean seeds were swapped."], ["A second page."]]
        path.write_bytes(pdf_of_lines(lines))
    else:
        cue = "00:00:0{0}{1}000 --> 00:00:0{2}{1}000\n{3}\n"
        cues = {
            s: "\n".join(cue.format(i, s, i + 1, text) for i, text in enumerate(paragraphs))
            for s in ",."
        }
        path.write_text(
            {
                ".txt": TEXT,
                ".md": f"# Minutes\n\n- [a](b) *{TEXT}*\n\n|a|b|\n|--|--|\n|c|d|\n\n```\ncode\n```\n> quote",
                ".csv": 'text,speaker\n"' + '",Ana\n"'.join(paragraphs) + '",Ben\n',
                ".tsv": "text\tspeaker\n" + "\tAna\n".join(paragraphs) + "\tBen\n",
                ".html": f'<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body><nav>n</nav><ul><li><p>{TEXT}</ul>'
                '<table><tr><td a="b">c</td></tr></table><pre> x\n y</pre><script>if(a<b){}</script></body></html>',
                ".rtf": "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0\\pard The tap\\'e9 drips \\u8220?all\\u8221? night.\\par "
                "\\bin3 abc{\\*\\generator x;}\\uc1\\b Bean\\b0\\tab seeds\\line were {\\i swapped}.\\par}",
                ".srt": cues[","],
                ".vtt": "WEBVTT\n\nNOTE x\n\n" + cues["."].replace("The tap", "<v Ana>The tap"),
            }[suffix],
            encoding="utf-8",
        )
    return path


def _workbook(path: Path, sheets: dict[str, list[list[str]]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def _exchanges(folder: Path) -> dict[str, Path]:
    from fourp_nlp.documents import normalise, read_documents
    from fourp_nlp.exchange import FORMATS
    from fourp_nlp.segments import segment
    from tests.exchanges import HOSTILE, PLAIN, rich_exchange

    exchange = rich_exchange([normalise(HOSTILE), normalise(PLAIN)])
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text(HOSTILE, encoding="utf-8")
    segments = segment(read_documents(folder / "texts")[0])
    made = {}
    for kind, suffix in EXCHANGES.items():
        form = FORMATS[kind.removesuffix("-xlsx")]
        path = folder / f"exchange {kind}"
        path.mkdir()
        path /= f"project{suffix}"
        asked: dict[str, object] = {"segments": segments} if "segments" in form.wants else {}
        if kind == "word":
            path = path.parent / "project"
        form.write()(exchange, path, **asked)
        if path.is_dir():
            path = min(path.rglob("*.docx"))
        made[f"exchange {kind}"] = path
    return made


def _archives(folder: Path) -> dict[str, Path]:
    try:
        from tests.warc_files import write_warc
    except ImportError:
        return {}
    pages = [(1, "/"), (1, "/about"), (2, "/"), (1, "/handout.docx"), (1, "/handout.pdf")]
    plain = write_warc(folder / "pages.warc", pages, packed=False)
    packed = write_warc(folder / "pages.warc.gz", pages)
    wacz = folder / "pages.wacz"
    with zipfile.ZipFile(wacz, "w") as archive:
        archive.write(packed, "archive/pages.warc.gz")
        archive.writestr("datapackage.json", '{"resources": []}')
    return {"warc": plain, "warc.gz": packed, "wacz": wacz}


def _members(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [
            (member.filename, _STAMP.sub(b"2026-03-01T00:00:00", archive.read(member)))
            for member in archive.infolist()
        ]


def _packed(members: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(
                zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
    return stream.getvalue()


def mutated(data: bytes, kind: str, chance: random.Random) -> bytes:
    """Return a file to which between one and four things have happened."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        if data.startswith(b"PK") and chance.random() < 0.8:
            data = _in_zip(data, chance)
        elif (
            kind.rpartition(" ")[2] in {"label-studio", "argilla", "doccano", "prodigy"}
            and chance.random() < 0.5
        ):
            data = _in_json(data, chance)
        else:
            data = chance.choice(_CHANGES)(data, chance)
    return data


def _in_zip(data: bytes, chance: random.Random) -> bytes:
    try:
        members = _members(data)
    except Exception:  # noqa: BLE001 - damaged before; whatever zipfile says of it
        return chance.choice(_CHANGES)(data, chance)
    if not members:
        return data
    # What says most is changed most.
    at = chance.choices(range(len(members)), [1 + len(content) ** 0.5 for _, content in members])[0]
    name, content = members[at]
    match chance.randrange(12):
        case 0:
            del members[at]
        case 1:
            members.append((name, chance.choice(_CHANGES)(content, chance)))
        case 2:
            members[at] = (name, members[chance.randrange(len(members))][1])
        case 3:
            members[at] = (
                chance.choice(("../x", "/etc/x", name.upper(), "x" * 300, "a\\b", "é/𝄞")),
                content,
            )
        case 4:
            members[at] = (name, b"")
        case _:
            members[at] = (name, chance.choice(_CHANGES)(content, chance))
    return _packed(members)


def _in_json(data: bytes, chance: random.Random) -> bytes:
    try:
        lines = data.decode("utf-8").splitlines()
        whole = (
            json.loads(data)
            if data.lstrip().startswith(b"[")
            else [json.loads(line) for line in lines]
        )
    except (ValueError, RecursionError):
        return chance.choice(_CHANGES)(data, chance)
    places: list[tuple[list | dict, object]] = []

    def walk(value: object) -> None:
        if isinstance(value, dict | list):
            for key in list(value) if isinstance(value, dict) else range(len(value)):
                places.append((value, key))
                walk(value[key])

    walk(whole)
    if places:
        holder, key = chance.choice(places)
        if chance.random() < 0.2:
            del holder[key]
        else:
            holder[key] = chance.choice(
                (
                    None,
                    True,
                    -1,
                    0,
                    2**70,
                    -(2**31),
                    1.5,
                    "",
                    "\ud800",
                    "a" * 200_000,
                    [],
                    {},
                    [[]],
                    [None],
                    {"a": 1},
                    {"": ""},
                    "\x00",
                    "1e999",
                    ["x"] * 1000,
                    10**400,
                )
            )
    if data.lstrip().startswith(b"["):
        return json.dumps(whole).encode()
    return "\n".join(json.dumps(row) for row in whole).encode()


_NUMBERS = (
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "2147483648",
    "-9223372036854775809",
    "4294967295",
    "1e400",
    "NaN",
    "0x7f",
    "²",
    "1.5",
    "000",
    "٣",
    "9" * 5000,
    "16384",
    "1048577",
)
_TOKENS = (
    b"\x00",
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1b[31m",
    b"\x85",
    b"\xe2\x80\xa8",
    b"\r",
    b"\n",
    b"\t",
    b"\\ud800",
    b"\\u0000",
    b"&#xD800;",
    b"&#0;",
    b"&lt;",
    b"&a;",
    b"<!ENTITY a 'b'>",
    b"<!DOCTYPE a [<!ENTITY a 'aaaa'>]>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?x y?>",
    b"</",
    b"/>",
    b"<a:b>",
    b" xmlns:a='b'",
    b'"',
    b"'",
    b'"""',
    b",",
    b";",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"*",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"!!python/object:os.system ",
    b"!!binary x",
    b"2026-02-30",
    b"2026-01-01",
    b"2026-01-01T00:00:00Z",
    b"~",
    b".inf",
    b"? ",
    b": ",
    b"- ",
    b"| ",
    b"%TAG ! a",
    b"---\n",
    b"=1+1",
    b"@",
    b"+",
    b"#",
    b"\\",
    b"../../etc/passwd",
    b"/etc/passwd",
    b"C:\\x",
    b"nan",
    b"true",
    b"null",
    b"\\bin99999999 ",
    b"\\u-99999?",
    b"\\'zz",
    b"<w:p/>",
    b"<w:pict><w:txbxContent/></w:pict>",
    b"_x0000_",
    b"_xD800_",
    b"<<",
    b">>",
    b"endobj",
    b"/Count 9999",
    b"/Kids[2 0 R]",
    b"\xcc\x81" * 40,
    "🙂".encode(),
    "\u202e".encode(),
)
_OPENERS = (
    b"[",
    b"{",
    b"(",
    b"<a>",
    b"<div>",
    b"<w:p>",
    b"<text:p>",
    b"{\\b ",
    b"- ",
    b"[[",
    b'{"a":',
    b"> ",
    b"*",
    b"_",
    b"`",
    b"<<",
    b"<blockquote>",
    b"![",
    b'"',
    b"&",
    b"=",
    b"a: ",
    b"<w:r><w:pict><w:txbxContent><w:p>",
    b'="',
)


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _flip(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20)) if made else 0):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _cut(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] if chance.random() < 0.7 else data[at:]


def _piece(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = _place(data, chance)
    return start, min(len(data), start + int(chance.expovariate(1 / 60)) + 1)


def _again(data: bytes, chance: random.Random) -> bytes:
    start, end = _piece(data, chance)
    times = chance.choice((1, 1, 2, 50, 3000))
    return data[:end] + data[start:end] * times + data[end:]


def _without(data: bytes, chance: random.Random) -> bytes:
    start, end = _piece(data, chance)
    return data[:start] + data[end:]


def _moved(data: bytes, chance: random.Random) -> bytes:
    start, end = _piece(data, chance)
    rest = data[:start] + data[end:]
    at = _place(rest, chance)
    return rest[:at] + data[start:end] + rest[at:]


def _number(data: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"\d+", data[:2_000_000]))
    if not found:
        return _token(data, chance)
    for hit in sorted(
        chance.sample(found, min(len(found), chance.choice((1, 1, 2)))),
        key=lambda one: -one.start(),
    ):
        data = data[: hit.start()] + chance.choice(_NUMBERS).encode() + data[hit.end() :]
    return data


def _token(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    token = chance.choice(_TOKENS) * chance.choice((1, 1, 1, 4, 400))
    return data[:at] + token + data[at + (len(token) if chance.random() < 0.3 else 0) :]


def _nested(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return (
        data[:at] + chance.choice(_OPENERS) * chance.choice((40, 300, 5_000, 100_000)) + data[at:]
    )


def _elements(data: bytes, chance: random.Random) -> bytes:
    """Take an element out, write it twice, around itself, or under another name."""
    found = list(re.finditer(rb"<(/?)([A-Za-z_][\w:.-]*)([^<>]{0,400})>", data[:500_000]))
    if not found:
        return _lines(data, chance)
    hit, other = chance.choice(found), chance.choice(found)
    match chance.randrange(5):
        case 0:
            put = b""
        case 1:
            put = hit[0] * chance.choice((2, 200, 20_000))
        case 2:
            put = other[0]
        case 3:
            put = b"<" + hit[1] + other[2] + hit[3] + b">"
        case _:
            more = b" ".join(
                b'a%d="%d"' % (at, at) for at in range(chance.choice((3, 300, 30_000)))
            )
            put = b"<" + hit[1] + hit[2] + b" " + more + hit[3] + b">"
    return data[: hit.start()] + put + data[hit.end() :]


def _lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            lines[at], lines[other] = lines[other], lines[at]
        case 1:
            lines.insert(at, lines[other])
        case 2:
            lines[at] = b"  " + lines[at]
        case _:
            cells = lines[at].split(b",")
            chance.shuffle(cells)
            lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _encoded(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", errors="replace")
    return text.encode(
        chance.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "utf-7")),
        errors="replace",
    )


_Change = Callable[[bytes, random.Random], bytes]
_CHANGES: tuple[_Change, ...] = (
    _flip,
    _flip,
    _cut,
    _again,
    _without,
    _moved,
    _number,
    _number,
    _token,
    _token,
    _token,
    _nested,
    _elements,
    _elements,
    _lines,
    _encoded,
)
