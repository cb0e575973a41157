"""Codebooks kept as tables.

Modules
-------
`reader`: Reads codebooks from tables: of MAXQDA, NVivo, in Mayring's form, or made by hand.
`tree`: The hierarchy of a codebook's table: by columns, parents, numbers, indents or paths.
"""
