"""Errors as RFC 9457 problem documents; one type for each code, its address is a page that explains it."""

import re
from typing import Any

import orjson

from app.core import errors
from app.core.error_catalogue import CATALOGUE
from app.core.errors import HouseError
from app.core.patient_guard import without_identifiers
from app.db import errors as database
from app.web.call import Answer, dump

MEDIA_TYPE = b"application/problem+json"
SLUG_RULE = "uq_network_slug"
UNIQUE_RULES: dict[str, type[errors.Conflict]] = {
    "uq_member_open_spell": errors.AlreadyMember,
    "uq_minutes_occurrence": errors.MinutesExist,
    SLUG_RULE: errors.SlugTaken,
}
TYPE_PATH = "/problems/"
MOST_ERRORS = 50  # of one request; the rest are told when these are mended
OAUTH = "/oauth/"  # below it errors have the form of RFC 6749, 5.2
OAUTH_ERRORS = (
    "invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type", "server_error",
    "temporarily_unavailable",
)  # fmt: skip
_NOT_IN_DESCRIPTION = re.compile(r"[^ !#-\[\]-~]")


def from_database(error: database.DatabaseError) -> HouseError:
    """What a database failure means to a caller."""
    match error:
        case database.Duplicate(rule=rule):
            return UNIQUE_RULES.get(rule, errors.Conflict)()
        case database.Dangling():
            return errors.UnknownReference()
        case database.Rejected():
            return errors.Invalid("A value cannot be stored.")
        case database.Contended():
            return errors.Overtaken()
        case database.Unavailable():
            return errors.Unavailable()
    return errors.InternalError()


def problem(error: HouseError, request_id: str) -> Answer:
    """The answer that tells of an error; `instance` carries the request id."""
    known = type(error) if error.code in CATALOGUE else errors.InternalError
    document: dict[str, Any] = {
        "type": f"{TYPE_PATH}{known.code}",
        "title": known.title,
        "status": known.status,
        "detail": without_identifiers(error.detail),
        "instance": f"urn:uuid:{request_id}",
        "code": known.code,
        "errors": [
            {name: without_identifiers(told) for name, told in field._asdict().items()}
            for field in error.errors[:MOST_ERRORS]
        ],
        **error.extra,
    }
    headers = [(b"content-type", MEDIA_TYPE), (b"cache-control", b"no-store")]
    if known.status == 401:  # noqa: PLR2004 - RFC 6750
        scheme = b"Basic" if known is errors.InvalidClient else b"Bearer"
        value = scheme + b' realm="qi-networks"'
        if known is errors.InvalidToken:
            value += b', error="invalid_token"'
        headers.append((b"www-authenticate", value))
    if known.status in (429, 503):
        document.pop("retry_after", None)
        headers.append((b"retry-after", error.extra.get("retry_after", "2").encode()))
    if known is errors.UnsupportedMediaType and "accept" in error.extra:
        document.pop("accept")
        accepted = error.extra["accept"].encode()
        headers.append((b"accept-patch" if b"merge" in accepted else b"accept-post", accepted))
    if known is errors.MethodNotAllowed:
        document.pop("allow", None)
        headers.append((b"allow", error.extra.get("allow", "").encode()))
    return Answer(dump(document), known.status, headers)


def as_oauth_error(answer: Answer) -> Answer:
    """The same problem as clients of OAuth read it: plain JSON, with `error` and `error_description` added.

    Anything else stays as it is, also an address or a method that is none of the token endpoint's.
    """
    if answer.status < 400 or answer.status in (404, 405):  # noqa: PLR2004 - a status is known by its number
        return answer
    document = orjson.loads(answer.body)
    by_status = {
        429: "temporarily_unavailable",
        503: "temporarily_unavailable",
        500: "server_error",
    }
    code = document["code"]
    document["error"] = (
        code if code in OAUTH_ERRORS else by_status.get(answer.status, "invalid_request")
    )
    document["error_description"] = _NOT_IN_DESCRIPTION.sub("?", document["detail"])
    headers = [(name, value) for name, value in answer.headers if name != b"content-type"]
    return Answer(dump(document), answer.status, [(b"content-type", b"application/json"), *headers])
