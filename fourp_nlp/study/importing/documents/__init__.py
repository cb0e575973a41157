"""Documents of another program's project, matched with those of a study.

Modules
-------
`attributes`: Variables and cases of another program's project in documents.csv, with every cell that is
    there.
`documents`: Which source of another program's project is which document here, and where its stretches
    stand.
`file_names`: Names of other programs' sources and coders as names of files that every system takes.
"""
