"""A component for spaCy: `nlp.add_pipe("fourp")` fills `doc.spans["fourp"]` with coded segments.

spaCy imports this module whenever it loads any pipeline, also the one that divides sentences. So what codes
is imported when the first document comes.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from spacy.language import Language
from spacy.util import minibatch

from fourp_nlp.codebook import read_codebook, write_codebook
from fourp_nlp.errors import ModelError
from fourp_nlp.machine.encoder import DEFAULT_ENCODER
from fourp_nlp.string_storage import python_strings
from fourp_nlp.tables import DOCUMENTS, conform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spacy.tokens import Doc

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.texts import TextCoder

__all__ = ["SPANS_KEY", "CodeSuggester", "make_component"]

SPANS_KEY = "fourp"
_BATCH = 64  # documents that are coded at once, unless `nlp.pipe` says otherwise


class CodeSuggester:
    """Puts suggested codes on documents of spaCy.

    Spans are segments of the package's own segmenter, labelled with the id of a code. As with spaCy's span
    categorizer, ``doc.spans["fourp"].attrs["scores"]`` holds their probabilities, in the order of the spans.

    Parameters
    ----------
    name : str
        Name of the component in its pipeline.
    codebook : Codebook or path, optional
        The codebook. Default: the one that comes with the package.
    model : path, optional
        The folder of a model trained for this codebook. Default: as for `fourp_nlp.suggest`.
    encoder : str
        The encoder that the model was trained with.
    unit : {"sentence", "turn", "paragraph"}
        What is coded.
    amount : {"balanced", "more", "fewer"} or float
        How many codes to suggest.
    spans_key : str
        Where in `doc.spans` the spans go.
    """

    def __init__(
        self,
        name: str = SPANS_KEY,
        *,
        codebook: Codebook | Path | str | None = None,
        model: TrainedModel | Path | str | None = None,
        encoder: str = DEFAULT_ENCODER,
        unit: Any = "sentence",
        amount: Any = "balanced",
        spans_key: str = SPANS_KEY,
    ) -> None:
        self.name = name
        self.amount = amount
        self.spans_key = spans_key
        self._asked = (codebook, model, encoder, unit)

    @cached_property
    def coder(self) -> TextCoder:
        """The codebook and its model, loaded when they are first needed."""
        from fourp_nlp.texts import TextCoder

        codebook, model, encoder, unit = self._asked
        return TextCoder.load(codebook, model, encoder=encoder, unit=unit)

    @property
    def labels(self) -> tuple[str, ...]:
        """The ids of the codes; empty before the first document, since spaCy asks while it still loads."""
        return tuple(self.coder.model.codes) if "coder" in vars(self) else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about the model, in sentences."""
        return self.coder.notes

    def __call__(self, doc: Doc) -> Doc:
        """Code one document."""
        self._annotate([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = _BATCH) -> Iterator[Doc]:
        """Code documents as they come, some at once.

        Parameters
        ----------
        stream : iterable of Doc
            The documents.
        batch_size : int
            How many are coded at once.

        Yields
        ------
        Doc
            The same documents, in order.
        """
        batches: Iterable[Iterable[Doc]] = minibatch(stream, size=batch_size)  # type: ignore[no-untyped-call]
        for batch in batches:
            docs = list(batch)
            self._annotate(docs)
            yield from docs

    @python_strings()
    def _annotate(self, docs: list[Doc]) -> None:
        names = [str(number) for number in range(len(docs))]
        texts = pd.Series([doc.text for doc in docs], dtype=object)
        described = dict.fromkeys(
            ("case", "group", "date", "kind", "speaker", "path", "sha256"), ""
        )
        documents = conform(
            pd.DataFrame({"document": names, "text": texts}).assign(**described), DOCUMENTS
        )
        suggestions, _ = self.coder.suggest(documents, amount=self.amount)
        chosen = suggestions[suggestions["suggested"]]
        for name, doc in zip(names, docs, strict=True):
            rows = chosen[chosen["document"] == name]
            columns = (rows[column].tolist() for column in ("start", "end", "code"))
            spans: list[Any] = [
                doc.char_span(start, end, label=code, alignment_mode="expand")
                for start, end, code in zip(*columns, strict=True)
            ]
            doc.spans[self.spans_key] = spans
            doc.spans[self.spans_key].attrs["scores"] = rows["probability"].to_numpy(np.float64)

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Write the codebook, the model and the options to a folder.

        Parameters
        ----------
        path : path
            The folder. A model that works from the definitions alone is not written: the codebook is all that
            it needs. Encoders are not written either.
        exclude : iterable of str
            What spaCy asks to leave out; there is nothing of the kind here.
        """
        from fourp_nlp.machine.classifier import save_model

        del exclude
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        coder = self.coder
        write_codebook(coder.codebook, folder / "codebook.yaml")
        if not coder.model.zero_shot:
            save_model(coder.model, folder / "model")
        options = {
            "encoder": coder.encoder,
            "unit": coder.unit,
            "amount": self.amount,
            "spans_key": self.spans_key,
            "notes": list(coder.notes),
            "model": not coder.model.zero_shot,
        }
        (folder / "options.json").write_text(json.dumps(options, indent=2), encoding="utf-8")

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> CodeSuggester:
        """Read what `to_disk` wrote.

        Parameters
        ----------
        path : path
            The folder.
        exclude : iterable of str
            What spaCy asks to leave out; there is nothing of the kind here.

        Returns
        -------
        CodeSuggester
            Itself.

        Raises
        ------
        ModelError
            If the folder does not hold a component.
        """
        from fourp_nlp.machine.classifier import load_model
        from fourp_nlp.texts import TextCoder

        del exclude
        folder = Path(path)
        try:
            options = json.loads((folder / "options.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(
                "This is no saved component.", file=folder, cure="Save it again: nlp.to_disk(…)."
            ) from error
        self.amount, self.spans_key = options["amount"], options["spans_key"]
        codebook = read_codebook(folder / "codebook.yaml")
        model = load_model(folder / "model") if options["model"] else None
        loaded = TextCoder.load(codebook, model, encoder=options["encoder"], unit=options["unit"])
        self.coder = TextCoder(
            loaded.codebook, loaded.model, loaded.encoder, loaded.unit, tuple(options["notes"])
        )
        return self


@Language.factory(
    "fourp",
    default_config={
        "codebook": None,
        "model": None,
        "encoder": DEFAULT_ENCODER,
        "unit": "sentence",
        "amount": "balanced",
        "spans_key": SPANS_KEY,
    },
    assigns=["doc.spans"],
)
def make_component(
    nlp: Language,
    name: str,
    codebook: str | Path | None,
    model: str | Path | None,
    encoder: str,
    unit: str,
    amount: str | float,
    spans_key: str,
) -> CodeSuggester:
    """Return the component for ``nlp.add_pipe("fourp", config={...})``.

    Parameters
    ----------
    nlp : Language
        The pipeline; any will do, also a blank one.
    name : str
        Name of the component.
    codebook, model : path, optional
        Files, as for `CodeSuggester`. They are read when the first document comes, so that a saved pipeline
        opens where they are not.
    encoder, unit, amount, spans_key
        As for `CodeSuggester`.

    Returns
    -------
    CodeSuggester
        The component.
    """
    del nlp
    return CodeSuggester(
        name,
        codebook=codebook,
        model=model,
        encoder=encoder,
        unit=unit,
        amount=amount,
        spans_key=spans_key,
    )
