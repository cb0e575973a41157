"""Which document and which passage a table's row is about."""
