"""Sentence ends at hard places: what was measured may not get worse."""

import pytest

from fourp_nlp.segments import segment
from fourp_nlp.tables import DOCUMENTS
from tests.boundaries import FRESH, Score, read_items, spans_of
from tests.filled import filled

EXACT = {
    "titles and initials",
    "numbers",
    "quotations",
    "ellipses",
    "addresses and file names",
    "headings",
    "lists",
    "transcripts",
    "wrapped lines",
    "speech-to-text",
    "long lines",
    "colons and semicolons",
}
"""Kinds of which every place is right, and nothing else is cut."""


def scores_of(items):
    names = [f"{number:04}" for number in range(len(items))]
    table = segment(filled(DOCUMENTS, {"document": names, "text": [item.text for item in items]}))
    scores = {"all": Score()}
    for name, item in zip(names, items, strict=True):
        own = table[table["document"] == name]
        cuts = item.cuts(zip(own["start"], own["end"], strict=True))
        scores["all"].add(item, cuts)
        scores.setdefault(item.kind, Score()).add(item, cuts)
    return scores


@pytest.fixture(scope="module")
def scores():
    return scores_of(read_items())


def test_hard_places_stay_as_right_as_they_were_measured(scores):
    whole = scores["all"]
    assert whole.places >= 450
    assert whole.right >= 462
    assert whole.false <= 5


@pytest.mark.parametrize("kind", sorted(EXACT))
def test_every_place_of_these_kinds_is_right(scores, kind):
    score = scores[kind]
    assert score.places > 5
    assert (score.right, score.false) == (score.places, 0)


def test_places_by_which_no_rule_was_changed_stay_right_too():
    whole = scores_of(read_items(FRESH))["all"]
    assert whole.places >= 120
    assert whole.right >= 116
    assert whole.false <= 4


def test_a_place_that_nobody_decided_is_an_error(tmp_path):
    path = tmp_path / "places.txt"
    path.write_text("= kind\nWe left.| They came. Nobody spoke.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Nobody decided"):
        read_items(path)


def test_labels_are_no_places_and_every_other_cut_counts(tmp_path):
    path = tmp_path / "places.txt"
    path.write_text("= kind\n{ANNA:} We left at 5 p.m.~ today.| It rained.\n", encoding="utf-8")
    (item,) = read_items(path)
    assert item.text == "ANNA: We left at 5 p.m. today. It rained."
    assert (len(item.ends), len(item.others)) == (1, 1)
    score = Score()
    sentences = ["ANNA:", "We left", "at 5 p.m. today. It rained."]
    score.add(item, item.cuts(spans_of(item.text, sentences)))
    assert (score.found, score.false, score.right) == (0, 1, 1)
