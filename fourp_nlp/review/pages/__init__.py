"""The pages: the addresses of each, what each answers, and what its script reads.

Modules
-------
`document_data`: What a review session holds, as the page's script reads it.
`hand_edit_data`: Decisions that differ from a gold file that was edited by hand, as the pages show them.
`span_pages`: Answers about passages of any length, and about memos.
`span_data`: Passages and memos of a person, as the page's script reads them.
`queue_pages`: The queue of a code, and what the filters of other pages ask: addresses, and what each answers.
`queue_data`: What the queue of a code holds, as the page's script reads it.
`draw_pages`: The pages of draws: segments coded without suggestions, and what their script asks for.
`difference_pages`: The page of differences between coders: its addresses, and what each answers.
`difference_data`: What a session of differences holds, as the page's script reads it.
`codebook_pages`: The page of the codebook: its addresses, and what each answers.
`result_pages`: The page of results: its addresses, and what each answers.
`result_data`: The results of a study, as the page's script reads them.
`scored_pages`: The page of scored collections: its addresses, and what each answers.
`learning_page`: What the page asks and is told while the machine learns.
"""
