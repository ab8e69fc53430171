"""What a search looks for beside words: the kinds of thing, and which filters each can answer.

A meeting and a result are filtered by what their network says of itself, where the viewer reads that.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from app.core import access, places
from app.core.access import FRONT
from app.core.meeting_access import reads_place
from app.core.places import Around
from app.core.viewer import Scope
from app.db.types import one_of
from app.models import (
    Meeting,
    Network,
    NetworkTerm,
    Organisation,
    OrganisationParent,
    Person,
    PersonTopic,
    Result,
    ResultTopic,
)


class Kind(StrEnum):
    """What a search finds; among equals, those that stand first here come first."""

    NETWORK = "network"
    RESULT = "result"
    MEETING = "meeting"
    PERSON = "person"
    ORGANISATION = "organisation"


SCOPES = {
    Kind.NETWORK: Scope.NETWORKS_READ,
    Kind.RESULT: Scope.RESULTS_READ,
    Kind.MEETING: Scope.MEETINGS_READ,
    Kind.PERSON: Scope.PEOPLE_READ,
    Kind.ORGANISATION: Scope.ORGANISATIONS_READ,
}
MODELS: dict[Kind, Any] = {
    Kind.NETWORK: Network,
    Kind.RESULT: Result,
    Kind.MEETING: Meeting,
    Kind.PERSON: Person,
    Kind.ORGANISATION: Organisation,
}
# Which filters a kind can answer: a meeting and a result by what their network is about, where the viewer reads that.
FIELDS = {
    Kind.NETWORK: frozenset({"topic", "around", "region", "icb", "profession", "open_to_join"}),
    Kind.RESULT: frozenset({"topic", "region", "icb", "profession"}),
    Kind.MEETING: frozenset({"topic", "around", "region", "icb", "profession"}),
    Kind.PERSON: frozenset({"topic", "region", "profession"}),
    Kind.ORGANISATION: frozenset({"around", "region", "icb"}),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for beside words, every name resolved; empty asks nothing."""

    kinds: tuple[Kind, ...]
    topic: tuple[str, ...] = ()
    around: Around | None = None
    region: str | None = None
    icb: str | None = None
    profession: tuple[str, ...] = ()
    open_to_join: bool | None = None

    @property
    def given(self) -> frozenset[str]:
        """The names of the filters that are set."""
        names = ("topic", "around", "region", "icb", "profession", "open_to_join")
        return frozenset(name for name in names if getattr(self, name) not in (None, ()))

    def values(self) -> dict[str, Any]:
        """The parameters of the conditions."""
        found: dict[str, Any] = {
            name: getattr(self, name) for name in self.given - {"around", "open_to_join"}
        }
        found |= {name: list(found[name]) for name in ("topic", "profession") if name in found}
        return found | ({} if self.around is None else self.around.values())


def conditions_of(kind: Kind, rank: str, filters: Filters) -> list[Any]:
    """What a row of this kind must be to pass the filters; their values are `Filters.values`."""
    given = filters.given
    conditions: list[Any] = []
    if "around" in given:
        conditions.append(places.within(MODELS[kind]))
    if kind is Kind.ORGANISATION:
        own = {"region": Organisation.region == bindparam("region"), "icb": _of_icb()}
        return [*conditions, *(own[name] for name in given if name in own)]
    if kind is Kind.PERSON:
        own = {
            "region": Person.region == bindparam("region"),
            "profession": one_of(Person.profession, bindparam("profession")),
            "topic": _has_topic(PersonTopic, PersonTopic.person_id == Person.id),
        }
        return [own[name] for name in given]
    if kind is Kind.NETWORK:
        return [*conditions, *_of_network(given, rank, joinable=filters.open_to_join)]
    if kind is Kind.RESULT and "topic" in given:
        conditions.append(_has_topic(ResultTopic, ResultTopic.result_id == Result.id))
        given -= {"topic"}
    if kind is Kind.MEETING and "around" in given:
        conditions.append(reads_place(rank))
    its_network = _of_network(given - {"around"}, rank)
    if its_network:
        within = select(1).where(Network.id == MODELS[kind].network_id, *its_network)
        conditions.append(exists(within))
    return conditions


def _of_network(given: frozenset[str], rank: str, *, joinable: bool | None = None) -> list[Any]:
    """What a network must be, and that the viewer reads it: the front tier has all of it but how to join."""
    wanted: list[Any] = [
        _has_term(name) for name in ("topic", "profession", "icb") if name in given
    ]
    if "region" in given:
        wanted.append(Network.region == bindparam("region"))
    if given - {"open_to_join"}:
        wanted.append(access.at_least(FRONT, rank))
    if joinable is not None:
        wanted.append(may_be_joined() if joinable else ~may_be_joined())
    return wanted


def may_be_joined() -> Any:
    """Anybody may join the network, or ask to."""
    return and_(
        Network.join_policy != "invite",
        Network.hosted_at.is_(None),
        Network.verified.is_(None),
        Network.parent_id.is_(None),
    )


def _has_topic(table: Any, of_row: Any) -> Any:
    return exists(select(1).where(of_row, one_of(table.code, bindparam("topic"))))


def _has_term(field: str) -> Any:
    code: Any = bindparam(field)
    matched = NetworkTerm.code == code if field == "icb" else one_of(NetworkTerm.code, code)
    return exists(
        select(1).where(NetworkTerm.network_id == Network.id, NetworkTerm.field == field, matched)
    )


def _of_icb() -> Any:
    """The ICB itself, and what lies in it."""
    parent = select(1).where(
        OrganisationParent.code == Organisation.code,
        OrganisationParent.parent_code == bindparam("icb"),
    )
    return or_(exists(parent), Organisation.code == bindparam("icb"))
