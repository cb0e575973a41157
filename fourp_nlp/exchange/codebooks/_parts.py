"""What the columns of a table and the labels of paragraphs are called."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

from fourp_nlp.codebook import AppliesTo, Codebook
from fourp_nlp.exchange.tables.column_heads import HEADS, plain

__all__ = [
    "APPLIES",
    "FACTS",
    "fact_value",
    "facts_of",
    "label_of",
    "role_of",
    "title_of",
    "usual_head",
]

FACTS = MappingProxyType(
    {
        "Codebook id": "id",
        "Codebook title": "title",
        "Codebook version": "version",
        "Codebook language": "language",
        "Codebook citation": "citation",
        "Word for a code": "code_noun",
    }
)
"""What is said of the whole codebook: the head of its column, and its key."""

APPLIES = MappingProxyType({f"Applies to {name}": name for name in AppliesTo.model_fields})
"""Heads of the columns of where a code can apply, and their keys."""

_NONE = "-"  # where an empty value is not the default one
_PLAIN_TITLES = frozenset(
    {
        "codebook", "code book", "codes", "code list", "list of codes", "coding scheme", "coding frame",
        "livre de codes", "liste des codes", "grille de codage", "guide de codage", "kodebuch", "codebuch",
        "libro de codigos", "codeliste",
    }
)  # fmt: skip
_LEVELS = ("level_1", "level_2", "level_3", "level_4")
_FULL = frozenset(
    plain(name)
    for name in HEADS["definition"]
    if any(
        word in name
        for word in (
            "full",
            "long",
            "detail",
            "détail",
            "complet",
            "ausführ",
            "larga",
            "inhaltlich",
        )
    )
)
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_BETWEEN = re.compile(r"[/|]| [-–] ")
_LABEL = re.compile(r"\s*([^:：\n]{1,40}?)\s*[:：]\s*(.*)", re.DOTALL)


def title_of(text: str) -> str:
    """Return the title that a heading gives a codebook; empty if it says no more than that it is one."""
    title = " ".join(text.split())
    return "" if _folded(title) in _PLAIN_TITLES else title


def facts_of(codebook: Codebook) -> dict[str, str]:
    """Return what is said of a codebook, by the heads of `FACTS`, without values that are the default."""
    facts = {}
    for head, key in FACTS.items():
        value = str(getattr(codebook, key))
        if key == "id" or value != Codebook.model_fields[key].default:
            facts[head] = _NONE + value if _is_dashes(value, key) else value
    return facts


def fact_value(key: str, text: str) -> str:
    """Return the value that a text from `facts_of` stands for."""
    value = " ".join(text.split())
    return value.removeprefix(_NONE) if _is_dashes(value, key) else value


def _is_dashes(value: str, key: str) -> bool:
    """Return whether a value is empty or dashes, for a fact whose default value is not empty."""
    return bool(Codebook.model_fields[key].default) and not value.strip(_NONE)


def _folded(head: str) -> str:
    """Return a head as heads are compared: without accents as well."""
    decomposed = unicodedata.normalize("NFKD", plain(unicodedata.normalize("NFC", head)))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _known() -> dict[str, tuple[str, str]]:
    """Return the role of each head, and the head as `HEADS` has it, by the folded head."""
    known: dict[str, tuple[str, str]] = {}
    for names, prefix in ((FACTS, "fact "), (APPLIES, "applies ")):
        for head, key in names.items():
            known[_folded(head)] = (f"{prefix}{key}", head)
    known[_folded("Theme id")] = ("theme_id", "Theme id")
    roles = (
        "short_definition", "definition", "use", "not_use", "example", "parent", "color", *_LEVELS,
        "code_id", "code_memo",
    )  # fmt: skip
    for role in roles:
        for name in HEADS[role]:
            full = role == "definition" and plain(name) in _FULL
            known.setdefault(_folded(name), ("full_definition" if full else role, name))
    return known


_KNOWN = MappingProxyType(_known())
# A label in a paragraph; what are levels in a table are words of the text there.
_LABELS = frozenset(
    {
        "short_definition",
        "definition",
        "full_definition",
        "use",
        "not_use",
        "example",
        "parent",
        "color",
    }
)


def _forms(head: str) -> list[str]:
    """Return a head, and what it would be without brackets, numbers and second words."""
    bare = _BRACKETS.sub(" ", head)
    forms = [head, bare, re.sub(r"[(\[]s[)\]]", "s", head), re.sub(r"[ _#]*[0-9]+\s*$", "", bare)]
    return [*forms, *(part for part in _BETWEEN.split(bare) if part.strip())]


def usual_head(head: str) -> str:
    """Return the head as tables of codebooks usually have it; one that is not known, as it is.

    Examples
    --------
    >>> usual_head("DEFINITION (short)"), usual_head("Exemple 2"), usual_head("Définition / Definition")
    ('definition', 'exemple', 'definition')
    """
    for form in _forms(head):
        if known := _KNOWN.get(_folded(form)):
            return known[1]
    return head


def role_of(head: str) -> str:
    """Return what a column holds by its head; empty if that is not known."""
    known = _KNOWN.get(_folded(usual_head(head)))
    return known[0] if known else ""


def label_of(line: str) -> tuple[str, str]:
    """Return what a line of a document says that it holds, and the text behind that label.

    The first is empty if the line begins with no label.

    Examples
    --------
    >>> label_of("When to use: Sirens."), label_of("Exemples"), label_of("I said: no.")
    (('use', 'Sirens.'), ('example', ''), ('', 'I said: no.'))
    """
    match = _LABEL.fullmatch(line)
    name, rest = (match[1], match[2]) if match else (line.strip(), "")
    if len(name) <= 40:
        role = role_of(name)
        if role == "parent" and name.strip().casefold() not in {"parent", "parent code"}:
            role = ""  # such as "below", which begins sentences
        exact = name.strip().casefold() in {"id", "code id"}
        if role in _LABELS or role.startswith(("fact ", "applies ")):
            return role, rest
        if exact and match:
            return "code_id", rest
    return "", line
