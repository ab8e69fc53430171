"""The suite: every rule of the house, tried on SQLite and on PostgreSQL."""
