"""Writes a study as a file of another program, with a table of what the format cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import DIALECTS, format_of, written
from fourp_nlp.study.exporting.export import codings_on_others_selections, project_exchange
from fourp_nlp.study.exporting.texts import exchange_segments
from fourp_nlp.study.result_places import check_results_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fourp_nlp.exchange import Exchange, Format, Written
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

__all__ = ["ExportedFile", "check_export", "export_file"]

_ON_OTHERS = (
    "{} coding(s) were made on another person's selection and are exported on it. QualCoder takes them for "
    "that person's codings: for QualCoder, add {}."
)


class ExportedFile(NamedTuple):
    """What an export wrote.

    Attributes
    ----------
    outcome : Written
        Whether it was written, the files, their contents and the losses.
    remarks : tuple of str
        What the user should know of the file.
    """

    outcome: Written
    remarks: tuple[str, ...]


def check_export(
    file: Path, *, as_: str = "", options: Mapping[str, object], overwrite: bool = False
) -> Format:
    """Check the file and the options of an export before documents are read.

    Parameters
    ----------
    file : pathlib.Path
        What to write; its ending says the format.
    as_ : str, optional
        The format, where several have the same ending.
    options : mapping of str to object
        Options of the format's writer.
    overwrite : bool, default False
        Whether an earlier file may be replaced.

    Returns
    -------
    Format
        The format.

    Raises
    ------
    ExchangeError
        If no such format is written, it has no such option, or the file is there already.
    ProjectError
        If a command would read the file as a document or as gold codes.
    """
    form = format_of(file, as_, written=True)
    unknown = [name for name in options if name not in form.options]
    if unknown:
        taken = f"It takes: {', '.join(form.options)}." if form.options else "It takes no options."
        raise ExchangeError(
            f"The option {unknown[0]} does not go with the format {form.name}.", cure=taken
        )
    if options.get("dialect") not in {None, *DIALECTS}:
        *first, last = DIALECTS
        raise ExchangeError(
            f"There is no dialect '{options['dialect']}'.",
            cure=f"Use {', '.join(first)} or {last}.",
        )
    check_results_place(file)
    for path in (file, _losses_file(file)):
        if path.exists() and not overwrite:
            raise ExchangeError(
                "There is a file of this name already; nothing was changed.",
                file=path,
                cure="Name another one, or allow overwriting (`--overwrite`, in Python overwrite=True).",
            )
    return form


def export_file(
    study: Study,
    file: Path,
    form: Format,
    *,
    options: Mapping[str, object],
    suggestions: bool | Literal["accepted"] = True,
    coders: Sequence[str] = (),
    documents: Sequence[str] = (),
    include_repeat: bool = False,
    strict: bool = False,
    own_selections: str = "shared_selections=False",
) -> ExportedFile:
    """Write a study in a format, and beside it a table of what was lost, if anything was.

    Parameters
    ----------
    study : Study
        The study.
    file : pathlib.Path
        The file, checked by `check_export`. An earlier one is replaced.
    form : Format
        Its format.
    options : mapping of str to object
        Options of the format's writer.
    suggestions : bool or "accepted", default True
        Whether the machine's codings are exported, or only those that are accepted.
    coders, documents : sequence of str, optional
        Only these people, only these documents; by default all.
    include_repeat : bool, default False
        Whether what people coded a second time is exported, under other coder names.
    strict : bool, default False
        Whether nothing is written if anything would be lost.
    own_selections : str
        How the caller says that each coding has its own selection; a remark names it.

    Returns
    -------
    ExportedFile
        What was written, and remarks.

    Raises
    ------
    ExchangeError
        If the format cannot hold the study at all.
    GoldError, ProjectError
        If there is no such coder or document.
    StoreError, CodebookError
        If accepted suggestions are wanted, and there are none for the documents and codes as they are.
    """
    exchange = project_exchange(
        study,
        suggestions=suggestions,
        coders=coders,
        documents=documents,
        include_repeat=include_repeat,
        watch=study.watch,
    )
    writer_options = dict(options)
    # On a sheet to code in, and in a matrix, one coder's codes are marked; of a sheet by default nobody's.
    if "coder" in form.options and len(coders) == 1:
        writer_options.setdefault("coder", coders[0])
    writer_options |= _project_data(form, study.corpus, exchange)
    outcome = written(exchange, file, form, writer_options, _losses_file(file), strict=strict)
    asked = options.get("dialect", "plain") != "plain" or "shared_selections" in options
    others = codings_on_others_selections(exchange) if form.name == "qdpx" and not asked else 0
    more = [_ON_OTHERS.format(others, own_selections)] if others else []
    return ExportedFile(outcome, (*exchange.remarks, *more))


def _losses_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.losses.csv")


def _project_data(form: Format, corpus: Corpus, exchange: Exchange) -> dict[str, object]:
    """Return what else of the study the format's writer takes."""
    options: dict[str, object] = {}
    if "segments" in form.wants:
        options["segments"] = exchange_segments(corpus, exchange)
    if "originals" in form.wants:
        rows = corpus.documents[["document", "path"]].itertuples(index=False, name=None)
        options["originals"] = {name: Path(path) for name, path in rows}
    return options
