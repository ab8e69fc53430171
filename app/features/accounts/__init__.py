"""Tokens: what lets a program act as a person."""
