"""Converts offsets of selections to places in texts, in the unit in which a program counted them.

Modules
-------
`_conversion`: Converts offsets of selections to places in their texts, in the unit in which they were
    counted.
`_known_programs`: Offset units that programs are known to use, by the `origin` that they write into
    their projects.
`_likelihood`: How well each offset unit explains the edges and names of selections, as log-likelihoods.
`_messages`: Remarks on how offsets were counted, and the question that is asked where that is not
    certain.
`offset_units`: Offset units: what a program counts, and the place in a text that an offset stands for.
`_selection_names`: Compares names of selections with the words at their places.
`selection_places`: Finds the places of a project's selections in its texts.
`_unit_choice`: Chooses the offset unit of a project from selections' edges, their names, and the
    program.
`_word_edges`: Kinds of edges: whether a line, sentence or word begins or ends at a place of a text.
"""
