"""Two worlds, the same but for something hidden: whoever it is hidden from reads the same bytes in both."""
