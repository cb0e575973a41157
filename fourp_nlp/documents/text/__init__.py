"""Plain text: encodings, Markdown, blocks."""
