"""Typed errors: a status and a stable code each. The codes are part of the contract: `core.error_catalogue` has all."""

from typing import ClassVar, NamedTuple


class FieldError(NamedTuple):
    """One thing wrong with the input: where (a JSON pointer, or `?name` for a query parameter), and what."""

    pointer: str
    code: str
    detail: str


class HouseError(Exception):
    """What a caller is told instead of an answer."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "The server made a mistake"

    def __init__(
        self, detail: str = "", *, errors: tuple[FieldError, ...] = (), **extra: str
    ) -> None:
        """`extra` are further members of the problem document, such as a link."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.extra = extra


class BadRequest(HouseError):
    status, code, title = 400, "bad_request", "The request cannot be read"


class InvalidJson(BadRequest):
    code, title = "invalid_json", "The body is not JSON as this service reads it"


class InvalidCursor(BadRequest):
    code, title = "invalid_cursor", "The cursor is not one of this list's"


class TokenInAddress(BadRequest):
    code, title = (
        "token_in_address",
        "A token stands in the address, where logs keep it: revoke it, and send a new one in Authorization",
    )


class Unauthenticated(HouseError):
    status, code, title = (
        401,
        "unauthenticated",
        "Sign in first: send Authorization: Bearer <token>",
    )


class InvalidToken(Unauthenticated):
    code, title = "invalid_token", "The token is unknown, expired or revoked"


class Forbidden(HouseError):
    status, code, title = 403, "forbidden", "You may see this but not do that"


class InsufficientScope(Forbidden):
    code, title = "insufficient_scope", "The token lacks the scope for this"


class NotFound(HouseError):
    status, code, title = 404, "not_found", "There is nothing here that you can see"


class InvitationNotValid(NotFound):
    code, title = "invitation_not_valid", "This invitation is unknown, used, taken back or expired"


class CalendarNotValid(NotFound):
    code, title = "calendar_not_valid", "This calendar address is unknown, or it has ended"


class MethodNotAllowed(HouseError):
    status, code, title = 405, "method_not_allowed", "This address does not answer that method"


class NotAcceptable(HouseError):
    status, code, title = 406, "not_acceptable", "Answers are application/json"


class BodyTimedOut(HouseError):
    status, code, title = 408, "body_timed_out", "The body did not arrive in time"


class Conflict(HouseError):
    status, code, title = 409, "conflict", "That cannot be done in the present state"


class AlreadyMember(Conflict):
    code, title = "already_member", "There is an open membership, request or invitation already"


class LastFacilitator(Conflict):
    code, title = "last_facilitator", "A network always keeps a facilitator: name another one first"


class LastOperator(Conflict):
    code, title = (
        "last_operator",
        "An installation always keeps an operator: make another one first",
    )


class AnswerErased(Conflict):
    code, title = (
        "answer_erased",
        "This was done before; its answer spoke of somebody who has been erased since",
    )


class HostedElsewhere(Conflict):
    code, title = "hosted_elsewhere", "This network lives elsewhere: join it there"


class NetworkInUse(Conflict):
    code, title = (
        "network_in_use",
        "Others belong to this network or it has sub-groups: archive it instead",
    )


class NetworkArchived(Conflict):
    code, title = "network_archived", "This network is archived and read-only"


class NetworkNotArchived(Conflict):
    code, title = "network_not_archived", "This network is not archived"


class NotJoinable(Conflict):
    code, title = "invitation_required", "This network is joined by invitation: ask a facilitator"


class ParentMembershipRequired(Conflict):
    code, title = "parent_membership_required", "Join the parent network first"


class TooDeep(Conflict):
    code, title = "too_deep", "Sub-groups are at most three deep"


class SlugTaken(Conflict):
    code, title = "slug_taken", "Another network has this slug"


class EmailTaken(Conflict):
    code, title = "email_taken", "Another person has this e-mail address"


class TooManyInvitations(Conflict):
    code, title = "too_many_invitations", "Too many invitations of this network are open"


class TooManyCalendars(Conflict):
    code, title = "too_many_calendars", "You have as many calendar addresses as one may: revoke one"


class TooManySavedSearches(Conflict):
    code, title = (
        "too_many_saved_searches",
        "You have as many saved searches as one may: delete one",
    )


class IllegalTransition(Conflict):
    code, title = "illegal_transition", "It is not in a state for this"


class ResyncRequired(HouseError):
    status, code, title = (
        410,
        "resync_required",
        "This cursor is too old or of another epoch: list everything again",
    )


class PreconditionFailed(HouseError):
    status, code, title = (
        412,
        "precondition_failed",
        "It was changed since you read it: read it again",
    )


class PayloadTooLarge(HouseError):
    status, code, title = 413, "payload_too_large", "The body is too large"


class UnsupportedMediaType(HouseError):
    status, code, title = (
        415,
        "unsupported_media_type",
        "The body has a media type this operation does not read",
    )


class HostRefused(HouseError):
    status, code, title = (
        421,
        "host_refused",
        "This service is not called by that host: its operator names the hosts in ALLOWED_HOSTS",
    )


class Invalid(HouseError):
    status, code, title = 422, "invalid", "Something in the request is not right"


def refuse(pointer: str, code: str, detail: str) -> Invalid:
    """The error that says what is wrong with one field."""
    return Invalid(detail, errors=(FieldError(pointer, code, detail),))


class UnknownReference(Invalid):
    code, title = "unknown_reference", "Something the request refers to does not exist"


class KeyReused(Invalid):
    code, title = "idempotency_key_reused", "This Idempotency-Key was used with another request"


class RateLimited(HouseError):
    status, code, title = 429, "rate_limited", "Too many requests: go on after Retry-After seconds"


class InternalError(HouseError):
    pass


class Unavailable(HouseError):
    status, code, title = 503, "unavailable", "The database cannot be reached: try again shortly"


class IssuerUnavailable(HouseError):
    status, code, title = (
        503,
        "issuer_unavailable",
        "The issuer of this token cannot be asked for its keys: try again shortly",
    )


class Overtaken(HouseError):
    status, code, title = 503, "overtaken", "Others were changing the same things: try again"


class Overloaded(HouseError):
    status, code, title = 503, "overloaded", "Too many requests at once: try again shortly"


class RequestTimedOut(HouseError):
    status, code, title = 503, "request_timed_out", "It took too long: try again"


class Stopping(HouseError):
    status, code, title = 503, "stopping", "This process is about to stop: ask another one"


class OAuthRequestInvalid(HouseError):
    """What the token endpoint answers instead of a token; the codes of this one and its kind are RFC 6749's."""

    status, code, title = 400, "invalid_request", "The form says too little, or something twice"


class InvalidClient(OAuthRequestInvalid):
    status, code, title = 401, "invalid_client", "The client did not prove who it is"


class InvalidScope(OAuthRequestInvalid):
    code, title = "invalid_scope", "The client may not have these scopes"


class UnsupportedGrantType(OAuthRequestInvalid):
    code, title = "unsupported_grant_type", "Only client_credentials is granted"


# Meetings: places and answers.


class MeetingNotAnnounced(Conflict):
    code, title = "meeting_not_announced", "Nobody was told of this meeting yet: announce it first"


class MeetingCancelled(Conflict):
    code, title = "meeting_cancelled", "This meeting is cancelled"


class MeetingOver(Conflict):
    code, title = "meeting_over", "This meeting is over: answers ended with it"


class PlacesTaken(Conflict):
    code, title = "places_taken", "More people hold a place than there would be places"


# Of minutes and actions.


class MinutesExist(Conflict):
    code, title = "minutes_exist", "There are minutes of this already"


class MinutesUnchanged(Conflict):
    code, title = "minutes_unchanged", "There is nothing new to publish"


class RecordsNameAMember(Conflict):
    code, title = (
        "records_name_a_member",
        "What was written of this meeting names a member: correct it before the Chatham House Rule is in force",
    )


class ActionDone(Conflict):
    code, title = "action_done", "This action is done already"


class ActionNotDone(Conflict):
    code, title = "action_not_done", "This action is not done"


class PreconditionRequired(HouseError):
    status, code, title = (
        428,
        "precondition_required",
        "Say which version you are changing: send If-Match with the ETag that you read",
    )


# Meetings: what is done to them.


class MeetingAnnounced(Conflict):
    code, title = "meeting_announced", "People were told of this meeting: cancel it instead"


class OccurrenceInUse(Conflict):
    code, title = (
        "occurrence_in_use",
        "Answers, minutes or actions hang on occurrences that this would move or take away",
    )


class ChathamHouseKept(Conflict):
    code, title = (
        "chatham_house_kept",
        "People answered under the Chatham House Rule: it cannot be lifted",
    )


class TooManyRecords(Conflict):
    code, title = (
        "too_many_records",
        "More answers, minutes and actions hang on this than one edit takes along",
    )
