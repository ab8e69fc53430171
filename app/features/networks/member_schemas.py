"""The contract of members."""

from typing import Annotated

from pydantic import Field

from app.core.cards import PersonCard
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Name,
    OdsCode,
    Output,
    Paragraph,
    SearchText,
    TermCode,
    UtcDateTime,
    Version,
)
from app.features.networks.schemas import MemberRole, MemberStatus


class Member(Output):
    """One spell of one person in one network."""

    id: Id
    network_id: Id
    person: PersonCard
    role: MemberRole
    status: MemberStatus
    representing: OdsCode | None
    offer: Paragraph | None
    message: Paragraph | None = Field(
        description="What was said with the request; for facilitators and oneself."
    )
    joined_at: UtcDateTime | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class MemberPage(Output):
    """A page of members. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Member], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class NetworkJoin(Input):
    """Joining, or asking to."""

    message: Paragraph | None = None
    representing: OdsCode | None = None
    offer: Paragraph | None = None


class MemberCreate(Input):
    """Adding a person."""

    network_id: Id
    person_id: Id
    role: MemberRole = MemberRole.MEMBER
    representing: OdsCode | None = None
    offer: Paragraph | None = None


class MemberPatch(Input):
    """What to change; the role is for facilitators."""

    role: MemberRole = MemberRole.MEMBER
    representing: OdsCode | None = None
    offer: Paragraph | None = None


class MemberQuery(Input):
    """Filters of the list."""

    network_id: Id | None = None
    person_id: Id | None = None
    status: MemberStatus | None = None
    role: MemberRole | None = None
    profession: TermCode | None = None
    organisation: OdsCode | None = Field(
        default=None,
        description="The person's organisation, or the one they represent.",
    )
    topic: TermCode | None = Field(
        default=None, description="An interest that a listed person names."
    )
    q: SearchText | None = Field(default=None, description="Words of the person's name.")
    cursor: Cursor | None = None
    limit: Limit = 20


class MemberRemoval(Input):
    """Why somebody is removed; kept in the history that facilitators see."""

    reason: SearchText | None = None


class RoleHeld(Output):
    """One role within a spell."""

    role: MemberRole
    from_at: UtcDateTime
    to_at: UtcDateTime | None


class SpellNetwork(Output):
    """The network of a spell; its name is null once it is out of sight."""

    id: Id
    name: Name | None


class Spell(Output):
    """One spell with everything that came of it."""

    id: Id
    network: SpellNetwork
    person: PersonCard
    status: MemberStatus
    roles: Annotated[list[RoleHeld], Field(max_length=1000)]
    asked_at: UtcDateTime
    joined_at: UtcDateTime | None
    ended_at: UtcDateTime | None
    reason: Paragraph | None


class SpellPage(Output):
    """A page of spells, the newest first."""

    items: Annotated[list[Spell], Field(max_length=100)]
    next_cursor: Cursor | None


class HistoryQuery(Input):
    """Paging of a history."""

    cursor: Cursor | None = None
    limit: Limit = 20
