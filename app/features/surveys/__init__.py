"""Surveys: rounds of questions about the five Cs, answered without a name."""
