"""Cuts documents into the units that are coded: sentences, turns or paragraphs.

The text is first cut at line ends, and freed of speakers' labels, times, transcriber's notes and
bullets. Whether a sentence ends at a full stop is decided by rule where the case is plain ("Dr.",
or a common word before and a capital after); otherwise spaCy's *senter* is asked, which sees only a
few words to each side of the place.

Modules
-------
`lines`: The lines of a document, wrapped ones joined, with their speaker and role.
`segmentation`: Cutting documents into segments: sentences, turns or paragraphs.
`sentences`: Where a sentence ends: rules where the case is plain, spaCy's senter where it is not.
`senter`: Asking spaCy's senter where a sentence ends, in the places where rules leave a doubt.
`speakers`: Who speaks in a document and how much, as it was understood, so that a person sees a
    misreading.
"""

from __future__ import annotations

from fourp_nlp.segments.segmentation import Unit, segment
from fourp_nlp.segments.speakers import Speakers, speakers_in

__all__ = ["Speakers", "Unit", "segment", "speakers_in"]
