"""Creating a new project: its folders, settings and first files."""

from __future__ import annotations

from pathlib import Path

from fourp_nlp.codebook import YAML_ENDINGS, codebook_text, parse_codebook
from fourp_nlp.errors import FourpError, ProjectError
from fourp_nlp.files import write_together
from fourp_nlp.machine.encoder import DEFAULT_ENCODER
from fourp_nlp.machine.shipped_model import shipped_codebook
from fourp_nlp.study.codebooks import read_codebook
from fourp_nlp.study.settings import SETTINGS, SHIPPED_SENTENCES, toml_string

__all__ = ["create_project", "new_project_contents"]

_NEW_SETTINGS = """\
# Settings of a fourp project. Every key may be left out; most values here are the defaults.
title = {title}
notice = {notice}                       # a sentence that every report shows, e.g. about confidentiality
codebook = "corpus/codebook.yaml"
corpus = "corpus"                 # the documents, and documents.csv with their attributes
exclude = []                      # folders inside the corpus that hold no documents to code
gold = "gold"                     # one CSV per coder: document,start,end,code,coder,quote
unit = "sentence"                 # sentence, turn or paragraph
language = "en"                   # of the documents, such as fr: docs/languages.md
encoder = "{encoder}"    # or all-mpnet-base-v2, or the folder of a sentence-transformers model;
                                  # for other languages than English: use-multilingual-v3; to compute the
                                  # default one in eight bits: all-MiniLM-L6-v2:fast, docs/performance.md

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
confidence = 0.9                  # probability that all precision guarantees hold together

[agreement]
# thresholds = [0.667, 0.8]       # your values to compare intervals with: docs/agreement.md

# [speakers]                      # who asks and who answers: `fourp speakers`, docs/speakers.md
# interviewer = ["Interviewer"]   # what interviewers say is then context, not data

# [tables."survey.csv"]           # which columns are read of a table: docs/files.md
# text = ["Q1", "Q2"]
# respondent = "Respondent ID"
# group = "City"
"""

_CONVERTED = """\
# Made from {name}. The project reads this file, and not that one.
# To go on editing {name} in its own program: copy it into the project's folder, and write in fourp.toml
# codebook = {quoted}
# `fourp codebook export FILE` writes this codebook as .xlsx, .csv, .docx or .qdc.
"""

_NEW_ATTRIBUTES = "document,case,group,date,kind,speaker\n"

_NEW_GOLD = """\
# Gold codes

One CSV file per coder, named after the coder, with the columns `document,start,end,code,coder,quote`.
`start` and `end` count the characters of the document's text from 0, the end not included, and `quote`
is that text. A row with nothing but document and coder says that the coder read the document and
found nothing to code. In a further column `scope`, `segment` says that a row speaks for its span
alone, and an empty code that no code applies there: `fourp next --take-in` writes such rows.

fourp writes `what_was_read.json` here: it records which text and which codes there were, so that later text
and codes count as unread. Keep it with these files. `fourp gold` lists what is new.

Put codings of a second reading into the folder `repeat`: `fourp agree --retest`.
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
            title=toml_string(title),
            notice=toml_string(notice),
            encoder=DEFAULT_ENCODER,
            sentences=f'["{SHIPPED_SENTENCES}"]' if own else "[]",
        ),
        root / "corpus" / "documents.csv": _NEW_ATTRIBUTES,
        root / "corpus" / "codebook.yaml": codebook,
        root / "gold" / "README.md": _NEW_GOLD,
        root / ".gitignore": ".fourp/\nreports/\ngold/texts/\n*.sqlite*\n",
    }


def create_project(folder: Path | str, codebook: Path) -> list[Path]:
    """Lay out a new project; nothing that exists is changed.

    Parameters
    ----------
    folder : path
        Where; made if it is not there.
    codebook : path
        The codebook to begin with. YAML is copied; another format is converted to YAML.

    Returns
    -------
    list of pathlib.Path
        The files made.

    Raises
    ------
    ProjectError
        If the folder is a project already, or cannot be written.
    CodebookError
        If the codebook is wrong.
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
        codebook=_as_yaml(codebook, root / "corpus" / "codebook.yaml"),
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


def _as_yaml(path: Path, target: Path) -> str:
    """Return a codebook as YAML: its own text, or with a comment on where it was converted from."""
    codebook = read_codebook(path)
    if path.suffix.lower() not in YAML_ENDINGS:
        name = "".join(letter if letter.isprintable() else " " for letter in path.name)
        return _CONVERTED.format(name=name, quoted=toml_string(path.name)) + codebook_text(codebook)
    text = path.read_text(encoding="utf-8-sig")
    if parse_codebook(text, target) == codebook:
        return text
    # Its id was made of its name, and is kept under another name.
    for with_id in (f"id: {codebook.id}\n{text}", codebook_text(codebook)):
        try:
            if parse_codebook(with_id, target) == codebook:
                return with_id
        except FourpError:
            continue
    return codebook_text(codebook)
