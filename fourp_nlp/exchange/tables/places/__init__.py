"""Which document and which passage a table's row is about.

Modules
-------
`document_column`: Which column of a table names the documents.
`document_names`: Which document of the project a table means, whatever it calls it.
`_letters`: A text as its letters and digits alone, and where each of them stood: what typing does not
    change.
`_nearest_passage`: The passage of a text that is most like a quote, where the quote itself is not in
    it.
`_offset_units`: How a table counts the places of its rows: from 0 or 1, in characters or bytes, line
    ends as one or two.
`_quote_search`: Where a quote stands in a document: as it is, as it was typed, with words left out, or
    nearly so.
`row_places`: Rows of a table to their places in the documents, held to what stands there.
"""
