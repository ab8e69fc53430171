"""What speaks for networks, added up in one statement: whole numbers alone, and nobody but the caller in them.

The weights and why they are so: docs/decisions/0037. What people in like roles join counts where at least
`LIKE_ROLES_LEAST` others are members; below that it does not exist, neither in a reason nor in the order.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.core import access, places
from app.core.access import FRONT, at_least
from app.core.errors import NotFound
from app.core.paging import Page, Sort, in_order, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads
from app.db.statement import worked_out_once
from app.models import (
    Member,
    Network,
    NetworkTerm,
    Organisation,
    OrganisationParent,
    Person,
    PersonTopic,
    Term,
)

Row = dict[str, Any]
SHARED_TOPIC, MOST_TOPICS = 4, 3  # for each topic in common, and how many of them count
FOR_MY_PROFESSION = 3
NEAR_KM, NEAR = 25.0, 3
WITHIN_KM, WITHIN, SAME_ICB = 50.0, 2, 2
SAME_REGION = 1
LIKE_ROLES, LIKE_ROLES_LEAST = 2, 5
# Of a profession that more people have, those who came last: what is read must not grow with the installation.
LIKE_ROLES_MOST = 2_000
SIGNALS = ("interests", "profession", "place", "like_roles")
GATHERED = ("interests", "profession", "icb", "like_roles")  # what indexes tell
LIVES_ELSEWHERE = or_(Network.hosted_at.is_not(None), Network.verified.is_not(None))


@dataclass(frozen=True, slots=True)
class Profile:
    """What the caller said of themselves: topics by code, and what is known of their organisation."""

    topics: dict[str, str]
    profession: str | None
    profession_label: str | None
    organisation: str | None
    region: str | None
    latitude: float | None
    longitude: float | None

    def missing(self) -> list[str]:
        """The parts that are not there."""
        parts = {
            "interests": self.topics,
            "profession": self.profession,
            "organisation": self.organisation,
        }
        return [name for name, value in parts.items() if not value]

    def values(self) -> Row:
        """The parameters of the statement below; what is null matches nothing."""
        around: Row = dict(
            places.Around(self.latitude or 0.0, self.longitude or 0.0, WITHIN_KM).values()
        )
        if self.latitude is None or self.longitude is None:
            around = dict.fromkeys(around)
        said = {
            "profession": self.profession,
            "organisation": self.organisation,
            "region": self.region,
        }
        return {**around, **said}


def _profile() -> Any:
    interest, profession = aliased(Term), aliased(Term)
    return (
        select(
            Person.profession,
            profession.label.label("profession_label"),
            Person.organisation_code.label("organisation"),
            func.coalesce(Organisation.region, Person.region).label("region"),
            Organisation.latitude,
            Organisation.longitude,
            PersonTopic.code.label("topic"),
            func.coalesce(interest.label, PersonTopic.code).label("label"),
        )
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
        .outerjoin(
            profession,
            and_(profession.vocabulary == "profession", profession.code == Person.profession),
        )
        .outerjoin(PersonTopic, PersonTopic.person_id == Person.id)
        .outerjoin(
            interest, and_(interest.vocabulary == "topic", interest.code == PersonTopic.code)
        )
        .where(Person.id == access.viewer_id())
        .order_by(PersonTopic.code)
    )


async def own_profile(reads: Reads, viewer: Viewer) -> Profile:
    """What the viewer said of themselves. Errors: `NotFound` where they are not there any more."""
    rows = await reads.fetch("profile to recommend by", _profile, access.values(viewer))
    if not rows:
        raise NotFound
    found: dict[str, str] = {}
    for row in rows:
        topic, label = row.pop("topic"), row.pop("label")
        if topic is not None:
            found[topic] = label
    return Profile(topics=found, **rows[0])


def _signal(network_id: Any, **points: Any) -> Any:
    """Networks for which something speaks, and with how many points."""
    columns = [points.get(name, literal(0)).label(name) for name in GATHERED]
    return select(network_id.label("id"), *columns)


def _carrying(field: str, code: Any, **points: Any) -> Any:
    """Networks that have such a term."""
    return _signal(NetworkTerm.network_id, **points).where(NetworkTerm.field == field, code)


def _interests() -> Any:
    mine = select(PersonTopic.code).where(PersonTopic.person_id == access.viewer_id())
    shared: Any = func.count(literal(1))
    counted = case((shared > MOST_TOPICS, MOST_TOPICS), else_=shared)
    carrying = _carrying("topic", NetworkTerm.code.in_(mine), interests=counted * SHARED_TOPIC)
    return carrying.group_by(NetworkTerm.network_id)


def _own_icbs() -> Any:
    """Codes of which one is the caller's integrated care board, if their organisation has one above it."""
    return select(OrganisationParent.parent_code).where(
        OrganisationParent.code == bindparam("organisation")
    )


def _like_roles() -> Any:
    """Networks with enough others of the caller's profession; a person has one open spell in a network at most."""
    alike = (
        select(Person.id)
        .where(
            Person.profession == bindparam("profession"),
            Person.id != access.viewer_id(),
            Person.erased_at.is_(None),
        )
        .order_by(Person.id.desc())
        .limit(literal(LIKE_ROLES_MOST))
        .subquery("alike")
    )
    return (
        _signal(Member.network_id, like_roles=literal(LIKE_ROLES))
        .join(alike, alike.c.id == Member.person_id)
        .where(Member.status == "active")
        .group_by(Member.network_id)
        .having(func.count(literal(1)) >= LIKE_ROLES_LEAST)
    )


def _gathered() -> Any:
    """What indexes say of networks, whoever may see them, a row for each of which anything is said."""
    mine = NetworkTerm.code == bindparam("profession")
    signals = union_all(
        _interests(),
        _carrying("profession", mine, profession=literal(FOR_MY_PROFESSION)),
        _carrying("icb", NetworkTerm.code.in_(_own_icbs()), icb=literal(SAME_ICB)),
        _carrying("icb", NetworkTerm.code == bindparam("organisation"), icb=literal(SAME_ICB)),
        _like_roles(),
    ).subquery("signals")
    sums = [func.max(signals.c[name]).label(name) for name in GATHERED]
    return select(signals.c.id, *sums).group_by(signals.c.id).subquery("gathered")


def _place(icb: Any) -> Any:
    near = case((places.distance_km(Network) <= NEAR_KM, NEAR), else_=WITHIN)
    same_region = Network.region == bindparam("region")
    return case((places.within(Network), near), (icb > 0, icb), (same_region, SAME_REGION), else_=0)


def _offered(rank: str) -> Any:
    """The caller reads its front, could come in, and was never in it, asked to be, or asked."""
    known = aliased(Member)
    met = select(known.network_id).where(known.person_id == access.viewer_id())
    top = Network.parent_id.is_(None)
    return and_(
        at_least(FRONT, rank),
        Network.archived_at.is_(None),
        or_(Network.join_policy != "invite", LIVES_ELSEWHERE),
        or_(top, Network.parent_id.in_(access.active_networks())),
        Network.id.not_in(met),
    )


def _weighed(rank: str) -> Any:
    """Every network that is offered, its points by what speaks for it, and their sum.

    It goes once over all networks: where many are near, to look each up among those that anything speaks for takes
    longer (20,000 networks: 50 ms and more, against 30).
    """
    gathered = _gathered()
    found = {name: func.coalesce(gathered.c[name], 0) for name in GATHERED}
    points = {
        "interests": found["interests"],
        "profession": found["profession"],
        "place": _place(found["icb"]),
        "like_roles": found["like_roles"],
    }
    columns = [value.label(name) for name, value in points.items()]
    weighed = worked_out_once(
        select(Network.id, *columns)
        .outerjoin(gathered, gathered.c.id == Network.id)
        .where(_offered(rank))
    ).subquery("weighed")
    score = sum((weighed.c[name] for name in SIGNALS[1:]), weighed.c[SIGNALS[0]])
    return select(*weighed.c, score.label("score")).where(score > 0).subquery("found")


def _common_icb(column: Any) -> Any:
    """Of the integrated care board that the network and the caller's organisation have in common."""
    code = NetworkTerm.code
    mine = or_(code.in_(_own_icbs()), code == bindparam("organisation"))
    return (
        select(column)
        .select_from(NetworkTerm)
        .join(Organisation, Organisation.code == code)
        .where(NetworkTerm.network_id == Network.id, NetworkTerm.field == "icb", mine)
        .order_by(code)
        .limit(literal(1))
        .scalar_subquery()
    )


def list_shape(rank: str, *, started: bool) -> Any:
    """The SELECT of a page: the page is found first, from points alone, and its rows fetched then."""
    found = _weighed(rank)
    there = Sort("-score", found.c.score, found.c.id, descending=True)
    page = keyset(select(found), there, started=started).subquery("page")
    points = [page.c[name].label(f"points.{name}") for name in SIGNALS]
    statement = select(
        Network.id, Network.name, Network.slug, Network.purpose, Network.kind, Network.topics, Network.region,
        Network.meets, Network.join_policy, Network.member_count, Network.hosted_at, LIVES_ELSEWHERE.label("elsewhere"),
        places.distance_km(Network).label("_distance_km"), _common_icb(Organisation.code).label("_icb.code"),
        _common_icb(Organisation.name).label("_icb.name"), *points,
    ).join(page, page.c.id == Network.id)  # fmt: skip
    return in_order(statement, Sort("-score", page.c.score, page.c.id, descending=True))


async def list_recommendations(
    db: Database, viewer: Viewer, profile: Profile, page: Page
) -> list[Row]:
    """A page of networks (one row more than the page, with `_key`), each with its points by what speaks for it."""
    values = {**access.values(viewer), **page_values(page), **profile.values()}
    rank, started = viewer.rank, page.after is not None
    return await db.fetch_slow(
        ("recommendations", rank, started), lambda: list_shape(rank, started=started), values
    )
