"""The contract of organisations."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.references import OrganisationName
from app.core.text import (
    Cursor,
    Input,
    Latitude,
    Limit,
    Longitude,
    Near,
    OdsCode,
    Output,
    QueryBool,
    Region,
    SearchText,
    line,
    query_float,
)
from app.core.text_of_places import BBOX, NEAR, BoundingBox, Kilometres
from app.core.text_of_search import DidYouMean, FacetsIfAsked, Loose, WantsFacets
from app.reference.load import Relationship
from app.reference.roles import OrganisationKind

Day = Annotated[
    str,
    Field(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        min_length=10,
        max_length=10,
        examples=["2020-04-01"],
        json_schema_extra={"format": "date"},
    ),
]
OdsRole = Annotated[str, Field(pattern="^RO[0-9]{1,4}$", max_length=6, examples=["RO76"])]
Kind = Annotated[OrganisationKind, Field(examples=["gp_practice"])]
Address = Annotated[str, line(600, "LAWSON STREET, STOCKTON ON TEES, CLEVELAND")]
Postcode = Annotated[str, line(10, "TS18 1HU")]


class OrganisationListItem(Output):
    """An organisation as ODS has it; days are those on which it opened and closed."""

    code: OdsCode
    name: OrganisationName
    kind: Kind
    ods_roles: Annotated[list[OdsRole], Field(max_length=20)]
    active: Annotated[bool, Field(examples=[True])]
    valid_from: Day | None
    valid_to: Day | None
    address: Address | None
    postcode: Postcode | None
    latitude: Latitude | None
    longitude: Longitude | None
    region: Region | None
    distance_km: Kilometres | None = Field(description="Kilometres from `near`; null without it.")


class OrganisationParent(Output):
    """What an organisation belongs to or belonged to; one that is not known here has no name."""

    code: OdsCode
    name: OrganisationName | None
    relationship: Annotated[Relationship, Field(examples=["sub_icb"])]
    valid_from: Day | None
    valid_to: Day | None


class OrganisationSuccessor(Output):
    """What took an organisation's place; one that is not known here has no name."""

    code: OdsCode
    name: OrganisationName | None


class Organisation(Output):
    """One organisation, with what it belongs to and what took its place."""

    code: OdsCode
    name: OrganisationName
    kind: Kind
    ods_roles: Annotated[list[OdsRole], Field(max_length=20)]
    active: Annotated[bool, Field(examples=[True])]
    valid_from: Day | None
    valid_to: Day | None
    address: Address | None
    postcode: Postcode | None
    latitude: Latitude | None
    longitude: Longitude | None
    region: Region | None
    parents: Annotated[list[OrganisationParent], Field(max_length=200)]
    successors: Annotated[list[OrganisationSuccessor], Field(max_length=200)]


class OrganisationPage(Output):
    """A page of organisations."""

    items: Annotated[list[OrganisationListItem], Field(max_length=100)]
    next_cursor: Cursor | None
    did_you_mean: DidYouMean
    loose: Loose
    facets: FacetsIfAsked


class OrganisationSort(StrEnum):
    """Orders of the list."""

    RELEVANCE = "relevance"
    DISTANCE = "distance"
    NAME = "name"


class OrganisationQuery(Input):
    """Filters of the list; all of them must fit."""

    q: SearchText | None = Field(
        default=None,
        description=(
            "Words of the name or address, a code or a postcode; the last word may be a beginning."
        ),
    )
    kind: Kind | None = None
    parent: OdsCode | None = Field(
        default=None,
        description="Those that belong to this organisation now: a PCN, a sub-ICB, an ICB ...",
    )
    icb: OdsCode | None = Field(
        default=None, description="Code of an ICB: the practices, PCNs and sub-ICBs of it now."
    )
    region: Region | None = None
    active: QueryBool | None = Field(
        default=None,
        description="Only those that are open, or only those that are not; without it, both.",
    )
    near: Near | None = Field(default=None, description=NEAR)
    within_km: Annotated[float, query_float(0.1, 1000, 25)] = Field(
        default=25.0, description="How far from `near`, in kilometres."
    )
    bbox: BoundingBox | None = Field(default=None, description=BBOX)
    sort: OrganisationSort | None = Field(
        default=None,
        description="Default: relevance with q, nearer ones first among equals; distance with near; else name.",
    )
    facets: WantsFacets = False
    cursor: Cursor | None = None
    limit: Limit = 20
