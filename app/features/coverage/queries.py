"""Reading coverage: counts alone leave the database, and nothing in them depends on who asks.

A network counts if everybody may read its front, so the numbers tell nothing of those that not everybody knows of; a
result, if everybody may read it. A member counts where they represent an organisation, else where they work.
"""

from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, func, literal, select, union

from app.core.access import FRONT
from app.core.errors import refuse
from app.core.references import unknown
from app.core.result_access import visible_result
from app.db.database import Reads, fetch_one
from app.db.types import among
from app.features.coverage.schemas import CoverageQuery
from app.models import (
    Adoption,
    Member,
    Network,
    NetworkTerm,
    Organisation,
    OrganisationParent,
    Person,
    Result,
    ResultTopic,
    Term,
)

Row = dict[str, Any]
KINDS: Final = {"gp_practice": "practices", "pcn": "pcns"}


def _here(area: str) -> Any:
    """The open practices and primary care networks of the patch, each with its ICB."""
    board = OrganisationParent
    in_icb = and_(board.code == Organisation.code, board.relationship == "icb")
    found = select(
        Organisation.code, Organisation.kind, func.min(board.parent_code).label("icb")
    ).where(among(Organisation.kind, list(KINDS)), Organisation.active.is_(True))
    if area == "icb":
        found = found.join(board, and_(in_icb, board.parent_code == bindparam("icb")))
    else:
        found = found.outerjoin(board, in_icb).where(Organisation.region == bindparam("region"))
    return found.group_by(Organisation.code, Organisation.kind).cte("here")


def _counts(*, by_topic: bool) -> Any:
    """The network is one that counts, about the topic if one is asked for."""
    rules = [Network.outer_tier >= FRONT, Network.archived_at.is_(None)]
    if by_topic:
        about = (
            NetworkTerm.network_id == Network.id,
            NetworkTerm.field == "topic",
            NetworkTerm.code == bindparam("topic"),
        )
        rules.append(exists(select(1).where(*about)))
    return and_(*rules)


def _reached(here: Any, *, by_topic: bool) -> Any:
    """Which organisations of the patch which networks have a member in; a PCN through its practices too."""
    active = Member.status == "active"
    represented = select(here.c.code, Member.network_id).join(
        Member, and_(Member.representing == here.c.code, active)
    )
    at_work = (
        select(here.c.code, Member.network_id)
        .join(Person, and_(Person.organisation_code == here.c.code, Person.erased_at.is_(None)))
        .join(Member, and_(Member.person_id == Person.id, active, Member.representing.is_(None)))
    )
    spells = union(represented, at_work).cte("spells")
    told = (
        select(spells.c.code, spells.c.network_id)
        .join(Network, and_(Network.id == spells.c.network_id, _counts(by_topic=by_topic)))
        .cte("told")
    )
    through = (
        select(OrganisationParent.parent_code.label("code"), told.c.network_id)
        .select_from(told)
        .join(
            OrganisationParent,
            and_(OrganisationParent.code == told.c.code, OrganisationParent.relationship == "pcn"),
        )
    )
    both = union(select(told.c.code, told.c.network_id), through).cte("both")
    return (
        select(here.c.code, here.c.kind, here.c.icb, both.c.network_id)
        .join(both, both.c.code == here.c.code)
        .cte("reached")
    )


def _totals(area: str) -> Any:
    here = _here(area)
    return select(here.c.kind, here.c.icb, func.count(literal(1)).label("number")).group_by(
        here.c.kind, here.c.icb
    )


def _covered(area: str, *, by_topic: bool) -> Any:
    found = _reached(_here(area), by_topic=by_topic)
    number = func.count(func.distinct(found.c.code)).label("number")
    return select(found.c.kind, found.c.icb, number).group_by(found.c.kind, found.c.icb)


def _topics(area: str) -> Any:
    found = _reached(_here(area), by_topic=False)
    number = func.count(func.distinct(found.c.code)).label("number")
    about = and_(NetworkTerm.network_id == found.c.network_id, NetworkTerm.field == "topic")
    named = and_(Term.vocabulary == "topic", Term.code == NetworkTerm.code)
    label = func.coalesce(func.min(Term.label), NetworkTerm.code).label("label")
    return (
        select(found.c.kind, found.c.icb, NetworkTerm.code.label("topic"), label, number)
        .join(NetworkTerm, about)
        .outerjoin(Term, named)
        .group_by(found.c.kind, found.c.icb, NetworkTerm.code)
    )


def _adopted(area: str, *, by_topic: bool) -> Any:
    """The adoptions of the patch that count, each with its ICB."""
    here = _here(area)
    found = (
        select(here.c.icb, Adoption.organisation_code, Adoption.result_id, Adoption.stage)
        .join(Adoption, Adoption.organisation_code == here.c.code)
        .join(Result, Result.id == Adoption.result_id)
        .where(
            Adoption.counted.is_(True), Adoption.hidden_on.is_(None), visible_result("anonymous")
        )
    )
    if by_topic:
        about = (ResultTopic.result_id == Result.id, ResultTopic.code == bindparam("topic"))
        found = found.where(exists(select(1).where(*about)))
    return found.cte("adopted")


def _stages(area: str, *, by_topic: bool) -> Any:
    found = _adopted(area, by_topic=by_topic)
    number = func.count(literal(1)).label("number")
    return select(found.c.icb, found.c.stage, number).group_by(found.c.icb, found.c.stage)


def _adopters(area: str, *, by_topic: bool) -> Any:
    found = _adopted(area, by_topic=by_topic)
    number = func.count(func.distinct(found.c.organisation_code)).label("number")
    return select(found.c.icb, number).group_by(found.c.icb)


def _taken_up(area: str, *, by_topic: bool) -> Any:
    found = _adopted(area, by_topic=by_topic)
    return select(func.count(func.distinct(found.c.result_id)).label("number"))


def _name() -> Any:
    return select(Organisation.name, Organisation.kind).where(
        Organisation.code == bindparam("code")
    )


def _names() -> Any:
    return select(Organisation.code, Organisation.name).where(Organisation.kind == "icb")


def _topic() -> Any:
    return select(Term.code).where(Term.vocabulary == "topic", Term.code == bindparam("topic"))


async def name_of(reads: Reads, query: CoverageQuery) -> str | None:
    """The name of the patch.

    Errors: `Invalid` where not exactly one is asked for; `UnknownReference` for an ICB or a topic that there is not.
    """
    if (query.icb is None) == (query.region is None):
        raise refuse("?icb", "icb_or_region", "Give either icb or region.")
    code = query.icb or str(query.region)
    found = await fetch_one(reads, "name of a patch", _name, {"code": code})
    if query.icb is not None and (found is None or found["kind"] != "icb"):
        raise unknown(
            "?icb", f"There is no ICB {query.icb!r}; GET /v1/organisations?kind=icb lists them."
        )
    if query.topic is not None:
        known = await fetch_one(reads, "topic of a patch", _topic, {"topic": query.topic})
        if known is None:
            raise unknown(
                "?topic", f"There is no topic {query.topic!r}; GET /v1/topics lists them."
            )
    return None if found is None else str(found["name"])


async def counted(reads: Reads, query: CoverageQuery) -> dict[str, list[Row]]:
    """All counts of the patch, by what they count."""
    area = "icb" if query.icb is not None else "region"
    by_topic = query.topic is not None
    values = {"icb": query.icb, "region": query.region, "topic": query.topic}
    parts = {
        "totals": lambda: _totals(area),
        "covered": lambda: _covered(area, by_topic=by_topic),
        "stages": lambda: _stages(area, by_topic=by_topic),
        "adopters": lambda: _adopters(area, by_topic=by_topic),
        "taken_up": lambda: _taken_up(area, by_topic=by_topic),
    }
    if by_topic:
        parts["every"] = lambda: _covered(area, by_topic=False)
    else:
        parts["topics"] = lambda: _topics(area)
    if area == "region":
        parts["names"] = _names
    return {
        name: await reads.fetch(("coverage", name, area, by_topic), build, values)
        for name, build in parts.items()
    }
