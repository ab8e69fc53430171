"""The workloads that have a floor: the same questions put to the floor and to the product, drawn once from a seed.

W1 one network, W2 a page of 50 in a region from anywhere in the list, W3 full text, W4 nearby,
W5 joining, W6 a page of 100 members with their person, W7 planning a meeting, W8 a page of 50
results from anywhere in the list.
"""

import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import orjson

from app.reference.load import nhs_england_regions, read_outcodes
from benchmarks.meetings import plan_of
from benchmarks.results import KIND
from benchmarks.servers import Server, get
from benchmarks.texts import EVERYWHERE, PHRASES, Writer
from benchmarks.wheel import SLUG
from benchmarks.world import secret_of

GOALS = {
    "W1": 0.60,
    "W2": 1.00,
    "W3": 0.75,
    "W4": 0.75,
    "W5": 0.50,
    "W6": 0.80,
    "W7": 0.50,
    "W8": 0.90,
}
TITLES = {
    "W1": "get one network",
    "W2": "list 50 of a region",
    "W3": "full text, 20",
    "W4": "nearby, 20",
    "W5": "join a network",
    "W6": "list 100 members",
    "W7": "plan a meeting",
    "W8": "list 50 results",
}
WRITES = ("W5", "W7")
# What calendars are measured by, and how often its cost one may cost.
LIST, TIMES = "list", 5.0
ASKED = 2_000  # different requests of each reading workload
OFFER = b'{"offer":"A monthly case clinic, and a colleague to ask."}'


@dataclass(frozen=True, slots=True)
class Question:
    """One request to each side. `floor` and `product` are paths with their queries."""

    floor: str
    product: str
    token: str
    key: str | None = None
    """The Idempotency-Key of a POST; a question without one is a GET."""
    body: bytes = b""


def wire(question: Question, side: str, port: int) -> str:
    """The request as it goes over the wire."""
    path = question.floor if side == "floor" else question.product
    method = "GET" if question.key is None else "POST"
    kind = "text/calendar" if path.endswith(".ics") else "application/json"
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Accept: {kind}"]
    if side == "product":
        lines.append(f"Authorization: Bearer {question.token}")
    body = ""
    if question.key is not None:
        body = question.body.decode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(question.body)}"]
        if side == "product":
            lines.append(f"Idempotency-Key: {question.key}")
    return "\r\n".join(lines) + "\r\n\r\n" + body


class Asking:
    """Draws the questions of each workload."""

    def __init__(self, facts: dict[str, Any], product: Server, seed: int = 2) -> None:
        """`facts` are what `look_up` found; `product` gives the cursors to start from."""
        self.facts = facts
        self.product = product
        self.chance = random.Random(seed)
        self.writer = Writer(self.chance)
        self.viewers = [secret_of(person) for person in facts["viewers"]]

    def questions(self, name: str) -> list[Question]:
        """The questions of one reading workload."""
        draws = {
            "W1": self._one,
            "W2": self._pages,
            "W3": self._words,
            "W4": self._near,
            "W6": self._members,
            "W8": self._results,
        }
        return draws[name]()

    def _viewer(self) -> str:
        return self.chance.choice(self.viewers)

    def _same(self, path: str) -> Question:
        return Question(path, path, self._viewer())

    def _one(self) -> list[Question]:
        found = self.chance.choices(self.facts["networks"], k=ASKED)
        return [self._same(f"/v1/networks/{row_id}") for row_id in found]

    def _pages(self) -> list[Question]:
        """Every page of every region, walked once through the product, then shuffled."""
        found: list[Question] = []
        for region in sorted(nhs_england_regions()):
            start, floor_after, more = f"/v1/networks?region={region}&limit=50", "", ""
            while True:
                found.append(Question(start + floor_after, start + more, self._viewer()))
                page = _answer(self.product.port, start + more, found[-1].token)
                if page["next_cursor"] is None:
                    break
                last = page["items"][-1]
                floor_after = f"&after_name={quote(last['name'])}&after_id={last['id']}"
                more = f"&cursor={page['next_cursor']}"
        self.chance.shuffle(found)
        return found

    def _words(self) -> list[Question]:
        """Half a subject alone, one in six a rare word, one in eight a phrase, the others two words."""
        writer = self.writer
        found: list[Question] = []
        for _ in range(ASKED):
            kind = self.chance.random()
            words = writer.rare_word() if kind < 0.16 else writer.subject()
            if kind > 0.92:
                words += f" {writer.rare_word()}"
            elif kind > 0.80:
                words = self.chance.choice(PHRASES)
            elif kind > 0.66:
                words += f" {self.chance.choice((writer.subject(), *EVERYWHERE[:3]))}"
            found.append(self._same(f"/v1/networks?q={quote(words)}&limit=20"))
        return found

    def _near(self) -> list[Question]:
        """Around the outcodes of England and its borders."""
        south = [row for row in read_outcodes() if row.latitude < 55]
        points = self.chance.choices(south, k=ASKED)
        return [
            self._same(
                f"/v1/networks?near={point.latitude:.4f},{point.longitude:.4f}&within_km=25&limit=20"
            )
            for point in points
        ]

    def _results(self) -> list[Question]:
        """Every page of the list, walked once through the product, then shuffled."""
        found: list[Question] = []
        start, floor_after, more = f"/v1/results?kind={KIND}&limit=50", "", ""
        while True:
            found.append(Question(start + floor_after, start + more, self._viewer()))
            page = _answer(self.product.port, start + more, found[-1].token)
            if page["next_cursor"] is None:
                break
            last = page["items"][-1]
            floor_after = f"&after_listed={last['published_on']}&after_id={last['id']}"
            more = f"&cursor={page['next_cursor']}"
        self.chance.shuffle(found)
        return found

    def _members(self) -> list[Question]:
        found = self.facts["big"]
        return [
            Question(path, path, secret_of(person))
            for network, person in self.chance.choices(found, k=ASKED)
            for path in [f"/v1/members?network_id={network}&limit=100"]
        ]

    def joins(self, count: int) -> list[Question]:
        """So many joinings; nobody joins a network twice, now or in another call."""
        taken: set[tuple[str, str]] = self.facts["taken"]
        found: list[Question] = []
        while len(found) < count:
            pair = (
                self.chance.choice(self.facts["open"]),
                self.chance.choice(self.facts["joiners"]),
            )
            if pair in taken:
                continue
            taken.add(pair)
            path, person = f"/v1/networks/{pair[0]}/join", pair[1]
            key = f"{self.chance.getrandbits(128):032x}"
            asked = Question(f"{path}?person_id={person}", path, secret_of(person), key, OFFER)
            found.append(asked)
        return found

    def plans(self, count: int) -> list[Question]:
        """So many meetings, each planned by somebody who facilitates the network."""
        writer, path = self.writer, "/v1/meetings"
        found: list[Question] = []
        for network, person in self.chance.choices(self.facts["planned"], k=count):
            key = uuid4().hex  # of no seed: a database may have been measured before
            body = plan_of(self.chance, writer, network)
            asked = Question(f"{path}?person_id={person}", path, secret_of(person), key, body)
            found.append(asked)
        return found

    def written(self, name: str, count: int) -> list[Question]:
        """So many questions of a writing workload, none of them asked before."""
        return {"W5": self.joins, "W7": self.plans}[name](count)

    def calendars(self) -> dict[str, list[Question]]:
        """What a list of 50 meetings costs, and calendars of 500: single meetings, and series."""
        singles, series = self.facts["calendars"]
        paths = {
            LIST: f"/v1/meetings?network_id={singles}&limit=50",
            "singles": f"/v1/networks/{singles}/calendar.ics",
            "series": f"/v1/networks/{series}/calendar.ics",
        }
        return {
            name: [Question(path, path, viewer) for viewer in self.viewers]
            for name, path in paths.items()
        }


def _answer(port: int, path: str, token: str) -> Any:
    status, body = get(port, path, token)
    if status != 200:
        raise RuntimeError(f"the product answered {status} to {path}: {body[:300]!r}")
    return orjson.loads(body)


def _about_figures(row: Any) -> dict[str, str]:
    """The measure with the long series: who wrote its result, who else reads it, and that one's practice."""
    return {
        "measure": str(row["id"]),
        "result": str(row["result_id"]),
        "author": secret_of(str(row["author"])),
        "reader": secret_of(str(row["reader"])),
        "code": row["organisation_code"],
    }


async def _about_insight(connection: Any) -> dict[str, Any]:
    """The network in which a lot happened, with who asks for its wheel; the ICB whose practices are nearest to 400."""
    busy = await connection.fetchrow(
        "SELECT m.network_id, m.person_id FROM member m JOIN network n ON n.id = m.network_id "
        "JOIN token t ON t.person_id = m.person_id AND t.name = 'viewer' WHERE n.slug = $1",
        SLUG,
    )
    board = await connection.fetchrow(
        "SELECT p.parent_code, count(*) AS practices FROM organisation_parent p JOIN organisation o USING (code) "
        "WHERE p.relationship = 'icb' AND o.kind = 'gp_practice' AND o.active "
        "GROUP BY 1 ORDER BY abs(count(*) - 400), 1 LIMIT 1"
    )
    return {
        "wheel": (str(busy["network_id"]), secret_of(str(busy["person_id"]))),
        "icb": board["parent_code"],
        "practices": board["practices"],
    }


async def look_up(url: str) -> dict[str, Any]:
    """What the questions are about: ids of networks, and of people who have a token."""
    connection = await asyncpg.connect(url)
    try:

        async def column(statement: str) -> list[str]:
            return [str(row[0]) for row in await connection.fetch(statement)]

        holders = "SELECT person_id FROM token WHERE name = '{}' ORDER BY person_id"
        members = await connection.fetch(
            "SELECT DISTINCT ON (n.id) n.id, t.person_id FROM network n "
            "JOIN member m ON m.network_id = n.id AND m.status = 'active' AND m.role = 'member' "
            "JOIN token t ON t.person_id = m.person_id AND t.name = 'member' "
            "WHERE n.member_count >= 100 AND n.slug NOT LIKE 'ww-%' ORDER BY n.id, t.person_id LIMIT 200"
        )
        planned = await connection.fetch(
            "SELECT m.network_id, m.person_id FROM member m JOIN network n ON n.id = m.network_id "
            "JOIN token t ON t.person_id = m.person_id AND t.name = 'planner' "
            "WHERE m.role = 'facilitator' AND m.status = 'active' AND n.archived_at IS NULL ORDER BY 1, 2"
        )
        joiners = await column(holders.format("joiner"))
        spells = await connection.fetch(
            "SELECT network_id, person_id FROM member WHERE person_id = ANY ($1::uuid[])", joiners
        )
        about = await connection.fetchrow(
            "SELECT m.id, m.result_id, a.person_id AS author, t.person_id AS reader, p.organisation_code "
            "FROM measure m JOIN result r ON r.id = m.result_id JOIN result_author a ON a.result_id = r.id "
            "JOIN person w ON w.id = a.person_id JOIN token t ON t.name = 'viewer' AND t.person_id <> a.person_id "
            "JOIN person p ON p.id = t.person_id WHERE p.organisation_code <> COALESCE(w.organisation_code, '') "
            "ORDER BY t.person_id LIMIT 1"
        )
        return {
            "networks": await column("SELECT id FROM network WHERE outer_tier = 1 ORDER BY id"),
            "open": await column(
                "SELECT id FROM network WHERE outer_tier = 1 AND depth = 0 AND archived_at IS NULL "
                "AND join_policy = 'open' ORDER BY id"
            ),
            "viewers": await column(holders.format("viewer")),
            "joiners": joiners,
            "big": [(str(row[0]), str(row[1])) for row in members],
            "planned": [(str(row[0]), str(row[1])) for row in planned],
            # Its single meetings, then its series.
            "calendars": await column(
                "SELECT network_id FROM meeting WHERE network_id IN (SELECT id FROM network WHERE slug LIKE 'qq-%') "
                "GROUP BY 1 ORDER BY count(*) DESC"
            ),
            "figures": _about_figures(about),
            **await _about_insight(connection),
            "taken": {(str(row[0]), str(row[1])) for row in spells},
        }
    finally:
        await connection.close()
