"""A project as it goes to other programs."""
