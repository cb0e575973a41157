"""Web pages, e-mail and e-books.

Modules
-------
`email`: E-mail: single messages (.eml) and mailboxes (.mbox).
`epub`: E-books (EPUB): chapters in reading order, each read as a web page.
`html`: Web pages as text: the words of the body, a line per block.
`_html_attributes`: What the attributes of HTML elements show: notices, menus, footers, hidden text.
`html_blocks`: A web page's stream of tags into blocks of text, each with its place on the page.
`html_boxes`: The blocks of a page and the boxes around them: which are the page's text.
`_html_tables`: Tables of web pages: data tables give a line per row, layout tables do not.
`xml`: Parsing XML without following any reference in it.
"""
