"""What was scored in batch: counts, samples, estimates, the report.

Modules
-------
`coded_sample`: What people coded of scored segments: sheets taken in, and read back as a probability
    sample.
`counts`: How often codes occur in scored shards: counted by DuckDB over Parquet, however many there
    are.
`display_names`: What codes and sites of a folder of scores are called.
`draws`: Drawing scored segments at random for a person to code, without loading them.
`estimates`: How often codes occur in scored segments, corrected by what people coded of a random sample
    of them.
`quotations`: The strongest quotations of scored shards: for each site and code the segments that score
    highest.
`report`: The report about scored sites: what it shows is gathered here, and written by
    `fourp_nlp.reporting`.
`segment_rows`: Scored segments by number: where each stands in the files, and reading a few of very
    many.
"""
