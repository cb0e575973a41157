"""Plain text: encodings, Markdown, blocks.

Modules
-------
`blocks`: Joining paragraphs and list items into one text.
`_damage`: Damaged bytes and letters of a text, and their lines.
`decoding`: Decoding the bytes of text files, whatever their encoding.
`_encoding_guess`: Guessing the encoding of bytes, by the text that each encoding gives.
`_language_letters`: Letters beyond ASCII by language: evidence for guessing an encoding.
`line_numbers`: Line numbers typed at the beginning of every line, which are not text.
`markdown`: Markdown: the words without the markup.
`plain_text`: Plain text.
"""
