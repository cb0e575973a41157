"""REFI-QDA files read."""
