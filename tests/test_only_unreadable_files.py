"""A corpus of which no file can be read says why, as one does of which some can."""

import pytest

from fourp_nlp.errors import ProjectError
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus
from tests.bad_files import OLE
from tests.cases import shared_case


@pytest.fixture
def project(tmp_path):
    (tmp_path / "fourp.toml").write_text("", encoding="utf-8")
    (tmp_path / "corpus").mkdir()
    return open_project(tmp_path)


def test_the_reason_and_the_cure_are_named(project):
    (project.corpus / "old.doc").write_bytes(OLE + b"\x00" * 504)
    with pytest.raises(
        ProjectError, match=r"old\.doc: Files of the kind \.doc .* save as \.docx\."
    ):
        read_corpus(project)


def test_every_reason_is_named_once_with_its_first_files(project):
    for number in range(5):
        (project.corpus / f"{number}.xls").write_bytes(OLE)
    (project.corpus / "empty.txt").write_bytes(b"")
    (project.corpus / "photo.jpeg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(ProjectError) as told:
        read_corpus(project)
    assert "0.xls, 1.xls, 2.xls and 2 more: Files of the kind .xls" in str(told.value)
    assert "empty.txt: The file is empty" in str(told.value)
    assert "photo.jpeg: Files of the kind '.jpeg'" in str(told.value)


def test_an_empty_folder_has_no_reasons(project):
    with pytest.raises(ProjectError, match=r"no document that can be read\. Put documents"):
        read_corpus(project)


def test_the_shared_case(project):
    content = (shared_case("reading", "only-unreadable-files") / "real.doc").read_bytes()
    (project.corpus / "real.doc").write_bytes(content)
    with pytest.raises(ProjectError, match=r"real\.doc: .*save as \.docx"):
        read_corpus(project)
