"""What all commands print with: console, tables, notices."""
