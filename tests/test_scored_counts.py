"""Counts of scored shards are those that `fourp frequencies` would give."""

import json

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from fourp_nlp.batch import RECORD, count_scored, page_facts, words_note
from fourp_nlp.errors import FourpError
from fourp_nlp.frequencies import count
from fourp_nlp.word_count import count_words
from tests.scored_shards import all_segments, write_scores

CODES, THEMES = ["care", 'odd "code"', "law"], ["t", "t", "u"]


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Three shards of random scores, one document's id in two of them, and a page without segments."""
    folder = tmp_path_factory.mktemp("scored")
    random = np.random.default_rng(0)
    record = {"model": "m@12345678", "codes": CODES, "themes": THEMES}
    (folder / RECORD).write_text(json.dumps(record))
    all_pages, all_segments = [], []
    for shard in ("a", "b", "c"):
        pages, segments = [], []
        for number in range(4):
            document = "same" if number == 0 else f"{shard}{number}"
            size = 0 if number == 3 else int(random.integers(1, 30))
            pages.append(
                {
                    "document": document,
                    "site": "" if shard == "c" else f"site_{shard}",
                    "group": {"a": "north", "b": "south", "c": ""}[shard],
                    "status": "kept" if number < 3 else "empty",
                    "words": size * 10,
                    "copies": 1,
                    "repeated_words": 0,
                    "segments": size,
                }
            )
            marks = random.random((size, len(CODES))) < 0.4
            for at in range(size):
                row = {"document": document, "segment": at + (at > 5), "words": 10}
                segments.append(
                    row | {f"s_{code}": bool(m) for code, m in zip(CODES, marks[at], strict=True)}
                )
        for name, rows in (("pages", pages), ("segments", segments)):
            (folder / name).mkdir(exist_ok=True)
            pd.DataFrame(rows).to_parquet(folder / name / f"{shard}.parquet")
        all_pages.append(pd.DataFrame(pages).assign(shard=shard))
        all_segments.append(pd.DataFrame(segments).assign(shard=shard))
    return folder, pd.concat(all_pages), pd.concat(all_segments)


@pytest.mark.parametrize("unit", ["occurrences", "segments", "pages"])
@pytest.mark.parametrize("by", ["site", "group", "document"])
def test_counts_are_those_of_the_table_of_frequencies(scored, unit, by):
    folder, pages, segments = scored
    kept = pages[pages["status"] == "kept"]
    documents = kept.assign(
        case=kept["site"].where(kept["site"] != "", kept["shard"]),
        document=kept["shard"] + "/" + kept["document"],
    )
    named = segments.assign(document=segments["shard"] + "/" + segments["document"])
    matrix = named[[f"s_{code}" for code in CODES]].to_numpy()
    wanted = count(
        named,
        matrix,
        CODES,
        THEMES,
        documents,
        coder="m",
        unit="documents" if unit == "pages" else unit,
        by={"site": "case"}.get(by, by),
    )
    found = count_scored(folder, by=by, unit=unit)
    keys = {"site": ["case"], "group": ["group"], "document": ["document"]}[by]
    left = wanted.set_index([*keys, "code"])["count"].sort_index()
    if by == "document":
        shard = found["site"].str.removeprefix("site_")
        found = found.assign(document=shard + "/" + found["document"])
    right = found.rename(columns={"site": "case"} if by == "site" else {}).set_index(
        [*keys, "code"]
    )["count"]
    assert left.to_dict() == right.sort_index().to_dict()


def test_the_words_of_a_site_are_those_of_its_text_counted_as_everywhere(tmp_path):
    words = "Don't—stop: 3.5% of e-mail — 去学校"
    folder = write_scores(tmp_path / "scored", {"a": [3, 2], "b": [4]}, words=words)
    found = count_scored(folder, by="site").groupby("site")["words"].first()
    texts = all_segments(folder)
    counted = texts["text"].map(count_words).groupby(texts["site"]).sum()
    assert found.to_dict() == counted.to_dict()


def test_words_that_an_earlier_version_counted_otherwise_are_told(tmp_path):
    folder = write_scores(tmp_path / "scored", {"a": [3]})
    assert words_note(folder) == ""
    record = json.loads((folder / RECORD).read_text())
    (folder / RECORD).write_text(json.dumps(record | {"versions": [["fourp_nlp", "0.1.0"]]}))
    assert words_note(folder).startswith("Words were counted by an earlier definition")


def test_rates_are_counts_over_words_and_pages(scored):
    found = count_scored(scored[0], by="site", unit="segments")
    np.testing.assert_allclose(found["per_1000_words"], found["count"] * 1000 / found["words"])
    np.testing.assert_allclose(found["per_page"], found["count"] / found["pages"])
    assert (found["pages"] == 3).all()


def test_what_became_of_pages_is_told_site_by_site(scored):
    facts = page_facts(scored[0])
    assert facts.set_index(["site", "status"])["pages"].to_dict() == {
        (site, status): {"kept": 3, "empty": 1}[status]
        for site in ("site_a", "site_b", "c")
        for status in ("kept", "empty")
    }


def test_a_folder_without_scores_is_refused_with_the_cure(tmp_path):
    with pytest.raises(FourpError, match=r"no scores.*fourp score"):
        count_scored(tmp_path)
    (tmp_path / RECORD).write_text('{"model": "m", "codes": [], "themes": []}')
    with pytest.raises(FourpError, match="No shard has been scored"):
        count_scored(tmp_path)
