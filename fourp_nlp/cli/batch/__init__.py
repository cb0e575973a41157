"""`fourp collect` and `fourp score`.

Modules
-------
`collect`: `fourp collect`: websites into WARC files.
`score`: `fourp score`: many pages coded in batch, on this machine or on a cluster.
`scored`: What was scored in batch: counted, drawn from, corrected and reported.
"""
