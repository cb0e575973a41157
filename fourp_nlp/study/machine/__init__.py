"""A project's machine coder: training it, its suggestions, and what to know before relying on them."""
