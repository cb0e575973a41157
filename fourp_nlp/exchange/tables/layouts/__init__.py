"""Tables of codings in each layout: long, wide, a row a segment."""
