"""Networks and their members: set up, find, join, approve, hand over, archive."""
