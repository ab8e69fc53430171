"""The contract of the search."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.hit import Hit
from app.core.search_filters import Kind
from app.core.text import (
    Cursor,
    Input,
    Limit,
    Near,
    OdsCode,
    Output,
    QueryBool,
    Region,
    SearchText,
    TermCode,
    query_float,
)
from app.core.text_of_places import NEAR
from app.core.text_of_search import DidYouMean, FacetsIfAsked, Loose


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
    near: Near | None = Field(default=None, description=NEAR)
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
    facets: QueryBool | None = Field(
        default=None,
        description="Also count all that is found; without it, on the first page.",
    )
    cursor: Cursor | None = None
    limit: Limit = 20


class SearchPage(Output):
    """A page of hits, the best first."""

    items: Annotated[list[Hit], Field(max_length=100)]
    next_cursor: Cursor | None
    did_you_mean: DidYouMean
    loose: Loose
    facets: FacetsIfAsked
