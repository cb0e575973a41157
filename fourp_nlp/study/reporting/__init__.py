"""The report and the methods text of a project: their facts gathered, their files written."""
