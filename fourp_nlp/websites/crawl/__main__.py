"""Run the crawling process: ``python -m fourp_nlp.websites.crawl``, with a job on standard input."""

from __future__ import annotations

from fourp_nlp.websites.crawl.process import main

main()
