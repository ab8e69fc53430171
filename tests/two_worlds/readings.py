"""The whole read API as one caller, written down: every GET of the contract with every parameter it has."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from urllib.parse import urlencode

import orjson

from tests.contract import resolved
from tests.targets import Json, Operation, operations
from tests.two_worlds.world import BEGINNING, World
from tests.wire import Reply, send

INSTANTS = tuple(
    (BEGINNING + timedelta(minutes=minute, seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for minute in (0, 12, 20, 26, 33, 60)
)
# What members do together, all of it inside.
TOGETHER_KINDS = (
    "{decision}", "{vote}", "{duty}", "{duty_term}", "{ask}", "{offer}", "{resource}", "{survey_round}", "{assessment}",
)  # fmt: skip
# Values of what is seen and of what is hidden, for parameters that are not enumerations. `{kind}` stands for every id.
PROBES: dict[str, tuple[str, ...]] = {
    # Words, beginnings, and slips: `zebrq`, `vallye`, `secert`.
    "q": (
        "zebra",
        "secr",
        "blue",
        "valley",
        "hours",
        "hal",
        "uma",
        "leith",
        "gard",
        "ze",
        "valley bl",
        "zebrq",
        "vallye",
        "secert blue",
        "zebras attacks",
    ),
    "topic": ("asthma", "copd", "diabetes"),
    "profession": ("gp",),
    "icb": ("QE1",),
    "organisation": ("A81001", "A81003", "A81005"),
    "parent": ("QE1",),
    "near": ("51.5,0.1", "55.9,-3.2", "Leith", "lei", "LE1"),
    "bbox": ("0.0,51.4,0.2,51.6", "-3.3,55.8,-3.1,56.0", "-180,-90,180,90"),
    "slug": ("valley", "blue-sky", "blue-sky-7", "cellar", "cellar-9", "garden", "island-7"),
    "network_id": ("{network}",),
    "parent_id": ("{network}",),
    "person_id": ("{person}",),
    "actor_id": ("{person}",),
    "resource_id": (
        "{network}",
        "{member}",
        "{meeting}",
        "{result}",
        "{measure}",
        "{pdsa_cycle}",
        "{feedback}",
        "{adoption}",
        *TOGETHER_KINDS,
    ),
    "action": (
        "network.updated",
        "member.joined",
        "meeting.planned",
        "read.network",
        "result.published",
        "vote.cast",
        "survey_round.closed",
    ),
    "author_id": ("{person}",),
    "result_id": ("{result}",),
    "answer_to": ("{feedback}",),
    "content_id": (
        "{meeting}",
        "{result}",
        "{measure}",
        "{feedback}",
        "{adoption}",
        *TOGETHER_KINDS,
    ),
    "meeting_id": ("{meeting}",),
    "occurrence": ("2026-03-18T12:30:00", "2026-04-15T12:30:00"),
    "from": ("2026-03-01T00:00:00Z", "2026-04-14T00:00:00Z", "2025-06-01"),
    "to": ("2026-03-20T00:00:00Z", "2025-06-01"),
    "window_days": ("30", "1826"),
    "as_of": ("2026-03-01", "2026-03-02", "2025-06-01"),
    "width": ("360",),
    "scale": ("2",),
    "owner": ("me", "{person}"),
    "due_before": ("2026-04-01",),
    "from_at": INSTANTS,
    "to_at": INSTANTS,
    "updated_since": INSTANTS,
}
# What a value of a parameter needs beside it to mean anything.
TOGETHER: dict[str, Json] = {
    "within_km": {"near": "55.9,-3.2"}, "distance": {"near": "52.0,0.0", "within_km": "1000"}, "-score": {"q": "blue"},
    "kinds": {"q": "blue zebras"}, "relevance": {"q": "zebras attacks"}, "open_to_join": {"q": "blue"},
}  # fmt: skip
# A list that wants this parameter of whoever may not read all of it: asked everything with each value that answers.
NEEDED = {"/v1/audit": "network_id"}
# A document that is of nothing without one of these: it is asked for with each of them.
OF = {"/v1/coverage": ({"region": "scotland"}, {"icb": "QE1"})}
WITHIN_KM = ("5", "1000")
PATHS = {
    "network_id": "{network}",
    "member_id": "{member}",
    "person_id": "{person}",
    "token_id": "{token}",
    "client_id": "{client}",
    "invitation_id": "{invitation}",
    "meeting_id": "{meeting}",
    "action_id": "{action}",
    "minutes_id": "{minutes}",
    "survey_round_id": "{survey_round}",
    "assessment_id": "{assessment}",
    "calendar_token_id": "{calendar_token}",
    "saved_search_id": "{saved_search}",
    "decision_id": "{decision}",
    "vote_id": "{vote}",
    "resource_id": "{resource}",
    "duty_id": "{duty}",
    "ask_id": "{ask}",
    "offer_id": "{offer}",
    "pairing_id": "{pairing}",
    "term_id": "{duty_term}",
    "attendance_id": "{attendance}",
    "calendar_secret": "{calendar_secret}",
    "result_id": "{result}",
    "measure_id": "{measure}",
    "cycle_id": "{pdsa_cycle}",
    "feedback_id": "{feedback}",
    "adoption_id": "{adoption}",
    "report_id": "{report}",
}
OTHER_PATHS = {
    "/v1/organisations/{code}": "A81001",
    "/problems/{code}": "not_found",
    "/guides/{name}": "sync",
}
CURSOR = re.compile(rb'("(?:next|changes)_cursor":)"([A-Za-z0-9_-]*)"')
LINKED = re.compile(r"cursor=([A-Za-z0-9_-]*)")
INSTANCE = re.compile(rb'"instance":"[^"]*"')
PER_REQUEST = ("x-request-id", "x-correlation-id", "date")
Line = tuple[int, bytes, tuple[tuple[str, str], ...]]


@dataclass
class Transcript:
    """What one caller was told, by what they asked."""

    world: World
    caller: str
    ids: dict[str, list[str]]
    lines: dict[str, Line] = field(default_factory=dict)
    with_etag: list[str] = field(default_factory=list)
    only: tuple[str, ...] = ("",)
    """How the paths begin that are asked for."""

    async def ask(self, path: str, method: str = "GET", etag: str | None = None) -> Reply:
        """Ask, and write down the answer with cursors as their lengths."""
        headers = []
        if self.caller in self.world.tokens:
            headers.append((b"authorization", f"Bearer {self.world.tokens[self.caller]}".encode()))
        if etag is not None:
            headers.append((b"if-none-match", etag.encode()))
        reply = await send(self.world.house.app, method, path.encode(), headers)
        said = "" if etag is None else " If-None-Match"
        asked = f"{method} {LINKED.sub(_length, path)}{said} #{len(self.lines)}"
        self.lines[asked] = _masked(reply)
        assert reply.status < 500, f"{self.caller}: {asked}: {reply.status}"
        return reply

    async def read(self, path: str) -> Reply:
        """GET, and what belongs to it: HEAD, and GET again with its ETag."""
        reply = await self.ask(path)
        if reply.status == 200:
            await self.ask(path, "HEAD")
            if (etag := reply.headers.get("etag")) is not None:
                await self.ask(path, etag=etag)
            if etag is not None and b'"changes_cursor":"' in reply.body:
                self.with_etag.append(path)
        return reply

    async def try_out(self, method: str, path: str, json: Json | None) -> None:
        """Try to do something, and write down what it was answered with."""
        headers, body = [], b""
        if self.caller in self.world.tokens:
            headers.append((b"authorization", f"Bearer {self.world.tokens[self.caller]}".encode()))
        if json is not None:
            kind = b"application/merge-patch+json" if method == "PATCH" else b"application/json"
            headers.append((b"content-type", kind))
            body = orjson.dumps(json)
        reply = await send(self.world.house.app, method, path.encode(), headers, body)
        asked = f"{method} {path} {body.decode()} #{len(self.lines)}"
        self.lines[asked] = _masked(reply)
        assert reply.status < 500, f"{self.caller}: {asked}: {reply.status}"

    async def walk(self, path: str, params: Json, limit: int) -> None:
        """Every page of a list."""
        cursor: str | None = None
        while True:
            more = {} if cursor is None else {"cursor": cursor}
            reply = await self.ask(f"{path}?{urlencode({**params, 'limit': limit, **more})}")
            if reply.status != 200:
                return
            page = reply.json
            cursor = page.get("next_cursor")  # what is new in a saved search has none
            if cursor is None or not page.get("has_more", True):
                return

    async def everything(self, cursors: dict[str, str]) -> None:
        """Every GET of the contract; `cursors` are feed cursors from before, by when they were taken."""
        for operation in operations():
            if operation.method != "GET" or not operation.path.startswith(self.only):
                continue
            for path in self._paths(operation):
                await self.read(path)
            named = {p["name"]: p for p in operation.parameters("query")}
            if "limit" not in named:
                for path in self._paths(operation):
                    await self._vary(path, named)
                continue
            for path in self._paths(operation):
                await self._list(path, named)
                if "has_more" in orjson.dumps(resolved_answer(operation)).decode():
                    for cursor in cursors.values():
                        await self.walk(path, {"cursor": cursor}, 100)

    async def _list(self, path: str, named: dict[str, Json], within: Json | None = None) -> None:
        given = within or {}
        for limit in (1, 2, 100):
            await self.walk(path, given, limit)
        for name, parameter in named.items():
            if name in ("cursor", "limit", *given):
                continue
            for value in self._values(name, resolved(parameter["schema"])):
                params = {**given, **TOGETHER.get(name, {}), **TOGETHER.get(value, {}), name: value}
                reply = await self.ask(f"{path}?{urlencode({**params, 'limit': 100})}")
                if NEEDED.get(path) == name and reply.status == 200:
                    await self._list(path, named, {name: value})
                if name in ("sort", "q"):
                    await self.walk(path, params, 2)

    async def _vary(self, path: str, named: dict[str, Json]) -> None:
        """One document with each value of each parameter."""
        for of in OF.get(path, ({},)):
            if of:
                await self.read(f"{path}?{urlencode(of)}")
            for name, parameter in named.items():
                for value in self._values(name, resolved(parameter["schema"])):
                    params = {**of, **TOGETHER.get(name, {}), name: value}
                    await self.ask(f"{path}?{urlencode(params)}")

    def _paths(self, operation: Operation) -> Iterator[str]:
        """The path with every id there is, seen or hidden."""
        names = [parameter["name"] for parameter in operation.parameters("path")]
        if operation.path in OTHER_PATHS:
            yield re.sub(r"{\w+}", OTHER_PATHS[operation.path], operation.path)
            return
        pools = [self._meant(PATHS[name]) for name in names]
        for values in product(*pools):
            path = operation.path
            for name, value in zip(names, values, strict=True):
                path = path.replace(f"{{{name}}}", value)
            yield path

    def _values(self, name: str, schema: Json) -> list[str]:
        """What to try a parameter with. Errors: `KeyError` for one that nobody thought of."""
        if "items" in schema:
            schema = resolved(schema["items"])
        if "enum" in schema:
            return [str(value) for value in schema["enum"] if value is not None]
        if schema.get("type") == "boolean":
            return ["true", "false"]
        if name == "within_km":
            return list(WITHIN_KM)
        return [value for probe in PROBES[name] for value in self._meant(probe)]

    def _meant(self, probe: str) -> list[str]:
        return self.ids[probe[1:-1]] if probe.startswith("{") else [probe]


def resolved_answer(operation: Operation) -> Json:
    """The schema of a good answer."""
    content = resolved(operation.spec["responses"]["200"]).get("content", {})
    return resolved(content.get("application/json", {}).get("schema", {}))


def _length(found: re.Match[str]) -> str:
    return f"cursor=<{len(found[1])}>"


def _masked(reply: Reply) -> Line:
    body = CURSOR.sub(lambda found: found[1] + b"<%d>" % len(found[2]), reply.body)
    headers = {n: LINKED.sub(_length, v) for n, v in reply.headers.items() if n not in PER_REQUEST}
    return reply.status, INSTANCE.sub(b"", body), tuple(sorted(headers.items()))


def differences(one: Transcript, other: Transcript) -> list[str]:
    """Where the two were told something else, as what was asked and what was answered."""
    found = []
    for asked in one.lines.keys() | other.lines.keys():
        here, there = one.lines.get(asked), other.lines.get(asked)
        if here != there:
            number = int(asked.rpartition("#")[2])
            found.append((number, f"{one.caller}: {asked}: {_shown(here)} / {_shown(there)}"))
    # What was asked first comes first: what is told later may follow from it.
    return [line for _, line in sorted(found)]


def _shown(line: Line | None) -> str:
    return (
        "not asked"
        if line is None
        else f"{line[0]} {line[1][:300].decode('utf-8', 'replace')} {line[2][:3]}"
    )
