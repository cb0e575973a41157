"""Codes and themes of another program's project, matched with a codebook."""
