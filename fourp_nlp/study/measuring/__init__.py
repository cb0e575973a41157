"""What a project's codings show: agreement, frequencies, estimates, comparisons."""
