"""REFI-QDA files written."""
