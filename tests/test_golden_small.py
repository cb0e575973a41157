"""Nearly every command, on a small study: what it prints and writes is what it printed and wrote."""

from __future__ import annotations

import pytest

from tests.golden_run import differences, read_golden
from tests.small_golden_run import GOLDEN, SCENARIOS, run_scenario


@pytest.fixture(scope="module")
def golden():
    return read_golden(GOLDEN)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_command_prints_and_writes_what_it_did(name, golden):
    found = differences(golden.of_step(name), run_scenario(name))
    assert not found, (
        "Is each of these differences meant? If so: python scripts/update_golden.py\n"
        + "\n".join(found)
    )
