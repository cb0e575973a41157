"""The review page: a local web page on which a person reads, codes and settles. It decides nothing itself.

Modules
-------
`application`: The web application: its addresses, and what each answers.
`learning_page`: What the page asks and is told while the machine learns.
`draw_pages`: The pages of draws: segments coded without suggestions, and what their script asks for.
`codebook_pages`: The page of the codebook: its addresses, and what each answers.
`codebook_guard`: Pages name codes by their numbers: a page that shows an earlier codebook must not name
    others by them.
`difference_pages`: The page of differences between coders: its addresses, and what each answers.
`difference_data`: What a session of differences holds, as the page's script reads it.
`queue_pages`: The queue of a code, and what the filters of other pages ask: addresses, and what each answers.
`queue_data`: What the queue of a code holds, as the page's script reads it.
`result_pages`: The page of results: its addresses, and what each answers.
`result_data`: The results of a study, as the page's script reads them.
`background`: Work that takes long, done in threads beside the page.
`scored_pages`: The page of scored collections: its addresses, and what each answers.
`questions`: What a question to the server asks for, read strictly; and errors told to the person who asked.
`page_data`: What a review session holds, as the page's script reads it.
`span_data`: Passages and memos of a person, as the page's script reads them.
`span_pages`: Answers about passages of any length, and about memos.
`guard`: Who may ask: the token, the host, the origin, and what a browser may load.
`server`: The server on this machine, from its start to its end.
"""

from __future__ import annotations

from fourp_nlp.review.application import make_application
from fourp_nlp.review.server import ReviewServer, ScoredServer

__all__ = ["ReviewServer", "ScoredServer", "make_application"]
