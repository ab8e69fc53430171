"""The contract of engagement."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.cards import PersonCard
from app.core.figures import number
from app.core.text import (
    Cursor,
    Day,
    Id,
    Limit,
    Output,
    Paragraph,
    UtcDateTime,
    coded,
    whole,
)
from app.core.windows import LONGEST, SHORTEST, WINDOW, WindowQuery

Count = Annotated[int, whole(0, 10_000_000, 12)]
Share = Annotated[float, number(0, 1, 0.75)]
AFTER = (3, 6, 12)  # months that a cohort is looked at after its quarter
QUARTERS = 8
SMALLEST_COHORT = 5


class ActiveStatus(StrEnum):
    """Whether the share gives reason to talk about it: `thin`; `not_enough_data`: fewer than five members."""

    OK = "ok"
    THIN = "thin"
    NOT_ENOUGH_DATA = "not_enough_data"


class ActiveRate(Output):
    """Members who did something under their name in the window, of all: the wheel's `active_rate`."""

    value: Share | None
    numerator: Count | None
    denominator: Count
    status: ActiveStatus


class MonthOfMoves(Output):
    """How many joined and left in a month, as far as it lies in the window."""

    month: Annotated[str, coded("^20[0-9]{2}-(0[1-9]|1[0-2])$", 7, 7, "2026-03")]
    joined: Count
    left: Count


class StillThere(Output):
    """How many of a cohort were members so many months after the end of its quarter; null: that is to come."""

    months: Annotated[int, whole(3, 12, 6)]
    members: Count | None
    share: Share | None


class Cohort(Output):
    """Those who joined for the first time in one quarter, and how many of them stayed."""

    quarter: Annotated[str, coded("^20[0-9]{2}-Q[1-4]$", 7, 7, "2026-Q1")]
    suppressed: bool = Field(
        examples=[False],
        description="Fewer than five joined: nothing is told of them, for it would be of single people.",
    )
    joined: Count | None
    after: Annotated[list[StillThere], Field(max_length=len(AFTER))] = Field(
        description="Empty where it is suppressed."
    )


class WindowShown(Output):
    """As of which day, and over how many days up to it."""

    as_of: Day
    window_days: Annotated[int, whole(SHORTEST, LONGEST, WINDOW)]
    from_on: Day


class Engagement(WindowShown):
    """What a network offers its members, and how they come, take part, stay and go."""

    network_id: Id
    member_offer: Paragraph | None
    engagement_strategy: Paragraph | None
    members: Count = Field(description="At the end of `as_of`.")
    active: ActiveRate
    months: Annotated[list[MonthOfMoves], Field(max_length=62)] = Field(
        description="The months of the window, the oldest first."
    )
    cohorts: Annotated[list[Cohort], Field(max_length=QUARTERS)] = Field(
        description="The last eight quarters that were over, the oldest first."
    )


class QuietMember(Output):
    """A member of whom nothing bears the name in the window."""

    id: Id = Field(description="Of the membership.")
    person: PersonCard
    joined_at: UtcDateTime
    last_seen_on: Day | None = Field(
        description="The last day of anything done under their name; null: never. What is attributed to nobody, surveys"
        " and meetings under the Chatham House Rule do not count, so somebody quiet may be busy."
    )


class QuietPage(WindowShown):
    """A page of members who have gone quiet, who joined first being first."""

    items: Annotated[list[QuietMember], Field(max_length=100)]
    next_cursor: Cursor | None


class QuietQuery(WindowQuery):
    """What of what happened counts, and where to go on."""

    cursor: Cursor | None = None
    limit: Limit = 20
