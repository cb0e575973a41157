"""Where the coders of a project disagree, and the codes that stand after adjudication.

Modules
-------
`accepting`: Accepting and rejecting suggestions: each decision becomes a coding of the person who
    decided.
`adjudication`: Importing decisions about disagreements, and writing the adjudicated codes.
`disagreements`: Listing disagreements between coders in context, on a sheet for decisions.
"""
