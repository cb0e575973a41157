"""Batch scoring: many shards of text coded by a machine, on this machine or on a cluster.

Modules
-------
`results/`: Results of batch scoring: counts, samples, estimates and the report.
`engine`: Running jobs: in processes on this machine, or on a Dask cluster.
`fingerprint`: The fingerprint of scores: what they depend on, so that two kinds are never mixed.
`machine_folder`: The machine coder for batch scoring, as a folder that every worker can read.
`scoring`: Scoring many shards: finished ones are skipped, the others are handed to an engine.
`shard_pages`: Reading the pages of a shard, a few at a time, so that a shard may be larger than memory.
`shard_scoring`: Scoring one shard as a stream: reading, segmenting, embedding, classifying and writing.
`shards`: Shards: the files or folders that are scored one by one.
`site_list`: The list of sites that shards belong to.
`_worker_memory`: Undoing a memory setting of Dask workers that slows down inference.
"""

from __future__ import annotations

from fourp_nlp.batch.engine import run
from fourp_nlp.batch.fingerprint import RECORD, fingerprint_of, read_record
from fourp_nlp.batch.machine_folder import machine_for, words_in
from fourp_nlp.batch.results.coded_sample import (
    import_scored_sheet,
    scored_sample,
)
from fourp_nlp.batch.results.counts import (
    count_scored,
    page_facts,
    words_note,
)
from fourp_nlp.batch.results.display_names import codebook_of_scores, keep_codebook, sites_of_scores
from fourp_nlp.batch.results.draws import draw_scored
from fourp_nlp.batch.results.estimates import (
    estimate_scored,
    scored_estimates_for_report,
)
from fourp_nlp.batch.results.report import report_scored
from fourp_nlp.batch.results.segment_rows import open_rows, page_runs
from fourp_nlp.batch.scoring import (
    ScoredShards,
    failed_pages,
    noted_pages,
    score_places,
)
from fourp_nlp.batch.shard_pages import pages_of
from fourp_nlp.batch.shard_scoring import finished, score_shard
from fourp_nlp.batch.shards import find_shards
from fourp_nlp.batch.site_list import sites_of

__all__ = [
    "RECORD",
    "ScoredShards",
    "codebook_of_scores",
    "count_scored",
    "draw_scored",
    "estimate_scored",
    "failed_pages",
    "find_shards",
    "fingerprint_of",
    "finished",
    "import_scored_sheet",
    "keep_codebook",
    "machine_for",
    "noted_pages",
    "open_rows",
    "page_facts",
    "page_runs",
    "pages_of",
    "read_record",
    "report_scored",
    "run",
    "score_places",
    "score_shard",
    "scored_estimates_for_report",
    "scored_sample",
    "sites_of",
    "sites_of_scores",
    "words_in",
    "words_note",
]
