"""Web pages as documents: records of WARC files, their main text, what is left out.

Modules
-------
`_article_body`: The text that a page hands to search engines, where it shows none without its scripts.
`_block_choice`: Which blocks of a page are its text, and which are menus, footers, notices and lists of
    other pages.
`_boilerplate`: What a site says on page after page, such as a footer's slogan, is counted once.
`_child_process`: The process that reads web pages: ``python -m fourp_nlp.websites.pages._child_process
    MEMORY``.
`content_types`: What an answer is: by its bytes first, then by its file name, and by what its server
    calls it last.
`documents`: The pages of a WARC file as documents, each with its way back to the bytes it came from.
`_extraction`: The main text of one answer: a web page, or a handout in another format.
`foreign_warc`: WARC files that another program wrote (wget, Browsertrix, Common Crawl), taken in as
    they are.
`_isolated_reading`: Has web pages read in processes of their own, which a hostile page may end.
`_language`: Which language a text is in, block by block: a page may say the same in two.
`main_text`: The main text of a web page: its own blocks, and what trafilatura finds beside them.
`_near_duplicates`: Pages that are nearly the same, such as print versions, by the word sequences that
    they share.
`_not_found`: Pages that say that there is no such page, under the status that means there is one.
`_page_spool`: Pages put down on disk while a file is read, and taken up again site by site.
`warc_records`: Answers of web servers in WARC files, one at a time, their contents unfolded within
    limits.
"""
