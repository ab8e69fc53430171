"""Results as texts to read, print and cite: Markdown in the order of SQUIRE 2.0."""
