"""Assessments: how a group of members judged their network together."""
