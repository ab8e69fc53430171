"""The contract of invitations to an address."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.text import (
    Cursor,
    EmailAddress,
    Id,
    Input,
    Limit,
    Name,
    Output,
    Paragraph,
    PersonName,
    Url,
    UtcDateTime,
    Version,
    line,
)
from app.core.viewer import Scope
from app.features.networks.schemas import MemberRole

MOST_AT_ONCE = 200
SECRET_EXAMPLE = "qi_invite_..."  # noqa: S105 - what one begins with
Greeting = Annotated[Paragraph, Field(examples=["We met at the asthma day. Do come and join us."])]


class InvitationRole(StrEnum):
    """What an invitation makes somebody. Facilitators are made of members, whom one can see."""

    MEMBER = "member"
    OBSERVER = "observer"


class InvitationStatus(StrEnum):
    """Where an invitation stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class AddressStatus(StrEnum):
    """What became of one address."""

    INVITED = "invited"
    INVALID = "invalid"


class AddressFault(StrEnum):
    """What is wrong with an address, by itself or in this request."""

    NOT_AN_ADDRESS = "not_an_address"
    REPEATED = "repeated"


# As it was sent: what is no address is answered for by itself, and does not stop the others.
GivenAddress = Annotated[str, line(320, "sam.patel@example.org")]


class InvitationsCreate(Input):
    """Whom to invite, up to 200 addresses at once."""

    addresses: Annotated[list[GivenAddress], Field(min_length=1, max_length=MOST_AT_ONCE)]
    role: InvitationRole = InvitationRole.MEMBER
    message: Greeting | None = Field(default=None, description="Shown to whoever has the link.")


class InvitedAddress(Output):
    """What became of one address. It says nothing about who has an account or belongs to the network."""

    address: GivenAddress
    status: AddressStatus
    fault: AddressFault | None
    invitation_id: Id | None
    secret: Annotated[str, line(60, SECRET_EXAMPLE)] | None = Field(
        description="Shown this once, and null in the answer to a repeated request."
    )
    link: Url | None = Field(
        description="What to send to the address: the secret stands behind the #. Null where the secret is."
    )
    expires_at: UtcDateTime | None


class InvitationsMade(Output):
    """One answer for each address, in their order."""

    items: Annotated[list[InvitedAddress], Field(max_length=MOST_AT_ONCE)]


class Invitation(Output):
    """An invitation into a network, for its facilitators; never its secret."""

    id: Id
    network_id: Id
    address: EmailAddress | None = Field(
        description="Null some time after the invitation has ended."
    )
    role: InvitationRole
    status: InvitationStatus
    message: Greeting | None
    invited_by: Id | None
    accepted_by: Id | None = Field(description="The person who used the link.")
    expires_at: UtcDateTime
    ended_at: UtcDateTime | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class InvitationPage(Output):
    """A page of invitations, the newest first. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Invitation], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class InvitationQuery(Input):
    """Filters of the list."""

    network_id: Id | None = None
    status: InvitationStatus | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


GivenSecret = Annotated[str, line(200, SECRET_EXAMPLE)]


class InvitationLook(Input):
    """The secret of an invitation: it stands behind the # of its link."""

    secret: GivenSecret


class InvitationAccept(InvitationLook):
    """The secret, and who comes if nobody is signed in."""

    display_name: PersonName | None = Field(
        default=None,
        description="Your name if you are not signed in. Who is signed in has one, and keeps it.",
    )


class InvitingNetwork(Output):
    """The network that somebody is invited into."""

    id: Id
    name: Name
    purpose: Paragraph
    parent_id: Id | None = Field(
        description="Of a sub-group: it is joined by members of this network alone."
    )


class InvitationShown(Output):
    """What an invitation says to whoever has its secret."""

    network: InvitingNetwork
    role: InvitationRole
    message: Greeting | None
    invited_by: PersonName | None
    expires_at: UtcDateTime


class FirstToken(Output):
    """The token of somebody who came by an invitation; all but its secret can be read again."""

    id: Id
    secret: Annotated[str, line(60, "qi_live_...")] | None = Field(
        description="Keep it: it is shown this once, and null in the answer to a repeated request."
    )
    scopes: Annotated[list[Scope], Field(max_length=40)]
    expires_at: UtcDateTime


class InvitationAccepted(Output):
    """The membership that came of it; and for somebody new, the token that lets them in."""

    network_id: Id
    member_id: Id
    person_id: Id
    role: MemberRole
    token: FirstToken | None
