"""PDF files.

Modules
-------
`_divided_words`: Words that a line's end divides, put together.
`_line_numbers`: Numbers of lines in a column of their own at the margin of a PDF's pages.
`_lines`: The lines of a PDF's pages, with where they stand.
`_margins`: What stands at the edge of a PDF's pages and is no part of its text: numbers, running heads,
    footers.
`_paragraphs`: Lines of PDF pages joined into paragraphs, by how they read and where they stand.
`reader`: PDF files: what stands at the edges of pages left out, lines joined into paragraphs.
`_tables`: Rows of a PDF whose words stand in columns: a table of speakers, or one line after all.
"""
