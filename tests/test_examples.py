"""Every public function of the classifier, of calibration and of codebooks has an example that runs."""

from __future__ import annotations

import doctest
import inspect
import sys

import pytest

import fourp_nlp
from fourp_nlp import codebook, string_storage
from fourp_nlp.machine import calibration, classifier

PACKAGES = (fourp_nlp, classifier, calibration, codebook)
FUNCTIONS = [
    (f"{package.__name__}.{name}", getattr(package, name))
    for package in PACKAGES
    for name in package.__all__
    if inspect.isfunction(getattr(package, name))
]
FUNCTIONS += [
    ("CodeClassifier", classifier.CodeClassifier),
    ("python_strings", string_storage.python_strings),
]


@pytest.mark.parametrize(("name", "function"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_the_example_of_a_public_function_runs_and_shows_what_it_returns(name, function):
    module = sys.modules[function.__module__]
    finder = doctest.DocTestFinder(recurse=False)
    found = finder.find(inspect.unwrap(function), name, globs=dict(vars(module)))
    examples = [example for test in found for example in test.examples]
    assert any(example.want for example in examples), f"{name} has no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []
    for test in found:
        runner.run(test, out=told.append)
    assert not runner.failures, "".join(told)
