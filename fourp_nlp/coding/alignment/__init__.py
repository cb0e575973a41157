"""Coded spans aligned with segments, and codings that move when their text changes."""
