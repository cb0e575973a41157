"""Codebooks kept as tables."""
