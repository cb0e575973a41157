"""Frequencies count what the study counts, over a complete grid, with totals that add up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import TableError
from fourp_nlp.frequencies import count, with_totals
from fourp_nlp.tables import FREQUENCIES, empty

CODES = ["awareness", "strategies", "victims"]
THEMES = ["prevention", "prevention", "protection"]
DOCUMENTS = pd.DataFrame(
    [
        ("ottawa/talk", "Ottawa", "Ontario"),
        ("ottawa/slides", "Ottawa", ""),
        ("alberta/talk", "Alberta", "provincial"),
        ("notes", "", ""),
    ],
    columns=["document", "case", "group"],
)


def coded(**documents):
    """Make segments and a matrix from a string of code initials for each segment."""
    rows, matrix = [], []
    for name, marks in documents.items():
        for number, mark in enumerate(marks):
            rows.append((name.replace("_", "/"), number))
            matrix.append([code[0] in mark for code in CODES])
    segments = pd.DataFrame(rows, columns=["document", "segment"])
    return segments, np.array(matrix, dtype=bool).reshape(-1, len(CODES))


TALKS = coded(
    ottawa_talk=["a", "a", "", "av", "v", "a"],
    ottawa_slides=["a", "a"],
    alberta_talk=["", "s", "s"],
)


def frequencies(made=TALKS, documents=DOCUMENTS, **options):
    return count(*made, CODES, THEMES, documents, **{"coder": "ana", **options})


def counts(found, code):
    return found[found["code"] == code].set_index("case")["count"].to_dict()


def test_neighbouring_segments_with_a_code_are_one_occurrence():
    found = frequencies()
    assert list(found.columns) == FREQUENCIES.names
    assert counts(found, "awareness") == {"Ottawa": 4, "Alberta": 0, "notes": 0}
    assert counts(found, "victims") == {"Ottawa": 1, "Alberta": 0, "notes": 0}
    assert counts(found, "strategies") == {"Ottawa": 0, "Alberta": 1, "notes": 0}
    assert set(found["unit"]) == {"occurrences"}
    assert set(found["coder"]) == {"ana"}


def test_a_run_ends_with_its_document_and_with_a_missing_number():
    segments, matrix = coded(ottawa_talk=["a", "a", "a"], ottawa_slides=["a"])
    assert counts(frequencies((segments, matrix)), "awareness")["Ottawa"] == 2
    segments.loc[2, "segment"] = 3
    assert counts(frequencies((segments, matrix)), "awareness")["Ottawa"] == 3


def test_the_order_of_the_segments_does_not_matter():
    segments, matrix = TALKS
    order = np.random.default_rng(0).permutation(len(segments))
    shuffled = (segments.iloc[order], matrix[order])
    pd.testing.assert_frame_equal(frequencies(shuffled), frequencies())


def test_segments_and_documents_are_counted_as_well():
    assert counts(frequencies(unit="segments"), "awareness")["Ottawa"] == 6
    assert counts(frequencies(unit="documents"), "awareness")["Ottawa"] == 2
    assert counts(frequencies(unit="documents"), "victims")["Ottawa"] == 1


def test_the_grid_is_complete_by_case_document_and_group():
    by_case = frequencies()
    assert by_case["case"].drop_duplicates().tolist() == ["Ottawa", "Alberta", "notes"]
    assert by_case["group"].drop_duplicates().tolist() == ["Ontario", "provincial", ""]
    assert len(by_case) == 9
    by_document = frequencies(by="document")
    assert by_document["document"].drop_duplicates().tolist() == DOCUMENTS["document"].tolist()
    assert len(by_document) == 12
    by_group = frequencies(by="group")
    assert by_group["group"].drop_duplicates().tolist() == ["Ontario", "", "provincial"]
    assert set(by_group["case"]) == {""}
    for found in (by_case, by_document, by_group):
        assert found["count"].sum() == 6
        assert found["theme"].tolist() == THEMES * (len(found) // 3)


def test_nothing_coded_gives_a_grid_of_zeros():
    segments, matrix = coded()
    found = frequencies((segments, matrix))
    assert len(found) == 9
    assert found["count"].sum() == 0


@settings(max_examples=60, deadline=None)
@given(
    marks=st.lists(
        st.lists(st.sampled_from(["", "a", "v", "av", "asv"]), max_size=8), min_size=3, max_size=3
    )
)
def test_counts_are_those_of_reading_one_by_one(marks):
    names = DOCUMENTS["document"][:3]
    made = coded(**{n.replace("/", "_"): m for n, m in zip(names, marks, strict=True)})
    found = frequencies(made, by="document").set_index(["document", "code"])["count"]
    for name, segments in zip(names, marks, strict=True):
        for code in CODES:
            line = "".join("x" if code[0] in mark else " " for mark in segments)
            assert found[name, code] == len(line.split())


def test_totals_of_rows_columns_and_themes():
    wide = with_totals(frequencies())
    assert wide.columns.tolist() == ["Ottawa", "Alberta", "notes", "total"]
    assert wide.index.tolist() == [
        ("prevention", "awareness"),
        ("prevention", "strategies"),
        ("prevention", "total"),
        ("protection", "victims"),
        ("protection", "total"),
        ("total", "total"),
    ]
    assert wide.to_numpy().tolist() == [
        [4, 0, 0, 4],
        [0, 1, 0, 1],
        [4, 1, 0, 5],
        [1, 0, 0, 1],
        [1, 0, 0, 1],
        [5, 1, 0, 6],
    ]
    assert all(kind == "int64" for kind in wide.dtypes)
    assert wide.columns.name == "case"
    assert wide.index.names == ["theme", "code"]


def test_documents_or_groups_stand_across_when_counted_by_them():
    assert with_totals(frequencies(by="group")).columns.tolist() == [
        "Ontario",
        "",
        "provincial",
        "total",
    ]
    wide = with_totals(frequencies(by="document"), total="sum")
    assert wide.columns.tolist() == [*DOCUMENTS["document"], "sum"]
    assert wide.loc[("sum", "sum"), "sum"] == 6


def test_an_empty_table_has_totals_of_nothing():
    wide = with_totals(empty(FREQUENCIES))
    assert wide.index.tolist() == [("total", "total")]
    assert wide["total"].tolist() == [0]


def test_what_cannot_be_laid_out_is_refused():
    found = frequencies()
    with pytest.raises(TableError, match="more than one coder: ana, bo"):
        with_totals(pd.concat([found, found.assign(coder="bo")]))
    with pytest.raises(TableError, match="a case and code twice"):
        with_totals(pd.concat([found, found]))
    with pytest.raises(TableError, match="is called 'Ottawa'"):
        with_totals(found, total="Ottawa")
    with pytest.raises(TableError, match="lack a code in some case"):
        with_totals(found.iloc[1:])


def test_wrong_input_is_refused():
    segments, matrix = TALKS
    with pytest.raises(ValueError, match="occurrences, segments, documents"):
        frequencies(unit="words")
    with pytest.raises(ValueError, match="case, document, group"):
        frequencies(by="speaker")
    with pytest.raises(ValueError, match="The matrix is of shape"):
        frequencies((segments, matrix[:-1]))
    with pytest.raises(TableError, match="'ottawa/talk', which is not among the documents"):
        frequencies(documents=DOCUMENTS.iloc[1:])
    with pytest.raises(TableError, match="'notes' is twice"):
        frequencies(documents=pd.concat([DOCUMENTS, DOCUMENTS.iloc[3:]]))
    with pytest.raises(TableError, match="A segment is twice"):
        frequencies((pd.concat([segments, segments]), np.concatenate([matrix, matrix])))
    with pytest.raises(TableError, match=r"'Ottawa' belongs to more than one group.*same group"):
        frequencies(documents=DOCUMENTS.assign(group=["a", "b", "", ""]))
    with pytest.raises(TableError, match="lacks the column\\(s\\) group"):
        frequencies(documents=DOCUMENTS.drop(columns="group"))
