"""Links that a network keeps."""
