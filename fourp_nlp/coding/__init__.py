"""Human coding: gold codings, alignment with segments, sheets, sampling, reconciliation, the database."""
