"""A project's documents, segments and human codings, and what counts as read."""
