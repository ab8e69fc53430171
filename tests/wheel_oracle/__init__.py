"""The wheel worked out anew: every indicator from plain rows, by slow and obvious Python, over random histories."""
