"""Roles that usual labels of speakers tell: Interviewer, INT, Q; Participant, P1, R."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["INTERVIEWER", "PARTICIPANT", "NamedRole", "role_by_name"]

INTERVIEWER = "interviewer"
"""The role of those who ask."""

PARTICIPANT = "participant"
"""The role of those who answer."""

_ASK = frozenset(
    {
        "interviewer", "interviewers", "moderator", "moderators", "facilitator", "facilitators", "researcher",
        "researchers", "field researcher", "co-interviewer", "co-facilitator", "co-moderator", "int", "intv",
        "interv", "mod", "fac",
        # French
        "intervieweur", "intervieweuse", "intervieweurs", "enquêteur", "enquêtrice", "enquêteurs",
        "enqueteur", "enquetrice", "enquêteur·rice", "animateur", "animatrice", "modérateur",
        "modératrice", "moderateur", "moderatrice", "chercheur", "chercheuse", "chercheure",
        "facilitateur", "facilitatrice", "enq", "anim",
        # German, Spanish, Portuguese, Italian
        "interviewerin", "interviewende", "moderatorin", "moderation", "forscher", "forscherin",
        "entrevistador", "entrevistadora", "moderador", "moderadora", "investigador", "investigadora",
        "pesquisador", "pesquisadora", "intervistatore", "intervistatrice", "moderatore",
        "интервьюер", "采访者", "主持人", "访谈者",
    }
)  # fmt: skip
_ANSWER = frozenset(
    {
        "participant", "participants", "respondent", "respondents", "interviewee", "interviewees",
        "informant", "resp", "part", "interviewed", "focus group participant",
        # French
        "participante", "participantes", "répondant", "répondante", "répondants", "repondant",
        "repondante", "enquêté", "enquêtée", "enquete", "enquetee", "interviewé", "interviewée",
        "informateur", "informatrice",
        # German, Spanish, Portuguese, Italian
        "befragte", "befragter", "befragte person", "teilnehmer", "teilnehmerin", "teilnehmende",
        "entrevistado", "entrevistada", "intervistato", "intervistata", "partecipante", "респондент",
        "受访者",
    }
)  # fmt: skip
# One or two letters say less: "I" may be Irene.
_ASK_SHORT = frozenset({"i", "q", "iv", "iw", "m", "e"})
_ANSWER_SHORT = frozenset({"p", "r", "a", "b", "ip", "fp", "pp"})
_NUMBERED = re.compile(r"[\s_#.-]*(?:n[o°]?\.?\s*)?\d+[a-z]?$")
_ASIDE = re.compile(r"\s*[(\[].*$")


class NamedRole(NamedTuple):
    """A role that a label tells.

    Attributes
    ----------
    role : str
        `INTERVIEWER` or `PARTICIPANT`; empty if the label tells none.
    certain : bool
        Whether the label is a word for the role, and not a letter or two.
    """

    role: str
    certain: bool


def role_by_name(label: str) -> NamedRole:
    """Return the role that the label of a speaker tells.

    Parameters
    ----------
    label : str
        The label, such as "Interviewer 2", "P1" or "Denise".

    Returns
    -------
    NamedRole
        The role. Numbers at the end, and what stands in brackets behind the name, do not matter.

    Examples
    --------
    >>> role_by_name("Animatrice"), role_by_name("P12"), role_by_name("Denise")
    (NamedRole(role='interviewer', certain=True), NamedRole(role='participant', certain=False), \
NamedRole(role='', certain=False))
    """
    folded = _ASIDE.sub("", label.strip().casefold()).strip(" .:*_")
    stem = _NUMBERED.sub("", folded).strip(" .:*_") or folded
    words = stem.split()
    for role, names, short in (
        (INTERVIEWER, _ASK, _ASK_SHORT),
        (PARTICIPANT, _ANSWER, _ANSWER_SHORT),
    ):
        # "Interviewer Anna", "Anna (moderator)" and "Interviewer: Anna" name the role beside the person.
        aside = re.findall(r"[(\[]([^)\]]*)[)\]]", label.casefold())
        if stem in names or any(one.strip() in names for one in aside):
            return NamedRole(role, certain=True)
        if len(words) > 1 and any(word in names and len(word) > 4 for word in words):
            return NamedRole(role, certain=True)
        if stem in short:
            return NamedRole(role, certain=False)
    return NamedRole("", certain=False)
