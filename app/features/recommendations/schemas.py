"""The contract of recommendations."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.references import OrganisationReference
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Line,
    Name,
    Output,
    Paragraph,
    Region,
    Slug,
    TermCode,
    Url,
    line,
    whole,
)


class RecommendationReasonCode(StrEnum):
    """What speaks for a network: shared topics, whom it is for, nearness, what people in the same role have joined."""

    INTERESTS = "interests"
    PROFESSION = "profession"
    PLACE = "place"
    LIKE_ROLES = "like_roles"


class ProfilePart(StrEnum):
    """A part of one's own profile that recommendations rest on."""

    INTERESTS = "interests"
    PROFESSION = "profession"
    ORGANISATION = "organisation"


class RecommendedTopic(Output):
    """A topic that the network and the caller share."""

    code: TermCode
    label: Annotated[str, line(200, "Diabetes")]


class RecommendationReason(Output):
    """Why a network is recommended, and what that rests on; what a reason does not rest on is null or empty."""

    code: RecommendationReasonCode
    label: Line = Field(description="A sentence to show.", examples=["In your region: South East."])
    topics: Annotated[list[RecommendedTopic], Field(max_length=100)] = Field(
        description="Of `interests`: the topics in common."
    )
    profession: TermCode | None = Field(
        description="Of `profession` and `like_roles`: the caller's own."
    )
    distance_km: (
        Annotated[float, Field(ge=0, le=50, examples=[4.2], json_schema_extra={"format": "double"})]
        | None
    ) = Field(
        description="Of `place`: kilometres from the caller's organisation, where it is within 50."
    )
    icb: OrganisationReference | None = Field(
        description="Of `place`, not within 50 km: the integrated care board in common."
    )
    region: Region | None = Field(
        description="Of `place`, neither near nor in a common integrated care board: the region."
    )


class RecommendedNetwork(Output):
    """The front of a network in short; read the network itself for the rest."""

    id: Id
    name: Name
    slug: Slug
    purpose: Paragraph
    kind: Annotated[str, line(20, "learning")] = Field(description="As of a network.")
    topics: Annotated[list[TermCode], Field(max_length=100)]
    region: Region | None
    meets: Annotated[str, line(20, "virtual")] | None = Field(description="As of a network.")
    join_policy: Annotated[str, line(20, "open")] = Field(description="As of a network.")
    member_count: Annotated[int, whole(0, 10_000_000, 12)]
    hosted_at: Url | None = Field(description="Where a network is that does not live here.")
    elsewhere: bool = Field(
        description="It lives elsewhere: it is joined there, if at all, and not here."
    )
    link: Url = Field(description="Where to read the whole of it.")


class Recommendation(Output):
    """A network for the caller, and why: the strongest reason first."""

    network: RecommendedNetwork
    reasons: Annotated[list[RecommendationReason], Field(min_length=1, max_length=4)]


class RecommendationPage(Output):
    """A page of recommendations, what fits best first."""

    items: Annotated[list[Recommendation], Field(max_length=100)]
    next_cursor: Cursor | None
    missing: Annotated[list[ProfilePart], Field(max_length=3)] = Field(
        description="What the caller has not said of themselves and would make recommendations better."
    )


class RecommendationQuery(Input):
    """Where to go on, and how many."""

    cursor: Cursor | None = None
    limit: Limit = 20
