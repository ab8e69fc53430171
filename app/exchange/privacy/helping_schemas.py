"""The contract of what an export has of help."""

from app.core.text import Day, Id, Name, Output, Paragraph, Title, UtcDateTime


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
