"""Confidence intervals of agreement coefficients."""
