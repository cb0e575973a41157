"""Writes codebooks as YAML that reads back equal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

import fourp_nlp
from fourp_nlp.codebook._rules import broken_rules
from fourp_nlp.codebook.reader import YAML_ENDINGS
from fourp_nlp.errors import CodebookError
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    from fourp_nlp.codebook.codebook import Codebook

__all__ = ["codebook_text", "part_text", "write_codebook"]

_WIDTH = 100  # characters of a line


def write_codebook(codebook: Codebook, path: Path | str, *, overwrite: bool = False) -> Path:
    """Write a codebook that `read_codebook` reads back equal.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : path
        The file: YAML, or one of the other formats that `docs/codebook.md` describes, by its ending.
    overwrite : bool, default False
        Whether an earlier file may be replaced. Its comments are lost then.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    CodebookError
        If the file is there already, or the codebook breaks a rule that `read_codebook` holds it to.
    FourpError
        If the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fourp_nlp.codebook import Code, Codebook, read_codebook
    >>> codebook = Codebook(id="plots", codes=[Code(id="water", name="Water")])
    >>> with TemporaryDirectory() as folder:
    ...     read_codebook(write_codebook(codebook, Path(folder) / "plots.yaml")) == codebook
    True
    """
    path = Path(path)
    if path.suffix.lower() not in YAML_ENDINGS:
        return fourp_nlp.write_codebook(codebook, path, overwrite=overwrite)
    if path.exists() and not overwrite:
        raise CodebookError(
            "There is a codebook of this name already; nothing was changed.",
            file=path,
            cure="Name another file.",
        )
    text = codebook_text(codebook)
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    return path


def codebook_text(codebook: Codebook) -> str:
    """Return what a codebook's file holds.

    Parameters
    ----------
    codebook : Codebook
        The codebook.

    Returns
    -------
    str
        YAML that `parse_codebook` reads back equal.

    Raises
    ------
    CodebookError
        If the codebook breaks a rule that a file is held to.

    Examples
    --------
    >>> from fourp_nlp.codebook import Code, Codebook
    >>> print(codebook_text(Codebook(id="plots", codes=[Code(id="water", name="Water")])), end="")
    id: plots
    codes:
      - id: water
        name: Water
    """
    problems = [sentence for _, sentence in broken_rules(codebook, None)]
    if problems:
        raise CodebookError(f"The codebook cannot be written: {' '.join(problems)}")
    return str(
        yaml.dump(
            _shortest(codebook.model_dump(exclude_defaults=True)),
            Dumper=_Readable,
            sort_keys=False,
            allow_unicode=True,
            width=_WIDTH,
        )
    )


def part_text(values: object, column: int) -> str:
    """Return plain values as YAML that is to stand at a column of a codebook's file.

    Parameters
    ----------
    values : object
        Keys and values, as `Codebook.model_dump` gives them.
    column : int
        How many spaces stand before each line.

    Returns
    -------
    str
        Whole lines.

    Examples
    --------
    >>> print(part_text({"examples": ["The tap drips."]}, 2), end="")
      examples:
        - The tap drips.
    """
    text = yaml.dump(
        _shortest(values), Dumper=_Readable, sort_keys=False, allow_unicode=True,
        width=max(_WIDTH - column, _WIDTH // 2),
    )  # fmt: skip
    return "\n".join(" " * column + line if line.strip() else line for line in text.split("\n"))


def _shortest(value: object) -> object:
    """Return plain values with each exclusion that names no code as its text alone."""
    if isinstance(value, list):
        return [_shortest(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"when"}:
        return value["when"]
    return {key: _shortest(item) for key, item in value.items()}


class _Readable(yaml.SafeDumper):
    """Indents the items of lists below their key, and folds long texts."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002 - as it is called
        super().increase_indent(flow, False)  # noqa: FBT003

    def represent_text(self, text: str) -> yaml.ScalarNode:
        style = ">" if len(text) > _WIDTH * 3 // 4 else None
        style = "|" if "\n" in text else style
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _Readable.represent_text)
