"""`fourp report --methods`: the methods section of an article, and the blanks to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

from pathlib import Path

__all__ = ["report_methods"]


def report_methods(
    study: Study,
    *,
    to: Path | None,
    overwrite: bool,
    json: bool,
) -> None:
    """Write the methods text and print its files, then what must be filled in by hand."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say, warn
    from fourp_nlp.study.reporting.methods import methods_facts, write_methods

    # Suggestions that are out of date are an error: passed over, the machine would be missing.
    suggested = bool(study.store.read_documents())
    facts = methods_facts(study.with_machine() if suggested else study.without_machine())
    written = write_methods(study.project, facts, to=to, overwrite=overwrite)
    if json:
        blanks = [[] if path.suffix == ".bib" else written.blanks for path in written.files]
        names = [str(path) for path in written.files]
        json_lines(pd.DataFrame({"file": names, "to_fill_in": pd.Series(blanks, dtype=object)}))
        return
    for path in written.files:
        say(f"wrote {near(path)}")
    if not suggested:
        warn(
            "There are no suggestions, so the text does not mention a machine. To make some: `fourp suggest`."
        )
    if written.uncorrected:
        warn(f"Frequencies are not corrected for the machine's errors: {written.uncorrected}")
    say(f"\nTo be filled in by you ({len(written.blanks)}, in brackets in the text):")
    for blank in written.blanks:
        say(f"  [{blank}]")
