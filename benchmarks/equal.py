"""Before anything is timed: both sides answer the same, or the comparison would mean nothing.

Instants are compared as instants, for the floor writes them as PostgreSQL does; what only the
product adds - cursors - is left out; everything else must be equal, in the same order.
"""

import re
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from benchmarks.meetings import OCCURRENCES, events_in
from benchmarks.servers import Server, get, send
from benchmarks.workloads import LIST, Question

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ONLY_PRODUCT = frozenset({"next_cursor", "changes_cursor", "facets", "loose"})
OF_THE_MOMENT = frozenset(
    {
        "id",
        "network_id",
        "person",
        "joined_at",
        "created_at",
        "updated_at",
        "announced_at",
        "ical_uid",
    }
)
WORDS = ("search_", "words_")
CHANGES = (
    "SELECT change.*, change.seal = feed_head.seal AND change.seal <> '' AS sealed_as_head "
    "FROM change, feed_head ORDER BY change.seq DESC LIMIT $1"
)
# Of these a change row must have one, whatever it is.
OF_ITS_OWN = frozenset(
    {
        "seq",
        "at",
        "resource_id",
        "network_id",
        "person_id",
        "reach_network_id",
        "actor_id",
        "request_id",
        "token_id",
        "seal",
    }
    | {"version", "outer_version", "name_version"}
)
STATE = (
    "SELECT (SELECT member_count FROM network WHERE id = $1) AS members, (SELECT version FROM network WHERE id = $1) "
    "AS version, (SELECT seq FROM feed_head) AS head, (SELECT count(*) FROM change) AS changes, "
    "(SELECT count(*) FROM member_role) AS roles, (SELECT count(*) FROM member) AS spells, "
    "(SELECT count(*) FROM meeting) AS meetings"
)


class Unequal(AssertionError):
    """The two sides answered differently."""


def ask(server: Server, side: str, question: Question) -> Any:
    """The document that one side answers with. Raises `Unequal` when it answers with an error."""
    path = question.floor if side == "floor" else question.product
    method, headers, body = "GET", {}, b""
    if question.key is not None:
        method, body = "POST", question.body
        headers = {"Content-Type": "application/json", "Idempotency-Key": question.key}
    status, answer = send(server.port, method, path, headers, body, question.token)
    if status not in (200, 201):
        raise Unequal(f"{side} answered {status} to {path}: {answer[:500]!r}")
    return plain(orjson.loads(answer))


def plain(value: Any) -> Any:
    """The document with its instants as instants, numbers of kilometres to the millimetre."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items() if name not in ONLY_PRODUCT}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    return round(value, 6) if isinstance(value, float) else value


def check_reading(name: str, floor: Server, product: Server, questions: list[Question]) -> int:
    """How many rows were compared. Raises `Unequal` with the first difference."""
    rows = 0
    for question in questions:
        ours, theirs = ask(product, "product", question), ask(floor, "floor", question)
        # The floor puts no slip right: of the few questions in which one is, the cost alone is compared.
        if ours.pop("did_you_mean", None) is not None:
            continue
        differs = difference(ours, theirs)
        if differs:
            raise Unequal(f"{name} {question.product}: product and floor differ at {differs}")
        rows += len(ours["items"]) if "items" in ours else 1
    if rows < len(questions) // 2:
        raise Unequal(f"{name}: only {rows} rows in {len(questions)} answers")
    return rows


def difference(ours: Any, theirs: Any, at: str = "") -> str | None:
    """Where two documents differ first, or None."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if set(ours) != set(theirs):
            return f"{at}: fields {sorted(set(ours) ^ set(theirs))}"
        pairs = [(ours[name], theirs[name], f"{at}/{name}") for name in ours]
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return f"{at}: {len(ours)} and {len(theirs)} items"
        pairs = [
            (a, b, f"{at}/{index}") for index, (a, b) in enumerate(zip(ours, theirs, strict=True))
        ]
    else:
        return None if ours == theirs else f"{at}: {ours!r} and {theirs!r}"
    return next((found for pair in pairs if (found := difference(*pair))), None)


async def check_writing(
    name: str, url: str, floor: Server, product: Server, asked: list[Question]
) -> None:
    """Joining, or planning the same meeting, has the same answer and leaves the same rows. Raises `Unequal`."""
    connection = await asyncpg.connect(url)
    try:
        effects = []
        for side, server, question in (("floor", floor, asked[0]), ("product", product, asked[1])):
            before = dict((await connection.fetch(STATE, _network(question)))[0])
            document = ask(server, side, question)
            after = dict((await connection.fetch(STATE, _network(question)))[0])
            moved = {name: after[name] - before[name] for name in before}
            effects.append(
                {
                    "answer": {n: v for n, v in document.items() if n not in OF_THE_MOMENT},
                    "fields": [sorted(document), sorted(document.get("person", {}))],
                    "moved": moved,
                    "changes": [
                        _change(row) for row in await connection.fetch(CHANGES, moved["head"])
                    ],
                    "meeting": await _meeting(connection, document["id"]),
                }
            )
        differs = difference(effects[1], effects[0])
        if differs:
            raise Unequal(f"{name}: product and floor differ at {differs}")
    finally:
        await connection.close()


def check_calendars(product: Server, asked: dict[str, list[Question]]) -> int:
    """How many occurrences each calendar has; the list has 50. Raises `Unequal`."""
    for name, questions in asked.items():
        status, body = get(product.port, questions[0].product, questions[0].token)
        found = len(orjson.loads(body)["items"]) if name == LIST else events_in(body)
        if status != 200 or found != (50 if name == LIST else OCCURRENCES):
            raise Unequal(f"{name}: {status} with {found} meetings: {body[:300]!r}")
    return OCCURRENCES


def _network(question: Question) -> str:
    said = orjson.loads(question.body).get("network_id")
    return str(said or question.product.split("/")[3])


async def _meeting(connection: Any, row_id: str) -> list[dict[str, Any]]:
    """The meeting's row, but for what is of the moment and for its search words."""
    rows = await connection.fetch("SELECT * FROM meeting WHERE id = $1", row_id)
    return [
        {
            name: orjson.loads(value) if name in ("agenda", "excluded") else value
            for name, value in row.items()
            if name not in OF_THE_MOMENT | {"outer_updated_at"} and not name.startswith(WORDS)
        }
        for row in rows
    ]


def _change(row: Any) -> dict[str, Any]:
    return {name: value is not None if name in OF_ITS_OWN else value for name, value in row.items()}
