"""Duties: for whom a network speaks somewhere, who does it for how long, and whose turn it is next."""
