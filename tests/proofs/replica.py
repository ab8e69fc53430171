"""A copy of what one caller may see, kept in step by the feed alone, as the contract says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.house import Client

Rows = dict[str, dict[str, Any]]
# Not in both representations: how far it is from a place that only a list is asked for, what one alone is read with,
# and what one's own attendance says.
LIST_ONLY = frozenset({"distance_km"})
NOT_KEPT = frozenset(
    {"ical_uid", "agenda", "excluded", "exceptions", "actions", "my_answer", "my_place", "text", "unpublished",
     # Of a duty what follows from its terms, from who is a member, and from the day.
     "holders", "ends_on", "suggested",
     # Of a decision what follows from its votes.
     "tally", "my_vote"}
) | LIST_ONLY  # fmt: skip
# Of a result, what one alone is read with.
ALONE = frozenset(
    {
        "problem", "available_knowledge", "rationale", "aim", "context", "change", "ethics", "what_happened",
        "unintended_effects", "limitations", "learning", "sustainability", "funding", "prerequisites", "effort",
        "contact_ok", "withdrawn_on", "withdrawn_reason", "conduct_version", "completeness", "actions",
    }
)  # fmt: skip
PARTS = {
    "measure": "/v1/measures", "pdsa_cycle": "/v1/pdsa-cycles", "feedback": "/v1/feedback",
    "adoption": "/v1/adoptions",
}  # fmt: skip
PUBLIC = ("/v1/networks", "/v1/meetings", "/v1/minutes", "/v1/results", *PARTS.values())
KINDS = (
    "networks", "members", "people", "invitations", "meetings", "attendance", "minutes", "actions", "calendars",
    "saved_searches", "duties", "duty_terms", "asks", "offers", "results", "measures", "cycles", "feedback",
    "adoptions", "reports", "resources", "pairings", "decisions", "votes",
)  # fmt: skip
WITHIN_NETWORK = {
    "member": "members", "invitation": "invitations", "meeting": "meetings", "attendance": "attendance",
    "minutes": "minutes", "action": "actions", "result": "results", "measure": "measures", "pdsa_cycle": "cycles",
    "feedback": "feedback", "adoption": "adoptions", "report": "reports",
    "duty": "duties", "duty_term": "duty_terms", "ask": "asks", "offer": "offers", "resource": "resources",
    "pairing": "pairings", "decision": "decisions", "vote": "votes",
}  # fmt: skip
# What is forgotten with a row of a kind: of which other kinds, and by which field they name it.
BELONG: dict[str, dict[str, str]] = {
    "network": {**dict.fromkeys(WITHIN_NETWORK, "network_id"), "network": "parent_id"},
    "meeting": {"attendance": "meeting_id", "minutes": "meeting_id"},
    "result": dict.fromkeys(PARTS, "result_id"),
    "duty": {"duty_term": "duty_id"},
    "ask": {"offer": "ask_id"},
    "decision": {"vote": "decision_id"},
}
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "networks": ("/v1/networks", {"archived": "false"}),
    "archived networks": ("/v1/networks", {"archived": "true"}),
    "members": ("/v1/members", {}),
    "people": ("/v1/people", {}),
    "invitations": ("/v1/invitations", {}),
    "meetings": ("/v1/meetings", {}),
    "minutes": ("/v1/minutes", {}),
    "actions": ("/v1/actions", {}),
    "calendars": ("/v1/calendar-tokens", {}),
    "saved_searches": ("/v1/saved-searches", {}),
    "results": ("/v1/results", {}),
    "reports": ("/v1/reports", {}),
    "duties": ("/v1/duties", {}),
    "asks": ("/v1/asks", {}),
    "decisions": ("/v1/decisions", {}),
    "resources": ("/v1/resources", {}),
    **{WITHIN_NETWORK[kind]: (path, {}) for kind, path in PARTS.items()},
}
READ_AT = {
    "invitation": "/v1/invitations/{}", "meeting": "/v1/meetings/{}", "attendance": "/v1/attendance/{}",
    "minutes": "/v1/minutes/{}", "action": "/v1/actions/{}", "calendar_token": "/v1/calendar-tokens/{}",
    "saved_search": "/v1/saved-searches/{}", "duty": "/v1/duties/{}", "duty_term": "/v1/duty-terms/{}",
    "ask": "/v1/asks/{}", "offer": "/v1/offers/{}", "pairing": "/v1/pairings/{}", "resource": "/v1/resources/{}",
    "decision": "/v1/decisions/{}", "vote": "/v1/votes/{}",
    "result": "/v1/results/{}", "report": "/v1/reports/{}", **{kind: path + "/{}" for kind, path in PARTS.items()},
}  # fmt: skip


@dataclass
class Replica:
    """What one caller keeps, of each kind by id, and where they are in the feed."""

    name: str
    client: Client
    operator: bool = False
    cursor: str = ""
    networks: Rows = field(default_factory=dict)
    members: Rows = field(default_factory=dict)
    people: Rows = field(default_factory=dict)
    invitations: Rows = field(default_factory=dict)
    meetings: Rows = field(default_factory=dict)
    attendance: Rows = field(default_factory=dict)
    minutes: Rows = field(default_factory=dict)
    actions: Rows = field(default_factory=dict)
    calendars: Rows = field(default_factory=dict)
    saved_searches: Rows = field(default_factory=dict)
    results: Rows = field(default_factory=dict)
    measures: Rows = field(default_factory=dict)
    cycles: Rows = field(default_factory=dict)
    feedback: Rows = field(default_factory=dict)
    adoptions: Rows = field(default_factory=dict)
    reports: Rows = field(default_factory=dict)
    duties: Rows = field(default_factory=dict)
    duty_terms: Rows = field(default_factory=dict)
    asks: Rows = field(default_factory=dict)
    offers: Rows = field(default_factory=dict)
    resources: Rows = field(default_factory=dict)
    pairings: Rows = field(default_factory=dict)
    decisions: Rows = field(default_factory=dict)
    votes: Rows = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)  # the last version the feed named
    heard: int = 0

    async def begin(self) -> None:
        """List everything; the feed is followed from the first list's first page."""
        for kind in KINDS:
            setattr(self, kind, {})
        self.told = {}
        self.cursor = ""
        for name, (path, params) in LISTS.items():
            if self.client.token is None and path not in PUBLIC:
                continue
            rows = await self._list(path, params)
            getattr(self, name.rsplit(" ", maxsplit=1)[-1]).update(rows)
        await self._list_attendance(self.meetings)
        await self._list_terms(self.duties)
        await self._list_offers(self.asks)
        await self._list_votes(self.decisions)

    async def _list_attendance(self, meetings: Iterable[str]) -> None:
        """Of each meeting that one may look at; of a series the first occurrence, which is all that is answered."""
        if self.client.token is None:
            return
        for meeting_id in list(meetings):
            meeting = self.meetings[meeting_id]
            when = {"occurrence": meeting["local_start"]} if meeting["recurrence"] else {}
            path = f"/v1/meetings/{meeting_id}/attendance"
            looked = await self.client.get(path, params={**when, "limit": "100"})
            if looked.status_code == 200:
                page = looked.json()
                assert page["next_cursor"] is None, "more people than a trace has"
                self.attendance.update(self._kept(page["items"]))
            else:
                assert looked.status_code in (403, 404) or _moved(looked), looked.text

    async def _list_terms(self, duties: Iterable[str]) -> None:
        """Of each duty that one sees."""
        for duty_id in list(duties):
            self.duty_terms.update(await self._list(f"/v1/duties/{duty_id}/terms", {}))

    async def _list_offers(self, asks: Iterable[str]) -> None:
        """To each request that one sees."""
        for ask_id in list(asks):
            self.offers.update(await self._list(f"/v1/asks/{ask_id}/offers", {}))

    async def _list_votes(self, decisions: Iterable[str]) -> None:
        """In each decision that one sees."""
        for decision_id in list(decisions):
            self.votes.update(await self._list(f"/v1/decisions/{decision_id}/votes", {}))

    async def _list(self, path: str, params: dict[str, str]) -> Rows:
        found: Rows = {}
        more: dict[str, str] = {}
        while True:
            answer = await self.client.get(path, params={**params, "limit": "50", **more})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            self.cursor = self.cursor or page["changes_cursor"]
            found.update(self._kept(page["items"]))
            if page["next_cursor"] is None:
                return found
            more = {"cursor": page["next_cursor"]}

    def _kept(self, items: list[dict[str, Any]]) -> Rows:
        drop = NOT_KEPT | ALONE
        return {row["id"]: {k: v for k, v in row.items() if k not in drop} for row in items}

    async def follow(self) -> None:
        """Apply what happened since."""
        while True:
            answer = await self.client.get("/v1/changes", params={"cursor": self.cursor})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for item in page["items"]:
                self.heard += 1
                await self._apply(item)
            self.cursor = page["next_cursor"]
            if not page["has_more"]:
                return

    async def _apply(self, item: dict[str, Any]) -> None:
        await self._take(item)
        for about in [r for r in self.reports.values() if r["content_id"] == item["id"]]:
            await self._read("report", about["id"])

    async def _take(self, item: dict[str, Any]) -> None:
        kind, row_id = item["kind"], item["id"]
        if item["op"] == "gone":
            mine, left = self._own_results(kind, row_id), self._reported_in(kind, row_id)
            self._drop(kind, row_id)
            for result_id in mine:
                await self._read_result(result_id)
            await self._list_reports(left)
            if kind == "member":
                await self._cards_again(item["network_id"])
            return
        self.told[row_id] = item["version"]
        held = self._rows(kind).get(row_id)
        known = held is not None and held["version"] >= item["version"]
        # As the contract allows; but a person's card is also in their members, which may have been read before.
        if item["op"] == "upsert" and known and kind not in ("person", "member"):
            return
        if item["op"] == "upsert":
            await self._read_changed(kind, row_id, item["network_id"])
        elif kind == "result":
            self._drop(kind, row_id)
            await self._read_result(row_id)
        else:
            mine = self._own_results("network", item["network_id"])
            left = self._reported_in(kind, row_id)
            self._drop(kind, row_id)
            await self._relist(item["network_id"])
            await self._list_reports(left)
            for result_id in mine:
                await self._read_result(result_id)

    async def _read_changed(self, kind: str, row_id: str, network_id: str) -> None:
        if kind == "network":
            await self._read_network(row_id)
        elif kind == "member":
            await self._read_member(row_id)
            await self._cards_again(network_id)
        elif kind == "person":
            await self._read_person(row_id)
        elif kind in READ_AT:
            await self._read(kind, row_id)

    def _rows(self, kind: str) -> Rows:
        kept: dict[str, Rows] = {
            "network": self.networks,
            "person": self.people,
            "calendar_token": self.calendars,
            "saved_search": self.saved_searches,
            **{name: getattr(self, rows) for name, rows in WITHIN_NETWORK.items()},
        }
        return kept.get(kind, {})

    def _drop(self, kind: str, row_id: str) -> None:
        """Forget a row, and for a network everything in it and the sub-groups below."""
        self._rows(kind).pop(row_id, None)
        self.told.pop(row_id, None)
        for within, names in BELONG.get(kind, {}).items():
            for one in [r for r in self._rows(within).values() if r[names] == row_id]:
                self._drop(within, one["id"])

    def _own_results(self, kind: str, network_id: str) -> list[str]:
        """What one wrote in a network or below it stays one's own, whatever becomes of the rest."""
        if kind != "network":
            return []
        found = [
            r["id"] for r in self.results.values() if r["mine"] and r["network_id"] == network_id
        ]
        for below in [n["id"] for n in self.networks.values() if n["parent_id"] == network_id]:
            found += self._own_results("network", below)
        return found

    def _reported_in(self, kind: str, network_id: str) -> set[str]:
        """The networks, of this and those below it, of which one holds a report: one's own stays one's own."""
        if kind != "network":
            return set()
        found = {r["network_id"] for r in self.reports.values() if r["network_id"] == network_id}
        for below in [n["id"] for n in self.networks.values() if n["parent_id"] == network_id]:
            found |= self._reported_in("network", below)
        return found

    async def _list_reports(self, networks: Iterable[str]) -> None:
        for network_id in networks:
            self.reports.update(await self._list("/v1/reports", {"network_id": network_id}))

    async def _read_result(self, result_id: str) -> None:
        """Read a result, and list what belongs to it."""
        await self._read("result", result_id)
        if result_id in self.results:
            for kind, path in PARTS.items():
                self._rows(kind).update(await self._list(path, {"result_id": result_id}))
        if self.client.token is not None:
            for one in [r for r in self.reports.values() if r["content_id"] == result_id]:
                self._drop("report", one["id"])
            self.reports.update(await self._list("/v1/reports", {"content_id": result_id}))

    async def _relist(self, network_id: str) -> None:
        """List a network again, what is in it, and the sub-groups below with what is in them."""
        await self._read_network(network_id)
        within = {"network_id": network_id}
        meetings = await self._list("/v1/meetings", within)
        self.meetings.update(meetings)
        self.minutes.update(await self._list("/v1/minutes", within))
        for kind, path in {"result": "/v1/results", **PARTS}.items():
            self._rows(kind).update(await self._list(path, within))
        if self.client.token is not None:
            self.reports.update(await self._list("/v1/reports", within))
            self.members.update(await self._list("/v1/members", within))
            self.invitations.update(await self._list("/v1/invitations", within))
            self.actions.update(await self._list("/v1/actions", within))
            duties = await self._list("/v1/duties", within)
            self.duties.update(duties)
            await self._list_terms(duties)
            asks = await self._list("/v1/asks", within)
            self.asks.update(asks)
            await self._list_offers(asks)
            decisions = await self._list("/v1/decisions", within)
            self.decisions.update(decisions)
            await self._list_votes(decisions)
            self.resources.update(await self._list("/v1/resources", within))
        await self._list_attendance(meetings)
        for archived in ("false", "true"):
            params = {"parent_id": network_id, "archived": archived}
            for below in await self._list("/v1/networks", params):
                await self._relist(below)

    async def _read_network(self, network_id: str) -> None:
        answer = await self.client.get(f"/v1/networks/{network_id}")
        if answer.status_code == 404:
            self._drop("network", network_id)
            return
        row = answer.json()
        if self.operator:
            # One at a time an operator reads the inside, on record; the copy is of what lists say.
            rows = await self._list("/v1/networks", {"slug": row["slug"]})
            row = rows.get(network_id, row)
        inside = ("engagement_strategy", "resourcing", "charter", "size_target", "footprint")
        drop = {*inside, "membership", "actions"}
        self.networks[network_id] = {k: v for k, v in row.items() if k not in drop}

    async def _read_member(self, member_id: str) -> None:
        answer = await self.client.get(f"/v1/members/{member_id}")
        if answer.status_code == 404:
            self._drop("member", member_id)
        else:
            self.members[member_id] = answer.json()

    async def _read(self, kind: str, row_id: str) -> None:
        """One of what is read and kept as it is."""
        answer = await self.client.get(READ_AT[kind].format(row_id))
        if answer.status_code == 404:
            self._drop(kind, row_id)
            return
        ((_, row),) = self._kept([answer.json()]).items()
        # Of what one has left, one's own attendance can still be read; the copy is of what lists say.
        if kind != "attendance" or row["meeting_id"] in self.meetings:
            self._rows(kind)[row_id] = row

    async def _cards_again(self, network_id: str) -> None:
        """Attendance and votes have the cards of who is a member now."""
        for kind in ("attendance", "vote"):
            here = [r["id"] for r in self._rows(kind).values() if r["network_id"] == network_id]
            for row_id in here:
                await self._read(kind, row_id)

    async def _read_person(self, person_id: str) -> None:
        answer = await self.client.get(f"/v1/people/{person_id}")
        # The directory holds who is listed; fellows that are not come with their memberships.
        if answer.status_code == 200 and (self.operator or answer.json()["listed"]):
            self.people[person_id] = answer.json()
        else:
            self._drop("person", person_id)
        for member_id in [m["id"] for m in self.members.values() if m["person"]["id"] == person_id]:
            await self._read_member(member_id)
        for kind in ("attendance", "vote"):
            rows = list(self._rows(kind).values())
            for row in [r for r in rows if (r["person"] or {}).get("id") == person_id]:
                await self._read(kind, row["id"])
        for result in [r for r in self.results.values() if person_id in _ids(r["authors"])]:
            await self._read("result", result["id"])
        for said in [f for f in self.feedback.values() if person_id in _ids([f["author"]])]:
            await self._read("feedback", said["id"])

    async def differences(self) -> list[str]:
        """Follow the feed to its end, and say what a fresh listing has otherwise."""
        await self.follow()
        fresh = Replica(self.name, self.client, self.operator)
        await fresh.begin()
        found = []
        for kind in KINDS:
            mine: Rows = getattr(self, kind)
            theirs: Rows = getattr(fresh, kind)
            for row_id in sorted({*mine, *theirs}):
                a, b = mine.get(row_id), theirs.get(row_id)
                if a != b:
                    found.append(f"{self.name}: {kind} {row_id}: {_difference(a, b)}")
                elif b is not None and self.told.get(row_id, b["version"]) != b["version"]:
                    told = f"version {self.told[row_id]} was told of {b['version']}"
                    found.append(f"{self.name}: {kind} {row_id}: {told}")
        return found


def _ids(cards: list[dict[str, Any] | None]) -> set[str]:
    return {card["id"] for card in cards if card is not None}


def _moved(answer: httpx2.Response) -> bool:
    """The series was changed after the list that named this occurrence: the feed tells what it is now."""
    codes = {"no_such_occurrence", "occurrence_required"}
    return answer.status_code == 422 and codes >= {one["code"] for one in answer.json()["errors"]}


def _difference(mine: dict[str, Any] | None, fresh: dict[str, Any] | None) -> str:
    if mine is None:
        return "is missing in the copy"
    if fresh is None:
        return "is only in the copy"
    names = sorted(name for name in {*mine, *fresh} if mine.get(name) != fresh.get(name))
    return ", ".join(f"{name} {mine.get(name)!r} is now {fresh.get(name)!r}" for name in names)
