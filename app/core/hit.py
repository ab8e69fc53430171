"""The contract of a hit: what a search tells of each thing that it found."""

from typing import Annotated

from pydantic import Field

from app.core.search_filters import Kind
from app.core.text import Id, Output, TermCode, Url, UtcDateTime, whole
from app.core.text_of_places import Kilometres


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
    distance_km: Kilometres | None
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
    link: Annotated[Url, Field(examples=["https://example.org/v1/organisations/A81001"])]
