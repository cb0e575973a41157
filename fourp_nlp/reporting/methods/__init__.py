"""The methods text of an article: facts, wording, references, and a writer for each format.

Modules
-------
`_agreement`: Agreement in a methods text: how it was measured, what came out, and a table for each
    comparison.
`_docx`: A methods text as a Word document, its citations as authors and years, with a list of
    references.
`_estimates`: The methods text on frequencies that are estimates: how they were made, and the table of
    them.
`facts`: What a methods text is told: facts of a project, gathered elsewhere and handed over.
`files`: The files of a methods text: all forms of it at once, and writing one whole or not at all.
`_intervals`: How the intervals of agreement were made, in a sentence for each method that there is.
`_latex`: A methods text as LaTeX, its citations by natbib.
`_markdown`: A methods text as Markdown, its citations as Pandoc reads them.
`parts`: What a methods text is made of, whatever it is written as: sentences of runs, and tables.
`_phrases`: Small pieces of a methods text: numbers with their nouns, lists, shares, intervals, and one
    line of text.
`references`: The literature that a methods text may cite: in a sentence, as a reference, and as BibTeX.
`text`: The wording of a methods text: facts into sentences and tables, each only where its facts are
    there.
"""
