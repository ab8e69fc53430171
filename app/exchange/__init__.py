"""Reads across kinds and speaks other people's languages; owns no tables."""
