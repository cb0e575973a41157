"""Selections without names are read where they were drawn, or the user is asked; never silently elsewhere."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.refi import read_qdpx
from fourp_nlp.exchange.refi.offsets.offset_units import parse_unit_name, unit_name
from tests.cases import shared_case
from tests.qdpx import coding, pack, project, selection, source
from tests.test_cli import fourp
from tests.test_refi_offsets import UNITS, offset

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "emoji first": (
        "user1 😀😀😀 hello all.\nI am afraid of the police here.\n10\nuser2 😡 nobody asked. Who would?\n"
        "I hope that they help us soon!\n3\nuser3\nThey took my passport away 😢\n7\nSo we wait, and wait.\nend"
    ),
    "accents": (
        "Cafe\u0301 fermé. On n’a rien dit à personne.\nÀ l’hôpital, ils étaient déjà là ; moi, j’attendais.\n"
        "« Pourquoi ? » ai-je demandé. Personne n’a répondu.\nLe soir 🙂 je suis rentrée chez ma sœur."
    ),
    "arabic": (
        "قالت إنها لا تعرف أحدا في المدينة 😢.\nثم سألتها: هل تريدين العودة؟ لم تجب.\n"
        "كان البيت قريبا من النهر، وكنا نلعب هناك.\nبعد ذلك 👨‍👩‍👧 رحلنا."
    ),
    "chinese": (
        "她说：“我们什么都不知道。”\n然后咖啡馆关门了🙂，大家都走了。\n我很害怕警察，真的很害怕！\n"
        "没有人问过我们🇨🇳，也没有人帮忙。\n最后我们走了很远的路，𠮷野家也关门了。"
    ),
}  # fmt: skip
WAYS = [
    (unit, line_end, in_file, marked)
    for unit in UNITS
    for line_end, in_file in (("\n", "\n"), ("\r\n", "\r\n"), ("\r\n", "\n"), ("\n", "\r\n"))
    for marked in (False, True)
]


def places(text: str, kind: str, draw: random.Random) -> list[tuple[int, int]]:
    """Stretches that somebody codes: lines, sentences, some words, or anything at all."""
    if kind == "lines":
        return [found.span() for found in re.finditer(r"[^\n]+", text)]
    if kind == "sentences":
        found = re.finditer(r"[^\s.!?。！？؟][^\n.!?。！？؟]*[.!?。！？؟]+[”»]?", text)
        return [each.span() for each in found]
    if kind == "words":
        words = [each.span() for each in re.finditer(r"\w[\w\u0301’]*", text)]
        first = sorted(draw.randrange(len(words)) for _ in range(15))
        return [(words[a][0], words[min(a + draw.randrange(5), len(words) - 1)][1]) for a in first]
    return [tuple(sorted(draw.sample(range(len(text) + 1), 2))) for _ in range(15)]  # type: ignore[misc]


def written(
    path: Path, texts: list[str], spans: list[list[tuple[int, int]]], way: tuple, *, origin: str = "test",
    named: int = 0, name=lambda quote: quote,
) -> Path:  # fmt: skip
    """Write a project counted in one way; only the first few selections have names."""
    unit, line_end, in_file, marked = way
    number, parts, files = 0, [], {}
    for which, (text, drawn) in enumerate(zip(texts, spans, strict=True)):
        made = []
        for start, end in drawn:
            number += 1
            first, last = (offset(text, at, unit=unit, line_end=line_end) for at in (start, end))
            title = name(text[start:end]) if number <= named else ""
            made.append(selection(number, first, last, title, coding(number)))
        parts.append(source(which, "".join(made)))
        files[which] = ("\ufeff" * marked + text.replace("\n", in_file)).encode()
    xml = project("".join(parts)).replace('origin="test"', f'origin="{origin}"')
    return pack(path, xml, files)


def words(read) -> list[str]:
    """The words of all codings, white space at their edges aside."""
    return [quote.strip() for quote in read.marks["quote"]]


def drawn_words(texts: list[str], spans: list[list[tuple[int, int]]]) -> list[str]:
    """The words of all stretches that are not white space alone."""
    return [
        text[start:end].strip()
        for text, drawn in zip(texts, spans, strict=True)
        for start, end in drawn
        if text[start:end].strip()
    ]


def read_or_asked(path: Path):
    """The project, or what the user is asked."""
    try:
        return read_qdpx(path), ""
    except ExchangeError as error:
        return None, str(error)


@pytest.mark.parametrize("kind", ["lines", "sentences", "words", "anything"])
def test_in_whatever_way_offsets_were_counted_they_are_read_rightly_or_asked_about(tmp_path, kind):
    draw = random.Random(f"counting {kind}")
    right = 0
    for number, way in enumerate([*WAYS, *WAYS, *draw.sample(WAYS, 4)]):
        texts = [TEXTS[list(TEXTS)[number % len(TEXTS)]]]
        spans = [sorted(set(places(texts[0], kind, draw)))]
        if number % 3 == 0:
            spans = [sorted(draw.sample(spans[0], min(len(spans[0]), draw.randint(1, 5))))]
        read, asked = read_or_asked(written(tmp_path / f"{number}.qdpx", texts, spans, way))
        if read is None:
            assert "--counting" in asked
            continue
        assert sorted(words(read)) == sorted(drawn_words(texts, spans)), (way, read.remarks)
        right += 1
    # With ten selections of a kind that people draw, most need no question, in all these odd ways.
    assert right >= {"lines": 15, "sentences": 12, "words": 15, "anything": 0}[kind]


ORIGINS = {
    "NVivo for Windows 12.6": ("UTF-16 units", "\r\n", "\r\n", True),
    "ATLAS.ti 24.1.0": ("code points", "\n", "\r\n", False),
    "QualCoder 3.6": ("code points", "\n", "\r\n", True),
    "MAXQDA 24 (Release 24.7.0)": ("code points", "\r\n", "\r\n", False),
    "fourp_nlp 0.1": ("code points", "\n", "\n", False),
}


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("kind", ["lines", "words"])
def test_what_a_program_is_known_to_count_is_read_so_and_said(tmp_path, origin, kind):
    texts = list(TEXTS.values())
    draw = random.Random(origin)
    spans = [sorted(set(places(text, kind, draw))) for text in texts]
    read = read_qdpx(written(tmp_path / "p.qdpx", texts, spans, ORIGINS[origin], origin=origin))
    assert sorted(words(read)) == sorted(drawn_words(texts, spans))
    assert read.remarks[0].startswith(f"Offsets count {ORIGINS[origin][0]}, line ends as ")
    assert ("counts so." in read.remarks[0]) == (not origin.startswith("MAXQDA"))


def test_a_known_program_is_not_believed_against_what_its_selections_say(tmp_path):
    texts = [TEXTS["emoji first"]]
    spans = [places(texts[0], "lines", random.Random(1))]
    way = ("UTF-16 units", "\r\n", "\r\n", True)
    read = read_qdpx(written(tmp_path / "p.qdpx", texts, spans, way, origin="QualCoder 3.6"))
    assert words(read) == drawn_words(texts, spans)
    assert read.remarks[0].endswith("QualCoder counts otherwise.")


def test_a_known_program_decides_where_selections_do_not_tell_and_that_is_said(tmp_path):
    texts = [TEXTS["emoji first"]]
    spans = [[(20, 31), (50, 63)]]
    way = ORIGINS["NVivo for Windows 12.6"]
    read, asked = read_or_asked(written(tmp_path / "p.qdpx", texts, spans, way))
    assert read is None
    assert "--counting" in asked
    read = read_qdpx(
        written(tmp_path / "p.qdpx", texts, spans, way, origin="NVivo for Windows 12.6")
    )
    assert words(read) == drawn_words(texts, spans)
    assert "it was read so because NVivo for Windows counts so. Look at some" in read.remarks[0]


def test_names_on_a_few_selections_decide_for_all(tmp_path):
    texts = [TEXTS["emoji first"]]
    spans = [sorted(set(places(texts[0], "words", random.Random(3))))]
    way = ("UTF-16 units", "\r\n", "\n", False)
    late = [(120, 136), (139, 158), *spans[0]]
    path = written(tmp_path / "p.qdpx", texts, [late], way, named=3)
    read = read_qdpx(path)
    assert sorted(words(read)) == sorted(drawn_words(texts, [late]))
    assert "line ends as two: 3 of 3 quotations match." in read.remarks[0]
    assert f"of {len(late) - 3} selections without a name then begin" in read.remarks[0]


def test_names_that_fit_two_ways_do_not_decide_for_selections_behind_the_first_emoji(tmp_path):
    text = "Nobody asked us anything at all. 😀 " + "abcdefgh" * 20
    spans = [[(0, 12), (7, 15), (50, 60), (70, 90)]]
    way = ("code points", "\n", "\n", False)
    path = written(tmp_path / "p.qdpx", [text], spans, way, named=2)
    with pytest.raises(ExchangeError, match="fit several ways of counting") as asked:
        read_qdpx(path)
    assert "utf16 (UTF-16 units" in str(asked.value)
    assert "codepoints (code points" in str(asked.value)
    read = read_qdpx(path, counting="codepoints")
    assert words(read) == drawn_words([text], spans)
    assert read.remarks[0].startswith(
        "As --counting codepoints says, offsets count code points: 2 of 2 quotations match."
    )


def test_a_question_shows_how_each_way_reads_three_selections(tmp_path):
    texts, spans = [TEXTS["emoji first"]], [[(20, 31), (50, 63), (80, 95), (101, 130)]]
    path = written(tmp_path / "p.qdpx", texts, spans, WAYS[0])
    with pytest.raises(ExchangeError) as asked:
        read_qdpx(path)
    first, *ways = str(asked.value).split("\n")
    assert str(path) in first
    shown = [line for line in ways if "(" in line]
    assert len(shown) >= 2
    assert all(line.count(" | ") == 2 for line in shown)
    name = shown[0].split()[0]
    assert read_qdpx(path, counting=name).remarks[0].startswith(f"As --counting {name} says")


def test_what_all_ways_read_alike_is_never_asked_about(tmp_path):
    # Beginnings and ends lie before the first emoji and line end, and nothing but white space differs.
    parts = "".join(selection(n, 0, 32, None, coding(n)) for n in range(3))
    text = "Nobody asked us anything at all. \n😀 And so on."
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts)), {1: text}))
    assert read.marks["quote"].tolist() == ["Nobody asked us anything at all."] * 3


def test_transcripts_and_pages_are_counted_like_the_rest(tmp_path):
    text = (
        "I am 😀 afraid.\nNobody asked us 😡😡.\nWe wait, and wait.\nThey took it away.\nSo it is."
    )
    spans = [found.span() for found in re.finditer(r"[^\n]+", text)]
    offsets = [
        [offset(text, at, unit="UTF-16 units", line_end="\r\n") for at in span] for span in spans
    ]
    points = "".join(
        f'<SyncPoint guid="{2 * n + side:08d}-2222-4000-8000-000000000000" position="{at}"/>'
        for n, pair in enumerate(offsets)
        for side, at in enumerate(pair)
    )
    coded = "".join(
        f'<TranscriptSelection guid="{n:08d}-3333-4000-8000-000000000000" fromSyncPoint="{2 * n:08d}'
        f'-2222-4000-8000-000000000000" toSyncPoint="{2 * n + 1:08d}-2222-4000-8000-000000000000">'
        f"{coding(n)}</TranscriptSelection>"
        for n in range(len(spans))
    )
    film = (
        '<VideoSource guid="11111111-4444-4000-8000-000000000000" name="film"><Transcript '
        'guid="22222222-4444-4000-8000-000000000000" plainTextPath="internal://film.txt">'
        f"{points}{coded}</Transcript></VideoSource>"
    )
    page = "".join(selection(10 + n, *pair, None, coding(10 + n)) for n, pair in enumerate(offsets))
    pdf = (
        '<PDFSource guid="33333333-4444-4000-8000-000000000000" name="pdf"><Representation '
        f'guid="44444444-4444-4000-8000-000000000000" plainTextPath="internal://pdf.txt">{page}'
        "</Representation></PDFSource>"
    )
    data = text.replace("\n", "\r\n").encode("utf-8-sig")
    files = {"sources/film.txt": data, "sources/pdf.txt": data}
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(film + pdf), files))
    assert words(read) == [text[start:end] for start, end in spans] * 2
    assert "UTF-16 units, line ends as two" in read.remarks[0]


@pytest.mark.parametrize("name", ["utf16-crlf", "codepoints", "codepoints-lf"])
def test_a_way_of_counting_has_a_name_that_stands_for_it(name):
    assert unit_name(parse_unit_name(name)) == name
    assert parse_unit_name(name.upper()) == parse_unit_name(name)


@pytest.mark.parametrize(
    "name", ["bytes", "utf16-utf16", "codepoints-lf-crlf", "-", "utf16-exclusive"]
)
def test_an_unknown_way_of_counting_lists_those_there_are(tmp_path, name):
    with pytest.raises(ExchangeError, match="codepoints-crlf, utf16, utf16-lf, utf16-crlf"):
        read_qdpx(tmp_path / "missing.qdpx", counting=name)


def test_the_command_asks_and_takes_the_answer(tmp_path):
    texts, spans = [TEXTS["emoji first"]], [[(20, 31), (50, 63), (80, 95)]]
    path = written(tmp_path / "p.qdpx", texts, spans, WAYS[0])
    new = tmp_path / "new"
    with pytest.raises(ExchangeError, match="add its name, such as --counting"):
        fourp("import", path, "--new", new, catch=False)
    assert not new.exists()
    # A codebook alone has no places.
    fourp("import", path, "--to", tmp_path / "codes.yaml", catch=False)
    done = fourp("import", path, "--new", new, "--counting", "utf16-crlf", catch=False)
    assert "As --counting utf16-crlf says" in done.output


def test_other_formats_have_no_ways_of_counting(tmp_path):
    (path := tmp_path / "codes.qdc").write_text("<CodeBook/>")
    with pytest.raises(ExchangeError, match=r"--counting is for REFI-QDA projects \(\.qdpx\)"):
        fourp("import", path, "--to", tmp_path / "c.yaml", "--counting", "utf16", catch=False)


def test_a_real_nvivo_project_with_emoji_and_no_names_is_read_where_it_was_coded():
    read = read_qdpx(shared_case("exchange", "nvivo_unnamed_emoji.qdpx"))
    assert read.marks["quote"].tolist() == [
        "I am afraid of the police here",
        "I hope they help us soon",
        "They took my passport away 😢",
    ]
    assert read.losses.empty
    assert read.remarks == (
        "Offsets count UTF-16 units, line ends as two: 3 of 3 selections then begin and end with a line; with the "
        "standard, 0 of 3 do. NVivo for Windows counts so.",
    )
