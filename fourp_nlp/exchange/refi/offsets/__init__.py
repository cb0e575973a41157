"""How a program counted the offsets of its selections.

Modules
-------
`_conversion`: Selections' offsets made places in their texts, in the way in which they were counted.
`_evidence`: Which way of counting is believed: names, edges and the program are weighed for the project
    as a whole.
`_known_programs`: What programs are known to count, by the `origin` that they write into their
    projects.
`_messages`: What a user is told of how offsets were counted, and what is asked where that cannot be
    found out.
`offset_units`: Ways of counting offsets, and the places that they come to in a text.
`_selection_names`: Names of selections, compared with what stands at their places.
`selection_places`: Selections of a project and the places in its texts that they stand for.
`_tally`: What selections' edges and names say for each way of counting; how it is weighed stands in
    `_evidence`.
`_word_edges`: Where a person may begin and end a selection: what kind of place each place in a text is.
"""
