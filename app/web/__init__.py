"""HTTP plumbing: from bytes to a call, and from an answer or an error to bytes."""
