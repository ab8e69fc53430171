"""Typed errors about duties, requests for support and pairs; `core.errors` has the rest."""

from app.core.errors import Conflict


class DutyEnded(Conflict):
    code, title = "duty_ended", "This duty has ended"


class DutyHasTerms(Conflict):
    code, title = "duty_has_terms", "Somebody held this duty, or is to: end it instead"


class TermOverlaps(Conflict):
    code, title = "term_overlaps", "This person holds the duty on some of these days already"
