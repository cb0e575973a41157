"""Plain text: encodings, Markdown, blocks.

Modules
-------
`blocks`: Paragraphs and list items put together into one text.
`_damage`: What went wrong with the bytes or letters of a text, and where.
`decoding`: Bytes of a text file into text, whatever their encoding.
`_encoding_guess`: Which encoding bytes are in that do not say it, judged by what they would read like.
`_language_letters`: What texts of a language consist of beyond ASCII: evidence on how bytes are to be
    read.
`line_numbers`: Numbers that somebody typed at the beginning of every line, which are no text.
`markdown`: Markdown: its marks taken away, its words kept.
`plain_text`: Plain text.
"""
