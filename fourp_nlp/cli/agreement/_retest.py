"""`fourp agree --retest`: how each coder who coded again agrees with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Corpus, Gold

__all__ = ["tell_retest"]


def tell_retest(
    here: Project,
    corpus: Corpus,
    gold: Gold,
    codebook: Codebook,
    *,
    resamples: int,
    seed: int,
    json: bool,
) -> None:
    """Print and write the agreement of first and second codings."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.cli.screen.tables import agreement_screen
    from fourp_nlp.spreadsheets import write_csv
    from fourp_nlp.study.measuring.retest import read_repeats, retest

    again = read_repeats(here, corpus, codebook)
    table = retest(corpus, gold, again, codebook, resamples=resamples, seed=seed)
    if json:
        json_lines(table)
        return
    for title, frame, remarks in agreement_screen(table, codebook.names):
        show(frame, title, below=remarks)
    path = here.reports / "retest.csv"
    write_csv(table, path)
    say(f"wrote {near(path)}")
