"""`fourp frequencies` and `fourp plan`.

Modules
-------
`_by_speaker`: `fourp frequencies --by speaker`, `role` or an attribute of speakers, printed and written.
`_cooccurrence`: `fourp frequencies --per-1000-words` and `--cooccurrence`: rates and pairs of codes.
`_estimates`: `fourp frequencies --corrected` and `--compare`: estimates and comparisons, printed and
    written.
`frequencies`: `fourp frequencies`: how often each code occurs.
`plan`: `fourp plan`: how many segments people must still code at random.
"""
