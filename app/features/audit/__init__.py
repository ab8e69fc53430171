"""The audit: the change log as people who answer for it read it, and the proof that nobody edited it."""
