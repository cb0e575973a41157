"""The package as it is installed: complete, and of use from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import pytest

import fourp_nlp
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel and unpack it where nothing of the repository is near."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def test_codebook_model_template_and_licence_travel_in_the_wheel(installed):
    names = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    for name in (
        "fourp_nlp/shipped_files/codebook.yaml",
        "fourp_nlp/shipped_files/four-ps/manifest.json",
        "fourp_nlp/shipped_files/training/reports_and_minutes.csv",
        "fourp_nlp/reporting/templates/report.html.j2",
        "fourp_nlp/py.typed",
    ):
        assert name in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests", "corpus", "gold")) for name in names)


def test_the_installed_package_codes_a_file_in_any_folder(installed, tmp_path):
    (tmp_path / "talk.txt").write_text("Our nurses were taught what to ask. Then it rained.")
    code = "import fourp_nlp, sys; from fourp_nlp.cli import main; sys.argv[0] = 'fourp'; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "suggest", "talk.txt", "--json", "--all-codes"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    best = max((row for row in rows if row["segment"] == 0), key=lambda row: row["probability"])
    assert best["code"] == "train_service_providers"
    assert best["model"].startswith("four-ps@")


def test_what_is_public_is_stated_and_exists():
    for module in (
        "agreement",
        "classify",
        "documents",
        "frequency",
        "gold",
        "pipeline",
        "report",
        "segment",
    ):
        loaded = __import__(f"fourp_nlp.{module}", fromlist=["__all__"])
        assert loaded.__all__ == sorted(
            loaded.__all__, key=lambda n: (not n.isupper(), not n[0].isupper(), n)
        )
        for name in loaded.__all__:
            assert getattr(loaded, name) is not None
    assert fourp_nlp.__version__
