"""The methods text of an article: facts, wording, references, and a writer for each format.

Modules
-------
`_agreement`: Agreement in a methods text: how it was measured, what came out, and a table for each
    comparison.
`_docx`: A methods text as a Word document, its citations as authors and years, with a list of
    references.
`_estimates`: Corrected frequencies in the methods text: how they were estimated, and their table.
`facts`: The facts that a methods text is written from, computed elsewhere.
`files`: The files of a methods text: Word, Markdown, LaTeX and BibTeX.
`_intervals`: How the intervals of agreement were made, in a sentence for each method that there is.
`_latex`: A methods text as LaTeX, its citations by natbib.
`_markdown`: A methods text as Markdown, its citations as Pandoc reads them.
`parts`: The parts of a methods text, independent of the file format: paragraphs, sentences, tables.
`_phrases`: Phrases of a methods text: numbers with their nouns, lists, shares and intervals.
`references`: The literature that a methods text may cite, read from `references.bib`.
`text`: The wording of a methods text: sentences and tables, each written only if its facts are known.
"""
