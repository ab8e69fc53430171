"""The contract of saved searches."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.hit import Hit
from app.core.search_filters import Kind
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Name,
    Near,
    OdsCode,
    Output,
    QueryBool,
    Region,
    SearchText,
    TermCode,
    UtcDateTime,
    Version,
)
from app.core.text_of_places import NEAR

EXAMPLE: JsonValue = {
    "name": "Diabetes near us",
    "q": "diabetes",
    "near": "51.28,1.08",
    "within_km": 25,
}
MOST_CODES = 10
SearchName = Annotated[Name, Field(examples=["Diabetes near us"])]
Kinds = Annotated[list[Kind], Field(max_length=5)]
Codes = Annotated[list[TermCode], Field(max_length=MOST_CODES)]
WithinKm = Annotated[
    float,
    Field(strict=True, ge=0.1, le=1000, allow_inf_nan=False, examples=[25]),
    Field(json_schema_extra={"format": "double"}),
]


class SearchParams(Input):
    """What is searched for, as `GET /v1/search` takes it; at least one beside `kinds`."""

    q: SearchText | None = Field(
        default=None, description="Words to find; the last one may be the beginning of a word."
    )
    kinds: Kinds = Field(
        default=[], description="What to look for; without it, everything that you may read."
    )
    topic: Codes = Field(default=[], description="Any of these topics.")
    near: Near | None = Field(default=None, description=NEAR)
    within_km: WithinKm = Field(default=25.0, description="How far from `near`, in kilometres.")
    region: Region | None = None
    icb: OdsCode | None = Field(default=None, description="Code of an ICB.")
    profession: Codes = Field(
        default=[], description="For any of these professions, or people of them."
    )
    open_to_join: bool | None = Field(
        default=None,
        strict=True,
        description="Networks that anybody may join or ask to join, or all others.",
    )


class SavedSearchCreate(SearchParams):
    """A search to come back to, and what to call it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: SearchName


class SavedSearchPatch(SearchParams):
    """What to change; a field that is left out stays, null clears what may be empty."""

    name: SearchName = ""


class SavedSearch(Output):
    """One of your searches. `looked_at` is when you were last told of something new in it."""

    id: Id
    name: SearchName
    q: SearchText | None
    kinds: Kinds
    topic: Codes
    near: Near | None
    within_km: WithinKm
    region: Region | None
    icb: OdsCode | None
    profession: Codes
    open_to_join: bool | None
    looked_at: UtcDateTime
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class SavedSearchPage(Output):
    """A page of your searches, the newest first. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[SavedSearch], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class SavedSearchQuery(Input):
    """Paging of the list."""

    cursor: Cursor | None = None
    limit: Limit = 20


class NewQuery(Input):
    """How to look."""

    again: QueryBool = Field(
        default=False,
        description="Tell what the last look that told something has told, once more; moves nothing.",
    )
    limit: Limit = 20


class NewHits(Output):
    """What is new in a search, the best first. `since`: when the last look was; `looked_at`: what the next counts from.

    `more`: there is more that is new; look again. `too_broad`: of more than 500 hits only the best 500 are watched.
    """

    items: Annotated[list[Hit], Field(max_length=100)]
    since: UtcDateTime
    looked_at: UtcDateTime
    more: bool
    too_broad: bool
