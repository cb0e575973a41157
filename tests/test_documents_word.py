"""Word documents as their programs write them: tables of speakers, symbols, hidden and deleted text."""

import docx
import pytest

from fourp_nlp.documents import read_documents, read_word_places
from fourp_nlp.documents.tables.speaker_table import speaker_columns
from fourp_nlp.documents.word.docx import read
from fourp_nlp.segments import segment
from tests.bad_files import docx as docx_of
from tests.bad_files import words
from tests.cases import shared_case

_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_SE = 'xmlns:w16se="http://schemas.microsoft.com/office/word/2015/wordml/symex"'
_TURNS = [
    ("Mia Sand", "Where does the bus stop these days?"),
    ("Jo Ek", "Behind the mill. It used to stop here."),
    ("Mia Sand", "Since when?"),
    ("Jo Ek", "Since spring."),
]


def text_of(folder, body, **parts):
    path = folder / "a.docx"
    path.write_bytes(docx_of(body, **parts))
    return read(path).texts[0].text


def table_of(path, rows, **options):
    document = docx.Document()
    table = document.add_table(len(rows), max(map(len, rows)), **options)
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=False):
            cell.text = text
    document.save(str(path))
    return read(path)


@pytest.mark.parametrize(
    "rows",
    [
        [[name, said] for name, said in _TURNS],
        [[f"{name}:", said] for name, said in _TURNS],
        [[f"{name}\n00:0{at}", said] for at, (name, said) in enumerate(_TURNS)],
        [["Time", "Speaker", "Text"], *([f"0{at}:10", *turn] for at, turn in enumerate(_TURNS))],
        [
            ["", "Timespan", "Content", "Speaker"],
            *(
                [str(at), f"0:0{at}.0 - 0:0{at + 1}.0", said, name]
                for at, (name, said) in enumerate(_TURNS)
            ),
        ],
        [["Zeit", "Sprecher", "Text"], *(["", name, said] for name, said in _TURNS)],
    ],
)
def test_a_table_of_speakers_is_read_as_turns(tmp_path, rows):
    made = table_of(tmp_path / "a.docx", rows)
    assert made.texts[0].text.split("\n\n") == [f"{name}: {said}" for name, said in _TURNS]
    assert made.texts[0].labels == ("Mia Sand", "Jo Ek")
    assert "4 rows" in made.remarks[0]


@pytest.mark.parametrize("name", ["table2", "table3", "table_nvivo"])
def test_shared_tables_of_speakers(name):
    file = shared_case("reading", "docx-table-transcript", f"{name}.docx")
    documents, *_ = read_documents(file)
    segments = segment(documents, unit="turn")
    speakers = ["Ana Diaz", "Ben Roy", "Ana Diaz"][: 2 if name == "table_nvivo" else 3]
    assert segments["speaker"].tolist() == speakers
    assert not segments["text"].str.contains("Time|Speaker|0:|00|Content").any()


def test_rows_without_a_name_go_on_with_the_speaker_before(tmp_path):
    rows = [*map(list, _TURNS), ["", "Or since May."]]
    text = table_of(tmp_path / "a.docx", rows).texts[0].text
    assert text.endswith("Jo Ek: Since spring.\n\nOr since May.")


@pytest.mark.parametrize(
    "rows",
    [
        # a glossary
        [["Weir", "A low dam across a river."], ["Lock", "A gate for boats."], ["Ford", "A crossing."]],
        # an agenda
        [["9:00", "Welcome by the mayor"], ["9:30", "Reports of groups"], ["11:00", "Coffee and talk"]],
        [["Time", "Topic"], ["9:00", "Why we are here."], ["9:30", "What we want to do."]],
        # a survey's answers
        [["Yes", "Did you vote in May?"], ["No", "Did you vote in June?"], ["Yes", "Will you vote?"]],
        # figures
        [["North", "12.4"], ["South", "13.1"], ["North", "9.8"]],
        [["Region", "Comment"], ["North", "We have no bus."], ["South", "We do."], ["North", "Sad."]],
        # people and what they are
        [["Name", "Post"], ["Ana Diaz", "Director"], ["Ben Roy", "Cook"]],
        # a layout
        [["Ana Diaz", "Elm Street 4", "Elmford"]],
        [],
        [["only one column"], ["of cells"]],
    ],
)  # fmt: skip
def test_other_tables_are_none_of_speakers(rows):
    assert speaker_columns(rows) is None


def test_a_further_column_of_a_table_of_speakers_is_kept(tmp_path):
    rows = [["Speaker", "Note", "Transcript"], *([name, "checked", said] for name, said in _TURNS)]
    made = table_of(tmp_path / "a.docx", rows)
    assert made.texts[0].text.startswith("Mia Sand: Where does the bus stop these days?\n\nchecked")


def test_comments_find_the_words_of_a_table_of_speakers(tmp_path):
    table_of(tmp_path / "a.docx", [[said, name] for name, said in _TURNS])  # read as it stands
    rows = [["Content", "Speaker"], *([said, name] for name, said in _TURNS)]
    table_of(tmp_path / "a.docx", rows)
    places = read_word_places(tmp_path / "a.docx")
    for number, element in enumerate(places.elements):
        start, end, skipped = (
            int(array[number]) for array in (places.starts, places.ends, places.skipped)
        )
        inside = element.text[skipped : skipped + end - start]
        assert places.text[start:end] == inside
    covered = "".join(
        places.text[start:end] for start, end in zip(places.starts, places.ends, strict=True)
    )
    assert covered == "".join(said for _, said in _TURNS)


def test_places_stay_true_where_a_name_has_a_colon(tmp_path):
    table_of(tmp_path / "a.docx", [[f" {name}:  ", f" {said}"] for name, said in _TURNS])
    places = read_word_places(tmp_path / "a.docx")
    for number, element in enumerate(places.elements):
        start, end = int(places.starts[number]), int(places.ends[number])
        skipped = int(places.skipped[number])
        assert places.text[start:end] == element.text[skipped : skipped + end - start]
    assert places.text.startswith("Mia Sand: Where")


def test_symbols_are_kept(tmp_path):
    body = (
        '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t xml:space="preserve"> yes </w:t>'
        '<w:sym w:font="Wingdings" w:char="F0E0"/><w:sym w:font="Symbol" w:char="F061"/>'
        '<w:sym w:font="Symbol" w:char="00B3"/></w:r><w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'
        "<w:t>\uf0fc</w:t></w:r></w:p>"
    )
    assert text_of(tmp_path, body) == "☑ yes →α≥✓"


def test_an_unknown_symbol_is_a_doubt(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(
        docx_of('<w:p><w:r><w:t>a</w:t><w:sym w:font="MT Extra" w:char="F04C"/></w:r></w:p>')
    )
    assert "MT Extra" in read(path).doubts[0]


def test_an_emoji_is_read_once(tmp_path):
    body = (
        f'<w:p><w:r><w:t xml:space="preserve">good </w:t></w:r><w:r><mc:AlternateContent {_MC}>'
        f'<mc:Choice Requires="w16se"><w16se:symEx {_SE} w16se:font="Segoe UI Emoji" w16se:char="1F60A"/>'
        "</mc:Choice><mc:Fallback><w:t>😊</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        f"<w:p><w:r><mc:AlternateContent {_MC}><mc:Fallback><w:t>old</w:t></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert text_of(tmp_path, body) == "good 😊\n\nold"


def test_hidden_text_is_not_read(tmp_path):
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:type="character" w:styleId="H"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr>'
        '</w:style><w:style w:type="character" w:styleId="H2"><w:name w:val="Secret 2"/>'
        '<w:basedOn w:val="H"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="P"><w:name w:val="Hidden"/><w:rPr><w:vanish/></w:rPr>'
        "</w:style></w:styles>"
    )
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>one</w:t></w:r>"
    body = (
        f"<w:p><w:r><w:t>Seen</w:t></w:r>{hidden}"
        '<w:r><w:rPr><w:rStyle w:val="H2"/></w:rPr><w:t>two</w:t></w:r>'
        '<w:r><w:rPr><w:rStyle w:val="H"/><w:vanish w:val="0"/></w:rPr><w:t> shown</w:t></w:r></w:p>'
        '<w:p><w:pPr><w:pStyle w:val="P"/></w:pPr><w:r><w:t>three</w:t></w:r></w:p>'
    )
    path = tmp_path / "a.docx"
    path.write_bytes(docx_of(body, **{"word/styles.xml": styles}))
    made = read(path)
    assert made.texts[0].text == "Seen shown"
    assert made.remarks == ["3 pieces of hidden text left out."]


def test_placeholders_of_empty_fields_are_not_read(tmp_path):
    empty = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    filled = "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>Elmford</w:t></w:r></w:sdtContent></w:sdt>"
    inline = empty.format("<w:r><w:t>Click to enter text</w:t></w:r>")
    body = f'<w:p><w:r><w:t xml:space="preserve">Town: </w:t></w:r>{filled}{inline}</w:p>' + (
        empty.format(words("Choose an item"))
    )
    assert text_of(tmp_path, body) == "Town: Elmford"


def test_a_paragraph_whose_mark_was_deleted_goes_on_in_the_next(tmp_path):
    deleted = '<w:pPr><w:rPr><w:del w:id="1" w:author="x"/></w:rPr></w:pPr>'
    body = (
        f'<w:p>{deleted}<w:r><w:t xml:space="preserve">We waited </w:t></w:r></w:p>'
        f"{words('for the bus.')}{words('Nobody came.')}"
        f"<w:p>{deleted}<w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>{words('The end.')}"
    )
    assert text_of(tmp_path, body) == "We waited for the bus.\n\nNobody came.\n\nThe end."


def test_a_deleted_row_of_a_table_is_not_read(tmp_path):
    row = "<w:tr>{}<w:tc>" + words("{}") + "</w:tc></w:tr>"
    body = (
        f"<w:tbl>{row.format('', 'kept')}{row.format('<w:trPr><w:del/></w:trPr>', 'gone')}</w:tbl>"
    )
    assert text_of(tmp_path, body) == "kept"


def test_only_the_result_of_a_field_is_read(tmp_path):
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = "<w:r><w:instrText> IF </w:instrText></w:r>"
    begin, separate, end = (mark.format(kind) for kind in ("begin", "separate", "end"))
    said = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        f"<w:p>{said.format('see ')}{begin}{code}{begin}{code}{separate}{said.format('12')}{end}{separate}"
        f"{said.format('page 12')}{end}{said.format(', please')}</w:p>"
        f"<w:p>{begin}{code}{said.format('lost')}</w:p>{words('After a field without end.')}"
    )
    text = text_of(tmp_path, body.replace("<w:t>", '<w:t xml:space="preserve">'))
    assert text == "see page 12, please\n\nAfter a field without end."


def test_hyphens_smart_tags_readings_and_formulas(tmp_path):
    body = (
        "<w:p><w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:softHyphen/><w:t>erate </w:t></w:r>"
        "<w:smartTag><w:r><w:t>Elmford </w:t></w:r></w:smartTag>"
        "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>まち</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>町 </w:t>"
        "</w:r></w:rubyBase></w:ruby></w:r>"
        '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>a+b</m:t>'
        "</m:r></m:oMath></w:p>"
    )
    assert text_of(tmp_path, body) == "co-operate Elmford 町 a+b"


def test_numbered_turns_keep_their_label(tmp_path):
    document = docx.Document()
    for name, said in _TURNS:
        document.add_paragraph(f"{name}: {said}", style="List Number")
    document.add_paragraph("Milk", style="List Bullet")
    document.save(tmp_path / "a.docx")
    paragraphs = read(tmp_path / "a.docx").texts[0].text.split("\n\n")
    assert paragraphs == [*(f"{name}: {said}" for name, said in _TURNS), "- Milk"]


def test_bold_names_are_labels(tmp_path):
    document = docx.Document()
    document.add_heading("A talk")
    for name, said in [("sand-7", "Where?"), ("ek (phone)", "Behind the mill.")] * 2:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}:").bold = True
        paragraph.add_run(f" {said}")
    document.save(tmp_path / "a.docx")
    assert read(tmp_path / "a.docx").texts[0].labels == ("sand-7", "ek (phone)")


def test_bold_names_alone_on_their_line_are_labels(tmp_path):
    document = docx.Document()
    for name, said in _TURNS:
        document.add_paragraph().add_run(name).bold = True
        document.add_paragraph(said)
    document.save(tmp_path / "a.docx")
    assert read(tmp_path / "a.docx").texts[0].labels == ("Mia Sand", "Jo Ek")


def bold_first(path, pairs, between):
    document = docx.Document()
    for name, said in pairs:
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(f"{between}{said}")
    document.save(str(path))
    documents, _ = read_documents([path])
    segments = segment(documents)
    return list(zip(segments["speaker"], segments["text"], strict=True))


def test_bold_names_before_a_tab_are_speakers(tmp_path):
    pairs = [(name, said.partition(".")[0]) for name, said in _TURNS]
    assert bold_first(tmp_path / "a.docx", pairs, "\t") == pairs


def test_bold_words_that_begin_sentences_are_no_speakers(tmp_path):
    pairs = [("Beds", "are counted at night."), ("Keys", "hang by the door.")] * 3
    assert {speaker for speaker, _ in bold_first(tmp_path / "a.docx", pairs, " ")} == {""}


def test_bold_beginnings_of_a_report_are_no_labels(tmp_path):
    document = docx.Document()
    for at in range(12):
        paragraph = document.add_paragraph()
        if not at % 4:
            paragraph.add_run("Note:").bold = True
        paragraph.add_run(f" The mill was rebuilt {at} times.")
    document.save(tmp_path / "a.docx")
    assert read(tmp_path / "a.docx").texts[0].labels == ()
