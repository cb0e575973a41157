"""Word-processor files and slides: docx, odt, rtf, pptx.

Modules
-------
`bold_labels`: Speakers whom a document marks by bold type.
`docx`: Word documents: paragraphs, lists, tables, text boxes and notes in reading order.
`_docx_body`: The paragraphs of a Word document in reading order, each with the elements that it was
    read from.
`_docx_labels`: How the paragraphs of a Word document begin: in bold or not.
`docx_places`: Where in a Word document each character of its text was read from.
`_docx_styles`: What the styles of a Word document make of a paragraph or run: a list, hidden, bold.
`odt`: OpenDocument texts: paragraphs, lists, tables, text boxes and notes in reading order.
`_odt_styles`: What the styles of an OpenDocument text make of its paragraphs and spans: bold, hidden.
`pptx`: Slide decks: slide by slide, shapes from top to bottom, then the speaker's notes.
`rtf`: Rich Text files.
`_rtf_body`: The control words of a Rich Text file, one after another, into paragraphs.
`_rtf_control_words`: What the control words of Rich Text mean.
`_rtf_encodings`: How the bytes of a Rich Text file stand for characters: code pages, fonts, the table
    of fonts.
`_rtf_paragraphs`: The paragraphs of a Rich Text file as they come in: of its body, a note, or a text
    box.
`_symbol_fonts`: Characters of symbol fonts, which files number as these fonts do, as Unicode has them.
"""
