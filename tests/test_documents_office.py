"""Word, PowerPoint, OpenDocument and PDF files, made by the programs' own libraries."""

import docx
import matplotlib as mpl
import odfdo
import pptx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from matplotlib.figure import Figure

from fourp_nlp.documents import read_document
from fourp_nlp.documents.pdf._lines import Line
from fourp_nlp.documents.pdf._paragraphs import paragraphs_of
from fourp_nlp.documents.word import odt
from fourp_nlp.errors import DocumentError
from tests import bad_files

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_word_document_is_read_in_order(tmp_path):
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Repeated on every page"
    document.add_heading("Our first year", 1)
    document.add_paragraph("We met in May.")
    document.add_paragraph("Posters", style="List Bullet")
    document.add_paragraph("Talks", style="List Bullet")
    table = document.add_table(2, 2)
    for place, words in enumerate(["Town", "Meetings", "Elmford", "Nine"]):
        table.cell(place // 2, place % 2).text = words
    document.add_paragraph("Afterwards we ate.")
    document.save(tmp_path / "a.docx")
    assert read_document(tmp_path / "a.docx") == (
        "Our first year\n\nWe met in May.\n\n- Posters\n- Talks\n\n"
        "Town\n\nMeetings\n\nElmford\n\nNine\n\nAfterwards we ate."
    )


def test_word_document_shows_what_its_reader_sees(tmp_path):
    document = docx.Document()
    document.element.body.insert(
        0,
        parse_xml(
            f"<w:p {_W}><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText> gone</w:delText></w:r>"
            "</w:del><w:ins><w:r><w:t> added</w:t></w:r></w:ins><w:hyperlink><w:r><w:t> link</w:t>"
            "</w:r></w:hyperlink><w:r><w:br/><w:t>below</w:t></w:r></w:p>"
        ),
    )
    document.element.body.insert(
        1,
        parse_xml(
            f'<w:p {_W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            "<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>In a box"
            "</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict>"
            "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></w:pict>"
            "</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Around it</w:t></w:r></w:p>"
        ),
    )
    document.save(tmp_path / "a.docx")
    assert read_document(tmp_path / "a.docx") == "Kept added link\nbelow\n\nAround it\n\nIn a box"


def test_word_footnote_follows_its_paragraph(tmp_path):
    document = docx.Document()
    document.add_paragraph("After the note.")
    document.element.body.insert(
        0,
        parse_xml(
            f"<w:p {_W}><w:r><w:t>We met</w:t></w:r>"
            '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        ),
    )
    notes = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        (
            f'<w:footnotes {_W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
            '<w:footnote w:id="2"><w:p><w:r><w:t>In a barn.</w:t></w:r></w:p></w:footnote>'
            "</w:footnotes>"
        ).encode(),
        document.part.package,
    )
    document.part.relate_to(notes, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(tmp_path / "a.docx")
    assert read_document(tmp_path / "a.docx") == "We met\n\nIn a barn.\n\nAfter the note."


def test_slides_are_read_one_by_one_with_their_notes(tmp_path):
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "What we do"
    slide.placeholders[1].text = "Teach\nListen"
    table = slide.shapes.add_table(1, 2, 0, 5_000_000, 3_000_000, 100_000).table
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 6_000_000, 100, 100).text_frame.text = "In a group"
    slide.notes_slide.notes_text_frame.text = "Say hello first."
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Thank you"
    deck.save(tmp_path / "a.pptx")
    assert read_document(tmp_path / "a.pptx") == (
        "What we do\n\n- Teach\n- Listen\n\nleft\n\nright\n\nIn a group\n\nSay hello first.\n\n"
        "Thank you"
    )


def test_opendocument_text_is_read_in_order(tmp_path):
    document = odfdo.Document("text")
    body = document.body
    body.clear()
    body.append(odfdo.Header(1, "Our year"))
    paragraph = odfdo.Paragraph("We met in   May")
    paragraph.insert_note(after="met", note_id="n1", citation="1", body="In a barn.")
    body.append(paragraph)
    body.append(odfdo.List(["Posters", "Talks"]))
    table = odfdo.Table("t", width=2, height=1)
    table.set_value("A1", "Town")
    table.set_value("B1", "Nine")
    body.append(table)
    document.save(str(tmp_path / "a.odt"))
    assert read_document(tmp_path / "a.odt") == (
        "Our year\n\nWe met in May\n\nIn a barn.\n\n- Posters\n- Talks\n\nTown\n\nNine"
    )


def _pdf(path, lines):
    figure = Figure(figsize=(6, 8))
    for place, line in enumerate(lines):
        figure.text(0.05, 0.9 - place * 0.04, line, fontsize=9)
    with mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(path, format="pdf")


def test_pdf_lines_are_joined_and_page_numbers_left_out(tmp_path):
    _pdf(
        tmp_path / "a.pdf",
        [
            "Our first year",
            "The volunteers of the town met every month and talked about the care-",
            "ful way in which one asks a guest how the day has been, and then they",
            "went home.",
            "A second paragraph begins here, and it too has more than one long line",
            "in its body.",
            "- a bullet",
            "Page 3 of 9",
        ],
    )
    assert read_document(tmp_path / "a.pdf") == (
        "Our first year\n\nThe volunteers of the town met every month and talked about the careful "
        "way in which one asks a guest how the day has been, and then they went home.\n\n"
        "A second paragraph begins here, and it too has more than one long line in its body.\n\n"
        "- a bullet"
    )


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["They met face-to-", "face every week"], "They met face-to-face every week"),
        (["It was care-", "fully done by us"], "It was carefully done by us"),
        (["They asked the Elm-", "Ford company first"], "They asked the Elm-Ford company first"),
        (
            ["A thought that lasts –", "and goes on a while"],
            "A thought that lasts – and goes on a while",
        ),
    ],
)
def test_words_divided_at_a_line_end(lines, joined):
    assert paragraphs_of([[Line(text) for text in lines]])[0] == [joined]


def test_a_sentence_runs_on_over_the_page():
    first = ["We went up the hill and looked at all of the houses that stood in", "the old part"]
    second = ["of town and then came down again on the other side of the river,", "tired."]
    (paragraph,), _ = paragraphs_of([[Line(text) for text in page] for page in (first, second)])
    assert "\n" not in paragraph


def test_scanned_pdf_asks_for_text_recognition(tmp_path):
    figure = Figure(figsize=(2, 2))
    figure.figimage([[0.0, 1.0], [1.0, 0.0]], resize=False)
    figure.savefig(tmp_path / "a.pdf", format="pdf")
    with pytest.raises(DocumentError, match="OCR"):
        read_document(tmp_path / "a.pdf")


def test_opendocument_table_of_speakers_is_read_as_turns(tmp_path):
    document = odfdo.Document("text")
    body = document.body
    body.clear()
    rows = [["Speaker", "Text"], ["Mia", "Where does it stop?"], ["Jo", "Behind the mill."]]
    table = odfdo.Table("t", width=2, height=3)
    for at, row in enumerate(rows, 1):
        table.set_value(f"A{at}", row[0])
        table.set_value(f"B{at}", row[1])
    body.append(table)
    document.save(str(tmp_path / "a.odt"))
    made = odt.read(tmp_path / "a.odt")
    assert made.texts[0].text == "Mia: Where does it stop?\n\nJo: Behind the mill."
    assert made.texts[0].labels == ("Mia", "Jo")


def test_opendocument_text_shows_what_its_reader_sees(tmp_path):
    spaces = " ".join(
        f'xmlns:{name}="{bad_files.ODF}:{full}:1.0"'
        for name, full in [
            ("office", "office"), ("text", "text"), ("style", "style"), ("svg", "svg-compatible"),
            ("fo", "xsl-fo-compatible"), ("draw", "drawing"),
        ]
    )  # fmt: skip
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>"
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/>'
        '</style:style><style:style style:name="I" style:family="text" style:parent-style-name="H"/>'
        "</office:automatic-styles><office:body><office:text>"
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        '<text:p>We\n  met<text:change/><text:s text:c="3"/>in<text:span text:style-name="I"> secret'
        "</text:span><text:hidden-text text:is-hidden='true'>x</text:hidden-text> "
        "<text:ruby><text:ruby-base>町</text:ruby-base><text:ruby-text>まち</text:ruby-text></text:ruby>."
        "<text:placeholder>Click here</text:placeholder><draw:frame><svg:desc>A picture</svg:desc>"
        "</draw:frame></text:p>"
        '<text:p>shown<text:hidden-paragraph text:is-hidden="true"/></text:p>'
        '<text:section text:display="none"><text:p>folded</text:p></text:section>'
        "</office:text></office:body></office:document-content>"
    )
    path = tmp_path / "a.odt"
    path.write_bytes(bad_files.odt("", **{"content.xml": content}))
    made = odt.read(path)
    assert made.texts[0].text == "We met in 町."
    assert made.remarks == [
        "4 pieces of hidden text left out.",
        "1 reading beside characters (ruby) left out.",
        "1 placeholder of an empty field left out.",
    ]


def test_a_table_of_speakers_on_a_slide_is_read_as_turns(tmp_path):
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(3, 2, 0, 0, 3_000_000, 100_000).table
    rows = [("Mia", "Where does it stop?"), ("Jo", "Behind the mill."), ("Mia", "I see it now.")]
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    deck.save(tmp_path / "a.pptx")
    assert read_document(tmp_path / "a.pptx").startswith("Mia: Where does it stop?\n\nJo: Behind")
