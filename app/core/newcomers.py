"""Making a person of whom no more is known than somebody who comes in says of themselves."""

from typing import Any

from app.core import words
from app.core.access import CARD
from app.core.changes import Told, create
from app.core.work import Work

BLANK: dict[str, Any] = {
    "profession": None, "organisation_code": None, "region": None, "interests": "[]", "skills": "[]", "bio": None,
    "links": "[]", "listed": False, "registrations": "[]", "external_ids": "[]", "email": None, "email_key": None,
    "operator": False, "search_topics": "", "search_purpose": "", "search_front": "", "search_inside": "",
}  # fmt: skip


def create_newcomer(work: Work, *, display_name: str, **known: Any) -> str:
    """Make an unlisted person; `known` are columns that the caller vouches for. Returns their id."""
    person_id = work.new_id()
    row = {
        "id": person_id,
        **BLANK,
        "display_name": display_name,
        "search_name": words.document(display_name),
        **known,
    }
    create(work, "person.created", row, Told(person_id=person_id, tier=CARD))
    return person_id
