"""Typed errors about duties, requests for support and pairs; `core.errors` has the rest."""

from app.core.errors import Conflict


class DutyEnded(Conflict):
    code, title = "duty_ended", "This duty has ended"


class DutyHasTerms(Conflict):
    code, title = "duty_has_terms", "Somebody held this duty, or is to: end it instead"


class AskClosed(Conflict):
    code, title = "ask_closed", "It is not open any more"


class AskHasOffers(Conflict):
    code, title = "ask_has_offers", "Somebody offered to help: withdraw the request instead"


class OwnAsk(Conflict):
    code, title = "own_ask", "Somebody else offers to help: this request is yours"


class AlreadyOffered(Conflict):
    code, title = "already_offered", "You have an open offer to this request"


class TermOverlaps(Conflict):
    code, title = "term_overlaps", "This person holds the duty on some of these days already"


class TooFewWishes(Conflict):
    code, title = "too_few_wishes", "Fewer than two members asked to be paired"
