"""The contract of decisions and of the votes on them."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.cards import PersonCard
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    LongText,
    Output,
    Paragraph,
    Title,
    UtcDateTime,
    Version,
    whole,
)

EXAMPLE: JsonValue = {
    "network_id": "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
    "title": "Meet on Wednesdays",
    "proposal": "From spring on we meet on the third Wednesday, at lunch, on line.",
    "quorum_percent": 50,
}
VOTE_EXAMPLE: JsonValue = {
    "vote": "block",
    "reason": "Two of our practices are closed on Wednesdays.",
}
# Without `closes_at`: no instant stays in the future and within a year of it.
PATCH_EXAMPLE: JsonValue = {"title": "Meet on the third Wednesday", "quorum_percent": 60}
CLOSE_EXAMPLE: JsonValue = {
    "outcome": "withdrawn",
    "outcome_note": "We look for another day first.",
}
CLOSES_SAID = "Until when votes are taken: in the future, a year ahead at most."
Percent = Annotated[int, whole(0, 100, 50)]
Count = Annotated[int, whole(0, 2_147_483_647, 12)]


class DecisionVerb(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    DELETE = "delete"
    VOTE = "vote"
    CLOSE = "close"


class DecisionStatus(StrEnum):
    """Whether votes are taken: closed is also what is past its deadline, whether or not the outcome is stated."""

    OPEN = "open"
    CLOSED = "closed"


class DecisionOutcome(StrEnum):
    """What came of it."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    WITHDRAWN = "withdrawn"


class VoteChoice(StrEnum):
    """A ballot. Who abstains counts for the quorum; who blocks says why, and what is adopted answers it."""

    AGREE = "agree"
    ABSTAIN = "abstain"
    DISAGREE = "disagree"
    BLOCK = "block"


class DecisionSort(StrEnum):
    """Orders of the list; a minus means descending."""

    LATEST = "-created_at"
    CLOSES = "closes_at"
    UPDATED = "-updated_at"


class DecisionCreate(Input):
    """A proposal that the members of a network decide on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    network_id: Id
    title: Title
    proposal: LongText
    closes_at: UtcDateTime | None = Field(
        default=None, description=f"{CLOSES_SAID} Default: in two weeks."
    )
    quorum_percent: Percent = Field(
        default=50, description="How many of all who may vote must, for it to be adopted."
    )


class DecisionPatch(Input):
    """What to change, while nobody has voted; a field that is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PATCH_EXAMPLE]})

    title: Title = ""
    proposal: LongText = ""
    closes_at: UtcDateTime | None = Field(
        default=None, description=f"{CLOSES_SAID} Null: as it is."
    )
    quorum_percent: Percent = 50


class DecisionClose(Input):
    """What came of it, and what there is to say about that."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CLOSE_EXAMPLE]})

    outcome: DecisionOutcome
    outcome_note: Paragraph | None = Field(
        default=None,
        description="Where something is adopted over a block, it says how the block was met.",
    )


class VotePut(Input):
    """A ballot. It may change until the decision closes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [VOTE_EXAMPLE]})

    vote: VoteChoice
    reason: Paragraph | None = Field(
        default=None, description="Why; needed with a block. Every member reads it."
    )


class DecisionItem(Output):
    """A proposal, and what came of it."""

    id: Id
    network_id: Id
    title: Title
    proposal: LongText
    quorum_percent: Percent
    closes_at: UtcDateTime
    status: DecisionStatus
    outcome: DecisionOutcome | None = Field(description="Null until somebody stated it.")
    outcome_note: Paragraph | None
    closed_at: UtcDateTime | None = Field(description="When the outcome was stated.")
    closed_by: Id | None
    created_by: Id | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class Tally(Output):
    """The count: of the ballots so far, or as it was when the outcome was stated."""

    agree: Count
    abstain: Count
    disagree: Count
    block: Count
    cast: Count = Field(description="All four.")
    electorate: Count = Field(
        description="Facilitators and members, and who voted and left since; from the deadline on, as it was then."
    )
    quorum_met: bool


class Decision(DecisionItem):
    """One decision, its count, the caller's own vote, and what the caller may do with it."""

    tally: Tally
    my_vote: VoteChoice | None
    actions: Annotated[list[DecisionVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class DecisionPage(Output):
    """A page of decisions. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[DecisionItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class DecisionQuery(Input):
    """Filters of the list; each matches only what the caller may read."""

    network_id: Id | None = None
    status: DecisionStatus | None = None
    updated_since: UtcDateTime | None = None
    sort: DecisionSort | None = Field(default=None, description="Default: -created_at.")
    cursor: Cursor | None = None
    limit: Limit = 20


class Vote(Output):
    """One person's ballot. Nobody is named who has left since, but to facilitators, and nobody who was erased."""

    id: Id
    decision_id: Id
    network_id: Id
    person: PersonCard | None
    vote: VoteChoice
    reason: Paragraph | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class VotePage(Output):
    """A page of votes. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Vote], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class VoteQuery(Input):
    """Which votes."""

    vote: VoteChoice | None = Field(default=None, description="Only these.")
    cursor: Cursor | None = None
    limit: Limit = 20
