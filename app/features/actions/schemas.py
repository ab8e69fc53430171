"""The contract of actions."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import (
    UUID_PATTERN,
    Cursor,
    Id,
    Input,
    Limit,
    Output,
    Paragraph,
    QueryBool,
    Title,
    UtcDateTime,
    Version,
    coded,
)
from app.core.text_of_time import CalendarDay, LocalDateTime

ME = "me"
_ME_OR_ID = f"^({ME}|{UUID_PATTERN.strip('^$')})$"
Owner = Annotated[str, coded(_ME_OR_ID, 2, 36, ME), AfterValidator(str.lower)]
EXAMPLE: JsonValue = {
    "title": "Send the checklist to all practices",
    "network_id": "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
}
OWNER_SAID = "An active member of the network; null: nobody has it."


class ActionVerb(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    COMPLETE = "complete"
    REOPEN = "reopen"
    DELETE = "delete"


class ActionSort(StrEnum):
    """Orders of the list; a minus means descending. Without a day to be done by comes last."""

    DUE = "due_on"
    LATEST = "-created_at"
    UPDATED = "-updated_at"


class ActionFields(Input):
    """What may be said of an action beside its title."""

    detail: Paragraph | None = None
    owner_id: Id | None = Field(default=None, description=OWNER_SAID)
    due_on: CalendarDay | None = None


class ActionCreate(ActionFields):
    """A new action: of a network, or of one of its meetings."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    title: Title
    network_id: Id | None = Field(
        default=None, description="The network, for what was taken on at no meeting."
    )
    meeting_id: Id | None = Field(default=None, description="The meeting that it was taken on at.")
    occurrence: LocalDateTime | None = Field(
        default=None, description="Of a series: the original local start of the occurrence."
    )

    @model_validator(mode="after")
    def _from_somewhere(self) -> "ActionCreate":
        if (self.network_id is None) == (self.meeting_id is None):
            raise PydanticCustomError("network_or_meeting", "Give either network_id or meeting_id")
        if self.occurrence is not None and self.meeting_id is None:
            raise PydanticCustomError("network_or_meeting", "An occurrence is one of a meeting")
        return self


class ActionPatch(ActionFields):
    """What to change; a field that is left out stays, null clears what may be empty."""

    title: Title = ""


class ActionItem(Output):
    """Something that a member took on.

    Of a meeting under the Chatham House Rule, facilitators and the person alone read who owns it, wrote it down or did
    it; for everybody else those fields are null.
    """

    id: Id
    network_id: Id
    meeting_id: Id | None
    occurrence: LocalDateTime | None = Field(description="Of a series: its original local start.")
    title: Title
    detail: Paragraph | None
    owner_id: Id | None
    due_on: CalendarDay | None
    done_at: UtcDateTime | None
    done_by: Id | None
    created_by: Id | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class Action(ActionItem):
    """One action, and what the caller may do with it."""

    actions: Annotated[list[ActionVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class ActionPage(Output):
    """A page of actions. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[ActionItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class ActionQuery(Input):
    """Filters of the list; each matches only what the caller may read."""

    network_id: Id | None = None
    meeting_id: Id | None = None
    owner: Owner | None = Field(default=None, description="`me`, or the id of a person.")
    open: QueryBool | None = Field(default=None, description="Not done yet, or done.")
    due_before: CalendarDay | None = Field(
        default=None, description="Due before this day: today's for what is overdue."
    )
    updated_since: UtcDateTime | None = None
    sort: ActionSort | None = Field(default=None, description="Default: due_on.")
    cursor: Cursor | None = None
    limit: Limit = 20
