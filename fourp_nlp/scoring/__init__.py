"""Batch scoring: many shards of text coded by a machine, on this machine or on a cluster."""

from __future__ import annotations

from fourp_nlp.scoring._batch import SITES_FILE, ScoredShards, failed_pages, score_places
from fourp_nlp.scoring._counts import (
    PAGE_FACTS,
    SCORED_COUNTS,
    count_scored,
    open_scores,
    page_facts,
)
from fourp_nlp.scoring._engine import run
from fourp_nlp.scoring._fingerprint import RECORD, Fingerprint, claim, fingerprint_of, read_record
from fourp_nlp.scoring._machine import Machine, machine_for
from fourp_nlp.scoring._pages import pages_of
from fourp_nlp.scoring._score import Job, Scored, finished, score_shard
from fourp_nlp.scoring._shards import Shard, find_shards
from fourp_nlp.scoring._sites import sites_of

__all__ = [
    "PAGE_FACTS",
    "RECORD",
    "SCORED_COUNTS",
    "SITES_FILE",
    "Fingerprint",
    "Job",
    "Machine",
    "Scored",
    "ScoredShards",
    "Shard",
    "claim",
    "count_scored",
    "failed_pages",
    "find_shards",
    "fingerprint_of",
    "finished",
    "machine_for",
    "open_scores",
    "page_facts",
    "pages_of",
    "read_record",
    "run",
    "score_places",
    "score_shard",
    "sites_of",
]
