"""Codebooks kept as tables.

Modules
-------
`reader`: Codebooks as tables: from MAXQDA, NVivo, in Mayring's form, or as people write them
    themselves.
`_tree`: What stands below what in a codebook's table: by columns, parents, numbers, indents or paths.
"""
