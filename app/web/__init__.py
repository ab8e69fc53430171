"""HTTP plumbing: what every request and answer goes through."""
