"""Settings of a project: the keys of `fourp.toml`, their types and defaults."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from fourp_nlp.documents.languages import ENGLISH, language_code
from fourp_nlp.errors import ProjectError
from fourp_nlp.machine.encoder import DEFAULT_ENCODER

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "FILE_NAME",
    "LONGEST_NAME",
    "SEED_MOST",
    "SETTINGS",
    "SHIPPED_SENTENCES",
    "Settings",
    "SpeakerSettings",
    "settings_from",
    "toml_string",
]

SETTINGS = "fourp.toml"
"""The file of settings, in the folder of the project."""

SHIPPED_SENTENCES = "shipped:four-ps"
"""Stands in `coded_sentences` for the sentences that come with the package."""

SEED_MOST = 2**32 - 1
"""Largest seed."""

FILE_NAME = re.compile(r"[^\\/:*?\"<>|\x00-\x1f.][^\\/:*?\"<>|\x00-\x1f]*")

LONGEST_NAME = 100  # characters of a name that a file or folder is to have
_LONGEST_PART = 255  # bytes of a name that file systems take
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def _path(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds a character that no name of a file has")
    if any(len(part.encode()) > _LONGEST_PART for part in re.split(r"[\\/]", text)):
        raise ValueError("is longer than a name of a file can be")
    return text


def _name(text: str) -> str:
    if not FILE_NAME.fullmatch(text) or len(text) > LONGEST_NAME:
        raise ValueError(
            f"cannot be the name of a folder; use up to {LONGEST_NAME} letters, digits, '-' and '_'"
        )
    return text


Language = Annotated[str, AfterValidator(language_code)]
Filled = Annotated[str, Field(min_length=1), AfterValidator(_path)]
Name = Annotated[str, Field(min_length=1), AfterValidator(_name)]
Seed = Annotated[int, Field(ge=0, le=SEED_MOST, strict=True)]
Share = Annotated[float, Field(ge=0.5, le=0.99)]
Recall = Annotated[float, Field(ge=0.05, le=0.99)]
Threshold = Annotated[float, Field(gt=0, lt=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Coders(_Strict):
    """Who coded, and when a segment carries the code of a span that was drawn freely.

    `gold` names the coder whose codes are learned from and compared with; `rule` is one of those that
    `fourp_nlp.segments.alignment.codings_to_matrix` knows.
    """

    gold: str = ""
    rule: Literal["majority", "any", "containment"] = "majority"


class Model(_Strict):
    """The machine coder.

    Its name; coded sentences outside the corpus to learn from as well; whether the encoder is
    fine-tuned; whether it keeps coded examples, to give reasons; whether it is made for other text than the
    project's documents; how many codes it suggests (or the share of
    codings that is to be found); and the precision, and how surely, that its suggestions must keep to be
    accepted.
    """

    name: Name = "machine"
    coded_sentences: list[Filled] = []
    seed: Seed = 0
    fine_tune: bool = False
    examples: bool = True
    other_text: bool = False
    suggest: Literal["balanced", "more", "fewer"] | Recall = "balanced"
    precision: Share | None = None
    confidence: Share = 0.9


class Agreement(_Strict):
    """How agreement is told: values that the user holds intervals against, none by default."""

    thresholds: list[Threshold] = []


class TableSettings(_Strict):
    """Which columns of a table of the corpus are read: text, who answered, by what documents are grouped."""

    text: list[str] = []
    respondent: str = ""
    group: str = ""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Labels = Annotated[list[Annotated[str, Field(min_length=1)]], BeforeValidator(_as_list)]


def _some(roles: list[str]) -> list[str]:
    if not roles:
        raise ValueError(
            "names no role; leave the key out, and every role but interviewer is coded"
        )
    return roles


RoleNames = Annotated[Labels, AfterValidator(_some)]


class SpeakerSettings(BaseModel):
    """Who has which role, and which roles are coded.

    Every key but `coded` and `documents` is a role, and its value are labels of speakers or patterns of
    labels, in which `*` stands for any characters and `?` for one. `documents` has the same for single
    documents.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Labels] = Field(init=False)

    coded: RoleNames | None = None
    documents: dict[str, dict[str, Labels]] = {}

    @property
    def roles(self) -> dict[str, list[str]]:
        """Labels and patterns of each role, in all documents."""
        return dict(self.__pydantic_extra__)

    @model_validator(mode="after")
    def _names_differ(self) -> SpeakerSettings:
        for roles in (self.roles, *self.documents.values()):
            folded = [name.strip().casefold() for name in roles]
            if "" in folded:
                raise ValueError("has a role without a name")
            twice = [name for name in roles if folded.count(name.strip().casefold()) > 1]
            if twice:
                raise ValueError(
                    f"has the role '{twice[0]}' twice, in different spellings: write it once"
                )
        return self


class Settings(_Strict):
    """What `fourp.toml` says; every key has a default."""

    title: str = ""
    notice: str = ""
    codebook: Filled = "corpus/codebook.yaml"
    corpus: Filled = "corpus"
    exclude: list[Filled] = []
    gold: Filled = "gold"
    models: Filled = "models"
    reports: Filled = "reports"
    exchange: Filled = "exchange"
    unit: Literal["sentence", "turn", "paragraph"] = "sentence"
    language: Language = ENGLISH
    encoder: Filled = DEFAULT_ENCODER
    coders: Coders = Coders()
    model: Model = Model()
    agreement: Agreement = Agreement()
    tables: dict[str, TableSettings] = {}
    speakers: SpeakerSettings = SpeakerSettings()


def toml_string(text: str) -> str:
    """Return a text as TOML writes it, in quotation marks."""
    # What JSON escapes, TOML reads; it refuses one more character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_KINDS = (Settings, Model, Coders, Agreement, TableSettings, SpeakerSettings)


def settings_from(content: dict[str, Any], text: str, path: Path) -> Settings:
    """Validate settings.

    Parameters
    ----------
    content : dict
        Keys and values of the file.
    text : str
        The text of the file, in which lines are counted.
    path : pathlib.Path
        The file.

    Returns
    -------
    Settings
        The settings.

    Raises
    ------
    ProjectError
        If a key is unknown or a value is wrong; it names each key and its line.
    """
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        listed = []
        for problem in error.errors():
            key = ".".join(str(part) for part in problem["loc"])
            # Of an entry of a list, the line is that of the list.
            line = _line(text, next(str(p) for p in reversed(problem["loc"]) if isinstance(p, str)))
            listed.append(f"line {line}: '{key}' {_what_is_wrong(problem)}.")
        raise ProjectError("; ".join(listed), file=path) from error


def _what_is_wrong(problem: Any) -> str:
    kind = problem["type"]
    if kind == "extra_forbidden":
        settings_names = sorted({key for kind in _KINDS for key in kind.model_fields})
        return f"is not a setting; known are {', '.join(settings_names)}"
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    if kind in {"model_type", "dict_type"}:
        return "is a group of settings: write it in brackets on a line of its own"
    message = str(problem["msg"])
    return message[:1].lower() + message[1:]


def _line(text: str, key: str) -> int:
    pattern = re.compile(rf"^\s*\[?{re.escape(key)}\s*[=\]]")
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.match(line):
            return number
    return 1
