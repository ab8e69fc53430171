"""The parts of an export about what one said and declared for networks: charters, stages, links added."""

from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, select

from app.core import access
from app.core.helping_access import visible_resource
from app.models import CharterAcceptance, CharterVersion, Network, NetworkStage, Resource

_SECTIONS = (
    CharterVersion.leadership,
    CharterVersion.purpose_and_direction,
    CharterVersion.communication,
    CharterVersion.knowledge_and_learning,
)


def _me() -> Any:
    return access.viewer_id()


def _some(statement: Any) -> Any:
    return statement.limit(bindparam("take", type_=Integer))


def charters(rank: str) -> Any:
    """Every wording of a charter that one wrote; what it says where one still reads inside the network."""
    inside = access.standing(rank) >= access.INSIDE
    said = [case((inside, column), else_=None).label(column.name) for column in _SECTIONS]
    found = (
        select(CharterVersion.network_id, CharterVersion.version, *said, CharterVersion.from_at)
        .join(Network, Network.id == CharterVersion.network_id)
        .where(CharterVersion.by_id == _me())
    )
    newest = CharterVersion.from_at.desc(), CharterVersion.network_id, CharterVersion.version
    return _some(found.order_by(*newest))


def acceptances(_rank: str) -> Any:
    """Every version of a charter that one accepted."""
    columns = (
        CharterAcceptance.network_id,
        CharterAcceptance.version,
        CharterAcceptance.accepted_at,
    )
    newest = (
        CharterAcceptance.accepted_at.desc(),
        CharterAcceptance.network_id,
        CharterAcceptance.version,
    )
    mine = CharterAcceptance.person_id == _me()
    return _some(select(*columns).where(mine).order_by(*newest))


def stages(rank: str) -> Any:
    """Every stage of a network's life that one declared; which, where one still reads the network's front."""
    stage = case((access.at_least(access.FRONT, rank), NetworkStage.stage), else_=None)
    found = (
        select(
            NetworkStage.network_id,
            stage.label("stage"),
            NetworkStage.from_at,
            NetworkStage.to_at,
        )
        .join(Network, Network.id == NetworkStage.network_id)
        .where(and_(NetworkStage.person_id.is_not(None), NetworkStage.person_id == _me()))
    )
    return _some(found.order_by(NetworkStage.from_at.desc(), NetworkStage.id.desc()))


def resources(rank: str) -> Any:
    """Every link that one added; what it says only where one reads it today."""
    seen = visible_resource(rank)
    said = (Resource.title, Resource.url, Resource.what_for, Resource.licence)
    columns = [case((seen, column), else_=None).label(column.key) for column in said]
    found = select(Resource.id, Resource.network_id, *columns, Resource.created_at)
    return _some(found.where(Resource.created_by == _me()).order_by(Resource.id.desc()))


PARTS = {
    "charters": charters,
    "charter_acceptances": acceptances,
    "stages": stages,
    "resources": resources,
}
