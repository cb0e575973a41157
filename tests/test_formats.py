"""Formats are found by name or ending, and nothing is written that was not asked for."""

import pytest

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import FORMATS, format_of


@pytest.mark.parametrize(
    ("path", "name", "found"),
    [("a/b.qdpx", "", "qdpx"), ("B.QDC", "", "qdc"), ("study.zip", "qdpx", "qdpx")],
)
def test_a_format_is_told_by_its_ending_or_by_name(path, name, found):
    assert format_of(path, name, written=True).name == found


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("a.xyz", "", r"a\.xyz: No format has the ending '\.xyz'\. There are: qdpx \(\.qdpx\)"),
        ("a", "", "The file's name has no ending"),
        ("a.qdpx", "nvivo", "There is no format 'nvivo'. There are: qdpx"),
    ],
)
def test_what_is_no_format_is_refused_with_those_that_there_are(path, name, said):
    with pytest.raises(ExchangeError, match=said):
        format_of(path, name, written=True)


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_every_format_has_the_functions_that_it_names(form):
    assert form.endings
    assert form.says
    for name, function in ((form.reader, form.read), (form.writer, form.write)):
        if name:
            assert callable(function())
        else:
            with pytest.raises(ExchangeError, match=f"the format '{form.name}'"):
                function()
