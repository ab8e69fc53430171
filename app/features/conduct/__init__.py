"""The code of conduct of a network: its wordings, and one's own acceptance."""
