"""Requests that nobody means well with, named, against every operation of the contract."""
