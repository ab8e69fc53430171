"""Every hostile input against every operation where it has a place: no 5xx, only problem documents, nothing written."""

import sys
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from tests.contract_rules import BY_SECRET
from tests.hostile.attack import JSON, Attack, fits
from tests.hostile.bodies import DOCUMENTS, VALUES
from tests.hostile.places import Way, having, leaves, pointer, read_parameter
from tests.hostile.requests import HEADERS, PATHS, QUERIES, forged
from tests.hostile.texts import TEXTS
from tests.house import TestHouse, TestPerson
from tests.targets import Operation, Targets, operations, said
from tests.wire import Reply, send

pytestmark = pytest.mark.anyio
OPERATIONS = list(operations())
# Right as a value, but not known here or not together with the rest.
IN_CONTEXT = frozenset((
    "nothing_asked", "ambiguous_place", "northern_ireland", "not_a_box",
    "unknown_reference", "unknown_place", "half_a_place", "has_members", "no_members", "not_an_icb", "not_here",
    "nothing_to_sort_by", "slug_is_random", "in_the_past", "in_the_future", "beyond_own_expiry", "network_id",
    "patient_number", "public_key",
    "no_such_day", "in_dst_gap", "no_such_occurrence", "of_the_series", "one_start", "local_start_needed",
    "occurrence_required", "bad_recurrence", "endless_recurrence", "not_the_first_occurrence", "never_occurs",
    "recurrence_range", "first_occurrence", "nothing_left", "window_ends_before_it_begins", "window_too_wide",
    "too_many_occurrences", "icb_or_region", "network_or_meeting", "out_of_range", "unknown_timezone", "chatham_house",
    "names_a_member", "duplicate", "feed", "patient_identifier", "possible_patient_data", "dismissed_hides",
    "no_answer", "too_early", "highest_below_lowest",
    "nothing_to_merge", "reason_needed", "no_author_left", "too_many_authors",
    "stop_reason_needed", "not_stopped", "ends_before_it_begins", "answer_to_an_answer", "no_organisation",
    "no_figure", "value_and_count", "denominator_alone", "zero_denominator", "numerator_missing",
    "denominator_missing", "denominator_not_used", "not_a_count", "numerator_above_denominator",
    "ruleset_not_for_chart", "baseline_too_short", "no_such_point", "outside_range", "csv_header", "csv_empty",
    "csv_separator", "csv_quote", "csv_columns",
))  # fmt: skip


@pytest.fixture
async def attack(
    reference_house: TestHouse, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Attack]:
    """An attacker over this module's database; tells its figures at the end."""
    began = time.perf_counter()
    attack = Attack(await Targets.made(reference_house))
    await attack.begin()
    yield attack
    line = {
        "test": request.node.name,
        **attack.figures(),
        "seconds": round(time.perf_counter() - began, 1),
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{orjson.dumps(line, option=orjson.OPT_NON_STR_KEYS).decode()}")


def test_there_are_enough_of_them() -> None:
    counts = [
        len(kind)
        for kind in (
            TEXTS,
            DOCUMENTS,
            VALUES,
            QUERIES,
            PATHS,
            HEADERS,
            forged("qi_live_" + "A" * 43),
        )
    ]
    assert sum(counts) >= 400
    assert counts[-1] >= 40


async def test_texts_in_query_parameters(attack: Attack) -> None:
    """As an operator, as anybody signed in and as nobody: what the contract does not take is refused."""
    for operation in OPERATIONS:
        for parameter in operation.parameters("query"):
            for what, text in TEXTS.items():
                await ask_with(attack, operation, parameter, what, text)
    await attack.end()


async def ask_with(
    attack: Attack, operation: Operation, parameter: dict[str, Any], what: str, text: str
) -> None:
    """One text in one parameter, by each kind of caller."""
    name, schema = parameter["name"], parameter["schema"]
    right = fits(schema, read_parameter(schema, text))
    target = f"{attack.targets.path(operation)}?{name}={quote(text, safe='')}".encode()
    callers: list[TestPerson | None] = [None, attack.targets.other]
    if not right or operation.writes:
        callers = [None]  # refused before anybody asks who it is
    for caller in callers:
        reply = await attack.throw(operation, what, target, caller=caller, right=right)
        refused_though_right(attack, operation, what, reply, f"?{name}", right=right)
    if operation.public and right:
        await attack.throw(operation, what, target, anonymous=True)


def refused_though_right(
    attack: Attack, operation: Operation, what: str, reply: Reply, place: str, *, right: bool
) -> None:
    """The contract takes the value, so the service must not say that it is none."""
    if right and reply.status == 422:
        named = [error for error in reply.json["errors"] if error["pointer"].startswith(place)]
        if named and reply.code == "invalid" and not {e["code"] for e in named} & IN_CONTEXT:
            attack.note(operation, what, [f"refused though right: {named}"], reply)


async def test_texts_in_paths(attack: Attack) -> None:
    """A value in a path that names nothing is 404, whatever it is."""
    for operation in OPERATIONS:
        for parameter in operation.parameters("path"):
            for what, text in TEXTS.items():
                spellings = {quote(text, safe="")}
                if text.isascii() and text.isprintable() and not set(text) & set("?# "):
                    spellings.add(text)
                for spelling in spellings:
                    target = attack.targets.path(operation, **{parameter["name"]: spelling})
                    reply = await attack.throw(operation, what, target.encode(), right=False)
                    if reply.status not in (404, 405, 415):  # 415 before anybody looks for the id
                        attack.note(operation, what, ["not 404"], reply)
    await attack.end()


async def test_texts_in_bodies(attack: Attack) -> None:
    """Each text alone where it does not belong, and everywhere at once where it does."""
    for operation in OPERATIONS:
        if operation.media_type is None or operation.form:
            continue
        ways = list(leaves(operation.body))
        for what, text in TEXTS.items():
            right = [
                way
                for way in ways
                if fits(operation.body, with_value(attack, operation, [way], text))
            ]
            for way in ways:
                if way not in right:
                    await send_with(attack, operation, [way], what, text)
            while right:
                reply = await send_with(attack, operation, right, what, text)
                named = (
                    {error["pointer"] for error in reply.json["errors"]}
                    if reply.status == 422
                    else set()
                )
                if not any(pointer(way) in named for way in right):
                    break
                right = [way for way in right if pointer(way) not in named]
    await attack.end()


async def test_values_in_bodies(attack: Attack) -> None:
    """Wrong kinds, bounds and shapes, in every field and every value inside one."""
    for operation in OPERATIONS:
        if operation.media_type is None or operation.form:
            continue
        ways = {*leaves(operation.body), *((name,) for name in operation.body["properties"])}
        for way in sorted(ways, key=str):
            for what, value in VALUES.items():
                await send_with(attack, operation, [way], what, value)
    await attack.end()


def with_value(attack: Attack, operation: Operation, ways: list[Way], value: object) -> Any:
    """A body that is right but for this value in these places."""
    body = attack.targets.body(operation)
    for way in ways:
        body = having(operation.body, body, way, value)
    return body


async def send_with(
    attack: Attack, operation: Operation, ways: list[Way], what: str, value: object
) -> Reply:
    """One request with such a body."""
    assert operation.media_type is not None
    body = with_value(attack, operation, ways, value)
    right = fits(operation.body, body)
    content = (b"content-type", operation.media_type.encode())
    reply = await attack.throw(
        operation, what, headers=[content], body=orjson.dumps(body), right=right
    )
    refused_though_right(attack, operation, what, reply, pointer(ways[0]), right=right)
    return reply


async def test_whole_bodies(attack: Attack) -> None:
    """In one piece and in many; a body where none belongs is refused as well."""
    for operation in OPERATIONS:
        content = (b"content-type", (operation.media_type or "application/json").encode())
        for what, body in DOCUMENTS.items():
            if not operation.writes or (operation.media_type is None and not body):
                continue
            encoding = [(b"content-encoding", b"gzip")] if what.startswith("gzip") else []
            pieces = [body[start : start + 65_536] for start in range(0, len(body), 65_536)] or [
                b""
            ]
            for sent in ([body], pieces):
                await attack.throw(
                    operation, what, headers=[content, *encoding], body=sent, right=False
                )
    await attack.end()


async def test_whole_queries(attack: Attack) -> None:
    for operation in OPERATIONS:
        for what, query in QUERIES.items():
            target = attack.targets.path(operation).encode() + b"?" + query
            await attack.throw(operation, what, target, right=what == "cut escape")
        for parameter in operation.parameters("query"):
            name, value = parameter["name"], str(parameter["schema"].get("examples", ["x"])[0])
            twice = f"{attack.targets.path(operation)}?{name}={quote(value)}&{name}={quote(value)}"
            several = parameter["schema"].get("type") == "array"
            await attack.throw(operation, "any parameter twice", twice.encode(), right=several)
    await attack.end()


async def test_paths(attack: Attack) -> None:
    """What looks like a path of ours to somebody else is none."""
    for operation in OPERATIONS:
        for what, form in PATHS.items():
            path = attack.targets.path(operation)
            target = path.upper() if form == "<upper>" else form.replace("{}", path)
            if target == path:  # `/` has no upper case
                continue
            reply = await attack.throw(operation, what, target.encode(), right=False)
            # What stands behind a collection is read as an id, which takes other methods.
            an_id = form.startswith("{}/") or operation.path in BY_SECRET
            if reply.status not in (404, 405 if an_id else 404):
                attack.note(operation, what, ["not 404"], reply)
    await attack.end()


async def test_headers(attack: Attack) -> None:
    """Headers of other systems, garbage and excess: refused as what they are, or ignored."""
    # Reads first: so much writing leaves more meetings behind than a calendar holds.
    for operation in sorted(OPERATIONS, key=lambda one: one.writes):
        for what, headers in HEADERS.items():
            body = b""
            content = [(b"content-type", (operation.media_type or "").encode())]
            if operation.media_type is not None:
                body = orjson.dumps(attack.targets.body(operation))
            if any(name == b"content-type" for name, _ in headers) or not body:
                content = []
            target = f"{attack.targets.path(operation)}?{said(operation)}".rstrip("?").encode()
            reply = await attack.throw(
                operation, what, target, headers=[*content, *headers], body=body
            )
            if not operation.writes and what.startswith(
                ("method", "original", "forwarded", "cookie")
            ):
                attack.note(operation, what, [] if reply.status == 200 else ["not ignored"], reply)
            if operation.writes and what.startswith(
                ("content type", "length", "idempotency key", "if match")
            ):
                refused_for_its_header(attack, operation, what, reply)
    await attack.end()


def refused_for_its_header(attack: Attack, operation: Operation, what: str, reply: Reply) -> None:
    """What must not be done with such a header."""
    heeded = {
        "content type": operation.media_type is not None or "twice" in what,
        "length": operation.media_type is not None or "twice" in what,
        "idempotency key": operation.method == "POST" or "twice" in what,
        "if match": "412" in operation.spec["responses"] or "twice" in what,
    }
    if reply.status < 400 and any(what.startswith(name) and on for name, on in heeded.items()):
        attack.note(operation, what, ["done all the same"], reply)


async def test_forged_tokens(attack: Attack) -> None:
    """Everybody who shows a token that is none gets the same 401, even where no token is needed."""
    house, person = attack.targets.house, attack.targets.operator
    revoked = await house.token(person.id, operator=True, revoked_at=house.app.rooms.house.clock())
    expired = await house.token(person.id, operator=True, expires_at=house.app.rooms.house.clock())
    attempts = forged(person.token)
    attempts |= {"revoked": f"Bearer {revoked}".encode(), "expired": f"Bearer {expired}".encode()}
    await attack.begin()
    bodies = set()
    for operation in OPERATIONS:
        if operation.form:
            continue
        for what, header in attempts.items():
            reply = await attack.throw(
                operation, what, headers=[(b"authorization", header)], anonymous=True, right=False
            )
            bodies.add(reply.body.replace(reply.headers["x-request-id"].encode(), b""))
            if (reply.status, reply.code) != (401, "invalid_token"):
                attack.note(operation, what, ["not refused as a token"], reply)
        if not operation.public:
            reply = await attack.throw(operation, "no token", anonymous=True, right=False)
            if (reply.status, reply.code) != (401, "unauthenticated"):
                attack.note(operation, "no token", ["not refused"], reply)
    assert len(bodies) == 1, bodies
    await attack.end()


async def test_cursors_of_others(attack: Attack) -> None:
    """A cursor is good for the list, the filters and, in the feed, the caller it was made for; and unchanged."""
    lists = [o for o in OPERATIONS if any(p["name"] == "cursor" for p in o.parameters("query"))]
    await attack.targets.renew()
    await attack.begin()
    found: dict[str, str] = {}
    for operation in lists:
        reply = await attack.throw(operation, "first page", target_of(attack, operation, "limit=1"))
        for name in ("next_cursor", "changes_cursor"):
            if reply.json.get(name):
                kind = "listChanges" if name == "changes_cursor" else operation.name
                found.setdefault(f"{kind} {name}", reply.json[name])
    assert len(found) >= 5, found
    for operation in lists:
        for source, cursor in found.items():
            own = source.split()[0] == operation.name
            what = "own cursor" if own else f"cursor of another list: {source}"
            target = target_of(attack, operation, f"limit=1&cursor={cursor}")
            await attack.throw(operation, what, target, right=own)
            for place in range(0, len(cursor), 7):
                other = "A" if cursor[place] != "A" else "B"
                changed = f"{cursor[:place]}{other}{cursor[place + 1 :]}"
                target = target_of(attack, operation, f"cursor={changed}")
                await attack.throw(operation, "cursor changed in one place", target, right=False)
    feed = next(o for o in lists if o.name == "listChanges")
    target = target_of(attack, feed, f"cursor={found['listChanges changes_cursor']}")
    await attack.throw(
        feed, "another's place in the feed", target, caller=attack.targets.other, right=False
    )
    await attack.throw(feed, "another's place in the feed", target, anonymous=True, right=False)
    await attack.end()


def target_of(attack: Attack, operation: Operation, query: str) -> bytes:
    """The operation's address with this query."""
    return f"{attack.targets.path(operation)}?{query}".encode()


# --- What the attacker notices --------------------------------------------------------------------


async def test_a_write_by_a_refused_request_is_noticed(attack: Attack) -> None:
    """Something that answers 403 and has written all the same."""
    operation = next(o for o in OPERATIONS if o.name == "createPerson")
    real = attack.targets.house.app

    async def two_faced(scope: Any, receive: Any, put: Any) -> None:
        body = orjson.dumps({"display_name": "Written All The Same"})
        token = (b"authorization", f"Bearer {attack.targets.operator.token}".encode())
        assert (await send(real, "POST", b"/v1/people", [token, JSON], body)).status == 201
        await real({**scope, "headers": []}, receive, put)

    attack.targets.house.app = two_faced  # type: ignore[assignment]
    attack.targets.house.app.rooms = real.rooms
    await attack.throw(operation, "two-faced")
    assert "wrote {" in attack.faults[0]
    assert "'person': (" in attack.faults[0]
    attack.faults.clear()


async def test_a_server_error_is_noticed(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lenient reader of JSON lets NaN and half surrogates through to where they do harm."""
    import json

    monkeypatch.setattr("app.web.door.parse_json", json.loads)
    operation = next(o for o in OPERATIONS if o.name == "createNetwork")
    for what in ("half a surrogate pair", "a hundred thousand lists deep", "key given twice"):
        await attack.throw(operation, what, headers=[JSON], body=DOCUMENTS[what], right=False)
    assert any("500" in fault for fault in attack.faults)
    with pytest.raises(AssertionError, match="faults in"):
        await attack.end()
    attack.faults.clear()


async def test_what_is_let_in_is_noticed(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of queries that drops what it does not know."""
    from app.web.door import QueryReader

    operation = next(o for o in OPERATIONS if o.name == "listNetworks")
    reader = attack.targets.house.app.doors.find("/v1/networks")[0]["GET"].query
    assert isinstance(reader, QueryReader)
    monkeypatch.setattr(reader, "read", lambda _: reader.empty)
    target = b"/v1/networks?" + QUERIES["limit of a thousand million"]
    await attack.throw(operation, "limit", target, right=False)
    assert "let in" in attack.faults[0]
    attack.faults.clear()
