"""A study: a project on disk, its tables, and the steps that are run over them."""
