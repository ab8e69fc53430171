"""The only room that knows which database is behind the house."""
