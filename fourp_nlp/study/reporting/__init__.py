"""The report and the methods text of a project: their facts gathered, their files written.

Modules
-------
`methods`: The methods text: its facts from the study as it is now, and its files.
`_methods_agreement`: Agreement for the methods text: between people, with the machine, and of coders
    with themselves.
`_methods_coding`: What people coded, for the methods text: corpus, codebook, readers, draws and
    decisions.
`_methods_estimates`: Frequencies in the methods text: corrected shares, computed from the study as it
    is now.
`_methods_machine`: The machine coder, for the methods text: what it is, what it learned from, what it
    suggested.
`_paths`: Paths in what others read: none tells where a project lies on somebody's machine.
`_quotations`: Quotations for the report: coded passages, how many there are of each code, and what
    people decided.
`read_in_part`: Cases that a coder read in part, for the report.
`results`: The report of a study: all measures, the page and its tables.
`tables`: The tables in a project's folder of reports: which there are, and the only way to write them.
"""
