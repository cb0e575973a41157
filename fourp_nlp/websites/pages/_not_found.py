"""Pages that say "not found" although their status is 200."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["says_not_found"]

_SHORT = 120
"""Words of a page at most that has nothing to say but this."""
_LONGER = 400
"""Words at most where title and heading both say it, as below a notice with a list of other pages."""
_HEADING = 160
"""Characters of a heading that are looked at."""

_NUMBER = (
    r"(?:http\W{0,2})?(?:error|erreur|fehler|fehlercode|erro|errore|c[óo]digo|status|code)?"
    r"\W{0,3}\b404\b\W{0,3}"
)
_PAGE = r"(?:page|file|resource|seite|p[áa]gina|pagina|ressource|contenu|inhalt|datei)"
_IS_GONE = (
    # English, French, German, Spanish, Portuguese, Italian, Dutch.
    r"not (?:be )?found|can(?:no|')t be found|could(?: not|n't) be found|no longer exists?"
    r"|does(?: not|n't) exist|unavailable|has (?:been )?moved or"
    r"|non trouv[ée]e?|introuvable|n'existe (?:pas|plus)|n'a (?:pas|pu) .{0,12}[êe]tre trouv[ée]e?"
    r"|n'a pas [ée]t[ée] trouv[ée]e?|inexistante"
    r"|nicht gefunden|existiert nicht|nicht (?:mehr )?(?:vorhanden|verf[üu]gbar)"
    r"|no encontrada|no existe|no se (?:encuentra|ha encontrado|encontr[óo])"
    r"|n[ãa]o encontrada|non trovata|niet gevonden"
)
_NOT_FOUND = (
    r"not found|nothing found|introuvable|non trouv[ée]e?|nicht gefunden|no encontrad[oa]|error"
)
_GONE = re.compile(
    rf"\b{_PAGE}\b.{{0,40}}\b(?:{_IS_GONE})"
    r"|\b(?:can(?:no|')t|could(?: not|n't)|cannot|unable to) (?:find|locate)\b.{0,30}"
    rf"\b{_PAGE}\b"
    rf"|\bno (?:such )?{_PAGE} (?:was )?found\b|\bthere is no such page\b"
    r"|\bno se (?:encontr[óo]|ha encontrado) (?:la|esta) p[áa]gina\b"
    r"|\b404\b.{0,12}\bnot found\b|\bnot found\b.{0,12}\b404\b"
    r"|\bnous n'avons pas trouv[ée]|\baucune page (?:trouv[ée]e|ne correspond)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\W*(?:oops|ups|oh no|uh.oh|sorry|d[ée]sol[ée]e?|entschuldigung|lo sentimos)?\W*"
    rf"(?:{_NUMBER}|{_NUMBER}(?:{_PAGE} )?(?:{_NOT_FOUND})|(?:{_NOT_FOUND}))\W*",
    re.IGNORECASE,
)
_DIVIDED = re.compile(r"\s[|–—·»:-]\s|\s?[|»·]\s?")


def says_not_found(title: str, headings: Iterable[str], words: int) -> str:
    """Return the words by which a page says that there is no such page.

    Its title or a heading must say it, and the page must be short: a story may speak of pages that
    were not found.

    `headings` are those of the first two levels; `words` is the number of words of the page's text.
    Empty if none says it.
    """
    if words > _LONGER:
        return ""
    by_title = next((part for part in _DIVIDED.split(_plain(title)) if _says(part)), "")
    by_heading = next((text for text in map(_plain, headings) if _says(text)), "")
    if words > _SHORT and not (by_title and by_heading):
        return ""
    return by_heading or by_title


def _plain(text: str) -> str:
    return " ".join(text[:_HEADING].replace("’", "'").split())


def _says(text: str) -> bool:
    few = len(text.split()) <= 14
    return (
        bool(text)
        and few
        and (_ALONE.fullmatch(text) is not None or _GONE.search(text) is not None)
    )
