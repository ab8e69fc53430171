"""What a database can answer besides rows, in words of the house."""


class DatabaseError(Exception):
    """Any failure below this room."""


class Unavailable(DatabaseError):
    """The database cannot be reached or gave up the connection; trying later may work."""


class Unsure(Unavailable):
    """The connection was lost while committing: done or not done, and not to be tried again blindly."""


class Contended(DatabaseError):
    """Another transaction was in the way (deadlock, lock wait, busy); running the whole unit again may work."""


class Rejected(DatabaseError):
    """The database cannot store or compare a value that was given (wrong range or encoding)."""


class Duplicate(DatabaseError):
    """A unique rule was broken; `rule` is the name of the constraint or index."""

    def __init__(self, rule: str) -> None:
        """Keep the rule's name for the layer that knows its meaning."""
        super().__init__(rule)
        self.rule = rule


class Dangling(DatabaseError):
    """A row refers to something that is not there, or is still referred to."""


class NotMigrated(DatabaseError):
    """The schema is not the one this release needs."""
