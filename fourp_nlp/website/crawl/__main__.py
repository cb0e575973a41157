"""Run the crawling process: ``python -m fourp_nlp.website.crawl``, with a job on standard input."""

from __future__ import annotations

from fourp_nlp.website.crawl._process import main

main()
