"""Who codes a draw, and which segments this person has read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import SETTLED, one_spelling, spelling_notes
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.errors import GoldError
from fourp_nlp.study.reading.reading_state import codes_asked_by_draws, current_readings
from fourp_nlp.tables import READ, empty

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = ["coder_of_draw", "readings_of_everybody"]


def readings_of_everybody(study: Study, *, assisted: bool = False) -> pd.DataFrame:
    """Return the table READ; drawing, unlike measuring, needs no reference coder.

    It holds what was read without suggestions or, if `assisted` is true, with them.
    """
    project, corpus, codebook = study.project, study.corpus, study.codebook
    folder, paths = project.gold, project.gold_files
    if assisted:
        folder, paths = project.assisted, project.assisted_files
    if not paths:
        return empty(READ)
    study.carry_codings()
    files = read_gold(paths, corpus.documents, codebook.code_ids, all_parts=True)
    drawn_segments = partial(codes_asked_by_draws, project)
    return current_readings(folder, files, corpus.documents, codebook, drawn_segments).read


def coder_of_draw(project: Project, read: pd.DataFrame, coder: str) -> tuple[str, list[str]]:
    """Return the coder, in the spelling of the gold files, and notes on other spellings."""
    people = [str(name) for name in read["coder"].unique() if name != SETTLED]
    only = people[0] if len(people) == 1 else ""
    named = project.settings.coders.gold
    who = coder.strip() or ("" if named == SETTLED else named) or only
    if not who:
        raise GoldError("No coder is named for these segments.", cure="Add --coder NAME.")
    spelling = one_spelling([who], people)
    project.gold_of_draws(spelling[who])  # refuses what cannot be the name of a file
    return spelling[who], spelling_notes(spelling, {})
