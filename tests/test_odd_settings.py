"""Settings and codebooks that nobody would write on purpose are refused with their line, never with a traceback."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.codebook import read_codebook
from fourp_nlp.errors import CodebookError, DocumentError, ProjectError
from fourp_nlp.study.project import OUTSIDE, open_project
from fourp_nlp.websites import read_sites
from tests.conftest import write_project

CODES = "codes:\n  - id: water\n    name: Water\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: a\nversion: 2024-05-01\n" + CODES, "line 2: 'version' must be text"),
        ("id: a\nversion: 2024-13-45\n" + CODES, "line 2: .*'2024-13-45' is no valid timestamp"),
        ("id: a\nversion: 12:30:45\n" + CODES, "line 2: 'version' must be text"),
        (f"id: a\nversion: {'9' * 5000}\n" + CODES, "line 2: .* is no valid int"),
        ("id: a\nversion: !!binary '%'\n" + CODES, "line 2"),
        ("id: a\nversion: !!set {b, c}\n" + CODES, "line 2: 'version' must be text"),
        ("id: a\nversion: !!timestamp soon\n" + CODES, "line 2: .*'soon' is no valid timestamp"),
        ("id: !!python/object:os.system x\n", "could not determine a constructor"),
        ("id: a\n" + CODES + "id: b\n", "line 5: The key 'id' is already at line 1"),
        ("id: a\n" + CODES + "    name: Tap\n", "line 5: The key 'name' is already at line 4"),
        (
            "id: a\n" + CODES + '    short_definition: "\\ud800"\n',
            "line 5: This is half of a character",
        ),
        ('id: "\\U00110000"\n', "line 1: .* does not encode a character"),
        ("2024-01-01: b\nid: a\n" + CODES, "A key here is no text"),
        ("? [a, b]\n: 1\n", "unhashable key"),
        ("a: &a [*a]\n", "into itself"),
        ("[" * 100_000, "nested too deeply"),
        ("- " * 100_000, "nested too deeply"),
        ("id: a\ncodes: !!omap [b: 1]\n", "'codes' must hold keys"),
    ],
)
def test_yaml_of_any_kind_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / "codebook.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CodebookError, match=message):
        read_codebook(path)


def test_aliases_that_unfold_without_end_are_refused_at_once(tmp_path):
    path = tmp_path / "codebook.yaml"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]"
        for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CodebookError, match="unfolds to more than 1,000,000 values"):
        read_codebook(path)


def test_a_codebook_with_the_escapes_of_json_holds_the_characters_meant(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_text("id: a\n" + CODES + '    examples: ["\\ud83d\\udca7 in the shed"]\n', "utf-8")
    codebook = read_codebook(path)
    assert codebook.all_codes[0].examples == ["💧 in the shed"]
    assert len(codebook.fingerprint()) == 64


def test_a_list_of_sites_is_read_as_carefully(tmp_path):
    path = tmp_path / "sites.yaml"
    for text, message in (
        ("[" * 100_000, "nested too deeply"),
        ("- id: a\n  website: a.org\n  id: b\n", "line 3: The key 'id' is already at line 1"),
        ("- id: no\n  website: a.org\n", "put quotes around it"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DocumentError, match=message):
            read_sites(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("odd") / "p").root


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[model]\nseed = -1", "line 2: 'model.seed' .* greater than or equal to 0"),
        ("[model]\nseed = 18446744073709551616", "line 2: 'model.seed' .* 4294967295"),
        ("[model]\nseed = true", "line 2: 'model.seed'"),
        (f"[model]\nseed = {'9' * 5000}", "a number is too long"),
        ("[model]\nprecision = nan", "line 2: 'model.precision'"),
        ('[model]\nname = "../away"', "line 2: 'model.name' cannot be the name of a folder"),
        (f'[model]\nname = "{"x" * 300}"', "line 2: 'model.name'"),
        ('corpus = "a\\u0000b"', "line 1: 'corpus' holds a character"),
        (f'codebook = "{"x" * 300}"', "line 1: 'codebook' is longer"),
        ("model = 1", "line 1: 'model' is a group of settings"),
        ("title = " + "[" * 100_000, "nested too deeply"),
        ("title = 2024-13-45", "not valid TOML"),
    ],
)
def test_settings_out_of_range_are_refused_with_their_line(folder, settings, message):
    (folder / "fourp.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(ProjectError, match=message):
        open_project(folder)


@pytest.mark.parametrize("pattern", ["/etc/*", "..", ".", "**", "**x", "nothing/*.csv", "["])
def test_patterns_that_name_no_file_of_the_project_are_refused(folder, pattern):
    (folder / "fourp.toml").write_text(f'[model]\ncoded_sentences = ["{pattern}"]', "utf-8")
    with pytest.raises(ProjectError, match=r"key model\.coded_sentences"):
        _ = open_project(folder).coded_sentences


@pytest.mark.parametrize("key", ["gold", "models", "reports", "exchange"])
def test_a_project_that_was_sent_cannot_have_us_write_elsewhere(folder, key, monkeypatch):
    elsewhere = folder.parent / "elsewhere"
    (folder / "fourp.toml").write_text(f'{key} = "../elsewhere"', "utf-8")
    with pytest.raises(ProjectError, match=f"outside the project: '{key}' leads to {elsewhere}"):
        open_project(folder)
    monkeypatch.setenv(OUTSIDE, str(elsewhere))
    assert str(elsewhere) in open_project(folder).outside()[0]


def test_links_that_would_have_us_write_elsewhere_are_refused(folder):
    (folder / "fourp.toml").write_text("", "utf-8")
    for name in ("fourp.sqlite", ".fourp", "reports"):
        (folder / name).symlink_to(folder.parent / "elsewhere")
        with pytest.raises(ProjectError, match="outside the project"):
            open_project(folder)
        (folder / name).unlink()
    assert open_project(folder).outside() == []


def test_what_is_read_from_elsewhere_is_named(folder):
    outside = folder.parent / "secret"
    outside.mkdir(exist_ok=True)
    (outside / "anna.csv").write_text("document,start,end,code,coder,quote\n", encoding="utf-8")
    (folder / "gold" / "ben.csv").symlink_to(outside / "anna.csv")
    (folder / "fourp.toml").write_text(
        'corpus = "../secret"\ncodebook = "../secret/c.yaml"\n[model]\ncoded_sentences = ["../s/*"]',
        "utf-8",
    )
    told = "\n".join(open_project(folder).outside())
    (folder / "gold" / "ben.csv").unlink()
    for named in ("'corpus'", "'codebook'", "'coded_sentences'", "ben.csv is a link"):
        assert named in told


def test_a_coders_name_that_no_file_can_have_is_refused_before_the_draw(folder):
    (folder / "fourp.toml").write_text("", "utf-8")
    with pytest.raises(ProjectError, match="cannot be the name of a coder"):
        open_project(folder).gold_of_draws("x" * 300)


@pytest.mark.parametrize("seed", ["-1", "4294967296", "18446744073709551616"])
def test_seeds_out_of_range_are_refused_by_every_command(folder, seed):
    (folder / "fourp.toml").write_text("", "utf-8")
    for command in (("next", "2"), ("agree",), ("agree", "--retest"), ("agree", "--anchoring")):
        result = CliRunner().invoke(app, [*command, "--seed", seed, "-p", str(folder)])
        assert result.exit_code == 2
        assert "--seed" in result.stderr
