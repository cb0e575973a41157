"""Annotation programs: Taguette, Label Studio, doccano, Prodigy and Argilla, each in a module of its own."""

from __future__ import annotations

from fourp_nlp.exchange.annotation.argilla import read_argilla, write_argilla
from fourp_nlp.exchange.annotation.doccano import read_doccano, write_doccano
from fourp_nlp.exchange.annotation.label_studio import read_label_studio, write_label_studio
from fourp_nlp.exchange.annotation.prodigy import read_prodigy, write_prodigy
from fourp_nlp.exchange.annotation.recognition import kind_of_records
from fourp_nlp.exchange.annotation.taguette.highlights import (
    read_taguette,
    read_taguette_codebook,
    write_taguette,
    write_taguette_codebook,
)

__all__ = [
    "kind_of_records",
    "read_argilla",
    "read_doccano",
    "read_label_studio",
    "read_prodigy",
    "read_taguette",
    "read_taguette_codebook",
    "write_argilla",
    "write_doccano",
    "write_label_studio",
    "write_prodigy",
    "write_taguette",
    "write_taguette_codebook",
]
