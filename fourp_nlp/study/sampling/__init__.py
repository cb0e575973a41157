"""Which segments of a project people code next: draws, sheets, and what comes back."""
