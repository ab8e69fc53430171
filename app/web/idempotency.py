"""Commands from HTTP: run in one transaction, once for each Idempotency-Key.

The kept answer is written in the transaction of its effect, so there is no moment in which one exists without the
other. A twin that comes meanwhile waits for the first one's commit and then finds its answer.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select

from app.core.errors import AnswerErased, HouseError, KeyReused, refuse
from app.core.work import House, Work, perform
from app.db.database import Transaction, Write, fetch_one
from app.db.errors import Duplicate
from app.db.types import ID, INSTANT, instant_text
from app.models import Idempotency
from app.web.call import Answer, Call

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 255
KEY_RULE = "pk_idempotency"
# What becomes of a kept answer that speaks of somebody who is erased.
ERASED: dict[str, Any] = {"status": 0, "headers": "[]", "body": ""}
Command = Callable[[Work], Awaitable[Answer]]


async def run(call: Call, command: Command, *, principal: str | None = None) -> Answer:
    """Run a command for a call; a POST with a key that was answered before gets the same answer again.

    Keys are the caller's own. Where nobody is signed in, `principal` is an id that only this caller can name.

    The kept answer is looked for only when something stands in the way - at the latest the key itself, on its
    unique rule - so that a first request pays nothing for the look.
    Errors: whatever the command raises; `KeyReused`; `Invalid` for a key that is no key.
    """
    house, viewer = call.rooms.house, call.viewer
    principal = viewer.person_id or principal
    key = _key(call, principal)
    if key is None or principal is None:
        return await perform(house, command, viewer=viewer, request_id=call.request_id)
    fingerprint = await _fingerprint(call)

    async def with_key(work: Work) -> Answer:
        answer = await command(work)
        work.insert(Idempotency, _row(work, principal, key, fingerprint, answer))
        return answer

    try:
        return await perform(house, with_key, viewer=viewer, request_id=call.request_id)
    except (HouseError, Duplicate) as error:
        kept = await _kept(call, principal, key, fingerprint)
        if kept is not None:
            return kept
        if not isinstance(error, Duplicate) or error.rule != KEY_RULE:
            raise
    await purge(house)  # the key is there and has expired
    return await run(call, command, principal=principal)  # as before: a twin may be doing the same


def look_at_key(call: Call) -> None:
    """For a POST that only reads: it may be repeated as it is. Errors: `Invalid` for a key that is no key."""
    _key(call, "")


def _key(call: Call, principal: str | None) -> str | None:
    raw = call.headers.get(b"idempotency-key")
    if raw is None or call.method != "POST" or principal is None:
        return None
    key = raw.decode("latin-1")
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        detail = f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters."
        raise refuse("Idempotency-Key", "invalid_key", detail)
    return key


async def _fingerprint(call: Call) -> str:
    # The rank is of it: what an operator was answered is not for their tokens that do not operate.
    who = call.viewer.rank.encode()
    parts = (who, call.method.encode(), call.path.encode(), call.query, await call.body())
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _find() -> Any:
    return select(
        Idempotency.fingerprint,
        Idempotency.status,
        Idempotency.headers,
        Idempotency.body,
        Idempotency.created_at,
    ).where(
        Idempotency.principal == bindparam("principal", type_=ID),
        Idempotency.key == bindparam("key"),
        Idempotency.created_at > bindparam("since", type_=INSTANT),
    )


async def _kept(call: Call, principal: str, key: str, fingerprint: str) -> Answer | None:
    since = instant_text(call.rooms.house.clock() - KEPT_FOR)
    values = {"principal": principal, "key": key, "since": since}
    row = await fetch_one(call.rooms.house.db, "idempotency", _find, values)
    if row is None:
        return None
    if row["fingerprint"] != fingerprint:
        raise KeyReused
    if row["status"] == ERASED["status"]:
        raise AnswerErased
    headers = [
        (name.encode(), value.encode())
        for name, value in orjson.loads(orjson.dumps(row["headers"]))
    ]
    return Answer(
        row["body"].encode(), row["status"], [*headers, (b"idempotent-replayed", b"true")]
    )


def _row(work: Work, principal: str, key: str, fingerprint: str, answer: Answer) -> dict[str, Any]:
    body = answer.kept_body if answer.kept_body is not None else answer.body
    return {
        "principal": principal,
        "key": key,
        "fingerprint": fingerprint,
        "status": answer.status,
        "headers": orjson.dumps([[n.decode(), v.decode()] for n, v in answer.headers]).decode(),
        "body": body.decode(),
        "created_at": work.now,
    }


async def purge(house: House) -> None:
    """Delete what is older than `KEPT_FOR`, now; else retention does (`jobs.rules`)."""

    async def old(tx: Transaction) -> None:
        def build() -> Any:
            return delete(Idempotency).where(
                Idempotency.created_at <= bindparam("before", type_=INSTANT)
            )

        values = {"before": house.clock() - KEPT_FOR}
        await tx.write([Write("idempotency purge", build, values, ("idempotency", "old"), None)])

    await house.db.unit(old)
