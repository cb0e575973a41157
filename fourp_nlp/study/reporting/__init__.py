"""The report and the methods text of a project: their facts gathered, their files written.

Modules
-------
`methods`: The methods text: gathering its facts from a project, and writing its files.
`_methods_agreement`: The agreement that a methods text tells of: people, machine, and coders with
    themselves.
`_methods_estimates`: What a methods text says of corrected frequencies: the estimates that stand among
    the reports.
`results`: The last steps: all measures together, and the report made from them.
"""
