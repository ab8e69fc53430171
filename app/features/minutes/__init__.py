"""Minutes of meetings: written together, published, corrected with their history."""
