"""The contract of charters."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from app.core.text import SAFE_MAX, Id, Input, Output, Paragraph, UtcDateTime, whole

CharterNumber = Annotated[int, whole(0, SAFE_MAX, 1)]
FIRST_SAID = "0 while none was ever written."


class CharterVerb(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    ACCEPT = "accept"


class CharterAccept(Input):
    """Which wording is accepted: the one that was read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 1}]})

    version: Annotated[int, whole(1, SAFE_MAX, 1)]


class CharterText(Output):
    """The four areas in which members agree how to work; null where nothing was agreed."""

    leadership: Paragraph | None = Field(description="Power and leadership: who decides, and how.")
    purpose_and_direction: Paragraph | None
    communication: Paragraph | None
    knowledge_and_learning: Paragraph | None


class CharterInForce(CharterText):
    """The charter as it stands, and who stands behind it."""

    network_id: Id
    version: CharterNumber = Field(description=FIRST_SAID)
    from_at: UtcDateTime | None = Field(description="Since when it is in force; null of version 0.")
    accepted_count: Annotated[int, whole(0, 10_000_000, 9)] = Field(
        description="How many of those who are members now accepted this version."
    )
    accepted_version: CharterNumber | None = Field(
        description="The latest version that you accepted; who else did is told to nobody."
    )
    actions: Annotated[list[CharterVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class CharterEdition(CharterText):
    """One wording of a charter."""

    version: CharterNumber
    from_at: UtcDateTime
    by_id: Id | None = Field(description="Who wrote it.")


class CharterHistory(Output):
    """How a charter was worded over time, the oldest first; empty while none was ever written."""

    items: Annotated[list[CharterEdition], Field(max_length=100)]
