"""Who sees a saved search: whose it is, and nobody else."""

from typing import Any

from sqlalchemy import ColumnElement, false

from app.core.access import viewer_id
from app.models import SavedSearch


def visible_saved_search(rank: str, saved: Any = SavedSearch) -> ColumnElement[bool]:
    """One's own. What people look for is their own affair, an operator's too."""
    found: ColumnElement[bool] = false() if rank == "anonymous" else saved.person_id == viewer_id()
    return found
