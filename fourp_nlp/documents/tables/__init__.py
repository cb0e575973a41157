"""Tables of texts, tables of speakers, and captions.

Modules
-------
`_caption_cues`: The cues of subtitle files (SubRip and WebVTT): their words without times, numbers and
    styles.
`captions`: Subtitles (SubRip and WebVTT) as running text, with their speakers.
`_columns`: The header rows of a table, and its columns of running text.
`speaker_table`: Tables whose rows are turns: a column of speakers, a column of words, often one of
    times.
`survey`: The texts of a table: one column of text, or a document for each respondent and open question.
`text_table`: Tables (csv, tsv, xlsx) with columns of text.
"""
