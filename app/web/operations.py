"""For those who run it: which build this is, whether it works, and what it counts.

The shapes of `/_ping` and `/_status` are those of the NHS API platform, so their monitors read them as they are.
"""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

import app as package
from app.core import access, feed_position
from app.core.errors import Forbidden
from app.core.text import Output, Url, line
from app.core.viewer import Scope
from app.db.database import Pooled
from app.db.errors import DatabaseError
from app.web import answers
from app.web.call import Answer, Call, CallDep, Rooms, dump
from app.web.door import Door, needs
from app.web.metrics import MEDIA_TYPE, family, requests

router = APIRouter(tags=["service"], route_class=Door)
UNKNOWN = "unknown"  # what nobody told this process
CHECK_WITHIN = 2.0  # seconds that a check of the database may take
TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/plain": {
                "schema": {
                    "type": "string",
                    "maxLength": 10_000_000,
                    "pattern": "^[\\u0020-\\u007e\\u000a]*$",
                    "examples": ['qi_requests_total{operation="getNetwork",status="2xx"} 7\n'],
                }
            }
        }
    }
}
PassOrFail = Annotated[str, Field(pattern="^(pass|fail)$", max_length=4, examples=["pass"])]


class Ping(Output):
    """Which build answers."""

    version: Annotated[str, line(100, "0.1.0")]
    revision: Annotated[str, line(100, "42")]
    releaseId: Annotated[str, line(100, "2026-11-23.1")]  # noqa: N815 - the platform's name
    commitId: Annotated[str, line(100, "6203bbd")]  # noqa: N815 - the platform's name


class CheckLinks(Output):
    """Where to look for oneself."""

    self: Url


class Check(Output):
    """One thing that was looked at."""

    status: PassOrFail
    timeout: Annotated[str, Field(pattern="^(true|false)$", max_length=5, examples=["false"])]
    responseCode: Annotated[  # noqa: N815 - the platform's name
        int,
        Field(ge=100, le=599, examples=[200], json_schema_extra={"format": "int32"}),
    ]
    outcome: Annotated[str, line(200, "The database answers.")]
    links: CheckLinks


class Checks(Output):
    """What was looked at."""

    healthcheck: Check


class Status(Ping):
    """Which build answers, and whether it works."""

    status: PassOrFail
    checks: Checks


def _build(rooms: Rooms) -> dict[str, str]:
    settings = rooms.settings
    return {
        "version": package.__version__,
        "revision": settings.revision or UNKNOWN,
        "releaseId": settings.release_id or UNKNOWN,
        "commitId": settings.commit_id or UNKNOWN,
    }


@router.get("/_ping", response_model=Ping)
@needs(sign_in=False)
async def get_ping(call: CallDep) -> Answer:
    """Which build answers; it asks nothing of the database."""
    return Answer(dump(_build(call.rooms)), 200, [answers.JSON])


@router.get("/_status", response_model=Status)
@needs(sign_in=False)
async def get_status(call: CallDep) -> Answer:
    """Which build answers and whether its database does: 200 with `fail` where it does not."""
    position, late = await _position(call.rooms)
    works = position is not None
    said = "The database answers." if works else "The database does not answer."
    check = {
        "status": "pass" if works else "fail",
        "timeout": "true" if late else "false",
        "responseCode": 200 if works else 503,
        "outcome": said,
        "links": {"self": call.url("/readyz")},
    }
    document = {
        **_build(call.rooms),
        "status": check["status"],
        "checks": {"healthcheck": check},
    }
    return Answer(dump(document), 200, [answers.JSON])


async def _position(rooms: Rooms) -> tuple[int | None, bool]:
    """The feed's position, None where the database does not say; and whether that was for the time it took."""
    try:
        async with asyncio.timeout(CHECK_WITHIN):
            return await feed_position.head(rooms.house.db), False
    except TimeoutError:
        return None, True
    except DatabaseError:
        return None, False


@router.get("/metrics", responses=TEXT)
@needs(Scope.OPERATE)
async def get_metrics(call: CallDep) -> Answer:
    """What the process that answers has counted, for Prometheus; for operators."""
    if not access.allowed("service.measure", access.viewer_roles(call.viewer)):
        raise Forbidden("The service is measured by an operator.")
    position, _ = await _position(call.rooms)
    lines = [*requests(call.rooms.metrics), *_now(call, position)]
    return Answer(("\n".join(lines) + "\n").encode(), 200, [(b"content-type", MEDIA_TYPE)])


def _now(call: Call, position: int | None) -> Iterator[str]:
    """The lines of what there is at this moment."""
    rooms, database = call.rooms, call.rooms.house.db
    build = {"version": package.__version__, "database": database.name}
    yield from family("qi_build_info", "gauge", "Which build this is.", [(build, 1)])
    yield from family(
        "qi_requests_in_flight", "gauge", "Requests served now.", [({}, rooms.metrics.in_flight())]
    )
    works = int(position is not None)
    yield from family("qi_database_up", "gauge", "Whether the database answers.", [({}, works)])
    yield from family(
        "qi_feed_position",
        "counter",
        "Where the change feed stands; absent while the database does not answer.",
        [] if position is None else [({}, position)],
    )
    pools = database.connections() if isinstance(database, Pooled) else {}
    yield from family(
        "qi_database_connections",
        "gauge",
        "Connections to the database by pool: the most there may be, in use, idle; and requests in line for one.",
        [
            ({"pool": pool, "state": state}, count)
            for pool, states in pools.items()
            for state, count in states.items()
        ],
    )
