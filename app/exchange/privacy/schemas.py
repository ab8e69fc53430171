"""The contract of privacy: everything that is kept about one person, and what keeps an erasure from an accident."""

from typing import Annotated

from pydantic import Field

from app.core.text import (
    Day,
    EmailAddress,
    Id,
    Name,
    OdsCode,
    Output,
    Paragraph,
    Title,
    UtcDateTime,
    line,
    lines,
    whole,
)
from app.core.text_of_time import LocalDateTime
from app.core.viewer import Scope
from app.exchange.calendar_tokens.schemas import CalendarFiltersShown
from app.exchange.privacy.export_decisions import Decisions, Votes
from app.exchange.privacy.helping_schemas import (
    ExportedAsk,
    ExportedDuty,
    ExportedOffer,
    ExportedPairing,
    ExportedPairingWish,
    ExportedTerm,
)
from app.exchange.privacy.network_schemas import (
    ExportedCharter,
    ExportedCharterAcceptance,
    ExportedResource,
    ExportedStage,
)
from app.exchange.privacy.result_schemas import (
    ExportedAcceptance,
    ExportedAdoption,
    ExportedCycle,
    ExportedFeedback,
    ExportedMeasure,
    ExportedReport,
    ExportedResult,
)
from app.features.people.schemas import Person
from app.features.saved_searches.schemas import SavedSearch

MOST = 10_000  # of each part in one document
Words = Annotated[str, line(60, "member")]
ScopeNames = Annotated[list[Scope], Field(max_length=30)]
LongWords = Annotated[str, lines(20_000, "We share what works.")]


class PartDescription(Output):
    """A part of this document, and what it is."""

    part: Annotated[str, line(40, "memberships")]
    description: Annotated[str, line(300, "Every membership, with what you said and its roles.")]


class ExportedIdentity(Output):
    """A sign-in: who you are to an issuer."""

    issuer: Annotated[str, line(300, "https://id.example.org")]
    subject: Annotated[str, line(255, "f81d4fae-7dec")]
    created_at: UtcDateTime
    last_used_on: Day | None


class ExportedToken(Output):
    """A token or a client, never its secret: `hint` is how that ends."""

    id: Id
    name: Name
    hint: Annotated[str, line(16, "x7Qk")] | None
    scopes: ScopeNames
    network_id: Id | None
    created_at: UtcDateTime
    expires_at: UtcDateTime | None
    revoked_at: UtcDateTime | None
    last_used_on: Day | None


class ExportedRole(Output):
    """A role, and how long it was held."""

    role: Words
    from_at: UtcDateTime
    to_at: UtcDateTime | None


class ExportedMembership(Output):
    """One spell in one network; its name only where you see it today."""

    id: Id
    network_id: Id
    network_name: Name | None
    role: Words
    status: Words
    representing: OdsCode | None
    offer: Paragraph | None
    message: Paragraph | None
    reason: Paragraph | None
    asked_at: UtcDateTime
    joined_at: UtcDateTime | None
    ended_at: UtcDateTime | None
    roles: Annotated[list[ExportedRole], Field(max_length=1_000)]


class ExportedInvitation(Output):
    """An invitation that you sent, without the address of the other person, or that you accepted, with yours."""

    id: Id
    network_id: Id
    sent_by_me: bool
    address: EmailAddress | None
    message: Paragraph | None
    role: Words
    status: Words
    created_at: UtcDateTime
    ended_at: UtcDateTime | None


class ExportedPurpose(Output):
    """A purpose that you worded for a network; said only where you see the network today."""

    network_id: Id
    purpose: LongWords | None
    from_at: UtcDateTime
    to_at: UtcDateTime | None


class ExportedAttendance(Output):
    """Your answer to one meeting, or to one occurrence of a series, and whether you came."""

    id: Id
    network_id: Id
    meeting_id: Id
    meeting_title: Title | None
    occurrence: LocalDateTime | None
    answer: Words | None
    place: Words | None
    answered_at: UtcDateTime | None
    came: bool | None
    recorded_at: UtcDateTime | None


class ExportedMinutes(Output):
    """An edition of minutes that you published; your note to it only where you see the meeting today."""

    network_id: Id
    meeting_id: Id
    occurrence: LocalDateTime | None
    number: Annotated[int, whole(1, 2_147_483_647, 1)]
    note: Paragraph | None
    published_at: UtcDateTime


class ExportedAction(Output):
    """An action that you have, wrote or completed; what it says only where you read it today."""

    id: Id
    network_id: Id
    meeting_id: Id | None
    occurrence: LocalDateTime | None
    title: Title | None
    detail: Paragraph | None
    owned_by_me: bool
    written_by_me: bool
    completed_by_me: bool
    due_on: Day | None
    created_at: UtcDateTime
    done_at: UtcDateTime | None


class ExportedCalendarToken(Output):
    """An address that a calendar subscribes to, never its secret: `hint` is how that ends."""

    id: Id
    name: Name
    hint: Annotated[str, line(16, "x7Qk")]
    feed: Words
    network_id: Id | None
    meeting_id: Id | None
    filters: CalendarFiltersShown
    created_at: UtcDateTime
    revoked_at: UtcDateTime | None
    last_used_on: Day | None


class ExportedChange(Output):
    """One thing that you did, or that was done to you, a membership or a token of yours: names of fields, no values."""

    at: UtcDateTime
    action: Words
    resource_id: Id
    network_id: Id | None
    by_me: bool
    fields: Annotated[list[Words], Field(max_length=100)]


class Export(Output):
    """Everything that is kept about you. Lists have the newest first, and at most 10,000 of a kind."""

    exported_at: UtcDateTime
    about: Annotated[list[PartDescription], Field(max_length=100)]
    left_out: Annotated[list[Words], Field(max_length=100)] = Field(
        description="Parts of which there is more than this document has; the operator can give all of it."
    )
    person: Person = Field(description="Who you are here, and what you said of yourself.")
    identities: Annotated[list[ExportedIdentity], Field(max_length=MOST)] = Field(
        description="The sign-ins that you are known by."
    )
    tokens: Annotated[list[ExportedToken], Field(max_length=MOST)] = Field(
        description="Your tokens, also those that ended; their secrets are not kept."
    )
    clients: Annotated[list[ExportedToken], Field(max_length=MOST)] = Field(
        description="Programs that act in your name, also those that ended."
    )
    memberships: Annotated[list[ExportedMembership], Field(max_length=MOST)] = Field(
        description="Every membership, request and invitation, with what was said and the roles held."
    )
    invitations: Annotated[list[ExportedInvitation], Field(max_length=MOST)] = Field(
        description="Invitations by a link that you sent or accepted."
    )
    purposes: Annotated[list[ExportedPurpose], Field(max_length=MOST)] = Field(
        description="Purposes that you worded for networks."
    )
    charters: Annotated[list[ExportedCharter], Field(max_length=MOST)] = Field(
        description="Charters that you worded for networks."
    )
    charter_acceptances: Annotated[list[ExportedCharterAcceptance], Field(max_length=MOST)] = Field(
        description="Charters that you accepted."
    )
    stages: Annotated[list[ExportedStage], Field(max_length=MOST)] = Field(
        description="Stages of their life that you declared for networks."
    )
    resources: Annotated[list[ExportedResource], Field(max_length=MOST)] = Field(
        description="Links that you added for networks to keep."
    )
    attendance: Annotated[list[ExportedAttendance], Field(max_length=MOST)] = Field(
        description="What you answered to meetings, the place it gave you, and whether you came."
    )
    minutes: Annotated[list[ExportedMinutes], Field(max_length=MOST)] = Field(
        description="Minutes that you published, edition by edition; their words are the network's."
    )
    actions: Annotated[list[ExportedAction], Field(max_length=MOST)] = Field(
        description="Actions that you have, wrote or completed."
    )
    duties: Annotated[list[ExportedDuty], Field(max_length=MOST)] = Field(
        description="Representative duties that you wrote down."
    )
    duty_terms: Annotated[list[ExportedTerm], Field(max_length=MOST)] = Field(
        description="Representative duties that you held, and the notes handed over."
    )
    asks: Annotated[list[ExportedAsk], Field(max_length=MOST)] = Field(
        description="Requests for support that you made."
    )
    offers: Annotated[list[ExportedOffer], Field(max_length=MOST)] = Field(
        description="Offers to help that you made."
    )
    pairing_wishes: Annotated[list[ExportedPairingWish], Field(max_length=MOST)] = Field(
        description="Networks where you asked to be paired."
    )
    pairings: Annotated[list[ExportedPairing], Field(max_length=MOST)] = Field(
        description="Pairs that you were drawn into."
    )
    calendar_tokens: Annotated[list[ExportedCalendarToken], Field(max_length=MOST)] = Field(
        description="Addresses that your calendars subscribe to, also those that ended; their secrets are not kept."
    )
    saved_searches: Annotated[list[SavedSearch], Field(max_length=MOST)] = Field(
        description="Searches that you saved, and when you looked."
    )
    results: Annotated[list[ExportedResult], Field(max_length=MOST)] = Field(
        description="Results that you wrote or helped to write, drafts too."
    )
    measures: Annotated[list[ExportedMeasure], Field(max_length=MOST)] = Field(
        description="Their measures, with the numbers as they are."
    )
    pdsa_cycles: Annotated[list[ExportedCycle], Field(max_length=MOST)] = Field(
        description="Their PDSA cycles."
    )
    feedback: Annotated[list[ExportedFeedback], Field(max_length=MOST)] = Field(
        description="What you said to results, under whatever name."
    )
    adoptions: Annotated[list[ExportedAdoption], Field(max_length=MOST)] = Field(
        description="What you reported of organisations that tried a result."
    )
    reports: Annotated[list[ExportedReport], Field(max_length=MOST)] = Field(
        description="Content that you reported, and what was decided."
    )
    conduct_acceptances: Annotated[list[ExportedAcceptance], Field(max_length=MOST)] = Field(
        description="Codes of conduct that you accepted."
    )
    decisions: Decisions = Field(description="Decisions that you proposed or closed.")
    votes: Votes = Field(description="Your ballots, with the reasons that you gave.")
    changes: Annotated[list[ExportedChange], Field(max_length=MOST)] = Field(
        description="What the log has of you: when you did what, and what others did to what is yours."
    )
    reads: Annotated[list[ExportedChange], Field(max_length=MOST)] = Field(
        description="When an operator looked at you, or somebody exported this."
    )
