"""The contract of saved searches."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Name,
    Near,
    Output,
    Region,
    SearchText,
    TermCode,
    UtcDateTime,
    Version,
)

EXAMPLE: JsonValue = {"name": "Diabetes near us", "q": "diabetes", "near": "CT1", "within_km": 25}
MOST_CODES = 10
SearchName = Annotated[Name, Field(examples=["Diabetes near us"])]
Codes = Annotated[list[TermCode], Field(max_length=MOST_CODES)]
WithinKm = Annotated[
    float,
    Field(strict=True, ge=0.1, le=1000, allow_inf_nan=False, examples=[25]),
    Field(json_schema_extra={"format": "double"}),
]


class SearchParams(Input):
    """What is searched for, as `GET /v1/search` takes it."""

    q: SearchText | None = Field(
        default=None, description="Words to find; the last one may be the beginning of a word."
    )
    topic: Codes = Field(default=[], description="Any of these topics.")
    near: Near | None = Field(default=None, description="`lat,lon`, a postcode or an outcode.")
    within_km: WithinKm = Field(default=25.0, description="How far from `near`, in kilometres.")
    region: Region | None = None
    profession: Codes = Field(default=[], description="For any of these professions.")
    open_to_join: bool | None = Field(default=None, strict=True)


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
    topic: Codes
    near: Near | None
    within_km: WithinKm
    region: Region | None
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
