"""`fourp collect` and `fourp score`.

Modules
-------
`collect`: `fourp collect`: websites into WARC files.
`score`: `fourp score`: many pages coded in batch, on this machine or on a cluster.
`scored`: Commands on a folder of scores: counts, samples, estimates and the report.
"""
