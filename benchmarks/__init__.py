"""Measures the product against a floor: the least that could answer the same requests."""
