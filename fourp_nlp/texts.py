"""Suggests codes for texts in memory, without files and without a project."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from fourp_nlp.codebook import Codebook, read_codebook
from fourp_nlp.documents.offset_map import normalised_places
from fourp_nlp.errors import TableError
from fourp_nlp.machine.classifier import TrainedModel, load_model
from fourp_nlp.machine.encoder import DEFAULT_ENCODER, EmbeddingCache, load_encoder
from fourp_nlp.machine.shipped_model import shipped_codebook
from fourp_nlp.machine.suggestions import suggestion_tables
from fourp_nlp.segments import segment
from fourp_nlp.string_storage import python_strings
from fourp_nlp.study.machine.suggestion_amount import chosen_aim
from fourp_nlp.study.machine.suggestions import (
    check_model,
    choose_model,
    suggest_loose,
    user_cache,
)
from fourp_nlp.study.reading.corpus import Corpus
from fourp_nlp.tables import DOCUMENTS, SKIPPED, SUGGESTIONS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.study.machine.suggestion_amount import Amount

__all__ = ["TextCoder", "suggest"]

Unit = Literal["sentence", "turn", "paragraph"]

_DESCRIBED = ("case", "group", "date", "kind", "speaker")  # what may be known of a document


@python_strings()
def suggest(
    texts: Sequence[str] | pd.Series | pd.DataFrame,
    codebook: Codebook | Path | str | None = None,
    *,
    model: TrainedModel | Path | str | None = None,
    encoder: str = DEFAULT_ENCODER,
    unit: Unit = "sentence",
    amount: Amount = "balanced",
    all_codes: bool = False,
    text_column: str = "text",
    document_column: str = "document",
) -> pd.DataFrame:
    """Suggest codes for texts, each with a probability and a reason.

    The texts are cut into segments, embedded and coded, all on this machine. With the default codebook the
    model that comes with this package suggests; with any other codebook the definitions alone do, and
    probabilities are then rough.

    Parameters
    ----------
    texts : list of str, pandas.Series or pandas.DataFrame
        The texts. A frame has them in `text_column` and may have ids in `document_column`; otherwise the
        index gives the ids, and of a list the position, from 0. Columns case, group, date, kind and speaker
        of a frame are used where a codebook says to which documents a code applies.
    codebook : Codebook or path, optional
        The codebook, or its file. Default: the codebook that comes with this package.
    model : TrainedModel or path, optional
        A model trained for this codebook, or its folder. Default: as said above.
    encoder : str, default "all-MiniLM-L6-v2"
        The encoder that a given model was trained with.
    unit : {"sentence", "turn", "paragraph"}, default "sentence"
        What is coded.
    amount : {"balanced", "more", "fewer"} or float, default "balanced"
        How many codes to suggest, or the share of all codings that is to be found.
    all_codes : bool, default False
        Return every code of every segment, with a column that says which are suggested.
    text_column, document_column : str
        Columns of a frame.

    Returns
    -------
    pandas.DataFrame
        A row for each suggestion, with the columns of ``suggestions.csv`` (`fourp_nlp.columns.SUGGESTIONS`).
        ``text[start:end]`` of the text that was given is the segment. ``attrs["notes"]`` holds what to know
        about the model, in sentences.

    Raises
    ------
    TableError
        If an id is there twice, or a text or a column is missing.
    CodebookError
        If the codebook cannot be used.
    ModelError
        If the model was trained for other codes or with another encoder.

    Examples
    --------
    >>> import fourp_nlp
    >>> found = fourp_nlp.suggest(["The police were trained to spot trafficking. Lunch was late."])
    >>> found[["document", "text", "code"]].values.tolist()
    [['0', 'The police were trained to spot trafficking.', 'train_law_enforcement']]
    """
    documents = _documents(texts, text_column, document_column)
    coder = TextCoder.load(codebook, model, encoder=encoder, unit=unit)
    suggestions, notes = coder.suggest(documents, amount=amount)
    table = suggestions if all_codes else suggestion_tables(suggestions)["suggestions"]
    table.attrs["notes"] = notes
    return table


@dataclass(frozen=True)
class TextCoder:
    """A codebook and the model that codes by it, loaded once for many texts.

    Attributes
    ----------
    codebook : Codebook
        The codebook.
    model : TrainedModel
        The machine coder.
    encoder : str
        Name of the encoder.
    unit : {"sentence", "turn", "paragraph"}
        What is coded.
    notes : tuple of str
        What to know about the model.
    """

    codebook: Codebook
    model: TrainedModel
    encoder: str
    unit: Unit
    notes: tuple[str, ...]

    @classmethod
    def load(
        cls,
        codebook: Codebook | Path | str | None = None,
        model: TrainedModel | Path | str | None = None,
        *,
        encoder: str = DEFAULT_ENCODER,
        unit: Unit = "sentence",
    ) -> TextCoder:
        """Return the coder for a codebook; the parameters are those of `suggest`."""
        if not isinstance(codebook, Codebook):
            codebook = read_codebook(shipped_codebook() if codebook is None else codebook)
        if model is None:
            chosen, notes = choose_model(None, codebook, encoder=encoder, unit=unit)
            return cls(codebook, chosen, encoder, unit, tuple(notes))
        folder = None if isinstance(model, TrainedModel) else Path(model)
        trained = model if isinstance(model, TrainedModel) else load_model(model)
        check_model(trained, codebook, load_encoder(encoder), file=folder)
        return cls(codebook, trained, encoder, unit, ())

    def suggest(
        self, documents: pd.DataFrame, *, amount: Amount = "balanced"
    ) -> tuple[pd.DataFrame, list[str]]:
        """Return suggestions for a table of documents, every code of every segment, and notes.

        Parameters
        ----------
        documents : pandas.DataFrame
            Texts as they came, with the columns of the table DOCUMENTS.
        amount : {"balanced", "more", "fewer"} or float
            As for `suggest`.

        Returns
        -------
        suggestions : pandas.DataFrame
            Table of suggestions; places are those in the texts as they came.
        notes : list of str
            What a reader should know.
        """
        places = [normalised_places(text) for text in documents["text"]]
        normalised = documents.assign(
            text=[place.text for place in places],
            sha256=[hashlib.sha256(place.text.encode("utf-8")).hexdigest() for place in places],
        )
        corpus = Corpus(normalised, empty(SKIPPED), segment(normalised, unit=self.unit))
        suggestions, notes, _ = suggest_loose(
            corpus,
            self.codebook,
            self.model,
            unit=self.unit,
            encoder=self.encoder,
            cache=EmbeddingCache(user_cache()),
            aim=chosen_aim(None, amount),
        )
        starts, ends = (
            suggestions["start"].to_numpy(copy=True),
            suggestions["end"].to_numpy(copy=True),
        )
        passages = suggestions["text"].to_numpy(dtype=object, copy=True)
        rows_of = suggestions.groupby("document", sort=False).indices
        for name, text, place in zip(documents["document"], documents["text"], places, strict=True):
            rows = rows_of.get(name) if place.kept else None
            if rows is not None:
                starts[rows], ends[rows] = place.to_original(starts[rows], ends[rows])
                spans = zip(starts[rows].tolist(), ends[rows].tolist(), strict=True)
                passages[rows] = [text[start:end] for start, end in spans]
        suggestions = conform(
            suggestions.assign(start=starts, end=ends, text=passages), SUGGESTIONS
        )
        return suggestions, list(dict.fromkeys([*self.notes, *notes]))


def _documents(
    texts: Sequence[str] | pd.Series | pd.DataFrame, text_column: str, document_column: str
) -> pd.DataFrame:
    """Return the table DOCUMENTS of texts as they came."""
    if isinstance(texts, str):
        raise TableError("This is one text.", cure="Give a list of texts: [text].")
    frame = texts if isinstance(texts, pd.DataFrame) else None
    if frame is None:
        series = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype=object)
        frame = series.to_frame(text_column)
    if text_column not in frame.columns:
        raise TableError(
            f"There is no column '{text_column}'.", cure="Say which it is: text_column=…"
        )
    ids = frame[document_column] if document_column in frame.columns else frame.index.to_series()
    names = [str(name) for name in ids]
    twice = pd.Index(names).duplicated()
    if twice.any():
        raise TableError(
            f"Two texts have the id '{names[int(twice.argmax())]}'.",
            cure="Give each its own, in a column or as the index: frame.reset_index(drop=True).",
        )
    contents = frame[text_column].tolist()
    for name, content in zip(names, contents, strict=True):
        if not isinstance(content, str):
            raise TableError(
                f"The text '{name}' is {content!r}, which is no text.",
                cure="Leave such rows out: frame.dropna(), or frame.astype(str).",
            )
    known = {
        column: frame[column].fillna("").astype("str").tolist() if column in frame.columns else ""
        for column in _DESCRIBED
    }
    blank = {"path": "", "sha256": ""}
    rows = pd.DataFrame({"document": names, "text": pd.Series(contents, dtype=object)})
    return conform(rows.assign(**known, **blank), DOCUMENTS)
