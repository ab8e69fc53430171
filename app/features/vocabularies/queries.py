"""Reading vocabularies."""

from typing import Any, Literal

from sqlalchemy import bindparam, select

from app.db.database import Reads
from app.models import Term


async def terms(reads: Reads, vocabulary: Literal["topic", "profession"]) -> list[dict[str, Any]]:
    """Return every term of one vocabulary, sorted by group and label."""
    rows = await reads.fetch("vocabulary", _terms, {"vocabulary": vocabulary})
    # Sorted here: the databases do not agree on which of two words comes first.
    return sorted(rows, key=lambda row: (row["group"].casefold(), row["label"].casefold()))


def _terms() -> Any:
    return select(Term.code, Term.label, Term.grouping.label("group")).where(
        Term.vocabulary == bindparam("vocabulary")
    )
