"""The registry of coefficients: a coefficient that is added to it is everywhere, and rightly filed."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import fourp_nlp
from fourp_nlp import agreement
from fourp_nlp.agreement import CoefficientDefinition, Drawing
from fourp_nlp.agreement.intervals import coefficients_of_share as share
from fourp_nlp.agreement.intervals import count_formulas as counts
from fourp_nlp.cli import app
from fourp_nlp.study.measuring.agreement import agreement_in_full
from fourp_nlp.study.study import Study
from tests.test_agree_command import made, study  # noqa: F401 - fixtures
from tests.test_methods import facts_of, grid, told
from tests.test_methods_agreement import pair  # noqa: F401 - fixture

PACKAGE = Path(fourp_nlp.__file__).parent


def perreault_leigh_of(sums, disagreements):
    """Perreault and Leigh (1989), of q categories: sqrt((Po - 1 / q) q / (q - 1)), 0 below chance."""
    return np.sqrt(np.maximum(counts.brennan_prediger_of(sums, disagreements), 0.0))


PERREAULT_LEIGH = CoefficientDefinition(
    id="perreault_leigh",
    name="Perreault and Leigh's index",
    short="I_r",
    value_of=perreault_leigh_of,
    from_share=share.from_disagreement(
        lambda met: np.sqrt(np.maximum(share.brennan_prediger_of_coincidences(met), 0.0))
    ),
    chance="categories",
    pairs_only=True,
    needs_positives=False,
    for_pairs=frozenset({"pair_table", "screen", "report", "chart", "methods"}),
)


@pytest.fixture
def registered(monkeypatch):
    """The registry with one coefficient more, which stands in the middle of it."""
    usual = agreement.COEFFICIENTS
    monkeypatch.setattr(
        "fourp_nlp.agreement.coefficients.COEFFICIENTS", (*usual[:4], PERREAULT_LEIGH, *usual[4:])
    )


def labels_of(both, first, second, neither):
    pairs = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, first, second, neither], axis=0)
    return pairs[:, :, None].astype(float)


@pytest.mark.usefixtures("registered")
def test_a_registered_coefficient_is_measured_with_its_interval():
    # Of 100 units two coders agree on 85: sqrt(2 * 0.85 - 1).
    labels, documents = labels_of(40, 9, 6, 45), np.arange(100) % 5
    table = agreement.agreement_of_codes(
        labels, ["hope"], documents, units=["all"], drawing=Drawing(minima=(0.7,))
    )
    row = table.set_index("coefficient").loc["perreault_leigh"]
    assert row["value"] == pytest.approx(np.sqrt(0.7))
    assert row["low"] < row["value"] < row["high"]
    assert 0 < row["below"][0] < 1
    three = agreement.agreement_of_codes(labels[:, [0, 1, 1]], ["hope"], documents, units=["all"])
    assert "perreault_leigh" not in set(three["coefficient"])


@pytest.mark.usefixtures("registered")
def test_a_registered_coefficient_stands_in_the_files_on_the_screen_and_in_the_report(study):  # noqa: F811
    table = agreement_in_full(Study(study), coders=["anna", "ben"], thresholds=[0.8])
    rows = table[table["coefficient"] == "perreault_leigh"]
    assert set(rows["level"]) == {"code", "overall"}
    assert rows["against"].ne("").any(), "it is corrected for chance"
    run = CliRunner().invoke(
        app, ["agree", "-p", str(study.root), "--coders", "anna", "--coders", "ben"]
    )
    assert run.exit_code == 0, run.output
    assert "I_r" in run.output
    asked = [
        "agree",
        "-p",
        str(study.root),
        "--coefficient",
        "perreault_leigh",
        "--thresholds",
        ".8",
    ]
    assert "I_r lies" in CliRunner().invoke(app, asked).output
    assert CliRunner().invoke(app, ["report", "-p", str(study.root)]).exit_code == 0
    page = (study.reports / "report.html").read_text(encoding="utf-8")
    assert "<th>I_r</th>" in page.replace(' scope="col"', "")
    assert "I_r and its interval" in page
    for name in ("agreement", "agreement_full"):
        assert "perreault_leigh" in (study.reports / f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.usefixtures("registered")
def test_a_registered_coefficient_stands_in_the_methods_text(pair):  # noqa: F811
    facts = facts_of(pair)
    assert "Perreault and Leigh's index" in told(facts)
    assert "I_r" in grid(facts, "agreement-people-1")[0]


def test_a_coefficient_of_two_is_not_filed_by_its_place():
    corrected = agreement.chance_corrected_ids()
    assert "percent" not in corrected
    assert {"cohen_kappa", "gwet_ac1", "alpha_masi", "u_alpha"} <= {*corrected}
    for definition in agreement.select_coefficients():
        assert definition.name
        assert definition.heading[0].isupper()
        assert definition.higher_is_better


def test_other_names_of_coefficients_are_known():
    assert agreement.find_coefficient("Cohen's kappa").id == "cohen_kappa"
    assert agreement.find_coefficient("PABAK").id == "brennan_prediger"
    assert agreement.known_coefficient("nothing of the kind") is None
    names = [name for each in agreement.COEFFICIENTS for name in (each.id, *each.aliases)]
    assert len(names) == len(set(names)), "a name means one coefficient"
    with pytest.raises(ValueError, match="must be one of percent"):
        agreement.find_coefficient("nothing of the kind")


def test_a_coefficient_without_a_formula_over_labels_cannot_be_measured_on_them():
    nameless = replace(PERREAULT_LEIGH, value_of=agreement.find_coefficient("u_alpha").value_of)
    with pytest.raises(TypeError, match="not computed from counts"):
        nameless.value_of(None, None)


# Modules that compute what they name, and the note on kappa and AC1.
NOT_LISTS_OF_COEFFICIENTS = {
    "agreement/coefficients.py",
    "agreement/formulas/marginal_chance.py",
    "agreement/paradox.py",
    "agreement/unitizing.py",
}


def lists_of_coefficients(tree):
    """Yield lists, sets, tuples and dicts that name three coefficients or more."""
    ids = {each.id for each in agreement.COEFFICIENTS} - {"percent", "precision", "recall", "f1"}
    for node in ast.walk(tree):
        parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
        names = {part.value for part in parts if isinstance(part, ast.Constant)}
        if len(names & ids) >= 3:
            yield node.lineno


def test_no_other_module_lists_the_coefficients():
    lists = {}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        lines = list(lists_of_coefficients(ast.parse(path.read_text(encoding="utf-8"))))
        if lines and name not in NOT_LISTS_OF_COEFFICIENTS and not name.endswith("__init__.py"):
            lists[name] = lines
    assert lists == {}
