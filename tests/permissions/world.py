"""Builds the world of the permission table through the API itself, as its people would."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.core import words
from app.core.changes import Told, create
from app.core.tokens import hash_of, new_secret
from app.core.viewer import ALL_SCOPES, PERSONAL_SCOPES, Scope
from app.core.vocabulary import freshen
from app.core.work import Work, baseline, perform, rows_of
from app.db.database import Transaction
from app.models import Organisation, PersonTopic, Term
from tests.house import Client, TestHouse
from tests.permissions import cast
from tests.permissions.decision_rows import decide_together
from tests.permissions.facts import Actor, Facts, Net, Program, Sent, Somebody, Spell
from tests.permissions.helping_rows import help_each_other
from tests.permissions.keeping_world import keep_links
from tests.permissions.listening_rows import listen
from tests.permissions.meeting_world import hold_meetings
from tests.permissions.pairing_rows import pair_up
from tests.permissions.report_world import file_reports
from tests.permissions.result_world import share_results
from tests.permissions.saved_search_rows import save_searches

NOTHING_FOUND = {f"search_{part}": "" for part in ("name", "topics", "purpose", "front", "inside")}
PROVISIONING = frozenset({str(Scope.MEMBERS_PROVISION), str(Scope.NETWORKS_READ)})
NARROW = frozenset({str(Scope.NETWORKS_READ)})


class Builder:
    """Makes the world step by step and notes what is true."""

    def __init__(self, house: TestHouse) -> None:
        """Begin with nothing."""
        self.house = house
        self.facts = Facts()

    def client(self, person: str) -> Client:
        """Somebody's client, with their ordinary token."""
        return Client(self.house.http, self.facts.actors[person, "main"].token)

    async def call(self, person: str, method: str, path: str, json: Any = None) -> Any:
        """One step, which must succeed."""
        options = {} if json is None else {"json": json}
        answer = await self.client(person).request(method, path, **options)
        assert answer.is_success, f"{person}: {method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def build(self) -> Facts:
        """Everything."""
        nets = cast.networks()
        await baseline(self.house.app.rooms.house, _references(len(nets)))
        await self._people(cast.people(nets))
        for net in nets:
            await self._network(net)
        # What is below an archived network is archived with it, so it is settled before.
        for net in sorted(nets, key=lambda net: not (net.archived and net.parent)):
            await self._settle(net)
        await self._tokens()
        await hold_meetings(self.house.app.rooms.house, self.facts)
        await share_results(self.house.app.rooms.house, self.facts)
        await file_reports(self.house.app.rooms.house, self.facts)
        await decide_together(self.house.app.rooms.house, self.facts)
        await listen(self.house.app.rooms.house, self.facts)
        await help_each_other(self.house.app.rooms.house, self.facts)
        await pair_up(self.house.app.rooms.house, self.facts)
        await keep_links(self.house.app.rooms.house, self.facts)
        await save_searches(self.house.app.rooms.house, self.facts)
        cast.register(self.facts)
        # A search that finds nothing would look after it, and each cell is undone.
        await freshen(self.house.app.rooms.house)
        return self.facts

    async def _people(self, people: list[Somebody]) -> None:
        for person in people:
            person.id = self.house.app.rooms.house.new_id()
            person.columns = _columns(person)
            self.facts.people[person.key] = person

        async def command(work: Work) -> None:
            for person in people:
                row = {
                    "id": person.id,
                    **person.columns,
                    **NOTHING_FOUND,
                    "search_name": words.document(person.columns["display_name"]),
                }
                create(work, "person.created", row, Told(person_id=person.id))
                for topic in orjson.loads(person.columns["interests"]):
                    work.insert(PersonTopic, {"person_id": person.id, "code": topic})
                self._token(
                    work, person, "main", ALL_SCOPES if person.operator else PERSONAL_SCOPES
                )

        await perform(self.house.app.rooms.house, command)

    def _token(
        self,
        work: Work,
        person: Somebody,
        kind: str,
        scopes: frozenset[Any],
        *,
        bound_to: str | None = None,
        dead: str | None = None,
    ) -> None:
        secret, now = new_secret(), datetime.now(UTC)
        held = frozenset(str(scope) for scope in scopes)
        row = {
            "id": self.house.app.rooms.house.new_id(), "person_id": person.id, "name": kind,
            "secret_hash": hash_of(secret), "hint": secret[-4:], "scopes": orjson.dumps(sorted(held)).decode(),
            "network_id": bound_to, "last_used_on": now.date(), "demo": False,
            "expires_at": now - timedelta(days=1) if dead == "expired" else None,
            "revoked_at": now if dead == "revoked" else None,
        }  # fmt: skip
        create(work, "token.created", row, Told(person_id=person.id))
        operates = person.operator and Scope.OPERATE in scopes
        self.facts.actors[person.key, kind] = Actor(
            f"{person.key} ({kind})", person.key, held, secret, str(row["id"]), bound_to, operates, dead is not None
        )  # fmt: skip

    async def _tokens(self) -> None:
        """The special tokens: of facilitators, of the operator, and two that are no good any more."""
        facts = self.facts

        async def command(work: Work) -> None:
            for net in facts.nets.values():
                key = f"{net.key}: facilitator"
                if key in facts.people:
                    self._token(work, facts.people[key], "narrow", NARROW)
                    self._token(
                        work, facts.people[key], "provisioning", PROVISIONING, bound_to=net.id
                    )
                    elsewhere = facts.nets["another"].id
                    self._token(
                        work, facts.people[key], "elsewhere", PROVISIONING, bound_to=elsewhere
                    )
            self._token(work, facts.people["operator"], "plain", PERSONAL_SCOPES)
            for dead in ("revoked", "expired"):
                self._token(work, facts.people["operator"], dead, ALL_SCOPES, dead=dead)

        await perform(self.house.app.rooms.house, command)
        facts.actors["nobody", "main"] = Actor("nobody")
        for person in ("open: member", "open: facilitator", "stranger", "operator"):
            body = {"name": "A program", "scopes": [str(Scope.NETWORKS_READ)]}
            made = await self.call(person, "POST", "/v1/clients", body)
            facts.clients.append(Program(made["id"], person, made["secret"]))

    async def _network(self, net: Net) -> None:
        """Make it open to all, and let its cast in."""
        self.facts.nets[net.key] = net
        parent = self.facts.nets[net.parent] if net.parent else None
        maker = "operator" if net.elsewhere else f"{(parent or net).key}: facilitator"
        body = {**net.body, "join_policy": "open"}
        if parent is not None:
            body["parent_id"] = parent.id
        made = await self.call(maker, "POST", "/v1/networks", body)
        net.id, net.slug = made["id"], made["slug"]
        if net.elsewhere:
            return
        first = self._note(made["membership"]["id"], net, maker, "facilitator", "active")
        if parent is not None:
            # A facilitator of its own, so that the parent's has no part in it.
            await self._join(net, f"{net.key}: facilitator", "facilitator")
            await self.call(maker, "DELETE", f"/v1/members/{first.id}")
            first.status = "left"
        for role in cast.cast_of(net)[1:]:
            if role in ("invited", "requested"):
                await self._into(net, f"{net.key}: {role}")
            else:
                await self._join(net, f"{net.key}: {role}", role)

    def _note(self, spell_id: str, net: Net, person: str, role: str, status: str) -> Spell:
        return self.facts.begin(Spell(spell_id, net.key, person, role, status))

    async def _into(self, net: Net, person: str) -> None:
        """One is a member of the parent first."""
        if net.parent is None:
            return
        parent = self.facts.nets[net.parent]
        spell = self.facts.spell(person, parent.key)
        if spell is None:
            await self._into(parent, person)
            made = await self.call(person, "POST", f"/v1/networks/{parent.id}/join", {})
            self._note(made["id"], parent, person, "member", "active")

    async def _join(self, net: Net, person: str, role: str) -> None:
        await self._into(net, person)
        made = await self.call(person, "POST", f"/v1/networks/{net.id}/join", {"offer": "Time"})
        spell = self._note(made["id"], net, person, "member", "active")
        keeper = next(
            s for s in self.facts.spells.values()
            if s.net == net.key and s.role == "facilitator" and s.status == "active"
        ).person  # fmt: skip
        if role in ("observer", "facilitator"):
            await self.call(keeper, "PATCH", f"/v1/members/{spell.id}", {"role": role})
            spell.role = role
        if role == "ex-member":
            await self.call(person, "DELETE", f"/v1/members/{spell.id}")
            spell.status = "left"

    async def _invite(self, net: Net, keeper: str) -> None:
        """An invitation that waits, and one that was taken back."""
        words = [cast.mark(number + net.number) for number in (70_000, 80_000)]
        body = {"addresses": [f"{word}@example.org" for word in words]}
        made = await self.call(keeper, "POST", f"/v1/networks/{net.id}/invitations", body)
        for word, item, status in zip(words, made["items"], ("pending", "revoked"), strict=True):
            self.facts.sent.append(Sent(item["invitation_id"], net.key, item["secret"], status))
            self.facts.marks[word] = ("invitation", net.key, "address")
        revoked = self.facts.sent[-1].id
        await self.call(keeper, "POST", f"/v1/invitations/{revoked}/revoke")

    async def _settle(self, net: Net) -> None:
        """Invitations and requests; then the policy, the visibility and the archive as they shall be."""
        facts, address = self.facts, f"/v1/networks/{net.id}"
        keeper = "operator" if net.elsewhere else f"{net.key}: facilitator"
        for role in cast.cast_of(net):
            person = f"{net.key}: {role}"
            if role == "invited":
                body = {"network_id": net.id, "person_id": facts.people[person].id}
                made = await self.call("operator", "POST", "/v1/members", body)
                self._note(made["id"], net, person, "member", "invited")
            if role == "requested":
                await self.call(keeper, "PATCH", address, {"join_policy": "request"})
                word = cast.mark(50_000 + net.number)
                made = await self.call(
                    person, "POST", f"{address}/join", {"message": f"Please {word}"}
                )
                spell = self._note(made["id"], net, person, "member", "requested")
                spell.message = f"Please {word}"
                facts.marks[word] = ("message", spell.id, "message")
        if not net.elsewhere:
            await self._invite(net, keeper)
        end = {"join_policy": net.policy, "visibility": net.rule}
        shown = await self.call(keeper, "PATCH", address, end)
        if net.archived and not net.parent:
            word = net.marks["closing_note"] = cast.mark(60_000 + net.number)
            shown = await self.call(
                keeper, "POST", f"{address}/archive", {"closing_note": f"Done {word}"}
            )
        net.slug = shown["slug"]


def _columns(person: Somebody) -> dict[str, Any]:
    """Every field filled."""
    number = person.number
    said = person.marks
    return {
        "display_name": f"Pat {said['display_name']}", "profession": f"profession-{number % 40}",
        "organisation_code": cast.practice(number % 40), "region": "Y56", "interests": f'["topic-{number % 40}"]',
        "skills": '["Listening"]', "bio": f"Born {said['bio']}", "links": "[]", "listed": person.listed,
        "registrations": "[]", "external_ids": "[]", "email": f"{said['email']}@example.org",
        "email_key": f"{said['email']}@example.org", "operator": person.operator,
    }  # fmt: skip


def _references(count: int) -> Callable[[Transaction], Awaitable[None]]:
    """Topics, professions and organisations, one of each for every network."""
    now = datetime.now(UTC)
    organisation = {
        "ods_roles": "[]", "active": True, "valid_from": None, "valid_to": None, "address": None, "postcode": None,
        "latitude": None, "longitude": None, "region": None, "parents": "[]", "successors": "[]", "updated_at": now,
        **NOTHING_FOUND,
    }  # fmt: skip
    terms = [
        {"vocabulary": name, "code": f"{name}-{n}", "label": f"The {name} {n}", "grouping": "All"}
        for name in ("topic", "profession")
        for n in range(count)
    ]
    bodies = [
        {**organisation, "code": code, "name": f"Body {code}", "kind": kind}
        for n in range(count)
        for code, kind in ((cast.icb(n), "icb"), (cast.practice(n), "gp_practice"))
    ]

    async def load(tx: Transaction) -> None:
        await tx.write_many("terms of a test", rows_of(list(terms[0]), Term), terms)
        await tx.write_many("bodies of a test", rows_of(list(bodies[0]), Organisation), bodies)

    return load
