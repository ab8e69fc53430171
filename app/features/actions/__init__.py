"""Actions: what members took on at a meeting or between them, and whether it is done."""
