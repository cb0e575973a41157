"""`fourp frequencies` and `fourp plan`."""
