"""Reasons: the words that are named did carry the suggestion, and the example was seen by who suggests."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.codebook import Code, Codebook, read_codebook
from fourp_nlp.machine.attribution._word_contributions import word_parts
from fourp_nlp.machine.attribution.reasons import reasons
from fourp_nlp.machine.attribution.word_attribution import (
    Shares,
    WordEffects,
    score_shares,
    strongest,
    without_words,
    word_effects,
)
from fourp_nlp.machine.classifier import (
    Examples,
    build_classifier,
    codebook_rows,
    embed_definitions,
    reworded_features,
    rewording_of,
    segment_features,
)
from fourp_nlp.machine.encoder import EmbeddingCache, embed_layers, keeping_tokens, load_encoder
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from tests.conftest import OTHER, SEEDS, WATER, write_project

pytestmark = pytest.mark.trains_anew  # learning and encoding are what is tested here

ENCODER = load_encoder()
FLOODS = Codebook(id="f", codes=[Code(id="flood", name="Flood", full_definition="High water.")])


class Learned:
    """A classifier of one code, learned from documents of sentences."""

    def __init__(self, documents: list[list[str]], labels: list[list[bool]]) -> None:
        self.texts = [text for document in documents for text in document]
        self.names = [f"d{at}" for at, document in enumerate(documents) for _ in document]
        self.definitions = embed_definitions(FLOODS, ENCODER)
        self.vectors = embed_layers(self.texts, ENCODER)
        self.features = segment_features(self.texts, self.vectors, self.names)
        self.classifier = build_classifier(self.vectors.shape[1:])
        codes = np.array([[code] for document in labels for code in document])
        self.classifier.fit(
            self.features,
            codes,
            groups=np.array(self.names),
            definitions=codebook_rows(FLOODS, ENCODER),
        )

    def effects(self, encoder=ENCODER) -> list[WordEffects]:
        return word_effects(self.texts, self.vectors, self.features, self.classifier, encoder)


@pytest.fixture(scope="module")
def learned() -> Learned:
    documents = [
        [WATER[at], OTHER[at], SEEDS[at], WATER[(at + 1) % 6], OTHER[(at + 2) % 6]]
        for at in range(6)
    ]
    return Learned(documents, [[True, False, False, True, False]] * 6)


def trained(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    return corpus, suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions


def test_without_the_named_words_the_score_falls_more_than_without_others(learned):
    named_falls, other_falls = [], []
    effects = learned.effects()
    for row in np.flatnonzero(learned.classifier.predict(learned.features)[:, 0]):
        named = strongest(effects[row], 0)[:2]
        others = [word for word in effects[row].words if word not in named][-2:]
        for words, falls in ((named, named_falls), (others, other_falls)):
            text = without_words(learned.texts[row], words)
            changed = reworded_features(
                learned.features,
                np.array([row]),
                rewording_of([text], ENCODER.encode([text])),
            )
            before = learned.classifier.scores(learned.features[[row]])
            falls.append(float((before - learned.classifier.scores(changed))[0, 0]))
    assert len(named_falls) >= 6
    assert np.mean(named_falls) > 2 * np.mean(other_falls)


def test_the_fall_without_a_word_is_the_score_as_it_is_less_the_score_of_the_rest(learned):
    rows = np.repeat(np.arange(len(learned.texts)), 2)
    texts = [
        text
        for whole in learned.texts
        for text in (without_words(whole, whole.split()[1:2]), without_words(whole, whole.split()))
    ]
    rewording = rewording_of(texts, ENCODER.encode([text or "." for text in texts]))
    changed = learned.classifier.scores(reworded_features(learned.features, rows, rewording))
    before = learned.classifier.scores(learned.features)
    changes = learned.classifier.score_changes(learned.features, rows, rewording)
    assert np.abs(changes).max() > 0.1
    assert np.allclose(before[rows] + changes, changed, rtol=0, atol=2e-6)


def test_no_named_word_only_joins_others_and_each_stands_in_the_text(learned):
    for text, effects in zip(learned.texts, learned.effects(), strict=True):
        assert not {"the", "and", "of", "by"} & {word.lower() for word in effects.words}
        assert all(word in text for word in effects.words)


def test_meaning_is_seen_where_the_words_themselves_have_no_weight():
    # "sprinkler" and "hose" stand once each: their own weights say little of "tap" in a new text.
    learned = Learned([WATER[:3], OTHER[:3], WATER[3:], OTHER[3:]], [[True] * 3, [False] * 3] * 2)
    text = ["A dripping faucet stood by the door."]
    vectors = embed_layers(text, ENCODER)
    features = segment_features(text, vectors, ["new"])
    given = (text, vectors, features, learned.classifier)
    with_meaning, without = word_effects(*given, ENCODER)[0], word_effects(*given, None)[0]
    place = with_meaning.words.index("faucet")
    assert with_meaning.falls[place, 0] > without.falls[place, 0]
    assert strongest(with_meaning, 0)[0] in {"faucet", "dripping"}


def test_words_are_named_for_definitions_alone_too(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    made = suggest_corpus(
        Study(project, corpus=read_corpus(project), codebook=read_codebook(project.codebook))
    ).suggestions
    seeds = made[made["suggested"] & (made["code"] == "seeds")]
    assert len(seeds)
    assert seeds["words"].str.contains("seed", case=False).mean() > 0.5
    assert not made["why"].str.contains("score:").any()


def test_shares_add_up_to_the_score_above_the_base_rate(learned):
    _, layers, dimensions = learned.vectors.shape
    shares = score_shares(
        learned.features,
        learned.classifier.scores(learned.features),
        learned.classifier,
        layers=layers,
        dimensions=dimensions,
    )
    total = shares.words + shares.meaning + shares.neighbours + learned.classifier.mean_
    assert np.allclose(total, learned.classifier.scores(learned.features), atol=1e-6)
    assert np.abs(shares.words).max() > 0.01


def test_a_code_that_only_the_neighbours_tell_is_said_to_come_from_them():
    # The same sentence is coded after talk of water, and not after other talk.
    said = "It went on like that all week."
    documents = [[WATER[at], said, WATER[(at + 1) % 6]] for at in range(6)]
    dry = [
        [one[at], said, other[(at + 1) % 6]]
        for one in (OTHER, SEEDS)
        for other in (OTHER, SEEDS)
        for at in range(6)
    ]
    learned = Learned(documents + dry, [[False, True, False]] * 6 + [[False] * 3] * 24)
    # All too easily told apart, this toy sets its threshold lower than real codes have it.
    learned.classifier.thresholds_ = np.array([0.5])
    rows = np.arange(1, 18, 3)
    suggested = learned.classifier.predict(learned.features[rows]).astype(bool)
    assert suggested.all()
    why = told(learned, rows)
    assert all("without its neighbours it would not be suggested" in sentence for sentence in why)


def test_what_a_segment_says_itself_is_not_put_down_to_its_neighbours(learned):
    rows = np.flatnonzero(learned.classifier.predict(learned.features)[:, 0])
    assert len(rows)
    why = told(learned, rows)
    assert all("score: meaning" in sentence for sentence in why)
    assert sum("without its neighbours" in sentence for sentence in why) < len(why) / 4


@pytest.mark.parametrize(
    ("words", "meaning", "neighbours", "sentence"),
    [
        (0.2, 0.5, 0.3, "meaning 50%, own words 20%, neighbours 30%"),
        (-0.2, 0.5, -0.1, "meaning 250%, own words −100%, neighbours −50%"),
        (-0.1, -0.3, 0.42, "neighbours in favour, meaning and own words against, nearly equal"),
        (0.4, 0.001, -0.38, "own words in favour, neighbours against, nearly equal"),
    ],
)
def test_parts_of_a_score_that_cancel_out_are_told_in_words(
    learned, monkeypatch, words, meaning, neighbours, sentence
):
    parts = [np.full((1, 1), part) for part in (words, meaning, neighbours, 0.0)]
    shares = Shares(*parts, np.zeros((1, 1), dtype=bool))
    monkeypatch.setattr(
        "fourp_nlp.machine.attribution.reasons.score_shares", lambda *_, **__: shares
    )
    (why,) = told(learned, np.array([0]))
    assert f"[score: {sentence}; the model keeps no coded examples]" in why


@pytest.mark.parametrize("noise", [-1e-7, 1e-7])
def test_of_examples_that_are_equally_near_the_first_is_quoted_on_every_processor(learned, noise):
    row = np.flatnonzero(learned.classifier.predict(learned.features)[:, 0])[:1]
    vector = learned.vectors[row[0], 0]
    twice = Examples(
        np.zeros(2, np.int64),
        ["This was said."] * 2,
        ["first.txt, segment 1", "second.txt, segment 1"],
        ["first.txt", "second.txt"],
        np.array([vector, vector * (1 + noise)], np.float32),
    )
    assert "(first.txt, segment 1)" in told(learned, row, twice)[0]


def told(learned: Learned, rows: np.ndarray, examples: Examples | None = None) -> list[str]:
    none = Examples(
        np.zeros(0, np.int64), [], [], [], np.zeros((0, learned.vectors.shape[2]), np.float32)
    )
    why, _ = reasons(
        [learned.texts[row] for row in rows],
        learned.vectors[rows],
        learned.features[rows],
        np.ones((len(rows), 1), dtype=bool),
        learned.classifier,
        learned.definitions,
        none if examples is None else examples,
        ENCODER,
    )
    return why[:, 0].tolist()


def test_a_reason_out_of_fold_quotes_no_document_that_its_model_had_not_seen(tmp_path):
    # With twelve documents, folds hold two: neither may be quoted for the other.
    from fourp_nlp.machine.training import out_of_fold_folds

    project = write_project(tmp_path / "p", documents=12)
    corpus, made = trained(project)
    names = corpus.segments["document"].tolist()
    folds = out_of_fold_folds(names, np.ones(len(names), dtype=bool), seed=0)
    together = {names[row]: {names[other] for other in fold} for fold in folds for row in fold}
    assert max(len(some) for some in together.values()) == 2
    told = made[made["why"].str.startswith("coded example")]
    assert len(told) > 10
    for document, why in zip(told["document"], told["why"], strict=True):
        assert not any(f"({other}," in why for other in together[document])


def test_suggestions_out_of_fold_have_words_and_keep_them_when_loaded_again(project):
    _, made = trained(project)
    given = made[made["suggested"]]
    assert given["out_of_fold"].all()
    assert (given["words"] != "").mean() > 0.9
    assert (made.loc[~made["suggested"], "words"] == "").all()
    for text, words in zip(given["text"], given["words"], strict=True):
        assert all(word in text for word in words.split("; ") if word)


def test_words_are_in_the_json_and_in_the_table(project):
    (project.root / "new.txt").write_text(
        "The tap drips into the rain barrel by the shed. Nobody came."
    )
    trained(project)
    asked = ["suggest", str(project.root / "new.txt"), "--project", str(project.root)]
    lines = [
        json.loads(line) for line in CliRunner().invoke(app, [*asked, "--json"]).stdout.splitlines()
    ]
    assert lines
    assert all({"why", "words"} <= set(line) for line in lines)
    assert CliRunner().invoke(app, asked).exit_code == 0
    table = pd.read_csv(project.root / "new.txt.suggestions.csv")
    assert table["words"].tolist() == [line["words"] for line in lines]


def test_what_the_tokens_give_adds_up_to_the_vectors_whatever_the_order_of_the_texts():
    texts = [WATER[0], "Rain.", " ".join(OTHER * 40), "Ünïcødé — “quoted” text."]
    made = ENCODER.token_parts(texts)
    vectors = ENCODER.encode(texts)
    for text, (spans, parts), vector in zip(texts, made, vectors, strict=True):
        assert np.allclose(parts.sum(axis=0), vector, atol=1e-5)
        assert spans.max() <= len(text)


class Counting:
    """The default encoder, counting the texts whose tokens it is asked for."""

    def __init__(self, *, tells: bool = True):
        self.id = ENCODER.id
        self.asked = 0
        self.tells = tells

    def token_parts(self, texts):
        self.asked += len(texts)
        return ENCODER.token_parts(texts) if self.tells else None


def test_reasons_come_from_the_run_of_the_encoder_that_gave_the_vectors(learned, monkeypatch):
    runs = []
    run = type(ENCODER)._run
    monkeypatch.setattr(
        type(ENCODER), "_run", lambda self, *given: runs.append(len(given[1])) or run(self, *given)
    )
    encoder = keeping_tokens(ENCODER)
    vectors = embed_layers(learned.texts, encoder)
    assert np.array_equal(vectors, learned.vectors)
    assert sum(runs) == len(set(learned.texts))
    kept = learned.effects(encoder)
    assert sum(runs) == len(set(learned.texts))
    assert same(kept, learned.effects())


def test_kept_tokens_stay_within_their_bound_and_those_forgotten_are_computed_anew(learned):
    texts = sorted(set(learned.texts), key=len)
    whole = ENCODER.token_parts(texts)
    size = sum(tokens.parts.nbytes for tokens in whole) // 2
    encoder = keeping_tokens(ENCODER, most=size // 2)
    encoder.encode(texts)
    assert 0 < encoder._bytes <= size // 2
    assert texts[0] not in encoder._kept
    assert texts[-1] in encoder._kept
    for ours, theirs in zip(encoder.token_parts(texts), whole, strict=True):
        assert np.array_equal(ours.spans, theirs.spans)
        assert np.allclose(
            ours.parts.astype(np.float16), theirs.parts.astype(np.float16), atol=1e-4
        )


def same(some: list[WordEffects], others: list[WordEffects]) -> bool:
    return all(
        one.words == other.words and np.array_equal(one.falls, other.falls)
        for one, other in zip(some, others, strict=True)
    )


def effects_with(learned: Learned, encoder, cache, texts=None) -> list[WordEffects]:
    return word_effects(
        texts or learned.texts,
        learned.vectors,
        learned.features,
        learned.classifier,
        encoder,
        cache=cache,
    )


def test_what_words_give_is_asked_of_the_encoder_once_and_says_the_same_afterwards(
    learned, tmp_path
):
    encoder, cache = Counting(), EmbeddingCache(tmp_path / "vectors.sqlite").words
    first = effects_with(learned, encoder, cache)
    assert encoder.asked == len(set(learned.texts))
    assert same(first, effects_with(learned, encoder, cache))
    assert encoder.asked == len(set(learned.texts))
    assert [made.words for made in first] == [made.words for made in learned.effects()]
    # Nothing but one text is new.
    effects_with(learned, encoder, cache, ["A kettle rusted.", *learned.texts[1:]])
    assert encoder.asked == len(set(learned.texts)) + 1


def test_the_order_of_texts_does_not_change_which_words_carry(learned):
    forward = learned.effects()
    order = np.arange(len(learned.texts))[::-1]
    backward = word_effects(
        [learned.texts[row] for row in order],
        learned.vectors[order],
        learned.features[order],
        learned.classifier,
        ENCODER,
    )[::-1]
    for one, other in zip(forward, backward, strict=True):
        assert one.words == other.words
        assert np.allclose(one.falls, other.falls, atol=1e-4)


def test_what_a_word_gives_is_what_its_tokens_add_up_to_at_all_its_places():
    text = "Flooding, flooding: the unfloodable floodplain was flooding."
    places = [[(0, 8), (10, 18), (51, 59)], [(24, 35)], [(36, 46)]]
    assert {text[start:end].lower() for start, end in places[0]} == {"flooding"}
    tokens = ENCODER.token_parts([text])[0]
    given = word_parts([text], [places], ENCODER)
    for spans, part in zip(places, given, strict=True):
        inside = [
            any(start < last and end > first for first, last in spans)
            for start, end in tokens.spans.tolist()
        ]
        assert 1 <= sum(inside) < len(tokens.spans)
        assert np.allclose(part, tokens.parts[inside].sum(axis=0).ravel(), atol=1e-4)


def test_an_encoder_that_cannot_tell_its_tokens_leaves_meaning_as_it_is(learned, tmp_path):
    cache = EmbeddingCache(tmp_path / "vectors.sqlite").words
    silent = effects_with(learned, Counting(tells=False), cache)
    assert same(silent, learned.effects(None))
    assert not cache.path.exists()


def test_the_cache_of_words_stays_within_its_bound(tmp_path):
    cache = EmbeddingCache(tmp_path / "words.sqlite", half=True, most=2**18)
    part = np.ones((8, 768), dtype=np.float16)
    keys = [number.to_bytes(32, "big") for number in range(200)]
    for first in range(0, 200, 10):
        cache.put(keys[first : first + 10], [part] * 10)
    known = cache.get(keys)
    # A round more than the bound may stand in it; and what stands in it is whole.
    assert cache.path.stat().st_size < 2 * 2**18
    assert 5 < len(known) < 40
    assert all(np.array_equal(value, part) for value in known.values())


def test_training_twice_asks_the_encoder_for_no_word_again(tmp_path, monkeypatch):
    project = write_project(tmp_path)
    _, first = trained(project)
    assert first["words"].str.len().gt(0).any()
    asked = []
    own = type(ENCODER).token_parts
    monkeypatch.setattr(
        type(ENCODER), "token_parts", lambda self, texts: asked.extend(texts) or own(self, texts)
    )
    _, again = trained(project)
    assert asked == []
    assert again["words"].tolist() == first["words"].tolist()
