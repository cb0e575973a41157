"""The review page: a local web page on which a person reads, codes and settles. It decides nothing itself.

Modules
-------
`application`: The web application: its addresses, and what each answers.
`pages/`: The pages: the addresses of each, what each answers, and what its script reads.
`guard`: Who may ask: the token, the host, the origin, and what a browser may load.
`codebook_guard`: Pages name codes by their numbers: a page that shows an earlier codebook must not name
    others by them.
`questions`: What a question to the server asks for, read strictly; and errors told to the person who asked.
`background`: Work that takes long, done in threads beside the page.
`server`: The server on this machine, from its start to its end.
"""

from __future__ import annotations

from fourp_nlp.review.application import make_application
from fourp_nlp.review.server import ReviewServer, ScoredServer

__all__ = ["ReviewServer", "ScoredServer", "make_application"]
