"""Cutting documents into segments, the units of coding: sentences, turns or paragraphs.

The text is first cut at line ends, and freed of speakers' labels, times, transcriber's notes and
bullets. Whether a sentence ends at a full stop is decided by rule where the case is plain ("Dr.",
or a common word before and a capital after); otherwise spaCy's *senter* is asked, which sees only a
few words to each side of the place.

Modules
-------
`alignment`: Aligning coded spans with segments: which segments get the code of a span.
`language_rules`: What the rules of sentences must know of a language: abbreviations, first words,
    closing marks.
`lines`: The lines of a document, wrapped lines joined, with speaker and role.
`segmentation`: Cutting documents into segments: sentences, turns or paragraphs.
`sentences`: Where sentences end: by rule, with doubtful places marked for the senter.
`senter`: Asking spaCy's senter where a sentence ends, in the places where rules leave a doubt.
`speakers`: The speakers of a document and their shares, for checking how it was read.
"""

from __future__ import annotations

from fourp_nlp.segments.segmentation import Unit, segment
from fourp_nlp.segments.speakers import Speakers, speakers_in

__all__ = ["Speakers", "Unit", "segment", "speakers_in"]
