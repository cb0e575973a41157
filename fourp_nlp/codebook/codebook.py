"""What a codebook is: themes and codes with their six-part definitions, and the rules for each value."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

__all__ = [
    "AppliesTo",
    "Code",
    "Codebook",
    "Exclusion",
    "Theme",
    "free_id",
    "in_lines",
    "is_id",
]

_ID = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
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
    r"""Return a text of several lines without double spaces, and with one empty line between paragraphs.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Its lines, none of them empty at its ends.

    Examples
    --------
    >>> in_lines("One  line.\n\n\n  Another. ")
    'One line.\n\nAnother.'
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    single_spaced = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(single_spaced).strip()


def _in_lines(value: object) -> object:
    return in_lines(value) if isinstance(value, str) else value


def is_id(text: str) -> bool:
    """Return whether a text can be the id of a code, a theme or a codebook.

    Examples
    --------
    >>> is_id("train_police"), is_id("Train police")
    (True, False)
    """
    return _ID.fullmatch(text) is not None


def free_id(wanted: str, taken: Container[str]) -> str:
    """Return an id that is not taken: the one wanted, or with the first number from 2 on behind it.

    Examples
    --------
    >>> free_id("water", {"water", "water_2"})
    'water_3'
    """
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted}_{number}"
    return candidate


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

    def as_text(self, label: str = "") -> str:
        """Return the case, and in brackets the code that is used instead, after `label`."""
        return self.when + (f" ({label}{self.use})" if self.use else "")


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
    speaker_roles : list of str, optional
        Roles of speakers, as the project sets them.
    """

    speakers: Named | None = None
    roles: Annotated[list[Role], BeforeValidator(_as_list), Field(min_length=1)] | None = None
    kinds: Named | None = None
    groups: Named | None = None
    cases: Named | None = None
    speaker_roles: Named | None = None

    @property
    def says_who(self) -> bool:
        """Whether it names speakers or their roles."""
        return self.speakers is not None or self.speaker_roles is not None

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
        excluded = [[exclusion.when, exclusion.use or ""] for exclusion in self.when_not_to_use]
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


def _without_unset(holder: dict[str, Any]) -> None:
    """Take away what older codebooks could not say, so that their fingerprint stays as it was."""
    if holder["applies_to"] is None:
        del holder["applies_to"]
    elif holder["applies_to"]["speaker_roles"] is None:
        del holder["applies_to"]["speaker_roles"]


class Codebook(_Strict):
    """A codebook: codes, or themes with codes, and codes below codes as deep as one likes.

    Attributes
    ----------
    id, title, version, language, citation : str
        What the codebook is and where it comes from.
    code_noun : str
        What its users call a code, in the singular, such as "indicator" or "theme". Reports use the word.
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
    code_noun: FilledText = "code"
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
        code_by_id = {code.id: code for code in self.all_codes}
        conditions: dict[str, list[AppliesTo]] = {}
        for theme, code in self._pairs():
            needed, at = [], code
            while True:
                if at.applies_to is not None:
                    needed.append(at.applies_to)
                if not at.parent:
                    break
                at = code_by_id[at.parent]
            if (theme_condition := of_theme.get(theme)) is not None:
                needed.append(theme_condition)
            if needed:
                conditions[code.id] = needed
        return conditions

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
        candidates = self.themes_like_codes()
        # With nothing below any of them they would be the codes of a codebook of one level.
        all_are = all(theme.id in candidates and len(theme.codes) == 1 for theme in self.themes)
        return {} if all_are else candidates

    def themes_like_codes(self) -> dict[str, str]:
        """Return the themes that look as those which only hold the place of a code, also if all do.

        Returns
        -------
        dict of str to str
            The id of that code, by the theme's id.
        """
        ids = {*self.code_ids, *(theme.id for theme in self.themes)}
        first_codes = {}
        for theme in self.themes:
            first = theme.codes[0]
            alike = first.name == theme.name and not first.parent and not theme.definition
            if alike and theme.id == free_id(f"{first.id}_theme", ids - {theme.id}):
                first_codes[theme.id] = first.id
        return first_codes

    def wording(self) -> dict[str, Any]:
        """Return what the codebook says, as plain values: without colours and its word for a code.

        Texts are in one line: where they have their lines says nothing.
        """
        content = self.model_dump(exclude={"code_noun"})
        for theme in content["themes"]:
            theme["definition"] = _one_line(theme["definition"])
            _without_unset(theme)
        for holder in (content, *content["themes"]):
            for code in holder["codes"]:
                del code["color"]
                code["full_definition"] = _one_line(code["full_definition"])
                # Older codebooks know no such key, and must keep the fingerprint that models name.
                if not code["parent"]:
                    del code["parent"]
                _without_unset(code)
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
