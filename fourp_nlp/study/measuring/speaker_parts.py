"""Frequencies and rates by speaker, by role, and by attributes of speakers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.documents.speaker_attributes import LINE, SPEAKER_COLUMNS
from fourp_nlp.errors import TableError
from fourp_nlp.frequencies import count, rates
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.tables import SPEAKER_FREQUENCIES, SPEAKER_RATES, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.study.labels import Labels
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

    Unit = Literal["occurrences", "segments", "documents"]

__all__ = [
    "OF_DOCUMENTS",
    "SpeakerParts",
    "speaker_frequencies",
    "speaker_parts",
    "speaker_rates",
]

OF_DOCUMENTS = ("case", "document", "group")
"""What else figures can be for: attributes of documents."""

_BY_MACHINE = "the machine's suggestions counted as they are, with its errors"
_APART = "\x1f"  # between a part and a document, in ids that no document has


class SpeakerParts(NamedTuple):
    """The segments of a corpus divided by who speaks.

    Attributes
    ----------
    of_segment : ndarray of int64, shape (n_segments,)
        The part of each segment, by its row in `table`.
    table : pandas.DataFrame
        One row a part, in the order of the documents: part, document, speaker, speaker_role.
    """

    of_segment: NDArray[np.int64]
    table: pd.DataFrame


def speaker_parts(corpus: Corpus, by: str) -> SpeakerParts:
    """Divide segments by speaker, by role, or by an attribute of speakers.

    Parameters
    ----------
    corpus : Corpus
        Documents, segments and the table of speakers.
    by : str
        "speaker", "role", or a column of the table of speakers, in any case.

    Returns
    -------
    SpeakerParts
        A label in two documents is two speakers, unless the table of speakers has a row for it that names no
        document. Text that is nobody's, and speakers of whom nothing is known, are a part without a name.

    Raises
    ------
    TableError
        If there is no such column, no speaker, or no role.
    """
    by = by.strip().casefold()
    segments = corpus.segments
    attributes = [name for name in corpus.speakers.columns if name not in {*SPEAKER_COLUMNS, LINE}]
    if by not in {"speaker", "role", *attributes}:
        known = ", ".join([*OF_DOCUMENTS, "speaker", "role", *attributes])
        raise TableError(
            f"Nothing can be counted by '{by}'.",
            cure=f"Known are: {known}. Further columns of speakers.csv are known, too.",
        )
    if not (segments["speaker"] != "").any():
        raise TableError(
            f"Nothing can be counted by {by}: no document marks who speaks.",
            cure="`fourp read --turns` shows how the documents were read.",
        )
    pairs = segments[["document", "speaker"]].drop_duplicates()
    names = list(zip(pairs["document"], pairs["speaker"], strict=True))
    role_of = dict(zip(names, segments.loc[pairs.index, "speaker_role"], strict=True))
    if by == "role" and not any(role_of.values()):
        raise TableError(
            "Nothing can be counted by role: no role is set.",
            cure="`fourp speakers` lists who speaks, and `fourp speakers --confirm` sets roles.",
        )
    if by == "speaker":
        keys = _people(names, corpus.speakers)
    elif by == "role":
        keys = [("", role_of[pair]) for pair in names]
    else:
        keys = [("", value) for value in _values(names, corpus.speakers, by)]
    order = list(dict.fromkeys(keys))
    # What nobody says, or nothing is known of, comes last.
    order.sort(key=lambda key: not key[1])
    place = {key: at for at, key in enumerate(order)}
    row_of_pair = np.array([place[key] for key in keys], dtype=np.int64)
    at = pd.MultiIndex.from_frame(pairs).get_indexer(
        pd.MultiIndex.from_frame(segments[["document", "speaker"]])
    )
    labels = [name for _, name in order]
    roles = _role_of_part(names, keys, role_of) if by == "speaker" else {}
    table = pd.DataFrame(
        {
            "part": [
                f"{name} ({document})" if document and labels.count(name) > 1 else name
                for document, name in order
            ],
            "document": [document for document, _ in order],
            "speaker": labels if by == "speaker" else "",
            "speaker_role": labels if by == "role" else [roles.get(key, "") for key in order],
        }
    )
    return SpeakerParts(row_of_pair[at], table)


def _people(names: list[tuple[str, str]], table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return document and label of each speaker; no document for one who is the same person everywhere."""
    listed = set(zip(table["document"], table["speaker"].str.casefold(), strict=True))
    people = []
    for document, speaker in names:
        folded = speaker.casefold()
        own = {(document, folded), (document.rsplit("#", 1)[0], folded)} & listed
        everywhere = not speaker or (("", folded) in listed and not own)
        people.append(("" if everywhere else document, speaker))
    # One spelling of a person who is the same everywhere.
    spelling: dict[str, str] = {}
    for document, speaker in people:
        if not document:
            spelling.setdefault(speaker.casefold(), speaker)
    return [
        (document, speaker if document else spelling[speaker.casefold()])
        for document, speaker in people
    ]


def _values(names: list[tuple[str, str]], table: pd.DataFrame, attribute: str) -> list[str]:
    """Return an attribute of each speaker: that of the row for the document, or for all documents."""
    columns = (table["document"], table["speaker"].str.casefold(), table[attribute])
    listed = {(document, who): value for document, who, value in zip(*columns, strict=True)}
    return [
        next(
            filter(
                None,
                (
                    listed.get((place, speaker.casefold()), "")
                    for place in (document, document.rsplit("#", 1)[0], "")
                ),
            ),
            "",
        )
        for document, speaker in names
    ]


def _role_of_part(
    names: list[tuple[str, str]],
    keys: list[tuple[str, str]],
    role_of: dict[tuple[str, str], str],
) -> dict[tuple[str, str], str]:
    """Return the role of each person; empty if it differs between documents."""
    roles: dict[tuple[str, str], set[str]] = {}
    for name, key in zip(names, keys, strict=True):
        roles.setdefault(key, set()).add(role_of[name])
    return {key: next(iter(some)) if len(some) == 1 else "" for key, some in roles.items()}


def speaker_frequencies(
    study: Study, *, by: str, unit: Unit = "occurrences", coders: Sequence[str] = ()
) -> pd.DataFrame:
    """Count codes by speaker, role or attribute, for the reference coder and the machine.

    Parameters
    ----------
    study : Study
        The study.
    by : str
        As in `speaker_parts`.
    unit : {"occurrences", "segments", "documents"}
        What is counted. An occurrence is a run of neighbouring segments of one part with the same code.
    coders : sequence of str, optional
        Other coders than those two.

    Returns
    -------
    pandas.DataFrame
        The table SPEAKER_FREQUENCIES, coder by coder: parts of which the coder read anything.
    """
    parts = speaker_parts(study.corpus, by)
    tables = [empty(SPEAKER_FREQUENCIES)]
    for coder in _coders(study, coders):
        counted = _Counted(study, parts, coder)
        table = counted.counts(unit)
        tables.append(conform(counted.described(table, by), SPEAKER_FREQUENCIES))
    return conform(pd.concat(tables, ignore_index=True), SPEAKER_FREQUENCIES)


def speaker_rates(
    study: Study, *, by: str, unit: Unit = "occurrences", coders: Sequence[str] = ()
) -> pd.DataFrame:
    """Return how often each code occurs for 1,000 words, by speaker, role or attribute.

    Parameters
    ----------
    study, by, unit, coders
        As in `speaker_frequencies`.

    Returns
    -------
    pandas.DataFrame
        The table SPEAKER_RATES, coder by coder; words are those of the segments that the coder read.
    """
    parts = speaker_parts(study.corpus, by)
    tables = [empty(SPEAKER_RATES)]
    for coder in _coders(study, coders):
        counted = _Counted(study, parts, coder)
        caution = _BY_MACHINE if coder == study.machine else counted.caution
        table = counted.described(counted.rates(unit), by).assign(caution=caution)
        tables.append(conform(table, SPEAKER_RATES))
    return conform(pd.concat(tables, ignore_index=True), SPEAKER_RATES)


def _coders(study: Study, coders: Sequence[str]) -> list[str]:
    return list(coders) or [name for name in (study.gold.reference, study.machine) if name]


class _Counted:
    """What one coder gave in each part: a part is a case, and what it has of a document is a document."""

    def __init__(self, study: Study, parts: SpeakerParts, coder: str) -> None:
        labels = study.labels(coder)
        self.of_segment = parts.of_segment[labels.read]
        self.labels: Labels = labels.of_read_segments
        self.coder, self.parts = coder, parts
        self.codes, self.themes = study.codebook.code_ids, study.codebook.code_themes
        n_data = int(data_segments(study.corpus, study.codebook).sum())
        n_read = int(labels.read.sum())
        self.caution = (
            ""
            if n_read >= n_data
            else f"of the {n_read:,} of {n_data:,} segments that {coder} read, however they were chosen"
        )
        key = pd.Series(self.of_segment.astype(str)) + _APART
        segments = self.labels.segments
        pseudo = key + segments["document"].astype("str").reset_index(drop=True)
        self.segments = segments.assign(document=pseudo.to_numpy())
        unique = pseudo.drop_duplicates()
        ordered = unique.iloc[np.argsort(self.of_segment[unique.index], kind="stable")]
        self.documents = pd.DataFrame(
            {
                "document": ordered.to_numpy(),
                "case": [name.split(_APART, 1)[0] for name in ordered],
                "group": "",
            }
        )

    def counts(self, unit: Unit) -> pd.DataFrame:
        """Return the table FREQUENCIES in which a part is a case, with the number of segments."""
        table = count(
            self.segments, self.labels.labels, self.codes, self.themes, self.documents,
            unit=unit, by="case", coder=self.coder,
        )  # fmt: skip
        size = np.zeros((len(self.parts.table), len(self.codes)), dtype=np.int64)
        np.add.at(size, self.of_segment, self.labels.looked_for.astype(np.int64))
        row = table["case"].astype(int).to_numpy()
        column = pd.Index(self.codes).get_indexer(pd.Index(table["code"]))
        return table.assign(segments=size[row, column])

    def rates(self, unit: Unit) -> pd.DataFrame:
        """Return the table RATES in which a part is a case."""
        return rates(
            self.segments, self.labels.labels, self.codes, self.themes, self.documents,
            unit=unit, by="case", coder=self.coder, read=self.labels.looked_for,
        )  # fmt: skip

    def described(self, table: pd.DataFrame, by: str) -> pd.DataFrame:
        """Return a table with names in the place of the numbers of parts."""
        rows = self.parts.table.iloc[table["case"].astype(int).to_numpy()]
        columns = {name: rows[name].to_numpy(dtype=object) for name in rows.columns}
        return table.assign(by=by.strip().casefold(), **columns)
