"""Tables of surveys: every open question is read, and closed ones are not."""

import json

import numpy as np
import openpyxl
import pytest

from fourp_nlp.documents import TableColumns, read_documents
from fourp_nlp.documents.tables._columns import head_of, question_label, running_text
from fourp_nlp.frequencies import count
from fourp_nlp.segments import segment
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus
from tests.cases import shared_case

_ANSWERS = (
    ("It is close to the school and warm.", "Open on Sundays, too, please."),
    ("I never went inside, to be honest.", "n/a"),
    ("The staff knew our names at once.", "A place to wash our clothes."),
)
_HEAD = ["Respondent ID", "Age", "Town", "Q1: How do you find the hostel?", "Q2: What is missing?"]
_ROWS = [
    [f"r{number}", str(30 + number), "Elmford", *answers]
    for number, answers in enumerate(_ANSWERS, start=1)
]


def _csv(path, rows):
    path.write_text(
        "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows),
        encoding="utf-8",
    )
    return path


def _read(path, **tables):
    documents, skipped = read_documents(path, tables=tables.get("tables"))
    assert skipped.empty, skipped["reason"].tolist()
    return documents


def test_each_answer_to_an_open_question_is_a_document(tmp_path):
    documents = _read(_csv(tmp_path / "s.csv", [_HEAD, *_ROWS]))
    assert documents["document"].tolist() == [
        "s.csv#r1 / Q1", "s.csv#r1 / Q2", "s.csv#r2 / Q1", "s.csv#r3 / Q1", "s.csv#r3 / Q2",
    ]  # fmt: skip
    assert documents["text"].tolist()[1] == "Open on Sundays, too, please."
    assert documents["speaker"].tolist()[0] == "r1"
    assert set(documents["case"]) == {"s: Q1", "s: Q2"}
    remarks = documents["remarks"].iloc[0]
    assert "Q2 (“Q2: What is missing?”)" in remarks
    assert "not read: Age, Town." in remarks
    assert "1 cell with no answer" in remarks


def test_a_workbook_is_read_alike(tmp_path):
    book = openpyxl.Workbook()
    for row in (_HEAD, *_ROWS):
        book.active.append(row)
    book.save(tmp_path / "s.xlsx")
    documents = _read(tmp_path / "s.xlsx")
    assert documents["document"].tolist()[:2] == ["s.xlsx#r1 / Q1", "s.xlsx#r1 / Q2"]


def test_a_column_text_is_the_text_whatever_else_there_is(tmp_path):
    rows = [["text", "q2"], *(list(answers) for answers in _ANSWERS)]
    documents = _read(_csv(tmp_path / "s.csv", rows))
    assert documents["document"].tolist() == ["s.csv"]
    assert documents["text"].iloc[0] == "\n\n".join(first for first, _ in _ANSWERS)
    assert "not read: q2" in documents["remarks"].iloc[0]


def test_a_column_of_comments_beside_open_questions_is_one_of_them(tmp_path):
    rows = [
        ["id", "comments", "What would help?"],
        *([str(n), *each] for n, each in enumerate(_ANSWERS)),
    ]
    documents = _read(_csv(tmp_path / "s.csv", rows))
    assert documents["document"].tolist()[:2] == [
        "s.csv#0 / comments",
        "s.csv#0 / What would help?",
    ]


def test_columns_are_chosen_in_the_settings(tmp_path):
    (tmp_path / "corpus").mkdir()
    _csv(tmp_path / "corpus" / "s.csv", [_HEAD, *_ROWS])
    (tmp_path / "fourp.toml").write_text(
        '[tables."s.csv"]\ntext = ["Q1"]\nrespondent = "age"\ngroup = "Town"\n', encoding="utf-8"
    )
    documents = read_corpus(open_project(tmp_path)).documents
    assert documents["document"].tolist() == [f"s.csv#{30 + n} / Q1" for n in (1, 2, 3)]
    assert set(documents["group"]) == {"Elmford"}
    assert set(documents["case"]) == {"Elmford / s: Q1"}


@pytest.mark.parametrize(
    "columns",
    [TableColumns(("Q7",)), TableColumns(respondent="nobody"), TableColumns(group="nowhere")],
)
def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path, columns):
    path = _csv(tmp_path / "s.csv", [_HEAD, *_ROWS])
    documents, skipped = read_documents(path, tables={"s.csv": columns})
    assert documents.empty
    assert "Q1: How do you find" in skipped["reason"].iloc[0]
    assert "There is no column" in skipped["reason"].iloc[0]


def test_attributes_of_the_researcher_go_before_those_of_the_table(tmp_path):
    _csv(tmp_path / "s.csv", [_HEAD, *_ROWS])
    (tmp_path / "documents.csv").write_text("document,group\ns.csv,wave 1\n", encoding="utf-8")
    documents, _ = read_documents(tmp_path)
    assert set(documents["group"]) == {"wave 1"}
    assert set(documents["case"]) == {"s: Q1", "s: Q2"}


def test_questions_are_told_apart_by_the_counts(tmp_path):
    documents = _read(_csv(tmp_path / "s.csv", [_HEAD, *_ROWS]))
    segments = segment(documents)
    matrix = np.ones((len(segments), 1), dtype=bool)
    counts = count(segments, matrix, ["a"], ["t"], documents, unit="documents", coder="anna")
    assert dict(zip(counts["case"], counts["count"], strict=True)) == {"s: Q1": 3, "s: Q2": 2}
    assert (
        count(segments, matrix, ["a"], ["t"], documents, by="group", coder="anna")["count"].sum()
        == 5
    )


def test_three_head_rows_of_qualtrics(tmp_path):
    head = ["StartDate", "ResponseId", "Q1", "Q2", "Q2_5_TEXT"]
    asked = [
        "Start Date",
        "Response ID",
        "Why did you come?",
        "Which of these?",
        "Which of these? - Other - Text",
    ]
    imports = [json.dumps({"ImportId": f"QID{n}"}) for n in range(5)]
    rows = [
        [f"2026-01-0{n + 1} 10:00:00", f"R_{n}a", first, "Warmth", second]
        for n, (first, second) in enumerate(_ANSWERS)
    ]
    documents = _read(_csv(tmp_path / "q.csv", [head, asked, imports, *rows]))
    assert documents["document"].tolist()[:2] == ["q.csv#R_0a / Q1", "q.csv#R_0a / Q2_5_TEXT"]
    assert len(documents) == 5
    assert documents["date"].iloc[0] == "2026-01-01 10:00:00"
    assert "Why did you come?" in documents["remarks"].iloc[0]


def test_two_head_rows_of_surveymonkey(tmp_path):
    head = [
        "Respondent ID",
        "Start Date",
        "What did you like?",
        "Which services?",
        "",
        "What else?",
    ]
    below = ["", "", "Open-Ended Response", "Meals", "Beds for the night", "Open-Ended Response"]
    rows = [
        [f"11{n}", "01/02/2026", first, "Meals", "Beds for the night", second]
        for n, (first, second) in enumerate(_ANSWERS)
    ]
    documents = _read(_csv(tmp_path / "m.csv", [head, below, *rows]))
    assert documents["document"].tolist()[:2] == [
        "m.csv#110 / What did you like?",
        "m.csv#110 / What else?",
    ]
    assert len(documents) == 5


def test_names_and_labels_are_two_head_rows():
    head = head_of(
        [["v1", "v2", "v3"], ["Age", "Income", "Why?"], ["3", "4", "So."], ["5", "6", "No."]]
    )
    assert (head.rows, head.questions) == (2, ["Age", "Income", "Why?"])
    assert head_of([["v1", "v2"], ["Age", "4"], ["3", "4"], ["5", "6"]]).rows == 1


def test_a_row_for_each_respondent_and_question_gives_a_document_for_each(tmp_path):
    rows = [["participant", "question", "answer"]]
    rows += [
        [f"p{n}", question, answer]
        for n, answers in enumerate(_ANSWERS)
        for question, answer in zip(("How was it?", "What is missing?"), answers, strict=True)
    ]
    documents = _read(_csv(tmp_path / "long.csv", rows))
    assert documents["document"].tolist()[:2] == [
        "long.csv#p0 / How was it?",
        "long.csv#p0 / What is missing?",
    ]
    assert len(documents) == 5


@pytest.mark.parametrize(
    ("cells", "is_open"),
    [
        (
            ["Strongly agree with this", "Neither agree nor disagree", "Strongly agree with this"]
            * 4,
            False,
        ),
        (["A warm meal;A bed to sleep in", "A bed to sleep in", "A warm meal"] * 4, False),
        ([f"Answer of my own, number {n} of all" for n in range(9)], True),
        (["2026-01-02 10:00:00"] * 3, False),
        (["https://example.org/some-long-address/with/words"] * 2, False),
        (["n/a", "N/A", "-", "We came by the early bus"], True),
        (["我们星期一见了市长，谈了住房和工作的问题。"], True),
        (
            [
                "More beds",
                "Longer opening hours",
                "nothing",
                "Food at night",
                "A quiet room",
                "no idea yet",
            ],
            True,
        ),
    ],
)
def test_what_is_an_open_question(cells, is_open):
    rows = [["Q1"], *([cell] for cell in cells)]
    assert running_text(head_of(rows[:1]), rows[1:]) == ([0] if is_open else [])


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Q1: What do you think of the hostel?", "Q1"),
        ("3. In your own words, what would you change here?", "3"),
        ("What would you change?", "What would you change?"),
        ("Question 12 - anything else that you would like to say?", "Question 12"),
        (
            "2019 was a year in which much changed; what was it for you?",
            "2019 was a year in which much changed; what was…",
        ),
    ],
)
def test_names_of_questions_are_short(name, label):
    assert question_label(name) == label


def test_respondents_without_an_id_are_numbered(tmp_path):
    rows = [["Why?", "What for?"], *(list(each) for each in _ANSWERS)]
    documents = _read(_csv(tmp_path / "s.csv", rows))
    assert documents["document"].tolist()[0] == "s.csv#1 / Why?"


def test_the_shared_case():
    documents, skipped = read_documents(
        shared_case("reading", "survey-several-questions") / "survey2.csv"
    )
    assert skipped.empty
    assert documents["document"].tolist() == [
        f"survey2.csv#{who} / {question}" for who in (101, 102) for question in ("Q1", "Q2")
    ]
    assert "kind to us" in documents["text"].iloc[0]
    assert "More beds" in documents["text"].iloc[3]
