"""What was scored in batch: counts, samples, estimates, the report."""
