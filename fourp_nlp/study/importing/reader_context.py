"""What a reader of a format may be told of the project, to find its documents and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import codebook_to_nodes
from fourp_nlp.study.exporting.texts import sent_texts
from fourp_nlp.study.reading.corpus import no_progress

if TYPE_CHECKING:
    from fourp_nlp.exchange import Exchange, Format
    from fourp_nlp.study.importing.target import Target

__all__ = ["read_foreign"]


def read_foreign(
    path: object, form: Format, target: Target | None, *, coder: str = "", counting: str = ""
) -> Exchange:
    """Read a file of another program, with what its format needs to know.

    Parameters
    ----------
    path : path
        The file.
    form : Format
        Its format.
    target : Target or None
        The project that it is read for; None where there is none.
    coder : str
        Who coded, where the file does not say.
    counting : str
        How the file counts the places of codings; empty: that is found out.

    Returns
    -------
    Exchange
        What the file holds.

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
    told: dict[str, object] = {}
    if target is not None and not target.is_new:
        if "documents" in form.needs:
            # As they went out, so that places in the file are places in these.
            sent = sent_texts(
                target.project, target.documents, target.kept, every=False, watch=no_progress
            )
            told["documents"] = sent.texts
        if "nodes" in form.needs and target.codebook is not None:
            told["nodes"] = codebook_to_nodes(target.codebook, target.kept.nodes)
    if "coder" in form.needs and coder:
        told["coder"] = coder
    if counting:
        told["counting"] = counting
    made: Exchange = form.read()(path, **told)
    return made
