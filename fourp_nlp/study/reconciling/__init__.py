"""Where the coders of a project disagree, and the codes that stand after adjudication.

Modules
-------
`adjudication`: Importing decisions about disagreements, and writing the adjudicated codes.
`disagreements`: Listing disagreements between coders in context, on a sheet for decisions.
"""
