"""Work that happens on its own, through the same commands and the same writer."""
