"""`fourp collect` and `fourp score`."""
