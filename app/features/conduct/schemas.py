"""The contract of codes of conduct."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.text import SAFE_MAX, Id, Input, Output, UtcDateTime, lines, whole

EXAMPLE_TEXT = (
    "We never write anything by which a patient could be recognised.\nCandour is safe here."
)
EXAMPLE: JsonValue = {"text": EXAMPLE_TEXT}
ConductText = Annotated[str, lines(10_000, EXAMPLE_TEXT)]
ConductVersion = Annotated[int, whole(0, SAFE_MAX, 1)]
VERSION_SAID = "0 is the text that every network has which wrote none of its own."


class ConductVerb(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    ACCEPT = "accept"


class ConductWrite(Input):
    """A code of conduct, whole."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    text: ConductText = Field(description="Plain text or Markdown.")


class ConductAccept(Input):
    """Which wording is accepted: the one that was read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 0}]})

    version: ConductVersion


class Conduct(Output):
    """The code of conduct that is in force in a network."""

    network_id: Id
    version: ConductVersion = Field(description=VERSION_SAID)
    text: ConductText
    from_at: UtcDateTime | None = Field(description="Since when it is in force; null of version 0.")
    accepted_version: ConductVersion | None = Field(
        description="The latest version that you accepted. Nobody else is told."
    )
    actions: Annotated[list[ConductVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class ConductEdition(Output):
    """One wording of a network's code of conduct."""

    version: ConductVersion = Field(description=VERSION_SAID)
    text: ConductText
    from_at: UtcDateTime | None
    by_id: Id | None = Field(description="Who wrote it; for members.")


class ConductHistory(Output):
    """How it was worded over time, the oldest first, from the text that every network begins with."""

    items: Annotated[list[ConductEdition], Field(max_length=101)]
