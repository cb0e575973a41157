"""The machine coder: encoder, classifier, calibration, training, suggestions."""
