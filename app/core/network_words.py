"""By what words a viewer finds networks: those of their tier on each, nothing above it."""

from typing import Any

from sqlalchemy import and_, case, not_, or_

from app.core import access
from app.core.access import FRONT, INSIDE, NAME
from app.db import search
from app.models import Network


def ways_to_match(rank: str, shape: search.Shape) -> list[tuple[Any, Any]]:
    """Conditions of which at most one holds for a network whose words match, each with its score.

    Words match only in fields of the viewer's tier. Nearly everything is found by what outsiders see, from an index;
    the rest is looked for among the viewer's own networks.
    """

    def found(level: str) -> tuple[Any, Any]:
        return search.matches(Network, level), search.score(Network, level, shape)

    outer, tier = Network.outer_tier, access.standing(rank)
    (by_name, name_score), (by_front, front_score) = found("name"), found("front")
    ways = [
        (and_(outer >= FRONT, by_front), front_score),
        (and_(outer < FRONT, by_name, tier == NAME), name_score),
    ]
    if rank == "anonymous":
        return ways
    by_inside, inside_score = found("inside")
    own = Network.id.in_(access.networks_around_viewer())
    found_already = and_(outer >= FRONT, by_front)
    either = or_(
        and_(tier >= INSIDE, by_inside, not_(found_already)),
        and_(tier == FRONT, outer < FRONT, by_front),
    )
    return [*ways, (and_(own, either), case((tier >= INSIDE, inside_score), else_=front_score))]
