"""A word is the same everywhere: on screens, in rates, in reports and in what was scored."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourp_nlp.word_count import count_words
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("— … ! :-) • ___", 0),
        ("Don't stop the follow-up.", 4),
        ("It’s 3.5% (2018)", 3),
        ("an e-mail to www.example.org, info@example.org and/or #MeToo", 7),
        ("for years—and years – and--well", 6),
        ("1914–1918", 2),
        ("three_four", 1),
        ("Straßenverkehr und Ämter", 3),
        ("end.Begin", 1),
        ("tabs\tand\nlines\u00a0and\u3000spaces", 5),
        ("我们去学校。", 5),
        ("カタカナ と ABC", 6),
        ("서울에 갔다", 2),
        ("Они пришли, и мы ушли", 5),
        ("नमस्ते दुनिया", 2),
    ],
)
def test_words_are_counted_as_a_word_processor_does(text, words):
    assert count_words(text) == words


@given(st.text(), st.text())
def test_words_on_two_lines_are_those_of_each(first, second):
    assert count_words(f"{first}\n{second}") == count_words(first) + count_words(second)


@given(st.text(st.characters(categories=["P", "S", "Z"])))
def test_signs_alone_are_no_words(text):
    assert count_words(text) == 0


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1))
def test_plain_words_are_counted_by_the_spaces_between_them(words):
    assert count_words(" ".join(words)) == len(words)


def test_a_very_long_run_of_signs_takes_no_long_time():
    assert count_words("-_" * 500_000 + "–" * 500_000) == 0


WORDS = {"words", "visible_words", "repeated_words", "visible"}


def counted_by_spaces(path) -> list[int]:
    """Return the lines on which something called words is a number of parts between spaces."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named: list[tuple[str, ast.expr]] = []
        if isinstance(node, ast.keyword) and node.arg:
            named = [(node.arg, node.value)]
        elif isinstance(node, ast.Assign):
            named = [
                (at.slice.value, node.value)
                for at in node.targets
                if isinstance(at, ast.Subscript) and isinstance(at.slice, ast.Constant)
            ]
        elif isinstance(node, ast.Dict):
            named = [
                (key.value, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            ]
        for name, value in named:
            said = ast.unparse(value)
            if name in WORDS and ("split()" in said or "\\S" in said):
                found.append(node.lineno if hasattr(node, "lineno") else value.lineno)
    return found


def test_no_column_of_words_is_counted_in_another_way():
    wrong = {
        path.name: lines
        for path in (ROOT / "fourp_nlp").rglob("*.py")
        if (lines := counted_by_spaces(path))
    }
    assert wrong == {}
