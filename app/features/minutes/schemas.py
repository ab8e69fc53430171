"""The contract of minutes."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Output,
    Paragraph,
    UtcDateTime,
    Version,
    lines,
    query_int,
    whole,
)
from app.core.text_of_time import LocalDateTime

# About thirty printed pages: a whole day of a big meeting. At four bytes a character it is within the body limit.
LONGEST_MINUTES = 100_000
MinutesText = Annotated[
    str, lines(LONGEST_MINUTES, "## Inhalers\n\nWe agreed to try the checklist until May.")
]
Edition = Annotated[int, whole(0, 2_147_483_647, 1)]


class MinutesAction(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    PUBLISH = "publish"


class MinutesCreate(Input):
    """The minutes of a meeting, or of one occurrence of a series: a draft that facilitators see."""

    meeting_id: Id
    occurrence: LocalDateTime | None = Field(
        default=None, description="Of a series: the original local start of the occurrence."
    )
    text: MinutesText = Field(description="Markdown. Render it without HTML.")


class MinutesPatch(Input):
    """The new wording."""

    text: MinutesText = ""


class MinutesPublish(Input):
    """What this edition corrects."""

    note: Paragraph | None = Field(
        default=None, description="Needed for a correction: what was corrected."
    )


class MinutesItem(Output):
    """Minutes in a list, without their text."""

    id: Id
    meeting_id: Id
    network_id: Id
    occurrence: LocalDateTime | None = Field(description="Of a series; null for a single meeting.")
    edition: Edition = Field(description="How often they were published; 0 while they are a draft.")
    published_at: UtcDateTime | None = Field(description="When this edition was published.")
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class Minutes(MinutesItem):
    """Minutes: to facilitators as they are being written, to everybody else as they were published last."""

    text: MinutesText = Field(description="Markdown. Render it without HTML.")
    unpublished: bool = Field(
        description="The text is not what readers see. Always false for them."
    )
    actions: Annotated[list[MinutesAction], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class MinutesPage(Output):
    """A page of minutes, the newest first. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[MinutesItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class MinutesQuery(Input):
    """Filters of the list."""

    meeting_id: Id | None = None
    occurrence: LocalDateTime | None = Field(
        default=None, description="The original local start of an occurrence."
    )
    network_id: Id | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class MinutesEdition(Output):
    """One published wording.

    Of a meeting under the Chatham House Rule only facilitators read what earlier editions said; for everybody else
    `text` and `note` are null there.
    """

    number: Edition
    text: MinutesText | None
    note: Paragraph | None = Field(description="What was corrected.")
    published_at: UtcDateTime
    published_by: Id | None = Field(description="Null for all but facilitators of the network.")


class MinutesEditionPage(Output):
    """A page of editions, the latest first."""

    items: Annotated[list[MinutesEdition], Field(max_length=10)]
    next_cursor: Cursor | None


class MinutesEditionQuery(Input):
    """Paging of the history; pages are small, because texts may be long."""

    cursor: Cursor | None = None
    limit: Annotated[int, query_int(1, 10, 5)] = 5
