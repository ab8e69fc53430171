"""Typed errors about what a network keeps for its members: its charter, and links."""

from app.core.errors import Conflict


class CharterChanged(Conflict):
    code, title = "charter_changed", "Another wording of the charter is in force, or none"


class TooManyCharters(Conflict):
    code, title = "too_many_charters", "A charter is worded a hundred times at most"


class ResourceListed(Conflict):
    code, title = "resource_listed", "The network keeps this address already"
