"""The demo: a database filled with the real listings and an invented world, and marked so that nobody serves it."""
