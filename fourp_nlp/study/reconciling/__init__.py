"""Where the coders of a project disagree, and the codes that stand after adjudication."""
