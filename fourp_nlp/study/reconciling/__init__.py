"""Where the coders of a project disagree, and the codes that stand after adjudication.

Modules
-------
`adjudication`: Taking in what people decided about disagreements, and the codes that stand when they
    have.
`disagreements`: Where coders disagree, in context, for a person to settle.
"""
