"""Why a token is not let in: for the log of the operator, never for the caller."""


class Refused(Exception):
    """`reason` is a short constant of ours; nothing of the token is in it."""

    def __init__(self, reason: str) -> None:
        """Keep it for the log."""
        super().__init__(reason)
        self.reason = reason
