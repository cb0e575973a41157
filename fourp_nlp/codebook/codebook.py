"""Codebooks: themes and codes with their six-part definitions, read from YAML and validated."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from fourp_nlp.errors import CodebookError
from fourp_nlp.files import replacing
from fourp_nlp.files.plain_yaml import read_plain_yaml

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

__all__ = [
    "AppliesTo",
    "Code",
    "Codebook",
    "Exclusion",
    "Theme",
    "codebook_text",
    "free_id",
    "in_lines",
    "is_id",
    "parse_codebook",
    "read_codebook",
    "write_codebook",
]

_ID = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_WIDTH = 100  # characters of a line of a codebook that is written
_SIX_PARTS = (
    "name",
    "short_definition",
    "full_definition",
    "when_to_use",
    "when_not_to_use",
    "examples",
)


def _one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def in_lines(text: str) -> str:
    """Return a text of several lines without double spaces, and with one empty line between paragraphs.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Its lines, none of them empty at its ends.
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip()


def _in_lines(value: object) -> object:
    return in_lines(value) if isinstance(value, str) else value


def is_id(text: str) -> bool:
    """Return whether a text can be the id of a code, a theme or a codebook."""
    return _ID.fullmatch(text) is not None


def free_id(wanted: str, taken: Container[str]) -> str:
    """Return an id that is not taken: the one wanted, or with the first number from 2 on behind it."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}_{number}"
    return found


def _identifier(value: object) -> object:
    if isinstance(value, str) and not is_id(value):
        raise ValueError(
            f"'{value}' is not an id; use lower-case letters, digits and underscores, "
            "such as support_and_assist_victims"
        )
    return value


def _color(value: object) -> object:
    if not isinstance(value, str) or not value:
        return value
    if not _COLOR.fullmatch(value):
        raise ValueError(f"'{value}' is not a colour; write it like '#1F77B4', in quotes")
    return value.upper()


def _as_exclusion(value: object) -> object:
    return {"when": value} if isinstance(value, str) else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Role = Literal["sentence", "heading", "bullet", "turn", "paragraph"]
Text = Annotated[str, BeforeValidator(_one_line)]
Lines = Annotated[str, BeforeValidator(_in_lines)]
FilledText = Annotated[str, BeforeValidator(_one_line), Field(min_length=1)]
Id = Annotated[str, BeforeValidator(_identifier)]
IdOrNone = Annotated[str, BeforeValidator(lambda value: value and _identifier(value))]
Color = Annotated[str, BeforeValidator(_color)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Exclusion(_Strict):
    """A case in which a code is not used, and the code that is used in its place, if any."""

    when: FilledText
    use: Id | None = None


Named = Annotated[list[FilledText], BeforeValidator(_as_list), Field(min_length=1)]


class AppliesTo(_Strict):
    """Where a code can apply: a segment must fit each of the lists that there are.

    Attributes
    ----------
    speakers : list of str, optional
        Labels of speakers, as the transcript has them.
    roles : list of str, optional
        What a segment is: sentence, heading, bullet, turn or paragraph.
    kinds, groups, cases : list of str, optional
        Columns kind, group and case of documents.csv.
    """

    speakers: Named | None = None
    roles: Annotated[list[Role], BeforeValidator(_as_list), Field(min_length=1)] | None = None
    kinds: Named | None = None
    groups: Named | None = None
    cases: Named | None = None

    @model_validator(mode="after")
    def _says_something(self) -> AppliesTo:
        if all(value is None for _, value in self):
            raise ValueError(f"it is empty; name {', '.join(AppliesTo.model_fields)}, or remove it")
        return self


class Code(_Strict):
    """An indicator: a code with its definition in six parts.

    Attributes
    ----------
    id : str
        Identifier, stable across versions of the codebook.
    name, short_definition, full_definition, when_to_use : str
        The first four parts; all but the name may be empty. The full definition may have several lines
        and paragraphs, the others are in one line.
    when_not_to_use : list of Exclusion
        Against which neighbouring code, and when.
    examples : list of str
        Passages to which the code applies.
    parent : str
        Id of the code that it stands below, of the same theme; empty at the top of the theme.
    color : str
        How other programs show it, #RRGGBB; empty if that is left to them.
    applies_to : AppliesTo, optional
        The segments to which it can apply, if not all. What its theme and the codes above it say holds too.
    """

    id: Id
    name: FilledText
    parent: IdOrNone = ""
    color: Color = ""
    applies_to: AppliesTo | None = None
    short_definition: Text = ""
    full_definition: Lines = ""
    when_to_use: Text = ""
    when_not_to_use: list[Annotated[Exclusion, BeforeValidator(_as_exclusion)]] = []
    examples: list[FilledText] = []

    def parts(self) -> list[tuple[str, str]]:
        """Return the parts that say when the code applies, as (part, text) pairs, none empty."""
        fixed = [
            ("name", self.name),
            ("short definition", self.short_definition),
            ("full definition", self.full_definition),
            ("when to use", self.when_to_use),
        ]
        listed = [(f"example {i + 1}", text) for i, text in enumerate(self.examples)]
        # Where a text has its lines changes nothing that is computed of it.
        return [(part, " ".join(text.split())) for part, text in fixed + listed if text]

    def definition_hash(self) -> str:
        """Return the beginning of a SHA-256 of what the code means: its name, definitions and uses.

        Examples, colours and the place in the tree may change without changing what it means.
        """
        says = [self.name, self.short_definition, _one_line(self.full_definition), self.when_to_use]
        excluded = [[each.when, each.use or ""] for each in self.when_not_to_use]
        content = json.dumps([*says, excluded], ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def missing_parts(self) -> list[str]:
        """Return which of the six parts are empty."""
        return [part.replace("_", " ") for part in _SIX_PARTS if not getattr(self, part)]


class Theme(_Strict):
    """A theme: a group of codes, and perhaps the segments to which they can apply."""

    id: Id
    name: FilledText
    definition: Lines = ""
    applies_to: AppliesTo | None = None
    codes: Annotated[list[Code], Field(min_length=1)]


class Codebook(_Strict):
    """A codebook: codes, or themes with codes, and codes below codes as deep as one likes.

    Attributes
    ----------
    id, title, version, language, citation : str
        What the codebook is and where it comes from.
    themes : list of Theme
        The upper level; empty in a codebook of one level.
    codes : list of Code
        The codes of a codebook of one level; empty otherwise. `all_codes` serves both.
    """

    id: Id
    title: Text = ""
    version: Text = ""
    language: Text = "en"
    citation: Text = ""
    themes: list[Theme] = []
    codes: list[Code] = []

    def _pairs(self) -> Iterator[tuple[str, Code]]:
        for theme in self.themes:
            for code in theme.codes:
                yield theme.id, code
        for code in self.codes:
            yield "", code

    @property
    def all_codes(self) -> list[Code]:
        """Every code, in the codebook's order."""
        return [code for _, code in self._pairs()]

    @property
    def code_ids(self) -> list[str]:
        """The id of every code, in the codebook's order."""
        return [code.id for code in self.all_codes]

    @property
    def definitions(self) -> dict[str, str]:
        """A hash of what each code means, by the code's id."""
        return {code.id: code.definition_hash() for code in self.all_codes}

    @property
    def code_themes(self) -> list[str]:
        """The theme id of every code, in the order of `code_ids`; empty without themes."""
        return [theme for theme, _ in self._pairs()]

    @property
    def applies_to(self) -> dict[str, list[AppliesTo]]:
        """What must hold of a segment for each code that cannot apply to all of them, by the code's id."""
        of_theme = {theme.id: theme.applies_to for theme in self.themes}
        own = {code.id: code for code in self.all_codes}
        found: dict[str, list[AppliesTo]] = {}
        for theme, code in self._pairs():
            needed, at = [], code
            while True:
                if at.applies_to is not None:
                    needed.append(at.applies_to)
                if not at.parent:
                    break
                at = own[at.parent]
            if (given := of_theme.get(theme)) is not None:
                needed.append(given)
            if needed:
                found[code.id] = needed
        return found

    @property
    def names(self) -> dict[str, str]:
        """The name of every code and theme by its id."""
        return {theme.id: theme.name for theme in self.themes} | {
            code.id: code.name for code in self.all_codes
        }

    def themes_that_are_codes(self) -> dict[str, str]:
        """Return the themes that only hold the place of a code that has codes below it.

        A code at the top of another program's tree, with codes below it, becomes such a theme here: its
        first code has the theme's name, and its id is that code's with ``_theme`` behind it.

        Returns
        -------
        dict of str to str
            The id of that code, by the theme's id.
        """
        found = self.themes_like_codes()
        # With nothing below any of them they would be the codes of a codebook of one level.
        alone = all(theme.id in found and len(theme.codes) == 1 for theme in self.themes)
        return {} if alone else found

    def themes_like_codes(self) -> dict[str, str]:
        """Return the themes that look as those which only hold the place of a code, also if all do.

        Returns
        -------
        dict of str to str
            The id of that code, by the theme's id.
        """
        ids = {*self.code_ids, *(theme.id for theme in self.themes)}
        found = {}
        for theme in self.themes:
            first = theme.codes[0]
            alike = first.name == theme.name and not first.parent and not theme.definition
            if alike and theme.id == free_id(f"{first.id}_theme", ids - {theme.id}):
                found[theme.id] = first.id
        return found

    def wording(self) -> dict[str, Any]:
        """Return what the codebook says, as plain values: without colours, `parent` where there is one.

        Texts are in one line: where they have their lines says nothing.
        """
        content = self.model_dump()
        for theme in content["themes"]:
            theme["definition"] = _one_line(theme["definition"])
            if theme["applies_to"] is None:
                del theme["applies_to"]
        for holder in (content, *content["themes"]):
            for code in holder["codes"]:
                del code["color"]
                code["full_definition"] = _one_line(code["full_definition"])
                # Older codebooks know no such key, and must keep the fingerprint that models name.
                if not code["parent"]:
                    del code["parent"]
                if code["applies_to"] is None:
                    del code["applies_to"]
        return content

    def without_quotes(self) -> Codebook:
        """Return the same with the SHA-256 of each example in its place: examples may be people's words."""

        def hidden(code: Code) -> Code:
            digests = [hashlib.sha256(text.encode()).hexdigest() for text in code.examples]
            return code.model_copy(update={"examples": digests})

        themes = [
            theme.model_copy(update={"codes": [hidden(code) for code in theme.codes]})
            for theme in self.themes
        ]
        codes = [hidden(code) for code in self.codes]
        return self.model_copy(update={"themes": themes, "codes": codes})

    def fingerprint(self) -> str:
        """Return the SHA-256 of what the codebook says; comments, layout and colours do not count."""
        content = json.dumps(self.wording(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


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
    """Read and validate a codebook's text.

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
        problems = [(_line(node, e["loc"]), _sentence(e)) for e in error.errors()]
        raise _refusal(path, problems) from error
    problems = list(_cross_checks(codebook, node))
    if problems:
        raise _refusal(path, problems)
    return codebook


def write_codebook(codebook: Codebook, path: Path | str, *, overwrite: bool = False) -> Path:
    """Write a codebook that `read_codebook` reads back equal.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : path
        The YAML file.
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
    """
    path = Path(path)
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
    """
    problems = [sentence for _, sentence in _cross_checks(codebook, None)]
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


def _refusal(path: Path, problems: list[tuple[int, str]]) -> CodebookError:
    problems = sorted(problems)
    if len(problems) == 1:
        line, sentence = problems[0]
        return CodebookError(sentence, file=path, place=f"line {line}")
    listed = "".join(f"\n  line {line}: {sentence}" for line, sentence in problems)
    return CodebookError(f"{len(problems)} things to mend:{listed}", file=path)


def _line(node: yaml.Node | None, location: tuple[Any, ...]) -> int:
    """Return the line of the YAML node that a validation error's location leads to."""
    line = 1
    for key in location:
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == str(key)]
            if not found:
                break
            line = found[0][0].start_mark.line + 1
            node = found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            if key >= len(node.value):
                break
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _sentence(error: Any) -> str:  # noqa: PLR0911 - pydantic's type differs by version
    keys = [str(part) for part in error["loc"] if isinstance(part, str)]
    key = keys[-1] if keys else "codebook"
    kind = error["type"]
    if kind == "missing":
        return f"'{key}' is missing; add it here."
    if kind == "extra_forbidden":
        known = sorted(
            {name for m in (Codebook, Theme, Code, Exclusion, AppliesTo) for name in m.model_fields}
        )
        close = difflib.get_close_matches(key, known, n=1)
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
        return f"'{error['input']}' is not known here; write {error['ctx']['expected']}."
    if kind == "value_error":
        return f"'{key}': {error['ctx']['error']}."
    return f"'{key}': {error['msg']}."


def _cross_checks(codebook: Codebook, node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    places: list[tuple[tuple[Any, ...], Code]] = [
        (("themes", i, "codes", j), code)
        for i, theme in enumerate(codebook.themes)
        for j, code in enumerate(theme.codes)
    ] + [(("codes", j), code) for j, code in enumerate(codebook.codes)]
    if not places:
        yield 1, "The codebook has no codes; add 'themes' with 'codes', or 'codes'."
    if codebook.themes and codebook.codes:
        line = _line(node, ("codes",))
        yield line, "A codebook has either 'themes' or 'codes' at its top; move these into a theme."
    themes = [(("themes", i), theme.id) for i, theme in enumerate(codebook.themes)]
    yield from _repeated("id", [*themes, *((p, code.id) for p, code in places)], node)
    yield from _repeated("name", ((p, code.name.casefold()) for p, code in places), node)
    ids = {code.id for _, code in places}
    for place, code in places:
        for number, exclusion in enumerate(code.when_not_to_use):
            if exclusion.use is None:
                continue
            line = _line(node, (*place, "when_not_to_use", number, "use"))
            if exclusion.use == code.id:
                yield line, f"'use' of '{code.id}' names the code itself; name the other code."
            elif exclusion.use not in ids:
                close = difflib.get_close_matches(exclusion.use, sorted(ids), n=1)
                hint = f"did you mean '{close[0]}'?" if close else "name one of its codes."
                yield line, f"'{exclusion.use}' is not a code of this codebook; {hint}"
    yield from _misplaced(codebook, places, node)


def _misplaced(
    codebook: Codebook, places: list[tuple[tuple[Any, ...], Code]], node: yaml.Node | None
) -> Iterator[tuple[int, str]]:
    """Tell each `parent` that is no code above of the same theme."""
    homes = dict(zip(codebook.code_ids, codebook.code_themes, strict=True))
    own = codebook.themes_that_are_codes()
    parents = {code.id: code.parent for _, code in places}
    seen: set[str] = set()
    for (place, code), theme in zip(reversed(places), reversed(codebook.code_themes), strict=True):
        # From the end: what was seen stands below.
        if code.parent:
            says = f"'parent' of '{code.id}'"
            line = _line(node, (*place, "parent"))
            if code.parent not in homes:
                close = difflib.get_close_matches(code.parent, sorted(homes), n=1)
                hint = f"did you mean '{close[0]}'?" if close else "name one of its codes."
                yield line, f"{says} names '{code.parent}', which is not a code here; {hint}"
            elif homes[code.parent] != theme:
                yield (
                    line,
                    f"{says} names '{code.parent}', which is a code of another theme; move one of the "
                    "two, or name a code of this theme.",
                )
            elif _goes_round(code.id, parents):
                yield line, f"'{code.id}' would stand below itself; name another parent, or none."
            elif code.parent in seen:
                yield line, f"{says} names '{code.parent}', which comes later; move that one above."
            elif own.get(theme) == code.parent:
                yield (
                    line,
                    f"{says} names the code that is its theme; leave 'parent' out, as it is below the "
                    "theme already.",
                )
        seen.add(code.id)


def _goes_round(code: str, parents: dict[str, str]) -> bool:
    """Return whether a code is its own ancestor."""
    at, passed = parents.get(code, ""), set[str]()
    while at and at not in passed:
        if at == code:
            return True
        passed.add(at)
        at = parents.get(at, "")
    return False


def _repeated(
    key: str, values: Iterable[tuple[tuple[Any, ...], str]], node: yaml.Node | None
) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for place, value in values:
        line = _line(node, (*place, key))
        if value in first:
            yield line, f"The {key} '{value}' stands at line {first[value]} already; change one."
        else:
            first[value] = line
