"""The package as it is installed: complete, and of use from any folder."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

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
        "fourp_nlp/reporting/templates/page.css",
        "fourp_nlp/reporting/methods/references.bib",
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
        "codebook",
        "documents",
        "exchange",
        "frequencies",
        "machine.classifier",
        "reporting",
        "segments",
    ):
        loaded = __import__(f"fourp_nlp.{module}", fromlist=["__all__"])
        assert loaded.__all__ == sorted(
            loaded.__all__, key=lambda n: (not n.isupper(), not n[0].isupper(), n)
        )
        for name in loaded.__all__:
            assert getattr(loaded, name) is not None
    assert fourp_nlp.__version__


def test_every_folder_says_what_its_modules_are_for_and_keeps_its_private_ones():
    root = Path(fourp_nlp.__file__).parent
    for folder in [root, *(path.parent for path in root.rglob("*/__init__.py"))]:
        said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        listed = set(re.findall(r"^`([\w/]+)`:", said, flags=re.MULTILINE))
        there = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
        there |= {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
        assert listed == there, folder
        for path in folder.glob("*.py"):
            home = ".".join(("fourp_nlp", *folder.relative_to(root).parts))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fourp_nlp"):
                    place, _, last = node.module.rpartition(".")
                    assert not last.startswith("_") or place == home, (path, node.module)
