"""Results of batch scoring: counts, samples, estimates and the report.

Modules
-------
`coded_sample`: Coded samples of scored segments: importing sheets, and the probability sample that they
    make.
`counts`: Counting codes in scored shards, with DuckDB over Parquet files.
`display_names`: Display names of codes and sites in a folder of scores.
`draws`: Drawing a random sample of scored segments for a person to code, without loading them all.
`estimates`: Estimates of code prevalence in scored segments, corrected by a coded random sample.
`passages`: Passages of scored pages: those behind a count, and those that a search finds, a few at a time.
`quotations`: Quotations: for each site and code, the segments with the highest probabilities.
`report`: The data of the report about scored sites; `fourp_nlp.reporting` writes the page.
`segment_rows`: Scored segments by row number: where they are in the files, and reading a few of them.
"""
