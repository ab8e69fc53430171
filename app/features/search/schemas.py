"""The contract of the search."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.search_filters import Kind
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Near,
    OdsCode,
    Output,
    QueryBool,
    Region,
    SearchText,
    TermCode,
    UtcDateTime,
    query_float,
    whole,
)


class SearchSort(StrEnum):
    """Orders of the hits."""

    RELEVANCE = "relevance"
    DISTANCE = "distance"


class SearchQuery(Input):
    """What to find. A filter that a kind has no field for leaves that kind out."""

    q: SearchText | None = Field(
        default=None, description="Words to find; the last one may be the beginning of a word."
    )
    kinds: Annotated[list[Kind], Field(max_length=5)] = Field(
        default=[], description="What to look for; without it, everything that you may read."
    )
    topic: Annotated[list[TermCode], Field(max_length=10)] = Field(
        default=[], description="Any of these topics."
    )
    near: Near | None = Field(
        default=None, description="`lat,lon`, a postcode, an outcode or a town."
    )
    within_km: Annotated[float, query_float(0.1, 1000, 25)] = Field(
        default=25.0, description="How far from `near`, in kilometres."
    )
    region: Region | None = None
    icb: OdsCode | None = Field(default=None, description="Code of an ICB.")
    profession: Annotated[list[TermCode], Field(max_length=10)] = Field(
        default=[], description="For any of these professions, or people of them."
    )
    open_to_join: QueryBool | None = Field(
        default=None, description="Networks that anybody may join or ask to join, or all others."
    )
    sort: SearchSort | None = Field(
        default=None, description="Default: relevance, or distance with `near` and without `q`."
    )
    cursor: Cursor | None = None
    limit: Limit = 20


class Mark(Output):
    """Where a word that was found stands in a text: code points from its start, the end not included."""

    start: Annotated[int, whole(0, 20_000, 8)]
    end: Annotated[int, whole(0, 20_000, 14)]


Marks = Annotated[list[Mark], Field(max_length=500)]


class Snippet(Output):
    """A stretch of text, and the words in it that were found."""

    text: Annotated[str, Field(max_length=210, examples=["Greener asthma care in north Kent."])]
    marks: Marks


class Matched(Output):
    """Why something was found. `fields` are its own fields that have a word that was asked for."""

    fields: Annotated[
        list[Annotated[str, Field(max_length=40, examples=["purpose"])]], Field(max_length=20)
    ]
    topics: Annotated[list[TermCode], Field(max_length=20)]
    distance_km: (
        Annotated[
            float, Field(ge=0, le=20_100, examples=[4.2], json_schema_extra={"format": "double"})
        ]
        | None
    )
    open_to_join: bool | None


class Hit(Output):
    """One thing that was found. Read all of it at `link`."""

    kind: Kind
    id: Annotated[str, Field(max_length=40, examples=["019a2f60-1c1f-7bb3-9f5e-2f1a6c9d0e11"])]
    title: Annotated[str, Field(max_length=300, examples=["Asthma in north Kent"])]
    title_marks: Marks
    snippet: Snippet | None
    matched: Matched
    network_id: Id | None = Field(description="Whose meeting or result it is.")
    starts_at: UtcDateTime | None = Field(
        description="Of a meeting: when it, or its series, begins."
    )
    outcome: Annotated[str, Field(max_length=20, examples=["improved"])] | None
    link: Annotated[str, Field(max_length=80, examples=["/v1/organisations/A81001"])]


class SearchPage(Output):
    """A page of hits, the best first.

    `loose`: few had everything that was asked for, so that there are also some that have only part of it.
    `did_you_mean`: nothing had what was typed, and these are the hits of this instead.
    """

    items: Annotated[list[Hit], Field(max_length=100)]
    next_cursor: Cursor | None
    did_you_mean: Annotated[str, Field(max_length=400, examples=["asthma"])] | None
    loose: bool
