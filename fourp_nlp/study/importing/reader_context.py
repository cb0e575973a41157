"""Reads a file of another program, with the documents and codes of the study where its format needs them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import codebook_to_nodes
from fourp_nlp.study.exporting.texts import export_texts
from fourp_nlp.study.reading.corpus import no_progress

if TYPE_CHECKING:
    from fourp_nlp.exchange import Exchange, Format
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["read_foreign"]


def read_foreign(
    path: object, form: Format, target: ImportTarget | None, *, coder: str = "", counting: str = ""
) -> Exchange:
    """Read a file of another program, with the context that its format needs.

    Parameters
    ----------
    path : path
        The file.
    form : Format
        Its format.
    target : ImportTarget or None
        The project that it is read for; None where there is none.
    coder : str
        The coder, if the file does not name one.
    counting : str
        The unit of the file's offsets; empty: it is detected.

    Returns
    -------
    Exchange
        The content of the file.

    Raises
    ------
    ExchangeError
        If it cannot be read, or `counting` is given and its format leaves no choice.
    """
    if counting and "counting" not in form.needs:
        raise ExchangeError(
            f"--counting is for REFI-QDA projects (.qdpx); '{form.name}' leaves no doubt how places "
            "are counted.",
            file=path,
            cure="Leave --counting out.",
        )
    context: dict[str, object] = {}
    if target is not None and not target.is_new:
        if "documents" in form.needs:
            # As they went out, so that places in the file are places in these.
            sent = export_texts(
                target.project, target.documents, target.extras, every=False, watch=no_progress
            )
            context["documents"] = sent.texts
        if "nodes" in form.needs and target.codebook is not None:
            context["nodes"] = codebook_to_nodes(target.codebook, target.extras.nodes)
    if "coder" in form.needs and coder:
        context["coder"] = coder
    if counting:
        context["counting"] = counting
    exchange: Exchange = form.read()(path, **context)
    return replace(exchange, has_texts="documents" not in form.needs)
