"""Web pages as documents: records of WARC files, their main text, what is left out.

Modules
-------
`_article_body`: The `articleBody` of pages that show no text without scripts.
`_block_choice`: Choosing the blocks of a page that are its text, not menus, footers or notices.
`_boilerplate`: Text that a site repeats from page to page, kept once.
`_child_process`: The child process that reads pages: ``python -m
    fourp_nlp.websites.pages._child_process MEMORY``.
`content_types`: The media type of an answer: by its bytes, its file name, then its header.
`documents`: The pages of a WARC file as documents, with references to their records.
`_extraction`: Extracting the text of one answer: a web page or a handout.
`foreign_warc`: Importing WARC files of other programs (wget, Browsertrix, Common Crawl).
`_isolated_reading`: Reading web pages in child processes, so that a malicious page can crash only its
    process.
`_language`: The language of a text, block by block.
`main_text`: The main text of a web page: its own blocks, and the text that trafilatura adds.
`_near_duplicates`: Near-duplicate pages, by their shared word sequences.
`_not_found`: Pages that say "not found" although their status is 200.
`_page_spool`: A temporary file of pages, written in order and read back site by site.
`warc_records`: Reading answers from WARC files one at a time, unpacked within limits.
"""
