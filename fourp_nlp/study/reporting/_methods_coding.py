"""What people coded, for the methods text: corpus, codebook, readers, draws and decisions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.columns import WHOLE
from fourp_nlp.documents import NOTE
from fourp_nlp.errors import GoldError
from fourp_nlp.reporting import (
    AdjudicatedFacts,
    AlignmentFacts,
    AssistedFacts,
    CodebookFacts,
    CorpusFacts,
    DecisionFacts,
    DrawFacts,
    ReaderFacts,
)
from fourp_nlp.segments.alignment import covered_segments
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.reading.alignment_effects import alignment_by_rule
from fourp_nlp.study.reading.applicability import data_segments
from fourp_nlp.study.reading.assisted import assisted_summary
from fourp_nlp.study.reading.unread_notes import codes_added_later, redefined_codes
from fourp_nlp.study.reconciling.disagreements import disagreements
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

__all__ = [
    "adjudicated_facts",
    "alignment_facts",
    "codebook_facts",
    "corpus_facts",
    "decision_facts",
    "draw_facts",
    "has_file_for_each_coder",
    "reader_facts",
    "reader_numbers",
]


def corpus_facts(study: Study) -> CorpusFacts:
    """Return how many documents, cases, words and segments there are."""
    settings, documents, skipped = study.project.settings, study.documents, study.corpus.skipped
    cases = documents["case"].where(documents["case"] != "", documents["document"])
    data = data_segments(study.corpus, study.codebook)
    aside: dict[object, int] = (
        {} if data.all() else study.segments.loc[~data, "speaker_role"].value_counts().to_dict()
    )
    any_case = bool((documents["case"] != "").any())
    return CorpusFacts(
        documents=len(documents),
        segments=len(study.segments),
        words=int(documents["text"].map(count_words).sum()),
        cases=cases.nunique() if any_case else 0,
        groups=len(set(documents["group"]) - {""}),
        skipped=int((~skipped["reason"].str.startswith(NOTE)).sum()),
        unit=settings.unit,
        notice=settings.notice,
        context=tuple((str(role), int(size)) for role, size in aside.items()),
    )


def codebook_facts(study: Study) -> CodebookFacts:
    """Return what the codebook is, and which of its codes came or changed after people had read."""
    gold, codebook = study.gold, study.codebook
    names, codes = codebook.names, codebook.code_ids
    later = []
    for coder in gold.people:
        new = codes_added_later(gold.read[gold.read["coder"] == coder]) & set(codes)
        if new:
            later.append((coder, len(new)))
    return CodebookFacts(
        title=codebook.title or codebook.id,
        version=codebook.version,
        citation=codebook.citation,
        themes=len(codebook.themes),
        codes=len(codes),
        sha256=codebook.fingerprint(),
        limited=tuple(names[code] for code in codes if code in codebook.applies_to),
        later=tuple(later),
        redefined=tuple((names[code], day) for code, day in redefined_codes(study).items()),
    )


def reader_numbers(study: Study) -> NDArray[np.int64]:
    """Return how many people read each segment.

    Shape (n_segments,), in the order of the segments.
    """
    return np.asarray(_read_segments(study, study.gold.people).sum(axis=0))


def _read_segments(study: Study, coders: Sequence[str]) -> NDArray[np.bool_]:
    """Return which segments coders read for any code, shape (n_coders, n_segments)."""
    looked_for, _ = stacked_labels(study, coders)
    return np.asarray(looked_for.any(axis=2))


def reader_facts(study: Study) -> tuple[ReaderFacts, ...]:
    """Return which documents and how many segments each person read."""
    people, coded = study.gold.people, study.gold.coded
    data = data_segments(study.corpus, study.codebook)
    document_of = study.segments["document"].to_numpy()[data]
    readers = []
    for coder, read in zip(people, _read_segments(study, people), strict=True):
        counts = pd.Series(read[data]).groupby(document_of, sort=False).agg(["sum", "size"])
        in_part = (counts["sum"] > 0) & (counts["sum"] < counts["size"])
        # From the gold files: a document without any segment can have been read too.
        documents = tuple(
            str(name) for name in study.documents["document"] if name in coded.get(coder, ())
        )
        of_coder = study.gold.read[study.gold.read["coder"] == coder]
        as_whole = set(of_coder.loc[of_coder["scope"] == WHOLE, "document"])
        whole = tuple(name for name in documents if name in as_whole)
        readers.append(ReaderFacts(coder, documents, int(in_part.sum()), int(read.sum()), whole))
    return tuple(readers)


def alignment_facts(study: Study) -> AlignmentFacts:
    """Return how people's passages align with segments; adjudicated codes are by segment anyway."""
    gold = study.gold
    effects = alignment_by_rule(study, [gold.rule])
    effects = effects[effects["coder"].isin(gold.people)]
    spans, exact, without = (int(effects[name].sum()) for name in ("spans", "exact", "gave_none"))
    return AlignmentFacts(gold.rule, spans, spans - exact, without)


def has_file_for_each_coder(study: Study) -> bool:
    """Return whether every gold file holds the codes of one coder only."""
    codes = study.codebook.code_ids
    return all(
        len(set(read_gold([path], study.documents, codes).coded["coder"])) <= 1
        for path in study.project.gold_files
    )


def draw_facts(study: Study) -> tuple[DrawFacts, ...]:
    """Return the draws whose sheets were imported, and of which something has been coded.

    They are in the order in which they were made.
    """
    study = study.coded_blind()
    draws, drawn, log = study.store.read_draws(), study.store.read_drawn(), study.store.read_log()
    imported = {
        draw
        for detail in log.loc[log["what"] == "take in", "detail"]
        for draw in json.loads(detail).get("draws", [])
    }
    place = ["document", "document_sha256", "start", "end"]
    segments = study.segments.assign(
        document_sha256=study.segments["document"].map(study.corpus.sha256)
    )
    places = pd.MultiIndex.from_frame(segments[place])
    facts = []
    for draw in draws[draws["draw"].isin(imported)].to_dict("records"):
        options = json.loads(draw["options"])
        repeat = bool(options.get("repeat"))
        drawn_segments = drawn[drawn["draw"] == draw["draw"]]
        read = (study.repeats if repeat else study.gold).read
        covered = covered_segments(study.segments, read, draw["coder"])
        coded = pd.MultiIndex.from_frame(drawn_segments[place]).isin(places[covered])
        if not coded.any():
            continue
        inclusion = drawn_segments["inclusion_probability"]
        facts.append(
            DrawFacts(
                draw=draw["draw"],
                coder=draw["coder"],
                strategy=draw["strategy"],
                date=draw["made_at"][:10],
                seed=int(draw["seed"]),
                frame=int(draw["frame_size"]),
                drawn=len(drawn_segments),
                coded=int(coded.sum()),
                random=int(inclusion.notna().sum()),
                low=float(inclusion.min()),
                high=float(inclusion.max()),
                stratify=str(options.get("stratify", "")),
                allocation=str(options.get("allocation", "")),
                repeat=repeat,
            )
        )
    return tuple(facts)


def assisted_facts(study: Study) -> tuple[AssistedFacts, ...]:
    """Return what each person decided about suggestions while seeing them."""
    return tuple(
        AssistedFacts(**{name: row[name] for name in AssistedFacts._fields})
        for row in assisted_summary(study).to_dict("records")
    )


def decision_facts(study: Study) -> tuple[DecisionFacts, ...]:
    """Return disagreements and decisions: between people, and between reference coder and machine.

    Only of coders who read the same segments.
    """
    gold, machine = study.gold, study.machine
    groups = [gold.people] if len(gold.people) > 1 else []
    if machine and gold.reference:
        groups.append([gold.reference, machine])
    facts = (_decisions_between(study, coders) for coders in groups)
    return tuple(decisions for decisions in facts if decisions is not None)


def _decisions_between(study: Study, coders: Sequence[str]) -> DecisionFacts | None:
    decisions = study.store.read_decisions()
    try:
        differences = disagreements(
            study, decisions, between=coders, context=0, include_settled=True
        )
    except GoldError:  # no two of them read the same
        return None
    decided = differences.table[differences.table["settled"] != ""]
    deciders = decided["decided_by"].value_counts().sort_index(kind="stable")
    return DecisionFacts(
        coders=tuple(coders),
        compared=differences.compared,
        disputed=differences.disputed,
        pairs=len(differences.table),
        by=tuple((str(name), int(number)) for name, number in deciders.items()),
        standing=int((decided["settled"] == "yes").sum()),
    )


def adjudicated_facts(study: Study) -> AdjudicatedFacts | None:
    """Return what the gold file of adjudicated codes holds.

    None if there is no such file.
    """
    if SETTLED not in study.gold.coded:
        return None
    looked_for, given = stacked_labels(study, [SETTLED])
    adjudicated = np.asarray(looked_for.any(axis=2))[0]
    left_out = (reader_numbers(study) > 0) & ~adjudicated
    return AdjudicatedFacts(int(adjudicated.sum()), int(left_out.sum()), int(given.sum()))
