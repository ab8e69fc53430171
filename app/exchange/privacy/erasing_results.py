"""What an erasure does to results: what none but the person reads goes, what others read stays.

A result that was shared is kept under "Former member", as minutes are: others tried it, asked, relied on it. A draft or
a withdrawn result without another author is nobody's any more, and goes with all that belongs to it; so is an adoption
that does not count, which only its reporter sees.
"""

from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from app.core.access import INSIDE
from app.core.changes import Told, remove_many
from app.core.fetching import facts
from app.core.work import Work
from app.db.types import ID
from app.features.results.publishing import remove_result
from app.models import Adoption, ConductAcceptance, Person, Result, ResultAuthor


def _nobody_elses() -> Any:
    own, other = aliased(ResultAuthor), aliased(ResultAuthor)
    person_id = bindparam("person_id", type_=ID)
    wrote = exists(
        select(1).where(
            own.result_id == Result.id, own.person_id == person_id, own.removed.is_(False)
        )
    )
    left = exists(
        select(1)
        .select_from(other)
        .join(Person, Person.id == other.person_id)
        .where(
            other.result_id == Result.id,
            other.person_id != person_id,
            other.removed.is_(False),
            Person.erased_at.is_(None),
        )
    )
    alone = or_(Result.status != "published", Result.audience == "author")
    return select(*facts(Result)).where(and_(wrote, alone, ~left)).order_by(Result.id)


def _uncounted() -> Any:
    own = Adoption.reported_by == bindparam("person_id", type_=ID)
    return select(*facts(Adoption)).where(own, Adoption.counted.is_(False)).order_by(Adoption.id)


async def erase_results(work: Work, person_id: str) -> None:
    """Delete what of results only this person reads, and which codes of conduct they accepted."""
    unseen = await work.fetch("uncounted of person", _uncounted, {"person_id": person_id})
    alone = Told(person_id=person_id, tier=INSIDE, outer=False, reach="author")
    await remove_many(work, "adoption.deleted", unseen, alone)
    rows = await work.fetch("results of nobody else", _nobody_elses, {"person_id": person_id})
    for row in rows:
        await remove_result(work, row)
    work.delete(ConductAcceptance, {"person_id": person_id})
