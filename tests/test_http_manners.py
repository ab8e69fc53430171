"""How every operation behaves as HTTP, walked over the contract: a new operation is held to the same manners."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import orjson
import pytest

from app.main import describe
from app.web.openapi import doors_of
from app.web.pages import ASSETS
from tests.contract import document, resolved
from tests.house import TestHouse
from tests.targets import Operation, Targets, operations, said
from tests.wire import Headers, Reply, send

pytestmark = pytest.mark.anyio
OPERATIONS = list(operations())
PATHS = list(document()["paths"])
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "BREW",
    "get",
)
JSON: Headers = [(b"content-type", b"application/json")]
NOBODY = "00000000-0000-7000-8000-000000000000"
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "strict-transport-security": "max-age=31536000",
    "vary": "Authorization, Accept, Origin",
}


@pytest.fixture
async def targets(reference_house: TestHouse) -> Targets:
    """Something to aim at."""
    return await Targets.made(reference_house)


def bearer(targets: Targets) -> tuple[bytes, bytes]:
    """The header of the one who may do everything."""
    return (b"authorization", f"Bearer {targets.operator.token}".encode())


async def ask(
    targets: Targets,
    operation: Operation,
    *headers: tuple[bytes, bytes],
    query: str = "",
    body: bytes = b"",
) -> Reply:
    """One operation on what is really there, with what its query must say, and a body only if one is given."""
    queries = said(operation, query)
    target = targets.path(operation) + (f"?{queries}" if queries else "")
    sent = [bearer(targets), *headers]
    if body and operation.media_type:
        sent.append((b"content-type", operation.media_type.encode()))
    return await send(targets.house.app, operation.method, target.encode(), sent, body)


async def test_what_is_served_is_documented_and_the_other_way_round(house: TestHouse) -> None:
    served = {
        (method, door.path)
        for door in doors_of(describe())
        for method in door.methods or ()
        if door.path != "/docs/{asset}"  # what the page of documentation is made of
    }
    assert served == {(operation.method, operation.path) for operation in OPERATIONS}
    for asset in ASSETS:
        assert (await send(house.app, "GET", f"/docs/{asset}".encode())).status == 200
    assert (await send(house.app, "GET", b"/docs/passwd")).status == 404


async def test_methods_that_are_not_there(targets: Targets) -> None:
    """405 with every method of the address, whatever is asked; OPTIONS says the same."""
    for path in PATHS:
        here = [operation for operation in OPERATIONS if operation.path == path]
        methods = {operation.method for operation in here} | {"OPTIONS"}
        allow = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        for method in METHODS:
            reply = await send(
                targets.house.app, method, targets.path(here[0]).encode(), [bearer(targets)]
            )
            if method == "OPTIONS":
                assert (reply.status, reply.headers["allow"], reply.body) == (204, allow, b"")
            elif method not in allow.split(", "):
                assert reply.status == 405, (method, path)
                assert reply.code == (None if method == "HEAD" else "method_not_allowed")
                assert reply.headers["allow"] == allow
                assert reply.faults() == []


async def test_preflight_for_browsers(targets: Targets) -> None:
    """Any origin may ask: there are no cookies, so a page cannot borrow anybody's rights."""
    asks = [(b"origin", b"https://example.org"), (b"access-control-request-method", b"PATCH")]
    for path in PATHS:
        reply = await send(targets.house.app, "OPTIONS", path.encode(), asks)
        assert reply.status == 204
        assert reply.headers["access-control-allow-origin"] == "*"
        assert reply.headers["access-control-allow-methods"] == reply.headers["allow"]
        allowed = reply.headers["access-control-allow-headers"].split(", ")
        assert {"Authorization", "Content-Type", "Idempotency-Key", "If-Match"} <= set(allowed)
        assert "access-control-allow-credentials" not in reply.headers
    exposed = (await send(targets.house.app, "GET", b"/v1/networks", asks[:1])).headers[
        "access-control-expose-headers"
    ]
    assert {"ETag", "Link", "Location", "Retry-After", "X-Request-ID"} <= set(exposed.split(", "))


def steady(reply: Reply) -> dict[str, str]:
    """The headers without what is made anew for each answer: ids, and cursors but for their length."""
    new = {"x-request-id", "x-correlation-id"}
    return {
        name: re.sub("(?<=cursor=)[A-Za-z0-9_-]+", lambda cursor: str(len(cursor[0])), value)
        for name, value in reply.headers.items()
        if name not in new
    }


async def test_head_is_get_without_a_body(targets: Targets) -> None:
    for operation in OPERATIONS:
        if operation.method != "GET":
            continue
        path = f"{targets.path(operation)}?{said(operation)}".rstrip("?").encode()
        got = await send(targets.house.app, "GET", path, [bearer(targets)])
        head = await send(targets.house.app, "HEAD", path, [bearer(targets)])
        assert (head.status, head.body) == (200, b""), operation
        # One counts the first while it answers the second, the other lists when it was read.
        if operation.name in ("getMetrics", "exportMe"):
            assert head.headers.keys() == got.headers.keys()
            continue
        assert steady(head) == steady(got), operation
        assert int(head.headers["content-length"]) == len(got.body)


async def test_ids_come_back_on_every_answer(
    targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, mine, other = targets.house.app, str(uuid4()), str(uuid4())
    ids: Headers = [(b"x-request-id", mine.encode()), (b"x-correlation-id", other.encode())]
    network = f"/v1/networks/{targets.ids['network_id']}".encode()
    read = await send(app, "GET", network, [bearer(targets)])
    known = (b"if-none-match", read.headers["etag"].encode())

    async def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(app.doors.find("/livez")[0]["GET"], "run", broken)
    cases: list[tuple[int, str, bytes, Headers, bytes]] = [
        (200, "GET", b"/v1/networks", [], b""),
        (200, "HEAD", b"/v1/networks", [], b""),
        (204, "OPTIONS", b"/v1/networks", [], b""),
        (304, "GET", network, [bearer(targets), known], b""),
        (400, "GET", b"/v1/networks?cursor=x", [], b""),
        (401, "GET", b"/v1/members", [], b""),
        (401, "GET", b"/v1/members", [(b"authorization", b"Bearer none")], b""),
        (404, "GET", b"/nowhere", [], b""),
        (404, "GET", b"/v1/networks/" + NOBODY.encode(), [], b""),
        (405, "PUT", b"/v1/networks", [], b""),
        (406, "GET", b"/v1/networks", [(b"accept", b"text/csv")], b""),
        (413, "POST", b"/v1/networks", [bearer(targets), *JSON], b"[" * 1_000_001),
        (415, "POST", b"/v1/networks", [bearer(targets)], b"{}"),
        (422, "GET", b"/v1/networks?nonsense=1", [], b""),
        (500, "GET", b"/livez", [], b""),
    ]
    for status, method, target, headers, body in cases:
        reply = await send(app, method, target, [*headers, *ids], body)
        assert reply.status == status, target
        assert reply.headers["x-request-id"] == mine, target
        assert reply.headers["x-correlation-id"] == other, target
        if reply.status >= 400:
            assert reply.json["instance"] == f"urn:uuid:{mine}"
        if status != 500:
            assert reply.faults() == [], target
        odd = await send(app, method, target, [*headers, (b"x-request-id", b"not one")], body)
        assert re.fullmatch("[0-9a-f-]{36}", odd.headers["x-request-id"])
        assert odd.headers["x-correlation-id"] == odd.headers["x-request-id"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_manners(targets: Targets, operation: Operation) -> None:
    """What holds for each operation: media types, unknown names, caching, and the headers that protect."""
    offered = [
        name.encode()
        for name in operation.spec["responses"].get("200", {}).get("content", [JSON[0][1].decode()])
    ]
    others = {b"application/json", b"text/html;q=1", b"image/png"}.difference(offered)
    impossible = await ask(targets, operation, (b"accept", min(others)))
    assert (impossible.status, impossible.code) == (406, "not_acceptable")
    family = offered[0].split(b"/")[0] + b"/*;q=0.5"
    for some in (b"*/*", b"text/csv, */*;q=0.1", offered[0], family):
        assert (await ask(targets, operation, (b"accept", some), query="x=1")).status == 422
    for never in (b"*/*;q=0", b"*/*, " + b", ".join(name + b";q=0.000" for name in offered)):
        assert (await ask(targets, operation, (b"accept", never))).status == 406

    unknown = await ask(targets, operation, query="no_such_parameter=1")
    assert (unknown.status, unknown.code) == (422, "invalid")
    assert [error["pointer"] for error in unknown.json["errors"]] == ["?no_such_parameter"]

    if operation.writes and operation.media_type is None:
        given = await ask(targets, operation, *JSON, body=b"{}")
        assert (given.status, given.json["errors"][0]["code"]) == (422, "unexpected_body")
    if operation.media_type is not None:
        wrong = await ask(targets, operation, (b"content-type", b"text/plain"))
        header = "accept-patch" if operation.method == "PATCH" else "accept-post"
        taken = ", ".join(operation.spec["requestBody"]["content"])
        assert (wrong.status, wrong.headers[header]) == (415, taken)
        named = await ask(targets, operation, body=b'{"no_such_field": 1}')
        if operation.form:  # what a form does not know it passes over (RFC 6749, 3.2)
            assert (named.status, named.json["error"]) == (400, "invalid_request")
            return
        assert named.status == 422
        assert "/no_such_field" in [error["pointer"] for error in named.json["errors"]]

    reply = await ask(targets, operation, query="" if operation.method == "GET" else "x=1")
    assert reply.status == (200 if operation.method == "GET" else 422)
    for answer in (reply, impossible, unknown):
        assert answer.faults() == []
        assert {name: answer.headers[name] for name in SECURITY} == SECURITY
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
    assert unknown.headers["cache-control"] == "no-store"
    if not operation.public:
        assert reply.headers["cache-control"] == "no-store"
    if "etag" not in reply.headers and reply.status == 200:
        assert "304" not in operation.spec["responses"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_conditional_requests(targets: Targets, operation: Operation) -> None:
    """If-None-Match where there is an ETag; If-Match wherever one thing is changed or removed."""
    if "304" in operation.spec["responses"]:
        etag = (await ask(targets, operation)).headers["etag"].encode()
        for known in (etag, b'"other", ' + etag, b"*", b"W/" + etag.removeprefix(b"W/")):
            reply = await ask(targets, operation, (b"if-none-match", known))
            assert (reply.status, reply.body) == (304, b""), known
            assert (reply.headers["etag"].encode(), reply.faults()) == (etag, [])
        assert (await ask(targets, operation, (b"if-none-match", b'"other"'))).status == 200
        for unreadable in (b"", b"\xff", b'"a\tb"', b'"x"' * 1000):
            reply = await ask(targets, operation, (b"if-none-match", unreadable))
            assert (reply.status, reply.code) == (400, "bad_request")
    if "412" in operation.spec["responses"]:
        body = b"{}" if operation.media_type else b""
        if operation.method == "PUT":
            body = orjson.dumps(targets.body(operation))
        stale = await ask(targets, operation, (b"if-match", b'"0-AAAA"'), body=body)
        assert (stale.status, stale.code) == (412, "precondition_failed")
        named = [one for one in operation.spec["parameters"] if resolved(one)["in"] == "path"]
        one = operation.path.removesuffix("/publish")
        read = Operation("GET", one, {"operationId": "read", "parameters": named})
        # What is put is read elsewhere, by its id: it answers with the tag of what it put.
        read, sent = (operation, body) if operation.method == "PUT" else (read, b"")
        etag = (await ask(targets, read, body=sent)).headers["etag"].encode()
        fresh = await ask(targets, operation, (b"if-match", etag), body=body)
        assert fresh.status in (
            200,
            204,
            409,
        )  # 409: the state forbids it, which is looked at later


async def test_examples_work_as_printed(targets: Targets) -> None:
    """The example of a request is never refused as a request; a code in it may not be known here."""
    for operation in OPERATIONS:
        if operation.media_type is None:
            continue
        example = operation.body["examples"][0]
        if operation.form:  # a client proves itself by the form alone
            reply = await targets.house.anonymous.request("POST", operation.path, data=example)
            assert reply.json()["error"] == "invalid_client", operation
            continue
        client = targets.operator.client
        reply = await client.request(operation.method, targets.path(operation), json=example)
        told = [] if reply.status_code != 422 else reply.json()["errors"]
        known = all(error["code"] in ("unknown_reference", "unknown_place") for error in told)
        assert known, (operation, reply.json())
        assert reply.status_code in (200, 201, 403, 404, 409, 422, 428), (operation, reply.json())


async def test_the_contract_is_served_as_committed(house: TestHouse) -> None:
    from tests.test_contract import COMMITTED

    reply = await send(house.app, "GET", b"/openapi.json")
    assert reply.body == COMMITTED.read_bytes()


# --- What the check of every answer notices -------------------------------------------------------

Spoil = Callable[[Reply], Reply]


def without(name: str) -> Spoil:
    """The same reply without a header."""
    return lambda r: replace(r, headers={n: v for n, v in r.headers.items() if n != name})


def having(name: str, value: str) -> Spoil:
    """The same reply with a header of this value."""
    return lambda reply: replace(reply, headers={**reply.headers, name: value})


def saying(old: bytes, new: bytes) -> Spoil:
    """The same reply with other words in its body."""
    return lambda reply: replace(reply, body=reply.body.replace(old, new))


SPOILT: list[tuple[bytes, str, Spoil]] = [
    (b"/v1/networks", "no x-request-id", without("x-request-id")),
    (b"/v1/networks", "no vary", without("vary")),
    (b"/v1/networks", "x-request-id: ", having("x-request-id", "not one")),
    (b"/v1/networks", "x-powered-by is not declared", having("x-powered-by", "magic")),
    (b"/v1/networks", "'text/csv' is not documented", having("content-type", "text/csv")),
    (b"/v1/networks", "undocumented status", lambda reply: replace(reply, status=202)),
    (b"/v1/networks", '"items" is a required', saying(b'"items"', b'"rows"')),
    (b"/v1/networks", "500", lambda reply: replace(reply, status=500)),
    (b"/v1/topics", "no etag, which is promised", without("etag")),
    (b"/v1/members", "no www-authenticate, which", without("www-authenticate")),
    (b"/v1/members", "a problem of status 403", saying(b"401", b"403")),
    (b"/v1/members", "is not one of", saying(b"unauthenticated", b"unheard_of")),
    (b"/nowhere", "instead of a problem", having("content-type", "application/json")),
    (b"/nowhere", "where the contract has nothing", lambda reply: replace(reply, status=200)),
    (b"/nowhere", "is a required property", saying(b'"instance"', b'"Instance"')),
]


@pytest.mark.parametrize(("target", "fault", "spoil"), SPOILT)
async def test_a_wrong_answer_is_noticed(
    house: TestHouse, target: bytes, fault: str, spoil: Spoil
) -> None:
    reply = await send(house.app, "GET", target)
    assert reply.faults() == []
    assert fault in " | ".join(spoil(reply).faults())
