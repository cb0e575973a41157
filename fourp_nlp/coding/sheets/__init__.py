"""Coding sheets and decision sheets as they come back from people."""
