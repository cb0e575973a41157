"""The notebook goes from three documents to corrected frequencies, and shows what its cells show."""

from __future__ import annotations

import json

import pytest

from scripts.run_notebook import NOTEBOOK, differences, run, run_cell


@pytest.fixture(scope="module")
def books():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8")), run(NOTEBOOK)


def test_every_cell_runs_and_shows_what_the_notebook_shows(books):
    assert differences(*books) == []


def test_the_notebook_comes_to_agreement_and_to_corrected_frequencies(books):
    shown = "".join("".join(cell["source"]) for cell in books[1]["cells"])
    assert "study.agreement()" in shown
    assert "study.frequencies(corrected=True)" in shown
    tables = [
        "".join(output["data"]["text/html"])
        for cell in books[1]["cells"]
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert any("cohen_kappa" in table for table in tables)
    assert any("corrected" in table for table in tables)


def test_another_output_is_told():
    cell = {"cell_type": "code", "source": ["1 + 1"], "outputs": run_cell("1 + 1", {})}
    other = {**cell, "outputs": run_cell("1 + 2", {})}
    assert differences({"cells": [cell]}, {"cells": [cell]}) == []
    (told,) = differences({"cells": [cell]}, {"cells": [other]})
    assert told.startswith("cell 1")
