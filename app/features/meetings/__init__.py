"""Meetings: planned, gathered for, recorded, followed up."""
