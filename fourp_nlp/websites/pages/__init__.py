"""Web pages as documents: records of WARC files, their main text, what is left out."""
