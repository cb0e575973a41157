"""The methods text of an article: facts, wording, references, and a writer for each format."""
