"""The examples in the docstrings of agreement and frequencies run, and every public function has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

from fourp_nlp import agreement, frequencies

PACKAGES = (agreement, frequencies)


def modules():
    for package in PACKAGES:
        prefix = f"{package.__name__}."
        yield from (each.name for each in pkgutil.walk_packages(package.__path__, prefix))


@pytest.mark.parametrize("name", sorted(modules()))
def test_examples_print_what_they_say(name):
    outcome = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert outcome.failed == 0


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_every_public_function_has_an_example_and_is_typed(package):
    functions = {
        name: getattr(package, name)
        for name in package.__all__
        if inspect.isfunction(getattr(package, name))
    }
    assert [name for name, each in functions.items() if ">>> " not in (each.__doc__ or "")] == []
    for name, each in functions.items():
        unannotated = {*inspect.signature(each).parameters} - {*each.__annotations__}
        assert not unannotated, name
