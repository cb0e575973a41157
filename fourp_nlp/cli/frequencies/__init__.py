"""`fourp frequencies` and `fourp plan`.

Modules
-------
`_cooccurrence`: `fourp frequencies --per-1000-words` and `--cooccurrence`: rates, and codes that stand
    together.
`_estimates`: Frequencies as estimates: what `fourp frequencies --corrected` prints and writes.
`frequencies`: `fourp frequencies`: how often each code occurs.
`plan`: `fourp plan`: how many segments people must still code at random.
"""
