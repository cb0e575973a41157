"""`fourp agree` and what belongs to it."""
