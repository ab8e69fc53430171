"""The contract of what an export has of help."""

from typing import Annotated

from app.core.text import Day, Id, Name, Output, Paragraph, Title, UtcDateTime, line


class ExportedDuty(Output):
    """A duty that you wrote down; what it says only where you read it today."""

    id: Id
    network_id: Id
    title: Title | None
    body: Name | None
    detail: Paragraph | None
    created_at: UtcDateTime
    ended_on: Day | None


class ExportedTerm(Output):
    """A duty that you held from one day to another, with the note handed over where you read it today."""

    id: Id
    network_id: Id
    duty_id: Id
    from_on: Day
    to_on: Day | None
    handover_note: Paragraph | None


class ExportedAsk(Output):
    """A request for support that you made; what it says only where you read it today."""

    id: Id
    network_id: Id
    title: Title | None
    detail: Paragraph | None
    outcome_note: Paragraph | None
    status: Annotated[str, line(20, "open")]
    created_at: UtcDateTime


class ExportedOffer(Output):
    """An offer to help that you made; what it says only where you read it today."""

    id: Id
    network_id: Id
    ask_id: Id
    text: Paragraph | None
    status: Annotated[str, line(20, "open")]
    created_at: UtcDateTime


class ExportedPairingWish(Output):
    """That you asked to be paired in a network."""

    network_id: Id
    from_at: UtcDateTime


class ExportedPairing(Output):
    """That you were drawn to get to know somebody; whom is theirs as well."""

    id: Id
    network_id: Id
    drawn_at: UtcDateTime
