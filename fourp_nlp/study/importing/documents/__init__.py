"""Documents of another program's project, matched with those of a study."""
