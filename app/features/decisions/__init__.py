"""Decisions: what members put to each other, their ballots, and what came of it."""
