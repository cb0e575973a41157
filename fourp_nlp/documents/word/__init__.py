"""Word-processor files and slides: docx, odt, rtf, pptx."""
