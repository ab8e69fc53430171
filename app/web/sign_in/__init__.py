"""Signing in: from a JWT of a configured issuer to a viewer."""
