"""Requests for support: what a member asks for, who offers to help, whom it may suit, what came of it."""
