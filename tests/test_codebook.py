"""A codebook is checked as it is read, and every mistake is named with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.errors import CodebookError
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_codebook_has_the_studys_themes_and_indicators():
    codebook = read_codebook(ROOT / "corpus" / "codebook.yaml")
    assert [theme.name for theme in codebook.themes] == [
        "Prevention", "Protection", "Prosecution", "Partnerships",
    ]  # fmt: skip
    names = [code.name for code in codebook.all_codes]
    assert codebook.code_ids == [name.lower().replace(" ", "_") for name in names]
    assert len(names) == 11


def test_every_default_code_has_its_six_parts_and_is_told_from_a_neighbour():
    for code in read_codebook(ROOT / "corpus" / "codebook.yaml").all_codes:
        assert code.missing_parts() == []
        assert any(exclusion.use for exclusion in code.when_not_to_use)


@pytest.mark.parametrize(
    ("code", "neighbour"),
    [
        ("train_law_enforcement", "train_service_providers"),
        ("train_service_providers", "train_law_enforcement"),
        ("protect_vulnerable_populations", "reduce_vulnerabilities"),
        ("reduce_vulnerabilities", "protect_vulnerable_populations"),
        ("information_and_awareness", "practical_strategies"),
        ("practical_strategies", "information_and_awareness"),
        ("improve_detection", "train_law_enforcement"),
        ("supporting_investigations", "support_and_assist_victims"),
        ("support_and_assist_victims", "supporting_investigations"),
        ("enhance_collaboration", "inform_policy"),
        ("inform_policy", "enhance_collaboration"),
    ],
)
def test_codes_that_people_confuse_say_when_the_other_applies(code, neighbour):
    codes = {c.id: c for c in read_codebook(ROOT / "corpus" / "codebook.yaml").all_codes}
    assert neighbour in {exclusion.use for exclusion in codes[code].when_not_to_use}


def test_a_codebook_of_one_level_is_read(tmp_path):
    path = _write(
        tmp_path / "c.yaml", "id: x\ncodes:\n  - {id: a, name: A}\n  - {id: b, name: B}\n"
    )
    codebook = read_codebook(path)
    assert codebook.code_ids == ["a", "b"]
    assert codebook.code_themes == ["", ""]


def test_every_mistake_is_named_with_file_and_line(tmp_path):
    path = _write(
        tmp_path / "c.yaml",
        "id: x\ncodes:\n  - id: Big Id\n    name: A\n    shrt_definition: s\n  - id: b\n"
        "    name: 3\n    examples: none\n",
    )
    with pytest.raises(CodebookError) as caught:
        read_codebook(path)
    message = str(caught.value)
    assert str(path) in message
    assert "line 3: 'id': 'Big Id' is not an id" in message
    assert "line 5: 'shrt_definition' is not a key" in message
    assert "did you mean 'short_definition'?" in message
    assert "line 7: 'name' must be text" in message
    assert "line 8: 'examples' must be a list" in message


def test_a_reference_to_an_unknown_code_is_named_with_the_nearest(tmp_path):
    text = (
        "id: x\ncodes:\n  - id: alpha\n    name: A\n    when_not_to_use:\n      - when: w\n"
        "        use: betta\n  - {id: beta, name: B}\n"
    )
    with pytest.raises(CodebookError, match=r"line 7: 'betta' .* did you mean 'beta'\?"):
        read_codebook(_write(tmp_path / "c.yaml", text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "id: x\ncodes:\n  - {id: a, name: A}\n  - {id: a, name: B}\n",
            "line 4: The id 'a' stands at line 3",
        ),
        ("id: x\ncodes:\n  - {id: a, name: A}\n  - {id: b, name: a}\n", "line 4: The name 'a'"),
        ("id: x\n", "has no codes"),
        ("id: x\ncodes:\n  - id: a\n   name: A\n", "not valid YAML"),
        ("- a\n- b\n", "line 1: A codebook is a mapping"),
        ("", "line 1: A codebook is a mapping"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(tmp_path, text, said):
    with pytest.raises(CodebookError, match=said):
        read_codebook(_write(tmp_path / "c.yaml", text))


def test_a_missing_codebook_is_named(tmp_path):
    with pytest.raises(CodebookError, match="no such codebook"):
        read_codebook(tmp_path / "none.yaml")


def test_the_fingerprint_follows_the_words_and_not_the_layout(tmp_path):
    one = read_codebook(_write(tmp_path / "1.yaml", "id: x\ncodes:\n  - {id: a, name: A}\n"))
    same = read_codebook(_write(tmp_path / "2.yaml", "# note\nid: x\ncodes:\n- id: a\n  name: A\n"))
    other = read_codebook(_write(tmp_path / "3.yaml", "id: x\ncodes:\n  - {id: a, name: AA}\n"))
    assert one.fingerprint() == same.fingerprint() != other.fingerprint()
