"""Verdicts: signals, the models that weigh them, and the corrections to them."""
