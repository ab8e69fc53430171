"""The contract of networks."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import (
    Cursor,
    Id,
    Input,
    Latitude,
    Limit,
    Line,
    Longitude,
    Name,
    Near,
    OdsCode,
    Output,
    Paragraph,
    Place,
    QueryBool,
    Region,
    SearchText,
    Slug,
    TermCode,
    Url,
    UtcDateTime,
    Version,
    line,
    query_float,
    whole,
)
from app.core.text_of_places import BBOX, NEAR, BoundingBox, Kilometres
from app.core.text_of_search import DidYouMean, FacetsIfAsked, Loose, WantsFacets


class MemberRole(StrEnum):
    """What somebody is in a network. Observers read along."""

    FACILITATOR = "facilitator"
    MEMBER = "member"
    OBSERVER = "observer"


class MemberStatus(StrEnum):
    """Where a spell stands."""

    INVITED = "invited"
    REQUESTED = "requested"
    ACTIVE = "active"
    DECLINED = "declined"
    LEFT = "left"
    REMOVED = "removed"


class NetworkKind(StrEnum):
    """What a network is for (after Source4Networks)."""

    LEARNING = "learning"
    DEVELOPMENTAL = "developmental"
    ADVOCACY = "advocacy"
    MANAGED = "managed"
    SOCIAL = "social"
    OTHER = "other"


class NetworkVisibility(StrEnum):
    """How much outsiders read: open and restricted show the front, private the name, confidential nothing."""

    OPEN = "open"
    RESTRICTED = "restricted"
    PRIVATE = "private"
    CONFIDENTIAL = "confidential"


class JoinPolicy(StrEnum):
    """How one comes in."""

    OPEN = "open"
    REQUEST = "request"
    INVITE = "invite"


class MeetingForm(StrEnum):
    """How a network meets."""

    VIRTUAL = "virtual"
    FACE_TO_FACE = "face_to_face"
    HYBRID = "hybrid"


class LifecycleStage(StrEnum):
    """Where a network stands in its life, as its facilitators see it."""

    PLANNING = "planning"
    FORMATION = "formation"
    MATURATION = "maturation"
    SUSTAINABILITY = "sustainability"
    TRANSITION = "transition"


class NetworkTier(StrEnum):
    """How much of a network the reader sees."""

    NAME = "name"
    FRONT = "front"
    INSIDE = "inside"


class NetworkSort(StrEnum):
    """Orders of the list; a minus means descending."""

    NAME = "name"
    UPDATED = "-updated_at"
    CREATED = "-created_at"
    DISTANCE = "distance"
    RELEVANCE = "relevance"
    SCORE = "-score"


class NetworkAction(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    DELETE = "delete"
    ARCHIVE = "archive"
    REACTIVATE = "reactivate"
    JOIN = "join"
    LEAVE = "leave"
    ADD_MEMBER = "add_member"
    INVITE = "invite"
    CREATE_SUB_GROUP = "create_sub_group"
    READ_HISTORY = "read_history"
    READ_AUDIT = "read_audit"


class NetworkLink(Input):
    """Another place where the network is to be found."""

    platform: Annotated[str, line(60, "FutureNHS")]
    url: Url


class Charter(Input):
    """How the members have agreed to work, in the four areas of engagement."""

    leadership: Paragraph | None = None
    purpose_and_direction: Paragraph | None = None
    communication: Paragraph | None = None
    knowledge_and_learning: Paragraph | None = None


Aims = Annotated[list[Line], Field(max_length=20)]
Terms = Annotated[list[TermCode], Field(max_length=30, json_schema_extra={"uniqueItems": False})]
Codes = Annotated[list[OdsCode], Field(max_length=500)]
IcbCodes = Annotated[list[OdsCode], Field(max_length=42)]
Links = Annotated[list[NetworkLink], Field(max_length=20)]
SizeTarget = Annotated[int, whole(1, 100_000, 40)]
Verified = Annotated[str, line(300, "source page read")]


class NetworkFields(Input):
    """What a facilitator may say of a network, beside its name and purpose."""

    kind: NetworkKind = NetworkKind.LEARNING
    visibility: NetworkVisibility = NetworkVisibility.OPEN
    join_policy: JoinPolicy = JoinPolicy.REQUEST
    lifecycle_stage: LifecycleStage = LifecycleStage.PLANNING
    meets: MeetingForm | None = None
    aims: Aims = []
    topics: Terms = []
    professions: Terms = []
    region: Region | None = None
    icbs: IcbCodes = []
    place: Place | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    footprint: Codes = []
    host_organisation: OdsCode | None = None
    host_name: Line | None = Field(
        default=None, description="Without it, the name of the host organisation."
    )
    member_offer: Paragraph | None = None
    engagement_strategy: Paragraph | None = None
    resourcing: Paragraph | None = None
    charter: Charter | None = None
    size_target: SizeTarget | None = None
    links: Links = []
    hosted_at: Url | None = None
    verified: Verified | None = None


class NetworkCreate(NetworkFields):
    """A new network. Its purpose is asked first: it is what people join for."""

    name: Name
    purpose: Paragraph
    slug: Slug | None = None
    parent_id: Id | None = None

    @model_validator(mode="after")
    def _place_is_whole(self) -> "NetworkCreate":
        if (self.latitude is None) != (self.longitude is None):
            code, message = "half_a_place", "latitude and longitude are given together"
            raise PydanticCustomError(code, message)
        return self


class NetworkPatch(NetworkFields):
    """What to change; a field that is left out stays, null clears what may be empty."""

    name: Name = ""
    purpose: Paragraph = ""
    slug: Slug = ""


class NetworkArchive(Input):
    """Archiving says what became of it: closing well is a success."""

    closing_note: Paragraph


class HostOrganisation(Output):
    """Who hosts a network: an organisation by its code, or just a name."""

    code: OdsCode | None
    name: Line | None


class ListedFacilitator(Output):
    """A facilitator who chose to be listed."""

    person_id: Id
    display_name: Name


class OwnMembership(Output):
    """The caller's own open spell in this network."""

    id: Id
    role: MemberRole
    status: MemberStatus


class NetworkFront(Output):
    """A network as far as the caller may read it: `tier` says how far; a field above it is null."""

    id: Id
    name: Name
    slug: Slug
    purpose: Paragraph
    visibility: NetworkVisibility
    join_policy: JoinPolicy
    tier: NetworkTier
    parent_id: Id | None
    archived_at: UtcDateTime | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version
    kind: NetworkKind | None
    aims: Aims | None
    topics: Terms | None
    professions: Terms | None
    region: Region | None
    icbs: IcbCodes | None
    place: Place | None
    latitude: Latitude | None
    longitude: Longitude | None
    host: HostOrganisation | None
    hosted_at: Url | None = Field(description="Where a network is that does not live here.")
    verified: Verified | None = Field(
        description="How the facts of a network that lives elsewhere were checked; only those have it."
    )
    meets: MeetingForm | None
    member_offer: Paragraph | None
    lifecycle_stage: LifecycleStage | None
    member_count: Annotated[int, whole(0, 10_000_000, 12)] | None
    facilitators: Annotated[list[ListedFacilitator], Field(max_length=1000)] | None
    links: Links | None
    closing_note: Paragraph | None


class NetworkListItem(NetworkFront):
    """A network in a list; what is inside it comes with the network itself."""

    distance_km: Kilometres | None = Field(description="Kilometres from `near`; null without it.")


class Network(NetworkFront):
    """One network, with what the caller may do."""

    engagement_strategy: Paragraph | None
    resourcing: Paragraph | None
    charter: Charter | None
    size_target: SizeTarget | None
    footprint: Codes | None
    membership: OwnMembership | None
    actions: list[NetworkAction] = Field(max_length=20, description="What the caller may do now.")


class NetworkPage(Output):
    """A page of networks. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[NetworkListItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor
    did_you_mean: DidYouMean
    loose: Loose
    facets: FacetsIfAsked


class Purpose(Output):
    """One wording of the purpose, and how long it held."""

    purpose: Paragraph
    from_at: UtcDateTime
    to_at: UtcDateTime | None
    by_id: Id | None = Field(description="Who worded it; only members are told.")


class PurposeList(Output):
    """The wordings of a purpose, the oldest first."""

    items: Annotated[list[Purpose], Field(max_length=1000)]


class NetworkQuery(Input):
    """Filters of the list; each matches only what the caller may read."""

    q: SearchText | None = Field(
        default=None,
        description="Words to find; the last one may be the beginning of a word.",
    )
    topic: Annotated[list[TermCode], Field(max_length=10)] = Field(
        default=[], description="Any of these topics."
    )
    profession: Annotated[list[TermCode], Field(max_length=10)] = Field(
        default=[], description="For any of these professions."
    )
    kind: NetworkKind | None = None
    region: Region | None = None
    icb: OdsCode | None = Field(default=None, description="Code of an ICB.")
    near: Near | None = Field(default=None, description=NEAR)
    within_km: Annotated[float, query_float(0.1, 1000, 25)] = Field(
        default=25.0, description="How far from `near`, in kilometres."
    )
    bbox: BoundingBox | None = Field(default=None, description=BBOX)
    meets: MeetingForm | None = None
    join_policy: JoinPolicy | None = None
    parent_id: Id | None = Field(default=None, description="Sub-groups of this network.")
    lifecycle_stage: LifecycleStage | None = None
    hosted: QueryBool | None = Field(
        default=None,
        description="Networks that live elsewhere, or those that live here.",
    )
    slug: Slug | None = None
    mine: QueryBool | None = Field(
        default=None,
        description="Networks that I am an active member of, or all others.",
    )
    archived: QueryBool | None = Field(
        default=None,
        description="Only archived ones, or none; without it, none unless by slug.",
    )
    updated_since: UtcDateTime | None = None
    sort: NetworkSort | None = Field(
        default=None,
        description=(
            "Default: relevance with q, nearer ones first among equals; distance with near; else name. "
            "-score is relevance by its older name."
        ),
    )
    facets: WantsFacets = False
    cursor: Cursor | None = None
    limit: Limit = 20
