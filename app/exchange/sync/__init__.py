"""The change feed: what the caller may see of what happened, in commit order."""
