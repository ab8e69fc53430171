"""The shapes that answers have: one resource, a page of a list, a creation, nothing."""

import hashlib
from http import HTTPStatus
from typing import Any

from app.core.errors import PreconditionFailed, PreconditionRequired
from app.web.call import Answer, Call, dump

JSON = (b"content-type", b"application/json")


def etag_of(version: int | None, body: bytes) -> str:
    """Strong: the version, which If-Match compares, and a digest of exactly what this caller was shown."""
    return f'"{version or 0}-{hashlib.blake2b(body, digest_size=9).hexdigest()}"'


def one(
    call: Call,
    document: dict[str, Any],
    *,
    status: int = 200,
    location: str | None = None,
    edition: int | None = None,
) -> Answer:
    """One resource with its ETag; 304 without a body when the caller has it already.

    `location` is told where it was created (201).

    `edition` is what If-Match compares, where that is not the version.
    """
    body = dump(document)
    etag = etag_of(edition or document.get("version"), body)
    headers = [JSON, (b"etag", etag.encode())]
    if location is not None and status == HTTPStatus.CREATED:
        headers.append((b"location", location.encode()))
    known = call.headers.get(b"if-none-match")
    if known is not None and call.method == "GET" and _names(known, etag):
        return Answer(b"", 304, headers[1:])
    return Answer(body, status, headers)


def _names(header: bytes, etag: str) -> bool:
    """Whether an If-None-Match header names this tag (weak comparison, RFC 9110 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in header.decode("latin-1").split(",")]
    return "*" in tags or etag in tags


def page(
    call: Call,
    items: list[dict[str, Any]],
    next_cursor: str | None,
    **more: Any,
) -> Answer:
    """A page of a list; `more` are further members such as `changes_cursor`."""
    headers = [JSON]
    if next_cursor is not None:
        kept = [pair for pair in call.query.split(b"&") if pair and not pair.startswith(b"cursor=")]
        query = b"&".join([*kept, b"cursor=" + next_cursor.encode()]).decode("ascii", "replace")
        headers.append(
            (b"link", f'<{call.url(call.path)}?{query}>; rel="next"'.encode("latin-1", "replace"))
        )
    return Answer(dump({"items": items, "next_cursor": next_cursor, **more}), 200, headers)


def cached(call: Call, content: Any) -> Answer:
    """What has no version of its own, with a weak ETag of what this caller is shown."""
    return document(call, dump(content))


def document(call: Call, body: bytes, *more: tuple[bytes, bytes]) -> Answer:
    """Bytes that are at hand, with a weak ETag; JSON unless `more` headers begin with another media type."""
    return tagged(call, body, weak_etag(body), *(more or (JSON,)))


def weak_etag(source: bytes) -> str:
    """The tag of what is made of this."""
    return f'W/"{hashlib.blake2b(source, digest_size=9).hexdigest()}"'


def tagged(call: Call, body: bytes, etag: str, *headers: tuple[bytes, bytes]) -> Answer:
    """Bytes under a tag; the first of the headers is their media type. 304 when the caller has them already."""
    found = [*headers, (b"etag", etag.encode())]
    known = call.headers.get(b"if-none-match")
    if known is not None and _names(known, etag.removeprefix("W/")):
        return Answer(b"", 304, found[1:])
    return Answer(body, 200, found)


def gone() -> Answer:
    """204."""
    return Answer(b"", 204, [])


def if_match(call: Call, version: int) -> None:
    """Honour If-Match: any of its tags must carry this version, or be `*`.

    Only the version counts: a counter that moved, or another reader's view, is no lost update.
    Errors: `PreconditionFailed`.
    """
    header = call.headers.get(b"if-match")
    if header is None:
        return
    tags = [tag.strip() for tag in header.decode("latin-1").split(",")]
    if "*" not in tags and not any(tag.startswith(f'"{version}-') for tag in tags):
        raise PreconditionFailed


def must_match(call: Call, version: int, advice: str) -> None:
    """Ask for If-Match: where two people write the same text, nobody's words are lost by not saying what was read.

    `*` names no version. Errors: `PreconditionRequired`; `PreconditionFailed` with `advice`.
    """
    header = call.headers.get(b"if-match")
    if header is None or b"*" in header.replace(b" ", b"").split(b","):
        raise PreconditionRequired
    try:
        if_match(call, version)
    except PreconditionFailed:
        raise PreconditionFailed(advice) from None
