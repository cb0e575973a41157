"""The project's database: suggestions, people's decisions, draws of segments to code, and a log."""

from __future__ import annotations

from fourp_nlp.coding.store.backups import Backup, Restored, backups, is_whole, restore
from fourp_nlp.coding.store.schema import DECISIONS_COLUMNS
from fourp_nlp.coding.store.store import Store

__all__ = ["DECISIONS_COLUMNS", "Backup", "Restored", "Store", "backups", "is_whole", "restore"]
