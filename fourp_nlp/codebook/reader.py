"""Reads codebooks from YAML and says, with line numbers, what is wrong in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

import fourp_nlp
from fourp_nlp.codebook._keys import refused_key
from fourp_nlp.codebook._rules import broken_rules, line_of
from fourp_nlp.codebook.codebook import Codebook, free_id
from fourp_nlp.codebook.names import new_id
from fourp_nlp.errors import CodebookError
from fourp_nlp.files.plain_yaml import read_plain_yaml

__all__ = ["YAML_ENDINGS", "parse_codebook", "read_codebook", "read_yaml_codebook"]

YAML_ENDINGS = (".yaml", ".yml", ".json", "")
"""Endings of files that are read as YAML, which JSON is too; a name without an ending is one."""


def read_codebook(path: Path | str) -> Codebook:
    """Read and validate a codebook of any format; the ending of its name says which.

    Parameters
    ----------
    path : path
        A YAML file, or one of the other formats that `docs/codebook.md` describes.

    Returns
    -------
    Codebook
        The validated codebook.

    Raises
    ------
    CodebookError
        If the file cannot be read or breaks a rule. The message names the file, every place
        concerned and what to write instead.

    Examples
    --------
    >>> from fourp_nlp.machine.shipped_model import shipped_codebook
    >>> codebook = read_codebook(shipped_codebook())
    >>> [theme.name for theme in codebook.themes]
    ['Prevention', 'Protection', 'Prosecution', 'Partnerships']
    """
    if Path(path).suffix.lower() in YAML_ENDINGS:
        return read_yaml_codebook(path)
    return fourp_nlp.read_codebook(path)


def read_yaml_codebook(path: Path | str) -> Codebook:
    """Read and validate a codebook in YAML.

    Parameters
    ----------
    path : path
        The file; `docs/codebook.md` describes its keys.

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
    >>> len(read_yaml_codebook(shipped_codebook()).all_codes)
    11
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
        YAML. Ids may be left out: they are made from names, and that of the codebook from its title or the
        name of its file.
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
      line 4: 'nam' is not a key of a code; did you mean 'name'?
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
        codebook = Codebook.model_validate(_with_ids(content, path))
    except ValidationError as error:
        problems = [(line_of(node, e["loc"]), _sentence(e, content)) for e in error.errors()]
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


def _with_ids(content: dict[Any, Any], path: Path) -> dict[Any, Any]:
    """Return a codebook's values with an id for each item that has a name and no id."""
    filled = dict(content)
    title = content.get("title")
    if filled.get("id") is None:
        named = title if isinstance(title, str) and title.strip() else path.stem
        filled["id"] = new_id(named, (), kind="codebook")
    filled["themes"] = themes = _copies(content.get("themes"))
    holders = [*_mappings(themes), filled]
    for holder in holders:
        if "codes" in holder:
            holder["codes"] = _copies(holder["codes"])
    codes = [code for holder in holders for code in _mappings(holder.get("codes"))]
    taken = {str(item.get("id")) for item in (*_mappings(themes), *codes)}
    # A code and its theme may have one name: the code, which codings name, has the id made of it.
    for items, kind in ((codes, "code"), (_mappings(themes), "theme")):
        for item in items:
            name = item.get("name")
            if item.get("id") is None:
                # Without a name, that is what is told.
                id_ = new_id(name, (), kind=kind) if isinstance(name, str) else kind
                if id_ in taken and kind == "theme":
                    id_ = f"{id_}_theme"
                item["id"] = free_id(id_, taken)
                taken.add(item["id"])
    return {key: value for key, value in filled.items() if key in content or key == "id"}


def _copies(value: object) -> Any:
    """Return a list with copies of the mappings in it; any other value as it is."""
    if not isinstance(value, list):
        return value
    return [dict(item) if isinstance(item, dict) else item for item in value]


def _mappings(value: object) -> list[dict[Any, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _sentence(error: Any, content: object) -> str:  # noqa: PLR0911 - pydantic's type differs by version
    keys = [str(part) for part in error["loc"] if isinstance(part, str)]
    key = keys[-1] if keys else "codebook"
    kind = error["type"]
    if kind == "missing":
        return f"'{key}' is missing; add it here."
    if kind == "extra_forbidden":
        return refused_key(key, error["loc"], content)
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
