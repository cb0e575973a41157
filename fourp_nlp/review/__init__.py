"""The review page: a local web page on which a person reads, codes and settles. It decides nothing itself.

Modules
-------
`application`: The web application: its addresses, and what each answers.
`learning_page`: What the page asks and is told while the machine learns.
`draw_pages`: The pages of draws: segments coded without suggestions, and what their script asks for.
`difference_pages`: The page of differences between coders: its addresses, and what each answers.
`difference_data`: What a session of differences holds, as the page's script reads it.
`page_data`: What a review session holds, as the page's script reads it.
`span_data`: Passages and memos of a person, as the page's script reads them.
`span_pages`: Answers about passages of any length, and about memos.
`guard`: Who may ask: the token, the host, the origin, and what a browser may load.
`server`: The server on this machine, from its start to its end.
"""

from __future__ import annotations

from fourp_nlp.review.application import make_application
from fourp_nlp.review.server import ReviewServer

__all__ = ["ReviewServer", "make_application"]
