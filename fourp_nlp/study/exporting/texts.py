"""Collects texts for an export: imported texts as they were, others normalised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.documents import normalised_places
from fourp_nlp.exchange import SOURCES, guid_of
from fourp_nlp.tables import SEGMENTS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from fourp_nlp.documents import Places
    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Corpus, Watch

    Integers = npt.NDArray[np.int64]

__all__ = ["ExportedTexts", "exchange_segments", "export_texts"]

# What is said of a document that came from another program, as it came.
_MORE = ("name_there", "user", "made_at", "modified_by", "modified_at")
_NAMED = 3  # documents that a remark names


@dataclass(frozen=True)
class ExportedTexts:
    """Documents as they go out, and where their stretches stand then.

    Attributes
    ----------
    sources : pandas.DataFrame
        The table SOURCES.
    guids, texts : dict of str to str
        GUID and text of each document, by its id.
    places : dict of str to Places
        What normalising moved, for documents that are exported with their imported text.
    moved : frozenset of str
        GUIDs of sources whose text is no longer the one to which kept offsets refer.
    remarks : list of str
        What the user should know.
    """

    sources: pd.DataFrame
    guids: Mapping[str, str]
    texts: Mapping[str, str]
    places: Mapping[str, Places] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()
    remarks: list[str] = field(default_factory=list)

    def spans(
        self, documents: pd.Series, starts: pd.Series, ends: pd.Series
    ) -> tuple[Integers, Integers]:
        """Return where stretches of documents stand in the texts that go out.

        Parameters
        ----------
        documents : pandas.Series of str, length n
            Ids of the documents.
        starts, ends : pandas.Series of int, length n
            Places in their normalised texts.

        Returns
        -------
        starts, ends : ndarray of int64, shape (n,)
            Places in the texts that are exported.
        """
        first, last = starts.to_numpy(dtype=np.int64).copy(), ends.to_numpy(dtype=np.int64).copy()
        if not self.places:
            return first, last
        names = documents.to_numpy(dtype=object)
        for name, at in pd.Series(names).groupby(names, sort=False).indices.items():
            if (places := self.places.get(str(name))) is not None:
                first[at], last[at] = places.to_original(first[at], last[at])
        return first, last

    def quotes(self, documents: pd.Series, starts: Integers, ends: Integers) -> list[str]:
        """Return what stands at places of the texts that go out, as many as there are places."""
        return [
            self.texts[name][start:end]
            for name, start, end in zip(documents, starts.tolist(), ends.tolist(), strict=True)
        ]


def export_texts(
    project: Project, documents: pd.DataFrame, extras: ExchangeExtras, *, every: bool, watch: Watch
) -> ExportedTexts:
    """Return documents as they go out.

    An imported document keeps its GUID. It is exported with its imported text, if the file is still there and
    is the document's text after normalising.

    Parameters
    ----------
    project : Project
        The project.
    documents : pandas.DataFrame
        The documents that are exported, rows of the table of documents.
    extras : ExchangeExtras
        What was imported, and has no other place.
    every : bool
        Whether all documents are exported, also imported ones without a text.
    watch : callable
        Is told of progress.

    Returns
    -------
    ExportedTexts
        Sources, texts and places.
    """
    imported = extras.sources.drop_duplicates("document").set_index("document")
    guids: dict[str, str] = {}
    texts: dict[str, str] = {}
    places: dict[str, Places] = {}
    changed_documents: list[str] = []
    progress = watch("texts")
    rows: list[tuple[object, ...]] = []
    for done, (name, our_text) in enumerate(
        zip(documents["document"], documents["text"], strict=True), start=1
    ):
        kind, description, original = "text", "", ""
        authorship = [""] * len(_MORE)
        guids[name], texts[name] = guid_of("source", name), our_text
        if name in imported.index:
            row = imported.loc[name]
            guids[name], kind = str(row["guid"]), str(row["kind"])
            description, original = str(row["description"]), str(row["original"])
            authorship = [str(row[each]) for each in _MORE]
        if original:
            as_imported = _as_it_came(project, original, our_text)
            if as_imported is None:
                changed_documents.append(name)
            else:
                texts[name], places[name] = as_imported
        rows.append((guids[name], name, texts[name], True, kind, description, *authorship))
        progress(done, len(documents))
    sources = conform(pd.DataFrame(rows, columns=[*SOURCES.names, *_MORE]), SOURCES)
    if every and len(extras.sources):
        without_text = extras.sources[~extras.sources["has_text"]].assign(text="")
        without_text = without_text[~without_text["guid"].isin(set(sources["guid"]))]
        sources = pd.concat([sources, conform(without_text, SOURCES)], ignore_index=True)
    remarks = []
    if places:
        remarks.append(
            f"{len(places)} of {len(documents)} documents are exported with their original text, with "
            "codings at the positions of that text."
        )
    if changed_documents:
        more = (
            f" and {len(changed_documents) - _NAMED} more"
            if len(changed_documents) > _NAMED
            else ""
        )
        remarks.append(
            f"{', '.join(changed_documents[:_NAMED])}{more}: the original text is not available any more, or "
            "the document was changed since; the document's present text is exported."
        )
    return ExportedTexts(
        sources, guids, texts, places, frozenset(guids[name] for name in changed_documents), remarks
    )


def _as_it_came(project: Project, original: str, our_text: str) -> tuple[str, Places] | None:
    """Return a text as it came and its places; None if it is not there, or is no longer the document's."""
    folder = (project.exchange / "texts").resolve()
    path = (folder / original).resolve()
    # The name stands in a table that anybody may have edited.
    if not path.is_relative_to(folder) or not path.is_file():
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    places = normalised_places(text)
    return (text, places) if places.text == our_text else None


def exchange_segments(corpus: Corpus, exchange: Exchange) -> pd.DataFrame:
    """Return the segments of the documents that go out, at their places in the texts that go out.

    Parameters
    ----------
    corpus : Corpus
        The project's documents and segments.
    exchange : Exchange
        What `project_exchange` made of it.

    Returns
    -------
    pandas.DataFrame
        The table SEGMENTS.
    """
    names = exchange.sources.loc[exchange.sources["has_text"], ["document", "guid", "text"]]
    texts = dict(zip(names["document"], names["text"], strict=True))
    our_texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    places = {
        name: normalised_places(text) for name, text in texts.items() if text != our_texts.get(name)
    }
    guids = dict(zip(names["document"], names["guid"], strict=True))
    exported = ExportedTexts(exchange.sources, guids, texts, places)
    segments = corpus.segments[corpus.segments["document"].isin(set(texts))]
    start, end = exported.spans(segments["document"], segments["start"], segments["end"])
    quotes = exported.quotes(segments["document"], start, end)
    return conform(segments.assign(start=start, end=end, text=quotes), SEGMENTS)
