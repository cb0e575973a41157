"""Web pages, e-mail and e-books."""
