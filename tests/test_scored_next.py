"""Scored segments drawn at random, coded on a sheet, taken in, and read as a probability sample."""

import json

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

from fourp_nlp.batch import draw_scored, import_scored_sheet, open_rows, page_runs, scored_sample
from fourp_nlp.batch.results.draws import _draw_sample, store_of
from fourp_nlp.errors import FourpError, GoldError
from tests.scored_shards import CODES, all_segments, fill_in, write_scores

SIZES = {"a": [20, 0, 35], "b": [60], "c": [5, 5, 5, 10]}
GROUPS = {"a": "north", "b": "south", "c": "north"}


@pytest.fixture
def scored(tmp_path):
    return write_scores(tmp_path / "scored", SIZES, groups=GROUPS)


def code(folder, count, *, coder="anna", but=0, **options):
    draw = draw_scored(folder, count=count, coder=coder, **options)
    return draw, import_scored_sheet(folder, fill_in(draw.files[0], but=but))


def sample_of(folder, coder=""):
    rows = open_rows(folder)
    return scored_sample(rows, page_runs(rows), coder)


@pytest.mark.parametrize(
    ("stratify", "allocation"),
    [(None, "proportional"), ("group", "proportional"), ("site", "equal")],
)
def test_every_segment_is_drawn_as_often_as_its_probability_says(scored, stratify, allocation):
    rows = open_rows(scored)
    pages = page_runs(rows)
    gone = np.array([0, 3, 54, 55, 90, 139])
    counts, chances, times = np.zeros(140), np.full(140, np.nan), 3000
    for seed in range(times):
        random = np.random.default_rng(seed)
        sample = _draw_sample(rows, pages, gone, 14, random, stratify, allocation)
        assert len(set(sample.rows.tolist())) == 14
        counts[sample.rows] += 1
        chances[sample.rows] = sample.probability
    assert not counts[gone].any()
    left = np.setdiff1d(np.arange(140), gone)
    spread = np.sqrt(chances[left] * (1 - chances[left]) / times)
    assert np.abs(counts[left] / times - chances[left]).max() < 5 * spread.max()
    np.testing.assert_allclose(chances[left].sum(), 14)


def test_the_sheet_shows_text_neighbours_and_the_page_and_nothing_of_the_machine(scored):
    draw = draw_scored(scored, count=30, coder="anna", seed=1)
    sheet = pd.read_csv(draw.files[0], dtype=str, keep_default_na=False)
    segments = all_segments(scored).assign(
        document=lambda own: own["shard"] + "/" + own["document"]
    )
    at = {
        key: row
        for row, key in enumerate(zip(segments["document"], segments["start"], strict=True))
    }
    for row in sheet.to_dict("records"):
        own = at[row["document"], int(row["start"])]
        assert segments["text"][own] == row["text"]
        near = [
            segments["text"][other] if segments["document"][other] == row["document"] else ""
            for other in range(own - 2, own)
            if other >= 0
        ]
        assert row["before"] == " ".join(filter(None, near))
        assert (
            row["page address"]
            == f"https://{row['document'].split('/', 1)[1].replace('/', '.example/')}"
        )
    assert not {"p_care", "s_care"} & set(sheet.columns)
    assert sheet[CODES].eq("").all(axis=None)


def test_the_same_seed_draws_the_same_segments(scored):
    first = draw_scored(scored, count=20, coder="anna", seed=5)
    second = draw_scored(scored, count=20, coder="ben", seed=5)
    assert first.texts == second.texts


def test_nothing_is_drawn_twice_for_one_coder_and_all_can_be_drawn(scored):
    texts = []
    for seed, stratify in enumerate((None, "site", "group", None)):
        texts += draw_scored(scored, count=40, coder="anna", seed=seed, stratify=stratify).texts
    assert sorted(texts) == sorted(all_segments(scored)["text"])
    with pytest.raises(GoldError, match="nothing left to draw for anna"):
        draw_scored(scored, count=1, coder="anna")


def test_a_sheet_taken_in_gives_what_was_marked(scored):
    draw, taken = code(scored, 40)
    assert taken.file == scored / "gold" / "anna.csv"
    assert (taken.read, taken.unread) == (40, 0)
    sample = sample_of(scored)
    segments = all_segments(scored).iloc[sample.rows]
    assert sorted(segments["text"]) == sorted(draw.texts)
    np.testing.assert_array_equal(sample.labels, segments[[f"true_{c}" for c in CODES]])
    np.testing.assert_allclose(sample.inclusion, 40 / 140)


def test_two_draws_are_one_sample(scored):
    code(scored, 30, seed=1)
    code(scored, 20, seed=2)
    sample = sample_of(scored)
    assert len(sample.draws) == 2
    np.testing.assert_allclose(sample.inclusion, 50 / 140)
    assert not sample.out_of_reach.any()


def test_a_draw_that_was_not_read_to_its_end_is_left_out_and_told(scored):
    code(scored, 30, seed=1)
    code(scored, 20, seed=2, but=3)
    sample = sample_of(scored)
    assert sample.drawn == 30
    assert sample.apart == 17
    assert "3 of its 20 segments" in sample.notes[0]
    np.testing.assert_allclose(sample.inclusion[~np.isnan(sample.inclusion)], 30 / 140)


def test_a_draw_within_sites_has_the_chances_of_its_sites(scored):
    draw, _ = code(scored, 15, stratify="site", allocation="equal")
    sample = sample_of(scored)
    shards = all_segments(scored)["shard"].to_numpy()[sample.rows]
    for site, size in (("a", 55), ("b", 60), ("c", 25)):
        np.testing.assert_allclose(sample.inclusion[shards == site], 5 / size)
    assert sample.stratify == "site"
    assert json.loads(draw.facts["options"])["strata"]["c"] == [25, 5]


def test_shards_scored_after_a_draw_are_out_of_its_reach(scored):
    code(scored, 30)
    write_scores(scored, {"d": [12]}, groups={"d": "south"}, seed=9)
    sample = sample_of(scored)
    assert sample.out_of_reach.sum() == 1
    code(scored, 30, seed=3)
    later = sample_of(scored)
    assert not later.out_of_reach.any()
    shards = all_segments(scored)["shard"].to_numpy()[later.rows]
    second = 30 / (140 + 12 - 30)
    np.testing.assert_allclose(later.inclusion[shards == "d"], second)
    np.testing.assert_allclose(later.inclusion[shards != "d"], 30 / 140 + (1 - 30 / 140) * second)


def test_a_text_that_was_changed_is_refused_and_nothing_is_written(scored):
    draw = draw_scored(scored, count=10, coder="anna", seed=1)
    path = fill_in(draw.files[0])
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    sheet.loc[0, "text"] = sheet.loc[0, "text"].replace("Words", "Other")
    sheet.to_csv(path, index=False, encoding="utf-8-sig")
    with pytest.raises(GoldError, match=r"row 2: The text is 'Other"):
        import_scored_sheet(scored, path)
    assert not (scored / "gold").exists()


def test_scores_that_changed_under_a_sheet_are_refused(scored):
    draw = draw_scored(scored, count=10, coder="anna", seed=1)
    write_scores(scored, SIZES, groups=GROUPS, words="Quite another text")
    with pytest.raises(GoldError, match="If the document has changed, draw anew"):
        import_scored_sheet(scored, fill_in(draw.files[0]))


def test_other_codes_for_the_same_segments_are_refused_until_they_are_to_replace(scored):
    draw, _ = code(scored, 10)
    other = fill_in(draw.files[0], rule=lambda _: {"care": True, "law": False})
    with pytest.raises(GoldError, match="coded otherwise before"):
        import_scored_sheet(scored, other)
    assert import_scored_sheet(scored, other, replace=True).replaced > 0
    assert sample_of(scored).labels[:, 0].all()


def test_a_sheet_of_other_scores_is_refused(scored, tmp_path):
    other = write_scores(tmp_path / "other", {"z": [9]})
    draw = draw_scored(other, count=3, coder="anna")
    with pytest.raises(GoldError, match="Nothing has been drawn from these scores"):
        import_scored_sheet(scored, fill_in(draw.files[0]))


def test_what_cannot_be_drawn_is_refused_with_the_cure(scored, tmp_path):
    with pytest.raises(FourpError, match="--coder NAME"):
        draw_scored(scored, count=3, coder="")
    with pytest.raises(FourpError, match="cannot be the name"):
        draw_scored(scored, count=3, coder="../anna")
    plain = write_scores(tmp_path / "plain", {"z": [9]})
    with pytest.raises(FourpError, match="No page has a group"):
        draw_scored(plain, count=3, coder="anna", stratify="group")
    with pytest.raises(FourpError, match="No scored segments have been coded"):
        sample_of(scored)


def test_only_row_groups_with_a_drawn_segment_are_read(scored, monkeypatch):
    import pyarrow.parquet as pq

    read = []
    real = pq.ParquetFile.read_row_group

    def noting(self, at, **options):
        read.append((at, tuple(options["columns"])))
        return real(self, at, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", noting)
    draw_scored(scored, count=1, coder="anna", seed=4, context=0)
    assert len(read) == 1
    assert not any(name.startswith(("p_", "s_")) for name in read[0][1])


def test_the_draw_is_kept_with_its_probabilities(scored):
    draw = draw_scored(scored, count=8, coder="anna", seed=1)
    kept = store_of(scored).read_drawn()
    assert kept["document"].tolist() == draw.drawn["document"].tolist()
    np.testing.assert_allclose(kept["inclusion_probability"], 8 / 140)


def test_pages_that_do_not_fit_their_segments_are_refused(scored):
    pages = scored / "pages" / "c.parquet"
    own = pd.read_parquet(pages)
    own.iloc[::-1].to_parquet(pages)
    with pytest.raises(FourpError, match="do not fit"):
        draw_scored(scored, count=140, coder="anna")
    own.iloc[1:].to_parquet(pages)
    with pytest.raises(FourpError, match=r"c\.parquet.*do not fit"):
        draw_scored(scored, count=1, coder="anna")
