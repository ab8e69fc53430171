"""Suggestions while somebody types: topics, networks, organisations, places, people, words."""
