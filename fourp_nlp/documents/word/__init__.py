"""Word-processor files and slides: docx, odt, rtf, pptx.

Modules
-------
`bold_labels`: Speakers' names in bold type.
`docx`: Word documents: paragraphs, lists, tables, text boxes and notes in reading order.
`_docx_body`: The paragraphs of a Word document in reading order, with their XML elements.
`_docx_labels`: Bold beginnings of paragraphs in Word documents.
`docx_places`: The place in a Word document of each character of its text.
`_docx_styles`: Styles of Word documents: lists, hidden and bold text.
`odt`: OpenDocument texts: paragraphs, lists, tables, text boxes and notes in reading order.
`_odt_styles`: Styles of OpenDocument texts: bold and hidden text.
`pptx`: Slide decks: slide by slide, shapes from top to bottom, then the speaker's notes.
`rtf`: Rich Text files.
`_rtf_body`: Rich Text control words into paragraphs.
`_rtf_control_words`: The meaning of Rich Text control words.
`_rtf_encodings`: Encodings of Rich Text files: code pages and fonts.
`_rtf_paragraphs`: The paragraphs of a Rich Text file: of its body, a note or a text box.
`_symbol_fonts`: Characters of symbol fonts as Unicode.
"""
