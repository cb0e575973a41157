"""A codebook is checked as it is read, and every mistake is named with its line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from fourp_nlp.codebook import Code, Codebook, read_codebook, write_codebook
from fourp_nlp.errors import CodebookError
from tests.codebooks import codebooks
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
            "line 4: The id 'a' is already at line 3",
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


def test_codes_stand_below_codes_as_deep_as_one_likes(tmp_path):
    codebook = read_codebook(
        _write(
            tmp_path / "c.yaml",
            "id: x\nthemes:\n  - id: t\n    name: T\n    codes:\n      - {id: a, name: A}\n"
            "      - {id: b, name: B, parent: a, color: '#1f77b4'}\n"
            "      - {id: c, name: C, parent: b}\n",
        )
    )
    assert [code.parent for code in codebook.all_codes] == ["", "a", "b"]
    assert [code.color for code in codebook.all_codes] == ["", "#1F77B4", ""]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (
            "  - {id: a, name: A, parent: b}\n  - {id: b, name: B}\n",
            "line 3: 'parent' of 'a' names 'b', which comes later; move that one above",
        ),
        ("  - {id: a, name: A, parent: a}\n", "line 3: 'a' would be below itself"),
        (
            "  - {id: a, name: A, parent: b}\n  - {id: b, name: B, parent: a}\n",
            "line 4: 'b' would be below itself",
        ),
        (
            "  - {id: alpha, name: A}\n  - {id: b, name: B, parent: alpah}\n",
            r"line 4: 'parent' of 'b' names 'alpah', .* did you mean 'alpha'\?",
        ),
        ("  - {id: a, name: A, parent: A b}\n", "line 3: 'parent': 'A b' is not an id"),
        ("  - {id: a, name: A, color: red}\n", "line 3: 'color': 'red' is not a colour"),
        (
            "  - id: a\n    name: A\n    color: #ff0000\n",
            "line 5: 'color' must be text; put quotes",
        ),
    ],
)
def test_a_parent_or_colour_that_cannot_be_is_named_with_its_line(tmp_path, codes, said):
    with pytest.raises(CodebookError, match=said):
        read_codebook(_write(tmp_path / "c.yaml", f"id: x\ncodes:\n{codes}"))


def test_a_parent_of_another_theme_is_refused(tmp_path):
    text = (
        "id: x\nthemes:\n  - {id: t, name: T, codes: [{id: a, name: A}]}\n"
        "  - {id: u, name: U, codes: [{id: b, name: B, parent: a}]}\n"
    )
    with pytest.raises(CodebookError, match=r"line 4: .* is a code of another theme"):
        read_codebook(_write(tmp_path / "c.yaml", text))


def test_what_stands_below_a_theme_that_is_a_code_is_not_said_twice(tmp_path):
    text = (
        "id: x\nthemes:\n  - id: flood_theme\n    name: Flood\n    codes:\n"
        "      - {id: flood, name: Flood}\n      - {id: a, name: A}\n"
    )
    book = read_codebook(_write(tmp_path / "c.yaml", text))
    assert book.themes_that_are_codes() == {"flood_theme": "flood"}
    with pytest.raises(CodebookError, match=r"line 7: .* leave 'parent' out"):
        read_codebook(
            _write(tmp_path / "d.yaml", text.replace("name: A}", "name: A, parent: flood}"))
        )


def test_the_word_for_a_code_is_kept_and_changes_no_meaning(tmp_path):
    text = "id: x\ncodes: [{id: a, name: A}]\n"
    plain = read_codebook(_write(tmp_path / "c.yaml", text))
    own = read_codebook(_write(tmp_path / "d.yaml", "code_noun: theme\n" + text))
    assert (plain.code_noun, own.code_noun) == ("code", "theme")
    assert own.fingerprint() == plain.fingerprint()
    assert read_codebook(write_codebook(own, tmp_path / "e.yaml")).code_noun == "theme"
    with pytest.raises(CodebookError, match=r"line 1.*code_noun"):
        read_codebook(_write(tmp_path / "f.yaml", 'code_noun: ""\n' + text))


def test_a_parent_changes_the_fingerprint_and_a_colour_does_not(tmp_path):
    def fingerprint(more):
        text = f"id: x\ncodes:\n  - {{id: a, name: A}}\n  - {{id: b, name: B{more}}}\n"
        return read_codebook(_write(tmp_path / "c.yaml", text)).fingerprint()

    assert fingerprint("") == fingerprint(", color: '#000000'") != fingerprint(", parent: a")


def test_codebooks_without_depth_keep_the_fingerprint_that_models_know():
    codebook = read_codebook(ROOT / "corpus" / "codebook.yaml")
    model = json.loads((ROOT / "models" / "four-ps" / "model.json").read_text(encoding="utf-8"))
    assert codebook.fingerprint() == model["card"]["codebook_sha256"]
    assert all(
        not {"parent", "color"} & code.keys()
        for t in codebook.wording()["themes"]
        for code in t["codes"]
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(codebooks())
def test_a_codebook_that_is_written_is_read_back_equal(tmp_path, codebook):
    path = write_codebook(codebook, tmp_path / "c.yaml", overwrite=True)
    assert read_codebook(path) == codebook
    assert read_codebook(path).fingerprint() == codebook.fingerprint()


def test_the_shipped_codebook_is_written_readably(tmp_path):
    codebook = read_codebook(ROOT / "corpus" / "codebook.yaml")
    path = write_codebook(codebook, tmp_path / "c.yaml")
    assert read_codebook(path) == codebook
    text = path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) < 120
    assert "\\" not in text
    assert "null" not in text


def test_a_codebook_is_never_written_over_another_by_chance(tmp_path):
    codebook = read_codebook(ROOT / "corpus" / "codebook.yaml")
    (path := tmp_path / "c.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(CodebookError, match=r"c\.yaml: There is a codebook of this name"):
        write_codebook(codebook, path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_codebook_that_could_not_be_read_back_is_not_written(tmp_path):
    twice = Codebook(id="x", codes=[Code(id="a", name="A"), Code(id="b", name="a")])
    with pytest.raises(CodebookError, match="The name 'a'"):
        write_codebook(twice, tmp_path / "c.yaml")
    assert not list(tmp_path.iterdir())
