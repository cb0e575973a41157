"""Tables of texts, tables of speakers, and captions."""
