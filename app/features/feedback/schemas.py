"""The contract of feedback."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.cards import PersonCard
from app.core.references import OrganisationReference
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Output,
    Paragraph,
    QueryBool,
    UtcDateTime,
    Version,
)
from app.core.text_of_time import CalendarDay


class FeedbackKind(StrEnum):
    """What is said."""

    QUESTION = "question"
    COMMENT = "comment"
    THANKS = "thanks"
    CONCERN = "concern"


class FeedbackAttribution(StrEnum):
    """Who is said to have given it: the person, their organisation, or nobody."""

    NAMED = "named"
    ORGANISATION = "organisation"
    NETWORK_ONLY = "network_only"


class FeedbackSort(StrEnum):
    """Orders of the list; a minus means descending. Within a day the order says nothing."""

    LATEST = "-created_on"
    EARLIEST = "created_on"
    UPDATED = "-updated_on"


EXAMPLE: JsonValue = {
    "result_id": "7d1f0a52-9c3b-4e60-8f5b-8a1c2d4e018f",
    "kind": "question",
    "text": "How long did one call take?",
    "attribution": "named",
}


class FeedbackCreate(Input):
    """New feedback on a result, or an answer to some."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    result_id: Id
    kind: FeedbackKind
    text: Paragraph
    attribution: FeedbackAttribution | None = Field(
        default=None,
        description="Left out: `named`, and for an author of the result as the result is attributed.",
    )
    answer_to: Id | None = Field(
        default=None, description="Feedback on the same result that is no answer itself."
    )


class FeedbackPatch(Input):
    """What to change, while nobody has answered; a field that is left out stays."""

    kind: FeedbackKind = FeedbackKind.COMMENT
    text: Paragraph = ""
    attribution: FeedbackAttribution = FeedbackAttribution.NAMED


class Feedback(Output):
    """What somebody said to a result. Who it was is told as they chose, to everybody but themselves."""

    id: Id
    result_id: Id
    network_id: Id
    kind: FeedbackKind
    text: Paragraph
    attribution: FeedbackAttribution
    author: PersonCard | None = Field(description="Null where it is not attributed to them.")
    organisation: OrganisationReference | None = Field(
        description="Where its author was when they gave it; null where it is not attributed to it."
    )
    answer_to: Id | None
    mine: bool = Field(description="You gave it.")
    hidden: bool = Field(description="Out of others' sight while a report is looked into.")
    created_on: CalendarDay
    updated_on: CalendarDay
    version: Version


class FeedbackPage(Output):
    """A page of feedback. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Feedback], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class FeedbackQuery(Input):
    """Filters of the list; each matches only what the caller may read."""

    result_id: Id | None = None
    network_id: Id | None = Field(default=None, description="On results of this network.")
    kind: FeedbackKind | None = None
    answer_to: Id | None = Field(default=None, description="The answers to this.")
    mine: QueryBool | None = Field(default=None, description="Given by you, or by others.")
    updated_since: UtcDateTime | None = Field(
        default=None, description="Updated on this day (UTC) or later: there are no times of day."
    )
    sort: FeedbackSort | None = Field(default=None, description="Default: -created_on.")
    cursor: Cursor | None = None
    limit: Limit = 20
