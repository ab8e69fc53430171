"""Results: what somebody tried and what happened, written up, published, found."""
