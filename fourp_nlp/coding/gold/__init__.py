"""Gold codings in CSV files: read, validated, merged and written."""
