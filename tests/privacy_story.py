"""Somebody of whom every part of the service knows something: for tests of export and erasure."""

from typing import Any

from app.core.changes import Told, create
from app.core.viewer import HOUSE
from app.core.work import Work, perform
from app.features.people.commands import create_person
from app.features.people.schemas import PersonCreate
from app.models import Identity
from tests.house import Client, TestHouse, TestPerson

ERASE = "/v1/me"
NETWORK = {"name": "Wound care", "purpose": "Fewer open wounds", "join_policy": "open"}
ISSUER = "https://id.example.org"
ZORA: dict[str, Any] = {
    "display_name": "Zoraida Quibblethorpe",
    "skills": ["Wimblecraft"],
    "bio": "Breeds snorkelhounds in Frobisherville.",
    "links": [{"platform": "FutureNHS", "url": "https://example.org/zqlink"}],
    "listed": True,
    "registrations": [{"system": "https://fhir.hl7.org.uk/Id/nmc-number", "value": "98Z7654Q"}],
    "email": "Zora.Quib@Mail.Example.org",
    "external_ids": [{"system": "hr-system", "value": "zq-4711-ext"}],
}
# What says who it was, and what was said: none of it may be left.
TRACES = (
    *("zoraida", "quibblethorpe", "wimblecraft", "snorkelhound", "frobisherville", "zqlink"),
    *("98z7654q", "zora.quib", "zq-4711-ext", "zq-subject-0815", "zqphone", "zqhandset"),
    *(
        "zq-invited@",
        "zqplease",
        "zqbakes",
        "zqsaved",
        "zqsought",
        "zqtired",
        "zqrequest",
        "zqcome",
    ),
)


async def made(house: TestHouse, body: dict[str, Any]) -> TestPerson:
    """A person made through the command, with search words, and a token."""
    given = PersonCreate.model_validate(body)

    async def command(work: Work) -> str:
        return await create_person(work, given)

    person_id = await perform(house.app.rooms.house, command, viewer=HOUSE)
    token = await house.token(person_id, name="zqphone")
    return TestPerson(person_id, token, Client(house.http, token))


async def network_of(person: TestPerson, **fields: Any) -> str:
    """A network that this person leads."""
    answer = await person.client.post("/v1/networks", {**NETWORK, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def joined(person: TestPerson, network_id: str, **body: Any) -> str:
    """The id of their new membership or request."""
    answer = await person.client.post(f"/v1/networks/{network_id}/join", body)
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


async def raised(by: TestPerson, spell_id: str) -> None:
    """Make a member a facilitator."""
    answer = await by.client.patch(f"/v1/members/{spell_id}", {"role": "facilitator"})
    assert answer.status_code == 200, answer.text


async def signs_in(house: TestHouse, person_id: str, subject: str) -> None:
    """Have a person known by a sign-in."""

    async def command(work: Work) -> None:
        work.insert(
            Identity,
            {
                "issuer": ISSUER, "subject": subject, "person_id": person_id, "created_at": work.now,
                "last_used_on": None,
            },
        )  # fmt: skip

    await perform(house.app.rooms.house, command)


async def _beside(house: TestHouse, person_id: str, network_id: str) -> None:
    """What other doors write of a person: a client, the invitation that they came in by, another to their address."""

    async def command(work: Work) -> None:
        client = {
            "id": work.new_id(), "person_id": person_id, "name": "zqhandset", "secret_hash": None, "hint": None,
            "public_keys": "[]", "scopes": "[]", "network_id": None, "expires_at": None, "revoked_at": None,
            "last_used_on": None,
        }  # fmt: skip
        create(work, "client.created", client, Told(person_id=person_id))
        for address, status, accepted_by, invited_by in (
            ("zq-invited@example.org", "accepted", person_id, None),
            (ZORA["email"].lower(), "pending", None, None),
            ("somebody@example.org", "pending", None, person_id),
        ):
            invitation = {
                "id": work.new_id(), "network_id": network_id, "address": address, "secret_hash": work.new_id(),
                "role": "member", "status": status, "invited_by": invited_by, "expires_at": work.now,
                "message": "zqcome" if invited_by else None,
                "ended_at": work.now if accepted_by else None, "accepted_by": accepted_by,
            }  # fmt: skip
            create(work, "invitation.created", invitation, Told(network_id=network_id, outer=False))

    await perform(house.app.rooms.house, command)


async def story(house: TestHouse) -> tuple[TestPerson, dict[str, TestPerson], dict[str, str]]:
    """Zora, the others by name, and networks by what she is to them.

    She keeps one network with Ada, belongs to another, asks for a third, has left a fourth and archived a fifth.
    """
    others = {name: await house.person(name) for name in ("Ada", "Ben", "Eve")}
    ada = others["Ada"]
    zora = await made(house, ZORA)
    led = await network_of(zora, name="Led")
    await raised(zora, await joined(ada, led))
    await joined(others["Ben"], led)
    belongs = await network_of(ada, name="Belongs")
    await joined(zora, belongs, offer="zqbakes cakes")
    asked = await network_of(ada, name="Asked", join_policy="request")
    await joined(zora, asked, message="zqplease let me in")
    left = await network_of(ada, name="Left", join_policy="request")
    spell = await joined(zora, left, message="zqrequest")
    await ada.client.post(f"/v1/members/{spell}/approve")
    gone = await zora.client.delete(f"/v1/members/{spell}", params={"reason": "zqtired of it"})
    assert gone.status_code == 204, gone.text
    over = await network_of(zora, name="Over")
    await zora.client.post(f"/v1/networks/{over}/archive", {"closing_note": "Done"})
    search = {"name": "zqsaved", "q": "zqsought", "topic": ["wound-care"]}
    assert (await zora.client.post("/v1/saved-searches", search)).status_code == 201
    await signs_in(house, zora.id, "zq-subject-0815")
    await _beside(house, zora.id, belongs)
    networks = {"led": led, "belongs": belongs, "asked": asked, "left": left, "over": over}
    return zora, others, networks


async def counts(client: Client, networks: dict[str, str]) -> dict[str, int]:
    """How many members each network says it has."""
    found = {}
    for name, network_id in networks.items():
        found[name] = (await client.get(f"/v1/networks/{network_id}")).json()["member_count"]
    return found
