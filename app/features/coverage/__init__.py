"""Coverage: how far networks and what was tried in them have come, across a patch."""
