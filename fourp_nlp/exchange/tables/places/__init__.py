"""The document and the passage of a table's row.

Modules
-------
`document_column`: Finds the column of a table that names the documents.
`document_names`: Matches names in a table to documents of the project.
`_letters`: Finds quotes by their letters and digits alone, whatever the punctuation.
`_nearest_passage`: Finds the passage most similar to a quote that a text does not contain.
`_offset_units`: Infers how a table counts offsets: from 0 or 1, in characters or bytes, line ends as
    one or two.
`_quote_search`: Finds a quote in a document: exactly, as it was typed, with words left out, or nearly.
`row_places`: Places the rows of a table in the documents, and checks their quotes.
"""
