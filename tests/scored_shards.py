"""Small made-up folders of scores, as `fourp score` writes them, with codes that are known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.batch import RECORD
from fourp_nlp.word_count import DEFINITION, count_words

if TYPE_CHECKING:
    from pathlib import Path

CODES, THEMES = ["care", "law"], ["t", "u"]
WHEN = "2026-03-04T05:06:07Z"


def truth(text: str) -> dict[str, bool]:
    """The rule by which the test's coder codes: what a text really says."""
    return {code: f"<{code}>" in text for code in CODES}


def write_scores(
    folder: Path,
    sizes: dict[str, list[int]],
    *,
    groups: dict[str, str] | None = None,
    seed: int = 0,
    urls: str = "https://{site}.example/{page}",
    words: str = "Words & more",
    row_group: int = 37,
) -> Path:
    """Write shards, one a site, with pages of so many segments; the machine errs in some."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "model": "m@12345678",
        "codes": CODES,
        "themes": THEMES,
        "unit": "sentence",
        "versions": [["fourp_nlp.word_count", DEFINITION]],
    }
    (folder / RECORD).write_text(json.dumps(record))
    for site, pages_of_site in sizes.items():
        pages, segments = [], []
        group = (groups or {}).get(site, "")
        for page, size in enumerate(pages_of_site):
            document, start = f"{site}/{page}", 0
            for at in range(size):
                has = random.random(len(CODES)) < (0.3, 0.1)
                marks = "".join(f" <{code}>" for code, here in zip(CODES, has, strict=True) if here)
                text = f"{words} {site} {page} {at}{marks}."
                said = np.clip(np.where(has, 0.8, 0.2) + random.normal(0, 0.25, len(CODES)), 0, 1)
                segments.append(
                    {
                        "document": document,
                        "segment": at,
                        "start": start,
                        "end": start + len(text),
                        "text": text,
                        "role": "",
                        "site": site,
                        "group": group,
                        "copies": 1,
                        "words": count_words(text),
                        **{f"p_{c}": np.float32(p) for c, p in zip(CODES, said, strict=True)},
                        **{f"s_{c}": bool(p > 0.5) for c, p in zip(CODES, said, strict=True)},
                    }
                )
                start += len(text) + 1
            own = [row for row in segments if row["document"] == document]
            pages.append(
                {
                    "document": document,
                    "site": site,
                    "group": group,
                    "url": urls.format(site=site, page=page),
                    "title": f"Page {page}",
                    "fetched_at": WHEN,
                    "warc": f"{site}.warc.gz",
                    "record_id": f"<urn:uuid:{site}-{page}>",
                    "sha256": f"{site}{page}{size}{words}",
                    "status": "kept" if size else "empty",
                    "reason": "" if size else "It has no text.",
                    "words": sum(row["words"] for row in own),
                    "copies": 1,
                    "repeated_words": 0,
                    "segments": size,
                }
            )
        for name, rows in (("pages", pages), ("segments", segments)):
            (folder / name).mkdir(exist_ok=True)
            made = pd.DataFrame(rows, columns=list(rows[0]) if rows else _columns())
            made.to_parquet(folder / name / f"{site}.parquet", row_group_size=row_group)
    return folder


def _columns() -> list[str]:
    plain = ["document", "segment", "start", "end", "text", "role", "site", "group", "copies"]
    return [*plain, "words", *(f"p_{c}" for c in CODES), *(f"s_{c}" for c in CODES)]


def all_segments(folder: Path) -> pd.DataFrame:
    """All segments in the order of their numbers, with what they really say."""
    parts = [
        pd.read_parquet(path).assign(shard=path.stem)
        for path in sorted((folder / "segments").glob("*.parquet"))
    ]
    frame = pd.concat(parts, ignore_index=True)
    for code in CODES:
        frame[f"true_{code}"] = [truth(text)[code] for text in frame["text"]]
    return frame


def fill_in(path: Path, *, but: int = 0, rule=truth) -> Path:
    """Fill a sheet in by a rule, but for its last rows."""
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    for at in range(len(sheet) - but):
        given = rule(sheet.loc[at, "text"])
        for code, here in given.items():
            sheet.loc[at, code] = "x" if here else ""
        if not any(given.values()):
            sheet.loc[at, "none"] = "x"
    filled = path.with_name(f"filled_{path.name}")
    sheet.to_csv(filled, index=False, encoding="utf-8-sig")
    return filled
