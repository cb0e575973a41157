"""One dialogue in files of every layout: each word is read under the person who said it."""

from difflib import SequenceMatcher

import pytest

from fourp_nlp.documents import read_documents
from fourp_nlp.segment import segment
from tests.transcript_files import FILES
from tests.transcript_forms import DIALOGUE


@pytest.fixture(scope="module")
def turns(tmp_path_factory):
    """The segments of each file, all of which are read at once."""
    folder = tmp_path_factory.mktemp("files")
    for name, form in FILES.items():
        (folder / f"{name}{form.suffix}").write_bytes(form.render(DIALOGUE))
    documents, skipped = read_documents(folder)
    assert skipped.empty
    return segment(documents, unit="turn")


@pytest.mark.parametrize("name", FILES)
def test_each_word_is_under_its_speaker(turns, name):
    own = turns[turns["document"] == f"{name}{FILES[name].suffix}"]
    read = [
        (word, speaker)
        for text, speaker in zip(own["text"], own["speaker"], strict=True)
        for word in text.split()
    ]
    said = [(word, speaker) for speaker, text in DIALOGUE for word in text.split()]
    blocks = SequenceMatcher(
        None, [word for word, _ in said], [word for word, _ in read], autojunk=False
    ).get_matching_blocks()
    right = sum(
        said[block.a + at][1] == read[block.b + at][1]
        for block in blocks
        for at in range(block.size)
    )
    assert right >= 0.99 * len(said)
    # Beyond what was said, a heading or a foot of a single page at most.
    assert len(read) - sum(block.size for block in blocks) <= 5
