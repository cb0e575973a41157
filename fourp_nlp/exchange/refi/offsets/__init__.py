"""How a program counted the offsets of its selections."""
