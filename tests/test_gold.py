"""Gold files are read exactly or refused with file, line and cure, and survive a round trip."""

import codecs

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.gold.writer import write_gold
from fourp_nlp.errors import GoldError, TableError
from fourp_nlp.segments.alignment import coded_documents
from fourp_nlp.tables import CODINGS, conform, empty

TEXT = "We opened a shelter. It’s busy; café and all.\n=1+1 is what she wrote.\n- Police came."
DOCUMENTS = pd.DataFrame(
    {
        "document": ["ottawa/talk.txt", "york/slides.txt"],
        "text": [TEXT, "Nothing here. 👩‍👩‍👧 Or is there?"],
    }
)
CODES = ["support_and_assist_victims", "train_law_enforcement"]
SHELTER = ("ottawa/talk.txt", 0, 20, "support_and_assist_victims", "We opened a shelter.")


def line(*cells, separator=","):
    return separator.join('"' + str(cell).replace('"', '""') + '"' for cell in cells)


def gold_file(folder, *rows, header="document,start,end,code,quote", name="ana.csv"):
    path = folder / name
    path.write_bytes("\r\n".join([header, *rows, ""]).encode())
    return path


def read(*paths):
    return read_gold(paths, DOCUMENTS, CODES)


def spoken(error):
    return " ".join(str(error.value).split())


def test_a_file_without_coders_takes_the_coder_from_its_name(tmp_path):
    gold = read(gold_file(tmp_path, line(*SHELTER), name="ana maria.csv"))
    assert list(gold.codings.columns) == list(CODINGS.columns)
    row = gold.codings.iloc[0]
    assert row[CODINGS.names].tolist() == [*SHELTER[:4], "ana maria", SHELTER[4]]
    assert coded_documents(gold.coded) == {"ana maria": frozenset({"ottawa/talk.txt"})}


def test_one_file_may_hold_several_coders(tmp_path):
    header = "coder,document,start,end,code,quote,memo"
    rows = [line("bo", *SHELTER, "sure?"), line("ana", *SHELTER, "")]
    gold = read(gold_file(tmp_path, *rows, header=header))
    assert gold.codings["coder"].tolist() == ["bo", "ana"]


def test_a_row_without_a_code_says_that_a_document_was_coded(tmp_path):
    rows = [line(*SHELTER), line("york/slides.txt", "", "", "", "")]
    gold = read(gold_file(tmp_path, *rows))
    assert len(gold.codings) == 1
    assert coded_documents(gold.coded) == {"ana": frozenset(DOCUMENTS["document"])}


def test_short_and_blank_rows_are_taken_as_empty_cells(tmp_path):
    gold = read(gold_file(tmp_path, "", line(*SHELTER), ",,,,", "york/slides.txt"))
    assert len(gold.codings) == 1
    assert coded_documents(gold.coded)["ana"] == set(DOCUMENTS["document"])


def test_a_header_alone_is_a_gold_file_without_codings(tmp_path):
    gold = read(gold_file(tmp_path))
    pd.testing.assert_frame_equal(gold.codings, empty(CODINGS))
    assert coded_documents(gold.coded) == {}
    assert read().codings.empty


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("named", [False, True])
def test_files_from_excel_are_read(tmp_path, separator, mark, named):
    first = f"sep={separator}\r\n" if named else ""
    header = separator.join(["Document", "START", "end ", "code", "quote"])
    row = line("ottawa/talk.txt", 21, 31, CODES[0], "It’s busy;", separator=separator)
    path = tmp_path / "ana.csv"
    path.write_bytes(mark + f"{first}{header}\r\n{row}\r\n".encode())
    assert read(path).codings["quote"].tolist() == ["It’s busy;"]


def test_offsets_count_code_points(tmp_path):
    text = DOCUMENTS["text"][1]
    start = text.index("Or")
    row = line("york/slides.txt", start, len(text), CODES[1], "Or is there?")
    assert read(gold_file(tmp_path, row)).codings["start"].tolist() == [start]


def test_a_quote_over_two_lines_survives_windows_line_ends(tmp_path):
    end = TEXT.index("\n") + 5
    row = line("ottawa/talk.txt", 37, end, CODES[0], TEXT[37:end].replace("\n", "\r\n"))
    assert read(gold_file(tmp_path, row)).codings["quote"].tolist() == [TEXT[37:end]]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            ("ottawa/talk.txt", 3, 20, CODES[0], "We opened a shelter."),
            ["the document says 'opened a shelter.'", "The quote is at 0 to 20."],
        ),
        (
            ("ottawa/talk.txt", 0, 20, CODES[0], "We closed a shelter."),
            ["'We closed a shelter.'", "Copy the quote from the document"],
        ),
        (("ottawa/talk.txt", 0, 20, CODES[0], ""), ["The quote is ''", "Copy the quote"]),
        (
            ("ottawa/talk.txt", 0, 2000, CODES[0], "We"),
            ["0 to 2000", f"has {len(TEXT)} characters"],
        ),
        (("ottawa/talk.txt", -2, 2, CODES[0], "We"), ["-2 to 2 is not in the document"]),
        (("ottawa/talk.txt", 2, 2, CODES[0], ""), ["2 to 2 is not in the document"]),
        (("ottawa/talk.txt", "0.0", 2, CODES[0], "We"), ["'0.0' and '2'", "whole numbers"]),
        (("ottawa/talk.txt", "", "", CODES[0], ""), ["whole numbers"]),
        (("ottawa/talk.txt", "9" * 5000, 2, CODES[0], "We"), ["whole numbers"]),
        (("ottawa/talks.txt", 0, 2, CODES[0], "We"), ["Did you mean 'ottawa/talk.txt'?"]),
        (("zzz", 0, 2, CODES[0], "We"), ["no document 'zzz'", "path in the corpus"]),
        (("", 0, 2, CODES[0], "We"), ["names no document"]),
        (
            ("ottawa/talk.txt", 0, 2, "train_law_enforcment", "We"),
            ["no code 'train_law_enforcment'", "Did you mean 'train_law_enforcement'?"],
        ),
        (("ottawa/talk.txt", 0, 2, "qq", "We"), ["no code 'qq'", "The codebook has: support_and"]),
        (("ottawa/talk.txt", 0, 2, "", "We"), ["a span but no code", "leave start, end and quote"]),
        (("ottawa/talk.txt", 0, 2, CODES[0], "We", "x"), ["6 cells", "in quotation marks"]),
    ],
)
def test_a_wrong_row_is_named_with_its_line_and_a_cure(tmp_path, row, says):
    path = gold_file(tmp_path, line(*SHELTER), line(*row))
    with pytest.raises(GoldError) as error:
        read(path)
    assert spoken(error).startswith(f"{path}, line 3: ")
    assert error.value.place == "line 3"
    for words in says:
        assert words in spoken(error)


def test_the_line_of_a_row_counts_the_lines_inside_quotes(tmp_path):
    end = TEXT.index("\n") + 5
    long = line("ottawa/talk.txt", 37, end, CODES[0], TEXT[37:end])
    with pytest.raises(GoldError, match=r"line 4: There is no document 'x'"):
        read(gold_file(tmp_path, long, line("x", 0, 1, CODES[0], "W")))


def test_an_empty_coder_is_refused(tmp_path):
    path = gold_file(tmp_path, line(*SHELTER, " "), header="document,start,end,code,quote,coder")
    with pytest.raises(GoldError, match=r"line 2: The row names no coder. Fill it in, or delete"):
        read(path)


def test_a_row_that_stands_twice_is_refused_even_in_two_files(tmp_path):
    header = "document,start,end,code,quote,coder"
    one = gold_file(tmp_path, line(*SHELTER, "ana"), header=header, name="a.csv")
    two = gold_file(tmp_path, line(*SHELTER, "ana"), header=header, name="b.csv")
    with pytest.raises(GoldError) as error:
        read(one, two)
    assert spoken(error) == f"{two}, line 2: The row repeats {one}, line 2. Delete one of them."
    nothing = line("york/slides.txt", "", "", "", "")
    with pytest.raises(GoldError, match=r"line 3: The row repeats"):
        read(gold_file(tmp_path, nothing, nothing))


def test_two_coders_may_code_the_same_span(tmp_path):
    paths = [gold_file(tmp_path, line(*SHELTER), name=name) for name in ("ana.csv", "bo.csv")]
    assert len(read(*paths).codings) == 2


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("document,start,end,code", "The column 'quote' is missing. It needs: document, start"),
        ("document,start,end,cod,quote", "'code' is missing. Is it 'cod'? Then rename that."),
        ("document,start,end,code,quote,coders", "'coder' is missing. Is it 'coders'?"),
        ("document,start,end,code,quote,quote", "'quote' is there more than once. Delete one"),
    ],
)
def test_wrong_columns_are_named(tmp_path, header, says):
    with pytest.raises(GoldError) as error:
        read(gold_file(tmp_path, line(*SHELTER), header=header))
    assert says in spoken(error)
    assert error.value.place == "line 1"


def test_files_that_cannot_be_read_say_so(tmp_path):
    with pytest.raises(GoldError, match=r"missing.csv: It cannot be read"):
        read(tmp_path / "missing.csv")
    with pytest.raises(GoldError, match=r"The file is empty. Its first line must be: document,"):
        read(gold_file(tmp_path, header=""))
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"document,start,end,code,quote\nx,0,1,y,caf\xe9\n")
    with pytest.raises(GoldError, match=r"line 2: The file is not UTF-8. Save it again"):
        read(latin)
    with pytest.raises(GoldError, match=r"line 3: The row cannot be read.*not closed"):
        read(gold_file(tmp_path, line(*SHELTER), 'ottawa/talk.txt,0,2,code,"We'))


def test_all_problems_of_all_files_are_named_at_once_up_to_twenty(tmp_path):
    bad = [line("ottawa/talk.txt", n, n + 1, "nonsense", TEXT[n]) for n in range(30)]
    one = gold_file(tmp_path, *bad, name="one.csv")
    two = gold_file(tmp_path, header="document", name="two.csv")
    with pytest.raises(GoldError) as error:
        read(two, one)
    lines = str(error.value).splitlines()
    assert lines[0] == "The gold files have 34 problems:"
    assert len(lines) == 22
    assert lines[1].startswith(f"  {two}, line 1: ")
    assert lines[5].startswith(f"  {one}, line 2: ")
    assert lines[-1] == "  and 14 more."


def test_one_row_may_have_several_problems(tmp_path):
    with pytest.raises(GoldError, match=r"3 problems"):
        read(gold_file(tmp_path, line("nowhere", "a", 2, "nothing", "We")))


def codings(*rows):
    return conform(pd.DataFrame(rows, columns=CODINGS.names), CODINGS)


def coding(quote, code=CODES[0], coder="ana", document="ottawa/talk.txt"):
    text = dict(zip(DOCUMENTS["document"], DOCUMENTS["text"], strict=True))[document]
    start = text.index(quote)
    return (document, start, start + len(quote), code, coder, quote)


def test_what_is_written_is_read_back(tmp_path):
    frame = codings(
        coding("It’s busy; café and all.\n=1"),
        coding("We opened", code=CODES[1], coder="bo"),
        coding("We opened"),
    )
    nobody = pd.DataFrame(
        {"coder": ["bo", "ana"], "document": ["york/slides.txt", "ottawa/talk.txt"]}
    )
    path = tmp_path / "all.csv"
    write_gold(frame, path, coded=nobody)
    gold = read(path)
    expected = frame.iloc[[2, 1, 0]].reset_index(drop=True)
    pd.testing.assert_frame_equal(gold.codings, expected)
    assert coded_documents(gold.coded) == {
        "ana": {"ottawa/talk.txt"},
        "bo": {"ottawa/talk.txt", "york/slides.txt"},
    }
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    assert [each.name for each in tmp_path.iterdir()] == ["all.csv"]


def test_no_cell_is_a_formula_for_a_spreadsheet_and_none_is_changed(tmp_path):
    frame = codings(coding("=1+1 is"), coding("- Police came.", coder="@bo"))
    path = tmp_path / "gold.csv"
    write_gold(frame, path)
    written = pd.read_csv(path)
    for column in ("document", "code", "coder", "quote"):
        assert not written[column].str.startswith(("=", "+", "-", "@")).any()
    assert written["quote"].tolist() == ["'=1+1 is", "'- Police came."]
    pd.testing.assert_frame_equal(read(path).codings, frame)


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\r")
        | st.sampled_from("'=+-@\t\n\",;"),
        min_size=1,
        max_size=30,
    ),
    data=st.data(),
)
def test_any_quote_survives_the_round_trip(tmp_path_factory, text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    frame = codings(("a.txt", start, end, "c", "ana", text[start:end]))
    path = tmp_path_factory.mktemp("gold") / "gold.csv"
    write_gold(frame, path)
    back = read_gold(path, pd.DataFrame({"document": ["a.txt"], "text": [text]}), ["c"])
    pd.testing.assert_frame_equal(back.codings, frame)


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "gold.csv"
    write_gold(codings(coding("We opened")), path)
    before = path.read_bytes()
    with pytest.raises(TableError):
        write_gold(pd.DataFrame({"document": ["x"]}), path)
    with pytest.raises(GoldError, match=r"cannot be written.*Make the folder"):
        write_gold(codings(coding("We opened")), tmp_path / "no folder" / "gold.csv")
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["gold.csv"]


SCOPED = "document,start,end,code,quote,scope"
OPENED = ("ottawa/talk.txt", 0, 9, "train_law_enforcement", "We opened")
BUSY = ("ottawa/talk.txt", 21, 30, "", "It’s busy")


def what_was_read(gold):
    return gold.coded[["document", "start", "end", "scope"]].to_numpy().tolist()


def test_a_row_of_scope_segment_speaks_for_its_span_alone(tmp_path):
    rows = [line(*OPENED, "segment"), line(*BUSY, "Segment ")]
    gold = read(gold_file(tmp_path, *rows, header=SCOPED))
    assert gold.codings["quote"].tolist() == ["We opened"]
    assert what_was_read(gold) == [
        ["ottawa/talk.txt", 0, 9, "segment"],
        ["ottawa/talk.txt", 21, 30, "segment"],
    ]
    whole = read(gold_file(tmp_path, line(*OPENED, ""), line(*SHELTER, "document"), header=SCOPED))
    assert what_was_read(whole) == [["ottawa/talk.txt", 0, len(TEXT), "document"]]


def test_a_document_coded_whole_in_one_file_and_in_part_in_another_is_wholly_coded(tmp_path):
    part = gold_file(tmp_path, line(*OPENED, "segment"), line(*BUSY, "segment"), header=SCOPED)
    header = "document,start,end,code,quote,coder"
    whole = gold_file(
        tmp_path, line(*OPENED, "ana"), line(*SHELTER, "ana"), header=header, name="ana2.csv"
    )
    gold = read(part, whole)
    assert what_was_read(gold) == [["ottawa/talk.txt", 0, len(TEXT), "document"]]
    # The span that both files code is one coding.
    assert len(gold.codings) == 2


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (line(*OPENED, "sentence"), "The scope is 'sentence'"),
        (line("ottawa/talk.txt", "", "", "", "", "segment"), "names no span"),
        (line(*BUSY[:4], "Its busy", "segment"), "the document says 'It’s busy'"),
        (line(*OPENED[:3], "", OPENED[4], "segment"), "another row gives it one"),
        (line(*BUSY, ""), "write segment in the column scope"),
    ],
)
def test_a_wrong_scope_is_refused_with_its_line(tmp_path, row, says):
    with pytest.raises(GoldError) as error:
        read(gold_file(tmp_path, line(*OPENED, "segment"), row, header=SCOPED))
    assert says in spoken(error)
    assert error.value.place == "line 3"


def test_a_misspelt_scope_is_not_passed_over(tmp_path):
    with pytest.raises(GoldError, match=r"'scope' is missing. Is it 'scopes'"):
        read(gold_file(tmp_path, line(*OPENED, "segment"), header=SCOPED + "s"))


def test_what_was_read_in_part_is_written_and_read_back_and_other_files_stay_as_they_were(tmp_path):
    header = SCOPED + ",coder"
    rows = [
        line(*OPENED, "segment", "ana"),
        line(*BUSY, "segment", "ana"),
        line(*SHELTER, "", "bo"),
        line("york/slides.txt", "", "", "", "", "", "bo"),
    ]
    gold = read(gold_file(tmp_path, *rows, header=header))
    path = tmp_path / "back.csv"
    write_gold(gold.codings, path, coded=gold.coded)
    again = read(path)
    pd.testing.assert_frame_equal(again.codings, gold.codings, check_like=True)
    key = ["coder", "document", "start"]
    pd.testing.assert_frame_equal(
        again.coded.sort_values(key, ignore_index=True),
        gold.coded.sort_values(key, ignore_index=True),
    )
    whole = tmp_path / "whole.csv"
    read_whole = gold.coded[gold.coded["coder"] == "bo"]
    write_gold(gold.codings[gold.codings["coder"] == "bo"], whole, coded=read_whole)
    assert "scope" not in whole.read_text(encoding="utf-8-sig")


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 20), st.sampled_from(["", *CODES])),
        min_size=1,
        max_size=8,
        unique_by=lambda span: span[:2],
    )
)
def test_any_spans_that_were_read_survive_the_round_trip(tmp_path_factory, spans):
    rows = [
        ("ottawa/talk.txt", start, start + length, code, TEXT[start : start + length], "segment")
        for start, length, code in spans
    ]
    folder = tmp_path_factory.mktemp("gold")
    gold = read(gold_file(folder, *(line(*row) for row in rows), header=SCOPED))
    write_gold(gold.codings, folder / "back.csv", coded=gold.coded)
    again = read(folder / "back.csv")
    for table in ("codings", "coded"):
        one, two = (getattr(each, table) for each in (gold, again))
        assert sorted(one.to_numpy().tolist()) == sorted(two.to_numpy().tolist())
