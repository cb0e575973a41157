"""A project on disk: its settings, its folders, and how a new one is laid out."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.documents import TableColumns
from fourp_nlp.errors import FourpError, ProjectError
from fourp_nlp.files import write_together
from fourp_nlp.files.stray_files import is_stray
from fourp_nlp.machine.encoder import DEFAULT_ENCODER
from fourp_nlp.machine.shipped_model import shipped_codebook, shipped_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "OUTSIDE",
    "SEED_MOST",
    "SETTINGS",
    "SHIPPED_SENTENCES",
    "Project",
    "Settings",
    "create_project",
    "find_project",
    "new_project_contents",
    "open_project",
]

SETTINGS = "fourp.toml"
SHIPPED_SENTENCES = "shipped:four-ps"
"""Stands in `coded_sentences` for the sentences that come with the package."""

OUTSIDE = "FOURP_OUTSIDE"
"""Environment variable: folders outside a project that its settings may have written to."""

SEED_MOST = 2**32 - 1
"""Largest seed."""

_FILE_NAME = re.compile(r"[^\\/:*?\"<>|\x00-\x1f.][^\\/:*?\"<>|\x00-\x1f]*")

_LONGEST = 100  # characters of a name that a file or folder is to have
_LONGEST_PART = 255  # bytes of a name that file systems take
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_WRITTEN = ("gold", "models", "reports", "exchange")
_READ = ("codebook", "corpus")


def _path(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds a character that no name of a file has")
    if any(len(part.encode()) > _LONGEST_PART for part in re.split(r"[\\/]", text)):
        raise ValueError("is longer than a name of a file can be")
    return text


def _name(text: str) -> str:
    if not _FILE_NAME.fullmatch(text) or len(text) > _LONGEST:
        raise ValueError(
            f"cannot be the name of a folder; use up to {_LONGEST} letters, digits, '-' and '_'"
        )
    return text


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
    `fourp_nlp.coding.alignment.alignment.codings_to_matrix` knows.
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
    encoder: Filled = DEFAULT_ENCODER
    coders: Coders = Coders()
    model: Model = Model()
    agreement: Agreement = Agreement()
    tables: dict[str, TableSettings] = {}


_KINDS = (Settings, Model, Coders, Agreement, TableSettings)


@dataclass(frozen=True)
class Project:
    """A project: a folder with settings, documents, gold codes, models and reports.

    Attributes
    ----------
    root : pathlib.Path
        The folder that holds `fourp.toml`.
    settings : Settings
        What it says.
    """

    root: Path
    settings: Settings

    @property
    def codebook(self) -> Path:
        """The codebook's file."""
        return self.root / self.settings.codebook

    @property
    def corpus(self) -> Path:
        """The folder of documents."""
        return self.root / self.settings.corpus

    @property
    def tables(self) -> dict[str, TableColumns]:
        """The columns that are to be read of tables, by their names or paths in the folder of documents."""
        return {
            name: TableColumns(tuple(one.text), one.respondent, one.group)
            for name, one in self.settings.tables.items()
        }

    @property
    def attributes(self) -> Path:
        """The table of the documents' attributes."""
        return self.corpus / "documents.csv"

    @property
    def gold(self) -> Path:
        """The folder of gold files, one CSV a coder."""
        return self.root / self.settings.gold

    @property
    def gold_files(self) -> list[Path]:
        """The gold files, by name."""
        return _tables_in(self.gold)

    @property
    def repeat(self) -> Path:
        """The folder of repeats: what people coded a second time, by which nobody is counted twice."""
        return self.gold / "repeat"

    @property
    def repeat_files(self) -> list[Path]:
        """The gold files of repeats, by name."""
        return _tables_in(self.repeat)

    @property
    def settled(self) -> Path:
        """The gold file of settled codes, whether or not it is there."""
        return self.gold / f"{SETTLED}.csv"

    def gold_of_draws(self, coder: str, *, repeat: bool = False) -> Path:
        """Return the gold file that a coder's codes of drawn segments go to.

        Parameters
        ----------
        coder : str
            Id of the coder.
        repeat : bool, default False
            Whether they were coded a second time.

        Returns
        -------
        pathlib.Path
            The file, whether or not it is there.

        Raises
        ------
        ProjectError
            If no file can have that name, or it is the one of settled codes.
        """
        if coder == SETTLED:
            raise ProjectError(
                f"'{SETTLED}' is nobody's name: it stands for what was settled between coders.",
                cure="Name the person who codes, with --coder NAME.",
            )
        if not _FILE_NAME.fullmatch(coder) or len(coder) > _LONGEST:
            raise ProjectError(
                f"'{coder[:_LONGEST]}' cannot be the name of a coder here: a gold file is named after it.",
                cure=f"Use up to {_LONGEST} letters, digits and spaces.",
            )
        return (self.repeat if repeat else self.gold) / f"{coder}_next.csv"

    @property
    def model(self) -> Path:
        """The folder of the project's model."""
        return self.root / self.settings.models / self.settings.model.name

    @property
    def reports(self) -> Path:
        """The folder that results are written to."""
        return self.root / self.settings.reports

    @property
    def exchange(self) -> Path:
        """The folder of what came with projects of other programs and has no other place here."""
        return self.root / self.settings.exchange

    @property
    def store(self) -> Path:
        """The database of suggestions and decisions."""
        return self.root / "fourp.sqlite"

    @property
    def cache(self) -> Path:
        """The file that embeddings are kept in; it stays with the project, and holds no text."""
        return self.root / ".fourp" / "embeddings.sqlite"

    @property
    def coded_sentences(self) -> list[Path]:
        """The files of coded sentences outside the corpus.

        Raises
        ------
        ProjectError
            If a pattern in the settings matches no file.
        """
        files: list[Path] = []
        for pattern in self.settings.model.coded_sentences:
            if pattern == SHIPPED_SENTENCES:
                files += shipped_sentences()
                continue
            try:
                matching = sorted(self.root.glob(pattern))
            except (ValueError, NotImplementedError, IndexError):
                raise self._wrong_pattern(
                    f"'{pattern}' is no pattern of files inside the project",
                    "Write it from the project's folder on, such as 'corpus/training/*.csv'.",
                ) from None
            matching_files = [
                path for path in matching if path.is_file() and not is_stray(path.name)
            ]
            if not matching_files:
                raise self._wrong_pattern(
                    f"No file matches '{pattern}'", "Correct the pattern or remove it."
                )
            files += matching_files
        return files

    def _wrong_pattern(self, problem: str, cure: str) -> ProjectError:
        return ProjectError(
            f"{problem}.",
            file=self.root / SETTINGS,
            place="key model.coded_sentences",
            cure=cure,
        )

    def outside(self) -> list[str]:
        """Say which settings and links lead outside the project's folder, and where to.

        Returns
        -------
        list of str
            One sentence each. What is read there is read; `open_project` refuses what would be written
            there, unless `FOURP_OUTSIDE` allows it.
        """
        sentences = [
            f"'{key}' in {SETTINGS} leads outside the project, to {target}."
            for key, target in _leading_outside(self.root, self.settings, (*_WRITTEN, *_READ))
        ]
        sentences += [
            f"'coded_sentences' in {SETTINGS} leads outside the project, to {pattern}."
            for pattern in self.settings.model.coded_sentences
            if pattern != SHIPPED_SENTENCES and ".." in Path(pattern).parts
        ]
        encoder = self.root / self.settings.encoder
        if encoder.is_dir() and _is_outside(self.root, encoder):
            sentences.append(f"'encoder' in {SETTINGS} leads outside the project, to {encoder}.")
        for path in (*self.gold_files, *self.repeat_files, self.attributes):
            if path.is_symlink() and _is_outside(self.root, path):
                sentences.append(
                    f"{path.relative_to(self.root) if path.is_relative_to(self.root) else path} is a "
                    f"link that leads outside the project, to {path.resolve()}."
                )
        return sentences

    def refuse_outside(self, files: Iterable[Path]) -> None:
        """Refuse to write files that lie outside the project's folder, unless `FOURP_OUTSIDE` allows it.

        Parameters
        ----------
        files : iterable of pathlib.Path
            The files.

        Raises
        ------
        ProjectError
            At the first that does.
        """
        for path in files:
            if _is_outside(self.root, path) and not _is_allowed(path):
                raise ProjectError(
                    "This file lies outside the project, and is not written.",
                    file=path,
                    cure=f"Set the environment variable {OUTSIDE} to {path.parent} if you want this, and "
                    "the project is yours.",
                )

    def check_writable(self) -> None:
        """Find out whether results can be written, before the work that makes them.

        Raises
        ------
        ProjectError
            If the project's folder, or that of models or reports, cannot be written.
        """
        for folder in (self.root, self.model.parent, self.reports):
            existing = folder
            while not existing.exists() and existing != existing.parent:
                existing = existing.parent
            if not existing.is_dir() or not _may_write(existing):
                raise ProjectError(
                    "You cannot write into this folder, and results would go there."
                    if existing.is_dir()
                    else "This is no folder, and results would go there.",
                    file=existing,
                    cure="Change its permissions, or copy the project to where you may write.",
                )


def open_project(folder: Path | str) -> Project:
    """Read a project's settings.

    Parameters
    ----------
    folder : path
        The folder that holds `fourp.toml`.

    Returns
    -------
    Project
        The project.

    Raises
    ------
    ProjectError
        If the settings are missing or wrong; the message names the key and its line.
    """
    root = Path(folder).resolve()
    path = root / SETTINGS
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError:
        raise ProjectError(
            f"There is no {SETTINGS} here, so this is not a project.",
            file=root,
            cure="Make one with: fourp init DIR",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"The settings cannot be read: {error}.", file=path) from error
    except RecursionError:
        raise ProjectError(
            "The settings are nested too deeply.", file=path, cure="Take brackets away."
        ) from None
    except ValueError as error:
        reason = (
            str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number is too long"
        )
        raise ProjectError(
            f"This is not valid TOML: {reason}.", file=path, cure='Texts need quotes: title = "..."'
        ) from error
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        listed = []
        for problem in error.errors():
            key = ".".join(str(part) for part in problem["loc"])
            # Of an entry of a list, the line is that of the list.
            line = _line(text, next(str(p) for p in reversed(problem["loc"]) if isinstance(p, str)))
            listed.append(f"line {line}: '{key}' {_what_is_wrong(problem)}.")
        raise ProjectError("; ".join(listed), file=path) from error
    _refuse_writing_outside(root, settings)
    return Project(root, settings)


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


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _tables_in(folder: Path) -> list[Path]:
    """Return the CSV files of a folder, by name, without what programs leave there."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() == ".csv" and not is_stray(path.name)
    )


def _is_outside(root: Path, path: Path) -> bool:
    return not path.resolve().is_relative_to(root)


def _leading_outside(
    root: Path, settings: Settings, keys: tuple[str, ...]
) -> Iterator[tuple[str, Path]]:
    for key in keys:
        path = root / getattr(settings, key)
        if _is_outside(root, path):
            yield key, path.resolve()


def _is_allowed(path: Path) -> bool:
    """Return whether the user, and not the project, says that a place outside may be written to."""
    folders = [part for part in os.environ.get(OUTSIDE, "").split(os.pathsep) if part]
    return any(path.resolve().is_relative_to(Path(folder).resolve()) for folder in folders)


def _refuse_writing_outside(root: Path, settings: Settings) -> None:
    """Refuse a project that would have us write where its folder does not reach, unless the user says so.

    The settings themselves cannot allow it: they come with a project that somebody sent.
    """
    places = [
        (f"'{key}' leads", target) for key, target in _leading_outside(root, settings, _WRITTEN)
    ]
    model = Path(settings.models) / settings.model.name
    places += [
        (f"the link '{name}' leads", (root / name).resolve())
        for name in ("fourp.sqlite", ".fourp", "backups", str(model))
        if (root / name).is_symlink() and _is_outside(root, root / name)
    ]
    for what, target in places:
        if not _is_allowed(target):
            raise ProjectError(
                f"Results would be written outside the project: {what} to {target}.",
                file=root / SETTINGS,
                cure="Name a folder inside the project. If you want this, and the project is yours, "
                f"allow it: set the environment variable {OUTSIDE} to {target}",
            )


def _line(text: str, key: str) -> int:
    pattern = re.compile(rf"^\s*\[?{re.escape(key)}\s*[=\]]")
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.match(line):
            return number
    return 1


def find_project(start: Path | str = ".") -> Project | None:
    """Return the project that a folder lies in, or None.

    Parameters
    ----------
    start : path
        A folder; it and its parents are searched for `fourp.toml`.

    Returns
    -------
    Project or None
        The nearest project.
    """
    start_folder = Path(start).resolve()
    for folder in (start_folder, *start_folder.parents):
        if (folder / SETTINGS).is_file():
            return open_project(folder)
    return None


_NEW_SETTINGS = """\
# Settings of a fourp project. Every key may be left out; most of what stands here are the defaults.
title = {title}
notice = {notice}                       # a sentence that every report shows, e.g. about confidentiality
codebook = "corpus/codebook.yaml"
corpus = "corpus"                 # the documents, and documents.csv with their attributes
exclude = []                      # folders inside the corpus that hold no documents to code
gold = "gold"                     # one CSV per coder: document,start,end,code,coder,quote
unit = "sentence"                 # sentence, turn or paragraph
encoder = "{encoder}"    # or all-mpnet-base-v2, or the folder of a sentence-transformers model

[coders]
gold = ""                         # whose codes are learned from; empty: the only coder there is;
                                  # settled: what `fourp reconcile --settle` wrote
rule = "majority"                 # when a segment carries a span's code: majority, any or containment;
                                  # docs/gold.md, and `fourp gold` for what each would do

[model]
name = "machine"
# Further coded text to learn from: CSV files with the columns text, codes and, optionally, passage;
# "shipped:four-ps" is the training text that comes with the four Ps.
coded_sentences = {sentences}
seed = 0
fine_tune = false                 # true: the encoder learns too, which takes long: docs/fine_tuning.md
examples = true                   # false: the saved model holds no words of documents, and its reasons
                                  # quote no coded examples: docs/reasons.md
suggest = "balanced"              # "more" or "fewer", or the share of codings to find, such as 0.8:
                                  # docs/suggest.md
# precision = 0.9                 # accept only suggestions that keep this precision: docs/precision.md
confidence = 0.9                  # how surely all promises are kept together

[agreement]
# thresholds = [0.667, 0.8]       # values of yours to hold intervals against: docs/agreement.md

# [tables."survey.csv"]           # which columns are read of a table: docs/files.md
# text = ["Q1", "Q2"]
# respondent = "Respondent ID"
# group = "City"
"""

_NEW_ATTRIBUTES = "document,case,group,date,kind,speaker\n"

_NEW_GOLD = """\
# Gold codes

One CSV file per coder, named after the coder, with the columns `document,start,end,code,coder,quote`.
`start` and `end` count the characters of the document's text from 0, the end not included, and `quote`
is that text. A row with nothing but document and coder says that the coder read the document and
found nothing to code. In a further column `scope`, `segment` says that a row speaks for its span
alone, and an empty code that no code applies there: `fourp next --take-in` writes such rows.

`what_was_read.json` comes here by itself: it keeps which text and which codes there were, so that what is new
since counts as unread. Keep it with these files. `fourp gold` lists what is new.

What somebody codes a second time goes into the folder `repeat` beside the first: `fourp agree --retest`.
"""


def new_project_contents(
    root: Path, *, title: str, codebook: str, own: bool, notice: str = ""
) -> dict[Path, str]:
    """Return the files of a new project.

    Parameters
    ----------
    root : pathlib.Path
        Its folder.
    title : str
        Its title.
    codebook : str
        The codebook, as YAML.
    own : bool
        Whether that is the codebook that comes with the package, and its training text is learned from.
    notice : str, optional
        What every report shows.

    Returns
    -------
    dict of pathlib.Path to str
        What each file holds.
    """
    return {
        root / SETTINGS: _NEW_SETTINGS.format(
            title=_toml(title),
            notice=_toml(notice),
            encoder=DEFAULT_ENCODER,
            sentences=f'["{SHIPPED_SENTENCES}"]' if own else "[]",
        ),
        root / "corpus" / "documents.csv": _NEW_ATTRIBUTES,
        root / "corpus" / "codebook.yaml": codebook,
        root / "gold" / "README.md": _NEW_GOLD,
        root / ".gitignore": ".fourp/\nreports/\n*.sqlite*\n",
    }


def _toml(text: str) -> str:
    # What JSON escapes, TOML reads; it refuses one more character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def create_project(folder: Path | str, codebook: Path) -> list[Path]:
    """Lay out a new project; nothing that exists is changed.

    Parameters
    ----------
    folder : path
        Where; made if it is not there.
    codebook : path
        The codebook to begin with; it is copied.

    Returns
    -------
    list of pathlib.Path
        The files made.

    Raises
    ------
    ProjectError
        If the folder is a project already, or cannot be written.
    """
    root = Path(folder)
    if (root / SETTINGS).exists():
        raise ProjectError(
            "This folder is a project already; nothing was changed.",
            file=root / SETTINGS,
            cure="Name another folder, or edit the settings.",
        )
    contents = new_project_contents(
        root,
        title=root.resolve().name,
        codebook=codebook.read_text(encoding="utf-8-sig"),
        own=codebook.resolve() == shipped_codebook().resolve(),
    )
    # The settings last: with them, a folder is a project.
    created = [path for path in contents if not path.exists()]
    created.sort(key=(root / SETTINGS).__eq__)
    try:
        write_together({path: contents[path].encode() for path in created})
    except FourpError as error:
        raise ProjectError(
            error.problem, file=error.file, cure="Name a folder that you may write to."
        ) from error
    return created
