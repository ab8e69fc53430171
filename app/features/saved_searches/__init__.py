"""Saved searches: a search that somebody comes back to, and what is new in it since they looked last."""
