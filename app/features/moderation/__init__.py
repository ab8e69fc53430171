"""Reports of content, and what is decided about them."""
