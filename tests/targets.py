"""Something real to aim at for every operation of the contract, and somebody who may do everything with it.

It reads the contract, so a new operation is covered as soon as it is served; a new kind of path parameter has to be
told what to put there, and says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.contract import FORM, document, resolved
from tests.house import TestHouse, TestPerson
from tests.sharing import edit_result, organisations

Json = dict[str, Any]
NETWORK = {
    "name": "Wound care",
    "purpose": "Fewer wounds that do not heal",
    "join_policy": "request",
}
MEETING = {"title": "Spring", "starts_at": "2030-04-09T12:30:00Z", "announce": True}

FAR = "2029-12-01T17:00:00Z"
LEVEL = {"lowest": 2, "highest": 4}
ASSESSED: Json = {
    "held_on": "2026-03-01",
    "participants": 5,
    "levels": {
        "common_purpose": LEVEL, "cooperative_structure": LEVEL, "critical_mass": LEVEL,
        "collective_intelligence": LEVEL, "community_building": LEVEL,
    },
}  # fmt: skip

PRACTICE = "Y59"


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    method: str
    path: str
    spec: Json = field(repr=False, hash=False, compare=False)

    @property
    def name(self) -> str:
        """Its operationId."""
        return str(self.spec["operationId"])

    @property
    def public(self) -> bool:
        """Whether it answers without a token."""
        return {} in self.spec["security"]

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return self.method != "GET"

    @property
    def media_type(self) -> str | None:
        """What its body must be."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return next(iter(content), None)

    @property
    def form(self) -> bool:
        """Whether it is an operation of OAuth: its body is a form, its caller a client."""
        return self.media_type == FORM

    @property
    def body(self) -> Json:
        """The schema of its body."""
        found: Json = resolved(self.spec["requestBody"]["content"][self.media_type]["schema"])
        return found

    def parameters(self, place: str) -> list[Json]:
        """Its parameters in `query`, `path` or `header`."""
        found = [resolved(parameter) for parameter in self.spec.get("parameters", [])]
        return [parameter for parameter in found if parameter["in"] == place]


def operations() -> Iterator[Operation]:
    """Every operation of the contract."""
    for path, item in document()["paths"].items():
        for method, spec in item.items():
            yield Operation(method.upper(), path, spec)


# What a query must say though none of its parameters is required.
SAYS_SOMETHING = {"search": "q=asthma", "getCoverage": "region=Y63"}


def said(operation: Operation, *more: str) -> str:
    """The query of an operation: what it must say, and more."""
    asked = [
        f"{one['name']}={one['schema']['examples'][0]}"
        for one in operation.parameters("query")
        if one["required"]
    ]
    found = [*asked, SAYS_SOMETHING.get(operation.name, ""), *more]
    return "&".join(part for part in found if part)


@dataclass
class Targets:
    """A person who may do everything, another one, and what they may do it to."""

    house: TestHouse
    operator: TestPerson
    other: TestPerson
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def made(cls, house: TestHouse) -> "Targets":
        """Make them."""
        operator = await house.person("Ada Operator", operator=True)
        other = await house.person("Ben Other", listed=True)
        targets = cls(house, operator, other)
        await targets.renew()
        return targets

    async def renew(self) -> None:
        """Make new ones of what operations use up: a network with somebody who asks to join, and a token."""
        network = (await self.operator.client.post("/v1/networks", NETWORK)).json()
        assert "id" in network, network
        asked = await self.other.client.post(f"/v1/networks/{network['id']}/join", {})
        token = await self.operator.client.post(
            "/v1/tokens", {"name": "To be revoked", "scopes": ["networks:read"]}
        )
        client = (
            await self.operator.client.post(
                "/v1/clients", {"name": "A program", "scopes": ["networks:read"]}
            )
        ).json()
        addresses = {"addresses": ["sam.patel@example.org"]}
        invited = await self.operator.client.post(
            f"/v1/networks/{network['id']}/invitations", addresses
        )
        (invitation,) = invited.json()["items"]
        # Tentative and announced: it may be confirmed, cancelled, answered and followed up. Minutes are of another one.
        meeting, minuted = [await self._made("meetings", MEETING, network) for _ in range(2)]
        minutes = await self._made("minutes", {"text": "We agreed."}, meeting_id=minuted["id"])
        action = await self._made("actions", {"title": "To ask around"}, network)
        duty = await self._made("duties", {"title": "Speaks for us", "body": "The board"}, network)
        term = {"person_id": self.operator.id, "from_on": "2026-03-02", "to_on": "2026-03-03"}
        held = await self._made("duties", {"title": "Spoke for us", "body": "A board"}, network)
        held_term = await self._made(f"duties/{held['id']}/terms", term)
        proposal = {"title": "Wednesdays", "proposal": "We meet on Wednesdays."}
        decision, voted = [await self._made("decisions", proposal, network) for _ in range(2)]
        agreed = {"vote": "agree"}
        vote = await self.operator.client.put(f"/v1/decisions/{voted['id']}/vote", agreed)
        ask = await self._made("asks", {"title": "Who knows how?"}, network)
        offer, others_ask = await self._offered(network)
        result = await self._made("results", {"title": "What we tried"}, network)
        measure = await self._made("measures", {"name": "Screened"}, result_id=result["id"])
        cycle = await self._made("pdsa-cycles", {"plan": "To ask"}, result_id=result["id"])
        tried = await self._made("results", {"title": "What we shared"}, network)
        shown = {
            "status": "published",
            "published_on": date(2026, 3, 2),
            "attribution": "network_only",
        }
        await edit_result(self.house, tried["id"], **shown)
        feedback = await self._made(
            "feedback", {"kind": "comment", "text": "Thank you."}, result_id=tried["id"]
        )
        await organisations(self.house, PRACTICE)
        adopted = await self.operator.client.put(
            f"/v1/results/{tried['id']}/adoptions/{PRACTICE}", {"stage": "testing"}
        )
        assert adopted.status_code == 201, adopted.text
        if "calendar_token_id" in self.ids:  # a person has twenty at most
            await self.operator.client.delete(
                f"/v1/calendar-tokens/{self.ids['calendar_token_id']}"
            )
        calendar = await self._made("calendar-tokens", {"name": "A calendar", "feed": "me"})
        if "saved_search_id" in self.ids:  # a person has fifty at most
            await self.operator.client.delete(f"/v1/saved-searches/{self.ids['saved_search_id']}")
        saved = await self._made("saved-searches", {"name": "Wounds", "q": "wound"})
        survey, told = await self._surveyed(network)
        assessment = await self._made_in(network, "assessments", ASSESSED)
        answer = {"answer": "accepted"}
        said = await self.operator.client.put(f"/v1/meetings/{minuted['id']}/attendance/me", answer)
        about = {"content_kind": "person", "content_id": self.other.id, "reason": "other"}
        reported = (await self.operator.client.post("/v1/reports", about)).json()
        if "id" not in reported:  # one person reports twenty times a day at most
            reported = {"id": self.ids["report_id"]}
        kept = {"title": "Films", "url": "https://example.org/films"}
        resource = await self._made("resources", kept, network)
        pair = await self._paired(network)
        self.ids = {
            "resource_id": resource["id"],
            "report_id": reported["id"],
            "content_id": meeting["id"],
            "calendar_token_id": calendar["id"],
            "saved_search_id": saved["id"],
            "survey_round_id": survey["id"],
            "assessment_id": assessment["id"],
            "calendar_secret": calendar["address"].rpartition("/")[2].removesuffix(".ics"),
            "meeting_id": meeting["id"],
            "attendance_id": said.json()["id"],
            "minutes_id": minutes["id"],
            "action_id": action["id"],
            "decision_id": decision["id"],
            "vote_id": vote.json()["id"],
            "duty_id": duty["id"],
            "ask_id": ask["id"],
            "offer_id": offer["id"],
            "pairing_id": pair["id"],
            "term_id": held_term["id"],
            "result_id": result["id"],
            "measure_id": measure["id"],
            "cycle_id": cycle["id"],
            "feedback_id": feedback["id"],
            "adoption_id": adopted.json()["id"],
            "ods_code": PRACTICE,
            # What others say to a result is about one that they know of.
            "/v1/results/{result_id}/adoptions/{ods_code} result_id": tried["id"],
            "/v1/feedback result_id": tried["id"],
            "/v1/asks/{ask_id}/offers ask_id": others_ask,
            "/v1/survey-rounds/{survey_round_id}/results survey_round_id": told["id"],
            "invitation_id": invitation["invitation_id"],
            "secret": invitation["secret"],
            "network_id": network["id"],
            "member_id": asked.json()["id"],
            "person_id": self.other.id,
            "owner_id": self.operator.id,  # of an action, as a member of the network
            "token_id": token.json()["id"],
            "client_id": client["id"],
            "client_secret": client["secret"],
            "/v1/organisations/{code}": PRACTICE,
            "/problems/{code}": "not_found",
            "/guides/{name}": "errors",
        }

    async def _made_in(self, network: Json, kind: str, body: Json) -> Json:
        """A new resource of the operator's, made below a network."""
        path = f"/v1/networks/{network['id']}/{kind}"
        made: Json = (await self.operator.client.post(path, body)).json()
        assert "id" in made, made
        return made

    async def _paired(self, network: Json) -> Json:
        """A pair of the operator and somebody else; both wish for another."""
        path = f"/v1/networks/{network['id']}"
        other = await self.house.person("Ines Other")
        spell = await other.client.post(f"{path}/join", {})
        await self.operator.client.post(f"/v1/members/{spell.json()['id']}/approve")
        for one in (self.operator, other):
            await one.client.request("PUT", f"{path}/pairing-wishes/me")
        drawn = (await self.operator.client.post(f"{path}/pairings")).json()
        pair: Json = drawn["items"][0]
        return pair

    async def _surveyed(self, network: Json) -> tuple[Json, Json]:
        """A round of a survey that is open, and one whose results are told."""
        round_of = {"title": "How are we?", "closes_at": FAR}
        told = await self._made_in(network, "survey-rounds", round_of)
        await self.operator.client.post(f"/v1/survey-rounds/{told['id']}/close")
        return await self._made_in(network, "survey-rounds", round_of), told

    async def _offered(self, network: Json) -> tuple[Json, str]:
        """An offer of the operator's to what somebody else asked, and the id of what nobody offered anything to."""
        asker = await self.house.person("Una Asker")
        spell = await asker.client.post(f"/v1/networks/{network['id']}/join", {})
        await self.operator.client.post(f"/v1/members/{spell.json()['id']}/approve")
        asked = {"title": "Who knows?", "network_id": network["id"]}
        ask, other = [(await asker.client.post("/v1/asks", asked)).json() for _ in range(2)]
        offer = await self._made(f"asks/{ask['id']}/offers", {"text": "I do."})
        return offer, str(other["id"])

    async def _made(self, kind: str, body: Json, network: Json | None = None, **more: str) -> Json:
        """A new resource of the operator's, in the network if one is given."""
        where = {} if network is None else {"network_id": network["id"]}
        made: Json = (
            await self.operator.client.post(f"/v1/{kind}", {**body, **where, **more})
        ).json()
        assert "id" in made, made
        return made

    def value(self, operation: Operation, parameter: str) -> str:
        """What to put into a path. Errors: `KeyError` for a parameter that nobody told about."""
        own = self.ids.get(f"{operation.path} {parameter}")
        return own or self.ids.get(parameter) or self.ids[operation.path]

    def path(self, operation: Operation, **instead: str) -> str:
        """The operation's path with real values, or with other ones."""
        path = operation.path
        for parameter in operation.parameters("path"):
            name = parameter["name"]
            value = instead[name] if name in instead else self.value(operation, name)
            path = path.replace(f"{{{name}}}", value)
        return path

    def body(self, operation: Operation) -> Json:
        """A body that is right: the contract's example, about our own network and people."""
        example: Json = {**operation.body["examples"][0]}
        for name in example:
            if name in self.ids:
                example[name] = self.value(operation, name)
            if name == "content_kind":
                example[name] = "meeting"
            if name == "scopes":
                example[name] = ["networks:read"]
            if operation.name == "createDutyTerm" and name == "person_id":
                example[name] = self.operator.id
            if name in ("organisation", "representing", "occurrence", "range"):
                example[name] = None
            if name == "people":
                example[name] = [{"person_id": self.operator.id, "came": True}]
        return example
