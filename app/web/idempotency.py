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

from app.core.errors import Conflict, FieldError, Invalid, KeyReused
from app.core.work import Work, perform
from app.db.database import Transaction, Write, fetch_one
from app.db.errors import Duplicate
from app.db.types import ID, INSTANT, instant_text
from app.models import Idempotency
from app.web.call import Answer, Call

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 255
Command = Callable[[Work], Awaitable[Answer]]


async def run(call: Call, command: Command) -> Answer:
    """Run a command for a call; a POST with a key that was answered before gets the same answer again.

    Errors: whatever the command raises; `KeyReused`; `Invalid` for a key that is no key.
    """
    key = _key(call)
    if key is None:
        return await perform(
            call.rooms.house, command, viewer=call.viewer, request_id=call.request_id
        )
    fingerprint = await _fingerprint(call)

    async def with_key(work: Work) -> Answer:
        kept = await _kept(work, call, key, fingerprint)
        if kept is not None:
            return kept
        answer = await command(work)
        work.writes.append(_keep(work, call, key, fingerprint, answer))
        return answer

    try:
        return await perform(
            call.rooms.house, with_key, viewer=call.viewer, request_id=call.request_id
        )
    except (Conflict, Duplicate) as error:
        # A twin may have won meanwhile, and its effect be what stood in the way.
        kept = await _kept(call.rooms.house.db, call, key, fingerprint)
        if kept is None:
            raise error from None
        return kept


def _key(call: Call) -> str | None:
    raw = call.headers.get(b"idempotency-key")
    if raw is None or call.method != "POST" or call.viewer.person_id is None:
        return None
    key = raw.decode("latin-1")
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        detail = f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters."
        raise Invalid(detail, errors=(FieldError("Idempotency-Key", "invalid_key", detail),))
    return key


async def _fingerprint(call: Call) -> str:
    parts = (call.method.encode(), call.path.encode(), call.query, await call.body())
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


async def _kept(reads: Any, call: Call, key: str, fingerprint: str) -> Answer | None:
    since = instant_text(call.rooms.house.clock() - KEPT_FOR)
    values = {"principal": call.viewer.person_id, "key": key, "since": since}
    row = await fetch_one(reads, "idempotency", _find, values)
    if row is None:
        return None
    if row["fingerprint"] != fingerprint:
        raise KeyReused
    headers = [
        (name.encode(), value.encode())
        for name, value in orjson.loads(orjson.dumps(row["headers"]))
    ]
    return Answer(
        row["body"].encode(), row["status"], [*headers, (b"idempotent-replayed", b"true")]
    )


def _keep(work: Work, call: Call, key: str, fingerprint: str, answer: Answer) -> Write:
    body = answer.kept_body if answer.kept_body is not None else answer.body
    values = {
        "principal": call.viewer.person_id,
        "key": key,
        "fingerprint": fingerprint,
        "status": answer.status,
        "headers": orjson.dumps([[n.decode(), v.decode()] for n, v in answer.headers]).decode(),
        "body": body.decode(),
        "created_at": work.now,
    }
    work.insert(Idempotency, values)
    return work.writes.pop()


async def purge(house: Any) -> None:
    """Delete what is older than `KEPT_FOR`; run now and then by the server."""

    async def old(tx: Transaction) -> None:
        def build() -> Any:
            return delete(Idempotency).where(
                Idempotency.created_at <= bindparam("before", type_=INSTANT)
            )

        values = {"before": house.clock() - KEPT_FOR}
        await tx.write([Write("idempotency purge", build, values, ("idempotency", "old"), None)])

    await house.db.unit(old)
