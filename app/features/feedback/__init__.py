"""Feedback on results: questions, comments, thanks, concerns, and answers to them."""
