"""PDF files: where paragraphs begin, what stands at the edges of pages, tables of speakers."""

import io

import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen import canvas

from fourp_nlp.documents import read_documents
from fourp_nlp.documents.pdf._lines import Line, Page
from fourp_nlp.documents.pdf._margins import without_margins
from fourp_nlp.documents.pdf._paragraphs import paragraphs_of
from fourp_nlp.documents.pdf.reader import read
from fourp_nlp.segments import segment
from tests.cases import shared_case

_BODY = [
    "The mill stood below the bridge, and whoever came down the",
    "road in the morning could hear it long before one saw the",
    "wheel. In spring the river rose and nobody crossed it for",
    "some weeks, so that letters lay at the inn until it fell.",
]


def line(text, y, x=72.0, size=11.0, bold=0):
    return Line(text, x, x + 0.5 * size * len(text), y, size, bold)


def page(*rows, height=792.0):
    return Page([row if isinstance(row, Line) else line(*row) for row in rows], height)


def body(number, *, top=700.0, count=20, x=72.0):
    """Rows of a page that come on no other one."""
    return [
        line(f"{_BODY[(number + at) % 4]} {number}{at}", top - 14 * at, x) for at in range(count)
    ]


def texts(pages):
    return [[row.text for row in one.lines] for one in pages]


def left_out(pages):
    """Return the texts that are left out, page by page."""
    kept, margins = without_margins(pages)
    return [
        [row.text for row in before.lines if row not in after.lines]
        for before, after in zip(pages, kept, strict=True)
    ], margins


def drawn(path, pages):
    """Draw pages of (x, y, text[, font, size])."""
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=letter)
    for rows in pages:
        for x, y, text, *type_ in rows:
            sheet.setFont(*(type_ or ("Helvetica", 11)))
            sheet.drawString(x, y, text)
        sheet.showPage()
    sheet.save()
    path.write_bytes(stream.getvalue())
    return read(path)


@pytest.mark.parametrize(
    ("tops", "bottoms"),
    [
        # the same words
        (["Study of mills"] * 4, []),
        # other numbers
        ([f"Study of mills   {at + 7}" for at in range(4)], []),
        # page numbers, in figures and in Roman ones
        ([], [str(at + 3) for at in range(4)]),
        ([], ["iii", "iv", "v", "vi"]),
        ([], [f"Seite {at} von 4" for at in range(1, 5)]),
        ([], [f"– {at} –" for at in range(1, 5)]),
        # left and right pages
        (["12  Study of mills", "Water  13", "14  Study of mills", "Water  15"], []),
        # the title of the chapter, and a date
        (["Water", "Water", "Fire", "Fire", "Earth", "Air", "Air", "Air"], []),
        ([f"printed {at + 3}/4/2024, 10:0{at}" for at in range(4)], ["www.example.org"] * 4),
    ],
)
def test_running_heads_and_footers_are_left_out(tops, bottoms):
    count = max(len(tops), len(bottoms))
    pages = [
        page(
            *([(tops[at], 745.0)] if tops else []),
            *body(at),
            *([(bottoms[at], 40.0)] if bottoms else []),
        )
        for at in range(count)
    ]
    out, margins = left_out(pages)
    assert out == [[*tops[at : at + 1], *bottoms[at : at + 1]] for at in range(count)]
    assert margins.heads.total() + margins.pages == len(tops) + len(bottoms)
    assert margins.remarks()


def test_a_first_page_without_running_head_is_kept_whole():
    pages = [page(("A study of mills", 690.0, 150.0, 20.0), *body(0, top=640))] + [
        page(("A study of mills", 745.0), *body(at)) for at in range(1, 5)
    ]
    out, _ = left_out(pages)
    assert out == [[], *[["A study of mills"]] * 4]


@pytest.mark.parametrize(
    "pages",
    [
        # one page only
        [page(("Study of mills", 745.0), *body(0), ("Elmford, 2024", 40.0))],
        # a refrain at changing places, once at the top
        [page(*body(at)[:at], ("O the mill, the mill!", 700.0 - 14 * at), *body(at)[at + 1 :]) for at in range(4)],
        # a heading above each chapter, in larger type
        [page(("Summary", 700.0, 72.0, 16.0), *body(at, top=670)) for at in range(4)],
        # a speaker's label that comes to stand at the top
        [page((f"Ana Diaz 0{at}:13", 700.0), *body(at, top=686)) for at in range(2)],
        [page(("Ana:", 700.0), *body(at, top=686)) for at in range(3)],
        # the same words begin two pages of two
        [page(("We shall see.", 700.0), *body(at, top=686)) for at in range(2)],
        # lines that come inside of the text as well
        [page(("Yes.", 700.0), *body(at, top=680, count=8), ("Yes.", 500.0), *body(at, top=480)) for at in range(3)],
        # nothing but one line on each
        [page(("A page.", 700.0)) for _ in range(5)],
    ],
)  # fmt: skip
def test_what_comes_again_in_the_text_is_kept(pages):
    kept, margins = without_margins(pages)
    assert texts(kept) == texts(pages)
    assert margins.remarks() == []


def numbered(rows, numbers, *, alone):
    if not alone:
        return [
            row._replace(text=f"{number} {row.text}", left=50.0, inner=row.left)
            for row, number in zip(rows, numbers, strict=True)
        ]
    beside = [
        Line(str(number), 50, 60, row.base, 11)
        for row, number in zip(rows, numbers, strict=True)
        if number
    ]
    return [*rows, *beside]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("runs_on", [True, False])
def test_numbers_of_lines_are_left_out(alone, runs_on):
    pages, plain = [], []
    for at, count in enumerate([20, 20, 3]):
        rows = body(at, count=count)
        first = 20 * at + 1 if runs_on else 1
        pages.append(page(*numbered(rows, range(first, first + count), alone=alone)))
        plain.append([row.text for row in rows])
    kept, margins = without_margins(pages)
    assert texts(kept) == plain
    assert margins.numbers == 43
    assert margins.remarks() == ["43 line numbers left out."]


def test_numbers_at_every_fifth_line_are_left_out():
    pages = []
    for at in range(3):
        rows = body(at)
        numbers = [row + 1 if row % 5 == 4 else 0 for row in range(20)]
        pages.append(page(*numbered(rows, numbers, alone=True)))
    kept, margins = without_margins(pages)
    assert margins.numbers == 12
    assert all(len(one.lines) == 20 for one in kept)


@pytest.mark.parametrize(
    "rows",
    [
        # items, whose numbers have a full stop
        [line(f"{at}. {_BODY[at % 4]}", 700.0 - 14 * at) for at in range(1, 20)],
        # a table of years
        [line(str(1990 + 7 * at % 13), 700.0 - 14 * at) for at in range(8)] + body(1, x=200),
        # a few numbered houses among text
        [*body(1), *(line(f"{at} Mill Lane", 400.0 - 14 * at) for at in range(1, 6))],
    ],
)
def test_other_numbers_are_kept(rows):
    kept, margins = without_margins([page(*rows), page(*body(3))])
    assert texts(kept)[0] == [row.text for row in rows]
    assert margins.numbers == 0


def paragraphs(*pages):
    return paragraphs_of([one.lines for one in pages])[0]


def test_a_label_after_a_full_line_begins_a_paragraph():
    rows = []
    for at in range(4):
        y = 700 - 28 * at
        name = ("Ana Diaz", "Ben Roy")[at % 2]
        rows += [line(f"{name} 0{at}:13", y), line(f"We know the mill and all {at} men.", y - 14)]
    made = paragraphs(page(*rows))
    assert [one.split("\n")[0] for one in made] == [row.text for row in rows[::2]]


_FULL = [
    "The mill stood below the bridge. Whoever came down saw it.",
    "In spring the river rose. Nobody crossed it for some weeks.",
    "Letters lay at the inn until it fell. The miller read them.",
    "He knew all of us by name. Nobody knew his. He never said.",
    "Then the war came. It took the wheel and left us the house.",
]


@pytest.mark.parametrize(
    ("ys", "xs", "first"),
    [
        # a gap
        ([700, 686, 672, 650, 636], [72] * 5, 3),
        # indented first lines
        ([700, 686, 672, 658, 644], [90, 72, 72, 90, 72], 3),
        # paragraphs that hang
        ([700, 686, 672, 658, 644], [72, 90, 90, 72, 90], 3),
        # a jump to the next column at its edge
        ([700, 686, 672, 700, 686], [72, 72, 72, 400, 382], 3),
    ],
)
def test_gaps_and_indents_begin_paragraphs(ys, xs, first):
    rows = [
        line(text, y, x)._replace(right=x // 300 * 310 + 400)
        for text, y, x in zip(_FULL, ys, xs, strict=True)
    ]
    assert paragraphs(page(*rows)) == [" ".join(_FULL[:first]), " ".join(_FULL[first:])]


def test_a_short_line_ends_its_paragraph():
    rows = [
        line(text, 700 - 14 * at)._replace(right=200 if at == 1 else 400)
        for at, text in enumerate(_FULL)
    ]
    assert paragraphs(page(*rows)) == [" ".join(_FULL[:2]), " ".join(_FULL[2:])]


def test_a_sentence_runs_on_over_page_foot_head_and_note():
    first = [*body(0)[:-1], line("and the wheel stood still, as it had in the years before", 434)]
    note = line("1 See the letters of the miller.", 80, size=8.5)
    second = [line("the war, for want of water.", 700), *body(5, top=660)]
    pages = [
        page(("Mills", 745.0), *first, note, ("7", 40.0)),
        page(("Mills", 745.0), *second, ("8", 40.0)),
    ]
    kept, _ = without_margins(pages)
    made = paragraphs_of([one.lines for one in kept])[0]
    whole = next(one for one in made if "years before" in one)
    assert "as it had in the years before the war, for want of water." in whole
    assert made[made.index(whole) + 1] == "1 See the letters of the miller."


def test_divided_words_ligatures_and_columns(tmp_path):
    left = ["The ﬁrst of them came in the eve-", "ning and asked for the keys of", "the mill."]
    right = ["Nobody knew where they were, not", "even the miller."]
    rows = [(72, 700 - 14 * at, text) for at, text in enumerate(left)]
    rows += [(320, 700 - 14 * at, text) for at, text in enumerate(right)]
    text = drawn(tmp_path / "a.pdf", [rows]).texts[0].text
    assert "in the evening and asked for the keys of the mill." in text
    assert "Nobody knew where they were, not even the miller." in text


def test_bold_names_are_labels(tmp_path):
    rows = []
    for at in range(6):
        y = 700 - 40 * at
        rows += [
            (72, y, ("sand-7:", "ek 2:")[at % 2], "Helvetica-Bold", 11),
            (120, y, "Nobody came to the mill."),
        ]
    assert drawn(tmp_path / "a.pdf", [rows]).texts[0].labels == ("sand-7", "ek 2")


@pytest.mark.parametrize("lower", [0, 12])
def test_a_table_of_speakers_goes_on_over_the_page(tmp_path, lower):
    pages = [[], []]
    for at in range(8):
        y = 700 - 60 * (at % 5)
        pages[at // 5] += [
            (72, y - lower, ("Mia Sand", "Jo Ek")[at % 2]),
            (200, y, f"Nobody came to the mill on day {at}, and"),
            (200, y - 14, "we waited for them."),
        ]
    made = drawn(tmp_path / "a.pdf", pages)
    assert made.texts[0].labels == ("Mia Sand", "Jo Ek")
    assert made.texts[0].text.split("\n\n") == [
        f"{('Mia Sand', 'Jo Ek')[at % 2]}: Nobody came to the mill on day {at}, and we waited for them."
        for at in range(8)
    ]


def test_a_glossary_in_columns_is_no_table_of_speakers(tmp_path):
    rows = []
    for at, word in enumerate(["Weir", "Lock", "Ford", "Race", "Sluice"]):
        rows += [(72, 700 - 20 * at, word), (200, 700 - 20 * at, f"Holds back water, kind {at}.")]
    made = drawn(tmp_path / "a.pdf", [rows])
    assert made.texts[0].labels == ()
    assert "Weir Holds back water, kind 0." in made.texts[0].text


@pytest.mark.parametrize(
    ("case", "name"), [("pdf-running-heads", "x_headfoot"), ("pdf-line-numbers", "x_num")]
)
def test_shared_pages_with_edges(case, name):
    documents, _ = read_documents(shared_case("reading", case, f"{name}.pdf"))
    said = segment(documents)["text"].tolist()
    assert len(said) == 31
    assert said[0] == "So tell me about it."
    assert all(one.startswith("We have written") and one.endswith("herself.") for one in said[1:])


def test_shared_labels_after_full_lines():
    documents, _ = read_documents(shared_case("reading", "pdf-label-after-full-line", "otter.pdf"))
    turns = segment(documents, unit="turn")
    assert turns["speaker"].tolist() == ["Ana Diaz", "Ben Roy"] * 3
    assert not turns["text"].str.contains("Diaz|Roy|00:13").any()
