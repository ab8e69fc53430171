"""Privacy: what is kept of a person, handed out or erased, and what goes by its age."""
