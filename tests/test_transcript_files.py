"""Dialogues in files of every layout: each word is read under the person who said it."""

import pytest

from fourp_nlp.documents import read_documents
from fourp_nlp.segments import segment
from tests.transcript_files import FILES
from tests.transcript_forms import DIALOGUE, SECOND_DIALOGUE, words_right

DIALOGUES = {"first": DIALOGUE, "second": SECOND_DIALOGUE}


@pytest.fixture(scope="module")
def segments(tmp_path_factory):
    """The segments of each file, all of which are read at once."""
    folder = tmp_path_factory.mktemp("files")
    for which, dialogue in DIALOGUES.items():
        for name, form in FILES.items():
            (folder / f"{which}_{name}{form.suffix}").write_bytes(form.render(dialogue))
    documents, skipped = read_documents(folder)
    assert skipped.empty
    return segment(documents, unit="turn")


@pytest.mark.parametrize("which", DIALOGUES)
@pytest.mark.parametrize("name", FILES)
def test_each_word_is_under_its_speaker(segments, name, which):
    own = segments[segments["document"] == f"{which}_{name}{FILES[name].suffix}"]
    words, right, strange = words_right(own, DIALOGUES[which])
    assert right >= 0.99 * words
    # Beyond what was said, a heading or a foot of a single page at most.
    assert strange <= 5
