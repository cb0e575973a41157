"""Agreement coefficients as functions of label matrices and counts."""
