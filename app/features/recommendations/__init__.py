"""Recommendations: networks that fit who asks, each with its reasons."""
