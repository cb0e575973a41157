"""Taguette: tables of highlights, sheets, and project files."""
