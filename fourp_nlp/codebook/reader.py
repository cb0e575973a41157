"""Reads codebooks from YAML and says, with line numbers, what is wrong in them."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fourp_nlp.codebook._rules import broken_rules, line_of
from fourp_nlp.codebook.codebook import AppliesTo, Code, Codebook, Exclusion, Theme
from fourp_nlp.errors import CodebookError
from fourp_nlp.files.plain_yaml import read_plain_yaml

__all__ = ["parse_codebook", "read_codebook"]


def read_codebook(path: Path | str) -> Codebook:
    """Read and validate a codebook.

    Parameters
    ----------
    path : path
        A YAML file; `docs/codebook.md` describes its keys.

    Returns
    -------
    Codebook
        The validated codebook.

    Raises
    ------
    CodebookError
        If the file cannot be read or breaks a rule. The message names the file, every line
        concerned and what to write instead.

    Examples
    --------
    >>> from fourp_nlp.machine.shipped_model import shipped_codebook
    >>> codebook = read_codebook(shipped_codebook())
    >>> [theme.name for theme in codebook.themes]
    ['Prevention', 'Protection', 'Prosecution', 'Partnerships']
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CodebookError(
            "There is no such codebook.", file=path, cure="Check `codebook` in fourp.toml."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError(
            f"The codebook cannot be read: {error}.", file=path, cure="Save it as UTF-8 text."
        ) from error
    return parse_codebook(text, path)


def parse_codebook(text: str, path: Path) -> Codebook:
    r"""Read and validate a codebook's text.

    Parameters
    ----------
    text : str
        YAML.
    path : pathlib.Path
        Where it is from, or is to go, for messages.

    Returns
    -------
    Codebook
        The validated codebook.

    Raises
    ------
    CodebookError
        If it breaks a rule.

    Examples
    --------
    >>> text = "id: plots\ncodes:\n  - id: water\n    name: Water\n"
    >>> parse_codebook(text, Path("plots.yaml")).code_ids
    ['water']
    >>> parse_codebook(text.replace("name", "nam"), Path("plots.yaml"))
    Traceback (most recent call last):
        ...
    fourp_nlp.errors.CodebookError: plots.yaml: 2 things to mend:
      line 3: 'name' is missing; add it here.
      line 4: 'nam' is not a key of a codebook here; did you mean 'name'?
    """
    node, content = read_plain_yaml(text, path, CodebookError)
    if not isinstance(content, dict):
        raise CodebookError(
            "A codebook is a mapping with 'id' and 'themes' or 'codes'.",
            file=path,
            place="line 1",
            cure="See docs/codebook.md for an example.",
        )
    try:
        codebook = Codebook.model_validate(content)
    except ValidationError as error:
        problems = [(line_of(node, e["loc"]), _sentence(e)) for e in error.errors()]
        raise _refusal(path, problems) from error
    problems = list(broken_rules(codebook, node))
    if problems:
        raise _refusal(path, problems)
    return codebook


def _refusal(path: Path, problems: list[tuple[int, str]]) -> CodebookError:
    problems = sorted(problems)
    if len(problems) == 1:
        line, sentence = problems[0]
        return CodebookError(sentence, file=path, place=f"line {line}")
    listed = "".join(f"\n  line {line}: {sentence}" for line, sentence in problems)
    return CodebookError(f"{len(problems)} things to mend:{listed}", file=path)


def _sentence(error: Any) -> str:  # noqa: PLR0911 - pydantic's type differs by version
    keys = [str(part) for part in error["loc"] if isinstance(part, str)]
    key = keys[-1] if keys else "codebook"
    kind = error["type"]
    if kind == "missing":
        return f"'{key}' is missing; add it here."
    if kind == "extra_forbidden":
        allowed_keys = sorted(
            {name for m in (Codebook, Theme, Code, Exclusion, AppliesTo) for name in m.model_fields}
        )
        close = difflib.get_close_matches(key, allowed_keys, n=1)
        hint = f"did you mean '{close[0]}'?" if close else "remove it."
        return f"'{key}' is not a key of a codebook here; {hint}"
    if kind == "string_type":
        return f"'{key}' must be text; put quotes around it or fill it in."
    if kind in {"string_too_short", "too_short"}:
        return f"'{key}' is empty; fill it in or remove it."
    if kind == "list_type":
        return f"'{key}' must be a list: one item a line, each after '- '."
    if kind in {"model_type", "dict_type"}:
        return f"'{key}' must hold keys with values here, such as 'id: …' and 'name: …'."
    if kind == "invalid_key":
        return "A key here is no text; put quotes around it."
    if kind == "literal_error":
        hint = (
            " For the role of a speaker, such as interviewer, use speaker_roles."
            if key == "roles"
            else ""
        )
        return f"'{error['input']}' is not known here; write {error['ctx']['expected']}.{hint}"
    if kind == "value_error":
        return f"'{key}': {error['ctx']['error']}."
    return f"'{key}': {error['msg']}."
