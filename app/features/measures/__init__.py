"""Measures: series of figures, and what is signal and what is chance in them."""
