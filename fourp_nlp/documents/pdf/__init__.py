"""PDF files.

Modules
-------
`_divided_words`: Joining words that are divided at the end of a line.
`_line_numbers`: Line numbers in a column at the margin of PDF pages.
`_lines`: The lines of PDF pages, with their positions.
`_margins`: Page numbers, running heads and footers of PDF pages, which are not text.
`_paragraphs`: Joining the lines of PDF pages into paragraphs, by their words and positions.
`reader`: Reading PDF files: margins are left out, and lines joined into paragraphs.
`_tables`: Rows of PDF pages with words in columns: tables of speakers, or ordinary lines.
"""
