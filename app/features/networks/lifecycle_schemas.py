"""The contract of a network's life cycle."""

from typing import Annotated

from pydantic import Field

from app.core.text import Id, Output, Paragraph, UtcDateTime, coded, line
from app.features.networks.schemas import LifecycleStage

STAGE_SAID = "As facilitators declared it; null where it is not known."


class LifecycleReason(Output):
    """One hint for or against a stage, with the numbers in its sentence."""

    code: Annotated[str, coded("^[a-z]+(_[a-z]+)*$", 1, 60, "meetings_held")]
    stage: LifecycleStage = Field(description="The stage that this is a hint of.")
    holds: bool = Field(examples=[True])
    text: Annotated[str, line(300, "3 meetings were held; one is a sign of formation.")]


class StageSpell(Output):
    """A stage, and how long it was the declared one."""

    stage: LifecycleStage | None = Field(description=STAGE_SAID)
    from_at: UtcDateTime
    to_at: UtcDateTime | None
    by_id: Id | None = Field(description="Who declared it.")


class Lifecycle(Output):
    """Where a network stands in its life: as it says itself, and as what happened suggests."""

    network_id: Id
    stage: LifecycleStage | None = Field(description=STAGE_SAID)
    since: UtcDateTime | None = Field(description="Since when it is declared.")
    archived_at: UtcDateTime | None
    closing_note: Paragraph | None = Field(description="What became of a network that closed.")
    suggested_stage: LifecycleStage = Field(
        description="What the hints suggest: a prompt for a conversation; nothing follows from it."
    )
    reasons: Annotated[list[LifecycleReason], Field(max_length=20)] = Field(
        description="The hints of the suggested stage, and of the one after it."
    )
    note: Annotated[str, line(500, "Networks are not for ever: closing well is a success.")]
    history: Annotated[list[StageSpell], Field(max_length=1000)] = Field(
        description="What was declared over time, the oldest first; of more than 1,000 the latest."
    )
