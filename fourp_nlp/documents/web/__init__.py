"""Web pages, e-mail and e-books.

Modules
-------
`email`: E-mail: single messages (.eml) and mailboxes (.mbox).
`epub`: E-books (EPUB): their chapters in reading order, each read as the web page that it is.
`html`: Web pages: the words of the body, one line to a block.
`_html_attributes`: What the attributes of a page's elements say of them: notices, menus, footers, what
    is hidden.
`html_blocks`: A web page as a stream of tags into its blocks of text, each with where on the page it
    stands.
`html_boxes`: The blocks of a page and the boxes that they stand in: which are its text, and which are
    something else.
`_html_tables`: Tables of a page: rows of figures become a line each; tables that only place text do
    not.
`xml`: XML that is parsed without following anything that it refers to.
"""
