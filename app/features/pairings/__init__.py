"""Pairs: who wants to get to know others is drawn together with somebody whom they have not met."""
