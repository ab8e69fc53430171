"""Adoptions: an organisation tried a result too, and this is what happened there."""
